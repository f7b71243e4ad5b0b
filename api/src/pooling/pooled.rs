//! Pooled requirements: the agreed wording that several councils' requirements are merged into. Every source is kept.
//!
//! The coordinator makes the list. Each change of it counts [`procurement::Model::pool_version`] up, so that a council's
//! agreement always names the list it was given to.

use std::collections::BTreeMap;

use entity::{Word, pooled_requirement, procurement, requirement};
use rules::stage::Stage;
use rules::words::{Moscow, RequirementType, ResponseCode};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Value, json};
use uuid::Uuid;

use super::codes;
use super::requirement::{LONGEST_TEXT, RequirementView, council_names};
use crate::kernel::access::{self, Scope};
use crate::kernel::ledger::{Record, text_hash};
use crate::kernel::{Action, Faults, Paging, Reading, Refusal, Slice, Writing};

/// What is entered about a pooled requirement.
#[derive(Clone, Debug, Default)]
pub struct PooledInput {
    /// The agreed wording.
    pub text: String,
    /// Its type (field `type`), a word of [`RequirementType`].
    pub kind: String,
    /// Its importance, a word of [`Moscow`].
    pub moscow: String,
    /// The response codes that meet it (`F`, `C` …). Where there are any, another answer disqualifies a bid; where there
    /// are none, the answer informs.
    pub accepted: Vec<String>,
}

/// A pooled requirement with every requirement that was merged into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PooledView {
    /// The pooled requirement.
    pub pooled: pooled_requirement::Model,
    /// Its sources, council by council.
    pub sources: Vec<RequirementView>,
}

impl PooledView {
    /// The response codes that meet it.
    #[must_use]
    pub fn accepted(&self) -> Vec<&str> {
        self.pooled.accepted.split_whitespace().collect()
    }

    /// Whether an answer with another code disqualifies a bid.
    #[must_use]
    pub fn disqualifies(&self) -> bool {
        !self.pooled.accepted.is_empty()
    }
}

struct Checked {
    text: String,
    kind: RequirementType,
    moscow: Moscow,
    accepted: String,
}

fn check(faults: &mut Faults, input: &PooledInput) -> Checked {
    let text = faults.text("text", &input.text, LONGEST_TEXT);
    let kind = faults.word("type", &input.kind, RequirementType::Functional);
    let moscow = faults.word("moscow", &input.moscow, Moscow::Must);
    let mut accepted = Vec::new();
    for (index, code) in input.accepted.iter().enumerate() {
        let field = format!("accepted/{index}");
        let code = faults.word(&field, &code.to_uppercase(), ResponseCode::Full);
        let message = "“Not met” cannot be an answer that meets the requirement.";
        faults.require(code != ResponseCode::NotMet, &field, "not_met", message);
        accepted.push(code);
    }
    let in_order = ResponseCode::ALL.iter().filter(|code| accepted.contains(code));
    let accepted: Vec<&str> = in_order.map(|code| code.as_str()).collect();
    Checked { text, kind, moscow, accepted: accepted.join(" ") }
}

/// The procurement for its coordinator, while the list is made.
async fn coordinating(w: &Writing, procurement_id: Uuid) -> Result<Scope, Refusal> {
    let scope = access::procurement_locked(w, procurement_id, Action::Pool).await?;
    scope.must_coordinate()?;
    scope.must_stand_at(&[Stage::Pooling])?;
    Ok(scope)
}

/// Counts a change of the pooled list; agreements to the list as it was hold no longer. Conditional, so that two changes
/// never count as one. The caller has been let in.
pub(super) async fn count_change(w: &Writing, procurement: &procurement::Model) -> Result<i64, Refusal> {
    let next = procurement.pool_version + 1;
    let counted = procurement::Entity::update_many()
        .col_expr(procurement::Column::PoolVersion, Expr::value(next))
        .filter(procurement::Column::Id.eq(procurement.id))
        .filter(procurement::Column::PoolVersion.eq(procurement.pool_version))
        .exec(w.txn())
        .await?;
    if counted.rows_affected == 0 { Err(Refusal::stale()) } else { Ok(next) }
}

