//! The procurement itself: opened by a council that then leads it, and its way from pooling to an agreed specification.

use entity::{Word, demand, participation, pooled_requirement, procurement, procurement_role};
use rules::stage::{NotAllowed, Stage};
use rules::words::{ContractingModel, Part, ParticipationState, Role, Route};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use serde_json::json;
use uuid::Uuid;

use super::participation::{CouncilPart, parts};
use super::{letters, participation as partners};
use crate::kernel::access::{self, Scope};
use crate::kernel::ledger::Record;
use crate::kernel::{Action, Caller, Faults, Paging, Reading, Refusal, Slice, Writing};

/// The longest contract that can be entered, in years.
const LONGEST_TERM: i32 = 30;

/// What is entered about a procurement.
#[derive(Clone, Debug, Default)]
pub struct ProcurementInput {
    /// Its public reference, unique.
    pub reference: String,
    /// Its title.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// The procedure.
    pub route: String,
    /// Who signs.
    pub contracting_model: String,
    /// The length of the contract in whole years, 1 to 30.
    pub term_years: String,
    /// The lead council's own key for it, unique among its procurements.
    pub external_ref: Option<String>,
}

struct Checked {
    reference: String,
    title: String,
    description: String,
    route: Route,
    contracting_model: ContractingModel,
    term_years: i32,
    external_ref: Option<String>,
}

/// A reference stands in addresses and file names as it is.
fn is_reference(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'))
}

/// Reads what was entered, for a procurement led by this council; `own` is the procurement that is being changed.
async fn check(
    r: &Reading,
    lead: Uuid,
    own: Option<Uuid>,
    input: &ProcurementInput,
) -> Result<Checked, Refusal> {
    let mut faults = Faults::new();
    let checked = Checked {
        reference: faults.line("reference", &input.reference, 60),
        title: faults.line("title", &input.title, 200),
        description: faults.text("description", &input.description, 5_000),
        route: faults.word("route", &input.route, Route::Open),
        contracting_model: faults.word(
            "contracting_model",
            &input.contracting_model,
            ContractingModel::EachSigns,
        ),
        term_years: faults.whole("term_years", &input.term_years, 1, LONGEST_TERM),
        external_ref: faults.optional("external_ref", input.external_ref.as_deref(), 100),
    };
    faults.require(
        checked.reference.is_empty() || is_reference(&checked.reference),
        "reference",
        "not_a_reference",
        "Use letters, digits, hyphens, dots and underscores, beginning with a letter or digit: the reference is part of the tender’s public address.",
    );
    let others = || {
        let query = procurement::Entity::find();
        match own {
            Some(own) => query.filter(procurement::Column::Id.ne(own)),
            None => query,
        }
    };
    let same = others().filter(procurement::Column::Reference.eq(checked.reference.as_str()));
    faults.require(
        same.count(r.txn()).await? == 0,
        "reference",
        "already_exists",
        "A procurement with this reference exists already. Choose another.",
    );
    if let Some(external_ref) = &checked.external_ref {
        let same = others()
            .filter(procurement::Column::LeadCouncilId.eq(lead))
            .filter(procurement::Column::ExternalRef.eq(external_ref.as_str()));
        faults.require(
            same.count(r.txn()).await? == 0,
            "external_ref",
            "already_exists",
            "Your council has another procurement with this key.",
        );
    }
    if let Some(own) = own {
        let beyond = demand::Entity::find()
            .filter(demand::Column::ProcurementId.eq(own))
            .filter(demand::Column::Year.gt(checked.term_years));
        faults.require(
            beyond.count(r.txn()).await? == 0,
            "term_years",
            "demand_beyond",
            "Councils have entered demand for later years than this. Remove it first, or keep the term.",
        );
    }
    faults.done()?;
    Ok(checked)
}

