//! Requirements: what one council asks for, in its own words.
//!
//! Every partner reads all of them; only the council that asks changes them, while the procurement stands at pooling.

use std::collections::BTreeMap;

use entity::{Word, pooled_requirement, requirement};
use rules::stage::Stage;
use rules::words::{Moscow, RequirementType};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use super::{codes, participation, pooled};
use crate::kernel::access::{self, Scope};
use crate::kernel::ledger::{Record, text_hash};
use crate::kernel::{Action, Faults, Paging, Reading, Refusal, Slice, Writing};

/// The longest wording of a requirement, in characters.
pub const LONGEST_TEXT: usize = 4000;
/// The longest key of a council's own system, in characters.
pub const LONGEST_REF: usize = 200;
/// The longest number of a requirement, in characters.
pub const LONGEST_CODE: usize = 40;

/// What a council enters about a requirement.
#[derive(Clone, Debug, Default)]
pub struct RequirementInput {
    /// The council's number for it; the next free one where it is left out.
    pub code: Option<String>,
    /// What is asked.
    pub text: String,
    /// Its type (field `type`), a word of [`RequirementType`].
    pub kind: String,
    /// Its importance, a word of [`Moscow`].
    pub moscow: String,
    /// Why.
    pub rationale: Option<String>,
    /// The council's own key for it.
    pub external_ref: Option<String>,
}

/// Which requirements are wanted; everything where nothing is said.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Those of one council.
    pub council_id: Option<Uuid>,
    /// Those that are in the pooled list, or those that are not yet.
    pub pooled: Option<bool>,
}

/// A requirement as partners read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequirementView {
    /// The requirement.
    pub requirement: requirement::Model,
    /// The name of the council that asks.
    pub council: String,
    /// The number of the pooled requirement it was merged into.
    pub pooled_code: Option<String>,
}

struct Checked {
    code: Option<String>,
    text: String,
    kind: RequirementType,
    moscow: Moscow,
    rationale: String,
    external_ref: Option<String>,
}

fn check(input: &RequirementInput) -> Result<Checked, Refusal> {
    let mut faults = Faults::new();
    let checked = Checked {
        code: faults.optional("code", input.code.as_deref(), LONGEST_CODE),
        text: faults.text("text", &input.text, LONGEST_TEXT),
        kind: faults.word("type", &input.kind, RequirementType::Functional),
        moscow: faults.word("moscow", &input.moscow, Moscow::Must),
        rationale: faults.optional("rationale", input.rationale.as_deref(), LONGEST_TEXT).unwrap_or_default(),
        external_ref: faults.optional("external_ref", input.external_ref.as_deref(), LONGEST_REF),
    };
    faults.done()?;
    Ok(checked)
}

/// The procurement for an officer or key that enters its council's needs, while councils do.
pub(super) async fn entering(w: &Writing, procurement_id: Uuid) -> Result<(Scope, Uuid), Refusal> {
    let scope = access::procurement_locked(w, procurement_id, Action::Pool).await?;
    let council_id = scope.own_council()?.council_id;
    scope.must_stand_at(&[Stage::Pooling])?;
    Ok((scope, council_id))
}

/// All requirements of one council, in the order in which they came.
pub(super) async fn of_council(
    r: &Reading,
    procurement_id: Uuid,
    council_id: Uuid,
) -> Result<Vec<requirement::Model>, Refusal> {
    let rows = requirement::Entity::find()
        .filter(requirement::Column::ProcurementId.eq(procurement_id))
        .filter(requirement::Column::CouncilId.eq(council_id))
        .order_by_asc(requirement::Column::Id)
        .all(r.txn())
        .await?;
    Ok(rows)
}

/// The number and the key must be the council's only ones; says which requirement has them.
fn must_be_free(others: &[requirement::Model], checked: &Checked, own: Option<Uuid>) -> Result<(), Refusal> {
    let mut others = others.iter().filter(|other| Some(other.id) != own);
    let same_code = |other: &requirement::Model| {
        checked.code.as_deref().is_some_and(|code| codes::same(code, &other.code))
    };
    let same_ref = |other: &requirement::Model| {
        checked.external_ref.is_some() && other.external_ref == checked.external_ref
    };
    match others.find(|other| same_code(other) || same_ref(other)) {
        None => Ok(()),
        Some(other) if same_code(other) => Err(codes::taken(
            "code",
            format!(
                "Your council already has a requirement {}. Change that one, or leave the number out to get the \
                 next free one.",
                other.code
            ),
        )),
        Some(other) => Err(codes::taken(
            "external_ref",
            format!(
                "Your council’s requirement {} already has this external reference. Change that one.",
                other.code
            ),
        )),
    }
}

