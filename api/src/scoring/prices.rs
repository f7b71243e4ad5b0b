//! The prices of a lot side by side, row by row: what each bid asks for a line or a volume band, in which cell it says so,
//! and which bids ask least. Seen once the lot's quality is locked (DOMAIN rule 1), by whoever may read bids.

use std::collections::BTreeMap;

use rules::demand;
use rules::exact::Exact;
use rules::money::{Pence, UnitPrice};
use rules::schedule::PriceRow;
use rules::words::{Obligation, Offer};
use uuid::Uuid;

use super::lock;
use super::lot::{self, Bid, Lot};
use crate::bidding::bid as bids;
use crate::bidding::correction::{self, Price};
use crate::kernel::{Reading, Refusal};

/// The prices of a lot.
#[derive(Clone, Debug)]
pub struct LotPrices {
    /// The lot and the bids for it, in the order that was drawn.
    pub lot: Lot,
    /// The rows of its price schedule, in order.
    pub rows: Vec<RowPrices>,
    /// What each bid comes to, in the order of the bids.
    pub totals: Vec<Result<Pence, String>>,
}

/// A row of the price schedule with every bid's answer.
#[derive(Clone, Debug)]
pub struct RowPrices {
    /// The code of the line, or of the band's row.
    pub code: String,
    /// What is priced, with the borders of a band and the role of a rate.
    pub description: String,
    /// The unit.
    pub unit: String,
    /// What suppliers owe on it.
    pub obligation: Obligation,
    /// How it counts in the evaluated price, in words.
    pub counted: String,
    /// The units over the term that its price counts for; none where nobody shares a shared line.
    pub quantity: Option<Exact>,
    /// A cell for each bid, in the order of [`Lot::bids`]; none where the bid says nothing of the row.
    pub cells: Vec<Option<PriceCell>>,
}

/// A bid's answer to a row.
#[derive(Clone, Debug)]
pub struct PriceCell {
    /// Priced, included or not offered.
    pub offer: Offer,
    /// The net price of one unit, as it counts; nothing for a row that is included.
    pub unit_price: Option<UnitPrice>,
    /// The price as it was submitted, where it was corrected (DOMAIN rule 9).
    pub submitted: Option<UnitPrice>,
    /// What the row comes to over the term, rounded for reading.
    pub cost: Option<Pence>,
    /// Whether no bid that stands asks less. Nobody asks least where only one has a price.
    pub least: bool,
    /// The sheet it stands in.
    pub sheet: String,
    /// Its cell.
    pub cell: String,
}

/// The prices of a lot. Whoever may read bids sees them, once the lot's quality is locked.
pub async fn view(r: &Reading, procurement_id: Uuid, lot_id: Uuid) -> Result<LotPrices, Refusal> {
    let scope = bids::content(r, procurement_id).await?;
    let lot = lot::one(r, &scope, lot_id).await?;
    if lock::of_lot(r, lot.id).await?.is_none() {
        return Err(Refusal::conflict(
            "quality_not_locked",
            "The prices of this lot show once its quality is agreed and locked.",
        ));
    }
    let mut given = Vec::with_capacity(lot.bids.len());
    for bid in &lot.bids {
        let prices = correction::prices_of(r, bid.id).await?.into_iter();
        given.push(prices.map(|price| (price.submitted.line.clone(), price)).collect::<Given>());
    }
    let published = lot.published();
    let rows = published.schedule.iter().flat_map(|line| line.rows(&lot.pack));
    let rows = rows.map(|row| row_prices(&lot, &row, &given)).collect();
    let totals = given.iter().map(|given| total(&lot, given)).collect();
    Ok(LotPrices { lot, rows, totals })
}

/// A bid's answers by row.
type Given = BTreeMap<String, Price>;

fn row_prices(lot: &Lot, row: &PriceRow<'_>, given: &[Given]) -> RowPrices {
    let answers: Vec<Option<&Price>> = given.iter().map(|given| given.get(row.code.as_ref())).collect();
    let asked: Vec<Option<i64>> =
        lot.bids.iter().zip(&answers).map(|(bid, answer)| asks(bid, *answer)).collect();
    let several = asked.iter().flatten().count() > 1;
    let least = asked.iter().flatten().min().copied().filter(|_| several);
    let cell = |(answer, asked): (Option<&Price>, Option<i64>)| {
        answer.map(|answer| {
            let cost = demand::row_cost(&lot.pack, row, Some(&answer.answer())).ok();
            PriceCell {
                offer: answer.submitted.offer.0,
                unit_price: answer.unit_price(),
                submitted: answer.before(),
                cost: cost.and_then(|cost| Pence::round(&cost).ok()),
                least: asked.is_some() && asked == least,
                sheet: answer.submitted.sheet.clone(),
                cell: answer.submitted.cell.clone(),
            }
        })
    };
    RowPrices {
        code: row.code.to_string(),
        description: row.description().into_owned(),
        unit: row.line.unit.clone(),
        obligation: row.line.obligation(),
        counted: row.counted(),
        quantity: demand::quantity(&lot.pack, row),
        cells: answers.into_iter().zip(asked).map(cell).collect(),
    }
}

impl PriceCell {
    /// What it asks for one unit, in ten-thousandths of a pound; what is included costs nothing, and what is not offered has no price.
    #[must_use]
    pub fn asks(&self) -> Option<i64> {
        match self.offer {
            Offer::Priced => self.unit_price.map(|price| price.0),
            Offer::Included => Some(0),
            Offer::NotOffered => None,
        }
    }
}

/// What a bid that stands asks for one unit, in ten-thousandths of a pound; what is included costs nothing.
fn asks(bid: &Bid, answer: Option<&Price>) -> Option<i64> {
    let answer = answer.filter(|_| bid.stands())?;
    match answer.submitted.offer.0 {
        Offer::Priced => answer.unit_price().map(|price| price.0),
        Offer::Included => Some(0),
        Offer::NotOffered => None,
    }
}

/// The evaluated price, or why there is none.
fn total(lot: &Lot, given: &Given) -> Result<Pence, String> {
    let answers = given.iter().map(|(code, price)| (code.clone(), price.answer())).collect();
    match demand::evaluated_price(&lot.pack, lot.published(), &answers) {
        Ok(price) => Ok(price.total),
        Err(faults) => Err(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")),
    }
}
