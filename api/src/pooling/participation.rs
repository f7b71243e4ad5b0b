//! Councils in a procurement: invited by the coordinator, joining with a delegation, a commitment and a ceiling.

mod undertaking;

use std::collections::HashMap;

use entity::{Word, council, participation, procurement};
use rules::stage::Stage;
use rules::words::{ContractingModel, Part, ParticipationState};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;

pub use undertaking::UndertakingInput;

use super::letters;
use crate::kernel::access::{self, Scope};
use crate::kernel::ledger::{Record, text_hash};
use crate::kernel::{Action, Faults, Paging, Reading, Refusal, Slice, Writing};

/// A council and its part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CouncilPart {
    /// The council.
    pub council: council::Model,
    /// Its part in the procurement.
    pub part: participation::Model,
}

/// Which council is invited, and to what.
#[derive(Clone, Debug, Default)]
pub struct InviteInput {
    /// The council.
    pub council_id: String,
    /// `core` or `named_option`.
    pub part: String,
}

/// Invites a council and mails its address for notices. A coordinator may: core partners while pooling, named options
/// until publication. A council that declined can be invited again.
pub async fn invite(
    w: &Writing,
    procurement_id: Uuid,
    input: InviteInput,
) -> Result<participation::Model, Refusal> {
    let scope = access::procurement_locked(w, procurement_id, Action::Pool).await?;
    scope.must_coordinate()?;
    let mut faults = Faults::new();
    let part = faults.word("part", &input.part, Part::Core);
    faults.require(part != Part::Lead, "part", "lead_is_set", "Invite as core partner or as named option.");
    let council = match input.council_id.trim().parse::<Uuid>() {
        Ok(id) => council::Entity::find_by_id(id).one(w.txn()).await?,
        Err(_) => None,
    };
    faults.require(council.is_some(), "council_id", "unknown", "Choose a council that is registered here.");
    let before = match &council {
        Some(council) => of_council(w, procurement_id, council.id).await?,
        None => None,
    };
    let free = before.as_ref().is_none_or(|before| before.state.0 == ParticipationState::Declined);
    faults.require(free, "council_id", "already_exists", "This council takes part or is invited already.");
    faults.done()?;
    may_join(&scope, part)?;
    let council = council.ok_or_else(|| Refusal::not_found("council"))?;
    let invited = match before {
        None => add(w, procurement_id, council.id, part, ParticipationState::Invited).await?,
        Some(before) => invite_again(w, &before, part).await?,
    };
    let body = json!({ "council": council.id, "part": part.as_str() });
    w.record(Record::new(procurement_id, "pooling.participation.invite", invited.id, body));
    letters::partner_invitation(w, &scope.procurement, &council, &invited).await?;
    Ok(invited)
}

/// A core partner agrees the specification, so it joins before that; a named option may be added as long as the notice
/// has not named the users (s.1(3)(a), reg 13(b)).
fn may_join(scope: &Scope, part: Part) -> Result<(), Refusal> {
    match part {
        Part::NamedOption => scope.must_stand_at(&[Stage::Pooling, Stage::Tendering]),
        Part::Lead | Part::Core => scope.must_stand_at(&[Stage::Pooling]),
    }
}

/// Stores a council's part, with nothing promised yet. The caller has been let in by the operation that asks.
pub(super) async fn add(
    w: &Writing,
    procurement_id: Uuid,
    council_id: Uuid,
    part: Part,
    state: ParticipationState,
) -> Result<participation::Model, Refusal> {
    let row = participation::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(procurement_id),
        council_id: Set(council_id),
        part: Set(Word(part)),
        state: Set(Word(state)),
        instrument: Set(None),
        minute: Set(None),
        delegated_on: Set(None),
        delegation_expires_on: Set(None),
        delegation_cap_pence: Set(None),
        delegates_award: Set(false),
        commitment: Set(None),
        ceiling_pence: Set(None),
        shared_cost_weight: Set("1".to_owned()),
        agreed_pool_version: Set(None),
        version: Set(1),
    };
    Ok(participation::Entity::insert(row).exec_with_returning(w.txn()).await?)
}

