//! What every stage stands on: ledger, outbox, repeats, files and settings.

use sea_orm_migration::prelude::*;

use crate::columns::{
    bytes, count, flag, instant, maybe_instant, maybe_text, maybe_uuid, number, refers, text, uuid,
};

/// What every stage stands on: ledger, outbox, repeats, files and settings.
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0002_kernel"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let ledger_entry = Table::create()
            .table("ledger_entry")
            .col(text("chain"))
            .col(number("number"))
            .col(text("at"))
            .col(text("actor"))
            .col(text("action"))
            .col(text("subject"))
            .col(maybe_text("reason"))
            .col(text("body"))
            .col(text("hash"))
            .col(flag("sealed"))
            .primary_key(Index::create().col("chain").col("number"))
            .to_owned();
        manager.create_table(ledger_entry).await?;

        let ledger_head = Table::create()
            .table("ledger_head")
            .col(text("chain").primary_key())
            .col(number("number"))
            .col(text("hash"))
            .to_owned();
        manager.create_table(ledger_head).await?;

        let outbox_message = Table::create()
            .table("outbox_message")
            .col(uuid("id").primary_key())
            .col(maybe_uuid("procurement_id"))
            .col(text("event"))
            .col(text("kind"))
            .col(count("revision"))
            .col(text("recipient"))
            .col(maybe_uuid("council_id"))
            .col(maybe_uuid("supplier_id"))
            .col(maybe_uuid("person_id"))
            .col(text("subject"))
            .col(text("message_id").unique_key())
            .col(bytes("body"))
            .col(flag("secret"))
            .col(flag("sealed"))
            .col(text("state"))
            .col(count("attempts"))
            .col(instant("next_at"))
            .col(maybe_text("lease_owner"))
            .col(maybe_instant("lease_until"))
            .col(maybe_text("answer"))
            .col(maybe_instant("accepted_at"))
            .col(instant("created_at"))
            .col(number("version"))
            .index(
                Index::create()
                    .unique()
                    .name("outbox_message_event_recipient_kind_revision")
                    .col("event")
                    .col("recipient")
                    .col("kind")
                    .col("revision"),
            )
            .to_owned();
        manager.create_table(outbox_message).await?;
        manager
            .create_index(
                Index::create()
                    .name("outbox_message_by_state_next_at")
                    .table("outbox_message")
                    .col("state")
                    .col("next_at")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("outbox_message_by_procurement_id")
                    .table("outbox_message")
                    .col("procurement_id")
                    .to_owned(),
            )
            .await?;

        let mail_attempt = Table::create()
            .table("mail_attempt")
            .col(uuid("id").primary_key())
            .col(uuid("message_id"))
            .col(count("number"))
            .col(instant("at"))
            .col(text("state"))
            .col(text("answer"))
            .foreign_key(&mut refers("mail_attempt", "message_id", "outbox_message", "id"))
            .to_owned();
        manager.create_table(mail_attempt).await?;
        manager
            .create_index(
                Index::create()
                    .name("mail_attempt_by_message_id")
                    .table("mail_attempt")
                    .col("message_id")
                    .to_owned(),
            )
            .await?;

        let idempotency_key = Table::create()
            .table("idempotency_key")
            .col(text("principal"))
            .col(text("key"))
            .col(text("request_hash"))
            .col(count("status"))
            .col(text("body"))
            .col(instant("created_at"))
            .primary_key(Index::create().col("principal").col("key"))
            .to_owned();
        manager.create_table(idempotency_key).await?;

        let setting =
            Table::create().table("setting").col(text("name").primary_key()).col(text("value")).to_owned();
        manager.create_table(setting).await?;

        let stored_file = Table::create()
            .table("stored_file")
            .col(text("sha256").primary_key())
            .col(number("size"))
            .col(bytes("bytes"))
            .col(instant("created_at"))
            .to_owned();
        manager.create_table(stored_file).await?;

        Ok(())
    }
}
