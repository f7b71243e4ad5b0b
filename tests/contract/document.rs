//! The OpenAPI document, read: its operations, bodies that fit, and a short text of it that people can review.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use tests::Rest;

/// One operation.
pub struct Operation {
    pub id: String,
    pub method: String,
    pub path: String,
    pub body: Value,
}

/// All operations, in the order of their paths.
pub fn operations(document: &Value) -> Vec<Operation> {
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, body) in methods.as_object().expect("methods") {
            let id =
                body["operationId"].as_str().unwrap_or_else(|| panic!("{method} {path}: no operationId"));
            let (method, path) = (method.to_uppercase(), path.clone());
            all.push(Operation { id: id.to_owned(), method, path, body: body.clone() });
        }
    }
    all
}

impl Operation {
    /// How a message names it.
    pub fn told(&self) -> String {
        format!("{} ({} {})", self.id, self.method, self.path)
    }

    /// Whether it takes this header.
    pub fn header(&self, name: &str) -> bool {
        self.takes("header", name)
    }

    /// Whether it takes this in its query.
    pub fn query(&self, name: &str) -> bool {
        self.takes("query", name)
    }

    fn takes(&self, place: &str, name: &str) -> bool {
        self.parameters().any(|parameter| parameter["in"] == place && parameter["name"] == name)
    }

    fn parameters(&self) -> impl Iterator<Item = &Value> {
        self.body["parameters"].as_array().into_iter().flatten()
    }

    /// The schema of its good answer, references followed.
    pub fn answer<'a>(&'a self, document: &'a Value) -> &'a Value {
        let good = ["200", "201"].iter().find_map(|status| self.body["responses"].get(*status));
        let content = good.and_then(|good| good["content"].as_object());
        let schema = content.and_then(|content| content.values().next()).map(|media| &media["schema"]);
        schema.map_or(&Value::Null, |schema| resolved(document, schema))
    }

    /// A call with this id for every id of the path and a body that fits the schema, so that only the caller can be
    /// the reason of a refusal.
    pub fn call(&self, document: &Value, rest: &Rest, id: &str) -> tests::rest::Call {
        let mut path = format!("/api/v1{}", self.path);
        for parameter in self.parameters() {
            let name = parameter["name"].as_str().unwrap_or_default();
            let value = if parameter["schema"]["type"] == "integer" { "7" } else { id };
            match parameter["in"].as_str() {
                Some("path") => path = path.replace(&format!("{{{name}}}"), value),
                Some("query") if parameter["required"] == true => {
                    let glue = if path.contains('?') { '&' } else { '?' };
                    let _ = write!(path, "{glue}{name}={value}");
                }
                _ => {}
            }
        }
        let call = rest.call(self.method.parse().expect("a method"), &path);
        let call = if self.header("If-Match") { call.if_match("\"1\"") } else { call };
        let content = self.body["requestBody"]["content"].as_object();
        match content.and_then(|content| content.iter().next()) {
            None => call,
            Some((media, about)) if media.starts_with("application/json") => {
                call.body("application/json", sample(document, &about["schema"]).to_string())
            }
            Some((media, _)) if media.starts_with("multipart") => call.file("file", "x.csv", "x"),
            Some((media, _)) => call.body(media, "x"),
        }
    }
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return document.pointer(reference.trim_start_matches('#')).expect("a reference leads somewhere");
    }
    match schema["allOf"].get(0) {
        Some(first) => resolved(document, first),
        None => schema,
    }
}

/// The least value that fits.
fn sample(document: &Value, schema: &Value) -> Value {
    let schema = resolved(document, schema);
    match schema["type"].as_str() {
        Some("object") => {
            let mut fields = Map::new();
            for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                fields.insert(name.to_owned(), sample(document, &schema["properties"][name]));
            }
            Value::Object(fields)
        }
        Some("array") => json!([sample(document, &schema["items"])]),
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(false),
        Some("string") => match schema["format"].as_str() {
            Some("uuid") => json!(uuid::Uuid::now_v7()),
            _ => schema["enum"].get(0).cloned().unwrap_or_else(|| json!("1")),
        },
        _ => Value::Null,
    }
}

/// The document as people review it: a line for an operation, a line for a field.
pub fn told(document: &Value) -> String {
    let mut told = String::new();
    for operation in operations(document) {
        let secret = if operation.body["security"].is_array() { "bearer" } else { "public" };
        let _ = write!(told, "{} {} {} {secret}", operation.method, operation.path, operation.id);
        for parameter in operation.parameters().filter(|parameter| parameter["in"] != "path") {
            let must = if parameter["required"] == true { "" } else { "?" };
            let name = parameter["name"].as_str().unwrap_or_default();
            let _ = write!(told, " {name}{must}:{}", kind(&parameter["schema"]));
        }
        if let Some(content) = operation.body["requestBody"]["content"].as_object() {
            for (media, about) in content {
                let _ = write!(told, " < {media} {}", kind(&about["schema"]));
            }
        }
        for status in ["200", "201"] {
            for (media, about) in
                operation.body["responses"][status]["content"].as_object().into_iter().flatten()
            {
                let media = media.split(';').next().unwrap_or_default();
                let _ = write!(told, " > {status} {media} {}", kind(&about["schema"]));
            }
        }
        told.push('\n');
    }
    for (name, schema) in document["components"]["schemas"].as_object().expect("schemas") {
        let required: Vec<_> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let _ = writeln!(told, "\n{name}");
        for (field, schema) in schema["properties"].as_object().into_iter().flatten() {
            let must = if required.contains(&field.as_str()) { "" } else { "?" };
            let _ = writeln!(told, "  {field}{must}: {}", kind(schema));
        }
    }
    told
}

fn kind(schema: &Value) -> String {
    let schema = schema["allOf"].get(0).unwrap_or(schema);
    if let Some(reference) = schema["$ref"].as_str() {
        return reference.rsplit('/').next().unwrap_or_default().to_owned();
    }
    let ty = schema["type"].as_str().unwrap_or("any");
    match (ty, schema["format"].as_str()) {
        ("array", _) => format!("[{}]", kind(&schema["items"])),
        (_, Some(format)) => format!("{ty} {format}"),
        _ => ty.to_owned(),
    }
}
