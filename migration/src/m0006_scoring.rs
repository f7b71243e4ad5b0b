//! Interests, marks, consensus and results.

use sea_orm_migration::prelude::*;

use crate::columns::{count, flag, instant, number, refers, text, uuid};

/// Interests, marks, consensus and results.
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0006_scoring"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let interest = Table::create()
            .table("interest")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            .col(uuid("person_id"))
            .col(text("interest"))
            .col(text("detail"))
            .col(instant("declared_at"))
            .col(number("version"))
            .foreign_key(&mut refers("interest", "procurement_id", "procurement", "id"))
            .foreign_key(&mut refers("interest", "person_id", "person", "id"))
            .index(
                Index::create()
                    .unique()
                    .name("interest_procurement_id_person_id")
                    .col("procurement_id")
                    .col("person_id"),
            )
            .to_owned();
        manager.create_table(interest).await?;
        manager
            .create_index(
                Index::create().name("interest_by_person_id").table("interest").col("person_id").to_owned(),
            )
            .await?;

        let mark = Table::create()
            .table("mark")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            .col(uuid("lot_id"))
            .col(uuid("bid_id"))
            .col(text("question"))
            .col(uuid("person_id"))
            .col(uuid("council_id"))
            .col(text("value"))
            .col(text("explanation"))
            .col(count("revision"))
            .col(flag("current"))
            .col(instant("marked_at"))
            .foreign_key(&mut refers("mark", "procurement_id", "procurement", "id"))
            .foreign_key(&mut refers("mark", "lot_id", "lot", "id"))
            .foreign_key(&mut refers("mark", "bid_id", "bid", "id"))
            .foreign_key(&mut refers("mark", "person_id", "person", "id"))
            .foreign_key(&mut refers("mark", "council_id", "council", "id"))
            .index(
                Index::create()
                    .unique()
                    .name("mark_bid_id_question_person_id_revision")
                    .col("bid_id")
                    .col("question")
                    .col("person_id")
                    .col("revision"),
            )
            .to_owned();
        manager.create_table(mark).await?;
        manager
            .create_index(
                Index::create()
                    .name("mark_by_procurement_id_lot_id")
                    .table("mark")
                    .col("procurement_id")
                    .col("lot_id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(Index::create().name("mark_by_lot_id").table("mark").col("lot_id").to_owned())
            .await?;
        manager
            .create_index(Index::create().name("mark_by_person_id").table("mark").col("person_id").to_owned())
            .await?;
        manager
            .create_index(
                Index::create().name("mark_by_council_id").table("mark").col("council_id").to_owned(),
            )
            .await?;

        let score_sheet = Table::create()
            .table("score_sheet")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            .col(uuid("lot_id"))
            .col(uuid("person_id"))
            .col(instant("submitted_at"))
            .foreign_key(&mut refers("score_sheet", "procurement_id", "procurement", "id"))
            .foreign_key(&mut refers("score_sheet", "lot_id", "lot", "id"))
            .foreign_key(&mut refers("score_sheet", "person_id", "person", "id"))
            .index(
                Index::create().unique().name("score_sheet_lot_id_person_id").col("lot_id").col("person_id"),
            )
            .to_owned();
        manager.create_table(score_sheet).await?;
        manager
            .create_index(
                Index::create()
                    .name("score_sheet_by_procurement_id")
                    .table("score_sheet")
                    .col("procurement_id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("score_sheet_by_person_id")
                    .table("score_sheet")
                    .col("person_id")
                    .to_owned(),
            )
            .await?;

        let consensus = Table::create()
            .table("consensus")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            .col(uuid("lot_id"))
            .col(uuid("bid_id"))
            .col(text("question"))
            .col(text("value"))
            .col(text("rationale"))
            .col(text("reference"))
            .col(text("present"))
            .col(text("dissent"))
            .col(uuid("moderator_id"))
            .col(count("revision"))
            .col(flag("current"))
            .col(instant("agreed_at"))
            .foreign_key(&mut refers("consensus", "procurement_id", "procurement", "id"))
            .foreign_key(&mut refers("consensus", "lot_id", "lot", "id"))
            .foreign_key(&mut refers("consensus", "bid_id", "bid", "id"))
            .foreign_key(&mut refers("consensus", "moderator_id", "person", "id"))
            .index(
                Index::create()
                    .unique()
                    .name("consensus_bid_id_question_revision")
                    .col("bid_id")
                    .col("question")
                    .col("revision"),
            )
            .to_owned();
        manager.create_table(consensus).await?;
        manager
            .create_index(
                Index::create()
                    .name("consensus_by_procurement_id")
                    .table("consensus")
                    .col("procurement_id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("consensus_by_lot_id").table("consensus").col("lot_id").to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("consensus_by_moderator_id")
                    .table("consensus")
                    .col("moderator_id")
                    .to_owned(),
            )
            .await?;

        let quality_lock = Table::create()
            .table("quality_lock")
            .col(uuid("lot_id").primary_key())
            .col(uuid("procurement_id"))
            .col(instant("locked_at"))
            .col(uuid("locked_by"))
            .col(text("marks_hash"))
            .foreign_key(&mut refers("quality_lock", "lot_id", "lot", "id"))
            .foreign_key(&mut refers("quality_lock", "procurement_id", "procurement", "id"))
            .foreign_key(&mut refers("quality_lock", "locked_by", "person", "id"))
            .to_owned();
        manager.create_table(quality_lock).await?;
        manager
            .create_index(
                Index::create()
                    .name("quality_lock_by_procurement_id")
                    .table("quality_lock")
                    .col("procurement_id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("quality_lock_by_locked_by")
                    .table("quality_lock")
                    .col("locked_by")
                    .to_owned(),
            )
            .await?;

        let result = Table::create()
            .table("result")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            .col(uuid("lot_id"))
            .col(count("revision"))
            .col(text("body"))
            .col(text("hash"))
            .col(text("inputs_hash"))
            .col(instant("computed_at"))
            .col(uuid("computed_by"))
            .foreign_key(&mut refers("result", "procurement_id", "procurement", "id"))
            .foreign_key(&mut refers("result", "lot_id", "lot", "id"))
            .foreign_key(&mut refers("result", "computed_by", "person", "id"))
            .index(Index::create().unique().name("result_lot_id_revision").col("lot_id").col("revision"))
            .to_owned();
        manager.create_table(result).await?;
        manager
            .create_index(
                Index::create()
                    .name("result_by_procurement_id")
                    .table("result")
                    .col("procurement_id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("result_by_computed_by").table("result").col("computed_by").to_owned(),
            )
            .await?;

        Ok(())
    }
}
