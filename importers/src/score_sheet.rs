//! A panel member's own score sheet of a lot, to be filled in without a connection: one row for each answer that it marks. It
//! holds no price, and nothing of what others marked.
//!
//! A hidden sheet says whose it is, of which pack and lot, and which revision of each mark was seen. What it says is compared with
//! what is expected, and trusted in nothing else.

mod read;

use rules::scale::Scale;
use rust_xlsxwriter::{DataValidation, Workbook as Book, Worksheet};

pub use read::{MarkRow, read};

use crate::sheet_writer::{Formats, WriteFault, guide, print_setup, protect, rows, table};

/// The hidden sheet.
const OWN_SHEET: &str = "_sheet";
/// The sheet that is filled in.
const SHEET: &str = "Marks";
/// The columns of the sheet.
const HEADERS: [&str; 7] =
    ["Row", "Question", "Bidder", "What is asked", "Allowed marks", "Mark", "Explanation"];
/// The column of the mark, and that of its explanation.
const MARK: u16 = 5;
const EXPLANATION: u16 = 6;

/// Whose sheet it is, and of what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// SHA-256 of the tender pack.
    pub pack: String,
    /// The lot's id.
    pub lot: String,
    /// The panel member's id.
    pub person: String,
}

/// An answer that the panel member marks.
#[derive(Clone, Debug)]
pub struct AnswerRow {
    /// The question's code.
    pub question: String,
    /// The bid's id.
    pub bid: String,
    /// The bidder's name.
    pub bidder: String,
    /// What is asked.
    pub asked: String,
    /// The marks that the question allows.
    pub scale: Scale,
    /// The mark so far; empty for none.
    pub mark: String,
    /// Its explanation.
    pub explanation: String,
    /// The revision of the mark so far; 0 for none.
    pub revision: i64,
}

/// What the sheet says of itself to its reader.
#[derive(Clone, Debug)]
pub struct Head {
    /// The procurement's reference and title.
    pub procurement: String,
    /// The lot's code and title.
    pub lot: String,
    /// The panel member's name.
    pub person: String,
}

/// The name of a row, which stands on it and in the hidden sheet.
fn key(row: &AnswerRow, number: usize) -> String {
    format!("{}-{number:03}", row.question)
}

/// Writes the sheet.
pub fn write(identity: &Identity, head: &Head, answers: &[AnswerRow]) -> Result<Vec<u8>, WriteFault> {
    let formats = Formats::new();
    let mut book = Book::new();
    instructions(&mut book, head, answers, &formats)?;
    let sheet = book.add_worksheet().set_name(SHEET)?;
    let headers = HEADERS.map(str::to_owned);
    table(sheet, "MarksTable", 0, rows(answers.len())?, &headers, &formats)?;
    for (number, answer) in (1..).zip(answers) {
        write_row(sheet, number, answer, &formats)?;
    }
    for (at, width) in (0u16..).zip([12.0, 12.0, 26.0, 60.0, 18.0, 10.0, 70.0]) {
        sheet.set_column_width(at, width)?;
    }
    protect(sheet);
    print_setup(sheet, &format!("{}, lot {}", head.procurement, head.lot));
    own_sheet(book.add_worksheet(), identity, answers)?;
    Ok(book.save_to_buffer()?)
}

fn instructions(
    book: &mut Book,
    head: &Head,
    answers: &[AnswerRow],
    formats: &Formats,
) -> Result<(), WriteFault> {
    let mut lines = vec![
        ("Procurement", head.procurement.clone()),
        ("Lot", head.lot.clone()),
        ("Score sheet of", format!("{}. Nobody else can hand it back.", head.person)),
        ("What to do", "Write on the sheet Marks, beside each answer, the mark and why it earns it. Cells with a light yellow ground are yours; all others are locked, without a password.".to_owned()),
        ("Mark", "One of the allowed marks of the question, as they stand on its row. Nothing between them.".to_owned()),
        ("Explanation", "What in this answer earns the mark. The bidder may be told.".to_owned()),
        ("Blank cells", "A row without mark and explanation is left as it is: you can hand the sheet back as often as you like.".to_owned()),
        ("Handing it back", "Upload the sheet on the page My scoring. You see first what would change. Where anything is wrong nothing is saved, and every fault is told with its cell. Your marks are submitted there, not here.".to_owned()),
        ("Keep", "The rows and the hidden sheet. A mark that you changed on the pages after downloading this sheet is not overwritten: download a new one.".to_owned()),
    ];
    let mut told: Vec<&str> = Vec::new();
    for answer in answers {
        if told.contains(&answer.scale.name.as_str()) {
            continue;
        }
        told.push(&answer.scale.name);
        let marks = answer.scale.marks.iter().map(|mark| format!("{}: {}", mark.value, mark.descriptor));
        lines.push(("Scale", format!("{}. {}", answer.scale.name, marks.collect::<Vec<_>>().join(" "))));
    }
    guide(book.add_worksheet(), "Score sheet", &lines, formats)
}

fn write_row(
    sheet: &mut Worksheet,
    number: u32,
    answer: &AnswerRow,
    formats: &Formats,
) -> Result<(), WriteFault> {
    let place = usize::try_from(number).map_err(|_| WriteFault("more rows than a sheet has".to_owned()))?;
    let values: Vec<&str> = answer.scale.marks.iter().map(|mark| mark.value.as_str()).collect();
    let told = [&key(answer, place), &answer.question, &answer.bidder, &answer.asked, &values.join(", ")];
    for (at, text) in (0u16..).zip(told) {
        sheet.write_string_with_format(number, at, text, &formats.told)?;
    }
    for (at, text) in [(MARK, &answer.mark), (EXPLANATION, &answer.explanation)] {
        if text.is_empty() {
            sheet.write_blank(number, at, &formats.asked)?;
        } else {
            sheet.write_string_with_format(number, at, text, &formats.asked)?;
        }
    }
    let list = DataValidation::new()
        .allow_list_strings(&values)?
        .set_error_title("Mark")?
        .set_error_message("Choose one of the allowed marks of this question.")?;
    sheet.add_data_validation(number, MARK, number, MARK, &list)?;
    Ok(())
}

fn own_sheet(sheet: &mut Worksheet, identity: &Identity, answers: &[AnswerRow]) -> Result<(), WriteFault> {
    sheet.set_name(OWN_SHEET)?;
    let facts = [("pack sha256", &identity.pack), ("lot", &identity.lot), ("person", &identity.person)];
    for (row, (name, value)) in (0..).zip(facts) {
        sheet.write_string(row, 0, name)?;
        sheet.write_string(row, 1, value)?;
    }
    for (number, answer) in (1..).zip(answers) {
        let row = rows(facts.len() + number - 1)?;
        let revision = answer.revision.to_string();
        let told = ["row", &key(answer, number), &answer.question, &answer.bid, &revision];
        for (at, text) in (0u16..).zip(told) {
            sheet.write_string(row, at, text)?;
        }
    }
    sheet.set_very_hidden(true);
    protect(sheet);
    Ok(())
}
