//! Three invented bids of which one that loses decides who wins (METHODS 0.1 a), in the lot's own weights.
//!
//! All three are drawn from a grid of prices and a ladder of reachable quality past every minimum; C, the one that is taken away, is
//! at the foot of the ladder. Read backwards, every example is one of a losing bid that is added: so only removal is searched. Points
//! say where to look; what is told was ranked by [`rank`] with C and without.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::draft::{Asked, Draft};
use super::relative::{Example, ExampleBid, ExampleTotal};
use crate::exact::Exact;
use crate::money::Pence;
use crate::rank::{RankBid, Ranking, rank};

/// Into how many equal parts the range of prices is cut.
const PRICE_PARTS: i64 = 6;

/// The most steps of the ladder of quality: with the grid of prices it bounds the search to some thousand comparisons.
const MOST_QUALITIES: usize = 24;

/// On how many questions, the heaviest first, a bid may be a step away from its level.
const MOST_VARIED: usize = 12;

/// Marks that a bid could have.
#[derive(Clone)]
struct Marked {
    quality: Exact,
    /// The place of each question's mark on its scale.
    places: Vec<usize>,
}

/// Two bids' quality, and by how much the first has more.
struct Apart<'m> {
    gap: Exact,
    better: &'m Marked,
    worse: &'m Marked,
}

/// The prices of A, B and C, and between which gaps of quality A is before B with C and behind it without.
struct Prices {
    of_bids: [Pence; 3],
    above: Exact,
    below: Exact,
}

/// What a search came to.
pub(super) struct Search {
    pub example: Option<Example>,
    /// How many sets of three prices and of two qualities were looked at.
    pub looked_at: usize,
}

