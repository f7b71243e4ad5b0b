//! Volume bands, options and rate cards: evaluated prices by hand, what publication refuses, and what holds of all of them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::collections::BTreeMap;

use common::{NOW, bid, pack, priced, rate, shaped, shaped_prices, tiered};
use proptest::collection::vec;
use proptest::prelude::*;
use rules::demand::{LineAnswer, PriceFaultKind, buyers, evaluated_price, quantity, row_cost};
use rules::exact::Exact;
use rules::money::{Pence, UnitPrice, Volume};
use rules::pack::{Pack, PackTier, PackVolume};
use rules::record::{LotResult, lot_result};
use rules::schedule::{price_rules, tier_at, year_volumes};
use rules::words::{Charge, Obligation, Offer};
use rules::{canonical, london};

fn codes(pack: &Pack) -> Vec<&'static str> {
    pack.faults(NOW).into_iter().map(|fault| fault.code).collect()
}

#[test]
fn bands_options_and_rates_by_hand() {
    let pack = shaped();
    assert_eq!(pack.faults(NOW), []);
    // P02: year 1 is 100 + 20 = 120 units, in the second band; year 2 is 110.5 + 40 = 150.5, exactly where the third begins.
    let line = &pack.lots[0].schedule[1];
    assert_eq!(year_volumes(&pack, line), [(1, 120_000), (2, 150_500)].into());
    let rows = line.rows(&pack);
    let years: Vec<Vec<u32>> = rows.iter().map(|row| row.band.as_ref().unwrap().years.clone()).collect();
    assert_eq!(years, [vec![], vec![1], vec![2]]);
    assert_eq!(
        rows.iter().map(|row| row.description().into_owned()).collect::<Vec<_>>(),
        [
            "Users. Band 1: volume in a year below 100",
            "Users. Band 2: volume in a year from 100 to below 150.5",
            "Users. Band 3: volume in a year from 150.5"
        ]
    );
    assert_eq!(rows[0].counted(), "Priced only: no year falls in this band");
    assert_eq!(rows[1].counted(), "Counted by volume in contract year 1");

    let price = evaluated_price(&pack, &pack.lots[0], &shaped_prices()).unwrap();
    // 3 · 1000; 120 · 10 + 150.5 · 9.5 = 2629.75; 2 · 333.33 = 666.66; option 3 · 7 = 21; 20 days · 650.50 = 13010; no days · 800.
    assert_eq!(price.total, Pence(1_932_741));
    assert_eq!(price.one_off, Pence(1_603_100));
    let [_, bands, ..] = &price.lines[..] else { panic!() };
    assert_eq!((bands.quantity.to_string(), bands.cost.to_string()), ("541/2".into(), "10519/4".into()));
    let in_force: Vec<_> = bands
        .bands
        .iter()
        .map(|band| {
            (band.code.as_str(), band.years.clone(), band.quantity.to_string(), band.cost.to_string())
        })
        .collect();
    assert_eq!(
        in_force,
        [
            ("P02-T2", vec![1], "120".to_owned(), "1200".to_owned()),
            ("P02-T3", vec![2], "301/2".to_owned(), "5719/4".to_owned())
        ]
    );
    // Own cost: Ashvale 1000 + 100 · 10 + 110.5 · 9.5 + (666.66 + 13010) / 2 = 9888.08; Brackenham 1000 + 40 · 9.5 + 21 +
    // 13676.66 / 4 = 4820.165; Carrow 1000 + 20 · 10 + 13676.66 / 4 = 4619.165. The odd penny goes to the earlier of two
    // equal remainders.
    let councils: Vec<i64> = price.councils.iter().map(|(_, pence)| pence.0).collect();
    assert_eq!(councils, [988_808, 482_017, 461_916]);
}

