//! The comparison, each council's decision, the award and the signatures.

pub mod pages;
pub mod rest;
