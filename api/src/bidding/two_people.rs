//! Two different people, by default of two councils, within a day of each other (DOMAIN rule 15): so the tender box is opened,
//! and so late submissions are decided.

use chrono::TimeDelta;
use entity::{Word, procurement_role};
use rules::words::Role;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::kernel::{Reading, Refusal};

/// How many people it takes.
pub const OPENERS: usize = 2;
/// One person's part is void this long after it was given, if no second one joined it.
pub const CONSENT_LIFETIME: TimeDelta = TimeDelta::hours(24);

/// What keeps a person from joining those who have given theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hindrance {
    /// It has given its own already.
    SamePerson,
    /// With it the councils could not become as many as the pack names.
    SameCouncil,
}

/// Whether a person of a council may join those (person, council) who have given their part.
pub(super) fn join(
    given: &[(Uuid, Uuid)],
    (person, council): (Uuid, Uuid),
    councils_needed: u32,
) -> Result<(), Hindrance> {
    if given.iter().any(|(other, _)| *other == person) {
        return Err(Hindrance::SamePerson);
    }
    let mut councils: Vec<Uuid> = given.iter().map(|(_, council)| *council).chain([council]).collect();
    councils.sort_unstable();
    councils.dedup();
    let still_to_come = OPENERS.saturating_sub(given.len() + 1);
    let needed = usize::try_from(councils_needed).unwrap_or(usize::MAX);
    if councils.len() + still_to_come < needed { Err(Hindrance::SameCouncil) } else { Ok(()) }
}

/// The people who are openers now.
pub(super) async fn openers(
    r: &Reading,
    procurement_id: Uuid,
) -> Result<Vec<procurement_role::Model>, Refusal> {
    Ok(procurement_role::Entity::find()
        .filter(procurement_role::Column::ProcurementId.eq(procurement_id))
        .filter(procurement_role::Column::Role.eq(Word(Role::Opener)))
        .all(r.txn())
        .await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_joins_twice_and_two_councils_are_two() {
        let id = Uuid::from_u128;
        let given = [(id(1), id(10))];
        assert_eq!(join(&[], (id(1), id(10)), 2), Ok(()));
        assert_eq!(join(&given, (id(1), id(10)), 1), Err(Hindrance::SamePerson));
        assert_eq!(join(&given, (id(2), id(10)), 2), Err(Hindrance::SameCouncil));
        assert_eq!(join(&given, (id(2), id(10)), 1), Ok(()), "one council will do where the pack says so");
        assert_eq!(join(&given, (id(2), id(20)), 2), Ok(()));
    }
}