/// Opens a procurement. Any officer of a council may: the council leads it, and the officer coordinates it.
pub async fn open(w: &Writing, input: ProcurementInput) -> Result<procurement::Model, Refusal> {
    w.caller().needs(Action::Pool)?;
    let person = w.caller().person()?;
    let lead = person
        .council_id
        .filter(|_| !person.outsider)
        .ok_or_else(|| Refusal::forbidden("Only an officer of a council can open a procurement."))?;
    let checked = check(w, lead, None, &input).await?;
    let row = procurement::ActiveModel {
        id: Set(Uuid::now_v7()),
        reference: Set(checked.reference),
        title: Set(checked.title),
        description: Set(checked.description),
        route: Set(Word(checked.route)),
        contracting_model: Set(Word(checked.contracting_model)),
        lead_council_id: Set(lead),
        term_years: Set(checked.term_years),
        stage: Set(Word(Stage::Pooling)),
        pool_version: Set(1),
        deadline_at: Set(None),
        opened_at: Set(None),
        external_ref: Set(checked.external_ref),
        created_at: Set(w.now()),
        version: Set(1),
    };
    let procurement = procurement::Entity::insert(row).exec_with_returning(w.txn()).await?;
    partners::add(w, procurement.id, lead, Part::Lead, ParticipationState::Accepted).await?;
    let coordinator = procurement_role::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(procurement.id),
        person_id: Set(person.id),
        role: Set(Word(Role::Coordinator)),
        created_at: Set(w.now()),
    };
    procurement_role::Entity::insert(coordinator).exec_without_returning(w.txn()).await?;
    let body = json!({ "particulars": facts(&procurement), "lead": lead, "coordinator": person.id });
    w.record(Record::new(procurement.id, "pooling.procurement.open", procurement.id, body));
    Ok(procurement)
}

fn facts(procurement: &procurement::Model) -> serde_json::Value {
    json!({
        "reference": procurement.reference,
        "title": procurement.title,
        "route": procurement.route.0.as_str(),
        "contracting_model": procurement.contracting_model.0.as_str(),
        "term_years": procurement.term_years,
    })
}

/// The procurements that the caller reaches, newest first: those of its council, and those in which it has a role.
pub async fn list(r: &Reading, paging: &Paging) -> Result<Slice<procurement::Model>, Refusal> {
    r.caller().needs(Action::Read)?;
    let mut query = procurement::Entity::find();
    if *r.caller() != Caller::System {
        query = query.filter(reached_by(r.caller()));
    }
    if let Some(after) = paging.after_key::<Uuid>()? {
        query = query.filter(procurement::Column::Id.lt(after));
    }
    let rows = query.order_by_desc(procurement::Column::Id).limit(paging.limit + 1).all(r.txn()).await?;
    Ok(paging.cut(rows, |row| row.id.to_string()))
}

/// The same rule as [`access::procurement`], over all procurements.
fn reached_by(caller: &Caller) -> Condition {
    let mut reached = Condition::any();
    let outsider = matches!(caller, Caller::Person(person) if person.outsider);
    if let Some(council) = caller.council_id().filter(|_| !outsider) {
        let through_council = Query::select()
            .column(participation::Column::ProcurementId)
            .from(participation::Entity)
            .and_where(participation::Column::CouncilId.eq(council))
            .and_where(participation::Column::State.ne(Word(ParticipationState::Declined)))
            .to_owned();
        reached = reached.add(procurement::Column::Id.in_subquery(through_council));
    }
    if let Caller::Person(person) = caller {
        let through_role = Query::select()
            .column(procurement_role::Column::ProcurementId)
            .from(procurement_role::Entity)
            .and_where(procurement_role::Column::PersonId.eq(person.id))
            .to_owned();
        reached = reached.add(procurement::Column::Id.in_subquery(through_role));
    }
    reached
}

/// One procurement, with the caller's part in it.
pub async fn one(r: &Reading, id: Uuid) -> Result<Scope, Refusal> {
    access::procurement(r, id, Action::Read).await
}

/// Changes the particulars. A coordinator may, until the pack is published.
pub async fn change(
    w: &Writing,
    id: Uuid,
    seen: i64,
    input: ProcurementInput,
) -> Result<procurement::Model, Refusal> {
    let scope = access::procurement_locked(w, id, Action::Pool).await?;
    scope.must_coordinate()?;
    scope.must_stand_at(&[Stage::Pooling, Stage::Tendering])?;
    let checked = check(w, scope.procurement.lead_council_id, Some(id), &input).await?;
    let changed = procurement::Entity::update_many()
        .col_expr(procurement::Column::Reference, Expr::value(checked.reference))
        .col_expr(procurement::Column::Title, Expr::value(checked.title))
        .col_expr(procurement::Column::Description, Expr::value(checked.description))
        .col_expr(procurement::Column::Route, Expr::value(Word(checked.route)))
        .col_expr(procurement::Column::ContractingModel, Expr::value(Word(checked.contracting_model)))
        .col_expr(procurement::Column::TermYears, Expr::value(checked.term_years))
        .col_expr(procurement::Column::ExternalRef, Expr::value(checked.external_ref))
        .col_expr(procurement::Column::Version, Expr::value(seen + 1))
        .filter(procurement::Column::Id.eq(id))
        .filter(procurement::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if changed.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    let procurement = w.lock_procurement(id).await?;
    w.record(Record::new(id, "pooling.procurement.change", id, facts(&procurement)));
    Ok(procurement)
}

/// What keeps the specification from being agreed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Whether the pooled list is still empty.
    pub empty: bool,
    /// Lead and core councils that have not agreed the present pooled list.
    pub councils: Vec<CouncilPart>,
}

