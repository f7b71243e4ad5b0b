//! The sheet Prices: a row for each line, or for each volume band of it, with every council's volume beside the price.

use rules::exact::Exact;
use rules::line_id::with_check;
use rules::money::{UnitPrice, Volume};
use rules::pack::{Pack, PackLot};
use rules::schedule;
use rules::words::Offer;
use rust_xlsxwriter::{DataValidation, DataValidationRule, Formula, Worksheet};

use super::frame::{ANSWERED, HEADER, MISSING, OPTIONAL, Tally, top};
use super::parts::{part, sheet_rows};
use super::{FilledBid, PriceEntry, Typed, offer_word};
use crate::raw::a1;
use crate::sheet_writer::{Formats, WriteFault, float, table};

const NAME: &str = "Prices";
const REMOVE_PRICE: &str = "remove the price or choose Bid";
const NOT_A_NUMBER: &str = "price is not a number";
/// Columns before the councils' volumes.
const BEFORE: u16 = 5;

pub(super) struct PriceRow<'a> {
    lot: &'a PackLot,
    row: schedule::PriceRow<'a>,
    volume: Volume,
    entry: PriceEntry,
}

pub(super) struct PriceRows<'a> {
    councils: u16,
    rows: Vec<PriceRow<'a>>,
}

/// Every row of every lot with what is typed beside it.
pub(super) fn rows<'a>(pack: &'a Pack, bid: &FilledBid) -> Result<PriceRows<'a>, WriteFault> {
    let mut rows = Vec::new();
    for (lot, row) in sheet_rows(pack) {
        let volume = row.volume(pack).map_err(|_| too_large(&row.code))?;
        let entry = bid.prices.get(row.code.as_ref()).cloned().unwrap_or_default();
        rows.push(PriceRow { lot, row, volume, entry });
    }
    let councils = u16::try_from(pack.councils.len())
        .map_err(|_| WriteFault("more councils than a sheet has columns".to_owned()))?;
    Ok(PriceRows { councils, rows })
}

fn too_large(code: &str) -> WriteFault {
    WriteFault(format!("the volumes of {code} are too large"))
}

impl PriceRows<'_> {
    fn answer(&self) -> u16 {
        BEFORE + self.councils + 1
    }

    fn status(&self) -> u16 {
        self.answer() + 3
    }

    pub(super) fn tally(&self) -> Tally {
        Tally::new(NAME, self.status(), self.rows.iter().map(PriceRow::status).collect())
    }
}

impl PriceRow<'_> {
    /// What the status formula says.
    fn status(&self) -> &'static str {
        let blank = match &self.entry.price {
            Typed::Nothing => true,
            Typed::Text(text) => text.is_empty(),
            Typed::Number(_) => false,
        };
        match (self.entry.offer, &self.entry.price) {
            (Some(Offer::Included | Offer::NotOffered), _) if blank => ANSWERED,
            (Some(Offer::Included | Offer::NotOffered), _) => REMOVE_PRICE,
            (_, Typed::Number(_)) => ANSWERED,
            (Some(Offer::Priced), _) if blank => MISSING,
            _ if blank && self.row.line.optional => OPTIONAL,
            _ if blank => MISSING,
            _ => NOT_A_NUMBER,
        }
    }

    /// Price times volume, as the total formula has it; nothing without a price.
    fn total(&self) -> Result<String, WriteFault> {
        let Typed::Number(price) = &self.entry.price else { return Ok("0".to_owned()) };
        let price: Exact = price.parse().map_err(|_| WriteFault(format!("“{price}” is not a number")))?;
        // The product of a price and a volume has at most seven decimals; a sheet keeps fifteen digits of it.
        Ok((&price * &self.volume.to_exact()).fixed(UnitPrice::DECIMALS + Volume::DECIMALS))
    }
}

