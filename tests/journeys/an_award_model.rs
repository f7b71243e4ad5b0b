//! Other ways from price to points than the usual two: published, told to bidders in sentences, and computed as they were told. And
//! a lot that is begun from usual criteria.

use rules::exact::Exact;
use serde_json::{Value, json};
use tests::{Program, Store, Visitor};

use crate::steps::bids::{OFFERS, SUPPLIERS, invited, opened, submits};
use crate::steps::tender::{Tender, set_deadline, set_up};
use crate::steps::{Cast, at, ledger_is_whole, make, panel, pool, start, version};

/// A lot is begun from a starter, once, by the coordinator; what came of it is taken away again by hand.
async fn a_lot_begins(cast: &Cast, id: &str) {
    let lead = &cast.ada.rest;
    let starters = lead.all("/api/v1/starter-models").await;
    assert_eq!(starters.len(), 4, "{starters:#?}");
    let lot = json!({"code": "L1", "title": "Devices", "price_weight": "10", "formula": "linear_min_max"});
    let lot = make(lead, &at(id, "/lots"), &lot).await;
    let path = at(id, &format!("/lots/{lot}/beginning"));
    let body = json!({"starter": "quality_70_social_value"});
    cast.bea.rest.post(&path).if_match("\"1\"").json(&body).await.problem(403, "forbidden");
    lead.post(&path).if_match("\"9\"").json(&body).await.problem(412, "stale");
    lead.post(&path).if_match("\"1\"").json(&json!({"starter": "best"})).await.problem(422, "invalid");
    let begun = lead.post(&path).key("once").if_match("\"1\"").json(&body).await.expect(200).json();
    assert_eq!((&begun["price_weight"], &begun["version"]), (&json!("30"), &json!(2)));
    let again = lead.post(&path).key("once").if_match("\"1\"").json(&body).await.expect(200).json();
    assert_eq!(begun["version"], again["version"], "a repeat adds nothing");
    lead.post(&path).if_match("\"2\"").json(&body).await.problem(409, "lot_has_criteria");
    let nodes = lead.all(&at(id, &format!("/lots/{lot}/criteria"))).await;
    let top = nodes.iter().filter(|node| node["depth"] == 0);
    let weights = top.map(|node| node["criterion"]["weight"].as_str().expect("a weight").parse::<Exact>());
    assert_eq!(weights.map(Result::unwrap).sum::<Exact>(), Exact::hundred(), "{nodes:#?}");
    let social =
        nodes.iter().find(|node| node["criterion"]["title"] == "Social value").expect("social value");
    assert_eq!((&social["share_of_total"], &social["total_below"]), (&json!("10"), &json!("100")));
    for node in nodes.iter().rev() {
        let criterion = &node["criterion"];
        let path = at(id, &format!("/criteria/{}", criterion["id"].as_str().expect("an id")));
        lead.delete(&path).if_match(&format!("\"{}\"", criterion["version"])).await.expect(200);
    }
    lead.delete(&at(id, &format!("/lots/{lot}"))).if_match("\"2\"").await.expect(200);
}

/// Gives each lot another formula; what a formula does not use, or lacks, is refused.
async fn formulas_change(cast: &Cast, id: &str, lots: &[String]) {
    let lead = &cast.ada.rest;
    let changes = [
        json!({"formula": "linear_from_lowest", "k": "3/2"}),
        json!({"formula": "linear_mean", "slope": "2"}),
    ];
    for (lot, change) in lots.iter().zip(changes) {
        let path = at(id, &format!("/lots/{lot}"));
        let seen = version(lead, &path).await;
        let now = lead.get(&path).await.expect(200).json();
        let mut body = json!({
            "code": now["code"], "title": now["title"], "description": now["description"],
            "price_weight": now["price_weight"], "min_quality": now.get("min_quality"),
        });
        for (name, value) in change.as_object().expect("an object") {
            body[name] = value.clone();
        }
        let mut wrong = body.clone();
        wrong["target"] = json!("100");
        wrong[if change.get("k").is_some() { "k" } else { "base" }] = json!("-1");
        let problem = lead.put(&path).if_match(&seen).json(&wrong).await.problem(422, "invalid");
        let codes: Vec<&str> = problem["errors"]
            .as_array()
            .expect("errors")
            .iter()
            .filter_map(|one| one["code"].as_str())
            .collect();
        assert_eq!(codes, ["not_used", "out_of_range"], "{problem:#}");
        let changed = lead.put(&path).if_match(&seen).json(&body).await.expect(200).json();
        assert_eq!(changed["formula"], change["formula"]);
        if change.get("k").is_none() {
            assert_eq!((&changed["base"], &changed["slope"]), (&json!("0.5"), &json!("2")), "{changed:#}");
        }
    }
}

/// What each ranked bid's price earns, worked out here from the prices alone.
fn wanted(lot: usize, prices: &[Exact]) -> Vec<Exact> {
    let number = |text: &str| text.parse::<Exact>().expect("a number");
    let over = |part: Exact, whole: &Exact| part.checked_div(whole).expect("a price above 0");
    let lowest = prices.iter().min().expect("a price");
    let mean = Exact::mean(prices).expect("prices");
    let share = |price: &Exact| match lot {
        0 => over(number("3/2") * lowest - price, &(number("1/2") * lowest)),
        _ => number("1/2") + number("2") * over(&mean - price, &mean),
    };
    let weight = number(if lot == 0 { "40" } else { "30" });
    prices.iter().map(|price| &weight * share(price).clamp01()).collect()
}

