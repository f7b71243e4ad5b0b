//! Results.

use std::collections::BTreeMap;

use entity::{bid_price, consensus, procurement};
use rules::canonical;
use rules::demand::LineAnswer;
use rules::money::UnitPrice;
use rules::record::{BidInput, LotResult, lot_result};
use rules::stage::Stage;
use rules::words::{Offer, ResponseCode};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::fixture::{PRICES, Room};
use crate::kernel::{Caller, Paging};
use crate::scoring::result;

/// The inputs by hand.
fn inputs(room: &Room) -> Vec<BidInput> {
    let bids = [
        (room.bids[0], "Blue Harbour IT", ["3", "1"], PRICES[0]),
        (room.bids[1], "Northgate Systems", ["5", "3"], PRICES[1]),
    ];
    bids.into_iter()
        .map(|(id, supplier, marks, price)| BidInput {
            id: id.to_string(),
            supplier: supplier.to_owned(),
            withdrawn: false,
            marks: ["Q1", "Q2"].map(str::to_owned).into_iter().zip(marks.map(str::to_owned)).collect(),
            prices: BTreeMap::from([(
                "P01".to_owned(),
                LineAnswer { offer: Offer::Priced, unit_price: Some(UnitPrice(price)) },
            )]),
            responses: BTreeMap::from([("R001".to_owned(), ResponseCode::Full)]),
            corrections: Vec::new(),
            disregarded: None,
        })
        .collect()
}

async fn stage(room: &Room) -> Stage {
    let id = room.id;
    room.world
        .read(&Caller::System, move |r| async move {
            Ok(procurement::Entity::find_by_id(id).one(r.txn()).await?.unwrap().stage.0)
        })
        .await
        .unwrap()
}

#[tokio::test]
async fn the_result_is_what_the_rules_say_and_its_hash_is_that_of_its_bytes() {
    let room = Room::agreed().await;
    let early = room.compute(&room.coordinator).await.unwrap_err();
    assert_eq!(early.code, "quality_not_locked");
    room.lock(&room.coordinator).await.unwrap();
    assert_eq!(room.compute(&room.moderator).await.unwrap_err().status(), 403);
    assert_eq!(stage(&room).await, Stage::Scoring);

    let computed = room.compute(&room.coordinator).await.unwrap();
    let wanted = lot_result(&room.pack, &room.lot.to_string(), &inputs(&room)).unwrap();
    assert_eq!(computed.result, wanted);
    // 60 · (0.6·3/5 + 0.4·1/5) + 40 = 66.4 against 60 · (0.6·5/5 + 0.4·3/5) + 40 · 333.3/666.7 = 70.397…
    assert_eq!(wanted.winner, Some(room.bids[1].to_string()));
    assert_eq!(
        wanted.bids.iter().find(|bid| bid.rank == Some(2)).unwrap().total.as_ref().unwrap().rounded,
        "66.40"
    );
    assert_eq!(computed.row.hash, canonical::sha256_hex(computed.row.body.as_bytes()));
    assert_eq!(computed.row.body.as_bytes(), canonical::to_bytes(&wanted).unwrap());
    let again: LotResult = serde_json::from_str(&computed.row.body).unwrap();
    assert_eq!(again, wanted);
    assert_eq!(computed.row.inputs_hash, wanted.inputs_hash);
    let kept = computed.row.inputs.as_deref().unwrap();
    assert_eq!(canonical::sha256_hex(kept.as_bytes()), wanted.inputs_hash);
    let kept: Vec<BidInput> = serde_json::from_str(kept).unwrap();
    assert_eq!(lot_result(&room.pack, &room.lot.to_string(), &kept).unwrap(), wanted);
    assert_eq!(stage(&room).await, Stage::Deciding, "the only lot has its result");

    let second = room.compute(&room.coordinator).await.unwrap();
    assert_eq!((second.row.revision, &second.row.hash), (2, &computed.row.hash));
    let (id, lot) = (room.id, room.lot);
    let list = |caller: &Caller| {
        let caller = caller.clone();
        let world = &room.world;
        async move {
            world
                .read(&caller, move |r| async move { result::list(&r, id, lot, &Paging::default()).await })
                .await
        }
    };
    let revisions: Vec<_> =
        list(&room.coordinator).await.unwrap().items.iter().map(|row| row.revision).collect();
    assert_eq!(revisions, [2, 1]);
    assert_eq!(list(&room.stranger).await.unwrap_err().status(), 404);
    let newest =
        room.world.read(&Caller::System, move |r| async move { result::current(&r, lot).await }).await;
    assert_eq!(newest.unwrap().0.revision, 2);
}

#[tokio::test]
async fn a_bid_without_a_mandatory_price_is_not_ranked_and_the_result_says_why() {
    let room = Room::agreed().await;
    room.lock(&room.moderator).await.unwrap();
    let bid = room.bids[1];
    room.world
        .write(&Caller::System, move |w| async move {
            bid_price::Entity::delete_many().filter(bid_price::Column::BidId.eq(bid)).exec(w.txn()).await?;
            Ok(())
        })
        .await
        .unwrap();
    let computed = room.compute(&room.coordinator).await.unwrap();
    let dropped = computed.result.bids.iter().find(|one| one.bid == bid.to_string()).unwrap();
    assert!(dropped.rank.is_none());
    assert_eq!(dropped.reasons[0].place, "P01");
    assert_eq!(computed.result.winner, Some(room.bids[0].to_string()));
}

#[tokio::test]
async fn marks_that_are_not_those_that_were_locked_give_no_result() {
    let room = Room::agreed().await;
    room.lock(&room.moderator).await.unwrap();
    room.world
        .write(&Caller::System, |w| async move {
            consensus::Entity::update_many()
                .col_expr(consensus::Column::Value, Expr::value("5"))
                .exec(w.txn())
                .await?;
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(room.compute(&room.coordinator).await.unwrap_err().code, "marks_changed");
}