#[test]
fn every_band_and_every_rate_that_must_be_priced_is_asked_for() {
    let pack = shaped();
    let mut answers = shaped_prices();
    answers.remove("P02-T1");
    answers.remove("P07");
    answers.insert("P02".into(), priced("5"));
    answers.insert("P02-T3".into(), LineAnswer { offer: Offer::NotOffered, unit_price: None });
    answers.insert("P05".into(), LineAnswer { offer: Offer::Included, unit_price: None });
    let faults = evaluated_price(&pack, &pack.lots[0], &answers).unwrap_err();
    let found: Vec<_> = faults.iter().map(|fault| (fault.line.as_str(), fault.kind)).collect();
    assert_eq!(
        found,
        [
            ("P02-T1", PriceFaultKind::Missing),
            ("P02-T3", PriceFaultKind::NotOffered),
            ("P07", PriceFaultKind::Missing)
        ]
    );
    // Optional bands may be left out.
    let mut optional = pack.clone();
    optional.lots[0].schedule[1].optional = true;
    optional.lots[0].schedule[6].optional = true;
    let price = evaluated_price(&optional, &optional.lots[0], &answers).unwrap();
    assert!(price.lines.iter().all(|line| line.code != "P02"));
}

#[test]
fn a_result_says_which_band_counted_and_depends_on_every_band() {
    let pack = shaped();
    let mut bids = [bid("a", ["5"; 3], ["1"; 3]), bid("b", ["5"; 3], ["1"; 3])];
    for bid in &mut bids {
        bid.prices = shaped_prices();
    }
    bids[1].prices.insert("P02-T3".into(), priced("9.4"));
    let result = lot_result(&pack, "lot-1", &bids).unwrap();
    assert_eq!(result.winner.as_deref(), Some("b"));
    let bands = &result.bids[0].price.as_ref().unwrap().lines[1].bands;
    assert_eq!(bands.iter().map(|band| band.code.as_str()).collect::<Vec<_>>(), ["P02-T2", "P02-T3"]);
    let text = String::from_utf8(canonical::to_bytes(&result).unwrap()).unwrap();
    assert_eq!(serde_json::from_str::<LotResult>(&text).unwrap(), result);
    // Evidence holds every band's price, also of one that did not count; and only those of this lot.
    let mut other = bids.clone();
    other[0].prices.insert("P02-T1".into(), priced("12.01"));
    assert_ne!(lot_result(&pack, "lot-1", &other).unwrap().inputs_hash, result.inputs_hash);
    bids[0].prices.insert("P02".into(), priced("1"));
    assert_eq!(lot_result(&pack, "lot-1", &bids).unwrap().inputs_hash, result.inputs_hash);
    // The rule by which bands count is part of the method that was hashed.
    let mut silent = pack.clone();
    silent.method.price_rules.clear();
    assert_ne!(lot_result(&silent, "lot-1", &bids).unwrap().method_hash, result.method_hash);
}

/// A pack of before says nothing of what it does not have, so its hash holds.
#[test]
fn a_plain_pack_reads_and_hashes_as_before() {
    let text = String::from_utf8(canonical::to_bytes(&pack()).unwrap()).unwrap();
    for new in ["tiers", "mandatory_option", "rate_card", "price_rules"] {
        assert!(!text.contains(new), "{new}");
    }
    // Taken from the program before there were bands, options and rates.
    assert_eq!(pack().hash().unwrap(), "8238bfc55105736c201ee4833f9bcb91ffae96308fbe88405031c08569fd9acc");
    assert_eq!(serde_json::from_str::<Pack>(&text).unwrap(), pack());
    let shaped_text = String::from_utf8(canonical::to_bytes(&shaped()).unwrap()).unwrap();
    assert_eq!(serde_json::from_str::<Pack>(&shaped_text).unwrap(), shaped());
    assert!(serde_json::from_str::<Pack>(&shaped_text.replacen("\"tiers\"", "\"bands\"", 1)).is_err());
}

/// A change that breaks the shaped pack, and the codes it must bring.
type Breaking = (fn(&mut Pack), &'static [&'static str]);

