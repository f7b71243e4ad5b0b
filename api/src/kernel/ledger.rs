//! The ledger: one entry per change, in the change's own transaction, chained by hash.
//!
//! Operations note what they did with [`Writing::record`]; the entries are chained when the transaction ends, so that a
//! chain's head is the last row locked. Bodies hold ids and facts; a person's own words go in as a salted hash
//! ([`text_hash`]), so that they can be erased after retention without breaking the chain.

use entity::{ledger_entry, ledger_head};
use rules::evidence::{Head, LedgerRow};
use rules::ledger::{Entry, GENESIS};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;
use uuid::Uuid;

use super::{Paging, Reading, Refusal, Slice, Writing, clock};

/// The chain of everything that belongs to no procurement: councils, people, keys.
pub const PEOPLE: &str = "people";

/// A change to be recorded.
#[derive(Clone, Debug)]
pub struct Record {
    chain: String,
    action: &'static str,
    subject: String,
    reason: Option<String>,
    body: Value,
    sealed: bool,
}

impl Record {
    /// A change in a procurement. `action` reads `stage.noun.verb`; the body holds integers and strings only.
    pub fn new(procurement_id: Uuid, action: &'static str, subject: impl ToString, body: Value) -> Self {
        Self {
            chain: procurement_id.to_string(),
            action,
            subject: subject.to_string(),
            reason: None,
            body,
            sealed: false,
        }
    }

    /// A change to councils, people or keys.
    pub fn people(action: &'static str, subject: impl ToString, body: Value) -> Self {
        Self { chain: PEOPLE.to_owned(), ..Self::new(Uuid::nil(), action, subject, body) }
    }

    /// Says why.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// Hides the entry until the tender box is opened, so that not even the number of bidders shows (DOMAIN rule 1).
    #[must_use]
    pub fn sealed(mut self) -> Self {
        self.sealed = true;
        self
    }
}

/// A person's own words as the ledger keeps them: SHA-256 over a salt, which stands beside the words, and the words.
#[must_use]
pub fn text_hash(salt: Uuid, words: &str) -> String {
    rules::ledger::text_hash(salt.into_bytes(), words)
}

pub(super) async fn append(w: &Writing, records: Vec<Record>) -> Result<(), Refusal> {
    // One chain at a time, in the order of their names, so that two transactions never wait for each other.
    let mut records = records;
    records.sort_by(|a, b| a.chain.cmp(&b.chain));
    let mut rest = records.as_slice();
    while let Some(first) = rest.first() {
        let length = rest.iter().take_while(|record| record.chain == first.chain).count();
        let (chain, others) = rest.split_at(length);
        append_chain(w, &first.chain, chain).await?;
        rest = others;
    }
    Ok(())
}

async fn append_chain(w: &Writing, chain: &str, records: &[Record]) -> Result<(), Refusal> {
    let mut head = lock_head(w, chain).await?;
    for record in records {
        let entry = Entry {
            chain: chain.to_owned(),
            number: head.number + 1,
            at: clock::rfc3339(w.now()),
            actor: w.caller().principal(),
            action: record.action.to_owned(),
            subject: record.subject.clone(),
            reason: record.reason.clone(),
            body: record.body.clone(),
        };
        let hash = entry.hash(&head.hash).map_err(|error| Refusal::internal(&error))?;
        let row = ledger_entry::ActiveModel {
            chain: Set(entry.chain),
            number: Set(entry.number),
            at: Set(entry.at),
            actor: Set(entry.actor),
            action: Set(entry.action),
            subject: Set(entry.subject),
            reason: Set(entry.reason),
            body: Set(serde_json::to_string(&entry.body)?),
            hash: Set(hash.clone()),
            sealed: Set(record.sealed),
        };
        ledger_entry::Entity::insert(row).exec_without_returning(w.txn()).await?;
        head.number += 1;
        head.hash = hash;
    }
    ledger_head::Entity::update_many()
        .col_expr(ledger_head::Column::Number, head.number.into())
        .col_expr(ledger_head::Column::Hash, head.hash.into())
        .filter(ledger_head::Column::Chain.eq(chain))
        .exec(w.txn())
        .await?;
    Ok(())
}

/// Takes the end of a procurement's chain before its time: for an operation whose instant decides something, so that it
/// waits for nobody between reading the clock and writing.
pub async fn hold(w: &Writing, procurement_id: Uuid) -> Result<(), Refusal> {
    lock_head(w, &procurement_id.to_string()).await.map(|_| ())
}

