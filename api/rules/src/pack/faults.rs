//! Everything that publication must refuse, all at once.

mod line;

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};

use super::{Pack, PackCriterion, PackLot};
use crate::criteria;
use crate::exact::Exact;
use crate::line_id;
use crate::method::MOST_SPREAD_STEPS;
use crate::price::{Parameter, PriceFault, PriceRule};
use crate::scale::Scale;
use crate::schedule;
use crate::words::Part;

/// A reason not to publish a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackFault {
    /// Where: `pack`, or the codes from the lot down, such as `L1/Q1`.
    pub place: String,
    /// A stable code.
    pub code: &'static str,
    /// What is wrong, where, and what to do.
    pub message: String,
}

struct Faults(Vec<PackFault>);

impl Faults {
    fn push(&mut self, place: &str, code: &'static str, message: impl Into<String>) {
        self.0.push(PackFault { place: place.to_owned(), code, message: message.into() });
    }
}

fn number(text: &str) -> Option<Exact> {
    text.parse().ok()
}

impl Pack {
    /// Every reason not to publish this pack at `now` (RFC 3339); empty if it may be published.
    #[must_use]
    pub fn faults(&self, now_rfc3339: &str) -> Vec<PackFault> {
        let mut faults = Faults(Vec::new());
        self.general(now_rfc3339, &mut faults);
        self.check_councils(&mut faults);
        self.check_scales(&mut faults);
        self.check_codes(&mut faults);
        if self.lots.is_empty() {
            faults.push("pack", "no_lots", "The pack has no lots: add at least one.");
        }
        for lot in &self.lots {
            self.check_lot(lot, &mut faults);
        }
        for requirement in &self.requirements {
            if requirement.text.trim().is_empty() {
                let message = format!("Requirement {} has no text: say what is asked.", requirement.code);
                faults.push(&requirement.code, "requirement_without_text", message);
            }
        }
        if let Err(unfit) = self.hash() {
            faults.push("pack", "pack_not_canonical", format!("The pack cannot be hashed: {unfit}."));
        }
        faults.0
    }

    fn general(&self, now: &str, faults: &mut Faults) {
        let instant = |text: &str| DateTime::<FixedOffset>::parse_from_rfc3339(text).ok();
        match (instant(&self.deadline), instant(now)) {
            (None, _) => faults.push(
                "pack",
                "deadline_not_an_instant",
                format!(
                    "The deadline \"{}\" is not a time: write it as 2027-03-01T12:00:00Z.",
                    self.deadline
                ),
            ),
            (_, None) => {
                faults.push(
                    "pack",
                    "now_not_an_instant",
                    format!("The present time \"{now}\" is not a time."),
                );
            }
            (Some(deadline), Some(now)) if deadline <= now => faults.push(
                "pack",
                "deadline_not_in_future",
                format!("The deadline {} is not in the future: set a later one.", self.deadline),
            ),
            _ => {}
        }
        if self.term_years == 0 || self.term_years > 50 {
            let message = format!("The term is {} years: give it 1 to 50 whole years.", self.term_years);
            faults.push("pack", "term_outside", message);
        }
        if self.version == 0 {
            faults.push("pack", "version_outside", "The pack's version is 0: the first publication is 1.");
        }
        for (what, text) in [("reference", &self.reference), ("title", &self.title)] {
            if text.trim().is_empty() {
                faults.push("pack", "text_missing", format!("The procurement has no {what}: give it one."));
            }
        }
        if self.method.decimals > 6 {
            let message =
                format!("Totals are published with {} decimals: choose 0 to 6.", self.method.decimals);
            faults.push("pack", "decimals_outside", message);
        }
        if let Some(policy) = &self.method.moderation
            && !(1..=MOST_SPREAD_STEPS).contains(&policy.spread_steps)
        {
            let message = format!(
                "Marks are talked about from {} steps on: choose 1 to {MOST_SPREAD_STEPS}.",
                policy.spread_steps
            );
            faults.push("pack", "spread_steps_outside", message);
        }
        let mut keys = self.method.tie_break.clone();
        keys.sort_unstable();
        keys.dedup();
        if keys.len() != self.method.tie_break.len() {
            faults.push("pack", "tie_break_doubled", "A tie-break stands twice: name each once.");
        }
        // DOMAIN rule 7: what bidders read of bands, options and rates is what is computed.
        if self.method.price_rules != schedule::price_rules(&self.lots) {
            let message = "What the method says of volume bands, options and rates is not how they are computed: make the pack anew.";
            faults.push("pack", "price_rules_differ", message);
        }
    }

