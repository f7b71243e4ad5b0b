//! Answers that are read for prices before the panel sees them.

use sea_orm_migration::prelude::*;

use crate::columns::{count, flag, instant, refers, text, uuid};

/// Answers that are read for prices before the panel sees them.
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0024_release"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let clearance = ColumnDef::new("clearance").boolean().not_null().default(false).to_owned();
        manager.alter_table(Table::alter().table("method").add_column(clearance).to_owned()).await?;
        let release = Table::create()
            .table("answer_release")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            .col(uuid("bid_id"))
            .col(text("part"))
            .col(count("revision"))
            .col(flag("current"))
            .col(text("removed"))
            .col(text("withheld"))
            .col(text("reason"))
            .col(uuid("released_by"))
            .col(instant("released_at"))
            .foreign_key(&mut refers("answer_release", "procurement_id", "procurement", "id"))
            .foreign_key(&mut refers("answer_release", "bid_id", "bid", "id"))
            .foreign_key(&mut refers("answer_release", "released_by", "person", "id"))
            .index(
                Index::create()
                    .unique()
                    .name("answer_release_bid_id_part_revision")
                    .col("bid_id")
                    .col("part")
                    .col("revision"),
            )
            .to_owned();
        manager.create_table(release).await?;
        for column in ["procurement_id", "released_by"] {
            let index = Index::create()
                .name(format!("answer_release_by_{column}"))
                .table("answer_release")
                .col(column)
                .to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
