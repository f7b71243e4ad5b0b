//! The sheets Requirements and Questions.

use rules::pack::{Pack, PackCriterion, PackRequirement};
use rules::words::ResponseCode;

use super::match_rows::{QUESTIONS, REQUIREMENTS, rows_by_id, tables};
use super::suggest::Known;
use super::{BidReading, ResponseAnswer, TextAnswer};
use crate::finding::{Finding, Findings, Severity};
use crate::raw::Workbook;
use crate::table::fold;

/// Reads all response codes.
pub(super) fn read_responses(
    pack: &Pack,
    workbook: &Workbook,
    reading: &mut BidReading,
    findings: &mut Findings,
) {
    if pack.requirements.is_empty() {
        return;
    }
    let known: Vec<Known<'_>> = pack
        .requirements
        .iter()
        .map(|requirement| Known { code: &requirement.code, told: &requirement.text })
        .collect();
    let tables = tables(workbook, &REQUIREMENTS);
    let rows = rows_by_id(&tables, &REQUIREMENTS, &known, findings);
    for (requirement, row) in pack.requirements.iter().zip(rows) {
        let Some((table, row)) = row else { continue };
        let text = table.text(row, "response", findings);
        let comment = table.text(row, "comment", findings).unwrap_or_default();
        let (sheet, cell) = (table.sheet.name.clone(), table.address(row, "response"));
        let Some(text) = text else {
            if !comment.is_empty() {
                findings.push(
                    Finding::new(
                        Severity::Error,
                        "response_missing",
                        comment,
                        "There is a comment but no response code: choose one of F, C, P, X, T, R, N.",
                    )
                    .at(&sheet, cell),
                );
            }
            continue;
        };
        let Some(code) = response(&text) else {
            findings.push(Finding::new(Severity::Error, "response_unknown", text, "Choose one of the response codes F, C, P, X, T, R, N; the sheet Instructions says what each means.").at(&sheet, cell));
            continue;
        };
        findings.extend(
            remarks(requirement, code, &comment).into_iter().map(|finding| finding.at(&sheet, cell.clone())),
        );
        reading.responses.push(ResponseAnswer {
            requirement: requirement.code.clone(),
            code,
            comment,
            sheet,
            cell,
        });
    }
}

/// A code, alone or followed by its published words.
fn response(text: &str) -> Option<ResponseCode> {
    let word = fold(text);
    ResponseCode::ALL.iter().copied().find(|code| {
        let (letter, label) = (fold(code.as_str()), fold(code.label()));
        word == letter || word == label || word == format!("{letter} {label}")
    })
}

fn remarks(requirement: &PackRequirement, code: ResponseCode, comment: &str) -> Vec<Finding> {
    let mut remarks = Vec::new();
    if !requirement.accepted.is_empty() && !requirement.accepted.contains(&code) {
        let accepted = requirement.accepted.iter().map(|code| code.as_str()).collect::<Vec<_>>().join(", ");
        remarks.push(Finding::new(
            Severity::Warning,
            "response_not_accepted",
            code.as_str(),
            format!(
                "{} accepts only {accepted}: a bid with another answer does not meet requirements.",
                requirement.code
            ),
        ));
    }
    if code == ResponseCode::Roadmap && comment.is_empty() {
        remarks.push(Finding::new(
            Severity::Warning,
            "roadmap_without_date",
            code.as_str(),
            "Write in the comment by which date it will be available.",
        ));
    }
    remarks
}

/// The code of the finding about an answer in the workbook that is longer than its question allows.
pub(super) const OVER_WORD_LIMIT: &str = "over_word_limit";

/// How many words a text has, as word limits count them: what stands between spaces and ends of lines.
#[must_use]
pub fn count(text: &str) -> u32 {
    u32::try_from(text.split_whitespace().count()).unwrap_or(u32::MAX)
}

/// Reads all short answers.
pub(super) fn read_answers(
    pack: &Pack,
    workbook: &Workbook,
    reading: &mut BidReading,
    findings: &mut Findings,
) {
    let questions: Vec<&PackCriterion> = pack.lots.iter().flat_map(rules::pack::PackLot::questions).collect();
    if questions.is_empty() {
        return;
    }
    let known: Vec<Known<'_>> = questions
        .iter()
        .map(|question| Known {
            code: &question.code,
            told: question.question.as_ref().map_or("", |question| question.text.as_str()),
        })
        .collect();
    let tables = tables(workbook, &QUESTIONS);
    let rows = rows_by_id(&tables, &QUESTIONS, &known, findings);
    for (question, row) in questions.into_iter().zip(rows) {
        let Some((table, row)) = row else { continue };
        let Some(text) = table.text(row, "answer", findings) else { continue };
        let words = count(&text);
        let (sheet, cell) = (table.sheet.name.clone(), table.address(row, "answer"));
        if let Some(limit) = question.question.as_ref().and_then(|question| question.word_limit)
            && words > limit
        {
            findings.push(
                Finding::new(Severity::Warning, OVER_WORD_LIMIT, format!("{words} words"), format!("The limit is {limit} words. The answer was taken whole; shorten it, because the panel need not read beyond the limit."))
                    .at(&sheet, cell.clone()),
            );
        }
        let question = question.code.clone();
        reading.answers.push(TextAnswer { question, text, words, sheet, cell, typed: false });
    }
}
