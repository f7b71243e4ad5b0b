//! What REST operations are made of: a signed call, and replies that carry version, paging and problems alike.

use std::future::Future;
use std::marker::PhantomData;

use poem::http::{StatusCode, header};
use poem::{FromRequest, IntoResponse, Request, RequestBody, Response};
use poem_openapi::auth::Bearer;
use poem_openapi::registry::{
    MetaHeader, MetaMediaType, MetaResponse, MetaResponses, MetaSchemaRef, Registry,
};
use poem_openapi::types::{ParseFromJSON, ToJSON, Type};
use poem_openapi::{ApiResponse, Object, SecurityScheme};
use serde_json::Value;

use super::guards::RequestHash;
use super::problem::{self, MEDIA_TYPE, ProblemDocument};
use crate::kernel::db::Once;
use crate::kernel::{Caller, Db, Paging, Reading, Refusal, Slice, Writing, identity};

/// A call with a bearer secret: an officer's token, a council's key or a supplier's secret.
#[derive(SecurityScheme)]
#[oai(rename = "Bearer", ty = "bearer", checker = "signed_in")]
pub struct Signed(pub Call);

async fn signed_in(request: &Request, bearer: Bearer) -> poem::Result<Call> {
    let mut call = Call::unsigned(request)?;
    call.caller = identity::of_bearer(&call.db, &bearer.token)
        .await
        .map_err(|refusal| poem::Error::from(problem::Refused(refusal)))?;
    Ok(call)
}

/// A call that needs no secret: public tender pages and claims.
pub struct Stranger(pub Call);

impl<'a> FromRequest<'a> for Stranger {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        Call::unsigned(request).map(Self)
    }
}

/// The store, the caller, and what tells a repeat of the same request.
pub struct Call {
    /// The store.
    pub db: Db,
    /// Who calls.
    pub caller: Caller,
    request_hash: String,
}

impl Call {
    fn unsigned(request: &Request) -> poem::Result<Self> {
        let db = request.data::<Db>().cloned();
        let hash = request.data::<RequestHash>().map(|hash| hash.0.clone());
        match (db, hash) {
            (Some(db), Some(request_hash)) => Ok(Self { db, caller: Caller::Nobody, request_hash }),
            _ => Err(poem::Error::from_status(StatusCode::INTERNAL_SERVER_ERROR)),
        }
    }

    /// Answers with something that was read.
    pub async fn read<T, F, Fut>(&self, work: F) -> Reply<T>
    where
        T: ToJSON + Send + 'static,
        F: FnOnce(Reading) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, Refusal>> + Send,
    {
        Reply::from(self.db.read(&self.caller, work).await.map(|value| value.to_json()))
    }

    /// Answers with a slice of a list; `path` is this list's own address, with its filters, for the link to the next
    /// slice.
    pub async fn list<T, F, Fut>(
        &self,
        path: String,
        after: Option<String>,
        limit: Option<u64>,
        work: F,
    ) -> Reply<Page<T>>
    where
        T: ToJSON + ParseFromJSON + Send + Sync + 'static,
        F: FnOnce(Reading, Paging) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Slice<T>, Refusal>> + Send,
    {
        let paging = match Paging::new(after, limit) {
            Ok(paging) => paging,
            Err(refusal) => return Reply::from(Err(refusal)),
        };
        let limit = paging.limit;
        let slice = self.db.read(&self.caller, move |r| work(r, paging)).await;
        Reply::from(slice.map(|slice| {
            let next = slice.next.map(|cursor| next_address(&path, &cursor, limit));
            Page { items: slice.items, links: Links { next } }.to_json()
        }))
    }

    /// Makes something, once for each Idempotency-Key.
    pub async fn create<T, F, Fut>(&self, key: Option<String>, work: F) -> Created<T>
    where
        T: ToJSON + Send + 'static,
        F: FnOnce(Writing) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, Refusal>> + Send,
    {
        Reply::from(self.write(key, work).await)
    }

