//! What holds for the source as a whole: the arrows between its rooms, the names and sizes of its files.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a check that breaks off has failed")]

mod api;
mod arrows;
mod document;
mod entity_is_migration;
mod migrations;
mod names;
mod people;
mod source;
mod templates;
