//! A published lot with the bids on it: what is marked, moderated and ranked. Read from the frozen pack only, so that no
//! question, weight or scale that was not published can be applied (DOMAIN rule 7).

use rules::outcome::Disregard;
use rules::pack::{Pack, PackCriterion, PackLot, Question, Scale};
use uuid::Uuid;

use crate::bidding::bid;
use crate::bidding::outcome::force;
use crate::kernel::access::Scope;
use crate::kernel::{Reading, Refusal};
use crate::tendering::pack;

/// A bid as panel members meet it: no prices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bid {
    /// Its key.
    pub id: Uuid,
    /// The bid as it was opened.
    pub row: entity::bid::Model,
    /// The supplier's name.
    pub supplier: String,
    /// Whether the bidder has withdrawn; it is then neither marked nor ranked.
    pub withdrawn: bool,
    /// That it is disregarded in this lot, so that it is neither marked nor ranked. Marks that it has stay (DOMAIN rule 4).
    pub disregarded: Option<Disregard>,
}

impl Bid {
    /// Whether it is marked and may be ranked.
    #[must_use]
    pub const fn stands(&self) -> bool {
        !self.withdrawn && self.disregarded.is_none()
    }
}

/// A published lot and the bids of its procurement.
#[derive(Clone, Debug)]
pub struct Lot {
    /// Its key.
    pub id: Uuid,
    /// The whole pack.
    pub pack: Pack,
    /// The pack's hash, as published.
    pub pack_hash: String,
    /// Every bid for this lot, in the order that was drawn at opening.
    pub bids: Vec<Bid>,
    at: usize,
}

/// A question of a lot with the scale it is marked on.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The criterion.
    pub criterion: &'a PackCriterion,
    /// What is asked.
    pub question: &'a Question,
    /// The allowed marks.
    pub scale: &'a Scale,
}

impl Lot {
    /// The lot as published.
    #[must_use]
    pub fn published(&self) -> &PackLot {
        &self.pack.lots[self.at]
    }

    /// Its questions, in order, each with its scale.
    #[must_use]
    pub fn questions(&self) -> Vec<Asked<'_>> {
        let asked = |criterion| {
            let criterion: &PackCriterion = criterion;
            let question = criterion.question.as_ref()?;
            let scale = Scale::named(&self.pack.scales, &question.scale)?;
            Some(Asked { criterion, question, scale })
        };
        self.published().questions().into_iter().filter_map(asked).collect()
    }

    /// One question.
    pub fn question(&self, code: &str) -> Result<Asked<'_>, Refusal> {
        let found = self.questions().into_iter().find(|asked| asked.criterion.code == code);
        found.ok_or_else(|| Refusal::not_found("question in this lot"))
    }

    /// One bid.
    pub fn bid(&self, id: Uuid) -> Result<&Bid, Refusal> {
        self.bids.iter().find(|bid| bid.id == id).ok_or_else(|| Refusal::not_found("bid"))
    }

    /// The bids that are marked: all but the withdrawn and the disregarded.
    pub fn marked_bids(&self) -> impl Iterator<Item = &Bid> {
        self.bids.iter().filter(|bid| bid.stands())
    }

    /// A bid that is marked.
    pub fn marked_bid(&self, id: Uuid) -> Result<&Bid, Refusal> {
        let bid = self.bid(id)?;
        if bid.withdrawn {
            return Err(Refusal::conflict(
                "withdrawn",
                format!("{} has withdrawn its bid: it is not marked.", bid.supplier),
            ));
        }
        if let Some(Disregard { ground, .. }) = &bid.disregarded {
            return Err(Refusal::conflict(
                "disregarded",
                format!("The bid of {} is disregarded and not marked: {}.", bid.supplier, ground.told()),
            ));
        }
        Ok(bid)
    }

    /// Every answer that is marked: bid by bid, question by question.
    #[must_use]
    pub fn answers(&self) -> Vec<(&Bid, Asked<'_>)> {
        let questions = self.questions();
        self.marked_bids().flat_map(|bid| questions.iter().map(move |asked| (bid, *asked))).collect()
    }
}

/// Every lot of the published pack, in its order.
pub(super) async fn all(r: &Reading, scope: &Scope) -> Result<Vec<Lot>, Refusal> {
    let (row, pack) = pack::current(r, scope.id()).await?;
    let bids = bids(r, scope.id()).await?;
    let ids: Vec<Uuid> = bids.iter().map(|bid| bid.id).collect();
    let disregards = force::in_force(r, scope.id()).await?;
    let bid_for = bid::lots_bid_for(r, &pack, &ids).await?;
    let mut lots = Vec::with_capacity(pack.lots.len());
    for (at, lot) in pack.lots.iter().enumerate() {
        let id = lot.id.parse().map_err(|error: uuid::Error| Refusal::internal(&error))?;
        let is_for = |bid: &&Bid| bid_for.get(&bid.id).is_some_and(|lots| lots.contains(&lot.id));
        let in_lot = |bid: Bid| Bid { disregarded: force::disregard(&disregards, bid.id, id), ..bid };
        let bids = bids.iter().filter(is_for).cloned().map(in_lot).collect();
        lots.push(Lot { id, pack: pack.clone(), pack_hash: row.hash.clone(), bids, at });
    }
    Ok(lots)
}

/// One lot of the published pack.
pub(super) async fn one(r: &Reading, scope: &Scope, id: Uuid) -> Result<Lot, Refusal> {
    let found = all(r, scope).await?.into_iter().find(|lot| lot.id == id);
    found.ok_or_else(|| Refusal::not_found("lot"))
}

async fn bids(r: &Reading, procurement_id: Uuid) -> Result<Vec<Bid>, Refusal> {
    let opened = bid::all(r, procurement_id).await?;
    let bids = opened.into_iter().map(|opened| Bid {
        id: opened.bid.id,
        supplier: opened.supplier.name,
        withdrawn: opened.submission.withdrawn_at.is_some(),
        disregarded: None,
        row: opened.bid,
    });
    Ok(bids.collect())
}
