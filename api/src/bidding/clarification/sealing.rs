//! What of a question lies sealed: who asked, what was asked, and an answer to the asker alone.
//!
//! The asker is closed apart from the words, so that the rows of one bidder are found without opening every text. Rows are
//! found by opening: a column to search by, even a hashed one, would show which questions have one asker.

use entity::{clarification, clarification_answer};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::kernel::seal::{self, Content, Seal};
use crate::kernel::{Reading, Refusal};

/// A question as its bidder asked it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The question.
    pub text: String,
    /// Why it is confidential, where the bidder says that it is.
    pub confidential_because: Option<String>,
}

/// An answer to the asker alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivateAnswer {
    /// Its key.
    pub id: Uuid,
    /// The answer.
    pub text: String,
    /// When it was given.
    pub answered_at: chrono::DateTime<chrono::Utc>,
    /// The earlier answer that it corrects.
    pub corrects: Option<Uuid>,
}

/// Opens and closes what belongs to the questions of one procurement.
pub(super) struct Sealing(Seal);

impl Sealing {
    /// Unauthorised.
    pub(super) async fn of(r: &Reading, procurement: Uuid) -> Result<Self, Refusal> {
        Ok(Self(seal::of(r, procurement).await?))
    }

    pub(super) fn close_asker(&self, clarification: Uuid, invitation: Uuid) -> Result<Vec<u8>, Refusal> {
        self.0.close(Content::Asker { clarification }, invitation.as_bytes())
    }

    /// The invitation of whoever asked.
    pub(super) fn asker(&self, row: &clarification::Model) -> Result<Uuid, Refusal> {
        let bytes = self.0.open(Content::Asker { clarification: row.id }, &row.asker)?;
        Uuid::from_slice(&bytes).map_err(|error| Refusal::internal(&error))
    }

    pub(super) fn close_question(
        &self,
        clarification: Uuid,
        question: &Question,
    ) -> Result<Vec<u8>, Refusal> {
        self.close(Content::Question { clarification }, question)
    }

    pub(super) fn question(&self, row: &clarification::Model) -> Result<Question, Refusal> {
        self.open(Content::Question { clarification: row.id }, &row.sealed)
    }

    pub(super) fn close_answer(&self, clarification: Uuid, text: &str) -> Result<Vec<u8>, Refusal> {
        self.close(Content::PrivateAnswer { clarification }, &text)
    }

    /// A private answer; none where it is published.
    pub(super) fn private_answer(
        &self,
        row: &clarification_answer::Model,
    ) -> Result<Option<PrivateAnswer>, Refusal> {
        let Some(sealed) = &row.sealed else { return Ok(None) };
        let content = Content::PrivateAnswer { clarification: row.clarification_id };
        Ok(Some(PrivateAnswer {
            id: row.id,
            text: self.open(content, sealed)?,
            answered_at: row.answered_at,
            corrects: row.corrects,
        }))
    }

    fn close(&self, content: Content, value: &impl Serialize) -> Result<Vec<u8>, Refusal> {
        self.0.close(content, &serde_json::to_vec(value)?)
    }

    fn open<T: DeserializeOwned>(&self, content: Content, sealed: &[u8]) -> Result<T, Refusal> {
        Ok(serde_json::from_slice(&self.0.open(content, sealed)?)?)
    }
}
