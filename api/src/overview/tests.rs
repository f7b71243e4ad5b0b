//! Steps, tasks and history, derived from what the stages did.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up cannot go on")]

use entity::{council, procurement};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::journey::{self, StepState};
use super::tasks::When;
use super::{history, tasks};
use crate::kernel::ledger::Record;
use crate::kernel::testing::{World, person_id};
use crate::kernel::{Caller, Paging};
use crate::pooling::participation::{self, InviteInput};
use crate::pooling::procurement::{self as procurements, ProcurementInput};
use crate::pooling::role::{self, RoleInput};

async fn opened(world: &World, who: &Caller) -> procurement::Model {
    let input = ProcurementInput {
        reference: "ASH-1".to_owned(),
        title: "Managed ICT service".to_owned(),
        description: "Service desk and devices".to_owned(),
        route: "open".to_owned(),
        contracting_model: "each_signs".to_owned(),
        term_years: "3".to_owned(),
        external_ref: None,
    };
    world.write(who, |w| async move { procurements::open(&w, input).await }).await.unwrap()
}

async fn invite(world: &World, who: &Caller, id: Uuid, council: &council::Model) {
    let input = InviteInput { council_id: council.id.to_string(), part: "core".to_owned() };
    world.write(who, move |w| async move { participation::invite(&w, id, input).await }).await.unwrap();
}

async fn kinds(world: &World, who: &Caller) -> Vec<&'static str> {
    let tasks = world.read(who, |r| async move { tasks::list(&r).await }).await.unwrap();
    tasks.into_iter().map(|task| task.kind).collect()
}

async fn happened(world: &World, who: &Caller, id: Uuid, paging: Paging) -> Vec<String> {
    let slice = world.read(who, move |r| async move { history::list(&r, id, &paging).await }).await.unwrap();
    slice.items.into_iter().map(|row| row.action).collect()
}

#[tokio::test]
async fn a_new_procurement_says_what_is_missing_and_who_is_to_act() {
    let world = World::new().await;
    let (ashvale, brackenham) = (world.council("Ashvale").await, world.council("Brackenham").await);
    let coordinator = world.officer(&ashvale, "Coordinator").await;
    let partner = world.officer(&brackenham, "Partner").await;
    let stranger = world.officer(&world.council("Carrow").await, "Stranger").await;
    let id = opened(&world, &coordinator).await.id;
    assert!(kinds(&world, &coordinator).await.contains(&"invite_partners"));
    invite(&world, &coordinator, id, &brackenham).await;
    assert!(!kinds(&world, &coordinator).await.contains(&"invite_partners"));
    assert_eq!(kinds(&world, &partner).await, ["answer_invitation"]);
    assert!(kinds(&world, &stranger).await.is_empty());

    let overview =
        world.read(&partner, move |r| async move { journey::overview(&r, id).await }).await.unwrap();
    let step = |key: &str| overview.steps.iter().find(|step| step.key == key).unwrap();
    assert_eq!(step("partners").state, StepState::Now);
    assert!(step("partners").missing.contains(&"Brackenham has not answered its invitation.".to_owned()));
    assert!(step("needs").missing.contains(&"Ashvale has entered no requirements.".to_owned()));
    assert_eq!(step("tender").state, StepState::Later);
    assert_eq!(overview.councils.len(), 2);
    assert_eq!(overview.dates.len(), 1);
    let refused =
        world.read(&stranger, move |r| async move { journey::overview(&r, id).await }).await.unwrap_err();
    assert_eq!(refused.status(), 404);
}

