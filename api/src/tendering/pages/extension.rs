//! A later deadline through pages: the form, a check of what will be proposed, and the page of a proposal, on which a second
//! person confirms it.

use askama::Template;
use poem::handler;
use poem::web::Path;
use uuid::Uuid;

use super::{Field, FormPage, base, entrance, form_page, shell};
use crate::http::fields::{AreaField, DateField};
use crate::http::shell::{FieldErrors, Shell};
use crate::http::visit::{done, form_errors, page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::Refusal;
use crate::kernel::access::Scope;
use crate::kernel::clock::london_text;
use crate::tendering::extension::{self, ExtensionInput, ExtensionView, OutageInput, Proposal, outage_text};
use rules::extension::{ExtensionState, Modification};

/// The address of an extension's page.
pub(crate) fn path(procurement_id: Uuid, id: Uuid) -> String {
    format!("{}/extensions/{id}", base(procurement_id))
}

/// The page has one field for day and time, so faults of either lead to it.
fn errors_of(refusal: Option<&Refusal>) -> FieldErrors {
    let Some(refusal) = refusal.filter(|refusal| !refusal.fields.is_empty()) else {
        return form_errors(refusal);
    };
    let field = |name: &str| match name {
        "date" | "time" => "deadline",
        "outage/from_date" | "outage/from_time" => "outage_from",
        "outage/to_date" | "outage/to_time" => "outage_to",
        "outage/what" | "outage" => "outage",
        _ => "reason",
    };
    refusal.fields.iter().map(|fault| (field(&fault.field), fault.message.clone())).collect()
}

fn date_field(form: &Posted, name: &str, label: &str, time: &str) -> DateField {
    let part = |suffix: &str| form.text(&format!("{name}_{suffix}")).to_owned();
    let typed = part("time");
    DateField::new(name, label).value(part("day"), part("month"), part("year")).time(if typed.is_empty() {
        time.to_owned()
    } else {
        typed
    })
}

fn form(visit: &Visit, scope: &Scope, passed: bool, form: &Posted, refusal: Option<&Refusal>) -> FormPage {
    let errors = errors_of(refusal);
    let mut fields = vec![
        Field::Date(
            date_field(form, "deadline", "New deadline", "12:00")
                .hint("The day and time in London, later than the deadline in force. A bid at exactly this time is late.")
                .error(errors.get("deadline")),
        ),
        Field::Area(
            AreaField::new("reason", "Reason")
                .hint("Every bidder and every partner council is told this, and it stands on the public page.")
                .value(form.text("reason"))
                .error(errors.get("reason")),
        ),
    ];
    if passed {
        fields.extend([
            Field::Date(
                date_field(form, "outage_from", "This system was down from", "")
                    .hint("The day and time in London, before the deadline.")
                    .error(errors.get("outage_from")),
            ),
            Field::Date(date_field(form, "outage_to", "It was back at", "").error(errors.get("outage_to"))),
            Field::Area(
                AreaField::new("outage", "What happened")
                    .hint("As the log has it.")
                    .value(form.text("outage"))
                    .error(errors.get("outage")),
            ),
        ]);
    }
    let deadline = scope.procurement.deadline_at.map(london_text).unwrap_or_default();
    let intro = if passed {
        format!(
            "The deadline passed on {deadline} (London time). It can be moved only where this system itself was down, while nothing is opened, to a time that still lies ahead. Submissions that came late are then judged by the new deadline."
        )
    } else {
        format!(
            "Bids are due before {deadline} (London time). You propose a later deadline and a second person confirms it; if nobody does before the present deadline, the proposal lapses."
        )
    };
    FormPage {
        shell: shell(visit, scope, "Extend the deadline").errors(&errors),
        intro,
        advice: String::new(),
        version: None,
        fields,
        button: "Continue",
        cancel: base(scope.id()),
        removal: None,
    }
}

fn input(form: &Posted, passed: bool) -> ExtensionInput {
    let time = |name: &str| form.text(&format!("{name}_time")).to_owned();
    ExtensionInput {
        date: form.date("deadline"),
        time: time("deadline"),
        reason: form.text("reason").to_owned(),
        outage: passed.then(|| OutageInput {
            from_date: form.date("outage_from"),
            from_time: time("outage_from"),
            to_date: form.date("outage_to"),
            to_time: time("outage_to"),
            what: form.text("outage").to_owned(),
        }),
    }
}

/// The procurement, and whether its deadline has passed.
async fn entered(visit: &Visit, id: Uuid) -> Result<(Scope, bool), Refusal> {
    let (scope, _) = entrance(visit, id).await?;
    scope.must_coordinate()?;
    let now = visit.read(|r| async move { Ok(r.now()) }).await?;
    let passed = scope.procurement.deadline_at.is_some_and(|deadline| now >= deadline);
    Ok((scope, passed))
}

#[handler]
pub(super) async fn new(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    let (scope, passed) = entered(&visit, id).await?;
    form_page(&form(&visit, &scope, passed, &Posted::default(), None), None)
}

#[derive(Template)]
#[template(path = "tendering/extension_check.html")]
struct CheckPage {
    shell: Shell,
    base: String,
    old: String,
    new: String,
    reason: String,
    outage: Option<String>,
    clause: &'static str,
    after: bool,
    hidden: Vec<(String, String)>,
}

fn check_page(visit: &Visit, scope: &Scope, proposal: Proposal, form: &Posted) -> CheckPage {
    CheckPage {
        shell: shell(visit, scope, "Check the extension"),
        base: base(scope.id()),
        old: london_text(proposal.from),
        new: london_text(proposal.to),
        reason: proposal.reason,
        outage: proposal
            .outage
            .map(|(from, to, what)| format!("{} to {}: {what}", london_text(from), london_text(to))),
        clause: proposal.kind.label(),
        after: proposal.kind == Modification::AfterDeadline,
        hidden: form.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
    }
}

#[handler]
pub(super) async fn propose(visit: Visit, Path(id): Path<Uuid>, posted: Posted) -> PageResult {
    let (scope, passed) = entered(&visit, id).await?;
    let wanted = input(&posted, passed);
    let outcome = if posted.ticked("confirmed") {
        let proposed = visit.write(move |w| async move { extension::propose(&w, id, wanted).await }).await;
        match proposed {
            Ok(proposed) => {
                return done(
                    &path(id, proposed.extension.id),
                    "The extension is proposed. A second person must confirm it.",
                );
            }
            Err(refusal) => Err(refusal),
        }
    } else {
        visit.read(move |r| async move { extension::check(&r, id, &wanted).await }).await
    };
    match outcome {
        Ok(proposal) => page(&check_page(&visit, &scope, proposal, &posted)),
        Err(refusal) => form_page(&form(&visit, &scope, passed, &posted, Some(&refusal)), Some(&refusal)),
    }
}

#[derive(Template)]
#[template(path = "tendering/extension.html")]
struct ExtensionPage {
    shell: Shell,
    path: String,
    state: (&'static str, &'static str),
    old: String,
    new: String,
    reason: String,
    outage: Option<String>,
    clause: &'static str,
    proposed: String,
    confirmed: Option<String>,
    pack: Option<(i32, String)>,
    waits_until: Option<String>,
    may_confirm: bool,
    hindrance: Option<String>,
    may_take_back: bool,
    version: i64,
}

/// How a state is shown.
pub(super) fn tag(state: ExtensionState) -> (&'static str, &'static str) {
    let kind = match state {
        ExtensionState::Proposed => "warn",
        ExtensionState::Confirmed => "good",
        ExtensionState::Lapsed | ExtensionState::TakenBack => "plain",
    };
    (state.label(), kind)
}

#[handler]
pub(super) async fn view(visit: Visit, Path((id, extension)): Path<(Uuid, Uuid)>) -> PageResult {
    let (scope, _) = entrance(&visit, id).await?;
    let view = visit.read(move |r| async move { extension::one(&r, id, extension).await }).await?;
    let ExtensionView { extension: row, state, .. } = &view;
    let confirmed = view.confirmed_by.as_ref().zip(row.confirmed_at);
    page(&ExtensionPage {
        shell: shell(&visit, &scope, "Extension of the deadline"),
        path: path(id, row.id),
        state: tag(*state),
        old: london_text(row.from_deadline),
        new: london_text(row.to_deadline),
        reason: row.reason.clone(),
        outage: outage_text(row),
        clause: row.kind.0.label(),
        proposed: format!("{}, {}", view.proposed_by, london_text(row.proposed_at)),
        confirmed: confirmed.map(|(who, at)| format!("{who}, {}", london_text(at))),
        pack: view.pack.as_ref().map(|pack| (pack.number, pack.hash.clone())),
        waits_until: (*state == ExtensionState::Proposed)
            .then(|| london_text(extension::terms(row).lapses_at())),
        may_confirm: view.may_confirm,
        hindrance: view.hindrance.clone(),
        may_take_back: view.may_take_back,
        version: row.version,
    })
}

#[handler]
pub(super) async fn take_back(
    visit: Visit,
    Path((id, extension)): Path<(Uuid, Uuid)>,
    form: Posted,
) -> PageResult {
    let seen = form.version()?;
    visit.write(move |w| async move { extension::take_back(&w, id, extension, seen).await }).await?;
    done(&path(id, extension), "The proposal is taken back. The deadline stays as it is.")
}
