//! Awards, notices and signatures through the API.

use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::comparisons::CouncilShare;
use crate::deciding::award::{self as awards, Awarded};
use crate::deciding::notice::{self, NoticeInput};
use crate::deciding::signature::{self as signatures, SignatureInput};
use crate::http::{Created, Json, Page, Reply, Signed};
use crate::kernel::clock::rfc3339;

/// The operations on awards.
pub struct Operations;

/// The award of a lot.
#[derive(Object)]
struct Award {
    id: Uuid,
    lot_id: Uuid,
    lot_code: String,
    bid_id: Uuid,
    supplier: String,
    /// The result it rests on.
    result_id: Uuid,
    /// The price in pounds without VAT, over the term.
    price_net: String,
    /// Each council's part; they sum to the price.
    allocation: Vec<CouncilShare>,
    awarded_at: String,
    /// The day on which UK6 was published.
    #[oai(skip_serializing_if_is_none)]
    notice_on: Option<String>,
    /// The standstill, once UK6 is published.
    #[oai(skip_serializing_if_is_none)]
    standstill: Option<Standstill>,
    version: i64,
}

/// The days in which the contract may not be signed.
#[derive(Object)]
struct Standstill {
    first_day: String,
    last_day: String,
    /// The earliest day of signature.
    sign_from: String,
    /// How many working days it has, as the notice announced it.
    working_days: u32,
    /// The law that says so.
    clause: String,
}

impl From<Awarded> for Award {
    fn from(found: Awarded) -> Self {
        let part = |part: awards::Allocated| CouncilShare {
            council_id: part.council_id.to_string(),
            council: part.council,
            net: part.amount.to_string(),
        };
        Self {
            id: found.award.id,
            lot_id: found.lot.id,
            lot_code: found.lot.code,
            bid_id: found.award.bid_id,
            supplier: found.supplier,
            result_id: found.award.result_id,
            price_net: found.price.to_string(),
            allocation: found.allocation.into_iter().map(part).collect(),
            awarded_at: rfc3339(found.award.awarded_at),
            notice_on: found.award.notice_on.map(|day| day.to_string()),
            standstill: found.standstill.zip(found.working_days).map(|(period, working_days)| Standstill {
                working_days,
                first_day: period.first_day.to_string(),
                last_day: period.last_day.to_string(),
                sign_from: period.sign_from.to_string(),
                clause: rules::calendar::STANDSTILL.clause.to_owned(),
            }),
            version: found.award.version,
        }
    }
}

/// What is entered about a published notice.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NoticeBody {
    /// The day on which UK6 was published on the central digital platform.
    published_on: String,
    /// The length of the standstill in working days, where the notice says more than eight. A correction that leaves it
    /// out keeps the length that was recorded.
    #[oai(skip_serializing_if_is_none)]
    working_days: Option<String>,
    /// Why, where a correction shortens the standstill.
    #[oai(skip_serializing_if_is_none)]
    reason: Option<String>,
}

/// A council's signature.
#[derive(Object)]
struct Signature {
    id: Uuid,
    council_id: Uuid,
    signed_on: String,
    recorded_at: String,
}

impl From<entity::signature::Model> for Signature {
    fn from(row: entity::signature::Model) -> Self {
        Self {
            id: row.id,
            council_id: row.council_id,
            signed_on: row.signed_on.to_string(),
            recorded_at: rfc3339(row.recorded_at),
        }
    }
}

/// What is entered about a signature.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct SignatureBody {
    /// The day the contract was signed.
    signed_on: String,
}

#[OpenApi(tag = "crate::http::tags::Tag::Deciding")]
impl Operations {
    /// List a procurement's awards, oldest first.
    #[oai(path = "/procurements/:procurement_id/awards", method = "get", operation_id = "award_list")]
    async fn award_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<Award>> {
        let path = format!("/api/v1/procurements/{}/awards", procurement_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            Ok(awards::list(&r, procurement_id.0, &paging).await?.map(Award::from))
        })
        .await
    }

    /// The award of a lot.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/award",
        method = "get",
        operation_id = "award_view"
    )]
    async fn award_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
    ) -> Reply<Award> {
        call.read(move |r| async move { Ok(awards::view(&r, procurement_id.0, lot_id.0).await?.into()) })
            .await
    }

    /// Award a lot: all signatories have decided to. Letters to every council and bidder are queued with it.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/award",
        method = "post",
        operation_id = "award_make"
    )]
    async fn award_make(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
    ) -> Created<Award> {
        call.create(key.0, move |w| async move {
            awards::award(&w, procurement_id.0, lot_id.0).await?;
            Ok(awards::view(&w, procurement_id.0, lot_id.0).await?.into())
        })
        .await
    }

    /// Record the day on which the contract award notice (UK6) was published. It starts the standstill (s.51).
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/award/notice",
        method = "put",
        operation_id = "notice_record"
    )]
    async fn notice_record(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<NoticeBody>,
    ) -> Reply<Award> {
        let NoticeBody { published_on, working_days, reason } = body.0;
        let input = NoticeInput { published_on, working_days, reason };
        call.change(if_match.0, move |w, seen| async move {
            notice::record(&w, procurement_id.0, lot_id.0, seen, input).await?;
            Ok(awards::view(&w, procurement_id.0, lot_id.0).await?.into())
        })
        .await
    }

    /// List the signatures of a lot's contract, oldest first.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/award/signatures",
        method = "get",
        operation_id = "signature_list"
    )]
    async fn signature_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<Signature>> {
        let path = format!("/api/v1/procurements/{}/lots/{}/award/signatures", procurement_id.0, lot_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            Ok(signatures::list(&r, procurement_id.0, lot_id.0, &paging).await?.map(Signature::from))
        })
        .await
    }

    /// Record that the caller's council has signed, after the standstill.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/award/signatures",
        method = "post",
        operation_id = "signature_record"
    )]
    async fn signature_record(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<SignatureBody>,
    ) -> Created<Signature> {
        let input = SignatureInput { signed_on: body.0.signed_on };
        call.create(key.0, move |w| async move {
            Ok(signatures::record(&w, procurement_id.0, lot_id.0, input).await?.into())
        })
        .await
    }
}
