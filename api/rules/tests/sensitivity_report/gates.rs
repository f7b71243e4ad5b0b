//! The same where gates stand and tie-breaks decide: minimum marks, a minimum of quality, rounded totals, equal price points.

use proptest::prelude::*;
use rules::exact::Exact;
use rules::pack::Pack;
use rules::record::BidInput;
use rules::sensitivity::report::{MarkFlips, report};
use rules::words::{Exclusion, PriceFormula, RankOn, TieBreak};

use crate::common::bid;
use crate::{first, half, of, plain, result, same_marks, some_bids, weighed};

/// The scale of the pack: 0, 1, 3, 5, in fifths of a question's points.
const FIFTHS: [(&str, i64); 4] = [("0", 0), ("1", 1), ("3", 3), ("5", 5)];
/// What the questions weigh in the total: 60 · 60 %, and 60 · 40 % · 50 % twice.
const WEIGHTS: [(&str, i64); 3] = [("Q1", 36), ("Q2", 12), ("Q3", 12)];

fn tie_breaks() -> impl Strategy<Value = Vec<TieBreak>> {
    let both = [TieBreak::LowerPrice, TieBreak::HigherQuality];
    prop::sample::select(vec![Vec::new(), both[..1].to_vec(), both[1..].to_vec(), vec![both[1], both[0]]])
}

/// Packs with and without each gate.
fn gated() -> impl Strategy<Value = Pack> {
    let minimum = prop::sample::select(vec![None, Some("1"), Some("3")]);
    let quality = prop::sample::select(vec![None, Some("20"), Some("36")]);
    (minimum, quality, tie_breaks(), any::<bool>()).prop_map(|(minimum, quality, tie_break, rounded)| {
        let mut pack = plain();
        pack.lots[0].quality[0].question.as_mut().unwrap().minimum_mark = minimum.map(String::from);
        pack.lots[0].min_quality = quality.map(String::from);
        pack.method.tie_break = tie_break;
        pack.method.rank_on = if rounded { RankOn::Rounded } else { RankOn::Exact };
        pack
    })
}

/// Bids of so few marks and prices that ties are common.
fn alike() -> impl Strategy<Value = Vec<BidInput>> {
    let mark = || prop::sample::select(vec!["3", "5"]);
    let price = prop::sample::select(vec!["1000", "1100", "1500"]);
    prop::collection::vec((mark(), mark(), mark(), price), 2..6).prop_map(|bids| {
        let named = bids.into_iter().zip(["A", "B", "C", "D", "E"]);
        named.map(|((q1, q2, q3, once), name)| bid(name, [q1, q2, q3], [once, "10", "300"])).collect()
    })
}

/// The first steps of a way, put into the inputs.
fn stepped(bids: &[BidInput], flips: &MarkFlips, steps: usize) -> Vec<BidInput> {
    let mut changed = bids.to_vec();
    for flip in &flips.steps[..steps] {
        let bid = changed.iter_mut().find(|bid| bid.id == flip.bid).unwrap();
        let mark = bid.marks.get_mut(&flip.question).unwrap();
        assert_eq!(*mark, flip.from);
        mark.clone_from(&flip.to);
    }
    changed
}

fn fifths(bid: &BidInput, question: &str) -> i64 {
    FIFTHS.iter().find(|(mark, _)| *mark == bid.marks[question]).unwrap().1
}

