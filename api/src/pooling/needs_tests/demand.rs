//! The schedule and the councils' volumes.

use rules::stage::Stage;
use uuid::Uuid;

use super::super::demand::{self, DemandInput};
use super::super::schedule::{self, ScheduleLineInput};
use super::Pool;
use crate::kernel::{Action, Paging};

pub(super) fn line(description: &str) -> ScheduleLineInput {
    ScheduleLineInput {
        description: description.to_owned(),
        unit: "user".to_owned(),
        charge: "recurring".to_owned(),
        ..ScheduleLineInput::default()
    }
}

pub(super) async fn add_line(pool: &Pool, input: ScheduleLineInput) -> Uuid {
    pool.does(&pool.coordinator, |w, id| async move { Ok(schedule::add(&w, id, input).await?.id) }).await
}

fn volume(line: &str, year: &str, volume: &str) -> DemandInput {
    DemandInput {
        line: line.to_owned(),
        year: year.to_owned(),
        firmness: "firm".to_owned(),
        volume: Some(volume.to_owned()),
        ..DemandInput::default()
    }
}

#[tokio::test]
async fn volumes_are_entered_changed_and_removed_by_their_own_council() {
    let pool = Pool::new().await;
    let users = add_line(&pool, line("Users")).await;
    add_line(&pool, ScheduleLineInput { shared: true, ..line("Data centre") }).await;
    let entered = pool
        .does(&pool.officer, |w, id| async move {
            demand::enter(&w, id, vec![volume("p01", "1", "120"), volume("P01", "2", "120.5")]).await
        })
        .await;
    assert_eq!(entered.iter().map(|row| row.volume_e3).collect::<Vec<_>>(), [120_000, 120_500]);
    let key = pool.brackenhams_key(&[Action::Pool]);
    let keyed = DemandInput { external_ref: Some("U1".to_owned()), ..volume("P01", "1", "130") };
    let again = pool.does(&key, |w, id| async move { demand::enter(&w, id, vec![keyed]).await }).await;
    assert_eq!((again[0].id, again[0].version, again[0].volume_e3), (entered[0].id, 2, 130_000));
    let clash = DemandInput { external_ref: Some("U1".to_owned()), ..volume("P01", "3", "1") };
    let refusal = pool.may_not(&key, |w, id| async move { demand::enter(&w, id, vec![clash]).await }).await;
    assert_eq!((refusal.status(), refusal.fields[0].field.as_str()), (409, "volumes/0/external_ref"));
    let emptied = DemandInput { volume: None, ..volume("P01", "2", "") };
    pool.does(&pool.officer, |w, id| async move { demand::enter(&w, id, vec![emptied]).await }).await;
    let id = pool.id;
    let list = pool
        .world
        .read(&pool.coordinator, move |r| async move { demand::list(&r, id, &Paging::default()).await })
        .await
        .unwrap();
    assert_eq!(list.items.iter().map(|row| row.volumes.len()).collect::<Vec<_>>(), [1, 0]);
    let own = entered[0].id;
    let remove = move |w, id| async move { demand::remove(&w, id, own, 2).await };
    assert_eq!(pool.may_not(&pool.coordinator, remove).await.status(), 404);
    // A line keeps its volumes when it changes, and cannot go while they stand.
    pool.does(&pool.coordinator, move |w, id| async move {
        schedule::change(&w, id, users, 1, line("Named users")).await
    })
    .await;
    let go = move |w, id| async move { schedule::remove(&w, id, users, 2).await };
    assert_eq!(pool.may_not(&pool.coordinator, go).await.code, "has_demand");
    let share = ScheduleLineInput { shared: true, ..line("Users") };
    let refusal =
        pool.may_not(&pool.coordinator, move |w, id| async move {
            schedule::change(&w, id, users, 2, share).await
        })
        .await;
    assert_eq!(refusal.code, "has_demand");
    pool.does(&pool.officer, remove).await;
    pool.does(&pool.coordinator, go).await;
}

#[tokio::test]
async fn every_fault_is_told_and_nothing_is_half_entered() {
    let pool = Pool::new().await;
    add_line(&pool, line("Users")).await;
    add_line(&pool, ScheduleLineInput { shared: true, ..line("Data centre") }).await;
    let inputs = vec![
        volume("P01", "1", "5"),
        volume("P02", "1", "5"),
        volume("P09", "4", "-3"),
        volume("P01", "1", "6"),
        DemandInput { firmness: "sure".to_owned(), ..volume("P01", "2", "many") },
    ];
    let refusal =
        pool.may_not(&pool.officer, |w, id| async move { demand::enter(&w, id, inputs).await }).await;
    let told: Vec<_> =
        refusal.fields.iter().map(|fault| (fault.field.as_str(), fault.code.as_str())).collect();
    assert_eq!(
        told,
        [
            ("volumes/1/line", "shared_line"),
            ("volumes/2/line", "not_found"),
            ("volumes/2/year", "out_of_range"),
            ("volumes/2/volume", "negative"),
            ("volumes/3/line", "twice"),
            ("volumes/4/firmness", "unknown_word"),
            ("volumes/4/volume", "not_a_number"),
        ]
    );
    let seen = DemandInput { seen: Some("4".to_owned()), ..volume("P01", "1", "5") };
    let refusal =
        pool.may_not(&pool.officer, |w, id| async move { demand::enter(&w, id, vec![seen]).await }).await;
    assert_eq!((refusal.fields[0].code.as_str(), refusal.fields.len()), ("stale", 1));
    let id = pool.id;
    let list = pool
        .world
        .read(&pool.officer, move |r| async move { demand::list(&r, id, &Paging::default()).await })
        .await
        .unwrap();
    assert!(list.items.iter().all(|row| row.volumes.is_empty()));
}

#[tokio::test]
async fn who_may_not_make_the_schedule_or_enter_volumes() {
    let pool = Pool::new().await;
    let add = |w, id| async move { schedule::add(&w, id, line("Users")).await };
    assert_eq!(pool.may_not(&pool.officer, add).await.status(), 403);
    assert_eq!(pool.may_not(&pool.stranger, add).await.status(), 404);
    let enter = |w, id| async move { demand::enter(&w, id, vec![volume("P01", "1", "5")]).await };
    assert_eq!(pool.may_not(&pool.stranger, enter).await.status(), 404);
    assert_eq!(pool.may_not(&pool.outsider, enter).await.status(), 404);
    pool.stand_at(Stage::Tendering).await;
    let added = pool.does(&pool.coordinator, add).await;
    let taken = ScheduleLineInput { code: Some("p01".to_owned()), ..line("Twice") };
    let refusal =
        pool.may_not(&pool.coordinator, |w, id| async move { schedule::add(&w, id, taken).await }).await;
    assert_eq!((refusal.status(), refusal.fields[0].field.as_str()), (409, "code"));
    pool.stand_at(Stage::Published).await;
    assert_eq!(pool.may_not(&pool.officer, enter).await.code, "wrong_stage");
    let remove = move |w, id| async move { schedule::remove(&w, id, added.id, 1).await };
    assert_eq!(pool.may_not(&pool.coordinator, remove).await.code, "wrong_stage");
}
