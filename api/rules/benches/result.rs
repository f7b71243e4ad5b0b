//! The result of 50 bids × 500 questions, exact, beside the same sums in binary floating point; what would change it; and
//! what moderators read of ten panel members' 250,000 marks. `cargo bench -p rules`; numbers as arguments choose other sizes: bids, questions, members.
#![allow(clippy::unwrap_used, clippy::print_stdout)]
#![allow(clippy::float_arithmetic, clippy::cast_precision_loss, clippy::disallowed_types)] // floats are what exact sums are compared with

#[path = "../tests/common/mod.rs"]
mod common;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use common::{line, pack, priced, question, scale};
use rules::aggregate::{Aggregate, AggregateRules, Average, CouncilMarks, aggregate};
use rules::agreement;
use rules::exact::Exact;
use rules::marks::{moderation_needed, spread_steps};
use rules::pack::{Pack, PackCriterion};
use rules::record::{BidInput, lot_result};
use rules::sensitivity::report::{MemberMark, report};
use rules::words::{Charge, ResponseCode};

/// How many questions a section has.
const SECTION: usize = 25;
/// How many lines are priced.
const LINES: usize = 100;
/// How often each is measured; the median is told.
const TIMES: usize = 7;

fn main() {
    let sizes: Vec<usize> = std::env::args().skip(1).filter_map(|arg| arg.parse().ok()).collect();
    let [bids, questions, members] = sizes.as_slice() else { return measure(50, 500, 10) };
    measure(*bids, *questions, *members);
}