/// Every combination of marks of a bid in one direction: how many steps, and how many fifths of points they are worth.
fn all_ways(bid: &BidInput, up: bool) -> Vec<(usize, i64)> {
    let place = |points: i64| FIFTHS.iter().position(|(_, fifths)| *fifths == points).unwrap();
    WEIGHTS.iter().fold(vec![(0, 0)], |ways, (question, weight)| {
        let now = fifths(bid, question);
        let reached =
            FIFTHS.iter().map(|(_, fifths)| *fifths).filter(|to| if up { *to >= now } else { *to <= now });
        let moves: Vec<(usize, i64)> =
            reached.map(|to| (place(to).abs_diff(place(now)), weight * (to - now).abs())).collect();
        let extended = ways
            .iter()
            .flat_map(|(steps, worth)| moves.iter().map(move |(more, much)| (steps + more, worth + much)));
        extended.collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn steps_end_the_winners_place_where_gates_stand_and_one_less_does_not(
        pack in gated(), bids in prop_oneof![some_bids(), alike()],
    ) {
        let before = result(&pack, &bids);
        let told = of(&pack, &bids);
        prop_assert_eq!(before.winner.is_none(), told.no_winner.is_some());
        for flips in &told.mark_flips {
            let winner = before.winner.clone().unwrap();
            let after = result(&pack, &stepped(&bids, flips, flips.steps.len()));
            let exclusion = after.bids.iter().find(|bid| bid.bid == winner).unwrap().exclusion;
            if let Some(bid) = &flips.bid {
                prop_assert!(first(&after).contains(bid));
                prop_assert_eq!(exclusion, None);
            } else {
                prop_assert_eq!(exclusion, Some(Exclusion::BelowMinQuality));
            }
            prop_assert_ne!(after.winner.as_ref(), Some(&winner));
            let less = result(&pack, &stepped(&bids, flips, flips.steps.len() - 1));
            prop_assert_eq!(less.winner, Some(winner));
        }
    }

    #[test]
    fn no_other_steps_are_fewer_than_those_told_to_be_the_fewest(
        bids in prop_oneof![some_bids(), alike()], rounded in any::<bool>(),
    ) {
        let mut pack = plain();
        if rounded {
            // To whole points, so that rounding decides often.
            pack.method.rank_on = RankOn::Rounded;
            pack.method.decimals = 0;
        }
        let before = result(&pack, &bids);
        let told = of(&pack, &bids);
        let Some(winner) = &before.winner else { return Ok(()) };
        let reached = |id: &str, up: bool| {
            let total = &before.bids.iter().find(|bid| bid.bid == id).unwrap().total.as_ref().unwrap().exact;
            let ways = all_ways(bids.iter().find(|bid| bid.id == id).unwrap(), up).into_iter();
            let changed = ways.map(|(steps, fifths)| {
                let points = Exact::ratio(if up { fifths } else { -fifths }, 5).unwrap();
                let total = total + points;
                (steps, if rounded { total.round(0) } else { total })
            });
            changed.collect::<Vec<_>>()
        };
        let down = reached(winner, false);
        for other in bids.iter().filter(|bid| bid.id != *winner) {
            let up = reached(&other.id, true);
            let pairs = down.iter().flat_map(|own| up.iter().map(move |others| (own, others)));
            let enough = pairs.filter(|(own, others)| own.1 <= others.1);
            let fewest = enough.map(|(own, others)| own.0 + others.0).min();
            match told.mark_flips.iter().find(|flips| flips.bid.as_ref() == Some(&other.id)) {
                Some(flips) if flips.fewest => prop_assert_eq!(Some(flips.steps.len()), fewest),
                Some(flips) => prop_assert!(fewest.is_some_and(|fewest| fewest <= flips.steps.len())),
                // A third bid is in front before, by fewer steps.
                None if fewest.is_some() => prop_assert!(!told.mark_flips.is_empty()),
                None => {}
            }
        }
    }

    #[test]
    fn over_every_range_of_a_weight_published_rules_part_equal_bids(
        bids in alike(), tie_break in tie_breaks(), benchmark in any::<bool>(),
    ) {
        let mut pack = plain();
        pack.method.tie_break = tie_break;
        if benchmark {
            // Every price is 6,305 to 7,805, so that two of the three earn all points.
            let price = &mut pack.lots[0].price;
            price.formula = PriceFormula::BenchmarkLinear;
            price.target = Some("7000".to_owned());
            price.ceiling = Some("9000".to_owned());
        }
        let now = first(&result(&pack, &bids));
        for weight in of(&pack, &bids).weights {
            for range in &weight.ranges {
                let at = half(&range.from, &range.to);
                let changed = weighed(&pack, &weight.criterion, &at);
                prop_assert_eq!(&first(&result(&changed, &bids)), &range.first, "{} at {}", weight.criterion, at);
                if range.from < weight.weight && weight.weight < range.to {
                    prop_assert_eq!(&range.first, &now);
                }
            }
            let others = weight.ranges.iter().filter(|range| range.first != now);
            let distance = |end: &Exact| (end - &weight.weight).abs();
            let nearest = others.map(|range| distance(&range.from).min(distance(&range.to))).min();
            prop_assert_eq!(weight.smallest_change, nearest);
        }
    }

    #[test]
    fn the_order_of_bids_and_own_marks_changes_nothing(
        (pack, bids) in (gated(), prop_oneof![some_bids(), alike()]),
        seed in any::<prop::sample::Index>(),
    ) {
        let mut turned = bids.clone();
        turned.rotate_left(seed.index(bids.len()));
        let (marks, mut others) = (same_marks(&bids), same_marks(&turned));
        others.reverse();
        let told = report(&pack, &result(&pack, &bids), &marks).unwrap();
        prop_assert_eq!(told, report(&pack, &result(&pack, &turned), &others).unwrap());
    }
}
