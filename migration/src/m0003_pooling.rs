//! Requirements and demand of several councils.

use sea_orm_migration::prelude::*;

use crate::columns::{
    count, flag, instant, maybe_date, maybe_instant, maybe_number, maybe_text, maybe_uuid, number, refers,
    text, uuid,
};

/// Requirements and demand of several councils.
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0003_pooling"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let procurement = Table::create()
            .table("procurement")
            .col(uuid("id").primary_key())
            .col(text("reference").unique_key())
            .col(text("title"))
            .col(text("description"))
            .col(text("route"))
            .col(text("contracting_model"))
            .col(uuid("lead_council_id"))
            .col(count("term_years"))
            .col(text("stage"))
            .col(number("pool_version"))
            .col(maybe_instant("deadline_at"))
            .col(maybe_instant("opened_at"))
            .col(maybe_text("external_ref"))
            .col(instant("created_at"))
            .col(number("version"))
            .foreign_key(&mut refers("procurement", "lead_council_id", "council", "id"))
            .index(
                Index::create()
                    .unique()
                    .name("procurement_lead_council_id_external_ref")
                    .col("lead_council_id")
                    .col("external_ref"),
            )
            .to_owned();
        manager.create_table(procurement).await?;

        let participation = Table::create()
            .table("participation")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            .col(uuid("council_id"))
            .col(text("part"))
            .col(text("state"))
            .col(maybe_text("instrument"))
            .col(maybe_text("minute"))
            .col(maybe_date("delegated_on"))
            .col(maybe_date("delegation_expires_on"))
            .col(maybe_number("delegation_cap_pence"))
            .col(flag("delegates_award"))
            .col(maybe_text("commitment"))
            .col(maybe_number("ceiling_pence"))
            .col(text("shared_cost_weight"))
            .col(maybe_number("agreed_pool_version"))
            .col(number("version"))
            .foreign_key(&mut refers("participation", "procurement_id", "procurement", "id"))
            .foreign_key(&mut refers("participation", "council_id", "council", "id"))
            .index(
                Index::create()
                    .unique()
                    .name("participation_procurement_id_council_id")
                    .col("procurement_id")
                    .col("council_id"),
            )
            .to_owned();
        manager.create_table(participation).await?;
        manager
            .create_index(
                Index::create()
                    .name("participation_by_council_id")
                    .table("participation")
                    .col("council_id")
                    .to_owned(),
            )
            .await?;

        let procurement_role = Table::create()
            .table("procurement_role")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            .col(uuid("person_id"))
            .col(text("role"))
            .col(instant("created_at"))
            .foreign_key(&mut refers("procurement_role", "procurement_id", "procurement", "id"))
            .foreign_key(&mut refers("procurement_role", "person_id", "person", "id"))
            .index(
                Index::create()
                    .unique()
                    .name("procurement_role_procurement_id_person_id_role")
                    .col("procurement_id")
                    .col("person_id")
                    .col("role"),
            )
            .to_owned();
        manager.create_table(procurement_role).await?;
        manager
            .create_index(
                Index::create()
                    .name("procurement_role_by_person_id")
                    .table("procurement_role")
                    .col("person_id")
                    .to_owned(),
            )
            .await?;

        let requirement = Table::create()
            .table("requirement")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            .col(uuid("council_id"))
            .col(text("code"))
            .col(text("text"))
            .col(text("kind"))
            .col(text("moscow"))
            .col(text("rationale"))
            .col(maybe_uuid("pooled_id"))
            .col(maybe_text("external_ref"))
            .col(maybe_text("sheet"))
            .col(maybe_text("cell"))
            .col(instant("created_at"))
            .col(number("version"))
            .foreign_key(&mut refers("requirement", "procurement_id", "procurement", "id"))
            .foreign_key(&mut refers("requirement", "council_id", "council", "id"))
            .index(
                Index::create()
                    .unique()
                    .name("requirement_procurement_id_council_id_code")
                    .col("procurement_id")
                    .col("council_id")
                    .col("code"),
            )
            .index(
                Index::create()
                    .unique()
                    .name("requirement_procurement_id_council_id_external_ref")
                    .col("procurement_id")
                    .col("council_id")
                    .col("external_ref"),
            )
            .to_owned();
        manager.create_table(requirement).await?;
        manager
            .create_index(
                Index::create()
                    .name("requirement_by_council_id")
                    .table("requirement")
                    .col("council_id")
                    .to_owned(),
            )
            .await?;

        let pooled_requirement = Table::create()
            .table("pooled_requirement")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            .col(text("code"))
            .col(text("text"))
            .col(text("kind"))
            .col(text("moscow"))
            .col(text("accepted"))
            .col(count("position"))
            .col(number("version"))
            .foreign_key(&mut refers("pooled_requirement", "procurement_id", "procurement", "id"))
            .index(
                Index::create()
                    .unique()
                    .name("pooled_requirement_procurement_id_code")
                    .col("procurement_id")
                    .col("code"),
            )
            .to_owned();
        manager.create_table(pooled_requirement).await?;

        let schedule_line = Table::create()
            .table("schedule_line")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            .col(maybe_uuid("lot_id"))
            .col(text("code"))
            .col(text("description"))
            .col(text("unit"))
            .col(text("charge"))
            .col(flag("shared"))
            .col(flag("optional"))
            .col(count("position"))
            .col(number("version"))
            .foreign_key(&mut refers("schedule_line", "procurement_id", "procurement", "id"))
            .index(
                Index::create()
                    .unique()
                    .name("schedule_line_procurement_id_code")
                    .col("procurement_id")
                    .col("code"),
            )
            .to_owned();
        manager.create_table(schedule_line).await?;

        let demand = Table::create()
            .table("demand")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            .col(uuid("council_id"))
            .col(uuid("line_id"))
            .col(count("year"))
            .col(text("firmness"))
            .col(number("volume_e3"))
            .col(maybe_text("external_ref"))
            .col(number("version"))
            .foreign_key(&mut refers("demand", "procurement_id", "procurement", "id"))
            .foreign_key(&mut refers("demand", "council_id", "council", "id"))
            .foreign_key(&mut refers("demand", "line_id", "schedule_line", "id"))
            .index(
                Index::create()
                    .unique()
                    .name("demand_line_id_council_id_year_firmness")
                    .col("line_id")
                    .col("council_id")
                    .col("year")
                    .col("firmness"),
            )
            .index(
                Index::create()
                    .unique()
                    .name("demand_procurement_id_council_id_external_ref")
                    .col("procurement_id")
                    .col("council_id")
                    .col("external_ref"),
            )
            .to_owned();
        manager.create_table(demand).await?;
        manager
            .create_index(
                Index::create().name("demand_by_council_id").table("demand").col("council_id").to_owned(),
            )
            .await?;

        let sheet_import = Table::create()
            .table("sheet_import")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            .col(uuid("council_id"))
            .col(text("subject"))
            .col(text("sha256"))
            .col(text("name"))
            .col(count("rows_taken"))
            .col(text("findings"))
            .col(text("created_by"))
            .col(instant("created_at"))
            .foreign_key(&mut refers("sheet_import", "procurement_id", "procurement", "id"))
            .foreign_key(&mut refers("sheet_import", "council_id", "council", "id"))
            .foreign_key(&mut refers("sheet_import", "sha256", "stored_file", "sha256"))
            .to_owned();
        manager.create_table(sheet_import).await?;
        manager
            .create_index(
                Index::create()
                    .name("sheet_import_by_procurement_id")
                    .table("sheet_import")
                    .col("procurement_id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("sheet_import_by_council_id")
                    .table("sheet_import")
                    .col("council_id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("sheet_import_by_sha256").table("sheet_import").col("sha256").to_owned(),
            )
            .await?;

        Ok(())
    }
}
