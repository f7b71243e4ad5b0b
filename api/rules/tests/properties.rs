//! Properties that hold for all inputs.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::collections::BTreeMap;

use common::{bid, pack};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use rules::allocation::largest_remainder;
use rules::canonical;
use rules::criteria::{Node, NodeKind, quality_points, score_tree};
use rules::exact::Exact;
use rules::ledger::{Entry, GENESIS, verify};
use rules::line_id::{strip_check, with_check};
use rules::money::{Pence, UnitPrice, Volume};
use rules::pack::{Pack, PackCriterion};
use rules::record::{BidInput, lot_result};
use rules::words::PriceFormula;

fn bids() -> impl Strategy<Value = Vec<BidInput>> {
    let mark = || select(vec!["0", "1", "3", "5"]);
    let one = (mark(), mark(), mark(), 1_i64..99_999_999, 1_i64..9_999_999, 1_i64..99_999_999, 0..10_u8);
    vec(one, 1..6).prop_map(|bids| {
        let build = |(index, (a, b, c, once, each, shared, fate)): (usize, (_, _, _, _, _, _, u8))| {
            let prices = [once, each, shared].map(|e4: i64| UnitPrice(e4).to_string());
            let mut bid = bid(&format!("b{index}"), [a, b, c], [&prices[0], &prices[1], &prices[2]]);
            bid.withdrawn = fate == 0;
            if fate == 1 {
                bid.responses.clear();
            }
            bid
        };
        bids.into_iter().enumerate().map(build).collect()
    })
}

fn benchmark() -> Pack {
    let mut pack = pack();
    pack.lots[0].price.formula = PriceFormula::BenchmarkLinear;
    pack.lots[0].price.target = Some("20000".into());
    pack.lots[0].price.ceiling = Some("400000".into());
    pack
}

fn rows(count: i64) -> Vec<(Entry, String)> {
    let mut previous = GENESIS.to_owned();
    (1..=count)
        .map(|number| {
            let entry = Entry {
                chain: "procurement".into(),
                number,
                at: format!("2027-01-01T00:00:00.{number:06}Z"),
                actor: "coordinator".into(),
                action: "mark_given".into(),
                subject: format!("Q{number}"),
                reason: None,
                body: serde_json::json!({ "mark": "3" }),
            };
            let hash = entry.hash(&previous).unwrap();
            previous.clone_from(&hash);
            (entry, hash)
        })
        .collect()
}

fn mirror(node: &PackCriterion) -> Node {
    let percent = [("0", "0"), ("1", "20"), ("3", "60"), ("5", "100")];
    let kind = if node.children.is_empty() {
        NodeKind::Scale(percent.iter().map(|(m, p)| ((*m).to_owned(), p.parse().unwrap())).collect())
    } else {
        NodeKind::Section(node.children.iter().map(mirror).collect())
    };
    Node { id: node.code.clone(), weight: node.weight.parse().unwrap(), kind }
}

