//! Stories: what people and machines do with Commonlot, told from outside, one file a story.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a story that breaks off has failed")]

mod in_the_browser;
mod people;
mod starting;
mod the_readme;
mod steps;
mod the_edge;
