//! Operations from the comparison to the contract, on a store of their own.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod awarding;
mod correcting;
mod deciding;
mod letters;
mod pages;
pub(super) mod rows;
mod scene;
mod seeing;
mod withholding;
