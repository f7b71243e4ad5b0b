//! Changes of marks of record after the quality of their lot was locked.

use sea_orm_migration::prelude::*;

use crate::columns::{count, instant, maybe_instant, maybe_text, maybe_uuid, number, refers, text, uuid};

/// Changes of marks of record after the quality of their lot was locked.
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0020_mark_changes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(changes()).await?;
        for column in ["procurement_id", "lot_id", "bid_id", "proposed_by", "decided_by"] {
            let index = Index::create()
                .name(format!("mark_change_by_{column}"))
                .table("mark_change")
                .col(column)
                .to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn changes() -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table("mark_change")
        .col(uuid("id").primary_key())
        .col(uuid("procurement_id"))
        .col(uuid("lot_id"))
        .col(uuid("bid_id"))
        .col(text("question"))
        .col(count("revision"))
        .col(text("value"))
        .col(text("rationale"))
        .col(text("strengths"))
        .col(text("weaknesses"))
        .col(text("reference"))
        .col(text("present"))
        .col(text("dissent"))
        .col(text("reason"))
        .col(text("state"))
        .col(uuid("proposed_by"))
        .col(instant("proposed_at"))
        .col(maybe_uuid("decided_by"))
        .col(maybe_instant("decided_at"))
        .col(maybe_text("decision_reason"))
        .col(maybe_uuid("consensus_id").unique_key())
        .col(maybe_text("marks_hash"))
        .col(maybe_text("signed"))
        .col(number("version"))
        // Only an approved change became a mark of record, and that is signed.
        .check(Expr::cust("(state = 'approved') = (consensus_id IS NOT NULL)"))
        .check(Expr::cust("(consensus_id IS NULL) = (marks_hash IS NULL)"))
        .check(Expr::cust("(consensus_id IS NULL) = (signed IS NULL)"))
        .check(Expr::cust("(state IN ('approved', 'rejected')) = (decided_by IS NOT NULL)"))
        .check(Expr::cust("(decided_by IS NULL) = (decided_at IS NULL)"))
        .check(Expr::cust("(decided_by IS NULL) = (decision_reason IS NULL)"))
        // A second person: never who proposed it.
        .check(Expr::cust("decided_by IS NULL OR decided_by <> proposed_by"));
    for (column, to) in [
        ("procurement_id", "procurement"),
        ("lot_id", "lot"),
        ("bid_id", "bid"),
        ("proposed_by", "person"),
        ("decided_by", "person"),
        ("consensus_id", "consensus"),
    ] {
        table.foreign_key(&mut refers("mark_change", column, to, "id"));
    }
    table
}
