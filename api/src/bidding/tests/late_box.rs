//! The late box: two people decide before anything is opened.

use chrono::TimeDelta;
use entity::ledger_entry;
use rules::late::LateState;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::fixture::{Tender, filled};
use crate::bidding::late::{self, LateSubmission, WordInput};
use crate::bidding::opening::{self, ConsentInput};
use crate::bidding::{bid, submission};
use crate::kernel::{Caller, Paging, Refusal, Slice};

impl Tender {
    async fn late(&self, caller: &Caller) -> Result<Slice<LateSubmission>, Refusal> {
        let id = self.id;
        self.world.read(caller, move |r| async move { late::list(&r, id, &Paging::default()).await }).await
    }

    async fn word(
        &self,
        caller: &Caller,
        on: Uuid,
        seen: i64,
        verdict: &str,
    ) -> Result<LateSubmission, Refusal> {
        let id = self.id;
        let input = WordInput {
            verdict: verdict.to_owned(),
            reason: format!("{verdict}, because of the log"),
            outage: None,
        };
        self.world.write(caller, move |w| async move { late::give_word(&w, id, on, seen, input).await }).await
    }

    /// A supplier with a bid in time and one that is late; gives the late one's id.
    async fn one_in_time_one_late(&self) -> (Caller, Uuid) {
        let supplier = self.supplier("bids@larkfield.example").await;
        self.upload(&supplier, &filled("8.00")).await.unwrap();
        assert!(!self.submit(&supplier).await.unwrap().submission.late);
        self.pass_deadline().await;
        self.upload(&supplier, &filled("9.00")).await.unwrap();
        let receipt = self.submit(&supplier).await.unwrap();
        assert!(receipt.submission.late && receipt.message().contains("LATE"), "{}", receipt.message());
        (supplier, receipt.submission.id)
    }

    async fn opened_number(&self) -> i32 {
        let id = self.id;
        let bids =
            self.world.read(&Caller::System, move |r| async move { bid::all(&r, id).await }).await.unwrap();
        assert_eq!(bids.len(), 1);
        bids[0].submission.number
    }
}

#[tokio::test]
async fn nothing_is_opened_while_a_late_submission_is_undecided() {
    let tender = Tender::published().await;
    let (supplier, late) = tender.one_in_time_one_late().await;
    let (ashvale, brackenham) = (&tender.ashvale_opener, &tender.brackenham_opener);
    assert_eq!(tender.consent(ashvale).await.unwrap_err().code, "late_undecided");
    let state = tender.word(ashvale, late, 0, "refuse").await.unwrap();
    assert_eq!((state.state, state.version, state.words.len()), (LateState::Undecided, 1, 1));
    assert_eq!(tender.consent(ashvale).await.unwrap_err().code, "late_undecided", "one word is none");
    let state = tender.word(brackenham, late, 1, "refuse").await.unwrap();
    assert_eq!(state.state, LateState::Refused);
    tender.consent(ashvale).await.unwrap();
    let opened = tender.consent(brackenham).await.unwrap();
    assert!(opened.opened_at.is_some());
    assert_eq!(tender.opened_number().await, 1, "the bid in time stands");
    let after = tender.late(&tender.coordinator).await.unwrap().items.remove(0);
    assert_eq!(after.opened.unwrap().1.name, "Larkfield Systems");
    assert!(after.words.iter().all(|word| word.reason == "refuse, because of the log"));
    let receipt =
        tender.world.read(&supplier, |r| async move { submission::receipt(&r, 2).await }).await.unwrap();
    assert!(receipt.message().contains("not admitted"), "{}", receipt.message());
}

#[tokio::test]
async fn openers_see_that_it_is_there_and_nobody_sees_whose_it_is() {
    let tender = Tender::published().await;
    assert!(tender.late(&tender.ashvale_opener).await.unwrap().items.is_empty());
    let (_, late) = tender.one_in_time_one_late().await;
    let seen = tender.late(&tender.ashvale_opener).await.unwrap().items;
    assert_eq!((seen.len(), seen[0].id), (1, late));
    assert!(seen[0].opened.is_none() && seen[0].may_give_word);
    assert_eq!(tender.late(&tender.coordinator).await.unwrap_err().status(), 403);
    assert_eq!(tender.late(&tender.panel_member).await.unwrap_err().status(), 403);
    let stranger = tender.world.officer(&tender.world.council("Carrow").await, "Stranger").await;
    assert_eq!(tender.late(&stranger).await.unwrap_err().status(), 404);
    assert_eq!(tender.word(&stranger, late, 0, "admit").await.unwrap_err().status(), 404);
    assert_eq!(tender.word(&tender.panel_member, late, 0, "admit").await.unwrap_err().status(), 403);
    let foreign = tender.word(&tender.ashvale_opener, Uuid::now_v7(), 0, "admit").await;
    assert_eq!(foreign.unwrap_err().status(), 404);
    tender.word(&tender.ashvale_opener, late, 0, "admit").await.unwrap();
    let rows = tender
        .world
        .read(&Caller::System, |r| async move {
            let rows = ledger_entry::Entity::find()
                .filter(ledger_entry::Column::Action.starts_with("bidding.late_submission."))
                .all(r.txn())
                .await?;
            Ok(rows)
        })
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
    assert!(rows[0].sealed, "it tells that something came late");
}

