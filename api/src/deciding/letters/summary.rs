//! The assessment summary of one bid (reg 31), from the pack, the result and the agreed marks.

use std::collections::BTreeMap;

use askama::Template;
use entity::consensus;
use rules::pack::{Pack, PackLot};
use rules::record::BidResult;
use uuid::Uuid;

use super::Post;
use crate::deciding::assessment::{self, Line, figure, price_rule};
use crate::deciding::award::Ready;
use crate::deciding::evidence::{self, Bidder};
use crate::kernel::outbox::Recipient;
use crate::kernel::{Refusal, Writing};

/// What all letters of an award tell alike.
pub(super) struct Told {
    pub(super) reference: String,
    pub(super) title: String,
    pub(super) lot: String,
    pub(super) lead: String,
    pub(super) method: Vec<String>,
    pub(super) scales: Vec<ToldScale>,
    pub(super) winner: Assessed,
    pub(super) winner_contact: Vec<String>,
    pub(super) others: Vec<Assessed>,
    pub(super) price_weight: String,
    pub(super) quality_weight: String,
}

/// A scale as it was published.
pub(super) struct ToldScale {
    pub(super) name: String,
    pub(super) marks: Vec<(String, String)>,
}

/// One bid as it was assessed.
pub(super) struct Assessed {
    pub(super) bid_id: Uuid,
    pub(super) supplier: String,
    pub(super) exclusion: String,
    pub(super) reasons: Vec<String>,
    pub(super) rank: String,
    pub(super) quality: String,
    pub(super) price_points: String,
    pub(super) total: String,
    pub(super) price: String,
    pub(super) criteria: Vec<Explained>,
}

/// A criterion with its points; a question with mark, explanation and the place in the tender it refers to.
pub(super) struct Explained {
    pub(super) code: String,
    pub(super) title: String,
    pub(super) is_question: bool,
    pub(super) weight: String,
    pub(super) points: String,
    pub(super) mark: String,
    pub(super) most: String,
    pub(super) rationale: String,
    pub(super) reference: String,
}

const NOT_ASSESSED: &str = "not assessed";

impl Told {
    pub(super) async fn new(
        w: &Writing,
        ready: &Ready,
        pack: &Pack,
        bidders: &[Bidder],
    ) -> Result<Self, Refusal> {
        let lot = evidence::pack_lot(pack, ready.lot.id)?;
        let lines = assessment::lines(lot);
        let agreed = evidence::agreed(w, ready.lot.id).await?;
        let mut all: Vec<Assessed> = bidders
            .iter()
            .filter_map(|bidder| {
                let bid = evidence::bid_result(&ready.result, bidder.bid.id)?;
                Some(assessed(pack, &lines, bid, bidder.bid.id, &agreed))
            })
            .collect();
        let gone = || Refusal::internal(&"the awarded bid is not in the result");
        let won = ready.recommendation.bid_id;
        let at = all.iter().position(|bid| bid.bid_id == won).ok_or_else(gone)?;
        let winner = all.remove(at);
        let bidder = bidders.iter().find(|bidder| bidder.bid.id == won).ok_or_else(gone)?;
        let lead = pack.councils.first().map(|council| council.name.clone()).unwrap_or_default();
        Ok(Self {
            reference: ready.scope.procurement.reference.clone(),
            title: ready.scope.procurement.title.clone(),
            lot: format!("{} {}", ready.lot.code, ready.lot.title),
            lead,
            method: method(pack, lot, &ready.result.quality_weight, &ready.result.price_weight),
            scales: scales(pack, &lines),
            winner,
            winner_contact: contact(bidder),
            others: all,
            price_weight: plain(&ready.result.price_weight),
            quality_weight: plain(&ready.result.quality_weight),
        })
    }
}

/// An exact number of a result for people.
fn plain(exact: &str) -> String {
    exact.parse().map_or_else(|_| exact.to_owned(), |exact| figure(&exact))
}

/// Name, address and identifiers of the supplier that won (reg 31(3)); only the winner's own letter holds them.
fn contact(bidder: &Bidder) -> Vec<String> {
    let mut lines = vec![bidder.supplier.name.clone(), bidder.email.clone()];
    lines.extend(bidder.supplier.ppon.iter().map(|ppon| format!("PPON {ppon}")));
    lines.extend(bidder.supplier.companies_house.iter().map(|number| format!("Companies House {number}")));
    lines
}

