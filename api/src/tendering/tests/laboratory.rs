//! Award models are tested before publication: who may, what is refused, what is kept, and what publication tells of it.

use poem::http::StatusCode;
use poem::test::TestClient;
use rules::laboratory::{Severity, Tested};
use serde_json::Value;
use uuid::Uuid;

use super::fixture::Fixture;
use super::pages::see;
use crate::kernel::refusal::Kind;
use crate::kernel::{Caller, Paging, Refusal, Writing, ledger};
use crate::tendering::laboratory::{self, TestInput, TestView};
use crate::tendering::lot::LotInput;
use crate::tendering::{criterion, deadline, lot, pack};

impl Fixture {
    async fn test(&self, caller: &Caller, lot: Uuid, low: &str, high: &str) -> Result<TestView, Refusal> {
        let (id, input) = (self.id, TestInput { low: low.to_owned(), high: high.to_owned() });
        self.world.write(caller, move |w| async move { laboratory::test(&w, id, lot, input).await }).await
    }

    async fn decide(&self, caller: &Caller, test: &TestView, words: &str) -> Result<TestView, Refusal> {
        let (id, lot, test_id, seen) = (self.id, test.row.lot_id, test.row.id, test.row.version);
        let words = words.to_owned();
        self.world
            .write(
                caller,
                move |w| async move { laboratory::decide(&w, id, lot, test_id, seen, &words).await },
            )
            .await
    }

    async fn tested(&self) -> Tested {
        let id = self.id;
        let lots = self.world.read(&self.partner, move |r| async move { laboratory::lots(&r, id).await });
        lots.await.unwrap().remove(0).tested
    }

    /// Makes price weigh something else.
    async fn weigh_price(&self, lot_id: Uuid, weight: &str) {
        let (id, weight) = (self.id, weight.to_owned());
        let change = move |w: Writing| async move {
            let row = lot::one(&w, id, lot_id).await?;
            let input = LotInput { price_weight: weight, ..super::fixture::lot_input() };
            lot::change(&w, id, lot_id, row.version, input).await
        };
        self.world.write(&self.coordinator, change).await.unwrap();
    }
}

#[tokio::test]
async fn a_model_is_tested_decided_on_and_tested_anew_when_it_changes() {
    let f = Fixture::new().await;
    let lot = f.complete().await;
    assert_eq!(f.tested().await, Tested::Untested);
    let first = f.test(&f.coordinator, lot, "100,000", "600000").await.unwrap();
    assert_eq!((first.row.number, first.tested), (1, Tested::Undecided));
    assert_eq!(
        first.row.serious + first.row.attend > 0,
        first.found.findings.iter().any(|one| one.severity.asks())
    );
    assert!(first.found.findings.iter().any(|one| one.severity == Severity::Note));
    let decided = f.decide(&f.coordinator, &first, "Quality matters more to us.").await.unwrap();
    assert_eq!((decided.tested, decided.row.version), (Tested::Settled, 2));
    let again = f.decide(&f.coordinator, &decided, "Or rather it does not.").await.unwrap_err();
    assert_eq!(again.code, "decided_already");
    assert_eq!(f.tested().await, Tested::Settled);
    f.weigh_price(lot, "35").await;
    assert_eq!(f.tested().await, Tested::Outdated);
    let id = f.id;
    let stored = f.world.read(&f.partner, move |r| async move { laboratory::last(&r, id, lot).await }).await;
    let (_, stored) = stored.unwrap();
    assert_eq!(stored.unwrap().found, first.found, "what was found stays");
    let second = f.test(&f.coordinator, lot, "100000", "600000").await.unwrap();
    assert_eq!((second.row.number, second.tested), (2, Tested::Undecided));
    let older = f.decide(&f.coordinator, &first, "Quality matters more to us.").await.unwrap_err();
    assert_eq!(older.kind, Kind::Stale, "it was decided on since");
    f.weigh_price(lot, "36").await;
    let outdated = f.decide(&f.coordinator, &second, "Quality matters more to us.").await.unwrap_err();
    assert_eq!(outdated.code, "model_changed");
    let third = f.test(&f.coordinator, lot, "100000", "600000").await.unwrap();
    let fourth = f.test(&f.coordinator, lot, "150000", "600000").await.unwrap();
    let replaced = f.decide(&f.coordinator, &third, "Quality matters more to us.").await.unwrap_err();
    assert_eq!(replaced.code, "tested_again", "a later test of the same model replaces it");
    let short = f.decide(&f.coordinator, &fourth, "Fine").await.unwrap_err();
    assert!(short.about("decision").is_some(), "{short}");
    let list = |after, limit| {
        let paging = Paging { after, limit };
        f.world.read(&f.partner, move |r| async move { laboratory::list(&r, id, lot, &paging).await })
    };
    let page = list(None, 2).await.unwrap();
    assert_eq!(page.items.iter().map(|row| row.number).collect::<Vec<_>>(), [4, 3]);
    let rest = list(page.next, 2).await.unwrap();
    assert_eq!(rest.items.iter().map(|row| row.number).collect::<Vec<_>>(), [2, 1]);
}

