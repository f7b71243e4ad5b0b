//! What a bundle holds of the scoring, as evidence.

use std::collections::BTreeSet;

use entity::{
    consensus, interest_clearance, interest_declaration, mark, procurement_role, quality_lock, result,
};
use rules::evidence::{
    AssignmentRow, ChangeRow, ClearanceRow, ConsensusRow, Files, InterestRow, LockRow, MarkRow, OutcomeRow,
    PersonRow, ReleaseRow, ResultRow, TestRow, name,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::json;
use crate::bidding::outcome::evidence as outcomes;
use crate::bidding::release;
use crate::kernel::clock::rfc3339;
use crate::kernel::{Reading, Refusal};
use crate::people::person::with_councils;
use crate::scoring::{assignment, change};
use crate::tendering::interest::standing;
use crate::tendering::laboratory;

/// The records of a procurement's scoring, each in the order in which it was made.
pub(super) struct Records {
    tests: Vec<TestRow>,
    assignments: Vec<AssignmentRow>,
    marks: Vec<MarkRow>,
    consensus: Vec<ConsensusRow>,
    interests: Vec<InterestRow>,
    locks: Vec<LockRow>,
    changes: Vec<ChangeRow>,
    outcomes: Vec<OutcomeRow>,
    releases: Vec<ReleaseRow>,
    results: Vec<ResultRow>,
    people: Vec<PersonRow>,
    /// The results and what they were computed from, by name.
    bodies: Files,
}

impl Records {
    pub(super) async fn read(r: &Reading, procurement: Uuid) -> Result<Self, Refusal> {
        let (results, mut bodies) = results(r, procurement).await?;
        let mut tests = Vec::new();
        for (row, found) in laboratory::rows(r, procurement).await? {
            bodies.insert(name::test(&row.id), found.into_bytes());
            tests.push(row);
        }
        let mut records = Self {
            tests,
            assignments: assignment::view::rows(r, procurement).await?,
            marks: marks(r, procurement).await?,
            consensus: agreed(r, procurement).await?,
            interests: interests(r, procurement).await?,
            locks: locks(r, procurement).await?,
            changes: change::view::rows(r, procurement).await?,
            outcomes: outcomes::rows(r, procurement).await?,
            releases: release::rows(r, procurement).await?,
            people: Vec::new(),
            results,
            bodies,
        };
        records.people = people(r, procurement, records.named()).await?;
        Ok(records)
    }

    /// Everybody whom a record names.
    fn named(&self) -> BTreeSet<Uuid> {
        let ids = self
            .marks
            .iter()
            .map(|row| &row.person)
            .chain(self.assigned())
            .chain(self.tests.iter().map(|row| &row.tested_by))
            .chain(self.tests.iter().filter_map(|row| row.decision.as_ref()).map(|told| &told.decided_by))
            .chain(self.consensus.iter().map(|row| &row.moderator))
            .chain(self.interests.iter().map(|row| &row.person))
            .chain(self.interests.iter().flat_map(|row| &row.clearances).map(|row| &row.person))
            .chain(self.locks.iter().map(|row| &row.locked_by))
            .chain(self.changes.iter().map(|row| &row.proposed_by))
            .chain(self.changes.iter().filter_map(|row| row.decision.as_ref()).map(|told| &told.decided_by))
            .chain(self.releases.iter().map(|row| &row.released_by))
            .chain(self.outcomes.iter().map(|row| &row.raised_by))
            .chain(self.outcomes.iter().filter_map(|row| row.decision.as_ref()).map(|told| &told.decided_by))
            .chain(self.results.iter().map(|row| &row.computed_by));
        ids.filter_map(|id| id.parse().ok()).collect()
    }

    /// Everybody who assigned, was assigned, or replaced.
    fn assigned(&self) -> impl Iterator<Item = &String> {
        self.assignments.iter().flat_map(|row| {
            let members = row.assignment.parts.iter().flat_map(|part| &part.members);
            members.chain(&row.assignment.replaced).chain([&row.assigned_by])
        })
    }

    /// The files they make.
    pub(super) fn files(self) -> Result<Files, Refusal> {
        let mut files = self.bodies;
        for (file, bytes) in [
            (name::TESTS, json(&self.tests)?),
            (name::ASSIGNMENTS, json(&self.assignments)?),
            (name::MARKS, json(&self.marks)?),
            (name::CONSENSUS, json(&self.consensus)?),
            (name::INTERESTS, json(&self.interests)?),
            (name::LOCKS, json(&self.locks)?),
            (name::CHANGES, json(&self.changes)?),
            (name::OUTCOMES, json(&self.outcomes)?),
            (name::RELEASES, json(&self.releases)?),
            (name::RESULTS, json(&self.results)?),
            (name::PEOPLE, json(&self.people)?),
        ] {
            files.insert(file.to_owned(), bytes);
        }
        Ok(files)
    }
}

async fn marks(r: &Reading, procurement: Uuid) -> Result<Vec<MarkRow>, Refusal> {
    let rows = mark::Entity::find()
        .filter(mark::Column::ProcurementId.eq(procurement))
        .order_by_asc(mark::Column::MarkedAt)
        .order_by_asc(mark::Column::Id)
        .all(r.txn())
        .await?;
    let rows = rows.into_iter().map(|row| MarkRow {
        id: row.id.to_string(),
        lot: row.lot_id.to_string(),
        bid: row.bid_id.to_string(),
        question: row.question,
        person: row.person_id.to_string(),
        council: row.council_id.to_string(),
        value: row.value,
        explanation: row.explanation,
        revision: row.revision.into(),
        marked_at: rfc3339(row.marked_at),
    });
    Ok(rows.collect())
}

async fn agreed(r: &Reading, procurement: Uuid) -> Result<Vec<ConsensusRow>, Refusal> {
    let rows = consensus::Entity::find()
        .filter(consensus::Column::ProcurementId.eq(procurement))
        .order_by_asc(consensus::Column::AgreedAt)
        .order_by_asc(consensus::Column::Id)
        .all(r.txn())
        .await?;
    let rows = rows.into_iter().map(|row| ConsensusRow {
        id: row.id.to_string(),
        lot: row.lot_id.to_string(),
        bid: row.bid_id.to_string(),
        question: row.question,
        value: row.value,
        rationale: row.rationale,
        strengths: row.strengths,
        weaknesses: row.weaknesses,
        reference: row.reference,
        present: row.present,
        dissent: row.dissent,
        moderator: row.moderator_id.to_string(),
        revision: row.revision.into(),
        agreed_at: rfc3339(row.agreed_at),
    });
    Ok(rows.collect())
}

async fn interests(r: &Reading, procurement: Uuid) -> Result<Vec<InterestRow>, Refusal> {
    let rows = interest_declaration::Entity::find()
        .filter(interest_declaration::Column::ProcurementId.eq(procurement))
        .order_by_asc(interest_declaration::Column::DeclaredAt)
        .order_by_asc(interest_declaration::Column::Id)
        .all(r.txn())
        .await?;
    let mut clearances = standing::clearances(r, rows.iter().map(|row| row.id).collect()).await?;
    let rows = rows.into_iter().map(|row| InterestRow {
        id: row.id.to_string(),
        person: row.person_id.to_string(),
        interest: row.interest.0.to_string(),
        detail: row.detail,
        version: row.version,
        declared_at: rfc3339(row.declared_at),
        bidders_known: row.bidders_known,
        to_clear: row.to_clear,
        clearances: clearances.remove(&row.id).unwrap_or_default().into_iter().map(clearance).collect(),
    });
    Ok(rows.collect())
}

fn clearance(row: interest_clearance::Model) -> ClearanceRow {
    ClearanceRow {
        id: row.id.to_string(),
        person: row.person_id.to_string(),
        detail: row.detail,
        cleared_at: rfc3339(row.cleared_at),
    }
}

async fn locks(r: &Reading, procurement: Uuid) -> Result<Vec<LockRow>, Refusal> {
    let rows = quality_lock::Entity::find()
        .filter(quality_lock::Column::ProcurementId.eq(procurement))
        .order_by_asc(quality_lock::Column::LockedAt)
        .order_by_asc(quality_lock::Column::LotId)
        .all(r.txn())
        .await?;
    let mut locks = Vec::with_capacity(rows.len());
    for row in rows {
        locks.push(LockRow {
            lot: row.lot_id.to_string(),
            locked_at: rfc3339(row.locked_at),
            locked_by: row.locked_by.to_string(),
            marks_hash: row.marks_hash,
            signed: row.signed.map(|text| serde_json::from_str(&text)).transpose()?,
        });
    }
    Ok(locks)
}

/// The results, and the bytes they consist of. One from before its inputs were kept goes without them, and does not verify.
async fn results(r: &Reading, procurement: Uuid) -> Result<(Vec<ResultRow>, Files), Refusal> {
    let rows = result::Entity::find()
        .filter(result::Column::ProcurementId.eq(procurement))
        .order_by_asc(result::Column::ComputedAt)
        .order_by_asc(result::Column::Id)
        .all(r.txn())
        .await?;
    let (mut results, mut bodies) = (Vec::with_capacity(rows.len()), Files::new());
    for row in rows {
        let id = row.id.to_string();
        bodies.insert(name::result(&id), row.body.into_bytes());
        if let Some(inputs) = row.inputs {
            bodies.insert(name::inputs(&id), inputs.into_bytes());
        }
        results.push(ResultRow {
            lot: row.lot_id.to_string(),
            revision: row.revision.into(),
            hash: row.hash,
            inputs_hash: row.inputs_hash,
            computed_at: rfc3339(row.computed_at),
            computed_by: row.computed_by.to_string(),
            id,
        });
    }
    Ok((results, bodies))
}

/// Everybody with a role, and everybody else whom a record names.
async fn people(r: &Reading, procurement: Uuid, named: BTreeSet<Uuid>) -> Result<Vec<PersonRow>, Refusal> {
    let roles = procurement_role::Entity::find()
        .filter(procurement_role::Column::ProcurementId.eq(procurement))
        .all(r.txn())
        .await?;
    let ids: BTreeSet<Uuid> = roles.iter().map(|row| row.person_id).chain(named).collect();
    let people = with_councils(r, ids.into_iter().collect()).await?;
    let rows = people.into_iter().map(|(person, council)| {
        let own = roles.iter().filter(|row| row.person_id == person.id);
        let mut own: Vec<String> = own.map(|row| row.role.0.to_string()).collect();
        own.sort();
        PersonRow { id: person.id.to_string(), name: person.name, council, roles: own }
    });
    Ok(rows.collect())
}