/// The published method, in sentences.
fn method(pack: &Pack, lot: &PackLot, quality: &str, price: &str) -> Vec<String> {
    let mut told = vec![
        format!("Quality counts for {} and price for {} of 100 points.", plain(quality), plain(price)),
        "A mark earns its share of the question’s weight, as the scale below says.".to_owned(),
        price_rule(lot),
    ];
    if let Some(least) = &lot.min_quality {
        told.push(format!("A tender needs at least {} quality points.", plain(least)));
    }
    if !pack.method.tie_break.is_empty() {
        let keys: Vec<_> = pack.method.tie_break.iter().map(|key| key.label().to_lowercase()).collect();
        told.push(format!("Equal totals are parted by: {}.", keys.join(", then ")));
    }
    told
}

fn scales(pack: &Pack, lines: &[Line]) -> Vec<ToldScale> {
    let used = |name: &str| lines.iter().any(|line| line.scale.as_deref() == Some(name));
    let told = |scale: &rules::scale::Scale| ToldScale {
        name: scale.name.clone(),
        marks: scale.marks.iter().map(|mark| (mark.value.clone(), mark.descriptor.clone())).collect(),
    };
    pack.scales.iter().filter(|scale| used(&scale.name)).map(told).collect()
}

fn assessed(
    pack: &Pack,
    lines: &[Line],
    bid: &BidResult,
    bid_id: Uuid,
    agreed: &BTreeMap<(Uuid, String), consensus::Model>,
) -> Assessed {
    let rounded = |points: &Option<rules::record::Points>| {
        points.as_ref().map_or_else(|| NOT_ASSESSED.to_owned(), |points| points.rounded.clone())
    };
    let criteria = lines
        .iter()
        .filter_map(|line| {
            let earned = bid.criteria.get(&line.code)?;
            let row = agreed.get(&(bid_id, line.code.clone()));
            let scale = assessment::scale(pack, line.scale.as_deref());
            let most = scale.and_then(|scale| scale.marks.last()).map(|mark| mark.value.clone());
            Some(Explained {
                code: line.code.clone(),
                title: line.title.clone(),
                is_question: line.is_question,
                weight: figure(&line.weight),
                points: earned.points.rounded.clone(),
                mark: earned.mark.clone().unwrap_or_default(),
                most: most.unwrap_or_default(),
                rationale: row.map(|row| row.rationale.clone()).unwrap_or_default(),
                reference: row.map(|row| row.reference.clone()).unwrap_or_default(),
            })
        })
        .collect();
    Assessed {
        bid_id,
        supplier: bid.supplier.clone(),
        exclusion: bid.exclusion.map(|word| word.label().to_owned()).unwrap_or_default(),
        reasons: bid.reasons.iter().map(|reason| reason.message.clone()).collect(),
        rank: bid.rank.map_or_else(|| "not ranked".to_owned(), |rank| rank.to_string()),
        quality: rounded(&bid.quality),
        price_points: rounded(&bid.price_points),
        total: rounded(&bid.total),
        price: bid.price.as_ref().map_or_else(|| NOT_ASSESSED.to_owned(), |price| price.total.pounds()),
        criteria,
    }
}

#[derive(Template)]
#[template(path = "mail/award_to_winner.txt")]
struct WinnerText<'a> {
    told: &'a Told,
    own: &'a Assessed,
}

#[derive(Template)]
#[template(path = "mail/award_to_winner.html")]
struct WinnerHtml<'a> {
    told: &'a Told,
    own: &'a Assessed,
}

#[derive(Template)]
#[template(path = "mail/award_to_bidder.txt")]
struct BidderText<'a> {
    told: &'a Told,
    own: &'a Assessed,
}

#[derive(Template)]
#[template(path = "mail/award_to_bidder.html")]
struct BidderHtml<'a> {
    told: &'a Told,
    own: &'a Assessed,
}

/// Queues a summary for every bid in the lot, all at one instant (reg 31(4)).
pub(super) async fn send(
    w: &Writing,
    told: &Told,
    bidders: &[Bidder],
    post: &mut Post,
) -> Result<(), Refusal> {
    for bidder in bidders {
        let recipient = Recipient {
            email: bidder.email.clone(),
            supplier_id: Some(bidder.supplier.id),
            ..Recipient::default()
        };
        if told.winner.bid_id == bidder.bid.id {
            let own = &told.winner;
            let letter = (&WinnerText { told, own }, &WinnerHtml { told, own });
            post.queue(w, "award_to_winner", recipient, "your tender is to be awarded", letter).await?;
        } else if let Some(own) = told.others.iter().find(|bid| bid.bid_id == bidder.bid.id) {
            let letter = (&BidderText { told, own }, &BidderHtml { told, own });
            post.queue(w, "award_to_bidder", recipient, "the outcome of your tender", letter).await?;
        }
    }
    Ok(())
}
