//! The bundle of evidence: all that led to the results of a procurement, as files, and how anybody checks them without the
//! program's database (DOMAIN rule 17; PA23 s.98).
//!
//! [`verify`] proves, in this order: that every file is the one that was signed; that the ledger is whole; that packs,
//! tests of award models, submissions, marks, marks of record, declarations and results are what the ledger says, none missing
//! and none added; that the tests told with the pack are of the models that were published, and found what these do;
//! that each lot's marks were fixed, and signed, before its prices were opened, and that whatever changed later was approved by a
//! second person and signed anew; that whoever was disregarded was heard where the law asks for it, and by two people, and that
//! each result leaves out those and no others; and that every result follows, byte for
//! byte, from the pack, the fixed marks and the prices it names. It stops at the first fault and names its place.
//!
//! What a bundle cannot prove: whose the key is. A forger may sign with a key of his own, so that whoever verifies should
//! know the installation's public key from elsewhere, for instance from a bidder's receipt.

mod assigned;
mod changed;
mod check;
mod free;
mod order;
mod outcomes;
mod recorded;
mod released;
mod replay;
mod rows;
mod tested;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

pub use check::{verify, verify_records};
pub use outcomes::{OutcomeDecision, OutcomeReply, OutcomeRow};
pub use released::ReleaseRow;
pub use rows::{
    AssignmentRow, BidRow, ChangeDecision, ChangeRow, ClearanceRow, ConsensusRow, FixedMark, InterestRow,
    LedgerRow, LockRow, LockStatement, MarkRow, PersonRow, ResultRow, SubmissionRow, Submissions,
    TestDecision, TestRow, marks_hash,
};

/// What the manifest of a bundle says it is.
pub const KIND: &str = "commonlot evidence 1";
/// What the signed statement of a lock says it is.
pub const LOCK_KIND: &str = "commonlot quality lock 1";

/// What the signed statement of a change after a lock says it is.
pub const CHANGE_KIND: &str = "commonlot quality change 1";

/// The files of a bundle, by their names.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The names of a bundle's files.
pub mod name {
    /// What the bundle is and how it is checked, for people.
    pub const README: &str = "README.txt";
    /// Every other file with its hash: [`super::Manifest`].
    pub const MANIFEST: &str = "manifest.json";
    /// The signature over the manifest's bytes: [`super::Signature`].
    pub const SIGNATURE: &str = "signature.json";
    /// The procurement's chain, a [`super::LedgerRow`] a line.
    pub const LEDGER: &str = "ledger.jsonl";
    /// The tests of award models: a list of [`super::TestRow`]. Bundles from before the laboratory do not have it.
    pub const TESTS: &str = "tests.json";
    /// What was submitted and what was opened: [`super::Submissions`].
    pub const SUBMISSIONS: &str = "submissions.json";
    /// Who marked which part of a lot: a list of [`super::AssignmentRow`]. Older bundles do not have it.
    pub const ASSIGNMENTS: &str = "assignments.json";
    /// Every revision of every panel member's mark: a list of [`super::MarkRow`].
    pub const MARKS: &str = "marks.json";
    /// Every revision of every mark of record: a list of [`super::ConsensusRow`].
    pub const CONSENSUS: &str = "consensus.json";
    /// The declarations of interest: a list of [`super::InterestRow`].
    pub const INTERESTS: &str = "interests.json";
    /// The quality locks: a list of [`super::LockRow`].
    pub const LOCKS: &str = "locks.json";
    /// The changes of marks of record after a lock: a list of [`super::ChangeRow`]. Older bundles do not have it.
    pub const CHANGES: &str = "changes.json";
    /// The grounds that were raised against tenders: a list of [`super::OutcomeRow`]. Older bundles do not have it.
    pub const OUTCOMES: &str = "outcomes.json";
    /// The answers as they were released to the panel.
    pub const RELEASES: &str = "releases.json";
    /// Who the people behind the ids are: a list of [`super::PersonRow`].
    pub const PEOPLE: &str = "people.json";
    /// Every result that was computed: a list of [`super::ResultRow`].
    pub const RESULTS: &str = "results.json";

    /// The file of a version of the pack.
    #[must_use]
    pub fn pack(number: i64) -> String {
        format!("packs/{number}.json")
    }

    /// The file with what a test found.
    #[must_use]
    pub fn test(id: &str) -> String {
        format!("tests/{id}.json")
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
    /// How many tests of award models.
    pub tests: usize,
    /// How many of these were told with the publication and found the same again. Of an engine of another version none is tried.
    pub tests_again: usize,
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