fn points_are_as_published(lot: usize, result: &Value) {
    let bids = result["bids"].as_array().expect("bids");
    let ranked: Vec<&Value> = bids.iter().filter(|bid| bid["rank"].is_number()).collect();
    assert!(ranked.len() > 1, "{result:#}");
    let exact = |value: &Value| value.as_str().expect("a number").parse::<Exact>().expect("exact");
    let prices: Vec<Exact> = ranked.iter().map(|bid| exact(&bid["price"])).collect();
    let points: Vec<Exact> = ranked.iter().map(|bid| exact(&bid["price_points"]["exact"])).collect();
    assert_eq!(points, wanted(lot, &prices), "{result:#}");
}

tests::on_each_store!(an_award_model);
async fn an_award_model(store: Store) {
    let mut program = start(store, None).await;
    let cast = Cast::enter(&program, None).await;
    let id = pool::pooled(&cast, "ICT-2027-51").await;
    a_lot_begins(&cast, &id).await;
    let lots = set_up(&cast, &id).await;
    let deadline = set_deadline(&cast.ada.rest, &id, 40).await;
    let draft = cast.bea.rest.get(&at(&id, &format!("/lots/{}/method", lots[0]))).await.expect(200).json();
    assert_eq!(draft["published"], false, "{draft:#}");

    panel::declare_nothing(&cast, &id).await;
    publish_with_other_formulas(&cast, &id, &lots).await;
    let tender = Tender { id, reference: "ICT-2027-51".to_owned(), lots, deadline };
    let hashes = the_method_is_told(&program, &cast, &tender, &draft).await;
    for (name, offer) in SUPPLIERS.into_iter().zip(OFFERS) {
        let supplier = invited(&program, None, &cast, &tender, name).await;
        submits(&tender, &supplier, offer).await;
    }
    opened(&mut program, &cast, &tender).await;
    let bids = panel::bids_of(&cast, &tender, &SUPPLIERS).await;
    let results = panel::scored(&cast, &tender, &bids).await;
    for (lot, result) in results.iter().enumerate() {
        points_are_as_published(lot, result);
        assert_eq!(result["method_hash"], hashes[lot], "{result:#}");
    }
    let evidence = cast.ada.rest.get(&tender.at("/evidence.zip")).await.expect(200).body;
    std::fs::write(program.folder().join("evidence.zip"), &evidence).expect("a file");
    let outcome = program.run(&["verify", "evidence.zip"]);
    assert_eq!((outcome.code, outcome.stdout.matches("to the same bytes").count()), (0, 2), "{outcome:?}");
    ledger_is_whole(&program);
}

async fn publish_with_other_formulas(cast: &Cast, id: &str, lots: &[String]) {
    formulas_change(cast, id, lots).await;
    let (lead, path) = (&cast.ada.rest, at(id, "/method"));
    let seen = version(lead, &path).await;
    let mut method = lead.get(&path).await.expect(200).json();
    assert_eq!(method["spread_steps"], 2);
    method.as_object_mut().expect("an object").remove("version");
    method["spread_steps"] = json!(11);
    lead.put(&path).if_match(&seen).json(&method).await.problem(422, "invalid");
    method["spread_steps"] = json!(1);
    lead.put(&path).if_match(&seen).json(&method).await.expect(200);
    let faults = lead.all(&at(id, "/pack/faults")).await;
    assert!(faults.is_empty(), "{faults:#?}");
    let seen = version(lead, &at(id, "/pack")).await;
    lead.post(&at(id, "/pack")).if_match(&seen).json(&json!({})).await.expect(200);
}

/// Bidders read every rule, and the hash is that of the published method. Gives the hashes of the lots' methods.
async fn the_method_is_told(program: &Program, cast: &Cast, tender: &Tender, draft: &Value) -> Vec<Value> {
    let page = Visitor::new(program)
        .get(&format!("/tenders/{}", tender.reference))
        .await
        .is(200, "End-user services");
    let mut hashes = Vec::new();
    for lot in &tender.lots {
        let method = cast.cem.rest.get(&tender.at(&format!("/lots/{lot}/method"))).await.expect(200).json();
        assert_eq!(method["published"], true);
        for sentence in method["sentences"].as_array().expect("sentences") {
            assert!(
                page.text().contains(sentence.as_str().expect("a sentence")),
                "{sentence}\n{}",
                page.text()
            );
        }
        assert!(page.text().contains(method["hash"].as_str().expect("a hash")));
        let canonical = rules::canonical::hash_of(&method["method"]).expect("canonical");
        assert_eq!(method["hash"], canonical, "anybody finds the hash from what is shown");
        hashes.push(method["hash"].clone());
    }
    assert_ne!(draft["hash"], hashes[0], "the formula changed since");
    assert!(page.text().contains("Marks that are one step of the scale or more apart"), "{}", page.text());
    hashes
}
