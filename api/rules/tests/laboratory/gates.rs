//! Weights and minimums, by hand.

use rules::laboratory::{Matter, Severity};
use rules::pack::Pack;
use rules::words::TieBreak;

use crate::common::{pack, question};
use crate::{benchmark, exact, found, has, one, told, tried};

#[test]
fn what_each_question_has_of_the_total_is_told() {
    let laboratory = tried(&pack());
    let shares: Vec<_> =
        laboratory.weights.questions.iter().map(|one| (one.question.as_str(), one.share.clone())).collect();
    assert_eq!(shares, [("Q1", exact("36")), ("Q2", exact("12")), ("Q3", exact("12"))]);
    assert_eq!(
        told(&laboratory, Matter::Shares).1,
        "Of the total, price has 40 %, and the questions have Q1 36 %, Q2 12 %, Q3 12 %."
    );
    let heavy = one(&laboratory, Matter::QuestionHeavy);
    assert_eq!((heavy.place.as_str(), heavy.severity), ("Q1", Severity::Attend));
}

/// The pack with another share of quality for Q1.
fn q1_with(percent: &str, rest: &str) -> Pack {
    let mut pack = pack();
    percent.clone_into(&mut pack.lots[0].quality[0].weight);
    rest.clone_into(&mut pack.lots[0].quality[1].weight);
    pack
}

#[test]
fn a_question_is_heavy_from_three_tenths_on() {
    assert!(has(&tried(&q1_with("50", "50")), Matter::QuestionHeavy), "30 of 100");
    assert!(!has(&tried(&q1_with("49.9", "50.1")), Matter::QuestionHeavy));
}

#[test]
fn a_question_below_a_unit_of_the_rounding_is_light() {
    // 0.6 · 1/60 = 0.01, which is the unit of two decimals.
    assert!(!has(&tried(&q1_with("1/60", "5999/60")), Matter::QuestionLight));
    let laboratory = tried(&q1_with("0.016", "99.984"));
    let light = one(&laboratory, Matter::QuestionLight);
    assert_eq!((light.place.as_str(), light.severity), ("Q1", Severity::Attend));
    assert!(
        light.told.starts_with("Q1 (Q1) has about 0.01 % of the total, less than one unit of the 2 decimals"),
        "{}",
        light.told
    );
    assert!(has(&tried(&q1_with("0", "100")), Matter::QuestionLight));
}

#[test]
fn a_minimum_mark_that_is_the_lowest_keeps_nobody_out() {
    let mut pack = pack();
    pack.lots[0].quality[0] = question("Q1", "60", Some("0.0"));
    let laboratory = tried(&pack);
    let passed = one(&laboratory, Matter::MinimumAlwaysPassed);
    assert_eq!((passed.place.as_str(), passed.severity), ("Q1", Severity::Attend));
    assert_eq!(laboratory.minimums.marks.len(), 2);
    assert!(laboratory.minimums.marks[0].always_passed && !laboratory.minimums.marks[1].always_passed);
    assert!(!has(&tried(&crate::common::pack()), Matter::MinimumAlwaysPassed));
}

fn least(quality: &str) -> Pack {
    let mut pack = pack();
    pack.lots[0].min_quality = Some(quality.to_owned());
    pack
}

#[test]
fn a_minimum_of_quality_that_nobody_or_everybody_reaches_is_told() {
    let beyond = tried(&least("60.1"));
    assert_eq!(told(&beyond, Matter::MinQualityUnreachable).0, Severity::Serious);
    assert!(beyond.minimums.least_passing.is_none() && beyond.weights.outweigh.is_none());
    assert!(!has(&tried(&least("60")), Matter::MinQualityUnreachable));
    // The minimum mark of 1 on Q2 alone earns 12/5.
    let implied = tried(&least("2.4"));
    assert_eq!(told(&implied, Matter::MinQualityImplied).0, Severity::Attend);
    assert_eq!(implied.minimums.least_passing, Some(exact("2.4")));
    let above = tried(&least("2.41"));
    assert!(!has(&above, Matter::MinQualityImplied));
    // Next are 2.4 + 2.4, by a 1 on Q3.
    assert_eq!(above.minimums.least_passing, Some(exact("4.8")));
    let without = {
        let mut pack = pack();
        pack.lots[0].min_quality = None;
        tried(&pack)
    };
    assert!(!has(&without, Matter::MinQualityImplied));
    assert_eq!(without.minimums.least_passing, Some(exact("2.4")));
}

