//! A lot of a draft pack, read once into exact numbers.

use super::{Expected, Finding, LaboratoryFault, Matter, Severity, Topic};
use crate::criteria;
use crate::exact::Exact;
use crate::money::{LARGEST, Pence};
use crate::pack::{Pack, PackCriterion, PackLot, Question};
use crate::price::PriceRule;
use crate::rank::RankRules;
use crate::record::rules_of;
use crate::scale::Scale;

/// The most decimals that a pack may publish totals with.
const MOST_DECIMALS: u32 = 6;

/// A lot, ready to be tried.
pub(super) struct Draft<'a> {
    pub pack: &'a Pack,
    pub lot: &'a PackLot,
    pub expected: Expected,
    pub rules: RankRules,
    pub rule: PriceRule,
    /// The most price points.
    pub price: Exact,
    /// The most quality points: 100 less these.
    pub quality: Exact,
    /// The lot's questions, in order.
    pub questions: Vec<Asked<'a>>,
}

/// A question with what it can earn.
pub(super) struct Asked<'a> {
    pub code: &'a str,
    pub title: &'a str,
    pub scale: &'a Scale,
    /// The most points, of the lot's 100.
    pub weight: Exact,
    /// What each mark of the scale earns, the lowest mark first.
    pub points: Vec<Exact>,
    /// The place on the scale of the lowest mark with which a bid is still ranked.
    pub least: usize,
    /// The published minimum mark.
    pub minimum: Option<&'a str>,
}

impl Asked<'_> {
    /// A mark as its scale writes it.
    pub fn mark(&self, place: usize) -> &str {
        self.scale.marks.get(place).map_or("", |mark| mark.value.as_str())
    }

    /// What each step from one mark to the next earns, the lowest first.
    pub fn steps(&self) -> impl Iterator<Item = Exact> {
        self.points.windows(2).map(|pair| &pair[1] - &pair[0])
    }
}

impl<'a> Draft<'a> {
    pub fn of(pack: &'a Pack, lot: &'a PackLot, expected: Expected) -> Result<Self, LaboratoryFault> {
        let most = Pence(LARGEST * 100);
        if expected.low <= Pence::ZERO || expected.low >= expected.high || expected.high > most {
            return Err(LaboratoryFault::RangeUnfit(expected));
        }
        let problems = problems(pack, lot);
        if !problems.is_empty() {
            return Err(LaboratoryFault::PackUnfit(problems));
        }
        let unfit = |why: String| LaboratoryFault::PackUnfit(vec![why]);
        let rules = rules_of(pack, lot).map_err(|why| unfit(format!("{why}.")))?;
        let price = rules.price_weight();
        if price.is_negative() || price > Exact::hundred() {
            let weight = price.mixed();
            return Err(unfit(format!(
                "Lot {} gives price a weight of {weight} %: choose 0 to 100.",
                lot.code
            )));
        }
        let quality = Exact::hundred() - &price;
        let mut questions = Vec::new();
        collect(&lot.quality, &pack.scales, &quality, &mut questions);
        let rule = PriceRule::from_model(&lot.price)?;
        Ok(Self { pack, lot, expected, rules, rule, price, quality, questions })
    }

    /// The points of one price in pounds; under a relative formula, beside two bids at the ends of the range.
    pub fn points(&self, price: &Exact) -> Result<Exact, LaboratoryFault> {
        let ends = [self.expected.low.to_exact(), self.expected.high.to_exact()];
        let points = self.rule.points_against(&self.price, std::slice::from_ref(price), &ends)?;
        Ok(points.into_iter().sum())
    }

    /// The prices between which a straight line falls: at or below the first a bid has all points, from the second on none. Under a
    /// relative formula beside two bids at the ends of the range. Nothing for the curved one, which falls everywhere.
    pub fn slope(&self) -> Option<(Exact, Exact)> {
        let (low, high) = (self.expected.low.to_exact(), self.expected.high.to_exact());
        match &self.rule {
            PriceRule::LowestOverBid => None,
            PriceRule::BenchmarkLinear { target, ceiling } => Some((target.clone(), ceiling.clone())),
            PriceRule::LinearFromLowest { k } => Some((low.clone(), k * low)),
            PriceRule::LinearMinMax => Some((low, high)),
            // 1 = base + slope · (mean − p) / mean, and 0 = the same; the slope is above 0.
            PriceRule::LinearMean { base, slope } => {
                let mean = (low + high) * Exact::ratio(1, 2)?;
                let away = |share: Exact| Some(share.checked_div(slope)? * &mean);
                Some((&mean - away(Exact::one() - base)?, &mean + away(base.clone())?))
            }
        }
    }