#[test]
fn each_fault_of_a_shaped_schedule_is_found() {
    let cases: &[Breaking] = &[
        (|p| p.lots[0].schedule[1].tiers[0].from_e3 = 1, &["tiers_not_from_zero"]),
        (|p| p.lots[0].schedule[1].tiers[2].from_e3 = 100_000, &["tiers_not_rising"]),
        (|p| p.lots[0].schedule[1].tiers[2].from_e3 = i64::MAX, &["tier_too_large", "pack_not_canonical"]),
        (|p| p.lots[0].schedule[1].tiers.truncate(1), &["tiers_outside"]),
        (
            |p| p.lots[0].schedule[1].tiers = (0..21).map(|from_e3| PackTier { from_e3 }).collect(),
            &["tiers_outside"],
        ),
        (
            |p| p.lots[0].schedule[2].tiers = vec![PackTier { from_e3: 0 }, PackTier { from_e3: 9 }],
            &["tiers_without_volumes"],
        ),
        (|p| p.lots[0].schedule[4].optional = true, &["obligation_unclear"]),
        (|p| p.lots[0].schedule[0].code = "P02-T3".into(), &["code_doubled"]),
        (|p| p.lots[0].schedule[5].unit = "user".into(), &["rate_not_per_day"]),
        (|p| p.lots[0].schedule[5].shared = false, &["rate_not_shared", "line_without_volume"]),
        (|p| p.lots[0].schedule[5].rate_card.as_mut().unwrap().role = " ".into(), &["rate_without_role"]),
        (|p| p.lots[0].schedule[5].rate_card.as_mut().unwrap().level = 8, &["sfia_level_outside"]),
        (|p| p.lots[0].schedule[5].rate_card.as_mut().unwrap().basket_e3 = -1, &["basket_outside"]),
        (|p| p.lots[0].schedule[5].optional = true, &["basket_without_effect"]),
        (
            |p| p.lots[0].schedule.retain(|line| line.code == "P07"),
            &["price_rules_differ", "lot_without_mandatory_lines"],
        ),
        (|p| p.method.price_rules[0].push('!'), &["price_rules_differ"]),
        (|p| p.method.price_rules.clear(), &["price_rules_differ"]),
    ];
    for (index, (spoil, expected)) in cases.iter().enumerate() {
        let mut pack = shaped();
        spoil(&mut pack);
        assert_eq!(codes(&pack), *expected, "case {index}");
    }
    let long = "P234567890123456789";
    let mut pack = shaped();
    pack.lots[0].schedule[1].code = long.into();
    assert_eq!(codes(&pack), ["code_unfit"; 3], "the rows of its bands have no room");
}

#[test]
fn one_word_says_what_suppliers_owe() {
    let schedule = shaped().lots[0].schedule.clone();
    let words: Vec<Obligation> = schedule.iter().map(rules::pack::PackLine::obligation).collect();
    let (required, option, optional) =
        (Obligation::Required, Obligation::MandatoryOption, Obligation::Optional);
    assert_eq!(words, [required, required, required, optional, option, required, required]);
    assert_eq!(price_rules(&pack().lots), Vec::<String>::new());
    assert_eq!(price_rules(&shaped().lots).len(), 3);
    assert!(london::london_text(&shaped().deadline).is_some());
}

#[test]
fn a_basket_counts_over_the_term_or_in_each_year() {
    let pack = pack();
    for (charge, units) in [(Charge::OneOff, "25/2"), (Charge::Recurring, "25")] {
        let line = rate("P06", charge, 12_500);
        assert_eq!(quantity(&pack, &line.rows(&pack)[0]).unwrap().to_string(), units, "{charge}");
        let volume = line.rows(&pack)[0].volume(&pack).unwrap();
        assert_eq!(volume.to_exact().to_string(), units, "the workbook says the same");
    }
}

/// Where bands begin, volumes by council and year, and prices.
type Bands = (Vec<i64>, Vec<(usize, u32, i64)>, Vec<i64>);

