//! Each signatory's decision on an award: its own body's, or the lead's under a delegation in force (DOMAIN rule 11).

use entity::{Word, decision, lot, participation, recommendation};
use rules::money::Pence;
use rules::stage::Stage;
use rules::words::{Role, Verdict};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use super::evidence::{self, CouncilPart};
use super::{delegation, recommendation as recommendations};
use crate::kernel::access::Scope;
use crate::kernel::clock::{day_text, london_day};
use crate::kernel::ledger::{Record, text_hash};
use crate::kernel::{Action, Caller, Faults, Paging, Reading, Refusal, Slice, Writing, access};

/// What is entered about a decision.
#[derive(Clone, Debug, Default)]
pub struct DecisionInput {
    /// The council whose decision it is; the caller's own where left out.
    pub council_id: Option<String>,
    /// `award` or `refuse`.
    pub verdict: String,
    /// The committee or officer that decided.
    pub body: String,
    /// The minute or the reference of the officer's decision.
    pub minute: String,
    /// The day it was taken.
    pub taken_on: String,
    /// Whether it is a key decision.
    pub key_decision: bool,
    /// The day from which it has effect: call-in is over.
    pub effective_on: String,
    /// Why.
    pub reason: String,
    /// The decision's key in the council's own system.
    pub external_ref: Option<String>,
}

/// A council that must decide, and what it has decided.
#[derive(Clone, Debug)]
pub struct Signatory {
    /// The council.
    pub council_id: Uuid,
    /// Its name.
    pub council: String,
    /// Its part of the recommended bid's price.
    pub share: Option<Pence>,
    /// Its decision, if it has taken one.
    pub decision: Option<decision::Model>,
    /// Whether that is an award on the recommendation as it stands.
    pub awards: bool,
    /// Whether the caller may record its decision now.
    pub may_record: bool,
    /// Whether that would be by delegation.
    pub by_delegation: bool,
}

struct Checked {
    verdict: Verdict,
    body: String,
    minute: String,
    taken_on: chrono::NaiveDate,
    key_decision: bool,
    effective_on: chrono::NaiveDate,
    reason: String,
    external_ref: Option<String>,
}

fn check(w: &Writing, input: &DecisionInput) -> Result<Checked, Refusal> {
    let mut faults = Faults::new();
    let checked = Checked {
        verdict: faults.word("verdict", &input.verdict, Verdict::Refuse),
        body: faults.line("body", &input.body, 200),
        minute: faults.line("minute", &input.minute, 200),
        taken_on: faults.date("taken_on", &input.taken_on),
        key_decision: input.key_decision,
        effective_on: faults.date("effective_on", &input.effective_on),
        reason: faults.text("reason", &input.reason, 10_000),
        external_ref: faults.optional("external_ref", input.external_ref.as_deref(), 200),
    };
    let today = london_day(w.now());
    // What stands in for a day that could not be read is compared with nothing.
    let unread = faults.has("taken_on") || faults.has("effective_on");
    if checked.taken_on > today {
        let message = format!("Enter the day it was taken: today ({}) or earlier.", day_text(today));
        faults.add("taken_on", "in_the_future", message);
    }
    faults.require(
        unread || checked.effective_on >= checked.taken_on,
        "effective_on",
        "before_taken",
        "A decision has effect from the day it was taken or later.",
    );
    faults.done()?;
    Ok(checked)
}

/// How the caller comes to decide for a council.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Right {
    /// As the council's own approver or by its key.
    Own,
    /// As the lead's approver.
    ForPartner,
}

/// A council's own approver or key decides for it; the lead's approver may for others, under their delegation.
fn right(r: &Reading, scope: &Scope, council_id: Uuid) -> Result<Right, Refusal> {
    let own = scope.own_council()?.council_id;
    let approves = match r.caller() {
        Caller::Council { .. } => own == council_id,
        _ => scope.holds(Role::Approver),
    };
    if approves && own == council_id {
        Ok(Right::Own)
    } else if approves && scope.is_lead() {
        Ok(Right::ForPartner)
    } else {
        Err(Refusal::forbidden(
            "Only the council’s own approver or key can record its decision, or the lead’s approver under its \
             delegation.",
        ))
    }
}

