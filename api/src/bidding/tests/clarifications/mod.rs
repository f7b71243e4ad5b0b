//! Questions before the deadline: who may ask and answer, who sees what, and that nobody learns who asked.

use chrono::TimeDelta;
use entity::{clarification_answer, outbox_message};
use sea_orm::{EntityTrait, QueryOrder};
use uuid::Uuid;

use super::fixture::{Tender, input};
use crate::bidding::clarification::answer::{self, AnswerInput, PrivateAnswerInput};
use crate::bidding::clarification::question::{self, QuestionInput};
use crate::bidding::clarification::{Clarification, MOST_CHARACTERS, QUESTIONS_A_BIDDER, view};
use crate::bidding::invitation;
use crate::kernel::limit::Source;
use crate::kernel::{Caller, Paging, Refusal, identity};
use crate::overview::history;
use rules::stage::ClarificationState::{Answered, AnsweredPrivately, ClaimRefused, Claimed, Open, Withdrawn};

mod waiting;

fn plain(text: &str) -> QuestionInput {
    QuestionInput { question: text.to_owned(), ..QuestionInput::default() }
}

fn confidential(text: &str) -> QuestionInput {
    QuestionInput { confidential_because: Some("It is our secret.".to_owned()), ..plain(text) }
}

fn reply(question: &str, answer: &str) -> AnswerInput {
    AnswerInput { question: question.to_owned(), answer: answer.to_owned(), name_confirmed: false }
}

fn aside(answer: &str) -> PrivateAnswerInput {
    PrivateAnswerInput { answer: answer.to_owned(), reason: "It tells of a plan.".to_owned() }
}

impl Tender {
    /// A supplier of this name that asked for its link by itself.
    async fn bidder(&self, name: &str, email: &str) -> Caller {
        let input = invitation::InvitationInput { supplier: name.to_owned(), ..input(email) };
        let asked =
            |w| async move { invitation::request(&w, "ICT-2027-01", input, &Source::default()).await };
        self.world.write(&Caller::Nobody, asked).await.unwrap();
        let secret = self.claim(&self.mailed_token().await).await.unwrap();
        identity::of_bearer(&self.world.db, &secret).await.unwrap()
    }

    async fn ask(&self, who: &Caller, input: QuestionInput) -> Result<Clarification, Refusal> {
        self.world.write(who, |w| async move { question::ask(&w, input).await }).await
    }

    async fn publish(
        &self,
        who: &Caller,
        row: &Clarification,
        input: AnswerInput,
    ) -> Result<Clarification, Refusal> {
        let (procurement, id, seen) = (self.id, row.id, row.version);
        self.world
            .write(who, move |w| async move { answer::publish(&w, procurement, id, seen, input).await })
            .await
    }

    async fn answer_privately(
        &self,
        who: &Caller,
        row: &Clarification,
        input: PrivateAnswerInput,
    ) -> Result<Clarification, Refusal> {
        let (procurement, id, seen) = (self.id, row.id, row.version);
        self.world
            .write(
                who,
                move |w| async move { answer::answer_privately(&w, procurement, id, seen, input).await },
            )
            .await
    }

    async fn refuse_claim(
        &self,
        who: &Caller,
        row: &Clarification,
        reason: &'static str,
    ) -> Result<Clarification, Refusal> {
        let (procurement, id, seen) = (self.id, row.id, row.version);
        self.world
            .write(who, move |w| async move { answer::refuse_claim(&w, procurement, id, seen, reason).await })
            .await
    }

    async fn withdraw(&self, who: &Caller, row: &Clarification) -> Result<Clarification, Refusal> {
        let (id, seen) = (row.id, row.version);
        self.world.write(who, move |w| async move { question::withdraw(&w, id, seen).await }).await
    }

    async fn give_up(&self, who: &Caller, row: &Clarification) -> Result<Clarification, Refusal> {
        let (id, seen) = (row.id, row.version);
        self.world.write(who, move |w| async move { question::give_up_claim(&w, id, seen).await }).await
    }

    async fn own(&self, who: &Caller) -> Vec<Clarification> {
        let slice = self.world.read(who, |r| async move { question::own(&r, &Paging::default()).await });
        slice.await.unwrap().items
    }

    async fn seen_by(&self, who: &Caller) -> Result<Vec<Clarification>, Refusal> {
        let id = self.id;
        let slice =
            self.world.read(who, move |r| async move { view::list(&r, id, &Paging::default()).await });
        Ok(slice.await?.items)
    }

