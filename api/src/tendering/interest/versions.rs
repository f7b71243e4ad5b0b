//! Everything that was ever declared of one person's interests.

use entity::{interest_clearance, interest_declaration};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::{must_have_a_part, overseen, standing};
use crate::kernel::{Paging, Reading, Refusal, Slice};
use crate::people::person as people;

/// A declaration, and the words of those who cleared it.
#[derive(Clone, Debug)]
pub struct Version {
    /// The declaration.
    pub row: interest_declaration::Model,
    /// Who recorded it, by name; empty where that was not kept.
    pub declared_by: String,
    /// Who cleared it, by name, with the words.
    pub clearances: Vec<(String, interest_clearance::Model)>,
}

/// The declarations of one person, newest first. Coordinators and approvers see them.
pub async fn versions(
    r: &Reading,
    procurement_id: Uuid,
    person: Uuid,
    paging: &Paging,
) -> Result<Slice<Version>, Refusal> {
    let scope = overseen(r, procurement_id).await?;
    let rows = interest_declaration::Entity::find()
        .filter(interest_declaration::Column::ProcurementId.eq(scope.id()))
        .filter(interest_declaration::Column::PersonId.eq(person))
        .order_by_desc(interest_declaration::Column::Version)
        .all(r.txn())
        .await?;
    if rows.is_empty() {
        must_have_a_part(r, &scope, person).await?;
    }
    let mut clearances = standing::clearances(r, rows.iter().map(|row| row.id).collect()).await?;
    let by = rows.iter().filter_map(|row| row.declared_by);
    let cleared_by = clearances.values().flatten().map(|row| row.person_id);
    let known = people::with_councils(r, by.chain(cleared_by).collect()).await?;
    let name =
        |id: Uuid| known.iter().find(|(person, _)| person.id == id).map(|(person, _)| person.name.clone());
    let version = |row: interest_declaration::Model| Version {
        declared_by: row.declared_by.and_then(name).unwrap_or_default(),
        clearances: clearances
            .remove(&row.id)
            .unwrap_or_default()
            .into_iter()
            .map(|row| (name(row.person_id).unwrap_or_default(), row))
            .collect(),
        row,
    };
    paging.cut_whole(rows.into_iter().map(version).collect(), |version| version.row.version.to_string())
}