/// The signatory that is meant; other councils' decisions change nothing and are not recorded.
fn signatory<'a>(
    scope: &Scope,
    signatories: &'a [CouncilPart],
    input: Option<&str>,
) -> Result<&'a CouncilPart, Refusal> {
    let id = match input.map(str::trim).filter(|text| !text.is_empty()) {
        None => scope.own_council()?.council_id,
        Some(text) => text
            .parse()
            .map_err(|_| Refusal::field("council_id", "unknown", "Choose one of the signatories."))?,
    };
    signatories.iter().find(|part| part.council.id == id).ok_or_else(|| {
        Refusal::field(
            "council_id",
            "not_a_signatory",
            "This council does not sign, so it has no decision to record. Named options never block an award.",
        )
    })
}

/// A council's part of the price of the recommended bid.
async fn share(r: &Reading, row: &recommendation::Model, council: Uuid) -> Result<Option<Pence>, Refusal> {
    let Some((_, result)) = evidence::current_result(r, row.lot_id).await? else { return Ok(None) };
    let price = evidence::bid_result(&result, row.bid_id).and_then(|bid| bid.price.as_ref());
    let id = council.to_string();
    Ok(price.and_then(|price| Some(price.councils.iter().find(|part| part.council == id)?.price)))
}

/// What the lead has already decided to award for a council by delegation in other lots: a cap counts all of it.
async fn delegated_elsewhere(r: &Reading, lot: &lot::Model, council: Uuid) -> Result<Pence, Refusal> {
    let others = decision::Entity::find()
        .filter(decision::Column::ProcurementId.eq(lot.procurement_id))
        .filter(decision::Column::CouncilId.eq(council))
        .filter(decision::Column::LotId.ne(lot.id))
        .filter(decision::Column::ByDelegation.eq(true))
        .filter(decision::Column::Verdict.eq(Word(Verdict::Award)))
        .all(r.txn())
        .await?;
    let mut sum = Pence::ZERO;
    for other in others {
        let Some(row) = evidence::recommendation(r, other.lot_id).await? else { continue };
        let part = share(r, &row, council).await?.unwrap_or(Pence::ZERO);
        sum = sum.checked_add(part).map_err(|error| Refusal::internal(&error))?;
    }
    Ok(sum)
}

/// Refuses where the delegation does not reach this decision, naming every gap.
async fn must_be_delegated(
    w: &Writing,
    lot: &lot::Model,
    row: &recommendation::Model,
    part: &participation::Model,
    checked: &Checked,
) -> Result<(), Refusal> {
    let own = share(w, row, part.council_id).await?.unwrap_or(Pence::ZERO);
    let all = delegated_elsewhere(w, lot, part.council_id).await?.checked_add(own);
    let gaps = delegation::gaps(part, checked.taken_on, all.map_err(|error| Refusal::internal(&error))?);
    match gaps.first() {
        None => Ok(()),
        Some(first) => {
            let all: Vec<_> = gaps.iter().map(|gap| gap.message.as_str()).collect();
            let detail = format!("The lead cannot decide for this council. {}", all.join(" "));
            Err(Refusal::conflict(first.code, detail))
        }
    }
}

/// Everything that recording and changing share.
struct Prepared {
    scope: Scope,
    lot: lot::Model,
    recommendation: recommendation::Model,
    council_id: Uuid,
    right: Right,
    checked: Checked,
}

async fn prepare(
    w: &Writing,
    procurement_id: Uuid,
    lot_id: Uuid,
    input: &DecisionInput,
) -> Result<Prepared, Refusal> {
    let scope = evidence::changing(w, procurement_id).await?;
    let signatories = evidence::signatories(w, &scope.procurement).await?;
    let council = signatory(&scope, &signatories, input.council_id.as_deref())?;
    let right = right(w, &scope, council.council.id)?;
    scope.must_stand_at(&[Stage::Deciding])?;
    let lot = evidence::lot(w, &scope, lot_id).await?;
    access::must_not_be_awarded(w, lot.id).await?;
    let recommendation = recommendations::must_exist(w, &lot).await?;
    let checked = check(w, input)?;
    if right == Right::ForPartner {
        must_be_delegated(w, &lot, &recommendation, &council.part, &checked).await?;
    }
    Ok(Prepared { lot, recommendation, council_id: council.council.id, right, checked, scope })
}

