//! Everything that stands in the way of publication, all at once.

use chrono::{DateTime, Utc};
use entity::procurement;
use rules::pack::{Pack, PackFault};
use rules::stage::Stage;
use rules::words::Part;
use uuid::Uuid;

use super::{draft, taking_part};
use crate::kernel::clock::rfc3339;
use crate::kernel::{Reading, Refusal};
use crate::tendering::{lot, reading};

/// Everything that stands in the way of publication: what the rules say of the pack, and what only the store knows.
/// Empty where the tender may be published.
pub async fn faults(r: &Reading, procurement_id: Uuid) -> Result<Vec<PackFault>, Refusal> {
    let scope = reading(r, procurement_id).await?;
    let pack = draft::compose(r, &scope.procurement).await?;
    of(r, &scope.procurement, &pack, r.now()).await
}

fn fault(place: &str, code: &'static str, message: impl Into<String>) -> PackFault {
    PackFault { place: place.to_owned(), code, message: message.into() }
}

pub(super) async fn of(
    r: &Reading,
    procurement: &procurement::Model,
    pack: &Pack,
    now: DateTime<Utc>,
) -> Result<Vec<PackFault>, Refusal> {
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
    Ok(faults)
}