    fn check_councils(&self, faults: &mut Faults) {
        let leads = self.councils.iter().filter(|council| council.part == Part::Lead).count();
        if self.councils.is_empty() {
            faults.push("pack", "no_councils", "No council buys: at least the lead must.");
        } else if leads != 1 {
            let message = format!("There are {leads} lead councils: there must be exactly one.");
            faults.push("pack", "not_one_lead", message);
        }
        unique("pack", "council", self.councils.iter().map(|council| council.id.as_str()), faults);
        for council in &self.councils {
            if number(&council.shared_cost_weight).is_none_or(|weight| weight.is_negative()) {
                let message = format!(
                    "{}: its share of shared lines, \"{}\", is not a number from 0 up.",
                    council.name, council.shared_cost_weight
                );
                faults.push("pack", "shared_weight_unfit", message);
            }
        }
        let deciding = self.councils.iter().filter(|council| council.part != Part::NamedOption).count();
        let openers = self.opening_councils as usize;
        if !(1..=2).contains(&openers) {
            let message = format!("The tender box is opened by people of {openers} councils: choose 1 or 2.");
            faults.push("pack", "opening_councils_outside", message);
        } else if openers > deciding {
            let message = format!(
                "The tender box is to be opened by people of {openers} councils, but only {deciding} take part as lead or core: choose fewer or add a council."
            );
            faults.push("pack", "opening_councils_too_many", message);
        }
    }

    fn check_scales(&self, faults: &mut Faults) {
        unique("pack", "scale", self.scales.iter().map(|scale| scale.name.as_str()), faults);
        for scale in &self.scales {
            for fault in scale.faults() {
                faults.push("pack", fault.code, fault.message);
            }
        }
    }

    fn check_codes(&self, faults: &mut Faults) {
        unique("pack", "lot", self.lots.iter().map(|lot| lot.id.as_str()), faults);
        unique("pack", "lot code", self.lots.iter().map(|lot| lot.code.as_str()), faults);
        let mut criteria = Vec::new();
        for lot in &self.lots {
            codes_of(&lot.quality, &mut criteria);
        }
        let schedule = || self.lots.iter().flat_map(|lot| &lot.schedule);
        let lines = || schedule().map(|line| line.code.as_str());
        // A band's row must not be taken for a line, nor a line for a band's row.
        let bands: Vec<String> = schedule()
            .filter(|line| !line.tiers.is_empty())
            .flat_map(|line| line.row_codes().into_iter().map(Cow::into_owned).collect::<Vec<_>>())
            .collect();
        let bands = || bands.iter().map(String::as_str);
        let requirements = || self.requirements.iter().map(|requirement| requirement.code.as_str());
        unique("pack", "criterion code", criteria.iter().copied(), faults);
        unique("pack", "price line code", lines().chain(bands()), faults);
        unique("pack", "requirement code", requirements(), faults);
        unique("pack", "document", self.documents.iter().map(|document| document.name.as_str()), faults);
        let lots = self.lots.iter().map(|lot| lot.code.as_str());
        for code in lots.chain(criteria.iter().copied()).chain(lines()).chain(bands()).chain(requirements()) {
            if !line_id::is_code(code) {
                let message = format!(
                    "The code \"{code}\" cannot stand in a workbook: use an upper-case letter first, then upper-case letters, digits, points or hyphens, at most 20."
                );
                faults.push(code, "code_unfit", message);
            }
        }
    }

    fn check_lot(&self, lot: &PackLot, faults: &mut Faults) {
        let place = lot.code.as_str();
        if lot.schedule.is_empty() {
            let message = format!("Lot {place} has no price schedule: add at least one line.");
            faults.push(place, "lot_without_lines", message);
        } else if !lot.schedule.iter().any(line::counts) {
            let message = format!(
                "Lot {place} has only optional lines and rates with a basket of 0 days, so no price counts: make one mandatory."
            );
            faults.push(place, "lot_without_mandatory_lines", message);
        }
        let questions = lot.questions();
        if questions.is_empty() {
            let message = format!("Lot {place} has no questions: add at least one.");
            faults.push(place, "lot_without_questions", message);
        } else {
            for fault in criteria::faults(&lot.quality) {
                faults.push(&format!("{place}/{}", fault.node), fault.code, fault.message);
            }
        }
        for node in questions {
            self.check_question(place, node, faults);
        }
        check_price(lot, faults);
        for line in &lot.schedule {
            self.check_line(place, line, faults);
        }
    }

