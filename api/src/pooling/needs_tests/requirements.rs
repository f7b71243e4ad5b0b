//! Requirements of one council.

use rules::stage::Stage;

use super::super::requirement::{self, Filter, RequirementInput};
use super::{Pool, need, wording};
use crate::kernel::{Action, Paging};

#[tokio::test]
async fn a_council_enters_its_own_and_every_partner_reads_them() {
    let pool = Pool::new().await;
    pool.requires(&pool.coordinator, "Tenants report repairs").await;
    let key = pool.brackenhams_key(&[Action::Pool]);
    let input = RequirementInput { code: Some("B-7".to_owned()), ..need("Repairs by phone") };
    pool.does(&key, move |w, id| async move { requirement::add(&w, id, input).await }).await;
    pool.requires(&pool.officer, "Repairs by mail").await;
    let id = pool.id;
    let all = |filter| {
        pool.world.read(&pool.officer, move |r| async move {
            requirement::list(&r, id, filter, &Paging::default()).await
        })
    };
    let rows = all(Filter::default()).await.unwrap().items;
    let told: Vec<_> = rows.iter().map(|row| (row.council.as_str(), row.requirement.code.as_str())).collect();
    assert_eq!(told, [("Ashvale", "R001"), ("Brackenham", "B-7"), ("Brackenham", "R001")]);
    let own = Filter { council_id: Some(pool.ashvale.id), pooled: Some(false) };
    assert_eq!(all(own).await.unwrap().items.len(), 1);
    let first = pool
        .world
        .read(&pool.officer, move |r| async move {
            requirement::list(&r, id, Filter::default(), &Paging { after: None, limit: 2 }).await
        })
        .await
        .unwrap();
    let rest = pool
        .world
        .read(&pool.officer, move |r| async move {
            requirement::list(&r, id, Filter::default(), &Paging { after: first.next, limit: 2 }).await
        })
        .await
        .unwrap();
    assert_eq!((rest.items.len(), rest.next), (1, None));
}

#[tokio::test]
async fn who_may_not_enter() {
    let pool = Pool::new().await;
    let add = |w, id| async move { requirement::add(&w, id, need("x")).await };
    assert_eq!(pool.may_not(&pool.stranger, add).await.status(), 404);
    assert_eq!(pool.may_not(&pool.outsider, add).await.status(), 404);
    let reader = pool.brackenhams_key(&[Action::Read]);
    assert_eq!(pool.may_not(&reader, add).await.status(), 403);
    let row = pool.requires(&pool.coordinator, "Tenants report repairs").await;
    let change = move |w, id| async move { requirement::change(&w, id, row, 1, need("Mine")).await };
    assert_eq!(pool.may_not(&pool.officer, change).await.status(), 404);
    pool.stand_at(Stage::Published).await;
    assert_eq!(pool.may_not(&pool.officer, add).await.code, "wrong_stage");
}

#[tokio::test]
async fn all_faults_are_told_and_keys_are_the_councils_only_ones() {
    let pool = Pool::new().await;
    let bad = RequirementInput { kind: "nice".to_owned(), moscow: "maybe".to_owned(), ..need(" ") };
    let refusal =
        pool.may_not(&pool.officer, |w, id| async move { requirement::add(&w, id, bad).await }).await;
    let fields: Vec<_> = refusal.fields.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["text", "type", "moscow"]);
    let keyed = || RequirementInput { external_ref: Some("X1".to_owned()), ..need("Repairs") };
    pool.does(&pool.officer, move |w, id| async move { requirement::add(&w, id, keyed()).await }).await;
    let again = pool
        .may_not(&pool.officer, move |w, id| async move { requirement::add(&w, id, keyed()).await })
        .await;
    assert_eq!((again.status(), again.fields[0].field.as_str()), (409, "external_ref"));
    assert!(again.detail.contains("R001"), "{}", again.detail);
    // Another council's keys are its own.
    pool.does(&pool.coordinator, move |w, id| async move { requirement::add(&w, id, keyed()).await }).await;
    let taken = RequirementInput { code: Some("r001".to_owned()), ..need("Twice") };
    let refusal =
        pool.may_not(&pool.officer, |w, id| async move { requirement::add(&w, id, taken).await }).await;
    assert_eq!((refusal.status(), refusal.fields[0].field.as_str()), (409, "code"));
}

#[tokio::test]
async fn a_stale_change_is_refused_and_a_source_is_not_removed() {
    let pool = Pool::new().await;
    let row = pool.requires(&pool.officer, "Repairs").await;
    let change =
        move |w, id| async move { requirement::change(&w, id, row, 1, need("Repairs, quickly")).await };
    let changed = pool.does(&pool.officer, change).await;
    assert_eq!((changed.version, changed.code.as_str()), (2, "R001"));
    assert_eq!(pool.may_not(&pool.officer, change).await.status(), 412);
    let version = pool.pool_version().await;
    pool.does(&pool.coordinator, move |w, id| async move {
        super::super::pooled::merge(&w, id, vec![row], wording("Repairs")).await
    })
    .await;
    let remove = move |w, id| async move { requirement::remove(&w, id, row, 2).await };
    let refusal = pool.may_not(&pool.officer, remove).await;
    assert_eq!((refusal.status(), refusal.code.as_str()), (409, "pooled"));
    assert_eq!(pool.pool_version().await, version + 1);
    // Other words of a source are another list; another reason is not.
    pool.does(&pool.officer, move |w, id| async move {
        requirement::change(&w, id, row, 2, need("Repairs, today")).await
    })
    .await;
    assert_eq!(pool.pool_version().await, version + 2);
    let reasoned = RequirementInput { rationale: Some("Asked for".to_owned()), ..need("Repairs, today") };
    pool.does(&pool.officer, move |w, id| async move { requirement::change(&w, id, row, 3, reasoned).await })
        .await;
    assert_eq!(pool.pool_version().await, version + 2);
    let loose = pool.requires(&pool.officer, "Phone").await;
    pool.does(&pool.officer, move |w, id| async move { requirement::remove(&w, id, loose, 1).await }).await;
}
