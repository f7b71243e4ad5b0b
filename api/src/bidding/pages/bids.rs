//! One bid, as officers and the panel read it.

use std::collections::BTreeMap;

use askama::Template;
use poem::handler;
use poem::web::Path;
use rules::demand::{self, LineAnswer};
use rules::exact::Exact;
use rules::money::{Pence, UnitPrice, Volume};
use rules::pack::{Pack, PackLot};
use rules::schedule::{self, year_volumes};
use rules::words::{Charge, Obligation};
use uuid::Uuid;

use super::download;
use super::supplier::{FindingRow, finding_rows};
use crate::bidding::bid::{self, BidView};
use crate::bidding::confidential::Because;
use crate::bidding::release::RESPONSES;
use crate::http::shell::Shell;
use crate::http::texts::{cell_text, size_text};
use crate::http::visit::page;
use crate::http::{PageResult, Visit};
use crate::kernel::clock::london_text;

/// A question with what the bid says.
struct AnswerPart {
    held: bool,
    code: String,
    title: String,
    question: String,
    text: Option<String>,
    place: String,
    documents: Vec<(Uuid, String, String)>,
    /// What the bidder marked as confidential, in sentences.
    confidential: Vec<String>,
}

/// A response to a requirement.
struct ResponseRow {
    code: String,
    text: String,
    response: String,
    comment: String,
    place: String,
}

/// The answer to a price line, or to one volume band of it, and what it comes to.
struct PriceRow {
    line: String,
    description: String,
    tag: Option<&'static str>,
    offer: &'static str,
    price: String,
    /// The unit price as it was submitted, where it was corrected.
    submitted: Option<String>,
    years: String,
    volume: String,
    total: String,
    place: String,
}

/// The prices of a lot, with the total that a result starts from.
struct PricesPart {
    rows: Vec<PriceRow>,
    /// The evaluated price.
    total: Option<String>,
    /// What it is made of, or why there is none.
    told: String,
}

/// A lot with its questions, and its prices once its quality is locked.
struct LotPart {
    code: String,
    title: String,
    answers: Vec<AnswerPart>,
    prices: Option<PricesPart>,
}

#[derive(Template)]
#[template(path = "bidding/bid.html")]
struct BidPage {
    shell: Shell,
    procurement: Uuid,
    bid: Uuid,
    lots: Vec<LotPart>,
    responses: Vec<ResponseRow>,
    comments_held: bool,
    workbook: Option<(Uuid, String)>,
    findings: Vec<FindingRow>,
}

fn lots(view: &BidView) -> Vec<LotPart> {
    let answers: BTreeMap<&str, _> = view.answers.iter().map(|row| (row.question.as_str(), row)).collect();
    let part = |lot: &PackLot| LotPart {
        code: lot.code.clone(),
        title: lot.title.clone(),
        answers: lot
            .questions()
            .into_iter()
            .map(|node| {
                let answer = answers.get(node.code.as_str());
                let documents = view.files.iter().filter(|file| file.question.as_ref() == Some(&node.code));
                AnswerPart {
                    held: view.held.contains(&node.code),
                    code: node.code.clone(),
                    title: node.title.clone(),
                    question: node.question.as_ref().map(|asked| asked.text.clone()).unwrap_or_default(),
                    text: answer.map(|row| row.text.clone()),
                    place: answer.map(|row| bid::written_at(row)).unwrap_or_default(),
                    confidential: view.confidential.get(&node.code).map(Because::told).unwrap_or_default(),
                    documents: documents
                        .map(|file| (file.id, file.name.clone(), size_text(file.size)))
                        .collect(),
                }
            })
            .collect(),
        prices: view.priced_lots.contains(&lot.code).then(|| prices(view, lot)),
    };
    view.tender.pack.lots.iter().map(part).collect()
}

