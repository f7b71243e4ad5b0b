//! Requirements and demand of several councils become one specification.
//!
//! An officer opens a procurement for a council, which leads it, and invites partners. Each council accepts with its
//! delegation, commitment and ceiling, enters what it needs and how much of it, and agrees the pooled list; when every
//! lead and core council has agreed, the specification stands and the tender can be made. Until publication pooling can
//! be reopened, with a reason.
//!
//! [`procurement`] is the exercise itself, [`participation`] a council in it, and [`role`] a person's part in it.
//! [`requirement`] is what one council asks for; [`pooled`] is the wording that several were merged into, and
//! [`agreement`] what each council thinks of the list. [`schedule`] lists what will be priced, [`demand`] how much of it
//! each council needs, and [`sheets`] takes both from councils' own spreadsheets.

pub mod agreement;
mod codes;
pub mod demand;
pub mod letters;
#[cfg(test)]
mod needs_tests;
pub mod pages;
pub mod participation;
pub mod pooled;
pub mod procurement;
pub mod requirement;
pub mod rest;
pub mod role;
pub mod schedule;
pub mod sheets;

#[cfg(test)]
mod tests;
