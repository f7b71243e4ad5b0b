//! The sheets Requirements and Questions.

use rules::line_id::with_check;
use rules::pack::{Pack, PackCriterion, PackLot, PackRequirement};
use rules::words::ResponseCode;
use rust_xlsxwriter::{DataValidation, Formula, Worksheet};

use super::frame::{ANSWERED, DOCUMENT, HEADER, MISSING, NO_DATE, NOT_ACCEPTED, TOO_LONG, Tally, top};
use super::{FilledBid, ResponseEntry};
use crate::raw::a1;
use crate::sheet_writer::{Formats, WriteFault, table};

const REQUIREMENTS: &str = "Requirements";
const QUESTIONS: &str = "Questions";
const ACCEPTED: u16 = 4;
const RESPONSE: u16 = 5;
const ANSWER: u16 = 5;
const WORDS: u16 = 6;
const STATUS: u16 = 7;

pub(super) struct RequirementRows<'a>(Vec<(&'a PackRequirement, ResponseEntry)>);

/// Every requirement with what is typed beside it.
pub(super) fn requirements<'a>(pack: &'a Pack, bid: &FilledBid) -> RequirementRows<'a> {
    RequirementRows(
        pack.requirements
            .iter()
            .map(|requirement| {
                (requirement, bid.responses.get(&requirement.code).cloned().unwrap_or_default())
            })
            .collect(),
    )
}

impl RequirementRows<'_> {
    pub(super) fn tally(&self) -> Tally {
        Tally::new(
            REQUIREMENTS,
            RESPONSE + 2,
            self.0.iter().map(|(requirement, entry)| response_status(requirement, entry)).collect(),
        )
    }
}

/// What the status formula of a requirement says.
fn response_status(requirement: &PackRequirement, entry: &ResponseEntry) -> &'static str {
    let accepts = |code: &str| {
        requirement.accepted.is_empty()
            || requirement.accepted.iter().any(|accepted| accepted.as_str().eq_ignore_ascii_case(code))
    };
    match entry.code.as_str() {
        "" => MISSING,
        code if code.eq_ignore_ascii_case(ResponseCode::Roadmap.as_str()) && entry.comment.is_empty() => {
            NO_DATE
        }
        code if !accepts(code) => NOT_ACCEPTED,
        _ => ANSWERED,
    }
}

/// The same as a formula. The accepted codes are single letters, so that one is in their list where it is found in it.
fn response_formula(row: u32, requirement: &PackRequirement) -> String {
    let [accepted, code, comment] = [ACCEPTED, RESPONSE, RESPONSE + 1].map(|col| a1(row, u32::from(col)));
    let known = if requirement.accepted.is_empty() {
        format!("\"{ANSWERED}\"")
    } else {
        format!("IF(ISNUMBER(SEARCH({code},{accepted})),\"{ANSWERED}\",\"{NOT_ACCEPTED}\")")
    };
    format!(
        "=IF({code}=\"\",\"{MISSING}\",IF(AND({code}=\"{}\",{comment}=\"\"),\"{NO_DATE}\",{known}))",
        ResponseCode::Roadmap.as_str()
    )
}

pub(super) fn write_requirements(
    sheet: &mut Worksheet,
    pack: &Pack,
    fingerprint: &str,
    found: &RequirementRows<'_>,
    formats: &Formats,
) -> Result<(), WriteFault> {
    top(sheet, REQUIREMENTS, pack, fingerprint, &found.tally(), formats)?;
    let count = crate::sheet_writer::rows(found.0.len())?;
    let headers = [
        "Requirement ID",
        "Type",
        "Importance",
        "Requirement",
        "Accepted codes",
        "Response code",
        "Comment",
        "Status",
    ]
    .map(str::to_owned);
    table(sheet, "RequirementsTable", HEADER, count, &headers, formats)?;
    for (row, (requirement, entry)) in (HEADER + 1..).zip(&found.0) {
        let accepted = if requirement.accepted.is_empty() {
            "any".to_owned()
        } else {
            requirement.accepted.iter().map(|code| code.as_str()).collect::<Vec<_>>().join(", ")
        };
        for (col, text) in (0u16..).zip([
            with_check(&requirement.code).as_str(),
            requirement.kind.label(),
            requirement.moscow.label(),
            &requirement.text,
            &accepted,
        ]) {
            sheet.write_string_with_format(row, col, text, &formats.told)?;
        }
        asked(sheet, row, RESPONSE, &entry.code, formats)?;
        asked(sheet, row, RESPONSE + 1, &entry.comment, formats)?;
        let now = response_status(requirement, entry);
        status(sheet, row, RESPONSE + 2, response_formula(row, requirement), now, formats)?;
    }
    let codes: Vec<&str> = ResponseCode::ALL.iter().map(|code| code.as_str()).collect();
    let list = DataValidation::new()
        .allow_list_strings(&codes)?
        .set_error_title("Response code")?
        .set_error_message("Choose one code from the list; the sheet Instructions says what each means.")?;
    sheet.add_data_validation(HEADER + 1, RESPONSE, HEADER + count.max(1), RESPONSE, &list)?;
    for (col, width) in (0u16..).zip([16.0, 16.0, 12.0, 60.0, 14.0, 14.0, 50.0, 12.0]) {
        sheet.set_column_width(col, width)?;
    }
    Ok(())
}

