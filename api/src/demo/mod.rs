//! The demonstration: three councils run one joint procurement, told as the operations that people would call.
//!
//! Nothing here writes to the store by itself: each step signs in as the person whose step it is and calls the operation
//! behind the page. Spreadsheets are made as files and read back like anybody's. The clock of a demonstration database
//! can be moved forward, so that the deadline and the standstill pass; pages show a banner while it is.

mod after_opening;
mod bids;
mod cast;
mod decision;
mod enrol;
mod interests;
mod marks;
mod needs;
mod pool;
mod publish;
mod questions;
mod release;
mod tender;

use clap::ValueEnum;
use entity::person;
use sea_orm::{EntityTrait, PaginatorTrait};
use uuid::Uuid;

pub use cast::PASSWORD;
use cast::{COUNCILS, SITE_ADMINISTRATOR};
use enrol::Company;

use crate::kernel::{Caller, Db, Refusal};

/// The procurement's reference.
pub const REFERENCE: &str = "ICT-2027-01";

/// Where the demonstration stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Until {
    /// The councils have agreed one specification
    Pooled,
    /// The tender is published
    Published,
    /// The deadline has passed; bids lie in the tender box
    Closed,
    /// Bids are opened, marked, moderated and ranked
    Scored,
    /// Each council has decided
    Decided,
    /// The award is made and everybody is told
    Told,
}

impl Until {
    /// The word of the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pooled => "pooled",
            Self::Published => "published",
            Self::Closed => "closed",
            Self::Scored => "scored",
            Self::Decided => "decided",
            Self::Told => "told",
        }
    }
}

/// The procurement and everybody in it, as the steps hand it on.
struct Demonstration {
    db: Db,
    company: Company,
    procurement: Uuid,
}

/// Whether nobody has an account in a database yet.
pub async fn is_empty(db: &Db) -> Result<bool, Refusal> {
    let people =
        db.read(&Caller::System, |r| async move { Ok(person::Entity::find().count(r.txn()).await?) }).await?;
    Ok(people == 0)
}

/// Plays the procurement up to a stage.
pub async fn play(db: &Db, until: Until) -> Result<(), Refusal> {
    tell("councils and people");
    let company = enrol::everybody(db).await?;
    tell("requirements, demand and one agreed specification");
    let procurement = pool::run(db, &company).await?;
    let demonstration = Demonstration { db: db.clone(), company, procurement };
    if until == Until::Pooled {
        return Ok(());
    }
    tell("lots, criteria, price schedule, publication");
    publish::run(&demonstration).await?;
    if until == Until::Published {
        return Ok(());
    }
    tell("questions and answers; four bids as workbooks, one corrected, one late");
    let bidders = bids::run(&demonstration).await?;
    if until == Until::Closed {
        return Ok(());
    }
    tell(
        "the late bid refused, opening, marks of nine panel members, moderation, a corrected price, ranking",
    );
    marks::run(&demonstration, &bidders).await?;
    if until == Until::Scored {
        return Ok(());
    }
    tell("recommendation and each council's decision");
    decision::decide(&demonstration).await?;
    if until == Until::Decided {
        return Ok(());
    }
    tell("award, letters, standstill");
    decision::award(&demonstration).await
}

#[expect(clippy::print_stderr, reason = "progress of a long command")]
fn tell(what: &str) {
    eprintln!("demo: {what}");
}

#[expect(clippy::print_stderr, reason = "progress of a long command")]
fn told(what: &str) {
    eprintln!("demo:   {what}");
}

/// Who can sign in: name, address, part.
#[must_use]
pub fn sign_ins() -> Vec<(&'static str, &'static str, String)> {
    let mut all = vec![(SITE_ADMINISTRATOR.0, SITE_ADMINISTRATOR.1, "adds councils".to_owned())];
    for council in &COUNCILS {
        for (place, actor) in council.people.iter().enumerate() {
            let roles: Vec<&str> = actor.roles.iter().map(|role| role.label()).collect();
            let part = match (place, roles.is_empty()) {
                (0, _) => "administers the council's people".to_owned(),
                (_, true) => "enters requirements and demand".to_owned(),
                (_, false) => roles.join(", "),
            };
            all.push((actor.name, actor.email, part));
        }
    }
    all
}
