//! One line of the price schedule.

use askama::Template;
use entity::schedule_line;
use poem::web::Path;
use poem::{Route, get, handler, post};
use rules::money::Volume;
use rules::words::{Charge, Obligation};
use uuid::Uuid;

use super::demand::is_open;
use crate::http::fields::{CheckField, SelectField, TextField, Width};
use crate::http::shell::{FieldErrors, Shell};
use crate::http::visit::{done, form_errors, form_page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::Refusal;
use crate::pooling::procurement;
use crate::pooling::schedule::{self, RateInput, ScheduleLineInput};

pub(super) fn routes(route: Route) -> Route {
    route
        .at("/procurements/:id/demand/lines/:line", get(one).post(change))
        .at("/procurements/:id/demand/lines/:line/remove", post(remove))
}

/// What is entered about a line.
pub(super) struct LineFields {
    pub(super) code: TextField,
    pub(super) description: TextField,
    pub(super) unit: TextField,
    pub(super) charge: SelectField,
    pub(super) shared: CheckField,
    pub(super) obligation: SelectField,
    pub(super) tiers: TextField,
    pub(super) role: TextField,
    pub(super) level: TextField,
    pub(super) basket: TextField,
}

impl LineFields {
    pub(super) fn new(input: &ScheduleLineInput, errors: &FieldErrors) -> Self {
        let rate = input.rate_card.as_ref();
        let charges = Charge::ALL.iter().map(|charge| (charge.as_str(), charge.label()));
        Self {
            code: TextField::new("code", "Number (optional)")
                .hint("Such as P01. Leave it empty to get the next free one.")
                .value(input.code.clone().unwrap_or_default())
                .width(Width::Chars8)
                .error(errors.get("code")),
            description: TextField::new("description", "What is priced")
                .value(&input.description)
                .error(errors.get("description")),
            unit: TextField::new("unit", "Unit")
                .hint("Such as licence, device or site. A rate is for a day.")
                .value(&input.unit)
                .width(Width::Chars16)
                .error(errors.get("unit")),
            charge: SelectField::new("charge", "Charge")
                .options(charges)
                .chosen(&input.charge)
                .error(errors.get("charge")),
            shared: CheckField::yes(
                "shared",
                "Shared by all councils: priced once, without volumes",
                input.shared,
            ),
            obligation: SelectField::new("obligation", "What suppliers owe")
                .options(Obligation::ALL.iter().map(|word| (word.as_str(), word.label())))
                .chosen(&input.obligation)
                .error(errors.get("obligation")),
            tiers: TextField::new("tiers", "Volume bands (optional)")
                .hint(
                    "Where each band begins, with spaces between, such as 0 100 500. Suppliers then give a price for each \
                     band; the volume of all councils in a year decides which counts. Leave it empty for one price.",
                )
                .value(input.tiers.join(" "))
                .width(Width::Chars16)
                .error(errors.get("tiers")),
            role: TextField::new("rate_card/role", "Role (rates of a rate card only)")
                .hint("Such as Data engineer. A line with a role is a day rate, shared by all councils.")
                .value(rate.map(|rate| rate.role.as_str()).unwrap_or_default())
                .error(errors.get("rate_card/role")),
            level: TextField::new("rate_card/level", "SFIA level (rates only)")
                .hint("1 to 7.")
                .value(rate.map(|rate| rate.level.as_str()).unwrap_or_default())
                .width(Width::Chars8)
                .error(errors.get("rate_card/level")),
            basket: TextField::new("rate_card/basket", "Basket in days (rates only)")
                .hint(
                    "Days that count in the evaluated price: over the term if the charge is one-off, in each contract year \
                     if it recurs. 0 for a rate that is only priced.",
                )
                .value(rate.map(|rate| rate.basket.as_str()).unwrap_or_default())
                .width(Width::Chars8)
                .error(errors.get("rate_card/basket")),
        }
    }
}

pub(super) fn line_input(form: &Posted) -> ScheduleLineInput {
    let rate = RateInput {
        role: form.text("rate_card/role").to_owned(),
        level: form.text("rate_card/level").to_owned(),
        basket: form.text("rate_card/basket").to_owned(),
    };
    let any = [&rate.role, &rate.level, &rate.basket].iter().any(|text| !text.trim().is_empty());
    ScheduleLineInput {
        code: form.optional("code"),
        description: form.text("description").to_owned(),
        unit: form.text("unit").to_owned(),
        charge: form.text("charge").to_owned(),
        shared: form.ticked("shared"),
        obligation: form.text("obligation").to_owned(),
        tiers: borders(form.text("tiers")),
        rate_card: any.then_some(rate),
    }
}

/// The numbers of a list, with spaces between and perhaps commas.
fn borders(text: &str) -> Vec<String> {
    let numbers = text.split_whitespace().map(|number| number.trim_end_matches([',', ';']));
    numbers.filter(|number| !number.is_empty()).map(str::to_owned).collect()
}

/// A line as it was entered.
fn input_of(line: &schedule_line::Model) -> ScheduleLineInput {
    ScheduleLineInput {
        code: Some(line.code.clone()),
        description: line.description.clone(),
        unit: line.unit.clone(),
        charge: line.charge.0.to_string(),
        shared: line.shared,
        obligation: line.obligation.0.to_string(),
        tiers: schedule::tiers(line).iter().map(Volume::to_string).collect(),
        rate_card: line.rate_role.as_ref().map(|role| RateInput {
            role: role.clone(),
            level: line.rate_level.map(|level| level.to_string()).unwrap_or_default(),
            basket: Volume(line.rate_basket_e3.unwrap_or_default()).to_string(),
        }),
    }
}

/// A rate in a few words.
fn rate_text(line: &schedule_line::Model) -> String {
    let Some(role) = &line.rate_role else { return "None".to_owned() };
    format!("{role}, SFIA level {}, {}", line.rate_level.unwrap_or_default(), basket_text(line))
}

/// The basket of a rate in a few words.
pub(super) fn basket_text(line: &schedule_line::Model) -> String {
    let days = line.rate_basket_e3.unwrap_or_default();
    let when = match line.charge.0 {
        _ if days == 0 => return "priced only, basket of 0 days".to_owned(),
        Charge::OneOff => "over the term",
        Charge::Recurring => "in each contract year",
    };
    format!("basket of {} days {when}", Volume(days).grouped())
}

/// Where the bands of a line begin, in a few words.
pub(super) fn tiers_text(line: &schedule_line::Model) -> String {
    let tiers: Vec<String> = schedule::tiers(line).into_iter().map(Volume::grouped).collect();
    if tiers.is_empty() { "One price".to_owned() } else { tiers.join(", ") }
}

#[derive(Template)]
#[template(path = "pooling/line.html")]
struct LinePage {
    shell: Shell,
    base: String,
    line: schedule_line::Model,
    fields: LineFields,
}

const fn yes_or_no(yes: bool) -> &'static str {
    if yes { "Yes" } else { "No" }
}

