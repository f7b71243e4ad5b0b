//! The tender from an empty table to a frozen pack, and everything that must be refused on the way.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod award_model;
mod fixture;
mod interests;
mod laboratory;
mod pages;
mod shape;

use rules::pack::Pack;
use rules::stage::Stage;

use self::fixture::{Fixture, lot_input, question_input};
use super::criterion::{self, CriterionInput, WeightInput};
use super::deadline::{self, DeadlineInput};
use super::document::{self, DocumentInput};
use super::lot::{self, LotInput};
use super::method::{self, MethodInput};
use super::price_model::ParametersInput;
use super::scale::{self, MarkInput, ScaleInput};
use super::{exact_text, pack};
use crate::kernel::access;
use crate::kernel::refusal::Kind;
use crate::kernel::secrets::sha256_hex;
use crate::kernel::{Action, Paging};

#[tokio::test]
async fn a_lot_is_refused_with_everything_that_is_wrong() {
    let f = Fixture::new().await;
    let input = LotInput {
        code: "1 lot".to_owned(),
        title: " ".to_owned(),
        price_weight: "100".to_owned(),
        parameters: ParametersInput { target: Some("400000.50".to_owned()), ..lot_input().parameters },
        min_quality: Some("many".to_owned()),
        ..lot_input()
    };
    let refusal = f.add_lot(input).await.unwrap_err();
    let fields: Vec<_> = refusal.fields.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["code", "title", "price_weight", "target", "min_quality"]);
    assert_eq!(refusal.fields[3].code, "target_not_below_ceiling");
    let relative = LotInput { formula: "lowest_over_bid".to_owned(), ..lot_input() };
    assert!(f.add_lot(relative).await.unwrap_err().about("ceiling").is_some(), "a ceiling that is not used");
    let lot = f.add_lot(lot_input()).await.unwrap();
    assert_eq!((lot.code.as_str(), lot.price_weight.as_str()), ("L1", "40"));
    assert_eq!(f.add_lot(lot_input()).await.unwrap_err().fields[0].code, "already_exists");
}

#[tokio::test]
async fn a_lot_stays_while_something_is_in_it() {
    let f = Fixture::new().await;
    let lot = f.complete().await;
    let id = f.id;
    let refusal = f
        .world
        .write(&f.coordinator, move |w| async move { lot::remove(&w, id, lot, 1).await })
        .await
        .unwrap_err();
    assert_eq!(refusal.code, "lot_in_use");
    assert!(refusal.detail.contains("3 criteria and 2 schedule lines"), "{}", refusal.detail);
    let empty = f.add_lot(LotInput { code: "L2".to_owned(), ..lot_input() }).await.unwrap();
    let removed = f
        .world
        .write(&f.coordinator, move |w| async move { lot::remove(&w, id, empty.id, empty.version).await })
        .await;
    assert_eq!(removed.unwrap().code, "L2");
}

#[tokio::test]
async fn a_scale_is_a_set_in_order() {
    let f = Fixture::new().await;
    let id = f.id;
    let mark = |value: &str, percent: Option<&str>| MarkInput {
        value: value.to_owned(),
        percent: percent.map(str::to_owned),
        descriptor: "As described".to_owned(),
    };
    let wrong = ScaleInput {
        name: String::new(),
        marks: vec![mark("5", Some("101")), mark("5.0", None), mark("-1", None), MarkInput::default()],
    };
    let refusal = f
        .world
        .write(&f.coordinator, move |w| async move { scale::add(&w, id, wrong).await })
        .await
        .unwrap_err();
    for field in
        ["name", "marks/0/percent", "marks/1/value", "marks/2/value", "marks/3/value", "marks/3/descriptor"]
    {
        assert!(refusal.about(field).is_some(), "{field} in {refusal}");
    }
    let falling =
        ScaleInput { name: "Falling".to_owned(), marks: vec![mark("1", Some("50")), mark("2", Some("40"))] };
    let refusal = f
        .world
        .write(&f.coordinator, move |w| async move { scale::add(&w, id, falling).await })
        .await
        .unwrap_err();
    assert_eq!(refusal.fields[0].code, "mark_earns_less");
    let upside_down = ScaleInput { name: "Three".to_owned(), marks: vec![mark("10", None), mark("0", None)] };
    let row = f
        .world
        .write(&f.coordinator, move |w| async move { scale::add(&w, id, upside_down).await })
        .await
        .unwrap();
    assert_eq!(scale::read(&row).unwrap().marks[0].value, "0");
}

