//! The ranking of a lot, as the pages of its decision show it.

use rules::money::Pence;

use crate::deciding::standing::{Placed, Standing};

/// A ranked bid.
pub(super) struct RankRow {
    pub(super) rank: u32,
    pub(super) supplier: String,
    pub(super) recommended: bool,
    pub(super) total: String,
    pub(super) quality: String,
    pub(super) price_points: String,
    pub(super) price: String,
}

/// The ranked bids, best first.
pub(super) fn rows(standing: &Standing) -> Vec<RankRow> {
    let row = |bid: &Placed| RankRow {
        rank: bid.rank,
        supplier: bid.supplier.clone(),
        recommended: bid.recommended,
        total: bid.total.clone(),
        quality: bid.quality.clone(),
        price_points: bid.price_points.clone(),
        price: bid.price.map(Pence::pounds).unwrap_or_default(),
    };
    standing.ranking.iter().map(row).collect()
}

fn told(bid: &Placed) -> String {
    format!("rank {}, {} of 100 points", bid.rank, bid.total)
}

/// Where the recommended bid stands.
pub(super) fn place(standing: &Standing) -> String {
    let bid = standing.ranking.iter().find(|bid| bid.recommended);
    bid.map_or_else(|| "not ranked in the result".to_owned(), told)
}

/// The best bid beside it.
pub(super) fn runner_up(standing: &Standing) -> String {
    standing
        .runner_up()
        .map_or_else(|| "no other bid is ranked".to_owned(), |bid| format!("{}: {}", bid.supplier, told(bid)))
}
