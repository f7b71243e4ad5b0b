//! The length of a standstill, as the contract award notice (UK6) announced it.

use sea_orm_migration::prelude::*;

use crate::columns::maybe_count;

/// The length of a standstill, as the contract award notice (UK6) announced it.
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0010_notice"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let award = Table::alter().table("award").add_column(maybe_count("standstill_days")).to_owned();
        manager.alter_table(award).await
    }
}
