//! What would change a result, proved by changing it: every reported weight, step of a mark and bid left out is put into the
//! pack or the inputs, and the result computed anew.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../common/mod.rs"]
mod common;
mod gates;
mod known;

use common::{bid, pack};
use proptest::prelude::*;
use rules::exact::Exact;
use rules::pack::Pack;
use rules::record::{BidInput, LotResult, lot_result};
use rules::sensitivity::report::{MemberMark, Report, report};
use rules::words::RankOn;

/// Without gates and tie-breaks, which are proved elsewhere: what is first follows from points alone.
fn plain() -> Pack {
    let mut pack = pack();
    pack.method.tie_break.clear();
    pack.lots[0].min_quality = None;
    pack.lots[0].quality[1].children[0].question.as_mut().unwrap().minimum_mark = None;
    pack
}

fn result(pack: &Pack, bids: &[BidInput]) -> LotResult {
    lot_result(pack, "lot-1", bids).unwrap()
}

fn of(pack: &Pack, bids: &[BidInput]) -> Report {
    report(pack, &result(pack, bids), &[]).unwrap()
}

fn first(result: &LotResult) -> Vec<String> {
    result.bids.iter().filter(|bid| bid.rank == Some(1)).map(|bid| bid.bid.clone()).collect()
}

fn half(from: &Exact, to: &Exact) -> Exact {
    (from + to).checked_div(&Exact::from(2)).unwrap()
}

/// The pack with one weight, in percent of the total, and the others in proportion.
fn weighed(pack: &Pack, criterion: &str, percent: &Exact) -> Pack {
    let mut pack = pack.clone();
    let lot = &mut pack.lots[0];
    let price: Exact = lot.price.weight.parse().unwrap();
    let quality = Exact::hundred() - &price;
    let weights: Vec<Exact> =
        lot.quality.iter().map(|node| &quality * node.weight.parse::<Exact>().unwrap().percent()).collect();
    let now = match lot.quality.iter().position(|node| node.code == criterion) {
        Some(place) => weights[place].clone(),
        None => price.clone(),
    };
    let rest = (Exact::hundred() - percent).checked_div(&(Exact::hundred() - &now)).unwrap();
    let new = |code: &str, old: &Exact| if code == criterion { percent.clone() } else { old * &rest };
    let price = new("price", &price);
    let quality = Exact::hundred() - &price;
    lot.price.weight = price.to_string();
    for (node, old) in lot.quality.iter_mut().zip(&weights) {
        let share = new(&node.code, old).checked_div(&quality).unwrap() * Exact::hundred();
        node.weight = share.to_string();
    }
    pack
}

