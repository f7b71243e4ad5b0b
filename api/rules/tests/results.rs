//! Evaluated prices, lot results and the checks before publication, by hand-computed cases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{NOW, bid, council, pack, priced, question};
use rules::canonical;
use rules::correction::PriceCorrection;
use rules::criteria::partial_points;
use rules::demand::{LineAnswer, PriceFaultKind, evaluated_price, row_cost};
use rules::exact::Exact;
use rules::money::Pence;
use rules::pack::{Pack, PackLine};
use rules::record::moved::{Cause, moved};
use rules::record::{BidInput, LotResult, lot_result};
use rules::words::{BaseSet, Exclusion, Offer, Part, PriceFormula, ResponseCode};

fn total(result: &LotResult, id: &str) -> Option<String> {
    let bid = result.bids.iter().find(|bid| bid.bid == id).unwrap();
    bid.total.as_ref().map(|total| total.exact.to_string())
}

fn codes(pack: &Pack) -> Vec<&'static str> {
    pack.faults(NOW).into_iter().map(|fault| fault.code).collect()
}

#[test]
fn the_evaluated_price_by_hand() {
    let pack = pack();
    let bid = bid("a", ["5"; 3], ["1000", "12.3456", "333.33"]);
    let price = evaluated_price(&pack, &pack.lots[0], &bid.prices).unwrap();
    // 3 · 1000; 270.5 · 12.3456 = 3339.4848; 2 · 333.33 = 666.66. Neither Dunmere's volume nor P04 counts.
    assert_eq!(price.total, Pence(700_614));
    assert_eq!(price.one_off, Pence(300_000));
    assert_eq!(price.recurring, Pence(400_614));
    let quantities: Vec<String> = price.lines.iter().map(|line| line.quantity.to_string()).collect();
    assert_eq!(quantities, ["3", "541/2", "2"]);
    // Line by line it is the same; the optional P04 is a line too, and does not count.
    let schedule = &pack.lots[0].schedule;
    let cost = |line: &PackLine| row_cost(&pack, &line.rows(&pack)[0], bid.prices.get(&line.code));
    let costs: Vec<Exact> = schedule[..3].iter().map(|line| cost(line).unwrap()).collect();
    assert_eq!(costs, price.lines.iter().map(|line| line.cost.clone()).collect::<Vec<_>>());
    assert!(price.lines.iter().all(|line| line.bands.is_empty()));
    assert_eq!(Pence::round(&costs.iter().sum()), Ok(price.total));
    let unanswered = row_cost(&pack, &schedule[0].rows(&pack)[0], None).unwrap_err();
    assert_eq!((unanswered.line.as_str(), unanswered.kind), ("P01", PriceFaultKind::Missing));
    // Own cost: 1000 + 210.5 · p + 333.33 = 3932.0788; 1000 + 40p + 166.665 = 1660.489; 1000 + 20p + 166.665 = 1413.577.
    let councils: Vec<(&str, i64)> =
        price.councils.iter().map(|(id, pence)| (id.as_str(), pence.0)).collect();
    assert_eq!(councils, [("ashvale", 393_208), ("brackenham", 166_049), ("carrow", 141_357)]);
}

#[test]
fn prices_that_do_not_meet_requirements_are_all_named() {
    let pack = pack();
    let mut answers = bid("a", ["5"; 3], ["1", "1", "1"]).prices;
    answers.remove("P01");
    answers.insert("P02".into(), LineAnswer { offer: Offer::NotOffered, unit_price: None });
    answers.insert("P03".into(), LineAnswer { offer: Offer::Priced, unit_price: None });
    let faults = evaluated_price(&pack, &pack.lots[0], &answers).unwrap_err();
    let found: Vec<_> = faults.iter().map(|fault| (fault.line.as_str(), fault.kind)).collect();
    assert_eq!(
        found,
        [
            ("P01", PriceFaultKind::Missing),
            ("P02", PriceFaultKind::NotOffered),
            ("P03", PriceFaultKind::WithoutPrice)
        ]
    );
    let free = LineAnswer { offer: Offer::Included, unit_price: None };
    let all_free = ["P01", "P02", "P03"].map(|code| (code.to_owned(), free)).into();
    let price = evaluated_price(&pack, &pack.lots[0], &all_free).unwrap();
    assert!(price.total == Pence::ZERO && price.councils.iter().all(|(_, part)| *part == Pence::ZERO));
}