    async fn one_seen_by(&self, who: &Caller, row: Uuid) -> Result<Clarification, Refusal> {
        let id = self.id;
        self.world.read(who, move |r| async move { view::one(&r, id, row).await }).await
    }

    async fn public(&self) -> Vec<Clarification> {
        self.world
            .read(
                &Caller::Nobody,
                |r| async move { view::published(&r, "ICT-2027-01", &Paging::default()).await },
            )
            .await
            .unwrap()
            .items
    }
}

#[tokio::test]
async fn an_answer_goes_to_every_bidder_and_to_the_public_without_the_askers_name() {
    let tender = Tender::published().await;
    let asker = tender.bidder("Kestrelwood Systems", "bids@kestrelwood.example").await;
    let other = tender.bidder("Larkfield Systems", "bids@larkfield.example").await;
    // Who has not used its link is no bidder yet; whose link went astray still is.
    tender.token("slow@birch.example").await;
    let gone = tender.supplier("bids@gone.example").await;
    let hers = tender.ask(&gone, confidential("May I?")).await.unwrap();
    revoke(&tender, "bids@gone.example").await;
    tender.answer_privately(&tender.coordinator, &hers, aside("You may.")).await.unwrap();
    assert!(tender.world.mails("clarification_private_answer").await.is_empty(), "it waits on the page");

    let asked =
        tender.ask(&asker, plain("Our depot is far away.\nMay we swap devices there?")).await.unwrap();
    assert_eq!((asked.state, asked.version, asked.number), (Open, 1, None));
    let published = tender
        .publish(&tender.coordinator, &asked, reply("May devices be swapped at a depot?", "Yes."))
        .await
        .unwrap();
    assert_eq!((published.state, published.version, published.number), (Answered, 2, Some(1)));

    let letters = tender.world.mails("clarification_answer").await;
    let told: Vec<_> = letters.iter().map(|mail| mail.recipient.as_str()).collect();
    let bidders = ["bids@kestrelwood.example", "bids@larkfield.example", "bids@gone.example"];
    assert_eq!(told, bidders, "one letter each");
    assert!(letters.iter().all(|mail| mail.sealed && !mail.secret));
    let to_other = text_of(&tender, &letters[1]).await;
    assert!(
        to_other.contains("May devices be swapped at a depot?") && to_other.contains("Yes."),
        "{to_other}"
    );
    for secret in ["Kestrelwood", "kestrelwood", "Our depot"] {
        assert!(!to_other.contains(secret), "{secret}: {to_other}");
    }

    // The public, a partner and a panel member read what is published, and nothing else.
    let public = tender.public().await;
    for row in [
        &public[0],
        &tender.seen_by(&tender.panel_member).await.unwrap()[0],
        &tender.seen_by(&tender.brackenham_opener).await.unwrap()[0],
    ] {
        assert_eq!(row.current().unwrap().question, "May devices be swapped at a depot?");
        assert_eq!((&row.asked, &row.asker, &row.claim_reason), (&None, &None, &None));
    }
    assert_eq!(tender.own(&other).await, [], "another bidder's question is not among its own");
    assert_eq!(tender.own(&asker).await[0].asked.as_ref().unwrap().text, asked.asked.unwrap().text);
}

async fn revoke(tender: &Tender, email: &'static str) {
    let id = tender.id;
    tender
        .world
        .write(&tender.coordinator, move |w| async move {
            let list = invitation::list(&w, id, &Paging::default()).await?;
            let row = list.items.iter().find(|row| row.email == email).unwrap();
            invitation::revoke(&w, id, row.id, row.version, "Sent to a wrong address.").await
        })
        .await
        .unwrap();
}

async fn text_of(tender: &Tender, mail: &outbox_message::Model) -> String {
    let mail = mail.clone();
    let text = tender
        .world
        .read(&Caller::System, move |r| async move { crate::kernel::outbox::text_of(&r, &mail).await });
    text.await.unwrap().unwrap()
}

