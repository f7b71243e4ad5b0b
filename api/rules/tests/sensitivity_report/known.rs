//! Cases worked out by hand. In the pack a bid costs 3 · P01 + 270.5 · P02 + 2 · P03; here P01 alone.

use rules::exact::Exact;
use rules::pack::Pack;
use rules::record::BidInput;
use rules::sensitivity::report::{MemberMark, NearTie, NoWinner, report};
use rules::words::{BaseSet, PriceFormula, RankOn, ResponseCode, TieBreak};

use crate::common::bid;
use crate::{of, plain, result, same_marks, two};

fn costing(id: &str, marks: [&str; 3], thirds: &str) -> BidInput {
    bid(id, marks, [thirds, "0", "0"])
}

fn exact(text: &str) -> Exact {
    text.parse().unwrap()
}

/// A has 36 + 40 · 300 / 300 = 76, B 50.4 + 40 · 300 / 600 = 70.4.
fn cheap_and_good() -> Vec<BidInput> {
    vec![costing("A", ["3", "3", "3"], "100000"), costing("B", ["5", "3", "3"], "200000")]
}

#[test]
fn a_lead_by_price_is_open_to_any_low_bid() {
    let told = of(&plain(), &cheap_and_good());
    assert_eq!(
        (told.winner.as_deref(), told.lead, told.lead_rounded.as_deref()),
        (Some("A"), Some(exact("28/5")), Some("5.60"))
    );
    // 14.4 / (40 · (1/300,000 − 1/600,000)) = 216,000, below 300,000.
    let flip = told.flip_price.unwrap();
    assert_eq!(
        (flip.second.as_str(), flip.price, flip.price_rounded.as_deref()),
        ("B", Some(exact("216000")), Some("216000.00"))
    );
    assert!(flip.vulnerable);
}

#[test]
fn the_price_to_undercut_is_the_one_the_formula_reads() {
    // C does not meet a requirement, and sets the lowest price (200,000.01) all the same: A has 36 + 40 · 200 / 300 = 62.67, B 50.4 + 40 ·
    // 200 / 600 = 63.73. They would be level at 216,000, which is not below 200,000: a lower bid helps B only more.
    let mut pack = plain();
    pack.method.base_set = BaseSet::Submitted;
    let mut bids = cheap_and_good();
    let mut failed = costing("C", ["0"; 3], "66666.67");
    failed.responses.insert("R001".to_owned(), ResponseCode::Partial);
    bids.push(failed);
    let told = of(&pack, &bids);
    assert_eq!(told.winner.as_deref(), Some("B"));
    let flip = told.flip_price.unwrap();
    assert_eq!((flip.second.as_str(), flip.price, flip.vulnerable), ("A", Some(exact("216000")), false));
    // Without C the lowest price is A's, and A wins: a bid that cannot win decides.
    let without: Vec<_> = told.without_bids.iter().filter(|one| one.changes).collect();
    assert_eq!(
        (without.len(), without[0].bid.as_str(), without[0].first.as_slice()),
        (1, "C", ["A".to_owned()].as_slice())
    );
    let ranking: Vec<_> =
        without[0].ranking.iter().map(|placed| (placed.bid.as_str(), placed.rank)).collect();
    assert_eq!(ranking, [("A", 1), ("B", 2)]);
}

#[test]
fn a_benchmark_has_no_flip_price() {
    let mut pack = plain();
    let price = &mut pack.lots[0].price;
    price.formula = PriceFormula::BenchmarkLinear;
    price.target = Some("300000".to_owned());
    price.ceiling = Some("900000".to_owned());
    let told = of(&pack, &cheap_and_good());
    assert_eq!((told.winner.as_deref(), told.flip_price), (Some("A"), None));
    assert!(told.without_bids.iter().all(|one| !one.changes));
}

#[test]
fn the_weight_of_price_at_which_the_winner_changes() {
    // A has 1 of price and 3/5 of quality; B 1/2 of price and 1 of Q1, 3/5 of S1, which is 50.4/60 = 21/25 of quality. Level where
    // t · (1 − 1/2) = (1 − t) · (21/25 − 15/25): t = 12/37.
    let told = of(&plain(), &cheap_and_good());
    let price = told.weights.iter().find(|weight| weight.criterion == "price").unwrap();
    assert_eq!(price.smallest_change, Some(Exact::from(40) - exact("1200/37")));
    let ranges: Vec<_> = price.ranges.iter().map(|range| (&range.to, range.first.as_slice())).collect();
    assert_eq!(
        ranges,
        [(&exact("1200/37"), ["B".to_owned()].as_slice()), (&Exact::hundred(), &["A".to_owned()])]
    );
    assert_eq!(
        price.told,
        "The winner changes when the weight of price falls to 32.4 % (it is 40 %): then Supplier B wins."
    );
}

