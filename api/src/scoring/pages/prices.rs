//! A lot's prices side by side: a row for each line or volume band, a column for each bid.

use askama::Template;
use poem::handler;
use poem::web::Path;
use rules::money::{Pence, UnitPrice, Volume};
use rules::words::{Obligation, Offer};
use uuid::Uuid;

use crate::http::shell::Shell;
use crate::http::texts::cell_text;
use crate::http::visit::page;
use crate::http::{PageResult, Visit};
use crate::scoring::desk;
use crate::scoring::prices::{self, PriceCell, RowPrices};

struct Cell {
    text: String,
    cost: String,
    place: String,
    least: bool,
}

struct Row {
    code: String,
    description: String,
    unit: String,
    tag: Option<&'static str>,
    counted: String,
    units: String,
    cells: Vec<Cell>,
}

#[derive(Template)]
#[template(path = "scoring/prices.html")]
struct PricesPage {
    shell: Shell,
    caption: String,
    bids: Vec<(String, String)>,
    rows: Vec<Row>,
    totals: Vec<String>,
    missing: Vec<(String, String)>,
}

fn cell(found: Option<PriceCell>) -> Cell {
    let Some(found) = found else {
        let text = "Not answered".to_owned();
        return Cell { text, cost: String::new(), place: String::new(), least: false };
    };
    Cell {
        text: match (found.offer, found.unit_price) {
            (Offer::Priced, Some(price)) => UnitPrice::pounds(price),
            (offer, _) => offer.label().to_owned(),
        },
        cost: found.cost.map(Pence::pounds).unwrap_or_default(),
        place: cell_text(&found.sheet, &found.cell),
        least: found.least,
    }
}

fn row(row: RowPrices) -> Row {
    let units = row.quantity.as_ref();
    Row {
        tag: match row.obligation {
            Obligation::Required => None,
            Obligation::MandatoryOption => Some("Mandatory option"),
            Obligation::Optional => Some("Optional item"),
        },
        units: units
            .map(|units| Volume::round(units).map_or_else(|_| units.mixed(), Volume::grouped))
            .unwrap_or_default(),
        code: row.code,
        description: row.description,
        unit: row.unit,
        counted: row.counted,
        cells: row.cells.into_iter().map(cell).collect(),
    }
}

#[handler]
pub(super) async fn show(visit: Visit, Path((id, lot)): Path<(Uuid, Uuid)>) -> PageResult {
    let (procurement, prices) = visit
        .read(move |r| async move {
            let prices = prices::view(&r, id, lot).await?;
            Ok((desk::procurement(&r, id).await?, prices))
        })
        .await?;
    let published = prices.lot.published();
    let bids = &prices.lot.bids;
    let missing = bids.iter().zip(&prices.totals).filter_map(|(bid, total)| {
        let why = total.as_ref().err()?;
        Some((bid.supplier.clone(), why.clone()))
    });
    let totals = prices
        .totals
        .iter()
        .map(|total| total.as_ref().map_or_else(|_| "–".to_owned(), |total| total.pounds()));
    page(&PricesPage {
        shell: visit
            .procurement_shell(format!("Prices of lot {}", published.code), &procurement, "scoring")
            .crumb("Results", format!("/procurements/{id}/scoring/results"))
            .fact(published.title.clone())
            .fact(format!("Contract of {} years", prices.lot.pack.term_years)),
        caption: format!("Prices of lot {}, for one unit, without VAT", published.code),
        missing: missing.collect(),
        totals: totals.collect(),
        bids: bids
            .iter()
            .map(|bid| (bid.supplier.clone(), format!("/procurements/{id}/bids/{}", bid.id)))
            .collect(),
        rows: prices.rows.into_iter().map(row).collect(),
    })
}
