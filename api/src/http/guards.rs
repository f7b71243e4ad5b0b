//! The guards around every request: how large a body may be, where an unsafe request may come from, and the headers that
//! keep pages from being framed, sniffed or scripted.

use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, IntoResponse, Middleware, Request, Response};

use super::failure::{Asked, Failure};
use super::problem;
use crate::kernel::secrets::sha256_hex;
use crate::kernel::{Db, Refusal};

/// The largest upload, as told to suppliers and partners (20 MiB), and a little for the form around it.
pub const MAX_UPLOAD: usize = importers::UPLOAD_CAP;
const MAX_FORM: usize = 1024 * 1024;

/// SHA-256 over method, path, query and body: tells a repeat from another request.
#[derive(Clone)]
pub struct RequestHash(pub String);

/// Reads each body up to its limit, counting what arrives rather than trusting Content-Length.
pub struct BodyLimit;

impl<E: Endpoint> Middleware<E> for BodyLimit {
    type Output = BodyLimited<E>;

    fn transform(&self, endpoint: E) -> Self::Output {
        BodyLimited(endpoint)
    }
}

/// An endpoint behind [`BodyLimit`].
pub struct BodyLimited<E>(E);

impl<E: Endpoint> Endpoint for BodyLimited<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let uploads = request.header(header::CONTENT_TYPE).is_some_and(|media| {
            !media.starts_with("application/json") && !media.starts_with("application/x-www-form")
        });
        let limit = if uploads { MAX_UPLOAD + MAX_FORM } else { MAX_FORM };
        let body = request.take_body();
        let bytes = match body.into_bytes_limit(limit).await {
            Ok(bytes) => bytes,
            Err(poem::error::ReadBodyError::PayloadTooLarge) => {
                let refusal = Refusal::too_large(
                    "This is larger than the service takes: a file may have 20 MiB, other requests 1 MiB. Make the file smaller, or part it into several.",
                );
                return Err(problem::Refused(refusal).into());
            }
            Err(error) => return Err(error.into()),
        };
        let asked = [
            request.method().as_str().as_bytes(),
            b" ",
            request.original_uri().path_and_query().map_or("", |whole| whole.as_str()).as_bytes(),
            b"\n",
            &bytes,
        ];
        let hash = sha256_hex(asked.concat());
        request.extensions_mut().insert(RequestHash(hash));
        request.set_body(bytes);
        self.0.call(request).await.map(IntoResponse::into_response)
    }
}

/// Lets unsafe requests with a cookie come from our own pages only. The API takes bearer secrets and never the cookie,
/// so it needs no such guard.
pub struct SameOrigin;

impl<E: Endpoint> Middleware<E> for SameOrigin {
    type Output = SameOriginOnly<E>;

    fn transform(&self, endpoint: E) -> Self::Output {
        SameOriginOnly(endpoint)
    }
}

/// An endpoint behind [`SameOrigin`].
pub struct SameOriginOnly<E>(E);

impl<E: Endpoint> Endpoint for SameOriginOnly<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
        let api = request.original_uri().path().starts_with("/api/");
        if !safe && !api && !from_own_page(&request) {
            return Err(poem::Error::from_string(
                "This request did not come from a page of this service.",
                StatusCode::FORBIDDEN,
            ));
        }
        self.0.call(request).await.map(IntoResponse::into_response)
    }
}

fn from_own_page(request: &Request) -> bool {
    match request.header("sec-fetch-site") {
        Some(site) => site == "same-origin",
        // Browsers leave Sec-Fetch-Site out on plain http; they send Origin with every form.
        None => match (request.header(header::ORIGIN), request.header(header::HOST)) {
            (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, rest)| rest == host),
            _ => false,
        },
    }
}

/// Adds the security headers. `script_hashes` are those of the API reference, the one page with scripts of its own.
pub struct Headers {
    /// Whether people reach the program by https.
    pub https: bool,
    /// CSP sources of the API reference's scripts, for example `'sha256-…'`.
    pub reference_scripts: String,
}

impl<E: Endpoint> Middleware<E> for Headers {
    type Output = WithHeaders<E>;

    fn transform(&self, endpoint: E) -> Self::Output {
        WithHeaders { endpoint, https: self.https, reference: reference_policy(&self.reference_scripts) }
    }
}

/// An endpoint behind [`Headers`].
pub struct WithHeaders<E> {
    endpoint: E,
    https: bool,
    reference: String,
}

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

fn reference_policy(scripts: &str) -> String {
    format!(
        "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src {scripts}; img-src 'self' data:; \
         font-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

impl<E: Endpoint> Endpoint for WithHeaders<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let path = request.original_uri().path().to_owned();
        let mut response = self.endpoint.call(request).await?.into_response();
        let unread = response.status() == StatusCode::PAYLOAD_TOO_LARGE;
        let headers = response.headers_mut();
        if unread {
            // The rest of the body was not read: a client that keeps the connection for its next request would lose that one.
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        let policy = if path.starts_with("/api/docs") { self.reference.as_str() } else { POLICY };
        if let Ok(policy) = HeaderValue::from_str(policy) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        if !path.starts_with("/assets/") {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        if self.https {
            headers.insert(
                header::STRICT_TRANSPORT_SECURITY,
                HeaderValue::from_static("max-age=31536000; includeSubDomains"),
            );
        }
        Ok(response)
    }
}

/// Turns every error into an answer: a problem document under `/api`, a page elsewhere. The store says who looks.
pub struct Answered(pub Db);

impl<E: Endpoint> Middleware<E> for Answered {
    type Output = AnsweredBy<E>;

    fn transform(&self, endpoint: E) -> Self::Output {
        AnsweredBy { endpoint, db: self.0.clone() }
    }
}

/// An endpoint behind [`Answered`].
pub struct AnsweredBy<E> {
    endpoint: E,
    db: Db,
}

impl<E: Endpoint> Endpoint for AnsweredBy<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let page = !request.original_uri().path().starts_with("/api/");
        let asked = page.then(|| Asked::of(&request, &self.db));
        let failure = match (self.endpoint.call(request).await, asked) {
            (Ok(answer), _) => return Ok(answer.into_response()),
            (Err(error), None) => return Ok(problem::respond_to_error(&error)),
            (Err(error), Some(asked)) => (Failure::of(&error), asked),
        };
        Ok(failure.0.page(failure.1, &self.db).await)
    }
}
