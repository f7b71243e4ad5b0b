//! The edge: what both faces share. Problem documents and replies of the API ([`problem`], [`reply`]), visits to pages
//! ([`visit`]) and how they end where something goes wrong ([`failure`]), the guards around every request ([`guards`]), and the look ([`shell`], [`fields`], [`charts`], [`texts`]).

pub mod charts;
pub mod failure;
pub mod fields;
pub mod forms;
pub mod guards;
pub mod json;
pub mod problem;
pub mod reply;
pub mod shell;
mod source;
mod summary;
pub mod tags;
pub mod texts;
mod together;
pub mod visit;

pub use forms::Posted;
pub use json::{Json, MaybeJson};
pub use reply::{Created, Page, Reply, Signed, Stranger};
pub(crate) use together::operations;
pub use visit::{PageResult, SupplierVisit, Visit};
