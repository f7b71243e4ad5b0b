//! The comparison as a workbook.

use importers::comparison_sheet::{Cell, Sheet, write};
use uuid::Uuid;

use super::{Column, Comparison, Matrix, view};
use crate::kernel::clock::london_text;
use crate::kernel::{Reading, Refusal};

/// The comparison of a lot as a spreadsheet: its file name and bytes.
pub async fn export(r: &Reading, procurement_id: Uuid, lot_id: Uuid) -> Result<(String, Vec<u8>), Refusal> {
    let comparison = view(r, procurement_id, lot_id).await?;
    let Some(matrix) = &comparison.matrix else {
        let why = comparison.missing.unwrap_or_default();
        return Err(Refusal::conflict("no_result", why));
    };
    let title =
        format!("{}, lot {}: comparison of bids", comparison.procurement.reference, comparison.lot.code);
    let sheets = [points(matrix), marks(matrix), prices(matrix), lines(matrix)];
    let bytes =
        write(&title, &facts(&comparison, matrix), &sheets).map_err(|error| Refusal::internal(&error))?;
    let name = format!("{}-{}-comparison.xlsx", comparison.procurement.reference, comparison.lot.code);
    Ok((name, bytes))
}

fn facts(comparison: &Comparison, matrix: &Matrix) -> Vec<(String, String)> {
    let mut facts = vec![
        ("Procurement".to_owned(), comparison.procurement.title.clone()),
        ("Lot".to_owned(), format!("{} {}", comparison.lot.code, comparison.lot.title)),
        ("Result".to_owned(), format!("{} of {}", matrix.revision, london_text(matrix.computed_at))),
        ("Finding".to_owned(), matrix.finding()),
        ("Price".to_owned(), matrix.price_rule.clone()),
        ("Rounding".to_owned(), matrix.rounding.clone()),
        ("Prices".to_owned(), "Pounds without VAT, over the whole term".to_owned()),
        ("SHA-256 of the result".to_owned(), matrix.hash.clone()),
        ("SHA-256 of its inputs".to_owned(), matrix.inputs_hash.clone()),
        ("SHA-256 of the method".to_owned(), matrix.method_hash.clone()),
        ("SHA-256 of the pack".to_owned(), matrix.pack_hash.clone()),
    ];
    facts.extend(matrix.warnings.iter().map(|warning| ("Note".to_owned(), warning.clone())));
    for bid in matrix.bids.iter().filter(|bid| bid.exclusion.is_some()) {
        let why = format!("{}. {}", bid.exclusion.as_deref().unwrap_or_default(), bid.reasons.join("; "));
        facts.push((format!("Not ranked: {}", bid.supplier), why));
    }
    facts
}

fn number(text: Option<&String>) -> Cell {
    text.map_or(Cell::Empty, |text| Cell::Number(text.clone()))
}

/// A weight exactly: a number where it ends as a decimal, else the fraction as a text.
fn weight(exact: &str) -> Cell {
    let exact = exact.to_owned();
    if exact.contains('/') { Cell::Text(exact) } else { Cell::Number(exact) }
}

fn headers(matrix: &Matrix, first: [&str; 3]) -> Vec<String> {
    first.into_iter().map(str::to_owned).chain(matrix.bids.iter().map(|bid| bid.supplier.clone())).collect()
}

