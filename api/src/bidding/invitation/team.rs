//! A bidder's team: the addresses whose readers act for it.
//!
//! Each has a link and a secret of its own, may do what the bidder may, and gets every mail about the bid. Whoever is in the
//! team adds colleagues and removes them; all the others are told at once, so that nobody is added or removed unnoticed.
//! An address that is added counts once it is verified by the use of its link. Whether an address is an officer's, or
//! another bidder's, is neither looked up nor told: it can be in several teams.
//!
//! Officers see none of this before the opening, not even how many there are; ledger entries and mails lie sealed.

use chrono::{DateTime, Utc};
use entity::{invitation, invitation_member, supplier};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::letters::{self, Change, Team};
use super::{limits, link, member, supplier_of};
use crate::bidding::draft::own_invitation;
use crate::bidding::letters::claim_link;
use crate::bidding::tender::{self, Tender};
use crate::kernel::ledger::{Record, text_hash};
use crate::kernel::seal::{self, Content, Seal};
use crate::kernel::{Faults, Paging, Reading, Refusal, Slice, Writing, access};

/// The most addresses in a team, verified or not.
pub const MOST_MEMBERS: usize = 10;
const MOST_NAME: usize = 100;

/// Who is added.
#[derive(Clone, Debug, Default)]
pub struct MemberInput {
    /// The address that the link goes to.
    pub email: String,
    /// What colleagues call whoever reads there.
    pub name: Option<String>,
}

/// Somebody of a team, as the team sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The member.
    pub id: Uuid,
    /// Its address.
    pub email: String,
    /// Its name, where one was entered.
    pub name: Option<String>,
    /// The address of the colleague who added it; none where the invitation was made for it.
    pub added_by: Option<String>,
    /// When it was added.
    pub added_at: DateTime<Utc>,
    /// When its address was verified.
    pub verified_at: Option<DateTime<Utc>>,
    /// Whether it has a secret that works: not before its link is used.
    pub has_access: bool,
    /// Whether it is the caller.
    pub is_caller: bool,
    /// Counts what colleagues changed about it.
    pub version: i64,
}

/// A member that was sent a link. Where no mail server is set up, the link is told to whoever sends it, once.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The member.
    pub member: Member,
    /// The link, where it could not be mailed.
    pub link: Option<String>,
}

/// The team of the supplier that calls, oldest first.
pub async fn list(r: &Reading, paging: &Paging) -> Result<Slice<Member>, Refusal> {
    let scope = access::supplier(r)?;
    let after = paging.after_key::<Uuid>()?;
    // Whoever has left is still named as the one who added somebody.
    let all = member::all(r, scope.invitation_id).await?;
    let email_of = |id: Uuid| all.iter().find(|row| row.id == id).map(|row| row.email.clone());
    let present =
        all.iter().filter(|row| row.removed_at.is_none() && after.is_none_or(|after| row.id > after));
    let slice = paging.cut(present.collect(), |row| row.id.to_string());
    let seal = seal::of(r, scope.procurement_id).await?;
    let items = slice.items.into_iter().map(|row| {
        Ok::<_, Refusal>(Member {
            id: row.id,
            email: row.email.clone(),
            name: name_of(&seal, row)?,
            added_by: row.added_by.and_then(email_of),
            added_at: row.created_at,
            verified_at: row.claimed_at,
            has_access: row.secret_hash.is_some(),
            is_caller: row.id == scope.member_id,
            version: row.version,
        })
    });
    Ok(Slice { items: items.collect::<Result<_, _>>()?, next: slice.next })
}

/// One of the caller's team.
pub async fn one(r: &Reading, id: Uuid) -> Result<Member, Refusal> {
    let team = list(r, &Paging::default()).await?;
    team.items.into_iter().find(|row| row.id == id).ok_or_else(none)
}

fn none() -> Refusal {
    Refusal::not_found("member of your team")
}

