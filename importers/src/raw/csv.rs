//! Separated text: comma, semicolon or tab; decimal point or decimal comma, decided by the whole file and never by one cell.

use super::budget::{Budget, LONGEST_TEXT, MOST_CELLS};
use super::{Cell, Event, PackedRow, RawValue, Sink, Unreadable};
use crate::finding::{Finding, Severity};

/// The name of the only sheet until the file's own name is known.
const SHEET: &str = "CSV";

/// Reads decoded text.
pub(super) fn read(text: &str, sink: &mut Sink<'_>) -> Result<(), Unreadable> {
    let text = text.trim_start_matches('\u{feff}');
    let (separator, body, skipped) = separator(text);
    let records = records(body, separator)?;
    sink(Event::Sheet { name: SHEET.to_owned(), hidden: false })?;
    let comma = separator != b',' && uses_decimal_comma(&records);
    let marks = Marks { separator, comma, point: separator == b',' || uses_decimal_point(&records) };
    if comma {
        sink(Event::Finding(
            Finding::new(
                Severity::Info,
                "decimal_comma",
                "The file writes numbers with a decimal comma.",
                "12,50 was read as twelve and a half. Check the values that are shown back.",
            )
            .on(SHEET),
        ))?;
    }
    let mut budget = Budget::new();
    let mut widest = 0;
    let mut packed = PackedRow::default();
    for (row, fields) in records {
        let row = row.saturating_add(skipped);
        // `1,200` without quotation marks is two fields, and everything behind it stands in the wrong column.
        let split = separator == b',' && widest > 1 && fields.len() > widest;
        widest = widest.max(fields.len());
        packed.clear();
        for (col, field) in fields.into_iter().enumerate().filter(|(_, field)| !field.trim().is_empty()) {
            let (value, mut doubt) = value(field, marks);
            if split && matches!(value, RawValue::Number(_)) {
                doubt = Some(
                    "a number in a row with more fields than the rows above it, where a comma may have split a number in two",
                );
            }
            let col = u32::try_from(col).unwrap_or(u32::MAX);
            let cell = Cell { row, col, value, formula: false, doubt: doubt.map(Into::into) };
            budget.cell(SHEET, &cell)?;
            packed.push(&cell);
        }
        if !packed.is_empty() {
            sink(Event::Row(&packed))?;
        }
    }
    Ok(())
}

/// The separator: what a first line `sep=;` says, or what the first ten lines hold most of, outside quotes.
fn separator(text: &str) -> (u8, &str, u32) {
    if let Some(rest) = text.strip_prefix("sep=") {
        let sign = rest.bytes().next().filter(u8::is_ascii).unwrap_or(b',');
        let body = rest.split_once('\n').map_or("", |(_, body)| body);
        return (sign, body, 1);
    }
    let mut counts = [(b',', 0usize), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    let mut lines = 0;
    // Where any line feed is, carriage returns end no line of their own.
    let crlf = text.contains('\n');
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => lines += usize::from(byte == b'\n' || !crlf),
            _ if !quoted => {
                for (sign, count) in &mut counts {
                    *count += usize::from(*sign == byte);
                }
            }
            _ => {}
        }
        if lines == 10 {
            break;
        }
    }
    // Where all lines hold semicolons, commas are decimal commas or words; so a semicolon or tab wins over commas when it is in play in force.
    let [comma, semicolon, tab] = counts;
    let best = if tab.1 > 0 && tab.1 >= comma.1.min(semicolon.1) && tab.1 >= lines {
        tab
    } else if semicolon.1 > 0 && semicolon.1 >= lines && semicolon.1 * 2 >= comma.1 {
        semicolon
    } else {
        comma
    };
    (best.0, text, 0)
}

type Records = Vec<(u32, Vec<String>)>;

fn records(body: &str, separator: u8) -> Result<Records, Unreadable> {
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(body.as_bytes());
    let mut rows = Vec::new();
    let mut cells = 0u64;
    let mut row = 0u32;
    for record in reader.records() {
        let record = record.map_err(|_| Unreadable::damaged())?;
        let start = record.position().map_or(0, ::csv::Position::byte);
        row = row.saturating_add(blank_lines(body.as_bytes(), start));
        cells = cells.saturating_add(record.len() as u64);
        if cells > MOST_CELLS {
            return Err(Unreadable::new(
                "too_many_cells",
                "This file has more than a million cells. Copy your answers into a fresh template and send that.",
            ));
        }
        if record.iter().any(|field| field.encode_utf16().count() > LONGEST_TEXT) {
            return Err(Unreadable::new(
                "text_too_long",
                format!(
                    "Row {} holds a text of more than 32,767 characters. A quotation mark may be missing: check the row and send the file again.",
                    u64::from(row) + 1
                ),
            ));
        }
        rows.push((row, record.iter().map(str::to_owned).collect()));
        row = row.saturating_add(1);
    }
    Ok(rows)
}

/// The blank lines before a record, which its reader skips: they are rows all the same, and cells keep their addresses.
fn blank_lines(body: &[u8], start: u64) -> u32 {
    let start = usize::try_from(start).unwrap_or(body.len()).min(body.len());
    let rest = &body[start..];
    // The line feed of the record before, where that ended in a carriage return.
    let rest =
        if start > 0 && body[start - 1] == b'\r' { rest.strip_prefix(b"\n").unwrap_or(rest) } else { rest };
    let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    // A line ends in CR LF, in LF, or (old Macintosh programs) in CR alone.
    let pairs = rest[..ends].windows(2).filter(|pair| pair == b"\r\n").count();
    u32::try_from(ends - pairs).unwrap_or(u32::MAX)
}