fn some_bids() -> impl Strategy<Value = Vec<BidInput>> {
    let mark = || prop::sample::select(vec!["0", "1", "3", "5"]);
    let one = (mark(), mark(), mark(), 500_u32..2_000, 5_u32..20);
    prop::collection::vec(one, 2..6).prop_map(|bids| {
        let names = ["A", "B", "C", "D", "E"];
        let made = bids.into_iter().zip(names).map(|((q1, q2, q3, once, user), name)| {
            bid(name, [q1, q2, q3], [&once.to_string(), &user.to_string(), "300"])
        });
        made.collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn over_every_range_of_a_weight_the_told_bids_are_first(bids in some_bids()) {
        let pack = plain();
        for weight in of(&pack, &bids).weights {
            prop_assert_eq!(&weight.ranges.first().unwrap().from, &Exact::zero());
            prop_assert_eq!(&weight.ranges.last().unwrap().to, &Exact::hundred());
            for range in &weight.ranges {
                let at = half(&range.from, &range.to);
                // With all weight on price the other criteria have none, which no pack may publish.
                let changed = weighed(&pack, &weight.criterion, &at);
                prop_assert_eq!(&first(&result(&changed, &bids)), &range.first, "{} at {}", weight.criterion, at);
            }
            prop_assert_eq!(weight.smallest_change.is_none(), weight.told.starts_with("No weight of"));
        }
    }

    #[test]
    fn the_told_steps_of_marks_end_the_winners_place_and_one_less_does_not(
        bids in some_bids(), rounded in any::<bool>(),
    ) {
        let mut pack = plain();
        pack.method.rank_on = if rounded { RankOn::Rounded } else { RankOn::Exact };
        let before = result(&pack, &bids);
        let told = of(&pack, &bids);
        prop_assert_eq!(before.winner.is_none(), told.mark_flips.is_empty());
        for flips in &told.mark_flips {
            let after = |steps: usize| {
                let mut changed = bids.clone();
                for flip in &flips.steps[..steps] {
                    let bid = changed.iter_mut().find(|bid| bid.id == flip.bid).unwrap();
                    let mark = bid.marks.get_mut(&flip.question).unwrap();
                    assert_eq!(*mark, flip.from);
                    mark.clone_from(&flip.to);
                }
                first(&result(&pack, &changed))
            };
            let winner = vec![before.winner.clone().unwrap()];
            prop_assert_ne!(&after(flips.steps.len()), &winner);
            prop_assert_eq!(&after(flips.steps.len() - 1), &winner);
        }
        prop_assert!(told.mark_flips.windows(2).all(|pair| pair[0].steps.len() <= pair[1].steps.len()));
    }

    #[test]
    fn without_a_bid_the_told_ones_are_first(bids in some_bids()) {
        let pack = plain();
        let before = result(&pack, &bids);
        for without in of(&pack, &bids).without_bids {
            let left: Vec<BidInput> = bids.iter().filter(|bid| bid.id != without.bid).cloned().collect();
            let after = first(&result(&pack, &left));
            prop_assert_eq!(without.changes, after != vec![before.winner.clone().unwrap()]);
            prop_assert_eq!(after, without.first);
        }
    }

    #[test]
    fn a_dominated_bid_is_never_before_the_one_that_betters_it(bids in some_bids()) {
        let pack = plain();
        let before = result(&pack, &bids);
        let rank = |id: &str| before.bids.iter().find(|bid| bid.bid == id).unwrap().rank.unwrap();
        for dominated in of(&pack, &bids).dominated {
            prop_assert!(rank(&dominated.by) <= rank(&dominated.bid));
        }
    }

    #[test]
    fn own_marks_that_are_the_agreed_ones_lead_to_the_result(bids in some_bids()) {
        let pack = plain();
        let before = result(&pack, &bids);
        let own = report(&pack, &before, &same_marks(&bids)).unwrap().own_marks.unwrap();
        prop_assert_eq!(&own.first, &first(&before));
        prop_assert!(own.without_members.iter().chain(&own.without_councils).all(|one| !one.changes));
        prop_assert_eq!((own.without_members.len(), own.without_councils.len()), (3, 2));
    }
}

/// Three members of two councils who all mark as was agreed.
fn same_marks(bids: &[BidInput]) -> Vec<MemberMark> {
    let members = [("a", "ashvale"), ("b", "ashvale"), ("c", "carrow")];
    let marks =
        bids.iter().flat_map(|bid| bid.marks.iter().map(move |(question, value)| (bid, question, value)));
    marks
        .flat_map(|(bid, question, value)| {
            members.map(|(member, council)| MemberMark {
                bid: bid.id.clone(),
                question: question.clone(),
                member: member.to_owned(),
                council: council.to_owned(),
                value: value.clone(),
            })
        })
        .collect()
}

/// A: 36 · 5/5 + 12 · 3/5 + 12 · 3/5 = 50.4 of 60; B: 36 · 3/5 + 12 · 5/5 + 12 · 5/5 = 45.6. The prices are equal, so both
/// have 40.
fn two() -> Vec<BidInput> {
    let prices = ["1000", "10", "300"];
    vec![bid("A", ["5", "3", "3"], prices), bid("B", ["3", "5", "5"], prices)]
}

#[test]
fn two_bids_of_equal_price_are_told_in_full() {
    let pack = plain();
    let told = of(&pack, &two());
    assert_eq!(told.winner.as_deref(), Some("A"));
    assert_eq!(told.lead, "24/5".parse().ok());
    // A step of Q1 is worth 36 · 2/5 = 14.4, more than the lead: one changed mark would have decided.
    assert_eq!(told.mark_flips.len(), 1);
    let flips = &told.mark_flips[0];
    assert_eq!((flips.steps.len(), flips.fewest, !told.near_tie_grounds.is_empty()), (1, true, true));
    assert_eq!((flips.steps[0].question.as_str(), flips.steps[0].from.as_str()), ("Q1", "5"));
    // A has all of Q1 and B 3/5; of S1 it is the other way round, and S1 has 24/64 of what Q1 leaves: they are level where
    // t = (1 − t) · 24/64, at 3/11.
    let q1 = told.weights.iter().find(|weight| weight.criterion == "Q1").unwrap();
    assert_eq!((q1.weight.clone(), q1.smallest_change.clone()), (Exact::from(36), "96/11".parse().ok()));
    assert_eq!(
        q1.told,
        "The winner changes when the weight of Q1 (Q1) falls to 27.3 % (it is 36 %): then Supplier B wins."
    );
    let price = told.weights.last().unwrap();
    assert_eq!(price.told, "No weight of price changes the winner.");
    assert!(told.dominated.is_empty() && told.abnormally_low.is_empty());
    let flip = told.flip_price.unwrap();
    assert_eq!((flip.second.as_str(), flip.price, flip.vulnerable), ("B", None, false));
    assert_eq!(told.without_bids.len(), 1);
    assert!(told.own_marks.is_none());
}

#[test]
fn a_minimum_mark_one_step_below_the_winners_mark_is_told() {
    let mut pack = plain();
    pack.lots[0].quality[0].question.as_mut().unwrap().minimum_mark = Some("5".to_owned());
    let bids = vec![two().remove(0), bid("B", ["5", "0", "0"], ["1000", "10", "300"])];
    let told = of(&pack, &bids);
    let gate = told.mark_flips.iter().find(|flips| flips.bid.is_none()).unwrap();
    assert_eq!(
        (gate.steps.len(), gate.steps[0].question.as_str(), gate.steps[0].to.as_str()),
        (1, "Q1", "3")
    );
    assert_eq!(told.dominated.iter().map(|one| one.bid.as_str()).collect::<Vec<_>>(), ["B"]);
}

#[test]
fn one_person_who_decided_is_seen() {
    let pack = plain();
    let bids = two();
    let mut marks = same_marks(&bids);
    // The one member of the second council gave A nothing: by own marks, B is first, and A without this one.
    for mark in marks.iter_mut().filter(|mark| mark.member == "c" && mark.bid == "A") {
        mark.value = "0".to_owned();
    }
    let own = report(&pack, &result(&pack, &bids), &marks).unwrap().own_marks.unwrap();
    assert_eq!(own.first, ["B"]);
    let changes: Vec<&str> =
        own.without_members.iter().filter(|one| one.changes).map(|one| one.id.as_str()).collect();
    assert_eq!(changes, ["c"]);
    // With nobody left to mark there is nothing to say.
    let alone: Vec<MemberMark> = marks.into_iter().filter(|mark| mark.member == "c").collect();
    let own = report(&pack, &result(&pack, &bids), &alone).unwrap().own_marks.unwrap();
    assert_eq!(own.without_members[0].first, None);
}

#[test]
fn without_a_winner_what_needs_one_is_left_out() {
    let pack = plain();
    let prices = ["1000", "10", "300"];
    let told = of(&pack, &[bid("A", ["3", "3", "3"], prices), bid("B", ["3", "3", "3"], prices)]);
    assert_eq!((told.winner, told.lead), (None, None));
    assert!(told.mark_flips.is_empty() && told.without_bids.is_empty() && told.flip_price.is_none());
    assert!(!told.weights.is_empty(), "what the weights do is told all the same");
}
