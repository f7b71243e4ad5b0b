//! Who sees what of the comparison, and when.

use entity::quality_lock;
use sea_orm::EntityTrait;

use super::scene::Scene;
use crate::deciding::{comparison, standing};

#[tokio::test]
async fn a_stranger_finds_nothing() {
    let scene = Scene::new().await;
    let other = scene.world.council("Elmbrook").await;
    let stranger = scene.world.officer(&other, "Officer").await;
    let (id, lot) = (scene.procurement, scene.lot);
    let refusal = scene
        .world
        .read(&stranger, move |r| async move { comparison::view(&r, id, lot).await })
        .await
        .unwrap_err();
    assert_eq!(refusal.status(), 404);
}

#[tokio::test]
async fn the_comparison_shows_marks_by_council_and_prices_to_the_penny() {
    let scene = Scene::new().await;
    let (id, lot) = (scene.procurement, scene.lot);
    let seen = scene
        .world
        .read(&scene.approvers[3], move |r| async move { comparison::view(&r, id, lot).await })
        .await
        .unwrap();
    let matrix = seen.matrix.unwrap();
    assert_eq!(matrix.councils, ["Brackenham", "Carrow"]);
    let cell = &matrix.criteria[0].cells[0];
    assert_eq!(
        (cell.mark.as_deref(), cell.apart),
        (Some("5"), Some(2)),
        "5 and 1 are two steps of 0 1 3 5 apart"
    );
    assert_eq!(cell.councils, [vec!["5".to_owned()], vec!["1".to_owned()]]);
    assert!(matrix.bids[0].leads);
    assert_eq!(matrix.bids[2].exclusion.as_deref(), Some("Does not meet requirements"));
    assert!(!matrix.bids[2].reasons.is_empty());
    // 0.999 of £100,000.10 is £99,900.0999; three equal parts of £99,900.10 leave a penny for the first council.
    let price = matrix.bids[0].price.as_ref().unwrap();
    assert_eq!(price.total.0, 9_990_010);
    let parts: Vec<i64> = price.councils.iter().map(|part| part.price.0).collect();
    assert_eq!(parts, [3_330_004, 3_330_003, 3_330_003]);
    let line = &matrix.lines[0];
    assert_eq!((line.code.as_str(), line.what.as_str()), ("P01", "The system for all"));
    let costs: Vec<Option<i64>> = line.costs.iter().map(|cost| cost.map(|cost| cost.0)).collect();
    assert_eq!(costs, [Some(9_990_010), Some(8_991_000), None], "the third bid has no price");
}

#[tokio::test]
async fn before_the_quality_lock_there_is_nothing_to_see() {
    let scene = Scene::new().await;
    let (id, lot) = (scene.procurement, scene.lot);
    scene
        .as_system(move |w| async move {
            quality_lock::Entity::delete_by_id(lot).exec(w.txn()).await?;
            Ok(())
        })
        .await;
    let read = move |r| async move {
        let export = comparison::export(&r, id, lot).await;
        Ok((comparison::view(&r, id, lot).await?, export))
    };
    let (seen, export) = scene.world.read(&scene.coordinator, read).await.unwrap();
    assert!(seen.matrix.is_none());
    assert!(seen.missing.unwrap().contains("locked"));
    assert_eq!(export.unwrap_err().status(), 409);
}

#[tokio::test]
async fn a_decision_is_seen_with_ranks_totals_and_the_runner_up() {
    let scene = Scene::new().await;
    scene.recommend(0).await.unwrap();
    let (id, lot) = (scene.procurement, scene.lot);
    let seen = scene
        .world
        .read(&scene.coordinator, move |r| async move { standing::of_lot(&r, id, lot).await })
        .await
        .unwrap();
    let placed: Vec<_> = seen
        .ranking
        .iter()
        .map(|bid| (bid.rank, bid.supplier.as_str(), bid.total.as_str(), bid.recommended))
        .collect();
    assert_eq!(placed, [(1, "Northgate Digital", "86.40", true), (2, "Blue Harbour IT", "76.00", false)]);
    assert_eq!(seen.runner_up().unwrap().supplier, "Blue Harbour IT");
}

#[tokio::test]
async fn the_export_is_a_workbook() {
    let scene = Scene::new().await;
    let (id, lot) = (scene.procurement, scene.lot);
    let (name, bytes) = scene
        .world
        .read(&scene.coordinator, move |r| async move { comparison::export(&r, id, lot).await })
        .await
        .unwrap();
    assert_eq!(name, "ICT-2027-09-L1-comparison.xlsx");
    let book = format!("{:?}", importers::read_here(&bytes, &name).unwrap());
    assert!(book.contains("Northgate Digital") && book.contains("33300.04"));
    assert!(book.contains("addends may differ from totals"), "{book}");
    assert!(book.contains("\"Lines\"") && book.contains("The system for all"), "{book}");
}
