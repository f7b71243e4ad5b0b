//! The bundle of evidence: all that led to the results of a procurement, as files, and how anybody checks them without the
//! program's database (DOMAIN rule 17; PA23 s.98).
//!
//! [`verify`] proves, in this order: that every file is the one that was signed; that the ledger is whole; that packs,
//! submissions, marks, marks of record, declarations and results are what the ledger says, none missing and none added;
//! that each lot's marks were fixed, and signed, before its prices were opened; and that every result follows, byte for
//! byte, from the pack, the fixed marks and the prices it names. It stops at the first fault and names its place.
//!
//! What a bundle cannot prove: whose the key is. A forger may sign with a key of his own, so that whoever verifies should
//! know the installation's public key from elsewhere, for instance from a bidder's receipt.

mod check;
mod order;
mod recorded;
mod replay;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::canonical::{self, Unfit};
use crate::ledger::Entry;
use crate::signed::Signed;

pub use check::{verify, verify_records};

/// What the manifest of a bundle says it is.
pub const KIND: &str = "commonlot evidence 1";
/// What the signed statement of a lock says it is.
pub const LOCK_KIND: &str = "commonlot quality lock 1";

/// The files of a bundle, by their names.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The name of each file that every bundle has.
pub mod name {
    /// What the bundle is and how it is checked, for people.
    pub const README: &str = "README.txt";
    /// Every other file with its hash: [`super::Manifest`].
    pub const MANIFEST: &str = "manifest.json";
    /// The signature over the manifest's bytes: [`super::Signature`].
    pub const SIGNATURE: &str = "signature.json";
    /// The procurement's chain, a [`super::LedgerRow`] a line.
    pub const LEDGER: &str = "ledger.jsonl";
    /// What was submitted and what was opened: [`super::Submissions`].
    pub const SUBMISSIONS: &str = "submissions.json";
    /// Every revision of every panel member's mark: a list of [`super::MarkRow`].
    pub const MARKS: &str = "marks.json";
    /// Every revision of every mark of record: a list of [`super::ConsensusRow`].
    pub const CONSENSUS: &str = "consensus.json";
    /// The declarations of interest: a list of [`super::InterestRow`].
    pub const INTERESTS: &str = "interests.json";
    /// The quality locks: a list of [`super::LockRow`].
    pub const LOCKS: &str = "locks.json";
    /// Who the people behind the ids are: a list of [`super::PersonRow`].
    pub const PEOPLE: &str = "people.json";
    /// Every result that was computed: a list of [`super::ResultRow`].
    pub const RESULTS: &str = "results.json";

    /// The file of a version of the pack.
    #[must_use]
    pub fn pack(number: i64) -> String {
        format!("packs/{number}.json")
    }

    /// The file with a result's bytes.
    #[must_use]
    pub fn result(id: &str) -> String {
        format!("results/{id}.json")
    }

    /// The file with what a result was computed from.
    #[must_use]
    pub fn inputs(id: &str) -> String {
        format!("inputs/{id}.json")
    }
}

/// What a bundle holds. Its bytes are signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`KIND`].
    pub kind: String,
    /// The procurement's id, which names its chain in the ledger.
    pub procurement: String,
    /// Its reference.
    pub reference: String,
    /// Its title.
    pub title: String,
    /// When the bundle was made, RFC 3339 in UTC.
    pub made_at: String,
    /// The engine that computed the results.
    pub engine: String,
    /// Its version when the bundle was made.
    pub engine_version: String,
    /// The end of the ledger's chain.
    pub ledger: Head,
    /// SHA-256 of every file but the manifest and its signature, in hex, by name.
    pub files: BTreeMap<String, String>,
}

/// The end of a chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The number of its last entry.
    pub number: i64,
    /// The hash of its last entry.
    pub hash: String,
}

/// A signature over the bytes of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The signature, in base64.
    pub signature: String,
    /// The public key to check it with, in base64: 32 bytes.
    pub public_key: String,
}

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
    /// Who recorded it, by id.
    pub moderator: String,
    /// 1 for the first.
    pub revision: i64,
    /// When.
    pub agreed_at: String,
}

/// What a person has declared last.
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
    /// [`LOCK_KIND`].
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

/// What an untouched bundle proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The manifest.
    pub manifest: Manifest,
    /// The key that signed it, in base64; nothing where it was not signed.
    pub public_key: Option<String>,
    /// How many entries the ledger has.
    pub entries: usize,
    /// How many submissions there are.
    pub submissions: usize,
    /// How many marks, with every revision.
    pub marks: usize,
    /// How many marks of record, with every revision.
    pub agreed: usize,
    /// Every result, replayed.
    pub results: Vec<Replayed>,
}

/// A result that was computed again and came out the same, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// The lot's code.
    pub lot_code: String,
    /// 1 for the lot's first.
    pub revision: i64,
    /// SHA-256 of its bytes.
    pub hash: String,
    /// The supplier of the one bid of rank 1, if it is one.
    pub winner: Option<String>,
    /// The version of the engine that computed it first.
    pub engine_version: String,
}

/// The first thing that is wrong with a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file, and what in it.
    pub place: String,
    /// What is wrong.
    pub what: String,
}

impl Fault {
    /// What is wrong, and where.
    pub fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

impl std::error::Error for Fault {}
