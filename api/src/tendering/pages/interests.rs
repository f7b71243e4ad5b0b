//! Declare interests, on one page; coordinators and approvers see what everybody declared, and clear it.

use askama::Template;
use entity::procurement;
use poem::handler;
use poem::web::{Path, Query};
use rules::interest::{CLEARED_BY, Standing};
use rules::words::{Interest, Role};
use serde::Deserialize;
use uuid::Uuid;

use crate::http::fields::{AreaField, RadioField};
use crate::http::shell::{FieldErrors, Shell};
use crate::http::visit::{done, form_errors, form_page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::clock::london_text;
use crate::kernel::{Paging, Refusal, Slice};
use crate::tendering::interest::standing::Last;
use crate::tendering::interest::{self as interests, Declared, InterestInput, Version};
use crate::tendering::reading;

/// The path of the page on which everybody declares.
fn base(id: Uuid) -> String {
    format!("/procurements/{id}/interests")
}

struct Row {
    name: String,
    council: String,
    roles: String,
    declared: &'static str,
    detail: String,
    at: String,
    standing: &'static str,
    kind: &'static str,
    /// Whether it waits for clearance.
    waits: bool,
    href: String,
}

impl Row {
    fn new(id: Uuid, declared: Declared) -> Self {
        let roles: Vec<_> = declared.roles.iter().map(|role| role.label()).collect();
        let row = declared.last.map(|last| last.row);
        Self {
            href: format!("{}/{}", base(id), declared.person.id),
            name: declared.person.name,
            council: declared.council,
            roles: roles.join(", "),
            declared: row.as_ref().map_or("Nothing yet", |row| row.interest.0.label()),
            standing: declared.standing.label(),
            kind: kind(declared.standing),
            waits: declared.standing == Standing::ToClear,
            at: row.as_ref().map(|row| london_text(row.declared_at)).unwrap_or_default(),
            detail: row.map(|row| row.detail).unwrap_or_default(),
        }
    }
}

const fn kind(standing: Standing) -> &'static str {
    match standing {
        Standing::Undeclared | Standing::DeclareAgain | Standing::ToClear => "warn",
        Standing::Free => "good",
        Standing::Barred => "bad",
    }
}

#[derive(Template)]
#[template(path = "tendering/interests.html")]
struct InterestsPage {
    shell: Shell,
    action: String,
    bidders: Vec<String>,
    may_declare: bool,
    stored: Option<String>,
    next_step: Option<String>,
    version: i64,
    interest: RadioField,
    detail: AreaField,
    list: Option<(Vec<Row>, String)>,
}

#[derive(Deserialize)]
pub(super) struct After {
    after: Option<String>,
}

/// Where a declaration is entered: as it stands, or as it was refused.
struct Entered<'a> {
    last: Option<&'a Last>,
    refused: Option<(&'a Posted, &'a FieldErrors)>,
}

impl Entered<'_> {
    fn fields(&self) -> (RadioField, AreaField) {
        let (word, detail) = match (self.refused, self.last) {
            (Some((posted, _)), _) => (posted.text("interest").to_owned(), posted.text("detail").to_owned()),
            (None, Some(last)) => (last.row.interest.0.to_string(), last.row.detail.clone()),
            (None, None) => (String::new(), String::new()),
        };
        let error = |name: &str| self.refused.and_then(|(_, errors)| errors.get(name));
        let interest = RadioField::new("interest", "Interests in this procurement or its bidders")
            .options(Interest::ALL.iter().map(|word| (word.as_str(), word.label())))
            .chosen(word)
            .error(error("interest"));
        let detail = AreaField::new("detail", "In words")
            .hint("The interest and what mitigates it. Leave this empty where there is none.")
            .value(detail)
            .error(error("detail"));
        (interest, detail)
    }
}

/// What stands in the way of somebody who would read bids or marks, as the title and the text of an empty page.
pub(crate) const fn in_the_way(standing: Standing) -> Option<(&'static str, &'static str)> {
    match standing {
        Standing::Undeclared => {
            Some(("Declare your interests first", "Bids and marks show once you have declared."))
        }
        Standing::DeclareAgain => Some((
            "Declare your interests again",
            "The bidders’ names show now, and you have not declared since. Bids and marks show once you have.",
        )),
        Standing::ToClear => Some((
            "Your interest waits for clearance",
            "Bids and marks show once two other people have cleared the interest that you declared. Coordinators and \
             approvers can.",
        )),
        Standing::Free | Standing::Barred => None,
    }
}

