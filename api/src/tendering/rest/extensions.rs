//! Extensions of the deadline: proposed here, confirmed in the bidding stage, whose tender box they reach into.

use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::http::{Created, Json, Page, Reply, Signed};
use crate::kernel::clock::rfc3339;
use crate::tendering::extension::{self, ExtensionInput, ExtensionView, OutageInput};

/// The operations on extensions.
pub struct Operations;

/// An outage of this system.
#[derive(Object)]
struct Outage {
    from: String,
    to: String,
    /// What happened.
    what: String,
}

/// An extension of the deadline.
#[derive(Object)]
pub(crate) struct Extension {
    id: Uuid,
    /// `proposed`, `confirmed`, `lapsed` (nobody confirmed it in time) or `taken_back`.
    state: String,
    /// The power: `s31_1` (PA23 s.31(1), before the deadline) or `s31_2` (s.31(2), after it).
    kind: String,
    /// The deadline it moves.
    from: String,
    /// The deadline it proposes; a bid at exactly this instant is late.
    to: String,
    reason: String,
    /// The outage that it is based on, after the deadline.
    #[oai(skip_serializing_if_is_none)]
    outage: Option<Outage>,
    /// The person and the council.
    proposed_by: String,
    proposed_at: String,
    /// The person and the council.
    #[oai(skip_serializing_if_is_none)]
    confirmed_by: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    confirmed_at: Option<String>,
    /// The version of the pack that it made.
    #[oai(skip_serializing_if_is_none)]
    pack_version: Option<i32>,
    /// That version's SHA-256, in hex.
    #[oai(skip_serializing_if_is_none)]
    pack_hash: Option<String>,
    /// Whether the caller may confirm it now.
    may_confirm: bool,
    /// Why not, while it waits.
    #[oai(skip_serializing_if_is_none)]
    hindrance: Option<String>,
    version: i64,
}

impl From<ExtensionView> for Extension {
    fn from(view: ExtensionView) -> Self {
        let row = view.extension;
        let outage = row.outage_from.zip(row.outage_to).map(|(from, to)| Outage {
            from: rfc3339(from),
            to: rfc3339(to),
            what: row.outage.unwrap_or_default(),
        });
        Self {
            id: row.id,
            state: view.state.to_string(),
            kind: row.kind.0.to_string(),
            from: rfc3339(row.from_deadline),
            to: rfc3339(row.to_deadline),
            reason: row.reason,
            outage,
            proposed_by: view.proposed_by,
            proposed_at: rfc3339(row.proposed_at),
            confirmed_by: view.confirmed_by,
            confirmed_at: row.confirmed_at.map(rfc3339),
            pack_version: view.pack.as_ref().map(|pack| pack.number),
            pack_hash: view.pack.map(|pack| pack.hash),
            may_confirm: view.may_confirm,
            hindrance: view.hindrance,
            version: row.version,
        }
    }
}

/// What is entered about an outage of this system.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct OutageBody {
    /// The day in London on which it began, such as `2027-03-31`.
    from_date: String,
    /// The time in London at which it began, such as `11:40`.
    from_time: String,
    /// The day in London on which it ended.
    to_date: String,
    /// The time in London at which it ended.
    to_time: String,
    /// What happened, as the log has it.
    what: String,
}

/// What is entered to propose a later deadline.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct ExtensionBody {
    /// The new deadline's day in London, such as `2027-03-31`.
    date: String,
    /// Its time in London on the 24-hour clock, such as `12:00`.
    time: String,
    reason: String,
    /// Only once the deadline has passed, and then needed.
    #[oai(skip_serializing_if_is_none)]
    outage: Option<OutageBody>,
}

impl From<ExtensionBody> for ExtensionInput {
    fn from(body: ExtensionBody) -> Self {
        let ExtensionBody { date, time, reason, outage } = body;
        let outage = outage.map(|OutageBody { from_date, from_time, to_date, to_time, what }| OutageInput {
            from_date,
            from_time,
            to_date,
            to_time,
            what,
        });
        Self { date, time, reason, outage }
    }
}

#[OpenApi(tag = "crate::http::tags::Tag::Tendering")]
impl Operations {
    /// List the extensions of the deadline, oldest first.
    #[oai(path = "/procurements/:procurement_id/extensions", method = "get", operation_id = "extension_list")]
    async fn extension_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<Extension>> {
        let path = format!("/api/v1/procurements/{}/extensions", procurement_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            Ok(extension::list(&r, procurement_id.0, &paging).await?.map(Extension::from))
        })
        .await
    }

    /// One extension.
    #[oai(
        path = "/procurements/:procurement_id/extensions/:extension_id",
        method = "get",
        operation_id = "extension_view"
    )]
    async fn extension_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        extension_id: Path<Uuid>,
    ) -> Reply<Extension> {
        call.read(
            move |r| async move { Ok(extension::one(&r, procurement_id.0, extension_id.0).await?.into()) },
        )
        .await
    }

    /// Propose a later deadline. Before the deadline with any reason; after it only where this system itself was down and
    /// nothing is opened. The coordinator only; a second person confirms it.
    #[oai(
        path = "/procurements/:procurement_id/extensions",
        method = "post",
        operation_id = "extension_propose"
    )]
    async fn extension_propose(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<ExtensionBody>,
    ) -> Created<Extension> {
        let input = body.0.into();
        call.create(key.0, move |w| async move {
            Ok(extension::propose(&w, procurement_id.0, input).await?.into())
        })
        .await
    }

    /// Take back an extension that nobody has confirmed yet. The coordinator only. If-Match names its version.
    #[oai(
        path = "/procurements/:procurement_id/extensions/:extension_id/take-back",
        method = "post",
        operation_id = "extension_take_back"
    )]
    async fn extension_take_back(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        extension_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
    ) -> Reply<Extension> {
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            Ok(extension::take_back(&w, procurement_id.0, extension_id.0, seen).await?.into())
        })
        .await
    }
}