    /// What moves everybody's points under a relative formula, in words.
    pub const fn reference(&self) -> &'static str {
        match &self.rule {
            PriceRule::LinearMinMax => "the lowest and the highest bid",
            PriceRule::LinearMean { .. } => "the mean of all bids",
            _ => "the lowest bid",
        }
    }

    /// Whether price, or quality, has no weight.
    pub fn one_sided(&self) -> bool {
        self.price.is_zero() || self.quality.is_zero()
    }

    /// The quality points of the highest marks.
    pub fn best(&self) -> Exact {
        self.questions.iter().filter_map(|asked| asked.points.iter().max()).sum()
    }

    /// A finding about the whole lot.
    pub fn finding(&self, topic: Topic, matter: Matter, severity: Severity, told: String) -> Finding {
        Finding { topic, matter, severity, place: self.lot.code.clone(), told }
    }
}

/// Everything that keeps a lot from being scored.
fn problems(pack: &Pack, lot: &PackLot) -> Vec<String> {
    let mut problems: Vec<String> =
        criteria::faults(&lot.quality).into_iter().map(|fault| fault.message).collect();
    if lot.questions().is_empty() {
        problems.push(format!("Lot {} has no questions: add at least one.", lot.code));
    }
    if pack.method.decimals > MOST_DECIMALS {
        let decimals = pack.method.decimals;
        problems.push(format!("Totals are published with {decimals} decimals: choose 0 to {MOST_DECIMALS}."));
    }
    let mut looked_at: Vec<&str> = Vec::new();
    for node in lot.questions() {
        let Some(question) = &node.question else { continue };
        let Some(scale) = Scale::named(&pack.scales, &question.scale) else {
            problems.push(format!(
                "Question {} is marked on the scale \"{}\", which the pack does not have: choose another or add it.",
                node.code, question.scale
            ));
            continue;
        };
        if !looked_at.contains(&scale.name.as_str()) {
            looked_at.push(&scale.name);
            problems.extend(unscorable(scale));
        }
        problems.extend(off_scale(node, question, scale));
    }
    problems
}

/// What keeps a scale from scoring: all its faults but a descriptor that is still to be written, which is a finding.
fn unscorable(scale: &Scale) -> impl Iterator<Item = String> {
    let faults = scale.faults().into_iter();
    faults.filter(|fault| fault.code != "mark_without_descriptor").map(|fault| fault.message)
}

fn off_scale(node: &PackCriterion, question: &Question, scale: &Scale) -> Option<String> {
    let least = question.minimum_mark.as_ref().filter(|least| !scale.allows(least))?;
    Some(format!(
        "Question {} has the minimum mark \"{least}\", which is not on its scale \"{}\": choose a mark that is.",
        node.code, scale.name
    ))
}

/// The questions below, with the points that each can earn. Weights and scales were looked at before.
fn collect<'a>(nodes: &'a [PackCriterion], scales: &'a [Scale], out_of: &Exact, found: &mut Vec<Asked<'a>>) {
    for node in nodes {
        let Ok(weight) = node.weight.parse::<Exact>() else { continue };
        let weight = out_of * weight.percent();
        match &node.question {
            Some(question) => found.extend(asked(node, question, scales, weight)),
            None => collect(&node.children, scales, &weight, found),
        }
    }
}

fn asked<'a>(
    node: &'a PackCriterion,
    question: &'a Question,
    scales: &'a [Scale],
    weight: Exact,
) -> Option<Asked<'a>> {
    let scale = Scale::named(scales, &question.scale)?;
    let shares: Option<Vec<Exact>> = scale.marks.iter().map(|mark| scale.share(&mark.value)).collect();
    let minimum = question.minimum_mark.as_deref();
    Some(Asked {
        code: &node.code,
        title: &node.title,
        scale,
        points: shares?.iter().map(|share| &weight * share).collect(),
        least: minimum.and_then(|mark| scale.position(mark)).unwrap_or(0),
        minimum,
        weight,
    })
}
