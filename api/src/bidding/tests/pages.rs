//! The pages, as a browser without scripts sees them.

use poem::http::StatusCode;
use poem::test::{TestClient, TestForm, TestFormField};

use super::fixture::{Tender, filled};
use importers::bid_template;

#[tokio::test]
async fn a_supplier_goes_from_its_link_to_a_receipt_through_pages() {
    let tender = Tender::published().await;
    let client = TestClient::new(crate::server::routes(&tender.world.db));
    let public = client.get("/tenders/ICT-2027-01").send().await;
    public.assert_status_is_ok();
    let html = public.0.into_body().into_string().await.unwrap();
    assert!(html.contains("At exactly this time a bid is late") && html.contains("Question 1"));
    assert!(html.contains("60 %"), "quality is what price leaves");
    client.get("/tenders/ICT-2027-02").send().await.assert_status(StatusCode::NOT_FOUND);

    let token = tender.token("bids@larkfield.example").await;
    client.get(format!("/supplier/claim?token={token}")).send().await.assert_status_is_ok();
    let claimed = client
        .post("/supplier/claim")
        .header("sec-fetch-site", "same-origin")
        .form(&[("token", token.as_str())])
        .send()
        .await;
    claimed.assert_status_is_ok();
    let cookie = claimed.0.headers().get("set-cookie").unwrap().to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly"));
    let cookie = cookie.split(';').next().unwrap().to_owned();
    client.get("/supplier").send().await.assert_status(StatusCode::UNAUTHORIZED);

    let bytes = bid_template::filled(&tender.pack, &tender.hash, &filled("12.34")).unwrap();
    let form = TestForm::new().field(TestFormField::bytes(bytes).name("file").filename("bid.xlsx"));
    let uploaded = client
        .post("/supplier/workbook")
        .header("sec-fetch-site", "same-origin")
        .header("cookie", &cookie)
        .multipart(form)
        .send()
        .await;
    uploaded.assert_status(StatusCode::SEE_OTHER);
    for path in
        ["/supplier", "/supplier/check", "/supplier/submit", "/supplier/receipts", "/supplier/withdraw"]
    {
        client.get(path).header("cookie", &cookie).send().await.assert_status_is_ok();
    }
    let check = client.get("/supplier/check").header("cookie", &cookie).send().await;
    assert!(check.0.into_body().into_string().await.unwrap().contains("£1,234.00"));
    let blank = client.get("/supplier/workbook").header("cookie", &cookie).send().await;
    blank.assert_header("content-disposition", "attachment; filename=\"ICT-2027-01-bid.xlsx\"");

    let stale = client
        .post("/supplier/submit")
        .header("sec-fetch-site", "same-origin")
        .header("cookie", &cookie)
        .form(&[("manifest_hash", "0")])
        .send()
        .await;
    stale.assert_status(StatusCode::PRECONDITION_FAILED);
    let page = client.get("/supplier/submit").header("cookie", &cookie).send().await;
    let html = page.0.into_body().into_string().await.unwrap();
    let hash = html.split("name=\"manifest_hash\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let submitted = client
        .post("/supplier/submit")
        .header("sec-fetch-site", "same-origin")
        .header("cookie", &cookie)
        .form(&[("manifest_hash", hash)])
        .send()
        .await;
    submitted.assert_status(StatusCode::SEE_OTHER);
    let receipt = client.get("/supplier/receipts/1").header("cookie", &cookie).send().await;
    receipt.assert_status_is_ok();
    let html = receipt.0.into_body().into_string().await.unwrap();
    assert!(html.contains(hash) && html.contains("was received in time"));

    // The secret of the page is the API's bearer; an officer's pages do not know the supplier's cookie.
    let secret = cookie.split_once('=').unwrap().1.to_owned();
    let own = client
        .get("/api/v1/supplier/submissions/1/receipt")
        .header("authorization", format!("Bearer {secret}"))
        .send()
        .await;
    own.assert_status_is_ok();
    let bids = client.get(format!("/procurements/{}/bids", tender.id)).header("cookie", &cookie).send().await;
    bids.assert_status(StatusCode::SEE_OTHER);
    bids.assert_header("location", "/sign-in");
}

#[tokio::test]
async fn the_public_page_tells_how_marks_count_and_who_buys_and_its_pack_can_be_checked() {
    let tender = Tender::published().await;
    let client = TestClient::new(crate::server::routes(&tender.world.db));
    let html = async || {
        let page = client.get("/tenders/ICT-2027-01").send().await;
        page.assert_status_is_ok();
        page.0.into_body().into_string().await.unwrap()
    };
    let open = html().await;
    for told in [
        "100 % of quality</td><td class=\"n\">60 %",
        "<td class=\"n\">40 %</td><td>Something",
        "mailto:notices@ashvale.example",
        "mailto:notices@brackenham.example",
        "Not known yet",
        "On the roadmap, with a date",
        "Counted by volume",
        "Send me a link",
    ] {
        assert!(open.contains(told), "{told} is missing in\n{open}");
    }
    for path in ["/tenders/ICT-2027-01/pack.json", "/api/v1/tenders/ICT-2027-01/pack.json"] {
        let pack = client.get(path).send().await;
        pack.assert_status_is_ok();
        let bytes = pack.0.into_body().into_vec().await.unwrap();
        assert_eq!(rules::canonical::sha256_hex(&bytes), tender.hash, "{path}");
        client.get(path.replace("-01", "-02")).send().await.assert_status(StatusCode::NOT_FOUND);
    }
    tender.open().await;
    let opened = html().await;
    assert!(opened.contains("The tender box has been opened") && !opened.contains("Send me a link"));
}
