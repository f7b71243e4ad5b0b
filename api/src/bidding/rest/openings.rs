//! The opening of the tender box.

use poem_openapi::param::{Header, Path};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::late::LateBid;
use crate::bidding::opening::{self, ConsentInput, Opener, OpeningRecord, OpeningState};
use crate::http::tags::Tag;
use crate::http::{Created, MaybeJson, Reply, Signed};
use crate::kernel::clock::rfc3339;

/// The opening.
pub struct Operations;

/// Somebody who may open the tender box.
#[derive(Object)]
struct BoxOpener {
    person_id: Uuid,
    name: String,
    #[oai(skip_serializing_if_is_none)]
    council: Option<String>,
    /// When the person consented, where that still counts: 24 hours.
    #[oai(skip_serializing_if_is_none)]
    consented_at: Option<String>,
}

/// How far the opening has come.
#[derive(Object)]
struct Opening {
    deadline: String,
    /// Whether the deadline has passed, so that the box may be opened.
    deadline_passed: bool,
    #[oai(skip_serializing_if_is_none)]
    opened_at: Option<String>,
    /// How many different people must consent within 24 hours.
    people_needed: u32,
    /// From how many different councils.
    councils_needed: u32,
    openers: Vec<BoxOpener>,
    /// Whether the caller may consent now.
    may_consent: bool,
    /// Why not, for an opener.
    #[oai(skip_serializing_if_is_none)]
    hindrance: Option<String>,
}

impl From<Opener> for BoxOpener {
    fn from(opener: Opener) -> Self {
        Self {
            person_id: opener.person_id,
            name: opener.name,
            council: opener.council,
            consented_at: opener.consented_at.map(rfc3339),
        }
    }
}

/// What an opener may add to its consent.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct OpeningConsentBody {
    /// People who are present beside the openers: only with the consent that opens the box.
    #[oai(default)]
    witnesses: Vec<String>,
}

/// The record of the opening.
#[derive(Object)]
struct BoxRecord {
    reference: String,
    title: String,
    deadline: String,
    opened_at: String,
    /// Who opened the box, in the order of their consents.
    openers: Vec<BoxOpener>,
    /// Who else was present, in the words of the last opener.
    witnesses: Vec<String>,
    /// How many bids were opened.
    bids: u64,
    /// The late submissions and what was decided of each.
    late: Vec<LateBid>,
}

impl From<OpeningRecord> for BoxRecord {
    fn from(record: OpeningRecord) -> Self {
        Self {
            reference: record.procurement.reference,
            title: record.procurement.title,
            deadline: rfc3339(record.deadline),
            opened_at: rfc3339(record.opened_at),
            openers: record.openers.into_iter().map(BoxOpener::from).collect(),
            witnesses: record.witnesses,
            bids: record.bids,
            late: record.late.into_iter().map(LateBid::from).collect(),
        }
    }
}

impl From<OpeningState> for Opening {
    fn from(state: OpeningState) -> Self {
        Self {
            deadline: rfc3339(state.deadline),
            deadline_passed: state.passed,
            opened_at: state.opened_at.map(rfc3339),
            people_needed: u32::try_from(state.people_needed).unwrap_or(u32::MAX),
            councils_needed: state.councils_needed,
            openers: state.openers.into_iter().map(BoxOpener::from).collect(),
            may_consent: state.may_consent,
            hindrance: state.hindrance,
        }
    }
}

#[OpenApi(tag = "Tag::Bidding")]
impl Operations {
    /// How far the opening has come. It says nothing about bids.
    #[oai(path = "/procurements/:procurement_id/opening", method = "get", operation_id = "opening_view")]
    async fn opening_view(&self, Signed(call): Signed, procurement_id: Path<Uuid>) -> Reply<Opening> {
        call.read(move |r| async move { Ok(opening::state(&r, procurement_id.0).await?.into()) }).await
    }

    /// The record of the opening: openers, witnesses, bids and what was decided of late submissions. Nothing before it.
    #[oai(
        path = "/procurements/:procurement_id/opening/record",
        method = "get",
        operation_id = "opening_record"
    )]
    async fn opening_record(&self, Signed(call): Signed, procurement_id: Path<Uuid>) -> Reply<BoxRecord> {
        call.read(move |r| async move { Ok(opening::record(&r, procurement_id.0).await?.into()) }).await
    }

    /// Consent to the opening, after the deadline and once every late submission is decided. The last consent that is
    /// needed opens the tender box, and may name witnesses. Openers only.
    #[oai(
        path = "/procurements/:procurement_id/opening/consents",
        method = "post",
        operation_id = "opening_consent"
    )]
    async fn opening_consent(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: MaybeJson<OpeningConsentBody>,
    ) -> Created<Opening> {
        let input = ConsentInput { witnesses: body.0.map(|body| body.witnesses).unwrap_or_default() };
        call.create(
            key.0,
            move |w| async move { Ok(opening::consent(&w, procurement_id.0, input).await?.into()) },
        )
        .await
    }
}
