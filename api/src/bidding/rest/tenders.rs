//! The public tender, and a supplier's way in: no secret is needed here.

use poem_openapi::param::{Header, Path, Query};
use poem_openapi::types::Any;
use poem_openapi::{Object, OpenApi};
use rules::pack::Pack;

use crate::bidding::invitation::{self, InvitationInput};
use crate::bidding::tender::{self, Contact, Tender};
use crate::http::reply::{Download, FileReply};
use crate::http::tags::Tag;
use crate::http::{Created, Json, Page, Reply, Stranger};
use crate::kernel::clock::rfc3339;
use crate::kernel::limit::Source;
use crate::kernel::{Reading, Refusal};
use crate::tendering::pack::{self, PackVersion};

/// Tenders and claims.
pub struct Operations;

/// A version of the tender pack.
#[derive(Object)]
pub(super) struct TenderVersion {
    /// 1 for the first publication.
    version: i32,
    published_at: String,
    /// SHA-256 of that version's canonical JSON (RFC 8785).
    hash: String,
    /// From exactly this instant on a bid was late under it (UTC).
    deadline: String,
    /// What it changed: nothing for the first publication, else `deadline`.
    #[oai(skip_serializing_if_is_none)]
    changed: Option<String>,
    /// The power by which it was changed: `s31_1` or `s31_2` (PA23 s.31).
    #[oai(skip_serializing_if_is_none)]
    kind: Option<String>,
    /// Why it was changed.
    #[oai(skip_serializing_if_is_none)]
    reason: Option<String>,
}

impl From<PackVersion> for TenderVersion {
    fn from(version: PackVersion) -> Self {
        let extension = version.extension;
        Self {
            version: version.row.number,
            published_at: rfc3339(version.row.published_at),
            hash: version.row.hash,
            deadline: rfc3339(version.deadline),
            changed: extension.as_ref().map(|_| "deadline".to_owned()),
            kind: extension.as_ref().map(|row| row.kind.0.to_string()),
            reason: extension.map(|row| row.reason),
        }
    }
}

/// A published tender.
#[derive(Object)]
pub(super) struct PublicTender {
    reference: String,
    title: String,
    /// From exactly this instant on a bid is late (UTC).
    deadline: String,
    /// Whether bids are still taken; from the deadline on they are late.
    takes_bids: bool,
    published_at: String,
    /// 1 for the first publication.
    pack_version: i32,
    /// SHA-256 of the pack's canonical JSON (RFC 8785).
    pack_hash: String,
    /// Every version of the pack, the first publication first, with what it changed.
    versions: Vec<TenderVersion>,
    /// The councils and how they are reached, the lead first.
    councils: Vec<TenderCouncil>,
    /// The tender pack: councils, lots, criteria, weights, scales, method, price schedule, requirements, documents.
    pack: Any<Pack>,
}

/// A council of a tender and how it is reached.
#[derive(Object)]
struct TenderCouncil {
    name: String,
    /// `lead`, `core` or `named_option`.
    part: String,
    email: String,
    /// Its public procurement organisation number.
    #[oai(skip_serializing_if_is_none)]
    ppon: Option<String>,
}

impl From<Contact> for TenderCouncil {
    fn from(contact: Contact) -> Self {
        Self {
            name: contact.name,
            part: contact.part.as_str().to_owned(),
            email: contact.email,
            ppon: contact.ppon,
        }
    }
}

impl PublicTender {
    /// What anybody may know of a published tender.
    pub(super) async fn read(r: &Reading, tender: Tender) -> Result<Self, Refusal> {
        let councils = tender::contacts(r, &tender).await?;
        let versions = pack::versions(r, tender.procurement.id).await?;
        Ok(Self {
            versions: versions.into_iter().map(TenderVersion::from).collect(),
            takes_bids: tender.takes_bids(),
            reference: tender.pack.reference.clone(),
            title: tender.pack.title.clone(),
            deadline: rfc3339(tender.deadline),
            published_at: rfc3339(tender.row.published_at),
            pack_version: tender.row.number,
            pack_hash: tender.row.hash,
            councils: councils.into_iter().map(TenderCouncil::from).collect(),
            pack: Any(tender.pack),
        })
    }
}

/// A tender in a list.
#[derive(Object)]
struct TenderSummary {
    reference: String,
    title: String,
    /// From exactly this instant on a bid is late (UTC).
    #[oai(skip_serializing_if_is_none)]
    deadline: Option<String>,
}

/// What a supplier says to get a link.
#[derive(Object)]
#[oai(deny_unknown_fields)]
pub(super) struct InvitationBody {
    /// The supplier's name.
    supplier: String,
    /// The address the link goes to.
    email: String,
    /// Its public procurement organisation number, if known.
    #[oai(skip_serializing_if_is_none)]
    ppon: Option<String>,
    /// Its number at Companies House, if it has one.
    #[oai(skip_serializing_if_is_none)]
    companies_house: Option<String>,
}

