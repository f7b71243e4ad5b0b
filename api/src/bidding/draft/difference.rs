//! What submitting now would change against the submission that stands: price by price, response by response, answer by
//! answer, document by document, each with what it was and what it would be, and where either stands.
//!
//! A value that only moved to another cell is no difference. A text that moved from the workbook to the page is one: the
//! submission's manifest names it then.

use std::collections::BTreeMap;

use importers::bid::{BidReading, PriceAnswer};
use rules::pack::Pack;
use rules::words::BidPart;

use super::readback::Place;
use super::{Confidential, Drafts, view};
use crate::bidding::compartment::{Compartment, DraftFile, SubmittedFile};
use crate::bidding::submission;
use crate::kernel::{Paging, Reading, Refusal, Slice};

/// What kind of thing differs, in the order in which they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A price line, or a volume band of one.
    Price,
    /// A response to a requirement.
    Response,
    /// The text that answers a question.
    Answer,
    /// The document that answers a question.
    Document,
    /// What is marked as confidential of an answer.
    Confidential,
    /// The workbook as a file: another file may hold the same answers.
    Workbook,
}

impl Kind {
    /// The word by which it is sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Price => "price",
            Self::Response => "response",
            Self::Answer => "answer",
            Self::Document => "document",
            Self::Confidential => "confidential",
            Self::Workbook => "workbook",
        }
    }

    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Price => "Price",
            Self::Response => "Response",
            Self::Answer => "Answer",
            Self::Document => "Document",
            Self::Confidential => "Confidential",
            Self::Workbook => "Workbook file",
        }
    }
}

/// A value with where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The value, as people read it.
    pub value: String,
    /// Where it stands; none for a file.
    pub place: Option<Place>,
}

/// One thing that differs. Without `old` it is added, without `new` removed, with both changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What kind of thing.
    pub kind: Kind,
    /// The code of the line, requirement or question; empty for the workbook.
    pub code: String,
    /// What that is about, as published.
    pub title: String,
    /// What the submission that stands says.
    pub old: Option<Told>,
    /// What a submission now would say.
    pub new: Option<Told>,
}

impl Difference {
    /// `added`, `removed` or `changed`.
    #[must_use]
    pub const fn change(&self) -> &'static str {
        match (&self.old, &self.new) {
            (None, _) => "added",
            (_, None) => "removed",
            _ => "changed",
        }
    }
}

/// What is compared of a bid.
struct Side<'a> {
    reading: &'a BidReading,
    confidential: &'a [Confidential],
    /// The workbook's name and SHA-256.
    workbook: (String, String),
    /// The question, name and SHA-256 of each document.
    documents: Vec<(String, String, String)>,
}

/// What submitting now would change, in the order of the pack; nothing where no submission stands or no workbook is there.
pub async fn list(r: &Reading, paging: &Paging) -> Result<Slice<Difference>, Refusal> {
    let drafts = view(r).await?;
    let after = paging.after_key::<usize>()?.unwrap_or(0);
    let rest: Vec<_> = of_drafts(r, &drafts).await?.into_iter().enumerate().skip(after).collect();
    let slice = paging.cut(rest, |(at, _)| (at + 1).to_string());
    Ok(slice.map(|(_, difference)| difference))
}

/// The same of drafts that were read. Unauthorised.
pub(in crate::bidding) async fn of_drafts(r: &Reading, drafts: &Drafts) -> Result<Vec<Difference>, Refusal> {
    let (Some(standing), Some((workbook, reading))) = (&drafts.standing, &drafts.workbook) else {
        return Ok(Vec::new());
    };
    let compartment = Compartment::of_submission(r, standing.id).await?;
    let content = compartment.open_submission(standing)?;
    let files = submission::files_of(r, &compartment, standing.id).await?;
    let before = content.bid()?;
    let old = Side {
        reading: &before,
        confidential: &content.confidential,
        workbook: submitted_workbook(&files),
        documents: files.iter().filter_map(submitted).collect(),
    };
    let new = Side {
        reading,
        confidential: &drafts.confidential,
        workbook: (workbook.name.clone(), workbook.sha256.clone()),
        documents: drafts.documents.iter().filter_map(drafted).collect(),
    };
    Ok(between(&drafts.tender.pack, &old, &new))
}

fn submitted_workbook(files: &[SubmittedFile]) -> (String, String) {
    let workbook = files.iter().find(|file| file.question.is_none());
    workbook.map(|file| (file.name.clone(), file.sha256.clone())).unwrap_or_default()
}

fn submitted(file: &SubmittedFile) -> Option<(String, String, String)> {
    Some((file.question.clone()?, file.name.clone(), file.sha256.clone()))
}

fn drafted(file: &DraftFile) -> Option<(String, String, String)> {
    Some((file.question.clone()?, file.name.clone(), file.sha256.clone()))
}

