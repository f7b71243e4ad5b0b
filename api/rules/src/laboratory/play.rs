//! How much of the price weight is in play among bids that are close to each other (METHODS 0.1 e).

use serde::{Deserialize, Serialize};

use super::draft::Draft;
use super::{Finding, LaboratoryFault, Matter, Severity, Topic, figure, percent_of, pounds};
use crate::exact::Exact;

/// How far the two bids are from the middle of the range, in percent.
const APART: i64 = 10;

/// From how many times more, or less, than its weight price counts that is to be looked at: at twice, a price weight of 40 is really
/// one of 80 or of 20.
const FAR: i64 = 2;

/// What parts two bids of which one is 10 % dearer, and the other 10 % cheaper, than the middle of the range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InPlay {
    /// The price of the cheaper one, in pounds. Under a relative formula there is no other bid.
    pub cheaper: Exact,
    /// The price of the dearer one, in pounds.
    pub dearer: Exact,
    /// The price points of the cheaper one.
    pub cheaper_points: Exact,
    /// The price points of the dearer one.
    pub dearer_points: Exact,
    /// The difference: the price points in play.
    pub price_spread: Exact,
    /// The same in percent of the price weight; nothing where that is 0.
    pub price_percent: Option<Exact>,
    /// The quality points between two bids that are one step of mark apart on every question, with each question's smallest step.
    pub quality_least: Exact,
    /// The same with the largest steps.
    pub quality_most: Exact,
    /// `quality_least` in percent of the quality weight; nothing where that is 0.
    pub quality_least_percent: Option<Exact>,
    /// `quality_most` in percent of the quality weight; nothing where that is 0.
    pub quality_most_percent: Option<Exact>,
    /// What price really weighs between such bids, in percent, beside the largest steps: its part of all points in play. Nothing
    /// where none are.
    pub weight_least: Option<Exact>,
    /// The same beside the smallest steps.
    pub weight_most: Option<Exact>,
}

pub(super) fn of(draft: &Draft<'_>) -> Result<InPlay, LaboratoryFault> {
    let middle = draft.expected.middle().to_exact();
    let at = |percent: i64| &middle * Exact::from(100 + percent).percent();
    let (cheaper, dearer) = (at(-APART), at(APART));
    let two = [cheaper.clone(), dearer.clone()];
    let mut points = draft.rule.points(&draft.price, &two)?.into_iter();
    let (cheaper_points, dearer_points) =
        (points.next().unwrap_or_default(), points.next().unwrap_or_default());
    let price_spread = &cheaper_points - &dearer_points;
    let quality_least: Exact = draft.questions.iter().filter_map(|asked| asked.steps().min()).sum();
    let quality_most: Exact = draft.questions.iter().filter_map(|asked| asked.steps().max()).sum();
    let weight = |quality: &Exact| percent_of(&price_spread, &(&price_spread + quality));
    Ok(InPlay {
        price_percent: percent_of(&price_spread, &draft.price),
        quality_least_percent: percent_of(&quality_least, &draft.quality),
        quality_most_percent: percent_of(&quality_most, &draft.quality),
        weight_least: weight(&quality_most),
        weight_most: weight(&quality_least),
        cheaper,
        dearer,
        cheaper_points,
        dearer_points,
        price_spread,
        quality_least,
        quality_most,
    })
}

/// One sentence; none where price or quality has no weight, which the weights tell.
pub(super) fn tell(draft: &Draft<'_>, play: &InPlay) -> Vec<Finding> {
    let InPlay { price_percent: Some(price), quality_least_percent: Some(least), .. } = play else {
        return Vec::new();
    };
    let far = Exact::from(FAR);
    let below = play.weight_most.as_ref().is_none_or(|most| most * &far <= draft.price);
    let above = play.weight_least.as_ref().is_some_and(|least| *least >= &draft.price * &far);
    let (matter, severity, to_do) = if play.price_spread.is_zero() {
        let to_do = " Between such bids price decides nothing: change target and ceiling.";
        (Matter::FarFromWeight, Severity::Serious, to_do)
    } else if below {
        let to_do =
            " Price counts far less than its weight says: make the points fall faster, or raise the weight.";
        (Matter::FarFromWeight, Severity::Attend, to_do)
    } else if above {
        let to_do = " Price counts far more than its weight says: let the points fall more slowly, or lower the weight.";
        (Matter::FarFromWeight, Severity::Attend, to_do)
    } else {
        (Matter::InPlay, Severity::Note, "")
    };
    let told = format!(
        "Bids of {} and {}, 10 % below and above the middle of the range, are {} price points apart, {} % of the {} that \
         price has. Bids one step of mark apart on every question are {} quality points apart, {} % of {}. Between such bids \
         price weighs {} %, and {} % by its weight.{to_do}",
        pounds(&play.cheaper),
        pounds(&play.dearer),
        figure(&play.price_spread),
        figure(price),
        figure(&draft.price),
        between(&play.quality_least, &play.quality_most),
        between(least, play.quality_most_percent.as_ref().unwrap_or(least)),
        figure(&draft.quality),
        play.weight_least
            .as_ref()
            .zip(play.weight_most.as_ref())
            .map_or_else(|| "0".to_owned(), |(least, most)| between(least, most)),
        figure(&draft.price),
    );
    vec![draft.finding(Topic::InPlay, matter, severity, told)]
}

fn between(least: &Exact, most: &Exact) -> String {
    if least == most { figure(least) } else { format!("{} to {}", figure(least), figure(most)) }
}