/// What keeps the specification from being agreed, for the pages. Named options never block.
pub async fn missing(r: &Reading, id: Uuid) -> Result<Missing, Refusal> {
    let scope = access::procurement(r, id, Action::Read).await?;
    missing_of(r, &scope.procurement).await
}

async fn missing_of(r: &Reading, procurement: &procurement::Model) -> Result<Missing, Refusal> {
    let pooled = pooled_requirement::Entity::find()
        .filter(pooled_requirement::Column::ProcurementId.eq(procurement.id))
        .count(r.txn())
        .await?;
    let councils = parts(r, procurement.id).await?.into_iter().filter(|council| {
        council.part.part.0 != Part::NamedOption
            && council.part.agreed_pool_version != Some(procurement.pool_version)
    });
    Ok(Missing { empty: pooled == 0, councils: councils.collect() })
}

/// Ends pooling: every lead and core council that joined has agreed the pooled list as it stands. A coordinator may; all
/// councils are told.
pub async fn agree_specification(w: &Writing, id: Uuid, seen: i64) -> Result<procurement::Model, Refusal> {
    let scope = access::procurement_locked(w, id, Action::Pool).await?;
    scope.must_coordinate()?;
    let next = scope.procurement.stage.0.agree_specification().map_err(|fault| wrong_stage(&fault))?;
    let missing = missing_of(w, &scope.procurement).await?;
    if missing.empty {
        return Err(Refusal::conflict(
            "pooled_list_empty",
            "The pooled list is empty. Add at least one pooled requirement first.",
        ));
    }
    if !missing.councils.is_empty() {
        let names: Vec<_> = missing.councils.iter().map(|missing| missing.council.name.as_str()).collect();
        return Err(Refusal::conflict(
            "not_agreed",
            format!("The pooled list as it stands has not been agreed by: {}.", names.join(", ")),
        ));
    }
    let procurement = move_on(w, id, seen, next).await?;
    let body = json!({ "pool_version": procurement.pool_version });
    w.record(Record::new(id, "pooling.specification.agree", id, body));
    for partner in parts(w, id).await? {
        letters::specification_agreed(w, &procurement, &partner).await?;
    }
    Ok(procurement)
}

/// Goes back from tendering to pooling, with a reason. A coordinator may.
pub async fn reopen_pooling(
    w: &Writing,
    id: Uuid,
    seen: i64,
    reason: &str,
) -> Result<procurement::Model, Refusal> {
    let scope = access::procurement_locked(w, id, Action::Pool).await?;
    scope.must_coordinate()?;
    let next = scope.procurement.stage.0.reopen_pooling().map_err(|fault| wrong_stage(&fault))?;
    let mut faults = Faults::new();
    let reason = faults.text("reason", reason, 1_000);
    faults.done()?;
    let procurement = move_on(w, id, seen, next).await?;
    let body = json!({ "pool_version": procurement.pool_version });
    w.record(Record::new(id, "pooling.specification.reopen", id, body).because(reason));
    Ok(procurement)
}

async fn move_on(w: &Writing, id: Uuid, seen: i64, next: Stage) -> Result<procurement::Model, Refusal> {
    let moved = procurement::Entity::update_many()
        .col_expr(procurement::Column::Stage, Expr::value(Word(next)))
        .col_expr(procurement::Column::Version, Expr::value(seen + 1))
        .filter(procurement::Column::Id.eq(id))
        .filter(procurement::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if moved.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    w.lock_procurement(id).await
}

fn wrong_stage(fault: &NotAllowed<Stage>) -> Refusal {
    Refusal::conflict(
        "wrong_stage",
        format!("This procurement is at “{}”: you cannot {} now.", fault.from.label(), fault.action),
    )
}
