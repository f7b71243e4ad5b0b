//! Invitations, workbooks and the tender box.

use sea_orm_migration::prelude::*;

use crate::columns::{
    bytes, count, flag, instant, maybe_instant, maybe_number, maybe_text, maybe_uuid, number, refers, text,
    uuid,
};

/// Invitations, workbooks and the tender box.
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        // Renamed before the first release, when bids came to lie sealed: a store made by an earlier development version
        // would keep bids in the clear and is told to be made anew.
        "m0005_tender_box"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let procurement_seal = Table::create()
            .table("procurement_seal")
            .col(uuid("procurement_id").primary_key())
            .col(bytes("wrapped_key"))
            .col(instant("created_at"))
            .foreign_key(&mut refers("procurement_seal", "procurement_id", "procurement", "id"))
            .to_owned();
        manager.create_table(procurement_seal).await?;

        let invitation = Table::create()
            .table("invitation")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            .col(uuid("supplier_id"))
            .col(text("email"))
            .col(maybe_text("secret_hash").unique_key())
            .col(maybe_instant("claimed_at"))
            .col(instant("expires_at"))
            .col(maybe_instant("revoked_at"))
            .col(maybe_uuid("invited_by"))
            .col(maybe_text("invited_as"))
            .col(instant("created_at"))
            .col(number("version"))
            .foreign_key(&mut refers("invitation", "procurement_id", "procurement", "id"))
            .foreign_key(&mut refers("invitation", "supplier_id", "supplier", "id"))
            .foreign_key(&mut refers("invitation", "invited_by", "person", "id"))
            .index(
                Index::create()
                    .unique()
                    .name("invitation_procurement_id_email")
                    .col("procurement_id")
                    .col("email"),
            )
            .to_owned();
        manager.create_table(invitation).await?;
        manager
            .create_index(
                Index::create()
                    .name("invitation_by_supplier_id")
                    .table("invitation")
                    .col("supplier_id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("invitation_by_invited_by")
                    .table("invitation")
                    .col("invited_by")
                    .to_owned(),
            )
            .await?;

        let draft_file = Table::create()
            .table("draft_file")
            .col(uuid("id").primary_key())
            .col(uuid("invitation_id"))
            .col(uuid("procurement_id"))
            .col(text("kind"))
            .col(maybe_text("question"))
            .col(text("sha256"))
            .col(text("stored"))
            .col(number("size"))
            .col(flag("readable"))
            .col(bytes("sealed"))
            .col(instant("created_at"))
            .foreign_key(&mut refers("draft_file", "invitation_id", "invitation", "id"))
            .foreign_key(&mut refers("draft_file", "procurement_id", "procurement", "id"))
            .foreign_key(&mut refers("draft_file", "stored", "stored_file", "sha256"))
            .to_owned();
        manager.create_table(draft_file).await?;
        manager
            .create_index(
                Index::create()
                    .name("draft_file_by_invitation_id")
                    .table("draft_file")
                    .col("invitation_id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("draft_file_by_procurement_id")
                    .table("draft_file")
                    .col("procurement_id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("draft_file_by_stored").table("draft_file").col("stored").to_owned(),
            )
            .await?;

        let submission = Table::create()
            .table("submission")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            .col(uuid("invitation_id"))
            .col(count("number"))
            .col(bytes("sealed"))
            .col(text("manifest_hash"))
            .col(flag("late"))
            .col(instant("received_at"))
            .col(text("ledger_hash"))
            .col(maybe_instant("withdrawn_at"))
            .foreign_key(&mut refers("submission", "procurement_id", "procurement", "id"))
            .foreign_key(&mut refers("submission", "invitation_id", "invitation", "id"))
            .index(
                Index::create()
                    .unique()
                    .name("submission_invitation_id_number")
                    .col("invitation_id")
                    .col("number"),
            )
            .to_owned();
        manager.create_table(submission).await?;
        manager
            .create_index(
                Index::create()
                    .name("submission_by_procurement_id")
                    .table("submission")
                    .col("procurement_id")
                    .to_owned(),
            )
            .await?;

        let submission_file = Table::create()
            .table("submission_file")
            .col(uuid("id").primary_key())
            .col(uuid("submission_id"))
            .col(text("kind"))
            .col(maybe_text("question"))
            .col(text("sha256"))
            .col(text("stored"))
            .col(bytes("sealed"))
            .col(number("size"))
            .foreign_key(&mut refers("submission_file", "submission_id", "submission", "id"))
            .foreign_key(&mut refers("submission_file", "stored", "stored_file", "sha256"))
            .to_owned();
        manager.create_table(submission_file).await?;
        manager
            .create_index(
                Index::create()
                    .name("submission_file_by_submission_id")
                    .table("submission_file")
                    .col("submission_id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("submission_file_by_stored")
                    .table("submission_file")
                    .col("stored")
                    .to_owned(),
            )
            .await?;

        let opening_consent = Table::create()
            .table("opening_consent")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            .col(uuid("person_id"))
            .col(uuid("council_id"))
            .col(instant("given_at"))
            .foreign_key(&mut refers("opening_consent", "procurement_id", "procurement", "id"))
            .foreign_key(&mut refers("opening_consent", "person_id", "person", "id"))
            .foreign_key(&mut refers("opening_consent", "council_id", "council", "id"))
            .index(
                Index::create()
                    .unique()
                    .name("opening_consent_procurement_id_person_id")
                    .col("procurement_id")
                    .col("person_id"),
            )
            .to_owned();
        manager.create_table(opening_consent).await?;
        manager
            .create_index(
                Index::create()
                    .name("opening_consent_by_person_id")
                    .table("opening_consent")
                    .col("person_id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("opening_consent_by_council_id")
                    .table("opening_consent")
                    .col("council_id")
                    .to_owned(),
            )
            .await?;

        let bid = Table::create()
            .table("bid")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            .col(uuid("submission_id").unique_key())
            .col(uuid("supplier_id"))
            .col(count("position"))
            .col(instant("created_at"))
            .foreign_key(&mut refers("bid", "procurement_id", "procurement", "id"))
            .foreign_key(&mut refers("bid", "submission_id", "submission", "id"))
            .foreign_key(&mut refers("bid", "supplier_id", "supplier", "id"))
            .to_owned();
        manager.create_table(bid).await?;
        manager
            .create_index(
                Index::create().name("bid_by_procurement_id").table("bid").col("procurement_id").to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("bid_by_supplier_id").table("bid").col("supplier_id").to_owned(),
            )
            .await?;

        let bid_price = Table::create()
            .table("bid_price")
            .col(uuid("id").primary_key())
            .col(uuid("bid_id"))
            .col(text("line"))
            .col(text("offer"))
            .col(maybe_number("unit_price_e4"))
            .col(text("sheet"))
            .col(text("cell"))
            .foreign_key(&mut refers("bid_price", "bid_id", "bid", "id"))
            .index(Index::create().unique().name("bid_price_bid_id_line").col("bid_id").col("line"))
            .to_owned();
        manager.create_table(bid_price).await?;

        let bid_response = Table::create()
            .table("bid_response")
            .col(uuid("id").primary_key())
            .col(uuid("bid_id"))
            .col(text("requirement"))
            .col(text("code"))
            .col(text("comment"))
            .col(text("sheet"))
            .col(text("cell"))
            .foreign_key(&mut refers("bid_response", "bid_id", "bid", "id"))
            .index(
                Index::create()
                    .unique()
                    .name("bid_response_bid_id_requirement")
                    .col("bid_id")
                    .col("requirement"),
            )
            .to_owned();
        manager.create_table(bid_response).await?;

        let bid_answer = Table::create()
            .table("bid_answer")
            .col(uuid("id").primary_key())
            .col(uuid("bid_id"))
            .col(text("question"))
            .col(text("text"))
            .col(text("sheet"))
            .col(text("cell"))
            .foreign_key(&mut refers("bid_answer", "bid_id", "bid", "id"))
            .index(Index::create().unique().name("bid_answer_bid_id_question").col("bid_id").col("question"))
            .to_owned();
        manager.create_table(bid_answer).await?;

        Ok(())
    }
}
