//! The deadline through the API.

use poem_openapi::param::{Header, Path};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::http::{Json, Reply, Signed};
use crate::kernel::clock::{london_text, rfc3339};
use crate::tendering::deadline as deadlines;
use crate::tendering::deadline::{Deadline, DeadlineInput};

/// The operations on the deadline.
pub struct Operations;

/// When bids are late, and what the law says about the tender period.
#[derive(Object)]
struct BidDeadline {
    /// The instant; a bid at exactly this instant is late.
    #[oai(skip_serializing_if_is_none)]
    deadline: Option<String>,
    /// The same as a clock in London shows it.
    #[oai(skip_serializing_if_is_none)]
    london: Option<String>,
    /// The earliest day that may be the last one for tenders, if the notice is published today.
    #[oai(skip_serializing_if_is_none)]
    earliest: Option<String>,
    /// The clause that says so.
    clause: String,
    /// What to consider, where the deadline is sooner than that. It does not block.
    #[oai(skip_serializing_if_is_none)]
    warning: Option<String>,
    /// The procurement's version.
    version: i64,
}

impl From<Deadline> for BidDeadline {
    fn from(deadline: Deadline) -> Self {
        Self {
            deadline: deadline.at.map(rfc3339),
            london: deadline.at.map(london_text),
            earliest: deadline.earliest.map(|day| day.to_string()),
            clause: deadline.clause.to_owned(),
            warning: deadline.warning,
            version: deadline.version,
        }
    }
}

/// What is entered about the deadline.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct BidDeadlineBody {
    /// The day in London, such as `2027-03-31`.
    date: String,
    /// The time in London on the 24-hour clock, such as `12:00`.
    time: String,
}

#[OpenApi(tag = "crate::http::tags::Tag::Tendering")]
impl Operations {
    /// The deadline for bids.
    #[oai(path = "/procurements/:procurement_id/deadline", method = "get", operation_id = "deadline_view")]
    async fn deadline_view(&self, Signed(call): Signed, procurement_id: Path<Uuid>) -> Reply<BidDeadline> {
        call.read(move |r| async move { Ok(deadlines::view(&r, procurement_id.0).await?.into()) }).await
    }

    /// Set the deadline for bids. If-Match names the procurement's version. The coordinator only, before publication.
    #[oai(path = "/procurements/:procurement_id/deadline", method = "put", operation_id = "deadline_set")]
    async fn deadline_set(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<BidDeadlineBody>,
    ) -> Reply<BidDeadline> {
        let BidDeadlineBody { date, time } = body.0;
        let input = DeadlineInput { date, time };
        call.change(if_match.0, move |w, seen| async move {
            Ok(deadlines::set(&w, procurement_id.0, seen, input).await?.into())
        })
        .await
    }
}