proptest! {
    #[test]
    fn scores_stay_within_bounds(bids in bids()) {
        for pack in [pack(), benchmark()] {
            let result = lot_result(&pack, "lot-1", &bids).unwrap();
            for bid in &result.bids {
                let quality = &bid.quality.as_ref().unwrap().exact;
                prop_assert!(!quality.is_negative() && *quality <= Exact::from(60));
                if let Some(points) = &bid.price_points {
                    prop_assert!(!points.exact.is_negative() && points.exact <= Exact::from(40));
                    prop_assert_eq!(&bid.total.as_ref().unwrap().exact, &(quality + &points.exact));
                }
                let price = bid.price.as_ref().unwrap();
                prop_assert_eq!(Pence(price.one_off.0 + price.recurring.0), price.total);
                prop_assert_eq!(price.councils.iter().map(|part| part.price.0).sum::<i64>(), price.total.0);
            }
            let first = result.bids.iter().filter(|bid| bid.rank == Some(1)).count();
            prop_assert_eq!(result.winner.is_some(), first == 1);
        }
    }

    #[test]
    fn order_changes_nothing_and_replay_gives_the_same_bytes(
        (original, shuffled) in bids().prop_flat_map(|bids| (Just(bids.clone()), Just(bids).prop_shuffle()))
    ) {
        let bytes = |bids: &[BidInput]| canonical::to_bytes(&lot_result(&pack(), "lot-1", bids).unwrap()).unwrap();
        prop_assert_eq!(bytes(&original), bytes(&shuffled));
        let stored = serde_json::to_string(&(pack(), &original)).unwrap();
        let (pack, replayed): (Pack, Vec<BidInput>) = serde_json::from_str(&stored).unwrap();
        let again = canonical::to_bytes(&lot_result(&pack, "lot-1", &replayed).unwrap()).unwrap();
        prop_assert_eq!(again, bytes(&original));
    }

    #[test]
    fn an_absolute_formula_ignores_other_bids(
        (all, some) in bids().prop_flat_map(|bids| { let n = bids.len(); (Just(bids.clone()), subsequence(bids, 1..=n)) })
    ) {
        let whole = lot_result(&benchmark(), "lot-1", &all).unwrap();
        let part = lot_result(&benchmark(), "lot-1", &some).unwrap();
        for bid in &part.bids {
            let same = whole.bids.iter().find(|other| other.bid == bid.bid).unwrap();
            prop_assert_eq!(&same.total, &bid.total);
        }
    }

    #[test]
    fn quality_is_the_score_tree(marks in vec(select(vec!["0", "1", "3", "5"]), 3)) {
        let pack = pack();
        let lot = &pack.lots[0];
        let bid = bid("a", [marks[0], marks[1], marks[2]], ["1", "1", "1"]);
        let children = lot.quality.iter().map(mirror).collect();
        let root = Node { id: "root".into(), weight: Exact::hundred(), kind: NodeKind::Section(children) };
        let expected = score_tree(&root, &bid.marks, &Exact::from(60)).unwrap();
        let points = quality_points(lot, &pack.scales, &bid.marks).unwrap();
        prop_assert_eq!(&points.total, &expected);
        let tops: Exact = ["Q1", "S1"].iter().map(|code| &points.nodes[*code].points).sum();
        prop_assert_eq!(tops, expected);
    }

    #[test]
    fn allocation_sums_and_stays_within_a_penny(
        amount in -1_000_000_000_i64..1_000_000_000, shares in vec(0_i64..1_000_000, 1..12)
    ) {
        prop_assume!(shares.iter().any(|share| *share > 0));
        let shares: Vec<Exact> = shares.into_iter().map(Exact::from).collect();
        let sum: Exact = shares.iter().sum();
        let parts = largest_remainder(Pence(amount), &shares).unwrap();
        prop_assert_eq!(parts.iter().map(|part| part.0).sum::<i64>(), amount);
        for (part, share) in parts.iter().zip(&shares) {
            let proportion = (Exact::from(amount) * share).checked_div(&sum).unwrap();
            prop_assert!((Exact::from(part.0) - proportion).abs() < Exact::one());
        }
    }

    #[test]
    fn any_tampering_with_the_ledger_is_found(count in 2_i64..9, at in 0_usize..8, kind in 0..6_u8) {
        let mut rows = rows(count);
        let last = rows.last().unwrap().1.clone();
        prop_assert_eq!(verify(rows.clone(), (count, &last)), Ok(()));
        let at = at % rows.len();
        let mut first_bad = i64::try_from(at).unwrap() + 1;
        match kind {
            0 => rows[at].0.body = serde_json::json!({ "mark": "5" }),
            1 => rows[at].0.actor.push('x'),
            2 => drop(rows.remove(at)),
            3 => {
                let other = (at + 1) % rows.len();
                rows.swap(at, other);
                first_bad = i64::try_from(at.min(other)).unwrap() + 1;
            }
            4 => rows.truncate(at),
            _ => {
                // Whoever changes a row and hashes all later ones again is betrayed by the head.
                rows[at].0.reason = Some("changed".into());
                let mut previous = if at == 0 { GENESIS.to_owned() } else { rows[at - 1].1.clone() };
                for row in &mut rows[at..] {
                    row.1 = row.0.hash(&previous).unwrap();
                    previous.clone_from(&row.1);
                }
                first_bad = count;
            }
        }
        prop_assert_eq!(verify(rows, (count, &last)).unwrap_err().number, first_bad);
    }

    #[test]
    fn exact_numbers_survive_text(over in any::<i64>(), under in 1_i64.., decimals in 0_u32..7) {
        let number = Exact::ratio(over, under).unwrap();
        prop_assert_eq!(number.to_string().parse::<Exact>().unwrap(), number.clone());
        let rounded: Exact = number.fixed(decimals).parse().unwrap();
        prop_assert_eq!(&rounded, &number.round(decimals));
        let half = Exact::ratio(1, 2 * 10_i64.pow(decimals)).unwrap();
        prop_assert!((rounded - number).abs() <= half);
    }

    #[test]
    fn amounts_survive_text(value in -1_000_000_000_000_000_i64..=1_000_000_000_000_000) {
        prop_assert_eq!(UnitPrice(value).to_string().parse::<UnitPrice>().unwrap(), UnitPrice(value));
        prop_assert_eq!(Volume(value).to_string().parse::<Volume>().unwrap(), Volume(value));
        let pence = Pence(value / 10);
        prop_assert_eq!(pence.to_string().parse::<Pence>().unwrap(), pence);
        prop_assert_eq!(Pence::round(&pence.to_exact()).unwrap(), pence);
    }

    #[test]
    fn the_check_character_finds_every_single_change(code in "[A-Z][A-Z0-9]{1,7}", at in 0_usize..9, new in "[A-Z0-9]") {
        let id = with_check(&code);
        prop_assert_eq!(strip_check(&id), Ok(code.as_str().into()));
        let mut plain: Vec<char> = id.chars().filter(|character| *character != '-').collect();
        let at = at % plain.len();
        let new = new.chars().next().unwrap();
        prop_assume!(plain[at] != new);
        plain[at] = new;
        prop_assert!(strip_check(&plain.into_iter().collect::<String>()).is_err());
    }

    #[test]
    fn canonical_bytes_do_not_depend_on_insertion(pairs in vec(("[a-zé€]{1,4}", any::<i32>()), 0..8)) {
        let sorted: BTreeMap<_, _> = pairs.into_iter().collect();
        let forward: serde_json::Map<_, _> = sorted.iter().map(|(k, v)| (k.clone(), (*v).into())).collect();
        let backward: serde_json::Map<_, _> = sorted.iter().rev().map(|(k, v)| (k.clone(), (*v).into())).collect();
        let bytes = canonical::to_bytes(&forward).unwrap();
        prop_assert_eq!(&bytes, &canonical::to_bytes(&backward).unwrap());
        prop_assert_eq!(serde_json::from_slice::<serde_json::Map<_, _>>(&bytes).unwrap(), forward);
    }
}

/// A hybrid system of ISO 7064 promises nearly all exchanges of neighbours. Counted over every pair in every position of
/// three: at least 99 in 100.
#[test]
fn the_check_character_finds_nearly_every_exchange_of_neighbours() {
    let alphabet: Vec<char> = ('0'..='9').chain('A'..='Z').collect();
    let (mut tried, mut found) = (0_u32, 0_u32);
    for &a in &alphabet {
        for &b in alphabet.iter().filter(|b| **b != a) {
            for &c in &alphabet {
                for (straight, swapped) in [([c, a, b], [c, b, a]), ([a, b, c], [b, a, c])] {
                    let check = with_check(&straight.iter().collect::<String>()).pop().unwrap();
                    let other = with_check(&swapped.iter().collect::<String>()).pop().unwrap();
                    tried += 1;
                    found += u32::from(check != other);
                }
            }
        }
    }
    assert!(found * 100 >= tried * 99, "{found} of {tried}");
}
