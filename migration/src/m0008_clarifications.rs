//! Bidders' questions before the deadline, and their answers.

use sea_orm_migration::prelude::*;

use crate::columns::{
    bytes, count, instant, maybe_bytes, maybe_count, maybe_text, maybe_uuid, number, refers, text, uuid,
};

/// Bidders' questions before the deadline, and their answers.
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0008_clarifications"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let clarification = Table::create()
            .table("clarification")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            .col(bytes("asker"))
            .col(bytes("sealed"))
            .col(text("state"))
            .col(maybe_count("number"))
            .col(maybe_text("claim_reason"))
            .col(instant("asked_at"))
            .col(number("version"))
            .foreign_key(&mut refers("clarification", "procurement_id", "procurement", "id"))
            .index(
                Index::create()
                    .unique()
                    .name("clarification_procurement_id_number")
                    .col("procurement_id")
                    .col("number"),
            )
            // What has a place among the published ones is published, and nothing else is.
            .check(Expr::cust("(state = 'answered') = (number IS NOT NULL)"))
            .to_owned();
        manager.create_table(clarification).await?;

        let clarification_answer = Table::create()
            .table("clarification_answer")
            .col(uuid("id").primary_key())
            .col(uuid("clarification_id"))
            .col(count("number"))
            .col(maybe_text("question"))
            .col(maybe_text("answer"))
            .col(maybe_bytes("sealed"))
            .col(maybe_uuid("corrects"))
            .col(uuid("answered_by"))
            .col(instant("answered_at"))
            .foreign_key(&mut refers("clarification_answer", "clarification_id", "clarification", "id"))
            .foreign_key(&mut refers("clarification_answer", "corrects", "clarification_answer", "id"))
            .foreign_key(&mut refers("clarification_answer", "answered_by", "person", "id"))
            .index(
                Index::create()
                    .unique()
                    .name("clarification_answer_clarification_id_number")
                    .col("clarification_id")
                    .col("number"),
            )
            // An answer is either published, with the question, or sealed for the asker.
            .check(Expr::cust(
                "(answer IS NULL) = (sealed IS NOT NULL) AND (answer IS NULL) = (question IS NULL)",
            ))
            .check(Expr::cust("(number = 1) = (corrects IS NULL)"))
            .to_owned();
        manager.create_table(clarification_answer).await?;
        for column in ["corrects", "answered_by"] {
            let name = format!("clarification_answer_by_{column}");
            let index = Index::create().name(name).table("clarification_answer").col(column).to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