#[tokio::test]
async fn the_opening_is_a_task_with_a_deadline() {
    let world = World::new().await;
    let ashvale = world.council("Ashvale").await;
    let coordinator = world.officer(&ashvale, "Coordinator").await;
    let opener = world.officer(&ashvale, "Opener").await;
    let id = opened(&world, &coordinator).await.id;
    let input = RoleInput { person_id: person_id(&opener).to_string(), role: "opener".to_owned() };
    world.write(&coordinator, move |w| async move { role::give(&w, id, input).await }).await.unwrap();
    world
        .write(&Caller::System, move |w| async move {
            procurement::Entity::update_many()
                .col_expr(procurement::Column::Stage, Expr::value("published"))
                .col_expr(procurement::Column::DeadlineAt, Expr::value(w.now() + chrono::TimeDelta::days(2)))
                .filter(procurement::Column::Id.eq(id))
                .exec(w.txn())
                .await?;
            Ok(())
        })
        .await
        .unwrap();
    let due = || async {
        let found = world
            .read(&opener, |r| async move { tasks::list(&r).await.map(|tasks| (tasks, r.now())) })
            .await
            .unwrap();
        let task = found.0.iter().find(|task| task.kind == "open_box").unwrap();
        task.when(found.1)
    };
    assert_eq!(due().await, When::ThisWeek);
    world.db.advance_clock(chrono::TimeDelta::days(4)).await.unwrap();
    assert_eq!(due().await, When::Overdue);
}

#[tokio::test]
async fn sealed_entries_leave_no_trace_until_opening() {
    let world = World::new().await;
    let ashvale = world.council("Ashvale").await;
    let coordinator = world.officer(&ashvale, "Coordinator").await;
    let id = opened(&world, &coordinator).await.id;
    world
        .write(&Caller::System, move |w| async move {
            w.record(Record::new(id, "bidding.submission.submit", id, json!({ "number": 1 })).sealed());
            w.record(Record::new(id, "tendering.deadline.set", id, json!({})).because("Holidays"));
            Ok(())
        })
        .await
        .unwrap();
    let all = happened(&world, &coordinator, id, Paging::default()).await;
    assert_eq!(all.first().map(String::as_str), Some("tendering.deadline.set"), "newest first");
    assert!(!all.iter().any(|action| action == "bidding.submission.submit"));
    let listed = world
        .read(
            &coordinator,
            move |r| async move { history::list(&r, id, &Paging { after: None, limit: 1 }).await },
        )
        .await
        .unwrap();
    assert_eq!(listed.items.len(), 1);
    assert_eq!(listed.items[0].link, None, "a number would show the gap");
    assert_eq!(listed.items[0].actor_name, "Commonlot");
    let after = listed.next.clone();
    let rest = happened(&world, &coordinator, id, Paging { after, limit: 200 }).await;
    assert_eq!(rest.len() + 1, all.len(), "the slices meet without gap or repeat");
    world.opens_box(id).await;
    let opened = happened(&world, &coordinator, id, Paging::default()).await;
    assert_eq!(opened.len(), all.len() + 1);
    assert!(opened.iter().any(|action| action == "bidding.submission.submit"));
}

#[tokio::test]
async fn marks_of_others_are_blind_in_the_history() {
    let world = World::new().await;
    let ashvale = world.council("Ashvale").await;
    let coordinator = world.officer(&ashvale, "Coordinator").await;
    let id = opened(&world, &coordinator).await.id;
    let member = world.officer(&ashvale, "Panel member").await;
    world
        .write(&member, move |w| async move {
            w.record(Record::new(id, "scoring.mark.save", id, json!({ "value": "4" })));
            Ok(())
        })
        .await
        .unwrap();
    let body = |who: Caller| {
        let world = &world;
        async move {
            let slice = world
                .read(&who, move |r| async move { history::list(&r, id, &Paging::default()).await })
                .await
                .unwrap();
            slice.items.into_iter().find(|row| row.action == "scoring.mark.save").unwrap().body
        }
    };
    assert_eq!(body(coordinator).await, None);
    assert_eq!(body(member).await.as_deref(), Some("{\"value\":\"4\"}"));
}

#[test]
fn actions_read_as_words() {
    assert_eq!(history::action_words("pooling.requirement.add"), "Requirement added");
    assert_eq!(history::action_words("pooling.pooled_list.agree"), "Pooled list agreed");
    assert_eq!(history::action_words("telling.letter.serve"), "Letter served otherwise");
}