#[tokio::test]
async fn nobody_learns_who_asked_before_the_opening() {
    let tender = Tender::published().await;
    let asker = tender.bidder("Kestrelwood Systems", "bids@kestrelwood.example").await;
    let row = tender.ask(&asker, confidential("May the desk move?")).await.unwrap();
    tender.refuse_claim(&tender.coordinator, &row, "All need to know.").await.unwrap();
    let row = tender.own(&asker).await.remove(0);
    let row = tender.give_up(&asker, &row).await.unwrap();
    tender.publish(&tender.coordinator, &row, reply("May it move?", "Yes.")).await.unwrap();
    let id = tender.id;
    let happened = || async {
        let list = tender.world.read(&tender.coordinator, move |r| async move {
            history::list(&r, id, &Paging::default()).await
        });
        list.await.unwrap().items
    };
    let seen = tender.seen_by(&tender.coordinator).await.unwrap();
    assert_eq!(seen[0].asker, None);
    assert_eq!(
        seen[0].asked.as_ref().unwrap().text,
        "May the desk move?",
        "the words are the coordinator's to answer"
    );
    let before: Vec<_> = happened().await.into_iter().map(|row| row.action).collect();
    assert_eq!(before.iter().filter(|action| action.contains("clarification")).count(), 1, "{before:?}");
    assert!(before.contains(&"bidding.clarification.publish".to_owned()));
    let (name, email) = ("Kestrelwood", "kestrelwood");
    let told = format!("{seen:?}{:?}", happened().await);
    assert!(!told.contains(name) && !told.contains(email), "{told}");

    tender.open().await;
    let seen = tender.seen_by(&tender.coordinator).await.unwrap();
    assert_eq!(seen[0].asker.as_deref(), Some("Kestrelwood Systems"), "afterwards it is no secret");
    assert_eq!(tender.seen_by(&tender.panel_member).await.unwrap()[0].asker, None);
    let after: Vec<_> = happened().await.into_iter().map(|row| row.action).collect();
    for action in ["ask", "refuse_claim", "give_up_claim"] {
        assert!(after.contains(&format!("bidding.clarification.{action}")), "{action}: {after:?}");
    }
    // Nothing more is asked or answered.
    assert_eq!(tender.ask(&asker, plain("?")).await.unwrap_err().code, "deadline_passed");
    let late = tender.publish(&tender.coordinator, &seen[0], reply("May it?", "No.")).await;
    assert_eq!(late.unwrap_err().code, "wrong_stage");
}

#[tokio::test]
async fn a_private_answer_is_the_askers_and_the_coordinators() {
    let tender = Tender::published().await;
    let asker = tender.bidder("Kestrelwood Systems", "bids@kestrelwood.example").await;
    let other = tender.bidder("Larkfield Systems", "bids@larkfield.example").await;
    let row = tender.ask(&asker, confidential("May the desk move?")).await.unwrap();
    assert_eq!(row.state, Claimed);
    let refused = tender.publish(&tender.coordinator, &row, reply("May it?", "Yes.")).await.unwrap_err();
    assert_eq!(refused.code, "wrong_state", "a claim is not answered to all over the asker's head");
    let told = tender.answer_privately(&tender.coordinator, &row, aside("Yes, at night.")).await.unwrap();
    assert_eq!(told.state, AnsweredPrivately);

    let own = tender.own(&asker).await.remove(0);
    assert_eq!(own.private.iter().map(|answer| answer.text.as_str()).collect::<Vec<_>>(), ["Yes, at night."]);
    let letters = tender.world.mails("clarification_private_answer").await;
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].recipient, "bids@kestrelwood.example");
    assert!(text_of(&tender, &letters[0]).await.contains("Yes, at night."));
    assert!(tender.world.mails("clarification_answer").await.is_empty());

    assert!(tender.own(&other).await.is_empty() && tender.public().await.is_empty());
    let (id, version) = (row.id, told.version);
    let foreign = tender.world.read(&other, move |r| async move { question::own_one(&r, id).await }).await;
    assert_eq!(foreign.unwrap_err().status(), 404);
    let foreign =
        tender.world.write(&other, move |w| async move { question::withdraw(&w, id, version).await }).await;
    assert_eq!(foreign.unwrap_err().status(), 404);
    for partner in [&tender.panel_member, &tender.brackenham_opener, &tender.ashvale_opener] {
        assert!(tender.seen_by(partner).await.unwrap().is_empty());
        assert_eq!(tender.one_seen_by(partner, id).await.unwrap_err().status(), 404);
    }
    // A correction is a new answer that names the earlier one.
    let again = tender.answer_privately(&tender.coordinator, &told, aside("Yes, by day.")).await.unwrap();
    assert_eq!(again.private.len(), 2);
    assert_eq!(again.private[1].corrects, Some(again.private[0].id));
    assert!(
        text_of(&tender, &tender.world.mails("clarification_private_answer").await[1])
            .await
            .contains("corrected")
    );
    assert_eq!(tender.withdraw(&asker, &again).await.unwrap_err().code, "wrong_state");
}

