//! The pack that is scored: one lot, two questions, one price line, one requirement.

use entity::council;
use rules::method::Method;
use rules::pack::{Pack, PackRequirement};
use rules::words::{Charge, Part, RequirementType, TieBreak};
use uuid::Uuid;

use crate::kernel::testing::pack::{line, lot, pack, question, requirement};

pub(super) fn pack_of(id: Uuid, councils: &[&council::Model]) -> Pack {
    let base = pack("ICT-2027-01", councils.iter().copied().zip([Part::Lead, Part::Core]));
    let licences = line("P01", Charge::OneOff, councils.iter().map(|council| (*council, 7_000)));
    let data = requirement("R001", "Data stays in the United Kingdom");
    Pack {
        method: Method { tie_break: vec![TieBreak::LowerPrice], ..base.method },
        lots: vec![lot(id, "L1", vec![question("Q1", "60"), question("Q2", "40")], vec![licences])],
        requirements: vec![PackRequirement { kind: RequirementType::Data, ..data }],
        ..base
    }
}
