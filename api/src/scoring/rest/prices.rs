//! The prices of a lot through the API.

use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::http::{Reply, Signed};
use crate::scoring::prices::{self, LotPrices, PriceCell, RowPrices};

/// The operations about prices.
pub struct Operations;

/// A bid's answer to a row of the price schedule.
#[derive(Object)]
struct RowPrice {
    bid_id: Uuid,
    /// `priced`, `included` or `not_offered`; left out where the bid says nothing.
    #[oai(skip_serializing_if_is_none)]
    offer: Option<String>,
    /// Pounds for a unit, net.
    #[oai(skip_serializing_if_is_none)]
    unit_price: Option<String>,
    /// Pounds over the term, net, rounded for reading.
    #[oai(skip_serializing_if_is_none)]
    cost: Option<String>,
    /// Whether no bid that stands asks less; never where only one has a price.
    least: bool,
    /// Where it stands in the workbook.
    #[oai(skip_serializing_if_is_none)]
    sheet: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    cell: Option<String>,
}

impl RowPrice {
    fn new(bid_id: Uuid, cell: Option<PriceCell>) -> Self {
        match cell {
            None => Self {
                bid_id,
                offer: None,
                unit_price: None,
                cost: None,
                least: false,
                sheet: None,
                cell: None,
            },
            Some(cell) => Self {
                bid_id,
                offer: Some(cell.offer.to_string()),
                unit_price: cell.unit_price.map(|price| price.to_string()),
                cost: cell.cost.map(|cost| cost.to_string()),
                least: cell.least,
                sheet: Some(cell.sheet),
                cell: Some(cell.cell),
            },
        }
    }
}

/// A row of the price schedule with every bid's answer.
#[derive(Object)]
struct ScheduleRowPrices {
    /// The code of the line, or of the row of one of its volume bands, such as `P01-T2`.
    code: String,
    description: String,
    unit: String,
    /// `required`, `mandatory_option` or `optional`.
    obligation: String,
    /// How it counts in the evaluated price, in words.
    counted: String,
    /// The units over the term that its price counts for, an exact number.
    #[oai(skip_serializing_if_is_none)]
    quantity: Option<String>,
    prices: Vec<RowPrice>,
}

impl ScheduleRowPrices {
    fn new(row: RowPrices, bids: &[Uuid]) -> Self {
        Self {
            code: row.code,
            description: row.description,
            unit: row.unit,
            obligation: row.obligation.to_string(),
            counted: row.counted,
            quantity: row.quantity.map(|quantity| quantity.to_string()),
            prices: bids.iter().zip(row.cells).map(|(bid, cell)| RowPrice::new(*bid, cell)).collect(),
        }
    }
}

/// What a bid comes to in a lot.
#[derive(Object)]
struct BidTotal {
    bid_id: Uuid,
    supplier: String,
    /// The evaluated price in pounds, net.
    #[oai(skip_serializing_if_is_none)]
    total: Option<String>,
    /// Why there is no evaluated price.
    #[oai(skip_serializing_if_is_none)]
    missing: Option<String>,
}

/// The prices of a lot, row by row.
#[derive(Object)]
struct PricesOfLot {
    lot_id: Uuid,
    /// In the order that was drawn.
    bids: Vec<BidTotal>,
    /// In the order of the schedule.
    rows: Vec<ScheduleRowPrices>,
}

impl From<LotPrices> for PricesOfLot {
    fn from(prices: LotPrices) -> Self {
        let ids: Vec<Uuid> = prices.lot.bids.iter().map(|bid| bid.id).collect();
        let total = |(bid, total): (crate::scoring::lot::Bid, Result<rules::money::Pence, String>)| {
            let (total, missing) = match total {
                Ok(total) => (Some(total.to_string()), None),
                Err(why) => (None, Some(why)),
            };
            BidTotal { bid_id: bid.id, supplier: bid.supplier, total, missing }
        };
        Self {
            lot_id: prices.lot.id,
            rows: prices.rows.into_iter().map(|row| ScheduleRowPrices::new(row, &ids)).collect(),
            bids: prices.lot.bids.into_iter().zip(prices.totals).map(total).collect(),
        }
    }
}

#[OpenApi(tag = "crate::http::tags::Tag::Scoring")]
impl Operations {
    /// The prices of a lot side by side, line by line and band by band, once its quality is locked.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/prices",
        method = "get",
        operation_id = "lot_prices_view"
    )]
    async fn lot_prices_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
    ) -> Reply<PricesOfLot> {
        call.read(move |r| async move { Ok(prices::view(&r, procurement_id.0, lot_id.0).await?.into()) })
            .await
    }
}