/// What has to happen before the visitor takes part.
fn next_step(standing: Standing, last: Option<&Last>) -> Option<String> {
    match standing {
        Standing::DeclareAgain => Some(
            "Declare once more: the bidders’ names show now, and you have not declared since.".to_owned(),
        ),
        Standing::ToClear => {
            let given = last.map_or(0, |last| last.clearances.len());
            Some(format!(
                "You take part once {CLEARED_BY} other people have cleared this; {given} have. Coordinators and \
                 approvers can."
            ))
        }
        Standing::Undeclared | Standing::Free | Standing::Barred => None,
    }
}

fn shell(visit: &Visit, title: impl Into<String>, procurement: &procurement::Model) -> Shell {
    let tab = if procurement.opened_at.is_some() { "scoring" } else { "tender" };
    visit.procurement_shell(title, procurement, tab)
}

async fn show_own(
    visit: &Visit,
    id: Uuid,
    after: Option<String>,
    refused: Option<(&Posted, &Refusal)>,
) -> PageResult {
    let (scope, (last, standing), bidders, list) = visit
        .read(move |r| async move {
            let scope = reading(&r, id).await?;
            let own = interests::own(&r, id).await?;
            let list = if interests::looks_after(&scope) && own.1 != Standing::Barred {
                Some(interests::list(&r, id, &Paging { after, ..Paging::default() }).await?)
            } else {
                None
            };
            Ok((scope, own, interests::bidders(&r, id).await?, list))
        })
        .await?;
    let list = list.map(|slice| {
        let rows = slice.items.into_iter().map(|declared| Row::new(id, declared)).collect();
        (rows, slice.next.map(|next| format!("{}?after={next}", base(id))).unwrap_or_default())
    });
    let refusal = refused.map(|(_, refusal)| refusal);
    let errors = form_errors(refusal);
    let entered = Entered { last: last.as_ref(), refused: refused.map(|(posted, _)| (posted, &errors)) };
    let (interest, detail) = entered.fields();
    let template = InterestsPage {
        shell: shell(visit, "Declare interests", &scope.procurement).errors(&errors),
        action: base(id),
        bidders,
        may_declare: !scope.roles.is_empty(),
        stored: last.as_ref().map(|Last { row, .. }| {
            format!("{}, declared on {}", row.interest.0.label(), london_text(row.declared_at))
        }),
        next_step: next_step(standing, last.as_ref()),
        version: last.as_ref().map_or(0, |last| last.row.version),
        interest,
        detail,
        list,
    };
    form_page(refusal, &template)
}

#[handler]
pub(super) async fn show(visit: Visit, Path(id): Path<Uuid>, Query(query): Query<After>) -> PageResult {
    show_own(&visit, id, query.after, None).await
}

fn input(form: &Posted) -> InterestInput {
    InterestInput { interest: form.text("interest").to_owned(), detail: form.text("detail").to_owned() }
}

