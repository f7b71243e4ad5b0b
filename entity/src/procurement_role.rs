//! A person's part in a procurement.

use rules::words::Role;
use sea_orm::entity::prelude::*;

use crate::word::Word;

/// A person's part in a procurement.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "procurement_role")]
pub struct Model {
    /// Its key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The procurement.
    pub procurement_id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// The part.
    pub role: Word<Role>,
    /// When it was given.
    pub created_at: DateTimeUtc,
}

/// No relation is declared: look-ups name their columns, so that every scope is visible where it is used.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