/// A line with bands, three councils and four years of volumes.
fn bands() -> impl Strategy<Value = Bands> {
    let borders = proptest::collection::btree_set(1_i64..50_000, 1..5);
    let volumes = proptest::collection::btree_map((0_usize..4, 1_u32..=4), 0_i64..20_000, 1..16);
    (borders, volumes).prop_flat_map(|(borders, volumes)| {
        let from: Vec<i64> = std::iter::once(0).chain(borders).collect();
        let volumes = volumes.into_iter().map(|((council, year), e3)| (council, year, e3)).collect();
        let prices = vec(0_i64..9_999_999, from.len());
        (Just(from), Just(volumes), prices)
    })
}

const COUNCILS: [&str; 4] = ["ashvale", "brackenham", "carrow", "dunmere"];

fn pack_of_bands(from: &[i64], volumes: &[(usize, u32, i64)]) -> Pack {
    let volumes: Vec<_> =
        volumes.iter().map(|(council, year, e3)| (COUNCILS[*council], *year, *e3)).collect();
    let mut pack = pack();
    pack.term_years = 4;
    pack.lots[0].schedule = vec![tiered("P01", Charge::Recurring, from, &volumes)];
    pack
}

fn answers(prices: &[i64]) -> BTreeMap<String, LineAnswer> {
    let row = |(at, e4): (usize, &i64)| (format!("P01-T{}", at + 1), priced(&UnitPrice(*e4).to_string()));
    prices.iter().enumerate().map(row).collect()
}

