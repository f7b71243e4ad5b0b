//! What a disregarded tender does to a result: nothing but that it is told (DOMAIN rule 8).
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{bid, pack};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use rules::canonical;
use rules::outcome::{Disregard, Ground, OutcomeState, OutcomeVerdict};
use rules::record::moved::{Cause, moved};
use rules::record::{BidInput, lot_result};
use rules::words::{BaseSet, Exclusion};

fn on(ground: Ground) -> Disregard {
    Disregard { ground, outcome: "o1".to_owned() }
}

fn three() -> Vec<BidInput> {
    vec![
        bid("a", ["5"; 3], ["900", "10", "300"]),
        bid("b", ["5"; 3], ["1000", "12", "333"]),
        bid("c", ["3"; 3], ["100", "1", "30"]),
    ]
}

#[test]
fn it_is_named_with_its_clause_and_needs_no_marks() {
    let mut bids = three();
    bids[2].marks.clear();
    bids[2].disregarded = Some(on(Ground::Excluded));
    let result = lot_result(&pack(), "lot-1", &bids).unwrap();
    let gone = result.bids.iter().find(|bid| bid.bid == "c").unwrap();
    assert_eq!(gone.exclusion, Some(Exclusion::Disregarded));
    assert_eq!((gone.rank, gone.total.clone(), gone.price_points.clone()), (None, None, None));
    assert_eq!(gone.reasons[0].code, "disregarded");
    assert!(gone.reasons[0].message.contains("PA23 s.26(1)"), "{}", gone.reasons[0].message);
    assert_eq!(result.winner.as_deref(), Some("a"));
    // Kept, the missing marks would be a fault.
    bids[2].disregarded = None;
    assert!(lot_result(&pack(), "lot-1", &bids).is_err());
}

#[test]
fn what_moved_names_the_ground_and_whom_the_disregarded_tender_moved() {
    let before = lot_result(&pack(), "lot-1", &three()).unwrap();
    assert_eq!(before.winner.as_deref(), Some("c"), "the cheapest by far");
    let mut bids = three();
    bids[2].disregarded = Some(on(Ground::AbnormallyLow));
    let after = lot_result(&pack(), "lot-1", &bids).unwrap();
    let moved = moved(&before, &after);
    assert_eq!(moved.winner, (Some("c".to_owned()), Some("a".to_owned())));
    let of = |id: &str| moved.bids.iter().find(|bid| bid.bid == id).unwrap();
    assert_eq!(of("c").causes, [Cause::Disregarded(on(Ground::AbnormallyLow))]);
    assert!(of("a").causes.is_empty() && of("a").before != of("a").after, "its price points are another");
    assert_eq!(of("a").before.as_ref().unwrap().quality, of("a").after.as_ref().unwrap().quality);
}

#[test]
fn inputs_without_an_outcome_hash_as_they_always_did() {
    let bytes = canonical::to_bytes(&bid("a", ["5"; 3], ["1", "1", "1"])).unwrap();
    assert!(!String::from_utf8(bytes).unwrap().contains("disregarded"));
}

proptest! {
    /// All others stand as if the disregarded tender had never come, in every base set.
    #[test]
    fn the_others_stand_as_if_it_had_never_come(
        prices in vec(1_u32..9_999, 3),
        set in select(BaseSet::ALL),
        ground in select(Ground::ALL),
    ) {
        let mut pack = pack();
        pack.method.base_set = set;
        let mut bids = three();
        for (bid, price) in bids.iter_mut().zip(prices) {
            bid.prices.insert("P01".to_owned(), common::priced(&price.to_string()));
        }
        bids[1].disregarded = Some(on(ground));
        let with = lot_result(&pack, "lot-1", &bids).unwrap();
        bids.remove(1);
        let without = lot_result(&pack, "lot-1", &bids).unwrap();
        let others: Vec<_> = with.bids.iter().filter(|bid| bid.bid != "b").cloned().collect();
        prop_assert_eq!(others, without.bids);
        prop_assert_eq!((with.winner, with.unresolved_tie), (without.winner, without.unresolved_tie));
    }

    /// However people act, nobody is disregarded who had to be heard and was not.
    #[test]
    fn no_path_leads_past_the_hearing(ground in select(Ground::ALL), tells: bool, steps in vec((0..3_u8, any::<bool>()), 0..8)) {
        let Ok(mut state) = OutcomeState::raise(ground, tells) else {
            prop_assert!(ground.rule().hearing.is_some() && !tells);
            return Ok(());
        };
        let (mut replied, mut passed) = (false, false);
        for (step, time_passes) in steps {
            passed |= time_passes;
            let next = match step {
                0 => state.reply(passed),
                1 => state.settle(ground, passed, OutcomeVerdict::Disregard),
                _ => state.settle(ground, passed, OutcomeVerdict::Keep),
            };
            let Ok(next) = next else { continue };
            prop_assert!(state.waits(), "settled once");
            replied |= next == OutcomeState::Replied;
            if next == OutcomeState::Disregarded && (tells || ground.rule().hearing.is_some()) {
                prop_assert!(tells && (replied || passed));
            }
            state = next;
        }
    }
}
