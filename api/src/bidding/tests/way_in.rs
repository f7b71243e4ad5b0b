//! Invitations, links and secrets.

use super::fixture::{Tender, input};
use crate::bidding::invitation::{self, InvitationInput};
use crate::kernel::{Caller, Paging, identity};

async fn request(tender: &Tender, input: InvitationInput) {
    tender
        .world
        .write(&Caller::Nobody, |w| async move { invitation::request(&w, "ICT-2027-01", input).await })
        .await
        .unwrap();
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
    for _ in 0..8 {
        request(&tender, input("bids@larkfield.example")).await;
    }
    let mails = tender.world.mails("supplier_claim").await;
    assert_eq!(mails.len(), 1 + 4, "five links a day at most");
    assert!(
        mails.iter().all(|mail| mail.secret && mail.sealed && mail.recipient == "bids@larkfield.example")
    );
    let id = tender.id;
    let list = tender
        .world
        .read(&tender.coordinator, move |r| async move { invitation::list(&r, id, &Paging::default()).await })
        .await
        .unwrap();
    assert_eq!(list.items.len(), 1);
    let other = tender
        .world
        .read(
            &tender.panel_member,
            move |r| async move { invitation::list(&r, id, &Paging::default()).await },
        )
        .await;
    assert_eq!(other.unwrap_err().status(), 403);
}

#[tokio::test]
async fn a_revoked_invitation_lets_nobody_in() {
    let tender = Tender::published().await;
    let secret = tender.claim(&tender.token("bids@larkfield.example").await).await.unwrap();
    let supplier = identity::of_bearer(&tender.world.db, &secret).await.unwrap();
    tender.upload(&supplier, &super::filled("1.00")).await.unwrap();
    let id = tender.id;
    let revoke = |version: i64, reason: &'static str| {
        tender.world.write(&tender.coordinator, move |w| async move {
            let list = invitation::list(&w, id, &Paging::default()).await?;
            invitation::revoke(&w, id, list.items[0].0.id, version, reason).await
        })
    };
    assert!(revoke(2, " ").await.unwrap_err().about("reason").is_some());
    assert_eq!(revoke(1, "Sent to a wrong address.").await.unwrap_err().status(), 412);
    revoke(2, "Sent to a wrong address.").await.unwrap();
    assert_eq!(identity::of_bearer(&tender.world.db, &secret).await.unwrap_err().status(), 401);
    assert_eq!(tender.submit(&supplier).await.unwrap_err().status(), 404);
    let before = tender.world.mails("supplier_claim").await.len();
    request(&tender, input("bids@larkfield.example")).await;
    assert_eq!(tender.world.mails("supplier_claim").await.len(), before);
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
