//! The laboratory through pages: every lot and how far it is tested, and a lot's test with its findings.

use askama::Template;
use entity::model_test;
use poem::web::{Path, Query};
use poem::{IntoResponse, handler};
use rules::laboratory::{Finding, Severity, Tested};
use rules::money::Pence;
use rules::pack::PackLot;
use serde::Deserialize;
use uuid::Uuid;

use super::findings::Figures;
use super::{base, entrance, shell};
use crate::http::fields::{AreaField, TextField};
use crate::http::reply::Download;
use crate::http::shell::{FieldErrors, Shell};
use crate::http::visit::{done, form_errors, form_page, next_page, page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::clock::london_text;
use crate::kernel::{Paging, Refusal};
use crate::tendering::laboratory::{self, LotTests, TestInput, TestView};

/// The path of the laboratory; a lot's tests lie below.
fn room(id: Uuid) -> String {
    format!("{}/laboratory", base(id))
}

/// The colour of how far a lot is tested.
pub(super) const fn kind(tested: Tested) -> &'static str {
    match tested {
        Tested::Untested | Tested::Outdated | Tested::Undecided => "warn",
        Tested::Settled => "good",
    }
}

/// The prices of a test, and what it found, in a few words.
struct TestRow {
    href: String,
    number: i32,
    when: String,
    prices: String,
    serious: i32,
    attend: i32,
    decision: String,
}

impl TestRow {
    fn new(id: Uuid, row: &model_test::Model) -> Self {
        Self {
            href: format!("{}/{}/tests/{}", room(id), row.lot_id, row.id),
            number: row.number,
            when: london_text(row.tested_at),
            prices: prices(row),
            serious: row.serious,
            attend: row.attend,
            decision: row.decision.clone().unwrap_or_else(|| "–".to_owned()),
        }
    }
}

fn prices(row: &model_test::Model) -> String {
    format!("{} to {}", Pence(row.low_pence).pounds(), Pence(row.high_pence).pounds())
}

struct LotRow {
    href: String,
    code: String,
    title: String,
    tested: &'static str,
    kind: &'static str,
    last: Option<TestRow>,
}

#[derive(Template)]
#[template(path = "tendering/laboratory.html")]
struct LaboratoryPage {
    shell: Shell,
    lots: Vec<LotRow>,
}

#[handler]
pub(super) async fn lots(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    let (scope, _) = entrance(&visit, id).await?;
    let lots = visit.read(move |r| async move { laboratory::lots(&r, id).await }).await?;
    let rows = lots.into_iter().map(|LotTests { lot_id, code, title, tested, last }| LotRow {
        href: format!("{}/{lot_id}", room(id)),
        code,
        title,
        tested: tested.label(),
        kind: kind(tested),
        last: last.map(|row| TestRow::new(id, &row)),
    });
    page(&LaboratoryPage {
        lots: rows.collect(),
        shell: shell(&visit, &scope, "Laboratory")
            .action("Download the record", format!("{}.json", room(id))),
    })
}

#[handler]
pub(super) async fn record(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    let bytes = visit.read(move |r| async move { laboratory::record(&r, id).await }).await?;
    let name = "laboratory.json".to_owned();
    Ok(Download { name, media_type: "application/json".to_owned(), bytes }.into_response())
}

struct FindingRow {
    severity: &'static str,
    kind: &'static str,
    topic: &'static str,
    place: String,
    told: String,
}

/// The findings of one severity, in the order of the laboratory's parts.
fn of_severity(findings: &[Finding], severity: Severity) -> impl Iterator<Item = FindingRow> {
    let (word, kind) = match severity {
        Severity::Serious => ("Serious", "bad"),
        Severity::Attend => ("To decide", "warn"),
        Severity::Note => ("", "plain"),
    };
    findings.iter().filter(move |finding| finding.severity == severity).map(move |finding| FindingRow {
        severity: word,
        kind,
        topic: finding.topic.label(),
        place: finding.place.clone(),
        told: finding.told.clone(),
    })
}

