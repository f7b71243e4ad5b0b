//! A lot's prices side by side: a row for each line or volume band, a column for each bid, and a picture of the rows that cost most.

use askama::Template;
use poem::handler;
use poem::web::Path;
use rules::exact::Exact;
use rules::money::{Pence, UnitPrice, Volume};
use rules::words::{Obligation, Offer};
use uuid::Uuid;

use crate::http::charts::{Caption, DotRow, NumberedDot, Svg, dot_rows};
use crate::http::shell::Shell;
use crate::http::texts::cell_text;
use crate::http::visit::page;
use crate::http::{PageResult, Visit};
use crate::scoring::desk;
use crate::scoring::lot::Bid;
use crate::scoring::prices::{self, PriceCell, RowPrices};

struct Cell {
    text: String,
    submitted: Option<String>,
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
    chart: Option<Svg>,
    finding: String,
}

fn cell(found: Option<PriceCell>) -> Cell {
    let Some(found) = found else {
        let text = "Not answered".to_owned();
        return Cell { text, submitted: None, cost: String::new(), place: String::new(), least: false };
    };
    Cell {
        text: match (found.offer, found.unit_price) {
            (Offer::Priced, Some(price)) => UnitPrice::pounds(price),
            (offer, _) => offer.label().to_owned(),
        },
        submitted: found.submitted.map(UnitPrice::pounds),
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

/// The most rows in the picture: as many as a page shows at once.
const MOST_DRAWN: usize = 20;

/// The rows that cost most, in the order of the schedule, with what the bids ask for one unit.
fn picture(lot: &str, rows: &[RowPrices], bids: &[Bid]) -> (Option<Svg>, String) {
    let most = |row: &RowPrices| row.cells.iter().flatten().filter_map(|cell| cell.cost).max();
    let mut drawn: Vec<&RowPrices> = rows.iter().filter(|row| highest(row) > Some(0)).collect();
    if drawn.is_empty() {
        return (None, String::new());
    }
    drawn.sort_by_key(|row| std::cmp::Reverse(most(row)));
    let left_out = drawn.len().saturating_sub(MOST_DRAWN);
    drawn.truncate(MOST_DRAWN);
    let codes: Vec<&str> = rows.iter().map(|row| row.code.as_str()).collect();
    drawn.sort_by_key(|row| codes.iter().position(|code| *code == row.code));
    let finding = finding(&drawn, left_out);
    let title = format!("Unit prices in lot {lot}, each line from nothing to its highest price");
    let caption = Caption { id: "unit-prices", title: &title, finding: &finding };
    let dotted: Vec<DotRow> = drawn.iter().map(|row| dotted(row, bids)).collect();
    (Some(dot_rows(&caption, &dotted)), finding)
}

fn highest(row: &RowPrices) -> Option<i64> {
    row.cells.iter().flatten().filter_map(PriceCell::asks).max()
}

fn dotted(row: &RowPrices, bids: &[Bid]) -> DotRow {
    let highest = highest(row).unwrap_or(1).max(1);
    let asked = |cell: &Option<PriceCell>| cell.as_ref().and_then(PriceCell::asks);
    let numbered = || bids.iter().zip(&row.cells).enumerate();
    let dot = |(at, (bid, cell)): (usize, (&Bid, &Option<PriceCell>))| {
        let price = asked(cell)?;
        let thousandths = i128::from(price) * 1000 / i128::from(highest);
        Some(NumberedDot {
            number: at + 1,
            label: format!("{}: {}", bid.supplier, UnitPrice(price).pounds()),
            at: u32::try_from(thousandths).unwrap_or(0),
        })
    };
    let missing: Vec<String> = numbered()
        .filter(|(_, (_, cell))| asked(cell).is_none())
        .map(|(at, _)| (at + 1).to_string())
        .collect();
    DotRow {
        label: format!("{} {}", row.code, row.description),
        highest: UnitPrice(highest).pounds(),
        missing: if missing.is_empty() {
            String::new()
        } else {
            format!("Not priced: {}", missing.join(", "))
        },
        dots: numbered().filter_map(dot).collect(),
    }
}

/// Where the bids are furthest apart.
fn finding(rows: &[&RowPrices], left_out: usize) -> String {
    let apart = |row: &&RowPrices| {
        let prices = row.cells.iter().flatten().filter_map(PriceCell::asks).filter(|price| *price > 0);
        let (least, most) = (prices.clone().min()?, prices.max()?);
        Some((Exact::from(most).checked_div(&Exact::from(least))?, row.code.clone()))
    };
    let mut told = match rows.iter().filter_map(apart).max() {
        Some((times, code)) if times > Exact::one() => {
            format!(
                "Bids are furthest apart on {code}, where the highest price is {} times the lowest.",
                times.fixed(1)
            )
        }
        _ => "No two bids ask different prices for a line.".to_owned(),
    };
    if left_out > 0 {
        told = format!("{told} The {MOST_DRAWN} rows that cost most are drawn; the table has all.");
    }
    told
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
    let (chart, finding) = picture(&published.code, &prices.rows, bids);
    page(&PricesPage {
        chart,
        finding,
        shell: visit
            .procurement_shell(format!("Prices of lot {}", published.code), &procurement, "scoring")
            .crumb("Results", format!("/procurements/{id}/scoring/results"))
            .fact(published.title.clone())
            .fact(format!("Contract of {} years", prices.lot.pack.term_years))
            .action("Corrections of prices", format!("/procurements/{id}/corrections")),
        caption: format!("Prices of lot {}, for one unit, without VAT", published.code),
        missing: missing.collect(),
        totals: totals.collect(),
        bids: bids
            .iter()
            .enumerate()
            .map(|(at, bid)| {
                (format!("{} {}", at + 1, bid.supplier), format!("/procurements/{id}/bids/{}", bid.id))
            })
            .collect(),
        rows: prices.rows.into_iter().map(row).collect(),
    })
}