#[test]
fn equal_all_along_and_parted_by_the_lower_price() {
    // Both earn all price points under the target of 900,000, and the same marks.
    let mut pack = plain();
    pack.method.tie_break = vec![TieBreak::LowerPrice];
    let price = &mut pack.lots[0].price;
    price.formula = PriceFormula::BenchmarkLinear;
    price.target = Some("900000".to_owned());
    price.ceiling = Some("1000000".to_owned());
    let bids = [costing("A", ["3"; 3], "200000"), costing("B", ["3"; 3], "100000")];
    let told = of(&pack, &bids);
    assert_eq!(told.winner.as_deref(), Some("B"));
    for weight in &told.weights {
        assert_eq!(
            (weight.ranges.len(), weight.ranges[0].first.as_slice()),
            (1, ["B".to_owned()].as_slice())
        );
        assert!(weight.told.starts_with("No weight of"), "{}", weight.told);
    }
}

#[test]
fn grounds_of_a_near_tie() {
    // The smallest step is one of Q2 or Q3 between 0 and 1: 12 · 1/5 = 2.4.
    let near = |dearer: &str| {
        of(&plain(), &[costing("A", ["3"; 3], "100000"), costing("B", ["3"; 3], dearer)]).near_tie_grounds
    };
    // 40 · 3 / 300,003 = 0.0004 points; 40 · 15 / 315 = 1.9; 40 · 60 / 360 = 6.7, less than 36 · 2/5 of Q1; 40 · 900 / 1,200 = 30.
    let (unit, lightest, one) =
        (NearTie::BelowRoundingUnit, NearTie::BelowLightestStep, NearTie::OneStepDecides);
    assert_eq!(near("100001"), [unit, lightest, one]);
    assert_eq!(near("105000"), [lightest, one]);
    assert_eq!(near("120000"), [one]);
    assert_eq!(near("400000"), []);
}

#[test]
fn a_way_keeps_the_winner_at_its_minimums() {
    // A leads by 40 · (1 − 1/4) = 30 points. A step of Q1 is worth 14.4, of Q2 and Q3 4.8 each. A has 36 quality points.
    let bids = [costing("A", ["3"; 3], "100000"), costing("B", ["3"; 3], "400000")];
    let steps = |pack: &Pack| {
        let ways = of(pack, &bids).mark_flips.into_iter().map(|flips| {
            let steps: Vec<_> = flips
                .steps
                .iter()
                .map(|flip| format!("{} {} {}", flip.bid, flip.question, flip.to))
                .collect();
            (flips.bid, steps.join(", "), flips.fewest)
        });
        ways.collect::<Vec<_>>()
    };
    // 14.4 + 14.4 = 28.8, and the third step of 7.2: Q1 of A from 1 to 0.
    let free = steps(&plain());
    assert_eq!(free, [(Some("B".to_owned()), "A Q1 1, B Q1 5, A Q1 0".to_owned(), true)]);
    // Q1 of A may not go under 3: one step of B's Q1, and four of 4.8, of which the first three are not enough: 28.8.
    let mut pack = plain();
    pack.lots[0].quality[0].question.as_mut().unwrap().minimum_mark = Some("3".to_owned());
    let told = steps(&pack);
    assert_eq!(told[0], (None, "A Q1 1".to_owned(), true));
    assert_eq!(told[1], (Some("B".to_owned()), "B Q1 5, A Q2 1, A Q3 1, B Q2 5, B Q3 5".to_owned(), true));
    // A may lose 10 quality points: not a step of Q1, but two of 4.8.
    let mut pack = plain();
    pack.lots[0].min_quality = Some("26".to_owned());
    let told = steps(&pack);
    assert_eq!(told[0], (None, "A Q1 1".to_owned(), true));
    assert_eq!(told[1], (Some("B".to_owned()), "B Q1 5, A Q2 1, A Q3 1, B Q2 5, B Q3 5".to_owned(), false));
}

#[test]
fn where_totals_are_rounded_there_may_be_a_shorter_way() {
    // A has 76 points, B 36 + 40 · 300,000 / 474,308.31 = 61.2999, both compared as whole points. A's Q1 down to 1 makes it 61.6, or
    // 62, before 61; B's Q1 up to 5, worth the same, would make it 75.7, or 76, and level at once.
    let mut pack = plain();
    pack.method.rank_on = RankOn::Rounded;
    pack.method.decimals = 0;
    let bids = [costing("A", ["3"; 3], "100000"), costing("B", ["3"; 3], "158102.77")];
    let told = of(&pack, &bids);
    assert_eq!((told.mark_flips[0].steps.len(), told.mark_flips[0].fewest), (2, false));
    let mut raised = bids;
    raised[1].marks.insert("Q1".to_owned(), "5".to_owned());
    assert_eq!(result(&pack, &raised).unresolved_tie, ["A", "B"]);
}

