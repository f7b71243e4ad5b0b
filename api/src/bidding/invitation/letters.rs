//! The mails within a bidder's team. They lie sealed until the opening: who is in a team, and that there is one, shows who bids.

use askama::Template;
use entity::{invitation, invitation_member, supplier};

use super::{By, address};
use crate::bidding::letters::{CLAIM, claim_link, claim_subject};
use crate::bidding::tender::Tender;
use crate::kernel::clock::{london_exact, london_text};
use crate::kernel::outbox::Letter;
use crate::kernel::secrets::{new_secret, sha256_hex};
use crate::kernel::{Refusal, Writing};

/// What all of them say: whose team it is, and which tender it is about.
pub(super) struct Team<'a> {
    pub(super) tender: &'a Tender,
    pub(super) invitation: &'a invitation::Model,
    pub(super) supplier: &'a supplier::Model,
}

/// What the letter with a link to a colleague says.
struct LinkWords<'a> {
    supplier: &'a str,
    reference: &'a str,
    title: &'a str,
    deadline: &'a str,
    /// The address of whoever sent it.
    by: &'a str,
    /// Whether an earlier link or secret of this address stops working.
    again: bool,
    link: &'a str,
    page: &'a str,
}

#[derive(Template)]
#[template(path = "mail/team_link.txt")]
struct LinkText<'a> {
    says: &'a LinkWords<'a>,
}

#[derive(Template)]
#[template(path = "mail/team_link.html")]
struct LinkHtml<'a> {
    says: &'a LinkWords<'a>,
}

/// What happened to a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Added,
    Removed,
}

/// What the notice of a change says.
struct ChangeWords<'a> {
    supplier: &'a str,
    reference: &'a str,
    title: &'a str,
    added: bool,
    /// The address that was added or removed.
    email: &'a str,
    by: &'a str,
    at: &'a str,
    page: &'a str,
}

#[derive(Template)]
#[template(path = "mail/team_changed.txt")]
struct ChangeText<'a> {
    says: &'a ChangeWords<'a>,
}

#[derive(Template)]
#[template(path = "mail/team_changed.html")]
struct ChangeHtml<'a> {
    says: &'a ChangeWords<'a>,
}

/// What an address that was removed is told.
struct RemovedWords<'a> {
    supplier: &'a str,
    reference: &'a str,
    title: &'a str,
    /// Who removed it; none where it has asked for a link since.
    by: Option<&'a str>,
    page: &'a str,
}

#[derive(Template)]
#[template(path = "mail/team_removed.txt")]
struct RemovedText<'a> {
    says: &'a RemovedWords<'a>,
}

#[derive(Template)]
#[template(path = "mail/team_removed.html")]
struct RemovedHtml<'a> {
    says: &'a RemovedWords<'a>,
}

/// The link of a colleague, to its address.
pub(super) async fn link(
    w: &Writing,
    team: &Team<'_>,
    (member, by): (&invitation_member::Model, &str),
    token: &str,
    again: bool,
) -> Result<(), Refusal> {
    let reference = team.reference();
    let says = &LinkWords {
        supplier: &team.supplier.name,
        reference,
        title: &team.tender.pack.title,
        deadline: &london_text(team.tender.deadline),
        by,
        again,
        link: &claim_link(w, token),
        page: &team.public_page(w),
    };
    let letter = Letter {
        procurement_id: Some(team.tender.procurement.id),
        // Each link is an event of its own; its hash names it without telling it.
        event: format!("team_link:{}", &sha256_hex(token)[..16]),
        kind: "team_link",
        recipient: address::recipient(team.invitation, &member.email),
        reply_to: None,
        subject: format!("Your link to bid with {}: {reference}", team.supplier.name),
        text: LinkText { says }.render().map_err(|error| Refusal::internal(&error))?,
        html: LinkHtml { says }.render().map_err(|error| Refusal::internal(&error))?,
        secret: true,
        sealed: true,
    };
    letter.queue(w).await?;
    Ok(())
}

/// Tells every verified address of the team, that of whoever did it too: where a secret is in wrong hands, its owner learns of
/// it here.
pub(super) async fn changed(
    w: &Writing,
    team: &Team<'_>,
    change: Change,
    (member, by): (&invitation_member::Model, &str),
) -> Result<(), Refusal> {
    let (reference, added) = (team.reference(), change == Change::Added);
    let says = &ChangeWords {
        supplier: &team.supplier.name,
        reference,
        title: &team.tender.pack.title,
        added,
        email: &member.email,
        by,
        at: &london_exact(w.now()),
        page: &format!("{}/supplier/team", w.installation().base_url),
    };
    let what = if added { "Somebody joins" } else { "Somebody leaves" };
    for recipient in address::addresses_of(w, team.invitation).await? {
        let letter = Letter {
            procurement_id: Some(team.tender.procurement.id),
            event: format!("team_changed:{}:{}", member.id, member.version),
            kind: "team_changed",
            recipient,
            reply_to: None,
            subject: format!("{what} your team for {reference}"),
            text: ChangeText { says }.render().map_err(|error| Refusal::internal(&error))?,
            html: ChangeHtml { says }.render().map_err(|error| Refusal::internal(&error))?,
            secret: false,
            sealed: true,
        };
        letter.queue(w).await?;
    }
    Ok(())
}

/// Tells an address that it was removed from the team, and by whom.
pub(super) async fn removed(
    w: &Writing,
    team: &Team<'_>,
    (member, by): (&invitation_member::Model, &str),
) -> Result<(), Refusal> {
    let (text, html) = team.removed_texts(w, Some(by))?;
    let letter = Letter {
        procurement_id: Some(team.tender.procurement.id),
        event: format!("team_removed:{}:{}", member.id, member.version),
        kind: "team_removed",
        recipient: address::recipient(team.invitation, &member.email),
        reply_to: None,
        subject: format!("You are no longer in the team of {}: {}", team.supplier.name, team.reference()),
        secret: false,
        sealed: true,
        text,
        html,
    };
    letter.queue(w).await?;
    Ok(())
}

/// Tells the address that the invitation was made for, and that its team has removed, why it gets no link. From outside this
/// letter looks like the one with a link, whose text shows to nobody: that a bidder has a team must not show before the
/// opening, also not to the officer who invites that address once more.
pub(super) async fn no_link(w: &Writing, team: &Team<'_>, by: By) -> Result<(), Refusal> {
    let (text, html) = team.removed_texts(w, None)?;
    let letter = Letter {
        procurement_id: Some(team.tender.procurement.id),
        event: format!("supplier_claim:{}", &sha256_hex(new_secret()?)[..16]),
        kind: CLAIM,
        recipient: address::recipient(team.invitation, &team.invitation.email),
        subject: claim_subject(team.tender),
        secret: true,
        sealed: by == By::Supplier,
        reply_to: None,
        text,
        html,
    };
    letter.queue(w).await?;
    Ok(())
}

impl Team<'_> {
    fn reference(&self) -> &str {
        &self.tender.pack.reference
    }

    fn removed_texts(&self, w: &Writing, by: Option<&str>) -> Result<(String, String), Refusal> {
        let says = &RemovedWords {
            supplier: &self.supplier.name,
            reference: self.reference(),
            title: &self.tender.pack.title,
            by,
            page: &self.public_page(w),
        };
        let text = RemovedText { says }.render().map_err(|error| Refusal::internal(&error))?;
        let html = RemovedHtml { says }.render().map_err(|error| Refusal::internal(&error))?;
        Ok((text, html))
    }

    fn public_page(&self, w: &Writing) -> String {
        format!("{}/tenders/{}", w.installation().base_url, self.reference())
    }
}
