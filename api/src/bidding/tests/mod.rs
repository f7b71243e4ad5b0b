//! What this stage promises, tried on its operations.
#![allow(clippy::unwrap_used, reason = "tests")]

mod after_opening;
mod answers;
mod clarifications;
mod differences;
mod documents;
mod extension;
mod fixture;
mod late_box;
mod limits;
mod opening;
mod pages;
mod shape;
mod team;
mod way_in;

use entity::{ledger_entry, outbox_message, quality_lock};
use importers::bid_template;
use rules::money::Pence;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::submission::{self, SubmissionInput};
use super::{bid, draft, late, tender};
use crate::kernel::testing::person_id;
use crate::kernel::{Caller, Paging, clock, ledger};
use fixture::{Tender, filled};

#[tokio::test]
async fn a_workbook_becomes_a_bid_and_its_prices_wait_for_the_quality_lock() {
    let tender = Tender::published().await;
    let supplier = tender.supplier("bids@larkfield.example").await;
    let reading = tender.upload(&supplier, &filled("12.34")).await.unwrap();
    assert_eq!(reading.lots[0].read_back_total, Some(Pence(123_400)), "100 users at £12.34");
    draft::add_document(
        &tender.world.db,
        &supplier,
        "Q1",
        "C:\\plans\\plan.pdf",
        b"%PDF-1.7 a plan".to_vec(),
    )
    .await
    .unwrap();
    let receipt = tender.submit(&supplier).await.unwrap();
    assert!(!receipt.submission.late);
    assert_eq!(receipt.files.len(), 2);
    assert_eq!(receipt.files[1].name, "plan.pdf");
    assert_eq!(rules::canonical::sha256_hex(receipt.manifest.as_bytes()), receipt.submission.manifest_hash);

    tender.open().await;
    let (id, coordinator) = (tender.id, &tender.coordinator);
    let bids = tender
        .world
        .read(coordinator, move |r| async move { bid::list(&r, id, &Paging::default()).await })
        .await
        .unwrap();
    assert_eq!(bids.items.len(), 1);
    let bid_id = bids.items[0].bid.id;
    let view =
        tender.world.read(coordinator, move |r| async move { bid::one(&r, id, bid_id).await }).await.unwrap();
    assert_eq!(view.answers.len(), 2);
    assert_eq!(view.answers[0].text, "By trained staff.");
    assert!(!view.answers[0].cell.is_empty());
    assert_eq!(view.responses.len(), 1);
    assert!(view.prices.is_empty(), "no lot's quality is locked");
    assert_eq!(view.files.len(), 1, "the workbook would tell the prices");
    let workbook = receipt.files[0].id;
    let hidden = tender
        .world
        .read(coordinator, move |r| async move { bid::document(&r, id, bid_id, workbook).await })
        .await
        .unwrap_err();
    assert_eq!(hidden.status(), 404);

    lock_quality(&tender, 0).await;
    let view =
        tender.world.read(coordinator, move |r| async move { bid::one(&r, id, bid_id).await }).await.unwrap();
    let submitted = view.prices.iter().map(|price| &price.submitted);
    let lines: Vec<_> = submitted.map(|row| (row.line.as_str(), row.unit_price_e4)).collect();
    assert_eq!(lines, [("P01", Some(123_400))], "the other lot's prices still wait");
    let inputs =
        tender.world.read(coordinator, move |r| async move { bid::inputs(&r, bid_id).await }).await.unwrap();
    assert_eq!(inputs.prices.len(), 2);
}

