//! What is kept of tests beside the pack: their record, and what the bundle of evidence holds of them.

use entity::model_test;
use rules::canonical::to_bytes;
use rules::evidence::{TestDecision, TestRow};
use rules::laboratory::{Expected, Laboratory, Tested};
use rules::money::Pence;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use uuid::Uuid;

use super::{of_pack, read};
use crate::kernel::clock::rfc3339;
use crate::kernel::{Reading, Refusal};
use crate::tendering::pack as packs;

/// The tests of every lot, as evidence: the rows, and what each found under its id. The caller has been let in by the operation that
/// asks.
pub(crate) async fn rows(r: &Reading, procurement_id: Uuid) -> Result<Vec<(TestRow, String)>, Refusal> {
    let rows = model_test::Entity::find()
        .filter(model_test::Column::ProcurementId.eq(procurement_id))
        .order_by_asc(model_test::Column::TestedAt)
        .order_by_asc(model_test::Column::Id)
        .all(r.txn())
        .await?;
    Ok(rows.into_iter().map(evidence).collect())
}

fn evidence(row: model_test::Model) -> (TestRow, String) {
    let decision = row.decision.zip(row.decided_by).zip(row.decided_at);
    let told = TestRow {
        id: row.id.to_string(),
        lot: row.lot_id.to_string(),
        number: row.number.into(),
        expected: Expected { low: Pence(row.low_pence), high: Pence(row.high_pence) },
        model: row.model_hash,
        hash: row.hash,
        engine_version: row.engine_version,
        serious: row.serious.into(),
        attend: row.attend.into(),
        tested_by: row.tested_by.to_string(),
        tested_at: rfc3339(row.tested_at),
        decision: decision.map(|((words, by), at)| TestDecision {
            words,
            decided_by: by.to_string(),
            decided_at: rfc3339(at),
        }),
    };
    (told, row.body)
}

/// The record that the award models were tested, to be kept with the pack.
#[derive(Serialize)]
struct LaboratoryRecord<'a> {
    reference: &'a str,
    title: &'a str,
    published: bool,
    pack_version: u32,
    pack_hash: Option<&'a str>,
    lots: Vec<LotRecord>,
}

#[derive(Serialize)]
struct LotRecord {
    lot: String,
    code: String,
    title: String,
    tested: Tested,
    /// The last test, if there is one.
    test: Option<TestRow>,
    found: Option<Laboratory>,
}

/// The record that the models of a pack were tested, as canonical JSON: of the published pack, or of the draft. For those who take
/// part in the procurement.
pub async fn record(r: &Reading, procurement_id: Uuid) -> Result<Vec<u8>, Refusal> {
    let view = packs::view(r, procurement_id).await?;
    let mut lots = Vec::new();
    for lot in of_pack(r, procurement_id, &view.pack).await? {
        let found = lot.last.as_ref().map(read).transpose()?;
        lots.push(LotRecord {
            lot: lot.lot_id.to_string(),
            code: lot.code,
            title: lot.title,
            tested: lot.tested,
            test: lot.last.map(|row| evidence(row).0),
            found,
        });
    }
    let record = LaboratoryRecord {
        reference: &view.pack.reference,
        title: &view.pack.title,
        published: view.published.is_some(),
        pack_version: view.pack.version,
        pack_hash: view.hash.as_deref(),
        lots,
    };
    to_bytes(&record).map_err(|error| Refusal::internal(&error))
}
