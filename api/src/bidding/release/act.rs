//! Releasing answers to the panel, with what tells a price taken out.

use entity::answer_release;
use rules::stage::Stage;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::view::{self, Part, must_read_first};
use super::{RESPONSES, Release};
use crate::kernel::access::{self, Scope};
use crate::kernel::ledger::{Record, text_hash};
use crate::kernel::{Action, Faults, Refusal, Writing};
use crate::tendering::interest::standing;
use crate::tendering::pack;

/// The longest reason, in characters.
const MOST_REASON: usize = 2_000;

/// The most passages that are taken out of one part, and the most characters of one.
const MOST_PASSAGES: usize = 200;

/// What is entered to release a part.
#[derive(Clone, Debug, Default)]
pub struct ReleaseInput {
    /// The passages that tell a price, each as it is written.
    pub removed: Vec<String>,
    /// The documents that stay back until the quality is locked.
    pub withheld: Vec<Uuid>,
    /// Why, where anything is taken out or stays back.
    pub reason: String,
}

/// Releases a part of a bid to the panel, or releases it anew where a price was overlooked. Only a person who reads answers
/// before the panel, free of interests, while the procurement is scored and the lot's quality is not locked. `seen` is the revision
/// that was seen, 0 for none.
pub async fn release(
    w: &Writing,
    procurement_id: Uuid,
    bid_id: Uuid,
    part: &str,
    seen: i64,
    input: ReleaseInput,
) -> Result<Release, Refusal> {
    enter(w, procurement_id).await?;
    let found = view::one(w, procurement_id, bid_id, part).await?;
    let revision = found.standing.release.as_ref().map_or(0, |release| release.row.revision);
    if i64::from(revision) != seen {
        return Err(Refusal::stale());
    }
    must_not_be_locked(&found)?;
    let input = checked(&found, input)?;
    add(w, procurement_id, &found, &input).await
}

/// Releases every part that waits, has no documents, and holds nothing that looks like a price. Gives how many there were. A
/// person has read them: nothing is released by itself.
pub async fn release_plain(w: &Writing, procurement_id: Uuid) -> Result<usize, Refusal> {
    enter(w, procurement_id).await?;
    let (_, pack) = pack::current(w, procurement_id).await?;
    let mut released = 0;
    for part in view::parts(w, procurement_id, &pack, true).await? {
        if part.standing.is_plain() {
            add(w, procurement_id, &part, &ReleaseInput::default()).await?;
            released += 1;
        }
    }
    Ok(released)
}

async fn enter(w: &Writing, procurement_id: Uuid) -> Result<Scope, Refusal> {
    let scope = access::procurement_locked(w, procurement_id, Action::Bid).await?;
    must_read_first(&scope)?;
    standing::must_be_free(w, &scope).await?;
    scope.must_stand_at(&[Stage::Scoring])?;
    Ok(scope)
}

fn must_not_be_locked(part: &Part) -> Result<(), Refusal> {
    if !part.standing.locked {
        return Ok(());
    }
    Err(Refusal::conflict(
        "quality_locked",
        "The quality is locked, so that the bid shows whole: there is nothing left to release.",
    ))
}

/// Every passage stands in the part, every document is one of it, and what is kept back has a reason.
fn checked(part: &Part, input: ReleaseInput) -> Result<ReleaseInput, Refusal> {
    let mut faults = Faults::new();
    let mut removed: Vec<String> = Vec::new();
    if input.removed.len() > MOST_PASSAGES {
        let message = format!(
            "At most {MOST_PASSAGES} passages are taken out of one answer: hold it back as a document, or join them."
        );
        faults.add("removed", "too_many", message);
    }
    for (index, passage) in input.removed.iter().enumerate() {
        let passage = passage.trim();
        let stands = part.texts.iter().any(|(_, text)| text.contains(passage));
        if passage.is_empty() || removed.iter().any(|other| other == passage) {
            continue;
        }
        let message = format!("“{passage}” does not stand in the answer: copy the passage as it is written.");
        faults.require(stands, &format!("removed/{index}"), "not_in_answer", &message);
        removed.push(passage.to_owned());
    }
    let mut withheld = input.withheld;
    withheld.sort_unstable();
    withheld.dedup();
    let known = withheld.iter().all(|id| part.files.iter().any(|file| file.id == *id));
    faults.require(known, "withheld", "unknown_document", "Choose documents of this answer.");
    let reason = if removed.is_empty() && withheld.is_empty() {
        faults.optional("reason", Some(&input.reason), MOST_REASON).unwrap_or_default()
    } else {
        faults.text("reason", &input.reason, MOST_REASON)
    };
    faults.done()?;
    Ok(ReleaseInput { removed, withheld, reason })
}

async fn add(
    w: &Writing,
    procurement_id: Uuid,
    part: &Part,
    input: &ReleaseInput,
) -> Result<Release, Refusal> {
    let standing = &part.standing;
    let revision = standing.release.as_ref().map_or(0, |release| release.row.revision);
    answer_release::Entity::update_many()
        .col_expr(answer_release::Column::Current, Expr::value(false))
        .filter(answer_release::Column::BidId.eq(standing.bid_id))
        .filter(answer_release::Column::Part.eq(&standing.part))
        .exec(w.txn())
        .await?;
    let row = answer_release::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(procurement_id),
        bid_id: Set(standing.bid_id),
        part: Set(standing.part.clone()),
        revision: Set(revision + 1),
        current: Set(true),
        removed: Set(serde_json::to_string(&input.removed)?),
        withheld: Set(serde_json::to_string(&input.withheld)?),
        reason: Set(input.reason.clone()),
        released_by: Set(w.caller().person()?.id),
        released_at: Set(w.now()),
    };
    let row = answer_release::Entity::insert(row).exec_with_returning(w.txn()).await?;
    // Counts only: the ledger is read by those who mark.
    let mut body = json!({
        "bid": standing.bid_id,
        "revision": row.revision,
        "passages_removed": input.removed.len(),
        "documents_withheld": input.withheld.len(),
    });
    let what = if standing.part == RESPONSES { "part" } else { "question" };
    body[what] = json!(standing.part);
    if !input.reason.is_empty() {
        body["because"] = json!(text_hash(row.id, &input.reason));
    }
    w.record(Record::new(procurement_id, "bidding.answer.release", row.id, body));
    Release::of(row)
}
