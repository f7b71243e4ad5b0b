//! Tests of award models before publication, and what was decided about their findings.

use sea_orm_migration::prelude::*;

use crate::columns::{count, instant, maybe_instant, maybe_text, maybe_uuid, number, refers, text, uuid};

/// Tests of award models before publication, and what was decided about their findings.
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0019_laboratory"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tests = Table::create()
            .table("model_test")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            // No foreign key: a test outlives a lot that is removed again.
            .col(uuid("lot_id"))
            .col(count("number"))
            .col(number("low_pence"))
            .col(number("high_pence"))
            .col(text("model_hash"))
            .col(text("body"))
            .col(text("hash"))
            .col(text("engine_version"))
            .col(count("serious"))
            .col(count("attend"))
            .col(uuid("tested_by"))
            .col(instant("tested_at"))
            .col(maybe_text("decision"))
            .col(maybe_uuid("decided_by"))
            .col(maybe_instant("decided_at"))
            .col(number("version"))
            .foreign_key(&mut refers("model_test", "procurement_id", "procurement", "id"))
            .foreign_key(&mut refers("model_test", "tested_by", "person", "id"))
            .foreign_key(&mut refers("model_test", "decided_by", "person", "id"))
            .index(Index::create().unique().name("model_test_lot_id_number").col("lot_id").col("number"))
            .check(Expr::cust("(decision IS NULL) = (decided_by IS NULL)"))
            .check(Expr::cust("(decision IS NULL) = (decided_at IS NULL)"))
            .to_owned();
        manager.create_table(tests).await?;
        for column in ["procurement_id", "tested_by", "decided_by"] {
            let index = Index::create()
                .name(format!("model_test_by_{column}"))
                .table("model_test")
                .col(column)
                .to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
