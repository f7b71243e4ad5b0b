//! Invitations: a supplier's way in. An officer invites, or the supplier asks on the public page; either way a single-use
//! link goes to the address, which is verified by its use, and using it makes the durable secret.

use chrono::{DateTime, TimeDelta, Utc};
use entity::word::LinkPurpose;
use entity::{Word, invitation, one_time_link, supplier};
use rules::stage::Stage;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;
use uuid::Uuid;

use super::letters;
use super::tender::{self, Tender};
use crate::kernel::ledger::Record;
use crate::kernel::secrets::{new_secret, sha256_hex};
use crate::kernel::{Action, Faults, Paging, Reading, Refusal, Slice, Writing, access};
use crate::people::{council::is_ppon, password};

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

/// An invitation with its supplier. Where no mail server is set up, the one-time link is told to the officer, once.
#[derive(Clone, Debug)]
pub struct Invited {
    /// The invitation.
    pub invitation: invitation::Model,
    /// The supplier.
    pub supplier: supplier::Model,
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
    let name = faults.text("supplier", &input.supplier, 200);
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
    let known = by_email(w, procurement_id, &checked.email).await?;
    if known.as_ref().is_some_and(|row| row.revoked_at.is_some()) {
        return Err(Refusal::field(
            "email",
            "revoked",
            "The invitation of this address was taken back. Use another address of the supplier.",
        ));
    }
    let (invitation, supplier) = match known {
        Some(row) => refresh(w, row, &checked).await?,
        None => add(w, &tender, &checked, Some(person)).await?,
    };
    let token = send(w, &tender, &invitation, &supplier).await?;
    let body = json!({ "supplier": supplier.id });
    w.record(Record::new(procurement_id, "bidding.invitation.invite", invitation.id, body));
    let link = (!w.installation().sends_mail).then(|| letters::claim_link(w, &token));
    Ok(Invited { invitation, supplier, link })
}

/// Asks for a link on the public tender page. The answer is the same whether or not the address has an invitation: it
/// must not tell who bids. An address that has one gets a fresh link.
pub async fn request(w: &Writing, reference: &str, input: InvitationInput) -> Result<(), Refusal> {
    let tender = tender::published(w, reference).await?;
    let checked = check(&input)?;
    let (invitation, supplier) = match by_email(w, tender.procurement.id, &checked.email).await? {
        Some(row) if row.revoked_at.is_some() => return Ok(()),
        Some(row) if links_today(w, row.id).await? >= LINKS_A_DAY => return Ok(()),
        Some(row) => refresh(w, row, &checked).await?,
        None if tender.takes_bids() => add(w, &tender, &checked, None).await?,
        None => return Ok(()),
    };
    send(w, &tender, &invitation, &supplier).await?;
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
    invited_by: Option<Uuid>,
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
        invited_by: Set(invited_by),
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
    letters::claim(w, tender, invitation, supplier, &token).await?;
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
    if row.revoked_at.is_some() || row.expires_at <= w.now() {
        return Err(gone());
    }
    let secret = new_secret()?;
    invitation::Entity::update_many()
        .col_expr(invitation::Column::SecretHash, Expr::value(sha256_hex(&secret)))
        .col_expr(invitation::Column::ClaimedAt, Expr::value(row.claimed_at.unwrap_or_else(|| w.now())))
        .col_expr(invitation::Column::Version, Expr::value(row.version + 1))
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

/// Who was invited or asked for a link, oldest first. Coordinators may see it. It never says who submitted.
pub async fn list(
    r: &Reading,
    procurement_id: Uuid,
    paging: &Paging,
) -> Result<Slice<(invitation::Model, supplier::Model)>, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    scope.must_coordinate()?;
    let mut query = invitation::Entity::find().filter(invitation::Column::ProcurementId.eq(procurement_id));
    if let Some(after) = paging.after_key::<Uuid>()? {
        query = query.filter(invitation::Column::Id.gt(after));
    }
    let rows = query.order_by_asc(invitation::Column::Id).limit(paging.limit + 1).all(r.txn()).await?;
    let slice = paging.cut(rows, |row| row.id.to_string());
    let suppliers = suppliers_of(r, slice.items.iter().map(|row| row.supplier_id)).await?;
    let mut items = Vec::with_capacity(slice.items.len());
    for row in slice.items {
        let supplier = named(&suppliers, row.supplier_id)?;
        items.push((row, supplier));
    }
    Ok(Slice { items, next: slice.next })
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

/// Takes an invitation back: its secret and its links stop working at once, and what it submitted will not be opened.
/// Coordinators may, with a reason, until the tender box is opened.
pub async fn revoke(
    w: &Writing,
    procurement_id: Uuid,
    id: Uuid,
    seen: i64,
    reason: &str,
) -> Result<(invitation::Model, supplier::Model), Refusal> {
    let scope = access::procurement_locked(w, procurement_id, Action::Bid).await?;
    scope.must_coordinate()?;
    scope.must_stand_at(&[Stage::Published])?;
    let row = one(w, procurement_id, id).await?;
    let mut faults = Faults::new();
    let reason = faults.text("reason", reason, 2000);
    faults.done()?;
    if row.revoked_at.is_some() {
        return Err(Refusal::conflict("revoked", "This invitation was taken back before."));
    }
    let changed = invitation::Entity::update_many()
        .col_expr(invitation::Column::RevokedAt, Expr::value(w.now()))
        .col_expr(invitation::Column::Version, Expr::value(seen + 1))
        .filter(invitation::Column::Id.eq(id))
        .filter(invitation::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if changed.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    let record = Record::new(procurement_id, "bidding.invitation.revoke", id, json!({}));
    w.record(record.because(reason));
    let row = one(w, procurement_id, id).await?;
    let supplier = supplier_of(w, row.supplier_id).await?;
    Ok((row, supplier))
}

async fn one(r: &Reading, procurement_id: Uuid, id: Uuid) -> Result<invitation::Model, Refusal> {
    invitation::Entity::find_by_id(id)
        .filter(invitation::Column::ProcurementId.eq(procurement_id))
        .one(r.txn())
        .await?
        .ok_or_else(|| Refusal::not_found("invitation"))
}
