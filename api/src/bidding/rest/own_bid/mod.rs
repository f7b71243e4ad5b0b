//! What a supplier prepares beside its files, and what the program makes of all of it.

mod answers;
mod differences;
mod read_back;

use poem_openapi::Object;

use crate::bidding::draft::Confidential;
use crate::bidding::draft::readback::Place;
use crate::http::operations;

operations!(answers::Operations, read_back::Operations, differences::Operations);

/// A part of an answer that is marked as confidential.
#[derive(Object)]
pub(super) struct ConfidentialPart {
    /// The question's code.
    question: String,
    /// `answer` for the text, `document` for the document that answers the question.
    part: String,
    /// Why, in the bidder's words.
    because: String,
}

impl From<Confidential> for ConfidentialPart {
    fn from(mark: Confidential) -> Self {
        Self { question: mark.question, part: mark.part.to_string(), because: mark.because }
    }
}

/// Sheet and cell, and whether it was typed on the page.
fn place(place: Option<Place>) -> (Option<String>, Option<String>, bool) {
    match place {
        Some(Place::Cell(sheet, cell)) => (Some(sheet), Some(cell), false),
        Some(Place::Page) => (None, None, true),
        None => (None, None, false),
    }
}
