//! Who sees what of a question to one bidder: everybody who may read bids the question and a reply that clarifies, whoever
//! handles questions every reply that may be read, the bidder its own.

use chrono::{DateTime, Utc};
use entity::{Word, addressed_question, addressed_reply, bid};
use rules::addressed::{AddressedState, Subject};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{none, passed, reads_replies, replies_to};
use crate::bidding::compartment::Compartment;
use crate::bidding::{File, OCTETS, bid as bids};
use crate::kernel::access::Scope;
use crate::kernel::{Paging, Reading, Refusal, Slice};
use crate::people::person;

/// A document that came with a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyDocument {
    /// Its name.
    pub name: String,
    /// SHA-256 of its bytes as they came, in hex.
    pub sha256: String,
    /// Its size in bytes.
    pub size: i64,
}

/// A reply that may be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The bidder's words.
    pub text: String,
    /// The document that came with them.
    pub document: Option<ReplyDocument>,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// How many replies it replaces.
    pub replaces: i32,
}

impl Reply {
    fn opened(compartment: &Compartment, row: &addressed_reply::Model) -> Result<Self, Refusal> {
        let content = compartment.open_reply(row)?;
        let size = row.size.unwrap_or_default();
        Ok(Self {
            text: content.text,
            document: content.document.map(|(name, sha256)| ReplyDocument { name, sha256, size }),
            received_at: row.received_at,
            replaces: row.number - 1,
        })
    }
}

/// A question to one bidder, as far as the caller may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addressed {
    /// The question.
    pub row: addressed_question::Model,
    /// Whose bid it is about.
    pub supplier: String,
    /// Who asked; empty for the bidder, which is told by the councils.
    pub asked_by: String,
    /// Who decided on the reply; empty for the bidder, and until somebody did.
    pub decided_by: String,
    /// Whether the bidder can no longer reply.
    pub passed: bool,
    /// The reply, where the caller may read it.
    pub reply: Option<Reply>,
    /// Whether the caller decides on the reply, or records that none came, now.
    pub may_decide: bool,
}

/// What may show at all: nothing of a price whose lot's quality is not locked, not even that something was asked (DOMAIN
/// rule 1).
async fn shown(r: &Reading, procurement_id: Uuid) -> Result<Condition, Refusal> {
    use addressed_question::Column;
    let open = Condition::any()
        .add(Column::Subject.ne(Word(Subject::PriceLine)))
        .add(Column::LotId.is_in(bids::locked(r, procurement_id).await?));
    Ok(Condition::all().add(Column::ProcurementId.eq(procurement_id)).add(open))
}

/// The questions to bidders, oldest first; those about one bid, where one is named. For everybody who may read bids.
pub async fn list(
    r: &Reading,
    procurement_id: Uuid,
    bid_id: Option<Uuid>,
    paging: &Paging,
) -> Result<Slice<Addressed>, Refusal> {
    use addressed_question::Column;
    let scope = bids::content(r, procurement_id).await?;
    let mut query = addressed_question::Entity::find().filter(shown(r, scope.id()).await?);
    if let Some(bid_id) = bid_id {
        query = query.filter(Column::BidId.eq(bid_id));
    }
    if let Some(after) = paging.after_key::<i32>()? {
        query = query.filter(Column::Number.gt(after));
    }
    let rows = query.order_by_asc(Column::Number).limit(paging.limit + 1).all(r.txn()).await?;
    let slice = paging.cut(rows, |row| row.number.to_string());
    Ok(Slice { items: told(r, &scope, slice.items).await?, next: slice.next })
}

/// One question to a bidder.
pub async fn one(r: &Reading, procurement_id: Uuid, id: Uuid) -> Result<Addressed, Refusal> {
    let scope = bids::content(r, procurement_id).await?;
    let row = visible(r, scope.id(), id).await?;
    told(r, &scope, vec![row]).await?.pop().ok_or_else(none)
}

/// A question that may show. Unauthorised.
pub(super) async fn visible(
    r: &Reading,
    procurement_id: Uuid,
    id: Uuid,
) -> Result<addressed_question::Model, Refusal> {
    addressed_question::Entity::find_by_id(id)
        .filter(shown(r, procurement_id).await?)
        .one(r.txn())
        .await?
        .ok_or_else(none)
}

/// Whether the caller may read the reply to a question, if there is one.
fn may_read(scope: &Scope, row: &addressed_question::Model, now: DateTime<Utc>) -> bool {
    row.state.0 == AddressedState::Clarifies
        || reads_replies(scope) && row.state.0.is_readable(passed(row, now))
}

