//! Figures that a story computes for itself, from the pack, what the workbooks hold and the marks of record.

use std::collections::BTreeMap;

use rules::demand::LineAnswer;
use rules::pack::Pack;
use rules::record::{BidInput, LotResult, lot_result};
use rules::words::{Offer as Answer, ResponseCode};

use super::bids::{OFFERS, SUPPLIERS};
use super::panel;
use super::tender::Tender;

/// What each bid brings; `bids` are their ids in the order of [`SUPPLIERS`].
fn inputs(pack: &Pack, bids: &[String]) -> Vec<BidInput> {
    let input = |(number, id): (usize, &String)| BidInput {
        id: id.clone(),
        supplier: SUPPLIERS[number].to_owned(),
        withdrawn: false,
        marks: panel::MARKS
            .iter()
            .map(|(question, _)| ((*question).to_owned(), panel::agreed(number, question).to_owned()))
            .collect(),
        prices: ["P01", "P02", "P03"]
            .into_iter()
            .zip(OFFERS[number].prices)
            .map(|(line, price)| {
                let unit_price = Some(price.parse().expect("a unit price"));
                (line.to_owned(), LineAnswer { offer: Answer::Priced, unit_price })
            })
            .collect(),
        responses: pack
            .requirements
            .iter()
            .map(|requirement| (requirement.code.clone(), ResponseCode::Full))
            .collect::<BTreeMap<_, _>>(),
        corrections: Vec::new(),
        disregarded: None,
    };
    bids.iter().enumerate().map(input).collect()
}

/// The results that the lots must have, in their order.
pub fn by_hand(pack: &Pack, tender: &Tender, bids: &[String]) -> Vec<LotResult> {
    let inputs = inputs(pack, bids);
    tender.lots.iter().map(|lot| lot_result(pack, lot, &inputs).expect("a result")).collect()
}

/// A result as it is hashed.
pub fn bytes_of(result: &LotResult) -> Vec<u8> {
    rules::canonical::to_bytes(result).expect("canonical bytes")
}
