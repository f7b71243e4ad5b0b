//! What bidders are told.

use sea_orm_migration::prelude::*;

use crate::columns::{
    count, flag, instant, maybe_count, maybe_number, maybe_text, maybe_uuid, number, refers, text, uuid,
};

/// What bidders are told.
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0004_tendering"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let lot = Table::create()
            .table("lot")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            .col(text("code"))
            .col(text("title"))
            .col(text("description"))
            .col(text("price_weight"))
            .col(text("formula"))
            .col(maybe_number("target_pence"))
            .col(maybe_number("ceiling_pence"))
            .col(maybe_text("min_quality"))
            .col(count("position"))
            .col(number("version"))
            .foreign_key(&mut refers("lot", "procurement_id", "procurement", "id"))
            .index(Index::create().unique().name("lot_procurement_id_code").col("procurement_id").col("code"))
            .to_owned();
        manager.create_table(lot).await?;

        let scale = Table::create()
            .table("scale")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            .col(text("name"))
            .col(text("marks"))
            .col(number("version"))
            .foreign_key(&mut refers("scale", "procurement_id", "procurement", "id"))
            .index(
                Index::create().unique().name("scale_procurement_id_name").col("procurement_id").col("name"),
            )
            .to_owned();
        manager.create_table(scale).await?;

        let criterion = Table::create()
            .table("criterion")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            .col(uuid("lot_id"))
            .col(maybe_uuid("parent_id"))
            .col(text("code"))
            .col(text("title"))
            .col(text("weight"))
            .col(maybe_text("question"))
            .col(maybe_uuid("scale_id"))
            .col(maybe_count("word_limit"))
            .col(maybe_text("minimum_mark"))
            .col(flag("document"))
            .col(count("position"))
            .col(number("version"))
            .foreign_key(&mut refers("criterion", "procurement_id", "procurement", "id"))
            .foreign_key(&mut refers("criterion", "lot_id", "lot", "id"))
            .foreign_key(&mut refers("criterion", "parent_id", "criterion", "id"))
            .foreign_key(&mut refers("criterion", "scale_id", "scale", "id"))
            .index(
                Index::create()
                    .unique()
                    .name("criterion_procurement_id_code")
                    .col("procurement_id")
                    .col("code"),
            )
            .to_owned();
        manager.create_table(criterion).await?;
        manager
            .create_index(
                Index::create().name("criterion_by_lot_id").table("criterion").col("lot_id").to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("criterion_by_parent_id").table("criterion").col("parent_id").to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("criterion_by_scale_id").table("criterion").col("scale_id").to_owned(),
            )
            .await?;

        let method = Table::create()
            .table("method")
            .col(uuid("procurement_id").primary_key())
            .col(count("decimals"))
            .col(text("rank_on"))
            .col(text("tie_break"))
            .col(text("base_set"))
            .col(count("opening_councils"))
            .col(number("version"))
            .foreign_key(&mut refers("method", "procurement_id", "procurement", "id"))
            .to_owned();
        manager.create_table(method).await?;

        let document = Table::create()
            .table("document")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            .col(text("name"))
            .col(text("media_type"))
            .col(text("sha256"))
            .col(number("size"))
            .col(count("position"))
            .col(instant("created_at"))
            .foreign_key(&mut refers("document", "procurement_id", "procurement", "id"))
            .foreign_key(&mut refers("document", "sha256", "stored_file", "sha256"))
            .index(
                Index::create()
                    .unique()
                    .name("document_procurement_id_name")
                    .col("procurement_id")
                    .col("name"),
            )
            .to_owned();
        manager.create_table(document).await?;
        manager
            .create_index(
                Index::create().name("document_by_sha256").table("document").col("sha256").to_owned(),
            )
            .await?;

        let pack = Table::create()
            .table("pack")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            .col(count("number"))
            .col(text("body"))
            .col(text("hash"))
            .col(instant("published_at"))
            .col(uuid("published_by"))
            .foreign_key(&mut refers("pack", "procurement_id", "procurement", "id"))
            .foreign_key(&mut refers("pack", "published_by", "person", "id"))
            .index(
                Index::create()
                    .unique()
                    .name("pack_procurement_id_number")
                    .col("procurement_id")
                    .col("number"),
            )
            .to_owned();
        manager.create_table(pack).await?;
        manager
            .create_index(
                Index::create().name("pack_by_published_by").table("pack").col("published_by").to_owned(),
            )
            .await?;

        Ok(())
    }
}