async fn lock_quality(tender: &Tender, lot: usize) {
    let row = quality_lock::ActiveModel {
        lot_id: Set(tender.pack.lots[lot].id.parse().unwrap()),
        procurement_id: Set(tender.id),
        locked_at: Set(clock::machine_now()),
        locked_by: Set(person_id(&tender.coordinator)),
        marks_hash: Set(String::new()),
        signed: Set(None),
    };
    tender
        .world
        .write(&Caller::System, |w| async move {
            Ok(quality_lock::Entity::insert(row).exec_without_returning(w.txn()).await?)
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn before_the_opening_nothing_shows() {
    let tender = Tender::published().await;
    let supplier = tender.supplier("bids@larkfield.example").await;
    tender.upload(&supplier, &filled("12.34")).await.unwrap();
    tender.submit(&supplier).await.unwrap();
    tender.pass_deadline().await;
    tender.submit(&supplier).await.unwrap();
    let id = tender.id;
    for officer in [&tender.coordinator, &tender.ashvale_opener, &tender.panel_member] {
        let bids =
            tender.world.read(officer, move |r| async move { bid::list(&r, id, &Paging::default()).await });
        assert_eq!(bids.await.unwrap_err().code, "sealed");
    }
    for officer in [&tender.coordinator, &tender.panel_member] {
        let late =
            tender.world.read(officer, move |r| async move { late::list(&r, id, &Paging::default()).await });
        assert_eq!(
            late.await.unwrap_err().status(),
            403,
            "who decides nothing sees not even that one came late"
        );
    }
    let (shown, sealed) = tender
        .world
        .read(&Caller::System, move |r| async move {
            let shown = ledger::entries(&r, id, false, &Paging::default()).await?;
            let sealed = ledger_entry::Entity::find()
                .filter(ledger_entry::Column::Chain.eq(id.to_string()))
                .filter(ledger_entry::Column::Sealed.eq(true))
                .all(r.txn())
                .await?;
            Ok((shown.items, sealed))
        })
        .await
        .unwrap();
    let actions = shown.iter().map(|entry| entry.action.as_str());
    let actions: Vec<_> = actions.filter(|action| action.starts_with("bidding.")).collect();
    assert_eq!(actions, ["bidding.invitation.invite"]);
    assert_eq!(sealed.iter().filter(|entry| entry.action == "bidding.submission.submit").count(), 2);
    let letters = tender
        .world
        .read(&Caller::System, |r| async move { Ok(outbox_message::Entity::find().all(r.txn()).await?) })
        .await
        .unwrap();
    assert!(letters.iter().filter(|mail| mail.kind == "bid_receipt").count() == 2);
    assert!(letters.iter().filter(|mail| mail.kind == "bid_receipt").all(|mail| mail.sealed));
}

#[tokio::test]
async fn at_exactly_the_deadline_a_bid_is_late_and_is_not_opened() {
    let tender = Tender::published().await;
    let (early, tardy) =
        (tender.supplier("early@larkfield.example").await, tender.supplier("late@carrow.example").await);
    for supplier in [&early, &tardy] {
        tender.upload(supplier, &filled("10.00")).await.unwrap();
    }
    tender.submit(&early).await.unwrap();
    let read = tender.world.read(&early, |r| async move { Ok(draft::view(&r).await?.tender) }).await.unwrap();
    assert!(read.has_passed(read.deadline), "12:00:00 exactly is late");
    assert!(!read.has_passed(read.deadline - chrono::TimeDelta::microseconds(1)));
    tender.pass_deadline().await;
    let receipt = tender.submit(&tardy).await.unwrap();
    assert!(receipt.submission.late);
    assert!(receipt.message().contains("LATE"));
    // Who was in time and sends again afterwards keeps the bid that was in time.
    assert!(tender.submit(&early).await.unwrap().submission.late);
    assert_eq!(tender.world.mails("bid_receipt").await.len(), 3);
    tender.open().await;
    let id = tender.id;
    let (bids, late) = tender
        .world
        .read(&tender.coordinator, move |r| async move {
            let bids = bid::list(&r, id, &Paging::default()).await?;
            Ok((bids.items, late::list(&r, id, &Paging::default()).await?.items))
        })
        .await
        .unwrap();
    assert_eq!(bids.iter().map(|bid| bid.submission.number).collect::<Vec<_>>(), [1]);
    assert_eq!(late.len(), 2);
    assert_eq!(tender.submit(&tardy).await.unwrap_err().code, "box_opened");
}

#[tokio::test]
async fn the_last_submission_is_the_bid_and_a_withdrawn_one_is_none() {
    let tender = Tender::published().await;
    let (kept, gone) =
        (tender.supplier("kept@larkfield.example").await, tender.supplier("gone@carrow.example").await);
    for price in ["10.00", "8.00"] {
        tender.upload(&kept, &filled(price)).await.unwrap();
        tender.submit(&kept).await.unwrap();
    }
    tender.upload(&gone, &filled("7.00")).await.unwrap();
    tender.submit(&gone).await.unwrap();
    tender.submit(&gone).await.unwrap();
    tender.world.write(&gone, |w| async move { submission::withdraw(&w).await }).await.unwrap();
    let again = tender.world.write(&gone, |w| async move { submission::withdraw(&w).await }).await;
    assert_eq!(again.unwrap_err().code, "nothing_to_withdraw");
    tender.open().await;
    let id = tender.id;
    let (bids, inputs) = tender
        .world
        .read(&Caller::System, move |r| async move {
            let bids = bid::all(&r, id).await?;
            let inputs = bid::inputs(&r, bids[0].bid.id).await?;
            Ok((bids, inputs))
        })
        .await
        .unwrap();
    assert_eq!(bids.len(), 1);
    assert_eq!(bids[0].submission.number, 2);
    assert_eq!(inputs.prices["P01"].unit_price, Some(rules::money::UnitPrice(80_000)));
    let refused = tender.world.write(&kept, |w| async move { submission::withdraw(&w).await }).await;
    assert_eq!(refused.unwrap_err().code, "box_opened");
}

#[tokio::test]
async fn workbooks_of_another_tender_or_pack_are_refused_and_logged() {
    let tender = Tender::published().await;
    let supplier = tender.supplier("bids@larkfield.example").await;
    let mut other = tender.pack.clone();
    other.reference = "ICT-2027-09".to_owned();
    let hash = other.hash().unwrap();
    let foreign = bid_template::filled(&other, &hash, &filled("1.00")).unwrap();
    let mut older = tender.pack.clone();
    older.version = 2;
    let stale = bid_template::filled(&older, &older.hash().unwrap(), &filled("1.00")).unwrap();
    let db = &tender.world.db;
    for (bytes, code) in [(foreign, "other_procurement"), (stale, "stale_pack")] {
        let refusal = draft::check_workbook(db, &supplier, "bid.xlsx", bytes).await.unwrap_err();
        assert_eq!(refusal.code, code);
    }
    assert!(draft::check_workbook(db, &supplier, "bid.xlsx", b"PK\x03\x04 nonsense".to_vec()).await.is_err());
    let empty = draft::check_workbook(db, &supplier, "bid.xlsx", Vec::new()).await.unwrap_err();
    assert_eq!(empty.about("file"), Some("Choose a file that is not empty."));
    let view = tender.world.read(&supplier, |r| async move { draft::view(&r).await }).await.unwrap();
    assert_eq!(view.unread.len(), 3, "each attempt is logged with its message");
    assert!(view.workbook.is_none());
    assert_eq!(tender.submit(&supplier).await.unwrap_err().code, "nothing_to_submit");
}

#[tokio::test]
async fn errors_are_confirmed_and_changed_files_are_seen() {
    let tender = Tender::published().await;
    let supplier = tender.supplier("bids@larkfield.example").await;
    let mut faulty = filled("1.00");
    faulty.prices.insert("P01".to_owned(), bid_template::PriceEntry::text("POA"));
    let reading = tender.upload(&supplier, &faulty).await.unwrap();
    let finding = reading.findings.iter().find(|finding| finding.is_error()).unwrap();
    assert!(finding.sheet.is_some() && finding.cell.is_some());
    let refusal = tender.submit(&supplier).await.unwrap_err();
    assert!(refusal.about("findings_confirmed").is_some());
    let seen = SubmissionInput { findings_confirmed: true, manifest_hash: Some("0".repeat(64)) };
    let stale = tender.world.write(&supplier, |w| async move { submission::submit(&w, seen).await }).await;
    assert_eq!(stale.unwrap_err().status(), 412);
    let confirmed = SubmissionInput { findings_confirmed: true, manifest_hash: None };
    tender.world.write(&supplier, |w| async move { submission::submit(&w, confirmed).await }).await.unwrap();
}

#[tokio::test]
async fn documents_answer_questions_that_allow_them_within_the_quota() {
    let tender = Tender::published().await;
    let supplier = tender.supplier("bids@larkfield.example").await;
    let db = &tender.world.db;
    let refusal =
        draft::add_document(db, &supplier, "Q2", "plan.pdf", b"%PDF-1.7".to_vec()).await.unwrap_err();
    assert!(refusal.about("question").unwrap().contains("Q1"));
    for text in ["%PDF-1.7 first", "%PDF-1.7 second"] {
        draft::add_document(db, &supplier, "Q1", "plan.pdf", text.into()).await.unwrap();
    }
    let view = tender.world.read(&supplier, |r| async move { draft::view(&r).await }).await.unwrap();
    assert_eq!(view.documents.len(), 1, "the later one takes the place of the first");
    let kept = view.documents[0].id;
    let file =
        tender.world.read(&supplier, move |r| async move { draft::download(&r, kept).await }).await.unwrap();
    assert_eq!(file.bytes, b"%PDF-1.7 second");
    let large = vec![0; importers::UPLOAD_CAP + 1];
    assert_eq!(draft::add_document(db, &supplier, "Q1", "a.pdf", large).await.unwrap_err().status(), 413);
    for attempt in 0..draft::MOST_FILES - 1 {
        let bytes = format!("<html>{attempt}").into_bytes();
        assert!(draft::check_workbook(db, &supplier, "bid.xlsx", bytes).await.is_err());
    }
    let full = draft::check_workbook(db, &supplier, "bid.xlsx", b"<html>".to_vec()).await.unwrap_err();
    assert_eq!(full.fields[0].code, "quota");
}

#[tokio::test]
async fn another_suppliers_files_do_not_exist() {
    let tender = Tender::published().await;
    let (one, two) =
        (tender.supplier("a@larkfield.example").await, tender.supplier("b@carrow.example").await);
    tender.upload(&one, &filled("5.00")).await.unwrap();
    let receipt = tender.submit(&one).await.unwrap();
    let view = tender.world.read(&one, |r| async move { draft::view(&r).await }).await.unwrap();
    let (file, submitted) = (view.workbook.unwrap().0.id, receipt.files[0].id);
    let read = tender.world.read(&two, move |r| async move { draft::download(&r, file).await }).await;
    assert_eq!(read.unwrap_err().status(), 404);
    let removed = tender.world.write(&two, move |w| async move { draft::remove(&w, file).await }).await;
    assert_eq!(removed.unwrap_err().status(), 404);
    let receipts =
        tender.world.read(&two, move |r| async move { submission::download(&r, 1, submitted).await }).await;
    assert_eq!(receipts.unwrap_err().status(), 404);
    // Officers have no way to a supplier's own pages, and suppliers none to the officers'.
    let officer = tender.world.read(&tender.coordinator, |r| async move { draft::view(&r).await }).await;
    assert_eq!(officer.unwrap_err().status(), 404);
    let id = tender.id;
    let bids = tender.world.read(&one, move |r| async move { bid::list(&r, id, &Paging::default()).await });
    assert_eq!(bids.await.unwrap_err().status(), 404);
    let nobody = tender
        .world
        .read(&Caller::Nobody, |r| async move { tender::published(&r, "ICT-2027-02").await })
        .await;
    assert_eq!(nobody.unwrap_err().status(), 404);
}