#[test]
fn rebates_below_zero_still_sum_to_the_total() {
    let mut pack = pack();
    pack.lots[0].schedule[0].volumes.retain(|volume| volume.council == "carrow");
    let answers = bid("a", ["5"; 3], ["-5000", "12.3456", "333.33"]).prices;
    let price = evaluated_price(&pack, &pack.lots[0], &answers).unwrap();
    assert_eq!(price.councils.iter().map(|(_, part)| part.0).sum::<i64>(), price.total.0);
    assert!(price.councils[2].1.is_negative());
}

fn four_bids() -> Vec<BidInput> {
    let best = bid("a", ["5", "3", "5"], ["1000", "10", "100"]);
    let mut cheap = bid("b", ["1", "0", "1"], ["500", "5", "50"]);
    cheap.prices.insert("P04".into(), priced("9"));
    let mut failed = bid("c", ["5", "5", "5"], ["1", "1", "1"]);
    failed.responses.insert("R001".into(), ResponseCode::NotMet);
    failed.marks.clear();
    let dear = bid("d", ["5.0", "5", "5"], ["2000", "20", "200"]);
    vec![best, cheap, failed, dear]
}

#[test]
fn a_lot_result_by_hand() {
    let result = lot_result(&pack(), "lot-1", &four_bids()).unwrap();
    // a: 36 + 24 · (0.5 · 3/5 + 0.5) = 55.2 quality, lowest price: + 40. d: 60 + 20.
    assert_eq!(total(&result, "a").as_deref(), Some("476/5"));
    assert_eq!(total(&result, "d").as_deref(), Some("80"));
    assert_eq!(result.winner.as_deref(), Some("a"));
    let [a, b, c, d] = &result.bids[..] else { panic!("four bids") };
    assert_eq!((a.rank, b.rank, c.rank, d.rank), (Some(1), None, None, Some(2)));
    assert_eq!(b.exclusion, Some(Exclusion::BelowMinQuality));
    let why: Vec<(&str, &str)> =
        b.reasons.iter().map(|reason| (reason.code.as_str(), reason.place.as_str())).collect();
    assert_eq!(why, [("below_minimum_mark", "Q2"), ("below_min_quality", "L1")]);
    assert_eq!(c.exclusion, Some(Exclusion::Failed));
    assert_eq!((c.reasons[0].code.as_str(), c.reasons[0].place.as_str()), ("requirement_not_met", "R001"));
    assert!(c.quality.is_none() && c.price.is_some());
    assert_eq!(d.criteria["Q1"].mark.as_deref(), Some("5"));
    assert_eq!(d.criteria["S1"].points.rounded, "24.00");
    assert_eq!(result.warnings[0].code, "two_bids");
    let text = String::from_utf8(canonical::to_bytes(&result).unwrap()).unwrap();
    assert_eq!(serde_json::from_str::<LotResult>(&text).unwrap(), result);
}

/// DOMAIN rule 8: whose prices make the reference is what the pack says.
#[test]
fn the_published_base_set_makes_the_reference() {
    // Prices: a 5905, b 2952.50 (below a minimum), c 275.50 (failed), d 11810.
    for (base_set, points) in
        [(BaseSet::Eligible, "40"), (BaseSet::Compliant, "20"), (BaseSet::Submitted, "2204/1181")]
    {
        let mut pack = pack();
        pack.method.base_set = base_set;
        let result = lot_result(&pack, "lot-1", &four_bids()).unwrap();
        assert_eq!(result.bids[0].price_points.as_ref().unwrap().exact.to_string(), points, "{base_set}");
    }
}

/// What a bidder is told of its price points is what they were computed from.
#[test]
fn price_points_are_explained_with_the_published_base_set() {
    for (base_set, lowest) in
        [(BaseSet::Eligible, "£5,905.00"), (BaseSet::Compliant, "£2,952.50"), (BaseSet::Submitted, "£275.50")]
    {
        let mut pack = pack();
        pack.method.base_set = base_set;
        let result = lot_result(&pack, "lot-1", &four_bids()).unwrap();
        let points = &result.bids[0].price_points.as_ref().unwrap().rounded;
        let told = result.price_explained(&pack, "a").unwrap();
        assert!(told.starts_with(&format!("40 × {lowest} ÷ £5,905.00 = {points} points")), "{told}");
        assert_eq!(result.price_explained(&pack, "b"), None, "not ranked, so without price points");
    }
}

