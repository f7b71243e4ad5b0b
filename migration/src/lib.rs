//! How the store is made: one file a step, run on SQLite and on PostgreSQL from the same code.
//!
//! Steps are history: a step that has been released is never edited, and none imports `entity`, which moves on.

use sea_orm_migration::prelude::*;

mod columns;
mod m0001_people;
mod m0002_kernel;
mod m0003_pooling;
mod m0004_tendering;
mod m0005_tender_box;
mod m0006_scoring;
mod m0007_deciding;
mod m0008_clarifications;
mod m0009_late_box;
mod m0010_notice;
mod m0011_schedule;
mod m0012_team;
mod m0013_answers;
mod m0014_after_opening;
mod m0015_withholding;
mod m0016_evidence;
mod m0017_moderation;
mod m0018_interests;
mod m0019_laboratory;
mod m0020_mark_changes;
mod m0021_method;
mod m0022_outcomes;
mod m0023_assignments;
mod m0024_release;

/// Every step, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_people::Step),
            Box::new(m0002_kernel::Step),
            Box::new(m0003_pooling::Step),
            Box::new(m0004_tendering::Step),
            Box::new(m0005_tender_box::Step),
            Box::new(m0006_scoring::Step),
            Box::new(m0007_deciding::Step),
            Box::new(m0008_clarifications::Step),
            Box::new(m0009_late_box::Step),
            Box::new(m0010_notice::Step),
            Box::new(m0011_schedule::Step),
            Box::new(m0012_team::Step),
            Box::new(m0013_answers::Step),
            Box::new(m0014_after_opening::Step),
            Box::new(m0015_withholding::Step),
            Box::new(m0016_evidence::Step),
            Box::new(m0017_moderation::Step),
            Box::new(m0018_interests::Step),
            Box::new(m0019_laboratory::Step),
            Box::new(m0020_mark_changes::Step),
            Box::new(m0021_method::Step),
            Box::new(m0022_outcomes::Step),
            Box::new(m0023_assignments::Step),
            Box::new(m0024_release::Step),
        ]
    }
}
