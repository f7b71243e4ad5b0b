//! What every stage stands on: the store and its transactions, who is calling, what they may reach, the record of what
//! was done, the mails it caused, and the one way to say no.

pub mod access;
pub mod caller;
pub mod clock;
pub mod db;
pub mod faults;
pub mod files;
pub mod identity;
pub mod ledger;
pub mod limit;
pub mod outbox;
pub mod paging;
pub mod refusal;
pub mod seal;
pub mod secrets;
pub mod signed;
#[cfg(test)]
pub(crate) mod testing;

pub use caller::{Action, Caller};
pub use db::{Db, Reading, Writing};
pub use faults::Faults;
pub use paging::{Paging, Slice};
pub use refusal::Refusal;
