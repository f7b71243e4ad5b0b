//! The opening of the tender box.

use poem_openapi::param::{Header, Path};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::bidding::opening::{self, OpeningState};
use crate::http::tags::Tag;
use crate::http::{Created, Reply, Signed};
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

impl From<OpeningState> for Opening {
    fn from(state: OpeningState) -> Self {
        let openers = state.openers.into_iter().map(|opener| BoxOpener {
            person_id: opener.person_id,
            name: opener.name,
            council: opener.council,
            consented_at: opener.consented_at.map(rfc3339),
        });
        Self {
            deadline: rfc3339(state.deadline),
            deadline_passed: state.passed,
            opened_at: state.opened_at.map(rfc3339),
            people_needed: u32::try_from(state.people_needed).unwrap_or(u32::MAX),
            councils_needed: state.councils_needed,
            openers: openers.collect(),
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

    /// Consent to the opening, after the deadline. The last consent that is needed opens the tender box. Openers only.
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
    ) -> Created<Opening> {
        call.create(key.0, move |w| async move { Ok(opening::consent(&w, procurement_id.0).await?.into()) })
            .await
    }
}