proptest! {
    /// METHODS 3.1, worked out year by year in another way: the band that a year's volume reaches prices all its units.
    #[test]
    fn each_year_is_priced_at_the_band_it_reaches((from, volumes, prices) in bands()) {
        let pack = pack_of_bands(&from, &volumes);
        let price = evaluated_price(&pack, &pack.lots[0], &answers(&prices)).unwrap();
        let mut expected = Exact::zero();
        let mut own = vec![Exact::zero(); 3];
        for year in 1..=4 {
            let of = |council: usize| -> i64 {
                volumes.iter().filter(|(c, y, _)| *c == council && *y == year).map(|(_, _, e3)| e3).sum()
            };
            // Dunmere is a named option: its volume neither is priced nor moves the band.
            let total: i64 = (0..3).map(of).sum();
            let band = from.iter().filter(|from| **from <= total).count() - 1;
            for (council, own) in own.iter_mut().enumerate() {
                let cost = Volume(of(council)).to_exact() * UnitPrice(prices[band]).to_exact();
                *own += &cost;
                expected += &cost;
            }
        }
        prop_assert_eq!(&price.lines[0].cost, &expected);
        prop_assert_eq!(price.total, Pence::round(&expected).unwrap());
        // Allocation sums to the penny, and is within a penny of each council's exact own cost.
        prop_assert_eq!(price.councils.iter().map(|(_, part)| part.0).sum::<i64>(), price.total.0);
        for ((_, part), own) in price.councils.iter().zip(&own) {
            prop_assert!((part.to_exact() - own).abs() <= Exact::ratio(1, 50).unwrap());
        }
        // The rows sum to the line, the line's bands to the line, and each row's workbook volume is what it is priced for.
        let rows = pack.lots[0].schedule[0].rows(&pack);
        let answers = answers(&prices);
        let cost: Exact = rows.iter().map(|row| row_cost(&pack, row, answers.get(row.code.as_ref())).unwrap()).sum();
        prop_assert_eq!(&cost, &expected);
        prop_assert_eq!(price.lines[0].bands.iter().map(|band| band.cost.clone()).sum::<Exact>(), expected);
        for row in &rows {
            prop_assert_eq!(row.volume(&pack).unwrap().to_exact(), quantity(&pack, row).unwrap());
            let councils: i64 = buyers(&pack).iter().map(|buyer| row.council_volume(&buyer.id).unwrap().0).sum();
            prop_assert_eq!(councils, row.volume(&pack).unwrap().0);
        }
    }

    /// A thousandth of a unit under a border, at it, and over it.
    #[test]
    fn a_border_belongs_to_the_band_that_begins_there(borders in proptest::collection::btree_set(2_i64..1_000_000, 1..8)) {
        let from: Vec<i64> = std::iter::once(0).chain(borders).collect();
        let tiers: Vec<PackTier> = from.iter().map(|from_e3| PackTier { from_e3: *from_e3 }).collect();
        for (at, border) in from.iter().enumerate().skip(1) {
            prop_assert_eq!(tier_at(&tiers, *border), Some(at));
            prop_assert_eq!(tier_at(&tiers, border - 1), Some(at - 1));
            let pack = pack_of_bands(&from, &[(0, 1, border - 1), (1, 1, 1), (0, 2, border - 1)]);
            let rows = pack.lots[0].schedule[0].rows(&pack);
            let years = |at: usize| rows[at].band.as_ref().unwrap().years.clone();
            prop_assert!(years(at).contains(&1) && !years(at).contains(&2));
            prop_assert!(years(at - 1).contains(&2) && !years(at - 1).contains(&1));
        }
        prop_assert_eq!(tier_at(&tiers, -1), None);
    }

    /// In whatever order councils and volumes stand, each pays the same to the penny, but for who gets an odd penny of equal
    /// remainders; and the whole costs the same.
    #[test]
    fn the_order_of_councils_changes_no_price(
        (from, volumes, prices) in bands(), turn in 0_usize..3, basket in 0_i64..100_000, shared in 1_i64..9_999_999
    ) {
        let mut pack = pack_of_bands(&from, &volumes);
        pack.lots[0].schedule.push(rate("P06", Charge::Recurring, basket));
        let mut answers = answers(&prices);
        answers.insert("P06".into(), priced(&UnitPrice(shared).to_string()));
        let price = evaluated_price(&pack, &pack.lots[0], &answers).unwrap();
        let mut turned = pack.clone();
        turned.councils.rotate_left(turn);
        turned.lots[0].schedule[0].volumes.reverse();
        let again = evaluated_price(&turned, &turned.lots[0], &answers).unwrap();
        prop_assert_eq!(again.total, price.total);
        prop_assert_eq!(&again.lines, &price.lines);
        let by_id = |price: &rules::demand::EvaluatedPrice| -> BTreeMap<String, i64> {
            price.councils.iter().map(|(id, part)| (id.clone(), part.0)).collect()
        };
        for (id, part) in by_id(&price) {
            prop_assert!((part - by_id(&again)[&id]).abs() <= 1);
        }
        prop_assert_eq!(by_id(&again).values().sum::<i64>(), price.total.0);
    }

    /// Where all bands cost the same, bands change nothing.
    #[test]
    fn equal_bands_are_one_price((from, volumes, _) in bands(), e4 in 0_i64..9_999_999) {
        let banded = pack_of_bands(&from, &volumes);
        let mut plain = banded.clone();
        plain.lots[0].schedule[0].tiers.clear();
        let price = |pack: &Pack, answers: &BTreeMap<String, LineAnswer>| {
            let price = evaluated_price(pack, &pack.lots[0], answers).unwrap();
            (price.total, price.councils)
        };
        let one = BTreeMap::from([("P01".to_owned(), priced(&UnitPrice(e4).to_string()))]);
        prop_assert_eq!(price(&banded, &answers(&vec![e4; from.len()])), price(&plain, &one));
    }
}

#[test]
fn named_options_and_empty_years_move_no_band() {
    let mut pack = pack_of_bands(&[0, 50], &[(0, 1, 49), (3, 1, 900), (1, 2, 0)]);
    let line = &pack.lots[0].schedule[0];
    assert_eq!(year_volumes(&pack, line), [(1, 49)].into());
    pack.lots[0].schedule[0].volumes.push(PackVolume { council: "carrow".into(), year: 1, volume_e3: 1 });
    assert_eq!(pack.lots[0].schedule[0].rows(&pack)[1].band.as_ref().unwrap().years, [1]);
}
