//! What becomes of a tender: the grounds that were raised against it, heard and decided on.

use sea_orm_migration::prelude::*;

use crate::columns::{instant, maybe_instant, maybe_text, maybe_uuid, number, refers, text, uuid};

/// What becomes of a tender: the grounds that were raised against it, heard and decided on.
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0022_outcomes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(outcomes()).await?;
        for column in ["procurement_id", "bid_id", "lot_id", "raised_by", "decided_by"] {
            let index = Index::create()
                .name(format!("bid_outcome_by_{column}"))
                .table("bid_outcome")
                .col(column)
                .to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn outcomes() -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table("bid_outcome")
        .col(uuid("id").primary_key())
        .col(uuid("procurement_id"))
        .col(uuid("bid_id"))
        .col(maybe_uuid("lot_id"))
        .col(text("ground"))
        .col(text("reason"))
        .col(text("state"))
        .col(uuid("raised_by"))
        .col(instant("raised_at"))
        .col(maybe_instant("reply_by"))
        .col(maybe_text("reply"))
        .col(maybe_instant("replied_at"))
        .col(maybe_uuid("decided_by"))
        .col(maybe_instant("decided_at"))
        .col(maybe_text("decision_reason"))
        .col(number("version"))
        // A price is looked at lot by lot; every other ground is about the supplier, or the tender as a whole.
        .check(Expr::cust("(ground = 'abnormally_low') = (lot_id IS NOT NULL)"))
        .check(Expr::cust("state <> 'raised' OR reply_by IS NULL"))
        .check(Expr::cust("state NOT IN ('noticed', 'replied') OR reply_by IS NOT NULL"))
        .check(Expr::cust("(reply IS NULL) = (replied_at IS NULL)"))
        // Nobody replies who was not told, or after the time that was told.
        .check(Expr::cust("replied_at IS NULL OR replied_at < reply_by"))
        .check(Expr::cust("(state IN ('disregarded', 'kept')) = (decided_by IS NOT NULL)"))
        .check(Expr::cust("(decided_by IS NULL) = (decided_at IS NULL)"))
        .check(Expr::cust("(decided_by IS NULL) = (decision_reason IS NULL)"))
        // A second person: never who raised it.
        .check(Expr::cust("decided_by IS NULL OR decided_by <> raised_by"));
    for (column, to) in [
        ("procurement_id", "procurement"),
        ("bid_id", "bid"),
        ("lot_id", "lot"),
        ("raised_by", "person"),
        ("decided_by", "person"),
    ] {
        table.foreign_key(&mut refers("bid_outcome", column, to, "id"));
    }
    table
}