pub(super) fn search(draft: &Draft<'_>) -> Search {
    let ladder = ladder(draft);
    let apart = apart(&ladder);
    let triples = triples(draft);
    let looked_at = triples.len().saturating_mul(apart.len());
    let Some(poor) = ladder.first() else { return Search { example: None, looked_at } };
    let triples: Vec<Prices> = triples.into_iter().filter_map(|prices| Prices::of(draft, prices)).collect();
    let mut found: Vec<(Exact, &Prices, &Apart<'_>)> = triples
        .iter()
        .flat_map(|prices| prices.nearest(&apart).map(move |(margin, pair)| (margin, prices, pair)))
        .collect();
    // The clearest first; of equally clear ones the one that was found first.
    found.sort_by(|a, b| b.0.cmp(&a.0));
    let example = found
        .iter()
        .find_map(|(_, prices, pair)| proved(draft, prices.of_bids, [pair.better, pair.worse, poor]));
    Search { example, looked_at }
}

/// Quality that reaches every minimum, the least first: all questions at about the same level of their scales, and the heaviest a
/// step above or below.
fn ladder(draft: &Draft<'_>) -> Vec<Marked> {
    let questions = &draft.questions;
    let levels = questions.iter().map(|asked| asked.points.len() - 1).max().unwrap_or(0);
    let mut heaviest: Vec<usize> = (0..questions.len()).collect();
    heaviest.sort_by(|a, b| questions[*b].weight.cmp(&questions[*a].weight));
    heaviest.truncate(MOST_VARIED);
    let mut found = Vec::new();
    for level in 0..=levels {
        let places: Vec<usize> = questions.iter().map(|asked| at_level(asked, level, levels)).collect();
        let even = Marked { quality: earned(questions, &places), places };
        for question in &heaviest {
            let steps = [even.places[*question].checked_sub(1), even.places[*question].checked_add(1)];
            found.extend(
                steps.into_iter().flatten().filter_map(|place| even.with(questions, *question, place)),
            );
        }
        found.push(even);
    }
    let least = draft.rules.min_quality.clone().unwrap_or_default();
    found.retain(|marked| marked.quality >= least);
    found.sort_by(|a, b| a.quality.cmp(&b.quality));
    found.dedup_by(|a, b| a.quality == b.quality);
    thinned(found)
}

/// The place of a level on a question's own scale, not below its minimum mark.
fn at_level(asked: &Asked<'_>, level: usize, levels: usize) -> usize {
    let place = ((asked.points.len() - 1) * level).checked_div(levels).unwrap_or(0);
    place.max(asked.least)
}

fn earned(questions: &[Asked<'_>], places: &[usize]) -> Exact {
    questions.iter().zip(places).filter_map(|(asked, place)| asked.points.get(*place)).sum()
}

impl Marked {
    /// The same with one other mark, where the scale has it and the minimum allows it.
    fn with(&self, questions: &[Asked<'_>], question: usize, place: usize) -> Option<Self> {
        let asked = questions.get(question)?;
        let points = asked.points.get(place).filter(|_| place >= asked.least)?;
        let mut places = self.places.clone();
        let before = std::mem::replace(places.get_mut(question)?, place);
        Some(Self { quality: &self.quality - asked.points.get(before)? + points, places })
    }
}

/// At most [`MOST_QUALITIES`], evenly, with the first and the last.
fn thinned(all: Vec<Marked>) -> Vec<Marked> {
    if all.len() <= MOST_QUALITIES {
        return all;
    }
    let last = all.len() - 1;
    (0..MOST_QUALITIES).map(|step| all[step * last / (MOST_QUALITIES - 1)].clone()).collect()
}

/// Every two that differ, by the gap; of equal gaps the pair that is best, which C cannot win against most easily.
fn apart(ladder: &[Marked]) -> Vec<Apart<'_>> {
    let of = |better: usize| {
        ladder[..better].iter().map(move |worse| {
            let better = &ladder[better];
            Apart { gap: &better.quality - &worse.quality, better, worse }
        })
    };
    let mut pairs: Vec<Apart<'_>> = (0..ladder.len()).flat_map(of).collect();
    let order =
        |a: &Apart<'_>, b: &Apart<'_>| a.gap.cmp(&b.gap).then(b.better.quality.cmp(&a.better.quality));
    pairs.sort_by(order);
    pairs.dedup_by(|a, b| a.gap == b.gap);
    pairs
}

/// Three different prices of the grid, for A, B and C.
fn triples(draft: &Draft<'_>) -> Vec<[Pence; 3]> {
    let (low, width) = (draft.expected.low.0, draft.expected.high.0 - draft.expected.low.0);
    let mut grid: Vec<Pence> =
        (0..=PRICE_PARTS).map(|part| Pence(low + width * part / PRICE_PARTS)).collect();
    grid.dedup();
    let mut found = Vec::new();
    for a in &grid {
        for b in grid.iter().filter(|b| *b != a) {
            found.extend(grid.iter().filter(|c| *c != a && *c != b).map(|c| [*a, *b, *c]));
        }
    }
    found
}

impl Prices {
    /// Nothing where no gap is above one border and below the other.
    fn of(draft: &Draft<'_>, prices: [Pence; 3]) -> Option<Self> {
        let exact = prices.map(Pence::to_exact);
        let points = |bids: &[Exact]| draft.rule.points(&draft.price, bids).ok();
        let (all, left) = (points(&exact)?, points(&exact[..2])?);
        let ([a, b, _], [a_left, b_left]) = (all.as_slice(), left.as_slice()) else { return None };
        let (above, below) = (b - a, b_left - a_left);
        (above < below).then_some(Self { of_bids: prices, above, below })
    }

    /// The gaps nearest to the middle between both borders, each with its distance from the nearer border; below 0 outside of both.
    fn nearest<'p, 'm>(&'p self, apart: &'p [Apart<'m>]) -> impl Iterator<Item = (Exact, &'p Apart<'m>)> {
        let twice = &self.above + &self.below;
        let after = apart.partition_point(|pair| &pair.gap + &pair.gap < twice);
        let near = after.saturating_sub(1)..apart.len().min(after + 1);
        apart[near].iter().map(|pair| ((&pair.gap - &self.above).min(&self.below - &pair.gap), pair))
    }
}

/// The example, if the ranking itself agrees: A wins, C loses, and without C B wins.
fn proved(draft: &Draft<'_>, prices: [Pence; 3], marked: [&Marked; 3]) -> Option<Example> {
    let bids: Vec<RankBid> = ["A", "B", "C"]
        .into_iter()
        .zip(prices)
        .zip(marked)
        .map(|((name, price), marked)| invented(name, price, marked))
        .collect();
    let with = rank(&bids, &draft.rules).ok()?;
    let without = rank(&bids[..2], &draft.rules).ok()?;
    let wins = |ranking: &Ranking, name: &str| ranking.winner.as_deref() == Some(name);
    if !wins(&with, "A") || !wins(&without, "B") {
        return None;
    }
    let shown = |(bid, (price, marked)): (&RankBid, (Pence, &Marked))| ExampleBid {
        name: bid.id.clone(),
        price,
        marks: marks(&draft.questions, marked),
        quality: marked.quality.clone(),
    };
    Some(Example {
        bids: bids.iter().zip(prices.into_iter().zip(marked)).map(shown).collect(),
        removed: "C".to_owned(),
        before: totals(with),
        after: totals(without),
    })
}

fn invented(name: &str, price: Pence, marked: &Marked) -> RankBid {
    RankBid {
        id: name.to_owned(),
        quality: Some(marked.quality.clone()),
        price: Some(price.to_exact()),
        withdrawn: false,
        disregarded: false,
        failed: false,
        below_minimum_mark: false,
    }
}

fn marks(questions: &[Asked<'_>], marked: &Marked) -> BTreeMap<String, String> {
    let pairs = questions.iter().zip(&marked.places);
    pairs.map(|(asked, place)| (asked.code.to_owned(), asked.mark(*place).to_owned())).collect()
}

/// By rank.
fn totals(ranking: Ranking) -> Vec<ExampleTotal> {
    let total = |bid: crate::rank::Ranked| ExampleTotal {
        name: bid.id,
        price_points: bid.price_points.unwrap_or_default(),
        total: bid.score,
        rank: bid.rank,
    };
    let mut totals: Vec<ExampleTotal> = ranking.ranked.into_iter().map(total).collect();
    let order = |a: &ExampleTotal, b: &ExampleTotal| -> Ordering { a.rank.cmp(&b.rank) };
    totals.sort_by(order);
    totals
}
