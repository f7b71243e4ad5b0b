//! The outbox: no mail without the change it tells of, no change without its mails.
//!
//! The transaction that records a change also inserts one row per recipient with the rendered RFC 822 bytes. A worker
//! hands the rows to the mail server ([`worker`]). Without a mail server they are withheld and can be read on the outbox
//! page. A mail may hold a one-time link but no durable secret; such a mail is shown to nobody and its bytes are blanked
//! once the server has it.

mod letter;
pub mod pause;
mod reading;
mod rows;
mod sealing;
pub mod smtp;
pub mod worker;

pub use letter::{Letter, Recipient};
pub use rows::{attempts, message, messages, release, serve_otherwise};
pub use sealing::text_of;
