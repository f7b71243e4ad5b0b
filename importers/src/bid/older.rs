//! A workbook that was made for an older pack: line by line, what the newer pack changed, and the answers that still hold
//! (DOMAIN rule 5, SHEETS section 3).
//!
//! An answer holds where the newer pack asks the same thing. For a price that includes the volumes: a price for a hundred users
//! is not a price for ten. What changes only how an answer is marked is said, and the answer is taken.

use std::collections::BTreeMap;

use rules::pack::{Pack, PackCriterion, PackLine, PackRequirement};
use rules::words::Charge;
use serde::Serialize;

use super::{BidReading, RefusedWorkbook, read, read_rows, sum_up};
use crate::finding::{Finding, Severity};

/// What kind of line changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// A price schedule line.
    Price,
    /// A requirement.
    Requirement,
    /// A question.
    Question,
}

impl LineKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Price => "Price line",
            Self::Requirement => "Requirement",
            Self::Question => "Question",
        }
    }
}

/// What the newer pack did to a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The older pack does not have it.
    Added,
    /// The newer pack does not have it.
    Removed,
    /// It asks something else, so an older answer does not hold. What is different, in words.
    Asks(Vec<&'static str>),
    /// It asks the same, and answers are marked or shown differently. What is different, in words.
    Told(Vec<&'static str>),
}

/// A line that is not the same in both packs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LineChange {
    /// What kind of line.
    pub kind: LineKind,
    /// Its code.
    pub code: String,
    /// What became of it.
    pub change: Change,
}

/// Every line that differs, in the order of the newer pack, removed ones last. Lines are the same by their code.
#[must_use]
pub fn changes(old: &Pack, new: &Pack) -> Vec<LineChange> {
    let mut all = Vec::new();
    compare(LineKind::Price, &price_lines(old), &price_lines(new), &mut all, |before, after| {
        price_change(old, before, new, after)
    });
    let requirements = |pack| -> Vec<(&str, &PackRequirement)> { requirements(pack) };
    compare(LineKind::Requirement, &requirements(old), &requirements(new), &mut all, requirement_change);
    compare(LineKind::Question, &questions(old), &questions(new), &mut all, |before, after| {
        question_change(before, after)
    });
    all
}

/// A price line with its lot's code.
type PriceLine<'p> = (&'p str, &'p PackLine);

fn price_lines(pack: &Pack) -> Vec<(&str, PriceLine<'_>)> {
    let lines =
        pack.lots.iter().flat_map(|lot| lot.schedule.iter().map(move |line| (lot.code.as_str(), line)));
    lines.map(|(lot, line)| (line.code.as_str(), (lot, line))).collect()
}

fn requirements(pack: &Pack) -> Vec<(&str, &PackRequirement)> {
    pack.requirements.iter().map(|requirement| (requirement.code.as_str(), requirement)).collect()
}

fn questions(pack: &Pack) -> Vec<(&str, (&str, &PackCriterion))> {
    let all = pack
        .lots
        .iter()
        .flat_map(|lot| lot.questions().into_iter().map(move |node| (lot.code.as_str(), node)));
    all.map(|(lot, node)| (node.code.as_str(), (lot, node))).collect()
}

fn compare<T: Copy>(
    kind: LineKind,
    old: &[(&str, T)],
    new: &[(&str, T)],
    all: &mut Vec<LineChange>,
    change: impl Fn(T, T) -> Option<Change>,
) {
    let before: BTreeMap<&str, T> = old.iter().copied().collect();
    let after: BTreeMap<&str, T> = new.iter().copied().collect();
    let mut push = |code: &str, change| all.push(LineChange { kind, code: code.to_owned(), change });
    for (code, line) in new {
        match before.get(code) {
            None => push(code, Change::Added),
            Some(before) => {
                if let Some(change) = change(*before, *line) {
                    push(code, change);
                }
            }
        }
    }
    for (code, _) in old.iter().filter(|(code, _)| !after.contains_key(code)) {
        push(code, Change::Removed);
    }
}

/// The differences of both sorts: what is asked counts for more than what is told.
fn of(asks: Vec<&'static str>, told: Vec<&'static str>) -> Option<Change> {
    if !asks.is_empty() {
        return Some(Change::Asks(asks));
    }
    (!told.is_empty()).then_some(Change::Told(told))
}

