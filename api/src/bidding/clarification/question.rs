//! A bidder's side: it asks, withdraws, or gives up its claim that a question is confidential.

use entity::{Word, clarification, supplier};
use rules::stage::ClarificationState;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use super::naming::{Known, names_in, warning};
use super::sealing::Sealing;
use super::view::{self, Clarification};
use super::{MOST_CHARACTERS, MOST_REASON, QUESTIONS_A_BIDDER, Question, advance, none, row_of};
use crate::bidding::draft::{box_open, own_invitation};
use crate::bidding::{invitation as invitations, tender};
use crate::kernel::access::SupplierScope;
use crate::kernel::ledger::{Record, text_hash};
use crate::kernel::outbox::Recipient;
use crate::kernel::{Faults, Paging, Reading, Refusal, Slice, Writing, access};

/// What a bidder asks.
#[derive(Clone, Debug, Default)]
pub struct QuestionInput {
    /// The question.
    pub question: String,
    /// Why it is confidential; none where it may be answered to all bidders.
    pub confidential_because: Option<String>,
    /// That the question may hold what looks like the bidder's own name.
    pub name_confirmed: bool,
}

/// Asks a question about the tender, before the deadline by the database's clock. The councils read its words and not
/// who asked, so the bidder is warned where the words would tell it.
pub async fn ask(w: &Writing, input: QuestionInput) -> Result<Clarification, Refusal> {
    let scope = access::supplier(w)?;
    let procurement = w.share_procurement(scope.procurement_id).await?;
    // Locked: two questions at once do not both take the last place under the quota.
    let invitation = own_invitation(w).await?;
    let tender = tender::of(w, procurement).await?;
    let now = w.clock().await?;
    if tender.has_passed(now) {
        return Err(Refusal::conflict(
            "deadline_passed",
            "The deadline has passed. Nothing more can be asked about this tender.",
        ));
    }
    let supplier = invitations::supplier_of(w, scope.supplier_id).await?;
    let addresses = invitations::addresses_of(w, &invitation).await?;
    let question = check(&input, &supplier, addresses)?;
    let sealing = Sealing::of(w, scope.procurement_id).await?;
    if own_rows(w, &sealing, scope).await?.len() >= QUESTIONS_A_BIDDER {
        return Err(Refusal::conflict(
            "too_many_questions",
            format!(
                "A bidder can ask {QUESTIONS_A_BIDDER} questions about a tender, and you have asked as many."
            ),
        ));
    }
    let id = Uuid::now_v7();
    let state = ClarificationState::asked(question.confidential_because.is_some());
    let row = clarification::ActiveModel {
        id: Set(id),
        procurement_id: Set(scope.procurement_id),
        asker: Set(sealing.close_asker(id, scope.invitation_id)?),
        sealed: Set(sealing.close_question(id, &question)?),
        state: Set(Word(state)),
        number: Set(None),
        claim_reason: Set(None),
        asked_at: Set(now),
        version: Set(1),
    };
    clarification::Entity::insert(row).exec_without_returning(w.txn()).await?;
    let body = json!({ "state": state.as_str(), "question": text_hash(id, &question.text) });
    w.record(Record::new(scope.procurement_id, "bidding.clarification.ask", id, body).sealed());
    own_one(w, id).await
}

fn check(
    input: &QuestionInput,
    supplier: &supplier::Model,
    addresses: Vec<Recipient>,
) -> Result<Question, Refusal> {
    let mut faults = Faults::new();
    let text = faults.text("question", &input.question, MOST_CHARACTERS);
    let confidential_because = input
        .confidential_because
        .as_deref()
        .map(|reason| faults.text("confidential_because", reason, MOST_REASON));
    let known = addresses.into_iter().map(|to| Known { name: supplier.name.clone(), email: to.email });
    if let Some(told) =
        warning(&names_in(&text, &known.collect::<Vec<_>>())).filter(|_| !input.name_confirmed)
    {
        faults.add("name_confirmed", "may_name_a_bidder", told);
    }
    faults.done()?;
    Ok(Question { text, confidential_because })
}

/// Takes a question back: it is answered to nobody.
pub async fn withdraw(w: &Writing, id: Uuid, seen: i64) -> Result<Clarification, Refusal> {
    change(w, id, seen, "bidding.clarification.withdraw", ClarificationState::withdraw).await
}

/// Lets a question be answered to all bidders after all.
pub async fn give_up_claim(w: &Writing, id: Uuid, seen: i64) -> Result<Clarification, Refusal> {
    change(w, id, seen, "bidding.clarification.give_up_claim", ClarificationState::give_up_claim).await
}

type Step =
    fn(ClarificationState) -> Result<ClarificationState, rules::stage::NotAllowed<ClarificationState>>;

async fn change(
    w: &Writing,
    id: Uuid,
    seen: i64,
    action: &'static str,
    step: Step,
) -> Result<Clarification, Refusal> {
    let scope = access::supplier(w)?;
    let procurement = w.share_procurement(scope.procurement_id).await?;
    let sealing = Sealing::of(w, scope.procurement_id).await?;
    let row = own_row(w, &sealing, scope, id).await?;
    box_open(&tender::of(w, procurement).await?)?;
    advance(w, &row, seen, step(row.state.0), Vec::new()).await?;
    w.record(Record::new(scope.procurement_id, action, id, json!({})).sealed());
    own_one(w, id).await
}

/// The bidder's own questions, oldest first, with what it was told.
pub async fn own(r: &Reading, paging: &Paging) -> Result<Slice<Clarification>, Refusal> {
    let scope = access::supplier(r)?;
    let sealing = Sealing::of(r, scope.procurement_id).await?;
    let after = paging.after_key::<Uuid>()?;
    let mut rows = own_rows(r, &sealing, scope).await?;
    rows.retain(|row| after.is_none_or(|after| row.id > after));
    let slice = paging.cut(rows, |row| row.id.to_string());
    Ok(Slice { items: view::told_to_asker(r, &sealing, slice.items).await?, next: slice.next })
}

/// One of the bidder's own questions.
pub async fn own_one(r: &Reading, id: Uuid) -> Result<Clarification, Refusal> {
    let scope = access::supplier(r)?;
    let sealing = Sealing::of(r, scope.procurement_id).await?;
    let row = own_row(r, &sealing, scope, id).await?;
    view::told_to_asker(r, &sealing, vec![row]).await?.pop().ok_or_else(none)
}

/// Another bidder's question is not there.
async fn own_row(
    r: &Reading,
    sealing: &Sealing,
    scope: SupplierScope,
    id: Uuid,
) -> Result<clarification::Model, Refusal> {
    let row = row_of(r, scope.procurement_id, id).await?;
    if sealing.asker(&row)? == scope.invitation_id { Ok(row) } else { Err(none()) }
}

async fn own_rows(
    r: &Reading,
    sealing: &Sealing,
    scope: SupplierScope,
) -> Result<Vec<clarification::Model>, Refusal> {
    let rows = clarification::Entity::find()
        .filter(clarification::Column::ProcurementId.eq(scope.procurement_id))
        .order_by_asc(clarification::Column::Id)
        .all(r.txn())
        .await?;
    let mut own = Vec::new();
    for row in rows {
        if sealing.asker(&row)? == scope.invitation_id {
            own.push(row);
        }
    }
    Ok(own)
}
