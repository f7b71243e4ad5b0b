//! The steps of one procurement, in the order of the journey, each with its state and what is missing.

mod dates;
mod steps;

use chrono::{DateTime, Utc};
use entity::{council, participation, person, procurement};
use rules::words::Role;
use uuid::Uuid;

use super::facts::Facts;
use crate::kernel::{Action, Reading, Refusal, access};

/// How far a step has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// Nothing more is to be done.
    Done,
    /// It can be worked at.
    Now,
    /// It runs by itself: suppliers bid, a period passes. Nobody in the councils has to do anything.
    UnderWay,
    /// Another step comes first.
    Later,
}

impl StepState {
    /// The word the API sends.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Now => "now",
            Self::UnderWay => "under_way",
            Self::Later => "later",
        }
    }

    /// The words a person reads.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Done => "Done",
            Self::Now => "To do now",
            Self::UnderWay => "Under way",
            Self::Later => "Later",
        }
    }
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// A stable word for it.
    pub key: &'static str,
    /// What is done in it.
    pub title: &'static str,
    /// How far it has come.
    pub state: StepState,
    /// What is missing, as sentences; empty once it is done.
    pub missing: Vec<String>,
    /// The place in the procurement where it is done, for example `tender`.
    pub place: &'static str,
}

/// A date that matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyDate {
    /// What happens.
    pub what: String,
    /// When; a day without a time is its beginning in London.
    pub at: DateTime<Utc>,
    /// Whether it is a day rather than an instant.
    pub whole_day: bool,
}

/// A council in the procurement.
#[derive(Clone, Debug)]
pub struct CouncilHere {
    /// The council.
    pub council: council::Model,
    /// Its part.
    pub part: participation::Model,
}

/// Where a procurement stands.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The procurement.
    pub procurement: procurement::Model,
    /// Its steps, in order.
    pub steps: Vec<Step>,
    /// Its councils, the lead first.
    pub councils: Vec<CouncilHere>,
    /// Its people by role.
    pub people: Vec<(Role, person::Model)>,
    /// The dates that are known, earliest first; days without a time after the instants of the same day.
    pub dates: Vec<KeyDate>,
    /// When this was read, by the database's clock.
    pub now: DateTime<Utc>,
}

/// Where a procurement stands. Everybody in it may see that.
pub async fn overview(r: &Reading, procurement_id: Uuid) -> Result<Overview, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    let facts = Facts::read(r, scope.procurement).await?;
    Ok(Overview {
        steps: steps::of(&facts),
        dates: dates::of(&facts),
        councils: facts
            .councils
            .iter()
            .map(|joined| CouncilHere { council: joined.council.clone(), part: joined.part.clone() })
            .collect(),
        people: facts.holders.iter().map(|holder| (holder.role, holder.person.clone())).collect(),
        now: facts.now,
        procurement: facts.procurement,
    })
}