pub(super) fn write(
    sheet: &mut Worksheet,
    pack: &Pack,
    fingerprint: &str,
    prices: &PriceRows<'_>,
    formats: &Formats,
) -> Result<(), WriteFault> {
    top(sheet, NAME, pack, fingerprint, &prices.tally(), formats)?;
    let count = crate::sheet_writer::rows(prices.rows.len())?;
    table(sheet, "PricesTable", HEADER, count, &headers(pack), formats)?;
    let answer = prices.answer();
    for (row, price) in (HEADER + 1..).zip(&prices.rows) {
        write_told(sheet, row, pack, price, formats)?;
        write_asked(sheet, row, answer, price, formats)?;
    }
    let last = HEADER + count.max(1);
    let offers = [Offer::Priced, Offer::NotOffered, Offer::Included].map(offer_word);
    sheet.add_data_validation(
        HEADER + 1,
        answer,
        last,
        answer,
        &DataValidation::new()
            .allow_list_strings(&offers)?
            .set_error_title("Answer")?
            .set_error_message("Choose Bid, No bid or Included from the list. Included means: provided, at no charge of its own.")?,
    )?;
    let decimal = DataValidation::new()
        .allow_decimal_number(DataValidationRule::GreaterThanOrEqualTo(0.0))
        .set_error_title("Unit price")?
        .set_error_message("Type the price of one unit in pounds without VAT, as a plain number such as 1234.56. If the line is free of charge or not offered, say so in the Answer column.")?;
    sheet.add_data_validation(HEADER + 1, answer + 1, last, answer + 1, &decimal)?;
    for (col, width) in (0u16..).zip([14.0, 22.0, 48.0, 18.0, 14.0]) {
        sheet.set_column_width(col, width)?;
    }
    for col in BEFORE..answer {
        sheet.set_column_width(col, 14)?;
    }
    for (col, width) in (answer..).zip([11.0, 16.0, 16.0, 26.0]) {
        sheet.set_column_width(col, width)?;
    }
    Ok(())
}

fn headers(pack: &Pack) -> Vec<String> {
    let mut headers = ["Line ID", "Lot", "Description", "Part", "Unit"].map(str::to_owned).to_vec();
    for council in &pack.councils {
        let twice =
            pack.councils.iter().filter(|other| other.name.eq_ignore_ascii_case(&council.name)).count() > 1;
        headers.push(if twice {
            format!("Volume of {} ({})", council.name, council.id)
        } else {
            format!("Volume of {}", council.name)
        });
    }
    headers.extend(
        ["Volume in all", "Answer", "Unit price (£, ex VAT)", "Total (£)", "Status"].map(str::to_owned),
    );
    headers
}

fn write_told(
    sheet: &mut Worksheet,
    row: u32,
    pack: &Pack,
    price: &PriceRow<'_>,
    formats: &Formats,
) -> Result<(), WriteFault> {
    let line = price.row.line;
    let lot = format!("{}: {}", price.lot.code, price.lot.title);
    for (col, text) in (0u16..).zip([
        with_check(&price.row.code).as_str(),
        &lot,
        &price.row.description(),
        part(line),
        &line.unit,
    ]) {
        sheet.write_string_with_format(row, col, text, &formats.told)?;
    }
    for (col, council) in (BEFORE..).zip(&pack.councils) {
        let volume = price.row.council_volume(&council.id).map_err(|_| too_large(&price.row.code))?;
        if line.shared {
            sheet.write_string_with_format(row, col, "shared", &formats.told)?;
        } else {
            sheet.write_number_with_format(row, col, float(&volume.to_string())?, &formats.number)?;
        }
    }
    Ok(())
}

fn write_asked(
    sheet: &mut Worksheet,
    row: u32,
    answer: u16,
    price: &PriceRow<'_>,
    formats: &Formats,
) -> Result<(), WriteFault> {
    sheet.write_number_with_format(row, answer - 1, float(&price.volume.to_string())?, &formats.number)?;
    match price.entry.offer {
        Some(offer) => sheet.write_string_with_format(row, answer, offer_word(offer), &formats.asked)?,
        None => sheet.write_blank(row, answer, &formats.asked)?,
    };
    match &price.entry.price {
        Typed::Number(text) => {
            sheet.write_number_with_format(row, answer + 1, float(text)?, &formats.asked_price)?
        }
        Typed::Text(text) if !text.is_empty() => {
            sheet.write_string_with_format(row, answer + 1, text, &formats.asked_price)?
        }
        _ => sheet.write_blank(row, answer + 1, &formats.asked_price)?,
    };
    let [volume, offer, unit] = [answer - 1, answer, answer + 1].map(|col| a1(row, u32::from(col)));
    let total = Formula::new(format!("=IF(ISNUMBER({unit}),{unit}*{volume},0)")).set_result(price.total()?);
    sheet.write_formula_with_format(row, answer + 2, total, &formats.money)?;
    let blank = if price.row.line.optional {
        format!("IF({offer}=\"\",\"{OPTIONAL}\",\"{MISSING}\")")
    } else {
        format!("\"{MISSING}\"")
    };
    let status = format!(
        "=IF(OR({offer}=\"Included\",{offer}=\"No bid\"),IF({unit}=\"\",\"{ANSWERED}\",\"{REMOVE_PRICE}\"),IF(ISNUMBER({unit}),\"{ANSWERED}\",IF({unit}=\"\",{blank},\"{NOT_A_NUMBER}\")))"
    );
    sheet.write_formula_with_format(
        row,
        answer + 3,
        Formula::new(status).set_result(price.status()),
        &formats.told,
    )?;
    Ok(())
}
