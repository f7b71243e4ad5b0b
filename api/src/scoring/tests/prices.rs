//! The prices of a lot side by side, with volume bands, an option and a rate card.

use entity::{Word, bid_price};
use poem::test::TestClient;
use rules::canonical;
use rules::money::UnitPrice;
use rules::pack::{Pack, PackLine, PackRate, PackTier, PackVolume};
use rules::schedule::price_rules;
use rules::words::{Charge, Offer};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::fixture::Room;
use crate::kernel::{Caller, Refusal};
use crate::scoring::prices::{self, LotPrices};

/// The 14 licences fall in the second band, from 10; P02 is a mandatory option, P03 a rate with 5 days.
fn shaped(mut pack: Pack) -> Pack {
    let schedule = &mut pack.lots[0].schedule;
    schedule[0].tiers = [0, 10_000, 20_000].map(|from_e3| PackTier { from_e3 }).to_vec();
    let plain = PackLine { tiers: Vec::new(), volumes: Vec::new(), ..schedule[0].clone() };
    let volume = PackVolume { volume_e3: 2_000, ..schedule[0].volumes[0].clone() };
    schedule.push(PackLine {
        code: "P02".to_owned(),
        mandatory_option: true,
        volumes: vec![volume],
        ..plain.clone()
    });
    schedule.push(PackLine {
        code: "P03".to_owned(),
        unit: "day".to_owned(),
        shared: true,
        charge: Charge::OneOff,
        rate_card: Some(PackRate { role: "Data engineer".to_owned(), level: 4, basket_e3: 5_000 }),
        ..plain
    });
    pack.method.price_rules = price_rules(&pack.lots);
    pack
}

/// What both bids answer: the first is cheaper in the band that counts, the second in the others.
const ANSWERS: [[(&str, Offer, Option<i64>); 5]; 2] = [
    [
        ("P01-T1", Offer::Priced, Some(400_000)),
        ("P01-T2", Offer::Priced, Some(300_000)),
        ("P01-T3", Offer::Priced, Some(290_000)),
        ("P02", Offer::Included, None),
        ("P03", Offer::Priced, Some(6_000_000)),
    ],
    [
        ("P01-T1", Offer::Priced, Some(390_000)),
        ("P01-T2", Offer::Priced, Some(310_000)),
        ("P01-T3", Offer::Priced, Some(280_000)),
        ("P02", Offer::Priced, Some(100_000)),
        ("P03", Offer::Priced, Some(6_000_000)),
    ],
];

/// Marks are agreed on the shaped pack; nothing is locked.
async fn room() -> Room {
    let room = Room::agreed_on(shaped).await;
    let bids = room.bids;
    room.world
        .write(&Caller::System, move |w| async move {
            bid_price::Entity::delete_many().exec(w.txn()).await?;
            for (bid, answers) in bids.into_iter().zip(ANSWERS) {
                for (at, (line, offer, price)) in answers.into_iter().enumerate() {
                    let row = bid_price::ActiveModel {
                        id: Set(Uuid::now_v7()),
                        bid_id: Set(bid),
                        line: Set(line.to_owned()),
                        offer: Set(Word(offer)),
                        unit_price_e4: Set(price),
                        sheet: Set("Prices".to_owned()),
                        cell: Set(format!("K{}", at + 5)),
                    };
                    bid_price::Entity::insert(row).exec_without_returning(w.txn()).await?;
                }
            }
            Ok(())
        })
        .await
        .unwrap();
    room
}

async fn view(room: &Room, caller: &Caller) -> Result<LotPrices, Refusal> {
    let (id, lot) = (room.id, room.lot);
    room.world.read(caller, move |r| async move { prices::view(&r, id, lot).await }).await
}

