//! Who marks what: assignments, substitutes, and everything that counts the panel.

use entity::{assignment as rows, score_sheet};
use rules::words::Role;
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::fixture::{Room, reasoned};
use crate::kernel::testing::{key, person_id};
use crate::kernel::{Action, Caller, Refusal};
use crate::scoring::assignment::substitute::{self, SubstitutionInput};
use crate::scoring::assignment::view::{self, Divided};
use crate::scoring::assignment::{self, AssignmentInput, Current};
use crate::scoring::consensus::ConsensusInput;
use crate::scoring::{agreement, answer, bundle, mark, moderation, sheet};

const WHY: &str = "The plan names dates and people.";

impl Room {
    async fn assign(
        &self,
        caller: &Caller,
        seen: i64,
        parts: &[(&str, &Caller)],
        reason: &str,
    ) -> Result<Current, Refusal> {
        let (id, lot) = (self.id, self.lot);
        let parts = parts.iter().map(|(node, who)| ((*node).to_owned(), person_id(who))).collect();
        let input = AssignmentInput { parts, reason: reason.to_owned() };
        self.world
            .write(caller, move |w| async move { assignment::assign(&w, id, lot, seen, input).await })
            .await
    }

    async fn substitute(
        &self,
        caller: &Caller,
        seen: i64,
        (member, substitute): (&Caller, &Caller),
        reason: &str,
    ) -> Result<Current, Refusal> {
        let (id, lot) = (self.id, self.lot);
        let (member, substitute) = (person_id(member), person_id(substitute));
        let input = SubstitutionInput { member, substitute, reason: reason.to_owned() };
        self.world
            .write(caller, move |w| async move { substitute::substitute(&w, id, lot, seen, input).await })
            .await
    }

    async fn own(&self, caller: &Caller) -> mark::OwnSheet {
        let (id, lot) = (self.id, self.lot);
        self.world.read(caller, move |r| async move { mark::own_sheet(&r, id, lot).await }).await.unwrap()
    }

    async fn queue(&self, caller: &Caller) -> Result<moderation::Queue, Refusal> {
        let (id, lot) = (self.id, self.lot);
        self.world.read(caller, move |r| async move { moderation::queue(&r, id, lot).await }).await
    }

    async fn shown(&self, caller: &Caller) -> Result<Divided, Refusal> {
        let (id, lot) = (self.id, self.lot);
        self.world.read(caller, move |r| async move { view::one(&r, id, lot).await }).await
    }

    /// A third panel member who has declared that there is no interest.
    async fn third(&self) -> Caller {
        let third = self.world.officer(&self.ashvale, "Panel member C").await;
        self.world.gives(self.id, &third, Role::PanelMember).await;
        self.declare(&third, 0, "none", "").await.unwrap();
        third
    }

    /// A marks Q1, both mark Q2: all have marked and handed in.
    async fn divided() -> Self {
        let room = Self::new().await;
        let [a, b] = &room.panel;
        room.assign(&room.coordinator, 0, &[("Q1", a), ("Q2", a), ("Q2", b)], "").await.unwrap();
        room.mark_all(a, "3").await;
        for bid in 0..2 {
            room.mark(b, (bid, "Q2"), 0, ("5", WHY)).await.unwrap();
        }
        for member in [a, b] {
            room.submit(member).await.unwrap();
        }
        room
    }
}

