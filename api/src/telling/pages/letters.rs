//! The letters of a procurement.

use askama::Template;
use poem::handler;
use poem::web::{Path, Query};
use rules::stage::MailState;
use uuid::Uuid;

use super::{LetterRow, ServeForm, Wanted};
use crate::http::fields::SelectField;
use crate::http::shell::Shell;
use crate::http::visit::{done, form_errors, form_page, page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::clock::london_text;
use crate::kernel::{Action, Paging, Refusal, access};
use crate::telling::letter::{self, ServedInput};

#[derive(Template)]
#[template(path = "telling/letters.html")]
struct LettersPage {
    shell: Shell,
    base: String,
    letters: Vec<(Uuid, LetterRow)>,
    next: Option<String>,
    states: SelectField,
    narrowed: bool,
    event: Option<String>,
    withheld: bool,
}

#[handler]
pub(super) async fn list_page(
    visit: Visit,
    Path(id): Path<Uuid>,
    Query(wanted): Query<Wanted>,
) -> PageResult {
    visit.signed_in()?;
    let asked = wanted.clone();
    let (scope, slice, counts) = visit
        .read(move |r| async move {
            let paging = Paging { after: asked.after.clone(), ..Paging::default() };
            let scope = access::procurement(&r, id, Action::Read).await?;
            let slice = letter::list(&r, id, asked.filter(), &paging).await?;
            Ok((scope, slice, letter::counts(&r, id).await?))
        })
        .await?;
    let base = format!("/procurements/{id}/letters");
    let mut shell = visit.procurement_shell("Letters", &scope.procurement, "letters");
    for (state, count) in &counts {
        shell = shell.fact(format!("{count} {}", state.label().to_lowercase()));
    }
    let template = LettersPage {
        shell,
        next: slice.next.map(|cursor| wanted.next(&base, &cursor)),
        base,
        letters: slice.items.iter().map(|told| (told.message.id, LetterRow::from(told))).collect(),
        states: wanted.states(),
        narrowed: wanted.narrows(),
        event: wanted.event.filter(|event| !event.is_empty()),
        withheld: counts.contains_key(&MailState::Withheld) && !visit.db.installation().sends_mail,
    };
    page(&template)
}

/// One try in the table.
struct Try {
    number: i32,
    at: String,
    state: &'static str,
    tone: &'static str,
    answer: String,
}

/// How the recipient was told otherwise.
struct Otherwise {
    how: String,
    on: String,
    by: String,
}

#[derive(Template)]
#[template(path = "telling/letter.html")]
struct LetterPage {
    shell: Shell,
    path: String,
    row: LetterRow,
    queued: String,
    accepted: Option<String>,
    message_id: String,
    event: String,
    event_href: String,
    text: Option<String>,
    tries: Vec<Try>,
    told_otherwise: Option<Otherwise>,
    version: i64,
    may_release: bool,
    serving: Option<ServeForm>,
}

async fn show(visit: &Visit, id: Uuid, letter_id: Uuid, refused: Option<(&Posted, &Refusal)>) -> PageResult {
    let (scope, opened) = visit
        .read(move |r| async move {
            let scope = access::procurement(&r, id, Action::Read).await?;
            Ok((scope, letter::one(&r, id, letter_id).await?))
        })
        .await?;
    let refusal = refused.map(|(_, refusal)| refusal);
    let errors = form_errors(refusal);
    let empty = Posted::default();
    let form = refused.map_or(&empty, |(form, _)| form);
    let message = &opened.told.message;
    let state = message.state.0;
    let base = format!("/procurements/{id}/letters");
    let event: String = form_urlencoded::byte_serialize(message.event.as_bytes()).collect();
    let template = LetterPage {
        shell: visit
            .procurement_shell(message.subject.clone(), &scope.procurement, "letters")
            .crumb("Letters", base.clone())
            .fact(format!("To {}", opened.told.to))
            .fact(state.label())
            .errors(&errors),
        path: format!("{base}/{letter_id}"),
        row: LetterRow::from(&opened.told),
        queued: london_text(message.created_at),
        accepted: message.accepted_at.map(london_text),
        message_id: message.message_id.clone(),
        event: message.event.clone(),
        event_href: format!("{base}?event={event}"),
        text: opened.text,
        tries: opened
            .attempts
            .into_iter()
            .map(|row| Try {
                number: row.number,
                at: london_text(row.at),
                state: row.state.0.label(),
                tone: super::tone(row.state.0),
                answer: row.answer,
            })
            .collect(),
        told_otherwise: opened.told_otherwise.map(|told| Otherwise {
            how: told.how,
            on: london_text(told.at),
            by: told.by.unwrap_or_default(),
        }),
        version: message.version,
        may_release: opened.may_act && state.release().is_ok() && visit.db.installation().sends_mail,
        serving: (opened.may_act && state != MailState::Accepted && state.serve().is_ok())
            .then(|| ServeForm::new(form, &errors)),
    };
    form_page(refusal, &template)
}

#[handler]
pub(super) async fn letter_page(visit: Visit, Path((id, letter)): Path<(Uuid, Uuid)>) -> PageResult {
    visit.signed_in()?;
    show(&visit, id, letter, None).await
}

#[handler]
pub(super) async fn release(
    visit: Visit,
    Path((id, letter)): Path<(Uuid, Uuid)>,
    form: Posted,
) -> PageResult {
    let seen = form.version()?;
    visit.write(move |w| async move { letter::release(&w, id, letter, seen).await }).await?;
    done(&format!("/procurements/{id}/letters/{letter}"), "The letter is on its way.")
}

#[handler]
pub(super) async fn serve(visit: Visit, Path((id, letter)): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    let seen = form.version()?;
    let input = ServedInput { how: form.text("how").to_owned(), reason: form.text("reason").to_owned() };
    match visit
        .write(move |w| async move { letter::serve_otherwise(&w, id, letter, seen, input).await })
        .await
    {
        Ok(_) => done(&format!("/procurements/{id}/letters/{letter}"), "Recorded as served otherwise."),
        Err(refusal) if refusal.fields.is_empty() => Err(refusal.into()),
        Err(refusal) => show(&visit, id, letter, Some((&form, &refusal))).await,
    }
}
