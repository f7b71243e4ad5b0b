//! Invitations: a supplier's way in. An officer invites, or the supplier asks on the public page; either way a single-use
//! link goes to the address, which is verified by its use, and using it makes the durable secret.
//!
//! Who asked by itself, and who has used its link, shows to nobody before the opening: it would tell who bids (TRUST
//! section 3). So officers work on what they entered themselves ([`register`]), and whatever they do about an address gets
//! the same answer whether or not its supplier was there before.

use chrono::{DateTime, TimeDelta, Utc};
use entity::word::LinkPurpose;
use entity::{Word, invitation, one_time_link, supplier};
use rules::stage::Stage;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

mod register;

use super::letters;
use super::tender::{self, Tender};
use crate::kernel::ledger::Record;
use crate::kernel::secrets::{new_secret, sha256_hex};
use crate::kernel::{Action, Faults, Reading, Refusal, Writing, access};
use crate::people::{council::is_ppon, password};

pub use register::{Listed, list, revoke};

/// How long a claim link works.
pub const CLAIM_LIFETIME: TimeDelta = TimeDelta::hours(24);
/// How long a supplier's secret works after the deadline: long enough for the award and the standstill.
const SECRET_AFTER_DEADLINE: TimeDelta = TimeDelta::days(365);
/// The most links an address is sent in a day, so that nobody can fill another's mailbox from the public page.
const LINKS_A_DAY: u64 = 5;

/// What is entered about a supplier.
#[derive(Clone, Debug, Default)]
pub struct InvitationInput {
    /// The supplier's name.
    pub supplier: String,
    /// The address the link goes to.
    pub email: String,
    /// Its public procurement organisation number, if known.
    pub ppon: Option<String>,
    /// Its number at Companies House, if it has one.
    pub companies_house: Option<String>,
}

/// An invitation as its officer sees it. Where no mail server is set up, the first link to a new address is told to the
/// officer, once.
#[derive(Clone, Debug)]
pub struct Invited {
    /// The invitation.
    pub invitation: Listed,
    /// The claim link, where it could not be mailed.
    pub link: Option<String>,
}

/// A claimed invitation.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The durable secret, told once.
    pub secret: String,
    /// When it stops working.
    pub expires_at: DateTime<Utc>,
    /// The supplier.
    pub supplier: String,
    /// The tender's reference.
    pub reference: String,
}

struct Checked {
    name: String,
    email: String,
    ppon: Option<String>,
    companies_house: Option<String>,
}

fn check(input: &InvitationInput) -> Result<Checked, Refusal> {
    let mut faults = Faults::new();
    let name = faults.line("supplier", &input.supplier, 200);
    let email = faults.email("email", &input.email);
    let ppon = faults.optional("ppon", input.ppon.as_deref(), 20).map(|text| text.to_uppercase());
    let form = ppon.as_deref().is_none_or(is_ppon);
    faults.require(form, "ppon", "not_a_ppon", "Enter the PPON as letters and digits: ABCD-1234-EFGH.");
    let house = faults
        .optional("companies_house", input.companies_house.as_deref(), 20)
        .map(|text| text.to_uppercase());
    faults.require(
        house.as_deref().is_none_or(is_companies_house),
        "companies_house",
        "not_a_company_number",
        "Enter the eight characters of the company number, such as 01234567 or SC123456.",
    );
    faults.done()?;
    Ok(Checked { name, email, ppon, companies_house: house })
}

/// Eight digits, or two letters and six digits.
fn is_companies_house(text: &str) -> bool {
    let digits = text.trim_start_matches(|c: char| c.is_ascii_uppercase());
    text.len() == 8
        && matches!(text.len() - digits.len(), 0 | 2)
        && digits.chars().all(|c| c.is_ascii_digit())
}

/// Invites a supplier, or sends an invited one a fresh link. Coordinators may, while bids are taken.
pub async fn invite(w: &Writing, procurement_id: Uuid, input: InvitationInput) -> Result<Invited, Refusal> {
    let scope = access::procurement(w, procurement_id, Action::Bid).await?;
    scope.must_coordinate()?;
    scope.must_stand_at(&[Stage::Published])?;
    let person = w.caller().person()?.id;
    let checked = check(&input)?;
    let tender = tender::of(w, scope.procurement).await?;
    let (row, told) = match by_email(w, procurement_id, &checked.email).await? {
        // A link in an officer's hand would let the officer in as this supplier, to what it may have submitted.
        Some(row) => (refresh(w, row, &checked).await?.0, false),
        None => (add(w, &tender, &checked).await?.0, !w.installation().sends_mail),
    };
    let (invitation, supplier) = register::enter(w, row, person, &checked.name).await?;
    let token = send(w, &tender, &invitation, &supplier, By::Officer).await?;
    let body = json!({ "supplier": supplier.id });
    w.record(Record::new(procurement_id, "bidding.invitation.invite", invitation.id, body));
    let link = told.then(|| letters::claim_link(w, &token));
    Ok(Invited { invitation: Listed::before_opening(&invitation), link })
}

