//! A file with what must come of it, and the running of all of them.
#![allow(clippy::print_stdout)]

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use importers::bid::{self, BidReading};
use importers::{Reader, bid_template, read_here};
use rules::money::UnitPrice;
use rules::words::Offer;

use super::common::{HASH, bid as good_bid, pack};

/// The most that a reader may be resident in, in KiB: 200 MB.
const MOST_RESIDENT: u64 = 200 * 1000 * 1000 / 1024;

pub struct Case {
    pub name: String,
    pub bytes: Vec<u8>,
    pub expect: Expect,
}

/// What must come of a file.
pub enum Expect {
    /// It is not read, with this code.
    Unreadable(&'static str),
    /// It is read, and is no bid in this procurement.
    Refused(&'static str),
    /// Exactly these findings (code and cell), and P01 at this price (`None` for no price); all other answers as in the good bid.
    P01(Vec<(String, String)>, Option<UnitPrice>),
    /// Exactly these findings, and these prices; words do not matter.
    Prices(Vec<(String, String)>, Vec<(String, Offer, Option<UnitPrice>)>),
    /// Exactly these findings and the good bid, whole.
    Same(Vec<(String, String)>),
}

impl Case {
    pub fn new(name: impl Into<String>, bytes: Vec<u8>, expect: Expect) -> Self {
        Self { name: name.into(), bytes, expect }
    }

    pub fn unreadable(name: impl Into<String>, bytes: Vec<u8>, code: &'static str) -> Self {
        Self::new(name, bytes, Expect::Unreadable(code))
    }

    /// P01 is left unanswered with this one error in its cell.
    pub fn asked(name: impl Into<String>, bytes: Vec<u8>, code: &str) -> Self {
        Self::new(name, bytes, Expect::P01(findings(&[(code, "K5")]), None))
    }

    pub fn same(name: impl Into<String>, bytes: Vec<u8>, found: &[(&str, &str)]) -> Self {
        Self::new(name, bytes, Expect::Same(findings(found)))
    }
}

pub fn findings(found: &[(&str, &str)]) -> Vec<(String, String)> {
    found.iter().map(|(code, cell)| ((*code).to_owned(), (*cell).to_owned())).collect()
}

/// The prices of the good bid.
pub fn good_prices() -> Vec<(String, Offer, Option<UnitPrice>)> {
    [
        ("P01", Offer::Priced, Some(UnitPrice(123_456))),
        ("P02", Offer::Priced, Some(UnitPrice(12_000_000))),
        ("P03", Offer::Priced, Some(UnitPrice(1_000))),
        ("P04", Offer::Included, None),
    ]
    .map(|(line, offer, price)| (line.to_owned(), offer, price))
    .to_vec()
}

/// Runs all cases whose names contain `wanted`, and reports every one that fails.
pub fn run(cases: &[Case], wanted: Option<&str>) {
    let mut names = BTreeSet::new();
    for case in cases {
        assert!(names.insert(case.name.clone()), "two cases are called {}", case.name);
    }
    assert!(cases.len() >= 150, "the corpus has {} files, and at least 150 are promised", cases.len());
    let program = std::env::current_exe().unwrap();
    let reader = Reader::new(program, vec!["read-workbook".to_owned()]);
    let good = bid_template::filled(&pack(), HASH, &good_bid()).unwrap();
    let good = bid::read(&pack(), HASH, &read_here(&good, "bid.xlsx").unwrap()).unwrap();
    let mut failed = Vec::new();
    let (mut slowest, mut largest) = ((Duration::ZERO, ""), (0, ""));
    let mut count = 0;
    for case in cases.iter().filter(|case| wanted.is_none_or(|wanted| case.name.contains(wanted))) {
        count += 1;
        let started = Instant::now();
        let outcome = reader.read(&case.bytes, "bid");
        let took = started.elapsed();
        slowest = slowest.max((took, &case.name));
        let mut faults = Vec::new();
        if took > Duration::from_secs(11) {
            faults.push(format!("took {took:?}"));
        }
        let outcome = match outcome {
            Ok(book) => {
                bid::read(&pack(), HASH, &book).map_err(|refused| format!("refused: {}", refused.code))
            }
            Err(unreadable) => Err(format!("unreadable: {}", unreadable.code)),
        };
        if let Err(fault) = judge(&case.expect, &outcome, &good) {
            faults.push(fault);
        }
        // Nothing fills 200 MB from so small a file in so short a time.
        let harmless = took < Duration::from_millis(50) && case.bytes.len() < 256 * 1024;
        let resident = if harmless { 0 } else { resident(&case.bytes) };
        largest = largest.max((resident, &case.name));
        if resident > MOST_RESIDENT {
            faults.push(format!("its reader was resident in {resident} KiB"));
        }
        if !faults.is_empty() {
            failed.push(format!("{}: {}", case.name, faults.join("; ")));
        }
    }
    println!(
        "corpus: {count} files; slowest {:?} ({}); most resident {} KiB ({})",
        slowest.0, slowest.1, largest.0, largest.1
    );
    assert!(failed.is_empty(), "{} of {count} files:\n{}", failed.len(), failed.join("\n"));
}

fn judge(expect: &Expect, outcome: &Result<BidReading, String>, good: &BidReading) -> Result<(), String> {
    let reading = match (expect, outcome) {
        (Expect::Unreadable(code), Err(found)) if *found == format!("unreadable: {code}") => return Ok(()),
        (Expect::Refused(code), Err(found)) if *found == format!("refused: {code}") => return Ok(()),
        (Expect::Unreadable(code) | Expect::Refused(code), found) => {
            return Err(format!("expected {code}, found {:?}", found.as_ref().map(prices)));
        }
        (_, Err(found)) => return Err(found.clone()),
        (_, Ok(reading)) => reading,
    };
    let found: Vec<(String, String)> = reading
        .findings
        .iter()
        .map(|finding| (finding.code.clone(), finding.cell.clone().unwrap_or_else(|| "-".to_owned())))
        .collect();
    let (wanted, answers) = match expect {
        Expect::P01(wanted, price) => {
            let mut answers = good_prices();
            match price {
                Some(price) => answers[0].2 = Some(*price),
                None => drop(answers.remove(0)),
            }
            (wanted, answers)
        }
        Expect::Prices(wanted, answers) => (wanted, answers.clone()),
        Expect::Same(wanted) => (wanted, good_prices()),
        Expect::Unreadable(_) | Expect::Refused(_) => return Ok(()),
    };
    if *wanted != found {
        return Err(format!("expected findings {wanted:?}, found {found:?}"));
    }
    if answers != prices(reading) {
        return Err(format!("expected prices {answers:?}, found {:?}", prices(reading)));
    }
    if matches!(expect, Expect::Same(_)) && words(reading) != words(good) {
        return Err(format!("expected words {:?}, found {:?}", words(good), words(reading)));
    }
    Ok(())
}

fn prices(reading: &BidReading) -> Vec<(String, Offer, Option<UnitPrice>)> {
    reading.prices.iter().map(|price| (price.line.to_string(), price.offer, price.unit_price)).collect()
}

fn words(reading: &BidReading) -> Vec<(String, String)> {
    let responses = reading
        .responses
        .iter()
        .map(|answer| (answer.requirement.clone(), format!("{} {}", answer.code.as_str(), answer.comment)));
    responses
        .chain(reading.answers.iter().map(|answer| (answer.question.clone(), answer.text.clone())))
        .collect()
}

/// The most memory that a child reading these bytes was resident in, in KiB: told by itself at its end, or by the kernel while it
/// was still alive.
fn resident(bytes: &[u8]) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .arg("read-and-tell")
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    std::thread::scope(|scope| {
        // A child that refuses early closes its input.
        scope.spawn(move || drop(stdin.write_all(bytes)));
        while child.try_wait().unwrap().is_none() {
            if let Some(now) = std::fs::read_to_string(&status).ok().as_deref().and_then(high_water) {
                most = most.max(now);
            }
            std::thread::sleep(Duration::from_micros(500));
        }
    });
    let mut told = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut told).unwrap();
    told.trim().parse().unwrap_or(0).max(most)
}

/// `VmHWM` of a process's status, in KiB.
pub fn high_water(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}
