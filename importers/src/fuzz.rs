//! The entry point of a fuzzer: any bytes, read and understood in this process, with what must hold of every reading. It panics
//! where something does not. With cargo-fuzz a target is one line: `fuzz_target!(|data: &[u8]| importers::fuzz::import(&pack, HASH, data))`.

use rules::exact::Exact;
use rules::pack::Pack;

use crate::raw::{RawValue, Row, Workbook};
use crate::{bid, demand, read_here, requirements};

/// Reads any bytes as a bid, as a council's requirements and as its demand.
///
/// # Panics
/// Where a reading breaks its promises: rows and cells out of order, a number that is no exact decimal, an answer to a line that
/// the pack does not have or twice to one, a price from a cell that holds none or that was doubted.
pub fn import(pack: &Pack, hash: &str, data: &[u8]) {
    let Ok(workbook) = read_here(data, "fuzz") else { return };
    check_cells(&workbook);
    let _ = requirements::read(&workbook);
    let _ = demand::read(&workbook, &[], pack.term_years);
    let Ok(reading) = bid::read(pack, hash, &workbook) else { return };
    let mut seen = std::collections::BTreeSet::new();
    for price in &reading.prices {
        assert!(
            pack.lots.iter().any(|lot| lot.schedule.iter().any(|line| line.code == price.line)),
            "{} is no line of the pack",
            price.line
        );
        assert!(seen.insert(&price.line), "{} was read twice", price.line);
        let cell = workbook
            .sheets
            .iter()
            .filter(|sheet| sheet.name == price.sheet)
            .flat_map(|sheet| sheet.rows.iter().flat_map(Row::cells))
            .find(|cell| cell.a1() == price.cell);
        if let Some(amount) = price.unit_price {
            let found = cell.as_ref().map(|cell| (&cell.value, cell.doubt.is_some()));
            assert!(
                matches!(found, Some((RawValue::Number(_) | RawValue::Text(_), false))),
                "the price {amount:?} of {} is said to stand in {}!{}, where {found:?} is",
                price.line,
                price.sheet,
                price.cell
            );
        }
    }
}

fn check_cells(workbook: &Workbook) {
    for sheet in &workbook.sheets {
        let mut last = None;
        for cell in sheet.rows.iter().flat_map(Row::cells) {
            assert!(last < Some((cell.row, cell.col)), "{} of {} is out of order", cell.a1(), sheet.name);
            last = Some((cell.row, cell.col));
            if let RawValue::Number(text) = &cell.value {
                assert!(text.parse::<Exact>().is_ok(), "{text} in {} is no exact number", cell.a1());
            }
        }
    }
}