#[test]
fn highest_marks_that_earn_less_than_all_can_make_a_minimum_unreachable() {
    let mut pack = least("50");
    pack.scales[0].marks[3].percent = Some("80".to_owned());
    let laboratory = tried(&pack);
    assert_eq!(laboratory.minimums.best, exact("48"));
    assert!(has(&laboratory, Matter::MinQualityUnreachable));
}

#[test]
fn the_widest_gap_of_prices_is_held_against_the_widest_gap_of_quality() {
    let laboratory = tried(&pack());
    let two = laboratory.weights.outweigh.as_ref().unwrap();
    // 60 + 40 · 200,000 / 400,000 against 21.6 (the least total from 20 on) + 40.
    assert_eq!((&two.best_quality, &two.best_total), (&exact("60"), &exact("80")));
    assert_eq!((&two.least_quality, &two.least_total), (&exact("21.6"), &exact("61.6")));
    assert!(two.can && has(&laboratory, Matter::QualityCanOutweigh));
    // Under the benchmark the highest price has nothing: 60 against 61.6.
    let cannot = tried(&benchmark("200000", "400000"));
    let (severity, sentence) = told(&cannot, Matter::QualityCannotOutweigh);
    assert_eq!(severity, Severity::Attend);
    assert_eq!(
        sentence,
        "The highest marks at the highest price (£400,000.00) have 60 points in all, the least quality past every minimum at the \
         lowest price (£200,000.00) 61.6. Even the best quality cannot make up for the widest gap of expected prices. Give price \
         less weight, let its points fall more slowly, or raise the minimums, or decide that this is meant."
    );
}

#[test]
fn a_tie_of_both_is_parted_as_published() {
    // 60 against 20 + 40: with a fifth of quality at least.
    let mut pack = benchmark("200000", "400000");
    pack.scales[0].marks.remove(3);
    pack.scales[0].marks[2].value = "2".to_owned();
    pack.lots[0].min_quality = None;
    pack.lots[0].price.weight = "50".to_owned();
    pack.lots[0].quality[1].children[0].question.as_mut().unwrap().minimum_mark = None;
    for (keys, can) in
        [(vec![], false), (vec![TieBreak::LowerPrice], false), (vec![TieBreak::HigherQuality], true)]
    {
        pack.method.tie_break = keys;
        let laboratory = tried(&pack);
        let two = laboratory.weights.outweigh.as_ref().unwrap();
        assert_eq!((&two.best_total, &two.least_total), (&exact("50"), &exact("50")));
        assert_eq!(two.can, can);
        assert_eq!(has(&laboratory, Matter::QualityCanOutweigh), can);
    }
}

#[test]
fn all_weight_on_price_or_on_quality_is_serious() {
    for (weight, matter) in [("0", Matter::PriceWeightless), ("100", Matter::QualityWeightless)] {
        let mut pack = pack();
        pack.lots[0].min_quality = None;
        pack.lots[0].price.weight = weight.to_owned();
        let laboratory = tried(&pack);
        assert_eq!(told(&laboratory, matter).0, Severity::Serious);
        for noise in [
            Matter::QuestionLight,
            Matter::QuestionHeavy,
            Matter::FewTotals,
            Matter::StepWorth,
            Matter::InPlay,
        ] {
            assert!(found(&laboratory, noise).is_empty(), "{weight}: {noise}");
        }
    }
    assert!(
        !has(&tried(&pack()), Matter::PriceWeightless) && !has(&tried(&pack()), Matter::QualityWeightless)
    );
}