    /// Does something, once for each Idempotency-Key.
    pub async fn act<T, F, Fut>(&self, key: Option<String>, work: F) -> Reply<T>
    where
        T: ToJSON + Send + 'static,
        F: FnOnce(Writing) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, Refusal>> + Send,
    {
        Reply::from(self.write(key, work).await)
    }

    /// Changes something that the caller has seen at the version named by If-Match.
    pub async fn change<T, F, Fut>(&self, if_match: Option<String>, work: F) -> Reply<T>
    where
        T: ToJSON + Send + 'static,
        F: FnOnce(Writing, i64) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, Refusal>> + Send,
    {
        self.change_once(None, if_match, work).await
    }

    /// Changes something that the caller has seen, by a POST: once for each Idempotency-Key.
    pub async fn change_once<T, F, Fut>(
        &self,
        key: Option<String>,
        if_match: Option<String>,
        work: F,
    ) -> Reply<T>
    where
        T: ToJSON + Send + 'static,
        F: FnOnce(Writing, i64) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, Refusal>> + Send,
    {
        match seen_version(if_match.as_deref()) {
            Ok(seen) => Reply::from(self.write(key, move |w| work(w, seen)).await),
            Err(refusal) => Reply::from(Err(refusal)),
        }
    }

    async fn write<T, F, Fut>(&self, key: Option<String>, work: F) -> Result<Option<Value>, Refusal>
    where
        T: ToJSON + Send + 'static,
        F: FnOnce(Writing) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, Refusal>> + Send,
    {
        let once = key.map(|key| Once { key, request_hash: self.request_hash.clone() });
        self.db.write_once(&self.caller, once, move |w| async move { Ok(work(w).await?.to_json()) }).await
    }
}

/// Where a list goes on. Cursors may be names, with any character in them.
fn next_address(path: &str, cursor: &str, limit: u64) -> String {
    let cursor: String = form_urlencoded::byte_serialize(cursor.as_bytes()).collect();
    let glue = if path.contains('?') { '&' } else { '?' };
    format!("{path}{glue}after={cursor}&limit={limit}")
}

/// Reads an If-Match header: the version in quotes, as the ETag gave it.
pub fn seen_version(if_match: Option<&str>) -> Result<i64, Refusal> {
    let text = if_match.ok_or_else(Refusal::version_needed)?;
    text.trim().trim_start_matches("W/").trim_matches('"').parse().map_err(|_| Refusal::stale())
}

/// A part of a list, and where it goes on.
#[derive(Object)]
pub struct Page<T: ToJSON + ParseFromJSON + Send + Sync> {
    /// The items.
    pub items: Vec<T>,
    /// Where to go on.
    pub links: Links,
}

/// Where a list goes on.
#[derive(Object)]
pub struct Links {
    /// The address of the next part, if there is one.
    #[oai(skip_serializing_if_is_none)]
    pub next: Option<String>,
}

/// An answer of the API, or a problem document.
pub struct Reply<T, const STATUS: u16 = 200> {
    outcome: Result<Option<Value>, Refusal>,
    body: PhantomData<fn() -> T>,
}

/// The answer to something that was made.
pub type Created<T> = Reply<T, 201>;

impl<T, const STATUS: u16> From<Result<Option<Value>, Refusal>> for Reply<T, STATUS> {
    fn from(outcome: Result<Option<Value>, Refusal>) -> Self {
        Self { outcome, body: PhantomData }
    }
}

impl<T, const STATUS: u16> Reply<T, STATUS> {
    /// A problem document.
    #[must_use]
    pub fn refuse(refusal: Refusal) -> Self {
        Self::from(Err(refusal))
    }
}

impl<T: Send, const STATUS: u16> IntoResponse for Reply<T, STATUS> {
    fn into_response(self) -> Response {
        let value = match self.outcome {
            Ok(value) => value.unwrap_or(Value::Null),
            Err(refusal) => return problem::respond(&refusal),
        };
        let status = StatusCode::from_u16(STATUS).unwrap_or(StatusCode::OK);
        let mut builder = Response::builder()
            .status(status)
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8");
        if let Some(version) = value.get("version").and_then(Value::as_i64) {
            builder = builder.header(header::ETAG, format!("\"{version}\""));
        }
        if let Some(next) = value.pointer("/links/next").and_then(Value::as_str) {
            builder = builder.header(header::LINK, format!("<{next}>; rel=\"next\""));
        }
        builder.body(value.to_string())
    }
}

