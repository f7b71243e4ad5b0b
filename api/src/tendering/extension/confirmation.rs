//! Confirming a later deadline: the pack's next version, the deadline itself, and letters to the partner councils.

use chrono::{DateTime, Utc};
use entity::{Word, deadline_extension, pack, procurement, procurement_role};
use rules::extension::ExtensionState;
use rules::pack::Pack;
use rules::stage::Stage;
use rules::words::Role;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::proposal::{in_force, not_waiting};
use super::{letters, row_of, state_by};
use crate::kernel::access::{self, Scope};
use crate::kernel::ledger::Record;
use crate::kernel::{Action, Reading, Refusal, Writing};
use crate::tendering::{deadline, pack as packs};

/// A deadline that was moved in this transaction.
#[derive(Clone, Debug)]
pub(crate) struct Extended {
    /// The extension, confirmed.
    pub(crate) extension: deadline_extension::Model,
    /// The procurement with the new deadline.
    pub(crate) procurement: procurement::Model,
    /// The pack's new version.
    pub(crate) row: pack::Model,
    /// The same, read.
    pub(crate) pack: Pack,
}

/// Confirms an extension as a second person, so far as it is this stage's: the rest of the same transaction is
/// `bidding::extension::confirm`, which alone calls this. The procurement's row is taken for this transaction first:
/// submissions, which share it, are judged by the deadline of before or by the new one and never by neither.
pub(crate) async fn confirm(
    w: &Writing,
    procurement_id: Uuid,
    id: Uuid,
    seen: i64,
) -> Result<Extended, Refusal> {
    let scope = access::procurement_locked(w, procurement_id, Action::Tender).await?;
    let row = row_of(w, procurement_id, id).await?;
    let (person, council) = who_may(w, &scope, &row).await?;
    if row.version != seen {
        return Err(Refusal::stale());
    }
    scope.must_stand_at(&[Stage::Published])?;
    let now = w.clock().await?;
    let state = state_by(&row, now).confirm().map_err(|refused| not_waiting(refused.from))?;
    if in_force(&scope.procurement)? != row.from_deadline {
        return Err(Refusal::conflict(
            "deadline_moved",
            "The deadline was moved since this was proposed. Propose the extension again.",
        ));
    }
    let (_, before) = packs::current(w, procurement_id).await?;
    let pack = before.extended(deadline::pack_text(row.to_deadline));
    let version = packs::add_version(w, &pack, procurement_id, person, now).await?;
    let procurement = move_deadline(w, scope.procurement, row.to_deadline).await?;
    let extension = settle(w, row, state, (person, council), (now, version.id)).await?;
    let body = json!({
        "kind": extension.kind.0.as_str(),
        "from": deadline::pack_text(extension.from_deadline),
        "to": deadline::pack_text(extension.to_deadline),
        "pack": version.id,
        "number": version.number,
        "hash": version.hash,
        // The decision that s.31(4) asks for with every modification: whether the time limit is revised.
        "deadline_decision": "extended, PA23 s.31(4)",
    });
    w.record(
        Record::new(procurement_id, "tendering.extension.confirm", id, body).because(&*extension.reason),
    );
    let extended = Extended { extension, procurement, row: version, pack };
    for (council, _) in packs::partners(w, procurement_id).await? {
        letters::extended(w, &extended, &council).await?;
    }
    Ok(extended)
}

/// Refuses whoever may not be the second person; otherwise tells person and council.
pub(super) async fn who_may(
    r: &Reading,
    scope: &Scope,
    row: &deadline_extension::Model,
) -> Result<(Uuid, Uuid), Refusal> {
    let person = r.caller().person()?.id;
    if person == row.proposed_by {
        return Err(Refusal::conflict(
            "same_person",
            "You proposed this extension. Another person must confirm it.",
        ));
    }
    let other_approvers = procurement_role::Entity::find()
        .filter(procurement_role::Column::ProcurementId.eq(scope.id()))
        .filter(procurement_role::Column::Role.eq(Word(Role::Approver)))
        .filter(procurement_role::Column::PersonId.ne(row.proposed_by))
        .count(r.txn())
        .await?;
    if other_approvers > 0 {
        scope.must_hold(Role::Approver)?;
        return Ok((person, scope.own_council()?.council_id));
    }
    scope.must_hold(Role::Opener)?;
    let council = scope.own_council()?.council_id;
    if council == row.proposed_council_id {
        return Err(Refusal::conflict(
            "same_council",
            "Your council proposed this extension, and the procurement has no other approver. An opener of another council must confirm it.",
        ));
    }
    Ok((person, council))
}

async fn move_deadline(
    w: &Writing,
    procurement: procurement::Model,
    to: DateTime<Utc>,
) -> Result<procurement::Model, Refusal> {
    let version = procurement.version + 1;
    let changed = procurement::Entity::update_many()
        .col_expr(procurement::Column::DeadlineAt, Expr::value(to))
        .col_expr(procurement::Column::Version, Expr::value(version))
        .filter(procurement::Column::Id.eq(procurement.id))
        .filter(procurement::Column::Version.eq(procurement.version))
        .filter(procurement::Column::Stage.eq(Word(Stage::Published)))
        .exec(w.txn())
        .await?;
    if changed.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    Ok(procurement::Model { deadline_at: Some(to), version, ..procurement })
}

async fn settle(
    w: &Writing,
    row: deadline_extension::Model,
    state: ExtensionState,
    (person, council): (Uuid, Uuid),
    (now, pack): (DateTime<Utc>, Uuid),
) -> Result<deadline_extension::Model, Refusal> {
    use deadline_extension::Column;
    let changed = deadline_extension::Entity::update_many()
        .col_expr(Column::State, Expr::value(Word(state)))
        .col_expr(Column::ConfirmedBy, Expr::value(person))
        .col_expr(Column::ConfirmedCouncilId, Expr::value(council))
        .col_expr(Column::ConfirmedAt, Expr::value(now))
        .col_expr(Column::PackId, Expr::value(pack))
        .col_expr(Column::Version, Expr::value(row.version + 1))
        .filter(Column::Id.eq(row.id))
        .filter(Column::Version.eq(row.version))
        .exec(w.txn())
        .await?;
    if changed.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    row_of(w, row.procurement_id, row.id).await
}