#[tokio::test]
async fn a_refused_claim_leaves_the_choice_to_the_asker() {
    let tender = Tender::published().await;
    let asker = tender.bidder("Kestrelwood Systems", "bids@kestrelwood.example").await;
    let first = tender.ask(&asker, confidential("May the desk move?")).await.unwrap();
    let second = tender.ask(&asker, confidential("May it move twice?")).await.unwrap();
    let empty = tender.refuse_claim(&tender.coordinator, &first, " ").await.unwrap_err();
    assert!(empty.about("reason").is_some());
    for row in [&first, &second] {
        let refused = tender.refuse_claim(&tender.coordinator, row, "Others must know the sites.").await;
        assert_eq!(refused.unwrap().state, ClaimRefused);
    }
    let letters = tender.world.mails("clarification_claim_refused").await;
    assert_eq!(letters.len(), 2);
    assert!(text_of(&tender, &letters[0]).await.contains("Others must know the sites."));
    let own = tender.own(&asker).await;
    assert_eq!(own[0].claim_reason.as_deref(), Some("Others must know the sites."));
    let early = tender.publish(&tender.coordinator, &own[0], reply("May it?", "Yes.")).await.unwrap_err();
    assert_eq!(early.code, "wrong_state");

    let withdrawn = tender.withdraw(&asker, &own[0]).await.unwrap();
    assert_eq!(withdrawn.state, Withdrawn);
    let dead = tender.publish(&tender.coordinator, &withdrawn, reply("May it?", "Yes.")).await.unwrap_err();
    assert_eq!(dead.code, "wrong_state", "a withdrawn question is answered to nobody");
    let open = tender.give_up(&asker, &own[1]).await.unwrap();
    assert_eq!(open.state, Open);
    tender.publish(&tender.coordinator, &open, reply("May it move twice?", "No.")).await.unwrap();
    assert_eq!(tender.public().await.len(), 1);
}

#[tokio::test]
async fn a_published_answer_never_changes_and_a_correction_names_it() {
    let tender = Tender::published().await;
    let asker = tender.bidder("Kestrelwood Systems", "bids@kestrelwood.example").await;
    let asked = tender.ask(&asker, plain("Is night work priced?")).await.unwrap();
    let second = tender.ask(&asker, plain("Is day work priced?")).await.unwrap();
    let first =
        tender.publish(&tender.coordinator, &asked, reply("Is night work priced?", "No.")).await.unwrap();
    let stale = tender.publish(&tender.coordinator, &asked, reply("Is night work priced?", "Yes.")).await;
    assert_eq!(stale.unwrap_err().status(), 412, "it has moved on since");
    let rows = || async {
        let rows = tender.world.read(&Caller::System, |r| async move {
            let rows = clarification_answer::Entity::find()
                .order_by_asc(clarification_answer::Column::Id)
                .all(r.txn())
                .await?;
            Ok(rows)
        });
        rows.await.unwrap()
    };
    let before = rows().await;
    let corrected = tender
        .publish(&tender.coordinator, &first, reply("Is night work priced?", "Yes, in line P01."))
        .await
        .unwrap();
    assert_eq!(corrected.number, Some(1), "it keeps its number");
    let after = rows().await;
    assert_eq!(after[..1], before[..], "the earlier answer is as it was");
    assert_eq!((after.len(), after[1].number, after[1].corrects), (2, 2, Some(before[0].id)));
    let public = tender.public().await;
    assert_eq!(public[0].current().unwrap().answer, "Yes, in line P01.");
    assert_eq!(public[0].earlier()[0].answer, "No.");
    assert_eq!(tender.world.mails("clarification_answer").await.len(), 2, "told again");
    let second =
        tender.publish(&tender.coordinator, &second, reply("Is day work priced?", "Yes.")).await.unwrap();
    assert_eq!(second.number, Some(2));
}

