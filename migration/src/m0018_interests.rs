//! Declarations of interest that follow each other, and the two people who clear a mitigated one.

use sea_orm_migration::prelude::*;

use crate::columns::{flag, instant, maybe_uuid, number, refers, text, uuid};

/// Declarations of interest that follow each other, and the two people who clear a mitigated one.
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0018_interests"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // A table of its own: SQLite cannot take away the rule that a person has one row.
        manager.create_table(declarations()).await?;
        manager.execute(copied()?).await?;
        manager.execute(of_bidders()).await?;
        manager.drop_table(Table::drop().table("interest").to_owned()).await?;
        manager.create_table(clearances()).await?;
        for (table, column) in [
            ("interest_declaration", "person_id"),
            ("interest_declaration", "declared_by"),
            ("interest_clearance", "procurement_id"),
            ("interest_clearance", "person_id"),
        ] {
            let index =
                Index::create().name(format!("{table}_by_{column}")).table(table).col(column).to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn declarations() -> TableCreateStatement {
    Table::create()
        .table("interest_declaration")
        .col(uuid("id").primary_key())
        .col(uuid("procurement_id"))
        .col(uuid("person_id"))
        .col(text("interest"))
        .col(text("detail"))
        .col(instant("declared_at"))
        .col(number("version"))
        .col(flag("current"))
        .col(maybe_uuid("declared_by"))
        .col(flag("bidders_known"))
        .col(flag("to_clear"))
        .foreign_key(&mut refers("interest_declaration", "procurement_id", "procurement", "id"))
        .foreign_key(&mut refers("interest_declaration", "person_id", "person", "id"))
        .foreign_key(&mut refers("interest_declaration", "declared_by", "person", "id"))
        .index(
            Index::create()
                .unique()
                .name("interest_declaration_procurement_id_person_id_version")
                .col("procurement_id")
                .col("person_id")
                .col("version"),
        )
        .to_owned()
}

/// What was declared so far, which needs no clearance: nobody could give one.
fn copied() -> Result<InsertStatement, DbErr> {
    let kept = ["id", "procurement_id", "person_id", "interest", "detail", "declared_at", "version"];
    let mut before = Query::select();
    before.columns(kept).expr(Expr::value(true)).expr(Expr::value(false)).expr(Expr::value(false));
    let mut copied = Query::insert();
    copied.into_table("interest_declaration").columns(kept.into_iter().chain([
        "current",
        "bidders_known",
        "to_clear",
    ]));
    let select = before.from("interest").to_owned();
    copied.select_from(select).map_err(|error| DbErr::Migration(error.to_string()))?;
    Ok(copied)
}

/// What was declared after an opening was declared of bidders whose names showed.
fn of_bidders() -> UpdateStatement {
    let opened_by_then = Query::select()
        .expr(Expr::value(1))
        .from("procurement")
        .and_where(Expr::col(("procurement", "id")).equals(("interest_declaration", "procurement_id")))
        .and_where(
            Expr::col(("procurement", "opened_at")).lte(Expr::col(("interest_declaration", "declared_at"))),
        )
        .to_owned();
    Query::update()
        .table("interest_declaration")
        .value("bidders_known", true)
        .and_where(Expr::exists(opened_by_then))
        .to_owned()
}

fn clearances() -> TableCreateStatement {
    Table::create()
        .table("interest_clearance")
        .col(uuid("id").primary_key())
        .col(uuid("procurement_id"))
        .col(uuid("declaration_id"))
        .col(uuid("person_id"))
        .col(text("detail"))
        .col(instant("cleared_at"))
        .foreign_key(&mut refers("interest_clearance", "procurement_id", "procurement", "id"))
        .foreign_key(&mut refers("interest_clearance", "declaration_id", "interest_declaration", "id"))
        .foreign_key(&mut refers("interest_clearance", "person_id", "person", "id"))
        .index(
            Index::create()
                .unique()
                .name("interest_clearance_declaration_id_person_id")
                .col("declaration_id")
                .col("person_id"),
        )
        .to_owned()
}
