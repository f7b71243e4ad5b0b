//! The records of a bundle, as its files hold them.

use serde::{Deserialize, Serialize};

use crate::assignment::Assignment;
use crate::canonical::{self, Unfit};
use crate::laboratory::Expected;
use crate::ledger::Entry;
use crate::mark_change::ChangeState;
use crate::signed::Signed;

/// An entry of the ledger with its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerRow {
    /// The entry.
    pub entry: Entry,
    /// Its hash.
    pub hash: String,
}

/// What was submitted and what was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Submissions {
    /// Every submission, also replaced, withdrawn and late ones.
    pub submissions: Vec<SubmissionRow>,
    /// The submissions that were opened as bids.
    pub bids: Vec<BidRow>,
}

/// A test of a lot's award model, before publication (METHODS 0.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestRow {
    /// Its id.
    pub id: String,
    /// The lot's id.
    pub lot: String,
    /// 1 for the lot's first.
    pub number: i64,
    /// The prices it was tried on.
    pub expected: Expected,
    /// What was tested: [`model_hash`](crate::laboratory::model_hash).
    pub model: String,
    /// SHA-256 of what was found.
    pub hash: String,
    /// The version of the engine that found it.
    pub engine_version: String,
    /// How many findings are serious.
    pub serious: i64,
    /// How many ask whether they are meant.
    pub attend: i64,
    /// Who tested, by id.
    pub tested_by: String,
    /// When.
    pub tested_at: String,
    /// What was decided about it, if anything was.
    pub decision: Option<TestDecision>,
}

/// What was decided about the findings of a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestDecision {
    /// What, and why.
    pub words: String,
    /// Who recorded it, by id.
    pub decided_by: String,
    /// When.
    pub decided_at: String,
}

/// One submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubmissionRow {
    /// Its id.
    pub id: String,
    /// 1 for the bidder's first.
    pub number: i64,
    /// When it was received, RFC 3339 in UTC.
    pub received_at: String,
    /// Whether it counts as late.
    pub late: bool,
    /// When it was withdrawn, if it was.
    pub withdrawn_at: Option<String>,
    /// SHA-256 of its manifest.
    pub manifest_hash: String,
    /// The manifest: every file by its hash. Only of a submission that was opened; the others stay sealed.
    pub manifest: Option<String>,
}

/// A bid: a submission that was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BidRow {
    /// Its id.
    pub id: String,
    /// The submission's id.
    pub submission: String,
    /// The supplier's name.
    pub supplier: String,
}

/// A version of who marks which part of a lot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssignmentRow {
    /// Its id.
    pub id: String,
    /// The lot's id.
    pub lot: String,
    /// 1 for the lot's first.
    pub version: i64,
    /// Who marks what from then on.
    pub assignment: Assignment,
    /// Why; may be empty where nothing was marked yet.
    pub reason: String,
    /// Whom a substitute replaced, by id, where this is a substitution.
    pub member: Option<String>,
    /// The substitute, by id.
    pub substitute: Option<String>,
    /// Who assigned, by id.
    pub assigned_by: String,
    /// When.
    pub assigned_at: String,
}

/// A revision of one panel member's mark of one answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarkRow {
    /// Its id.
    pub id: String,
    /// The lot's id.
    pub lot: String,
    /// The bid's id.
    pub bid: String,
    /// The question's code.
    pub question: String,
    /// Who marked, by id.
    pub person: String,
    /// For which council, by id.
    pub council: String,
    /// The mark, as on the scale.
    pub value: String,
    /// Why.
    pub explanation: String,
    /// 1 for the first.
    pub revision: i64,
    /// When.
    pub marked_at: String,
}

/// A revision of the mark of record of one answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsensusRow {
    /// Its id.
    pub id: String,
    /// The lot's id.
    pub lot: String,
    /// The bid's id.
    pub bid: String,
    /// The question's code.
    pub question: String,
    /// The mark, as on the scale.
    pub value: String,
    /// Why.
    pub rationale: String,
    /// What is good about the answer.
    pub strengths: String,
    /// What it lacks.
    pub weaknesses: String,
    /// Where in the bid.
    pub reference: String,
    /// Who was present.
    pub present: String,
    /// Who disagreed, and why.
    pub dissent: String,
    /// Who recorded it, by id; of a change after the lock, who proposed it.
    pub moderator: String,
    /// 1 for the first.
    pub revision: i64,
    /// When.
    pub agreed_at: String,
}