#[tokio::test]
async fn only_the_coordinator_divides_a_lot_and_every_fault_is_told() {
    let room = Room::new().await;
    let [a, b] = &room.panel;
    for (who, status) in [(a, 403), (&room.moderator, 403), (&room.stranger, 404)] {
        assert_eq!(room.assign(who, 0, &[("Q1", a)], "").await.unwrap_err().status(), status);
        assert_eq!(
            room.substitute(who, 0, (a, b), "Is ill for a month.").await.unwrap_err().status(),
            status
        );
    }
    let machine = key(&room.ashvale, &[Action::Read, Action::Score]);
    assert_eq!(room.assign(&machine, 0, &[("Q1", a)], "").await.unwrap_err().status(), 403);
    room.declare(b, 1, "barred", "Owns shares of a bidder.").await.unwrap();
    let refusal = room
        .assign(&room.coordinator, 0, &[("Q9", a), ("Q1", &room.stranger), ("Q2", b)], "")
        .await
        .unwrap_err();
    let told: Vec<_> =
        refusal.fields.iter().map(|fault| (fault.field.as_str(), fault.code.as_str())).collect();
    assert_eq!(
        told,
        [("parts/0/node", "unknown"), ("parts/1/member", "not_on_panel"), ("parts/2/member", "barred")]
    );
    room.assign(&room.coordinator, 0, &[("Q1", a)], "").await.unwrap();
    assert_eq!(room.assign(&room.coordinator, 0, &[], "").await.unwrap_err().status(), 412);
    // Once somebody has marked, a change says why.
    room.mark(a, (0, "Q1"), 0, ("3", WHY)).await.unwrap();
    let refusal = room.assign(&room.coordinator, 1, &[], "").await.unwrap_err();
    assert!(refusal.about("reason").is_some(), "{refusal}");
    room.assign(&room.coordinator, 1, &[], "The panel was meant to mark all of it.").await.unwrap();
    assert_eq!(room.shown(&room.panel[0]).await.unwrap().current.version(), 2);
    assert_eq!(room.shown(&room.stranger).await.unwrap_err().status(), 404);
    let kept = room
        .world
        .read(&Caller::System, |r| async move { Ok(rows::Entity::find().all(r.txn()).await?) })
        .await
        .unwrap();
    assert_eq!(kept.len(), 2, "the version before stays");
    assert_eq!(kept.iter().filter(|row| row.current).count(), 1);
}

#[tokio::test]
async fn a_member_sees_and_marks_what_is_assigned_to_it_and_nothing_else() {
    let room = Room::new().await;
    let [a, b] = &room.panel;
    assert_eq!(room.own(b).await.total(), 4, "nobody is assigned: the whole panel marks");
    room.assign(&room.coordinator, 0, &[("Q1", a), ("Q2", a), ("Q2", b)], "").await.unwrap();
    let own = room.own(b).await;
    assert_eq!((own.questions.as_slice(), own.total()), (["Q2".to_owned()].as_slice(), 2));
    assert!(own.left().iter().all(|(_, code)| code == "Q2"));
    let refusal = room.mark(b, (0, "Q1"), 0, ("3", WHY)).await.unwrap_err();
    assert_eq!(refusal.code, "not_assigned");
    let (id, lot, bid) = (room.id, room.lot, room.bids[0]);
    let read = |who: &Caller| {
        let (who, world) = (who.clone(), &room.world);
        async move { world.read(&who, move |r| async move { answer::view(&r, id, lot, bid, "Q1").await }).await }
    };
    assert_eq!(read(b).await.unwrap_err().code, "not_assigned");
    read(a).await.unwrap();
    read(&room.moderator).await.unwrap();
    // A third to whom nothing is assigned has nothing to hand in.
    let third = room.third().await;
    assert_eq!(room.own(&third).await.total(), 0);
    assert_eq!(room.submit(&third).await.unwrap_err().code, "not_assigned");
}

#[tokio::test]
async fn moderation_opens_when_every_member_has_submitted_its_own_part() {
    let room = Room::new().await;
    let [a, b] = &room.panel;
    let third = room.third().await;
    room.assign(&room.coordinator, 0, &[("Q1", a), ("Q2", b)], "").await.unwrap();
    room.mark(b, (0, "Q2"), 0, ("5", WHY)).await.unwrap();
    let missing = room.submit(b).await.unwrap_err();
    assert_eq!(missing.fields.len(), 1, "one of its two answers: {missing}");
    for (who, question) in [(a, "Q1"), (b, "Q2")] {
        for bid in 0..2 {
            let seen = i64::from(question == "Q2" && bid == 0);
            room.mark(who, (bid, question), seen, ("5", WHY)).await.unwrap();
        }
    }
    room.submit(b).await.unwrap();
    assert_eq!(room.queue(&room.moderator).await.unwrap_err().code, "moderation_not_open");
    room.submit(a).await.unwrap();
    // The third, to whom nothing is assigned, keeps nobody waiting, and is no member of this lot's panel.
    let queue = room.queue(&room.moderator).await.unwrap();
    assert!(queue.items.iter().all(|item| item.marks.len() == 1 && item.confirmed && item.former.is_empty()));
    let (id, lot) = (room.id, room.lot);
    let progress = room
        .world
        .read(&room.coordinator, move |r| async move { sheet::progress(&r, id, lot).await })
        .await
        .unwrap();
    let told: Vec<_> = progress
        .members
        .iter()
        .map(|one| {
            let sections = one.sections.iter().map(|part| (part.marked, part.answers)).collect::<Vec<_>>();
            (one.member.person.id, one.marked, one.answers, sections)
        })
        .collect();
    assert_eq!(
        told,
        [(person_id(a), 2, 2, vec![(2, 2), (0, 0)]), (person_id(b), 2, 2, vec![(0, 0), (2, 2)])],
        "{third:?}"
    );
}

