//! Who marks which part of a lot, version by version; and marks that are being written.

use sea_orm_migration::prelude::*;

use crate::columns::{flag, instant, maybe_uuid, number, refers, text, uuid};

/// Who marks which part of a lot, version by version; and marks that are being written.
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0023_assignments"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(assignments()).await?;
        for column in ["procurement_id", "replaced_id", "substitute_id", "assigned_by"] {
            let index = Index::create()
                .name(format!("assignment_by_{column}"))
                .table("assignment")
                .col(column)
                .to_owned();
            manager.create_index(index).await?;
        }
        manager.create_table(drafts()).await?;
        for column in ["procurement_id", "lot_id", "person_id"] {
            let index = Index::create()
                .name(format!("mark_draft_by_{column}"))
                .table("mark_draft")
                .col(column)
                .to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn assignments() -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table("assignment")
        .col(uuid("id").primary_key())
        .col(uuid("procurement_id"))
        .col(uuid("lot_id"))
        .col(number("version"))
        .col(flag("current"))
        .col(text("body"))
        .col(text("reason"))
        .col(maybe_uuid("replaced_id"))
        .col(maybe_uuid("substitute_id"))
        .col(uuid("assigned_by"))
        .col(instant("assigned_at"))
        // A substitution names both, and two.
        .check(Expr::cust("(replaced_id IS NULL) = (substitute_id IS NULL)"))
        .check(Expr::cust("replaced_id IS NULL OR replaced_id <> substitute_id"))
        .index(Index::create().unique().name("assignment_lot_id_version").col("lot_id").col("version"));
    for (column, to) in [
        ("procurement_id", "procurement"),
        ("lot_id", "lot"),
        ("replaced_id", "person"),
        ("substitute_id", "person"),
        ("assigned_by", "person"),
    ] {
        table.foreign_key(&mut refers("assignment", column, to, "id"));
    }
    table
}

fn drafts() -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table("mark_draft")
        .col(uuid("id").primary_key())
        .col(uuid("procurement_id"))
        .col(uuid("lot_id"))
        .col(uuid("bid_id"))
        .col(text("question"))
        .col(uuid("person_id"))
        .col(text("value"))
        .col(text("explanation"))
        .col(instant("kept_at"))
        .index(
            Index::create()
                .unique()
                .name("mark_draft_bid_id_question_person_id")
                .col("bid_id")
                .col("question")
                .col("person_id"),
        );
    for (column, to) in
        [("procurement_id", "procurement"), ("lot_id", "lot"), ("bid_id", "bid"), ("person_id", "person")]
    {
        table.foreign_key(&mut refers("mark_draft", column, to, "id"));
    }
    table
}
