//! What every sheet of the bid workbook has: top rows, the count of missing answers, the instructions, the hidden sheet.

use rules::london::london_text;
use rules::pack::Pack;
use rules::words::ResponseCode;
use rust_xlsxwriter::{Formula, Worksheet};

use super::{FilledBid, OWN_SHEET};
use crate::raw::a1;
use crate::sheet_writer::{Formats, WriteFault, print_setup, protect};

/// Zero-based row of every table's header; above it stand the title, the fingerprint and the count of missing answers.
pub(super) const HEADER: u32 = 3;

/// A line is answered.
pub(super) const ANSWERED: &str = "answered";
/// A line is not answered, and should be.
pub(super) const MISSING: &str = "missing";
/// A line need not be answered.
pub(super) const OPTIONAL: &str = "optional";
/// A question that a document may answer instead.
pub(super) const DOCUMENT: &str = "blank: send a document";

/// A question that is answered beyond its word limit.
pub(super) const TOO_LONG: &str = "answered, too long";
/// A requirement with a code that is not among those it accepts.
pub(super) const NOT_ACCEPTED: &str = "answered, code not accepted";
/// A requirement that is on the roadmap, without its date.
pub(super) const NO_DATE: &str = "R needs a date";
/// What is not missing. In a formula each is counted away from all lines, so that whatever else stands there is missing.
const NOT_MISSING: [&str; 5] = [ANSWERED, OPTIONAL, DOCUMENT, TOO_LONG, NOT_ACCEPTED];

/// Where a sheet's status texts stand, and what they are now.
pub(super) struct Tally {
    sheet: &'static str,
    column: u16,
    statuses: Vec<&'static str>,
}

impl Tally {
    pub(super) fn new(sheet: &'static str, column: u16, statuses: Vec<&'static str>) -> Self {
        Self { sheet, column, statuses }
    }

    /// The number of lines that still need an answer, as a formula's expression.
    fn expression(&self) -> String {
        if self.statuses.is_empty() {
            return "0".to_owned();
        }
        let last = HEADER + u32::try_from(self.statuses.len()).unwrap_or(u32::MAX);
        let range =
            format!("{}!{}:{}", self.sheet, absolute(HEADER + 1, self.column), absolute(last, self.column));
        NOT_MISSING.iter().fold(self.statuses.len().to_string(), |sum, status| {
            format!("{sum}-COUNTIF({range},\"{status}\")")
        })
    }

    fn missing(&self) -> usize {
        self.statuses.iter().filter(|status| !NOT_MISSING.contains(status)).count()
    }
}

fn absolute(row: u32, col: u16) -> String {
    let address = a1(row, u32::from(col));
    let split = address.find(|c: char| c.is_ascii_digit()).unwrap_or(address.len());
    format!("${}${}", &address[..split], &address[split..])
}

/// The live count of missing answers over some sheets, right without being recalculated.
fn missing_formula(tallies: &[&Tally]) -> Formula {
    let expression = tallies.iter().map(|tally| tally.expression()).collect::<Vec<_>>().join("+");
    let count: usize = tallies.iter().map(|tally| tally.missing()).sum();
    Formula::new(format!("=({expression})&\" answers missing\""))
        .set_result(format!("{count} answers missing"))
}

/// Name, title, fingerprint, count of missing answers, print set-up.
pub(super) fn top(
    sheet: &mut Worksheet,
    name: &str,
    pack: &Pack,
    fingerprint: &str,
    tally: &Tally,
    formats: &Formats,
) -> Result<(), WriteFault> {
    sheet.set_name(name)?;
    sheet.write_string_with_format(0, 0, format!("{name}: {}", pack.title), &formats.title)?;
    sheet.write_string_with_format(1, 0, fingerprint, &formats.note)?;
    sheet.write_formula_with_format(2, 0, missing_formula(&[tally]), &formats.note)?;
    print_setup(sheet, fingerprint);
    protect(sheet);
    Ok(())
}