async fn told(
    r: &Reading,
    scope: &Scope,
    rows: Vec<addressed_question::Model>,
) -> Result<Vec<Addressed>, Refusal> {
    let people =
        person::names(r, rows.iter().flat_map(|row| row.decided_by.into_iter().chain([row.asked_by])))
            .await?;
    let name = |id: Option<Uuid>| id.and_then(|id| people.get(&id).cloned()).unwrap_or_default();
    let bids = bids::all(r, scope.id()).await?;
    let mut told = Vec::with_capacity(rows.len());
    for row in rows {
        let opened = bids.iter().find(|opened| opened.bid.id == row.bid_id);
        let opened = opened.ok_or_else(|| Refusal::internal(&"a question lost its bid"))?;
        let passed = passed(&row, r.now());
        told.push(Addressed {
            supplier: opened.supplier.name.clone(),
            asked_by: name(Some(row.asked_by)),
            decided_by: name(row.decided_by),
            reply: if may_read(scope, &row, r.now()) { last(r, &opened.bid, &row).await? } else { None },
            may_decide: reads_replies(scope) && row.state.0.waits_for_councils(passed),
            passed,
            row,
        });
    }
    Ok(told)
}

/// The reply that holds. Unauthorised.
async fn last(
    r: &Reading,
    bid: &bid::Model,
    question: &addressed_question::Model,
) -> Result<Option<Reply>, Refusal> {
    let Some(row) = replies_to(r, question.id).await?.pop() else { return Ok(None) };
    let compartment = Compartment::of_submission(r, bid.submission_id).await?;
    Reply::opened(&compartment, &row).map(Some)
}

/// The document of a reply that the caller may read.
pub async fn document(r: &Reading, procurement_id: Uuid, id: Uuid) -> Result<File, Refusal> {
    let missing = || Refusal::not_found("document");
    let scope = bids::content(r, procurement_id).await?;
    let row = visible(r, scope.id(), id).await?;
    if !may_read(&scope, &row, r.now()) {
        return Err(missing());
    }
    let opened = bids::found(r, scope.id(), row.bid_id).await?;
    let reply = replies_to(r, id).await?.pop().ok_or_else(missing)?;
    let compartment = Compartment::of_submission(r, opened.bid.submission_id).await?;
    let (name, bytes) = compartment.reply_document(r, &reply).await?.ok_or_else(missing)?;
    Ok(File { name, media_type: OCTETS.to_owned(), bytes })
}

/// A question about an answer, with a reply that only clarifies: what the panel reads beside the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clarifying {
    /// The question.
    pub question: addressed_question::Model,
    /// The reply.
    pub reply: Reply,
}

/// The replies that clarify a bid's answer to a question, oldest first. Unauthorised.
pub(crate) async fn clarifying(
    r: &Reading,
    bid: &bid::Model,
    question: &str,
) -> Result<Vec<Clarifying>, Refusal> {
    use addressed_question::Column;
    let rows = addressed_question::Entity::find()
        .filter(Column::BidId.eq(bid.id))
        .filter(Column::Subject.eq(Word(Subject::Question)))
        .filter(Column::Code.eq(question))
        .filter(Column::State.eq(Word(AddressedState::Clarifies)))
        .order_by_asc(Column::Number)
        .all(r.txn())
        .await?;
    let mut found = Vec::with_capacity(rows.len());
    for question in rows {
        if let Some(reply) = last(r, bid, &question).await? {
            found.push(Clarifying { question, reply });
        }
    }
    Ok(found)
}

/// How many questions wait for somebody to read the reply, or to record that none came. Unauthorised.
pub(crate) async fn waiting(r: &Reading, procurement_id: Uuid) -> Result<u64, Refusal> {
    use addressed_question::Column;
    let late =
        Condition::all().add(Column::State.eq(Word(AddressedState::Open))).add(Column::ReplyBy.lte(r.now()));
    let due = Condition::any().add(Column::State.eq(Word(AddressedState::Final))).add(late);
    Ok(addressed_question::Entity::find()
        .filter(shown(r, procurement_id).await?)
        .filter(due)
        .count(r.txn())
        .await?)
}

/// Questions with their replies as the bidder sees them. The caller has found out that they are its own.
pub(super) async fn told_to_bidder(
    r: &Reading,
    (supplier, bid): (&str, &bid::Model),
    rows: Vec<addressed_question::Model>,
) -> Result<Vec<Addressed>, Refusal> {
    let mut told = Vec::with_capacity(rows.len());
    for row in rows {
        told.push(Addressed {
            supplier: supplier.to_owned(),
            asked_by: String::new(),
            decided_by: String::new(),
            passed: passed(&row, r.now()),
            reply: last(r, bid, &row).await?,
            may_decide: false,
            row,
        });
    }
    Ok(told)
}
