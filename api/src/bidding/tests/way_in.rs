//! Invitations, links and secrets.

use super::fixture::{Tender, input};
use crate::bidding::bid;
use crate::bidding::invitation::{self, InvitationInput, Listed};
use crate::kernel::limit::Source;
use crate::kernel::{Caller, Paging, identity};

async fn request(tender: &Tender, input: InvitationInput) {
    request_from(tender, "203.0.113.7", input).await;
}

async fn request_from(tender: &Tender, source: &str, input: InvitationInput) {
    let from = Source::of(source.parse().unwrap());
    let asked = move |w| async move { invitation::request(&w, "ICT-2027-01", input, &from).await };
    tender.world.write(&Caller::Nobody, asked).await.unwrap();
}

#[tokio::test]
async fn a_link_works_once_and_the_newest_secret_alone() {
    let tender = Tender::published().await;
    let token = tender.token("bids@larkfield.example").await;
    let first = tender.claim(&token).await.unwrap();
    assert_eq!(first.len(), 64, "256 bits in hex");
    assert_eq!(tender.claim(&token).await.unwrap_err().code, "link_used");
    let fresh = tender.token("BIDS@larkfield.example").await;
    let second = tender.claim(&fresh).await.unwrap();
    assert_eq!(identity::of_bearer(&tender.world.db, &first).await.unwrap_err().status(), 401);
    assert!(matches!(identity::of_bearer(&tender.world.db, &second).await.unwrap(), Caller::Supplier { .. }));
    let stale = tender.token("slow@larkfield.example").await;
    tender.world.db.advance_clock(invitation::CLAIM_LIFETIME).await.unwrap();
    assert_eq!(tender.claim(&stale).await.unwrap_err().code, "link_used");
}

#[tokio::test]
async fn the_public_page_answers_everybody_alike_and_fills_nobodys_mailbox() {
    let tender = Tender::published().await;
    for last in 1..=8 {
        request_from(&tender, &format!("203.0.113.{last}"), input("bids@larkfield.example")).await;
    }
    let mails = tender.world.mails("supplier_claim").await;
    assert_eq!(mails.len(), 5, "five links an hour at most");
    assert!(
        mails.iter().all(|mail| mail.secret && mail.sealed && mail.recipient == "bids@larkfield.example")
    );
    let id = tender.id;
    let other = tender
        .world
        .read(
            &tender.panel_member,
            move |r| async move { invitation::list(&r, id, &Paging::default()).await },
        )
        .await;
    assert_eq!(other.unwrap_err().status(), 403);
    tender.pass_deadline().await;
    tender.open().await;
    let closed = tender.world.write(&Caller::Nobody, |w| async move {
        invitation::request(&w, "ICT-2027-01", input("tardy@larkfield.example"), &Source::default()).await
    });
    assert_eq!(closed.await.unwrap_err().code, "box_opened");
}

async fn listed(tender: &Tender) -> Vec<Listed> {
    let id = tender.id;
    tender
        .world
        .read(&tender.coordinator, move |r| async move { invitation::list(&r, id, &Paging::default()).await })
        .await
        .unwrap()
        .items
}

#[tokio::test]
async fn before_the_opening_officers_see_only_what_officers_did() {
    let tender = Tender::published().await;
    request(&tender, input("own@larkfield.example")).await;
    let own = tender.claim(&tender.mailed_token().await).await.unwrap();
    let invited = tender.token("asked@carrow.example").await;
    let before = listed(&tender).await;
    assert_eq!(before.len(), 1, "who asked by itself does not show: {before:?}");
    tender.claim(&invited).await.unwrap();
    assert_eq!(listed(&tender).await, before, "whether a link was used does not show");

    // An officer who invites a supplier that is there already gets the answer that a new address gets, and no link.
    let id = tender.id;
    let named =
        InvitationInput { supplier: "As the officer calls it".to_owned(), ..input("own@larkfield.example") };
    let again = tender
        .world
        .write(&tender.coordinator, move |w| async move { invitation::invite(&w, id, named).await })
        .await
        .unwrap();
    assert!(again.link.is_none(), "the link would let the officer in as the supplier");
    assert_eq!(again.invitation.supplier, "As the officer calls it");
    assert_eq!((again.invitation.claimed_at, again.invitation.version), (None, 1));
    let caller = identity::of_bearer(&tender.world.db, &own).await.unwrap();
    assert!(matches!(caller, Caller::Supplier { .. }), "the supplier's own secret works on");

    tender.pass_deadline().await;
    tender.open().await;
    let after = listed(&tender).await;
    assert!(after.iter().all(|row| row.claimed_at.is_some()), "{after:?}");
    assert!(after.iter().any(|row| row.supplier != "As the officer calls it"), "{after:?}");
}

#[tokio::test]
async fn a_link_that_is_taken_back_takes_no_bid_with_it() {
    let tender = Tender::published().await;
    let secret = tender.claim(&tender.token("bids@larkfield.example").await).await.unwrap();
    let supplier = identity::of_bearer(&tender.world.db, &secret).await.unwrap();
    tender.upload(&supplier, &super::filled("1.00")).await.unwrap();
    tender.submit(&supplier).await.unwrap();
    let id = tender.id;
    let revoke = |version: i64, reason: &'static str| {
        tender.world.write(&tender.coordinator, move |w| async move {
            let list = invitation::list(&w, id, &Paging::default()).await?;
            invitation::revoke(&w, id, list.items[0].id, version, reason).await
        })
    };
    assert!(revoke(1, " ").await.unwrap_err().about("reason").is_some());
    assert_eq!(revoke(2, "Sent to a wrong address.").await.unwrap_err().status(), 412);
    let unused = tender.token("bids@larkfield.example").await;
    revoke(1, "Sent to a wrong address.").await.unwrap();
    assert_eq!(identity::of_bearer(&tender.world.db, &secret).await.unwrap_err().status(), 401);
    assert_eq!(tender.claim(&unused).await.unwrap_err().code, "link_used");
    assert_eq!(tender.world.mails("supplier_revoked").await.len(), 1, "the address is told why");

    // Nobody who may tender is kept from it: a fresh link lets the supplier back in, to all that it had.
    request(&tender, input("bids@larkfield.example")).await;
    let fresh = tender.claim(&tender.mailed_token().await).await.unwrap();
    let back = identity::of_bearer(&tender.world.db, &fresh).await.unwrap();
    assert_eq!(back, supplier);
    tender.pass_deadline().await;
    assert_eq!(revoke(2, "We do not like them.").await.unwrap_err().code, "deadline_passed");
    tender.open().await;
    let bids = tender
        .world
        .read(&tender.coordinator, move |r| async move { bid::list(&r, id, &Paging::default()).await })
        .await
        .unwrap();
    assert_eq!(bids.items.len(), 1, "what was submitted stays in the box");
}

#[tokio::test]
async fn everything_wrong_with_a_supplier_is_told_at_once() {
    let tender = Tender::published().await;
    let id = tender.id;
    let wrong = InvitationInput {
        supplier: String::new(),
        email: "nobody".to_owned(),
        ppon: Some("12".to_owned()),
        companies_house: Some("ABC".to_owned()),
    };
    let refusal = tender
        .world
        .write(&tender.coordinator, move |w| async move { invitation::invite(&w, id, wrong).await })
        .await
        .unwrap_err();
    let fields: Vec<_> = refusal.fields.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["supplier", "email", "ppon", "companies_house"]);
}
