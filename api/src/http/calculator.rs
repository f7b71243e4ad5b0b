//! The calculator through the API: a case in, its result out, the same as `commonlot evaluate`. It reads nothing of the
//! store, so it belongs to no stage.

use std::time::Duration;

use poem::http::{StatusCode, header};
use poem::{IntoResponse, Response};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchemaRef, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiResponse, Object, OpenApi};
use rules::evaluate::{Refused, evaluate};
use serde_json::Value;
use tokio::sync::Semaphore;

use super::json::JsonText;
use super::problem;
use super::reply::{Signed, problems};
use crate::kernel::{Action, Caller, Refusal};

/// The largest case. Exact numbers have no largest size, so what they are made of has one.
const MOST_BYTES: usize = 64 * 1024;
/// How many cases are computed at a time; pages and bids must not wait for them.
static AT_A_TIME: Semaphore = Semaphore::const_new(2);
/// How long a case waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// The operations of the calculator.
pub struct Operations;

/// What to compute.
#[derive(Object)]
struct CalculatorCase {
    /// A topic of the method, for example `rank`.
    topic: String,
    /// Its figures; numbers are integers or texts such as `"12.50"` and `"25/2"`.
    input: Value,
}

/// A case that its figures do not allow.
#[derive(Object)]
struct CalculatorRefusal {
    /// A stable code, for example `price_not_positive`.
    error: String,
}

#[OpenApi(tag = "crate::http::tags::Tag::Calculator")]
impl Operations {
    /// Compute points, rankings, splits, whole-life costs, agreement or dates from figures alone. Reads and changes nothing.
    #[oai(path = "/evaluate", method = "post", operation_id = "evaluate")]
    async fn evaluate(&self, Signed(call): Signed, case: JsonText<CalculatorCase>) -> Answer {
        Answer(computed(&call.caller, case.text).await)
    }
}

async fn computed(caller: &Caller, case: String) -> Result<Result<String, Refused>, Refusal> {
    caller.needs(Action::Read)?;
    if case.len() > MOST_BYTES {
        return Err(Refusal::too_large(
            "A case may have 64 KiB. For a larger one run `commonlot evaluate CASE.json` on a machine of your own.",
        ));
    }
    let turn = tokio::time::timeout(PATIENCE, AT_A_TIME.acquire()).await;
    let turn = turn.map_err(|_| Refusal::unavailable())?.map_err(|closed| Refusal::internal(&closed))?;
    let work = move || {
        let outcome = evaluate(&case);
        drop(turn);
        outcome
    };
    let outcome = tokio::task::spawn_blocking(work).await.map_err(|error| Refusal::internal(&error))?;
    match outcome {
        // The text itself is at fault, not its figures: that is a request that cannot be read.
        Err(refused) if refused.malformed => Err(Refusal::malformed(refused.to_string())),
        outcome => Ok(outcome),
    }
}

/// The calculator's own words, byte for byte: a result, or `{"error": …}` with 422.
struct Answer(Result<Result<String, Refused>, Refusal>);

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let (status, text) = match self.0 {
            Ok(Ok(result)) => (StatusCode::OK, result),
            Ok(Err(refused)) => (StatusCode::UNPROCESSABLE_ENTITY, refused.to_json()),
            Err(refusal) => return problem::respond(&refusal),
        };
        Response::builder().status(status).header(header::CONTENT_TYPE, MEDIA_TYPE).body(text)
    }
}

const MEDIA_TYPE: &str = "application/json; charset=utf-8";

fn media(schema: MetaSchemaRef) -> MetaMediaType {
    MetaMediaType { content_type: MEDIA_TYPE, schema }
}

impl ApiResponse for Answer {
    const BAD_REQUEST_HANDLER: bool = true;

    fn meta() -> MetaResponses {
        let mut responses = vec![MetaResponse {
            description: "The result.",
            status: Some(StatusCode::OK.as_u16()),
            status_range: None,
            content: vec![media(Value::schema_ref())],
            headers: Vec::new(),
        }];
        responses.extend(problems());
        let refused = StatusCode::UNPROCESSABLE_ENTITY.as_u16();
        for response in responses.iter_mut().filter(|response| response.status == Some(refused)) {
            response.description = "The figures do not allow a result; the code says why.";
            response.content.insert(0, media(CalculatorRefusal::schema_ref()));
        }
        MetaResponses { responses }
    }

    fn register(registry: &mut Registry) {
        Value::register(registry);
        CalculatorRefusal::register(registry);
        problem::ProblemDocument::register(registry);
    }

    fn from_parse_request_error(error: poem::Error) -> Self {
        Self(Err(problem::refusal_of(&error)))
    }
}
