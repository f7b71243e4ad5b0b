//! Interests, marks, consensus, and the ranking they lead to.
//!
//! The coordinator may divide a lot among the panel ([`assignment`]). Panel members declare their interests, mark alone and blind to each other and to price, and submit their marks lot by
//! lot. Then a moderator records with the panel the mark of record for each answer. Once a lot's quality is locked its
//! prices are seen and its result is computed; a mark changes then only with a reason and by two people ([`change`]).
//! [`bundle`] hands all of it to whoever checks it. Who may see what, and from when, is decided in the operations here
//! and never by a page ([`panel`]).

pub mod lot;
pub mod assignment;
pub mod panel;
pub mod answer;
pub mod mark;
pub mod draft;
pub mod consistency;
pub mod offline;
pub mod sheet;
pub mod moderation;
pub mod agreement;
pub mod consensus;
pub mod lock;
pub mod change;
pub mod prices;
pub mod result;
pub mod moved;
pub mod sensitivity;
pub mod bundle;
pub mod desk;

pub mod pages;
pub mod rest;

use crate::kernel::{Paging, Refusal, Slice};

/// Cuts a list that was made in memory; the cursor counts items. Only for lists that are as long as a panel or a lot.
fn cut<T>(items: Vec<T>, paging: &Paging) -> Result<Slice<T>, Refusal> {
    let start = paging.after_key::<usize>()?.unwrap_or(0);
    let limit = usize::try_from(paging.limit).unwrap_or(usize::MAX);
    let end = start.saturating_add(limit);
    let next = (end < items.len()).then(|| end.to_string());
    Ok(Slice { items: items.into_iter().skip(start).take(limit).collect(), next })
}

#[cfg(test)]
mod tests;
