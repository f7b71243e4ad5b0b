//! Invitations: a supplier's way in. An officer invites, or the supplier asks on the public page ([`limits`] says how often);
//! either way a single-use link goes to the address ([`link`]), which is verified by its use, and using it makes the durable
//! secret. From then on the address is the first of a team ([`team`]): colleagues are added by those who are in it, each with
//! a link and a secret of its own. Whatever is told to a bidder goes to all of them ([`address`]).
//!
//! Who asked by itself, and who has used its link, shows to nobody before the opening: it would tell who bids (TRUST
//! section 3). So officers work on what they entered themselves ([`register`]), and whatever they do about an address gets
//! the same answer whether or not its supplier was there before.

use chrono::TimeDelta;
use entity::{invitation, invitation_member, supplier};
use rules::stage::Stage;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

mod address;
mod letters;
mod limits;
mod link;
mod member;
mod register;
pub mod team;

use super::letters::{self as letters_of_stage, claim_link};
use super::tender::{self, Tender};
use crate::kernel::ledger::Record;
use crate::kernel::limit::Source;
use crate::kernel::{Action, Faults, Reading, Refusal, Writing, access};
use crate::people::council::is_ppon;

pub(crate) use address::{Addressee, addressees, addresses_of, every_bidder, holders_of};
pub use link::{CLAIM_LIFETIME, Claimed, claim};
pub use register::{Listed, list, revoke};

/// How long a supplier's secret works after the deadline: long enough for the award and the standstill.
const SECRET_AFTER_DEADLINE: TimeDelta = TimeDelta::days(365);
/// What everybody is told who asks for a link, also where the address was sent so many that none is sent now.
pub const REQUESTED: &str = "A link is on its way to this address. It works once, within 24 hours. An address is sent at most five links an hour and ten a day: take the newest.";

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
        Some(row) => (row, false),
        None => (add(w, &tender, &checked).await?.0, !w.installation().sends_mail),
    };
    refresh(w, &row, &checked).await?;
    let (invitation, supplier) = register::enter(w, row, person, &checked.name).await?;
    let first = member::at(w, invitation.id, &invitation.email).await?;
    let link = if let Some(first) = first.filter(|first| first.removed_at.is_none()) {
        let token = send(w, &tender, (&invitation, &supplier), &first, By::Officer).await?;
        told.then(|| claim_link(w, &token))
    } else {
        // Who is in a team is the team's affair, and that there is one is a secret: the officer sees no difference.
        send_none(w, &tender, (&invitation, &supplier), By::Officer).await?;
        None
    };
    let body = json!({ "supplier": supplier.id });
    w.record(Record::new(procurement_id, "bidding.invitation.invite", invitation.id, body));
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
/// an invitation, and whether it is sent a link: it must not tell who bids. An address that has an invitation, or is a
/// bidder's verified colleague, gets a fresh link to that bid.
pub async fn request(
    w: &Writing,
    reference: &str,
    input: InvitationInput,
    source: &Source,
) -> Result<(), Refusal> {
    let tender = tender::published(w, reference).await?;
    let checked = check(&input)?;
    if !tender.takes_bids() {
        return Err(Refusal::conflict(
            "box_opened",
            "The tender box has been opened. Bids are no longer taken.",
        ));
    }
    if !limits::ask(w, tender.procurement.id, source, &checked.email).await? {
        return Ok(());
    }
    let (row, member) =
        if let Some(found) = member::place_of(w, tender.procurement.id, &checked.email).await? {
            found
        } else {
            let (row, first) = add(w, &tender, &checked).await?;
            (row, Some(first))
        };
    refresh(w, &row, &checked).await?;
    let supplier = supplier_of(w, row.supplier_id).await?;
    match member {
        Some(member) => {
            send(w, &tender, (&row, &supplier), &member, By::Supplier).await?;
        }
        None => send_none(w, &tender, (&row, &supplier), By::Supplier).await?,
    }
    let body = json!({ "supplier": supplier.id });
    w.record(Record::new(row.procurement_id, "bidding.invitation.request", row.id, body).sealed());
    Ok(())
}

async fn by_email(r: &Reading, procurement: Uuid, email: &str) -> Result<Option<invitation::Model>, Refusal> {
    Ok(invitation::Entity::find()
        .filter(invitation::Column::ProcurementId.eq(procurement))
        .filter(invitation::Column::Email.eq(email))
        .one(r.txn())
        .await?)
}

/// Each invitation has a supplier row of its own: a name or number that a stranger types must not attach itself to a
/// supplier of another procurement.
async fn add(
    w: &Writing,
    tender: &Tender,
    checked: &Checked,
) -> Result<(invitation::Model, invitation_member::Model), Refusal> {
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
    let first = member::add_first(w, &invitation).await?;
    Ok((invitation, first))
}

/// Until the address is verified by its use, the last particulars count: whoever typed the first may not have been the
/// supplier. Afterwards a request changes nothing.
async fn refresh(w: &Writing, row: &invitation::Model, checked: &Checked) -> Result<(), Refusal> {
    if row.claimed_at.is_some() {
        return Ok(());
    }
    let version = supplier_of(w, row.supplier_id).await?.version;
    supplier::Entity::update_many()
        .col_expr(supplier::Column::Name, Expr::value(checked.name.as_str()))
        .col_expr(supplier::Column::Ppon, Expr::value(checked.ppon.clone()))
        .col_expr(supplier::Column::CompaniesHouse, Expr::value(checked.companies_house.clone()))
        .col_expr(supplier::Column::Version, Expr::value(version + 1))
        .filter(supplier::Column::Id.eq(row.supplier_id))
        .exec(w.txn())
        .await?;
    Ok(())
}

/// A supplier. Unauthorised.
pub(crate) async fn supplier_of(r: &Reading, id: Uuid) -> Result<supplier::Model, Refusal> {
    supplier::Entity::find_by_id(id).one(r.txn()).await?.ok_or_else(|| Refusal::not_found("supplier"))
}

/// Sends a member of a bidder's team a link of its own.
async fn send(
    w: &Writing,
    tender: &Tender,
    (invitation, supplier): (&invitation::Model, &supplier::Model),
    member: &invitation_member::Model,
    by: By,
) -> Result<String, Refusal> {
    let token = link::make(w, invitation, member).await?;
    let recipient = address::recipient(invitation, &member.email);
    letters_of_stage::claim(w, tender, (recipient, supplier), &token, by).await?;
    Ok(token)
}

/// Tells an address that its bidder's team has removed why it gets no link.
async fn send_none(
    w: &Writing,
    tender: &Tender,
    (invitation, supplier): (&invitation::Model, &supplier::Model),
    by: By,
) -> Result<(), Refusal> {
    letters::no_link(w, &letters::Team { tender, invitation, supplier }, by).await
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
