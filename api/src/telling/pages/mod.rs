//! Letters and the outbox through pages.

mod letters;
mod outbox;

use poem::{Route, get, post};
use rules::stage::MailState;
use serde::Deserialize;

use super::letter::{LetterFilter, Told, WAYS, kind_label};
use crate::http::Posted;
use crate::http::fields::{AreaField, RadioField, SelectField};
use crate::http::shell::FieldErrors;
use crate::kernel::clock::london_text;

/// Adds this stage's pages.
#[must_use]
pub fn routes(route: Route) -> Route {
    route
        .at("/procurements/:id/letters", get(letters::list_page))
        .at("/procurements/:id/letters/:letter", get(letters::letter_page))
        .at("/procurements/:id/letters/:letter/release", post(letters::release))
        .at("/procurements/:id/letters/:letter/serve", post(letters::serve))
        .at("/outbox", get(outbox::outbox_page))
        .at("/outbox/:mail/release", post(outbox::release))
        .at("/outbox/:mail/serve", get(outbox::serve_form).post(outbox::serve))
}

/// Which part of a list, and which of its letters.
#[derive(Clone, Default, Deserialize)]
struct Wanted {
    after: Option<String>,
    event: Option<String>,
    state: Option<String>,
}

impl Wanted {
    fn filter(&self) -> LetterFilter {
        LetterFilter { event: self.event.clone(), state: self.state.clone() }
    }

    /// Whether only some letters are shown.
    fn narrows(&self) -> bool {
        [&self.event, &self.state].into_iter().flatten().any(|value| !value.is_empty())
    }

    /// The same list from a cursor on.
    fn next(&self, path: &str, cursor: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("event", &self.event), ("state", &self.state)] {
            if let Some(value) = value.as_deref().filter(|value| !value.is_empty()) {
                query.append_pair(name, value);
            }
        }
        format!("{path}?{}", query.append_pair("after", cursor).finish())
    }

    /// The choice of a state.
    fn states(&self) -> SelectField {
        SelectField::new("state", "Show")
            .option("", "All letters")
            .options(MailState::ALL.iter().map(|state| (state.as_str(), state.label())))
            .chosen(self.state.clone().unwrap_or_default())
    }
}

/// A letter in a table.
struct LetterRow {
    to: String,
    recipient: String,
    kind: String,
    subject: String,
    at: String,
    state: &'static str,
    tone: &'static str,
    attempts: i32,
    answer: String,
}

impl From<&Told> for LetterRow {
    fn from(told: &Told) -> Self {
        let row = &told.message;
        Self {
            to: told.to.clone(),
            recipient: row.recipient.clone(),
            kind: kind_label(&row.kind),
            subject: row.subject.clone(),
            at: london_text(row.accepted_at.unwrap_or(row.created_at)),
            state: row.state.0.label(),
            tone: tone(row.state.0),
            attempts: row.attempts,
            answer: row.answer.clone().unwrap_or_default(),
        }
    }
}

/// How a state is coloured; its words say the same.
const fn tone(state: MailState) -> &'static str {
    match state {
        MailState::Accepted | MailState::Served => "good",
        MailState::Failed | MailState::Expired => "bad",
        MailState::Withheld | MailState::Uncertain | MailState::Deferred => "warn",
        MailState::Queued | MailState::Sending => "info",
    }
}

/// The form that says how somebody was told otherwise.
struct ServeForm {
    how: RadioField,
    reason: AreaField,
}

impl ServeForm {
    fn new(form: &Posted, errors: &FieldErrors) -> Self {
        Self {
            how: RadioField::new("how", "How the recipient was told")
                .options(WAYS)
                .chosen(form.text("how"))
                .error(errors.get("how")),
            reason: AreaField::new("reason", "Reason")
                .hint("Why the mail did not do, when it was served and to whom. It stands in the history.")
                .rows(3)
                .value(form.text("reason"))
                .error(errors.get("reason")),
        }
    }
}
