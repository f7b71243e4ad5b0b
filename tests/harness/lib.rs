//! What the stories stand on: the real program, started and killed from outside; the people and machines that talk
//! to it; the post box that its letters arrive in; a real browser.
//!
//! In reading order:
//! - [`stores`]: where a story happens (SQLite, PostgreSQL), and the macros that make a story a test
//! - [`program`]: start `commonlot`, kill it, start it again on the same store
//! - [`rest`]: a partner council's machine, over the REST API
//! - [`pages`]: an officer's or a supplier's browser without JavaScript
//! - [`post_box`]: an SMTP server that logs what it accepts and refuses as told
//! - [`traces`]: everything the program has left behind on disk, in rows and in its log
//! - [`browser`]: Chromium, with screenshots and axe
//! - [`missing`]: what happens on a machine that lacks one of these
#![allow(
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::return_self_not_must_use,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "every function here is an assertion: it panics with what it saw, which is how a test fails"
)]

pub mod browser;
mod cookies;
pub mod machine;
pub mod missing;
pub mod pages;
pub mod post_box;
pub mod program;
pub mod rest;
pub mod stores;
pub mod traces;

#[cfg(test)]
mod checks;

pub use browser::Browser;
pub use missing::Need;
pub use pages::{Form, Page, Visitor};
pub use post_box::{Mail, PostBox};
pub use program::Program;
pub use rest::{Answer, Rest};
pub use stores::Store;
