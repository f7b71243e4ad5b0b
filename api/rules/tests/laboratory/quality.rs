//! Scales, equal totals and weights, by hand.

use rules::exact::Exact;
use rules::laboratory::{LeftEqual, Matter, ScaleMarks, Severity};
use rules::pack::{Pack, PackCriterion};
use rules::scale::{Scale, ScaleMark};
use rules::words::{RankOn, TieBreak};

use crate::common::{pack, question};
use crate::{benchmark, exact, found, has, one, told, tried};

/// A scale of marks that earn what they are worth.
fn scale(marks: &[&str]) -> Scale {
    let mark = |value: &&str| ScaleMark {
        value: (*value).to_owned(),
        percent: None,
        descriptor: format!("What earns a {value}"),
    };
    Scale { name: "0-5".to_owned(), marks: marks.iter().map(mark).collect() }
}

/// The pack on another scale, without the minimum mark on Q2.
fn marked_on(scale: Scale) -> Pack {
    let mut pack = pack();
    pack.lots[0].quality[1].children[0].question.as_mut().unwrap().minimum_mark = None;
    pack.scales = vec![scale];
    pack
}

fn of_scale(pack: &Pack) -> ScaleMarks {
    tried(pack).scales.remove(0)
}

#[test]
fn marks_of_uneven_distance_are_told() {
    let laboratory = tried(&pack());
    let marks = &laboratory.scales[0];
    assert_eq!(marks.distances, [exact("1"), exact("2"), exact("2")]);
    assert_eq!(marks.steps, [exact("20"), exact("40"), exact("40")]);
    assert_eq!(marks.questions, ["Q1", "Q2", "Q3"]);
    let (severity, sentence) = told(&laboratory, Matter::MarksUneven);
    assert_eq!((severity, one(&laboratory, Matter::MarksUneven).place.as_str()), (Severity::Attend, "0-5"));
    assert!(sentence.contains("the distances are 1, 2, 2, and the steps earn 20, 40, 40 %"), "{sentence}");
    let even = tried(&marked_on(scale(&["0", "1", "2"])));
    assert!(!has(&even, Matter::MarksUneven) && !has(&even, Matter::StepsUnequal));
}

#[test]
fn percentages_that_make_even_marks_earn_unequally_are_told() {
    let mut uneven = scale(&["0", "1", "2"]);
    uneven.marks[1].percent = Some("20".to_owned());
    let laboratory = tried(&marked_on(uneven));
    assert!(!has(&laboratory, Matter::MarksUneven));
    assert!(told(&laboratory, Matter::StepsUnequal).1.contains("earn 20, 80 %"));
}

#[test]
fn a_scale_without_a_mark_that_earns_nothing_is_told() {
    let from_one = marked_on(scale(&["1", "2", "3", "4"]));
    assert_eq!(of_scale(&from_one).lowest_earns, exact("25"));
    let laboratory = tried(&from_one);
    let (severity, sentence) = told(&laboratory, Matter::NoZeroMark);
    assert!(severity == Severity::Attend && sentence.contains("its lowest mark earns 25 %"), "{sentence}");
    // A 1 that earns nothing is as good as a 0.
    let mut nothing = scale(&["1", "2"]);
    nothing.marks[0].percent = Some("0".to_owned());
    assert!(!has(&tried(&marked_on(nothing)), Matter::NoZeroMark));
    assert!(!has(&tried(&pack()), Matter::NoZeroMark));
}

