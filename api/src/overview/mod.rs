//! Where things stand: the steps of a procurement and what is missing for each ([`journey`]), what waits for a person over
//! all procurements ([`tasks`]), what was done ([`history`]), and the manual ([`manual`]).
//!
//! Nothing is kept here: every answer is derived from what the stages hold. So a step is done when its stage has done it,
//! never because somebody ticked it.

mod facts;
pub mod history;
pub mod journey;
pub mod manual;
pub mod pages;
pub mod rest;
pub mod tasks;

#[cfg(test)]
mod tests;