#[handler]
pub(super) async fn declare(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    let (seen, input) = (form.version()?, input(&form));
    match visit.write(move |w| async move { interests::declare(&w, id, seen, input).await }).await {
        Ok(_) => done(&base(id), "Your declaration is recorded."),
        Err(refusal) if [409, 412, 422].contains(&refusal.status()) => {
            show_own(&visit, id, None, Some((&form, &refusal))).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}

struct VersionRow {
    version: i64,
    interest: &'static str,
    detail: String,
    at: String,
    bidders: &'static str,
    clearing: &'static str,
    clearances: Vec<String>,
}

impl From<Version> for VersionRow {
    fn from(version: Version) -> Self {
        let row = version.row;
        let at = london_text(row.declared_at);
        let clearances = version.clearances.into_iter().map(|(name, clearance)| {
            format!("{name}, {}: {}", london_text(clearance.cleared_at), clearance.detail)
        });
        Self {
            version: row.version,
            interest: row.interest.0.label(),
            at: if version.declared_by.is_empty() { at } else { format!("{at}, {}", version.declared_by) },
            detail: row.detail,
            bidders: if row.bidders_known { "Showed" } else { "Did not show" },
            clearing: if row.to_clear { "Nobody yet" } else { "Needs nobody" },
            clearances: clearances.collect(),
        }
    }
}

struct ClearForm {
    action: String,
    given: String,
    detail: AreaField,
}

struct AssessForm {
    action: String,
    interest: RadioField,
    detail: AreaField,
}

#[derive(Template)]
#[template(path = "tendering/interest.html")]
struct InterestPage {
    shell: Shell,
    name: String,
    standing: &'static str,
    kind: &'static str,
    versions: Vec<VersionRow>,
    next: String,
    version: i64,
    clearing: Option<ClearForm>,
    assessing: Option<AssessForm>,
}

/// Which of the two forms of the page was refused.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sent {
    Clearance,
    Assessment,
}

/// A person's page as it was read.
struct Found {
    procurement: procurement::Model,
    coordinates: bool,
    declared: Declared,
    versions: Slice<Version>,
}

/// The form to clear what waits, for everybody who has not yet and is not its holder.
fn clear_form(
    found: &Found,
    own: Uuid,
    path: &str,
    refused: Option<(&Posted, &FieldErrors)>,
) -> Option<ClearForm> {
    let last = found.declared.last.as_ref()?;
    let cleared = last.clearances.iter().any(|row| row.person_id == own);
    if found.declared.person.id == own || cleared || last.declaration().is_cleared() {
        return None;
    }
    let detail = AreaField::new("detail", "Why the mitigation is enough")
        .value(refused.map(|(posted, _)| posted.text("detail").to_owned()).unwrap_or_default())
        .error(refused.and_then(|(_, errors)| errors.get("detail")));
    let given = match last.clearances.len() {
        0 => "Nobody has yet.".to_owned(),
        given => format!("{given} has already."),
    };
    Some(ClearForm { action: format!("{path}/clear"), given, detail })
}

/// The form by which the coordinator holds it to be something else, with a reason of the coordinator's own.
fn assess_form(
    last: Option<&Last>,
    action: String,
    beside_another: bool,
    refused: Option<(&Posted, &FieldErrors)>,
) -> AssessForm {
    let (interest, _) = Entered { last, refused }.fields();
    let reason = AreaField::new("detail", "Why, and what mitigates it")
        .value(refused.map(|(posted, _)| posted.text("detail").to_owned()).unwrap_or_default())
        .error(refused.and_then(|(_, errors)| errors.get("detail")));
    // Two fields of one name stand on the page then.
    let detail = if beside_another { reason.id("assessment-detail") } else { reason };
    AssessForm { action, interest, detail }
}

async fn show_person(
    visit: &Visit,
    (id, person): (Uuid, Uuid),
    after: Option<String>,
    refused: Option<(Sent, &Posted, &Refusal)>,
) -> PageResult {
    let own = visit.caller.person()?.id;
    let found = visit
        .read(move |r| async move {
            let scope = reading(&r, id).await?;
            let declared = interests::of_person(&r, id, person).await?;
            let paging = Paging { after, ..Paging::default() };
            let versions = interests::versions(&r, id, person, &paging).await?;
            let coordinates = scope.holds(Role::Coordinator);
            Ok(Found { procurement: scope.procurement, coordinates, declared, versions })
        })
        .await?;
    let refusal = refused.map(|(_, _, refusal)| refusal);
    let errors = form_errors(refusal);
    let sent =
        |which: Sent| refused.filter(|(sent, _, _)| *sent == which).map(|(_, posted, _)| (posted, &errors));
    let path = format!("{}/{person}", base(id));
    let clearing = clear_form(&found, own, &path, sent(Sent::Clearance));
    let last = found.declared.last.as_ref();
    let assessing = (found.coordinates && person != own)
        .then(|| assess_form(last, path.clone(), clearing.is_some(), sent(Sent::Assessment)));
    let name = found.declared.person.name.clone();
    let template = InterestPage {
        shell: shell(visit, format!("Interests of {name}"), &found.procurement)
            .crumb("Declare interests", base(id))
            .errors(&errors),
        name,
        standing: found.declared.standing.label(),
        kind: kind(found.declared.standing),
        version: last.map_or(0, |last| last.row.version),
        next: found.versions.next.map(|next| format!("{path}?after={next}")).unwrap_or_default(),
        versions: found.versions.items.into_iter().map(VersionRow::from).collect(),
        clearing,
        assessing,
    };
    form_page(refusal, &template)
}

#[handler]
pub(super) async fn show_other(
    visit: Visit,
    Path(place): Path<(Uuid, Uuid)>,
    Query(query): Query<After>,
) -> PageResult {
    show_person(&visit, place, query.after, None).await
}

#[handler]
pub(super) async fn assess(visit: Visit, Path((id, person)): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    let (seen, input) = (form.version()?, input(&form));
    match visit.write(move |w| async move { interests::assess(&w, id, person, seen, input).await }).await {
        Ok(_) => done(&format!("{}/{person}", base(id)), "The assessment is recorded."),
        Err(refusal) if [409, 412, 422].contains(&refusal.status()) => {
            show_person(&visit, (id, person), None, Some((Sent::Assessment, &form, &refusal))).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}

#[handler]
pub(super) async fn clear(visit: Visit, Path((id, person)): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    let (seen, detail) = (form.version()?, form.text("detail").to_owned());
    match visit.write(move |w| async move { interests::clear(&w, id, person, seen, &detail).await }).await {
        Ok(_) => done(&format!("{}/{person}", base(id)), "The interest is cleared by you."),
        Err(refusal) if [409, 412, 422].contains(&refusal.status()) => {
            show_person(&visit, (id, person), None, Some((Sent::Clearance, &form, &refusal))).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}
