//! Who takes part: councils, people, sign-in, keys and suppliers.

use sea_orm_migration::prelude::*;

use crate::columns::{flag, instant, maybe_instant, maybe_text, maybe_uuid, number, refers, text, uuid};

/// Who takes part: councils, people, sign-in, keys and suppliers.
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0001_people"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let council = Table::create()
            .table("council")
            .col(uuid("id").primary_key())
            .col(text("name").unique_key())
            .col(text("email"))
            .col(maybe_text("ppon"))
            .col(maybe_text("gss_code"))
            .col(instant("created_at"))
            .col(number("version"))
            .to_owned();
        manager.create_table(council).await?;

        let person = Table::create()
            .table("person")
            .col(uuid("id").primary_key())
            .col(text("email").unique_key())
            .col(text("name"))
            .col(maybe_uuid("council_id"))
            .col(flag("site_administrator"))
            .col(flag("council_administrator"))
            .col(flag("outsider"))
            .col(maybe_text("password_hash"))
            .col(maybe_instant("disabled_at"))
            .col(instant("created_at"))
            .col(number("version"))
            .foreign_key(&mut refers("person", "council_id", "council", "id"))
            .to_owned();
        manager.create_table(person).await?;
        manager
            .create_index(
                Index::create().name("person_by_council_id").table("person").col("council_id").to_owned(),
            )
            .await?;

        let session = Table::create()
            .table("session")
            .col(text("id_hash").primary_key())
            .col(maybe_uuid("person_id"))
            .col(text("data"))
            .col(instant("created_at"))
            .col(instant("seen_at"))
            .col(instant("expires_at"))
            .foreign_key(&mut refers("session", "person_id", "person", "id"))
            .to_owned();
        manager.create_table(session).await?;
        manager
            .create_index(
                Index::create().name("session_by_person_id").table("session").col("person_id").to_owned(),
            )
            .await?;

        let one_time_link = Table::create()
            .table("one_time_link")
            .col(text("token_hash").primary_key())
            .col(text("purpose"))
            .col(maybe_uuid("person_id"))
            .col(maybe_text("email"))
            .col(maybe_uuid("procurement_id"))
            .col(maybe_uuid("invitation_id"))
            .col(instant("created_at"))
            .col(instant("expires_at"))
            .col(maybe_instant("used_at"))
            .foreign_key(&mut refers("one_time_link", "person_id", "person", "id"))
            .to_owned();
        manager.create_table(one_time_link).await?;
        manager
            .create_index(
                Index::create()
                    .name("one_time_link_by_person_id")
                    .table("one_time_link")
                    .col("person_id")
                    .to_owned(),
            )
            .await?;

        let api_key = Table::create()
            .table("api_key")
            .col(uuid("id").primary_key())
            .col(text("secret_hash").unique_key())
            .col(text("name"))
            .col(maybe_uuid("council_id"))
            .col(maybe_uuid("person_id"))
            .col(text("scopes"))
            .col(uuid("created_by"))
            .col(instant("created_at"))
            .col(instant("expires_at"))
            .col(maybe_instant("used_at"))
            .col(maybe_instant("revoked_at"))
            .foreign_key(&mut refers("api_key", "council_id", "council", "id"))
            .foreign_key(&mut refers("api_key", "person_id", "person", "id"))
            .foreign_key(&mut refers("api_key", "created_by", "person", "id"))
            .to_owned();
        manager.create_table(api_key).await?;
        manager
            .create_index(
                Index::create().name("api_key_by_council_id").table("api_key").col("council_id").to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("api_key_by_person_id").table("api_key").col("person_id").to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("api_key_by_created_by").table("api_key").col("created_by").to_owned(),
            )
            .await?;

        let supplier = Table::create()
            .table("supplier")
            .col(uuid("id").primary_key())
            .col(text("name"))
            .col(maybe_text("ppon"))
            .col(maybe_text("companies_house"))
            .col(instant("created_at"))
            .col(number("version"))
            .to_owned();
        manager.create_table(supplier).await?;

        Ok(())
    }
}