async fn invite_again(
    w: &Writing,
    before: &participation::Model,
    part: Part,
) -> Result<participation::Model, Refusal> {
    participation::Entity::update_many()
        .col_expr(participation::Column::Part, Expr::value(Word(part)))
        .col_expr(participation::Column::State, Expr::value(Word(ParticipationState::Invited)))
        .col_expr(participation::Column::Version, Expr::value(before.version + 1))
        .filter(participation::Column::Id.eq(before.id))
        .filter(participation::Column::Version.eq(before.version))
        .exec(w.txn())
        .await?;
    stored(w, before.id).await
}

async fn stored(r: &Reading, id: Uuid) -> Result<participation::Model, Refusal> {
    let row = participation::Entity::find_by_id(id).one(r.txn()).await?;
    row.ok_or_else(|| Refusal::not_found("participation"))
}

async fn of_council(
    r: &Reading,
    procurement_id: Uuid,
    council_id: Uuid,
) -> Result<Option<participation::Model>, Refusal> {
    let row = participation::Entity::find()
        .filter(participation::Column::ProcurementId.eq(procurement_id))
        .filter(participation::Column::CouncilId.eq(council_id))
        .one(r.txn())
        .await?;
    Ok(row)
}

/// The part of the caller's own council, whether or not it has answered.
pub async fn own(r: &Reading, procurement_id: Uuid) -> Result<participation::Model, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    scope.council_part().cloned()
}

/// Joins, with delegation, commitment and ceiling. An officer of the invited council may, and its key.
pub async fn accept(
    w: &Writing,
    procurement_id: Uuid,
    seen: i64,
    input: UndertakingInput,
) -> Result<participation::Model, Refusal> {
    let scope = access::procurement_locked(w, procurement_id, Action::Pool).await?;
    let own = scope.council_part()?;
    must_be_unanswered(own)?;
    may_join(&scope, own.part.0)?;
    let undertaking = undertaking::check(w, own.part.0, &input)?;
    let update = undertaking
        .write(participation::Entity::update_many())
        .col_expr(participation::Column::State, Expr::value(Word(ParticipationState::Accepted)));
    let accepted = conditionally(w, own.id, seen, update).await?;
    w.record(Record::new(
        procurement_id,
        "pooling.participation.accept",
        own.id,
        undertaking.facts(own.council_id),
    ));
    Ok(accepted)
}

/// Refuses the invitation; the procurement is then out of the council's reach. An officer of the invited council may, and
/// its key.
pub async fn decline(
    w: &Writing,
    procurement_id: Uuid,
    seen: i64,
    reason: Option<&str>,
) -> Result<participation::Model, Refusal> {
    let scope = access::procurement_locked(w, procurement_id, Action::Pool).await?;
    let own = scope.council_part()?;
    must_be_unanswered(own)?;
    let mut faults = Faults::new();
    let reason = faults.optional("reason", reason, 1_000);
    faults.done()?;
    let update = participation::Entity::update_many()
        .col_expr(participation::Column::State, Expr::value(Word(ParticipationState::Declined)));
    let declined = conditionally(w, own.id, seen, update).await?;
    let body = json!({ "council": own.council_id });
    let mut record = Record::new(procurement_id, "pooling.participation.decline", own.id, body);
    if let Some(reason) = reason {
        record = record.because(reason);
    }
    w.record(record);
    Ok(declined)
}

fn must_be_unanswered(part: &participation::Model) -> Result<(), Refusal> {
    if part.state.0 == ParticipationState::Invited {
        return Ok(());
    }
    Err(Refusal::conflict("already_answered", "Your council has answered this invitation already."))
}

