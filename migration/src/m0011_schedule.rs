//! Price schedule lines with volume bands, mandatory options and rates.

use sea_orm_migration::prelude::*;

use crate::columns::{maybe_count, maybe_number, maybe_text, text};

/// Price schedule lines with volume bands, mandatory options and rates.
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0011_schedule"
    }
}

/// One statement each: SQLite changes one column at a time.
#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let added = [
            text("obligation").default("required").to_owned(),
            text("tiers").default("").to_owned(),
            maybe_text("rate_role"),
            maybe_count("rate_level"),
            maybe_number("rate_basket_e3"),
        ];
        for column in added {
            manager.alter_table(Table::alter().table("schedule_line").add_column(column).to_owned()).await?;
        }
        // What suppliers owe on a line was yes or no, and is one of three words now.
        let optional = Query::update()
            .table("schedule_line")
            .value("obligation", "optional")
            .and_where(Expr::col("optional").eq(true))
            .to_owned();
        manager.execute(optional).await?;
        manager.alter_table(Table::alter().table("schedule_line").drop_column("optional").to_owned()).await
    }
}
