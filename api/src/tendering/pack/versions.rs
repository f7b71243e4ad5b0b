//! The versions of a published pack, and what each changed.

use chrono::{DateTime, Utc};
use entity::{deadline_extension, pack};
use rules::pack::Pack;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::parse;
use crate::kernel::{Reading, Refusal};

/// A version of the pack.
#[derive(Clone, Debug)]
pub struct PackVersion {
    /// As it is stored.
    pub row: pack::Model,
    /// From this instant on bids were late under it.
    pub deadline: DateTime<Utc>,
    /// The extension that made it; none for the first publication.
    pub extension: Option<deadline_extension::Model>,
}

/// Every version, the first publication first. Unauthorised: a published pack is public, and so is what changed in it.
pub async fn versions(r: &Reading, procurement_id: Uuid) -> Result<Vec<PackVersion>, Refusal> {
    let rows = rows(r, procurement_id).await?;
    let extensions = deadline_extension::Entity::find()
        .filter(deadline_extension::Column::ProcurementId.eq(procurement_id))
        .filter(deadline_extension::Column::PackId.is_not_null())
        .all(r.txn())
        .await?;
    let versions = rows.into_iter().map(|row| {
        let deadline = deadline_of(&parse(&row)?)?;
        let extension = extensions.iter().find(|extension| extension.pack_id == Some(row.id)).cloned();
        Ok(PackVersion { row, deadline, extension })
    });
    versions.collect()
}

/// The versions before the present one, newest first. Unauthorised.
pub(crate) async fn older(r: &Reading, procurement_id: Uuid) -> Result<Vec<(pack::Model, Pack)>, Refusal> {
    let mut rows = rows(r, procurement_id).await?;
    rows.pop();
    let older = rows.into_iter().rev().map(|row| {
        let pack = parse(&row)?;
        Ok((row, pack))
    });
    older.collect()
}

/// Those of them that ask the same of bidders as the present one: only the deadline differs.
pub(crate) async fn older_alike(
    r: &Reading,
    procurement_id: Uuid,
) -> Result<Vec<(pack::Model, Pack)>, Refusal> {
    let (_, present) = super::current(r, procurement_id).await?;
    let mut older = older(r, procurement_id).await?;
    older.retain(|(_, pack)| pack.asks_the_same(&present));
    Ok(older)
}

/// The deadline that a pack tells.
pub(crate) fn deadline_of(pack: &Pack) -> Result<DateTime<Utc>, Refusal> {
    let told = DateTime::parse_from_rfc3339(&pack.deadline).map_err(|error| Refusal::internal(&error))?;
    Ok(told.with_timezone(&Utc))
}

/// Every version as it was published, oldest first. The caller has been let in by the operation that asks.
pub(crate) async fn rows(r: &Reading, procurement_id: Uuid) -> Result<Vec<pack::Model>, Refusal> {
    Ok(pack::Entity::find()
        .filter(pack::Column::ProcurementId.eq(procurement_id))
        .order_by_asc(pack::Column::Number)
        .all(r.txn())
        .await?)
}