#[test]
fn descriptors_that_are_missing_or_the_same_are_told() {
    let mut scale = scale(&["0", "1", "2", "3"]);
    scale.marks[0].descriptor = "  ".to_owned();
    scale.marks[1].descriptor = String::new();
    scale.marks[2].descriptor = "Meets  the requirement".to_owned();
    scale.marks[3].descriptor = "meets the Requirement ".to_owned();
    let pack = marked_on(scale);
    let marks = of_scale(&pack);
    assert_eq!(marks.without_descriptor, ["0", "1"]);
    assert_eq!(
        marks.same_descriptor,
        [["2".to_owned(), "3".to_owned()]],
        "two that are missing are not the same"
    );
    let laboratory = tried(&pack);
    let (severity, sentence) = told(&laboratory, Matter::DescriptorMissing);
    assert!(severity == Severity::Serious && sentence.contains("no descriptor for 0, 1:"));
    assert!(told(&laboratory, Matter::DescriptorRepeated).1.contains("stands for 2 and 3:"));
    let described = tried(&crate::common::pack());
    assert!(!has(&described, Matter::DescriptorMissing) && !has(&described, Matter::DescriptorRepeated));
}

#[test]
fn a_scale_that_no_question_uses_is_told_and_one_of_another_lot_is_not() {
    let mut pack = pack();
    pack.scales.push(Scale { name: "Yes or no".to_owned(), ..scale(&["0", "1", "4"]) });
    let laboratory = tried(&pack);
    let finding = one(&laboratory, Matter::ScaleUnused);
    assert_eq!((finding.place.as_str(), finding.severity), ("Yes or no", Severity::Note));
    assert_eq!(found(&laboratory, Matter::MarksUneven).len(), 1, "nothing else is said of it");
    let mut other = pack.lots[0].clone();
    other.quality = vec![question("Q9", "100", None)];
    other.quality[0].question.as_mut().unwrap().scale = "Yes or no".to_owned();
    pack.lots.push(other);
    let laboratory = tried(&pack);
    assert!(!has(&laboratory, Matter::ScaleUnused) && laboratory.scales.len() == 1);
}

#[test]
fn averages_that_are_no_mark_are_told() {
    let marks = of_scale(&pack());
    // Of 0, 1, 3 and 5 only 1 and 5 have an average on the scale.
    assert_eq!((marks.pairs, marks.off_scale.len()), (6, 5));
    assert!(marks.off_scale.iter().all(|pair| (pair.low.as_str(), pair.high.as_str()) != ("1", "5")));
    assert_eq!(marks.off_scale[0].average, exact("1/2"));
    assert!(
        told(&tried(&pack()), Matter::AveragesOffScale).1.contains(
            "of 6 pairs of different marks, 5 have an average that is no mark, as those of neighbours never are: 0 and 1 make 0.5"
        )
    );
}

#[test]
fn different_totals_are_counted_against_ways_to_mark() {
    // In parts of 2.4 points Q1 earns 0, 3, 9 or 15, Q2 and Q3 0, 1, 3 or 5: all of 0 to 21, 23 and 25.
    let laboratory = tried(&pack());
    assert_eq!((&laboratory.ties.ways_to_mark, laboratory.ties.totals), (&exact("64"), Some(24)));
    assert_eq!(
        told(&laboratory, Matter::Totals).1,
        "The 64 ways to mark the lot’s questions have 24 different quality totals."
    );
    // One question: 4 ways, 4 totals.
    let mut short = pack();
    short.lots[0].quality = vec![question("Q1", "100", None)];
    let short = tried(&short);
    assert_eq!((&short.ties.ways_to_mark, short.ties.totals), (&exact("4"), Some(4)));
    assert_eq!(told(&short, Matter::FewTotals).0, Severity::Attend);
}

#[test]
fn totals_that_only_rounding_makes_equal_are_told() {
    // 2.4 · n without decimals, n = 0 to 21, 23, 25: all differ. With a price weight of 90, 0.4 · n: 0, 0.4, 0.8, 1.2, 1.6, 2, …
    let mut pack = pack();
    pack.method.decimals = 0;
    pack.method.rank_on = RankOn::Rounded;
    assert_eq!(tried(&pack).ties.totals_rounded, Some(24));
    assert!(!has(&tried(&pack), Matter::RoundingTies));
    pack.method.rank_on = RankOn::Exact;
    pack.lots[0].min_quality = None;
    pack.lots[0].price.weight = "90".to_owned();
    assert_eq!((tried(&pack).ties.totals, tried(&pack).ties.totals_rounded), (Some(24), Some(11)));
    assert!(!has(&tried(&pack), Matter::RoundingTies), "bids are ranked on exact totals");
    pack.method.rank_on = RankOn::Rounded;
    assert!(
        told(&tried(&pack), Matter::RoundingTies)
            .1
            .contains("of 24 different quality totals that leaves 11.")
    );
}

