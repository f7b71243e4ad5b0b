//! What other bidders do not read of the explanations about a bid (PA23 s.94).

use sea_orm_migration::prelude::*;

use crate::columns::{instant, number, refers, text, uuid};

/// What other bidders do not read of the explanations about a bid (PA23 s.94).
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0015_withholding"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let withholding = Table::create()
            .table("withholding")
            .col(uuid("id").primary_key())
            .col(uuid("lot_id"))
            .col(uuid("bid_id"))
            .col(text("question"))
            .col(text("passages"))
            .col(text("grounds"))
            .col(uuid("set_by"))
            .col(instant("set_at"))
            .col(number("version"))
            .foreign_key(&mut refers("withholding", "lot_id", "lot", "id"))
            .foreign_key(&mut refers("withholding", "bid_id", "bid", "id"))
            .foreign_key(&mut refers("withholding", "set_by", "person", "id"))
            .index(
                Index::create()
                    .unique()
                    .name("withholding_bid_id_lot_id_question")
                    .col("bid_id")
                    .col("lot_id")
                    .col("question"),
            )
            // Nothing is withheld without its grounds.
            .check(Expr::cust("(passages = '[]') = (grounds = '')"))
            .to_owned();
        manager.create_table(withholding).await?;

        for column in ["lot_id", "set_by"] {
            let index = Index::create()
                .name(format!("withholding_by_{column}"))
                .table("withholding")
                .col(column)
                .to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