/// What a person declared of its interests; each declaration is a row of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InterestRow {
    /// Its id.
    pub id: String,
    /// Who, by id.
    pub person: String,
    /// `none`, `mitigated` or `barred`.
    pub interest: String,
    /// The interest and what mitigates it.
    pub detail: String,
    /// 1 for the first declaration.
    pub version: i64,
    /// When.
    pub declared_at: String,
    /// Whether the bidders' names showed to the person who declared.
    pub bidders_known: bool,
    /// Whether two people cleared it before it opened anything.
    pub to_clear: bool,
    /// Who cleared it, oldest first.
    pub clearances: Vec<ClearanceRow>,
}

/// One person's word that an interest does not stand in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClearanceRow {
    /// Its id.
    pub id: String,
    /// Who cleared, by id.
    pub person: String,
    /// Why the mitigation is enough.
    pub detail: String,
    /// When.
    pub cleared_at: String,
}

/// A change of a mark of record after its lot was locked, as it was proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeRow {
    /// Its id.
    pub id: String,
    /// The lot's id.
    pub lot: String,
    /// The bid's id.
    pub bid: String,
    /// The question's code.
    pub question: String,
    /// The revision of the mark of record that it changes.
    pub revision: i64,
    /// The mark that is proposed, as on the scale.
    pub value: String,
    /// Its rationale.
    pub rationale: String,
    /// What is good about the answer.
    pub strengths: String,
    /// What it lacks.
    pub weaknesses: String,
    /// Where in the bid.
    pub reference: String,
    /// Who was present.
    pub present: String,
    /// Who disagreed, and why.
    pub dissent: String,
    /// Why the mark of record is changed.
    pub reason: String,
    /// `proposed`, `approved`, `rejected` or `taken_back`.
    pub state: ChangeState,
    /// Who proposed it, by id.
    pub proposed_by: String,
    /// When.
    pub proposed_at: String,
    /// The second person's word.
    pub decision: Option<ChangeDecision>,
    /// The id of the mark of record that it became, once it is approved.
    pub consensus: Option<String>,
    /// [`marks_hash`] of what is fixed from then on.
    pub marks_hash: Option<String>,
    /// The same, signed: a [`LockStatement`].
    pub signed: Option<Signed>,
}

/// A second person's word on a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeDecision {
    /// Why.
    pub reason: String,
    /// Who, by id.
    pub decided_by: String,
    /// When.
    pub decided_at: String,
}

/// A lot whose quality is locked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockRow {
    /// The lot's id.
    pub lot: String,
    /// When.
    pub locked_at: String,
    /// By whom, by id.
    pub locked_by: String,
    /// SHA-256 over the marks of record: [`marks_hash`].
    pub marks_hash: String,
    /// What was fixed, signed: a [`LockStatement`]. Nothing in locks from before they were signed.
    pub signed: Option<Signed>,
}

/// Somebody with a part in the procurement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonRow {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The council's name.
    pub council: String,
    /// The roles, as words.
    pub roles: Vec<String>,
}

/// A result that was computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultRow {
    /// Its id.
    pub id: String,
    /// The lot's id.
    pub lot: String,
    /// 1 for the lot's first.
    pub revision: i64,
    /// SHA-256 of its bytes.
    pub hash: String,
    /// SHA-256 of what it was computed from.
    pub inputs_hash: String,
    /// When.
    pub computed_at: String,
    /// By whom, by id.
    pub computed_by: String,
}

/// What a lock says, as signed. Whoever has it from the day of the lock, or the ledger's entry that holds its hash, knows
/// that the marks were fixed before any price of the lot was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockStatement {
    /// [`LOCK_KIND`](super::LOCK_KIND), or [`CHANGE_KIND`](super::CHANGE_KIND) of a change after it.
    pub kind: String,
    /// The procurement's reference.
    pub reference: String,
    /// Its id.
    pub procurement: String,
    /// The lot's id.
    pub lot: String,
    /// Its code.
    pub lot_code: String,
    /// The hash of the pack.
    pub pack: String,
    /// How many marks of record.
    pub marks: usize,
    /// [`marks_hash`].
    pub marks_hash: String,
    /// When, RFC 3339 in UTC.
    pub locked_at: String,
}

/// One mark of record, as a lock fixes it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct FixedMark {
    /// The bid's id.
    pub bid: String,
    /// The question's code.
    pub question: String,
    /// The mark, as on the scale.
    pub value: String,
    /// Which revision.
    pub revision: i64,
}

/// The hash over what a lock fixes: the lot, the pack, and the marks of record in order.
pub fn marks_hash(lot: &str, pack_hash: &str, marks: &[FixedMark]) -> Result<String, Unfit> {
    #[derive(Serialize)]
    struct Sheet<'a> {
        lot: &'a str,
        pack_hash: &'a str,
        marks: &'a [FixedMark],
    }
    canonical::hash_of(&Sheet { lot, pack_hash, marks })
}