    fn check_question(&self, lot: &str, node: &PackCriterion, faults: &mut Faults) {
        let Some(question) = &node.question else { return };
        let place = format!("{lot}/{}", node.code);
        if question.text.trim().is_empty() {
            faults.push(
                &place,
                "question_without_text",
                format!("Question {} asks nothing: write it.", node.code),
            );
        }
        if question.word_limit == Some(0) {
            let message = format!("Question {} allows 0 words: raise the limit or remove it.", node.code);
            faults.push(&place, "word_limit_zero", message);
        }
        let Some(scale) = Scale::named(&self.scales, &question.scale) else {
            let message = format!(
                "Question {} is marked on the scale \"{}\", which the pack does not have: choose another or add it.",
                node.code, question.scale
            );
            faults.push(&place, "scale_unknown", message);
            return;
        };
        if let Some(least) = &question.minimum_mark
            && !scale.allows(least)
        {
            let message = format!(
                "Question {} has the minimum mark \"{least}\", which is not on its scale \"{}\": choose a mark that is.",
                node.code, scale.name
            );
            faults.push(&place, "minimum_mark_not_on_scale", message);
        }
    }
}

fn check_price(lot: &PackLot, faults: &mut Faults) {
    let place = lot.code.as_str();
    let weight = number(&lot.price.weight).filter(|w| w.is_positive() && *w < Exact::hundred());
    if weight.is_none() {
        let message = format!(
            "Lot {place} gives price a weight of \"{}\" percent: choose a number above 0 and below 100.",
            lot.price.weight
        );
        faults.push(place, "price_weight_outside", message);
    }
    match PriceRule::from_model(&lot.price) {
        Err(fault @ PriceFault::TargetNotBelowCeiling) => {
            let message = format!("Lot {place}: the benchmark's target must lie below its ceiling.");
            faults.push(place, fault.code(), message);
        }
        Err(fault) => faults.push(place, fault.code(), format!("Lot {place}: {fault}.")),
        Ok(_) => {}
    }
    for parameter in Parameter::ALL {
        let Some(text) = lot.price.parameter(*parameter) else { continue };
        let name = parameter.label().to_lowercase();
        if !lot.price.formula.parameters().contains(parameter) {
            let message = format!("Lot {place}: its formula does not use the {name}: remove it.");
            faults.push(place, "parameter_unused", message);
        } else if let Some(why) = number(text).as_ref().and_then(|number| parameter.unfit(number)) {
            faults.push(place, "parameter_outside", format!("Lot {place}: the {name} {why}."));
        }
    }
    if let Some(least) = &lot.min_quality {
        let quality = weight.map(|weight| Exact::hundred() - weight);
        match (number(least), quality) {
            (None, _) => {
                let message = format!("Lot {place}: the minimum quality \"{least}\" is not a number.");
                faults.push(place, "min_quality_not_a_number", message);
            }
            (Some(least), _) if least.is_negative() => {
                faults.push(
                    place,
                    "min_quality_negative",
                    format!("Lot {place}: the minimum quality is below zero."),
                );
            }
            (Some(least), Some(quality)) if least > quality => {
                let message = format!(
                    "Lot {place}: the minimum quality {least} is more than the {quality} points that quality has."
                );
                faults.push(place, "min_quality_above_weight", message);
            }
            _ => {}
        }
    }
}

fn codes_of<'a>(nodes: &'a [PackCriterion], codes: &mut Vec<&'a str>) {
    for node in nodes {
        codes.push(&node.code);
        codes_of(&node.children, codes);
    }
}

fn unique<'a>(place: &str, what: &str, names: impl Iterator<Item = &'a str>, faults: &mut Faults) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for name in names {
        *counts.entry(name.to_uppercase()).or_default() += 1;
    }
    for (name, count) in counts.into_iter().filter(|(_, count)| *count > 1) {
        let message = format!("The {what} \"{name}\" stands {count} times: it must be unique in the pack.");
        faults.push(place, "code_doubled", message);
    }
}
