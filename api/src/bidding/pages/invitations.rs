//! Who was invited: the coordinator's page.

use askama::Template;
use poem::handler;
use poem::web::{Path, Query};
use uuid::Uuid;

use super::After;
use super::tender::{supplier_fields, supplier_input};
use crate::bidding::invitation;
use crate::http::fields::TextField;
use crate::http::shell::Shell;
use crate::http::visit::{done, form_errors, form_page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::clock::london_text;
use crate::kernel::{Action, Paging, Refusal, access};
use rules::stage::Stage;

/// An invitation in the list.
struct InvitationRow {
    id: Uuid,
    version: i64,
    supplier: String,
    email: String,
    how: &'static str,
    at: String,
    state: (&'static str, &'static str),
}

#[derive(Template)]
#[template(path = "bidding/invitations.html")]
struct InvitationsPage {
    shell: Shell,
    procurement: Uuid,
    rows: Vec<InvitationRow>,
    next: Option<String>,
    open: bool,
    link: Option<String>,
    fields: Vec<TextField>,
}

async fn show(
    visit: &Visit,
    id: Uuid,
    after: Option<String>,
    refused: Option<(&Posted, &Refusal)>,
    link: Option<String>,
) -> PageResult {
    let (scope, slice) = visit
        .read(move |r| async move {
            let scope = access::procurement(&r, id, Action::Read).await?;
            Ok((scope, invitation::list(&r, id, &Paging { after, ..Paging::default() }).await?))
        })
        .await?;
    let opened = scope.is_opened();
    let rows = slice.items.into_iter().map(|row| InvitationRow {
        id: row.id,
        version: row.version,
        supplier: row.supplier,
        email: row.email,
        how: if row.invited_by.is_some() { "Invited" } else { "Asked on the tender’s page" },
        at: london_text(row.created_at),
        state: match (row.revoked_at, row.claimed_at) {
            (_, Some(_)) => ("Link used", "good"),
            (Some(_), None) => ("Taken back", "bad"),
            (None, None) if opened => ("Link not used", "plain"),
            (None, None) => ("Link sent", "plain"),
        },
    });
    let empty = Posted::default();
    let refusal = refused.map(|(_, refusal)| refusal);
    let form = refused.map_or(&empty, |(form, _)| form);
    let template = InvitationsPage {
        shell: visit
            .procurement_shell("Invitations", &scope.procurement, "bids")
            .crumb("Bids", format!("/procurements/{id}/bids"))
            .errors(&form_errors(refusal)),
        procurement: id,
        rows: rows.collect(),
        next: slice.next.map(|cursor| format!("/procurements/{id}/invitations?after={cursor}")),
        open: scope.procurement.stage.0 == Stage::Published,
        link,
        fields: supplier_fields(form, refusal),
    };
    form_page(refusal, &template)
}

#[handler]
pub(super) async fn view(visit: Visit, Path(id): Path<Uuid>, Query(query): Query<After>) -> PageResult {
    visit.signed_in()?;
    show(&visit, id, query.after, None, None).await
}

#[handler]
pub(super) async fn invite(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    let input = supplier_input(&form);
    match visit.write(move |w| async move { invitation::invite(&w, id, input).await }).await {
        Ok(invited) if invited.link.is_some() => show(&visit, id, None, None, invited.link).await,
        Ok(invited) => done(
            &format!("/procurements/{id}/invitations"),
            &format!("{} is sent a link by mail.", invited.invitation.supplier),
        ),
        Err(refusal) => show(&visit, id, None, Some((&form, &refusal)), None).await,
    }
}

#[handler]
pub(super) async fn revoke(
    visit: Visit,
    Path((id, invitation_id)): Path<(Uuid, Uuid)>,
    form: Posted,
) -> PageResult {
    let (seen, reason) = (form.version()?, form.text("reason").to_owned());
    let revoked = visit
        .write(move |w| async move { invitation::revoke(&w, id, invitation_id, seen, &reason).await })
        .await;
    match revoked {
        Ok(row) => done(
            &format!("/procurements/{id}/invitations"),
            &format!("The link of {} is taken back. It is told so by mail.", row.supplier),
        ),
        Err(refusal) if refusal.status() == 422 => {
            show(&visit, id, None, Some((&Posted::default(), &refusal)), None).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}
