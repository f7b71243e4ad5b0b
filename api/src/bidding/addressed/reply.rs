//! The bidder's side: it reads what it alone is asked, and replies until the deadline.

use entity::{Word, addressed_question, addressed_reply, bid};
use rules::addressed::AddressedState;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use super::view::{self, Addressed};
use super::{MOST_CHARACTERS, MOST_REPLIES, none, passed, replies_to};
use crate::bidding::compartment::{Compartment, ReplyContent};
use crate::bidding::draft::{self, own_invitation};
use crate::bidding::{File, OCTETS, bid as bids, invitation as invitations};
use crate::kernel::access::SupplierScope;
use crate::kernel::clock::london_text;
use crate::kernel::ledger::Record;
use crate::kernel::secrets::sha256_hex;
use crate::kernel::{Caller, Db, Faults, Paging, Reading, Refusal, Slice, Writing, access};

/// What a bidder replies. What is left out stays as in the reply before.
#[derive(Clone, Debug, Default)]
pub struct ReplyInput {
    /// The words.
    pub text: Option<String>,
    /// A document, in place of the one before.
    pub document: Option<NewDocument>,
    /// Takes the document of the reply before away.
    pub without_document: bool,
    /// That this reply is final: it may be read before the deadline, and is not replaced any more.
    pub is_final: bool,
}

/// A document that is hashed and closed, and not kept yet.
#[derive(Clone, Debug)]
pub struct NewDocument(draft::File);

/// Hashes and closes a document for a reply, outside of any transaction that writes.
pub async fn read_document(
    db: &Db,
    caller: &Caller,
    id: Uuid,
    name: &str,
    bytes: Vec<u8>,
) -> Result<NewDocument, Refusal> {
    let compartment = db
        .read(caller, move |r| async move {
            let scope = access::supplier(&r)?;
            own_row(&r, scope, id).await?;
            Compartment::of(&r, scope.procurement_id, scope.invitation_id).await
        })
        .await?;
    let name = draft::clean_name(name)?;
    Ok(NewDocument(draft::document(compartment, name, bytes).await?))
}