fn measure(bids: usize, questions: usize, members: usize) {
    let pack = large_pack(questions);
    let bids: Vec<BidInput> = (0..bids).map(|bid| large_bid(bid, questions)).collect();
    println!("{} bids × {questions} questions, {LINES} price lines, {members} panel members", bids.len());
    let exact = median(|| lot_result(black_box(&pack), "lot-1", black_box(&bids)).unwrap());
    println!("result, exact, with hashes and reasons   {:>9.2} ms", ms(exact));
    let floating = median(|| in_floating_point(black_box(&pack), black_box(&bids)));
    println!("the same sums and ranks alone, f64       {:>9.2} ms", ms(floating));
    println!("exact takes                              {:>9.1} ×", ms(exact) / ms(floating));
    let stored = lot_result(&pack, "lot-1", &bids).unwrap();
    let own = own_marks(bids.len(), questions, members);
    let report = median(|| report(black_box(&pack), black_box(&stored), black_box(&own)).unwrap());
    println!("its sensitivity, own marks included      {:>9.2} ms", ms(report));
    let marks = individual(bids.len(), questions, members);
    let agreed = median(|| agreement::panel(black_box(&marks)).unwrap());
    println!(
        "agreement of {:>7} marks                {:>9.2} ms",
        bids.len() * questions * members,
        ms(agreed)
    );
    let councils = by_council(&marks);
    let together = median(|| aggregated(black_box(&councils)));
    println!("marks put together for every answer      {:>9.2} ms", ms(together));
    let apart = median(|| agenda(black_box(&marks)));
    println!("spread of every answer                   {:>9.2} ms", ms(apart));
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn median<T>(mut work: impl FnMut() -> T) -> Duration {
    let mut times: Vec<Duration> = (0..TIMES)
        .map(|_| {
            let start = Instant::now();
            black_box(work());
            start.elapsed()
        })
        .collect();
    times.sort();
    times[TIMES / 2]
}

/// Weights of so many siblings that sum to exactly 100, as fractions.
fn equal_weight(siblings: usize) -> String {
    format!("100/{siblings}")
}

fn large_pack(questions: usize) -> Pack {
    let sections = questions.div_ceil(SECTION);
    let section = |number: usize| {
        let own = (questions - number * SECTION).min(SECTION);
        let children = (0..own).map(|at| question(&code(number * SECTION + at), &equal_weight(own), None));
        PackCriterion {
            children: children.collect(),
            question: None,
            ..question(&format!("S{number:02}"), &equal_weight(sections), None)
        }
    };
    let mut pack = pack();
    let lot = &mut pack.lots[0];
    lot.min_quality = None;
    lot.quality = (0..sections).map(section).collect();
    let volumes = [("ashvale", 1, 100_000), ("brackenham", 2, 40_500), ("carrow", 1, 20_000)];
    lot.schedule = (0..LINES).map(|at| line(&format!("P{at:03}"), Charge::Recurring, &volumes)).collect();
    pack
}

fn code(question: usize) -> String {
    format!("Q{question:03}")
}

/// Marks and prices that look like any: what they are is decided by where they stand.
fn pick(bid: usize, question: usize, member: usize) -> usize {
    (bid * 7 + question * 13 + member * 5 + bid * question) % 4
}

fn large_bid(bid: usize, questions: usize) -> BidInput {
    let scale = scale();
    let mark = |question| (code(question), scale.marks[pick(bid, question, 0)].value.clone());
    let price =
        |at: usize| (format!("P{at:03}"), priced(&format!("{}.{:04}", 40 + at % 9, 100 + bid * 3 + at)));
    BidInput {
        id: format!("bid-{bid:02}"),
        supplier: format!("Supplier {bid}"),
        withdrawn: false,
        marks: (0..questions).map(mark).collect(),
        prices: (0..LINES).map(price).collect(),
        responses: [("R001".to_owned(), ResponseCode::Full)].into(),
        corrections: Vec::new(),
        disregarded: None,
    }
}

/// Every panel member's marks: a row for each, a column for each answer.
fn individual(bids: usize, questions: usize, members: usize) -> Vec<Vec<Option<Exact>>> {
    let values: Vec<Exact> = scale().marks.iter().map(|mark| mark.value.parse().unwrap()).collect();
    let row = |member| {
        let answers = (0..bids).flat_map(|bid| (0..questions).map(move |question| (bid, question)));
        answers.map(|(bid, question)| Some(values[pick(bid, question, member)].clone())).collect()
    };
    (0..members).map(row).collect()
}

/// The same as records, of three councils.
fn own_marks(bids: usize, questions: usize, members: usize) -> Vec<MemberMark> {
    let scale = scale();
    let answers = (0..bids).flat_map(|bid| (0..questions).map(move |question| (bid, question)));
    answers
        .flat_map(|(bid, question)| (0..members).map(move |member| (bid, question, member)))
        .map(|(bid, question, member)| MemberMark {
            bid: format!("bid-{bid:02}"),
            question: code(question),
            member: format!("member-{member}"),
            council: ["ashvale", "brackenham", "carrow"][member % 3].to_owned(),
            value: scale.marks[pick(bid, question, member)].value.clone(),
        })
        .collect()
}

/// Every answer's marks by council: panel members come from three of them in turn.
fn by_council(marks: &[Vec<Option<Exact>>]) -> Vec<Vec<CouncilMarks>> {
    let own = |answer: usize, council: usize| CouncilMarks {
        id: format!("council-{council}"),
        weight: Exact::from(1_i64 + i64::from(council == 0)),
        marks: marks.iter().skip(council).step_by(3).filter_map(|row| row[answer].clone()).collect(),
    };
    let answers = marks.first().map_or(0, Vec::len);
    (0..answers).map(|answer| (0..3).map(|council| own(answer, council)).collect()).collect()
}

fn aggregated(answers: &[Vec<CouncilMarks>]) -> Vec<Aggregate> {
    let rules = AggregateRules { average: Average::Mean, weight_cap: None, all_councils: false };
    answers.iter().map(|councils| aggregate(councils, &rules).unwrap()).collect()
}

/// How many answers are on the agenda.
fn agenda(marks: &[Vec<Option<Exact>>]) -> usize {
    let scale = scale();
    let answers = marks.first().map_or(0, Vec::len);
    let texts: Vec<Vec<String>> =
        marks.iter().map(|row| row.iter().flatten().map(ToString::to_string).collect()).collect();
    (0..answers)
        .filter(|answer| {
            let own: Vec<&str> = texts.iter().map(|row| row[*answer].as_str()).collect();
            black_box(spread_steps(&scale, &own));
            moderation_needed(&scale, &own, 2)
        })
        .count()
}

/// Weighted sums, price points of the lowest price over the bid's, and ranks: what a spreadsheet would do.
fn in_floating_point(pack: &Pack, bids: &[BidInput]) -> Vec<(f64, usize)> {
    let lot = &pack.lots[0];
    let price_weight: f64 = lot.price.weight.parse().unwrap();
    let shares: BTreeMap<&str, f64> = pack.scales[0]
        .marks
        .iter()
        .map(|mark| (mark.value.as_str(), mark.value.parse::<f64>().unwrap() / 5.0))
        .collect();
    let fraction = |text: &str| match text.split_once('/') {
        Some((over, under)) => over.parse::<f64>().unwrap() / under.parse::<f64>().unwrap(),
        None => text.parse().unwrap(),
    };
    let volumes: f64 = lot.schedule[0].volumes.iter().map(|volume| volume.volume_e3 as f64 / 1000.0).sum();
    let prices: Vec<f64> = bids
        .iter()
        .map(|bid| {
            let lines = bid.prices.values().filter_map(|answer| answer.unit_price);
            lines.map(|price| price.0 as f64 / 10_000.0 * volumes).sum()
        })
        .collect();
    let lowest = prices.iter().copied().fold(f64::INFINITY, f64::min);
    let totals: Vec<f64> = bids
        .iter()
        .zip(&prices)
        .map(|(bid, price)| {
            let sections = lot.quality.iter().map(|section| {
                let own = section
                    .children
                    .iter()
                    .map(|node| fraction(&node.weight) / 100.0 * shares[bid.marks[&node.code].as_str()]);
                fraction(&section.weight) / 100.0 * own.sum::<f64>()
            });
            (100.0 - price_weight) * sections.sum::<f64>() + price_weight * lowest / price
        })
        .collect();
    totals.iter().map(|own| (*own, 1 + totals.iter().filter(|other| *other > own).count())).collect()
}
