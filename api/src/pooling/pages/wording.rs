//! The fields that a council's requirement and a pooled one share.

use rules::words::{Moscow, RequirementType, ResponseCode};

use crate::http::Posted;
use crate::http::fields::{AreaField, CheckField, SelectField, TextField, Width};
use crate::http::shell::FieldErrors;
use crate::http::visit::form_errors;
use crate::kernel::Refusal;
use crate::pooling::pooled::PooledInput;
use crate::pooling::requirement::RequirementInput;

/// What is wrong with a form whose fields hold lists: a fault of one of a list's items is told at the whole list, and
/// one about a ticked row at the form, where its message names the row.
pub(super) fn errors(refusal: Option<&Refusal>) -> FieldErrors {
    let mut refusal = refusal.cloned();
    for fault in refusal.iter_mut().flat_map(|refusal| refusal.fields.iter_mut()) {
        let whole = fault.field.split('/').next().unwrap_or_default().to_owned();
        fault.field = if whole == "requirement_ids" { String::new() } else { whole };
    }
    form_errors(refusal.as_ref())
}

/// Wording, type and importance.
pub(super) struct Wording {
    pub(super) text: AreaField,
    pub(super) kind: SelectField,
    pub(super) moscow: SelectField,
}

impl Wording {
    pub(super) fn new(label: &str, text: &str, kind: &str, moscow: &str, errors: &FieldErrors) -> Self {
        let kinds = RequirementType::ALL.iter().map(|kind| (kind.as_str(), kind.label()));
        let importances = Moscow::ALL.iter().map(|moscow| (moscow.as_str(), moscow.label()));
        Self {
            text: AreaField::new("text", label).value(text).rows(4).error(errors.get("text")),
            kind: SelectField::new("type", "Type").options(kinds).chosen(kind).error(errors.get("type")),
            moscow: SelectField::new("moscow", "Importance")
                .options(importances)
                .chosen(moscow)
                .error(errors.get("moscow")),
        }
    }
}

/// The answers that meet a pooled requirement.
pub(super) fn accepted(chosen: &[String], errors: &FieldErrors) -> CheckField {
    let meeting = ResponseCode::ALL.iter().filter(|code| **code != ResponseCode::NotMet);
    let mut field = CheckField::new("accepted", "Answers that meet it")
        .hint("Tick some only if any other answer shall disqualify a bid; tick none if the answer only informs.")
        .options(meeting.map(|code| (code.as_str(), format!("{}: {}", code.as_str(), code.label()))))
        .error(errors.get("accepted"));
    for code in chosen {
        field = field.chosen(code);
    }
    field
}

pub(super) fn pooled_input(form: &Posted) -> PooledInput {
    PooledInput {
        text: form.text("text").to_owned(),
        kind: form.text("type").to_owned(),
        moscow: form.text("moscow").to_owned(),
        accepted: form.all("accepted"),
    }
}

/// A council's own requirement: number, wording, reason, key.
pub(super) struct RequirementFields {
    pub(super) code: TextField,
    pub(super) wording: Wording,
    pub(super) rationale: AreaField,
    pub(super) external_ref: TextField,
}

impl RequirementFields {
    pub(super) fn new(input: &RequirementInput, errors: &FieldErrors) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        Self {
            code: TextField::new("code", "Number (optional)")
                .hint("The council’s own, such as R12. Leave it empty to get the next free one.")
                .value(text(&input.code))
                .width(Width::Chars8)
                .error(errors.get("code")),
            wording: Wording::new("Requirement", &input.text, &input.kind, &input.moscow, errors),
            rationale: AreaField::new("rationale", "Why (optional)")
                .value(text(&input.rationale))
                .rows(2)
                .error(errors.get("rationale")),
            external_ref: TextField::new("external_ref", "External reference (optional)")
                .hint("Its key in another system of the council.")
                .value(text(&input.external_ref))
                .width(Width::Chars30)
                .error(errors.get("external_ref")),
        }
    }
}

pub(super) fn requirement_input(form: &Posted) -> RequirementInput {
    RequirementInput {
        code: form.optional("code"),
        text: form.text("text").to_owned(),
        kind: form.text("type").to_owned(),
        moscow: form.text("moscow").to_owned(),
        rationale: form.optional("rationale"),
        external_ref: form.optional("external_ref"),
    }
}
