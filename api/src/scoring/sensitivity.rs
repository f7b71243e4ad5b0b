//! How firmly a result stands, computed on request from the stored result and the pack it was computed from: nothing of it is
//! kept, and nothing of it changes a mark, a price or a rank.

use std::collections::BTreeMap;

use rules::record::LotResult;
use rules::sensitivity::report::{MemberMark, Report, report};
use rules::words::Role;
use uuid::Uuid;

use super::result::{self, Computed};
use super::{lot, mark, moderation, panel};
use crate::kernel::access::{self, Scope};
use crate::kernel::{Action, Reading, Refusal};
use crate::tendering::pack;

/// What would change a result, and whom its ids name.
#[derive(Clone, Debug)]
pub struct Sensitivity {
    /// The result.
    pub computed: Computed,
    /// What would change it. What the panel's own marks say is left out for those who do not see these.
    pub report: Report,
    /// The names of panel members and councils by id, where own marks are told.
    pub names: BTreeMap<String, String>,
}

impl Sensitivity {
    /// A supplier's name by the id of its bid.
    #[must_use]
    pub fn supplier(&self, bid: &str) -> String {
        let found = self.computed.result.bids.iter().find(|one| one.bid == bid);
        found.map_or_else(|| bid.to_owned(), |one| one.supplier.clone())
    }

    /// The names of several bids, as a sentence has them.
    #[must_use]
    pub fn suppliers(&self, bids: &[String]) -> String {
        bids.iter().map(|bid| self.supplier(bid)).collect::<Vec<_>>().join(" and ")
    }

    /// A panel member's or council's name.
    #[must_use]
    pub fn name(&self, id: &str) -> String {
        self.names.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }
}

/// The sensitivity of a result, for those who may see the result.
pub async fn of_result(r: &Reading, procurement_id: Uuid, result_id: Uuid) -> Result<Sensitivity, Refusal> {
    let computed = result::one(r, procurement_id, result_id).await?;
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    let (_, pack) = pack::of_hash(r, scope.id(), &computed.result.pack_hash).await?;
    let (marks, names) = own_marks(r, &scope, &computed.result).await?;
    let result = computed.result.clone();
    // Thousands of marks in exact numbers take a while: not on a thread that serves others.
    let report = tokio::task::spawn_blocking(move || report(&pack, &result, &marks))
        .await
        .map_err(|error| Refusal::internal(&error))?
        .ok_or_else(|| Refusal::internal(&"a result names a lot that is not in its pack"))?;
    Ok(Sensitivity { computed, report, names })
}

type OwnMarks = (Vec<MemberMark>, BTreeMap<String, String>);

/// The panel's own marks, for those to whom they are open: the panel, its moderators and the coordinator.
async fn own_marks(r: &Reading, scope: &Scope, result: &LotResult) -> Result<OwnMarks, Refusal> {
    let Ok(person) = r.caller().person() else { return Ok(OwnMarks::default()) };
    let lot_id = result.lot.parse().map_err(|error: uuid::Error| Refusal::internal(&error))?;
    let lot = lot::one(r, scope, lot_id).await?;
    let state = panel::state(r, scope, &lot).await?;
    let is_open = scope.holds(Role::Coordinator) || moderation::shows_marks(scope, &state, person.id);
    if !is_open {
        return Ok(OwnMarks::default());
    }
    let mut names = BTreeMap::new();
    let mut members = BTreeMap::new();
    for member in state.markers() {
        members.insert(member.person.id, member);
        names.insert(member.person.id.to_string(), format!("{}, {}", member.person.name, member.council));
    }
    let mut marks = Vec::new();
    for mark in mark::of_lot(r, lot_id).await? {
        let Some(member) = members.get(&mark.person_id) else { continue };
        if !state.counts(mark.person_id, &mark.question) {
            continue;
        }
        names.insert(mark.council_id.to_string(), member.council.clone());
        marks.push(MemberMark {
            bid: mark.bid_id.to_string(),
            question: mark.question,
            member: mark.person_id.to_string(),
            council: mark.council_id.to_string(),
            value: mark.value,
        });
    }
    Ok((marks, names))
}
