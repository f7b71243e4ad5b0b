//! What was understood is read back line by line, and what would change is listed exactly.

use importers::bid_template::{PriceEntry, ResponseEntry};
use rules::money::{Pence, UnitPrice};
use rules::pack::PackTier;
use rules::words::Offer;

use super::answers::{confidential, text};
use super::fixture::{Tender, filled};
use crate::bidding::draft;
use crate::bidding::draft::difference::{self, Difference};
use crate::bidding::draft::readback::{self, Place, ReadBack};
use crate::kernel::{Caller, Paging, Refusal};

async fn differences(tender: &Tender, who: &Caller) -> Vec<Difference> {
    tender
        .world
        .read(who, |r| async move { Ok(difference::list(&r, &Paging::default()).await?.items) })
        .await
        .unwrap()
}

async fn read_back(tender: &Tender, who: &Caller) -> Result<ReadBack, Refusal> {
    tender.world.read(who, |r| async move { readback::own(&r).await }).await
}

/// Kind, code, change, and both values without where they stand.
fn told(found: &[Difference]) -> Vec<(&'static str, &str, &'static str, &str, &str)> {
    fn value(told: Option<&difference::Told>) -> &str {
        told.map_or("", |told| told.value.as_str())
    }
    found
        .iter()
        .map(|one| {
            (
                one.kind.as_str(),
                one.code.as_str(),
                one.change(),
                value(one.old.as_ref()),
                value(one.new.as_ref()),
            )
        })
        .collect()
}

