//! Properties of the methods that hold for all inputs.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod money;
mod panel;
mod ranking;

use rules::exact::Exact;

fn exact(text: &str) -> Exact {
    text.parse().unwrap()
}

fn part(over: i64, under: i64) -> Exact {
    Exact::ratio(over, under).unwrap()
}