impl<T: Type, const STATUS: u16> ApiResponse for Reply<T, STATUS> {
    const BAD_REQUEST_HANDLER: bool = true;

    fn meta() -> MetaResponses {
        let content =
            vec![MetaMediaType { content_type: "application/json; charset=utf-8", schema: T::schema_ref() }];
        let header = |name: &str, description: &str| MetaHeader {
            name: name.to_owned(),
            description: Some(description.to_owned()),
            required: false,
            deprecated: false,
            schema: String::schema_ref(),
        };
        let mut responses = vec![MetaResponse {
            description: "Done.",
            status: Some(STATUS),
            status_range: None,
            content,
            headers: vec![
                header("ETag", "The version, for If-Match."),
                header("Link", "The next part of a list."),
            ],
        }];
        responses.extend(PROBLEMS.iter().map(|(status, description)| problem_meta(*status, description)));
        MetaResponses { responses }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
        ProblemDocument::register(registry);
    }

    fn from_parse_request_error(error: poem::Error) -> Self {
        Self::refuse(problem::refusal_of(&error))
    }
}

const PROBLEMS: [(u16, &str); 12] = [
    (400, "The request cannot be read."),
    (401, "No valid bearer secret."),
    (403, "Not allowed for this caller."),
    (404, "There is no such thing for this caller."),
    (409, "Not possible in the present state."),
    (412, "The thing has changed since it was read."),
    (413, "Larger than the service takes."),
    (415, "A kind of body that is not taken here."),
    (422, "The input is wrong; every wrong field is named."),
    (428, "If-Match is missing."),
    (429, "Asked too often; Retry-After says when to try again."),
    (503, "Busy; Retry-After says when to try again."),
];

fn problem_meta(status: u16, description: &'static str) -> MetaResponse {
    MetaResponse {
        description,
        status: Some(status),
        status_range: None,
        content: vec![MetaMediaType { content_type: MEDIA_TYPE, schema: problem_schema() }],
        headers: Vec::new(),
    }
}

fn problem_schema() -> MetaSchemaRef {
    ProblemDocument::schema_ref()
}

/// A file to download. Never shown inside the page: it may hold active content.
pub struct FileReply(Result<Download, Refusal>);

/// A file's bytes and how to name them.
pub struct Download {
    /// The file's name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl From<Result<Download, Refusal>> for FileReply {
    fn from(outcome: Result<Download, Refusal>) -> Self {
        Self(outcome)
    }
}

impl IntoResponse for Download {
    fn into_response(self) -> Response {
        let ascii: String = self
            .name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || ".-_ ".contains(c) { c } else { '_' })
            .collect();
        Response::builder()
            .header(header::CONTENT_TYPE, self.media_type)
            .header(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{ascii}\""))
            .body(self.bytes)
    }
}

impl IntoResponse for FileReply {
    fn into_response(self) -> Response {
        match self.0 {
            Ok(file) => file.into_response(),
            Err(refusal) => problem::respond(&refusal),
        }
    }
}

impl ApiResponse for FileReply {
    const BAD_REQUEST_HANDLER: bool = true;

    fn meta() -> MetaResponses {
        let schema = poem_openapi::types::Binary::<Vec<u8>>::schema_ref();
        let mut responses = vec![MetaResponse {
            description: "The file.",
            status: Some(200),
            status_range: None,
            content: vec![MetaMediaType { content_type: "application/octet-stream", schema }],
            headers: Vec::new(),
        }];
        responses.extend(PROBLEMS.iter().map(|(status, description)| problem_meta(*status, description)));
        MetaResponses { responses }
    }

    fn register(registry: &mut Registry) {
        ProblemDocument::register(registry);
    }

    fn from_parse_request_error(error: poem::Error) -> Self {
        Self(Err(problem::refusal_of(&error)))
    }
}