#[test]
fn missing_and_foreign_marks_are_all_listed() {
    let mut bids = four_bids();
    bids[0].marks.remove("Q1");
    bids[0].marks.insert("Q2".into(), "4".into());
    bids[3].marks.remove("Q3");
    let problems = lot_result(&pack(), "lot-1", &bids).unwrap_err().problems;
    let found: Vec<_> =
        problems.iter().map(|p| (p.bid.as_deref().unwrap(), p.place.as_str(), p.code)).collect();
    assert_eq!(
        found,
        [("a", "Q1", "score_missing"), ("a", "Q2", "mark_not_on_scale"), ("d", "Q3", "score_missing")]
    );
    assert_eq!(lot_result(&pack(), "lot-9", &bids).unwrap_err().problems[0].code, "unknown_lot");
}

/// A criterion whose weight is no number has no points, and so has no section above it: a sum of the rest would be wrong.
#[test]
fn a_weight_that_is_no_number_leaves_no_total() {
    let mut pack = pack();
    pack.lots[0].quality[1].children[0].weight = "half".into();
    let points = partial_points(&pack.lots[0], &pack.scales, &four_bids()[0].marks);
    assert_eq!(points.total, None);
    assert_eq!(points.nodes.keys().collect::<Vec<_>>(), ["Q1", "Q3"]);
    assert_eq!(points.faults[0].place(), "Q2");
}

#[test]
fn a_lot_where_nobody_is_left_has_a_result() {
    let mut bids = four_bids();
    for bid in &mut bids {
        bid.withdrawn = true;
    }
    let result = lot_result(&pack(), "lot-1", &bids).unwrap();
    assert!(result.winner.is_none() && result.unresolved_tie.is_empty());
    assert_eq!(result.warnings[0].code, "no_ranked_bids");
}

#[test]
fn equal_bids_stay_tied() {
    let bids = [bid("y", ["5"; 3], ["1", "1", "1"]), bid("x", ["5"; 3], ["1", "1", "1"])];
    let result = lot_result(&pack(), "lot-1", &bids).unwrap();
    assert_eq!(result.winner, None);
    assert_eq!(result.unresolved_tie, ["x", "y"]);
    assert!(result.warnings.iter().any(|warning| warning.code == "unresolved_tie"));
}

#[test]
fn hashes_follow_what_they_cover() {
    let base = lot_result(&pack(), "lot-1", &four_bids()).unwrap();
    let mut retitled = pack();
    retitled.title = "Another title".into();
    let other = lot_result(&retitled, "lot-1", &four_bids()).unwrap();
    assert_ne!(other.pack_hash, base.pack_hash);
    assert_eq!((&other.method_hash, &other.inputs_hash), (&base.method_hash, &base.inputs_hash));
    let mut bids = four_bids();
    bids[0].marks.insert("Q9".into(), "1".into());
    assert_eq!(lot_result(&pack(), "lot-1", &bids).unwrap().inputs_hash, base.inputs_hash);
    bids[0].marks.insert("Q1".into(), "3".into());
    assert_ne!(lot_result(&pack(), "lot-1", &bids).unwrap().inputs_hash, base.inputs_hash);
}

#[test]
fn a_good_pack_has_no_faults() {
    assert_eq!(pack().faults(NOW), []);
}

/// A change that breaks a pack, and the codes it must bring.
type Breaking = (fn(&mut Pack), &'static [&'static str]);

