//! The method and the deadline through pages.

use chrono_tz::Europe::London;
use entity::method as method_row;
use poem::handler;
use poem::web::Path;
use rules::words::{BaseSet, RankOn, TieBreak};
use uuid::Uuid;

use super::told::{self, Part};
use super::{Field, FormPage, base, entered_or, entrance, form_again, form_page, shell};
use crate::http::fields::{AreaField, DateField, RadioField, SelectField, TextField, Width};
use crate::http::shell::FieldErrors;
use crate::http::visit::{done, form_errors};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::Refusal;
use crate::kernel::access::Scope;
use crate::kernel::clock::day_text;
use crate::tendering::deadline::{self as deadlines, Deadline, DeadlineInput};
use crate::tendering::method::{self as methods, MethodInput};

fn method_form(
    visit: &Visit,
    scope: &Scope,
    stored: &method_row::Model,
    form: Option<&Posted>,
    refusal: Option<&Refusal>,
) -> FormPage {
    let errors = form_errors(refusal);
    let keys = methods::tie_breaks(stored);
    let key = |place: usize| keys.get(place).map(|key| key.as_str()).unwrap_or_default();
    let ways = || TieBreak::ALL.iter().map(|key| (key.as_str(), key.label()));
    let fields = vec![
        Field::Radio(
            RadioField::new("rank_on", "Bids are compared on")
                .options(RankOn::ALL.iter().map(|word| (word.as_str(), word.label())))
                .chosen(entered_or(form, "rank_on", stored.rank_on.0.as_str()))
                .error(errors.get("rank_on")),
        ),
        Field::Select(
            SelectField::new("decimals", "Decimals of published totals")
                .width(Width::Chars4)
                .options((0..=6).map(|count| (count, count.to_string())))
                .chosen(entered_or(form, "decimals", &stored.decimals.to_string()))
                .error(errors.get("decimals")),
        ),
        Field::Select(
            // A fault of the list as a whole leads here.
            SelectField::new("tie_break/0", "Equal totals are parted by")
                .id("tie_break")
                .option("", "Nothing: a tie stays a tie")
                .options(ways())
                .chosen(entered_or(form, "tie_break/0", key(0)))
                .error(errors.get("tie_break")),
        ),
        Field::Select(
            SelectField::new("tie_break/1", "Then by")
                .option("", "Nothing")
                .options(ways())
                .chosen(entered_or(form, "tie_break/1", key(1)))
                .error(errors.get("tie_break/1")),
        ),
        Field::Radio(
            RadioField::new("base_set", "Whose prices make the reference of a relative formula")
                .options(BaseSet::ALL.iter().map(|word| (word.as_str(), word.label())))
                .chosen(entered_or(form, "base_set", stored.base_set.0.as_str()))
                .error(errors.get("base_set")),
        ),
        Field::Text(
            TextField::figure("spread_steps", "Marks are talked about from")
                .hint("Steps of the scale between the highest and the lowest mark for an answer, 1 to 10. Every answer is agreed with its reasons; these come first.")
                .suffix("steps apart")
                .width(Width::Chars4)
                .value(entered_or(form, "spread_steps", &methods::spread_steps(stored).to_string()))
                .error(errors.get("spread_steps")),
        ),
        Field::Radio(
            RadioField::new("clearance", "Answers are read for prices before the panel sees them")
                .option_hint("yes", "Yes", "By a person who does not mark, with the role “Reader for prices”. What tells a price is taken out until the quality is locked.")
                .option_hint("no", "No", "Whoever marks sees each answer as it was written, with any price in it.")
                .chosen(entered_or(form, "clearance", if stored.clearance { "yes" } else { "no" }))
                .error(errors.get("clearance")),
        ),
        Field::Radio(
            RadioField::new("opening_councils", "The tender box is opened by two people from")
                .option("2", "Two councils")
                .option("1", "One council")
                .chosen(entered_or(form, "opening_councils", &stored.opening_councils.to_string()))
                .error(errors.get("opening_councils")),
        ),
        Field::Area(
            AreaField::new("arithmetic_rule", "How prices are corrected after the opening")
                .hint("Bidders read it. Without a published rule no price can be corrected, and nothing but this rule is applied.")
                .rows(6)
                .value(entered_or(form, "arithmetic_rule", &methods::arithmetic_rule(stored)))
                .error(errors.get("arithmetic_rule")),
        ),
    ];
    let intro = if stored.version == 0 {
        "Nothing is set yet: these are the values of published practice, and they hold unless you change them."
    } else {
        "These rules hold for every lot and are published with the tender."
    };
    FormPage {
        shell: shell(visit, scope, "Method").errors(&errors),
        intro: intro.to_owned(),
        advice: String::new(),
        version: Some(form.and_then(|form| form.version().ok()).unwrap_or(stored.version)),
        fields,
        button: "Save method",
        cancel: base(scope.id()),
        removal: None,
    }
}