/// Adds a pooled requirement that no council asked for by itself.
pub async fn add(w: &Writing, procurement_id: Uuid, input: PooledInput) -> Result<PooledView, Refusal> {
    merge(w, procurement_id, Vec::new(), input).await
}

/// Merges requirements of one or more councils into a new pooled requirement, and keeps each as its source.
pub async fn merge(
    w: &Writing,
    procurement_id: Uuid,
    requirement_ids: Vec<Uuid>,
    input: PooledInput,
) -> Result<PooledView, Refusal> {
    let scope = coordinating(w, procurement_id).await?;
    let mut faults = Faults::new();
    let checked = check(&mut faults, &input);
    let sources = free_sources(w, &scope, &requirement_ids, &mut faults).await?;
    faults.done()?;
    let of_procurement = pooled_requirement::Column::ProcurementId.eq(scope.id());
    let others = pooled_requirement::Entity::find().filter(of_procurement).all(w.txn()).await?;
    let id = Uuid::now_v7();
    let row = pooled_requirement::ActiveModel {
        id: Set(id),
        procurement_id: Set(scope.id()),
        code: Set(codes::next("R", 3, others.iter().map(|other| other.code.as_str()))),
        text: Set(checked.text),
        kind: Set(Word(checked.kind)),
        moscow: Set(Word(checked.moscow)),
        accepted: Set(checked.accepted),
        position: Set(others.iter().map(|other| other.position).max().unwrap_or(0) + 1),
        version: Set(1),
    };
    let pooled = pooled_requirement::Entity::insert(row).exec_with_returning(w.txn()).await?;
    take_sources(w, id, &sources).await?;
    record(w, &scope, "pooling.pooled_requirement.add", &pooled, &sources).await?;
    view(w, scope.id(), pooled).await
}

/// Adds requirements to the sources of a pooled one.
pub async fn attach(
    w: &Writing,
    procurement_id: Uuid,
    id: Uuid,
    seen: i64,
    requirement_ids: Vec<Uuid>,
) -> Result<PooledView, Refusal> {
    let scope = coordinating(w, procurement_id).await?;
    let before = find(w, &scope, id).await?;
    let mut faults = Faults::new();
    let any = !requirement_ids.is_empty();
    faults.require(any, "requirement_ids", "missing", "Choose at least one requirement.");
    let sources = free_sources(w, &scope, &requirement_ids, &mut faults).await?;
    faults.done()?;
    let pooled = update(w, before, seen).await?;
    take_sources(w, id, &sources).await?;
    record(w, &scope, "pooling.pooled_requirement.attach", &pooled, &sources).await?;
    view(w, scope.id(), pooled).await
}

/// Takes a source out of a pooled requirement; the council's requirement is then not yet pooled.
pub async fn detach(
    w: &Writing,
    procurement_id: Uuid,
    id: Uuid,
    seen: i64,
    requirement_id: Uuid,
) -> Result<PooledView, Refusal> {
    let scope = coordinating(w, procurement_id).await?;
    let before = find(w, &scope, id).await?;
    let source = requirement::Entity::find_by_id(requirement_id)
        .filter(requirement::Column::PooledId.eq(id))
        .one(w.txn())
        .await?
        .ok_or_else(|| Refusal::not_found("source"))?;
    let pooled = update(w, before, seen).await?;
    requirement::Entity::update_many()
        .col_expr(requirement::Column::PooledId, Expr::value(Option::<Uuid>::None))
        .filter(requirement::Column::Id.eq(requirement_id))
        .exec(w.txn())
        .await?;
    record(w, &scope, "pooling.pooled_requirement.detach", &pooled, &[source]).await?;
    view(w, scope.id(), pooled).await
}

/// Changes wording, type, importance or accepted response codes.
pub async fn change(
    w: &Writing,
    procurement_id: Uuid,
    id: Uuid,
    seen: i64,
    input: PooledInput,
) -> Result<PooledView, Refusal> {
    let scope = coordinating(w, procurement_id).await?;
    let before = find(w, &scope, id).await?;
    let mut faults = Faults::new();
    let checked = check(&mut faults, &input);
    faults.done()?;
    let after = pooled_requirement::Model {
        text: checked.text,
        kind: Word(checked.kind),
        moscow: Word(checked.moscow),
        accepted: checked.accepted,
        ..before
    };
    let pooled = update(w, after, seen).await?;
    record(w, &scope, "pooling.pooled_requirement.change", &pooled, &[]).await?;
    view(w, scope.id(), pooled).await
}

