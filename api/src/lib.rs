//! Commonlot: councils pool their ICT requirements, tender once, take bids as spreadsheets, score them jointly, decide
//! council by council, and tell everybody what was decided and why.
//!
//! The rooms, in the order in which a procurement runs: [`people`] and then the six stages [`pooling`], [`tendering`],
//! [`bidding`], [`scoring`], [`deciding`] and [`telling`]; [`overview`] says where they stand. They stand on the [`kernel`] and meet the world at the edge
//! ([`http`]); [`server`] puts it all together. Each stage has the same shape: `mod.rs` says what happens there, a file a
//! noun holds its operations, `rest.rs` and `pages.rs` are its two faces, and `letters.rs` the mails it sends.

// The map, in reading order.
pub mod people;
pub mod pooling;
pub mod tendering;
pub mod bidding;
pub mod scoring;
pub mod deciding;
pub mod telling;
pub mod overview;

pub mod demo;

pub mod kernel;

pub mod http;
pub mod server;

pub mod commands;
pub mod config;
