//! The pooled list, its sources, and who agrees it.

use futures_util::future::join_all;
use uuid::Uuid;

use super::super::requirement::Filter;
use super::super::{agreement, pooled, requirement};
use super::{Pool, wording};
use crate::kernel::{Action, Paging};

#[tokio::test]
async fn merging_keeps_every_source_and_each_need_has_one_place() {
    let pool = Pool::new().await;
    let a = pool.requires(&pool.coordinator, "Tenants report repairs").await;
    let b = pool.requires(&pool.officer, "Repairs by phone").await;
    let c = pool.requires(&pool.officer, "Repairs by mail").await;
    let before = pool.pool_version().await;
    let mut input = wording("Tenants report repairs by any channel");
    input.accepted = vec!["c".to_owned(), "F".to_owned(), "C".to_owned()];
    let merged = pool
        .does(&pool.coordinator, move |w, id| async move { pooled::merge(&w, id, vec![a, b], input).await })
        .await;
    assert_eq!((merged.pooled.code.as_str(), merged.pooled.accepted.as_str()), ("R001", "F C"));
    assert!(merged.disqualifies());
    let sources: Vec<_> = merged.sources.iter().map(|source| source.council.as_str()).collect();
    assert_eq!(sources, ["Ashvale", "Brackenham"]);
    assert_eq!(pool.pool_version().await, before + 1);
    let id = merged.pooled.id;
    let again = pool
        .may_not(&pool.coordinator, move |w, p| async move {
            pooled::merge(&w, p, vec![b, Uuid::now_v7()], wording("Twice")).await
        })
        .await;
    let told: Vec<_> = again.fields.iter().map(|fault| (fault.field.as_str(), fault.code.as_str())).collect();
    assert_eq!(told, [("requirement_ids/0", "already_pooled"), ("requirement_ids/1", "not_found")]);
    assert_eq!(pool.pool_version().await, before + 1);
    let view = pool
        .does(&pool.coordinator, move |w, p| async move { pooled::attach(&w, p, id, 1, vec![c]).await })
        .await;
    assert_eq!(view.sources.len(), 3);
    let stale = pool
        .may_not(&pool.coordinator, move |w, p| async move { pooled::detach(&w, p, id, 1, b).await })
        .await;
    assert_eq!(stale.status(), 412);
    let view =
        pool.does(&pool.coordinator, move |w, p| async move { pooled::detach(&w, p, id, 2, b).await }).await;
    assert_eq!(view.sources.len(), 2);
    pool.does(&pool.coordinator, move |w, p| async move { pooled::remove(&w, p, id, 3).await }).await;
    let procurement = pool.id;
    let open = pool
        .world
        .read(&pool.officer, move |r| async move {
            let filter = Filter { council_id: None, pooled: Some(false) };
            requirement::list(&r, procurement, filter, &Paging::default()).await
        })
        .await
        .unwrap();
    assert_eq!(open.items.len(), 3);
    assert_eq!(pool.pool_version().await, before + 4);
}

#[tokio::test]
async fn only_the_coordinator_makes_the_list() {
    let pool = Pool::new().await;
    let add = |w, id| async move { pooled::add(&w, id, wording("Exit plan")).await };
    assert_eq!(pool.may_not(&pool.officer, add).await.status(), 403);
    assert_eq!(pool.may_not(&pool.stranger, add).await.status(), 404);
    assert_eq!(pool.may_not(&pool.brackenhams_key(&[Action::Pool]), add).await.status(), 403);
    let mut input = wording("Exit plan");
    input.accepted = vec!["N".to_owned(), "Z".to_owned()];
    let refusal =
        pool.may_not(&pool.coordinator, |w, id| async move { pooled::add(&w, id, input).await }).await;
    let told: Vec<_> =
        refusal.fields.iter().map(|fault| (fault.field.as_str(), fault.code.as_str())).collect();
    assert_eq!(told, [("accepted/0", "not_met"), ("accepted/1", "unknown_word")]);
}

#[tokio::test]
async fn each_council_agrees_the_list_it_has_read() {
    let pool = Pool::new().await;
    let present = pool.pool_version().await;
    let agree = |version| move |w, id| async move { agreement::agree(&w, id, version).await };
    assert_eq!(pool.may_not(&pool.officer, agree(present)).await.code, "nothing_pooled");
    pool.requires(&pool.officer, "Repairs by phone").await;
    let add = |w, id| async move { pooled::add(&w, id, wording("Exit plan")).await };
    let added = pool.does(&pool.coordinator, add).await.pooled.id;
    let refusal = pool.may_not(&pool.officer, agree(present)).await;
    assert_eq!((refusal.status(), refusal.code.as_str()), (409, "list_changed"));
    assert!(refusal.detail.contains(&format!("version {} now", present + 1)), "{}", refusal.detail);
    assert_eq!(pool.may_not(&pool.outsider, agree(present + 1)).await.status(), 404);
    let state = pool.does(&pool.brackenhams_key(&[Action::Pool]), agree(present + 1)).await;
    let told: Vec<_> = state
        .councils
        .iter()
        .map(|council| (council.council.as_str(), council.agrees, council.requirements, council.not_pooled))
        .collect();
    assert_eq!(told, [("Ashvale", false, 0, 0), ("Brackenham", true, 1, 1)]);
    // Another list is not what was agreed.
    pool.does(&pool.coordinator, move |w, id| async move {
        pooled::change(&w, id, added, 1, wording("An exit plan, tested")).await
    })
    .await;
    let id = pool.id;
    let state =
        pool.world.read(&pool.officer, move |r| async move { agreement::state(&r, id).await }).await.unwrap();
    assert_eq!(state.councils[1].agreed_pool_version, Some(present + 1));
    assert!(!state.councils[1].agrees);
}

#[tokio::test]
async fn changes_at_once_count_each_and_no_agreement_slips_through() {
    let pool = Pool::new().await;
    pool.does(&pool.coordinator, |w, id| async move { pooled::add(&w, id, wording("First")).await }).await;
    let (id, present) = (pool.id, pool.pool_version().await);
    let adding = (0..8).map(|_| {
        pool.world
            .write(&pool.coordinator, move |w| async move { pooled::add(&w, id, wording("More")).await })
    });
    let agreeing = (0..4).map(|_| {
        pool.world.write(&pool.officer, move |w| async move { agreement::agree(&w, id, present).await })
    });
    let (added, agreed) = tokio::join!(join_all(adding), join_all(agreeing));
    let mut codes: Vec<_> = added.into_iter().map(|added| added.unwrap().pooled.code).collect();
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), 8);
    assert_eq!(pool.pool_version().await, present + 8);
    for outcome in agreed {
        match outcome {
            Ok(state) => assert_eq!(state.pool_version, present),
            Err(refusal) => assert_eq!(refusal.code, "list_changed"),
        }
    }
    let state =
        pool.world.read(&pool.officer, move |r| async move { agreement::state(&r, id).await }).await.unwrap();
    assert!(state.councils.iter().all(|council| !council.agrees));
}
