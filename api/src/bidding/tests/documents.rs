//! Documents beside the workbook: which are taken, and how every file of a bidder is handed out.

use poem::http::StatusCode;
use poem::test::TestClient;

use super::answers::text;
use super::fixture::{Tender, filled};
use crate::bidding::draft;
use crate::kernel::identity;

#[tokio::test]
async fn what_runs_or_is_not_what_it_is_named_is_refused_with_what_to_do() {
    let tender = Tender::published().await;
    let supplier = tender.supplier("bids@larkfield.example").await;
    let db = &tender.world.db;
    for (name, bytes, code) in [
        ("page.html", &b"<script>alert(1)</script>"[..], "kind_not_taken"),
        ("picture.svg", b"<svg onload=alert(1)>", "kind_not_taken"),
        ("plan.docm", b"PK\x03\x04", "kind_not_taken"),
        ("plan", b"%PDF-1.7", "kind_not_taken"),
        ("plan.pdf", b"<html><script>alert(1)</script>", "not_what_it_is_named"),
        ("plan.docx", b"MZ\x90\0", "not_what_it_is_named"),
    ] {
        let refusal = draft::add_document(db, &supplier, "Q1", name, bytes.to_vec()).await.unwrap_err();
        assert_eq!((refusal.status(), refusal.fields[0].code.as_str()), (422, code), "{name}");
        assert!(refusal.fields[0].message.contains("PDF"), "what to do: {refusal}");
    }
    assert!(tender.drafts(&supplier).await.documents.is_empty(), "nothing of it is kept");
    draft::add_document(db, &supplier, "Q1", "plan.PDF", b"%PDF-1.7".to_vec()).await.unwrap();
}

#[tokio::test]
async fn files_are_handed_out_as_downloads_and_never_to_be_shown() {
    let tender = Tender::published().await;
    let secret = tender.claim(&tender.token("bids@larkfield.example").await).await.unwrap();
    let supplier = identity::of_bearer(&tender.world.db, &secret).await.unwrap();
    tender.upload(&supplier, &filled("12.34")).await.unwrap();
    let markup = "<script>alert(1)</script>";
    let db = &tender.world.db;
    let name = "plan\";x=\".txt";
    draft::add_document(db, &supplier, "Q1", name, markup.as_bytes().to_vec()).await.unwrap();
    tender.type_at(&supplier, "Q2", 0, text(markup)).await.unwrap();
    let receipt = tender.submit(&supplier).await.unwrap();
    let drafts = tender.drafts(&supplier).await;
    let (kept, submitted) = (drafts.documents[0].id, receipt.files[1].id);
    let client = TestClient::new(crate::server::routes(&tender.world.db));
    let addresses = [
        format!("/supplier/drafts/{kept}"),
        format!("/supplier/receipts/1/files/{submitted}"),
        "/supplier/receipts/1/answers/Q2".to_owned(),
        "/supplier/answers/Q2/text".to_owned(),
        format!("/api/v1/supplier/drafts/{kept}"),
        format!("/api/v1/supplier/submissions/1/files/{submitted}"),
        "/api/v1/supplier/submissions/1/answers/Q2".to_owned(),
        "/api/v1/supplier/answers/Q2/text".to_owned(),
    ];
    for address in addresses {
        let nobody = client.get(&address).send().await;
        assert_ne!(nobody.0.status(), StatusCode::OK, "{address}");
        let answer = client
            .get(&address)
            .header("cookie", format!("commonlot-supplier={secret}"))
            .header("authorization", format!("Bearer {secret}"))
            .send()
            .await;
        answer.assert_status_is_ok();
        let header = |name: &str| {
            let value = answer.0.headers().get(name).unwrap_or_else(|| panic!("{address}: {name}"));
            value.to_str().unwrap().to_owned()
        };
        let disposition = header("content-disposition");
        assert!(disposition.starts_with("attachment; filename=\""), "{address}: {disposition}");
        assert_eq!(disposition.matches('"').count(), 2, "{address}: a name does not end its own quotes");
        let kind = header("content-type");
        assert!(["application/octet-stream", "text/plain; charset=utf-8"].contains(&kind.as_str()), "{kind}");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert!(header("content-security-policy").starts_with("default-src 'none'"));
        assert_eq!(answer.0.into_body().into_vec().await.unwrap(), markup.as_bytes(), "{address}");
    }
}
