//! What a bidder types on its page about a question: the answer as plain text, and what of it is confidential. It lies
//! sealed as files do, one row a question; whether a row holds a text or a mark does not show in the clear.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entity::draft_answer;
use importers::bid::BidReading;
use rules::pack::{Pack, PackCriterion};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::answers::{self, OwnAnswer};
use super::confidential::{self, Marks};
use super::{box_open, own_invitation};
use crate::bidding::File;
use crate::bidding::compartment::{Compartment, DraftFile};
use crate::bidding::tender;
use crate::kernel::ledger::Record;
use crate::kernel::{Faults, Reading, Refusal, Writing, access};

/// The most characters of a typed answer, whatever its word limit.
pub const MOST_CHARACTERS: usize = 300_000;

/// What a bidder enters about a question. It takes the place of everything that was entered about it before.
#[derive(Clone, Debug, Default)]
pub struct WordsInput {
    /// The answer; none, or blank, where it is not typed here.
    pub text: Option<String>,
    /// Why the answer is confidential; none where it is not.
    pub confidential_because: Option<String>,
    /// Why the document that answers the question is confidential; none where it is not.
    pub document_confidential_because: Option<String>,
}

/// What is typed about a question, as the row keeps it closed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::bidding) struct Words {
    /// The question's code: the row names it too, and must name the same.
    pub(in crate::bidding) question: String,
    /// The answer, paragraphs parted by line ends.
    pub(in crate::bidding) text: Option<String>,
    /// What is confidential.
    pub(in crate::bidding) marks: Marks,
}

/// The same with how it stands in the store.
#[derive(Clone, Debug)]
pub(in crate::bidding) struct KeptWords {
    pub(in crate::bidding) words: Words,
    pub(in crate::bidding) version: i64,
    pub(in crate::bidding) saved_at: DateTime<Utc>,
}

/// Keeps what a bidder types about a question, in place of what was there. `seen` is the version that was seen, 0 for none.
/// A text over the question's word limit is refused with the number of its words.
pub async fn save(w: &Writing, question: &str, seen: i64, input: WordsInput) -> Result<OwnAnswer, Refusal> {
    let invitation = own_invitation(w).await?;
    let tender = tender::of_id(w, invitation.procurement_id).await?;
    box_open(&tender)?;
    let words = check(asked(&tender.pack, question)?, &input)?;
    let before = draft_answer::Entity::find()
        .filter(draft_answer::Column::InvitationId.eq(invitation.id))
        .filter(draft_answer::Column::Question.eq(words.question.as_str()))
        .one(w.txn())
        .await?;
    if before.as_ref().map_or(0, |row| row.version) != seen {
        return Err(Refusal::stale());
    }
    let sealed = Compartment::of_invitation(w, &invitation).await?.close_words(&words)?;
    let id = if let Some(row) = before {
        // The row stays when nothing is left in it, so that no version comes twice.
        let changed = draft_answer::Entity::update_many()
            .col_expr(draft_answer::Column::Sealed, Expr::value(sealed))
            .col_expr(draft_answer::Column::SavedAt, Expr::value(w.now()))
            .col_expr(draft_answer::Column::Version, Expr::value(seen + 1))
            .filter(draft_answer::Column::Id.eq(row.id))
            .filter(draft_answer::Column::Version.eq(seen))
            .exec(w.txn())
            .await?;
        if changed.rows_affected == 0 {
            return Err(Refusal::stale());
        }
        row.id
    } else {
        let id = Uuid::now_v7();
        let row = draft_answer::ActiveModel {
            id: Set(id),
            invitation_id: Set(invitation.id),
            procurement_id: Set(invitation.procurement_id),
            question: Set(words.question.clone()),
            sealed: Set(sealed),
            saved_at: Set(w.now()),
            version: Set(1),
        };
        draft_answer::Entity::insert(row).exec_without_returning(w.txn()).await?;
        id
    };
    // Neither the words nor a hash of them: short ones could be guessed from it. The submission's manifest names them.
    let body = json!({ "question": words.question, "version": seen + 1 });
    w.record(Record::new(invitation.procurement_id, "bidding.draft.type_answer", id, body).sealed());
    answers::one(w, question).await
}

