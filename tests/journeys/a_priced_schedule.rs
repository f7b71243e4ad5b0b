//! Volume bands, a mandatory option, an optional item and a rate card, from the councils' volumes to the evaluated price: what is
//! asked, what a workbook may leave open, and what counts.

use importers::bid_template::PriceEntry;
use rules::pack::Pack;
use rules::words::Offer;
use serde_json::{Value, json};
use tests::{Rest, Store};

use crate::steps::bids::{SUPPLIERS, Supplier, invited, opened, pack_of, priced, submitted, upload};
use crate::steps::tender::{Tender, published_from};
use crate::steps::{Cast, at, panel, pool, start};

/// What is priced beside what every story prices: servers in bands, a mandatory option, an optional item, two rates.
fn lines() -> Vec<Value> {
    let plain = |code: &str, description: &str, obligation: &str| {
        json!({"code": code, "description": description, "unit": "item", "charge": "one_off", "shared": true,
            "obligation": obligation})
    };
    let rate = |code: &str, role: &str, level: i32, basket: &str| {
        json!({"code": code, "description": "Work that councils call off", "charge": "one_off", "shared": true,
            "rate_card": {"role": role, "level": level, "basket": basket}})
    };
    vec![
        json!({"code": "P04", "description": "Virtual server", "unit": "server", "charge": "recurring",
            "tiers": ["0", "10", "20"]}),
        plain("P05", "Disaster recovery rehearsal", "mandatory_option"),
        plain("P06", "Loan devices for elections", "optional"),
        rate("P07", "Cloud engineer", 4, "10"),
        rate("P08", "Security consultant", 6, "0"),
    ]
}

/// 6 servers in year 1, 10 in year 2, which is exactly the second band's border, and 25 in year 3.
async fn servers_are_wanted(cast: &Cast, id: &str) {
    let wanted = [
        (&cast.ashvale, vec![(1, "6"), (2, "4")]),
        (&cast.brackenham, vec![(2, "6")]),
        (&cast.carrow, vec![(3, "25")]),
    ];
    for (council, volumes) in wanted {
        let volume = |(year, volume): (i32, &str)| json!({"line": "P04", "year": year, "firmness": "firm", "volume": volume});
        let volumes: Vec<Value> = volumes.into_iter().map(volume).collect();
        let body = json!({ "volumes": volumes });
        council.administrator.rest.post(&at(id, "/demand")).json(&body).await.expect(200);
    }
}

async fn published(cast: &Cast, reference: &str) -> Tender {
    let id = pool::wanted(cast, reference).await;
    lines_are_set_up(&cast.ada.rest, &id).await;
    servers_are_wanted(cast, &id).await;
    pool::agreed(cast, &id).await;
    published_from(cast, reference, id).await
}

async fn lines_are_set_up(lead: &Rest, id: &str) {
    let path = at(id, "/schedule-lines");
    let mut falling = lines().remove(0);
    falling["tiers"] = json!(["0", "20", "10"]);
    lead.post(&path).json(&falling).await.problem(422, "invalid");
    for line in lines() {
        lead.post(&path).json(&line).await.expect(201);
    }
}

/// What the three suppliers type for each row, and what that makes over the term by hand.
const BIDS: [([(&str, &str); 10], &str); 3] = [
    (
        [
            ("P01", "600"),
            ("P02", "41"),
            ("P03", "9500"),
            ("P04-T1", "300"),
            ("P04-T2", "280"),
            ("P04-T3", "250"),
            ("P05", "500"),
            ("P06", "Included"),
            ("P07", "600"),
            ("P08", "700"),
        ],
        // 60 × 600 + 9,500 + 6 × 300 + 10 × 280 + 25 × 250 + 500 + 10 × 600
        "62850.00",
    ),
    (
        [
            ("P01", "610"),
            ("P02", "38"),
            ("P03", "8200"),
            ("P04-T1", "250"),
            ("P04-T2", "280"),
            ("P04-T3", "260"),
            ("P05", "400"),
            ("P06", "Not offered"),
            ("P07", "650"),
            ("P08", "710"),
        ],
        // 60 × 610 + 8,200 + 6 × 250 + 10 × 280 + 25 × 260 + 400 + 10 × 650
        "62500.00",
    ),
    (
        [
            ("P01", "590"),
            ("P02", "47"),
            ("P03", "14000"),
            ("P04-T1", "310"),
            ("P04-T2", "270"),
            ("P04-T3", "240"),
            ("P05", "450"),
            ("P06", "100"),
            ("P07", "580"),
            ("P08", "900"),
        ],
        // 60 × 590 + 14,000 + 6 × 310 + 10 × 270 + 25 × 240 + 450 + 10 × 580
        "66210.00",
    ),
];

