//! The fields of the decision page's forms, empty, as stored, or as they were refused.

use chrono::{Datelike, NaiveDate};
use entity::decision;
use rules::words::Verdict;
use uuid::Uuid;

use crate::deciding::standing::Standing;
use crate::http::Posted;
use crate::http::fields::{AreaField, CheckField, DateField, RadioField, TextField, Width};
use crate::http::shell::FieldErrors;
use crate::http::visit::form_errors;
use crate::kernel::Refusal;

/// Which of the page's forms was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Recommendation,
    Decision,
    Notice,
}

/// A form that was refused: what it held and why.
pub(super) type Refused<'a> = Option<(Form, &'a Posted, &'a Refusal)>;

/// What a form held, if it is this one that was refused, and what is wrong with it.
fn held(refused: Refused<'_>, form: Form) -> (Option<&Posted>, FieldErrors) {
    match refused.filter(|(which, _, _)| *which == form) {
        Some((_, posted, refusal)) => (Some(posted), form_errors(Some(refusal))),
        None => (None, FieldErrors::new()),
    }
}

/// A date as stored or as it was posted.
fn date(field: DateField, name: &str, posted: Option<&Posted>, stored: Option<NaiveDate>) -> DateField {
    match (posted, stored) {
        (Some(form), _) => {
            let part = |suffix: &str| form.text(&format!("{name}_{suffix}")).to_owned();
            field.value(part("day"), part("month"), part("year"))
        }
        (None, Some(day)) => field.value(day.day(), day.month(), day.year()),
        (None, None) => field,
    }
}

/// The recommendation's form.
pub(super) struct RecommendationForm {
    pub(super) version: Option<i64>,
    pub(super) bid: RadioField,
    pub(super) text: AreaField,
}

pub(super) fn recommendation(standing: &Standing, refused: Refused<'_>) -> Option<RecommendationForm> {
    if !standing.may_coordinate || standing.awarded.is_some() || standing.candidates.is_empty() {
        return None;
    }
    let (posted, errors) = held(refused, Form::Recommendation);
    let stored = standing.recommendation.as_ref();
    let only = match standing.candidates.as_slice() {
        [(bid, _)] => Some(*bid),
        _ => stored.map(|row| row.bid_id),
    };
    let bid = posted.map(|form| form.text("bid_id").to_owned());
    let bid = bid.or_else(|| only.map(|bid| bid.to_string())).unwrap_or_default();
    let text = posted.map(|form| form.text("text")).or(stored.map(|row| row.text.as_str()));
    let hint = if standing.tied {
        "No published rule parts the tied bids: say also why this one."
    } else {
        "Councils, the ledger and the decision packs read this."
    };
    Some(RecommendationForm {
        version: stored.map(|row| row.version),
        bid: RadioField::new("bid_id", "Bid")
            .options(standing.candidates.iter().map(|(id, name)| (id, name.clone())))
            .chosen(bid)
            .error(errors.get("bid_id")),
        text: AreaField::new("text", "Why the councils should award to it")
            .hint(hint)
            .value(text.unwrap_or_default())
            .rows(6)
            .error(errors.get("text")),
    })
}

/// The form for a council's decision.
pub(super) struct DecisionForm {
    pub(super) council_id: String,
    pub(super) council: String,
    pub(super) by_delegation: bool,
    /// The decision's id and version, where it changes one.
    pub(super) existing: Option<(Uuid, i64)>,
    pub(super) verdict: RadioField,
    pub(super) texts: Vec<TextField>,
    pub(super) taken_on: DateField,
    pub(super) key_decision: CheckField,
    pub(super) effective_on: DateField,
    pub(super) reason: AreaField,
    pub(super) external_ref: TextField,
}

