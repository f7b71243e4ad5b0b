//! A workbook together with what else the bidder hands in: texts typed on its page, and documents. Of one question several
//! may be there; which of them count is decided here, once, and said in findings (SHEETS section 4).

use std::collections::HashMap;

use rules::pack::Pack;

use super::words::{OVER_WORD_LIMIT, count};
use super::{BidReading, TextAnswer, tally};
use crate::finding::{Finding, Severity};

/// The bid that a workbook makes with texts that were typed on the supplier's page and with documents; both are pairs, of
/// the question's code with the text, or with the file's name.
///
/// One text answers a question: a typed one takes the place of the workbook's. A document is part of the answer beside the
/// text. Wherever a question has more than one, a finding says which count. A text to a question that the pack does not ask
/// is left out. What is missing, and what each lot comes to, is told of all together.
#[must_use]
pub fn together(
    pack: &Pack,
    mut reading: BidReading,
    typed: &[(&str, &str)],
    documents: &[(&str, &str)],
) -> BidReading {
    let places: HashMap<&str, usize> = pack
        .lots
        .iter()
        .flat_map(|lot| lot.questions())
        .enumerate()
        .map(|(place, question)| (question.code.as_str(), place))
        .collect();
    for (question, text) in typed.iter().filter(|(question, _)| places.contains_key(question)) {
        if let Some(at) = reading.answers.iter().position(|answer| answer.question == *question) {
            let replaced = reading.answers.remove(at);
            // Its length matters no more.
            reading
                .findings
                .retain(|finding| finding.code != OVER_WORD_LIMIT || !stands_at(finding, &replaced));
            reading.findings.push(typed_counts(&replaced));
        }
        reading.answers.push(TextAnswer {
            question: (*question).to_owned(),
            text: (*text).to_owned(),
            words: count(text),
            sheet: String::new(),
            cell: String::new(),
            typed: true,
        });
    }
    reading.answers.sort_by_key(|answer| places.get(answer.question.as_str()).copied());
    let both = documents.iter().filter_map(|(question, name)| {
        let text = reading.answers.iter().find(|answer| answer.question == *question)?;
        Some(document_beside(text, name))
    });
    let both: Vec<Finding> = both.collect();
    reading.findings.extend(both);
    tally(pack, &mut reading);
    let answered = |code: &String| documents.iter().any(|(question, _)| question == code);
    reading.missing.documents.retain(|code| !answered(code));
    reading
}

fn stands_at(finding: &Finding, answer: &TextAnswer) -> bool {
    finding.sheet.as_deref() == Some(answer.sheet.as_str())
        && finding.cell.as_deref() == Some(answer.cell.as_str())
}

/// Said of the workbook's answer, which a typed one replaces.
fn typed_counts(replaced: &TextAnswer) -> Finding {
    Finding::new(
        Severity::Warning,
        "typed_answer_counts",
        format!("{} is answered here and on the supplier’s page", replaced.question),
        "The answer that was typed on the page counts; the one in this cell is not part of the bid. Clear one of the two, so that nobody is in doubt.",
    )
    .at(&replaced.sheet, replaced.cell.clone())
}

/// Said where a document answers a question beside a text.
fn document_beside(text: &TextAnswer, document: &str) -> Finding {
    let finding = Finding::new(
        Severity::Info,
        "text_and_document",
        format!("{} is answered by a text and by the document {document}", text.question),
        "Both count: the panel reads the text and the document beside it. Remove the one that is not meant.",
    );
    if text.typed { finding } else { finding.at(&text.sheet, text.cell.clone()) }
}
