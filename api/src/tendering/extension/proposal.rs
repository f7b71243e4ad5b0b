//! Proposing a later deadline, and taking the proposal back.

use chrono::{DateTime, Utc};
use entity::{Word, deadline_extension, procurement};
use rules::extension::{ExtensionState, Modification};
use rules::stage::Stage;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::{ExtensionView, described, row_of, state_by, waiting};
use crate::kernel::access::{self, Scope};
use crate::kernel::clock::{london_text, rfc3339};
use crate::kernel::ledger::Record;
use crate::kernel::{Action, Faults, Reading, Refusal, Writing};
use crate::tendering::deadline::{london_instant, pack_text};

/// The longest reason, and the longest account of an outage, in characters.
const MOST_WORDS: usize = 2000;

/// What is entered to propose a later deadline.
#[derive(Clone, Debug, Default)]
pub struct ExtensionInput {
    /// The new deadline's day in London, as `2027-03-31`.
    pub date: String,
    /// Its time in London, as `12:00`.
    pub time: String,
    /// Why.
    pub reason: String,
    /// The outage, once the deadline has passed.
    pub outage: Option<OutageInput>,
}

/// What is entered about an outage of this system.
#[derive(Clone, Debug, Default)]
pub struct OutageInput {
    /// The day in London on which it began, as `2027-03-31`.
    pub from_date: String,
    /// The time in London at which it began, as `11:40`.
    pub from_time: String,
    /// The day in London on which it ended.
    pub to_date: String,
    /// The time in London at which it ended.
    pub to_time: String,
    /// What happened, as the log has it.
    pub what: String,
}

/// A checked proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The power it is based on.
    pub kind: Modification,
    /// The deadline in force.
    pub from: DateTime<Utc>,
    /// The deadline proposed.
    pub to: DateTime<Utc>,
    /// Why.
    pub reason: String,
    /// The outage: from, to, what happened.
    pub outage: Option<(DateTime<Utc>, DateTime<Utc>, String)>,
}

/// What would be proposed: for the page on which it is checked once more. The coordinator only.
pub async fn check(r: &Reading, procurement_id: Uuid, input: &ExtensionInput) -> Result<Proposal, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Tender).await?;
    checked(r, &scope, input, r.now()).await
}

/// Proposes a later deadline. The coordinator only; a second person must confirm it before it lapses.
pub async fn propose(
    w: &Writing,
    procurement_id: Uuid,
    input: ExtensionInput,
) -> Result<ExtensionView, Refusal> {
    let scope = access::procurement_locked(w, procurement_id, Action::Tender).await?;
    let now = w.clock().await?;
    let proposal = checked(w, &scope, &input, now).await?;
    let person = w.caller().person()?.id;
    let council = scope.own_council()?.council_id;
    // What has lapsed meanwhile is noted, so that no look at the table needs the clock to tell what it says.
    lapse(w, procurement_id).await?;
    let id = Uuid::now_v7();
    let mut body = json!({
        "kind": proposal.kind.as_str(),
        "from": pack_text(proposal.from),
        "to": pack_text(proposal.to),
    });
    if let Some((from, to, _)) = &proposal.outage {
        body["outage"] = json!({ "from": rfc3339(*from), "to": rfc3339(*to) });
    }
    let (outage_from, outage_to, outage) = match proposal.outage {
        Some((from, to, what)) => (Some(from), Some(to), Some(what)),
        None => (None, None, None),
    };
    let row = deadline_extension::ActiveModel {
        id: Set(id),
        procurement_id: Set(procurement_id),
        kind: Set(Word(proposal.kind)),
        state: Set(Word(ExtensionState::Proposed)),
        from_deadline: Set(proposal.from),
        to_deadline: Set(proposal.to),
        reason: Set(proposal.reason.clone()),
        outage_from: Set(outage_from),
        outage_to: Set(outage_to),
        outage: Set(outage),
        proposed_by: Set(person),
        proposed_council_id: Set(council),
        proposed_at: Set(now),
        confirmed_by: Set(None),
        confirmed_council_id: Set(None),
        confirmed_at: Set(None),
        pack_id: Set(None),
        version: Set(1),
    };
    let row = deadline_extension::Entity::insert(row).exec_with_returning(w.txn()).await?;
    w.record(Record::new(procurement_id, "tendering.extension.propose", id, body).because(proposal.reason));
    described(w, &scope, row).await
}