/// The form for the council that is meant, or else for the first whose decision the caller may record and that has none.
pub(super) fn decision(
    standing: &Standing,
    council: Option<Uuid>,
    refused: Refused<'_>,
) -> Option<DecisionForm> {
    let (posted, errors) = held(refused, Form::Decision);
    let council = posted.and_then(|form| form.text("council_id").parse().ok()).or(council);
    let mut recordable = standing.signatories.iter().filter(|one| one.may_record);
    let one = match council {
        Some(id) => recordable.find(|one| one.council_id == id),
        None => recordable.find(|one| !one.awards),
    }?;
    let stored = one.decision.as_ref();
    let text = |name: &str, of: fn(&decision::Model) -> &str| {
        posted.map(|form| form.text(name)).or(stored.map(of)).unwrap_or_default().to_owned()
    };
    let verdict = text("verdict", |row| row.verdict.0.as_str());
    let key = posted
        .map(|form| form.ticked("key_decision"))
        .or(stored.map(|row| row.key_decision))
        .unwrap_or_default();
    Some(DecisionForm {
        council_id: one.council_id.to_string(),
        council: one.council.clone(),
        by_delegation: one.by_delegation,
        existing: stored.map(|row| (row.id, row.version)),
        verdict: RadioField::new("verdict", "Decision")
            .options(Verdict::ALL.iter().map(|verdict| (verdict, verdict.label())))
            .chosen(verdict)
            .error(errors.get("verdict")),
        texts: vec![
            TextField::new("body", "Taken by")
                .hint("The committee or the officer, such as Cabinet or Director of Resources.")
                .value(text("body", |row| &row.body))
                .error(errors.get("body")),
            TextField::new("minute", "Minute or reference")
                .value(text("minute", |row| &row.minute))
                .width(Width::Chars30)
                .error(errors.get("minute")),
        ],
        taken_on: date(
            DateField::new("taken_on", "Taken on").error(errors.get("taken_on")),
            "taken_on",
            posted,
            stored.map(|row| row.taken_on),
        ),
        key_decision: CheckField::yes("key_decision", "This is a key decision", key),
        effective_on: date(
            DateField::new("effective_on", "Effective from")
                .hint("The day after call-in ends; the day it was taken where there is no call-in.")
                .error(errors.get("effective_on")),
            "effective_on",
            posted,
            stored.map(|row| row.effective_on),
        ),
        reason: AreaField::new("reason", "Reason")
            .value(text("reason", |row| &row.reason))
            .rows(4)
            .error(errors.get("reason")),
        external_ref: TextField::new("external_ref", "Reference in the council’s own system (optional)")
            .value(text("external_ref", |row| row.external_ref.as_deref().unwrap_or_default()))
            .width(Width::Chars30)
            .error(errors.get("external_ref")),
    })
}

/// The form for the published notice.
pub(super) struct NoticeForm {
    pub(super) version: i64,
    pub(super) published_on: DateField,
    pub(super) working_days: TextField,
    /// Where it corrects a notice that is recorded.
    pub(super) reason: Option<TextField>,
}

pub(super) fn notice(standing: &Standing, refused: Refused<'_>) -> Option<NoticeForm> {
    let awarded = standing.awarded.as_ref()?;
    if !standing.may_coordinate || !awarded.signatures.is_empty() || standing.untold > 0 {
        return None;
    }
    let (posted, errors) = held(refused, Form::Notice);
    let days = awarded.working_days.unwrap_or(rules::calendar::STANDSTILL.number).to_string();
    let reason = awarded.award.notice_on.map(|_| {
        TextField::new("reason", "Reason for a shorter standstill")
            .hint("Needed only where fewer working days are entered than before. It stands in the history.")
            .value(posted.map_or("", |form| form.text("reason")))
            .error(errors.get("reason"))
    });
    Some(NoticeForm {
        reason,
        version: awarded.award.version,
        published_on: date(
            DateField::new("published_on", "UK6 published on")
                .hint("The day on which the central digital platform published it.")
                .error(errors.get("published_on")),
            "published_on",
            posted,
            awarded.award.notice_on,
        ),
        working_days: TextField::figure("working_days", "Standstill in working days")
            .hint("Eight, unless the notice says more.")
            .value(posted.map_or(days.as_str(), |form| form.text("working_days")))
            .width(Width::Chars4)
            .error(errors.get("working_days")),
    })
}

/// The form for a signature.
pub(super) struct SignatureForm {
    pub(super) signed_on: DateField,
    pub(super) confirmed: CheckField,
}

pub(super) fn signature(posted: Option<&Posted>, errors: &FieldErrors) -> SignatureForm {
    let signed_on = DateField::new("signed_on", "Signed on").error(errors.get("signed_on"));
    let ticked = posted.is_some_and(|form| form.ticked("confirmed"));
    SignatureForm {
        signed_on: date(signed_on, "signed_on", posted, None),
        confirmed: CheckField::yes("confirmed", "My council has signed this contract on that day", ticked)
            .error(errors.get("confirmed")),
    }
}