/// Who has a link sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// An officer: no secret among officers.
    Officer,
    /// The supplier itself: shows to nobody else before the opening.
    Supplier,
}

/// Asks for a link on the public tender page, while bids are taken. The answer is the same whether or not the address has
/// an invitation: it must not tell who bids. An address that has one gets a fresh link.
pub async fn request(w: &Writing, reference: &str, input: InvitationInput) -> Result<(), Refusal> {
    let tender = tender::published(w, reference).await?;
    let checked = check(&input)?;
    if !tender.takes_bids() {
        return Err(Refusal::conflict(
            "box_opened",
            "The tender box has been opened. Bids are no longer taken.",
        ));
    }
    let (invitation, supplier) = match by_email(w, tender.procurement.id, &checked.email).await? {
        Some(row) if links_today(w, row.id).await? >= LINKS_A_DAY => return Ok(()),
        Some(row) => refresh(w, row, &checked).await?,
        None => add(w, &tender, &checked).await?,
    };
    send(w, &tender, &invitation, &supplier, By::Supplier).await?;
    let record = Record::new(
        tender.procurement.id,
        "bidding.invitation.request",
        invitation.id,
        json!({ "supplier": supplier.id }),
    );
    w.record(record.sealed());
    Ok(())
}

async fn by_email(r: &Reading, procurement: Uuid, email: &str) -> Result<Option<invitation::Model>, Refusal> {
    Ok(invitation::Entity::find()
        .filter(invitation::Column::ProcurementId.eq(procurement))
        .filter(invitation::Column::Email.eq(email))
        .one(r.txn())
        .await?)
}

async fn links_today(r: &Reading, invitation: Uuid) -> Result<u64, Refusal> {
    Ok(one_time_link::Entity::find()
        .filter(one_time_link::Column::InvitationId.eq(invitation))
        .filter(one_time_link::Column::CreatedAt.gt(r.now() - TimeDelta::days(1)))
        .count(r.txn())
        .await?)
}

/// Each invitation has a supplier row of its own: a name or number that a stranger types must not attach itself to a
/// supplier of another procurement.
async fn add(
    w: &Writing,
    tender: &Tender,
    checked: &Checked,
) -> Result<(invitation::Model, supplier::Model), Refusal> {
    let supplier = supplier::ActiveModel {
        id: Set(Uuid::now_v7()),
        name: Set(checked.name.clone()),
        ppon: Set(checked.ppon.clone()),
        companies_house: Set(checked.companies_house.clone()),
        created_at: Set(w.now()),
        version: Set(1),
    };
    let supplier = supplier::Entity::insert(supplier).exec_with_returning(w.txn()).await?;
    let invitation = invitation::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(tender.procurement.id),
        supplier_id: Set(supplier.id),
        email: Set(checked.email.clone()),
        secret_hash: Set(None),
        claimed_at: Set(None),
        expires_at: Set(tender.deadline + SECRET_AFTER_DEADLINE),
        revoked_at: Set(None),
        invited_by: Set(None),
        invited_as: Set(None),
        created_at: Set(w.now()),
        version: Set(1),
    };
    let invitation = invitation::Entity::insert(invitation).exec_with_returning(w.txn()).await?;
    Ok((invitation, supplier))
}

/// Until the address is verified by its use, the last particulars count: whoever typed the first may not have been the
/// supplier. Afterwards a request changes nothing.
async fn refresh(
    w: &Writing,
    row: invitation::Model,
    checked: &Checked,
) -> Result<(invitation::Model, supplier::Model), Refusal> {
    let supplier = supplier_of(w, row.supplier_id).await?;
    if row.claimed_at.is_none() {
        supplier::Entity::update_many()
            .col_expr(supplier::Column::Name, Expr::value(checked.name.as_str()))
            .col_expr(supplier::Column::Ppon, Expr::value(checked.ppon.clone()))
            .col_expr(supplier::Column::CompaniesHouse, Expr::value(checked.companies_house.clone()))
            .col_expr(supplier::Column::Version, Expr::value(supplier.version + 1))
            .filter(supplier::Column::Id.eq(row.supplier_id))
            .exec(w.txn())
            .await?;
    }
    let supplier = supplier_of(w, row.supplier_id).await?;
    Ok((row, supplier))
}