/// Points: ranks and totals, then every criterion.
fn points(matrix: &Matrix) -> Sheet {
    let sum = |label: &str, most: &str, of: &dyn Fn(&Column) -> Cell| {
        let most = if most.is_empty() { Cell::Empty } else { weight(most) };
        let head = [Cell::Text(String::new()), Cell::Text(label.to_owned()), most];
        head.into_iter().chain(matrix.bids.iter().map(of)).collect::<Vec<_>>()
    };
    let money =
        |bid: &Column| bid.price.as_ref().map_or(Cell::Empty, |price| Cell::Money(price.total.to_string()));
    let mut rows = vec![
        sum("Rank", "", &|bid| bid.rank.map_or(Cell::Empty, |rank| Cell::Number(rank.to_string()))),
        sum("Total", "100", &|bid| number(bid.total.as_ref())),
        sum("Quality", &matrix.quality_weight, &|bid| number(bid.quality.as_ref())),
        sum("Price", &matrix.price_weight, &|bid| number(bid.price_points.as_ref())),
        sum("Evaluated price, £ net", "", &money),
    ];
    rows.extend(matrix.criteria.iter().map(|criterion| {
        let head = [
            Cell::Text(criterion.line.code.clone()),
            Cell::Text(criterion.line.title.clone()),
            weight(&criterion.line.weight.mixed()),
        ];
        head.into_iter().chain(criterion.cells.iter().map(|cell| number(cell.points.as_ref()))).collect()
    }));
    Sheet {
        name: "Points".to_owned(),
        table: "PointsTable".to_owned(),
        headers: headers(matrix, ["Code", "Criterion", "Weight of total"]),
        rows,
    }
}

/// Marks: the mark of record, and beside it each council's panel members' own.
fn marks(matrix: &Matrix) -> Sheet {
    let mut names = vec!["Code".to_owned(), "Question".to_owned()];
    for bid in &matrix.bids {
        names.push(bid.supplier.clone());
        names.extend(matrix.councils.iter().map(|council| format!("{}: {council}", bid.supplier)));
    }
    let rows = matrix.criteria.iter().filter(|criterion| criterion.line.is_question).map(|criterion| {
        let mut row = vec![Cell::Text(criterion.line.code.clone()), Cell::Text(criterion.line.title.clone())];
        for cell in &criterion.cells {
            row.push(number(cell.mark.as_ref()));
            row.extend(cell.councils.iter().map(|marks| Cell::Text(marks.join(" "))));
        }
        row
    });
    Sheet { name: "Marks".to_owned(), table: "MarksTable".to_owned(), rows: rows.collect(), headers: names }
}

/// Lines: what each line of the price schedule costs, band by band.
fn lines(matrix: &Matrix) -> Sheet {
    let rows = matrix.lines.iter().map(|line| {
        let head = [&line.code, &line.what, &line.unit].map(|text| Cell::Text(text.clone()));
        let costs =
            line.costs.iter().map(|cost| cost.map_or(Cell::Empty, |cost| Cell::Money(cost.to_string())));
        head.into_iter().chain(costs).collect()
    });
    Sheet {
        name: "Lines".to_owned(),
        table: "LinesTable".to_owned(),
        rows: rows.collect(),
        headers: headers(matrix, ["Code", "What is priced", "Unit"]),
    }
}

/// Prices: each council's part of each bid, to the penny.
fn prices(matrix: &Matrix) -> Sheet {
    let row = |label: &str, of: &dyn Fn(&Column) -> Option<String>| {
        let cells = matrix.bids.iter().map(|bid| of(bid).map_or(Cell::Empty, Cell::Money));
        [Cell::Empty, Cell::Text(label.to_owned()), Cell::Empty].into_iter().chain(cells).collect::<Vec<_>>()
    };
    let mut rows: Vec<Vec<Cell>> = matrix
        .buyers()
        .iter()
        .map(|(id, name)| row(name, &|bid| bid.share(id).map(|pence| pence.to_string())))
        .collect();
    rows.push(row("All councils", &|bid| bid.price.as_ref().map(|price| price.total.to_string())));
    rows.push(row("of which one-off", &|bid| bid.price.as_ref().map(|price| price.one_off.to_string())));
    rows.push(row("of which recurring", &|bid| bid.price.as_ref().map(|price| price.recurring.to_string())));
    Sheet {
        name: "Prices".to_owned(),
        table: "PricesTable".to_owned(),
        headers: headers(matrix, ["Code", "Council", "Unit"]),
        rows,
    }
}