/// A question of the pack.
pub(super) fn asked<'p>(pack: &'p Pack, code: &str) -> Result<&'p PackCriterion, Refusal> {
    let mut questions = pack.lots.iter().flat_map(|lot| lot.questions());
    questions.find(|node| node.code == code.trim()).ok_or_else(|| Refusal::not_found("question"))
}

fn check(asked: &PackCriterion, input: &WordsInput) -> Result<Words, Refusal> {
    let mut faults = Faults::new();
    let text = input.text.as_deref().map(one_kind_of_line_end);
    let text = faults.optional("text", text.as_deref(), MOST_CHARACTERS);
    let limit = asked.question.as_ref().and_then(|question| question.word_limit);
    if let (Some(text), Some(limit)) = (&text, limit) {
        let words = importers::bid::word_count(text);
        if words > limit {
            let over = words - limit;
            faults.add(
                "text",
                "over_word_limit",
                format!("This has {words} words, and the limit is {limit}. Shorten it by {over}."),
            );
        }
    }
    let marks = confidential::check(&mut faults, asked, input);
    faults.done()?;
    Ok(Words { question: asked.code.clone(), text, marks })
}

/// Browsers part lines in their own way. The same text is the same bytes, through whichever face it comes.
fn one_kind_of_line_end(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// What a bidder has typed, by the question's code. Unauthorised.
pub(in crate::bidding) async fn of_invitation(
    r: &Reading,
    compartment: &Compartment,
    invitation: Uuid,
) -> Result<BTreeMap<String, KeptWords>, Refusal> {
    let rows = draft_answer::Entity::find()
        .filter(draft_answer::Column::InvitationId.eq(invitation))
        .all(r.txn())
        .await?;
    let kept = rows.into_iter().map(|row| {
        let words = compartment.open_words(&row)?;
        Ok((row.question, KeptWords { words, version: row.version, saved_at: row.saved_at }))
    });
    kept.collect()
}

/// The bid that a workbook makes with what was typed and with documents: of two texts the typed one counts, and a document
/// counts beside a text (`importers::bid::together` says so in findings).
pub(in crate::bidding) fn together(
    pack: &Pack,
    reading: BidReading,
    typed: &BTreeMap<String, KeptWords>,
    documents: &[DraftFile],
) -> BidReading {
    let texts: Vec<(&str, &str)> = typed
        .iter()
        .filter_map(|(question, kept)| Some((question.as_str(), kept.words.text.as_deref()?)))
        .collect();
    let documents: Vec<(&str, &str)> =
        documents.iter().filter_map(|row| Some((row.question.as_deref()?, row.name.as_str()))).collect();
    importers::bid::together(pack, reading, &texts, &documents)
}

/// A typed answer of the supplier's own, as a text file to keep.
pub async fn download(r: &Reading, question: &str) -> Result<File, Refusal> {
    let scope = access::supplier(r)?;
    let compartment = Compartment::of(r, scope.procurement_id, scope.invitation_id).await?;
    let mut typed = of_invitation(r, &compartment, scope.invitation_id).await?;
    let text = typed.remove(question.trim()).and_then(|kept| kept.words.text);
    let text = text.ok_or_else(|| Refusal::not_found("typed answer"))?;
    Ok(text_file(question.trim(), text))
}

/// A typed answer as a file.
pub(in crate::bidding) fn text_file(question: &str, text: String) -> File {
    let plain: String =
        question.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect();
    File {
        name: format!("{plain}.txt"),
        media_type: "text/plain; charset=utf-8".to_owned(),
        bytes: text.into_bytes(),
    }
}