/// Removes a pooled requirement; its sources are then not yet pooled. Returns what it was.
pub async fn remove(w: &Writing, procurement_id: Uuid, id: Uuid, seen: i64) -> Result<PooledView, Refusal> {
    let scope = coordinating(w, procurement_id).await?;
    let pooled = find(w, &scope, id).await?;
    let was = view(w, scope.id(), pooled).await?;
    let removed = pooled_requirement::Entity::delete_many()
        .filter(pooled_requirement::Column::Id.eq(id))
        .filter(pooled_requirement::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if removed.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    requirement::Entity::update_many()
        .col_expr(requirement::Column::PooledId, Expr::value(Option::<Uuid>::None))
        .filter(requirement::Column::PooledId.eq(id))
        .exec(w.txn())
        .await?;
    let sources: Vec<_> = was.sources.iter().map(|source| source.requirement.clone()).collect();
    record(w, &scope, "pooling.pooled_requirement.remove", &was.pooled, &sources).await?;
    Ok(was)
}

async fn find(r: &Reading, scope: &Scope, id: Uuid) -> Result<pooled_requirement::Model, Refusal> {
    pooled_requirement::Entity::find_by_id(id)
        .filter(pooled_requirement::Column::ProcurementId.eq(scope.id()))
        .one(r.txn())
        .await?
        .ok_or_else(|| Refusal::not_found("pooled requirement"))
}

/// The requirements that are to be merged: of this procurement, and in no other pooled requirement, so that every need
/// is answered in one place.
async fn free_sources(
    w: &Writing,
    scope: &Scope,
    ids: &[Uuid],
    faults: &mut Faults,
) -> Result<Vec<requirement::Model>, Refusal> {
    let rows: BTreeMap<Uuid, requirement::Model> = requirement::Entity::find()
        .filter(requirement::Column::ProcurementId.eq(scope.id()))
        .filter(requirement::Column::Id.is_in(ids.iter().copied()))
        .all(w.txn())
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    for (index, id) in ids.iter().enumerate() {
        let field = format!("requirement_ids/{index}");
        match rows.get(id).map(|row| (&row.code, row.pooled_id)) {
            None => faults.add(&field, "not_found", "There is no such requirement in this procurement."),
            Some((code, Some(pooled_id))) => {
                let pooled = code_of(w, scope.id(), pooled_id).await?;
                let message = format!(
                    "{code} is a source of the pooled requirement {pooled} already. Detach it there first."
                );
                faults.add(&field, "already_pooled", message);
            }
            Some((_, None)) => {}
        }
    }
    Ok(rows.into_values().collect())
}

/// The number of a pooled requirement, for messages.
pub(super) async fn code_of(r: &Reading, procurement_id: Uuid, id: Uuid) -> Result<String, Refusal> {
    let row = pooled_requirement::Entity::find_by_id(id)
        .filter(pooled_requirement::Column::ProcurementId.eq(procurement_id))
        .one(r.txn())
        .await?;
    row.map(|row| row.code).ok_or_else(|| Refusal::not_found("pooled requirement"))
}

/// Requirements that have become a source in between are not taken: then nothing of the change is stored.
async fn take_sources(w: &Writing, id: Uuid, sources: &[requirement::Model]) -> Result<(), Refusal> {
    if sources.is_empty() {
        return Ok(());
    }
    let taken = requirement::Entity::update_many()
        .col_expr(requirement::Column::PooledId, Expr::value(Some(id)))
        .filter(requirement::Column::Id.is_in(sources.iter().map(|source| source.id)))
        .filter(requirement::Column::PooledId.is_null())
        .exec(w.txn())
        .await?;
    if taken.rows_affected == sources.len() as u64 { Ok(()) } else { Err(Refusal::stale()) }
}

/// Stores a pooled requirement over the version that was seen; also where only its sources change, so that two people
/// who work on the same one notice each other.
async fn update(
    w: &Writing,
    row: pooled_requirement::Model,
    seen: i64,
) -> Result<pooled_requirement::Model, Refusal> {
    let row = pooled_requirement::Model { version: seen + 1, ..row };
    let changed = pooled_requirement::Entity::update_many()
        .col_expr(pooled_requirement::Column::Text, Expr::value(row.text.as_str()))
        .col_expr(pooled_requirement::Column::Kind, Expr::value(row.kind))
        .col_expr(pooled_requirement::Column::Moscow, Expr::value(row.moscow))
        .col_expr(pooled_requirement::Column::Accepted, Expr::value(row.accepted.as_str()))
        .col_expr(pooled_requirement::Column::Version, Expr::value(row.version))
        .filter(pooled_requirement::Column::Id.eq(row.id))
        .filter(pooled_requirement::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if changed.rows_affected == 0 { Err(Refusal::stale()) } else { Ok(row) }
}

/// Counts the change of the list, and notes it with the requirements that moved.
async fn record(
    w: &Writing,
    scope: &Scope,
    action: &'static str,
    pooled: &pooled_requirement::Model,
    moved: &[requirement::Model],
) -> Result<(), Refusal> {
    let pool_version = count_change(w, &scope.procurement).await?;
    let moved: Vec<Value> = moved.iter().map(|source| json!(source.id)).collect();
    let body = json!({
        "code": pooled.code,
        "type": pooled.kind.0.as_str(),
        "moscow": pooled.moscow.0.as_str(),
        "accepted": pooled.accepted,
        "text": text_hash(pooled.id, &pooled.text),
        "requirement_ids": moved,
        "pool_version": pool_version,
    });
    w.record(Record::new(scope.id(), action, pooled.id, body));
    Ok(())
}

/// The pooled list in its order, each with its sources.
pub async fn list(r: &Reading, procurement_id: Uuid, paging: &Paging) -> Result<Slice<PooledView>, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    let mut query =
        pooled_requirement::Entity::find().filter(pooled_requirement::Column::ProcurementId.eq(scope.id()));
    if let Some(after) = paging.after_key::<i32>()? {
        query = query.filter(pooled_requirement::Column::Position.gt(after));
    }
    let rows =
        query.order_by_asc(pooled_requirement::Column::Position).limit(paging.limit + 1).all(r.txn()).await?;
    let slice = paging.cut(rows, |row| row.position.to_string());
    let next = slice.next;
    Ok(Slice { items: views(r, scope.id(), slice.items).await?, next })
}

/// One pooled requirement with its sources.
pub async fn one(r: &Reading, procurement_id: Uuid, id: Uuid) -> Result<PooledView, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    let pooled = find(r, &scope, id).await?;
    view(r, scope.id(), pooled).await
}

