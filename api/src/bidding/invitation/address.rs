//! At which addresses a bidder is told: the one look-up for every letter to bidders, of this stage and of later ones.
//! Unauthorised: whoever asks has been let in by its own operation.

use std::collections::BTreeMap;

use entity::{invitation, invitation_member, supplier};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::member;
use super::{named, suppliers_of};
use crate::kernel::outbox::Recipient;
use crate::kernel::{Reading, Refusal};

/// A bidder and the addresses at which it is told.
#[derive(Clone, Debug)]
pub(crate) struct Addressee {
    /// Its invitation.
    pub(crate) invitation: invitation::Model,
    /// Who it is.
    pub(crate) supplier: supplier::Model,
    /// Every verified address of its team, the one it was invited by first. There is always one.
    pub(crate) addresses: Vec<Recipient>,
}

/// A member as a letter's recipient.
pub(super) fn recipient(invitation: &invitation::Model, email: &str) -> Recipient {
    Recipient { email: email.to_owned(), supplier_id: Some(invitation.supplier_id), ..Recipient::default() }
}

/// The addresses at which a bidder is told: those of its team that are verified. Where none is, which only an invitation
/// is that nobody has used, the address it was made for.
pub(crate) async fn addresses_of(
    r: &Reading,
    invitation: &invitation::Model,
) -> Result<Vec<Recipient>, Refusal> {
    Ok(addresses(invitation, &member::present(r, invitation.id).await?))
}

/// The same without those whose secret was taken away and not made anew: for what is told to this bidder alone while its
/// link may be in wrong hands.
pub(crate) async fn holders_of(
    r: &Reading,
    invitation: &invitation::Model,
) -> Result<Vec<Recipient>, Refusal> {
    let members = member::present(r, invitation.id).await?.into_iter();
    let holders = members.filter(|member| member.secret_hash.is_some());
    Ok(holders.map(|member| recipient(invitation, &member.email)).collect())
}

fn addresses(invitation: &invitation::Model, members: &[invitation_member::Model]) -> Vec<Recipient> {
    let verified = members.iter().filter(|member| member.claimed_at.is_some());
    let mut emails: Vec<&str> = verified.map(|member| member.email.as_str()).collect();
    emails.sort_by_key(|email| *email != invitation.email);
    if emails.is_empty() {
        emails.push(&invitation.email);
    }
    emails.into_iter().map(|email| recipient(invitation, email)).collect()
}

/// Everybody who was invited to a procurement or asked for a link, by invitation, with the addresses to write to.
pub(crate) async fn addressees(r: &Reading, procurement: Uuid) -> Result<BTreeMap<Uuid, Addressee>, Refusal> {
    let invitations = invitation::Entity::find()
        .filter(invitation::Column::ProcurementId.eq(procurement))
        .all(r.txn())
        .await?;
    let suppliers = suppliers_of(r, invitations.iter().map(|row| row.supplier_id)).await?;
    let members = invitation_member::Entity::find()
        .filter(invitation_member::Column::InvitationId.is_in(invitations.iter().map(|row| row.id)))
        .filter(invitation_member::Column::RemovedAt.is_null())
        .order_by_asc(invitation_member::Column::Id)
        .all(r.txn())
        .await?;
    let mut teams: BTreeMap<Uuid, Vec<invitation_member::Model>> = BTreeMap::new();
    for row in members {
        teams.entry(row.invitation_id).or_default().push(row);
    }
    let mut addressees = BTreeMap::new();
    for row in invitations {
        let supplier = named(&suppliers, row.supplier_id)?;
        let addresses = addresses(&row, teams.get(&row.id).map_or(&[], Vec::as_slice));
        addressees.insert(row.id, Addressee { supplier, addresses, invitation: row });
    }
    Ok(addressees)
}

/// Every bidder of a procurement that is to be told what all are told: whoever has used a link, in the order of their
/// invitations. Also where the links were taken back: what was submitted stands, and all bid on the same information.
pub(crate) async fn every_bidder(r: &Reading, procurement: Uuid) -> Result<Vec<Addressee>, Refusal> {
    let all = addressees(r, procurement).await?.into_values();
    Ok(all.filter(|one| one.invitation.claimed_at.is_some()).collect())
}