#[tokio::test]
async fn who_may_not_answer() {
    let tender = Tender::published().await;
    let asker = tender.bidder("Kestrelwood Systems", "bids@kestrelwood.example").await;
    let stranger = tender.world.officer(&tender.world.council("Dunmere").await, "Stranger").await;
    let row = tender.ask(&asker, confidential("May the desk move?")).await.unwrap();
    for (who, status) in [
        (&tender.brackenham_opener, 403),
        (&tender.panel_member, 403),
        (&tender.ashvale_opener, 403),
        (&stranger, 404),
        (&asker, 404),
        (&Caller::Nobody, 401),
    ] {
        let refusals = [
            tender.publish(who, &row, reply("May it?", "Yes.")).await.unwrap_err(),
            tender.answer_privately(who, &row, aside("Yes.")).await.unwrap_err(),
            tender.refuse_claim(who, &row, "No.").await.unwrap_err(),
        ];
        for refusal in refusals {
            assert_eq!(refusal.status(), status, "{refusal}");
        }
    }
    assert_eq!(tender.seen_by(&stranger).await.unwrap_err().status(), 404);
    assert_eq!(tender.seen_by(&Caller::Nobody).await.unwrap_err().status(), 401);
    assert_eq!(tender.ask(&tender.coordinator, plain("?")).await.unwrap_err().status(), 404);
    assert_eq!(tender.ask(&Caller::Nobody, plain("?")).await.unwrap_err().status(), 401);
}

#[tokio::test]
async fn a_text_that_may_name_a_bidder_must_be_confirmed() {
    let tender = Tender::published().await;
    let asker = tender.bidder("Kestrelwood Systems", "bids@kestrelwood.example").await;
    tender.bidder("Larkfield Systems", "bids@larkfield.example").await;
    let own = tender.ask(&asker, plain("May Kestrelwood swap devices?")).await.unwrap_err();
    assert_eq!(own.fields[0].code, "may_name_a_bidder");
    let others = tender.ask(&asker, plain("Is it like Larkfield does?")).await;
    assert!(others.is_ok(), "a bidder is told nothing about others");
    let row =
        tender.ask(&asker, QuestionInput { name_confirmed: true, ..plain("May Kestrelwood swap?") }).await;
    let row = row.unwrap();
    for (question, answer, quoted) in [
        ("May KESTRELWOOD swap?", "Yes.", "“KESTRELWOOD”"),
        ("May devices be swapped?", "As larkfield.example says.", "“larkfield”"),
        ("May devices be swapped?", "As Smallwood Ltd does.", "“Smallwood Ltd”"),
    ] {
        let refusal = tender.publish(&tender.coordinator, &row, reply(question, answer)).await.unwrap_err();
        let told = refusal.about("name_confirmed").unwrap();
        assert!(told.contains(quoted) && told.contains("may identify a bidder"), "{told}");
        assert!(!told.contains("Kestrelwood Systems") && !told.contains("Larkfield Systems"), "{told}");
    }
    let confirmed = AnswerInput { name_confirmed: true, ..reply("May KESTRELWOOD swap?", "Yes.") };
    tender.publish(&tender.coordinator, &row, confirmed).await.unwrap();
}

#[tokio::test]
async fn questions_end_at_the_deadline_and_at_the_quota() {
    let tender = Tender::published().await;
    let asker = tender.bidder("Kestrelwood Systems", "bids@kestrelwood.example").await;
    let other = tender.bidder("Larkfield Systems", "bids@larkfield.example").await;
    let wrong = QuestionInput { confidential_because: Some(String::new()), ..plain(" ") };
    let refusal = tender.ask(&asker, wrong).await.unwrap_err();
    assert!(refusal.about("question").is_some() && refusal.about("confidential_because").is_some());
    let long = tender.ask(&asker, plain(&"ä".repeat(MOST_CHARACTERS + 1))).await.unwrap_err();
    assert!(long.about("question").is_some());
    tender.ask(&asker, plain(&"ä".repeat(MOST_CHARACTERS))).await.unwrap();
    for number in 1..QUESTIONS_A_BIDDER {
        tender.ask(&asker, plain(&format!("Question {number}?"))).await.unwrap();
    }
    let first = tender.own(&asker).await.remove(0);
    tender.withdraw(&asker, &first).await.unwrap();
    assert_eq!(tender.ask(&asker, plain("One more?")).await.unwrap_err().code, "too_many_questions");
    let row = tender.ask(&other, plain("The quota is each bidder's own?")).await.unwrap();

    tender.world.db.advance_clock(TimeDelta::hours(2)).await.unwrap();
    assert_eq!(tender.ask(&other, plain("Too late?")).await.unwrap_err().code, "deadline_passed");
    let late = tender.publish(&tender.coordinator, &row, reply("The quota?", "Yes.")).await.unwrap();
    assert_eq!(late.state, Answered, "answers are published until the opening");
}