/// Takes a proposal back that nobody has confirmed yet. The coordinator only. `seen` is the extension's version.
pub async fn take_back(
    w: &Writing,
    procurement_id: Uuid,
    id: Uuid,
    seen: i64,
) -> Result<ExtensionView, Refusal> {
    let scope = access::procurement_locked(w, procurement_id, Action::Tender).await?;
    let row = row_of(w, procurement_id, id).await?;
    scope.must_coordinate()?;
    let now = w.clock().await?;
    let state = state_by(&row, now).take_back().map_err(|refused| not_waiting(refused.from))?;
    let changed = deadline_extension::Entity::update_many()
        .col_expr(deadline_extension::Column::State, Expr::value(Word(state)))
        .col_expr(deadline_extension::Column::Version, Expr::value(seen + 1))
        .filter(deadline_extension::Column::Id.eq(id))
        .filter(deadline_extension::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if changed.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    w.record(Record::new(procurement_id, "tendering.extension.take_back", id, json!({})));
    let row = row_of(w, procurement_id, id).await?;
    described(w, &scope, row).await
}

/// Says why a proposal that no longer waits can be neither confirmed nor taken back.
pub(super) fn not_waiting(state: ExtensionState) -> Refusal {
    match state {
        ExtensionState::Lapsed => {
            Refusal::conflict("extension_lapsed", "This extension was not confirmed in time and has lapsed.")
        }
        ExtensionState::Confirmed => {
            Refusal::conflict("extension_confirmed", "This extension is confirmed: the deadline is moved.")
        }
        ExtensionState::TakenBack | ExtensionState::Proposed => {
            Refusal::conflict("extension_taken_back", "This extension was taken back.")
        }
    }
}

async fn lapse(w: &Writing, procurement_id: Uuid) -> Result<(), Refusal> {
    // Nothing waits any more: whatever still says so has lapsed.
    deadline_extension::Entity::update_many()
        .col_expr(deadline_extension::Column::State, Expr::value(Word(ExtensionState::Lapsed)))
        .col_expr(deadline_extension::Column::Version, Expr::col(deadline_extension::Column::Version).add(1))
        .filter(deadline_extension::Column::ProcurementId.eq(procurement_id))
        .filter(deadline_extension::Column::State.eq(Word(ExtensionState::Proposed)))
        .exec(w.txn())
        .await?;
    Ok(())
}

async fn checked(
    r: &Reading,
    scope: &Scope,
    input: &ExtensionInput,
    now: DateTime<Utc>,
) -> Result<Proposal, Refusal> {
    scope.must_coordinate()?;
    scope.must_stand_at(&[Stage::Published])?;
    if waiting(r, scope.id(), now).await?.is_some() {
        return Err(Refusal::conflict(
            "extension_waits",
            "An extension waits for its second person already. Take it back to propose another.",
        ));
    }
    let from = in_force(&scope.procurement)?;
    let passed = now >= from;
    let mut faults = Faults::new();
    let to = london_instant(&mut faults, ("date", &input.date), ("time", &input.time));
    let reason = faults.text("reason", &input.reason, MOST_WORDS);
    let outage = input.outage.as_ref().map(|outage| read_outage(&mut faults, outage));
    faults.done()?;
    let mut faults = Faults::new();
    faults.require(
        to > from,
        "date",
        "not_later",
        "The new deadline must be later than the one in force: a deadline is never brought forward.",
    );
    faults.require(to > now, "date", "deadline_in_past", "The new deadline must lie in the future.");
    match &outage {
        None => faults.require(
            !passed,
            "outage",
            "outage_missing",
            "The deadline has passed. It can be moved only where this system itself was down: say from when to when, and what happened.",
        ),
        Some((down, up, _)) => {
            faults.require(
                passed,
                "outage",
                "deadline_not_passed",
                "The deadline has not passed: give the outage as the reason, and leave this out.",
            );
            faults.require(
                down < up && *up <= now,
                "outage/to_date",
                "not_a_span",
                "The outage must end after it began, and not in the future.",
            );
            faults.require(
                *down < from,
                "outage/from_date",
                "after_deadline",
                "An outage that began at or after the deadline kept nobody from bidding in time.",
            );
        }
    }
    faults.done()?;
    let kind = if passed { Modification::AfterDeadline } else { Modification::BeforeDeadline };
    Ok(Proposal { kind, from, to, reason, outage })
}

fn read_outage(faults: &mut Faults, outage: &OutageInput) -> (DateTime<Utc>, DateTime<Utc>, String) {
    let from = london_instant(
        faults,
        ("outage/from_date", &outage.from_date),
        ("outage/from_time", &outage.from_time),
    );
    let to = london_instant(faults, ("outage/to_date", &outage.to_date), ("outage/to_time", &outage.to_time));
    (from, to, faults.text("outage/what", &outage.what, MOST_WORDS))
}

/// The deadline in force of a published procurement.
pub(super) fn in_force(procurement: &procurement::Model) -> Result<DateTime<Utc>, Refusal> {
    procurement
        .deadline_at
        .ok_or_else(|| Refusal::internal(&format!("{} is published without a deadline", procurement.id)))
}

/// How the ledger and letters tell an outage.
pub(crate) fn outage_text(row: &deadline_extension::Model) -> Option<String> {
    let (from, to) = row.outage_from.zip(row.outage_to)?;
    let what = row.outage.as_deref().unwrap_or_default();
    Some(format!("{} to {}: {what}", london_text(from), london_text(to)))
}