#[tokio::test]
async fn whoever_marks_more_than_it_handed_in_hands_in_again() {
    let room = Room::divided().await;
    let [a, b] = &room.panel;
    room.queue(&room.moderator).await.unwrap();
    let more = [("Q1", a), ("Q1", b), ("Q2", a), ("Q2", b)];
    room.assign(&room.coordinator, 1, &more, "Two people are to mark Q1 as well.").await.unwrap();
    assert_eq!(room.queue(&room.moderator).await.unwrap_err().code, "moderation_not_open");
    assert!(room.own(a).await.submitted_at.is_some(), "whose part is the same has handed in");
    let own = room.own(b).await;
    assert!(own.submitted_at.is_none());
    assert_eq!(own.left().len(), 2);
    let sheets = room
        .world
        .read(&Caller::System, |r| async move { Ok(score_sheet::Entity::find().all(r.txn()).await?) })
        .await
        .unwrap();
    assert_eq!(sheets.len(), 1);
    // Fewer questions keep what was handed in.
    room.assign(&room.coordinator, 2, &[("Q1", a), ("Q2", a), ("Q2", b)], "One is enough after all.")
        .await
        .unwrap();
    assert!(room.own(a).await.submitted_at.is_some());
}

#[tokio::test]
async fn who_marks_what_no_longer_changes_once_moderation_has_begun() {
    let room = Room::divided().await;
    let [a, b] = &room.panel;
    let third = room.third().await;
    room.agree(&room.moderator, (0, "Q2"), 0, reasoned("3")).await.unwrap();
    let refusal = room.assign(&room.coordinator, 1, &[("Q1", b)], "Too late.").await.unwrap_err();
    assert_eq!(refusal.code, "moderation_begun");
    let refusal =
        room.substitute(&room.coordinator, 1, (a, &third), "Is ill for a month.").await.unwrap_err();
    assert_eq!(refusal.code, "moderation_begun");
}

#[tokio::test]
async fn a_substitute_is_free_and_the_marks_of_the_member_before_stay_without_counting() {
    let room = Room::divided().await;
    let [a, b] = &room.panel;
    let stranger = room.world.officer(&room.ashvale, "Officer").await;
    let undeclared = room.world.officer(&room.ashvale, "Panel member D").await;
    room.world.gives(room.id, &undeclared, Role::PanelMember).await;
    let third = room.third().await;
    let code = |refusal: Refusal| refusal.fields.into_iter().map(|fault| fault.code).collect::<Vec<_>>();
    let make = |pair: (&Caller, &Caller), reason: &'static str| {
        let (room, pair) = (&room, (pair.0.clone(), pair.1.clone()));
        async move { room.substitute(&room.coordinator, 1, (&pair.0, &pair.1), reason).await }
    };
    let ill = "Is ill until the contract is signed.";
    assert_eq!(code(make((a, a), " ").await.unwrap_err()), ["same_person", "missing"]);
    assert_eq!(code(make((a, &stranger), ill).await.unwrap_err()), ["not_on_panel"]);
    assert_eq!(code(make((a, &undeclared), ill).await.unwrap_err()), ["not_free"]);
    assert_eq!(code(make((&third, b), ill).await.unwrap_err()), ["marks_nothing"]);
    room.substitute(&room.coordinator, 1, (a, &third), ill).await.unwrap();
    assert_eq!(room.mark(a, (0, "Q1"), 1, ("5", WHY)).await.unwrap_err().code, "not_assigned");
    assert_eq!(room.queue(&room.moderator).await.unwrap_err().code, "moderation_not_open");
    room.mark_all(&third, "1").await;
    room.submit(&third).await.unwrap();
    let queue = room.queue(&room.moderator).await.unwrap();
    let of = |code: &str| queue.items.iter().find(|item| item.question == code).unwrap();
    let who = |marks: &[moderation::Individual]| marks.iter().map(|one| one.name.clone()).collect::<Vec<_>>();
    assert_eq!(who(&of("Q1").marks), ["Panel member C"]);
    assert_eq!(who(&of("Q1").former), ["Panel member A"], "it shows, and does not count");
    assert_eq!(who(&of("Q2").marks), ["Panel member C", "Panel member B"]);
    assert_eq!(of("Q2").mean.as_deref(), Some("3.00"));
    let (id, lot) = (room.id, room.lot);
    let found = room
        .world
        .read(&room.moderator, move |r| async move { agreement::of_lot(&r, id, lot).await })
        .await
        .unwrap();
    assert_eq!(found.members.len(), 2);
    assert_eq!(found.marks, 4, "only Q2 has marks beside each other");
    let substitutions = room.shown(a).await.unwrap().substitutions;
    let told: Vec<Option<Uuid>> = substitutions.iter().map(|row| row.substitute_id).collect();
    assert_eq!(told, [Some(person_id(&third))]);
}

