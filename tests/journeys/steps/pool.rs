//! Pooling: a procurement is opened, councils join, requirements and volumes come in by their own spreadsheets.

use importers::demand::{DemandLine, DemandRow};
use importers::requirements::RequirementRow;
use rules::money::Volume;
use rules::words::{Charge, Firmness, Moscow, RequirementType};
use serde_json::{Value, json};
use tests::Rest;

use super::{Cast, at, make, version};

/// What suppliers price: code, description, unit, charge, shared.
pub const LINES: &[(&str, &str, &str, &str, bool)] = &[
    ("P01", "Laptop", "device", "one_off", false),
    ("P02", "Service desk", "user", "recurring", false),
    ("P03", "Migration", "project", "one_off", true),
];

/// Opens the procurement and gives the id.
pub async fn opens(cast: &Cast, reference: &str) -> String {
    let body = json!({
        "reference": reference, "title": "End-user services", "description": "Devices and service desk.",
        "route": "open", "contracting_model": "each_signs", "term_years": 3, "external_ref": format!("fin-{reference}"),
    });
    make(&cast.ada.rest, "/api/v1/procurements", &body).await
}

/// Partners are invited and accept with delegation, commitment and ceiling; people get their parts.
pub async fn joins(cast: &Cast, id: &str) {
    let lead = &cast.ada.rest;
    for council in [&cast.brackenham, &cast.carrow] {
        let body = json!({"council_id": council.id, "part": "core"});
        lead.post(&at(id, "/participations")).json(&body).await.expect(201);
        let own = at(id, "/participation");
        let rest = &council.administrator.rest;
        let seen = version(rest, &own).await;
        let body = undertaking("300000.00", true);
        rest.post(&format!("{own}/accept")).if_match(&seen).json(&body).await.expect(200);
    }
    let own = at(id, "/participation");
    let seen = version(lead, &own).await;
    lead.put(&own).if_match(&seen).json(&undertaking("400000.00", false)).await.expect(200);
    for (person, roles) in [
        (&cast.ada, &["moderator", "opener", "approver"][..]),
        (&cast.abe, &["panel_member"]),
        (&cast.bea, &["panel_member", "opener", "approver"]),
        (&cast.cem, &["panel_member", "approver"]),
    ] {
        for role in roles {
            let body = json!({"person_id": person.id, "role": role});
            lead.post(&at(id, "/roles")).json(&body).await.expect(201);
        }
    }
}

fn undertaking(ceiling: &str, delegates: bool) -> Value {
    let mut body = json!({
        "commitment": "firm", "ceiling_net": ceiling, "shared_cost_weight": "1", "delegates_award": false,
    });
    if delegates {
        body["instrument"] = json!("lga1972_s101");
        body["minute"] = json!("Cabinet 12 of 2026");
        body["delegated_on"] = json!("2026-01-15");
    }
    body
}

/// A requirement as a council writes it in its own sheet.
fn row(code: &str, text: &str, kind: RequirementType, moscow: Moscow) -> RequirementRow {
    RequirementRow {
        code: code.to_owned(),
        text: text.to_owned(),
        kind,
        moscow,
        rationale: "The present contract ends.".to_owned(),
        external_ref: None,
        sheet: String::new(),
        cell: String::new(),
    }
}

/// Every council sends its own spreadsheet; each council has the same need for single sign-on and one of its own.
pub async fn requirements_come_in(cast: &Cast, id: &str) {
    for (council, own) in cast.councils().into_iter().zip(["Late hours", "Two sites", "Welsh language"]) {
        let rows = [
            row("R1", "Single sign-on with our directory", RequirementType::Security, Moscow::Must),
            row("R2", &format!("{own} of the service desk"), RequirementType::Support, Moscow::Should),
        ];
        let sheet = importers::requirements::write(&rows).expect("a sheet of requirements");
        let rest = &council.administrator.rest;
        let path = at(id, "/requirement-sheets?name=our%20needs.xlsx");
        let send = || rest.post(&path).body("application/octet-stream", sheet.clone());
        let taken = send().await.expect(201).json();
        assert_eq!((&taken["added"], &taken["findings"]), (&json!(2), &json!([])), "{taken:#}");
        let again = send().await.expect(201).json();
        assert_eq!((&again["added"], &again["unchanged"]), (&json!(0), &json!(2)), "{again:#}");
    }
}