#[tokio::test]
async fn every_price_response_answer_and_document_that_differs_is_listed_and_nothing_else() {
    let tender = Tender::published().await;
    let supplier = tender.supplier("bids@larkfield.example").await;
    let db = &tender.world.db;
    tender.upload(&supplier, &filled("12.34")).await.unwrap();
    assert!(differences(&tender, &supplier).await.is_empty(), "no submission stands");
    draft::add_document(db, &supplier, "Q1", "plan.pdf", b"%PDF-1.7 one".to_vec()).await.unwrap();
    tender.submit(&supplier).await.unwrap();
    assert!(differences(&tender, &supplier).await.is_empty(), "the same is no difference");
    // The same answers in another file: the file alone differs.
    let mut same = filled("12.34");
    same.supplier = "Larkfield".to_owned();
    tender.upload(&supplier, &same).await.unwrap();
    let found = differences(&tender, &supplier).await;
    assert_eq!(found.iter().map(|one| one.kind.as_str()).collect::<Vec<_>>(), ["workbook"]);

    let mut other = filled("12.35");
    other.prices.insert("P02".to_owned(), PriceEntry::without_price(Offer::Included));
    let response = ResponseEntry { code: "C".to_owned(), comment: String::new() };
    other.responses.insert("R001".to_owned(), response);
    other.answers.remove("Q2");
    tender.upload(&supplier, &other).await.unwrap();
    draft::add_document(db, &supplier, "Q1", "plan.pdf", b"%PDF-1.7 two".to_vec()).await.unwrap();
    tender.type_at(&supplier, "Q1", 0, confidential("Typed.", "It is ours.")).await.unwrap();
    let found = differences(&tender, &supplier).await;
    let (one, two) =
        (rules::canonical::sha256_hex(b"%PDF-1.7 one"), rules::canonical::sha256_hex(b"%PDF-1.7 two"));
    let (one, two) = (format!("plan.pdf, SHA-256 {one}"), format!("plan.pdf, SHA-256 {two}"));
    assert_eq!(
        told(&found)[..7],
        [
            ("price", "P01", "changed", "£12.34", "£12.35"),
            ("price", "P02", "changed", "£9.50", "Included at no charge"),
            (
                "response",
                "R001",
                "changed",
                "F: Fully, out of the box. as the manual says",
                "C: By configuration"
            ),
            ("answer", "Q1", "changed", "By trained staff.", "Typed."),
            ("answer", "Q2", "removed", "In two steps.", ""),
            ("document", "Q1", "changed", one.as_str(), two.as_str()),
            ("confidential", "Q1", "added", "", "The answer, because: It is ours."),
        ]
    );
    assert_eq!((found.len(), found[7].kind.as_str()), (8, "workbook"));
    let (Some(old), Some(new)) = (&found[0].old, &found[0].new) else { panic!("{found:?}") };
    assert!(matches!(&old.place, Some(Place::Cell(sheet, cell)) if sheet == "Prices" && !cell.is_empty()));
    assert_eq!(old.place, new.place);
    assert_eq!(found[3].new.as_ref().unwrap().place, Some(Place::Page));

    // Slice by slice it is the same list.
    let mut after = None;
    let mut walked = Vec::new();
    loop {
        let paging = Paging { after, limit: 3 };
        let slice = tender.world.read(&supplier, move |r| async move { difference::list(&r, &paging).await });
        let slice = slice.await.unwrap();
        walked.extend(slice.items);
        after = slice.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(walked, found);
    // Submitted, it is the bid, and nothing differs any more.
    tender.submit(&supplier).await.unwrap();
    assert!(differences(&tender, &supplier).await.is_empty());
    for (who, status) in [(&tender.coordinator, 404), (&Caller::Nobody, 401)] {
        let read = tender.world.read(who, |r| async move { difference::list(&r, &Paging::default()).await });
        assert_eq!(read.await.unwrap_err().status(), status);
    }
}

#[tokio::test]
async fn a_text_moved_from_the_workbook_to_the_page_is_a_difference_though_it_reads_the_same() {
    let tender = Tender::published().await;
    let supplier = tender.supplier("bids@larkfield.example").await;
    tender.upload(&supplier, &filled("12.34")).await.unwrap();
    tender.submit(&supplier).await.unwrap();
    tender.type_at(&supplier, "Q1", 0, text("By trained staff.")).await.unwrap();
    let found = differences(&tender, &supplier).await;
    assert_eq!(told(&found), [("answer", "Q1", "changed", "By trained staff.", "By trained staff.")]);
    assert!(tender.drafts(&supplier).await.has_changes());
}

#[tokio::test]
async fn each_price_and_answer_is_read_back_with_its_cell_volume_and_total() {
    let tender = Tender::published().await;
    let supplier = tender.supplier("bids@larkfield.example").await;
    assert_eq!(read_back(&tender, &supplier).await.unwrap_err().status(), 404, "no workbook yet");
    let mut bid = filled("12.3456");
    bid.answers.remove("Q2");
    tender.upload(&supplier, &bid).await.unwrap();
    let back = read_back(&tender, &supplier).await.unwrap();
    let line = &back.lots[0].lines[0];
    assert_eq!(
        (line.line.as_str(), line.offer, line.unit_price),
        ("P01", Some(Offer::Priced), Some(UnitPrice(123_456)))
    );
    assert_eq!(
        (line.volume.clone(), line.total),
        (Some(rules::exact::Exact::from(100)), Some(Pence(123_456)))
    );
    assert!(matches!(&line.place, Some(Place::Cell(sheet, cell)) if sheet == "Prices" && cell.len() >= 2));
    assert_eq!(back.lots[1].lines[0].total, Some(Pence(95_000)), "100 users at £9.50");
    assert_eq!(back.total, Some(Pence(123_456 + 95_000)));
    assert_eq!((back.answered, back.unanswered), (4, 1), "two prices, a response, Q1; Q2 is missing");
    assert_eq!(back.lots[1].answers[0].text, None);
    assert!(matches!(&back.responses[0].place, Some(Place::Cell(..))));

    tender.type_at(&supplier, "Q2", 0, text("In two steps.")).await.unwrap();
    let back = read_back(&tender, &supplier).await.unwrap();
    let answer = &back.lots[1].answers[0];
    assert_eq!(
        (answer.text.as_deref(), answer.words, answer.place.as_ref()),
        (Some("In two steps."), 3, Some(&Place::Page))
    );
    assert_eq!((back.answered, back.unanswered), (5, 0));
    assert_eq!(back.lots[1].read.questions_answered, 1);
    assert_eq!(read_back(&tender, &tender.coordinator).await.unwrap_err().status(), 404);
}

#[tokio::test]
async fn a_workbook_that_is_only_tried_is_read_and_not_kept() {
    let tender = Tender::published().await;
    let supplier = tender.supplier("bids@larkfield.example").await;
    let bytes =
        |price: &str| importers::bid_template::filled(&tender.pack, &tender.hash, &filled(price)).unwrap();
    let db = &tender.world.db;
    tender.upload(&supplier, &filled("12.34")).await.unwrap();
    let before = tender.drafts(&supplier).await;
    let (reading, back) = draft::try_workbook(db, &supplier, "bid.xlsx", bytes("20.00")).await.unwrap();
    assert!(!reading.has_errors());
    assert_eq!(back.lots[0].lines[0].total, Some(Pence(200_000)));
    let page = draft::try_workbook(db, &supplier, "bid.xlsx", b"<html>".to_vec()).await;
    assert_eq!(page.unwrap_err().status(), 422);
    let after = tender.drafts(&supplier).await;
    assert_eq!(after.manifest_hash, before.manifest_hash, "what was kept before is kept");
    assert!(after.unread.is_empty(), "not even the one that could not be read is logged");
    let officer = draft::try_workbook(db, &tender.coordinator, "bid.xlsx", bytes("1.00")).await;
    assert_eq!(officer.unwrap_err().status(), 404);
}

#[tokio::test]
async fn each_volume_band_is_read_back_and_compared_for_itself() {
    let tender = Tender::published_with(|pack| {
        pack.lots[0].schedule[0].tiers = [0, 100_000].map(|from_e3| PackTier { from_e3 }).to_vec();
    })
    .await;
    let supplier = tender.supplier("bids@larkfield.example").await;
    let banded = |second: &str| {
        let mut bid = filled("1.00");
        bid.prices.remove("P01");
        bid.prices.insert("P01-T1".to_owned(), PriceEntry::number("13.00"));
        bid.prices.insert("P01-T2".to_owned(), PriceEntry::number(second));
        bid
    };
    tender.upload(&supplier, &banded("12.00")).await.unwrap();
    let back = read_back(&tender, &supplier).await.unwrap();
    let rows: Vec<_> =
        back.lots[0].lines.iter().map(|row| (row.line.as_str(), row.unit_price, row.total)).collect();
    assert_eq!(
        rows,
        [
            ("P01-T1", Some(UnitPrice(130_000)), Some(Pence(0))),
            ("P01-T2", Some(UnitPrice(120_000)), Some(Pence(120_000))),
        ],
        "100 users in year 1 fall in the second band"
    );
    tender.submit(&supplier).await.unwrap();
    tender.upload(&supplier, &banded("11.00")).await.unwrap();
    let found = differences(&tender, &supplier).await;
    assert_eq!(told(&found)[0], ("price", "P01-T2", "changed", "£12.00", "£11.00"));
    assert_eq!(found.iter().map(|one| one.kind.as_str()).collect::<Vec<_>>(), ["price", "workbook"]);
}
