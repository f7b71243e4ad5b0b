//! The outbox over all procurements.

use askama::Template;
use poem::handler;
use poem::web::{Path, Query};
use uuid::Uuid;

use super::{LetterRow, ServeForm, Wanted};
use crate::http::fields::SelectField;
use crate::http::shell::{Section, Shell};
use crate::http::visit::{done, form_errors, form_page, page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::clock::london_text;
use crate::kernel::{Paging, Refusal};
use crate::telling::letter::ServedInput;
use crate::telling::outbox;

/// A mail in the table.
struct MailRow {
    id: Uuid,
    version: i64,
    row: LetterRow,
    procurement: Option<(String, String)>,
    letter: Option<String>,
    may_release: bool,
    may_serve: bool,
}

#[derive(Template)]
#[template(path = "telling/outbox.html")]
struct OutboxPage {
    shell: Shell,
    mails: Vec<MailRow>,
    next: Option<String>,
    states: SelectField,
    narrowed: bool,
    sends_mail: bool,
    pause: Option<(String, String)>,
}

#[handler]
pub(super) async fn outbox_page(visit: Visit, Query(wanted): Query<Wanted>) -> PageResult {
    visit.signed_in()?;
    let asked = wanted.clone();
    let (slice, pause) = visit
        .read(move |r| async move {
            let paging = Paging { after: asked.after.clone(), ..Paging::default() };
            Ok((outbox::list(&r, asked.filter(), &paging).await?, outbox::paused(&r).await?))
        })
        .await?;
    let sends_mail = visit.db.installation().sends_mail;
    let mails = slice.items.iter().map(|row| {
        let message = &row.told.message;
        let state = message.state.0;
        MailRow {
            id: message.id,
            version: message.version,
            row: LetterRow::from(&row.told),
            procurement: row.procurement.as_ref().map(|found| {
                (
                    found.title.clone(),
                    if row.openable { format!("/procurements/{}", found.id) } else { String::new() },
                )
            }),
            letter: row
                .procurement
                .as_ref()
                .filter(|_| row.openable)
                .map(|found| format!("/procurements/{}/letters/{}", found.id, message.id)),
            may_release: row.may_act && sends_mail && state.release().is_ok(),
            may_serve: row.may_act && state != rules::stage::MailState::Accepted && state.serve().is_ok(),
        }
    });
    let template = OutboxPage {
        shell: visit.shell("Outbox").section(Section::Outbox),
        mails: mails.collect(),
        next: slice.next.map(|cursor| wanted.next("/outbox", &cursor)),
        states: wanted.states(),
        narrowed: wanted.narrows(),
        sends_mail,
        pause: pause.map(|pause| (pause.answer, london_text(pause.until))),
    };
    page(&template)
}

#[handler]
pub(super) async fn release(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    let seen = form.version()?;
    visit.write(move |w| async move { outbox::release(&w, id, seen).await }).await?;
    done("/outbox", "The mail is on its way.")
}

/// Which version of the mail the table showed.
#[derive(serde::Deserialize)]
pub(super) struct Seen {
    version: i64,
}

#[derive(Template)]
#[template(path = "telling/serve.html")]
struct ServePage {
    shell: Shell,
    path: String,
    version: i64,
    form: ServeForm,
}

fn serve_page(visit: &Visit, id: Uuid, version: i64, form: &Posted, refusal: Option<&Refusal>) -> PageResult {
    let errors = form_errors(refusal);
    let template = ServePage {
        shell: visit
            .shell("Told in another way")
            .section(Section::Outbox)
            .crumb("Outbox", "/outbox")
            .errors(&errors),
        path: format!("/outbox/{id}/serve"),
        version,
        form: ServeForm::new(form, &errors),
    };
    form_page(refusal, &template)
}

#[handler]
pub(super) async fn serve_form(visit: Visit, Path(id): Path<Uuid>, Query(seen): Query<Seen>) -> PageResult {
    if !visit.caller.person()?.site_administrator {
        return Err(Refusal::not_found("mail").into());
    }
    serve_page(&visit, id, seen.version, &Posted::default(), None)
}

#[handler]
pub(super) async fn serve(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    let seen = form.version()?;
    let input = ServedInput { how: form.text("how").to_owned(), reason: form.text("reason").to_owned() };
    match visit.write(move |w| async move { outbox::serve_otherwise(&w, id, seen, input).await }).await {
        Ok(_) => done("/outbox", "Recorded as served otherwise."),
        Err(refusal) if refusal.fields.is_empty() => Err(refusal.into()),
        Err(refusal) => serve_page(&visit, id, seen, &form, Some(&refusal)),
    }
}