/// A test as its page tells it.
struct Told {
    number: i32,
    when: String,
    by: String,
    prices: String,
    /// Against which lowest bid a relative formula is told.
    reference: Option<String>,
    tested: &'static str,
    kind: &'static str,
    outdated: bool,
    is_last: bool,
    /// What asks for a decision, what is serious first.
    asks: Vec<FindingRow>,
    notes: Vec<FindingRow>,
    figures: Figures,
    decision: Option<(String, String)>,
    hash: String,
}

impl Told {
    fn new(view: TestView) -> Self {
        let decided = view.decided_by.zip(view.row.decided_at);
        let found = &view.found.findings;
        Self {
            number: view.row.number,
            when: london_text(view.row.tested_at),
            by: view.tested_by,
            prices: prices(&view.row),
            reference: view
                .found
                .reference
                .map(|low| format!("{} and {}", low.pounds(), view.found.expected.high.pounds())),
            tested: view.tested.label(),
            kind: kind(view.tested),
            outdated: view.tested == Tested::Outdated,
            is_last: view.is_last,
            asks: of_severity(found, Severity::Serious).chain(of_severity(found, Severity::Attend)).collect(),
            notes: of_severity(found, Severity::Note).collect(),
            figures: Figures::new(&view.found),
            decision: view
                .row
                .decision
                .zip(decided)
                .map(|(words, (by, at))| (words, format!("{by}, {}", london_text(at)))),
            hash: view.row.hash,
        }
    }
}

#[derive(Template)]
#[template(path = "tendering/model_test.html")]
struct TestPage {
    shell: Shell,
    /// The form of a new test, where the visitor may test.
    fields: Option<(TextField, TextField)>,
    action: String,
    told: Option<Told>,
    /// The form of a decision, where the visitor may decide on this test: its path, the test's version, the field.
    decide: Option<(String, i64, AreaField)>,
    /// What was written as a decision, where it can no longer be recorded here.
    unsaved: Option<String>,
    earlier: Vec<TestRow>,
    next: String,
}

#[derive(Deserialize)]
pub(super) struct After {
    after: Option<String>,
}

/// What was posted to the page, and why it was refused.
#[derive(Clone, Copy)]
struct Again<'a> {
    form: &'a Posted,
    refusal: &'a Refusal,
}

impl Again<'_> {
    fn text(again: Option<Self>, name: &str, stored: String) -> String {
        again.and_then(|again| again.form.optional(name)).unwrap_or(stored)
    }
}

fn price_fields(
    lot: &PackLot,
    last: Option<&model_test::Model>,
    again: Option<Again<'_>>,
    errors: &FieldErrors,
) -> (TextField, TextField) {
    let stored = |of: fn(&model_test::Model) -> i64, published: &Option<String>| match last {
        Some(last) => Pence(of(last)).to_string(),
        // Between target and ceiling lies what the officers already said of prices.
        None => published.clone().unwrap_or_default(),
    };
    let field = |name: &str, label: &str, stored: String| {
        TextField::pounds(name, label).value(Again::text(again, name, stored)).error(errors.get(name))
    };
    let low = field("low", "The lowest price you expect", stored(|row| row.low_pence, &lot.price.target))
        .hint("Evaluated as the tender says: over the term, net. Bidders never see it.");
    let high =
        field("high", "The highest price you expect", stored(|row| row.high_pence, &lot.price.ceiling));
    (low, high)
}

