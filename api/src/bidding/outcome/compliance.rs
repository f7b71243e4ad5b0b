//! The compliance of the tenders: of each, what became of it so far, in words. No price shows here before its lot is locked: what
//! is told comes from responses and from what people raised and decided.

use entity::procurement;
use rules::late::LateState;
use rules::outcome::OutcomeState;
use rules::record;
use uuid::Uuid;

use super::view::{self, Outcome};
use super::{OPEN, force};
use crate::bidding::{bid as bids, late, tender};
use crate::kernel::clock::london_text;
use crate::kernel::{Paging, Reading, Refusal, Slice};

/// What became of a tender so far.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The bid; none for a submission that came too late and was not admitted.
    pub bid_id: Option<Uuid>,
    /// Whose it is.
    pub supplier: String,
    /// Each thing that is to be told of it.
    pub told: Vec<Told>,
}

/// One thing that is told of a tender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// A stable word: `assessed`, `not_meeting_requirements`, `withdrawn`, `late`, or the state of a ground.
    pub word: &'static str,
    /// The same for people.
    pub text: String,
    /// The ground that it is about.
    pub outcome: Option<Uuid>,
}

/// The tenders of a procurement.
#[derive(Clone, Debug)]
pub struct Compliance {
    /// The procurement.
    pub procurement: procurement::Model,
    /// Every tender, in the order that was drawn, then those that came too late.
    pub tenders: Vec<Standing>,
    /// Whether the caller may raise a ground now.
    pub may_raise: bool,
}

/// What became of each tender so far. For everybody who may read bids.
pub async fn view(r: &Reading, procurement_id: Uuid) -> Result<Compliance, Refusal> {
    let scope = bids::content(r, procurement_id).await?;
    let pack = tender::of(r, scope.procurement.clone()).await?.pack;
    let outcomes = view::all(r, &scope).await?;
    let whole = force::whole(r, procurement_id).await?;
    let late = late::all(r, &scope).await?;
    let mut tenders = Vec::new();
    for opened in bids::all(r, procurement_id).await? {
        let id = opened.bid.id;
        let own: Vec<&Outcome> = outcomes.iter().filter(|one| one.row.bid_id == id).collect();
        let mut told = Vec::new();
        if opened.submission.withdrawn_at.is_some() {
            told.push(plain("withdrawn", "Withdrawn by the bidder".to_owned()));
        } else if !whole.contains(&id) {
            let unmet = record::unmet(&pack, &bids::inputs(r, id).await?.responses);
            told.push(assessed(&unmet.iter().map(|reason| reason.place.as_str()).collect::<Vec<_>>()));
        }
        if opened.submission.late {
            told.push(plain("late", "Came late, and was admitted".to_owned()));
        }
        told.extend(own.into_iter().map(of_ground));
        tenders.push(Standing { bid_id: Some(id), supplier: opened.supplier.name, told });
    }
    for one in late.into_iter().filter(|one| one.state != LateState::Admitted) {
        let Some((submission, supplier)) = one.opened else { continue };
        let at = london_text(submission.received_at);
        let told = vec![plain("late", format!("Came late, on {at}, and lies sealed (PA23 s.19(3)(d))"))];
        tenders.push(Standing { bid_id: None, supplier: supplier.name, told });
    }
    let may_raise = scope.must_coordinate().is_ok() && scope.must_stand_at(OPEN).is_ok();
    Ok(Compliance { procurement: scope.procurement, tenders, may_raise })
}

/// The same as a list.
pub async fn list(r: &Reading, procurement_id: Uuid, paging: &Paging) -> Result<Slice<Standing>, Refusal> {
    let tenders = view(r, procurement_id).await?.tenders.into_iter().enumerate();
    let slice = paging.cut_whole(tenders.collect(), |(at, _)| at.to_string())?;
    Ok(slice.map(|(_, standing)| standing))
}

fn plain(word: &'static str, text: String) -> Told {
    Told { word, text, outcome: None }
}

fn assessed(unmet: &[&str]) -> Told {
    if unmet.is_empty() {
        return plain("assessed", "Meets the requirements, and is assessed".to_owned());
    }
    plain("not_meeting_requirements", format!("Does not meet requirements: {}", unmet.join(", ")))
}

fn of_ground(one: &Outcome) -> Told {
    let ground = one.row.ground.0.told();
    let lot = one.lot.as_ref().map(|lot| format!(" in lot {lot}")).unwrap_or_default();
    let until = one.row.reply_by.map(london_text).unwrap_or_default();
    let text = match one.row.state.0 {
        OutcomeState::Raised => format!("A ground waits for a second person{lot}: {ground}"),
        OutcomeState::Noticed if one.passed => format!("No reply came until {until}{lot}: {ground}"),
        OutcomeState::Noticed => format!("Under notice until {until}{lot}: {ground}"),
        OutcomeState::Replied => format!("Replied, waits for a second person{lot}: {ground}"),
        OutcomeState::Disregarded => format!("Disregarded{lot}: {ground}"),
        OutcomeState::Kept => format!("Kept{lot}: {ground}"),
    };
    Told { word: one.row.state.0.as_str(), text, outcome: Some(one.row.id) }
}