/// Replies to a question, or replaces the reply, before the deadline by the database's clock. Nobody at the councils reads it
/// before the deadline, unless the bidder declares it final. `seen` is the question's version.
pub async fn reply(w: &Writing, id: Uuid, seen: i64, input: ReplyInput) -> Result<Addressed, Refusal> {
    let scope = access::supplier(w)?;
    // One reply of a bidder at a time, so that their numbers hold.
    let invitation = own_invitation(w).await?;
    let (bid, row) = own_row(w, scope, id).await?;
    if row.version != seen {
        return Err(Refusal::stale());
    }
    let now = w.clock().await?;
    let state =
        row.state.0.reply(passed(&row, now), input.is_final).map_err(|fault| closed(&row, fault.from))?;
    let compartment = Compartment::of_invitation(w, &invitation).await?;
    let last = replies_to(w, id).await?.pop();
    let before = last.as_ref().map(|row| compartment.open_reply(row)).transpose()?;
    let changes = input.text.is_some() || input.document.is_some() || input.without_document;
    let text = match (&input.text, &before) {
        (None, Some(before)) => before.text.clone(),
        (text, _) => {
            let mut faults = Faults::new();
            let text = faults.text("text", text.as_deref().unwrap_or_default(), MOST_CHARACTERS);
            faults.done()?;
            text
        }
    };
    let mut body = json!({ "state": state.as_str() });
    if changes || last.is_none() {
        let kept = Kept::of(last.as_ref(), before, &input);
        let number = 1 + last.map(|row| row.number).unwrap_or_default();
        if number > MOST_REPLIES {
            return Err(Refusal::conflict(
                "too_many_replies",
                format!(
                    "A reply can be replaced {} times, and you have done so. The last one stands.",
                    MOST_REPLIES - 1
                ),
            ));
        }
        let content = ReplyContent { text, document: kept.named };
        let sealed = compartment.close_reply(id, &content)?;
        body["number"] = number.into();
        // The hash of what lies sealed: one of the words themselves could be guessed while nobody may read them.
        body["sealed"] = sha256_hex(&sealed).into();
        let reply = addressed_reply::ActiveModel {
            id: Set(Uuid::now_v7()),
            question_id: Set(id),
            number: Set(number),
            sealed: Set(sealed),
            stored: Set(kept.stored),
            size: Set(kept.size),
            received_at: Set(now),
        };
        addressed_reply::Entity::insert(reply).exec_without_returning(w.txn()).await?;
        if let Some(NewDocument(file)) = input.document {
            file.closed.keep(w).await?;
        }
    }
    let changed = addressed_question::Entity::update_many()
        .col_expr(addressed_question::Column::State, Expr::value(Word(state)))
        .col_expr(addressed_question::Column::Version, Expr::value(seen + 1))
        .filter(addressed_question::Column::Id.eq(id))
        .filter(addressed_question::Column::State.eq(Word(AddressedState::Open)))
        .filter(addressed_question::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if changed.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    w.record(Record::new(bid.procurement_id, "bidding.addressed_question.reply", id, body));
    own_one(w, id).await
}

/// The document of a reply as it will stand.
#[derive(Default)]
struct Kept {
    named: Option<(String, String)>,
    stored: Option<String>,
    size: Option<i64>,
}

impl Kept {
    fn of(last: Option<&addressed_reply::Model>, before: Option<ReplyContent>, input: &ReplyInput) -> Self {
        if let Some(NewDocument(file)) = &input.document {
            return Self {
                named: Some((file.name.clone(), file.sha256.clone())),
                stored: Some(file.closed.stored.clone()),
                size: Some(file.size),
            };
        }
        match (last, before) {
            (Some(row), Some(content)) if !input.without_document => {
                Self { named: content.document, stored: row.stored.clone(), size: row.size }
            }
            _ => Self::default(),
        }
    }
}

fn closed(row: &addressed_question::Model, state: AddressedState) -> Refusal {
    match state {
        AddressedState::Open => Refusal::conflict(
            "deadline_passed",
            format!(
                "You could reply before {} (London time). From then on no reply is taken.",
                london_text(row.reply_by)
            ),
        ),
        AddressedState::Final => Refusal::conflict(
            "reply_final",
            "You have declared your reply final: the councils read it, and it is not replaced any more.",
        ),
        _ => Refusal::conflict("wrong_state", "This question is closed. No reply is taken any more."),
    }
}

/// What the bidder alone is asked, oldest first.
pub async fn own(r: &Reading, paging: &Paging) -> Result<Slice<Addressed>, Refusal> {
    use addressed_question::Column;
    let scope = access::supplier(r)?;
    let after = paging.after_key::<i32>()?;
    let Some(bid) = bids::of_invitation(r, scope.invitation_id).await? else {
        return Ok(Slice { items: Vec::new(), next: None });
    };
    let mut query = addressed_question::Entity::find().filter(Column::BidId.eq(bid.id));
    if let Some(after) = after {
        query = query.filter(Column::Number.gt(after));
    }
    let rows = query.order_by_asc(Column::Number).limit(paging.limit + 1).all(r.txn()).await?;
    let slice = paging.cut(rows, |row| row.number.to_string());
    let supplier = invitations::supplier_of(r, scope.supplier_id).await?.name;
    Ok(Slice { items: view::told_to_bidder(r, (&supplier, &bid), slice.items).await?, next: slice.next })
}

/// One question that the bidder alone is asked.
pub async fn own_one(r: &Reading, id: Uuid) -> Result<Addressed, Refusal> {
    let scope = access::supplier(r)?;
    let (bid, row) = own_row(r, scope, id).await?;
    let supplier = invitations::supplier_of(r, scope.supplier_id).await?.name;
    view::told_to_bidder(r, (&supplier, &bid), vec![row]).await?.pop().ok_or_else(none)
}

/// The document of the bidder's own reply.
pub async fn own_document(r: &Reading, id: Uuid) -> Result<File, Refusal> {
    let missing = || Refusal::not_found("document");
    let scope = access::supplier(r)?;
    own_row(r, scope, id).await?;
    let row = replies_to(r, id).await?.pop().ok_or_else(missing)?;
    let compartment = Compartment::of(r, scope.procurement_id, scope.invitation_id).await?;
    let (name, bytes) = compartment.reply_document(r, &row).await?.ok_or_else(missing)?;
    Ok(File { name, media_type: OCTETS.to_owned(), bytes })
}

/// Another bidder's question is not there.
async fn own_row(
    r: &Reading,
    scope: SupplierScope,
    id: Uuid,
) -> Result<(bid::Model, addressed_question::Model), Refusal> {
    let bid = bids::of_invitation(r, scope.invitation_id).await?.ok_or_else(none)?;
    let row = addressed_question::Entity::find_by_id(id)
        .filter(addressed_question::Column::BidId.eq(bid.id))
        .one(r.txn())
        .await?
        .ok_or_else(none)?;
    Ok((bid, row))
}
