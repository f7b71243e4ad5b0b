//! The assessment summary of one bid (reg 31), from the pack, the result and the agreed marks.

use std::collections::BTreeMap;

use askama::Template;
use entity::consensus;
use rules::exact::Exact;
use rules::pack::Pack;
use rules::record::{BidResult, LotResult, Points};
use rules::withholding::WITHHELD;
use uuid::Uuid;

use super::method::{self, ToldScale};
use super::{Post, Sender};
use crate::deciding::assessment::{self, Line};
use crate::deciding::award::Ready;
use crate::deciding::evidence::{self, Bidder};
use crate::deciding::withholding::{self, Withheld};
use crate::kernel::{Refusal, Writing};
use crate::scoring::consensus as consensuses;

/// What all letters of an award tell alike.
pub(super) struct Told {
    pub(super) reference: String,
    pub(super) title: String,
    pub(super) lot: String,
    pub(super) method: Vec<String>,
    pub(super) scales: Vec<ToldScale>,
    /// The most advantageous tender, as its bidder and the councils read of it.
    pub(super) winner: Assessed,
    /// The same as the other bidders do: without what is withheld from them.
    pub(super) winner_for_others: Assessed,
    pub(super) winner_contact: Vec<String>,
    pub(super) others: Vec<Assessed>,
}

/// One bid as it was assessed. Points name the most there are, where they were assessed.
#[derive(Clone)]
pub(super) struct Assessed {
    pub(super) bid_id: Uuid,
    pub(super) supplier: String,
    /// Whether it was disregarded, and so not assessed.
    pub(super) disregarded: bool,
    pub(super) exclusion: String,
    pub(super) reasons: Vec<String>,
    pub(super) rank: String,
    pub(super) quality: String,
    pub(super) price_points: String,
    /// How the price became its points; empty for a bid that is not ranked.
    pub(super) price_explained: String,
    pub(super) total: String,
    pub(super) price: String,
    pub(super) criteria: Vec<Explained>,
}

/// A criterion with its points; a question with mark, explanation and the place in the tender it refers to.
#[derive(Clone)]
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
    /// That and why something of it is withheld; empty where nothing is.
    pub(super) withheld: String,
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
                Some(assessed(pack, &lines, (&ready.result, bid), bidder.bid.id, &agreed))
            })
            .collect();
        let gone = || Refusal::internal(&"the awarded bid is not in the result");
        let won = ready.recommendation.bid_id;
        let at = all.iter().position(|bid| bid.bid_id == won).ok_or_else(gone)?;
        let mut winner = all.remove(at);
        let mut winner_for_others = winner.clone();
        keep_back(&withholding::of_bid(w, ready.lot.id, won).await?, &mut winner, &mut winner_for_others);
        let bidder = bidders.iter().find(|bidder| bidder.bid.id == won).ok_or_else(gone)?;
        Ok(Self {
            reference: ready.scope.procurement.reference.clone(),
            title: ready.scope.procurement.title.clone(),
            lot: format!("{} {}", ready.lot.code, ready.lot.title),
            method: rules::method::told(pack, lot),
            scales: method::scales(pack, &lines),
            winner,
            winner_for_others,
            winner_contact: contact(bidder),
            others: all,
        })
    }
}

/// Name, address and identifiers of the supplier that won (reg 31(3)); only the winner's own letter holds them.
fn contact(bidder: &Bidder) -> Vec<String> {
    let mut lines = vec![bidder.supplier.name.clone()];
    lines.extend(bidder.addresses.first().map(|to| to.email.clone()));
    lines.extend(bidder.supplier.ppon.iter().map(|ppon| format!("PPON {ppon}")));
    lines.extend(bidder.supplier.companies_house.iter().map(|number| format!("Companies House {number}")));
    lines
}

/// Leaves out what is withheld from the other bidders (PA23 s.94), who are told so and why; the winner and the councils
/// are told what the others do not read.
fn keep_back(held: &BTreeMap<String, Withheld>, winner: &mut Assessed, told: &mut Assessed) {
    for (own, others) in winner.criteria.iter_mut().zip(&mut told.criteria) {
        let Some(held) = held.get(&own.code) else { continue };
        others.rationale = held.of(&own.rationale);
        others.reference = held.of(&own.reference);
        others.withheld = format!(
            "Where “{WITHHELD}” stands, sensitive commercial information is withheld (Procurement Act 2023, section 94): {}",
            held.grounds
        );
        let passages: Vec<String> = held.passages.iter().map(|passage| format!("“{passage}”")).collect();
        own.withheld = format!(
            "The other bidders do not read {} (Procurement Act 2023, section 94): {}",
            rules::words::listed(&passages, "and"),
            held.grounds
        );
    }
}

