//! Answers that a named person who does not mark reads for prices before the panel sees them (DOMAIN rule 1), where the published
//! method says so ([`rules::method::Moderation::clearance`]).
//!
//! A bid is released part by part: each question's answer with its documents, and the comments on requirements. What a person
//! took out stays out of sight until the quality of the lot is locked; the bid itself is never touched. Until a part is
//! released nobody but these people sees it.

pub mod act;
pub mod view;

use std::collections::{BTreeMap, BTreeSet};

use entity::{answer_release, bid};
use rules::evidence::ReleaseRow;
use rules::pack::{Pack, PackLot};
use rules::price_leak;
use rules::words::Role;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::bid::{Answer, locked_lots};
use crate::kernel::access::Scope;
use crate::kernel::clock::rfc3339;
use crate::kernel::{Reading, Refusal};

/// What the comments on requirements are called as a part. No question has this code: codes are in upper case.
pub const RESPONSES: &str = "responses";

/// How a part was released.
#[derive(Clone, Debug)]
pub struct Release {
    /// The row.
    pub row: answer_release::Model,
    /// The passages that were taken out.
    pub removed: Vec<String>,
    /// The documents that stay back.
    pub withheld: Vec<Uuid>,
}

impl Release {
    fn of(row: answer_release::Model) -> Result<Self, Refusal> {
        Ok(Self {
            removed: serde_json::from_str(&row.removed)?,
            withheld: serde_json::from_str(&row.withheld)?,
            row,
        })
    }

    /// A text of the part as the panel sees it.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        price_leak::without(text, &self.removed)
    }
}

/// Whether a person with these parts reads answers before the panel: named for it, and without a part in the marks.
#[must_use]
pub fn reads_first(scope: &Scope) -> bool {
    scope.holds(Role::Clearer) && !scope.holds(Role::PanelMember) && !scope.holds(Role::Moderator)
}

/// The releases that hold, by part. Unauthorised.
async fn of_bid(r: &Reading, bid_id: Uuid) -> Result<BTreeMap<String, Release>, Refusal> {
    let rows = answer_release::Entity::find()
        .filter(answer_release::Column::BidId.eq(bid_id))
        .filter(answer_release::Column::Current.eq(true))
        .all(r.txn())
        .await?;
    rows.into_iter().map(|row| Ok((row.part.clone(), Release::of(row)?))).collect()
}

/// Every release of a procurement, also those that hold no more, as evidence, in the order in which they were made. Unauthorised.
pub(crate) async fn rows(r: &Reading, procurement_id: Uuid) -> Result<Vec<ReleaseRow>, Refusal> {
    let rows = answer_release::Entity::find()
        .filter(answer_release::Column::ProcurementId.eq(procurement_id))
        .order_by_asc(answer_release::Column::ReleasedAt)
        .order_by_asc(answer_release::Column::Id)
        .all(r.txn())
        .await?;
    let row = |row: answer_release::Model| {
        Ok(ReleaseRow {
            id: row.id.to_string(),
            bid: row.bid_id.to_string(),
            part: row.part,
            revision: row.revision.into(),
            removed: serde_json::from_str(&row.removed)?,
            withheld: serde_json::from_str(&row.withheld)?,
            reason: row.reason,
            released_by: row.released_by.to_string(),
            released_at: rfc3339(row.released_at),
        })
    };
    rows.into_iter().map(row).collect()
}

/// How much of a bid shows to somebody.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    /// Whether nothing is kept back at all.
    everything: bool,
    /// The parts whose lots are locked.
    locked: BTreeSet<String>,
    releases: BTreeMap<String, Release>,
}

/// How a part of a bid shows.
pub(super) enum Part<'a> {
    /// As it was written.
    Whole,
    /// Without what was taken out.
    Released(&'a Release),
    /// Not yet.
    Held,
}

impl Shown {
    /// How much of a bid shows to the caller.
    pub(super) async fn to(r: &Reading, scope: &Scope, pack: &Pack, bid_id: Uuid) -> Result<Self, Refusal> {
        if reads_first(scope) {
            return Ok(Self::all());
        }
        Self::to_the_panel(r, pack, scope.id(), bid_id).await
    }

    /// How much of a bid shows to those who mark and moderate.
    pub(super) async fn to_the_panel(
        r: &Reading,
        pack: &Pack,
        procurement_id: Uuid,
        bid_id: Uuid,
    ) -> Result<Self, Refusal> {
        if !pack.method.clearance() {
            return Ok(Self::all());
        }
        let lots = locked_lots(r, pack, procurement_id).await?;
        let codes =
            |lot: &&PackLot| lot.questions().into_iter().map(|node| node.code.clone()).collect::<Vec<_>>();
        let mut locked: BTreeSet<String> = lots.iter().flat_map(codes).collect();
        if lots.len() == pack.lots.len() {
            locked.insert(RESPONSES.to_owned());
        }
        Ok(Self { everything: false, locked, releases: of_bid(r, bid_id).await? })
    }

    const fn all() -> Self {
        Self { everything: true, locked: BTreeSet::new(), releases: BTreeMap::new() }
    }

    pub(super) fn part(&self, part: &str) -> Part<'_> {
        if self.everything || self.locked.contains(part) {
            return Part::Whole;
        }
        self.releases.get(part).map_or(Part::Held, Part::Released)
    }

    /// Whether a part shows, whole or in part.
    pub(super) fn shows(&self, part: &str) -> bool {
        !matches!(self.part(part), Part::Held)
    }

    /// A text of a part as it shows; nothing while it is held.
    pub(super) fn text(&self, part: &str, text: String) -> Option<String> {
        match self.part(part) {
            Part::Whole => Some(text),
            Part::Released(release) => Some(release.text(&text)),
            Part::Held => None,
        }
    }

    /// Whether a document of a part shows.
    pub(super) fn document(&self, part: &str, id: Uuid) -> bool {
        match self.part(part) {
            Part::Whole => true,
            Part::Released(release) => !release.withheld.contains(&id),
            Part::Held => false,
        }
    }
}

/// An answer as the panel sees it.
pub(super) async fn gate(
    r: &Reading,
    pack: &Pack,
    bid: &bid::Model,
    mut answer: Answer,
    question: &str,
) -> Result<Answer, Refusal> {
    // There is nothing to read in an answer that says nothing.
    let says = answer.text.as_ref().is_some_and(|row| !row.text.trim().is_empty());
    if !says && answer.documents.is_empty() {
        return Ok(answer);
    }
    let shown = Shown::to_the_panel(r, pack, bid.procurement_id, bid.id).await?;
    answer.released = shown.shows(question);
    answer.cut = matches!(shown.part(question), Part::Released(release) if !release.removed.is_empty() || !release.withheld.is_empty());
    if let Some(mut row) = answer.text.take() {
        answer.text = shown
            .text(question, std::mem::take(&mut row.text))
            .map(|text| entity::bid_answer::Model { text, ..row });
    }
    answer.documents.retain(|file| shown.document(question, file.id));
    if !answer.released {
        answer.replies.clear();
        answer.confidential = super::confidential::Because::default();
    }
    Ok(answer)
}