fn name_of(seal: &Seal, row: &invitation_member::Model) -> Result<Option<String>, Refusal> {
    let Some(sealed) = &row.sealed_name else { return Ok(None) };
    let plain = seal.open(Content::Member { invitation: row.invitation_id }, sealed)?;
    String::from_utf8(plain).map(Some).map_err(|error| Refusal::internal(&error))
}

/// Who calls, as its team knows it: the name, where there is one, and the address.
pub(crate) async fn caller_words(r: &Reading) -> Result<String, Refusal> {
    let scope = access::supplier(r)?;
    let row = own(r, scope.invitation_id, scope.member_id).await?;
    let name = name_of(&seal::of(r, scope.procurement_id).await?, &row)?;
    Ok(name.map_or_else(|| row.email.clone(), |name| format!("{name} <{}>", row.email)))
}

/// Whether a member has a secret that works, now.
pub(crate) async fn has_access(r: &Reading, member: Uuid) -> Result<bool, Refusal> {
    let row = invitation_member::Entity::find_by_id(member).one(r.txn()).await?;
    Ok(row.is_some_and(|row| row.removed_at.is_none() && row.secret_hash.is_some()))
}

/// Somebody who is in a bidder's team.
async fn own(r: &Reading, invitation: Uuid, id: Uuid) -> Result<invitation_member::Model, Refusal> {
    invitation_member::Entity::find_by_id(id)
        .filter(invitation_member::Column::InvitationId.eq(invitation))
        .filter(invitation_member::Column::RemovedAt.is_null())
        .one(r.txn())
        .await?
        .ok_or_else(none)
}

/// Somebody of a team who changes it, and what the mails about that say. One change of a team at a time.
struct Acting {
    invitation: invitation::Model,
    tender: Tender,
    supplier: supplier::Model,
    /// Who acts, in words.
    by: String,
}

impl Acting {
    async fn new(w: &Writing) -> Result<Self, Refusal> {
        let invitation = own_invitation(w).await?;
        Ok(Self {
            tender: tender::of_id(w, invitation.procurement_id).await?,
            supplier: supplier_of(w, invitation.supplier_id).await?,
            by: caller_words(w).await?,
            invitation,
        })
    }

    fn team(&self) -> Team<'_> {
        Team { tender: &self.tender, invitation: &self.invitation, supplier: &self.supplier }
    }

    fn record(&self, w: &Writing, action: &'static str, row: &invitation_member::Model) {
        let body = json!({ "member": row.id, "address": text_hash(row.id, &row.email) });
        w.record(Record::new(self.invitation.procurement_id, action, row.id, body).sealed());
    }

    /// Sends a member its link.
    async fn send(&self, w: &Writing, row: &invitation_member::Model, again: bool) -> Result<Sent, Refusal> {
        limits::send_to_colleague(w, self.invitation.id).await?;
        let token = link::make(w, &self.invitation, row).await?;
        letters::link(w, &self.team(), (row, &self.by), &token, again).await?;
        let link = (!w.installation().sends_mail).then(|| claim_link(w, &token));
        Ok(Sent { member: one(w, row.id).await?, link })
    }

    /// Ends a member's secret and its unused links, as of the version that was seen.
    async fn take_away(
        &self,
        w: &Writing,
        row: &invitation_member::Model,
        seen: i64,
        removed_at: Option<DateTime<Utc>>,
    ) -> Result<(), Refusal> {
        let changed = invitation_member::Entity::update_many()
            .col_expr(invitation_member::Column::SecretHash, Expr::value(None::<String>))
            .col_expr(invitation_member::Column::RemovedAt, Expr::value(removed_at))
            .col_expr(invitation_member::Column::Version, Expr::value(seen + 1))
            .filter(invitation_member::Column::Id.eq(row.id))
            .filter(invitation_member::Column::Version.eq(seen))
            .exec(w.txn())
            .await?;
        if changed.rows_affected == 0 {
            return Err(Refusal::stale());
        }
        link::end(w, self.invitation.id, Some(&row.email)).await
    }
}