impl From<InvitationBody> for InvitationInput {
    fn from(body: InvitationBody) -> Self {
        Self {
            supplier: body.supplier,
            email: body.email,
            ppon: body.ppon,
            companies_house: body.companies_house,
        }
    }
}

/// The answer to a request for a link: the same whoever asks.
#[derive(Object)]
struct InvitationRequested {
    message: String,
}

/// A claim link's token.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct ClaimBody {
    /// What follows `token=` in the link.
    token: String,
}

/// A supplier's durable secret.
#[derive(Object)]
struct ClaimedInvitation {
    /// The secret to send as bearer. It is told once.
    #[oai(skip_serializing_if_is_none)]
    secret: Option<String>,
    /// When it stops working.
    expires_at: String,
    /// The supplier it is for.
    supplier: String,
    /// The tender it is for.
    reference: String,
}

#[OpenApi(tag = "Tag::Bidding")]
impl Operations {
    /// List the tenders that take bids, by reference. No secret is needed.
    #[oai(path = "/tenders", method = "get", operation_id = "tender_list")]
    async fn tender_list(
        &self,
        Stranger(call): Stranger,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<TenderSummary>> {
        call.list("/api/v1/tenders".to_owned(), after.0, limit.0, |r, paging| async move {
            Ok(tender::list(&r, &paging).await?.map(|row| TenderSummary {
                reference: row.reference,
                title: row.title,
                deadline: row.deadline_at.map(rfc3339),
            }))
        })
        .await
    }

    /// A published tender. No secret is needed.
    #[oai(path = "/tenders/:reference", method = "get", operation_id = "tender_view")]
    async fn tender_view(&self, Stranger(call): Stranger, reference: Path<String>) -> Reply<PublicTender> {
        call.read(move |r| async move {
            let tender = tender::published(&r, &reference.0).await?;
            PublicTender::read(&r, tender).await
        })
        .await
    }

    /// Download the published pack as canonical JSON: the bytes that the hash is of. No secret is needed.
    #[oai(path = "/tenders/:reference/pack.json", method = "get", operation_id = "tender_pack_download")]
    async fn tender_pack_download(&self, Stranger(call): Stranger, reference: Path<String>) -> FileReply {
        let file = call
            .db
            .read(&call.caller, move |r| async move { tender::pack_json(&r, &reference.0).await })
            .await;
        file.map(Download::from).into()
    }

    /// A tender document, by its SHA-256 as the pack names it. No secret is needed.
    #[oai(
        path = "/tenders/:reference/documents/:sha256",
        method = "get",
        operation_id = "tender_document_download"
    )]
    async fn tender_document_download(
        &self,
        Stranger(call): Stranger,
        reference: Path<String>,
        sha256: Path<String>,
    ) -> FileReply {
        let file = call
            .db
            .read(&call.caller, move |r| async move { tender::document(&r, &reference.0, &sha256.0).await })
            .await;
        file.map(Download::from).into()
    }

    /// Ask for a link to bid. It goes to the address by mail; the answer is the same whether or not the address has one
    /// already, and whether it is sent one: an address is sent five in an hour. Too many requests from one source are refused
    /// with 429. No secret is needed.
    #[oai(
        path = "/tenders/:reference/invitations",
        method = "post",
        operation_id = "tender_invitation_request"
    )]
    async fn tender_invitation_request(
        &self,
        Stranger(call): Stranger,
        source: Source,
        reference: Path<String>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<InvitationBody>,
    ) -> Created<InvitationRequested> {
        let input = body.0.into();
        call.create(key.0, move |w| async move {
            invitation::request(&w, &reference.0, input, &source).await?;
            Ok(InvitationRequested { message: invitation::REQUESTED.to_owned() })
        })
        .await
    }

    /// Turn the single-use link of a mail into a durable secret. An older secret of the same address stops working; those of
    /// its colleagues work on.
    #[oai(path = "/supplier/claims", method = "post", operation_id = "supplier_claim")]
    async fn supplier_claim(
        &self,
        Stranger(call): Stranger,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<ClaimBody>,
    ) -> Created<ClaimedInvitation> {
        let token = body.0.token;
        call.create(key.0, move |w| async move {
            let claimed = invitation::claim(&w, &token).await?;
            Ok(ClaimedInvitation {
                secret: Some(claimed.secret),
                expires_at: rfc3339(claimed.expires_at),
                supplier: claimed.supplier,
                reference: claimed.reference,
            })
        })
        .await
    }
}
