//! Marks of several people and weights.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use rules::aggregate::{AggregateRules, Average, CouncilMarks, aggregate};
use rules::agreement;
use rules::exact::Exact;
use rules::sensitivity::weight_breaks;

use super::part;

fn ratings() -> impl Strategy<Value = Vec<Vec<Option<Exact>>>> {
    (2_usize..5, 1_usize..7).prop_flat_map(|(raters, things)| {
        let value = prop_oneof![1 => Just(None), 4 => (0_i64..6).prop_map(|mark| Some(Exact::from(mark)))];
        vec(vec(value, things), raters)
    })
}

proptest! {
    #[test]
    fn weight_breaks_agree_with_trying_out(
        (weights, scores) in (2_usize..5, 1_usize..6).prop_flat_map(|(criteria, bids)| {
            (vec(1_i64..10, criteria), vec(vec(0_i64..6, criteria), bids))
        }),
        vary in any::<Index>(), tried in vec(1_i64..1000, 20)
    ) {
        let sum: i64 = weights.iter().sum();
        let weights: Vec<Exact> = weights.into_iter().map(|weight| part(weight, sum)).collect();
        let scores: Vec<Vec<Exact>> =
            scores.into_iter().map(|bid| bid.into_iter().map(|mark| part(mark, 5)).collect()).collect();
        let vary = vary.index(weights.len());
        let breaks = weight_breaks(&weights, vary, &scores).unwrap();
        let winners = |t: &Exact| -> Vec<usize> {
            let scale = (Exact::one() - t).checked_div(&(Exact::one() - &weights[vary])).unwrap();
            let total = |bid: &Vec<Exact>| -> Exact {
                let weighted = weights.iter().zip(bid).enumerate();
                weighted.map(|(at, (weight, score))| if at == vary { t * score } else { weight * &scale * score }).sum()
            };
            let totals: Vec<Exact> = scores.iter().map(total).collect();
            let best = totals.iter().max().unwrap();
            (0..totals.len()).filter(|bid| totals[*bid] == *best).collect()
        };
        prop_assert_eq!(&winners(&weights[vary]), &breaks.now);
        prop_assert!(breaks.segments[0].from.is_zero());
        prop_assert_eq!(&breaks.segments.last().unwrap().to, &Exact::one());
        for two in breaks.segments.windows(2) {
            prop_assert_eq!(&two[0].to, &two[1].from);
            prop_assert_ne!(&two[0].winners, &two[1].winners);
        }
        for t in tried.into_iter().map(|t| part(t, 1000)) {
            let inside = breaks.segments.iter().find(|range| range.from < t && t < range.to);
            if let Some(range) = inside {
                prop_assert_eq!(&winners(&t), &range.winners, "at {}", t);
            }
        }
        if let Some(change) = breaks.smallest_change {
            let near = |t: Exact| !t.is_negative() && t <= Exact::one() && winners(&t) != breaks.now;
            let beyond = &change + part(1, 1_000_000_000);
            prop_assert!(near(&weights[vary] + &beyond) || near(&weights[vary] - &beyond));
            if change.is_positive() {
                let within = &change - &change * part(1, 1_000_000);
                prop_assert!(!near(&weights[vary] + &within) && !near(&weights[vary] - &within));
            }
        }
    }

    #[test]
    fn one_council_one_vote(marks in vec(vec(0_i64..6, 1..5), 1..5), weights in vec(1_i64..900, 5), cap in 20_i64..101) {
        let councils: Vec<CouncilMarks> = marks.iter().zip(&weights).enumerate().map(|(place, (marks, weight))| CouncilMarks {
            id: place.to_string(), weight: (*weight).into(), marks: marks.iter().copied().map(Exact::from).collect(),
        }).collect();
        let rules = AggregateRules { average: Average::Mean, weight_cap: Some(part(cap, 100)), all_councils: true };
        let Ok(whole) = aggregate(&councils, &rules) else {
            prop_assert!(part(cap, 100) * Exact::from(i64::try_from(marks.len()).unwrap()) < Exact::one());
            return Ok(());
        };
        prop_assert_eq!(whole.councils.iter().map(|council| &council.weight).sum::<Exact>(), Exact::one());
        prop_assert!(whole.councils.iter().all(|council| council.weight <= part(cap, 100)));
        let all: Vec<Exact> = marks.iter().flatten().copied().map(Exact::from).collect();
        prop_assert!(whole.value >= *all.iter().min().unwrap() && whole.value <= *all.iter().max().unwrap());
        // A council with more panel members does not count more.
        let mut doubled = councils.clone();
        doubled[0].marks.extend(councils[0].marks.clone());
        prop_assert_eq!(aggregate(&doubled, &rules).unwrap().value, whole.value);
        // Those under the cap keep their proportion.
        let free: Vec<_> = whole.councils.iter().filter(|council| council.weight < part(cap, 100)).collect();
        for two in free.windows(2) {
            let weight = |council: &str| Exact::from(weights[council.parse::<usize>().unwrap()]);
            prop_assert_eq!(&two[0].weight * weight(&two[1].id), &two[1].weight * weight(&two[0].id));
        }
    }

    #[test]
    fn alpha_does_not_ask_who_is_who(
        (ratings, renamed) in ratings().prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
        factor in 1_i64..9
    ) {
        let alpha = agreement::alpha(&ratings).unwrap();
        prop_assert_eq!(&agreement::alpha(&renamed).unwrap(), &alpha);
        for value in [&alpha.nominal, &alpha.ordinal, &alpha.interval, &alpha.ratio].into_iter().flatten() {
            prop_assert!(*value <= Exact::one());
        }
        // Another unit leaves all but nothing changed; a shift leaves all but the ratio.
        let changed = |change: &dyn Fn(&Exact) -> Exact| -> Vec<Vec<Option<Exact>>> {
            ratings.iter().map(|row| row.iter().map(|value| value.as_ref().map(change)).collect()).collect()
        };
        prop_assert_eq!(&agreement::alpha(&changed(&|value| value * Exact::from(factor))).unwrap(), &alpha);
        let shifted = agreement::alpha(&changed(&|value| value + Exact::from(factor))).unwrap();
        prop_assert_eq!((shifted.nominal, shifted.ordinal, shifted.interval), (alpha.nominal, alpha.ordinal, alpha.interval));
        let all_out = agreement::alpha_without(&ratings).unwrap();
        for (rater, without) in all_out.iter().enumerate() {
            let mut others = ratings.clone();
            others.remove(rater);
            prop_assert_eq!(without, &agreement::alpha(&others).unwrap().ordinal);
        }
    }

    #[test]
    fn concordance_is_a_share_and_full_among_the_like_minded(row in vec(0_i64..6, 2..7), times in 2_usize..5) {
        let row: Vec<Exact> = row.into_iter().map(Exact::from).collect();
        let w = agreement::concordance(&vec![row.clone(); times]).unwrap();
        let all_equal = row.iter().all(|value| *value == row[0]);
        prop_assert_eq!(w, (!all_equal).then(Exact::one));
        let back: Vec<Exact> = row.iter().map(|value| -value.clone()).collect();
        let w = agreement::concordance(&[row, back]).unwrap();
        prop_assert_eq!(w, (!all_equal).then(Exact::zero));
    }
}
