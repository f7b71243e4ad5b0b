//! Question by question, everything that a bidder has for an answer: in the workbook, typed on its page, as a document, and
//! which of them counts.

use chrono::{DateTime, Utc};
use importers::bid::TextAnswer;
use rules::pack::{PackCriterion, PackLot};

use super::{Drafts, view};
use crate::bidding::compartment::DraftFile;
use crate::kernel::{Paging, Reading, Refusal, Slice};

/// A question with what the bidder has for its answer.
#[derive(Clone, Debug)]
pub struct OwnAnswer {
    /// The lot's code.
    pub lot: String,
    /// The question's code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// What is asked.
    pub asked: String,
    /// The longest answer, in words, if it is limited.
    pub word_limit: Option<u32>,
    /// Whether a document may answer it.
    pub takes_document: bool,
    /// The text that is typed on the page.
    pub typed: Option<String>,
    /// How many words that has.
    pub words: u32,
    /// The answer in the workbook, with its sheet and cell.
    pub in_workbook: Option<TextAnswer>,
    /// The document that answers it.
    pub document: Option<DraftFile>,
    /// Why the answer is confidential, where it is marked.
    pub confidential_because: Option<String>,
    /// Why the document is confidential, where it is marked.
    pub document_confidential_because: Option<String>,
    /// When something was last typed about it.
    pub saved_at: Option<DateTime<Utc>>,
    /// Goes up with each change of what is typed; 0 where nothing ever was.
    pub version: i64,
}

impl OwnAnswer {
    fn new(drafts: &Drafts, lot: &PackLot, node: &PackCriterion) -> Self {
        let kept = drafts.typed.get(&node.code);
        let words = kept.map(|kept| kept.words.clone()).unwrap_or_default();
        let asked = node.question.as_ref();
        let document = drafts.documents.iter().find(|row| row.question.as_ref() == Some(&node.code));
        Self {
            lot: lot.code.clone(),
            code: node.code.clone(),
            title: node.title.clone(),
            asked: asked.map(|asked| asked.text.clone()).unwrap_or_default(),
            word_limit: asked.and_then(|asked| asked.word_limit),
            takes_document: asked.is_some_and(|asked| asked.document),
            words: words.text.as_deref().map_or(0, importers::bid::word_count),
            typed: words.text,
            in_workbook: drafts.in_workbook.iter().find(|answer| answer.question == node.code).cloned(),
            document: document.cloned(),
            confidential_because: words.marks.answer,
            document_confidential_because: words.marks.document,
            saved_at: kept.map(|kept| kept.saved_at),
            version: kept.map_or(0, |kept| kept.version),
        }
    }

    /// Whether there is any answer.
    #[must_use]
    pub fn is_answered(&self) -> bool {
        self.typed.is_some() || self.in_workbook.is_some() || self.document.is_some()
    }

    /// Which of them counts, in a sentence or two.
    #[must_use]
    pub fn counts(&self) -> String {
        let beside = match &self.document {
            Some(document) => format!(" The document {} counts beside it.", document.name),
            None => String::new(),
        };
        match (&self.typed, &self.in_workbook, &self.document) {
            (Some(_), Some(cell), _) => format!(
                "The text typed here counts. The one in the workbook, {}!{}, does not.{beside}",
                cell.sheet, cell.cell
            ),
            (Some(_), None, _) => format!("The text typed here counts.{beside}"),
            (None, Some(cell), _) => {
                format!("The text in the workbook, {}!{}, counts.{beside}", cell.sheet, cell.cell)
            }
            (None, None, Some(document)) => format!("The document {} is the answer.", document.name),
            (None, None, None) => "Not answered.".to_owned(),
        }
    }
}

/// Every question of the tender, in the order of the pack, with what the supplier has for its answer.
pub async fn list(r: &Reading, paging: &Paging) -> Result<Slice<OwnAnswer>, Refusal> {
    paging.cut_whole(all(&view(r).await?), |answer| answer.code.clone())
}

/// One question with what the supplier has for its answer.
pub async fn one(r: &Reading, code: &str) -> Result<OwnAnswer, Refusal> {
    let answers = all(&view(r).await?);
    answers
        .into_iter()
        .find(|answer| answer.code == code.trim())
        .ok_or_else(|| Refusal::not_found("question"))
}

/// The same of drafts that were read.
#[must_use]
pub fn all(drafts: &Drafts) -> Vec<OwnAnswer> {
    let lots = &drafts.tender.pack.lots;
    lots.iter()
        .flat_map(|lot| lot.questions().into_iter().map(move |node| OwnAnswer::new(drafts, lot, node)))
        .collect()
}