/// A council's own keys for its decisions are unique in the procurement.
async fn must_be_new_ref(w: &Writing, prepared: &Prepared, except: Option<Uuid>) -> Result<(), Refusal> {
    let Some(external_ref) = prepared.checked.external_ref.as_deref() else { return Ok(()) };
    let taken = decision::Entity::find()
        .filter(decision::Column::ProcurementId.eq(prepared.scope.id()))
        .filter(decision::Column::CouncilId.eq(prepared.council_id))
        .filter(decision::Column::ExternalRef.eq(external_ref))
        .one(w.txn())
        .await?;
    match taken.filter(|row| Some(row.id) != except) {
        None => Ok(()),
        Some(_) => Err(Refusal::field(
            "external_ref",
            "already_exists",
            "Another decision of this council has this reference.",
        )),
    }
}

/// Records a signatory's decision on the recommendation as it stands. Its own approver or key does, or the lead's
/// approver under the council's delegation.
pub async fn record(
    w: &Writing,
    procurement_id: Uuid,
    lot_id: Uuid,
    input: DecisionInput,
) -> Result<decision::Model, Refusal> {
    let prepared = prepare(w, procurement_id, lot_id, &input).await?;
    let existing = of_council(w, prepared.lot.id, prepared.council_id).await?;
    if existing.is_some() {
        return Err(Refusal::conflict(
            "already_exists",
            "This council has a decision on this lot already. Change that one.",
        ));
    }
    must_be_new_ref(w, &prepared, None).await?;
    let id = Uuid::now_v7();
    note(w, id, &prepared, 1);
    let Prepared { lot, recommendation, council_id, right, checked, .. } = prepared;
    let row = decision::ActiveModel {
        id: Set(id),
        procurement_id: Set(procurement_id),
        lot_id: Set(lot.id),
        council_id: Set(council_id),
        recommendation_id: Set(recommendation.id),
        recommendation_version: Set(recommendation.version),
        verdict: Set(Word(checked.verdict)),
        body: Set(checked.body),
        minute: Set(checked.minute),
        by_delegation: Set(right == Right::ForPartner),
        taken_on: Set(checked.taken_on),
        key_decision: Set(checked.key_decision),
        effective_on: Set(checked.effective_on),
        reason: Set(checked.reason),
        external_ref: Set(checked.external_ref),
        recorded_by: Set(w.caller().principal()),
        recorded_at: Set(w.now()),
        version: Set(1),
    };
    Ok(decision::Entity::insert(row).exec_with_returning(w.txn()).await?)
}