#[tokio::test]
async fn weights_are_exact_and_missing_percent_is_told() {
    let f = Fixture::new().await;
    let lot = f.complete().await;
    let id = f.id;
    let tree =
        f.world.read(&f.partner, move |r| async move { criterion::tree(&r, id, lot).await }).await.unwrap();
    let shares: Vec<_> = tree.nodes.iter().map(|node| (node.depth, exact_text(&node.share))).collect();
    // A third and two thirds of the 60 that quality has.
    assert_eq!(shares, [(0, "60".to_owned()), (1, "20".to_owned()), (1, "40".to_owned())]);
    assert!(tree.missing.is_zero() && tree.nodes[0].missing.is_zero());
    let q1 = &tree.nodes[1].row;
    let weights = [WeightInput { criterion_id: q1.id, seen: q1.version, weight: "30".to_owned() }];
    let tree = f
        .world
        .write(&f.coordinator, move |w| async move { criterion::weigh(&w, id, lot, &weights).await })
        .await
        .unwrap();
    assert_eq!(exact_text(&tree.nodes[0].missing), "10/3");
    let faults = f.world.read(&f.partner, move |r| async move { pack::faults(&r, id).await }).await.unwrap();
    let codes: Vec<_> = faults.iter().map(|fault| (fault.place.as_str(), fault.code)).collect();
    assert_eq!(codes, [("L1/S1", "weights_do_not_sum_to_100")]);
}

#[tokio::test]
async fn a_criterion_is_refused_where_it_does_not_fit() {
    let f = Fixture::new().await;
    let lot = f.complete().await;
    let id = f.id;
    let (tree, scale) = f
        .world
        .read(&f.coordinator, move |r| async move {
            Ok((criterion::tree(&r, id, lot).await?, scale::all(&r, id).await?.remove(0).id))
        })
        .await
        .unwrap();
    let (section, q1) = (tree.nodes[0].row.clone(), tree.nodes[1].row.id);
    let wrong = CriterionInput {
        parent_id: Some(q1),
        minimum_mark: Some("2.5".to_owned()),
        word_limit: Some("0".to_owned()),
        ..question_input("Q1", "101", scale)
    };
    let refusal = f
        .world
        .write(&f.coordinator, move |w| async move { criterion::add(&w, id, lot, wrong).await })
        .await
        .unwrap_err();
    let fields: Vec<_> = refusal.fields.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["code", "weight", "parent_id", "word_limit", "minimum_mark"]);
    let inside = CriterionInput {
        parent_id: Some(section.id),
        code: "S1".to_owned(),
        title: "Service".to_owned(),
        weight: "100".to_owned(),
        ..CriterionInput::default()
    };
    let refusal = f
        .world
        .write(&f.coordinator, move |w| async move { criterion::change(&w, id, section.id, 1, inside).await })
        .await
        .unwrap_err();
    assert_eq!(refusal.fields[0].code, "inside_itself");
    let refusal = f
        .world
        .write(&f.coordinator, move |w| async move { scale::remove(&w, id, scale, 1).await })
        .await
        .unwrap_err();
    assert_eq!(refusal.code, "scale_in_use");
}

#[tokio::test]
async fn a_deadline_lies_ahead_and_a_short_period_is_only_warned_of() {
    let f = Fixture::new().await;
    let id = f.id;
    let set = |date: String, time: &str| {
        let input = DeadlineInput { date, time: time.to_owned() };
        f.world.write(&f.coordinator, move |w| async move { deadline::set(&w, id, 1, input).await })
    };
    let past = set("2024-02-29".to_owned(), "12:00").await.unwrap_err();
    assert_eq!(past.fields[0].code, "deadline_in_past");
    let nonsense = set("2024-02-30".to_owned(), "noon").await.unwrap_err();
    assert_eq!(nonsense.fields.len(), 2, "{nonsense}");
    let soon = (crate::kernel::clock::machine_now() + chrono::TimeDelta::days(5)).date_naive();
    let deadline = set(soon.to_string(), "12:00").await.unwrap();
    assert!(deadline.warning.unwrap().contains("PA23 s.54"));
    assert_eq!(deadline.version, 2);
    assert_eq!(set(soon.to_string(), "13:00").await.unwrap_err().kind, Kind::Stale);
}