/// What is alike is merged, the rest taken over; each council agrees the list as it stands.
pub async fn pooled_list_is_agreed(cast: &Cast, id: &str) {
    let lead = &cast.ada.rest;
    let all = lead.all(&at(id, "/requirements")).await;
    assert_eq!(all.len(), 6, "{all:#?}");
    let of = |code: &str| -> Vec<Value> {
        all.iter().filter(|row| row["code"] == code).map(|row| row["id"].clone()).collect()
    };
    let merge = json!({
        "text": "Single sign-on with each council's directory", "type": "security", "moscow": "must",
        "accepted": ["F", "C"], "requirement_ids": of("R1"),
    });
    let pooled = lead.post(&at(id, "/pooled-requirements")).json(&merge).await.expect(201).json();
    assert_eq!(pooled["sources"].as_array().map(Vec::len), Some(3), "every source is kept: {pooled:#}");
    for source in of("R2") {
        let body = json!({
            "text": "The service desk answers as the councils' own needs say", "type": "support", "moscow": "should",
            "accepted": [], "requirement_ids": [source],
        });
        lead.post(&at(id, "/pooled-requirements")).json(&body).await.expect(201);
    }
    let list = lead.get(&at(id, "/agreements")).await.expect(200).json();
    assert_eq!((&list["pooled"], &list["not_pooled"]), (&json!(4), &json!(0)), "{list:#}");
    for council in cast.councils() {
        let rest = &council.administrator.rest;
        let stale = json!({"pool_version": list["pool_version"].as_i64().expect("a version") - 1});
        rest.post(&at(id, "/agreements")).json(&stale).await.problem(409, "list_changed");
        let body = json!({"pool_version": list["pool_version"]});
        rest.post(&at(id, "/agreements")).json(&body).await.expect(200);
    }
}

/// The lead sets up what is priced, and every council sends its volumes as a spreadsheet.
pub async fn demand_comes_in(cast: &Cast, id: &str) {
    for (code, description, unit, charge, shared) in LINES {
        let body = json!({"code": code, "description": description, "unit": unit, "charge": charge, "shared": shared});
        cast.ada.rest.post(&at(id, "/schedule-lines")).json(&body).await.expect(201);
    }
    for (number, council) in (1_u32..).zip(cast.councils()) {
        let rest = &council.administrator.rest;
        let sheet = demand_sheet(number);
        let path = at(id, "/demand-sheets?name=volumes.xlsx");
        let taken = rest.post(&path).body("application/octet-stream", sheet).await.expect(201).json();
        assert_eq!((&taken["added"], &taken["findings"]), (&json!(4), &json!([])), "{taken:#}");
    }
}

/// Volumes that differ from council to council: 10, 20, 30 laptops once and 100.5, 201, 301.5 users each year.
pub fn demand_sheet(number: u32) -> Vec<u8> {
    let charge = |word: &str| if word == "one_off" { Charge::OneOff } else { Charge::Recurring };
    let lines: Vec<_> = LINES
        .iter()
        .filter(|line| !line.4)
        .map(|(code, description, unit, word, _)| DemandLine {
            code: (*code).to_owned(),
            description: (*description).to_owned(),
            unit: (*unit).to_owned(),
            charge: charge(word),
        })
        .collect();
    let volume = |line: &str, year: u32, e3: i64| DemandRow {
        line_code: line.to_owned(),
        year,
        firmness: Firmness::Firm,
        volume: Volume(e3 * i64::from(number)),
        external_ref: None,
        sheet: String::new(),
        cell: String::new(),
    };
    let mut rows = vec![volume("P01", 1, 10_000)];
    rows.extend((1..=3).map(|year| volume("P02", year, 100_500)));
    importers::demand::write(&lines, 3, &rows).expect("a sheet of volumes")
}

/// The lead agrees the specification: pooling ends.
pub async fn specification_is_agreed(lead: &Rest, id: &str) {
    let seen = version(lead, &at(id, "")).await;
    let row = lead.post(&at(id, "/specification/agree")).if_match(&seen).await.expect(200).json();
    assert_eq!(row["stage"], "tendering", "{row:#}");
}

/// All of pooling.
pub async fn pooled(cast: &Cast, reference: &str) -> String {
    let id = wanted(cast, reference).await;
    agreed(cast, &id).await;
    id
}

/// Councils have joined, and said what they need and how much of it.
pub async fn wanted(cast: &Cast, reference: &str) -> String {
    let id = opens(cast, reference).await;
    joins(cast, &id).await;
    requirements_come_in(cast, &id).await;
    demand_comes_in(cast, &id).await;
    id
}

/// They agree on one specification.
pub async fn agreed(cast: &Cast, id: &str) {
    pooled_list_is_agreed(cast, id).await;
    specification_is_agreed(&cast.ada.rest, id).await;
}
