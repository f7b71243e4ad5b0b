//! A council that signs, with its decision, as the pages of a lot's decision show it.

use rules::money::Pence;
use rules::words::Verdict;

use crate::deciding::decision::Signatory;
use crate::deciding::standing::Standing;
use crate::kernel::clock::day_text;

/// A signatory's row.
pub(super) struct SignatoryRow {
    pub(super) council: String,
    pub(super) share: String,
    pub(super) state: &'static str,
    pub(super) kind: &'static str,
    pub(super) key_decision: bool,
    pub(super) by: String,
    pub(super) taken: String,
    pub(super) effective: String,
    pub(super) reason: String,
    pub(super) signed: String,
    /// Where its decision is recorded or changed; empty where the caller may not.
    pub(super) change: String,
}

/// The rows of a lot; `base` is the address of the page on which decisions are recorded.
pub(super) fn rows(standing: &Standing, base: &str) -> Vec<SignatoryRow> {
    standing.signatories.iter().map(|one| row(one, standing, base)).collect()
}

fn row(one: &Signatory, standing: &Standing, base: &str) -> SignatoryRow {
    let decision = one.decision.as_ref();
    let (state, kind) = match decision {
        None => ("Not decided", "plain"),
        Some(_) if one.awards || standing.awarded.is_some() => ("Award", "good"),
        Some(row) if row.verdict.0 == Verdict::Refuse => ("Do not award", "bad"),
        Some(_) => ("On an earlier recommendation", "warn"),
    };
    let signed = standing.awarded.as_ref().and_then(|awarded| {
        let signed = awarded.signatures.iter().find(|signed| signed.council_id == one.council_id)?;
        Some(day_text(signed.signed_on))
    });
    let delegated = |row: &entity::decision::Model| {
        let by = if row.by_delegation { ", by the lead under delegation" } else { "" };
        format!("{}, {}{by}", row.body, row.minute)
    };
    let change = format!("{base}?lot={}&council={}#decide", standing.lot.id, one.council_id);
    SignatoryRow {
        council: one.council.clone(),
        share: one.share.map(Pence::pounds).unwrap_or_default(),
        state,
        kind,
        key_decision: decision.is_some_and(|row| row.key_decision),
        by: decision.map(delegated).unwrap_or_default(),
        taken: decision.map(|row| day_text(row.taken_on)).unwrap_or_default(),
        effective: decision.map(|row| day_text(row.effective_on)).unwrap_or_default(),
        reason: decision.map(|row| row.reason.clone()).unwrap_or_default(),
        signed: signed.unwrap_or_default(),
        change: if one.may_record { change } else { String::new() },
    }
}