/// The prices of a lot whose quality is locked, computed as the result computes them.
fn prices(view: &BidView, lot: &PackLot) -> PricesPart {
    let pack = &view.tender.pack;
    let given: BTreeMap<&str, _> =
        view.prices.iter().map(|price| (price.submitted.line.as_str(), price)).collect();
    let answers: BTreeMap<String, LineAnswer> =
        view.prices.iter().map(|price| (price.submitted.line.clone(), price.answer())).collect();
    let rows = lot.schedule.iter().flat_map(|line| line.rows(pack)).map(|asked| {
        let price = given.get(asked.code.as_ref());
        let row = price.map(|price| &price.submitted);
        let cost = demand::row_cost(pack, &asked, answers.get(asked.code.as_ref())).ok();
        let quantity = demand::quantity(pack, &asked);
        PriceRow {
            line: asked.code.to_string(),
            description: asked.description().into_owned(),
            tag: match asked.line.obligation() {
                Obligation::Required => None,
                Obligation::MandatoryOption => Some("Mandatory option"),
                Obligation::Optional => Some("Optional, not counted"),
            },
            offer: row.map_or("Not answered", |row| row.offer.0.label()),
            price: price.and_then(|price| price.unit_price()).map(UnitPrice::pounds).unwrap_or_default(),
            submitted: price.and_then(|price| price.before()).map(UnitPrice::pounds),
            years: years(pack, &asked),
            volume: quantity.map(|quantity| volume_text(&quantity)).unwrap_or_default(),
            total: cost
                .and_then(|cost| Pence::round(&cost).ok())
                .map_or_else(|| "–".to_owned(), Pence::pounds),
            place: row.map(|row| cell_text(&row.sheet, &row.cell)).unwrap_or_default(),
        }
    });
    let rows: Vec<PriceRow> = rows.collect();
    match demand::evaluated_price(pack, lot, &answers) {
        Ok(price) => PricesPart {
            rows,
            total: Some(price.total.pounds()),
            told: format!(
                "Evaluated price over {} years, net: one-off {}, recurring {}. The exact sum of the lines is rounded once; \
                 each line is shown to the penny.",
                pack.term_years,
                price.one_off.pounds(),
                price.recurring.pounds()
            ),
        },
        Err(faults) => {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            PricesPart {
                rows,
                total: None,
                told: format!("There is no evaluated price: {}.", faults.join("; ")),
            }
        }
    }
}

/// How a row's volume is spread over the contract years.
fn years(pack: &Pack, row: &schedule::PriceRow<'_>) -> String {
    let line = row.line;
    if line.shared {
        let units = match &line.rate_card {
            Some(rate) => format!("Basket of {} days", Volume(rate.basket_e3).grouped()),
            None => "1".to_owned(),
        };
        return match (line.charge, &line.rate_card) {
            (Charge::OneOff, None) => "Once, for the whole lot".to_owned(),
            (Charge::OneOff, Some(_)) => format!("{units} over the term, for the whole lot"),
            (Charge::Recurring, _) => {
                format!("{units} in each of {} years, for the whole lot", pack.term_years)
            }
        };
    }
    let rows = year_volumes(pack, line).into_iter().filter(|(year, _)| row.takes_year(*year));
    let rows: Vec<String> = rows.map(|(year, e3)| format!("year {year}: {}", Volume(e3).grouped())).collect();
    if rows.is_empty() && row.band.is_some() {
        return "No year falls in this band".to_owned();
    }
    rows.join(", ")
}

/// An exact number of units as people read it.
fn volume_text(quantity: &Exact) -> String {
    Volume::round(quantity).map_or_else(|_| quantity.mixed(), Volume::grouped)
}

fn responses(view: &BidView) -> Vec<ResponseRow> {
    let given: BTreeMap<&str, _> = view.responses.iter().map(|row| (row.requirement.as_str(), row)).collect();
    let rows = view.tender.pack.requirements.iter().map(|requirement| {
        let row = given.get(requirement.code.as_str());
        ResponseRow {
            code: requirement.code.clone(),
            text: requirement.text.clone(),
            response: row.map_or_else(
                || "Not answered".to_owned(),
                |row| format!("{}: {}", row.code.0, row.code.0.label()),
            ),
            comment: row.map(|row| row.comment.clone()).unwrap_or_default(),
            place: row.map(|row| cell_text(&row.sheet, &row.cell)).unwrap_or_default(),
        }
    });
    rows.collect()
}

#[handler]
pub(super) async fn bid_page(visit: Visit, Path((id, bid_id)): Path<(Uuid, Uuid)>) -> PageResult {
    visit.signed_in()?;
    let view = visit.read(move |r| async move { bid::one(&r, id, bid_id).await }).await?;
    let workbook = view.files.iter().find(|file| file.question.is_none());
    let shell = visit
        .procurement_shell(view.opened.supplier.name.clone(), &view.tender.procurement, "bids")
        .crumb("Bids", format!("/procurements/{id}/bids"))
        .fact(format!("Received {}", london_text(view.opened.submission.received_at)))
        .fact(format!("Submission {}", view.opened.submission.number))
        .action("Questions to this bidder", format!("/procurements/{id}/addressed?bid={bid_id}"))
        .action("Corrections of prices", format!("/procurements/{id}/corrections"));
    page(&BidPage {
        shell,
        procurement: id,
        bid: bid_id,
        lots: lots(&view),
        responses: responses(&view),
        comments_held: view.held.iter().any(|part| part == RESPONSES),
        workbook: workbook.map(|file| (file.id, file.name.clone())),
        findings: finding_rows(&view.findings),
    })
}

#[handler]
pub(super) async fn document(visit: Visit, Path((id, bid_id, file)): Path<(Uuid, Uuid, Uuid)>) -> PageResult {
    visit.signed_in()?;
    Ok(download(visit.read(move |r| async move { bid::document(&r, id, bid_id, file).await }).await?))
}
