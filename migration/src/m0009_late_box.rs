//! Extensions of the deadline, decisions on late submissions, and witnesses of the opening.

use sea_orm_migration::prelude::*;

use crate::columns::{count, instant, maybe_instant, maybe_text, maybe_uuid, number, refers, text, uuid};

/// Extensions of the deadline, decisions on late submissions, and witnesses of the opening.
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0009_late_box"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let extension = Table::create()
            .table("deadline_extension")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            .col(text("kind"))
            .col(text("state"))
            .col(instant("from_deadline"))
            .col(instant("to_deadline"))
            .col(text("reason"))
            .col(maybe_instant("outage_from"))
            .col(maybe_instant("outage_to"))
            .col(maybe_text("outage"))
            .col(uuid("proposed_by"))
            .col(uuid("proposed_council_id"))
            .col(instant("proposed_at"))
            .col(maybe_uuid("confirmed_by"))
            .col(maybe_uuid("confirmed_council_id"))
            .col(maybe_instant("confirmed_at"))
            .col(maybe_uuid("pack_id").unique_key())
            .col(number("version"))
            .foreign_key(&mut refers("deadline_extension", "procurement_id", "procurement", "id"))
            .foreign_key(&mut refers("deadline_extension", "proposed_by", "person", "id"))
            .foreign_key(&mut refers("deadline_extension", "proposed_council_id", "council", "id"))
            .foreign_key(&mut refers("deadline_extension", "confirmed_by", "person", "id"))
            .foreign_key(&mut refers("deadline_extension", "confirmed_council_id", "council", "id"))
            .foreign_key(&mut refers("deadline_extension", "pack_id", "pack", "id"))
            .to_owned();
        manager.create_table(extension).await?;

        let decision = Table::create()
            .table("late_decision")
            .col(uuid("submission_id").primary_key())
            .col(uuid("procurement_id"))
            .col(text("state"))
            .col(maybe_instant("decided_at"))
            .col(number("version"))
            .foreign_key(&mut refers("late_decision", "submission_id", "submission", "id"))
            .foreign_key(&mut refers("late_decision", "procurement_id", "procurement", "id"))
            .to_owned();
        manager.create_table(decision).await?;

        let word = Table::create()
            .table("late_word")
            .col(uuid("id").primary_key())
            .col(uuid("submission_id"))
            .col(uuid("procurement_id"))
            .col(uuid("person_id"))
            .col(uuid("council_id"))
            .col(text("verdict"))
            .col(text("reason"))
            .col(maybe_text("outage"))
            .col(instant("given_at"))
            .foreign_key(&mut refers("late_word", "submission_id", "submission", "id"))
            .foreign_key(&mut refers("late_word", "procurement_id", "procurement", "id"))
            .foreign_key(&mut refers("late_word", "person_id", "person", "id"))
            .foreign_key(&mut refers("late_word", "council_id", "council", "id"))
            .index(
                Index::create()
                    .unique()
                    .name("late_word_submission_id_person_id")
                    .col("submission_id")
                    .col("person_id"),
            )
            .to_owned();
        manager.create_table(word).await?;

        let witness = Table::create()
            .table("opening_witness")
            .col(uuid("id").primary_key())
            .col(uuid("procurement_id"))
            .col(count("position"))
            .col(text("name"))
            .foreign_key(&mut refers("opening_witness", "procurement_id", "procurement", "id"))
            .index(
                Index::create()
                    .unique()
                    .name("opening_witness_procurement_id_position")
                    .col("procurement_id")
                    .col("position"),
            )
            .to_owned();
        manager.create_table(witness).await?;

        for (table, column) in [
            ("deadline_extension", "procurement_id"),
            ("deadline_extension", "proposed_by"),
            ("deadline_extension", "proposed_council_id"),
            ("deadline_extension", "confirmed_by"),
            ("deadline_extension", "confirmed_council_id"),
            ("late_decision", "procurement_id"),
            ("late_word", "procurement_id"),
            ("late_word", "person_id"),
            ("late_word", "council_id"),
        ] {
            let index =
                Index::create().name(format!("{table}_by_{column}")).table(table).col(column).to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
