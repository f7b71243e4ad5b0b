//! What each line of a lot's price schedule costs in each bid, as the result of record has it; a line with volume bands by the
//! bands in which a contract year falls.

use rules::exact::Exact;
use rules::money::Pence;
use rules::pack::{Pack, PackLot};
use rules::record::LineResult;
use rules::schedule::PriceRow;

use super::Column;

/// A line that counts, or a band of one.
#[derive(Clone, Debug)]
pub struct LineCosts {
    /// Its code.
    pub code: String,
    /// What is priced.
    pub what: String,
    /// The unit.
    pub unit: String,
    /// Its cost over the term in each bid, in the order of [`super::Matrix::bids`]: rounded for reading, so that the lines
    /// may differ from the total in the last penny. None where the bid has no evaluated price.
    pub costs: Vec<Option<Pence>>,
}

/// The lines that count, in the order of the schedule. Bands in which no year falls cost nothing and are left out.
pub(super) fn of(pack: &Pack, lot: &PackLot, bids: &[Column]) -> Vec<LineCosts> {
    let counting = lot.schedule.iter().filter(|line| !line.optional).flat_map(|line| line.rows(pack));
    let in_force = counting.filter(|row| row.band.as_ref().is_none_or(|band| !band.years.is_empty()));
    let costs = |row: PriceRow<'_>| LineCosts {
        what: row.description().into_owned(),
        unit: row.line.unit.clone(),
        costs: bids.iter().map(|bid| Pence::round(cost(bid, &row)?).ok()).collect(),
        code: row.code.into_owned(),
    };
    in_force.map(costs).collect()
}

fn cost<'a>(bid: &'a Column, row: &PriceRow<'_>) -> Option<&'a Exact> {
    let lines: &[LineResult] = &bid.price.as_ref()?.lines;
    let line = lines.iter().find(|line| line.code == row.line.code)?;
    match row.band {
        None => Some(&line.cost),
        Some(_) => line.bands.iter().find(|band| band.code == row.code).map(|band| &band.cost),
    }
}
