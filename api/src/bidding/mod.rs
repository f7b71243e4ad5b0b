//! Suppliers' way in, their workbooks, the tender box and its opening.

pub mod pages;
pub mod rest;
