//! The laboratory: a lot's award model tested before publication, on the prices that the councils expect (METHODS 0.1).
//!
//! The coordinator says which prices are expected and tests. What was found is kept as it was found, with the hash of the model it is
//! of: a model that is changed is to be tested again. What officers decide about the findings stands beside them. Publication names
//! the tests that are of the published models, so that the evidence can prove that they are.
//!
//! Bidders never read any of it: it tells what the councils expect to pay.
//!
//! An untested model may be published (2026-11): no law asks for a test, and a short request for quotations may do without. The page
//! on which a tender is published says what was not tested, and so does the record.

mod record;

use entity::model_test;
use rules::canonical::{sha256_hex, to_bytes};
use rules::laboratory::{Expected, Laboratory, LaboratoryFault, Severity, Tested, examine, model_hash};
use rules::money::Pence;
use rules::pack::{Pack, PackLot};
use rules::record::ENGINE_VERSION;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use uuid::Uuid;

use super::changing;
use super::pack::{self as packs, PackView};
use crate::kernel::ledger::{Record, text_hash};
use crate::kernel::refusal::FieldFault;
use crate::kernel::{Faults, Paging, Reading, Refusal, Slice, Writing};
use crate::people::person;

pub use record::record;
pub(crate) use record::rows;

/// The most characters of a decision.
const MOST_WORDS: usize = 5_000;

/// The prices on which a model is tested.
#[derive(Clone, Debug, Default)]
pub struct TestInput {
    /// The lowest evaluated price that is expected, in pounds.
    pub low: String,
    /// The highest.
    pub high: String,
}

/// A lot and how far its award model is tested.
#[derive(Clone, Debug)]
pub struct LotTests {
    /// The lot's id.
    pub lot_id: Uuid,
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// How far.
    pub tested: Tested,
    /// The last test.
    pub last: Option<model_test::Model>,
}

/// A test with what it found.
#[derive(Clone, Debug)]
pub struct TestView {
    /// As it is stored.
    pub row: model_test::Model,
    /// What was found.
    pub found: Laboratory,
    /// How far this test goes for the model as it is now, or as it was published.
    pub tested: Tested,
    /// Whether the lot was not tested since.
    pub is_last: bool,
    /// The person and the council.
    pub tested_by: String,
    /// The person and the council.
    pub decided_by: Option<String>,
}

/// Tests a lot's award model as it is now. The coordinator only, before publication.
pub async fn test(
    w: &Writing,
    procurement_id: Uuid,
    lot_id: Uuid,
    input: TestInput,
) -> Result<TestView, Refusal> {
    changing(w, procurement_id).await?;
    let view = packs::draft(w, procurement_id).await?;
    let lot = lot_of(&view.pack, lot_id)?.clone();
    let expected = expected(&input)?;
    let model = model_hash(&view.pack, &lot).map_err(|error| Refusal::internal(&error))?;
    let pack = view.pack.clone();
    // Counting totals takes a while in a large lot: not on a thread that serves others.
    let found = tokio::task::spawn_blocking(move || examine(&pack, &lot, &expected))
        .await
        .map_err(|error| Refusal::internal(&error))?
        .map_err(|fault| unfit(&fault))?;
    let body = to_bytes(&found).map_err(|error| Refusal::internal(&error))?;
    let body = String::from_utf8(body).map_err(|error| Refusal::internal(&error))?;
    let number = of_lot(w, procurement_id, lot_id).await?.first().map_or(1, |last| last.number + 1);
    let row = model_test::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(procurement_id),
        lot_id: Set(lot_id),
        number: Set(number),
        low_pence: Set(expected.low.0),
        high_pence: Set(expected.high.0),
        model_hash: Set(model),
        hash: Set(sha256_hex(body.as_bytes())),
        body: Set(body),
        engine_version: Set(ENGINE_VERSION.to_owned()),
        serious: Set(count(&found, Severity::Serious)),
        attend: Set(count(&found, Severity::Attend)),
        tested_by: Set(w.caller().person()?.id),
        tested_at: Set(w.now()),
        decision: Set(None),
        decided_by: Set(None),
        decided_at: Set(None),
        version: Set(1),
    };
    let row = model_test::Entity::insert(row).exec_with_returning(w.txn()).await?;
    let facts = json!({
        "lot": lot_id,
        "number": row.number,
        "low_pence": row.low_pence,
        "high_pence": row.high_pence,
        "model_hash": row.model_hash,
        "hash": row.hash,
        "engine_version": row.engine_version,
        "serious": row.serious,
        "attend": row.attend,
    });
    w.record(Record::new(procurement_id, "tendering.award_model.test", row.id, facts));
    described(w, &view, row).await
}

