//! Requirements and demand of several councils become one specification.
//!
//! An officer opens a procurement for a council, which leads it, and invites partners. Each council accepts with its
//! delegation, commitment and ceiling, enters what it needs and how much of it, and agrees the pooled list; when every
//! lead and core council has agreed, the specification stands and the tender can be made. Until publication pooling can
//! be reopened, with a reason.
//!
//! [`procurement`] is the exercise itself, [`participation`] a council in it, and [`role`] a person's part in it.

pub mod letters;
pub mod pages;
pub mod participation;
pub mod procurement;
pub mod rest;
pub mod role;
