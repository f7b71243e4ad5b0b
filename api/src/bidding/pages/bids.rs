//! One bid, as officers and the panel read it.

use std::collections::BTreeMap;

use askama::Template;
use poem::handler;
use poem::web::Path;
use rules::money::UnitPrice;
use uuid::Uuid;

use super::supplier::{FindingRow, finding_rows};
use super::{download, size_text};
use crate::bidding::bid::{self, BidView};
use crate::http::shell::Shell;
use crate::http::visit::page;
use crate::http::{PageResult, Visit};
use crate::kernel::clock::london_text;

/// A question with what the bid says.
struct AnswerPart {
    code: String,
    title: String,
    question: String,
    text: Option<String>,
    place: String,
    documents: Vec<(Uuid, String, String)>,
}

/// A response to a requirement.
struct ResponseRow {
    code: String,
    text: String,
    response: String,
    comment: String,
    place: String,
}

/// A price line's answer.
struct PriceRow {
    line: String,
    description: String,
    offer: &'static str,
    price: String,
    place: String,
}

/// A lot with its questions, and its prices once its quality is locked.
struct LotPart {
    code: String,
    title: String,
    answers: Vec<AnswerPart>,
    prices: Option<Vec<PriceRow>>,
}

#[derive(Template)]
#[template(path = "bidding/bid.html")]
struct BidPage {
    shell: Shell,
    procurement: Uuid,
    bid: Uuid,
    lots: Vec<LotPart>,
    responses: Vec<ResponseRow>,
    workbook: Option<(Uuid, String)>,
    findings: Vec<FindingRow>,
}

fn lots(view: &BidView) -> Vec<LotPart> {
    let answers: BTreeMap<&str, _> = view.answers.iter().map(|row| (row.question.as_str(), row)).collect();
    let prices: BTreeMap<&str, _> = view.prices.iter().map(|row| (row.line.as_str(), row)).collect();
    let part = |lot: &rules::pack::PackLot| LotPart {
        code: lot.code.clone(),
        title: lot.title.clone(),
        answers: lot
            .questions()
            .into_iter()
            .map(|node| {
                let answer = answers.get(node.code.as_str());
                let documents = view.files.iter().filter(|file| file.question.as_ref() == Some(&node.code));
                AnswerPart {
                    code: node.code.clone(),
                    title: node.title.clone(),
                    question: node.question.as_ref().map(|asked| asked.text.clone()).unwrap_or_default(),
                    text: answer.map(|row| row.text.clone()),
                    place: answer.map(|row| format!("{}, {}", row.sheet, row.cell)).unwrap_or_default(),
                    documents: documents
                        .map(|file| (file.id, file.name.clone(), size_text(file.size)))
                        .collect(),
                }
            })
            .collect(),
        prices: view.priced_lots.contains(&lot.code).then(|| {
            lot.schedule
                .iter()
                .map(|line| {
                    let row = prices.get(line.code.as_str());
                    PriceRow {
                        line: line.code.clone(),
                        description: line.description.clone(),
                        offer: row.map_or("Not answered", |row| row.offer.0.label()),
                        price: row
                            .and_then(|row| row.unit_price_e4)
                            .map(|e4| UnitPrice(e4).pounds())
                            .unwrap_or_default(),
                        place: row.map(|row| format!("{}, {}", row.sheet, row.cell)).unwrap_or_default(),
                    }
                })
                .collect()
        }),
    };
    view.tender.pack.lots.iter().map(part).collect()
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
            place: row.map(|row| format!("{}, {}", row.sheet, row.cell)).unwrap_or_default(),
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
        .fact(format!("Submission {}", view.opened.submission.number));
    page(&BidPage {
        shell,
        procurement: id,
        bid: bid_id,
        lots: lots(&view),
        responses: responses(&view),
        workbook: workbook.map(|file| (file.id, file.name.clone())),
        findings: finding_rows(&view.findings),
    })
}

#[handler]
pub(super) async fn document(visit: Visit, Path((id, bid_id, file)): Path<(Uuid, Uuid, Uuid)>) -> PageResult {
    visit.signed_in()?;
    Ok(download(visit.read(move |r| async move { bid::document(&r, id, bid_id, file).await }).await?))
}