fn differing(facts: &[(bool, &'static str)]) -> Vec<&'static str> {
    facts.iter().filter(|(differs, _)| *differs).map(|(_, name)| *name).collect()
}

fn price_change(
    old: &Pack,
    (lot, before): PriceLine<'_>,
    new: &Pack,
    (new_lot, after): PriceLine<'_>,
) -> Option<Change> {
    let years = |pack: &Pack, line: &PackLine| (line.charge == Charge::Recurring).then_some(pack.term_years);
    let rate = |line: &PackLine| line.rate_card.as_ref().map(|rate| (rate.role.clone(), rate.level));
    let basket = |line: &PackLine| line.rate_card.as_ref().map(|rate| rate.basket_e3);
    let volumes = |line: &PackLine| {
        let mut all: Vec<_> = line.volumes.iter().map(|v| (v.council.clone(), v.year, v.volume_e3)).collect();
        all.sort();
        all
    };
    of(
        differing(&[
            (lot != new_lot, "its lot"),
            (before.description != after.description, "the description"),
            (before.unit != after.unit, "the unit"),
            (before.charge != after.charge, "how it is charged"),
            (before.shared != after.shared, "whether it is shared"),
            (before.tiers != after.tiers, "the volume bands"),
            (rate(before) != rate(after), "the role or its level"),
            (basket(before) != basket(after), "the basket"),
            (volumes(before) != volumes(after), "the volumes"),
            (years(old, before) != years(new, after), "the length of the contract"),
        ]),
        differing(&[(before.obligation() != after.obligation(), "whether it is optional")]),
    )
}

fn requirement_change(before: &PackRequirement, after: &PackRequirement) -> Option<Change> {
    of(
        differing(&[(before.text != after.text, "the text")]),
        differing(&[
            (before.kind != after.kind, "the type"),
            (before.moscow != after.moscow, "the importance"),
            (before.accepted != after.accepted, "the accepted codes"),
        ]),
    )
}

fn question_change(
    (lot, before): (&str, &PackCriterion),
    (new_lot, after): (&str, &PackCriterion),
) -> Option<Change> {
    let asked = |node: &PackCriterion| node.question.as_ref().map(|question| question.text.clone());
    let limit = |node: &PackCriterion| node.question.as_ref().and_then(|question| question.word_limit);
    let marked = |node: &PackCriterion| {
        node.question.as_ref().map(|question| (question.scale.clone(), question.minimum_mark.clone()))
    };
    let document = |node: &PackCriterion| node.question.as_ref().is_some_and(|question| question.document);
    of(
        differing(&[
            (lot != new_lot, "its lot"),
            (before.title != after.title, "the title"),
            (asked(before) != asked(after), "the question"),
            (limit(before) != limit(after), "the word limit"),
        ]),
        differing(&[
            (before.weight != after.weight, "the weight"),
            (marked(before) != marked(after), "how it is marked"),
            (document(before) != document(after), "whether a document may answer"),
        ]),
    )
}

/// Reads a workbook that was made for `old` as a bid under `new`: answers to lines that ask the same are taken, and every
/// other line is named. The hashes are the published packs' SHA-256 in hex. A workbook that was made for neither is told so
/// as by [`read`].
pub fn read_older(
    new: &Pack,
    new_hash: &str,
    old: &Pack,
    old_hash: &str,
    workbook: &crate::raw::Workbook,
) -> Result<BidReading, RefusedWorkbook> {
    let (mut reading, mut findings) = read_rows(old, old_hash, workbook)?;
    if reading.stale {
        // Perhaps the newer pack's own workbook; if not, it says which it is.
        return read(new, new_hash, workbook);
    }
    let changes = changes(old, new);
    for change in &changes {
        let place = take_out(change, old, &mut reading);
        if let Some(finding) = finding(change, place.is_some()) {
            findings.push(match place {
                Some((sheet, cell)) => finding.at(&sheet, cell),
                None => finding,
            });
        }
    }
    let taken = reading.prices.len() + reading.responses.len() + reading.answers.len();
    findings.push(Finding::new(
        Severity::Warning,
        "older_pack",
        format!("The workbook was made for version {} of the tender pack", old.version),
        format!(
            "The present one is version {}. {taken} answers to lines that ask the same were taken, and the {} lines that changed are listed. Answer those in the new workbook.",
            new.version,
            changes.len()
        ),
    ));
    reading.stale = true;
    Ok(sum_up(new, reading, findings))
}

/// Removes the answer to a line that does not ask the same, and says where it stood; for others, where it stands. A line with
/// bands has several answers, and the first one's place is said.
fn take_out(change: &LineChange, old: &Pack, reading: &mut BidReading) -> Option<(String, String)> {
    let holds = matches!(change.change, Change::Told(_));
    match change.kind {
        LineKind::Price => {
            let line = old.lots.iter().flat_map(|lot| &lot.schedule).find(|line| line.code == change.code)?;
            let first = reading.prices.iter().find(|answer| line.has_row(&answer.line)).cloned();
            if !holds {
                reading.prices.retain(|answer| !line.has_row(&answer.line));
            }
            first.map(|answer| (answer.sheet.into(), answer.cell.into()))
        }
        LineKind::Requirement => {
            let at = reading.responses.iter().position(|answer| answer.requirement == change.code)?;
            let answer = if holds { reading.responses[at].clone() } else { reading.responses.remove(at) };
            Some((answer.sheet, answer.cell))
        }
        LineKind::Question => {
            let at = reading.answers.iter().position(|answer| answer.question == change.code)?;
            let answer = if holds { reading.answers[at].clone() } else { reading.answers.remove(at) };
            Some((answer.sheet, answer.cell))
        }
    }
}

fn finding(change: &LineChange, answered: bool) -> Option<Finding> {
    let name = format!("{} {}", change.kind.name(), change.code);
    Some(match &change.change {
        Change::Added => Finding::new(
            Severity::Warning,
            "line_added",
            format!("{name} is new"),
            "The workbook does not have it. Answer it in the new workbook.",
        ),
        Change::Removed if answered => Finding::new(
            Severity::Warning,
            "line_removed",
            format!("{name} is no longer part of the tender"),
            "Its answer was not taken. Nothing is needed.",
        ),
        Change::Removed => return None,
        Change::Asks(what) => Finding::new(
            Severity::Error,
            "line_changed",
            format!("{name} changed: {}", what.join(", ")),
            "An answer to the older line does not hold for it, so none was taken. Read the line as it is now and answer it in the new workbook.",
        ),
        Change::Told(what) => Finding::new(
            Severity::Warning,
            "line_told_anew",
            format!("{name} changed: {}", what.join(", ")),
            if answered {
                "It asks the same, so the answer was taken. Check whether you still mean it."
            } else {
                "Check it in the new workbook."
            },
        ),
    })
}