/// Changes what the council has promised. Until publication everything may change; then commitment, ceiling and weight
/// stand as bidders were told, and only the delegation may be renewed, until the award. An officer of the council may,
/// and its key.
pub async fn change(
    w: &Writing,
    procurement_id: Uuid,
    seen: i64,
    input: UndertakingInput,
) -> Result<participation::Model, Refusal> {
    let scope = access::procurement_locked(w, procurement_id, Action::Pool).await?;
    let own = scope.own_council()?;
    scope.must_stand_at(&[
        Stage::Pooling,
        Stage::Tendering,
        Stage::Published,
        Stage::Scoring,
        Stage::Deciding,
    ])?;
    let undertaking = undertaking::check(w, own.part.0, &input)?;
    if !matches!(scope.procurement.stage.0, Stage::Pooling | Stage::Tendering) {
        undertaking.must_keep_what_was_published(own)?;
    }
    let changed =
        conditionally(w, own.id, seen, undertaking.write(participation::Entity::update_many())).await?;
    w.record(Record::new(
        procurement_id,
        "pooling.participation.change",
        own.id,
        undertaking.facts(own.council_id),
    ));
    Ok(changed)
}

async fn conditionally(
    w: &Writing,
    id: Uuid,
    seen: i64,
    update: sea_orm::UpdateMany<participation::Entity>,
) -> Result<participation::Model, Refusal> {
    let changed = update
        .col_expr(participation::Column::Version, Expr::value(seen + 1))
        .filter(participation::Column::Id.eq(id))
        .filter(participation::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if changed.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    stored(w, id).await
}

/// All councils in a procurement, in the order in which they were invited, whatever they answered.
pub async fn list(r: &Reading, procurement_id: Uuid, paging: &Paging) -> Result<Slice<CouncilPart>, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    let mut query = participation::Entity::find().filter(participation::Column::ProcurementId.eq(scope.id()));
    if let Some(after) = paging.after_key::<Uuid>()? {
        query = query.filter(participation::Column::Id.gt(after));
    }
    let rows = query.order_by_asc(participation::Column::Id).limit(paging.limit + 1).all(r.txn()).await?;
    let with_names = with_councils(r, rows).await?;
    Ok(paging.cut(with_names, |row| row.part.id.to_string()))
}

async fn with_councils(r: &Reading, rows: Vec<participation::Model>) -> Result<Vec<CouncilPart>, Refusal> {
    let councils: HashMap<Uuid, council::Model> = council::Entity::find()
        .filter(council::Column::Id.is_in(rows.iter().map(|row| row.council_id)))
        .all(r.txn())
        .await?
        .into_iter()
        .map(|council| (council.id, council))
        .collect();
    let pairs = rows.into_iter().filter_map(|part| {
        let council = councils.get(&part.council_id)?.clone();
        Some(CouncilPart { council, part })
    });
    Ok(pairs.collect())
}

/// The councils that joined: the lead first, then by name. The caller has been let in by the operation that asks.
pub(crate) async fn parts(r: &Reading, procurement_id: Uuid) -> Result<Vec<CouncilPart>, Refusal> {
    let rows = participation::Entity::find()
        .filter(participation::Column::ProcurementId.eq(procurement_id))
        .filter(participation::Column::State.eq(Word(ParticipationState::Accepted)))
        .all(r.txn())
        .await?;
    let mut parts = with_councils(r, rows).await?;
    parts.sort_by(|a, b| {
        let order = |one: &CouncilPart| (one.part.part.0 != Part::Lead, one.council.name.clone());
        order(a).cmp(&order(b))
    });
    Ok(parts)
}

/// The councils that sign, and so decide (DOMAIN rule 11): named options never. The caller has been let in by the
/// operation that asks.
pub(crate) async fn signatories(
    r: &Reading,
    procurement: &procurement::Model,
) -> Result<Vec<CouncilPart>, Refusal> {
    let model = procurement.contracting_model.0;
    let parts = parts(r, procurement.id).await?;
    Ok(parts.into_iter().filter(|one| signs(model, one.part.part.0)).collect())
}

/// Whether a council with this part signs a contract of its own.
#[must_use]
pub const fn signs(model: ContractingModel, part: Part) -> bool {
    match (model, part) {
        (_, Part::Lead) | (ContractingModel::EachSigns, Part::Core) => true,
        (ContractingModel::LeadForAll, Part::Core) | (_, Part::NamedOption) => false,
    }
}
