//! Each council agrees the pooled list, by the number of the list it has read.

use entity::{participation, requirement};
use rules::stage::Stage;
use rules::words::Part;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::participation::parts;
use crate::kernel::access;
use crate::kernel::ledger::Record;
use crate::kernel::{Action, Reading, Refusal, Writing};

/// How the councils stand to the pooled list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreements {
    /// The number of the list as it is now.
    pub pool_version: i64,
    /// How many pooled requirements it has.
    pub pooled: u64,
    /// Each council that has accepted its part, the lead first.
    pub councils: Vec<Agreement>,
}

/// How one council stands to the pooled list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// The council.
    pub council_id: Uuid,
    /// Its name.
    pub council: String,
    /// Its part.
    pub part: Part,
    /// The list it agreed last.
    pub agreed_pool_version: Option<i64>,
    /// Whether that is the list as it is now.
    pub agrees: bool,
    /// How many requirements it has entered.
    pub requirements: u64,
    /// How many of them are not in the pooled list yet.
    pub not_pooled: u64,
}

impl Agreements {
    /// How many requirements of all councils are not in the pooled list yet.
    #[must_use]
    pub fn not_pooled(&self) -> u64 {
        self.councils.iter().map(|council| council.not_pooled).sum()
    }
}

/// Agrees the pooled list for the caller's council. The caller names the list that was read: where it has changed
/// since, nothing is agreed.
pub async fn agree(w: &Writing, procurement_id: Uuid, pool_version: i64) -> Result<Agreements, Refusal> {
    let scope = access::procurement_locked(w, procurement_id, Action::Pool).await?;
    let part = scope.own_council()?;
    scope.must_stand_at(&[Stage::Pooling])?;
    let present = scope.procurement.pool_version;
    if pool_version != present {
        return Err(Refusal::conflict(
            "list_changed",
            format!(
                "The pooled list is at version {present} now; you read version {pool_version}. Read it again, then agree \
                 version {present}."
            ),
        ));
    }
    if pooled_count(w, scope.id()).await? == 0 {
        return Err(Refusal::conflict(
            "nothing_pooled",
            "The pooled list is empty. It can be agreed once the coordinator has merged requirements into it.",
        ));
    }
    if part.agreed_pool_version != Some(present) {
        participation::Entity::update_many()
            .col_expr(participation::Column::AgreedPoolVersion, Expr::value(Some(present)))
            .col_expr(participation::Column::Version, Expr::col(participation::Column::Version).add(1))
            .filter(participation::Column::Id.eq(part.id))
            .exec(w.txn())
            .await?;
        let body = json!({ "council_id": part.council_id, "pool_version": present });
        w.record(Record::new(scope.id(), "pooling.pooled_list.agree", part.council_id, body));
    }
    state_of(w, scope.id(), present).await
}

/// Who has agreed which list, and whose requirements are not in it yet.
pub async fn state(r: &Reading, procurement_id: Uuid) -> Result<Agreements, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    state_of(r, scope.id(), scope.procurement.pool_version).await
}

async fn state_of(r: &Reading, id: Uuid, pool_version: i64) -> Result<Agreements, Refusal> {
    let mut councils = Vec::new();
    for part in parts(r, id).await? {
        let own = || {
            requirement::Entity::find()
                .filter(requirement::Column::ProcurementId.eq(id))
                .filter(requirement::Column::CouncilId.eq(part.council.id))
        };
        let not_pooled = own().filter(requirement::Column::PooledId.is_null()).count(r.txn()).await?;
        councils.push(Agreement {
            requirements: own().count(r.txn()).await?,
            not_pooled,
            council_id: part.council.id,
            council: part.council.name,
            part: part.part.part.0,
            agreed_pool_version: part.part.agreed_pool_version,
            agrees: part.part.agreed_pool_version == Some(pool_version),
        });
    }
    Ok(Agreements { pool_version, pooled: pooled_count(r, id).await?, councils })
}

async fn pooled_count(r: &Reading, procurement_id: Uuid) -> Result<u64, Refusal> {
    use entity::pooled_requirement::{Column, Entity};
    Ok(Entity::find().filter(Column::ProcurementId.eq(procurement_id)).count(r.txn()).await?)
}
