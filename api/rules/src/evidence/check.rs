//! Whether a bundle is what was signed, and what its records are checked against.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    AssignmentRow, BidRow, ChangeRow, ConsensusRow, Fault, Files, InterestRow, KIND, LedgerRow, LockRow,
    Manifest, MarkRow, OutcomeRow, PersonRow, ReleaseRow, ResultRow, Signature, SubmissionRow, Submissions,
    TestRow, Verified, assigned, changed, free, name, order, outcomes, recorded, released, replay, tested,
};
use crate::canonical::{self, sha256_hex};
use crate::ledger::{self, Entry};
use crate::pack::Pack;
use crate::signed;

/// Checks a bundle and replays its results. `known_key` is the public key of the installation, in base64, where it is known
/// from elsewhere. Stops at the first fault.
pub fn verify(files: &Files, known_key: Option<&str>) -> Result<Verified, Fault> {
    let manifest: Manifest = json(files, name::MANIFEST)?;
    if manifest.kind != KIND {
        return Err(Fault::new(name::MANIFEST, format!("is a \"{}\", not a \"{KIND}\"", manifest.kind)));
    }
    let public_key = check_signature(files, known_key)?;
    check_files(files, &manifest)?;
    records(files, manifest, Some(public_key))
}

/// Checks the records of a procurement as they lie in the store, before they are made a bundle and signed: against the ledger,
/// in their order, and by computing the results again. The manifests of bids, which lie sealed, are not asked for.
pub fn verify_records(files: &Files, manifest: Manifest) -> Result<Verified, Fault> {
    records(files, manifest, None)
}

fn records(files: &Files, manifest: Manifest, public_key: Option<String>) -> Result<Verified, Fault> {
    let evidence = Evidence::read(files, manifest, public_key.is_some())?;
    recorded::check(&evidence)?;
    order::check(&evidence, public_key.as_deref())?;
    changed::check(&evidence, public_key.as_deref())?;
    outcomes::check(&evidence)?;
    released::check(&evidence)?;
    free::check(&evidence)?;
    assigned::check(&evidence)?;
    let tests_again = tested::check(&evidence)?;
    let results = replay::check(&evidence)?;
    Ok(Verified {
        public_key,
        entries: evidence.ledger.len(),
        submissions: evidence.submissions.len(),
        marks: evidence.marks.len(),
        agreed: evidence.consensus.len(),
        tests: evidence.tests.len(),
        tests_again,
        results,
        manifest: evidence.manifest,
    })
}

fn bytes<'a>(files: &'a Files, file: &str) -> Result<&'a [u8], Fault> {
    files.get(file).map(Vec::as_slice).ok_or_else(|| Fault::new(file, "the file is missing"))
}

fn json<T: DeserializeOwned>(files: &Files, file: &str) -> Result<T, Fault> {
    serde_json::from_slice(bytes(files, file)?)
        .map_err(|error| Fault::new(file, format!("cannot be read: {error}")))
}

/// The records of a file that bundles have only since there were such records.
fn later<T: DeserializeOwned>(files: &Files, file: &str) -> Result<Vec<T>, Fault> {
    if files.contains_key(file) { json(files, file) } else { Ok(Vec::new()) }
}

/// The key of a signature that holds.
fn check_signature(files: &Files, known_key: Option<&str>) -> Result<String, Fault> {
    let signature: Signature = json(files, name::SIGNATURE)?;
    signed::check(bytes(files, name::MANIFEST)?, &signature.signature, &signature.public_key).map_err(
        |fault| Fault::new(name::SIGNATURE, format!("{fault}: the manifest or its signature was changed")),
    )?;
    match known_key {
        Some(known) if known != signature.public_key => Err(Fault::new(
            name::SIGNATURE,
            format!("is made with the key {}, not with {known}", signature.public_key),
        )),
        _ => Ok(signature.public_key),
    }
}

/// Exactly the files that were signed, each as it was.
fn check_files(files: &Files, manifest: &Manifest) -> Result<(), Fault> {
    let apart = [name::MANIFEST, name::SIGNATURE];
    let found = files.keys().map(String::as_str).filter(|file| !apart.contains(file));
    if let Some(extra) = found.into_iter().find(|file| !manifest.files.contains_key(*file)) {
        return Err(Fault::new(extra, "the file is not in the manifest: it was added"));
    }
    for (file, hash) in &manifest.files {
        if sha256_hex(bytes(files, file)?) != *hash {
            return Err(Fault::new(file, "the file is not the one that was signed: it was changed"));
        }
    }
    Ok(())
}

/// A bundle's files as read.
pub(super) struct Evidence<'a> {
    pub(super) manifest: Manifest,
    pub(super) ledger: Vec<Entry>,
    /// Every version of the pack by its hash, with its number.
    pub(super) packs: BTreeMap<String, (i64, Pack)>,
    pub(super) tests: Vec<TestRow>,
    pub(super) submissions: Vec<SubmissionRow>,
    pub(super) bids: Vec<BidRow>,
    pub(super) assignments: Vec<AssignmentRow>,
    pub(super) marks: Vec<MarkRow>,
    pub(super) consensus: Vec<ConsensusRow>,
    pub(super) interests: Vec<InterestRow>,
    pub(super) changes: Vec<ChangeRow>,
    pub(super) outcomes: Vec<OutcomeRow>,
    pub(super) releases: Vec<ReleaseRow>,
    pub(super) locks: Vec<LockRow>,
    pub(super) results: Vec<ResultRow>,
    /// Whether it is a bundle, which has the manifest of every bid.
    pub(super) is_bundle: bool,
    files: &'a Files,
}

