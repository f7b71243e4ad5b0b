//! What a question leaves behind: a task while it waits, and nothing that lies open.

use entity::{clarification_answer, ledger_entry};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{aside, confidential, plain, reply};
use crate::bidding::tests::fixture::Tender;
use crate::kernel::Caller;
use crate::overview::{journey, tasks};

#[tokio::test]
async fn what_waits_for_an_answer_is_a_task_and_a_missing_step() {
    let tender = Tender::published().await;
    let asker = tender.bidder("Kestrelwood Systems", "bids@kestrelwood.example").await;
    let waiting = || async {
        let tasks = tender.world.read(&tender.coordinator, |r| async move { tasks::list(&r).await });
        let tasks = tasks.await.unwrap();
        tasks.into_iter().find(|task| task.kind == "answer_questions").map(|task| (task.title, task.href))
    };
    assert_eq!(waiting().await, None);
    let row = tender.ask(&asker, plain("One?")).await.unwrap();
    tender.ask(&asker, confidential("Two?")).await.unwrap();
    let (title, href) = waiting().await.unwrap();
    assert_eq!(title, "2 questions wait for an answer");
    assert_eq!(href, format!("/procurements/{}/clarifications", tender.id));
    let others =
        tender.world.read(&tender.panel_member, |r| async move { tasks::list(&r).await }).await.unwrap();
    assert!(others.iter().all(|task| task.kind != "answer_questions"));
    tender.publish(&tender.coordinator, &row, reply("One?", "Yes.")).await.unwrap();
    assert_eq!(waiting().await.unwrap().0, "1 question waits for an answer");
    let id = tender.id;
    let overview =
        tender.world.read(&tender.coordinator, move |r| async move { journey::overview(&r, id).await });
    let overview = overview.await.unwrap();
    let bids = overview.steps.iter().find(|step| step.key == "bids").unwrap();
    assert!(bids.missing.contains(&"1 question of a bidder waits for an answer.".to_owned()));
}

#[tokio::test]
async fn what_was_asked_lies_sealed_and_the_ledger_is_whole() {
    let tender = Tender::published().await;
    let asker = tender.bidder("Kestrelwood Systems", "bids@kestrelwood.example").await;
    let row = tender.ask(&asker, confidential("zebra-cobalt moves")).await.unwrap();
    tender.answer_privately(&tender.coordinator, &row, aside("zebra-cobalt may")).await.unwrap();
    let id = row.id;
    let (stored, entries) = tender
        .world
        .read(&Caller::System, move |r| async move {
            let row = entity::clarification::Entity::find_by_id(id).one(r.txn()).await?.unwrap();
            let answers = clarification_answer::Entity::find().all(r.txn()).await?;
            let entries = ledger_entry::Entity::find()
                .filter(ledger_entry::Column::Action.starts_with("bidding.clarification."))
                .all(r.txn())
                .await?;
            let bytes = [row.asker, row.sealed, answers[0].sealed.clone().unwrap()].concat();
            Ok((bytes, entries))
        })
        .await
        .unwrap();
    let holds = |bytes: &[u8]| stored.windows(bytes.len()).any(|window| window == bytes);
    assert!(!holds(b"zebra-cobalt"), "neither question nor answer lies open");
    let Caller::Supplier { invitation_id, .. } = asker else { panic!("a supplier") };
    assert!(!holds(invitation_id.as_bytes()), "nor does the asker");
    assert_eq!(entries.len(), 2);
    assert!(entries.iter().all(|entry| entry.sealed && !entry.body.contains("zebra")));
    let verified =
        tender.world.read(&Caller::System, |r| async move { crate::kernel::ledger::verify(&r).await }).await;
    assert_eq!(verified.unwrap().fault, None);
}
