//! Points and rankings.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::subsequence;
use rules::exact::Exact;
use rules::price::{CostRule, PriceRule, abnormally_low};
use rules::rank::{Measure, RankBid, RankRules, Ranking, rank};
use rules::sensitivity::{Standing, flip_price};
use rules::words::{BaseSet, RankOn, TieBreak};

use super::{exact, part};

fn number() -> impl Strategy<Value = Exact> {
    (-5_000_i64..5_000, 1_i64..60).prop_map(|(over, under)| part(over, under))
}

fn price() -> impl Strategy<Value = Exact> {
    (1_i64..100_000, 1_i64..101).prop_map(|(over, under)| part(over, under))
}

/// The relative formulas, with parameters.
fn relative() -> impl Strategy<Value = PriceRule> {
    prop_oneof![
        Just(PriceRule::LowestOverBid),
        (1_i64..50).prop_map(|more| PriceRule::LinearFromLowest { k: Exact::one() + part(more, 7) }),
        Just(PriceRule::LinearMinMax),
        (0_i64..11, 0_i64..30)
            .prop_map(|(base, slope)| PriceRule::LinearMean { base: part(base, 10), slope: part(slope, 10) }),
    ]
}

fn benchmark() -> impl Strategy<Value = PriceRule> {
    (price(), price())
        .prop_map(|(target, range)| PriceRule::BenchmarkLinear { ceiling: &target + range, target })
}

fn formula() -> impl Strategy<Value = PriceRule> {
    prop_oneof![relative(), benchmark()]
}

fn measure() -> impl Strategy<Value = Measure> {
    prop_oneof![
        4 => formula().prop_map(|rule| Measure::Points { rule, weight: Exact::from(40) }),
        1 => Just(Measure::Cost(CostRule::PricePerQualityPoint)),
        1 => (0_i64..500).prop_map(|pounds| Measure::Cost(CostRule::MonetisedQuality { pounds_per_point: pounds.into() })),
    ]
}

fn bids() -> impl Strategy<Value = Vec<RankBid>> {
    // Few values, so that bids tie.
    vec((1_i64..13, 1_i64..9, 0..12_u8), 1..7).prop_map(|bids| {
        let bid = |(index, (quality, price, fate)): (usize, (i64, i64, u8))| RankBid {
            id: format!("b{index}"),
            quality: Some(Exact::from(quality * 5)),
            price: Some(Exact::from(price * 25)),
            withdrawn: fate == 0,
            disregarded: fate == 3,
            failed: fate == 1,
            below_minimum_mark: fate == 2,
        };
        bids.into_iter().enumerate().map(bid).collect()
    })
}

fn keys() -> impl Strategy<Value = Vec<TieBreak>> {
    subsequence(vec![TieBreak::LowerPrice, TieBreak::HigherQuality], 0..=2)
}

fn rules(measure: Measure, tie_break: Vec<TieBreak>) -> RankRules {
    RankRules {
        measure,
        decimals: 2,
        rank_on: RankOn::Exact,
        tie_break,
        min_quality: Some(Exact::from(10)),
        base_set: BaseSet::Eligible,
    }
}

/// A ranking without the order in which it is told.
fn unordered(mut ranking: Ranking) -> Ranking {
    ranking.ranked.sort_by(|a, b| a.id.cmp(&b.id));
    ranking.excluded.sort();
    ranking.unresolved_tie.sort();
    ranking
}

