//! A bidder's team: who may change it, what each member gets, and what nobody else learns.

use entity::{invitation_member, ledger_entry, outbox_message};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::fixture::{Tender, filled, input};
use crate::bidding::invitation;
use crate::bidding::invitation::team::{self, MOST_MEMBERS, Member, MemberInput, Sent};
use crate::bidding::submission;
use crate::kernel::limit::Source;
use crate::kernel::{Caller, Paging, Refusal, identity, outbox};

const FIRST: &str = "bids@larkfield.example";
const SECOND: &str = "estimates@larkfield.example";

impl Tender {
    async fn team(&self, who: &Caller) -> Result<Vec<Member>, Refusal> {
        let list = self.world.read(who, |r| async move { team::list(&r, &Paging::default()).await });
        Ok(list.await?.items)
    }

    async fn add(&self, who: &Caller, email: &str) -> Result<Sent, Refusal> {
        let input = MemberInput { email: email.to_owned(), name: Some("Estimates".to_owned()) };
        self.world.write(who, |w| async move { team::add(&w, input).await }).await
    }

    async fn remove(&self, who: &Caller, id: Uuid, seen: i64) -> Result<Member, Refusal> {
        self.world.write(who, move |w| async move { team::remove(&w, id, seen).await }).await
    }

    async fn reissue(&self, who: &Caller, id: Uuid, seen: i64) -> Result<Sent, Refusal> {
        self.world.write(who, move |w| async move { team::reissue(&w, id, seen).await }).await
    }

    /// Uses the link that was shown because there is no mail server; gives the secret.
    async fn joins(&self, sent: &Sent) -> Result<String, Refusal> {
        let link = sent.link.clone().unwrap();
        self.claim(link.split_once("token=").unwrap().1).await
    }

    async fn caller(&self, secret: &str) -> Result<Caller, Refusal> {
        identity::of_bearer(&self.world.db, secret).await
    }

    /// Two who work on one bid.
    async fn two(&self) -> (Caller, Caller, String) {
        let first = self.supplier(FIRST).await;
        let secret = self.joins(&self.add(&first, SECOND).await.unwrap()).await.unwrap();
        let second = self.caller(&secret).await.unwrap();
        (first, second, secret)
    }

    /// Asks for a link on the public page.
    async fn ask_for_link(&self, email: &str) {
        let input = input(email);
        let asked =
            |w| async move { invitation::request(&w, "ICT-2027-01", input, &Source::default()).await };
        self.world.write(&Caller::Nobody, asked).await.unwrap();
    }

    async fn told(&self, kind: &'static str) -> Vec<String> {
        let mut told: Vec<_> = self.world.mails(kind).await.into_iter().map(|mail| mail.recipient).collect();
        told.sort();
        told
    }
}

fn of<'a>(team: &'a [Member], email: &str) -> &'a Member {
    team.iter().find(|row| row.email == email).unwrap()
}

#[tokio::test]
async fn a_colleague_has_a_secret_of_its_own_and_may_do_what_the_bidder_may() {
    let tender = Tender::published().await;
    let first = tender.supplier(FIRST).await;
    let sent = tender.add(&first, " Estimates@Larkfield.example ").await.unwrap();
    assert_eq!((sent.member.email.as_str(), sent.member.verified_at), (SECOND, None), "in lower case");
    assert_eq!(tender.told("team_link").await, [SECOND]);
    assert_eq!(tender.told("team_changed").await, [FIRST], "who is there already is told");
    assert_eq!(tender.add(&first, SECOND).await.unwrap_err().fields[0].code, "already_member");
    assert_eq!(tender.add(&first, FIRST).await.unwrap_err().fields[0].code, "already_member");
    assert_eq!(tender.add(&first, "nobody").await.unwrap_err().fields[0].code, "not_an_address");

    let secret = tender.joins(&sent).await.unwrap();
    assert_eq!(tender.joins(&sent).await.unwrap_err().code, "link_used");
    let second = tender.caller(&secret).await.unwrap();
    assert_ne!(first, second);
    let (Caller::Supplier { invitation_id: one, .. }, Caller::Supplier { invitation_id: two, .. }) =
        (&first, &second)
    else {
        panic!("both are the supplier");
    };
    assert_eq!(one, two);
    // The one uploads, the other submits; both get the receipt, which says who did it.
    tender.upload(&first, &filled("5.00")).await.unwrap();
    let receipt = tender.submit(&second).await.unwrap();
    assert_eq!(receipt.submitted_by.as_deref(), Some("Estimates <estimates@larkfield.example>"));
    assert_eq!(tender.told("bid_receipt").await, [FIRST, SECOND]);
    let again = tender.world.read(&first, |r| async move { submission::receipt(&r, 1).await }).await.unwrap();
    assert_eq!(again.submitted_by, receipt.submitted_by);
    tender.world.write(&first, |w| async move { submission::withdraw(&w).await }).await.unwrap();
    assert_eq!(tender.told("bid_withdrawal").await, [FIRST, SECOND]);
    let team = tender.team(&second).await.unwrap();
    assert_eq!(of(&team, SECOND).added_by.as_deref(), Some(FIRST));
    assert!(of(&team, SECOND).is_caller && of(&team, SECOND).has_access && !of(&team, FIRST).is_caller);
}