fn workbook(pack: &Pack, hash: &str, supplier: &str, prices: &[(&str, &str)]) -> Vec<u8> {
    let entry = |typed: &str| match typed {
        "Included" => PriceEntry::without_price(Offer::Included),
        "Not offered" => PriceEntry::without_price(Offer::NotOffered),
        number => PriceEntry::number(number),
    };
    let prices = prices.iter().map(|(row, typed)| ((*row).to_owned(), entry(typed))).collect();
    priced(pack, hash, (supplier, "We have done this for two councils."), prices)
}

/// The codes of what is found in a workbook, and whether any of it is an error.
async fn found(supplier: &Supplier, bytes: Vec<u8>) -> (Vec<String>, bool) {
    let checked = upload(supplier, bytes).await.expect(201).json();
    let findings = checked["findings"].as_array().expect("findings");
    let codes = findings.iter().map(|one| one["code"].as_str().expect("a code").to_owned()).collect();
    (codes, checked["has_errors"] == true)
}

tests::on_each_store!(a_priced_schedule);
async fn a_priced_schedule(store: Store) {
    let mut program = start(store, None).await;
    let cast = Cast::enter(&program, None).await;
    let tender = published(&cast, "ICT-2027-21").await;
    let (pack, hash) = pack_of(&cast.ada.rest, &tender).await;
    assert_eq!(pack.method.price_rules.len(), 3, "bands, options and rates are told: {:#?}", pack.method);

    for (place, (name, (prices, total))) in SUPPLIERS.into_iter().zip(BIDS).enumerate() {
        let supplier = invited(&program, None, &cast, &tender, name).await;
        if place == 2 {
            // A band that is left out is missed, also one in which little falls; so is a mandatory option and a rate of no days.
            let left_out = ["P04-T1", "P05", "P06", "P08"];
            let some: Vec<_> = prices.iter().copied().filter(|(row, _)| !left_out.contains(row)).collect();
            found(&supplier, workbook(&pack, &hash, name, &some)).await;
            let back = supplier.rest.get("/api/v1/supplier/read-back").await.expect(200).json();
            assert_eq!(back["unanswered"], 3, "all but the optional item: {back:#}");
            assert!(back.get("total").is_none(), "there is no total yet: {back:#}");
        }
        let (codes, wrong) = found(&supplier, workbook(&pack, &hash, name, &prices)).await;
        let rising: &[&str] = if place == 1 { &["band_price_rises"] } else { &[] };
        assert_eq!((codes, wrong), (rising.iter().map(ToString::to_string).collect(), false), "{name}");
        let document = supplier.rest.post("/api/v1/supplier/documents?question=Q1&name=method.pdf");
        document.body("application/octet-stream", b"%PDF-1.4 method".to_vec()).await.expect(201);
        let read_back = supplier.rest.get("/api/v1/supplier/read-back").await.expect(200).json();
        assert!(read_back.to_string().contains(total), "the bidder reads the same total: {read_back:#}");
        submitted(&supplier).await;
    }
    opened(&mut program, &cast, &tender).await;
    let bids = panel::bids_of(&cast, &tender, &SUPPLIERS).await;
    let results = panel::scored(&cast, &tender, &bids).await;
    let in_result = results[0]["bids"].as_array().expect("bids");
    for (id, (name, (_, total))) in bids.iter().zip(SUPPLIERS.into_iter().zip(BIDS)) {
        let bid =
            in_result.iter().find(|bid| bid["bid_id"] == id.as_str()).expect("the bid is in the result");
        assert_eq!(bid["price"], total, "{name}: {bid:#}");
    }
}