#[test]
fn each_fault_of_a_pack_is_found() {
    let cases: &[Breaking] = &[
        (|p| p.lots.clear(), &["no_lots"]),
        (|p| p.lots[0].quality.clear(), &["lot_without_questions"]),
        (|p| p.lots[0].schedule.clear(), &["lot_without_lines"]),
        (|p| p.lots[0].quality[0].weight = "59.9".into(), &["weights_do_not_sum_to_100"]),
        (|p| p.lots[0].quality[1].children[0].weight = "x".into(), &["weight_not_a_number"]),
        (|p| p.scales[0].name = "other".into(), &["scale_unknown", "scale_unknown", "scale_unknown"]),
        (|p| p.scales[0].marks.swap(1, 2), &["marks_out_of_order"]),
        (|p| p.scales[0].marks[2].descriptor.clear(), &["mark_without_descriptor"]),
        (|p| p.scales[0].marks[2].percent = Some("100.1".into()), &["mark_percent_outside"]),
        (|p| p.lots[0].price.weight = "100".into(), &["price_weight_outside"]),
        (|p| p.lots[0].price.formula = PriceFormula::BenchmarkLinear, &["benchmark_incomplete"]),
        (
            |p| {
                p.lots[0].price.formula = PriceFormula::BenchmarkLinear;
                p.lots[0].price.target = Some("5".into());
                p.lots[0].price.ceiling = Some("5.0".into());
            },
            &["target_not_below_ceiling"],
        ),
        (|p| p.lots[0].quality[0] = question("Q1", "60", Some("2")), &["minimum_mark_not_on_scale"]),
        (|p| p.lots[0].min_quality = Some("60.01".into()), &["min_quality_above_weight"]),
        (|p| p.lots[0].quality[0].code = "Q2".into(), &["code_doubled"]),
        (|p| p.lots[0].schedule[0].code = "p 1".into(), &["code_unfit"]),
        (|p| p.requirements.push(p.requirements[0].clone()), &["code_doubled"]),
        (|p| p.lots[0].schedule[0].volumes[0].council = "x".into(), &["volume_without_council"]),
        (|p| p.lots[0].schedule[0].volumes[0].year = 3, &["volume_beyond_term"]),
        (|p| p.lots[0].schedule[0].volumes[0].volume_e3 = -1, &["volume_outside"]),
        (|p| p.lots[0].schedule[1].volumes.drain(..4).for_each(drop), &["line_without_volume"]),
        (
            |p| p.councils[..3].iter_mut().for_each(|c| c.shared_cost_weight = "0".into()),
            &["shared_without_weights"],
        ),
        (|p| p.councils[1].shared_cost_weight = "-1".into(), &["shared_weight_unfit"]),
        (|p| p.deadline = NOW.into(), &["deadline_not_in_future"]),
        (|p| p.deadline = "tomorrow".into(), &["deadline_not_an_instant"]),
        (|p| p.councils[1].part = Part::Lead, &["not_one_lead"]),
        (|p| p.method.decimals = 7, &["decimals_outside"]),
        (
            |p| {
                p.councils = vec![council("ashvale", Part::Lead, "1")];
                for line in &mut p.lots[0].schedule {
                    line.volumes.retain(|volume| volume.council == "ashvale");
                }
            },
            &["opening_councils_too_many"],
        ),
        (|p| p.opening_councils = 3, &["opening_councils_outside"]),
    ];
    for (index, (spoil, expected)) in cases.iter().enumerate() {
        let mut pack = pack();
        spoil(&mut pack);
        assert_eq!(codes(&pack), *expected, "case {index}");
    }
}

#[test]
fn all_faults_come_at_once() {
    let mut pack = pack();
    pack.method.decimals = 9;
    pack.councils.clear();
    pack.lots[0].price.weight = "0".into();
    let found = codes(&pack);
    for code in ["decimals_outside", "no_councils", "price_weight_outside", "line_without_volume"] {
        assert!(found.contains(&code), "{code} in {found:?}");
    }
}

#[test]
fn a_pack_without_a_rule_for_corrections_is_what_it_was() {
    let mut pack = pack();
    let old = String::from_utf8(canonical::to_bytes(&pack).unwrap()).unwrap();
    assert!(!old.contains("arithmetic_rule"), "{old}");
    let read: Pack = serde_json::from_str(&old).unwrap();
    assert_eq!((&read, read.hash()), (&pack, pack.hash()));
    let before = pack.hash();
    pack.method.arithmetic_rule = Some(rules::correction::DEFAULT_RULE.to_owned());
    assert_ne!(pack.hash(), before, "and one with a rule publishes it");
}

