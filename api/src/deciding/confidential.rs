//! What the recommended bidder marked as confidential, beside what the other bidders would read of its tender: seen before the
//! award, with which the summaries go out (reg 31). Whether something is withheld is for the councils to decide (PA23 s.94);
//! a mark alone withholds nothing.

use uuid::Uuid;

use super::{assessment, evidence};
use crate::bidding::confidential;
use crate::kernel::{Paging, Reading, Refusal, Slice};

/// A criterion of which the recommended bidder marked something as confidential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    /// The question's code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// What is marked and why, in sentences.
    pub because: Vec<String>,
    /// The explanation that other bidders would read; empty where there is none yet.
    pub explanation: String,
    /// The place in the tender that it refers to.
    pub reference: String,
}

/// The criteria of a lot of which the recommended bidder marked something; nothing before a tender is recommended. For
/// everybody who may see the results.
pub async fn of_recommended(r: &Reading, procurement_id: Uuid, lot_id: Uuid) -> Result<Vec<Marked>, Refusal> {
    let scope = evidence::reading(r, procurement_id).await?;
    let lot = evidence::lot(r, &scope, lot_id).await?;
    let Some(recommendation) = evidence::recommendation(r, lot.id).await? else {
        return Ok(Vec::new());
    };
    let marked = confidential::of_bid(r, recommendation.bid_id).await?;
    if marked.is_empty() {
        return Ok(Vec::new());
    }
    let (_, pack) = evidence::pack(r, scope.id()).await?;
    let agreed = evidence::agreed(r, lot.id).await?;
    let found = assessment::lines(evidence::pack_lot(&pack, lot.id)?).into_iter().filter_map(|line| {
        let because = marked.get(&line.code)?.told();
        let row = agreed.get(&(recommendation.bid_id, line.code.clone()));
        Some(Marked {
            explanation: row.map(|row| row.rationale.clone()).unwrap_or_default(),
            reference: row.map(|row| row.reference.clone()).unwrap_or_default(),
            code: line.code,
            title: line.title,
            because,
        })
    });
    Ok(found.collect())
}

/// The same, in slices.
pub async fn list(
    r: &Reading,
    procurement_id: Uuid,
    lot_id: Uuid,
    paging: &Paging,
) -> Result<Slice<Marked>, Refusal> {
    let mut marked = of_recommended(r, procurement_id, lot_id).await?;
    if let Some(after) = &paging.after {
        let at = marked.iter().position(|one| one.code == *after);
        let unknown = || Refusal::field("after", "unknown_cursor", "Use the `next` of an earlier answer.");
        marked.drain(..=at.ok_or_else(unknown)?);
    }
    Ok(paging.cut(marked, |one| one.code.clone()))
}
