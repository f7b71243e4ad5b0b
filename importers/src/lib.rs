//! Spreadsheets: reading filled-in ones, writing blank and filled ones. Knows no database and no HTTP.
//!
//! Reading has two layers. [`raw`] turns bytes into facts (sheet, cell, value, whether a formula made it) and distrusts them:
//! [`child`] does so in a short-lived process, because a hostile file of two kilobytes can abort the reader. The typed
//! readers ([`requirements`], [`demand`], [`bid`]) turn facts into lines and [`finding::Finding`]s: all findings at once,
//! each with the cell, what was seen and what to do, and never a guessed price.
//! Writing: [`bid_template`] makes the workbook that suppliers fill in; `requirements` and `demand` write their own templates.
//! [`score_sheet`] writes and reads a panel member's own marks; [`comparison_sheet`] writes the comparison of bids. [`check`] does both from a pack's file alone, for the command line.

pub mod bid;
pub mod bid_template;
pub mod check;
pub mod child;
pub mod comparison_sheet;
pub mod demand;
pub mod finding;
pub mod fuzz;
pub mod price;
pub mod raw;
pub mod requirements;
pub mod score_sheet;
mod sheet_writer;
mod table;

pub use child::Reader;
pub use finding::{Finding, Reading, Severity};
pub use raw::{Unreadable, Workbook, read_here};
pub use sheet_writer::WriteFault;

/// The largest upload that is read, in bytes (20 MiB).
pub const UPLOAD_CAP: usize = 20 * 1024 * 1024;
