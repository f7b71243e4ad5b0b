//! Somebody who can sign in: an officer of a council, an outsider a council attached, or the site's administrator.

use sea_orm::entity::prelude::*;

/// Somebody who can sign in: an officer of a council, an outsider a council attached, or the site's administrator.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The address, in lower case.
    #[sea_orm(unique, column_type = "Text")]
    pub email: String,
    /// How the person is shown.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// The council the person belongs to, or that attached them; none for a site administrator.
    pub council_id: Option<Uuid>,
    /// May add councils and their administrators.
    pub site_administrator: bool,
    /// May add the council's people and keys.
    pub council_administrator: bool,
    /// Takes part on a panel without being an officer.
    pub outsider: bool,
    /// Argon2id, none until the person has set a password.
    #[sea_orm(column_type = "Text")]
    pub password_hash: Option<String>,
    /// When the account was closed.
    pub disabled_at: Option<DateTimeUtc>,
    /// When the person was added.
    pub created_at: DateTimeUtc,
    /// Counts changes.
    pub version: i64,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
