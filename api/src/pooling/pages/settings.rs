//! A procurement's particulars, and the step from pooling to an agreed specification and back.

use askama::Template;
use entity::procurement;
use poem::web::Path;
use poem::{Route, get, handler, post};
use rules::stage::Stage;
use uuid::Uuid;

use super::procurements::{Particulars, entered};
use crate::http::fields::AreaField;
use crate::http::shell::Shell;
use crate::http::visit::{done, form_errors, form_page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::Refusal;
use crate::kernel::refusal::Kind;
use crate::pooling::procurement::{self as procurements, Missing, ProcurementInput};
use rules::words::Role;

pub(super) fn routes(route: Route) -> Route {
    route
        .at("/procurements/:id/settings", get(show).post(change))
        .at("/procurements/:id/agree-specification", post(agree))
        .at("/procurements/:id/reopen-pooling", post(reopen))
}

#[derive(Template)]
#[template(path = "pooling/settings.html")]
struct SettingsPage {
    shell: Shell,
    procurement: procurement::Model,
    missing: Missing,
    /// The form, for those who may change the particulars now.
    fields: Option<Particulars>,
    reason: AreaField,
    coordinates: bool,
    /// Somebody else changed the particulars meanwhile: show what stands now beside what was entered.
    changed_meanwhile: bool,
}

impl SettingsPage {
    fn is_pooling(&self) -> bool {
        self.procurement.stage.0 == Stage::Pooling
    }

    fn is_tendering(&self) -> bool {
        self.procurement.stage.0 == Stage::Tendering
    }
}

/// What was tried and refused.
enum Refused<'a> {
    Nothing,
    Change(&'a ProcurementInput, &'a Refusal),
    Step(&'a str, &'a Refusal),
}

async fn show_settings(visit: &Visit, id: Uuid, refused: Refused<'_>) -> PageResult {
    let (scope, missing) =
        visit
            .read(move |r| async move {
                Ok((procurements::one(&r, id).await?, procurements::missing(&r, id).await?))
            })
            .await?;
    let refusal = match &refused {
        Refused::Nothing => None,
        Refused::Change(_, refusal) | Refused::Step(_, refusal) => Some(*refusal),
    };
    let coordinates = scope.holds(Role::Coordinator);
    let open = matches!(scope.procurement.stage.0, Stage::Pooling | Stage::Tendering);
    let fields = (coordinates && open).then(|| match &refused {
        Refused::Change(entered, refusal) => Particulars::new(entered, Some(refusal)),
        _ => Particulars::new(&stored(&scope.procurement), None),
    });
    let reason = match &refused {
        Refused::Step(reason, _) => *reason,
        _ => "",
    };
    let shell = visit
        .procurement_shell("Particulars", &scope.procurement, "settings")
        .fact(scope.procurement.reference.clone())
        .fact(scope.procurement.stage.0.label())
        .errors(&form_errors(refusal));
    let template = SettingsPage {
        shell,
        missing,
        fields,
        reason: AreaField::new("reason", "Why pooling must be reopened")
            .hint("Kept in the record.")
            .value(reason)
            .rows(3)
            .error(form_errors(refusal).get("reason")),
        coordinates,
        changed_meanwhile: refusal.is_some_and(|refusal| refusal.kind == Kind::Stale),
        procurement: scope.procurement,
    };
    form_page(refusal, &template)
}

fn stored(procurement: &procurement::Model) -> ProcurementInput {
    ProcurementInput {
        reference: procurement.reference.clone(),
        title: procurement.title.clone(),
        description: procurement.description.clone(),
        route: procurement.route.0.to_string(),
        contracting_model: procurement.contracting_model.0.to_string(),
        term_years: procurement.term_years.to_string(),
        external_ref: procurement.external_ref.clone(),
    }
}

#[handler]
async fn show(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    show_settings(&visit, id, Refused::Nothing).await
}

#[handler]
async fn change(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    let (seen, input) = (form.version()?, entered(&form));
    let again = input.clone();
    match visit.write(move |w| async move { procurements::change(&w, id, seen, input).await }).await {
        Ok(_) => done(&format!("/procurements/{id}/settings"), "Particulars saved."),
        Err(refusal) => show_settings(&visit, id, Refused::Change(&again, &refusal)).await,
    }
}

#[handler]
async fn agree(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    let seen = form.version()?;
    match visit.write(move |w| async move { procurements::agree_specification(&w, id, seen).await }).await {
        Ok(_) => done(
            &format!("/procurements/{id}/tender"),
            "The specification is agreed and all councils are told. Now make the tender.",
        ),
        Err(refusal) => show_settings(&visit, id, Refused::Step("", &refusal)).await,
    }
}

#[handler]
async fn reopen(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    let (seen, reason) = (form.version()?, form.text("reason").to_owned());
    let again = reason.clone();
    let reopened =
        visit.write(move |w| async move { procurements::reopen_pooling(&w, id, seen, &reason).await });
    match reopened.await {
        Ok(_) => done(&format!("/procurements/{id}/requirements"), "Pooling is open again."),
        Err(refusal) => show_settings(&visit, id, Refused::Step(&again, &refusal)).await,
    }
}