/// Points of the most there are, or that they were not assessed: then there is nothing that they are “of”.
fn points(earned: Option<&Points>, most: &str) -> String {
    let most = most.parse::<Exact>().map_or_else(|_| most.to_owned(), |most| most.mixed());
    earned.map_or_else(|| NOT_ASSESSED.to_owned(), |earned| format!("{} of {most}", earned.rounded))
}

fn assessed(
    pack: &Pack,
    lines: &[Line],
    (result, bid): (&LotResult, &BidResult),
    bid_id: Uuid,
    agreed: &BTreeMap<(Uuid, String), consensus::Model>,
) -> Assessed {
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
                weight: line.weight.mixed(),
                points: earned.points.rounded.clone(),
                mark: earned.mark.clone().unwrap_or_default(),
                most: most.unwrap_or_default(),
                rationale: row.map(consensuses::explanation).unwrap_or_default(),
                reference: row.map(|row| row.reference.clone()).unwrap_or_default(),
                withheld: String::new(),
            })
        })
        .collect();
    Assessed {
        bid_id,
        supplier: bid.supplier.clone(),
        disregarded: bid.disregarded.is_some(),
        exclusion: bid.exclusion.map(|word| word.label().to_owned()).unwrap_or_default(),
        reasons: bid.reasons.iter().map(|reason| reason.message.clone()).collect(),
        rank: bid.rank.map_or_else(|| "not ranked".to_owned(), |rank| rank.to_string()),
        quality: points(bid.quality.as_ref(), &result.quality_weight),
        price_points: points(bid.price_points.as_ref(), &result.price_weight),
        price_explained: result.price_explained(pack, &bid.bid).unwrap_or_default(),
        total: points(bid.total.as_ref(), "100"),
        price: bid.price.as_ref().map_or_else(|| NOT_ASSESSED.to_owned(), |price| price.total.pounds()),
        criteria,
    }
}

/// What a summary says, as text and as HTML.
struct Summary<'a> {
    sender: &'a Sender,
    told: &'a Told,
    own: &'a Assessed,
}

#[derive(Template)]
#[template(path = "mail/award_to_winner.txt")]
struct WinnerText<'a> {
    letter: &'a Summary<'a>,
}

#[derive(Template)]
#[template(path = "mail/award_to_winner.html")]
struct WinnerHtml<'a> {
    letter: &'a Summary<'a>,
}

#[derive(Template)]
#[template(path = "mail/award_to_bidder.txt")]
struct BidderText<'a> {
    letter: &'a Summary<'a>,
}

#[derive(Template)]
#[template(path = "mail/award_to_bidder.html")]
struct BidderHtml<'a> {
    letter: &'a Summary<'a>,
}

/// Queues a summary for every assessed bid in the lot, to every address of its bidder, all at one instant (reg 31(4)).
pub(super) async fn send(
    w: &Writing,
    (sender, told): (&Sender, &Told),
    bidders: &[Bidder],
    post: &mut Post,
) -> Result<(), Refusal> {
    let assessed_others: Vec<&Assessed> = told.others.iter().filter(|bid| !bid.disregarded).collect();
    for bidder in bidders {
        let to = bidder.addresses.clone();
        if told.winner.bid_id == bidder.bid.id {
            let letter = &Summary { sender, told, own: &told.winner };
            let letter = (&WinnerText { letter }, &WinnerHtml { letter });
            post.queue_all(w, "award_to_winner", to, "your tender is to be awarded", letter).await?;
        } else if let Some(own) = assessed_others.iter().find(|bid| bid.bid_id == bidder.bid.id) {
            let letter = &Summary { sender, told, own };
            let letter = (&BidderText { letter }, &BidderHtml { letter });
            post.queue_all(w, "award_to_bidder", to, "the outcome of your tender", letter).await?;
        }
    }
    Ok(())
}