/// Things by their key: the code, and the number of the row where one code has several.
type Things = BTreeMap<(String, usize), Told>;

/// Finds the things of a kind.
type Finder = fn(&Side<'_>) -> Things;

fn between(pack: &Pack, old: &Side<'_>, new: &Side<'_>) -> Vec<Difference> {
    let kinds: [(Kind, Finder); 6] = [
        (Kind::Price, prices),
        (Kind::Response, responses),
        (Kind::Answer, answers),
        (Kind::Document, documents),
        (Kind::Confidential, confidential),
        (Kind::Workbook, workbook),
    ];
    let mut found = Vec::new();
    for (kind, things) in kinds {
        let titles = titles(pack, kind);
        let (mut before, after) = (things(old), things(new));
        let mut differs = |(code, row): (String, usize), old: Option<Told>, new: Option<Told>| {
            let (place, title) = titles.get(&code).cloned().unwrap_or((usize::MAX, String::new()));
            found.push(((kind, place, code.clone(), row), Difference { kind, code, title, old, new }));
        };
        for (key, now) in after {
            match before.remove(&key) {
                Some(was) if is_same(kind, &was, &now) => {}
                was => differs(key, was, Some(now)),
            }
        }
        for (key, was) in before {
            differs(key, Some(was), None);
        }
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    found.into_iter().map(|(_, difference)| difference).collect()
}

/// Cells do not matter, but whether an answer is the workbook's or the page's does.
fn is_same(kind: Kind, was: &Told, now: &Told) -> bool {
    let typed = |told: &Told| told.place == Some(Place::Page);
    was.value == now.value && (kind != Kind::Answer || typed(was) == typed(now))
}

/// Place and title of everything of a kind, by its code: those of different kinds may have the same code.
fn titles(pack: &Pack, kind: Kind) -> BTreeMap<String, (usize, String)> {
    let rows = pack.lots.iter().flat_map(|lot| &lot.schedule).flat_map(|line| line.rows(pack));
    let questions = pack.lots.iter().flat_map(|lot| lot.questions());
    let all: Vec<(String, String)> = match kind {
        Kind::Price => rows.map(|row| (row.code.to_string(), row.description().into_owned())).collect(),
        Kind::Response => {
            pack.requirements.iter().map(|asked| (asked.code.clone(), asked.text.clone())).collect()
        }
        Kind::Answer | Kind::Document | Kind::Confidential => {
            questions.map(|node| (node.code.clone(), node.title.clone())).collect()
        }
        Kind::Workbook => Vec::new(),
    };
    let places = all.into_iter().enumerate();
    places.map(|(place, (code, title))| (code, (place, title))).collect()
}

fn things(told: impl Iterator<Item = (String, String, Option<Place>)>) -> Things {
    let mut found = Things::new();
    for (code, value, place) in told {
        let row = found.range((code.clone(), 0)..=(code.clone(), usize::MAX)).count();
        found.insert((code, row), Told { value, place });
    }
    found
}

fn prices(side: &Side<'_>) -> Things {
    let price = |price: &PriceAnswer| match price.unit_price {
        Some(unit) => unit.pounds(),
        None => price.offer.label().to_owned(),
    };
    let rows = side.reading.prices.iter();
    things(rows.map(|row| (row.line.to_string(), price(row), Some(Place::cell(&row.sheet, &row.cell)))))
}

fn responses(side: &Side<'_>) -> Things {
    things(side.reading.responses.iter().map(|row| {
        let comment = if row.comment.is_empty() { String::new() } else { format!(". {}", row.comment) };
        let value = format!("{}: {}{comment}", row.code, row.code.label());
        (row.requirement.clone(), value, Some(Place::cell(&row.sheet, &row.cell)))
    }))
}

fn answers(side: &Side<'_>) -> Things {
    things(side.reading.answers.iter().map(|row| {
        let place = if row.typed { Place::Page } else { Place::cell(&row.sheet, &row.cell) };
        (row.question.clone(), row.text.clone(), Some(place))
    }))
}

fn file(name: &str, sha256: &str) -> String {
    format!("{name}, SHA-256 {sha256}")
}

fn documents(side: &Side<'_>) -> Things {
    things(side.documents.iter().map(|(question, name, sha256)| (question.clone(), file(name, sha256), None)))
}

fn workbook(side: &Side<'_>) -> Things {
    let (name, sha256) = &side.workbook;
    things(std::iter::once((String::new(), file(name, sha256), None)))
}

fn confidential(side: &Side<'_>) -> Things {
    let mark = |mark: &Confidential| {
        // The two parts of one question are told apart by their words and keep their order: the answer, then the document.
        let row = usize::from(mark.part == BidPart::Document);
        let value = format!("{}, because: {}", mark.part.label(), mark.because);
        ((mark.question.clone(), row), Told { value, place: Some(Place::Page) })
    };
    side.confidential.iter().map(mark).collect()
}
