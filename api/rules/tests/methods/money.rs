//! Costs over years, sharing, days and proofs.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use rules::calendar::{self, TenderBasis, is_working_day, working_days};
use rules::exact::Exact;
use rules::ledger::merkle::{self, consistency, consistent, includes, inclusion};
use rules::sharing::{Buyer, Tiers, cost_game, savings, volume_costs};
use rules::wholelife::{Beyond, CashFlows, discount_factor, whole_life};

use super::part;

fn day() -> impl Strategy<Value = chrono::NaiveDate> {
    let first = chrono::NaiveDate::from_ymd_opt(2024, 1, 1).unwrap();
    // The last leave room for a long standstill inside the known years.
    (0_u64..1_700).prop_map(move |days| first + chrono::Days::new(days))
}

proptest! {
    #[test]
    fn no_period_ends_on_a_day_off(day in day(), days in 8_u32..30) {
        let standstill = calendar::standstill(day, days).unwrap();
        prop_assert!(is_working_day(standstill.first_day).unwrap() && is_working_day(standstill.last_day).unwrap());
        prop_assert!(standstill.first_day >= day && standstill.sign_from == standstill.last_day.succ_opt().unwrap());
        prop_assert_eq!(working_days(standstill.first_day, standstill.last_day).unwrap(), days);
        prop_assert_eq!(working_days(day, standstill.last_day).unwrap(), days);
        for basis in TenderBasis::ALL {
            let last = calendar::tender_period_earliest(day, *basis).unwrap();
            prop_assert_eq!((last - day).num_days(), i64::from(basis.period().number), "the day after the notice is day 1");
        }
    }

    #[test]
    fn money_today_is_worth_more(year in 0_u32..125, amount in 1_i64..1_000_000) {
        let factor = discount_factor(year).unwrap();
        let next = discount_factor(year + 1).unwrap();
        prop_assert!(next < factor && next.is_positive());
        // One payment in one year is worth its factor; costs add.
        let once = |year, amount: i64| CashFlows { one_off: [(year, amount.into())].into(), ..CashFlows::default() };
        let alone = whole_life(&once(year, amount), year + 1, Beyond::Refused).unwrap();
        prop_assert_eq!(&alone.present_value, &(factor * Exact::from(amount)));
        prop_assert_eq!(alone.per_year.iter().sum::<Exact>(), alone.present_value);
    }

    #[test]
    fn prices_that_rise_with_all_prices_stay_what_they_are(rates in vec(-5_i64..12, 0..6), years in 1_u32..7) {
        let rates: Vec<Exact> = rates.into_iter().map(|rate| part(rate, 100)).collect();
        let flows = CashFlows {
            recurring: 1000.into(), internal: 10.into(), indexation: rates.clone(), deflator: rates, ..CashFlows::default()
        };
        let cost = whole_life(&flows, years, Beyond::Refused).unwrap();
        prop_assert_eq!(cost.real, Exact::from(i64::from(years) * 1010));
    }

    #[test]
    fn savings_add_up(quantities in vec(0_i64..900, 1..5), baseline in 0_i64..90_000, own in 0_i64..500) {
        prop_assume!(quantities.iter().sum::<i64>() > 0);
        let tiers = [(1, 100), (500, 92), (1000, 85)].map(|(from, price)| (Exact::from(from), Exact::from(price)));
        let tiers = Tiers::new(tiers.into()).unwrap();
        let buyers: Vec<Buyer> = quantities.iter().map(|quantity| Buyer {
            quantity: (*quantity).into(), baseline: Some(baseline.into()), own_cost: own.into(),
        }).collect();
        let all = savings(&tiers, &buyers).unwrap();
        for effects in all.councils.iter().chain([&all.total]) {
            let gross = effects.gross.clone().unwrap();
            prop_assert_eq!(&gross, &(effects.market.clone().unwrap() + &effects.aggregation));
            prop_assert_eq!(effects.net.clone().unwrap(), gross - &effects.own_cost);
            prop_assert!(!effects.aggregation.is_negative(), "tiers that fall make nobody pay more together");
        }
        prop_assert_eq!(all.councils.iter().map(|council| &council.aggregation).sum::<Exact>(), all.total.aggregation);
    }

    #[test]
    fn the_bill_is_split_to_the_last_fraction(quantities in vec(1_i64..900, 1..6), swap in any::<Index>()) {
        let tiers = [(1, 100), (500, 92), (1000, 85)].map(|(from, price)| (Exact::from(from), Exact::from(price)));
        let tiers = Tiers::new(tiers.into()).unwrap();
        let exact: Vec<Exact> = quantities.iter().copied().map(Exact::from).collect();
        let game = cost_game(exact.len(), volume_costs(&tiers, &exact).unwrap()).unwrap();
        let shapley = game.shapley();
        let equal = game.equal_price(&exact).unwrap();
        prop_assert_eq!(shapley.cost.iter().sum::<Exact>(), game.grand_cost().clone());
        prop_assert_eq!(equal.cost.iter().sum::<Exact>(), game.grand_cost().clone());
        prop_assert_eq!(equal.worst_excess.is_some(), exact.len() > 1);
        // Who is named first does not matter.
        let swap = swap.index(exact.len());
        let mut swapped = exact.clone();
        swapped.swap(0, swap);
        let mut other = cost_game(exact.len(), volume_costs(&tiers, &swapped).unwrap()).unwrap().shapley();
        other.cost.swap(0, swap);
        prop_assert_eq!(other, shapley);
    }

    #[test]
    fn proofs_prove_and_nothing_else_does(size in 1_usize..40, at in any::<Index>(), older in any::<Index>(), bit in 0_usize..256) {
        let leaves: Vec<merkle::Hash> = (0..size).map(|number| merkle::leaf(&number.to_be_bytes())).collect();
        let roots = merkle::roots(&leaves);
        prop_assert_eq!(roots.len(), size + 1);
        for (count, root) in roots.iter().enumerate() {
            prop_assert_eq!(root, &merkle::root(&leaves[..count]));
        }
        let root = roots[size];
        let touched = |hash: &merkle::Hash| { let mut hash = *hash; hash[bit / 8] ^= 1 << (bit % 8); hash };
        let at = at.index(size);
        let path = inclusion(&leaves, at, size).unwrap();
        prop_assert!(includes(&leaves[at], at, size, &path, &root));
        prop_assert!(!includes(&touched(&leaves[at]), at, size, &path, &root));
        prop_assert!(!includes(&leaves[at], at, size, &path, &touched(&root)));
        prop_assert!(!includes(&leaves[at], size, size, &path, &root));
        for other in (0..size).filter(|other| *other != at) {
            prop_assert!(!includes(&leaves[at], other, size, &path, &root), "at {other}");
        }
        for step in 0..path.len() {
            let mut wrong = path.clone();
            wrong[step] = touched(&wrong[step]);
            prop_assert!(!includes(&leaves[at], at, size, &wrong, &root));
            wrong.remove(step);
            prop_assert!(!includes(&leaves[at], at, size, &wrong, &root));
        }
        let mut longer = path;
        longer.push(root);
        prop_assert!(!includes(&leaves[at], at, size, &longer, &root));

        let old = older.index(size) + 1;
        let proof = consistency(&leaves, old, size).unwrap();
        let holds = |old_root: &merkle::Hash, new_root: &merkle::Hash, proof: &[merkle::Hash]| {
            consistent((old, old_root), (size, new_root), proof)
        };
        prop_assert!(holds(&roots[old], &root, &proof));
        prop_assert!(!holds(&touched(&roots[old]), &root, &proof));
        prop_assert!(!holds(&roots[old], &touched(&root), &proof));
        prop_assert!(!consistent((0, &roots[0]), (size, &root), &proof));
        prop_assert!(!consistent((size + 1, &root), (size, &root), &proof));
        for step in 0..proof.len() {
            let mut wrong = proof.clone();
            wrong[step] = touched(&wrong[step]);
            prop_assert!(!holds(&roots[old], &root, &wrong));
            wrong.remove(step);
            prop_assert!(!holds(&roots[old], &root, &wrong));
        }
        let mut longer = proof;
        longer.push(root);
        prop_assert!(!holds(&roots[old], &root, &longer));
    }
}