#[tokio::test]
async fn a_removed_members_secret_and_link_are_dead_at_once() {
    let tender = Tender::published().await;
    let (first, second, secret) = tender.two().await;
    let row = of(&tender.team(&first).await.unwrap(), SECOND).clone();
    assert_eq!(tender.remove(&first, row.id, row.version + 1).await.unwrap_err().status(), 412);
    assert_eq!(tender.remove(&first, Uuid::now_v7(), 1).await.unwrap_err().status(), 404);
    tender.remove(&first, row.id, row.version).await.unwrap();
    assert_eq!(tender.caller(&secret).await.unwrap_err().status(), 401);
    // A request that was let in before and waited for its turn is not done either.
    tender.upload(&first, &filled("5.00")).await.unwrap();
    assert_eq!(tender.submit(&second).await.unwrap_err().status(), 401);
    assert_eq!(tender.add(&second, "friend@elsewhere.example").await.unwrap_err().status(), 401);
    tender.submit(&first).await.unwrap();
    assert_eq!(tender.told("bid_receipt").await, [FIRST], "the removed one gets nothing");
    assert_eq!(tender.told("team_removed").await, [SECOND], "but that it is removed");
    assert_eq!(tender.told("team_changed").await, [FIRST, FIRST], "added, and removed");

    // Added again it must be verified anew; a link that was not used ends with the removal.
    let sent = tender.add(&first, SECOND).await.unwrap();
    assert_eq!((sent.member.id, sent.member.verified_at), (row.id, None));
    tender.remove(&first, sent.member.id, sent.member.version).await.unwrap();
    assert_eq!(tender.joins(&sent).await.unwrap_err().code, "link_used");
    assert_eq!(tender.told("team_removed").await, [SECOND], "an unverified address is not written to again");
}

#[tokio::test]
async fn one_verified_address_stays_and_the_first_one_may_go() {
    let tender = Tender::published().await;
    let first = tender.supplier(FIRST).await;
    let own = of(&tender.team(&first).await.unwrap(), FIRST).clone();
    assert_eq!(tender.remove(&first, own.id, own.version).await.unwrap_err().code, "last_member");
    let sent = tender.add(&first, SECOND).await.unwrap();
    let alone = tender.remove(&first, own.id, own.version).await.unwrap_err();
    assert_eq!(alone.code, "last_member", "an address that is not verified cannot be told");
    let second = tender.caller(&tender.joins(&sent).await.unwrap()).await.unwrap();
    tender.remove(&second, own.id, own.version).await.unwrap();
    assert_eq!(tender.submit(&first).await.unwrap_err().status(), 401);

    // It asks on the public page, and an officer invites it again: no link, and nobody sees a difference.
    let claims = || async { tender.world.mails("supplier_claim").await };
    let before = claims().await.len();
    tender.ask_for_link(FIRST).await;
    let id = tender.id;
    let invited = tender
        .world
        .write(&tender.coordinator, move |w| async move { invitation::invite(&w, id, input(FIRST)).await })
        .await
        .unwrap();
    assert!(invited.link.is_none());
    let mails = claims().await;
    assert_eq!(mails.len(), before + 2);
    let (asked, by_officer) = (&mails[before], &mails[before + 1]);
    assert!(asked.sealed && asked.secret && !by_officer.sealed && by_officer.secret);
    assert_eq!(by_officer.subject, mails[0].subject);
    for mail in [asked.clone(), by_officer.clone()] {
        let text = tender
            .world
            .read(&Caller::System, move |r| async move { outbox::text_of(&r, &mail).await })
            .await
            .unwrap()
            .unwrap();
        assert!(!text.contains("token=") && text.contains("has removed it"), "{text}");
    }
}