impl<'a> Evidence<'a> {
    fn read(files: &'a Files, manifest: Manifest, is_bundle: bool) -> Result<Self, Fault> {
        let Submissions { submissions, bids } = json(files, name::SUBMISSIONS)?;
        // Nothing is computed from the names; that they can be read is all there is to check.
        let _: Vec<PersonRow> = json(files, name::PEOPLE)?;
        let read = Self {
            ledger: read_ledger(files, &manifest)?,
            packs: read_packs(files)?,
            tests: later(files, name::TESTS)?,
            changes: later(files, name::CHANGES)?,
            outcomes: later(files, name::OUTCOMES)?,
            releases: later(files, name::RELEASES)?,
            submissions,
            bids,
            assignments: later(files, name::ASSIGNMENTS)?,
            marks: json(files, name::MARKS)?,
            consensus: json(files, name::CONSENSUS)?,
            interests: json(files, name::INTERESTS)?,
            locks: json(files, name::LOCKS)?,
            results: json(files, name::RESULTS)?,
            manifest,
            is_bundle,
            files,
        };
        read.must_need_every_file()?;
        Ok(read)
    }

    /// A result's bytes, or what it was computed from.
    pub(super) fn bytes(&self, file: &str) -> Result<&'a [u8], Fault> {
        bytes(self.files, file)
    }

    /// Nothing rides along that nobody checks.
    fn must_need_every_file(&self) -> Result<(), Fault> {
        let fixed = [
            name::README,
            name::MANIFEST,
            name::SIGNATURE,
            name::LEDGER,
            name::TESTS,
            name::CHANGES,
            name::OUTCOMES,
            name::RELEASES,
            name::SUBMISSIONS,
            name::ASSIGNMENTS,
            name::MARKS,
            name::CONSENSUS,
            name::INTERESTS,
            name::LOCKS,
            name::PEOPLE,
            name::RESULTS,
        ];
        let packs = self.packs.values().map(|(number, _)| name::pack(*number));
        let tests = self.tests.iter().map(|row| name::test(&row.id));
        let results = self.results.iter().flat_map(|row| [name::result(&row.id), name::inputs(&row.id)]);
        let known: BTreeSet<String> =
            fixed.into_iter().map(str::to_owned).chain(packs).chain(tests).chain(results).collect();
        match self.files.keys().find(|file| !known.contains(*file)) {
            Some(file) => Err(Fault::new(file, "the file belongs to no record")),
            None => Ok(()),
        }
    }

    /// The entries of one action, in the order in which they were made.
    pub(super) fn entries(&self, action: &str) -> impl Iterator<Item = &Entry> {
        self.ledger.iter().filter(move |entry| entry.action == action)
    }
}

/// The chain, whole.
fn read_ledger(files: &Files, manifest: &Manifest) -> Result<Vec<Entry>, Fault> {
    let text = std::str::from_utf8(bytes(files, name::LEDGER)?)
        .map_err(|error| Fault::new(name::LEDGER, format!("is not text: {error}")))?;
    let mut rows = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let row: LedgerRow = serde_json::from_str(line)
            .map_err(|error| Fault::new(place(name::LEDGER, at + 1), format!("cannot be read: {error}")))?;
        if row.entry.chain != manifest.procurement {
            return Err(Fault::new(place(name::LEDGER, at + 1), "is of another procurement"));
        }
        rows.push((row.entry, row.hash));
    }
    let head = (manifest.ledger.number, manifest.ledger.hash.as_str());
    ledger::verify(rows.iter().map(|(entry, hash)| (entry.clone(), hash)), head)
        .map_err(|broken| Fault::new(name::LEDGER, broken.to_string()))?;
    Ok(rows.into_iter().map(|(entry, _)| entry).collect())
}

fn read_packs(files: &Files) -> Result<BTreeMap<String, (i64, Pack)>, Fault> {
    let mut packs = BTreeMap::new();
    for number in 1.. {
        let file = name::pack(number);
        let Some(bytes) = files.get(&file) else { break };
        packs.insert(sha256_hex(bytes), (number, json(files, &file)?));
    }
    if packs.is_empty() {
        return Err(Fault::new(name::pack(1), "the file is missing"));
    }
    Ok(packs)
}

/// A line or record of a file.
pub(super) fn place(file: &str, what: impl std::fmt::Display) -> String {
    format!("{file}, {what}")
}

/// Refuses unless the ledger's entry says of a record what the record says of itself.
pub(super) fn agrees(entry: &Entry, key: &str, said: &Value, place: &str) -> Result<(), Fault> {
    let recorded = entry.body.get(key).unwrap_or(&Value::Null);
    if recorded == said {
        return Ok(());
    }
    let what = match canonical::to_bytes(recorded).map(String::from_utf8) {
        Ok(Ok(text)) => text,
        _ => "something unreadable".to_owned(),
    };
    Err(Fault::new(place, format!("its {key} is {said}; entry {} of the ledger says {what}", entry.number)))
}
