//! The laboratory through the API.

use entity::model_test;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use rules::laboratory::Finding;
use rules::money::Pence;
use serde_json::Value;
use uuid::Uuid;

use crate::http::reply::{Download, FileReply};
use crate::http::{Created, Json, Page, Reply, Signed};
use crate::kernel::Refusal;
use crate::kernel::clock::rfc3339;
use crate::tendering::laboratory::{self, LotTests, TestInput, TestView};

/// The operations of the laboratory.
pub struct Operations;

/// A lot and how far its award model is tested.
#[derive(Object)]
struct LotTested {
    lot_id: Uuid,
    /// The lot's code.
    code: String,
    title: String,
    /// `untested`, `outdated` (the model was changed since), `undecided` (what was found is to be decided on) or `settled`.
    tested: String,
    /// The last test.
    #[oai(skip_serializing_if_is_none)]
    last: Option<ModelTestSummary>,
}

/// A test of a lot's award model.
#[derive(Object)]
struct ModelTestSummary {
    id: Uuid,
    /// 1 for the lot's first.
    number: i32,
    /// The lowest evaluated price that was expected, in pounds.
    low: String,
    /// The highest.
    high: String,
    /// How many findings are serious.
    serious: i32,
    /// How many ask whether they are meant.
    attend: i32,
    /// SHA-256 of the model that was tested, in hex.
    model_hash: String,
    /// SHA-256 of what was found, in hex.
    hash: String,
    tested_at: String,
    /// What was decided about the findings, and why.
    #[oai(skip_serializing_if_is_none)]
    decision: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    decided_at: Option<String>,
    version: i64,
}

impl From<model_test::Model> for ModelTestSummary {
    fn from(row: model_test::Model) -> Self {
        Self {
            id: row.id,
            number: row.number,
            low: Pence(row.low_pence).to_string(),
            high: Pence(row.high_pence).to_string(),
            serious: row.serious,
            attend: row.attend,
            model_hash: row.model_hash,
            hash: row.hash,
            tested_at: rfc3339(row.tested_at),
            decision: row.decision,
            decided_at: row.decided_at.map(rfc3339),
            version: row.version,
        }
    }
}

impl From<LotTests> for LotTested {
    fn from(lot: LotTests) -> Self {
        Self {
            lot_id: lot.lot_id,
            code: lot.code,
            title: lot.title,
            tested: lot.tested.to_string(),
            last: lot.last.map(ModelTestSummary::from),
        }
    }
}

/// One thing that officers should know before they publish.
#[derive(Object)]
struct ModelFinding {
    /// The part of the laboratory: `relative`, `worth`, `flat`, `extremes`, `in_play`, `scales`, `ties` or `weights`.
    topic: String,
    /// What it is, for machines.
    matter: String,
    /// `serious`, `attend` or `note`.
    severity: String,
    /// The code of the lot or the question, or the name of the scale.
    place: String,
    /// What it is, with its figures, and what to do.
    told: String,
}

impl From<Finding> for ModelFinding {
    fn from(finding: Finding) -> Self {
        Self {
            topic: finding.topic.to_string(),
            matter: finding.matter.to_string(),
            severity: finding.severity.to_string(),
            place: finding.place,
            told: finding.told,
        }
    }
}

/// A test of a lot's award model with what it found.
#[derive(Object)]
struct ModelTest {
    #[oai(flatten)]
    summary: ModelTestSummary,
    lot_id: Uuid,
    /// `outdated`, `undecided` or `settled`: how far it goes for the model as it is now, or as it was published.
    tested: String,
    /// Whether the lot was not tested since.
    is_last: bool,
    /// The person and the council.
    tested_by: String,
    /// The person and the council.
    #[oai(skip_serializing_if_is_none)]
    decided_by: Option<String>,
    findings: Vec<ModelFinding>,
    /// All figures behind the findings, exact, as they were hashed.
    figures: Value,
}