async fn show(visit: &Visit, id: Uuid, line: Uuid, refused: Option<(&Posted, &Refusal)>) -> PageResult {
    let (scope, line) = visit
        .read(move |r| async move {
            let scope = procurement::one(&r, id).await?;
            scope.must_coordinate()?;
            Ok((scope, schedule::one(&r, id, line).await?))
        })
        .await?;
    if !is_open(&scope) {
        return Err(Refusal::conflict("wrong_stage", "The schedule is published and stays as it is.").into());
    }
    let errors = form_errors(refused.map(|(_, refusal)| refusal));
    let input = match refused {
        Some((form, _)) => line_input(form),
        None => input_of(&line),
    };
    let template = LinePage {
        shell: visit
            .procurement_shell(format!("Schedule line {}", line.code), &scope.procurement, "demand")
            .crumb("Demand", format!("/procurements/{id}/demand"))
            .errors(&errors)
            .stands_now(
                refused.map(|(_, refusal)| refusal),
                [
                    ("What is priced", line.description.as_str()),
                    ("Unit", line.unit.as_str()),
                    ("Charge", line.charge.0.label()),
                    ("Shared by all councils", yes_or_no(line.shared)),
                    ("What suppliers owe", line.obligation.0.label()),
                    ("Volume bands", tiers_text(&line).as_str()),
                    ("Rate", rate_text(&line).as_str()),
                    ("Number", line.code.as_str()),
                ],
            ),
        base: format!("/procurements/{id}/demand/lines/{}", line.id),
        fields: LineFields::new(&input, &errors),
        line,
    };
    form_page(refused.map(|(_, refusal)| refusal), &template)
}

#[handler]
async fn one(visit: Visit, Path((id, line)): Path<(Uuid, Uuid)>) -> PageResult {
    show(&visit, id, line, None).await
}

#[handler]
async fn change(visit: Visit, Path((id, line)): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    let (seen, input) = (form.version()?, line_input(&form));
    match visit.write(move |w| async move { schedule::change(&w, id, line, seen, input).await }).await {
        Ok(line) => done(&format!("/procurements/{id}/demand"), &format!("Line {} saved.", line.code)),
        Err(refusal) => show(&visit, id, line, Some((&form, &refusal))).await,
    }
}

#[handler]
async fn remove(visit: Visit, Path((id, line)): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    let seen = form.version()?;
    let removed = visit.write(move |w| async move { schedule::remove(&w, id, line, seen).await }).await?;
    done(&format!("/procurements/{id}/demand"), &format!("Line {} removed.", removed.code))
}