/// Adds a requirement of the caller's own council.
pub async fn add(
    w: &Writing,
    procurement_id: Uuid,
    input: RequirementInput,
) -> Result<requirement::Model, Refusal> {
    let (scope, council_id) = entering(w, procurement_id).await?;
    let checked = check(&input)?;
    let others = of_council(w, scope.id(), council_id).await?;
    must_be_free(&others, &checked, None)?;
    let code =
        checked.code.unwrap_or_else(|| codes::next("R", 3, others.iter().map(|other| other.code.as_str())));
    let id = Uuid::now_v7();
    let row = requirement::ActiveModel {
        id: Set(id),
        procurement_id: Set(scope.id()),
        council_id: Set(council_id),
        code: Set(code),
        text: Set(checked.text),
        kind: Set(Word(checked.kind)),
        moscow: Set(Word(checked.moscow)),
        rationale: Set(checked.rationale),
        pooled_id: Set(None),
        external_ref: Set(checked.external_ref),
        sheet: Set(None),
        cell: Set(None),
        created_at: Set(w.now()),
        version: Set(1),
    };
    let added = requirement::Entity::insert(row).exec_with_returning(w.txn()).await?;
    w.record(Record::new(scope.id(), "pooling.requirement.add", id, facts(&added)));
    Ok(added)
}

/// Changes a requirement of the caller's own council. Where it is in the pooled list already, the list changes with it,
/// and councils that agreed the list are asked again.
pub async fn change(
    w: &Writing,
    procurement_id: Uuid,
    id: Uuid,
    seen: i64,
    input: RequirementInput,
) -> Result<requirement::Model, Refusal> {
    let (scope, council_id) = entering(w, procurement_id).await?;
    let others = of_council(w, scope.id(), council_id).await?;
    let before = own(&others, id)?.clone();
    let checked = check(&input)?;
    must_be_free(&others, &checked, Some(id))?;
    let after = requirement::Model {
        code: checked.code.unwrap_or_else(|| before.code.clone()),
        text: checked.text,
        kind: Word(checked.kind),
        moscow: Word(checked.moscow),
        rationale: checked.rationale,
        external_ref: checked.external_ref,
        version: seen,
        ..before.clone()
    };
    let after = update(w, after).await?;
    if moves_list(&before, &after) {
        pooled::count_change(w, &scope.procurement).await?;
    }
    w.record(Record::new(scope.id(), "pooling.requirement.change", id, facts(&after)));
    Ok(after)
}