/// Changes a decision, until the award. What a council decided itself, only it changes.
pub async fn change(
    w: &Writing,
    procurement_id: Uuid,
    lot_id: Uuid,
    decision_id: Uuid,
    seen: i64,
    mut input: DecisionInput,
) -> Result<decision::Model, Refusal> {
    let scope = access::procurement(w, procurement_id, Action::Decide).await?;
    let before = decision::Entity::find_by_id(decision_id)
        .filter(decision::Column::ProcurementId.eq(scope.id()))
        .filter(decision::Column::LotId.eq(lot_id))
        .one(w.txn())
        .await?
        .ok_or_else(|| Refusal::not_found("decision"))?;
    input.council_id = Some(before.council_id.to_string());
    let prepared = prepare(w, procurement_id, lot_id, &input).await?;
    if prepared.right == Right::ForPartner && !before.by_delegation {
        return Err(Refusal::forbidden("The council decided this itself: only it can change it."));
    }
    must_be_new_ref(w, &prepared, Some(before.id)).await?;
    let checked = &prepared.checked;
    let changed = decision::Entity::update_many()
        .col_expr(decision::Column::RecommendationId, Expr::value(prepared.recommendation.id))
        .col_expr(decision::Column::RecommendationVersion, Expr::value(prepared.recommendation.version))
        .col_expr(decision::Column::Verdict, Expr::value(Word(checked.verdict)))
        .col_expr(decision::Column::Body, Expr::value(checked.body.as_str()))
        .col_expr(decision::Column::Minute, Expr::value(checked.minute.as_str()))
        .col_expr(decision::Column::ByDelegation, Expr::value(prepared.right == Right::ForPartner))
        .col_expr(decision::Column::TakenOn, Expr::value(checked.taken_on))
        .col_expr(decision::Column::KeyDecision, Expr::value(checked.key_decision))
        .col_expr(decision::Column::EffectiveOn, Expr::value(checked.effective_on))
        .col_expr(decision::Column::Reason, Expr::value(checked.reason.as_str()))
        .col_expr(decision::Column::ExternalRef, Expr::value(checked.external_ref.clone()))
        .col_expr(decision::Column::RecordedBy, Expr::value(w.caller().principal()))
        .col_expr(decision::Column::RecordedAt, Expr::value(w.now()))
        .col_expr(decision::Column::Version, Expr::value(seen + 1))
        .filter(decision::Column::Id.eq(before.id))
        .filter(decision::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if changed.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    note(w, before.id, &prepared, seen + 1);
    of_council(w, lot_id, before.council_id).await?.ok_or_else(|| Refusal::not_found("decision"))
}

fn note(w: &Writing, id: Uuid, prepared: &Prepared, version: i64) {
    let checked = &prepared.checked;
    let body = json!({
        "lot": prepared.lot.code,
        "council": prepared.council_id,
        "recommendation": prepared.recommendation.id,
        "recommendation_version": prepared.recommendation.version,
        "verdict": checked.verdict.as_str(),
        "body": checked.body,
        "minute": checked.minute,
        "by_delegation": prepared.right == Right::ForPartner,
        "taken_on": checked.taken_on.to_string(),
        "key_decision": checked.key_decision,
        "effective_on": checked.effective_on.to_string(),
        "external_ref": checked.external_ref,
        "version": version,
        "reason": text_hash(id, &checked.reason),
    });
    let action = if version == 1 { "deciding.decision.record" } else { "deciding.decision.change" };
    w.record(Record::new(prepared.scope.id(), action, id, body));
}

/// A council's decision on a lot.
pub(super) async fn of_council(
    r: &Reading,
    lot_id: Uuid,
    council_id: Uuid,
) -> Result<Option<decision::Model>, Refusal> {
    Ok(decision::Entity::find()
        .filter(decision::Column::LotId.eq(lot_id))
        .filter(decision::Column::CouncilId.eq(council_id))
        .one(r.txn())
        .await?)
}

/// Whether a decision is an award on the recommendation as it stands.
pub(super) fn awards(row: &decision::Model, recommendation: Option<&recommendation::Model>) -> bool {
    row.verdict.0 == Verdict::Award
        && recommendation.is_some_and(|current| {
            row.recommendation_id == current.id && row.recommendation_version == current.version
        })
}

/// The decisions on a lot, oldest first.
pub async fn list(
    r: &Reading,
    procurement_id: Uuid,
    lot_id: Uuid,
    paging: &Paging,
) -> Result<Slice<decision::Model>, Refusal> {
    let scope = evidence::reading(r, procurement_id).await?;
    let lot = evidence::lot(r, &scope, lot_id).await?;
    let mut query = decision::Entity::find().filter(decision::Column::LotId.eq(lot.id));
    if let Some(after) = paging.after_key::<Uuid>()? {
        query = query.filter(decision::Column::Id.gt(after));
    }
    let rows = query.order_by_asc(decision::Column::Id).limit(paging.limit + 1).all(r.txn()).await?;
    Ok(paging.cut(rows, |row| row.id.to_string()))
}

/// Who must decide on a lot, and what each has decided.
pub async fn signatories(r: &Reading, procurement_id: Uuid, lot_id: Uuid) -> Result<Vec<Signatory>, Refusal> {
    let scope = evidence::reading(r, procurement_id).await?;
    let lot = evidence::lot(r, &scope, lot_id).await?;
    let recommendation = evidence::recommendation(r, lot.id).await?;
    let open = scope.procurement.stage.0 == Stage::Deciding
        && recommendation.is_some()
        && evidence::award(r, lot.id).await?.is_none()
        && r.caller().needs(Action::Decide).is_ok();
    let today = london_day(r.now());
    let mut found = Vec::new();
    for part in evidence::signatories(r, &scope.procurement).await? {
        let id = part.council.id;
        let share = match &recommendation {
            Some(row) => share(r, row, id).await?,
            None => None,
        };
        let decision = of_council(r, lot.id, id).await?;
        let right = right(r, &scope, id).ok();
        let whole = delegated_elsewhere(r, &lot, id).await?.checked_add(share.unwrap_or(Pence::ZERO));
        let whole = whole.map_err(|error| Refusal::internal(&error))?;
        let reachable = match right {
            None => false,
            Some(Right::Own) => true,
            Some(Right::ForPartner) => {
                delegation::gaps(&part.part, today, whole).is_empty()
                    && decision.as_ref().is_none_or(|row| row.by_delegation)
            }
        };
        found.push(Signatory {
            council_id: id,
            council: part.council.name,
            share,
            awards: decision.as_ref().is_some_and(|row| awards(row, recommendation.as_ref())),
            decision,
            may_record: open && reachable,
            by_delegation: right == Some(Right::ForPartner),
        });
    }
    Ok(found)
}
