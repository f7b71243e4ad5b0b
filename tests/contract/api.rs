//! The API as its OpenAPI document describes it: what holds for every operation, of whichever stage. The document is
//! the running program's, and the program is asked whether it keeps to it.

use serde_json::Value;
use tests::{Program, Rest, Store};

use crate::{
    document::{operations, told},
    people,
};

/// Operations that need no secret: what the public may read, and how a supplier comes to its own.
const PUBLIC: &[&str] = &[
    "receipt_key_view",
    "sign_in",
    "supplier_claim",
    "tender_clarification_list",
    "tender_document_download",
    "tender_invitation_request",
    "tender_list",
    "tender_pack_download",
    "tender_view",
];

/// Changes that name no version, and why none can be overtaken.
const WITHOUT_VERSION: &[(&str, &str)] = &[
    ("key_revoke", "a key taken back twice is taken back"),
    ("session_end", "an ended session stays ended"),
    ("role_take_back", "a role is given or it is not"),
    ("document_remove", "a document is never changed, only added and removed"),
    ("supplier_draft_remove", "a draft is its supplier's alone"),
    ("supplier_submission_withdraw", "the last submission is withdrawn, whichever it is"),
    ("mark_draft_keep", "a draft is its panel member's alone"),
    ("score_sheet_recall", "a submitted sheet is its panel member's alone"),
];

/// Operations that change nothing, so that a repeat of one needs no key.
const CHANGES_NOTHING: &[(&str, &str)] = &[("evaluate", "the same figures give the same result")];

/// Lists that are told whole, and why they stay short.
const WHOLE: &[(&str, &str)] = &[
    ("session_list", "sessions end after twelve hours"),
    ("starter_model_list", "the program brings them"),
    ("starter_scale_list", "the program brings them"),
    ("task_list", "one line for each thing that waits for one person"),
];

tests::on_sqlite!(every_operation_keeps_the_contract);
async fn every_operation_keeps_the_contract(store: Store) {
    let program = Program::start(store).await;
    let document = Rest::new(&program).get("/api/openapi.json").await.expect(200).json();
    let operations = operations(&document);
    let mut faults = Vec::new();
    let mut public: Vec<&str> = Vec::new();
    for operation in &operations {
        let mut fault = |what: &str| faults.push(format!("{}: {what}", operation.told()));
        if operation.body["security"].as_array().is_none_or(Vec::is_empty) {
            public.push(&operation.id);
        } else if operation.body["security"][0].get("Bearer").is_none() {
            fault("is not under the bearer scheme");
        }
        let signed = !PUBLIC.contains(&operation.id.as_str());
        let changes_nothing = CHANGES_NOTHING.iter().any(|(id, _)| *id == operation.id);
        if operation.method == "POST" && signed && !changes_nothing && !operation.header("Idempotency-Key") {
            fault("a POST takes Idempotency-Key");
        }
        let free = WITHOUT_VERSION.iter().any(|(id, _)| *id == operation.id);
        let changes = ["PUT", "PATCH", "DELETE"].contains(&operation.method.as_str());
        if changes && !free && !operation.header("If-Match") {
            fault("a change takes If-Match");
        }
        let answer = operation.answer(&document);
        let lists = answer["properties"].get("items").is_some();
        let whole = WHOLE.iter().any(|(id, _)| *id == operation.id);
        if !whole && (lists != operation.query("after") || lists != operation.query("limit")) {
            fault("a list answers {items, links} and takes after and limit; nothing else does");
        }
        if !whole && lists && answer["properties"].get("links").is_none() {
            fault("a list has links");
        }
        if operation.body["summary"].as_str().is_none_or(str::is_empty) {
            fault("says what it does");
        }
        for status in ["401", "404", "422"] {
            let media = &operation.body["responses"][status]["content"];
            if media.get("application/problem+json").is_none() {
                fault(&format!("declares no problem document for {status}"));
            }
        }
    }
    public.sort_unstable();
    assert_eq!(public, PUBLIC, "exactly these need no secret");
    let ids: std::collections::BTreeSet<_> = operations.iter().map(|operation| &operation.id).collect();
    assert_eq!(ids.len(), operations.len(), "operation ids are unique");
    for (id, _) in WITHOUT_VERSION.iter().chain(WHOLE).chain(CHANGES_NOTHING) {
        assert!(operations.iter().any(|operation| operation.id == *id), "{id} is an operation");
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

tests::on_sqlite!(nobody_and_strangers_get_nothing);
async fn nobody_and_strangers_get_nothing(store: Store) {
    let program = Program::start(store).await;
    let nobody = Rest::new(&program);
    let document = nobody.get("/api/openapi.json").await.expect(200).json();
    let stranger = people::stranger(&program).await;
    let id = uuid::Uuid::now_v7().to_string();
    let mut faults = Vec::new();
    for operation in operations(&document) {
        if !PUBLIC.contains(&operation.id.as_str()) {
            for (who, rest) in [("nobody", nobody.clone()), ("a wrong secret", nobody.bearer("guessed"))] {
                let answer = operation.call(&document, &rest, &id).await;
                if !is_problem(&answer, 401) {
                    faults.push(format!("{} answers {who}: {}", operation.told(), answer.whole()));
                }
            }
        }
        if operation.path.contains('{') {
            let rest = if PUBLIC.contains(&operation.id.as_str()) { &nobody } else { &stranger };
            let answer = operation.call(&document, rest, &id).await;
            if !is_problem(&answer, 404) {
                faults.push(format!("{} answers a stranger: {}", operation.told(), answer.whole()));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n\n"));
}

fn is_problem(answer: &tests::Answer, status: u16) -> bool {
    let document: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let media = answer.header("content-type").unwrap_or_default();
    answer.status == status && media == "application/problem+json" && document["status"] == status
}

tests::on_sqlite!(the_document_is_as_reviewed);
async fn the_document_is_as_reviewed(store: Store) {
    let program = Program::start(store).await;
    let document = Rest::new(&program).get("/api/openapi.json").await.expect(200).json();
    assert_eq!(document["openapi"], "3.0.0");
    insta::assert_snapshot!("openapi", told(&document));
}
