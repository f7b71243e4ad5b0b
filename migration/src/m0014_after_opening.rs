//! Questions to one bidder after the opening with their replies, corrections of prices, and the rule for these.

use sea_orm_migration::prelude::*;

use crate::columns::{
    bytes, count, instant, maybe_instant, maybe_number, maybe_text, maybe_uuid, number, refers, text, uuid,
};

/// Questions to one bidder after the opening with their replies, corrections of prices, and the rule for these.
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0014_after_opening"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let method = Table::alter().table("method").add_column(maybe_text("arithmetic_rule")).to_owned();
        manager.alter_table(method).await?;

        let question = Table::create()
            .table("addressed_question")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            .col(count("number"))
            .col(uuid("bid_id"))
            .col(text("subject"))
            .col(maybe_text("code"))
            .col(maybe_uuid("lot_id"))
            .col(text("text"))
            .col(uuid("asked_by"))
            .col(instant("asked_at"))
            .col(instant("reply_by"))
            .col(text("state"))
            .col(maybe_uuid("decided_by"))
            .col(maybe_instant("decided_at"))
            .col(maybe_text("reason"))
            .col(number("version"))
            .foreign_key(&mut refers("addressed_question", "procurement_id", "procurement", "id"))
            .foreign_key(&mut refers("addressed_question", "bid_id", "bid", "id"))
            .foreign_key(&mut refers("addressed_question", "lot_id", "lot", "id"))
            .foreign_key(&mut refers("addressed_question", "asked_by", "person", "id"))
            .foreign_key(&mut refers("addressed_question", "decided_by", "person", "id"))
            .index(
                Index::create()
                    .unique()
                    .name("addressed_question_procurement_id_number")
                    .col("procurement_id")
                    .col("number"),
            )
            .check(Expr::cust("(subject = 'bid') = (code IS NULL)"))
            .check(Expr::cust("(decided_by IS NULL) = (decided_at IS NULL)"))
            .to_owned();
        manager.create_table(question).await?;

        let reply = Table::create()
            .table("addressed_reply")
            .col(uuid("id").primary_key())
            .col(uuid("question_id"))
            .col(count("number"))
            .col(bytes("sealed"))
            .col(maybe_text("stored"))
            .col(maybe_number("size"))
            .col(instant("received_at"))
            .foreign_key(&mut refers("addressed_reply", "question_id", "addressed_question", "id"))
            .index(
                Index::create()
                    .unique()
                    .name("addressed_reply_question_id_number")
                    .col("question_id")
                    .col("number"),
            )
            .check(Expr::cust("(stored IS NULL) = (size IS NULL)"))
            .to_owned();
        manager.create_table(reply).await?;

        let correction = Table::create()
            .table("price_correction")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            .col(uuid("lot_id"))
            .col(uuid("bid_id"))
            .col(text("line"))
            .col(number("before_e4"))
            .col(number("after_e4"))
            .col(text("rule"))
            .col(text("reason"))
            .col(text("looked_at_all"))
            .col(uuid("proposed_by"))
            .col(instant("proposed_at"))
            .col(instant("confirm_by"))
            .col(text("state"))
            .col(maybe_instant("answered_at"))
            .col(maybe_text("answer_reason"))
            .col(maybe_uuid("decided_by"))
            .col(maybe_instant("decided_at"))
            .col(maybe_text("decision_reason"))
            .col(number("version"))
            .foreign_key(&mut refers("price_correction", "procurement_id", "procurement", "id"))
            .foreign_key(&mut refers("price_correction", "lot_id", "lot", "id"))
            .foreign_key(&mut refers("price_correction", "bid_id", "bid", "id"))
            .foreign_key(&mut refers("price_correction", "proposed_by", "person", "id"))
            .foreign_key(&mut refers("price_correction", "decided_by", "person", "id"))
            // Nobody approves a correction of his or her own (DOMAIN rule 9).
            .check(Expr::cust("decided_by IS NULL OR decided_by <> proposed_by"))
            .check(Expr::cust("(state IN ('approved', 'rejected')) = (decided_by IS NOT NULL)"))
            .check(Expr::cust("before_e4 <> after_e4"))
            .to_owned();
        manager.create_table(correction).await?;

        for (table, column) in [
            ("addressed_question", "bid_id"),
            ("addressed_question", "lot_id"),
            ("addressed_question", "asked_by"),
            ("addressed_question", "decided_by"),
            ("price_correction", "procurement_id"),
            ("price_correction", "lot_id"),
            ("price_correction", "bid_id"),
            ("price_correction", "proposed_by"),
            ("price_correction", "decided_by"),
        ] {
            let index =
                Index::create().name(format!("{table}_by_{column}")).table(table).col(column).to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
