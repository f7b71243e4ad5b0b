//! Signatures, after the standstill and once the council's decision has effect (s.51; DOMAIN rule 11).

use entity::{Word, award, procurement, signature};
use rules::stage::Stage;
use rules::words::Role;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use super::award::must_be_awarded;
use super::{decision, evidence, notice};
use crate::kernel::access::Scope;
use crate::kernel::clock::{day_text, london_day};
use crate::kernel::ledger::Record;
use crate::kernel::{Action, Caller, Faults, Paging, Reading, Refusal, Slice, Writing};

/// What is entered about a signature.
#[derive(Clone, Debug, Default)]
pub struct SignatureInput {
    /// The day the contract was signed.
    pub signed_on: String,
}

/// Records that the caller's council has signed the contract of a lot. Its approver or key does. When every signatory of
/// every lot has signed, the procurement is contracted.
pub async fn record(
    w: &Writing,
    procurement_id: Uuid,
    lot_id: Uuid,
    input: SignatureInput,
) -> Result<signature::Model, Refusal> {
    let scope = evidence::changing(w, procurement_id).await?;
    let council_id = must_sign(w, &scope).await?;
    scope.must_stand_at(&[Stage::Deciding, Stage::Awarded])?;
    let lot = evidence::lot(w, &scope, lot_id).await?;
    let award = must_be_awarded(w, &lot).await?;
    let period = notice::must_be_published(&award, &lot)?;
    let today = london_day(w.now());
    if today < period.sign_from {
        return Err(Refusal::conflict(
            "standstill",
            format!(
                "The standstill runs until {}: the contract may be signed from {} (s.51).",
                day_text(period.last_day),
                day_text(period.sign_from)
            ),
        ));
    }
    let mut faults = Faults::new();
    let signed_on = faults.date("signed_on", &input.signed_on);
    // What stands in for a day that could not be read is compared with nothing.
    let read = !faults.has("signed_on");
    if read && signed_on > today {
        let message = format!("Enter the day it was signed: today ({}) or earlier.", day_text(today));
        faults.add("signed_on", "in_the_future", message);
    } else if read && signed_on < period.sign_from {
        let message = format!(
            "The standstill ran until {}: the contract may be signed from {} (s.51).",
            day_text(period.last_day),
            day_text(period.sign_from)
        );
        faults.add("signed_on", "standstill", message);
    }
    faults.done()?;
    let decision = decision::of_council(w, lot.id, council_id).await?;
    let effective_on = decision.map(|row| row.effective_on);
    if effective_on.is_none_or(|day| day > signed_on) {
        let when = effective_on.map(|day| format!(": it has from {}", day_text(day))).unwrap_or_default();
        return Err(Refusal::conflict(
            "decision_not_effective",
            format!("The council’s decision has no effect on {}{when}.", day_text(signed_on)),
        ));
    }
    let before = signature::Entity::find()
        .filter(signature::Column::AwardId.eq(award.id))
        .filter(signature::Column::CouncilId.eq(council_id))
        .one(w.txn())
        .await?;
    if before.is_some() {
        return Err(Refusal::conflict("already_signed", "This council has signed already."));
    }
    let id = Uuid::now_v7();
    let row = signature::ActiveModel {
        id: Set(id),
        award_id: Set(award.id),
        council_id: Set(council_id),
        signed_on: Set(signed_on),
        recorded_by: Set(w.caller().principal()),
        recorded_at: Set(w.now()),
    };
    let row = signature::Entity::insert(row).exec_with_returning(w.txn()).await?;
    let body = json!({ "lot": lot.code, "council": council_id, "signed_on": signed_on.to_string() });
    w.record(Record::new(scope.id(), "deciding.signature.record", id, body));
    contract_when_all_signed(w, &scope).await?;
    Ok(row)
}

/// The caller's council, where it is a signatory and the caller its approver or key.
async fn must_sign(r: &Reading, scope: &Scope) -> Result<Uuid, Refusal> {
    let own = scope.own_council()?.council_id;
    if !matches!(r.caller(), Caller::Council { .. }) {
        scope.must_hold(Role::Approver)?;
    }
    if evidence::signatories(r, &scope.procurement).await?.iter().any(|part| part.council.id == own) {
        return Ok(own);
    }
    Err(Refusal::conflict("not_a_signatory", "Your council does not sign this contract."))
}

/// Whether the caller's council may sign at all; for pages.
pub(super) async fn may_sign(r: &Reading, scope: &Scope) -> Result<Option<Uuid>, Refusal> {
    if r.caller().needs(Action::Decide).is_err() {
        return Ok(None);
    }
    match must_sign(r, scope).await {
        Ok(council) => Ok(Some(council)),
        Err(refusal) if matches!(refusal.status(), 403 | 409) => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

async fn contract_when_all_signed(w: &Writing, scope: &Scope) -> Result<(), Refusal> {
    // Only where every lot is awarded does the procurement stand at “awarded”.
    if scope.procurement.stage.0 != Stage::Awarded {
        return Ok(());
    }
    let signatories = evidence::signatories(w, &scope.procurement).await?.len();
    let awards =
        award::Entity::find().filter(award::Column::ProcurementId.eq(scope.id())).all(w.txn()).await?;
    let signed = signature::Entity::find()
        .filter(signature::Column::AwardId.is_in(awards.iter().map(|award| award.id)))
        .all(w.txn())
        .await?;
    if signed.len() < signatories * awards.len() {
        return Ok(());
    }
    let stage = scope.procurement.stage.0.sign().map_err(|error| Refusal::internal(&error))?;
    procurement::Entity::update_many()
        .col_expr(procurement::Column::Stage, Expr::value(Word(stage)))
        .col_expr(procurement::Column::Version, Expr::value(scope.procurement.version + 1))
        .filter(procurement::Column::Id.eq(scope.id()))
        .exec(w.txn())
        .await?;
    w.record(Record::new(scope.id(), "deciding.procurement.contracted", scope.id(), json!({})));
    Ok(())
}

/// The signatures of a lot's award, oldest first.
pub async fn list(
    r: &Reading,
    procurement_id: Uuid,
    lot_id: Uuid,
    paging: &Paging,
) -> Result<Slice<signature::Model>, Refusal> {
    let scope = evidence::reading(r, procurement_id).await?;
    let lot = evidence::lot(r, &scope, lot_id).await?;
    let Some(award) = evidence::award(r, lot.id).await? else {
        return Ok(Slice { items: Vec::new(), next: None });
    };
    let mut query = signature::Entity::find().filter(signature::Column::AwardId.eq(award.id));
    if let Some(after) = paging.after_key::<Uuid>()? {
        query = query.filter(signature::Column::Id.gt(after));
    }
    let rows = query.order_by_asc(signature::Column::Id).limit(paging.limit + 1).all(r.txn()).await?;
    Ok(paging.cut(rows, |row| row.id.to_string()))
}