#[tokio::test]
async fn the_method_begins_with_published_practice() {
    let f = Fixture::new().await;
    let id = f.id;
    let method = f.world.read(&f.partner, move |r| async move { method::view(&r, id).await }).await.unwrap();
    assert_eq!((method.version, method.opening_councils, method.decimals), (0, 2, 2));
    let input = |decimals: &str, keys: &[&str]| MethodInput {
        decimals: decimals.to_owned(),
        rank_on: "rounded".to_owned(),
        tie_break: keys.iter().map(|key| (*key).to_owned()).collect(),
        base_set: "compliant".to_owned(),
        opening_councils: "2".to_owned(),
        arithmetic_rule: None,
        spread_steps: Some("3".to_owned()),
        clearance: true,
    };
    let wrong = input("7", &["lower_price", "lower_price"]);
    let refusal = f
        .world
        .write(&f.coordinator, move |w| async move { method::set(&w, id, 0, wrong).await })
        .await
        .unwrap_err();
    assert_eq!(refusal.fields.len(), 2, "{refusal}");
    let (first, second) = (input("3", &["lower_price"]), input("1", &[]));
    let set = f
        .world
        .write(&f.coordinator, move |w| async move { method::set(&w, id, 0, first).await })
        .await
        .unwrap();
    assert_eq!((set.version, set.tie_break.as_str(), set.decimals), (1, "lower_price", 3));
    let stale =
        f.world.write(&f.coordinator, move |w| async move { method::set(&w, id, 0, second).await }).await;
    assert_eq!(stale.unwrap_err().kind, Kind::Stale);
}

#[tokio::test]
async fn a_document_keeps_its_bytes_and_its_name_once() {
    let f = Fixture::new().await;
    let id = f.id;
    let input = |name: &str, bytes: &[u8]| DocumentInput {
        name: name.to_owned(),
        media_type: "text/html\r\nX: y".to_owned(),
        bytes: bytes.to_vec(),
    };
    assert!(document::prepare(input("../x", b"")).await.unwrap_err().about("file").is_some());
    let large = vec![0; importers::UPLOAD_CAP + 1];
    assert_eq!(document::prepare(input("large.bin", &large)).await.unwrap_err().status(), 413);
    let file = document::prepare(input("Specification.html", b"<script>")).await.unwrap();
    let again = file.clone();
    let row = f
        .world
        .write(&f.coordinator, move |w| async move { document::add(&w, id, file).await })
        .await
        .unwrap();
    let doubled =
        f.world.write(&f.coordinator, move |w| async move { document::add(&w, id, again).await }).await;
    assert_eq!(doubled.unwrap_err().fields[0].code, "already_exists");
    let got = f
        .world
        .read(&f.partner, move |r| async move { document::download(&r, id, row.id).await })
        .await
        .unwrap();
    assert_eq!(
        (got.bytes.as_slice(), got.media_type.as_str()),
        (b"<script>".as_slice(), "application/octet-stream")
    );
    let stranger =
        f.world.read(&f.stranger, move |r| async move { document::download(&r, id, row.id).await }).await;
    assert_eq!(stranger.unwrap_err().status(), 404);
}

#[tokio::test]
async fn everything_wrong_is_told_at_once_and_nothing_is_published() {
    let f = Fixture::new().await;
    let id = f.id;
    f.add_lot(lot_input()).await.unwrap();
    f.world
        .write(&crate::kernel::Caller::System, move |w| async move {
            use sea_orm::sea_query::Expr;
            use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
            entity::procurement::Entity::update_many()
                .col_expr(entity::procurement::Column::PoolVersion, Expr::value(5_i64))
                .filter(entity::procurement::Column::Id.eq(id))
                .exec(w.txn())
                .await?;
            Ok(())
        })
        .await
        .unwrap();
    let refusal = f
        .world
        .write(&f.coordinator, move |w| async move { pack::publish(&w, id, 1, None).await })
        .await
        .unwrap_err();
    let found: Vec<_> =
        refusal.fields.iter().map(|fault| (fault.field.as_str(), fault.code.as_str())).collect();
    let expected = [
        ("pack", "deadline_missing"),
        ("L1", "lot_without_lines"),
        ("L1", "lot_without_questions"),
        ("P01", "line_without_lot"),
        ("P02", "line_without_lot"),
        ("councils", "council_not_agreed"),
        ("councils", "council_not_agreed"),
    ];
    assert_eq!(found, expected);
    let missing = f.world.read(&f.partner, move |r| async move { pack::json(&r, id).await }).await;
    assert_eq!(missing.unwrap_err().status(), 404);
    assert!(f.world.mails("tender_published").await.is_empty());
}

