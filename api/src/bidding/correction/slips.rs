//! Where a slip is likely: totals that a bidder states and that its unit prices do not make, and unit prices far from all
//! others. It is a place to look, and no proposal: what lies far apart may be meant.

use std::collections::BTreeMap;

use rules::correction::is_far_apart;
use rules::money::UnitPrice;
use rules::pack::{PackLine, PackLot};
use uuid::Uuid;

use super::{Price, effective};
use crate::bidding::bid::{self as bids, OpenedBid};
use crate::bidding::compartment::Compartment;
use crate::bidding::tender;
use crate::kernel::{Paging, Reading, Refusal, Slice};

/// A price at which somebody should look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    /// The bid.
    pub bid_id: Uuid,
    /// Whose it is.
    pub supplier: String,
    /// The lot's code.
    pub lot: String,
    /// The code of the price line, or of the row of one of its volume bands.
    pub line: String,
    /// The unit price that counts now.
    pub unit_price: UnitPrice,
    /// `total_differs` or `far_apart`.
    pub kind: &'static str,
    /// What was seen, in words.
    pub told: String,
}

/// The prices at which somebody should look, lot by lot and line by line, of the lots whose quality is locked. For everybody
/// who may read bids.
pub async fn list(r: &Reading, procurement_id: Uuid, paging: &Paging) -> Result<Slice<Slip>, Refusal> {
    let scope = bids::content(r, procurement_id).await?;
    let tender = tender::of(r, scope.procurement).await?;
    let locked = bids::locked_lots(r, &tender.pack, procurement_id).await?;
    let mut read = Vec::new();
    for opened in bids::all(r, procurement_id).await? {
        let prices = effective::prices_of(r, opened.bid.id).await?;
        let stated = if locked.is_empty() { Vec::new() } else { stated(r, &opened, &prices).await? };
        read.push(Read { opened, prices, stated });
    }
    let mut slips = Vec::new();
    for lot in locked {
        slips.extend(of_lot(lot, &read));
    }
    let start = paging.after_key::<usize>()?.unwrap_or(0);
    let rest = slips.into_iter().enumerate().skip(start).collect();
    Ok(paging.cut(rest, |(place, _)| (place + 1).to_string()).map(|(_, slip)| slip))
}

/// A bid with its prices, and the totals that it states otherwise: line and words.
struct Read {
    opened: OpenedBid,
    prices: Vec<Price>,
    stated: Vec<(String, String)>,
}

/// The totals that differ from what the unit price makes, by line, as they were found when the workbook was read.
async fn stated(r: &Reading, opened: &OpenedBid, prices: &[Price]) -> Result<Vec<(String, String)>, Refusal> {
    let compartment = Compartment::of_submission(r, opened.submission.id).await?;
    let reading = compartment.open_submission(&opened.submission)?.bid()?;
    let differing = reading.findings.into_iter().filter(|finding| finding.code == "total_differs");
    let told = differing.filter_map(|finding| {
        let (sheet, cell) = (finding.sheet?, finding.cell?);
        // A line's total stands in the row of its price.
        let line = prices
            .iter()
            .find(|price| price.submitted.sheet == sheet && row_of(&price.submitted.cell) == row_of(&cell))?;
        let words = format!("The total stated in {sheet}!{cell} is {}. {}", finding.seen, finding.todo);
        Some((line.submitted.line.clone(), words))
    });
    Ok(told.collect())
}

/// The digits of a cell's address.
fn row_of(cell: &str) -> &str {
    cell.trim_start_matches(|c: char| !c.is_ascii_digit())
}

fn of_lot(lot: &PackLot, read: &[Read]) -> Vec<Slip> {
    let mut slips = Vec::new();
    for row in lot.schedule.iter().flat_map(PackLine::row_codes) {
        let priced: BTreeMap<Uuid, UnitPrice> = read
            .iter()
            .filter_map(|one| {
                let price = one.prices.iter().find(|price| price.submitted.line == row)?;
                Some((one.opened.bid.id, price.unit_price()?))
            })
            .collect();
        for one in read {
            let bid_id = one.opened.bid.id;
            let Some(unit_price) = priced.get(&bid_id).copied() else { continue };
            let slip = |kind, told| Slip {
                bid_id,
                supplier: one.opened.supplier.name.clone(),
                lot: lot.code.clone(),
                line: row.to_string(),
                unit_price,
                kind,
                told,
            };
            let stated = one.stated.iter().filter(|(code, _)| *code == row);
            slips.extend(stated.map(|(_, words)| slip("total_differs", words.clone())));
            let others: Vec<UnitPrice> =
                priced.iter().filter(|(id, _)| **id != bid_id).map(|(_, price)| *price).collect();
            if is_far_apart(unit_price, &others) {
                let shown: Vec<_> = others.iter().map(|price| price.pounds()).collect();
                let words =
                    format!("{} a unit, where other bids have {}.", unit_price.pounds(), shown.join(", "));
                slips.push(slip("far_apart", words));
            }
        }
    }
    slips
}
