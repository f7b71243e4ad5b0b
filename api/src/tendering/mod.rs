//! What bidders are told: lots, criteria, method, documents, and the publication that freezes them.

pub mod pages;
pub mod rest;
