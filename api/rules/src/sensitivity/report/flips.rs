//! By how few steps of marks the winner would lose its place (METHODS "At award" l). Effects add, so that the largest first is
//! the shortest way, as long as no step of a scale earns more than the one before it and the way passes no minimum.
//!
//! Marks do not move price points, not even of a relative formula, as long as the same bids count: ways to overtake the winner
//! keep it at or above every published minimum. That it falls below one is a way of its own.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use serde::Serialize;

use super::{Case, first};
use crate::exact::Exact;
use crate::pack::PackCriterion;
use crate::rank::RankBid;
use crate::record::BidResult;
use crate::words::RankOn;

/// The steps by which the winner would lose its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MarkFlips {
    /// The bid that would be level with the winner or before it; nothing where the winner would fall below a minimum mark, or
    /// below the minimum of quality points.
    pub bid: Option<String>,
    /// The steps, the one with the largest effect first.
    pub steps: Vec<Flip>,
    /// Whether there is no shorter way. There may be one where a scale has steps of unequal size, where totals are rounded, or
    /// where the minimum of quality points keeps the winner from a larger step.
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
    /// How many of them stay at or above the minimum mark and lead to one that is worth something.
    open: usize,
    /// Whether each of these is worth no more than the one before.
    falling: bool,
}

impl Ladder {
    /// Steps down end at `least`, the place of the minimum mark.
    fn of(steps: Vec<(Flip, Exact)>, positions: &[usize], least: Option<usize>) -> Self {
        let above =
            positions.iter().take_while(|position| least.is_none_or(|least| **position >= least)).count();
        let open =
            steps[..above].iter().rposition(|(_, worth)| worth.is_positive()).map_or(0, |last| last + 1);
        let falling = steps[..open].windows(2).all(|pair| pair[1].1 <= pair[0].1);
        Self { steps, open, falling }
    }
}

/// The largest open step first; of equal ones the first, so that the order of the pack decides.
struct Ways<'l> {
    ladders: Vec<&'l Ladder>,
    next: BinaryHeap<(&'l Exact, Reverse<usize>, usize)>,
    /// Whether a step was met that may not be taken.
    passed_over: bool,
}

impl<'l> Ways<'l> {
    fn of(ladders: Vec<&'l Ladder>) -> Self {
        let mut ways = Self { ladders, next: BinaryHeap::new(), passed_over: false };
        for place in 0..ways.ladders.len() {
            ways.open(place, 0);
        }
        ways
    }

    fn open(&mut self, place: usize, taken: usize) {
        let ladder = self.ladders[place];
        if let Some((_, worth)) = ladder.steps[..ladder.open].get(taken) {
            self.next.push((worth, Reverse(place), taken));
        }
    }

    /// The largest step that may be taken; one that may not closes its ladder. Nothing where none is left.
    fn take(&mut self, may: impl Fn(&Flip, &Exact) -> bool) -> Option<&'l (Flip, Exact)> {
        while let Some((_, Reverse(place), taken)) = self.next.pop() {
            let step = &self.ladders[place].steps[taken];
            if may(&step.0, &step.1) {
                self.open(place, taken + 1);
                return Some(step);
            }
            self.passed_over = true;
        }
        None
    }

    fn falling(&self) -> bool {
        self.ladders.iter().all(|ladder| ladder.falling)
    }
}

/// For each other ranked bid, and for the winner's minimums, the steps that end its place; the fewest first.
pub(super) fn of(case: &Case<'_>) -> Vec<MarkFlips> {
    let Some(winner) = case.winner() else { return Vec::new() };
    let down = ladders(case, winner, false);
    let mut found: Vec<MarkFlips> = case
        .ranked()
        .filter(|bid| bid.bid != winner.bid)
        .filter_map(|bid| overtaken(case, winner, bid, &down))
        .collect();
    found.extend(below_a_minimum(case, winner, &down));
    found.sort_by_key(|flips| flips.steps.len());
    found
}

/// What there is to step on: each question of a bid, up or down from its agreed mark.
fn ladders(case: &Case<'_>, bid: &BidResult, up: bool) -> Vec<Ladder> {
    let mut shares: BTreeMap<&str, Vec<Option<Exact>>> = BTreeMap::new();
    let mut of_question = |node: &PackCriterion| {
        let scale = case.scale_of(node)?;
        let share = shares
            .entry(&scale.name)
            .or_insert_with(|| scale.marks.iter().map(|mark| scale.share(&mark.value)).collect());
        let earned = bid.criteria.get(&node.code)?;
        let mut at = scale.position(earned.mark.as_ref()?)?;
        let (mut steps, mut positions) = (Vec::new(), Vec::new());
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
            positions.push(next);
            at = next;
        }
        let minimum = node.question.as_ref().and_then(|question| question.minimum_mark.as_ref());
        let least = minimum.filter(|_| !up).and_then(|least| scale.position(least));
        Some(Ladder::of(steps, &positions, least))
    };
    case.lot.questions().into_iter().filter_map(&mut of_question).collect()
}

