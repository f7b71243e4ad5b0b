//! The API as its OpenAPI document describes it: what holds for every operation, of whichever stage.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Program, Rest, Store, Visitor};

/// Operations that need no secret: what the public may read, and how a supplier comes to its own.
const PUBLIC: &[&str] =
    &["tender_list", "tender_view", "tender_document_download", "tender_invitation_request", "supplier_claim"];

/// POSTs that check a file or make nothing that is versioned need no If-Match; these change something versioned in
/// another way than by naming its version, and say why.
const UNVERSIONED: &[(&str, &str)] = &[
    ("key_revoke", "taking back twice is taking back once"),
];

/// One operation of the document.
struct Operation {
    id: String,
    method: Method,
    path: String,
    body: Value,
}

impl Operation {
    fn told(&self) -> String {
        format!("{} ({} {})", self.id, self.method, self.path)
    }

    fn header(&self, name: &str) -> bool {
        self.parameters().any(|parameter| parameter["in"] == "header" && parameter["name"] == name)
    }

    fn parameters(&self) -> impl Iterator<Item = &Value> {
        self.body["parameters"].as_array().into_iter().flatten()
    }

    /// The path with a value in the place of every parameter.
    fn filled(&self, with: &str) -> String {
        let filled = self.path.split('/').map(|part| {
            if part.starts_with('{') { with.to_owned() } else { part.to_owned() }
        });
        format!("/api/v1{}", filled.collect::<Vec<_>>().join("/"))
    }

    fn call(&self, rest: &Rest, id: &str) -> tests::rest::Call {
        let call = rest.call(self.method.clone(), &self.filled(id));
        let call = if self.header("If-Match") { call.if_match("\"1\"") } else { call };
        match self.sample() {
            Some((media, body)) => call.body(&media, body),
            None => call,
        }
    }

    /// A body that the schema allows, so that nothing but the caller can be the reason of a refusal.
    fn sample(&self) -> Option<(String, Vec<u8>)> {
        None.or_else(|| {
            let content = self.body["requestBody"]["content"].as_object()?;
            let (media, about) = content.iter().next()?;
            let media = media.clone();
            if media.starts_with("application/json") {
                return Some((media, about["schema"].to_string().into_bytes()));
            }
            Some((media, b"x".to_vec()))
        })
    }
}

fn operations(document: &Value) -> Vec<Operation> {
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, body) in methods.as_object().expect("methods") {
            let id = body["operationId"].as_str().unwrap_or_else(|| panic!("{method} {path}: no operationId"));
            let method = method.to_uppercase().parse().expect("a method");
            all.push(Operation { id: id.to_owned(), method, path: path.clone(), body: body.clone() });
        }
    }
    all
}
