//! Authorisation is part of the look-up: whoever may not know of a thing does not find it (404), whoever may know of it
//! and may not do this is told so (403).

use entity::{Word, award, participation, procurement, procurement_role};
use rules::stage::Stage;
use rules::words::{Part, ParticipationState, Role};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use super::{Action, Caller, Reading, Refusal, Writing};

/// A procurement as one caller reaches it.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The procurement.
    pub procurement: procurement::Model,
    /// The part of the caller's council, if it has one.
    pub participation: Option<participation::Model>,
    /// The caller's own parts.
    pub roles: Vec<Role>,
    /// Whether the caller enters and decides for its council: an officer or the council's key, not an outsider.
    acts_for_council: bool,
}

/// Finds a procurement for a caller who may do this kind of action somewhere in it.
pub async fn procurement(r: &Reading, id: Uuid, action: Action) -> Result<Scope, Refusal> {
    r.caller().needs(action)?;
    let row = procurement::Entity::find_by_id(id).one(r.txn()).await?;
    scope(r, row).await
}

/// The same, keeping others from changing the procurement until this transaction ends.
pub async fn procurement_locked(w: &Writing, id: Uuid, action: Action) -> Result<Scope, Refusal> {
    w.caller().needs(action)?;
    let row = w.lock_procurement(id).await?;
    scope(w, Some(row)).await
}

async fn scope(r: &Reading, row: Option<procurement::Model>) -> Result<Scope, Refusal> {
    let none = || Refusal::not_found("procurement");
    let procurement = row.ok_or_else(none)?;
    let participation = match r.caller().council_id() {
        None => None,
        Some(council) => {
            participation::Entity::find()
                .filter(participation::Column::ProcurementId.eq(procurement.id))
                .filter(participation::Column::CouncilId.eq(council))
                .one(r.txn())
                .await?
        }
    };
    let (roles, acts_for_council) = match r.caller() {
        Caller::Person(person) => (roles_of(r, procurement.id, person.id).await?, !person.outsider),
        Caller::Council { .. } => (Vec::new(), true),
        Caller::System => (Vec::new(), false),
        Caller::Nobody | Caller::Supplier { .. } => return Err(none()),
    };
    let through_council = acts_for_council
        && participation.as_ref().is_some_and(|part| part.state.0 != ParticipationState::Declined);
    if !through_council && roles.is_empty() && *r.caller() != Caller::System {
        return Err(none());
    }
    Ok(Scope { procurement, participation, roles, acts_for_council })
}

/// Refuses where a lot is awarded: nothing that led to an award changes after it. The caller has been let in.
pub(crate) async fn must_not_be_awarded(r: &Reading, lot_id: Uuid) -> Result<(), Refusal> {
    let awards = award::Entity::find().filter(award::Column::LotId.eq(lot_id)).count(r.txn()).await?;
    if awards == 0 {
        return Ok(());
    }
    Err(Refusal::conflict(
        "already_awarded",
        "This lot is awarded already: nothing that led to the award changes any more.",
    ))
}

/// The person who decides on what another person began; refuses the one who began it. `began` says what it did.
pub(crate) fn second_person(r: &Reading, first: Uuid, began: &str) -> Result<Uuid, Refusal> {
    let person = r.caller().person()?.id;
    if person == first {
        return Err(Refusal::forbidden(format!("{began} Another person must decide on it.")));
    }
    Ok(person)
}

async fn roles_of(r: &Reading, procurement: Uuid, person: Uuid) -> Result<Vec<Role>, Refusal> {
    let rows = procurement_role::Entity::find()
        .filter(procurement_role::Column::ProcurementId.eq(procurement))
        .filter(procurement_role::Column::PersonId.eq(person))
        .all(r.txn())
        .await?;
    Ok(rows.into_iter().map(|row| row.role.0).collect())
}

impl Scope {
    /// The procurement's key.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.procurement.id
    }

    /// Whether the caller has a part.
    #[must_use]
    pub fn holds(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Refuses unless the caller has a part.
    pub fn must_hold(&self, role: Role) -> Result<(), Refusal> {
        if self.holds(role) {
            return Ok(());
        }
        Err(Refusal::forbidden(format!(
            "Only a person with the role “{}” in this procurement can do this.",
            role.label()
        )))
    }

    /// Refuses unless the caller runs the procurement.
    pub fn must_coordinate(&self) -> Result<(), Refusal> {
        self.must_hold(Role::Coordinator)
    }

    /// The part of the council the caller enters and decides for, whether or not it has been accepted yet.
    pub fn council_part(&self) -> Result<&participation::Model, Refusal> {
        self.participation.as_ref().filter(|_| self.acts_for_council).ok_or_else(|| {
            Refusal::forbidden("Only an officer or key of a participating council can do this.")
        })
    }

    /// The council the caller enters and decides for, once it has accepted its part.
    pub fn own_council(&self) -> Result<&participation::Model, Refusal> {
        let part = self.council_part()?;
        if part.state.0 == ParticipationState::Accepted {
            Ok(part)
        } else {
            Err(Refusal::conflict(
                "not_accepted",
                "Your council has not accepted its part yet. Accept it first.",
            ))
        }
    }

    /// Whether the caller's council runs the procurement.
    #[must_use]
    pub fn is_lead(&self) -> bool {
        self.acts_for_council && self.participation.as_ref().is_some_and(|part| part.part.0 == Part::Lead)
    }

    /// Refuses unless the procurement stands at one of these stages.
    pub fn must_stand_at(&self, stages: &[Stage]) -> Result<(), Refusal> {
        let Word(stage) = self.procurement.stage;
        if stages.contains(&stage) {
            return Ok(());
        }
        let wanted: Vec<_> = stages.iter().map(|stage| format!("“{}”", stage.label())).collect();
        Err(Refusal::conflict(
            "wrong_stage",
            format!(
                "This procurement is at “{}”; this can be done at {}.",
                stage.label(),
                wanted.join(" or ")
            ),
        ))
    }

    /// Whether bids have been opened, so that sealed entries may show.
    #[must_use]
    pub fn is_opened(&self) -> bool {
        self.procurement.opened_at.is_some()
    }
}

/// What a supplier reaches: its own invitation and nothing else. Whoever is in its team reaches all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SupplierScope {
    /// The member of its team who calls.
    pub member_id: Uuid,
    /// Its invitation.
    pub invitation_id: Uuid,
    /// The procurement it is for.
    pub procurement_id: Uuid,
    /// The supplier.
    pub supplier_id: Uuid,
}

/// The supplier that calls; for anybody else there is nothing here.
pub fn supplier(r: &Reading) -> Result<SupplierScope, Refusal> {
    match r.caller() {
        Caller::Supplier { member_id, invitation_id, procurement_id, supplier_id } => Ok(SupplierScope {
            member_id: *member_id,
            invitation_id: *invitation_id,
            procurement_id: *procurement_id,
            supplier_id: *supplier_id,
        }),
        Caller::Nobody => Err(Refusal::unauthenticated()),
        _ => Err(Refusal::not_found("invitation")),
    }
}
