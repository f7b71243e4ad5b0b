//! Problem documents (RFC 9457): every error of the API, in one shape, with a stable code and the fields that are wrong.

use poem::http::{StatusCode, header};
use poem::{IntoResponse, Response};
use poem_openapi::Object;
use poem_openapi::error::ParsePathError;
use poem_openapi::types::ToJSON;

use crate::kernel::Refusal;

/// The media type of a problem document.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// Why a request was refused.
#[derive(Object)]
#[oai(rename = "Problem")]
pub struct ProblemDocument {
    /// Always `about:blank`: the code says more than a URL would.
    r#type: String,
    /// The HTTP status in words.
    title: String,
    /// The HTTP status.
    status: u16,
    /// A stable word for machines.
    code: String,
    /// What is wrong and what to do.
    detail: String,
    /// The fields that are wrong, all of them.
    errors: Vec<ProblemField>,
}

/// A field that is wrong.
#[derive(Object)]
pub struct ProblemField {
    /// The field's name.
    field: String,
    /// A stable word for machines.
    code: String,
    /// What is wrong and what to do.
    message: String,
}

/// The status of a refusal.
#[must_use]
pub fn status(refusal: &Refusal) -> StatusCode {
    StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// A refusal as a problem document.
#[must_use]
pub fn respond(refusal: &Refusal) -> Response {
    document(status(refusal), &refusal.code, &refusal.detail, refusal)
}

/// A fault that poem-openapi found in a request before its operation began.
#[must_use]
pub fn refusal_of(error: &poem::Error) -> Refusal {
    if let Some(refused) = error.downcast_ref::<Refused>() {
        return refused.0.clone();
    }
    // An address with an id that is none leads nowhere.
    if error.is::<ParsePathError>() {
        return Refusal::not_found("thing");
    }
    match error.status() {
        StatusCode::UNAUTHORIZED => Refusal::unauthenticated(),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Refusal::unsupported_media(),
        _ => Refusal::malformed(error.to_string()),
    }
}

/// A fault that poem found before an operation was reached: an unknown path, a malformed body.
#[must_use]
pub fn respond_to_error(error: &poem::Error) -> Response {
    if let Some(refusal) = error.downcast_ref::<Refused>() {
        return respond(&refusal.0);
    }
    let status = error.status();
    let (code, detail) = match status {
        StatusCode::BAD_REQUEST => ("malformed", error.to_string()),
        StatusCode::UNAUTHORIZED => ("unauthenticated", Refusal::unauthenticated().detail),
        StatusCode::NOT_FOUND => ("not_found", "There is nothing at this address.".to_owned()),
        StatusCode::METHOD_NOT_ALLOWED => {
            ("method_not_allowed", "This address does not take this method.".to_owned())
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            ("unsupported_media_type", "Send JSON with Content-Type: application/json.".to_owned())
        }
        StatusCode::PAYLOAD_TOO_LARGE => ("too_large", "This is larger than the service takes.".to_owned()),
        other if other.is_client_error() => ("malformed", error.to_string()),
        _ => {
            tracing::error!(%error, "a request failed");
            ("internal", "Something went wrong on our side. It has been logged.".to_owned())
        }
    };
    document(status, code, &detail, &Refusal::invalid(code, ""))
}

fn document(status: StatusCode, code: &str, detail: &str, refusal: &Refusal) -> Response {
    let errors = refusal
        .fields
        .iter()
        .map(|fault| ProblemField {
            field: fault.field.clone(),
            code: fault.code.clone(),
            message: fault.message.clone(),
        })
        .collect();
    let body = ProblemDocument {
        r#type: "about:blank".to_owned(),
        title: status.canonical_reason().unwrap_or("Error").to_owned(),
        status: status.as_u16(),
        code: code.to_owned(),
        detail: detail.to_owned(),
        errors,
    };
    let mut builder = Response::builder().status(status).header(header::CONTENT_TYPE, MEDIA_TYPE);
    if let Some(seconds) = refusal.retry_after {
        builder = builder.header(header::RETRY_AFTER, seconds);
    }
    builder.body(body.to_json_string())
}

/// A refusal on its way through poem's error type.
#[derive(Debug)]
pub struct Refused(pub Refusal);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Refused {}

impl poem::error::ResponseError for Refused {
    fn status(&self) -> StatusCode {
        status(&self.0)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        respond(&self.0)
    }
}
