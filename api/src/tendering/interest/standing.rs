//! What somebody's last declaration opens: asked by every operation that shows or judges a bid.

use std::collections::BTreeMap;

use entity::{interest_clearance, interest_declaration};
use rules::interest::{Declaration, Standing, standing};
use rules::words::Role;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::kernel::access::Scope;
use crate::kernel::{Caller, Reading, Refusal};

/// A person's last declaration, and who has cleared it.
#[derive(Clone, Debug)]
pub struct Last {
    /// The declaration.
    pub row: interest_declaration::Model,
    /// The words of those who cleared it, oldest first.
    pub clearances: Vec<interest_clearance::Model>,
}

impl Last {
    /// What the rules need of it.
    #[must_use]
    pub fn declaration(&self) -> Declaration {
        Declaration {
            interest: self.row.interest.0,
            bidders_known: self.row.bidders_known,
            to_clear: self.row.to_clear,
            cleared_by: self.clearances.len(),
        }
    }
}

/// What a last declaration opens now.
#[must_use]
pub fn of(last: Option<&Last>, scope: &Scope) -> Standing {
    standing(last.map(Last::declaration).as_ref(), scope.is_opened())
}

/// The last declarations of a procurement, by person. Unauthorised.
pub async fn all(r: &Reading, procurement_id: Uuid) -> Result<BTreeMap<Uuid, Last>, Refusal> {
    let rows = interest_declaration::Entity::find()
        .filter(interest_declaration::Column::ProcurementId.eq(procurement_id))
        .filter(interest_declaration::Column::Current.eq(true))
        .all(r.txn())
        .await?;
    let mut clearances = clearances(r, rows.iter().map(|row| row.id).collect()).await?;
    let last = |row: interest_declaration::Model| {
        let clearances = clearances.remove(&row.id).unwrap_or_default();
        (row.person_id, Last { row, clearances })
    };
    Ok(rows.into_iter().map(last).collect())
}

/// A person's last declaration. Unauthorised.
pub async fn last_of(r: &Reading, procurement_id: Uuid, person: Uuid) -> Result<Option<Last>, Refusal> {
    let row = interest_declaration::Entity::find()
        .filter(interest_declaration::Column::ProcurementId.eq(procurement_id))
        .filter(interest_declaration::Column::PersonId.eq(person))
        .filter(interest_declaration::Column::Current.eq(true))
        .one(r.txn())
        .await?;
    let Some(row) = row else { return Ok(None) };
    let clearances = clearances(r, vec![row.id]).await?.remove(&row.id).unwrap_or_default();
    Ok(Some(Last { row, clearances }))
}

/// Who has cleared which declaration, oldest first.
pub(crate) async fn clearances(
    r: &Reading,
    declarations: Vec<Uuid>,
) -> Result<BTreeMap<Uuid, Vec<interest_clearance::Model>>, Refusal> {
    let rows = interest_clearance::Entity::find()
        .filter(interest_clearance::Column::DeclarationId.is_in(declarations))
        .order_by_asc(interest_clearance::Column::ClearedAt)
        .order_by_asc(interest_clearance::Column::Id)
        .all(r.txn())
        .await?;
    let mut found: BTreeMap<Uuid, Vec<_>> = BTreeMap::new();
    for row in rows {
        found.entry(row.declaration_id).or_default().push(row);
    }
    Ok(found)
}

/// The caller's last declaration; nothing for who is no person.
pub async fn own(r: &Reading, scope: &Scope) -> Result<Option<Last>, Refusal> {
    match r.caller() {
        Caller::Person(person) => last_of(r, scope.id(), person.id).await,
        _ => Ok(None),
    }
}

/// What the caller's last declaration opens now.
pub async fn of_caller(r: &Reading, scope: &Scope) -> Result<Standing, Refusal> {
    Ok(of(own(r, scope).await?.as_ref(), scope))
}

/// Whether the caller has a part in which interests are declared. Observers influence nothing, and councils act through
/// those who do.
#[must_use]
pub fn must_declare(scope: &Scope) -> bool {
    declares(&scope.roles)
}

/// Whether somebody with these parts declares interests.
#[must_use]
pub fn declares(roles: &[Role]) -> bool {
    roles.iter().any(|role| *role != Role::Observer)
}

/// Refuses a caller who is barred.
pub async fn must_not_be_barred(r: &Reading, scope: &Scope) -> Result<(), Refusal> {
    match of_caller(r, scope).await? {
        Standing::Barred => Err(refused(Standing::Barred)),
        _ => Ok(()),
    }
}

/// Refuses a caller whose declarations do not open anything now.
pub async fn must_be_free(r: &Reading, scope: &Scope) -> Result<(), Refusal> {
    match of_caller(r, scope).await? {
        Standing::Free => Ok(()),
        standing => Err(refused(standing)),
    }
}

fn refused(standing: Standing) -> Refusal {
    match standing {
        Standing::Barred => {
            Refusal::forbidden("You are barred from this procurement by your declaration of interests.")
        }
        Standing::DeclareAgain => Refusal::conflict(
            "declare_again",
            "Declare your interests again: the bidders’ names show now, and you have not declared since.",
        ),
        Standing::ToClear => Refusal::conflict(
            "interest_to_clear",
            "Two other people have to clear the interest that you declared before you take part.",
        ),
        Standing::Undeclared | Standing::Free => {
            Refusal::conflict("interest_missing", "Declare your interests in this procurement first.")
        }
    }
}