/// Adds a colleague's address: a link goes to it, and all verified addresses of the team are told.
pub async fn add(w: &Writing, input: MemberInput) -> Result<Sent, Refusal> {
    let acting = Acting::new(w).await?;
    let present = member::present(w, acting.invitation.id).await?;
    let mut faults = Faults::new();
    let email = faults.email("email", &input.email);
    let name = input.name.as_deref().filter(|name| !name.trim().is_empty());
    let name = name.map(|name| faults.line("name", name, MOST_NAME));
    let is_new = present.iter().all(|row| row.email != email);
    faults.require(is_new, "email", "already_member", "This address is in your team already.");
    faults.done()?;
    if present.len() >= MOST_MEMBERS {
        return Err(Refusal::conflict(
            "team_full",
            format!("A team has at most {MOST_MEMBERS} addresses. Remove one first."),
        ));
    }
    let row = enter(w, &acting.invitation, email, name.as_deref()).await?;
    acting.record(w, "bidding.member.add", &row);
    letters::changed(w, &acting.team(), Change::Added, (&row, &acting.by)).await?;
    acting.send(w, &row, false).await
}

/// The row of a new member; where the address was removed before, its old row, and it must be verified anew.
async fn enter(
    w: &Writing,
    invitation: &invitation::Model,
    email: String,
    name: Option<&str>,
) -> Result<invitation_member::Model, Refusal> {
    let seal = seal::of(w, invitation.procurement_id).await?;
    let content = Content::Member { invitation: invitation.id };
    let sealed_name = name.map(|name| seal.close(content, name.as_bytes())).transpose()?;
    let before = member::at(w, invitation.id, &email).await?;
    let row = invitation_member::ActiveModel {
        id: Set(before.as_ref().map_or_else(Uuid::now_v7, |row| row.id)),
        invitation_id: Set(invitation.id),
        email: Set(email),
        sealed_name: Set(sealed_name),
        secret_hash: Set(None),
        claimed_at: Set(None),
        added_by: Set(Some(access::supplier(w)?.member_id)),
        created_at: Set(w.now()),
        removed_at: Set(None),
        version: Set(before.as_ref().map_or(1, |row| row.version + 1)),
    };
    Ok(match before {
        Some(_) => invitation_member::Entity::update(row).exec(w.txn()).await?,
        None => invitation_member::Entity::insert(row).exec_with_returning(w.txn()).await?,
    })
}

/// Removes somebody from the team, or oneself: link and secret stop working at once. All are told, and so is the address
/// that leaves, if it was verified. One verified address must stay. `seen` is the member's version.
pub async fn remove(w: &Writing, id: Uuid, seen: i64) -> Result<Member, Refusal> {
    let acting = Acting::new(w).await?;
    let before = one(w, id).await?;
    let mut row = own(w, acting.invitation.id, id).await?;
    let mut others =
        member::present(w, acting.invitation.id).await?.into_iter().filter(|other| other.id != id);
    if !others.any(|other| other.claimed_at.is_some()) {
        return Err(Refusal::conflict(
            "last_member",
            "This is the only verified address of your team. Without it nobody could be told about your bid.",
        ));
    }
    acting.take_away(w, &row, seen, Some(w.now())).await?;
    row.version = seen + 1;
    acting.record(w, "bidding.member.remove", &row);
    letters::changed(w, &acting.team(), Change::Removed, (&row, &acting.by)).await?;
    if row.claimed_at.is_some() {
        letters::removed(w, &acting.team(), (&row, &acting.by)).await?;
    }
    Ok(Member { has_access: false, version: row.version, ..before })
}

/// Sends somebody of the team a fresh link. An earlier one, and the secret made with it, stop working at once: so a link or a
/// secret that went astray is worth nothing. `seen` is the member's version.
pub async fn reissue(w: &Writing, id: Uuid, seen: i64) -> Result<Sent, Refusal> {
    let acting = Acting::new(w).await?;
    let row = own(w, acting.invitation.id, id).await?;
    acting.take_away(w, &row, seen, None).await?;
    acting.record(w, "bidding.member.reissue", &row);
    acting.send(w, &row, true).await
}
