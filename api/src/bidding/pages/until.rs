//! The field in which it is entered until when a bidder may answer.

use chrono::{DateTime, Utc};
use chrono_tz::Europe::London;

use crate::bidding::response_time::AnswerBy;
use crate::http::Posted;
use crate::http::fields::DateField;
use crate::http::shell::FieldErrors;
use crate::http::visit::form_errors;
use crate::kernel::Refusal;

const NAME: &str = "until";

/// What was entered.
pub(super) fn answer_by(form: &Posted) -> AnswerBy {
    AnswerBy { date: form.date(NAME), time: form.text("until_time").to_owned() }
}

/// What is wrong with a form: it has one field for day and time, and one for what a question is about, so faults of either
/// part lead to it.
pub(super) fn errors(refusal: Option<&Refusal>) -> FieldErrors {
    let Some(refusal) = refusal.filter(|refusal| !refusal.fields.is_empty()) else {
        return form_errors(refusal);
    };
    let name = |field: &str| match field {
        "date" | "time" => NAME.to_owned(),
        "subject" => "code".to_owned(),
        other => other.to_owned(),
    };
    let shown = Refusal {
        fields: refusal
            .fields
            .iter()
            .map(|fault| crate::kernel::refusal::FieldFault { field: name(&fault.field), ..fault.clone() })
            .collect(),
        ..refusal.clone()
    };
    form_errors(Some(&shown))
}

/// The field; it offers the usual instant until another is entered.
pub(super) fn field(
    label: &'static str,
    form: Option<&Posted>,
    usual: DateTime<Utc>,
    errors: &FieldErrors,
) -> DateField {
    let field = DateField::new(NAME, label)
        .hint("The day and time in London, at least one working day from now. At exactly this time it is too late.")
        .error(errors.get(NAME));
    if let Some(form) = form {
        return field
            .value(form.text("until_day"), form.text("until_month"), form.text("until_year"))
            .time(form.text("until_time"));
    }
    let local = usual.with_timezone(&London);
    let part = |format: &str| local.format(format).to_string();
    field.value(part("%-d"), part("%-m"), part("%Y")).time(part("%H:%M"))
}