#[test]
fn corrections_stand_in_inputs_and_result_and_must_be_in_the_price() {
    let pack = pack();
    let plain = bid("a", ["5"; 3], ["1000", "12", "300"]);
    let other = bid("b", ["3"; 3], ["1000", "12", "300"]);
    let before = lot_result(&pack, "lot-1", &[plain.clone(), other.clone()]).unwrap();
    let body = String::from_utf8(canonical::to_bytes(&before).unwrap()).unwrap();
    assert!(!body.contains("corrections"), "a result without any is what it was: {body}");

    let mut corrected = plain.clone();
    corrected.prices.insert("P02".into(), priced("1.2"));
    corrected.corrections = vec![PriceCorrection {
        id: "c".into(),
        line: "P02".into(),
        before: "12".parse().unwrap(),
        after: "1.2".parse().unwrap(),
    }];
    let after = lot_result(&pack, "lot-1", &[corrected.clone(), other.clone()]).unwrap();
    assert_ne!(after.inputs_hash, before.inputs_hash);
    assert_eq!(after.bids[0].corrections, corrected.corrections);
    assert!(after.bids[0].price.as_ref().unwrap().total < before.bids[0].price.as_ref().unwrap().total);

    // A price that is not what its correction says, and corrections that do not follow from one another.
    let mut wrong = corrected.clone();
    wrong.prices.insert("P02".into(), priced("12"));
    let mut broken = corrected.clone();
    broken
        .corrections
        .push(PriceCorrection { before: "3".parse().unwrap(), ..corrected.corrections[0].clone() });
    for bid in [wrong, broken] {
        let fault = lot_result(&pack, "lot-1", &[bid, other.clone()]).unwrap_err();
        assert_eq!(fault.problems[0].code, "correction_not_applied", "{fault}");
    }
    // Those of another lot's lines are ignored, as its prices are.
    let mut elsewhere = plain;
    elsewhere.corrections = vec![PriceCorrection { line: "P09".into(), ..corrected.corrections[0].clone() }];
    assert_eq!(lot_result(&pack, "lot-1", &[elsewhere, other]).unwrap(), before);
}

#[test]
fn what_moved_between_two_results_has_its_cause() {
    let pack = pack();
    let bids =
        [bid("a", ["5", "3", "3"], ["1000", "10", "300"]), bid("b", ["3", "3", "5"], ["900", "9", "280"])];
    let before = lot_result(&pack, "lot-1", &bids).unwrap();
    let same = moved(&before, &before);
    assert!(same.bids.is_empty() && !same.method && same.winner.0 == same.winner.1);

    let mut marked = bids.clone();
    marked[1].marks.insert("Q1".to_owned(), "5".to_owned());
    let found = moved(&before, &lot_result(&pack, "lot-1", &marked).unwrap());
    let causes: Vec<_> = found.bids.iter().map(|bid| (bid.bid.as_str(), bid.causes.clone())).collect();
    let mark = |from: &str, to: &str| Cause::Mark {
        question: "Q1".to_owned(),
        from: Some(from.to_owned()),
        to: Some(to.to_owned()),
    };
    // Only b's mark is another; a lost its rank by it.
    assert_eq!(causes, [("a", vec![]), ("b", vec![mark("3", "5")])]);

    // The lowest price moves the other bid, which has no cause of its own.
    let mut corrected = bids.clone();
    let correction = PriceCorrection {
        id: "c1".to_owned(),
        line: "P01".to_owned(),
        before: "900".parse().unwrap(),
        after: "90".parse().unwrap(),
    };
    corrected[1].prices.get_mut("P01").unwrap().unit_price = Some(correction.after);
    corrected[1].corrections.push(correction.clone());
    let after = lot_result(&pack, "lot-1", &corrected).unwrap();
    let found = moved(&before, &after);
    assert_eq!(found.bids.len(), 2);
    assert!(found.bids[0].causes.is_empty() && found.bids[0].before != found.bids[0].after);
    assert_eq!(found.bids[1].causes, [Cause::Correction(correction)]);
    // Told the other way round a correction is none that came.
    assert!(moved(&after, &before).bids[1].causes.is_empty());

    let mut withdrawn = bids.clone();
    withdrawn[1].withdrawn = true;
    let after = lot_result(&pack, "lot-1", &withdrawn).unwrap();
    let found = moved(&before, &after);
    let b = found.bids.iter().find(|moved| moved.bid == "b").unwrap();
    assert!(b.causes.contains(&Cause::Exclusion { from: None, to: Some(Exclusion::Withdrawn) }), "{b:?}");
    assert_eq!(b.after.as_ref().unwrap().rank, None);

    let mut method = pack.clone();
    method.method.decimals += 1;
    assert!(moved(&before, &lot_result(&method, "lot-1", &bids).unwrap()).method);
    let alone = moved(&before, &lot_result(&pack, "lot-1", &bids[..1]).unwrap());
    assert!(alone.bids.iter().any(|moved| moved.bid == "b" && moved.after.is_none()));
}
