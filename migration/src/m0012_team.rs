//! A bidder's team: every verified address has a secret of its own. And the counts behind limits on what may be asked for.

use sea_orm_migration::prelude::*;

use crate::columns::{
    instant, maybe_bytes, maybe_instant, maybe_text, maybe_uuid, number, refers, text, uuid,
};

/// A bidder's team, and counts of what was asked for.
pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0012_team"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let member = Table::create()
            .table("invitation_member")
            .col(uuid("id").primary_key())
            .col(uuid("invitation_id"))
            .col(text("email"))
            .col(maybe_bytes("sealed_name"))
            .col(maybe_text("secret_hash").unique_key())
            .col(maybe_instant("claimed_at"))
            .col(maybe_uuid("added_by"))
            .col(instant("created_at"))
            .col(maybe_instant("removed_at"))
            .col(number("version"))
            .foreign_key(&mut refers("invitation_member", "invitation_id", "invitation", "id"))
            .foreign_key(&mut refers("invitation_member", "added_by", "invitation_member", "id"))
            .index(
                Index::create()
                    .unique()
                    .name("invitation_member_invitation_id_email")
                    .col("invitation_id")
                    .col("email"),
            )
            .to_owned();
        manager.create_table(member).await?;
        let index = Index::create()
            .name("invitation_member_by_added_by")
            .table("invitation_member")
            .col("added_by")
            .to_owned();
        manager.create_index(index).await?;
        first_contacts(manager).await?;

        let limit = Table::create()
            .table("limit_count")
            .col(text("subject").primary_key())
            .col(instant("since"))
            .col(instant("until"))
            .col(number("uses"))
            .to_owned();
        manager.create_table(limit).await
    }
}

/// The address that an invitation was made for is the first member of its team, with the secret that the invitation had.
/// The invitation's own column stays, empty: SQLite does not drop a column that is unique.
async fn first_contacts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let kept = ["id", "email", "secret_hash", "claimed_at", "created_at"];
    let mut invitations = Query::select();
    invitations.columns(kept).column("id").expr(Expr::val(1_i64)).from("invitation");
    let columns = kept.into_iter().chain(["invitation_id", "version"]);
    let mut members = Query::insert();
    members
        .into_table("invitation_member")
        .columns(columns)
        .select_from(invitations)
        .map_err(|error| DbErr::Migration(error.to_string()))?;
    manager.execute(members).await?;
    let mut emptied = Query::update();
    emptied.table("invitation").value("secret_hash", Expr::val(None::<String>));
    manager.execute(emptied).await
}