#[tokio::test]
async fn prices_and_models_that_cannot_be_tested_are_refused_with_all_reasons() {
    let f = Fixture::new().await;
    let lot = f.complete().await;
    let refusal = f.test(&f.coordinator, lot, "0", "cheap").await.unwrap_err();
    assert!(refusal.about("low").is_some() && refusal.about("high").is_some(), "{refusal}");
    let refusal = f.test(&f.coordinator, lot, "500", "500").await.unwrap_err();
    assert_eq!((refusal.fields[0].field.as_str(), refusal.fields.len()), ("high", 1));
    let empty = f.add_lot(LotInput { code: "L2".to_owned(), ..super::fixture::lot_input() }).await.unwrap();
    let refusal = f.test(&f.coordinator, empty.id, "1", "2").await.unwrap_err();
    assert_eq!((refusal.kind, refusal.code.as_str()), (Kind::Conflict, "pack_unfit"));
    assert!(refusal.detail.starts_with("The draft cannot be scored yet: "), "{refusal}");
    assert!(refusal.fields.iter().any(|fault| fault.message.contains("no questions")), "{refusal}");
    let absent = f.test(&f.coordinator, Uuid::now_v7(), "1", "2").await.unwrap_err();
    assert_eq!(absent.kind, Kind::NotFound);
}

#[tokio::test]
async fn only_the_coordinator_tests_and_only_those_with_a_part_read() {
    let f = Fixture::new().await;
    let lot = f.complete().await;
    assert_eq!(f.test(&f.partner, lot, "1", "2").await.unwrap_err().kind, Kind::Forbidden);
    assert_eq!(f.test(&f.stranger, lot, "1", "2").await.unwrap_err().kind, Kind::NotFound);
    let test = f.test(&f.coordinator, lot, "100000", "600000").await.unwrap();
    assert_eq!(f.decide(&f.partner, &test, "It is meant so.").await.unwrap_err().kind, Kind::Forbidden);
    assert_eq!(f.decide(&f.stranger, &test, "It is meant so.").await.unwrap_err().kind, Kind::NotFound);
    let (id, test_id) = (f.id, test.row.id);
    for caller in [&f.stranger, &Caller::Nobody] {
        let refused = [
            f.world.read(caller, move |r| async move { laboratory::lots(&r, id).await.map(drop) }).await,
            f.world.read(caller, move |r| async move { laboratory::record(&r, id).await.map(drop) }).await,
            f.world.read(caller, move |r| async move { laboratory::last(&r, id, lot).await.map(drop) }).await,
            f.world
                .read(caller, move |r| async move { laboratory::one(&r, id, lot, test_id).await.map(drop) })
                .await,
        ];
        for refusal in refused {
            assert!(matches!(refusal.unwrap_err().kind, Kind::NotFound | Kind::Unauthenticated));
        }
    }
    // A test is a lot's own.
    let other =
        f.add_lot(LotInput { code: "L2".to_owned(), ..super::fixture::lot_input() }).await.unwrap().id;
    let elsewhere =
        f.world.read(&f.partner, move |r| async move { laboratory::one(&r, id, other, test_id).await });
    assert_eq!(elsewhere.await.unwrap_err().kind, Kind::NotFound);
}

#[tokio::test]
async fn publication_tells_which_tests_are_of_what_was_published_and_ends_testing() {
    let f = Fixture::new().await;
    let lot = f.complete().await;
    let id = f.id;
    f.test(&f.coordinator, lot, "100000", "600000").await.unwrap();
    f.weigh_price(lot, "35").await;
    let publish = async |f: &Fixture| {
        let seen = f.world.read(&f.coordinator, move |r| async move { deadline::view(&r, id).await }).await;
        let seen = seen.unwrap().version;
        f.world
            .write(&f.coordinator, move |w| async move { pack::publish(&w, id, seen, None).await })
            .await
            .unwrap()
    };
    // A text is no part of the model.
    let test = f.test(&f.coordinator, lot, "100000", "600000").await.unwrap();
    let reword = move |w: Writing| async move {
        let row = criterion::tree(&w, id, lot).await?.nodes.remove(1).row;
        let input = criterion::CriterionInput {
            parent_id: row.parent_id,
            ..super::fixture::question_input("Q1", &row.weight, row.scale_id.unwrap_or_default())
        };
        let input = criterion::CriterionInput { question: Some("Say it otherwise.".to_owned()), ..input };
        criterion::change(&w, id, row.id, row.version, input).await
    };
    f.world.write(&f.coordinator, reword).await.unwrap();
    let view = publish(&f).await;
    let entries =
        f.world.read(&f.coordinator, move |r| async move { ledger::chain(&r, id).await }).await.unwrap().0;
    let publication = entries.iter().find(|row| row.entry.action == "tendering.pack.publish").unwrap();
    let told = serde_json::json!([{ "lot": lot.to_string(), "hash": test.row.hash }]);
    assert_eq!(publication.entry.body["tests"], told, "the newer test, of the published model");
    let closed = f.test(&f.coordinator, lot, "1", "2").await.unwrap_err();
    assert_eq!(closed.code, "already_published");
    let closed = f.decide(&f.coordinator, &test, "It is meant so.").await.unwrap_err();
    assert_eq!(closed.code, "already_published");
    let record =
        f.world.read(&f.partner, move |r| async move { laboratory::record(&r, id).await }).await.unwrap();
    let record: Value = serde_json::from_slice(&record).unwrap();
    assert_eq!(record["pack_hash"].as_str(), view.hash.as_deref());
    assert_eq!(record["lots"][0]["tested"], "undecided");
    assert_eq!(record["lots"][0]["test"]["hash"], test.row.hash.as_str());
    assert_eq!(record["lots"][0]["found"], serde_json::to_value(&test.found).unwrap());
    // Nothing of it is in what bidders read.
    let bidders = serde_json::to_string(&view.pack).unwrap();
    assert!(!bidders.contains(&test.row.hash) && !bidders.contains("60000000"), "{bidders}");
}

