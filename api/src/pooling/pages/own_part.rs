//! Our council's part: the answer to an invitation, and what the council has promised.

use askama::Template;
use chrono::{Datelike, NaiveDate};
use entity::participation;
use poem::web::Path;
use poem::{Route, get, handler, post};
use rules::money::Pence;
use rules::stage::Stage;
use rules::words::{Commitment, DelegationInstrument, Part, ParticipationState};
use uuid::Uuid;

use crate::http::fields::{AreaField, CheckField, DateField, RadioField, TextField, Width};
use crate::http::shell::Shell;
use crate::http::visit::{done, form_errors, form_page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::Refusal;
use crate::kernel::clock::day_text;
use crate::kernel::refusal::Kind;
use crate::pooling::participation::{self as participations, UndertakingInput};
use crate::pooling::procurement as procurements;

pub(super) fn routes(route: Route) -> Route {
    route
        .at("/procurements/:id/partners/own", get(show).post(save))
        .at("/procurements/:id/partners/own/decline", post(decline))
}

/// The fields of a delegation.
struct DelegationFields {
    instrument: RadioField,
    minute: TextField,
    delegated_on: DateField,
    delegation_expires_on: DateField,
    delegation_cap_net: TextField,
    delegates_award: CheckField,
}

/// The fields of what a council promises to buy.
struct PromiseFields {
    commitment: RadioField,
    ceiling_net: TextField,
    shared_cost_weight: TextField,
}

/// What a council has promised, as words.
struct Promised {
    instrument: &'static str,
    minute: String,
    given: String,
    until: String,
    cap: String,
    award: &'static str,
    commitment: &'static str,
    ceiling: String,
    weight: String,
}

#[derive(Template)]
#[template(path = "pooling/own_part.html")]
struct OwnPartPage {
    shell: Shell,
    id: Uuid,
    part: participation::Model,
    invited: bool,
    is_lead: bool,
    /// Whether anything can be changed now.
    open: bool,
    delegation: DelegationFields,
    promise: PromiseFields,
    /// From publication on the promise stands; its values are then sent as they are.
    fixed: Option<Vec<(&'static str, String)>>,
    promised: Promised,
    changed_meanwhile: bool,
    reason: AreaField,
}

/// What the form holds: as stored, or as entered.
struct Held<'a> {
    part: &'a participation::Model,
    form: Option<&'a Posted>,
}

impl Held<'_> {
    fn text(&self, name: &str, stored: impl FnOnce(&participation::Model) -> String) -> String {
        self.form.map_or_else(|| stored(self.part), |form| form.text(name).to_owned())
    }

    fn date(&self, field: DateField, name: &str, stored: Option<NaiveDate>) -> DateField {
        match (self.form, stored) {
            (Some(form), _) => field.value(
                form.text(&format!("{name}_day")),
                form.text(&format!("{name}_month")),
                form.text(&format!("{name}_year")),
            ),
            (None, Some(day)) => field.value(day.day(), day.month(), day.year()),
            (None, None) => field,
        }
    }
}

fn delegation_fields(held: &Held<'_>, refusal: Option<&Refusal>) -> DelegationFields {
    let errors = form_errors(refusal);
    let instruments = DelegationInstrument::ALL.iter().map(|one| (one.as_str(), one.label()));
    let stored_instrument =
        |part: &participation::Model| part.instrument.map_or_else(String::new, |one| one.0.to_string());
    let amount = |pence: Option<i64>| pence.map_or_else(String::new, |pence| Pence(pence).to_string());
    DelegationFields {
        instrument: RadioField::new("instrument", "Power by which your council lets the lead act")
            .options(instruments)
            .chosen(held.text("instrument", stored_instrument))
            .error(errors.get("instrument")),
        minute: TextField::new("minute", "Minute or reference of the delegation")
            .value(held.text("minute", |part| part.minute.clone().unwrap_or_default()))
            .error(errors.get("minute")),
        delegated_on: held
            .date(DateField::new("delegated_on", "Day it was given"), "delegated_on", held.part.delegated_on)
            .error(errors.get("delegated_on")),
        delegation_expires_on: held
            .date(
                DateField::new("delegation_expires_on", "Last day it is in force")
                    .hint("Leave empty where it does not end."),
                "delegation_expires_on",
                held.part.delegation_expires_on,
            )
            .error(errors.get("delegation_expires_on")),
        delegation_cap_net: TextField::pounds("delegation_cap_net", "Most that it covers, without VAT")
            .hint("Leave empty where it has no limit.")
            .value(held.text("delegation_cap_net", |part| amount(part.delegation_cap_pence)))
            .error(errors.get("delegation_cap_net")),
        delegates_award: CheckField::yes(
            "delegates_award",
            "The lead may also decide the award for our council",
            held.form.map_or(held.part.delegates_award, |form| form.ticked("delegates_award")),
        )
        .error(errors.get("delegates_award")),
    }
}

