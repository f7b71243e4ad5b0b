//! A machine that talks to the REST API: a partner council's system, an officer's script, a supplier's upload.
//!
//! ```ignore
//! let ashvale = Rest::new(&program).bearer(&key);
//! let made = ashvale.post("/api/v1/procurements").json(&json!({…})).key("once").await.expect(201);
//! let etag = made.etag();
//! ashvale.patch("/api/v1/procurements/…").if_match(&etag).json(&json!({…})).await.expect(200);
//! ashvale.post("/api/v1/procurements").json(&json!({})).await.problem(422, "invalid");
//! ```

use std::{fmt::Write as _, future::IntoFuture, pin::Pin, time::Duration};

use reqwest::{Method, header::HeaderMap, multipart};
use serde_json::Value;

use crate::Program;

/// One client, with or without a bearer key.
#[derive(Clone, Debug)]
pub struct Rest {
    client: reqwest::Client,
    base: String,
    bearer: Option<String>,
}

/// A request being made; `.await` sends it.
#[derive(Debug)]
pub struct Call {
    request: reqwest::RequestBuilder,
    form: Option<multipart::Form>,
    told: String,
}

/// What came back. Assertions name the request and show the whole answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The method and path asked.
    pub told: String,
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, as it came.
    pub body: Vec<u8>,
}

impl Rest {
    /// Nobody in particular.
    pub fn new(program: &Program) -> Self {
        Self::at(program.base())
    }

    /// The same at any address.
    pub fn at(base: &str) -> Self {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_mins(1))
            .no_proxy()
            .build()
            .expect("an HTTP client");
        Self { client, base: base.to_owned(), bearer: None }
    }

    /// The same client with this key, token or supplier's secret.
    pub fn bearer(&self, key: &str) -> Self {
        Self { bearer: Some(key.to_owned()), ..self.clone() }
    }

    /// GET.
    pub fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path)
    }

    /// POST.
    pub fn post(&self, path: &str) -> Call {
        self.call(Method::POST, path)
    }

    /// PUT.
    pub fn put(&self, path: &str) -> Call {
        self.call(Method::PUT, path)
    }

    /// PATCH.
    pub fn patch(&self, path: &str) -> Call {
        self.call(Method::PATCH, path)
    }

    /// DELETE.
    pub fn delete(&self, path: &str) -> Call {
        self.call(Method::DELETE, path)
    }

    /// Any method; a path, or a full address as it stands in a link.
    pub fn call(&self, method: Method, path: &str) -> Call {
        let told = format!("{method} {path}");
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) };
        let mut request = self.client.request(method, url);
        if let Some(bearer) = &self.bearer {
            request = request.bearer_auth(bearer);
        }
        Call { request, form: None, told }
    }

    /// All items of a list, page by page as `links.next` leads.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut next = Some(path.to_owned());
        while let Some(path) = next {
            let page = self.get(&path).await.expect(200).json();
            let Value::Array(found) = &page["items"] else { panic!("GET {path}: no items in {page:#}") };
            items.extend(found.iter().cloned());
            next = page["links"]["next"].as_str().map(str::to_owned);
            assert!(items.len() < 100_000, "GET {path}: links.next has no end");
        }
        items
    }
}

impl Call {
    /// A JSON body.
    pub fn json(mut self, body: &Value) -> Self {
        self.request = self.request.json(body);
        self
    }

    /// Any body, malformed ones too.
    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.request = self.request.header("content-type", content_type).body(body.into());
        self
    }

    /// A file in a multipart form.
    pub fn file(mut self, field: &str, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        let part = multipart::Part::bytes(bytes.into()).file_name(name.to_owned());
        self.form = Some(self.form.unwrap_or_default().part(field.to_owned(), part));
        self
    }

    /// A text field in a multipart form.
    pub fn field(mut self, field: &str, value: &str) -> Self {
        self.form = Some(self.form.unwrap_or_default().text(field.to_owned(), value.to_owned()));
        self
    }

    /// If-Match, with an ETag as [`Answer::etag`] gives it.
    pub fn if_match(self, etag: &str) -> Self {
        self.header("if-match", etag)
    }

    /// Idempotency-Key.
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// Any header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// Sends it, and tells a broken connection from an answer: for stories that kill the program.
    ///
    /// # Errors
    /// When no whole answer came back; nothing is known then about what the program did.
    pub async fn attempt(self) -> Result<Answer, reqwest::Error> {
        let request = match self.form {
            Some(form) => self.request.multipart(form),
            None => self.request,
        };
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await?.to_vec();
        Ok(Answer { told: self.told, status, headers, body })
    }
}

impl IntoFuture for Call {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let told = self.told.clone();
            self.attempt().await.unwrap_or_else(|error| panic!("{told}: no answer: {error:?}"))
        })
    }
}

impl Answer {
    /// The answer itself, if it has this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert!(self.status == status, "expected {status}\n{}", self.whole());
        self
    }

    /// The answer itself, if it is a refusal: a problem document with any status of the 400s.
    #[track_caller]
    pub fn refused(self) -> Self {
        assert!((400..500).contains(&self.status), "expected a refusal\n{}", self.whole());
        let code = self.string("/code");
        self.problem(self.status, &code);
        self
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("not JSON: {error}\n{}", self.whole()))
    }

    /// A string in the body, by JSON pointer: `answer.string("/id")`.
    #[track_caller]
    pub fn string(&self, pointer: &str) -> String {
        match self.json().pointer(pointer) {
            Some(Value::String(text)) => text.clone(),
            _ => panic!("no string at {pointer}\n{}", self.whole()),
        }
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The ETag, which must be there.
    #[track_caller]
    pub fn etag(&self) -> String {
        self.header("etag").unwrap_or_else(|| panic!("no ETag\n{}", self.whole())).to_owned()
    }

    /// A problem document (RFC 9457) with this status and this stable code; gives it for a look at its fields.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        assert!(self.status == status, "expected a problem {status} {code}\n{}", self.whole());
        let content_type = self.header("content-type").unwrap_or_default();
        assert!(
            content_type.starts_with("application/problem+json"),
            "not a problem document\n{}",
            self.whole()
        );
        let problem = self.json();
        assert!(problem["status"] == status, "the document's status is not {status}\n{}", self.whole());
        assert!(problem["code"] == code, "the document's code is not {code}\n{}", self.whole());
        problem
    }

    /// The answer as a person would read it.
    pub fn whole(&self) -> String {
        let mut whole = format!("{} answered {}\n", self.told, self.status);
        for (name, value) in &self.headers {
            let _ = writeln!(whole, "{name}: {}", String::from_utf8_lossy(value.as_bytes()));
        }
        whole + "\n" + &self.text()
    }
}
