//! One line of the price schedule.

use askama::Template;
use entity::schedule_line;
use poem::web::Path;
use poem::{Route, get, handler, post};
use rules::words::Charge;
use uuid::Uuid;

use super::demand::is_open;
use crate::http::fields::{CheckField, SelectField, TextField, Width};
use crate::http::shell::{FieldErrors, Shell};
use crate::http::visit::{done, form_errors, page, page_again};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::Refusal;
use crate::pooling::procurement;
use crate::pooling::schedule::{self, ScheduleLineInput};

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
    pub(super) optional: CheckField,
}

impl LineFields {
    pub(super) fn new(input: &ScheduleLineInput, errors: &FieldErrors) -> Self {
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
                .hint("Such as licence, day or site.")
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
            optional: CheckField::yes(
                "optional",
                "Optional: not part of the evaluated price",
                input.optional,
            ),
        }
    }
}

pub(super) fn line_input(form: &Posted) -> ScheduleLineInput {
    ScheduleLineInput {
        code: form.optional("code"),
        description: form.text("description").to_owned(),
        unit: form.text("unit").to_owned(),
        charge: form.text("charge").to_owned(),
        shared: form.ticked("shared"),
        optional: form.ticked("optional"),
    }
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
        None => ScheduleLineInput {
            code: Some(line.code.clone()),
            description: line.description.clone(),
            unit: line.unit.clone(),
            charge: line.charge.0.to_string(),
            shared: line.shared,
            optional: line.optional,
        },
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
                    ("Optional", yes_or_no(line.optional)),
                    ("Number", line.code.as_str()),
                ],
            ),
        base: format!("/procurements/{id}/demand/lines/{}", line.id),
        fields: LineFields::new(&input, &errors),
        line,
    };
    match refused {
        None => page(&template),
        Some((_, refusal)) => page_again(refusal, &template),
    }
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