fn promise_fields(held: &Held<'_>, refusal: Option<&Refusal>) -> PromiseFields {
    let errors = form_errors(refusal);
    let stored_commitment =
        |part: &participation::Model| part.commitment.map_or_else(String::new, |one| one.0.to_string());
    let ceiling = |part: &participation::Model| {
        part.ceiling_pence.map_or_else(String::new, |pence| Pence(pence).to_string())
    };
    PromiseFields {
        commitment: RadioField::new("commitment", "How firmly your council will buy")
            .options(Commitment::ALL.iter().map(|one| (one.as_str(), one.label())))
            .inline()
            .chosen(held.text("commitment", stored_commitment))
            .error(errors.get("commitment")),
        ceiling_net: TextField::pounds("ceiling_net", "Ceiling: the most over the whole term, without VAT")
            .value(held.text("ceiling_net", ceiling))
            .error(errors.get("ceiling_net")),
        shared_cost_weight: TextField::figure("shared_cost_weight", "Weight in shared costs")
            .hint("Costs that no volume divides are shared by these weights. 1 for all means equal shares.")
            .value(held.text("shared_cost_weight", |part| part.shared_cost_weight.clone()))
            .width(Width::Chars8)
            .error(errors.get("shared_cost_weight")),
    }
}

fn promised(part: &participation::Model) -> Promised {
    let dash = || "–".to_owned();
    Promised {
        instrument: part.instrument.map_or("–", |one| one.0.label()),
        minute: part.minute.clone().unwrap_or_else(dash),
        given: part.delegated_on.map_or_else(dash, day_text),
        until: part.delegation_expires_on.map_or_else(|| "no end".to_owned(), day_text),
        cap: part.delegation_cap_pence.map_or_else(|| "no limit".to_owned(), |cap| Pence(cap).pounds()),
        award: if part.delegates_award { "The lead decides for us" } else { "Our council decides" },
        commitment: part.commitment.map_or("–", |one| one.0.label()),
        ceiling: part.ceiling_pence.map_or_else(dash, |ceiling| Pence(ceiling).pounds()),
        weight: part.shared_cost_weight.clone(),
    }
}

async fn show_own(visit: &Visit, id: Uuid, refused: Option<(&Posted, &Refusal)>) -> PageResult {
    let scope = visit.read(move |r| async move { procurements::one(&r, id).await }).await?;
    let part = scope.council_part()?.clone();
    let refusal = refused.map(|(_, refusal)| refusal);
    let held = Held { part: &part, form: refused.map(|(form, _)| form) };
    let stage = scope.procurement.stage.0;
    let before_publication = matches!(stage, Stage::Pooling | Stage::Tendering);
    let invited = part.state.0 == ParticipationState::Invited;
    let fixed = (!before_publication).then(|| {
        vec![
            ("commitment", part.commitment.map_or_else(String::new, |one| one.0.to_string())),
            ("ceiling_net", part.ceiling_pence.map_or_else(String::new, |pence| Pence(pence).to_string())),
            ("shared_cost_weight", part.shared_cost_weight.clone()),
        ]
    });
    let is_lead = part.part.0 == Part::Lead;
    let open = match (part.part.0, stage) {
        (_, Stage::Awarded | Stage::Contracted) => false,
        (Part::Core, Stage::Tendering) if invited => false,
        (Part::Lead, _) => before_publication,
        _ => before_publication || !invited,
    };
    let heading = if invited { "Answer the invitation" } else { "Our council’s part" };
    let template = OwnPartPage {
        shell: visit
            .procurement_shell(heading, &scope.procurement, "partners")
            .crumb("Partners", format!("/procurements/{id}/partners"))
            .fact(part.part.0.label())
            .errors(&form_errors(refusal)),
        id,
        invited,
        is_lead,
        open,
        delegation: delegation_fields(&held, refusal),
        promise: promise_fields(&held, refusal),
        fixed,
        promised: promised(&part),
        changed_meanwhile: refusal.is_some_and(|refusal| refusal.kind == Kind::Stale),
        reason: AreaField::new("reason", "Reason (if you want to give one)").rows(3),
        part,
    };
    form_page(refusal, &template)
}

#[handler]
async fn show(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    show_own(&visit, id, None).await
}

#[handler]
async fn save(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    let seen = form.version()?;
    let date = |name: &str| Some(form.date(name)).filter(|text| !text.is_empty());
    let input = UndertakingInput {
        instrument: form.optional("instrument"),
        minute: form.optional("minute"),
        delegated_on: date("delegated_on"),
        delegation_expires_on: date("delegation_expires_on"),
        delegation_cap_net: form.optional("delegation_cap_net"),
        delegates_award: form.ticked("delegates_award"),
        commitment: form.text("commitment").to_owned(),
        ceiling_net: form.optional("ceiling_net"),
        shared_cost_weight: form.optional("shared_cost_weight"),
    };
    let accepts = form.ticked("accept");
    let saved = visit
        .write(move |w| async move {
            if accepts {
                participations::accept(&w, id, seen, input).await
            } else {
                participations::change(&w, id, seen, input).await
            }
        })
        .await;
    let path = format!("/procurements/{id}/partners");
    match saved {
        Ok(_) if accepts => done(&path, "Your council takes part. Now enter its requirements and demand."),
        Ok(_) => done(&path, "Your council’s part is saved."),
        Err(refusal) => show_own(&visit, id, Some((&form, &refusal))).await,
    }
}

#[handler]
async fn decline(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    let (seen, reason) = (form.version()?, form.optional("reason"));
    visit
        .write(move |w| async move { participations::decline(&w, id, seen, reason.as_deref()).await })
        .await?;
    done("/procurements", "The invitation is declined.")
}
