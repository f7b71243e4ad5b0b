//! Recommendation, decisions, award, signature.

use sea_orm_migration::prelude::*;

use crate::columns::{date, flag, instant, maybe_date, maybe_text, number, refers, text, uuid};

/// Recommendation, decisions, award, signature.
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0007_deciding"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let recommendation = Table::create()
            .table("recommendation")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            .col(uuid("lot_id").unique_key())
            .col(uuid("result_id"))
            .col(uuid("bid_id"))
            .col(text("text"))
            .col(uuid("made_by"))
            .col(instant("made_at"))
            .col(number("version"))
            .foreign_key(&mut refers("recommendation", "procurement_id", "procurement", "id"))
            .foreign_key(&mut refers("recommendation", "lot_id", "lot", "id"))
            .foreign_key(&mut refers("recommendation", "result_id", "result", "id"))
            .foreign_key(&mut refers("recommendation", "bid_id", "bid", "id"))
            .foreign_key(&mut refers("recommendation", "made_by", "person", "id"))
            .to_owned();
        manager.create_table(recommendation).await?;
        manager
            .create_index(
                Index::create()
                    .name("recommendation_by_procurement_id")
                    .table("recommendation")
                    .col("procurement_id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("recommendation_by_result_id")
                    .table("recommendation")
                    .col("result_id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("recommendation_by_bid_id")
                    .table("recommendation")
                    .col("bid_id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("recommendation_by_made_by")
                    .table("recommendation")
                    .col("made_by")
                    .to_owned(),
            )
            .await?;

        let decision = Table::create()
            .table("decision")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            .col(uuid("lot_id"))
            .col(uuid("council_id"))
            .col(uuid("recommendation_id"))
            .col(number("recommendation_version"))
            .col(text("verdict"))
            .col(text("body"))
            .col(text("minute"))
            .col(flag("by_delegation"))
            .col(date("taken_on"))
            .col(flag("key_decision"))
            .col(date("effective_on"))
            .col(text("reason"))
            .col(maybe_text("external_ref"))
            .col(text("recorded_by"))
            .col(instant("recorded_at"))
            .col(number("version"))
            .foreign_key(&mut refers("decision", "procurement_id", "procurement", "id"))
            .foreign_key(&mut refers("decision", "lot_id", "lot", "id"))
            .foreign_key(&mut refers("decision", "council_id", "council", "id"))
            .foreign_key(&mut refers("decision", "recommendation_id", "recommendation", "id"))
            .index(
                Index::create().unique().name("decision_lot_id_council_id").col("lot_id").col("council_id"),
            )
            .index(
                Index::create()
                    .unique()
                    .name("decision_procurement_id_council_id_external_ref")
                    .col("procurement_id")
                    .col("council_id")
                    .col("external_ref"),
            )
            .to_owned();
        manager.create_table(decision).await?;
        manager
            .create_index(
                Index::create().name("decision_by_council_id").table("decision").col("council_id").to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("decision_by_recommendation_id")
                    .table("decision")
                    .col("recommendation_id")
                    .to_owned(),
            )
            .await?;

        let award = Table::create()
            .table("award")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            .col(uuid("lot_id").unique_key())
            .col(uuid("bid_id"))
            .col(uuid("result_id"))
            .col(number("price_pence"))
            .col(uuid("awarded_by"))
            .col(instant("awarded_at"))
            .col(maybe_date("notice_on"))
            .col(maybe_date("standstill_ends_on"))
            .col(number("version"))
            .foreign_key(&mut refers("award", "procurement_id", "procurement", "id"))
            .foreign_key(&mut refers("award", "lot_id", "lot", "id"))
            .foreign_key(&mut refers("award", "bid_id", "bid", "id"))
            .foreign_key(&mut refers("award", "result_id", "result", "id"))
            .foreign_key(&mut refers("award", "awarded_by", "person", "id"))
            .to_owned();
        manager.create_table(award).await?;
        manager
            .create_index(
                Index::create()
                    .name("award_by_procurement_id")
                    .table("award")
                    .col("procurement_id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(Index::create().name("award_by_bid_id").table("award").col("bid_id").to_owned())
            .await?;
        manager
            .create_index(
                Index::create().name("award_by_result_id").table("award").col("result_id").to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("award_by_awarded_by").table("award").col("awarded_by").to_owned(),
            )
            .await?;

        let allocation = Table::create()
            .table("allocation")
            .col(uuid("id").primary_key())
            .col(uuid("award_id"))
            .col(uuid("council_id"))
            .col(number("amount_pence"))
            .foreign_key(&mut refers("allocation", "award_id", "award", "id"))
            .foreign_key(&mut refers("allocation", "council_id", "council", "id"))
            .index(
                Index::create()
                    .unique()
                    .name("allocation_award_id_council_id")
                    .col("award_id")
                    .col("council_id"),
            )
            .to_owned();
        manager.create_table(allocation).await?;
        manager
            .create_index(
                Index::create()
                    .name("allocation_by_council_id")
                    .table("allocation")
                    .col("council_id")
                    .to_owned(),
            )
            .await?;

        let signature = Table::create()
            .table("signature")
            .col(uuid("id").primary_key())
            .col(uuid("award_id"))
            .col(uuid("council_id"))
            .col(date("signed_on"))
            .col(text("recorded_by"))
            .col(instant("recorded_at"))
            .foreign_key(&mut refers("signature", "award_id", "award", "id"))
            .foreign_key(&mut refers("signature", "council_id", "council", "id"))
            .index(
                Index::create()
                    .unique()
                    .name("signature_award_id_council_id")
                    .col("award_id")
                    .col("council_id"),
            )
            .to_owned();
        manager.create_table(signature).await?;
        manager
            .create_index(
                Index::create()
                    .name("signature_by_council_id")
                    .table("signature")
                    .col("council_id")
                    .to_owned(),
            )
            .await?;

        Ok(())
    }
}
