//! Suppliers' way in, their workbooks, the tender box and its opening.
//!
//! A supplier gets its invitation ([`invitation`]) by an officer or by itself on the public tender page ([`tender`]), and
//! turns the single-use link in the mail into a secret of its own; colleagues whom it adds get theirs
//! ([`invitation::team`]). With it the supplier uploads its workbook and documents and types long answers ([`draft`]),
//! sees what was understood, and submits ([`submission`]): one short transaction whose signed receipt ([`signed`]) means
//! that the bid is on disk, under a seal of the procurement's own ([`compartment`]). Until the deadline it may ask
//! questions, whose answers go to all bidders without the asker's name ([`clarification`]). The last submission before
//! the deadline is the bid; at exactly the deadline it is late. Nobody but the supplier sees drafts, submissions,
//! receipts or how many there are until the tender box is opened by two people ([`opening`]). Before that two people
//! decide on each submission that came late ([`late`]), and a second person may have confirmed a later deadline
//! ([`extension`]). After it officers read bids ([`bid`]), without prices until the quality of the lot is locked, and see
//! what bidders marked as confidential ([`confidential`]); the panel sees answers once they are released, where somebody
//! reads them for prices first ([`release`]). One bidder may then be asked about its bid ([`addressed`]), within a time that
//! leaves it a working day ([`response_time`]), a slip in a price be put right ([`correction`]), and a tender be disregarded
//! on a ground of the law, after hearing its bidder ([`outcome`]).

pub mod addressed;
pub mod bid;
pub mod clarification;
pub mod compartment;
pub mod confidential;
pub mod correction;
pub mod draft;
pub mod evidence;
pub mod extension;
pub mod invitation;
pub mod late;
mod letters;
mod manifest;
pub mod opening;
pub mod outcome;
pub mod release;
pub mod pages;
pub mod response_time;
pub mod rest;
pub mod signed;
pub mod submission;
pub mod tender;
mod two_people;
#[cfg(test)]
mod tests;

/// A file to be downloaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The media type of the bid workbook that the program makes.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// The media type of bytes about which nothing is known.
pub(crate) const OCTETS: &str = "application/octet-stream";