/// Removes a requirement of the caller's own council that is not in the pooled list.
pub async fn remove(
    w: &Writing,
    procurement_id: Uuid,
    id: Uuid,
    seen: i64,
) -> Result<requirement::Model, Refusal> {
    let (scope, council_id) = entering(w, procurement_id).await?;
    let own_ones = of_council(w, scope.id(), council_id).await?;
    let row = own(&own_ones, id)?.clone();
    if let Some(pooled_id) = row.pooled_id {
        let code = pooled::code_of(w, scope.id(), pooled_id).await?;
        return Err(Refusal::conflict(
            "pooled",
            format!(
                "{} is a source of the pooled requirement {code}. Ask the coordinator to detach it there first.",
                row.code
            ),
        ));
    }
    let removed = requirement::Entity::delete_many()
        .filter(requirement::Column::Id.eq(id))
        .filter(requirement::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if removed.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    let body = json!({ "council_id": council_id, "code": row.code });
    w.record(Record::new(scope.id(), "pooling.requirement.remove", id, body));
    Ok(row)
}

fn own(rows: &[requirement::Model], id: Uuid) -> Result<&requirement::Model, Refusal> {
    rows.iter().find(|row| row.id == id).ok_or_else(|| Refusal::not_found("requirement of your council"))
}

/// Whether a change of a source changes what the councils agree: its words and their weight, not its reasons.
pub(super) fn moves_list(before: &requirement::Model, after: &requirement::Model) -> bool {
    before.pooled_id.is_some()
        && (&before.code, &before.text, before.kind, before.moscow)
            != (&after.code, &after.text, after.kind, after.moscow)
}

/// Stores a changed requirement over the version it carries, and returns it with the next.
pub(super) async fn update(w: &Writing, row: requirement::Model) -> Result<requirement::Model, Refusal> {
    let seen = row.version;
    let row = requirement::Model { version: seen + 1, ..row };
    let changed = requirement::Entity::update_many()
        .col_expr(requirement::Column::Code, Expr::value(row.code.as_str()))
        .col_expr(requirement::Column::Text, Expr::value(row.text.as_str()))
        .col_expr(requirement::Column::Kind, Expr::value(row.kind))
        .col_expr(requirement::Column::Moscow, Expr::value(row.moscow))
        .col_expr(requirement::Column::Rationale, Expr::value(row.rationale.as_str()))
        .col_expr(requirement::Column::ExternalRef, Expr::value(row.external_ref.clone()))
        .col_expr(requirement::Column::Sheet, Expr::value(row.sheet.clone()))
        .col_expr(requirement::Column::Cell, Expr::value(row.cell.clone()))
        .col_expr(requirement::Column::Version, Expr::value(row.version))
        .filter(requirement::Column::Id.eq(row.id))
        .filter(requirement::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if changed.rows_affected == 0 { Err(Refusal::stale()) } else { Ok(row) }
}

/// What the ledger keeps of a requirement.
pub(super) fn facts(row: &requirement::Model) -> serde_json::Value {
    json!({
        "id": row.id,
        "council_id": row.council_id,
        "code": row.code,
        "type": row.kind.0.as_str(),
        "moscow": row.moscow.0.as_str(),
        "text": text_hash(row.id, &row.text),
        "external_ref": row.external_ref,
    })
}

/// The requirements of all councils, in the order in which they came.
pub async fn list(
    r: &Reading,
    procurement_id: Uuid,
    filter: Filter,
    paging: &Paging,
) -> Result<Slice<RequirementView>, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    let mut query = requirement::Entity::find().filter(requirement::Column::ProcurementId.eq(scope.id()));
    if let Some(council) = filter.council_id {
        query = query.filter(requirement::Column::CouncilId.eq(council));
    }
    query = match filter.pooled {
        None => query,
        Some(true) => query.filter(requirement::Column::PooledId.is_not_null()),
        Some(false) => query.filter(requirement::Column::PooledId.is_null()),
    };
    if let Some(after) = paging.after_key::<Uuid>()? {
        query = query.filter(requirement::Column::Id.gt(after));
    }
    let rows = query.order_by_asc(requirement::Column::Id).limit(paging.limit + 1).all(r.txn()).await?;
    let slice = paging.cut(rows, |row| row.id.to_string());
    let next = slice.next;
    Ok(Slice { items: views(r, scope.id(), slice.items).await?, next })
}

/// One requirement.
pub async fn one(r: &Reading, procurement_id: Uuid, id: Uuid) -> Result<RequirementView, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    let row = requirement::Entity::find_by_id(id)
        .filter(requirement::Column::ProcurementId.eq(scope.id()))
        .one(r.txn())
        .await?
        .ok_or_else(|| Refusal::not_found("requirement"))?;
    view(r, row).await
}

/// A requirement as partners read it. The caller has been let in.
pub(super) async fn view(r: &Reading, row: requirement::Model) -> Result<RequirementView, Refusal> {
    let view = views(r, row.procurement_id, vec![row]).await?.pop();
    view.ok_or_else(|| Refusal::not_found("requirement"))
}

async fn views(
    r: &Reading,
    procurement_id: Uuid,
    rows: Vec<requirement::Model>,
) -> Result<Vec<RequirementView>, Refusal> {
    let names = council_names(r, procurement_id).await?;
    let pooled: Vec<Uuid> = rows.iter().filter_map(|row| row.pooled_id).collect();
    let codes: BTreeMap<Uuid, String> = pooled_requirement::Entity::find()
        .filter(pooled_requirement::Column::Id.is_in(pooled))
        .all(r.txn())
        .await?
        .into_iter()
        .map(|pooled| (pooled.id, pooled.code))
        .collect();
    Ok(rows
        .into_iter()
        .map(|requirement| RequirementView {
            council: names.get(&requirement.council_id).cloned().unwrap_or_default(),
            pooled_code: requirement.pooled_id.and_then(|id| codes.get(&id).cloned()),
            requirement,
        })
        .collect())
}

/// The names of the councils that take part.
pub(super) async fn council_names(
    r: &Reading,
    procurement_id: Uuid,
) -> Result<BTreeMap<Uuid, String>, Refusal> {
    let parts = participation::parts(r, procurement_id).await?;
    Ok(parts.into_iter().map(|part| (part.council.id, part.council.name)).collect())
}
