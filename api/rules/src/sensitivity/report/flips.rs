//! By how few steps of marks the winner would lose its place (METHODS "At award" l). Effects add, so that the largest first is
//! the shortest way, as long as no step of a scale earns more than the one before it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use serde::Serialize;

use super::{Case, first};
use crate::exact::Exact;
use crate::pack::{PackCriterion, Question};
use crate::rank::RankBid;
use crate::record::BidResult;
use crate::scale::Scale;
use crate::words::RankOn;

/// The steps by which the winner would lose its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MarkFlips {
    /// The bid that would be level with the winner or before it; nothing where the winner would fall below a minimum mark.
    pub bid: Option<String>,
    /// The steps, the one with the largest effect first.
    pub steps: Vec<Flip>,
    /// Whether there is no shorter way. There may be one where a scale has steps of unequal size.
    pub fewest: bool,
}

/// One step of one agreed mark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Flip {
    /// The bid's id.
    pub bid: String,
    /// The question's code.
    pub question: String,
    /// The mark as agreed, or after the step before.
    pub from: String,
    /// The mark a step away.
    pub to: String,
}

/// The steps of one question of one bid in one direction, each with what it is worth.
struct Ladder {
    steps: Vec<(Flip, Exact)>,
    /// Whether each is worth no more than the one before.
    falling: bool,
}

/// For each other ranked bid, and for the winner's minimum marks, the steps that end its place; the fewest first.
pub(super) fn of(case: &Case<'_>) -> Vec<MarkFlips> {
    let Some(winner) = case.winner() else { return Vec::new() };
    let down = ladders(case, winner, false);
    let mut found: Vec<MarkFlips> = case
        .ranked()
        .filter(|bid| bid.bid != winner.bid)
        .filter_map(|bid| overtaken(case, winner, bid, &down))
        .collect();
    found.extend(below_minimum(case, &down));
    found.sort_by_key(|flips| flips.steps.len());
    found
}

fn scale_of<'a>(case: &Case<'a>, question: &Question) -> Option<&'a Scale> {
    case.pack.scales.iter().find(|scale| scale.name == question.scale)
}

/// What there is to step on: each question of a bid, up or down from its agreed mark.
fn ladders(case: &Case<'_>, bid: &BidResult, up: bool) -> Vec<Ladder> {
    let mut shares: BTreeMap<&str, Vec<Option<Exact>>> = BTreeMap::new();
    let mut of_question = |node: &PackCriterion| {
        let scale = scale_of(case, node.question.as_ref()?)?;
        let share = shares
            .entry(&scale.name)
            .or_insert_with(|| scale.marks.iter().map(|mark| scale.share(&mark.value)).collect());
        let earned = bid.criteria.get(&node.code)?;
        let mut at = scale.position(earned.mark.as_ref()?)?;
        let mut steps: Vec<(Flip, Exact)> = Vec::new();
        while let Some(next) = if up { at.checked_add(1) } else { at.checked_sub(1) } {
            let Some(mark) = scale.marks.get(next) else { break };
            let before = &scale.marks[at].value;
            let much = (share[next].as_ref()? - share[at].as_ref()?).abs();
            let flip = Flip {
                bid: bid.bid.clone(),
                question: node.code.clone(),
                from: before.clone(),
                to: mark.value.clone(),
            };
            steps.push((flip, &earned.weight_of_total * much));
            at = next;
        }
        let falling = steps.windows(2).all(|pair| pair[1].1 <= pair[0].1);
        Some(Ladder { steps, falling })
    };
    case.lot.questions().into_iter().filter_map(&mut of_question).collect()
}

/// The largest steps first, of winner down and contender up, until the winner is no longer alone in front. Nothing where a
/// third bid is in front before: its own way is the shorter one.
fn overtaken(case: &Case<'_>, winner: &BidResult, bid: &BidResult, down: &[Ladder]) -> Option<MarkFlips> {
    let up = ladders(case, bid, true);
    let ladders: Vec<&Ladder> = down.iter().chain(&up).collect();
    let score = |id: &str| case.scores.get(id);
    let mut gap = score(&winner.bid)? - score(&bid.bid)?;
    let third = case.ranked().filter(|other| other.bid != winner.bid && other.bid != bid.bid);
    let mut gap_to_third = third.filter_map(|other| Some(score(&winner.bid)? - score(&other.bid)?)).min();
    // Rounded totals may meet before the exact ones do.
    let near = match case.rules.rank_on {
        RankOn::Exact => Exact::zero(),
        RankOn::Rounded => case.rounding_unit()?,
    };
    // Of equal ones the first, so that the order of the pack decides.
    let ahead = |place: usize, taken: usize| {
        let (_, worth) = ladders[place].steps.get(taken)?;
        worth.is_positive().then_some((worth, Reverse(place), taken))
    };
    let mut ways: BinaryHeap<_> = (0..ladders.len()).filter_map(|place| ahead(place, 0)).collect();
    let mut bids = case.bids.clone();
    let mut steps = Vec::new();
    loop {
        let (worth, Reverse(place), taken) = ways.pop()?;
        ways.extend(ahead(place, taken + 1));
        let (flip, _) = &ladders[place].steps[taken];
        gap -= worth;
        if flip.bid == winner.bid {
            gap_to_third = gap_to_third.map(|gap| gap - worth);
        }
        apply(&mut bids, flip, &winner.bid, worth);
        steps.push(flip.clone());
        if gap > near && gap_to_third.as_ref().is_none_or(|gap| *gap > near) {
            continue;
        }
        let first = first(&case.rank(&bids)?);
        if first != [winner.bid.clone()] {
            let fewest = steps.len() == 1 || ladders.iter().all(|ladder| ladder.falling);
            return first.contains(&bid.bid).then(|| MarkFlips { bid: Some(bid.bid.clone()), steps, fewest });
        }
    }
}

/// Down for the winner, up for everybody else.
fn apply(bids: &mut [RankBid], flip: &Flip, winner: &str, worth: &Exact) {
    for bid in bids.iter_mut().filter(|bid| bid.id == flip.bid) {
        let quality = bid.quality.take();
        bid.quality =
            quality.map(|quality| if flip.bid == winner { quality - worth } else { quality + worth });
    }
}

/// The question on which the winner is nearest to its minimum mark: below it the winner is out.
fn below_minimum(case: &Case<'_>, down: &[Ladder]) -> Option<MarkFlips> {
    let asked = case.lot.questions().into_iter();
    let ways = asked.filter_map(|node| {
        let question = node.question.as_ref()?;
        let scale = scale_of(case, question)?;
        let least = scale.position(question.minimum_mark.as_ref()?)?;
        let own = |ladder: &&Ladder| ladder.steps.first().is_some_and(|(flip, _)| flip.question == node.code);
        let ladder = down.iter().find(own)?;
        let below = ladder.steps.iter().position(|(flip, _)| scale.position(&flip.to) < Some(least))?;
        Some(ladder.steps[..=below].iter().map(|(flip, _)| flip.clone()).collect::<Vec<Flip>>())
    });
    Some(MarkFlips { bid: None, steps: ways.min_by_key(Vec::len)?, fewest: true })
}
