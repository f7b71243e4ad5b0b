//! Requirements and demand of several councils become one specification.

pub mod pages;
pub mod rest;