/// The largest steps first, of winner down and contender up, until the winner is no longer alone in front. Nothing where a
/// third bid is in front before: its own way is the shorter one.
fn overtaken(case: &Case<'_>, winner: &BidResult, bid: &BidResult, down: &[Ladder]) -> Option<MarkFlips> {
    let up = ladders(case, bid, true);
    let mut ways = Ways::of(down.iter().chain(&up).collect());
    let score = |id: &str| case.scores.get(id);
    let mut gap = score(&winner.bid)? - score(&bid.bid)?;
    let third = case.ranked().filter(|other| other.bid != winner.bid && other.bid != bid.bid);
    let mut gap_to_third = third.filter_map(|other| Some(score(&winner.bid)? - score(&other.bid)?)).min();
    // Rounded totals may meet before the exact ones do.
    let near = match case.rules.rank_on {
        RankOn::Exact => Exact::zero(),
        RankOn::Rounded => Exact::unit(case.rules.decimals),
    };
    let mut to_minimum = to_minimum(case, winner);
    let mut bids = case.bids.clone();
    let mut steps = Vec::new();
    loop {
        let is_winners = |flip: &Flip| flip.bid == winner.bid;
        let may = |flip: &Flip, worth: &Exact| {
            !is_winners(flip) || to_minimum.as_ref().is_none_or(|left| worth <= left)
        };
        let (flip, worth) = ways.take(may)?;
        // No other way of fewer steps brings totals nearer, and at this distance no rounding makes them meet.
        let apart = gap >= near;
        gap -= worth;
        if is_winners(flip) {
            gap_to_third = gap_to_third.map(|gap| gap - worth);
            to_minimum = to_minimum.map(|left| left - worth);
        }
        apply(&mut bids, flip, &winner.bid, worth);
        steps.push(flip.clone());
        if gap > near && gap_to_third.as_ref().is_none_or(|gap| *gap > near) {
            continue;
        }
        let first = first(&case.rank(&bids)?);
        if first != [winner.bid.clone()] {
            let shortest = !ways.passed_over && apart && ways.falling();
            let fewest = steps.len() == 1 || shortest;
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

/// How many quality points the winner can lose before it is below the minimum; nothing where none was published.
fn to_minimum(case: &Case<'_>, winner: &BidResult) -> Option<Exact> {
    Some(&winner.quality.as_ref()?.exact - case.rules.min_quality.as_ref()?)
}

/// The shortest way on which the winner falls below a minimum mark, or below the minimum of quality points: then it is out.
/// Nothing where another bid is in front before: its own way is the shorter one.
fn below_a_minimum(case: &Case<'_>, winner: &BidResult, down: &[Ladder]) -> Option<MarkFlips> {
    let of_quality = below_quality(case, winner, down);
    let sure = of_quality.is_none() || down.iter().all(|ladder| ladder.falling);
    let shortest = below_mark(case, down).into_iter().chain(of_quality).min_by_key(Vec::len)?;
    let (_, before) = shortest.split_last()?;
    let mut bids = case.bids.clone();
    for (flip, worth) in before {
        apply(&mut bids, flip, &winner.bid, worth);
    }
    if first(&case.rank(&bids)?) != [winner.bid.clone()] {
        return None;
    }
    let fewest = shortest.len() == 1 || sure;
    Some(MarkFlips { bid: None, steps: shortest.into_iter().map(|(flip, _)| flip).collect(), fewest })
}

/// The question on which the winner is nearest to falling below its minimum mark.
fn below_mark(case: &Case<'_>, down: &[Ladder]) -> Option<Vec<(Flip, Exact)>> {
    let asked = case.lot.questions().into_iter();
    let ways = asked.filter_map(|node| {
        let scale = case.scale_of(node)?;
        let least = scale.position(node.question.as_ref()?.minimum_mark.as_ref()?)?;
        let own = |ladder: &&Ladder| ladder.steps.first().is_some_and(|(flip, _)| flip.question == node.code);
        let ladder = down.iter().find(own)?;
        let below = ladder.steps.iter().position(|(flip, _)| scale.position(&flip.to) < Some(least))?;
        Some(ladder.steps[..=below].to_vec())
    });
    ways.min_by_key(Vec::len)
}

/// The winner's largest steps until its quality is below the minimum.
fn below_quality(case: &Case<'_>, winner: &BidResult, down: &[Ladder]) -> Option<Vec<(Flip, Exact)>> {
    let mut left = to_minimum(case, winner)?;
    let mut ways = Ways::of(down.iter().collect());
    let mut steps = Vec::new();
    while !left.is_negative() {
        let step = ways.take(|_, _| true)?;
        left -= &step.1;
        steps.push(step.clone());
    }
    Some(steps)
}