proptest! {
    #[test]
    fn rounding_is_to_the_nearest_half_away_from_zero(number in number(), decimals in 0_u32..6) {
        let rounded = number.round(decimals);
        let unit = part(1, 10_i64.pow(decimals));
        let apart = (&rounded - &number).abs() * Exact::from(2);
        prop_assert!(apart <= unit);
        if apart == unit {
            prop_assert!(rounded.abs() > number.abs(), "{number} to {rounded}");
        }
        prop_assert_eq!((-number.clone()).round(decimals), -rounded.clone());
        let text = number.fixed(decimals);
        prop_assert_eq!(exact(&text), rounded.clone());
        prop_assert_eq!(text.split_once('.').map_or(0, |(_, after)| after.len()), decimals as usize);
        prop_assert!(!(rounded.is_zero() && text.starts_with('-')), "negative zero");
    }

    #[test]
    fn points_stay_within_bounds_and_cheaper_is_never_worse(rule in formula(), prices in vec(price(), 1..7)) {
        let points = rule.points(&Exact::from(40), &prices).unwrap();
        for (price, earned) in prices.iter().zip(&points) {
            prop_assert!(!earned.is_negative() && *earned <= Exact::from(40), "{rule:?} gives {earned}");
            for (other, theirs) in prices.iter().zip(&points) {
                prop_assert!(price > other || earned >= theirs, "{rule:?}");
            }
        }
    }

    #[test]
    fn the_lowest_price_earns_all_points(prices in vec(price(), 1..7), more in 1_i64..50) {
        let from_lowest = PriceRule::LinearFromLowest { k: Exact::one() + part(more, 7) };
        let lowest = prices.iter().min().unwrap();
        for rule in [PriceRule::LowestOverBid, from_lowest, PriceRule::LinearMinMax] {
            let points = rule.points(&Exact::from(40), &prices).unwrap();
            for (price, earned) in prices.iter().zip(&points) {
                prop_assert!(price != lowest || *earned == Exact::from(40), "{rule:?} gives {earned}");
            }
        }
    }

    #[test]
    fn the_unit_of_money_does_not_matter(rule in relative(), prices in vec(price(), 1..7), factor in price()) {
        let scaled: Vec<Exact> = prices.iter().map(|price| price * &factor).collect();
        let weight = Exact::from(40);
        prop_assert_eq!(rule.points(&weight, &scaled), rule.points(&weight, &prices));
    }

    #[test]
    fn the_order_of_bids_changes_nothing(
        (bids, shuffled) in bids().prop_flat_map(|bids| (Just(bids.clone()), Just(bids).prop_shuffle())),
        measure in measure(), keys in keys()
    ) {
        let rules = rules(measure, keys);
        prop_assert_eq!(rank(&bids, &rules).map(unordered), rank(&shuffled, &rules).map(unordered));
    }

    #[test]
    fn ranks_are_one_one_three(bids in bids(), measure in measure(), keys in keys()) {
        let rules = rules(measure, keys);
        let Ok(ranking) = rank(&bids, &rules) else { return Ok(()) };
        prop_assert_eq!(ranking.ranked.len() + ranking.excluded.len(), bids.len());
        for bid in &ranking.ranked {
            let before = ranking.ranked.iter().filter(|other| other.rank < bid.rank).count();
            prop_assert_eq!(usize::try_from(bid.rank).unwrap(), before + 1);
        }
        let first = ranking.ranked.iter().filter(|bid| bid.rank == 1).count();
        prop_assert_eq!(ranking.winner.is_some(), first == 1);
        prop_assert_eq!(ranking.unresolved_tie.len(), if first == 1 { 0 } else { first });
        // Without keys the rank is told by the score alone.
        let better = |a: &Exact, b: &Exact| match rules.measure {
            Measure::Points { .. } => a > b,
            Measure::Cost(_) => a < b,
        };
        for one in &ranking.ranked {
            for other in &ranking.ranked {
                prop_assert!(!better(&one.score, &other.score) || one.rank < other.rank);
                prop_assert!(!rules.tie_break.is_empty() || one.score != other.score || one.rank == other.rank);
            }
        }
    }

    #[test]
    fn absolute_measures_ignore_irrelevant_bids(
        (bids, fewer) in bids().prop_flat_map(|bids| { let n = bids.len(); (Just(bids.clone()), subsequence(bids, 1..=n)) }),
        rule in benchmark(), pounds in 0_i64..500
    ) {
        for measure in [
            Measure::Points { rule, weight: Exact::from(40) },
            Measure::Cost(CostRule::PricePerQualityPoint),
            Measure::Cost(CostRule::MonetisedQuality { pounds_per_point: pounds.into() }),
        ] {
            let rules = rules(measure, Vec::new());
            let (Ok(all), Ok(some)) = (rank(&bids, &rules), rank(&fewer, &rules)) else { continue };
            for bid in &some.ranked {
                let same = all.ranked.iter().find(|other| other.id == bid.id).unwrap();
                prop_assert_eq!(&same.score, &bid.score);
            }
        }
    }

    #[test]
    fn the_flip_price_flips(qualities in (1_i64..61, 1_i64..61), prices in (1_i64..300, 1_i64..300), weight in 1_i64..80) {
        let bid = |id: &str, quality: i64, price: Exact| RankBid {
            id: id.into(), quality: Some(quality.into()), price: Some(price),
            withdrawn: false, disregarded: false, failed: false, below_minimum_mark: false,
        };
        let rules = RankRules {
            min_quality: None,
            ..rules(Measure::Points { rule: PriceRule::LowestOverBid, weight: weight.into() }, Vec::new())
        };
        let (a, b) = (bid("a", qualities.0, prices.0.into()), bid("b", qualities.1, prices.1.into()));
        let lowest = Exact::from(prices.0.min(prices.1));
        // Whether a is before b when a poor bid of that price is added.
        let before = |price: Exact| {
            let ranking = rank(&[a.clone(), b.clone(), bid("poor", 0, price)], &rules).unwrap();
            ranking.ranked[0].score.cmp(&ranking.ranked[1].score)
        };
        let now = before(lowest.clone());
        let standing = |bid: &RankBid| Standing { quality: bid.quality.clone().unwrap(), price: bid.price.clone().unwrap() };
        let flip = flip_price(&standing(&a), &standing(&b), &weight.into(), &lowest).unwrap();
        match flip.price {
            Some(price) if flip.vulnerable => {
                prop_assert_eq!(before(price.clone()), std::cmp::Ordering::Equal);
                let under = before(price * part(999, 1000));
                prop_assert!(under == now.reverse(), "{now:?} stays {under:?}");
            }
            // No added bid reverses them: every lower price leaves the order, or it was a tie.
            _ => for share in [1, 10, 500, 999] {
                prop_assert!(now.is_eq() || before(&lowest * part(share, 1000)) == now);
            },
        }
    }

    #[test]
    fn abnormal_is_what_lies_far_below(prices in vec(1_i64..200, 1..6)) {
        let exact: Vec<Exact> = prices.iter().copied().map(Exact::from).collect();
        let flagged = abnormally_low(&exact, &part(2, 5), &part(3, 10));
        let lowest = exact.iter().min().unwrap();
        for (place, ground) in &flagged {
            prop_assert!(ground.as_str() == "below_mean" || exact[*place] == *lowest);
        }
        prop_assert!(flagged.windows(2).all(|two| two[0] < two[1]), "in the order of the input");
        prop_assert!(abnormally_low(&exact, &exact[0], &exact[0]).is_empty(), "nothing lies a whole price below");
    }
}