#[tokio::test]
async fn the_pages_show_findings_and_take_a_decision() {
    let f = Fixture::new().await;
    let lot = f.complete().await;
    let db = f.world.db.clone();
    let (own, partner) = (f.world.cookie(&f.coordinator).await, f.world.cookie(&f.partner).await);
    let tender = format!("/procurements/{}/tender", f.id);
    let room = format!("{tender}/laboratory/{lot}");
    assert!(see(&db, &own, &tender).await.contains("1 to test"));
    let publish = see(&db, &own, &format!("{tender}/publish")).await;
    assert!(publish.contains("The award model of lot L1 was not tested."), "{publish}");
    assert!(publish.contains("Publish the tender"), "it may be published all the same: {publish}");
    let empty = see(&db, &own, &room).await;
    assert!(empty.contains("Test the award model") && empty.contains("This lot was not tested"), "{empty}");
    assert!(
        empty.contains(r#"value="250000.00""#),
        "the target is where prices are expected to begin: {empty}"
    );
    assert_eq!(see(&db, &partner, &room).await.matches("<form").count(), 1, "a partner may only sign out");
    let client = TestClient::new(crate::server::routes(&db));
    let post = async |path: &str, form: &[(&str, &str)]| {
        let sent =
            client.post(path).header("cookie", &own).header("sec-fetch-site", "same-origin").form(&form);
        let response = sent.send().await.0;
        (response.status(), response.into_body().into_string().await.unwrap())
    };
    let (status, again) = post(&room, &[("low", "500"), ("high", "about 300")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.contains("<title>Error: ") && again.contains(r#"value="about 300""#), "{again}");
    let (status, _) = post(&room, &[("low", "100000"), ("high", "600000")]).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let told = see(&db, &own, &room).await;
    for part in [
        "What asks for a decision",
        "A lower price gains nothing from",
        "role=\"img\"",
        "Record the decision",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    assert!(see(&db, &own, &tender).await.contains("1 to decide"));
    let id = f.id;
    let last = f.world.read(&f.partner, move |r| async move { laboratory::last(&r, id, lot).await }).await;
    let test = last.unwrap().1.unwrap().row.id;
    let decision = format!("{room}/tests/{test}/decision");
    let (status, again) = post(&decision, &[("version", "1"), ("decision", "Yes")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.contains(">Yes</textarea>") || again.contains("\nYes</textarea>"), "{again}");
    let words = "Savings below the target are not wanted.";
    let (status, _) = post(&decision, &[("version", "1"), ("decision", words)]).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let decided = see(&db, &partner, &room).await;
    assert!(decided.contains(words) && !decided.contains("Record the decision"), "{decided}");
    let (status, _) = post(&decision, &[("version", "1"), ("decision", "Something else is meant.")]).await;
    assert_eq!(status, StatusCode::PRECONDITION_FAILED);
    assert!(!see(&db, &own, &format!("{tender}/publish")).await.contains("award model of lot L1"));
    let (status, _) = post(&room, &[("low", "200000"), ("high", "600000")]).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(see(&db, &own, &room).await.contains("Other tests of this lot"));
    let older = see(&db, &own, &format!("{room}/tests/{test}")).await;
    assert!(older.contains("Replaced by a later test") && older.contains(words), "{older}");
    assert!(!older.contains("Test again"), "an older test is only read: {older}");
    let list = see(&db, &partner, &format!("{tender}/laboratory")).await;
    assert!(list.contains("£200,000.00 to £600,000.00"), "{list}");
}