async fn test_page(
    visit: &Visit,
    (id, lot_id): (Uuid, Uuid),
    (test, after): (Option<Uuid>, Option<String>),
    again: Option<Again<'_>>,
) -> PageResult {
    let (scope, may_change) = entrance(visit, id).await?;
    let (lot, view, all) = visit
        .read(move |r| async move {
            let (lot, last) = laboratory::last(&r, id, lot_id).await?;
            let view = match test {
                Some(test) => Some(laboratory::one(&r, id, lot_id, test).await?),
                None => last,
            };
            let paging = Paging { after, ..Paging::default() };
            Ok((lot, view, laboratory::list(&r, id, lot_id, &paging).await?))
        })
        .await?;
    let refusal = again.map(|again| again.refusal);
    let errors = form_errors(refusal);
    let here = format!("{}/{lot_id}", room(id));
    let fields = (may_change && test.is_none())
        .then(|| price_fields(&lot, view.as_ref().map(|view| &view.row), again, &errors));
    let decide = view.as_ref().filter(|view| {
        may_change && view.is_last && view.tested != Tested::Outdated && view.row.decision.is_none()
    });
    let decide = decide.map(|view| {
        let field = AreaField::new("decision", "What you decided about these findings, and why")
            .hint("Take each serious finding and each one to decide. Who reads this later should see that it is meant.")
            .value(Again::text(again, "decision", String::new()))
            .error(errors.get("decision"));
        (format!("{here}/tests/{}/decision", view.row.id), view.row.version, field)
    });
    let unsaved = again.filter(|_| decide.is_none()).and_then(|again| again.form.optional("decision"));
    let shown = view.as_ref().map(|view| view.row.id);
    let next = all.next.map(|cursor| next_page(&here, &cursor)).unwrap_or_default();
    let earlier =
        all.items.iter().filter(|row| Some(row.id) != shown).map(|row| TestRow::new(id, row)).collect();
    let frame = shell(visit, &scope, &format!("Laboratory: lot {}", lot.code)).fact(lot.title.clone());
    let frame = frame.crumb("Laboratory", room(id));
    let frame = match test {
        Some(_) => frame.crumb(format!("Lot {}", lot.code), here.clone()),
        None => frame,
    };
    form_page(
        refusal,
        &TestPage {
            shell: frame.errors(&errors),
            fields,
            action: here,
            told: view.map(Told::new),
            decide,
            unsaved,
            earlier,
            next,
        },
    )
}

#[handler]
pub(super) async fn show(
    visit: Visit,
    Path((id, lot)): Path<(Uuid, Uuid)>,
    Query(query): Query<After>,
) -> PageResult {
    test_page(&visit, (id, lot), (None, query.after), None).await
}

#[handler]
pub(super) async fn show_one(visit: Visit, Path((id, lot, test)): Path<(Uuid, Uuid, Uuid)>) -> PageResult {
    test_page(&visit, (id, lot), (Some(test), None), None).await
}

#[handler]
pub(super) async fn add(visit: Visit, Path((id, lot)): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    let input = TestInput { low: form.text("low").to_owned(), high: form.text("high").to_owned() };
    match visit.write(move |w| async move { laboratory::test(&w, id, lot, input).await }).await {
        Ok(_) => done(&format!("{}/{lot}", room(id)), "The award model is tested."),
        Err(refusal) => refused(&visit, (id, lot), &form, refusal).await,
    }
}

#[handler]
pub(super) async fn settle(
    visit: Visit,
    Path((id, lot, test)): Path<(Uuid, Uuid, Uuid)>,
    form: Posted,
) -> PageResult {
    let (seen, words) = (form.version()?, form.text("decision").to_owned());
    let outcome =
        visit.write(move |w| async move { laboratory::decide(&w, id, lot, test, seen, &words).await }).await;
    match outcome {
        Ok(_) => done(&format!("{}/{lot}", room(id)), "Your decision is recorded."),
        Err(refusal) => refused(&visit, (id, lot), &form, refusal).await,
    }
}

/// The page again, where other input or another look at it helps.
async fn refused(visit: &Visit, place: (Uuid, Uuid), form: &Posted, refusal: Refusal) -> PageResult {
    if [409, 412, 422].contains(&refusal.status()) {
        return test_page(visit, place, (None, None), Some(Again { form, refusal: &refusal })).await;
    }
    Err(refusal.into())
}
