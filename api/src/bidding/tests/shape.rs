//! A tender with volume bands, a mandatory option and a rate card: told in public, filled in, opened, read.

use importers::bid_template::{FilledBid, PriceEntry};
use poem::test::TestClient;
use rules::demand::evaluated_price;
use rules::money::Pence;
use rules::pack::{Pack, PackLine, PackRate, PackTier, PackVolume};
use rules::schedule::price_rules;
use rules::words::Charge;

use super::fixture::{Tender, filled};
use super::lock_quality;
use crate::bidding::bid;
use crate::kernel::Paging;

/// P01 has bands from 0 and 150 users: 100 in the first year, 150 in the second; P03 is a rate with ten days, P04 an option.
fn shape(pack: &mut Pack) {
    let (lead, partner) = (pack.councils[0].id.clone(), pack.councils[1].id.clone());
    let line = &mut pack.lots[0].schedule[0];
    line.tiers = vec![PackTier { from_e3: 0 }, PackTier { from_e3: 150_000 }];
    line.volumes.push(PackVolume { council: lead, year: 2, volume_e3: 100_000 });
    line.volumes.push(PackVolume { council: partner.clone(), year: 2, volume_e3: 50_000 });
    let plain = PackLine { tiers: Vec::new(), volumes: Vec::new(), charge: Charge::OneOff, ..line.clone() };
    pack.lots[0].schedule.push(PackLine {
        code: "P03".to_owned(),
        unit: "day".to_owned(),
        shared: true,
        rate_card: Some(PackRate { role: "Data engineer".to_owned(), level: 4, basket_e3: 10_000 }),
        ..plain.clone()
    });
    pack.lots[0].schedule.push(PackLine {
        code: "P04".to_owned(),
        mandatory_option: true,
        volumes: vec![PackVolume { council: partner, year: 1, volume_e3: 2_000 }],
        ..plain
    });
    pack.method.price_rules = price_rules(&pack.lots);
}

fn whole() -> FilledBid {
    let mut bid = filled("1");
    bid.prices.remove("P01");
    let prices = [("P01-T1", "12.34"), ("P01-T2", "11"), ("P03", "600"), ("P04", "50")];
    bid.prices.extend(prices.map(|(row, price)| (row.to_owned(), PriceEntry::number(price))));
    bid
}

#[tokio::test]
async fn every_band_option_and_rate_comes_through_with_its_cell() {
    let tender = Tender::published_with(shape).await;
    let supplier = tender.supplier("bids@larkfield.example").await;
    let mut part = whole();
    part.prices.remove("P01-T2");
    let reading = tender.upload(&supplier, &part).await.unwrap();
    assert_eq!(reading.missing.prices, ["P01-T2"]);
    assert_eq!(reading.lots[0].read_back_total, None);
    let reading = tender.upload(&supplier, &whole()).await.unwrap();
    // 100 · 12.34 + 150 · 11 + 10 · 600 + 2 · 50
    assert_eq!(reading.lots[0].read_back_total, Some(Pence(898_400)));
    tender.submit(&supplier).await.unwrap();
    tender.open().await;
    let (id, coordinator) = (tender.id, &tender.coordinator);
    let bids =
        tender.world.read(coordinator, move |r| async move { bid::list(&r, id, &Paging::default()).await });
    let bid_id = bids.await.unwrap().items[0].bid.id;
    let one = || tender.world.read(coordinator, move |r| async move { bid::one(&r, id, bid_id).await });
    assert!(one().await.unwrap().prices.is_empty(), "no lot's quality is locked");
    lock_quality(&tender, 1).await;
    let other: Vec<_> = one().await.unwrap().prices.into_iter().map(|price| price.submitted.line).collect();
    assert_eq!(other, ["P02"], "no band of the lot that is not locked");
    lock_quality(&tender, 0).await;
    let prices = one().await.unwrap().prices;
    let found: Vec<_> =
        prices.iter().map(|price| (price.submitted.line.as_str(), price.submitted.unit_price_e4)).collect();
    assert_eq!(
        found,
        [
            ("P01-T1", Some(123_400)),
            ("P01-T2", Some(110_000)),
            ("P04", Some(500_000)),
            ("P03", Some(6_000_000)),
            ("P02", Some(95_000))
        ]
    );
    assert!(prices.iter().all(|price| price.submitted.sheet == "Prices" && !price.submitted.cell.is_empty()));
    let inputs = tender.world.read(coordinator, move |r| async move { bid::inputs(&r, bid_id).await });
    let price = evaluated_price(&tender.pack, &tender.pack.lots[0], &inputs.await.unwrap().prices).unwrap();
    assert_eq!(Some(price.total), reading.lots[0].read_back_total);
    // Lead: 100 · 12.34 + 100 · 11 + 3000; partner: 50 · 11 + 100 + 3000.
    assert_eq!(price.councils.iter().map(|(_, part)| part.0).collect::<Vec<_>>(), [533_400, 365_000]);
}

#[tokio::test]
async fn a_price_of_one_band_alone_is_a_bid_for_its_lot() {
    let tender = Tender::published_with(shape).await;
    let supplier = tender.supplier("bids@larkfield.example").await;
    let mut part = whole();
    part.prices.retain(|row, _| row == "P01-T2");
    part.answers.clear();
    tender.upload(&supplier, &part).await.unwrap();
    tender.submit(&supplier).await.unwrap();
    tender.open().await;
    let (id, pack) = (tender.id, tender.pack.clone());
    let lots = tender.world.read(&tender.coordinator, move |r| async move {
        let bids: Vec<_> = bid::all(&r, id).await?.into_iter().map(|opened| opened.bid.id).collect();
        bid::lots_bid_for(&r, &pack, &bids).await
    });
    let lots: Vec<_> = lots.await.unwrap().into_values().flatten().collect();
    assert_eq!(lots, [tender.pack.lots[0].id.clone()]);
}

#[tokio::test]
async fn the_public_page_tells_each_band_and_by_which_rule_it_counts() {
    let tender = Tender::published_with(shape).await;
    let client = TestClient::new(crate::server::routes(&tender.world.db));
    let page = client.get("/tenders/ICT-2027-01").send().await;
    page.assert_status_is_ok();
    let html = page.0.into_body().into_string().await.unwrap();
    for told in [
        "Licence of lot 1. Band 2: volume in a year from 150",
        "Counted by volume in contract year 2",
        "Data engineer, SFIA level 4.",
        "Counted with a basket of 10 days over the term, shared by all councils",
        "Mandatory option. Counted by volume",
        "the price of that band counts for every unit of that year",
        "The basket is no promise to buy",
    ] {
        assert!(html.contains(told), "{told} is missing in\n{html}");
    }
}