#[handler]
pub(super) async fn method_page(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    let (scope, may_change) = entrance(&visit, id).await?;
    if !may_change {
        return told::page(&visit, scope, Part::Method).await;
    }
    let stored = visit.read(move |r| async move { methods::view(&r, id).await }).await?;
    form_page(&method_form(&visit, &scope, &stored, None, None), None)
}

#[handler]
pub(super) async fn set_method(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    let seen = form.version()?;
    let keys = ["tie_break/0", "tie_break/1"].map(|name| form.text(name).to_owned());
    let input = MethodInput {
        decimals: form.text("decimals").to_owned(),
        rank_on: form.text("rank_on").to_owned(),
        tie_break: keys.into_iter().filter(|key| !key.is_empty()).collect(),
        base_set: form.text("base_set").to_owned(),
        opening_councils: form.text("opening_councils").to_owned(),
        arithmetic_rule: Some(form.text("arithmetic_rule").to_owned()),
        spread_steps: form.optional("spread_steps"),
        clearance: form.text("clearance") == "yes",
    };
    match visit.write(move |w| async move { methods::set(&w, id, seen, input).await }).await {
        Ok(_) => done(&base(id), "The method is saved."),
        Err(refusal) => {
            let (scope, _) = entrance(&visit, id).await?;
            let stored = visit.read(move |r| async move { methods::view(&r, id).await }).await?;
            form_again(&form, &refusal, |form, refusal| method_form(&visit, &scope, &stored, form, refusal))
        }
    }
}

/// The form has one field for day and time, so faults of either lead to it.
fn deadline_errors(refusal: Option<&Refusal>) -> FieldErrors {
    let Some(refusal) = refusal.filter(|refusal| !refusal.fields.is_empty()) else {
        return form_errors(refusal);
    };
    refusal.fields.iter().map(|fault| ("deadline", fault.message.clone())).collect()
}

fn deadline_form(
    visit: &Visit,
    scope: &Scope,
    stored: &Deadline,
    form: Option<&Posted>,
    refusal: Option<&Refusal>,
) -> FormPage {
    let errors = deadline_errors(refusal);
    let local = stored.at.map(|at| at.with_timezone(&London));
    let part = |format: &str| local.map(|local| local.format(format).to_string()).unwrap_or_default();
    let time = local.map_or_else(|| "12:00".to_owned(), |local| local.format("%H:%M").to_string());
    let field = DateField::new("deadline", "Bids must arrive before")
        .hint("The day and time in London. A bid at exactly this time is late.")
        .value(
            entered_or(form, "deadline_day", &part("%-d")),
            entered_or(form, "deadline_month", &part("%-m")),
            entered_or(form, "deadline_year", &part("%Y")),
        )
        .time(entered_or(form, "deadline_time", &time))
        .error(errors.get("deadline"));
    let intro = match stored.earliest {
        Some(earliest) => format!(
            "With a notice published today and all documents available at once, the tender period may end on {} at \
             the earliest ({}).",
            day_text(earliest),
            stored.clause
        ),
        None => {
            "Today lies outside the calendar of bank holidays, so no advice on the tender period is given."
                .to_owned()
        }
    };
    FormPage {
        shell: shell(visit, scope, "Deadline").errors(&errors),
        intro,
        advice: stored.warning.clone().unwrap_or_default(),
        version: Some(form.and_then(|form| form.version().ok()).unwrap_or(stored.version)),
        fields: vec![Field::Date(field)],
        button: "Save deadline",
        cancel: base(scope.id()),
        removal: None,
    }
}

#[handler]
pub(super) async fn deadline_page(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    let (scope, may_change) = entrance(&visit, id).await?;
    if !may_change {
        return told::page(&visit, scope, Part::Deadline).await;
    }
    let stored = visit.read(move |r| async move { deadlines::view(&r, id).await }).await?;
    form_page(&deadline_form(&visit, &scope, &stored, None, None), None)
}

#[handler]
pub(super) async fn set_deadline(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    let seen = form.version()?;
    let input = DeadlineInput { date: form.date("deadline"), time: form.text("deadline_time").to_owned() };
    match visit.write(move |w| async move { deadlines::set(&w, id, seen, input).await }).await {
        // A deadline that is sooner than advised is shown again with the advice.
        Ok(deadline) if deadline.warning.is_some() => {
            done(&format!("{}/deadline", base(id)), "The deadline is saved. Read the advice below.")
        }
        Ok(_) => done(&base(id), "The deadline is saved."),
        Err(refusal) => {
            let (scope, _) = entrance(&visit, id).await?;
            let stored = visit.read(move |r| async move { deadlines::view(&r, id).await }).await?;
            form_again(&form, &refusal, |form, refusal| deadline_form(&visit, &scope, &stored, form, refusal))
        }
    }
}
