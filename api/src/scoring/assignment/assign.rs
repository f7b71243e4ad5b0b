//! Dividing a lot among the panel, and what every new version of that brings with it.

use std::collections::{BTreeMap, BTreeSet};

use entity::{Word, assignment, mark, procurement_role, score_sheet};
use rules::assignment::{Assignment, parts};
use rules::canonical;
use rules::interest::Standing;
use rules::words::Role;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::{Current, dividing, of_lot};
use crate::kernel::access::Scope;
use crate::kernel::ledger::{Record, text_hash};
use crate::kernel::{Faults, Reading, Refusal, Writing};
use crate::scoring::lot::Lot;
use crate::tendering::interest::standing;

/// Who is to mark what.
#[derive(Clone, Debug, Default)]
pub struct AssignmentInput {
    /// Parts, by code, with a panel member each. A part that is not named is marked by those of its section, or by all.
    pub parts: Vec<(String, Uuid)>,
    /// Why; needed once somebody has marked.
    pub reason: String,
}

/// Divides a lot among the panel, in place of how it was divided before. `seen` is the version that was seen, 0 for none.
///
/// Every member named is a panel member who is not barred. Whoever has handed in and now marks more, has not handed in any more.
pub async fn assign(
    w: &Writing,
    procurement_id: Uuid,
    lot_id: Uuid,
    seen: i64,
    input: AssignmentInput,
) -> Result<Current, Refusal> {
    let (scope, lot) = dividing(w, procurement_id, lot_id).await?;
    let before = of_lot(w, lot.id).await?;
    if before.version() != seen {
        return Err(Refusal::stale());
    }
    let named = check(w, &scope, &lot, &input).await?;
    let replaced = before.assignment.replaced.iter().cloned().collect();
    let assignment = Assignment::of(lot.published(), &named, &replaced);
    let mut faults = Faults::new();
    let reason = if has_marks(w, lot.id).await? {
        faults.reason("reason", &input.reason, 2_000)
    } else {
        faults.optional("reason", Some(&input.reason), 2_000).unwrap_or_default()
    };
    faults.done()?;
    if before.row.is_some() && before.assignment == assignment {
        return Ok(before);
    }
    replace(w, (&scope, &lot), before, Next { assignment, reason, substitution: None }).await
}

/// Every part is one of the lot, and every member one who may mark; what is not is told at once.
async fn check(
    w: &Writing,
    scope: &Scope,
    lot: &Lot,
    input: &AssignmentInput,
) -> Result<Vec<(String, String)>, Refusal> {
    let known = parts(lot.published());
    let panel = panel_members(w, scope.id()).await?;
    let declared = standing::all(w, scope.id()).await?;
    let mut faults = Faults::new();
    for (number, (node, person)) in input.parts.iter().enumerate() {
        if !known.contains(&node.as_str()) {
            let what =
                format!("“{node}” is no section or question of this lot. There are: {}.", known.join(", "));
            faults.add(&format!("parts/{number}/node"), "unknown", what);
        }
        let field = format!("parts/{number}/member");
        if !panel.contains(person) {
            faults.add(&field, "not_on_panel", "This is no panel member of the procurement.");
        } else if standing::of(declared.get(person), scope) == Standing::Barred {
            faults.add(&field, "barred", "A barred person marks nothing.");
        }
    }
    faults.done()?;
    Ok(input.parts.iter().map(|(node, person)| (node.clone(), person.to_string())).collect())
}

/// Everybody with the role, whatever they declared.
pub(super) async fn panel_members(r: &Reading, procurement_id: Uuid) -> Result<BTreeSet<Uuid>, Refusal> {
    let roles = procurement_role::Entity::find()
        .filter(procurement_role::Column::ProcurementId.eq(procurement_id))
        .filter(procurement_role::Column::Role.eq(Word(Role::PanelMember)))
        .all(r.txn())
        .await?;
    Ok(roles.into_iter().map(|role| role.person_id).collect())
}

pub(super) async fn has_marks(r: &Reading, lot_id: Uuid) -> Result<bool, Refusal> {
    Ok(mark::Entity::find().filter(mark::Column::LotId.eq(lot_id)).count(r.txn()).await? > 0)
}

/// The next version of who marks what.
pub(super) struct Next {
    pub(super) assignment: Assignment,
    pub(super) reason: String,
    /// The member and the substitute in its place, where this is a substitution.
    pub(super) substitution: Option<(Uuid, Uuid)>,
}

/// Adds a version in place of the one before, and opens the sheets of those who now mark more.
pub(super) async fn replace(
    w: &Writing,
    (scope, lot): (&Scope, &Lot),
    before: Current,
    next: Next,
) -> Result<Current, Refusal> {
    if let Some(row) = &before.row {
        let changed = assignment::Entity::update_many()
            .col_expr(assignment::Column::Current, Expr::value(false))
            .filter(assignment::Column::Id.eq(row.id))
            .filter(assignment::Column::Current.eq(true))
            .exec(w.txn())
            .await?;
        if changed.rows_affected == 0 {
            return Err(Refusal::stale());
        }
    }
    let bytes = canonical::to_bytes(&next.assignment).map_err(|error| Refusal::internal(&error))?;
    let row = assignment::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(scope.id()),
        lot_id: Set(lot.id),
        version: Set(before.version() + 1),
        current: Set(true),
        body: Set(String::from_utf8(bytes).map_err(|error| Refusal::internal(&error))?),
        reason: Set(next.reason),
        replaced_id: Set(next.substitution.map(|(member, _)| member)),
        substitute_id: Set(next.substitution.map(|(_, substitute)| substitute)),
        assigned_by: Set(w.caller().person()?.id),
        assigned_at: Set(w.now()),
    };
    let row = assignment::Entity::insert(row).exec_with_returning(w.txn()).await?;
    let mut body = json!({
        "lot": row.lot_id, "version": row.version, "parts": next.assignment.parts,
        "replaced": next.assignment.replaced, "because": text_hash(row.id, &row.reason),
    });
    let action = if let Some((member, substitute)) = next.substitution {
        body["member"] = json!(member);
        body["substitute"] = json!(substitute);
        "scoring.assignment.substitute"
    } else {
        "scoring.assignment.set"
    };
    w.record(Record::new(scope.id(), action, row.id, body));
    reopen(w, (scope, lot), &before.assignment, &next.assignment).await?;
    Ok(Current { row: Some(row), assignment: next.assignment })
}

/// Opens the submitted sheets of those who now mark what they did not mark before.
async fn reopen(
    w: &Writing,
    (scope, lot): (&Scope, &Lot),
    before: &Assignment,
    after: &Assignment,
) -> Result<(), Refusal> {
    let sheets =
        score_sheet::Entity::find().filter(score_sheet::Column::LotId.eq(lot.id)).all(w.txn()).await?;
    let mut sheets: BTreeMap<String, score_sheet::Model> =
        sheets.into_iter().map(|sheet| (sheet.person_id.to_string(), sheet)).collect();
    sheets.retain(|person, _| {
        let had = before.questions(lot.published(), person);
        after.questions(lot.published(), person).iter().any(|question| !had.contains(question))
    });
    for sheet in sheets.into_values() {
        score_sheet::Entity::delete_by_id(sheet.id).exec(w.txn()).await?;
        let body = json!({ "lot": lot.id, "person": sheet.person_id });
        w.record(Record::new(scope.id(), "scoring.sheet.reopen", sheet.id, body));
    }
    Ok(())
}
