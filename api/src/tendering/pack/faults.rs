//! Everything that stands in the way of publication, all at once.

use chrono::{DateTime, Utc};
use entity::{Word, procurement_role};
use rules::interest::Standing;
use rules::pack::{Pack, PackFault};
use rules::stage::Stage;
use rules::words::{Part, Role};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use super::{draft, taking_part};
use crate::kernel::access::Scope;
use crate::kernel::clock::rfc3339;
use crate::kernel::{Reading, Refusal};
use crate::tendering::interest::{self, standing};
use crate::tendering::{lot, reading};

/// Everything that stands in the way of publication: what the rules say of the pack, and what only the store knows.
/// Empty where the tender may be published.
pub async fn faults(r: &Reading, procurement_id: Uuid) -> Result<Vec<PackFault>, Refusal> {
    let scope = reading(r, procurement_id).await?;
    let pack = draft::compose(r, &scope.procurement).await?;
    of(r, &scope, &pack, r.now()).await
}

fn fault(place: &str, code: &'static str, message: impl Into<String>) -> PackFault {
    PackFault { place: place.to_owned(), code, message: message.into() }
}

pub(super) async fn of(
    r: &Reading,
    scope: &Scope,
    pack: &Pack,
    now: DateTime<Utc>,
) -> Result<Vec<PackFault>, Refusal> {
    let procurement = &scope.procurement;
    let mut faults = Vec::new();
    match procurement.stage.0 {
        Stage::Tendering => {}
        Stage::Pooling => faults.push(fault(
            "pack",
            "specification_not_agreed",
            "The councils are still pooling: agree the specification first.",
        )),
        // Nothing is wrong with a pack that is out, and nothing of it can be published again.
        _ => return Ok(vec![fault("pack", "already_published", "The tender is published already.")]),
    }
    if procurement.deadline_at.is_none() {
        faults.push(fault("pack", "deadline_missing", "There is no deadline for bids: set one."));
    }
    // A missing deadline is said above in plainer words.
    let missing = procurement.deadline_at.is_none();
    let rules = pack.faults(&rfc3339(now));
    faults.extend(rules.into_iter().filter(|fault| !(missing && fault.code == "deadline_not_an_instant")));
    for line in lot::all_lines(r, procurement.id).await?.iter().filter(|line| line.lot_id.is_none()) {
        let message = format!("Schedule line {} is in no lot: put it into one or remove it.", line.code);
        faults.push(fault(&line.code, "line_without_lot", message));
    }
    for (council, part) in taking_part(r, procurement.id).await? {
        // Named options never block.
        let agreed = part.agreed_pool_version == Some(procurement.pool_version);
        if part.part.0 != Part::NamedOption && !agreed {
            let message = format!(
                "{} has not agreed the requirements as they stand now: ask it to agree them.",
                council.name
            );
            faults.push(fault("councils", "council_not_agreed", message));
        }
    }
    faults.extend(interests(r, scope).await?);
    if pack.method.clearance() && !role_is_held(r, procurement.id, Role::Clearer).await? {
        let message = "Answers are read for prices before the panel sees them, and nobody has the role “Reader for prices”: give it to somebody who does not mark.";
        faults.push(fault("pack", "nobody_reads_for_prices", message));
    }
    Ok(faults)
}

async fn role_is_held(r: &Reading, procurement_id: Uuid, role: Role) -> Result<bool, Refusal> {
    let held = procurement_role::Entity::find()
        .filter(procurement_role::Column::ProcurementId.eq(procurement_id))
        .filter(procurement_role::Column::Role.eq(Word(role)))
        .count(r.txn())
        .await?;
    Ok(held > 0)
}

/// Who has not declared interests, or waits for clearance: the conflicts assessment stands before the tender notice
/// (PA23 s.83(1); DOMAIN rule 12).
async fn interests(r: &Reading, scope: &Scope) -> Result<Vec<PackFault>, Refusal> {
    let everybody = interest::everybody(r, scope).await?;
    let waiting = everybody.into_iter().filter(|one| standing::declares(&one.roles));
    let faults = waiting.filter_map(|one| {
        let who = format!("{} ({})", one.person.name, one.council);
        let (code, message) = match one.standing {
            Standing::Undeclared | Standing::DeclareAgain => {
                ("interest_missing", format!("{who} has not declared interests: ask for the declaration."))
            }
            Standing::ToClear => (
                "interest_to_clear",
                format!(
                    "An interest of {who} waits for clearance: two other people clear it, or it is barred."
                ),
            ),
            Standing::Free | Standing::Barred => return None,
        };
        Some(fault("interests", code, message))
    });
    Ok(faults.collect())
}