/// The first sheet: who bids, what is missing, how to fill in.
pub(super) fn instructions(
    sheet: &mut Worksheet,
    pack: &Pack,
    fingerprint: &str,
    bid: &FilledBid,
    tallies: &[Tally],
    formats: &Formats,
) -> Result<(), WriteFault> {
    sheet.set_name("Instructions")?;
    sheet.set_column_width(0, 30)?.set_column_width(1, 90)?;
    sheet.write_string_with_format(0, 0, format!("Bid workbook: {}", pack.title), &formats.title)?;
    sheet.write_string_with_format(1, 0, fingerprint, &formats.note)?;
    sheet.write_formula_with_format(
        2,
        0,
        missing_formula(&tallies.iter().collect::<Vec<_>>()),
        &formats.note,
    )?;
    sheet.write_string_with_format(3, 0, "Supplier name", &formats.told)?;
    if bid.supplier.is_empty() {
        sheet.write_blank(3, 1, &formats.asked)?;
    } else {
        sheet.write_string_with_format(3, 1, &bid.supplier, &formats.asked)?;
    }
    let mut lines: Vec<(String, String)> = vec![
        ("Procurement".into(), format!("{}, version {} of the tender pack", pack.reference, pack.version)),
        ("Deadline".into(), format!("{}. A bid that arrives at exactly this instant is late.", london_text(&pack.deadline).unwrap_or_else(|| format!("{} (UTC)", pack.deadline)))),
        ("Where to write".into(), "Cells that are unlocked and have a light yellow ground are yours; all others are locked, without a password. The Status column says in words which lines are answered.".into()),
        ("Prices".into(), "Type the price of one unit in pounds, without VAT, as a plain number with at most four decimals, and for lines charged per year the price of one unit for one year. Choose Bid, Included (provided, at no charge of its own) or No bid in the Answer column. The column Part says what a line belongs to: what recurs, what is paid once, mandatory options, optional items, the rate card. Volumes are those of all councils over the whole term; beside a volume band, those of the years that fall in it. Words such as POA or TBC are not prices and leave the line unanswered.".into()),
        ("Blank cells".into(), "A blank cell is an unanswered line. A lot in which you answer nothing is a lot that you do not bid for.".into()),
        ("Assumptions".into(), "Price what the tender pack says, for the volumes beside each line. A price that holds only on a condition of your own is not a price: if something is unclear, ask before the deadline, and the answer goes to all bidders.".into()),
        ("Requirements".into(), "Choose one response code for each requirement; with R name the date in the comment. Where accepted codes are listed, a bid with another code does not meet requirements.".into()),
        ("Questions".into(), "Answer in the Answer column within the word limit; the column Words counts while you type. Or type a long answer on your page: what is typed there counts before what stands here. Where a document may answer, send it beside this workbook.".into()),
        ("What you may do".into(), "Sort and filter, resize rows and columns, use any spreadsheet program. Keep the Line IDs: answers are recognised by them. Formulas are read by their stored result.".into()),
    ];
    // Each rule begins with its name.
    lines.extend(pack.method.price_rules.iter().map(|rule| match rule.split_once(": ") {
        Some((name, rule)) => (name.to_owned(), sentence(rule)),
        None => ("How prices count".to_owned(), rule.clone()),
    }));
    lines.extend(
        ResponseCode::ALL
            .iter()
            .map(|code| (format!("Response code {}", code.as_str()), code.label().to_owned())),
    );
    for (row, (name, text)) in (4..).zip(&lines) {
        sheet.write_string_with_format(row, 0, name, &formats.told)?;
        sheet.write_string_with_format(row, 1, text, &formats.told)?;
    }
    print_setup(sheet, fingerprint);
    protect(sheet);
    Ok(())
}

/// A text with a capital at its beginning.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Names for what the hidden sheet says. They confirm the fingerprint where a program keeps them; nothing needs them.
pub(super) fn names() -> [(&'static str, String); 2] {
    [("tender_pack", format!("={OWN_SHEET}!$B$1")), ("tender_pack_sha256", format!("={OWN_SHEET}!$B$4"))]
}

/// The hidden sheet that confirms what the fingerprint says.
pub(super) fn own_sheet(
    sheet: &mut Worksheet,
    pack: &Pack,
    hash: &str,
    fingerprint: &str,
) -> Result<(), WriteFault> {
    sheet.set_name(OWN_SHEET)?;
    let version = pack.version.to_string();
    for (row, (key, value)) in (0..).zip([
        ("fingerprint", fingerprint),
        ("reference", &pack.reference),
        ("version", &version),
        ("pack sha256", hash),
        ("layout", "2"),
    ]) {
        sheet.write_string(row, 0, key)?;
        sheet.write_string(row, 1, value)?;
    }
    sheet.set_very_hidden(true);
    protect(sheet);
    Ok(())
}
