//! Strengths and weaknesses beside the rationale of a mark of record.

use sea_orm_migration::prelude::*;

use crate::columns::text;

/// Strengths and weaknesses beside the rationale of a mark of record.
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0017_moderation"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite takes one column at a time.
        for column in ["strengths", "weaknesses"] {
            let table = Table::alter().table("consensus").add_column(text(column).default("")).to_owned();
            manager.alter_table(table).await?;
        }
        Ok(())
    }
}
