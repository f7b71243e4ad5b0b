//! A mark that changes after the lock: by two people, with a reason, and with everything that was before still there.

use entity::{award, consensus, ledger_entry};
use poem::http::StatusCode;
use poem::test::TestClient;
use rules::mark_change::ChangeState;
use rules::words::Role;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::fixture::{Room, now, reasoned};
use crate::kernel::refusal::Kind;
use crate::kernel::testing::person_id;
use crate::kernel::{Caller, Paging, Refusal};
use crate::scoring::change::decision::{self, DecisionInput};
use crate::scoring::change::propose::{self, ChangeInput};
use crate::scoring::change::{self, Change};
use crate::scoring::consensus::ConsensusInput;
use crate::scoring::{bundle, desk, lock, moved};

const REASON: &str = "The panel overlooked the appendix that the answer names.";

impl Room {
    async fn propose(
        &self,
        caller: &Caller,
        (bid, question): (usize, &'static str),
        seen: i64,
        agreed: ConsensusInput,
        reason: &str,
    ) -> Result<Change, Refusal> {
        let (id, lot, bid) = (self.id, self.lot, self.bids[bid]);
        let input = ChangeInput { agreed, reason: reason.to_owned() };
        self.world
            .write(caller, move |w| async move {
                propose::propose(&w, id, lot, (bid, question), seen, input).await
            })
            .await
    }

    /// A change of the first bid's Q1 from 3 to 5.
    async fn proposed(&self) -> Change {
        self.propose(&self.moderator, (0, "Q1"), 1, reasoned("5"), REASON).await.unwrap()
    }

    async fn decide(&self, caller: &Caller, change: &Change, verdict: &str) -> Result<Change, Refusal> {
        let (id, change_id, seen) = (self.id, change.row.id, change.row.version);
        let input = DecisionInput {
            verdict: verdict.to_owned(),
            reason: "The appendix answers the question in full.".to_owned(),
        };
        self.world
            .write(caller, move |w| async move { decision::decide(&w, id, change_id, seen, input).await })
            .await
    }

    async fn take_back(&self, caller: &Caller, change: &Change) -> Result<Change, Refusal> {
        let (id, change_id, seen) = (self.id, change.row.id, change.row.version);
        self.world
            .write(caller, move |w| async move { propose::take_back(&w, id, change_id, seen).await })
            .await
    }

    async fn locked() -> Self {
        let room = Self::agreed().await;
        room.lock(&room.moderator).await.unwrap();
        room
    }

    async fn marks_of_record(&self, bid: usize, question: &'static str) -> Vec<consensus::Model> {
        let bid = self.bids[bid];
        self.world
            .read(&Caller::System, move |r| async move {
                Ok(consensus::Entity::find()
                    .filter(consensus::Column::BidId.eq(bid))
                    .filter(consensus::Column::Question.eq(question))
                    .order_by_asc(consensus::Column::Revision)
                    .all(r.txn())
                    .await?)
            })
            .await
            .unwrap()
    }

    async fn actions(&self) -> Vec<String> {
        let id = self.id.to_string();
        self.world
            .read(&Caller::System, move |r| async move {
                Ok(ledger_entry::Entity::find()
                    .filter(ledger_entry::Column::Chain.eq(id))
                    .order_by_asc(ledger_entry::Column::Number)
                    .all(r.txn())
                    .await?)
            })
            .await
            .unwrap()
            .into_iter()
            .map(|row| row.action)
            .collect()
    }
}

#[tokio::test]
async fn an_approved_change_is_a_new_revision_signed_anew_and_makes_a_new_result() {
    let room = Room::locked().await;
    let first = room.compute(&room.coordinator).await.unwrap();
    assert_eq!(first.result.winner, Some(room.bids[1].to_string()));
    let change = room.proposed().await;
    assert_eq!((change.before.value.as_str(), change.row.value.as_str()), ("3", "5"));
    assert!(!change.may_decide && change.may_take_back, "whoever proposed it cannot decide");
    assert_eq!(room.marks_of_record(0, "Q1").await.len(), 1, "nothing changes before it is approved");

    let approved = room.decide(&room.coordinator, &change, "approve").await.unwrap();
    assert_eq!(approved.row.state.0, ChangeState::Approved);
    let marks = room.marks_of_record(0, "Q1").await;
    let told: Vec<_> = marks.iter().map(|row| (row.value.as_str(), row.revision, row.current)).collect();
    assert_eq!(told, [("3", 1, false), ("5", 2, true)], "what was locked stays");
    assert_eq!(Some(marks[1].id), approved.row.consensus_id);
    let actions = room.actions().await;
    let last: Vec<&str> = actions[actions.len() - 3..].iter().map(String::as_str).collect();
    assert_eq!(
        last,
        ["scoring.mark_change.propose", "scoring.consensus.agree", "scoring.mark_change.approve"]
    );

    let id = room.id;
    let desk = room.world.read(&room.coordinator, move |r| async move { desk::view(&r, id).await }).await;
    assert!(desk.unwrap().lots[0].outdated, "the result is of the marks before");
    let second = room.compute(&room.coordinator).await.unwrap();
    // 60 · (0.6·5/5 + 0.4·1/5) + 40 = 80.8, before it was 66.4 against 70.40.
    assert_eq!(second.result.winner, Some(room.bids[0].to_string()));
    assert_eq!(second.row.revision, 2);
    let (from, to) = (first.row.id, second.row.id);
    let since = room.world.read(&room.panel[0], move |r| async move { moved::since(&r, id, to).await }).await;
    let since = since.unwrap().unwrap();
    assert_eq!(since.before.id, from);
    assert_eq!(since.moved.winner, (first.result.winner.clone(), second.result.winner.clone()));
    let why: Vec<_> = since.moved.bids.iter().map(|bid| (bid.supplier.as_str(), moved::told(bid))).collect();
    assert_eq!(
        why,
        [
            ("Blue Harbour IT", vec!["The mark of Q1 changed from 3 to 5.".to_owned()]),
            ("Northgate Systems", vec!["Nothing of its own changed; other bids moved it.".to_owned()]),
        ]
    );
    let none =
        room.world.read(&room.panel[0], move |r| async move { moved::since(&r, id, from).await }).await;
    assert!(none.unwrap().is_none(), "nothing stands before the first");
    let stranger =
        room.world.read(&room.stranger, move |r| async move { moved::since(&r, id, to).await }).await;
    assert_eq!(stranger.unwrap_err().kind, Kind::NotFound);
    let cookie = room.world.cookie(&room.coordinator).await;
    let client = TestClient::new(crate::server::routes(&room.world.db));
    let page =
        client.get(format!("/procurements/{id}/scoring/results/{to}")).header("cookie", cookie).send().await;
    let page = page.0.into_body().into_string().await.unwrap();
    assert!(page.contains("Blue Harbour IT is first now, before it was Northgate Systems."), "{page}");
    let desk = room.world.read(&room.coordinator, move |r| async move { desk::view(&r, id).await }).await;
    assert!(!desk.unwrap().lots[0].outdated);
    let checked = room.world.read(&Caller::System, move |r| async move { bundle::check(&r, id).await }).await;
    let verified = checked.unwrap().unwrap().unwrap();
    assert_eq!((verified.results.len(), verified.agreed), (2, 5), "both results follow from their own marks");

    // A second change of the same mark is of the second revision.
    let stale = room.propose(&room.moderator, (0, "Q1"), 1, reasoned("3"), REASON).await.unwrap_err();
    assert_eq!(stale.kind, Kind::Stale);
    let again = room.propose(&room.moderator, (0, "Q1"), 2, reasoned("3"), REASON).await.unwrap();
    room.decide(&room.coordinator, &again, "approve").await.unwrap();
    let third = room.compute(&room.coordinator).await.unwrap();
    assert_eq!(third.result.winner, first.result.winner);
    let checked = room.world.read(&Caller::System, move |r| async move { bundle::check(&r, id).await }).await;
    assert_eq!(checked.unwrap().unwrap().unwrap().results.len(), 3);
}

#[tokio::test]
async fn a_change_takes_two_people_with_a_part() {
    let room = Room::agreed().await;
    let early = room.propose(&room.moderator, (0, "Q1"), 1, reasoned("5"), REASON).await.unwrap_err();
    assert_eq!(early.code, "quality_not_locked");
    room.lock(&room.moderator).await.unwrap();
    for caller in [&room.coordinator, &room.panel[0]] {
        let refused = room.propose(caller, (0, "Q1"), 1, reasoned("5"), REASON).await.unwrap_err();
        assert_eq!(refused.kind, Kind::Forbidden);
    }
    let stranger = room.propose(&room.stranger, (0, "Q1"), 1, reasoned("5"), REASON).await.unwrap_err();
    assert_eq!(stranger.kind, Kind::NotFound);
    let change = room.proposed().await;
    let own = room.decide(&room.moderator, &change, "approve").await.unwrap_err();
    assert!(own.kind == Kind::Forbidden && own.detail.contains("Another person"), "{own}");
    let panel = room.decide(&room.panel[0], &change, "approve").await.unwrap_err();
    assert_eq!(panel.kind, Kind::Forbidden);
    assert_eq!(room.decide(&room.stranger, &change, "approve").await.unwrap_err().kind, Kind::NotFound);
    let taken = room.take_back(&room.coordinator, &change).await.unwrap_err();
    assert_eq!(taken.kind, Kind::Forbidden, "only who proposed it takes it back");
    room.declare(&room.coordinator, 1, "mitigated", "Worked there once; scores nothing.").await.unwrap();
    let waits = room.decide(&room.coordinator, &change, "approve").await.unwrap_err();
    assert_eq!(waits.code, "interest_to_clear", "who is not free to take part decides nothing");
    let id = room.id;
    for (caller, sees) in [(&room.panel[0], true), (&room.stranger, false), (&Caller::Nobody, false)] {
        let list = room
            .world
            .read(caller, move |r| async move { change::list(&r, id, &Paging::default()).await })
            .await;
        assert_eq!(list.is_ok(), sees);
    }
    let approver = room.world.officer(&room.ashvale, "Approver").await;
    room.world.gives(id, &approver, Role::Approver).await;
    room.declare(&approver, 0, "none", "").await.unwrap();
    assert!(room.decide(&approver, &change, "approve").await.is_ok());
}

#[tokio::test]
async fn whoever_proposed_a_change_is_free_until_it_is_approved() {
    let room = Room::locked().await;
    let change = room.proposed().await;
    room.declare(&room.moderator, 1, "mitigated", "A relative works for a bidder; scores nothing.")
        .await
        .unwrap();
    let refused = room.decide(&room.coordinator, &change, "approve").await.unwrap_err();
    assert_eq!(refused.code, "proposer_not_free");
    assert_eq!(room.marks_of_record(0, "Q1").await.len(), 1);
    assert!(
        room.decide(&room.coordinator, &change, "reject").await.is_ok(),
        "it can be refused all the same"
    );
}

#[tokio::test]
async fn other_words_for_the_same_mark_leave_the_result() {
    let room = Room::locked().await;
    let first = room.compute(&room.coordinator).await.unwrap();
    let words = ConsensusInput {
        rationale: "The plan names dates, people and a test, the latter in the appendix.".to_owned(),
        ..reasoned("3")
    };
    let change = room.propose(&room.moderator, (0, "Q1"), 1, words, REASON).await.unwrap();
    assert!(!change.moves_the_mark());
    room.decide(&room.coordinator, &change, "approve").await.unwrap();
    let id = room.id;
    let desk = room.world.read(&room.coordinator, move |r| async move { desk::view(&r, id).await }).await;
    assert!(!desk.unwrap().lots[0].outdated, "nothing of the ranking moved");
    let again = room.compute(&room.coordinator).await.unwrap();
    assert_eq!(again.row.hash, first.row.hash);
    let checked = room.world.read(&Caller::System, move |r| async move { bundle::check(&r, id).await }).await;
    assert_eq!(checked.unwrap().unwrap().unwrap().results.len(), 2);
}

#[tokio::test]
async fn what_is_wrong_with_a_change_is_said_at_once_and_one_waits_at_a_time() {
    let room = Room::locked().await;
    let wrong = ConsensusInput { value: "4".to_owned(), reference: String::new(), ..reasoned("4") };
    let refusal = room.propose(&room.moderator, (0, "Q1"), 1, wrong, "Because").await.unwrap_err();
    for field in ["value", "reference", "reason"] {
        assert!(refusal.about(field).is_some(), "{field}: {refusal}");
    }
    let same = room.propose(&room.moderator, (0, "Q1"), 1, reasoned("3"), REASON).await.unwrap_err();
    assert_eq!(same.fields[0].code, "unchanged");
    let change = room.proposed().await;
    let second = room.propose(&room.moderator, (0, "Q1"), 1, reasoned("0"), REASON).await.unwrap_err();
    assert_eq!(second.code, "change_waits");
    assert!(
        room.propose(&room.moderator, (1, "Q1"), 1, reasoned("3"), REASON).await.is_ok(),
        "another answer"
    );
    let verdict = room.decide(&room.coordinator, &change, "perhaps").await.unwrap_err();
    assert!(verdict.about("verdict").is_some(), "{verdict}");
    let taken = room.take_back(&room.moderator, &change).await.unwrap();
    assert_eq!(taken.row.state.0, ChangeState::TakenBack);
    assert_eq!(room.decide(&room.coordinator, &change, "approve").await.unwrap_err().kind, Kind::Stale);
    assert_eq!(room.decide(&room.coordinator, &taken, "approve").await.unwrap_err().code, "wrong_state");
    let again = room.proposed().await;
    let rejected = room.decide(&room.coordinator, &again, "reject").await.unwrap();
    assert_eq!(rejected.row.state.0, ChangeState::Rejected);
    assert_eq!(room.take_back(&room.moderator, &rejected).await.unwrap_err().code, "wrong_state");
    assert_eq!(room.marks_of_record(0, "Q1").await.len(), 1, "the mark of record stands as it was locked");
    room.compute(&room.coordinator).await.unwrap();
    let id = room.id;
    let checked = room.world.read(&Caller::System, move |r| async move { bundle::check(&r, id).await }).await;
    assert_eq!(checked.unwrap().unwrap().unwrap().agreed, 4);
}

#[tokio::test]
async fn nothing_of_an_awarded_lot_changes() {
    let room = Room::locked().await;
    let computed = room.compute(&room.coordinator).await.unwrap();
    let change = room.proposed().await;
    let row = award::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(room.id),
        lot_id: Set(room.lot),
        result_id: Set(computed.row.id),
        bid_id: Set(room.bids[1]),
        awarded_at: Set(now()),
        awarded_by: Set(person_id(&room.coordinator)),
        price_pence: Set(1),
        notice_on: Set(None),
        standstill_days: Set(None),
        standstill_ends_on: Set(None),
        version: Set(1),
    };
    room.world
        .write(&Caller::System, |w| async move {
            Ok(award::Entity::insert(row).exec_without_returning(w.txn()).await?)
        })
        .await
        .unwrap();
    let refused = room.decide(&room.coordinator, &change, "approve").await.unwrap_err();
    assert_eq!(refused.code, "already_awarded");
    let refused = room.propose(&room.moderator, (1, "Q1"), 1, reasoned("3"), REASON).await.unwrap_err();
    assert_eq!(refused.code, "already_awarded");
    assert!(room.take_back(&room.moderator, &change).await.is_ok(), "what waits for nothing is taken back");
}