/// A supplier. Unauthorised.
pub(crate) async fn supplier_of(r: &Reading, id: Uuid) -> Result<supplier::Model, Refusal> {
    supplier::Entity::find_by_id(id).one(r.txn()).await?.ok_or_else(|| Refusal::not_found("supplier"))
}

async fn send(
    w: &Writing,
    tender: &Tender,
    invitation: &invitation::Model,
    supplier: &supplier::Model,
    by: By,
) -> Result<String, Refusal> {
    let token = new_secret()?;
    let row = one_time_link::ActiveModel {
        token_hash: Set(sha256_hex(&token)),
        purpose: Set(Word(LinkPurpose::SupplierClaim)),
        person_id: Set(None),
        email: Set(Some(invitation.email.clone())),
        procurement_id: Set(Some(tender.procurement.id)),
        invitation_id: Set(Some(invitation.id)),
        created_at: Set(w.now()),
        expires_at: Set(w.now() + CLAIM_LIFETIME),
        used_at: Set(None),
    };
    one_time_link::Entity::insert(row).exec_without_returning(w.txn()).await?;
    letters::claim(w, tender, (invitation, supplier), &token, by).await?;
    Ok(token)
}

/// Turns a claim link into the supplier's durable secret. The link is then used up, and an older secret stops working.
pub async fn claim(w: &Writing, token: &str) -> Result<Claimed, Refusal> {
    let link = password::use_link(w, &sha256_hex(token.trim()), &[LinkPurpose::SupplierClaim]).await?;
    let gone = || {
        Refusal::conflict(
            "link_used",
            "This link does not work any more. Ask for a new one on the tender’s page.",
        )
    };
    let id = link.invitation_id.ok_or_else(gone)?;
    let row = invitation::Entity::find_by_id(id).one(w.txn()).await?.ok_or_else(gone)?;
    if row.expires_at <= w.now() {
        return Err(gone());
    }
    let secret = new_secret()?;
    invitation::Entity::update_many()
        .col_expr(invitation::Column::SecretHash, Expr::value(sha256_hex(&secret)))
        .col_expr(invitation::Column::ClaimedAt, Expr::value(row.claimed_at.unwrap_or_else(|| w.now())))
        .filter(invitation::Column::Id.eq(row.id))
        .exec(w.txn())
        .await?;
    let record = Record::new(
        row.procurement_id,
        "bidding.invitation.claim",
        row.id,
        json!({ "replaces_a_secret": row.secret_hash.is_some() }),
    );
    w.record(record.sealed());
    let supplier = supplier_of(w, row.supplier_id).await?;
    let tender = tender::of_id(w, row.procurement_id).await?;
    Ok(Claimed {
        secret,
        expires_at: row.expires_at,
        supplier: supplier.name,
        reference: tender.pack.reference,
    })
}

/// Every bidder whose address is verified, for what all are told; also where its link was taken back, because what it
/// submitted stands and all bid on the same information. Unauthorised.
pub(super) async fn verified(
    r: &Reading,
    procurement_id: Uuid,
) -> Result<Vec<(invitation::Model, supplier::Model)>, Refusal> {
    let rows = invitation::Entity::find()
        .filter(invitation::Column::ProcurementId.eq(procurement_id))
        .filter(invitation::Column::ClaimedAt.is_not_null())
        .order_by_asc(invitation::Column::Id)
        .all(r.txn())
        .await?;
    let suppliers = suppliers_of(r, rows.iter().map(|row| row.supplier_id)).await?;
    rows.into_iter()
        .map(|row| {
            let supplier = named(&suppliers, row.supplier_id)?;
            Ok((row, supplier))
        })
        .collect()
}

/// Suppliers by key. Unauthorised.
pub(crate) async fn suppliers_of(
    r: &Reading,
    ids: impl Iterator<Item = Uuid>,
) -> Result<Vec<supplier::Model>, Refusal> {
    Ok(supplier::Entity::find().filter(supplier::Column::Id.is_in(ids)).all(r.txn()).await?)
}

/// One of the suppliers that were read.
pub(super) fn named(suppliers: &[supplier::Model], id: Uuid) -> Result<supplier::Model, Refusal> {
    suppliers
        .iter()
        .find(|supplier| supplier.id == id)
        .cloned()
        .ok_or_else(|| Refusal::internal(&format!("supplier {id} is gone")))
}