impl ModelTest {
    fn new(view: TestView) -> Result<Self, Refusal> {
        Ok(Self {
            lot_id: view.row.lot_id,
            summary: view.row.into(),
            tested: view.tested.to_string(),
            is_last: view.is_last,
            tested_by: view.tested_by,
            decided_by: view.decided_by,
            figures: serde_json::to_value(&view.found)?,
            findings: view.found.findings.into_iter().map(ModelFinding::from).collect(),
        })
    }
}

/// The prices on which a model is tested.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct ModelTestBody {
    /// The lowest evaluated price that is expected over the term, net, in pounds, such as `200000.00`.
    low: String,
    /// The highest.
    high: String,
}

/// What was decided about the findings of a test.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct ModelDecisionBody {
    /// What, and why.
    decision: String,
}

#[OpenApi(tag = "crate::http::tags::Tag::Tendering")]
impl Operations {
    /// List the lots and how far the award model of each is tested. Bidders never read any of it.
    #[oai(
        path = "/procurements/:procurement_id/laboratory",
        method = "get",
        operation_id = "laboratory_list"
    )]
    async fn laboratory_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<LotTested>> {
        let path = format!("/api/v1/procurements/{}/laboratory", procurement_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            let lots = laboratory::lots(&r, procurement_id.0).await?;
            Ok(paging.cut_whole(lots, |lot| lot.lot_id.to_string())?.map(LotTested::from))
        })
        .await
    }

    /// Download the record that the award models were tested, as canonical JSON: to be kept beside the pack.
    #[oai(
        path = "/procurements/:procurement_id/laboratory.json",
        method = "get",
        operation_id = "laboratory_download"
    )]
    async fn laboratory_download(&self, Signed(call): Signed, procurement_id: Path<Uuid>) -> FileReply {
        let read = move |r| async move { laboratory::record(&r, procurement_id.0).await };
        FileReply::from(call.db.read(&call.caller, read).await.map(|bytes| Download {
            name: "laboratory.json".to_owned(),
            media_type: "application/json".to_owned(),
            bytes,
        }))
    }

    /// List the tests of a lot's award model, the last one first.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/tests",
        method = "get",
        operation_id = "model_test_list"
    )]
    async fn model_test_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<ModelTestSummary>> {
        let path = format!("/api/v1/procurements/{}/lots/{}/tests", procurement_id.0, lot_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            let slice = laboratory::list(&r, procurement_id.0, lot_id.0, &paging).await?;
            Ok(slice.map(ModelTestSummary::from))
        })
        .await
    }

    /// One test with what it found.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/tests/:test_id",
        method = "get",
        operation_id = "model_test_view"
    )]
    async fn model_test_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        test_id: Path<Uuid>,
    ) -> Reply<ModelTest> {
        call.read(move |r| async move {
            ModelTest::new(laboratory::one(&r, procurement_id.0, lot_id.0, test_id.0).await?)
        })
        .await
    }

    /// Test a lot's award model as it is now, on the prices that are expected. The coordinator only, before publication.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/tests",
        method = "post",
        operation_id = "model_test_add"
    )]
    async fn model_test_add(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<ModelTestBody>,
    ) -> Created<ModelTest> {
        let ModelTestBody { low, high } = body.0;
        let input = TestInput { low, high };
        call.create(key.0, move |w| async move {
            ModelTest::new(laboratory::test(&w, procurement_id.0, lot_id.0, input).await?)
        })
        .await
    }

    /// Record what was decided about the findings of a lot's last test, and why. Once: whoever decides anew tests again. The
    /// coordinator only, before publication. If-Match names the test's version.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/tests/:test_id/decision",
        method = "put",
        operation_id = "model_test_decide"
    )]
    async fn model_test_decide(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        test_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<ModelDecisionBody>,
    ) -> Reply<ModelTest> {
        let decision = body.0.decision;
        call.change(if_match.0, move |w, seen| async move {
            let (id, lot, test) = (procurement_id.0, lot_id.0, test_id.0);
            ModelTest::new(laboratory::decide(&w, id, lot, test, seen, &decision).await?)
        })
        .await
    }
}
