//! A bidder or a tester with the tender pack's file and nothing else: the blank workbook, and what is found in a filled-in
//! one, by exit code and as JSON.

use importers::bid_template::{FilledBid, PriceEntry, filled};
use serde_json::Value;
use tests::{Rest, Store};

use crate::steps::bids::{OFFERS, pack_of, workbook};
use crate::steps::tender::published;
use crate::steps::{Cast, start};

tests::on_sqlite!(from_a_pack_alone);
async fn from_a_pack_alone(store: Store) {
    let program = start(store, None).await;
    let cast = Cast::enter(&program, None).await;
    let tender = published(&cast, "ICT-2027-08").await;
    let (pack, hash) = pack_of(&cast.ada.rest, &tender).await;
    // Anybody has the pack's file, and it is what its hash says.
    let told = Rest::new(&program)
        .get(&format!("/api/v1/tenders/{}/pack.json", tender.reference))
        .await
        .expect(200);
    assert_eq!(rules::canonical::sha256_hex(&told.body), hash);
    let write = |name: &str, bytes: &[u8]| std::fs::write(program.folder().join(name), bytes).expect("a file");
    write("pack.json", &told.body);

    let made = program.run(&["template", "--pack", "pack.json", "blank.xlsx"]);
    assert_eq!(made.code, 0, "{made:?}");
    let checked = |name: &str| {
        let outcome = program.run(&["check-bid", "--pack", "pack.json", name]);
        let told: Value = serde_json::from_str(&outcome.stdout).unwrap_or_else(|_| panic!("{outcome:?}"));
        (outcome.code, told)
    };
    let (code, blank) = checked("blank.xlsx");
    assert_eq!((code, &blank["counts"]["answered"]), (0, &Value::from(0)), "{blank:#}");

    write("good.xlsx", &workbook(&pack, &hash, "Larkfield Systems", OFFERS[0]));
    let (code, good) = checked("good.xlsx");
    assert_eq!((code, &good["outcome"]), (0, &Value::from("usable")), "{good:#}");
    assert_eq!(good["pack_hash"], hash.as_str());

    let mut bid = FilledBid::default();
    bid.prices.insert("P01".to_owned(), PriceEntry::text("1.200,50"));
    write("asks.xlsx", &filled(&pack, &hash, &bid).expect("a workbook"));
    let (code, asks) = checked("asks.xlsx");
    assert_eq!((code, &asks["outcome"]), (1, &Value::from("with_errors")), "{asks:#}");
    let findings = asks["findings"].as_array().expect("findings");
    let finding = findings.iter().find(|finding| finding["seen"] == "1.200,50");
    assert!(finding.is_some_and(|it| it["sheet"] == "Prices" && it["cell"].is_string()), "{asks:#}");

    write("cut.xlsx", &workbook(&pack, &hash, "Larkfield Systems", OFFERS[0])[..2000]);
    let (code, cut) = checked("cut.xlsx");
    assert_eq!((code, &cut["outcome"]), (2, &Value::from("unreadable")), "{cut:#}");

    let refused = program.run(&["check-bid", "--pack", "blank.xlsx", "good.xlsx"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.stderr.contains("not a tender pack"), "{refused:?}");
    assert_eq!(program.run(&["check-bid", "good.xlsx"]).code, 64, "usage");
}
