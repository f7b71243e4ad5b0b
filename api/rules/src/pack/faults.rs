//! Everything that publication must refuse, all at once.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};

use super::{Pack, PackCriterion, PackLine, PackLot};
use crate::criteria;
use crate::exact::Exact;
use crate::line_id;
use crate::money::LARGEST;
use crate::price::{PriceFault, PriceRule};
use crate::words::{Part, PriceFormula};

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
        let mut keys = self.method.tie_break.clone();
        keys.sort_unstable();
        keys.dedup();
        if keys.len() != self.method.tie_break.len() {
            faults.push("pack", "tie_break_doubled", "A tie-break stands twice: name each once.");
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
        let lines = || self.lots.iter().flat_map(|lot| &lot.schedule).map(|line| line.code.as_str());
        let requirements = || self.requirements.iter().map(|requirement| requirement.code.as_str());
        unique("pack", "criterion code", criteria.iter().copied(), faults);
        unique("pack", "price line code", lines(), faults);
        unique("pack", "requirement code", requirements(), faults);
        unique("pack", "document", self.documents.iter().map(|document| document.name.as_str()), faults);
        let lots = self.lots.iter().map(|lot| lot.code.as_str());
        for code in lots.chain(criteria.iter().copied()).chain(lines()).chain(requirements()) {
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
        } else if lot.schedule.iter().all(|line| line.optional) {
            let message =
                format!("Lot {place} has only optional lines, so no price counts: make one mandatory.");
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
        let Some(scale) = self.scales.iter().find(|scale| scale.name == question.scale) else {
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

    fn check_line(&self, lot: &str, line: &PackLine, faults: &mut Faults) {
        let place = format!("{lot}/{}", line.code);
        let code = &line.code;
        for (what, text) in [("description", &line.description), ("unit", &line.unit)] {
            if text.trim().is_empty() {
                faults.push(&place, "line_text_missing", format!("Line {code} has no {what}: give it one."));
            }
        }
        if line.shared {
            if !line.volumes.is_empty() {
                let message =
                    format!("Line {code} is shared and has volumes: remove them, or do not share it.");
                faults.push(&place, "shared_line_with_volumes", message);
            }
            let somebody = self.councils.iter().any(|council| {
                council.part != Part::NamedOption
                    && number(&council.shared_cost_weight).is_some_and(|weight| weight.is_positive())
            });
            if !somebody {
                let message = format!(
                    "Line {code} is shared, but no lead or core council has a share of shared lines: give at least one a weight above 0."
                );
                faults.push(&place, "shared_without_weights", message);
            }
            return;
        }
        let mut priced = false;
        let mut seen = Vec::new();
        for volume in &line.volumes {
            let council = self.councils.iter().find(|council| council.id == volume.council);
            let year = volume.year;
            let whose = council.map_or(volume.council.as_str(), |council| council.name.as_str());
            if council.is_none() {
                let message =
                    format!("Line {code} has a volume of \"{whose}\", which is not a council of this pack.");
                faults.push(&place, "volume_without_council", message);
            }
            if year == 0 || year > self.term_years {
                let message = format!(
                    "Line {code} has a volume of {whose} in year {year}, but the term has years 1 to {}.",
                    self.term_years
                );
                faults.push(&place, "volume_beyond_term", message);
            }
            if volume.volume_e3 < 0 || volume.volume_e3 > LARGEST * 1_000 {
                let message =
                    format!("Line {code} has a volume of {whose} in year {year} below zero or too large.");
                faults.push(&place, "volume_outside", message);
            }
            if seen.contains(&(&volume.council, year)) {
                let message = format!("Line {code} has two volumes of {whose} in year {year}: add them up.");
                faults.push(&place, "volume_doubled", message);
            }
            seen.push((&volume.council, year));
            priced |=
                volume.volume_e3 > 0 && council.is_some_and(|council| council.part != Part::NamedOption);
        }
        if !priced && !line.optional {
            let message = format!(
                "Line {code} has no volume of a lead or core council, so its price would not count: add demand, share it, make it optional or remove it."
            );
            faults.push(&place, "line_without_volume", message);
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
    if lot.price.formula != PriceFormula::BenchmarkLinear
        && (lot.price.target.is_some() || lot.price.ceiling.is_some())
    {
        let message =
            format!("Lot {place} has a target or ceiling that its formula does not use: remove it.");
        faults.push(place, "benchmark_unused", message);
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