async fn lock_head(w: &Writing, chain: &str) -> Result<ledger_head::Model, Refusal> {
    let genesis = ledger_head::ActiveModel {
        chain: Set(chain.to_owned()),
        number: Set(0),
        hash: Set(GENESIS.to_owned()),
    };
    ledger_head::Entity::insert(genesis).on_conflict_do_nothing().exec_without_returning(w.txn()).await?;
    ledger_head::Entity::find_by_id(chain.to_owned())
        .lock_exclusive()
        .one(w.txn())
        .await?
        .ok_or_else(|| Refusal::internal(&"a ledger chain lost its head"))
}

/// The end of a procurement's chain: the number and hash of its last entry.
pub async fn head(r: &Reading, procurement_id: Uuid) -> Result<(i64, String), Refusal> {
    let head = ledger_head::Entity::find_by_id(procurement_id.to_string()).one(r.txn()).await?;
    Ok(head.map_or((0, GENESIS.to_owned()), |head| (head.number, head.hash)))
}

/// A procurement's entries, oldest first, without those that are sealed unless `sealed` is set. The caller has been let
/// in by the operation that asks.
pub async fn entries(
    r: &Reading,
    procurement_id: Uuid,
    sealed: bool,
    paging: &Paging,
) -> Result<Slice<ledger_entry::Model>, Refusal> {
    let mut query =
        ledger_entry::Entity::find().filter(ledger_entry::Column::Chain.eq(procurement_id.to_string()));
    if !sealed {
        query = query.filter(ledger_entry::Column::Sealed.eq(false));
    }
    if let Some(after) = paging.after_key::<i64>()? {
        query = query.filter(ledger_entry::Column::Number.gt(after));
    }
    let rows = query.order_by_asc(ledger_entry::Column::Number).limit(paging.limit + 1).all(r.txn()).await?;
    Ok(paging.cut(rows, |row| row.number.to_string()))
}

/// A procurement's whole chain, sealed entries too, with its end. The caller has been let in by the operation that asks, after
/// the opening.
pub async fn chain(r: &Reading, procurement_id: Uuid) -> Result<(Vec<LedgerRow>, Head), Refusal> {
    let (number, hash) = head(r, procurement_id).await?;
    let rows = of_chain(r, &procurement_id.to_string()).await?;
    let rows = rows.into_iter().map(|row| {
        let (entry, hash) = entry_of(row);
        LedgerRow { entry, hash }
    });
    Ok((rows.collect(), Head { number, hash }))
}

async fn of_chain(r: &Reading, chain: &str) -> Result<Vec<ledger_entry::Model>, Refusal> {
    Ok(ledger_entry::Entity::find()
        .filter(ledger_entry::Column::Chain.eq(chain))
        .order_by_asc(ledger_entry::Column::Number)
        .all(r.txn())
        .await?)
}

/// A row's entry, and its hash.
fn entry_of(row: ledger_entry::Model) -> (Entry, String) {
    let entry = Entry {
        chain: row.chain,
        number: row.number,
        at: row.at,
        actor: row.actor,
        action: row.action,
        subject: row.subject,
        reason: row.reason,
        // A body that is no longer JSON cannot hash to what it was.
        body: serde_json::from_str(&row.body).unwrap_or(Value::Null),
    };
    (entry, row.hash)
}

/// What `verify` found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many chains were read.
    pub chains: usize,
    /// How many entries were read.
    pub entries: i64,
    /// The first fault, as a sentence.
    pub fault: Option<String>,
}

/// Reads every chain and names the first entry that does not follow from the one before.
pub async fn verify(r: &Reading) -> Result<Verified, Refusal> {
    let heads = ledger_head::Entity::find().order_by_asc(ledger_head::Column::Chain).all(r.txn()).await?;
    let mut verified = Verified { chains: heads.len(), entries: 0, fault: None };
    for head in &heads {
        let rows = of_chain(r, &head.chain).await?;
        verified.entries += head.number;
        let entries = rows.into_iter().map(entry_of);
        if let Err(broken) = rules::ledger::verify(entries, (head.number, head.hash.as_str())) {
            verified.fault = Some(format!("chain {}, entry {}: {}", head.chain, broken.number, broken.what));
            return Ok(verified);
        }
    }
    let headless = ledger_entry::Entity::find()
        .filter(ledger_entry::Column::Chain.is_not_in(heads.iter().map(|head| head.chain.as_str())))
        .one(r.txn())
        .await?;
    if let Some(entry) = headless {
        verified.fault = Some(format!("chain {} has entries and no head", entry.chain));
    }
    Ok(verified)
}
