//! Answers typed on the supplier's page, and what bidders mark as confidential.

use sea_orm_migration::prelude::*;

use crate::columns::{bytes, instant, number, refers, text, uuid};

/// Answers typed on the supplier's page, and what bidders mark as confidential.
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0013_answers"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let draft_answer = Table::create()
            .table("draft_answer")
            .col(uuid("id").primary_key())
            .col(uuid("invitation_id"))
            .col(uuid("procurement_id"))
            .col(text("question"))
            .col(bytes("sealed"))
            .col(instant("saved_at"))
            .col(number("version"))
            .foreign_key(&mut refers("draft_answer", "invitation_id", "invitation", "id"))
            .foreign_key(&mut refers("draft_answer", "procurement_id", "procurement", "id"))
            .index(
                Index::create()
                    .unique()
                    .name("draft_answer_invitation_id_question")
                    .col("invitation_id")
                    .col("question"),
            )
            .to_owned();
        manager.create_table(draft_answer).await?;
        let by_procurement = Index::create()
            .name("draft_answer_by_procurement_id")
            .table("draft_answer")
            .col("procurement_id")
            .to_owned();
        manager.create_index(by_procurement).await?;

        let confidential = Table::create()
            .table("bid_confidential")
            .col(uuid("id").primary_key())
            .col(uuid("bid_id"))
            .col(text("part"))
            .col(text("question"))
            .col(text("because"))
            .foreign_key(&mut refers("bid_confidential", "bid_id", "bid", "id"))
            .index(
                Index::create()
                    .unique()
                    .name("bid_confidential_bid_id_part_question")
                    .col("bid_id")
                    .col("part")
                    .col("question"),
            )
            .to_owned();
        manager.create_table(confidential).await?;

        // Until now every answer came out of a workbook.
        let origin = Table::alter()
            .table("bid_answer")
            .add_column(text("origin").default("workbook").to_owned())
            .to_owned();
        manager.alter_table(origin).await
    }
}
