//! The mails of this stage, all to councils' addresses for notices: an invitation to take part, and word that the
//! specification is agreed. Neither holds a secret: whoever follows the link signs in.

use askama::Template;
use entity::{council, participation, procurement};

use super::participation::CouncilPart;
use crate::kernel::outbox::{Letter, Recipient};
use crate::kernel::{Refusal, Writing};

/// What each letter says, in both its forms.
struct Told<'a> {
    council: &'a str,
    lead: &'a str,
    title: &'a str,
    reference: &'a str,
    part: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "mail/partner_invitation.txt")]
struct InvitationText<'a> {
    told: &'a Told<'a>,
}

#[derive(Template)]
#[template(path = "mail/partner_invitation.html")]
struct InvitationHtml<'a> {
    told: &'a Told<'a>,
}

#[derive(Template)]
#[template(path = "mail/specification_agreed.txt")]
struct AgreedText<'a> {
    told: &'a Told<'a>,
}

#[derive(Template)]
#[template(path = "mail/specification_agreed.html")]
struct AgreedHtml<'a> {
    told: &'a Told<'a>,
}

pub(super) async fn partner_invitation(
    w: &Writing,
    procurement: &procurement::Model,
    council: &council::Model,
    part: &participation::Model,
) -> Result<(), Refusal> {
    let lead = lead_name(w, procurement).await?;
    let link = format!("{}/procurements/{}/partners", w.installation().base_url, procurement.id);
    let told = &told(procurement, council, part, &lead, &link);
    let letter = Letter::new(
        "partner_invitation",
        // A council that declined can be invited again: each time is an event of its own.
        format!("participation:{}:{}", part.id, part.version),
        Recipient::council(council),
        format!("Invitation to take part: {}", procurement.title),
        (&InvitationText { told }, &InvitationHtml { told }),
    )?;
    let letter = Letter { procurement_id: Some(procurement.id), ..letter };
    letter.queue(w).await?;
    Ok(())
}

pub(super) async fn specification_agreed(
    w: &Writing,
    procurement: &procurement::Model,
    partner: &CouncilPart,
) -> Result<(), Refusal> {
    let lead = lead_name(w, procurement).await?;
    let link = format!("{}/procurements/{}/requirements", w.installation().base_url, procurement.id);
    let told = &told(procurement, &partner.council, &partner.part, &lead, &link);
    let letter = Letter::new(
        "specification_agreed",
        format!("specification:{}:{}", partner.part.id, procurement.version),
        Recipient::council(&partner.council),
        format!("Specification agreed: {}", procurement.title),
        (&AgreedText { told }, &AgreedHtml { told }),
    )?;
    let letter = Letter { procurement_id: Some(procurement.id), ..letter };
    letter.queue(w).await?;
    Ok(())
}

async fn lead_name(w: &Writing, procurement: &procurement::Model) -> Result<String, Refusal> {
    use sea_orm::EntityTrait;
    let lead = council::Entity::find_by_id(procurement.lead_council_id).one(w.txn()).await?;
    Ok(lead.ok_or_else(|| Refusal::not_found("council"))?.name)
}

fn told<'a>(
    procurement: &'a procurement::Model,
    council: &'a council::Model,
    part: &'a participation::Model,
    lead: &'a str,
    link: &'a str,
) -> Told<'a> {
    Told {
        council: &council.name,
        lead,
        title: &procurement.title,
        reference: &procurement.reference,
        part: part.part.0.label(),
        link,
    }
}