#[tokio::test]
async fn marks_changed_behind_the_programs_back_are_still_found() {
    let room = Room::locked().await;
    let change = room.proposed().await;
    room.decide(&room.coordinator, &change, "approve").await.unwrap();
    let id = room.marks_of_record(0, "Q2").await[0].id;
    room.world
        .write(&Caller::System, move |w| async move {
            Ok(consensus::Entity::update_many()
                .col_expr(consensus::Column::Value, sea_orm::sea_query::Expr::value("5"))
                .filter(consensus::Column::Id.eq(id))
                .exec(w.txn())
                .await?)
        })
        .await
        .unwrap();
    assert_eq!(room.compute(&room.coordinator).await.unwrap_err().code, "marks_changed");
    let lot = room.lot;
    let lock = room.world.read(&Caller::System, move |r| async move { lock::of_lot(&r, lot).await }).await;
    assert_ne!(Some(lock.unwrap().unwrap().marks_hash), change.row.marks_hash);
}

#[tokio::test]
async fn the_pages_take_a_change_and_the_second_persons_word() {
    let room = Room::locked().await;
    let db = room.world.db.clone();
    let client = TestClient::new(crate::server::routes(&db));
    let (moderator, coordinator) =
        (room.world.cookie(&room.moderator).await, room.world.cookie(&room.coordinator).await);
    let see = async |cookie: &str, path: &str| {
        let response = client.get(path).header("cookie", cookie).send().await.0;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.into_body().into_string().await.unwrap()
    };
    let post = async |cookie: &str, path: &str, form: &[(&str, &str)]| {
        let sent =
            client.post(path).header("cookie", cookie).header("sec-fetch-site", "same-origin").form(&form);
        let response = sent.send().await.0;
        let to = response.header("location").unwrap_or_default().to_owned();
        (response.status(), to, response.into_body().into_string().await.unwrap_or_default())
    };
    let answer = format!("/procurements/{}/moderation/{}/Q1/{}", room.id, room.lot, room.bids[0]);
    let shown = see(&moderator, &answer).await;
    assert!(shown.contains("Propose a change") && !shown.contains("Record the agreed mark"), "{shown}");
    let form = see(&moderator, &format!("{answer}/change")).await;
    assert!(form.contains("Why a locked mark is changed") && form.contains("Propose the change"), "{form}");
    let agreed = reasoned("5");
    let fields = |reason: &'static str| {
        vec![
            ("version", "1"),
            ("value", "5"),
            ("rationale", agreed.rationale.as_str()),
            ("reference", agreed.reference.as_str()),
            ("present", "The moderator"),
            ("reason", reason),
        ]
    };
    let (status, _, again) = post(&moderator, &format!("{answer}/change"), &fields("No")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.contains("<title>Error: ") && again.contains("No</textarea>"), "{again}");
    let (status, to, _) = post(&moderator, &format!("{answer}/change"), &fields(REASON)).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let path = to.split('?').next().unwrap().to_owned();
    let own = see(&moderator, &path).await;
    assert!(own.contains("Take the change back") && !own.contains("Give this word"), "{own}");
    let waits = see(&moderator, &answer).await;
    assert!(waits.contains("See the change that waits") && !waits.contains("Propose a change"), "{waits}");
    let tasks = see(&coordinator, "/").await;
    assert!(tasks.contains("Decide on a change of a mark"), "{tasks}");
    let second = see(&coordinator, &path).await;
    assert!(second.contains("Give this word") && second.contains(REASON), "{second}");
    // The coordinator neither marks nor moderates here, and still sees what there is to judge.
    for part in ["The answer", "What each panel member said of it", "<p>How?</p>"] {
        assert!(second.contains(part), "{part}: {second}");
    }
    let word = [("version", "1"), ("verdict", "approve"), ("reason", "Fine")];
    let (status, _, _) = post(&coordinator, &format!("{path}/decide"), &word).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let word = [("version", "1"), ("verdict", "approve"), ("reason", "The appendix answers it in full.")];
    let (status, _, _) = post(&coordinator, &format!("{path}/decide"), &word).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let list = see(&coordinator, &format!("/procurements/{}/changes", room.id)).await;
    assert!(list.contains("Approved"), "{list}");
    assert!(see(&moderator, &answer).await.contains("<dd>5</dd>"), "the changed mark is the mark of record");
}