#[test]
fn a_step_that_earns_nothing_is_a_step_on_the_way() {
    let mut pack = plain();
    for (mark, percent) in pack.scales[0].marks.iter_mut().zip(["0", "0", "0", "100"]) {
        mark.percent = Some(percent.to_owned());
    }
    // A leads by 20 points and has nothing to lose. B must go all the way up to 5 for the 36 points of Q1.
    let told = of(&pack, &[costing("A", ["0"; 3], "100000"), costing("B", ["0"; 3], "200000")]);
    assert_eq!(told.mark_flips.len(), 1);
    let steps: Vec<_> =
        told.mark_flips[0].steps.iter().map(|flip| (flip.question.as_str(), flip.to.as_str())).collect();
    assert_eq!((steps, told.mark_flips[0].fewest), (vec![("Q1", "1"), ("Q1", "3"), ("Q1", "5")], false));
}

#[test]
fn why_there_is_no_winner_is_told() {
    let pack = plain();
    let same = [costing("A", ["3"; 3], "100000"), costing("B", ["3"; 3], "100000")];
    let told = of(&pack, &same);
    assert_eq!(
        (told.no_winner, !told.near_tie_grounds.is_empty(), told.lead_rounded),
        (Some(NoWinner::UnresolvedTie), false, None)
    );
    let mut gone = same;
    for bid in &mut gone {
        bid.withdrawn = true;
    }
    let told = of(&pack, &gone);
    assert_eq!((told.no_winner, told.weights.len()), (Some(NoWinner::NoRankedBids), 0));
    assert_eq!(of(&pack, &cheap_and_good()).no_winner, None);
}

#[test]
fn an_answer_without_own_marks_is_named() {
    let (pack, bids) = (plain(), two());
    let stored = result(&pack, &bids);
    let without = |left_out: &dyn Fn(&MemberMark) -> bool| {
        let marks: Vec<MemberMark> = same_marks(&bids).into_iter().filter(|mark| !left_out(mark)).collect();
        report(&pack, &stored, &marks).unwrap()
    };
    // Only c marked Q2 of A, so that nothing can be said without c.
    let told = without(&|mark| mark.bid == "A" && mark.question == "Q2" && mark.member != "c");
    let own = told.own_marks.unwrap();
    assert!(told.own_marks_missing.is_none());
    for one in own.without_members.iter().chain(&own.without_councils) {
        let missing = one.missing.as_ref().map(|answer| (answer.bid.as_str(), answer.question.as_str()));
        let alone = one.id == "c" || one.id == "carrow";
        assert_eq!((missing, one.first.is_none()), (alone.then_some(("A", "Q2")), alone), "{}", one.id);
    }
    // Nobody marked Q3 of B.
    let told = without(&|mark| mark.bid == "B" && mark.question == "Q3");
    let missing = told.own_marks_missing.unwrap();
    assert_eq!((told.own_marks, missing.bid.as_str(), missing.question.as_str()), (None, "B", "Q3"));
    // Without any marks there is nothing that is missing.
    let told = without(&|_| true);
    assert_eq!((told.own_marks, told.own_marks_missing), (None, None));
}

#[test]
fn own_marks_are_means_of_councils() {
    // Q1 of A: a and b of Ashvale give 5 and 3, c of Carrow 1: (4/5 + 1/5) / 2 = 1/2 of 36 = 18, and with three equal voices it
    // were 3/5, 21.6. Everything else is 3 by all; the prices are equal. B has 36 · 3/5 = 21.6 and is first; without c A has
    // 36 · 4/5, and is.
    let pack = plain();
    let bids = [costing("A", ["3"; 3], "100000"), costing("B", ["3"; 3], "100000")];
    let mut marks = same_marks(&bids);
    for mark in marks.iter_mut().filter(|mark| mark.bid == "A" && mark.question == "Q1") {
        let own = match mark.member.as_str() {
            "a" => "5",
            "b" => "3",
            _ => "1",
        };
        own.clone_into(&mut mark.value);
    }
    let own = report(&pack, &result(&pack, &bids), &marks).unwrap().own_marks.unwrap();
    let without = |id: &str| {
        let one = own.without_members.iter().chain(&own.without_councils).find(|one| one.id == id).unwrap();
        (one.first.clone().unwrap().join(" "), one.changes)
    };
    assert_eq!(own.first, ["B"]);
    assert_eq!(without("a"), ("B".to_owned(), false)); // (3/5 + 1/5) / 2
    assert_eq!(without("b"), ("A B".to_owned(), true)); // (5/5 + 1/5) / 2 = 3/5: level
    assert_eq!(without("c"), ("A".to_owned(), true));
    assert_eq!((without("ashvale"), without("carrow")), (("B".to_owned(), false), ("A".to_owned(), true)));
}
