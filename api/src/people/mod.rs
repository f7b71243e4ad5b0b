//! Who takes part: councils, their people, and the secrets that let people and systems in.
//!
//! The first administrator is made with a one-time link that is printed at first start; there is no default account. A
//! site administrator adds councils and their administrators; a council's administrator invites its people and makes its
//! keys. Passwords are Argon2id, sessions and keys are stored as hashes, and every change stands in the ledger's chain
//! `people`.

pub mod council;
pub mod first_administrator;
pub mod key;
pub mod letters;
pub mod pages;
pub mod password;
pub mod person;
pub mod rest;
pub mod session;
pub mod sign_in;
