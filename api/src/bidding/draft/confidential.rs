//! “Confidential, because …”: a bidder marks an answer, or the document that answers a question, and says why. The mark is
//! part of the bid. It binds nobody by itself: what is told to others may be withheld only where the information is
//! sensitive and withholding it is in the public interest or avoids harm to fair competition (PA23 s.94), so those who
//! write for others see the mark and its reason and decide.

use std::collections::BTreeMap;

use rules::pack::{Pack, PackCriterion};
use rules::words::BidPart;
use serde::{Deserialize, Serialize};

use super::typed::{KeptWords, WordsInput};
use crate::kernel::Faults;

/// The most characters of a reason.
pub const MOST_REASON: usize = 500;

/// Why parts of an answer are confidential, as a draft keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::bidding) struct Marks {
    /// Why the text is; none where it is not.
    pub(in crate::bidding) answer: Option<String>,
    /// Why the document is; none where it is not.
    pub(in crate::bidding) document: Option<String>,
}

/// A part of a bid that is marked, as the manifest holds it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Confidential {
    /// The question's code.
    pub question: String,
    /// Which part of its answer.
    pub part: BidPart,
    /// Why, in the bidder's words.
    pub because: String,
}

/// The marks as they are entered: each needs its reason, and a document's a question that takes one.
pub(super) fn check(faults: &mut Faults, asked: &PackCriterion, input: &WordsInput) -> Marks {
    let answer = reason(faults, "confidential_because", input.confidential_because.as_deref());
    let field = "document_confidential_because";
    let document = reason(faults, field, input.document_confidential_because.as_deref());
    let takes_document = asked.question.as_ref().is_some_and(|question| question.document);
    if document.is_some() && !takes_document {
        faults.add(
            field,
            "not_a_document_question",
            "This question takes no document, so there is none to be confidential. Mark the answer instead.",
        );
    }
    Marks { answer, document }
}

fn reason(faults: &mut Faults, field: &str, because: Option<&str>) -> Option<String> {
    let because = because?;
    if because.trim().is_empty() {
        faults.add(field, "missing", "Say why it is confidential, or take the mark away.");
        return None;
    }
    Some(faults.text(field, &because.replace("\r\n", "\n"), MOST_REASON))
}

/// Everything that is marked, by question. A mark stands before there is a text or a document to it: none is lost because
/// it was made first.
pub(in crate::bidding) fn of(pack: &Pack, typed: &BTreeMap<String, KeptWords>) -> Vec<Confidential> {
    let mut found = Vec::new();
    for node in pack.lots.iter().flat_map(|lot| lot.questions()) {
        let Some(Marks { answer, document }) = typed.get(&node.code).map(|kept| &kept.words.marks) else {
            continue;
        };
        let marks = [(BidPart::Answer, answer), (BidPart::Document, document)];
        found.extend(marks.into_iter().filter_map(|(part, because)| {
            Some(Confidential { question: node.code.clone(), part, because: because.clone()? })
        }));
    }
    found.sort();
    found
}
