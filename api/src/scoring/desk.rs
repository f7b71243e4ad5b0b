//! One person's part in the scoring of a procurement, lot by lot: what to do next, and what is open to whom.

use chrono::{DateTime, Utc};
use entity::result;
use rules::interest::Standing;
use rules::words::Role;
use uuid::Uuid;

use super::mark::{self, OwnSheet};
use super::{lot, moderation, panel};
use crate::kernel::access::{self, Scope};
use crate::kernel::{Action, Reading, Refusal};
use crate::tendering::interest::standing;

/// One lot as the caller finds it.
#[derive(Clone, Debug)]
pub struct LotDesk {
    /// The lot's key.
    pub id: Uuid,
    /// The lot's code.
    pub code: String,
    /// The lot's title.
    pub title: String,
    /// The caller's own marks, where the caller is a panel member who may mark.
    pub own: Option<OwnSheet>,
    /// Whether the marks of all are open to the caller.
    pub shows_marks: bool,
    /// How many panel members count.
    pub panel: usize,
    /// How many of them have submitted.
    pub submitted: usize,
    /// When quality was locked, if it is.
    pub locked_at: Option<DateTime<Utc>>,
    /// The newest result, if there is one; none for a barred person.
    pub result: Option<result::Model>,
    /// Whether a price was corrected, a mark changed or a tender disregarded since that result was computed.
    pub outdated: bool,
}

/// The caller's part in the scoring of a procurement.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The procurement as the caller reaches it.
    pub scope: Scope,
    /// What the caller's declarations of interest open.
    pub standing: Standing,
    /// Whether bids are open.
    pub opened: bool,
    /// The lots; none before opening, and none for a barred person.
    pub lots: Vec<LotDesk>,
}

impl Desk {
    /// Whether the caller declared itself, or was held to be, barred.
    #[must_use]
    pub fn barred(&self) -> bool {
        self.standing == Standing::Barred
    }

    /// Whether the caller runs the procurement or moderates.
    #[must_use]
    pub fn oversees(&self) -> bool {
        !self.barred() && (self.scope.holds(Role::Coordinator) || self.scope.holds(Role::Moderator))
    }
}

/// The caller's part, lot by lot.
pub async fn view(r: &Reading, procurement_id: Uuid) -> Result<Desk, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    let standing = standing::of_caller(r, &scope).await?;
    let opened = panel::OPENED.contains(&scope.procurement.stage.0);
    let mut desk = Desk { opened, standing, lots: Vec::new(), scope };
    if !opened || desk.barred() {
        return Ok(desk);
    }
    let free = desk.standing == Standing::Free;
    for lot in lot::all(r, &desk.scope).await? {
        let state = panel::state(r, &desk.scope, &lot).await?;
        let own = if free && desk.scope.holds(Role::PanelMember) {
            Some(mark::own_sheet(r, procurement_id, lot.id).await?)
        } else {
            None
        };
        let shows = r
            .caller()
            .person()
            .is_ok_and(|person| free && moderation::shows_marks(&desk.scope, &state, person.id));
        desk.lots.push(LotDesk {
            id: lot.id,
            code: lot.published().code.clone(),
            title: lot.published().title.clone(),
            own,
            shows_marks: shows,
            panel: state.members.len(),
            submitted: state.markers().count(),
            locked_at: state.lock.map(|lock| lock.locked_at),
            result: super::result::newest(r, lot.id).await?,
            outdated: super::result::is_outdated(r, lot.id).await?,
        });
    }
    Ok(desk)
}

/// The procurement as everybody with a part in it may see it: its name and where it stands.
pub async fn procurement(r: &Reading, procurement_id: Uuid) -> Result<entity::procurement::Model, Refusal> {
    Ok(access::procurement(r, procurement_id, Action::Read).await?.procurement)
}
