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
    let told = told(procurement, council, part, &lead, &link);
    let letter = Letter {
        // A council that declined can be invited again: each time is an event of its own.
        event: format!("participation:{}:{}", part.id, part.version),
        kind: "partner_invitation",
        subject: format!("Invitation to take part: {}", procurement.title),
        text: rendered(&InvitationText { told: &told })?,
        html: rendered(&InvitationHtml { told: &told })?,
        ..to(procurement, council)
    };
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
    let told = told(procurement, &partner.council, &partner.part, &lead, &link);
    let letter = Letter {
        event: format!("specification:{}:{}", partner.part.id, procurement.version),
        kind: "specification_agreed",
        subject: format!("Specification agreed: {}", procurement.title),
        text: rendered(&AgreedText { told: &told })?,
        html: rendered(&AgreedHtml { told: &told })?,
        ..to(procurement, &partner.council)
    };
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

fn rendered(template: &impl Template) -> Result<String, Refusal> {
    template.render().map_err(|error| Refusal::internal(&error))
}

/// An empty letter to a council's address for notices.
fn to(procurement: &procurement::Model, council: &council::Model) -> Letter {
    Letter {
        procurement_id: Some(procurement.id),
        event: String::new(),
        kind: "",
        recipient: Recipient {
            email: council.email.clone(),
            council_id: Some(council.id),
            ..Recipient::default()
        },
        reply_to: None,
        subject: String::new(),
        text: String::new(),
        html: String::new(),
        secret: false,
        sealed: false,
    }
}
