//! Deciding: a recommendation, each council's decision, one award.

use serde_json::{Value, json};

use super::tender::Tender;
use super::{Cast, clock};

/// Money as the API writes it, in pence.
pub fn pence(amount: &Value) -> i64 {
    let text = amount.as_str().expect("money is a text");
    let (pounds, pence) = text.split_once('.').expect("pounds and pence");
    assert_eq!(pence.len(), 2, "{text}");
    format!("{pounds}{pence}").parse().expect("money")
}

/// The lead recommends, each council decides by its own body, and only then is there an award.
pub async fn decided(cast: &Cast, tender: &Tender, lot: usize, result: &Value) {
    let lead = &cast.ada.rest;
    let path = |end: &str| tender.lot(lot, end);
    let loser =
        result["bids"].as_array().unwrap().iter().find(|bid| bid["bid_id"] != result["winner"]).unwrap();
    let text = "Most advantageous by the published criteria; see the result.";
    let wrong = json!({"bid_id": loser["bid_id"], "text": text});
    lead.post(&path("/recommendation")).json(&wrong).await.refused();
    let right = json!({"bid_id": result["winner"], "text": text});
    lead.post(&path("/recommendation")).json(&right).await.expect(201);
    lead.post(&path("/award")).await.problem(409, "not_ready");
    let day = clock::day_from_now(40);
    for person in [&cast.ada, &cast.bea, &cast.cem] {
        let body = json!({
            "verdict": "award", "body": "Cabinet", "minute": "Item 7", "taken_on": day, "effective_on": day,
            "key_decision": true, "reason": "The bid is the most advantageous and within our ceiling.",
            "external_ref": format!("{}-{lot}", person.id),
        });
        lead.post(&path("/award")).await.problem(409, "not_ready");
        let key = format!("decision-{lot}");
        let made = person.rest.post(&path("/decisions")).json(&body).key(&key).await.expect(201).json();
        let again = person.rest.post(&path("/decisions")).json(&body).key(&key).await.expect(201).json();
        assert_eq!(made, again);
        person.rest.post(&path("/decisions")).json(&body).await.refused();
    }
    withholds(cast, tender, lot).await;
    // Racers for one award: one wins.
    let racers: Vec<_> = (0..6)
        .map(|_| tokio::spawn(std::future::IntoFuture::into_future(lead.post(&path("/award")))))
        .collect();
    let mut statuses = Vec::new();
    for racer in racers {
        statuses.push(racer.await.unwrap().status);
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409], "one award");
    let award = lead.get(&path("/award")).await.expect(200).json();
    assert_eq!(award["bid_id"], result["winner"], "{award:#}");
    let parts: i64 = award["allocation"].as_array().unwrap().iter().map(|part| pence(&part["net"])).sum();
    assert_eq!(parts, pence(&award["price_net"]), "{award:#}");
    let winner =
        result["bids"].as_array().unwrap().iter().find(|bid| bid["bid_id"] == result["winner"]).unwrap();
    assert_eq!(winner["price"], award["price_net"]);
}

/// A passage of the winner's explanation is withheld from the other bidders, by the coordinator alone.
async fn withholds(cast: &Cast, tender: &Tender, lot: usize) {
    let lead = &cast.ada.rest;
    let list = tender.lot(lot, "/withholdings");
    let all = lead.all(&list).await;
    let question = all[0]["question"].as_str().expect("a question");
    let explanation = all[0]["explanation"].as_str().expect("an explanation");
    assert_eq!(all[0]["told_explanation"], explanation, "nothing is withheld by itself");
    let passage = explanation.split(' ').next_back().expect("a word");
    let path = format!("{list}/{question}");
    let seen = lead.get(&path).await.expect(200).etag();
    let body = json!({"passages": [passage], "grounds": "The figure is a trade secret."});
    lead.put(&path).json(&body).await.problem(428, "version_needed");
    let wrong = json!({"passages": ["is nowhere to be read"], "grounds": ""});
    let refused = lead.put(&path).if_match(&seen).json(&wrong).await.problem(422, "invalid");
    assert_eq!(refused["errors"].as_array().map(Vec::len), Some(2), "{refused:#}");
    cast.bea.rest.put(&path).if_match(&seen).json(&body).await.problem(403, "forbidden");
    let one = lead.put(&path).if_match(&seen).json(&body).await.expect(200).json();
    let told = one["told_explanation"].as_str().expect("a text");
    assert!(told.ends_with("[withheld]") && !told.contains(passage), "{one:#}");
    lead.put(&path).if_match(&seen).json(&body).await.problem(412, "stale");
}
