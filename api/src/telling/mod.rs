//! Who is told what, when, and with which answer of the mail server.
//!
//! The letters of a procurement ([`letter`]) were written by the stages that had something to tell, each in the
//! transaction that made it so; here they are read, released where they were withheld, and marked as served where the
//! recipient was told in another way. The [`outbox`] shows the same over all procurements, and the mails that belong to
//! none: welcomes and new passwords. A letter that holds a one-time link is shown to nobody.

pub mod letter;
pub mod outbox;
pub mod pages;
pub mod rest;

#[cfg(test)]
mod tests;
