//! Published questions and answers, as every page shows them.

use uuid::Uuid;

use crate::bidding::clarification::view;
use crate::bidding::clarification::{Clarification, PublishedAnswer};
use crate::kernel::clock::london_text;
use crate::kernel::paging::MAX_LIMIT;
use crate::kernel::{Paging, Reading, Refusal};

/// A question with the answer that holds.
pub(super) struct PublishedRow {
    pub(super) number: i32,
    pub(super) answer: AnswerRow,
    pub(super) earlier: Vec<AnswerRow>,
}

/// An answer and when it was published.
pub(super) struct AnswerRow {
    pub(super) question: String,
    pub(super) answer: String,
    pub(super) at: String,
}

impl From<&PublishedAnswer> for AnswerRow {
    fn from(answer: &PublishedAnswer) -> Self {
        Self {
            question: answer.question.clone(),
            answer: answer.answer.clone(),
            at: london_text(answer.answered_at),
        }
    }
}

impl PublishedRow {
    /// None for a question that is not published.
    pub(super) fn of(row: &Clarification) -> Option<Self> {
        Some(Self {
            number: row.number?,
            answer: row.current()?.into(),
            earlier: row.earlier().iter().rev().map(AnswerRow::from).collect(),
        })
    }
}

/// All that are published, by number. A page shows them whole: a bidder must not miss one behind a link.
pub(super) async fn rows(r: &Reading, procurement_id: Uuid) -> Result<Vec<PublishedRow>, Refusal> {
    let mut rows = Vec::new();
    let mut after = None;
    loop {
        let slice = view::published_in(r, procurement_id, &Paging { after, limit: MAX_LIMIT }).await?;
        rows.extend(slice.items.iter().filter_map(PublishedRow::of));
        after = slice.next;
        if after.is_none() {
            return Ok(rows);
        }
    }
}