#[tokio::test]
async fn a_fresh_link_ends_the_old_one_and_its_secret() {
    let tender = Tender::published().await;
    let (first, _, secret) = tender.two().await;
    let row = of(&tender.team(&first).await.unwrap(), SECOND).clone();
    assert_eq!(tender.reissue(&first, row.id, row.version + 1).await.unwrap_err().status(), 412);
    let lost = tender.reissue(&first, row.id, row.version).await.unwrap();
    assert_eq!(tender.caller(&secret).await.unwrap_err().status(), 401, "at once");
    assert!(!lost.member.has_access && lost.member.verified_at.is_some());
    let fresh = tender.reissue(&first, row.id, lost.member.version).await.unwrap();
    assert_eq!(tender.joins(&lost).await.unwrap_err().code, "link_used");
    tender.caller(&tender.joins(&fresh).await.unwrap()).await.unwrap();
    assert_eq!(tender.told("team_link").await, [SECOND, SECOND, SECOND], "the address is told");
    // Whoever lost its link can also ask for one on the public page, to the bid it works on.
    tender.ask_for_link(SECOND).await;
    let back = tender.caller(&tender.claim(&tender.mailed_token().await).await.unwrap()).await.unwrap();
    assert_eq!(tender.team(&back).await.unwrap().len(), 2);
}