/// A lot of many questions whose weights have nothing in common.
fn many(questions: u32) -> Pack {
    let mut pack = marked_on(scale(&["0", "1", "2", "3", "4", "5"]));
    pack.lots[0].min_quality = None;
    let whole = |number: u32| Exact::from((number % 30 + 7).pow(6) % 99_991 + 1);
    let sum: Exact = (0..questions).map(whole).sum();
    let node = |number: u32| {
        let weight = (whole(number) * Exact::hundred()).checked_div(&sum).unwrap();
        PackCriterion { weight: weight.to_string(), ..question(&format!("Q{number}"), "", None) }
    };
    pack.lots[0].quality = (0..questions).map(node).collect();
    pack
}

#[test]
fn totals_that_are_too_many_are_not_counted() {
    let laboratory = tried(&many(20));
    assert_eq!((laboratory.ties.totals, laboratory.ties.totals_rounded), (None, None));
    assert_eq!(
        told(&laboratory, Matter::TotalsNotCounted).1,
        "There are 3,656,158,440,062,976 ways to mark the lot’s questions. How many different quality totals they have was not \
         counted: it takes more than 2,000,000 sums."
    );
    // What passes a minimum of quality points is then what the minimum says, if anything can.
    let from = |least: &str| {
        let mut pack = many(20);
        pack.lots[0].min_quality = Some(least.to_owned());
        tried(&pack).minimums
    };
    assert_eq!((from("30").least_passing, from("30").least_passing_reached), (Some(exact("30")), false));
    assert_eq!(from("61").least_passing, None);
    let few = tried(&many(6)).ties;
    assert!(few.totals.is_some_and(|totals| totals > 40_000), "{few:?}");
}

#[test]
fn what_tie_breaks_leave_equal_is_told() {
    use LeftEqual::{All, EqualPrice, EqualQuality, Identical};
    use TieBreak::{HigherQuality, LowerPrice};
    let cases: [(&[TieBreak], RankOn, LeftEqual, LeftEqual); 8] = [
        (&[], RankOn::Exact, All, All),
        (&[], RankOn::Rounded, All, All),
        (&[LowerPrice], RankOn::Exact, Identical, Identical),
        (&[LowerPrice], RankOn::Rounded, EqualPrice, EqualPrice),
        (&[HigherQuality], RankOn::Exact, Identical, EqualQuality),
        (&[HigherQuality], RankOn::Rounded, EqualQuality, EqualQuality),
        (&[LowerPrice, HigherQuality], RankOn::Rounded, Identical, Identical),
        (&[HigherQuality, LowerPrice], RankOn::Exact, Identical, Identical),
    ];
    for (keys, rank_on, relative, absolute) in cases {
        for (mut pack, left) in [(pack(), relative), (benchmark("250000", "350000"), absolute)] {
            pack.method.tie_break = keys.to_vec();
            pack.method.rank_on = rank_on;
            let laboratory = tried(&pack);
            assert_eq!(laboratory.ties.left_equal, left, "{keys:?} {rank_on}");
            let (matter, severity) = match left {
                All => (Matter::NoTieBreak, Severity::Serious),
                Identical => (Matter::TieBreakComplete, Severity::Note),
                EqualPrice | EqualQuality => (Matter::TieBreakIncomplete, Severity::Attend),
            };
            assert_eq!(told(&laboratory, matter).0, severity);
        }
    }
    // Without a price weight, bids of equal quality are equal at any price.
    let mut unpriced = pack();
    unpriced.method.tie_break = vec![HigherQuality];
    unpriced.lots[0].price.weight = "0".to_owned();
    assert_eq!(tried(&unpriced).ties.left_equal, EqualQuality);
}