#[tokio::test]
async fn publication_freezes_what_was_looked_at() {
    let f = Fixture::new().await;
    let lot = f.complete().await;
    let id = f.id;
    let draft = f.world.read(&f.partner, move |r| async move { pack::draft(&r, id).await }).await.unwrap();
    let volumes = |line: usize| {
        let volumes = &draft.pack.lots[0].schedule[line].volumes;
        volumes.iter().map(|volume| (volume.council.clone(), volume.volume_e3)).collect::<Vec<_>>()
    };
    // Firm and indicative together; neither ceilings nor the volumes of a named option.
    assert_eq!(volumes(0), [(f.lead.id.to_string(), 120_500)]);
    assert_eq!(volumes(1), [(f.core.id.to_string(), 7_000)]);
    let names: Vec<_> = draft.pack.councils.iter().map(|council| council.name.as_str()).collect();
    assert_eq!(names, ["Ashvale", "Brackenham", "Carrow"]);
    let other =
        f.world.write(&f.coordinator, move |w| async move { pack::publish(&w, id, 2, Some("00")).await });
    assert_eq!(other.await.unwrap_err().kind, Kind::Stale, "another draft than the one looked at");
    let old = f.world.write(&f.coordinator, move |w| async move { pack::publish(&w, id, 1, None).await });
    assert_eq!(old.await.unwrap_err().kind, Kind::Stale, "an older procurement");
    let hash = draft.hash.clone().unwrap();
    let published = f
        .world
        .write(&f.coordinator, move |w| async move { pack::publish(&w, id, 2, Some(&hash)).await })
        .await
        .unwrap();
    assert_eq!(published.procurement.stage.0, Stage::Published);
    let row = f.world.read(&f.partner, move |r| async move { pack::json(&r, id).await }).await.unwrap();
    assert_eq!(sha256_hex(&row.body), row.hash);
    let parsed: Pack = serde_json::from_str(&row.body).unwrap();
    assert_eq!((parsed.hash().unwrap(), parsed), (row.hash.clone(), draft.pack));
    // Nothing can be changed any more.
    let late = [
        f.add_lot(LotInput { code: "L2".to_owned(), ..lot_input() }).await.unwrap_err(),
        f.world
            .write(&f.coordinator, move |w| async move { lot::change(&w, id, lot, 1, lot_input()).await })
            .await
            .unwrap_err(),
        f.world
            .write(&f.coordinator, move |w| async move { pack::publish(&w, id, 3, None).await })
            .await
            .unwrap_err(),
    ];
    assert!(late.iter().all(|refusal| refusal.code == "already_published"), "{late:?}");
    let mails = f.world.mails("tender_published").await;
    let told: Vec<_> = mails.iter().map(|mail| mail.recipient.as_str()).collect();
    assert_eq!(told, ["notices@brackenham.example", "notices@carrow.example"]);
    let entries = f
        .world
        .read(&f.coordinator, move |r| async move {
            crate::kernel::ledger::entries(&r, id, false, &Paging { after: None, limit: 200 }).await
        })
        .await
        .unwrap();
    let last = entries.items.last().unwrap();
    assert_eq!(last.action, "tendering.pack.publish");
    assert!(last.body.contains(&row.hash));
}

#[tokio::test]
async fn only_the_coordinator_changes_and_only_partners_look() {
    let f = Fixture::new().await;
    let id = f.id;
    let as_partner =
        f.world.write(&f.partner, move |w| async move { lot::add(&w, id, lot_input()).await }).await;
    assert_eq!(as_partner.unwrap_err().status(), 403);
    let as_stranger =
        f.world.write(&f.stranger, move |w| async move { lot::add(&w, id, lot_input()).await }).await;
    assert_eq!(as_stranger.unwrap_err().status(), 404);
    let publish =
        f.world.write(&f.partner, move |w| async move { pack::publish(&w, id, 1, None).await }).await;
    assert_eq!(publish.unwrap_err().status(), 403);
    let key = crate::kernel::testing::key(&f.lead, &[Action::Read, Action::Tender]);
    let by_key = f.world.write(&key, move |w| async move { lot::add(&w, id, lot_input()).await }).await;
    assert_eq!(by_key.unwrap_err().status(), 403, "a key holds no role");
    let looks = f.world.read(&f.stranger, move |r| async move { pack::faults(&r, id).await }).await;
    assert_eq!(looks.unwrap_err().status(), 404);
    let scope = f
        .world
        .read(&f.partner, move |r| async move { access::procurement(&r, id, Action::Read).await })
        .await;
    assert!(scope.is_ok());
}