/// Records what was decided about the findings of a lot's last test, and why: once, so that nothing that was decided is lost. The
/// coordinator only, before publication, and of a model that was not changed since. `seen` is the test's version.
pub async fn decide(
    w: &Writing,
    procurement_id: Uuid,
    lot_id: Uuid,
    test_id: Uuid,
    seen: i64,
    decision: &str,
) -> Result<TestView, Refusal> {
    changing(w, procurement_id).await?;
    let before = one(w, procurement_id, lot_id, test_id).await?;
    if before.row.version != seen {
        return Err(Refusal::stale());
    }
    if !before.is_last {
        return Err(Refusal::conflict(
            "tested_again",
            "This lot was tested again since. Decide about what its last test found.",
        ));
    }
    if before.tested == Tested::Outdated {
        return Err(Refusal::conflict(
            "model_changed",
            "The award model was changed after this test. Test it again, then decide about what is found.",
        ));
    }
    if before.row.decision.is_some() {
        return Err(Refusal::conflict(
            "decided_already",
            "What was found here is decided on, and stays so. To decide anew, test again.",
        ));
    }
    let mut faults = Faults::new();
    let decision = faults.reason("decision", decision, MOST_WORDS);
    faults.done()?;
    let by = w.caller().person()?.id;
    let changed = model_test::Entity::update_many()
        .col_expr(model_test::Column::Decision, Expr::value(decision.as_str()))
        .col_expr(model_test::Column::DecidedBy, Expr::value(by))
        .col_expr(model_test::Column::DecidedAt, Expr::value(w.now()))
        .col_expr(model_test::Column::Version, Expr::value(seen + 1))
        .filter(model_test::Column::Id.eq(test_id))
        .filter(model_test::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if changed.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    let facts = json!({ "lot": lot_id, "decision": text_hash(test_id, &decision), "version": seen + 1 });
    w.record(Record::new(procurement_id, "tendering.award_model.decide", test_id, facts));
    one(w, procurement_id, lot_id, test_id).await
}

/// Every lot and how far its model is tested, in the order of the pack.
pub async fn lots(r: &Reading, procurement_id: Uuid) -> Result<Vec<LotTests>, Refusal> {
    let view = packs::view(r, procurement_id).await?;
    of_pack(r, procurement_id, &view.pack).await
}

/// A lot's tests, the last one first.
pub async fn list(
    r: &Reading,
    procurement_id: Uuid,
    lot_id: Uuid,
    paging: &Paging,
) -> Result<Slice<model_test::Model>, Refusal> {
    let view = packs::view(r, procurement_id).await?;
    lot_of(&view.pack, lot_id)?;
    paging.cut_whole(of_lot(r, procurement_id, lot_id).await?, |row| row.id.to_string())
}

/// A test with what it found.
pub async fn one(
    r: &Reading,
    procurement_id: Uuid,
    lot_id: Uuid,
    test_id: Uuid,
) -> Result<TestView, Refusal> {
    let view = packs::view(r, procurement_id).await?;
    let row = model_test::Entity::find_by_id(test_id)
        .filter(model_test::Column::ProcurementId.eq(procurement_id))
        .filter(model_test::Column::LotId.eq(lot_id))
        .one(r.txn())
        .await?
        .ok_or_else(|| Refusal::not_found("test"))?;
    described(r, &view, row).await
}

/// A lot with its last test, if it was tested.
pub async fn last(
    r: &Reading,
    procurement_id: Uuid,
    lot_id: Uuid,
) -> Result<(PackLot, Option<TestView>), Refusal> {
    let view = packs::view(r, procurement_id).await?;
    let lot = lot_of(&view.pack, lot_id)?.clone();
    let row = of_lot(r, procurement_id, lot_id).await?.into_iter().next();
    Ok(match row {
        Some(row) => (lot, Some(described(r, &view, row).await?)),
        None => (lot, None),
    })
}

/// The tests that are of the models in a pack, each with its lot: what publication tells of them.
pub(super) async fn told(r: &Reading, procurement_id: Uuid, pack: &Pack) -> Result<Vec<Value>, Refusal> {
    let lots = of_pack(r, procurement_id, pack).await?;
    let told = lots.into_iter().filter(|lot| lot.tested != Tested::Outdated);
    Ok(told.filter_map(|lot| Some(json!({ "lot": lot.lot_id, "hash": lot.last?.hash }))).collect())
}

fn expected(input: &TestInput) -> Result<Expected, Refusal> {
    let mut faults = Faults::new();
    let expected = Expected { low: faults.money("low", &input.low), high: faults.money("high", &input.high) };
    if !faults.has("low") {
        let fits = expected.low > Pence::ZERO;
        faults.require(fits, "low", "out_of_range", "Enter a price above £0.00.");
    }
    if !faults.has("low") && !faults.has("high") {
        let fits = expected.high > expected.low;
        faults.require(fits, "high", "out_of_range", "Enter a price above the lowest one.");
    }
    faults.done()?;
    Ok(expected)
}

/// Why a model cannot be tested, each reason for itself.
fn unfit(fault: &LaboratoryFault) -> Refusal {
    let fields = match fault {
        LaboratoryFault::PackUnfit(problems) => problems.clone(),
        _ => Vec::new(),
    };
    let field = |message| FieldFault { field: String::new(), code: fault.code().to_owned(), message };
    let mut detail = fault.to_string();
    if let Some(first) = detail.get(..1).map(str::to_uppercase) {
        detail.replace_range(..1, &first);
    }
    Refusal { fields: fields.into_iter().map(field).collect(), ..Refusal::conflict(fault.code(), detail) }
}

fn count(found: &Laboratory, severity: Severity) -> i32 {
    let count = found.findings.iter().filter(|finding| finding.severity == severity).count();
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn lot_of(pack: &Pack, lot_id: Uuid) -> Result<&PackLot, Refusal> {
    let id = lot_id.to_string();
    pack.lots.iter().find(|lot| lot.id == id).ok_or_else(|| Refusal::not_found("lot"))
}

/// A lot's tests, the last one first. The caller has been let in by the operation that asks.
async fn of_lot(r: &Reading, procurement_id: Uuid, lot_id: Uuid) -> Result<Vec<model_test::Model>, Refusal> {
    Ok(model_test::Entity::find()
        .filter(model_test::Column::ProcurementId.eq(procurement_id))
        .filter(model_test::Column::LotId.eq(lot_id))
        .order_by_desc(model_test::Column::Number)
        .all(r.txn())
        .await?)
}

/// The caller has been let in by the operation that asks.
async fn of_pack(r: &Reading, procurement_id: Uuid, pack: &Pack) -> Result<Vec<LotTests>, Refusal> {
    let mut lots = Vec::with_capacity(pack.lots.len());
    for lot in &pack.lots {
        let lot_id = lot.id.parse().map_err(|error: uuid::Error| Refusal::internal(&error))?;
        let last = of_lot(r, procurement_id, lot_id).await?.into_iter().next();
        let tested = last.as_ref().map_or(Tested::Untested, |row| tested(pack, lot, row));
        lots.push(LotTests { lot_id, code: lot.code.clone(), title: lot.title.clone(), tested, last });
    }
    Ok(lots)
}

fn tested(pack: &Pack, lot: &PackLot, row: &model_test::Model) -> Tested {
    let of_this_model = model_hash(pack, lot).is_ok_and(|model| model == row.model_hash);
    Tested::by(of_this_model, row.serious + row.attend > 0, row.decision.is_some())
}

/// What was found, as it is stored. What is no longer what was recorded is never shown.
fn read(row: &model_test::Model) -> Result<Laboratory, Refusal> {
    if sha256_hex(row.body.as_bytes()) != row.hash {
        return Err(Refusal::internal(&format!("the test {} does not match its hash", row.id)));
    }
    Ok(serde_json::from_str(&row.body)?)
}

async fn described(r: &Reading, view: &PackView, row: model_test::Model) -> Result<TestView, Refusal> {
    let lot = lot_of(&view.pack, row.lot_id)?;
    let ids = std::iter::once(row.tested_by).chain(row.decided_by).collect();
    let people = person::with_councils(r, ids).await?;
    let name = |id: Uuid| {
        let found = people.iter().find(|(person, _)| person.id == id);
        found.map(|(person, council)| format!("{}, {council}", person.name)).unwrap_or_default()
    };
    let all = of_lot(r, view.procurement.id, row.lot_id).await?;
    Ok(TestView {
        found: read(&row)?,
        tested: tested(&view.pack, lot, &row),
        is_last: all.first().is_some_and(|last| last.id == row.id),
        tested_by: name(row.tested_by),
        decided_by: row.decided_by.map(name),
        row,
    })
}
