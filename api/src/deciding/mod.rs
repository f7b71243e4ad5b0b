//! The comparison, each council's decision, the award and the signatures.
//!
//! When a lot's quality is locked and its result computed, everybody in the procurement sees the bids side by side
//! ([`comparison`]). The coordinator recommends the bid that the published method put first ([`recommendation`]); each
//! signatory decides by its own body, or the lead decides for it under a delegation in force ([`decision`],
//! [`delegation`]). When all have decided to award, the coordinator makes the award ([`award`]), which allocates the price
//! to the penny and queues a letter to every council and every bidder in the same transaction ([`letters`]); before, it is
//! settled which passages the other bidders do not read ([`withholding`]). The day on which the contract award notice was
//! published starts the standstill ([`notice`]), after which the contracts are signed ([`signature`]); [`standing`] says
//! how far a lot has come. Named options read along and never block.

pub mod comparison;
pub mod recommendation;
pub mod delegation;
pub mod decision;
pub mod withholding;
pub mod award;
pub mod notice;
pub mod signature;
pub mod standing;

pub mod assessment;
mod evidence;
pub mod letters;
pub mod pages;
pub mod rest;
#[cfg(test)]
mod tests;
