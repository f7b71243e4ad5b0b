//! The page that shows a lot's bids side by side.

use askama::Template;
use poem::web::{Path, Query};
use poem::{IntoResponse, handler};
use rules::exact::Exact;
use serde::Deserialize;
use uuid::Uuid;

use super::{LotLink, lot_links};
use crate::deciding::comparison::{self, Cell, Column, Comparison, Criterion, Matrix};
use crate::http::charts::{Bar, Caption, Part, Svg, heat_level, stacked_bars};
use crate::http::reply::Download;
use crate::http::shell::Shell;
use crate::http::visit::page;
use crate::http::{PageResult, Visit};

#[derive(Deserialize)]
pub(super) struct Wanted {
    lot: Option<Uuid>,
    view: Option<String>,
}

#[derive(Template)]
#[template(path = "deciding/compare.html")]
struct ComparePage {
    shell: Shell,
    lots: Vec<LotLink>,
    lot_id: String,
    points: bool,
    missing: String,
    caption: String,
    figures: Option<Figures>,
}

struct Figures {
    heads: Vec<Head>,
    small: String,
    key: Vec<(String, usize)>,
    sums: Vec<Sum>,
    blocks: Vec<Vec<Row>>,
    any_apart: bool,
    price_rule: String,
    rounding: String,
    warnings: Vec<String>,
    excluded: Vec<(String, String, Vec<String>)>,
    chart: Svg,
    finding: String,
    prices: Vec<Sum>,
    facts: Vec<(&'static str, String)>,
}

/// A bid at the head of its column.
struct Head {
    supplier: String,
    under: String,
    lead: bool,
}

/// A row of figures.
struct Sum {
    label: String,
    weight: String,
    class: &'static str,
    cells: Vec<(String, bool)>,
}

/// A row of a section or a question.
struct Row {
    code: String,
    title: String,
    weight: String,
    is_question: bool,
    cells: Vec<Heat>,
}

/// A cell of such a row.
struct Heat {
    text: String,
    level: String,
    each: String,
    words: String,
    flag: String,
    lead: bool,
}

const NOTHING: &str = "–";

fn head(bid: &Column) -> Head {
    let under = match (&bid.exclusion, bid.rank) {
        (Some(why), _) => why.clone(),
        _ if bid.leads => "Highest total".to_owned(),
        _ if bid.tied => "Tied first".to_owned(),
        _ => "Ranked".to_owned(),
    };
    Head { supplier: bid.supplier.clone(), under, lead: bid.leads }
}

fn sum(
    matrix: &Matrix,
    (label, weight): (&str, &str),
    class: &'static str,
    of: impl Fn(&Column) -> Option<String>,
) -> Sum {
    let cell = |bid: &Column| (of(bid).unwrap_or_else(|| NOTHING.to_owned()), bid.leads);
    Sum {
        label: label.to_owned(),
        weight: weight.to_owned(),
        class,
        cells: matrix.bids.iter().map(cell).collect(),
    }
}

/// A weight for people.
fn weight(exact: &str) -> String {
    exact.parse::<Exact>().map_or_else(|_| exact.to_owned(), |exact| exact.mixed())
}

fn sums(matrix: &Matrix) -> Vec<Sum> {
    let years = if matrix.term_years == 1 { "year" } else { "years" };
    let price = format!("Evaluated price, {} {years}, without VAT", matrix.term_years);
    vec![
        sum(matrix, ("Rank", ""), "rank", |bid| bid.rank.map(|rank| rank.to_string())),
        sum(matrix, ("Total score", "100"), "total", |bid| bid.total.clone()),
        sum(matrix, ("Quality", &weight(&matrix.quality_weight)), "", |bid| bid.quality.clone()),
        sum(matrix, ("Price score", &weight(&matrix.price_weight)), "", |bid| bid.price_points.clone()),
        sum(matrix, (&price, ""), "", Column::price_text),
    ]
}

/// Each council's part of each bid, to the penny.
fn prices(matrix: &Matrix) -> Vec<Sum> {
    let mut rows: Vec<Sum> = matrix
        .buyers()
        .iter()
        .map(|(id, name)| sum(matrix, (name, ""), "", |bid| bid.share(id).map(rules::money::Pence::pounds)))
        .collect();
    rows.push(sum(matrix, ("All councils", ""), "total", Column::price_text));
    let part = |pence: fn(&rules::record::PriceResult) -> rules::money::Pence| {
        move |bid: &Column| bid.price.as_ref().map(|price| pence(price).pounds())
    };
    rows.push(sum(matrix, ("of which one-off", ""), "", part(|price| price.one_off)));
    rows.push(sum(matrix, ("of which recurring", ""), "", part(|price| price.recurring)));
    rows
}

/// The panel members' marks in a few characters: `4 4 5`, or `445·344·4` where councils have several members.
fn each(councils: &[Vec<String>]) -> String {
    let marked = || councils.iter().filter(|marks| !marks.is_empty());
    let short = marked().flatten().all(|mark| mark.chars().count() == 1);
    let several = marked().any(|marks| marks.len() > 1);
    let within = if short { "" } else { "," };
    let between = if several { "·" } else { " " };
    marked().map(|marks| marks.join(within)).collect::<Vec<_>>().join(between)
}

fn heat(matrix: &Matrix, cell: &Cell, lead: bool, points: bool) -> Heat {
    let named = matrix.councils.iter().zip(&cell.councils).filter(|(_, marks)| !marks.is_empty());
    let named: Vec<_> = named.map(|(council, marks)| format!("{council} {}", marks.join(", "))).collect();
    let apart = cell.apart.map(|steps| format!("{steps} apart")).unwrap_or_default();
    let own = if points { &cell.points } else { &cell.mark };
    Heat {
        text: own.clone().unwrap_or_else(|| NOTHING.to_owned()),
        level: cell.position.map(|(at, steps)| heat_level(at, steps).to_string()).unwrap_or_default(),
        each: each(&cell.councils),
        words: format!("Councils: {}", named.join("; ")),
        flag: if points { String::new() } else { apart },
        lead,
    }
}

/// A block for each top criterion, so that it stays together in print.
fn blocks(matrix: &Matrix, points: bool) -> Vec<Vec<Row>> {
    let mut blocks: Vec<Vec<Row>> = Vec::new();
    for criterion in &matrix.criteria {
        if criterion.line.depth == 0 {
            blocks.push(Vec::new());
        }
        let as_points = points || !criterion.line.is_question;
        let cells = criterion.cells.iter().zip(&matrix.bids);
        let row = Row {
            code: criterion.line.code.clone(),
            title: criterion.line.title.clone(),
            weight: criterion.line.weight.mixed(),
            is_question: criterion.line.is_question,
            cells: cells.map(|(cell, bid)| heat(matrix, cell, bid.leads, as_points)).collect(),
        };
        if let Some(block) = blocks.last_mut() {
            block.push(row);
        }
    }
    blocks
}

/// Points as thousandths of a hundred.
fn length(points: &Exact) -> u32 {
    let thousandths = (points * Exact::from(10)).floor().to_i64().unwrap_or_default();
    u32::try_from(thousandths).unwrap_or_default()
}

fn chart(matrix: &Matrix, finding: &str) -> Svg {
    let tops: Vec<&Criterion> =
        matrix.criteria.iter().filter(|criterion| criterion.line.depth == 0).collect();
    let mut sections: Vec<&str> = tops.iter().map(|criterion| criterion.line.title.as_str()).collect();
    sections.push("Price");
    let bars = matrix.ranked().into_iter().map(|bid| {
        let part = |points: Option<&rules::record::Points>| Part {
            points: points.map(|points| points.rounded.clone()).unwrap_or_default(),
            length: points.map(|points| length(&points.exact)).unwrap_or_default(),
        };
        let earned = tops
            .iter()
            .map(|top| bid.result.criteria.get(&top.line.code).map(|earned| &earned.points))
            .chain([bid.result.price_points.as_ref()]);
        Bar {
            label: bid.supplier.clone(),
            total: bid.total.clone().unwrap_or_default(),
            leads: bid.leads,
            parts: earned.map(part).collect(),
        }
    });
    let bars: Vec<Bar> = bars.collect();
    let caption = Caption { id: "points-chart", title: "Points by section", finding };
    let ticks = [(0, "0"), (200, "20"), (400, "40"), (600, "60"), (800, "80"), (1000, "100")];
    stacked_bars(&caption, &sections, &ticks, &bars)
}

fn figures(matrix: &Matrix, points: bool) -> Figures {
    let finding = matrix.finding();
    let steps = matrix.scale.len();
    let excluded = matrix
        .bids
        .iter()
        .filter_map(|bid| Some((bid.supplier.clone(), bid.exclusion.clone()?, bid.reasons.clone())));
    Figures {
        heads: matrix.bids.iter().map(head).collect(),
        small: matrix.councils.join(" · "),
        key: matrix
            .scale
            .iter()
            .enumerate()
            .map(|(at, mark)| (mark.clone(), heat_level(at, steps)))
            .collect(),
        sums: sums(matrix),
        blocks: blocks(matrix, points),
        any_apart: matrix.criteria.iter().flat_map(|one| &one.cells).any(|cell| cell.apart.is_some()),
        price_rule: matrix.price_rule.clone(),
        rounding: matrix.rounding.clone(),
        warnings: matrix.warnings.clone(),
        excluded: excluded.collect(),
        chart: chart(matrix, &finding),
        finding,
        prices: prices(matrix),
        facts: vec![
            ("Result", matrix.hash.clone()),
            ("Inputs", matrix.inputs_hash.clone()),
            ("Method", matrix.method_hash.clone()),
            ("Published pack", matrix.pack_hash.clone()),
        ],
    }
}

fn many(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}

fn shell(visit: &Visit, comparison: &Comparison) -> Shell {
    let procurement = &comparison.procurement;
    let base = format!("/procurements/{}", procurement.id);
    let lot = comparison.lot.id;
    let shell = visit.procurement_shell("Compare bids", procurement, "compare");
    let shell = shell
        .fact(procurement.title.clone())
        .fact(format!("Lot {} {}", comparison.lot.code, comparison.lot.title));
    let Some(matrix) = &comparison.matrix else { return shell };
    shell
        .fact(many(matrix.bids.len(), "bid", "bids"))
        .fact(many(matrix.councils.len(), "council", "councils"))
        .fact(format!("Result {}", matrix.revision))
        .action("Export spreadsheet", format!("{base}/compare/{lot}/workbook"))
        .primary("Continue to decision", format!("{base}/decision?lot={lot}"))
}

#[handler]
pub(super) async fn compare(visit: Visit, Path(id): Path<Uuid>, Query(wanted): Query<Wanted>) -> PageResult {
    visit.signed_in()?;
    let (procurement, lots) = visit.read(move |r| async move { comparison::lots(&r, id).await }).await?;
    let Some(lot) = wanted.lot.or_else(|| lots.first().map(|lot| lot.id)) else {
        return page(&ComparePage {
            shell: visit.procurement_shell("Compare bids", &procurement, "compare"),
            lots: Vec::new(),
            lot_id: String::new(),
            points: false,
            missing: "The procurement has no lots yet. Bids are compared lot by lot once they are scored."
                .to_owned(),
            caption: String::new(),
            figures: None,
        });
    };
    let comparison = visit.read(move |r| async move { comparison::view(&r, id, lot).await }).await?;
    let points = wanted.view.as_deref() == Some("points");
    let bids = comparison.matrix.as_ref().map_or(0, |matrix| matrix.bids.len());
    let each = if points {
        "Each cell has the weighted points.".to_owned()
    } else {
        let councils = comparison.matrix.as_ref().map(|matrix| matrix.councils.join(", "));
        format!("Each cell has the agreed score, then the scores of {}.", councils.unwrap_or_default())
    };
    page(&ComparePage {
        shell: shell(&visit, &comparison),
        lots: lot_links(&lots, lot, &format!("/procurements/{id}/compare")),
        lot_id: lot.to_string(),
        points,
        caption: format!("Scores, price and rank of {} by question. {each}", many(bids, "bid", "bids")),
        figures: comparison.matrix.as_ref().map(|matrix| figures(matrix, points)),
        missing: comparison.missing.unwrap_or_default(),
    })
}

#[handler]
pub(super) async fn workbook(visit: Visit, Path((id, lot)): Path<(Uuid, Uuid)>) -> PageResult {
    visit.signed_in()?;
    let (name, bytes) = visit.read(move |r| async move { comparison::export(&r, id, lot).await }).await?;
    let media_type = crate::deciding::rest::SPREADSHEET.to_owned();
    Ok(Download { name, media_type, bytes }.into_response())
}
