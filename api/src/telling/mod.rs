//! Who is told what, when, and with which answer of the mail server.

pub mod pages;
pub mod rest;