pub(super) struct QuestionRows<'a>(Vec<QuestionRow<'a>>);

struct QuestionRow<'a> {
    lot: &'a PackLot,
    criterion: &'a PackCriterion,
    answer: String,
}

/// Every question of every lot with what is typed beside it.
pub(super) fn questions<'a>(pack: &'a Pack, bid: &FilledBid) -> QuestionRows<'a> {
    QuestionRows(
        pack.lots
            .iter()
            .flat_map(|lot| lot.questions().into_iter().map(move |criterion| (lot, criterion)))
            .map(|(lot, criterion)| QuestionRow {
                lot,
                criterion,
                answer: bid.answers.get(&criterion.code).cloned().unwrap_or_default(),
            })
            .collect(),
    )
}

impl QuestionRow<'_> {
    fn limit(&self) -> Option<u32> {
        self.criterion.question.as_ref()?.word_limit
    }

    /// What the status formula says.
    fn status(&self) -> &'static str {
        if self.answer.is_empty() {
            return self.blank();
        }
        let words = self.words();
        let limit = self.limit().and_then(|limit| usize::try_from(limit).ok());
        if limit.is_some_and(|limit| words > limit) { TOO_LONG } else { ANSWERED }
    }

    fn formula(&self, row: u32) -> String {
        let (cell, blank) = (a1(row, u32::from(ANSWER)), self.blank());
        let answered = self.limit().map_or_else(
            || format!("\"{ANSWERED}\""),
            |limit| format!("IF({}>{limit},\"{TOO_LONG}\",\"{ANSWERED}\")", a1(row, u32::from(WORDS))),
        );
        format!("=IF({cell}=\"\",\"{blank}\",{answered})")
    }

    /// As the formula counts: what stands between spaces and ends of lines.
    fn words(&self) -> usize {
        self.answer.split([' ', '\n']).filter(|word| !word.is_empty()).count()
    }

    /// The live count of words.
    fn words_formula(row: u32) -> String {
        let plain = format!("TRIM(SUBSTITUTE({},CHAR(10),\" \"))", a1(row, u32::from(ANSWER)));
        format!("=IF({plain}=\"\",0,LEN({plain})-LEN(SUBSTITUTE({plain},\" \",\"\"))+1)")
    }

    /// The status while nothing is typed.
    fn blank(&self) -> &'static str {
        if self.criterion.question.as_ref().is_some_and(|question| question.document) {
            DOCUMENT
        } else {
            MISSING
        }
    }
}

impl QuestionRows<'_> {
    pub(super) fn tally(&self) -> Tally {
        Tally::new(QUESTIONS, STATUS, self.0.iter().map(QuestionRow::status).collect())
    }
}

pub(super) fn write_questions(
    sheet: &mut Worksheet,
    pack: &Pack,
    fingerprint: &str,
    found: &QuestionRows<'_>,
    formats: &Formats,
) -> Result<(), WriteFault> {
    top(sheet, QUESTIONS, pack, fingerprint, &found.tally(), formats)?;
    let count = crate::sheet_writer::rows(found.0.len())?;
    let headers = ["Question ID", "Lot", "Title", "Question", "Word limit", "Answer", "Words", "Status"]
        .map(str::to_owned);
    table(sheet, "QuestionsTable", HEADER, count, &headers, formats)?;
    for (row, question) in (HEADER + 1..).zip(&found.0) {
        let Some(asks) = &question.criterion.question else { continue };
        let lot = format!("{}: {}", question.lot.code, question.lot.title);
        let limit = asks.word_limit.map_or_else(|| "none".to_owned(), |limit| limit.to_string());
        let text =
            if asks.document { format!("{} (A document may answer.)", asks.text) } else { asks.text.clone() };
        for (col, text) in (0u16..).zip([
            with_check(&question.criterion.code).as_str(),
            &lot,
            &question.criterion.title,
            &text,
            &limit,
        ]) {
            sheet.write_string_with_format(row, col, text, &formats.told)?;
        }
        asked(sheet, row, ANSWER, &question.answer, formats)?;
        let words = Formula::new(QuestionRow::words_formula(row)).set_result(question.words().to_string());
        sheet.write_formula_with_format(row, WORDS, words, &formats.number)?;
        status(sheet, row, STATUS, question.formula(row), question.status(), formats)?;
    }
    for (col, width) in (0u16..).zip([14.0, 22.0, 24.0, 50.0, 11.0, 80.0, 9.0, 24.0]) {
        sheet.set_column_width(col, width)?;
    }
    Ok(())
}

fn asked(sheet: &mut Worksheet, row: u32, col: u16, text: &str, formats: &Formats) -> Result<(), WriteFault> {
    if text.is_empty() {
        sheet.write_blank(row, col, &formats.asked)?;
    } else {
        sheet.write_string_with_format(row, col, text, &formats.asked)?;
    }
    Ok(())
}

fn status(
    sheet: &mut Worksheet,
    row: u32,
    col: u16,
    formula: String,
    now: &'static str,
    formats: &Formats,
) -> Result<(), WriteFault> {
    sheet.write_formula_with_format(row, col, Formula::new(formula).set_result(now), &formats.told)?;
    Ok(())
}
