//! A supplier's page of its team: who is in it, adding, removing (with a check page) and fresh links.

use askama::Template;
use poem::handler;
use poem::web::Path;
use uuid::Uuid;

use super::{frame, stranger};
use crate::bidding::invitation::team::{self, MOST_MEMBERS, Member, MemberInput, Sent};
use crate::bidding::{invitation, tender};
use crate::http::fields::TextField;
use crate::http::shell::Shell;
use crate::http::visit::{done, form_errors, form_page, page, see_other};
use crate::http::{PageResult, Posted, SupplierVisit};
use crate::kernel::clock::london_text;
use crate::kernel::{Paging, Reading, Refusal, access};

const HERE: &str = "/supplier/team";

/// Somebody in the table.
struct MemberRow {
    id: Uuid,
    version: i64,
    email: String,
    name: Option<String>,
    added: String,
    state: (&'static str, &'static str),
    is_caller: bool,
}

impl From<Member> for MemberRow {
    fn from(row: Member) -> Self {
        let state = match (row.verified_at, row.has_access) {
            (None, _) => ("Link not used yet", "warn"),
            (Some(_), true) => ("Has access", "good"),
            (Some(_), false) => ("Needs a fresh link", "warn"),
        };
        let at = london_text(row.added_at);
        Self {
            id: row.id,
            version: row.version,
            email: row.email,
            name: row.name,
            added: row.added_by.map_or_else(|| at.clone(), |by| format!("{at}, by {by}")),
            state,
            is_caller: row.is_caller,
        }
    }
}

struct Shown {
    supplier: String,
    title: String,
    reference: String,
    members: Vec<Member>,
}

async fn shown(r: &Reading) -> Result<Shown, Refusal> {
    let scope = access::supplier(r)?;
    let pack = tender::of_id(r, scope.procurement_id).await?.pack;
    Ok(Shown {
        supplier: invitation::supplier_of(r, scope.supplier_id).await?.name,
        members: team::list(r, &Paging::default()).await?.items,
        title: pack.title,
        reference: pack.reference,
    })
}

#[derive(Template)]
#[template(path = "bidding/team.html")]
struct TeamPage {
    shell: Shell,
    rows: Vec<MemberRow>,
    most: usize,
    full: bool,
    link: Option<String>,
    fields: Vec<TextField>,
}

async fn show(
    visit: &SupplierVisit,
    form: &Posted,
    refusal: Option<&Refusal>,
    link: Option<String>,
) -> PageResult {
    let Shown { supplier, title, reference, members } =
        visit.read(|r| async move { shown(&r).await }).await?;
    let errors = form_errors(refusal);
    let template = TeamPage {
        shell: frame(visit, "Your team", &supplier, "/team")
            .fact(title)
            .fact(format!("Tender {reference}"))
            .errors(&errors),
        most: MOST_MEMBERS,
        full: members.len() >= MOST_MEMBERS,
        rows: members.into_iter().map(MemberRow::from).collect(),
        link,
        fields: vec![
            TextField::email("email", "Colleague’s email address")
                .hint("A link goes here. Whoever uses it can do everything that you can.")
                .value(form.text("email"))
                .error(errors.get("email")),
            TextField::new("name", "Name (if you like)")
                .hint("For your team, and for the receipts of what this colleague submits.")
                .value(form.text("name"))
                .error(errors.get("name")),
        ],
    };
    form_page(refusal, &template)
}

#[handler]
pub(super) async fn view(visit: SupplierVisit) -> PageResult {
    match stranger(&visit) {
        Some(away) => Ok(away),
        None => show(&visit, &Posted::default(), None, None).await,
    }
}

#[handler]
pub(super) async fn add(visit: SupplierVisit, form: Posted) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    let input = MemberInput { email: form.text("email").to_owned(), name: form.optional("name") };
    match visit.write(|w| async move { team::add(&w, input).await }).await {
        Ok(sent) => told(&visit, sent).await,
        Err(refusal) if matches!(refusal.status(), 409 | 422 | 429) => {
            show(&visit, &form, Some(&refusal), None).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// Where the link was mailed, says so; otherwise shows it, once.
async fn told(visit: &SupplierVisit, sent: Sent) -> PageResult {
    if sent.link.is_some() {
        return show(visit, &Posted::default(), None, sent.link).await;
    }
    done(HERE, &format!("A link is on its way to {}. It works once, within 24 hours.", sent.member.email))
}

#[handler]
pub(super) async fn reissue(visit: SupplierVisit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    let seen = form.version()?;
    match visit.write(move |w| async move { team::reissue(&w, id, seen).await }).await {
        // One's own secret has ended with the old link.
        Ok(sent) if sent.member.is_caller && sent.link.is_none() => Ok(see_other("/supplier")),
        Ok(sent) if sent.member.is_caller => {
            let shell = visit.shell("Your fresh link", None);
            page(&OwnLinkPage { shell, link: sent.link.unwrap_or_default() })
        }
        Ok(sent) => told(&visit, sent).await,
        Err(refusal) if matches!(refusal.status(), 412 | 429) => {
            show(&visit, &Posted::default(), Some(&refusal), None).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}

#[derive(Template)]
#[template(path = "bidding/team_own_link.html")]
struct OwnLinkPage {
    shell: Shell,
    link: String,
}

#[derive(Template)]
#[template(path = "bidding/team_remove.html")]
struct RemovePage {
    shell: Shell,
    row: MemberRow,
}

async fn check_removal(visit: &SupplierVisit, id: Uuid, refusal: Option<&Refusal>) -> PageResult {
    let (supplier, member) =
        visit.read(move |r| async move { Ok((shown(&r).await?.supplier, team::one(&r, id).await?)) }).await?;
    let row = MemberRow::from(member);
    let heading = if row.is_caller { "Leave your team" } else { "Remove from your team" };
    let template = RemovePage {
        shell: frame(visit, heading, &supplier, "/team")
            .crumb("Your team", HERE)
            .errors(&form_errors(refusal)),
        row,
    };
    form_page(refusal, &template)
}

#[handler]
pub(super) async fn remove_form(visit: SupplierVisit, Path(id): Path<Uuid>) -> PageResult {
    match stranger(&visit) {
        Some(away) => Ok(away),
        None => check_removal(&visit, id, None).await,
    }
}

#[handler]
pub(super) async fn remove(visit: SupplierVisit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    let seen = form.version()?;
    match visit.write(move |w| async move { team::remove(&w, id, seen).await }).await {
        Ok(gone) if gone.is_caller => Ok(see_other("/supplier")),
        Ok(gone) => done(HERE, &format!("{} is removed. All of your team are told.", gone.email)),
        Err(refusal) if matches!(refusal.status(), 409 | 412) => {
            check_removal(&visit, id, Some(&refusal)).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}