#[tokio::test]
async fn nobody_else_reaches_a_team_and_no_answer_tells_whose_an_address_is() {
    let tender = Tender::published().await;
    let (first, second, _) = tender.two().await;
    let other = tender.supplier("bids@carrow.example").await;
    let row = of(&tender.team(&first).await.unwrap(), SECOND).clone();
    for stranger in [&tender.coordinator, &tender.panel_member] {
        assert_eq!(tender.team(stranger).await.unwrap_err().status(), 404);
        assert_eq!(tender.add(stranger, "x@ashvale.example").await.unwrap_err().status(), 404);
    }
    assert_eq!(tender.team(&Caller::Nobody).await.unwrap_err().status(), 401);
    assert_eq!(tender.team(&other).await.unwrap().len(), 1);
    assert_eq!(tender.remove(&other, row.id, row.version).await.unwrap_err().status(), 404);
    assert_eq!(tender.reissue(&other, row.id, row.version).await.unwrap_err().status(), 404);

    // Another bidder's address, an officer's and anybody's are taken alike.
    let (officer, anybody) = ("notices@ashvale.example", "anybody@elsewhere.example");
    let mut answers = Vec::new();
    for email in [FIRST, SECOND, officer, anybody] {
        let Sent { member, link } = tender.add(&other, email).await.unwrap();
        answers.push((member.verified_at, member.has_access, member.version, link.is_some()));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    // Until it uses that link, the address is not drawn into the other team: its own link leads to its own bid.
    tender.ask_for_link(anybody).await;
    let own = tender.caller(&tender.claim(&tender.mailed_token().await).await.unwrap()).await.unwrap();
    assert_eq!(tender.team(&own).await.unwrap().len(), 1);
    // And both bidders that share an address are told what all are told.
    let sent = tender.team(&other).await.unwrap();
    let shared = tender.reissue(&other, of(&sent, SECOND).id, 1).await.unwrap();
    tender.joins(&shared).await.unwrap();
    assert_eq!(tender.team(&second).await.unwrap().len(), 2);
}

#[tokio::test]
async fn officers_see_nothing_of_a_team_before_the_opening() {
    let tender = Tender::published().await;
    let (first, ..) = tender.two().await;
    tender.add(&first, "third@larkfield.example").await.unwrap();
    let id = tender.id;
    let (listed, entries, mails, members) = tender
        .world
        .read(&tender.coordinator, move |r| async move {
            let listed = invitation::list(&r, id, &Paging::default()).await?.items;
            let entries = ledger_entry::Entity::find()
                .filter(ledger_entry::Column::Chain.eq(id.to_string()))
                .filter(ledger_entry::Column::Sealed.eq(false))
                .all(r.txn())
                .await?;
            let mails = outbox_message::Entity::find()
                .filter(outbox_message::Column::Kind.starts_with("team_"))
                .all(r.txn())
                .await?;
            Ok((listed, entries, mails, invitation_member::Entity::find().all(r.txn()).await?))
        })
        .await
        .unwrap();
    assert_eq!((listed.len(), listed[0].version), (1, 1));
    assert!(entries.iter().all(|entry| !entry.action.contains("member")), "{entries:?}");
    assert_eq!(mails.len(), 5, "two links, and three notices");
    assert!(mails.iter().all(|mail| mail.sealed));
    assert_eq!(members.len(), 3);
    assert!(!format!("{members:?}").contains("Estimates"), "a name lies sealed");
}

#[tokio::test]
async fn a_link_that_went_astray_takes_the_whole_team_with_it() {
    let tender = Tender::published().await;
    let (first, second, secret) = tender.two().await;
    let own = of(&tender.team(&first).await.unwrap(), FIRST).clone();
    // Whoever had the link could even have removed the invited address.
    tender.remove(&second, own.id, own.version).await.unwrap();
    let id = tender.id;
    let revoked = tender.world.write(&tender.coordinator, move |w| async move {
        let row = invitation::list(&w, id, &Paging::default()).await?.items.remove(0);
        invitation::revoke(&w, id, row.id, row.version, "Sent to a wrong address.").await
    });
    revoked.await.unwrap();
    assert_eq!(tender.caller(&secret).await.unwrap_err().status(), 401);
    let mails = tender.world.mails("supplier_revoked").await;
    let told: Vec<_> = mails.iter().map(|mail| (mail.recipient.as_str(), mail.sealed)).collect();
    assert_eq!(told, [(FIRST, false), (SECOND, true)], "that there was a team does not show");
    let back = tender.supplier(FIRST).await;
    assert_eq!(tender.team(&back).await.unwrap().len(), 1, "the invited address is alone again");
    assert_eq!(first, back);
}

#[tokio::test]
async fn a_team_and_its_links_are_limited() {
    let tender = Tender::published().await;
    let first = tender.supplier(FIRST).await;
    for number in 1..MOST_MEMBERS {
        tender.add(&first, &format!("c{number}@larkfield.example")).await.unwrap();
    }
    assert_eq!(tender.add(&first, "one.more@larkfield.example").await.unwrap_err().code, "team_full");
    let row = of(&tender.team(&first).await.unwrap(), "c1@larkfield.example").clone();
    let mut version = row.version;
    let refused = loop {
        match tender.reissue(&first, row.id, version).await {
            Ok(sent) => version = sent.member.version,
            Err(refusal) => break refusal,
        }
        assert!(version < 100, "no end of links");
    };
    assert_eq!((refused.status(), tender.world.mails("team_link").await.len()), (429, 20));
    assert!(refused.retry_after.is_some_and(|seconds| seconds > 86_000), "{refused:?}");
    let after = of(&tender.team(&first).await.unwrap(), "c1@larkfield.example").clone();
    assert_eq!(after.version, version, "what is refused changes nothing");
}

#[tokio::test]
async fn answers_go_to_every_verified_address() {
    let tender = Tender::published().await;
    let (first, second, _) = tender.two().await;
    tender.add(&first, "unverified@larkfield.example").await.unwrap();
    let id = tender.id;
    let addresses = tender
        .world
        .read(&Caller::System, move |r| async move { invitation::every_bidder(&r, id).await })
        .await
        .unwrap();
    let told: Vec<_> = addresses[0].addresses.iter().map(|to| to.email.as_str()).collect();
    assert_eq!((addresses.len(), told), (1, vec![FIRST, SECOND]));
    let own = of(&tender.team(&second).await.unwrap(), FIRST).clone();
    tender.remove(&second, own.id, own.version).await.unwrap();
    let addresses = tender
        .world
        .read(&Caller::System, move |r| async move { invitation::every_bidder(&r, id).await })
        .await
        .unwrap();
    assert_eq!(addresses[0].addresses.len(), 1, "and to no other");
    assert_eq!(addresses[0].addresses[0].email, SECOND);
}
