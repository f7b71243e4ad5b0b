//! Interests, marks, consensus, and the ranking they lead to.

pub mod pages;
pub mod rest;
