//! What lets a result be replayed by anybody: the signed statement of a quality lock, and what a result was computed from.

use sea_orm_migration::prelude::*;

use crate::columns::maybe_text;

/// What lets a result be replayed by anybody: the signed statement of a quality lock, and what a result was computed from.
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0016_evidence"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Locks and results from before this step have none. SQLite takes one column at a time.
        let lock = Table::alter().table("quality_lock").add_column(maybe_text("signed")).to_owned();
        manager.alter_table(lock).await?;
        let result = Table::alter().table("result").add_column(maybe_text("inputs")).to_owned();
        manager.alter_table(result).await
    }
}