#[tokio::test]
async fn a_question_whose_members_are_all_gone_keeps_moderation_closed() {
    let room = Room::divided().await;
    let third = room.third().await;
    room.declare(&room.panel[0], 1, "barred", "Owns shares of a bidder.").await.unwrap();
    let refusal = room.queue(&room.moderator).await.unwrap_err();
    assert!(refusal.to_string().contains("Nobody who counts marks Q1"), "{refusal}");
    // Also one who was barred is replaced.
    let pair = (&room.panel[0], &third);
    room.substitute(&room.coordinator, 1, pair, "Turned out to own shares of a bidder.").await.unwrap();
    room.mark_all(&third, "3").await;
    room.submit(&third).await.unwrap();
    room.queue(&room.moderator).await.unwrap();
}

#[tokio::test]
async fn a_question_of_one_member_is_confirmed_by_a_second_person() {
    let room = Room::divided().await;
    room.world.gives(room.id, &room.panel[0], Role::Moderator).await;
    let own = room.agree(&room.panel[0], (0, "Q1"), 0, reasoned("3")).await.unwrap_err();
    assert_eq!(own.code, "second_person_needed");
    room.agree(&room.panel[0], (0, "Q2"), 0, reasoned("3")).await.unwrap();
    // Another mark than the one that is there is no confirmation; what the member holds against it is recorded.
    let other = ConsensusInput { dissent: String::new(), ..reasoned("5") };
    let refusal = room.agree(&room.moderator, (0, "Q1"), 0, other.clone()).await.unwrap_err();
    assert_eq!(refusal.fields[0].code, "not_confirmed");
    let told = ConsensusInput { dissent: "A keeps to 3: no test is planned.".to_owned(), ..other };
    room.agree(&room.moderator, (0, "Q1"), 0, told).await.unwrap();
    let confirmed = ConsensusInput { dissent: String::new(), ..reasoned("3") };
    room.agree(&room.moderator, (1, "Q1"), 0, confirmed).await.unwrap();
    room.agree(&room.moderator, (1, "Q2"), 0, reasoned("3")).await.unwrap();
    room.lock(&room.moderator).await.unwrap();
    room.compute(&room.coordinator).await.unwrap();
    let id = room.id;
    let found = room.world.read(&Caller::System, move |r| async move { bundle::check(&r, id).await }).await;
    assert_eq!(found.unwrap().unwrap().unwrap().results.len(), 1);
}

#[tokio::test]
async fn who_was_assigned_is_checked_in_the_store() {
    let room = Room::divided().await;
    for (bid, question, value) in [(0, "Q1", "3"), (0, "Q2", "3"), (1, "Q1", "3"), (1, "Q2", "5")] {
        room.agree(&room.moderator, (bid, question), 0, reasoned(value)).await.unwrap();
    }
    room.lock(&room.moderator).await.unwrap();
    let id = room.id;
    room.world
        .write(&Caller::System, |w| async move {
            let body = sea_orm::sea_query::Expr::value(r#"{"parts":[],"replaced":[]}"#);
            rows::Entity::update_many().col_expr(rows::Column::Body, body).exec(w.txn()).await?;
            Ok(())
        })
        .await
        .unwrap();
    let found = room.world.read(&Caller::System, move |r| async move { bundle::check(&r, id).await }).await;
    let said = found.unwrap().unwrap().unwrap_err().to_string();
    assert!(said.starts_with("assignments.json"), "{said}");
}
