//! What bidders are told: lots, criteria, method, documents, and the publication that freezes them.
//!
//! The coordinator makes all of it while the procurement is being tendered: [`lot`] and the schedule lines in it,
//! [`scale`], [`criterion`], [`method`], [`document`] and [`deadline`]; everybody with a part declares interests
//! ([`interest`]), and the award models are tested ([`laboratory`]). [`pack`] puts it together, says everything that
//! is still wrong at once, and publishes: from then on bidders, panel and results read the frozen pack and never these
//! tables, and every change here is refused. What can still move is the deadline, by two people ([`extension`]).

pub mod criterion;
pub mod deadline;
pub mod document;
pub mod extension;
pub mod interest;
pub mod laboratory;
pub mod letters;
pub mod lot;
pub mod method;
pub mod pack;
pub mod pages;
pub mod price_model;
pub mod rest;
pub mod scale;
pub mod starter;
#[cfg(test)]
mod tests;

use rules::exact::Exact;
use rules::stage::Stage;
use uuid::Uuid;

use crate::kernel::access::{self, Scope};
use crate::kernel::{Action, Reading, Refusal, Writing};

/// The procurement for a change to its tender: by its coordinator, at the stage of tendering, with nobody else changing
/// or publishing it meanwhile.
async fn changing(w: &Writing, procurement_id: Uuid) -> Result<Scope, Refusal> {
    let scope = access::procurement_locked(w, procurement_id, Action::Tender).await?;
    scope.must_coordinate()?;
    match scope.procurement.stage.0 {
        Stage::Tendering => Ok(scope),
        Stage::Pooling => Err(Refusal::conflict(
            "wrong_stage",
            "The councils are still pooling. Agree the specification first; then the tender can be made.",
        )),
        _ => Err(Refusal::conflict(
            "already_published",
            "The tender is published and its pack is frozen: it cannot be changed any more.",
        )),
    }
}

/// The procurement for somebody who looks at its tender.
async fn reading(r: &Reading, procurement_id: Uuid) -> Result<Scope, Refusal> {
    access::procurement(r, procurement_id, Action::Read).await
}

/// An exact number as people write it: `33.5`, or a fraction such as `100/3` where no short decimal is exact.
#[must_use]
pub(crate) fn exact_text(number: &Exact) -> String {
    if (number * Exact::from(1_000_000)).is_integer() {
        number.fixed(6).trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        number.to_string()
    }
}
