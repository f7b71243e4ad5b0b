//! By how much the winner leads, and whether that is next to nothing (METHODS "At award" p).

use super::{Case, MarkFlips};
use crate::exact::Exact;
use crate::words::words;

words! {
    /// Why a result is a near tie.
    NearTie {
        /// The lead is less than one unit of the last published decimal.
        BelowRoundingUnit = "below_rounding_unit", "The lead is less than one unit of the rounding";
        /// The lead is less than the smallest step of a mark on any question, whether or not a bid can take that step.
        BelowLightestStep = "below_lightest_step", "The lead is less than the smallest step of a mark";
        /// One step of one agreed mark would end the winner's place.
        OneStepDecides = "one_step_decides", "One step of one mark would end the lead";
    }
}

/// Why the winner's lead is next to nothing; none where it is more, or nobody leads.
pub(super) fn near_tie(case: &Case<'_>, lead: Option<&Exact>, flips: &[MarkFlips]) -> Vec<NearTie> {
    let below = |least: Option<Exact>| lead.zip(least.as_ref()).is_some_and(|(lead, least)| lead < least);
    let found = [
        (below(Some(Exact::unit(case.rules.decimals))), NearTie::BelowRoundingUnit),
        (below(lightest_step(case)), NearTie::BelowLightestStep),
        (flips.iter().any(|flips| flips.steps.len() == 1), NearTie::OneStepDecides),
    ];
    found.into_iter().filter(|(is_one, _)| *is_one).map(|(_, ground)| ground).collect()
}

/// The points of the smallest step that earns anything, over all questions and marks.
fn lightest_step(case: &Case<'_>) -> Option<Exact> {
    let winner = case.winner()?;
    let asked = case.lot.questions().into_iter();
    let steps = asked.filter_map(|node| {
        let scale = case.scale_of(node)?;
        let shares: Option<Vec<Exact>> = scale.marks.iter().map(|mark| scale.share(&mark.value)).collect();
        let smallest =
            shares?.windows(2).map(|pair| (&pair[1] - &pair[0]).abs()).filter(Exact::is_positive).min()?;
        Some(&winner.criteria.get(&node.code)?.weight_of_total * smallest)
    });
    steps.filter(Exact::is_positive).min()
}