#[tokio::test]
async fn prices_show_band_by_band_with_the_least_of_each_row() {
    let room = room().await;
    assert_eq!(view(&room, &room.coordinator).await.unwrap_err().code, "quality_not_locked");
    room.lock(&room.moderator).await.unwrap();
    let seen = view(&room, &room.coordinator).await.unwrap();
    let least: Vec<(&str, Vec<bool>)> = seen
        .rows
        .iter()
        .map(|row| (row.code.as_str(), row.cells.iter().map(|cell| cell.as_ref().unwrap().least).collect()))
        .collect();
    assert_eq!(
        least,
        [
            ("P01-T1", vec![false, true]),
            ("P01-T2", vec![true, false]),
            ("P01-T3", vec![false, true]),
            ("P02", vec![true, false]),
            ("P03", vec![true, true]),
        ]
    );
    let band = seen.rows[1].cells[0].as_ref().unwrap();
    assert_eq!((band.unit_price, band.cell.as_str()), (Some(UnitPrice(300_000)), "K6"));
    // 14 licences at £30 in the band that counts; nothing in the others.
    assert_eq!(band.cost.unwrap().0, 42_000);
    assert_eq!(seen.rows[0].cells[0].as_ref().unwrap().cost.unwrap().0, 0);
    // 420 + 0 + 3000 and 434 + 20 + 3000.
    let totals: Vec<i64> = seen.totals.iter().map(|total| total.as_ref().unwrap().0).collect();
    assert_eq!(totals, [342_000, 345_400]);
    let computed = room.compute(&room.coordinator).await.unwrap();
    let scored: Vec<i64> = room
        .bids
        .iter()
        .map(|id| computed.result.bids.iter().find(|bid| bid.bid == id.to_string()).unwrap())
        .map(|bid| bid.price.as_ref().unwrap().total.0)
        .collect();
    assert_eq!(scored, totals, "what is shown is what is scored");
    let lines = &computed.result.bids.iter().find(|bid| bid.bid == room.bids[0].to_string()).unwrap().price;
    let bands = &lines.as_ref().unwrap().lines[0].bands;
    assert_eq!((bands.len(), bands[0].code.as_str(), &bands[0].years[..]), (1, "P01-T2", &[1][..]));
    // The stored bytes say the same to whoever replays them.
    let bytes = canonical::to_bytes(&computed.result).unwrap();
    assert_eq!(canonical::sha256_hex(&bytes), computed.row.hash);
}

#[tokio::test]
async fn a_bid_without_a_band_says_so_and_is_not_the_least() {
    let room = room().await;
    room.lock(&room.moderator).await.unwrap();
    let bid = room.bids[1];
    room.world
        .write(&Caller::System, move |w| async move {
            bid_price::Entity::delete_many()
                .filter(bid_price::Column::BidId.eq(bid))
                .filter(bid_price::Column::Line.eq("P01-T1"))
                .exec(w.txn())
                .await?;
            Ok(())
        })
        .await
        .unwrap();
    let seen = view(&room, &room.coordinator).await.unwrap();
    assert!(seen.rows[0].cells[1].is_none());
    assert!(!seen.rows[0].cells[0].as_ref().unwrap().least, "one price alone is no comparison");
    assert!(seen.totals[1].as_ref().unwrap_err().contains("P01-T1"));
    let computed = room.compute(&room.coordinator).await.unwrap();
    let dropped = computed.result.bids.iter().find(|one| one.bid == bid.to_string()).unwrap();
    assert_eq!((dropped.rank, dropped.reasons[0].place.as_str()), (None, "P01-T1"));
}

#[tokio::test]
async fn who_may_not_see_prices() {
    let room = room().await;
    room.lock(&room.moderator).await.unwrap();
    assert_eq!(view(&room, &room.stranger).await.unwrap_err().status(), 404);
    assert!(view(&room, &room.panel[0]).await.is_ok());
    room.declare(&room.panel[0], 1, "barred", "A relative works there.").await.unwrap();
    assert_eq!(view(&room, &room.panel[0]).await.unwrap_err().status(), 404);
    let (id, elsewhere) = (room.id, Uuid::now_v7());
    let other = room
        .world
        .read(&room.coordinator, move |r| async move { prices::view(&r, id, elsewhere).await })
        .await;
    assert_eq!(other.unwrap_err().status(), 404);
}

#[tokio::test]
async fn the_page_shows_prices_to_those_who_may_see_them_and_only_after_the_lock() {
    let room = room().await;
    let client = TestClient::new(crate::server::routes(&room.world.db));
    let cookie = room.world.cookie(&room.coordinator).await;
    let page = format!("/procurements/{}/scoring/lots/{}/prices", room.id, room.lot);
    let get = async |path: &str| {
        let response = client.get(path).header("cookie", &cookie).send().await;
        (response.0.status().as_u16(), response.0.into_body().into_string().await.unwrap())
    };
    let (status, html) = get(&page).await;
    assert_eq!(status, 409, "{html}");
    assert!(!html.contains("£30"), "{html}");
    room.lock(&room.moderator).await.unwrap();
    let (status, html) = get(&page).await;
    assert_eq!(status, 200, "{html}");
    for told in [
        "Licences. Band 2: volume in a year from 10 to below 20",
        "Counted by volume in contract year 1",
        "£30.00",
        "Prices!K6",
        "£3,420.00",
        "Mandatory option",
        "Data engineer, SFIA level 4.",
    ] {
        assert!(html.contains(told), "{told} in\n{html}");
    }
    let (_, results) = get(&format!("/procurements/{}/scoring/results", room.id)).await;
    assert!(results.contains(&page), "the list of results leads to it");
    let (id, lot) = (room.id, room.lot);
    let stranger = room.world.cookie(&room.stranger).await;
    let hidden = client.get(&page).header("cookie", &stranger).send().await;
    hidden.assert_status(poem::http::StatusCode::NOT_FOUND);
    let nobody = client.get(format!("/api/v1/procurements/{id}/lots/{lot}/prices")).send().await;
    nobody.assert_status(poem::http::StatusCode::UNAUTHORIZED);
}
