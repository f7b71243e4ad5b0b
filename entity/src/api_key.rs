//! A bearer secret for the REST API: an officer's token or a council's key.

use sea_orm::entity::prelude::*;

/// A bearer secret for the REST API: an officer's token or a council's key.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_key")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// SHA-256 of the secret, which is shown once.
    #[sea_orm(unique, column_type = "Text")]
    pub secret_hash: String,
    /// What it is used for, in its owner's words.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// The council it acts for.
    pub council_id: Option<Uuid>,
    /// The officer it acts for; none for a council's key.
    pub person_id: Option<Uuid>,
    /// The actions it may do, words parted by spaces.
    #[sea_orm(column_type = "Text")]
    pub scopes: String,
    /// Who made it.
    pub created_by: Uuid,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// When it stops working.
    pub expires_at: DateTimeUtc,
    /// When it was last used.
    pub used_at: Option<DateTimeUtc>,
    /// When it was taken back.
    pub revoked_at: Option<DateTimeUtc>,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
