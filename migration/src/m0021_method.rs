//! The parameters of all price formulas, and from which spread of marks a panel talks about an answer.

use sea_orm_migration::prelude::*;

use crate::columns::{maybe_count, maybe_text};

/// The parameters of all price formulas, and from which spread of marks a panel talks about an answer.
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0021_method"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["k", "base", "slope"] {
            let lot = Table::alter().table("lot").add_column(maybe_text(column)).to_owned();
            manager.alter_table(lot).await?;
        }
        let method = Table::alter().table("method").add_column(maybe_count("spread_steps")).to_owned();
        manager.alter_table(method).await
    }
}