#[tokio::test]
async fn two_different_people_of_two_councils_give_their_words() {
    let tender = Tender::published().await;
    let (_, late) = tender.one_in_time_one_late().await;
    let nonsense = tender.word(&tender.ashvale_opener, late, 0, "perhaps").await.unwrap_err();
    assert!(nonsense.about("verdict").is_some());
    tender.word(&tender.ashvale_opener, late, 0, "admit").await.unwrap();
    let code = |outcome: Result<LateSubmission, Refusal>| outcome.unwrap_err().code;
    assert_eq!(code(tender.word(&tender.ashvale_opener, late, 1, "admit").await), "already_given");
    assert_eq!(code(tender.word(&tender.ashvale_deputy, late, 1, "admit").await), "same_council");
    assert_eq!(code(tender.word(&tender.brackenham_opener, late, 0, "admit").await), "stale");
    let decided = tender.word(&tender.brackenham_opener, late, 1, "admit").await.unwrap();
    assert_eq!(decided.state, LateState::Admitted);
    assert_eq!(code(tender.word(&tender.ashvale_deputy, late, 2, "refuse").await), "late_decided");
    tender.consent(&tender.ashvale_opener).await.unwrap();
    tender.consent(&tender.brackenham_opener).await.unwrap();
    assert_eq!(tender.opened_number().await, 2, "an admitted one is the bid if it is the last");
}

#[tokio::test]
async fn where_two_people_disagree_it_is_refused() {
    let tender = Tender::published().await;
    let (_, late) = tender.one_in_time_one_late().await;
    tender.word(&tender.ashvale_opener, late, 0, "admit").await.unwrap();
    let decided = tender.word(&tender.brackenham_opener, late, 1, "refuse").await.unwrap();
    assert_eq!(decided.state, LateState::Refused);
    tender.consent(&tender.ashvale_opener).await.unwrap();
    tender.consent(&tender.brackenham_opener).await.unwrap();
    assert_eq!(tender.opened_number().await, 1);
}

#[tokio::test]
async fn a_word_can_be_taken_back_until_the_opening_and_is_void_after_a_day() {
    let tender = Tender::published().await;
    let (_, late) = tender.one_in_time_one_late().await;
    let (id, ashvale, brackenham) = (tender.id, &tender.ashvale_opener, &tender.brackenham_opener);
    let world = &tender.world;
    let take_back = |who: &Caller, seen| {
        let who = who.clone();
        async move {
            world.write(&who, move |w| async move { late::take_back_word(&w, id, late, seen).await }).await
        }
    };
    tender.word(ashvale, late, 0, "admit").await.unwrap();
    assert_eq!(take_back(brackenham, 1).await.unwrap_err().code, "no_word");
    assert_eq!(take_back(ashvale, 0).await.unwrap_err().status(), 412);
    let back = take_back(ashvale, 1).await.unwrap();
    assert_eq!((back.state, back.version, back.words.len()), (LateState::Undecided, 2, 0));
    tender.word(ashvale, late, 2, "refuse").await.unwrap();
    tender.world.db.advance_clock(TimeDelta::hours(24)).await.unwrap();
    let alone = tender.word(brackenham, late, 3, "refuse").await.unwrap();
    assert_eq!(
        (alone.state, alone.words.len()),
        (LateState::Undecided, 1),
        "the first does not count any more"
    );
    let decided = tender.word(ashvale, late, 4, "refuse").await.unwrap();
    assert_eq!(decided.state, LateState::Refused);
    tender.world.db.advance_clock(TimeDelta::hours(30)).await.unwrap();
    let still = tender.late(ashvale).await.unwrap().items.remove(0);
    assert_eq!((still.state, still.words.len()), (LateState::Refused, 2), "a decision stands");
    tender.consent(ashvale).await.unwrap();
    tender.consent(brackenham).await.unwrap();
    assert_eq!(take_back(ashvale, 5).await.unwrap_err().code, "wrong_stage", "final once it is opened");
}

#[tokio::test]
async fn a_bidder_cannot_keep_the_box_shut_by_submitting_for_ever() {
    let tender = Tender::published().await;
    let (supplier, _) = tender.one_in_time_one_late().await;
    for _ in 1..late::MOST_OF_A_BIDDER {
        tender.submit(&supplier).await.unwrap();
    }
    assert_eq!(tender.submit(&supplier).await.unwrap_err().code, "too_many_late");
}

#[tokio::test]
async fn the_record_names_openers_witnesses_and_decisions() {
    let tender = Tender::published().await;
    let (_, late) = tender.one_in_time_one_late().await;
    tender.word(&tender.ashvale_opener, late, 0, "refuse").await.unwrap();
    tender.word(&tender.brackenham_opener, late, 1, "refuse").await.unwrap();
    let id = tender.id;
    let world = &tender.world;
    let record = |who: &Caller| {
        let who = who.clone();
        async move { world.read(&who, move |r| async move { opening::record(&r, id).await }).await }
    };
    assert_eq!(record(&tender.ashvale_opener).await.unwrap_err().code, "sealed");
    let consent = |who: &Caller, names: &[&str]| {
        let input = ConsentInput { witnesses: names.iter().map(ToString::to_string).collect() };
        let who = who.clone();
        async move {
            world.write(&who, move |w| async move { opening::consent(&w, id, input).await.map(|_| ()) }).await
        }
    };
    let early = consent(&tender.ashvale_opener, &["A clerk"]).await.unwrap_err();
    assert_eq!(early.fields[0].code, "not_the_last");
    consent(&tender.ashvale_opener, &[]).await.unwrap();
    consent(&tender.brackenham_opener, &["Clerk of Ashvale", "", " Auditor "]).await.unwrap();
    let told = record(&tender.panel_member).await.unwrap();
    let names: Vec<_> = told.openers.iter().map(|opener| opener.name.as_str()).collect();
    assert_eq!(names, ["Opener of Ashvale", "Opener of Brackenham"]);
    assert_eq!(told.witnesses, ["Clerk of Ashvale", "Auditor"]);
    assert_eq!((told.bids, told.late.len(), told.late[0].words.len()), (1, 1, 2));
}
