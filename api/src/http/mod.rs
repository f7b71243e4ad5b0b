//! The edge: what both faces share. Problem documents and replies of the API ([`problem`], [`reply`]), visits to pages
//! ([`visit`]), the guards around every request ([`guards`]), and the look ([`shell`], [`fields`], [`charts`]).

pub mod charts;
pub mod fields;
pub mod forms;
pub mod guards;
pub mod json;
pub mod problem;
pub mod reply;
pub mod shell;
pub mod tags;
mod together;
pub mod visit;

pub use forms::Posted;
pub use json::{Json, MaybeJson};
pub use reply::{Created, Page, Reply, Signed, Stranger};
pub(crate) use together::operations;
pub use visit::{PageResult, SupplierVisit, Visit};