async fn view(
    r: &Reading,
    procurement_id: Uuid,
    pooled: pooled_requirement::Model,
) -> Result<PooledView, Refusal> {
    let view = views(r, procurement_id, vec![pooled]).await?.pop();
    view.ok_or_else(|| Refusal::not_found("pooled requirement"))
}

async fn views(
    r: &Reading,
    procurement_id: Uuid,
    rows: Vec<pooled_requirement::Model>,
) -> Result<Vec<PooledView>, Refusal> {
    let names = council_names(r, procurement_id).await?;
    let mut sources = requirement::Entity::find()
        .filter(requirement::Column::PooledId.is_in(rows.iter().map(|row| row.id)))
        .order_by_asc(requirement::Column::Code)
        .all(r.txn())
        .await?;
    let name = |id: &Uuid| names.get(id).cloned().unwrap_or_default();
    sources.sort_by_key(|source| name(&source.council_id));
    Ok(rows
        .into_iter()
        .map(|pooled| {
            let own = sources.iter().filter(|source| source.pooled_id == Some(pooled.id));
            let sources = own.map(|source| RequirementView {
                requirement: source.clone(),
                council: name(&source.council_id),
                pooled_code: Some(pooled.code.clone()),
            });
            PooledView { sources: sources.collect(), pooled }
        })
        .collect())
}