/// Decimal commas are used where at least one number cannot be anything else and none has what can only be a decimal point.
fn uses_decimal_comma(records: &Records) -> bool {
    let fields = || records.iter().flat_map(|(_, fields)| fields.iter().map(|field| field.trim()));
    fields().any(|field| split(field, ',').is_some_and(|(_, after)| after.len() != 3))
        && !uses_decimal_point(records)
}

/// Decimal points are used where at least one number cannot be anything else.
fn uses_decimal_point(records: &Records) -> bool {
    let mut fields = records.iter().flat_map(|(_, fields)| fields.iter().map(|field| field.trim()));
    fields.any(|field| split(field, '.').is_some_and(|(before, after)| after.len() != 3 || before == "0"))
}

/// What stands between fields and in numbers, as far as the whole file shows it.
#[derive(Clone, Copy)]
struct Marks {
    separator: u8,
    comma: bool,
    point: bool,
}

/// The two digit runs of a number with one such mark.
fn split(field: &str, mark: char) -> Option<(&str, &str)> {
    let (before, after) = field.split_once(mark)?;
    (digits(before.strip_prefix('-').unwrap_or(before)) && digits(after)).then_some((before, after))
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn value(field: String, marks: Marks) -> (RawValue<'static>, Option<&'static str>) {
    let Marks { separator, comma, point } = marks;
    let plain = field.trim();
    let unsigned = plain.strip_prefix('-').unwrap_or(plain);
    // Leading zeros and long digit runs are references, not amounts.
    let whole =
        digits(unsigned) && unsigned.len() <= 15 && (unsigned.len() == 1 || !unsigned.starts_with('0'));
    if whole {
        return (RawValue::Number(plain.to_owned().into()), None);
    }
    if let Some((before, after)) = split(plain, if comma { ',' } else { '.' })
        && before.len() + after.len() <= 15
    {
        let fraction = after.trim_end_matches('0');
        let text = if fraction.is_empty() { before.to_owned() } else { format!("{before}.{fraction}") };
        // 1.200 is 1200 to half of Europe.
        let doubt = (!comma && !point && after.len() == 3)
            .then_some("a point that may be a decimal point or part thousands");
        return (RawValue::Number(text.into()), doubt);
    }
    let doubt = (!comma && separator != b',' && split(plain, ',').is_some())
        .then_some("a comma that may be a decimal comma or part thousands");
    (RawValue::Text(field.into()), doubt)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::{RawValue, Workbook, read_here};

    fn values(bytes: &[u8]) -> Vec<Vec<RawValue<'static>>> {
        let book: Workbook = read_here(bytes, "bid.csv").unwrap();
        book.sheets[0]
            .rows
            .iter()
            .map(|row| row.cells().map(|cell| cell.into_owned().value).collect())
            .collect()
    }

    #[test]
    fn four_encodings_and_three_separators_are_the_same_table() {
        let text = |s: &str| RawValue::Text(s.to_owned().into());
        let number = |s: &str| RawValue::Number(s.to_owned().into());
        let expected = vec![vec![text("Line"), text("Price £")], vec![text("P01"), number("12.5")]];
        let comma = "Line,Price £\r\nP01,12.5\r\n";
        let semicolon = "Line;Price £\r\nP01;12,5\r\n";
        let utf16 = |s: &str| {
            [0xFFu8, 0xFE].into_iter().chain(s.encode_utf16().flat_map(u16::to_le_bytes)).collect::<Vec<u8>>()
        };
        let cp1252 = |s: &str| s.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect::<Vec<u8>>();
        assert_eq!(values(comma.as_bytes()), expected);
        assert_eq!(values(format!("\u{feff}{comma}").as_bytes()), expected);
        assert_eq!(values(&utf16(comma)), expected);
        assert_eq!(values(&cp1252(comma)), expected);
        assert_eq!(values(semicolon.as_bytes()), expected);
        assert_eq!(values(format!("sep=;\r\n{semicolon}").as_bytes()), expected);
        assert_eq!(values("Line\tPrice £\r\nP01\t12.5\r\n".as_bytes()), expected);
        assert_eq!(values(&utf16("Line\tPrice £\r\nP01\t12,5\r\n")), expected);
    }

    #[test]
    fn a_comma_that_could_be_either_is_doubted_and_not_read_as_a_number() {
        let book = read_here(b"Line;Price\nP01;1,200\n", "bid.csv").unwrap();
        let cell = book.sheets[0].rows.iter().nth(1).unwrap().cell(1).unwrap();
        assert_eq!(cell.value, RawValue::Text("1,200".into()));
        assert!(cell.doubt.is_some());
    }

    #[test]
    fn a_number_that_a_comma_split_in_two_is_doubted() {
        let book = read_here(b"Bid\nLine,Price,Total\nP01,1,200,1200\nP02,5,5\n", "bid.csv").unwrap();
        let doubted =
            |row: usize| book.sheets[0].rows.iter().nth(row).unwrap().cell(1).unwrap().doubt.is_some();
        assert!(doubted(2));
        assert!(!doubted(3));
    }

    #[test]
    fn rows_keep_their_numbers() {
        for text in [
            "Line,Price\n\nP01,1\n",
            "Line,Price\r\rP01,1\r",
            "Line,Price\r\n\r\nP01,1\r\n",
            "\"Li\nne\",Price\n\nP01,1\n",
        ] {
            let book = read_here(text.as_bytes(), "bid.csv").unwrap();
            assert_eq!(book.sheets[0].rows.iter().nth(1).unwrap().cell(0).unwrap().a1(), "A3", "{text:?}");
        }
        let book = read_here(b"Line,Price\r\nP01,1\r\n", "bid.csv").unwrap();
        assert_eq!(book.sheets[0].rows.iter().nth(1).unwrap().cell(0).unwrap().a1(), "A2");
        assert_eq!(book.sheets[0].name, "bid.csv");
    }
}
