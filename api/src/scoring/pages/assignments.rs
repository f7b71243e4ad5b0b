//! Assignments: who marks which section and question of each lot, as a grid of boxes, and who stands in for whom.

use askama::Template;
use poem::handler;
use poem::web::Path;
use rules::assignment::sections;
use uuid::Uuid;

use crate::http::fields::{AreaField, SelectField};
use crate::http::shell::{FieldErrors, Shell};
use crate::http::visit::{done, form_errors, form_page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::Refusal;
use crate::kernel::clock::london_text;
use crate::scoring::assignment::substitute::{self, SubstitutionInput};
use crate::scoring::assignment::view::{self, Candidate, Divided};
use crate::scoring::assignment::{self, AssignmentInput, Current};

/// One box of the grid.
struct Cell {
    key: String,
    value: String,
    label: String,
    ticked: bool,
}

struct Row {
    code: String,
    title: String,
    /// Whether it is a section, with its questions below.
    section: bool,
    /// Who marks it, in words, of a question.
    marked_by: String,
    cells: Vec<Cell>,
}

struct Told {
    member: String,
    substitute: String,
    at: String,
    reason: String,
}

/// The form by which a substitute is named.
struct SubstituteForm {
    member: SelectField,
    substitute: SelectField,
    reason: AreaField,
}

struct LotPart {
    key: Uuid,
    heading: String,
    caption: String,
    table_id: String,
    state: &'static str,
    /// Why it was changed last, where that was said.
    because: String,
    version: i64,
    people: Vec<(String, String)>,
    rows: Vec<Row>,
    reason: Option<AreaField>,
    substitute: Option<SubstituteForm>,
    substitutions: Vec<Told>,
    may_change: bool,
}

#[derive(Template)]
#[template(path = "scoring/assignments.html")]
struct AssignmentsPage {
    shell: Shell,
    base: String,
    partners: String,
    lots: Vec<LotPart>,
}

/// The address of the page.
fn base(id: Uuid) -> String {
    format!("/procurements/{id}/assignments")
}

/// A form of one lot as it was refused.
struct Refused<'a> {
    lot: Uuid,
    /// Whether it named a substitute.
    substitutes: bool,
    posted: &'a Posted,
    refusal: &'a Refusal,
}

fn lot_part(divided: &Divided, refused: Option<&Refused<'_>>) -> LotPart {
    let published = divided.lot.published();
    let refused = refused.filter(|refused| refused.lot == divided.lot.id);
    let posted = refused.filter(|refused| !refused.substitutes).map(|refused| refused.posted);
    let ticked = posted.map(|posted| posted.all("part"));
    let row = |code: &str, title: &str, section: bool| Row {
        cells: divided.panel.iter().map(|person| cell(divided, person, code, ticked.as_deref())).collect(),
        marked_by: if section { String::new() } else { marked_by(divided, code) },
        code: code.to_owned(),
        title: title.to_owned(),
        section,
    };
    let mut rows = Vec::new();
    for section in sections(published) {
        let is_question = section.node.question.is_some();
        rows.push(row(&section.node.code, &section.node.title, !is_question));
        if !is_question {
            rows.extend(section.questions.iter().map(|one| row(&one.code, &one.title, false)));
        }
    }
    let name = |id: Option<Uuid>| id.and_then(|id| divided.names.get(&id).cloned()).unwrap_or_default();
    LotPart {
        key: divided.lot.id,
        heading: format!("{} {}", published.code, published.title),
        caption: format!(
            "Who marks what in lot {}: sections and questions down, panel members across",
            published.code
        ),
        table_id: format!("assignments-{}", published.code),
        state: match (divided.begun, divided.current.assignment.parts.is_empty()) {
            (true, _) => "Moderation has begun: who marks what no longer changes.",
            (false, true) => "Nobody is assigned: the whole panel marks every question.",
            (false, false) => "A question that nobody is assigned to is marked by the whole panel.",
        },
        because: divided.current.row.as_ref().map(|row| row.reason.clone()).unwrap_or_default(),
        version: divided.current.version(),
        people: divided.panel.iter().map(|one| (one.name.clone(), one.council.clone())).collect(),
        rows,
        reason: divided.marked.then(|| reason(divided, posted, "Why this changes", refused)),
        substitute: substitute_form(divided, refused),
        substitutions: divided
            .substitutions
            .iter()
            .map(|row| Told {
                member: name(row.replaced_id),
                substitute: name(row.substitute_id),
                at: london_text(row.assigned_at),
                reason: row.reason.clone(),
            })
            .collect(),
        may_change: divided.may_change && !divided.panel.is_empty(),
    }
}

fn cell(divided: &Divided, person: &Candidate, code: &str, ticked: Option<&[String]>) -> Cell {
    let value = format!("{code} {}", person.id);
    Cell {
        key: format!("{}-{code}-{}", divided.lot.published().code, person.id),
        label: format!("{} marks {code}", person.name),
        ticked: match ticked {
            Some(ticked) => ticked.contains(&value),
            None => divided.current.assignment.members(code).contains(&person.id.to_string()),
        },
        value,
    }
}

/// Who marks a question, in words.
fn marked_by(divided: &Divided, code: &str) -> String {
    let published = divided.lot.published();
    if divided.current.assignment.assigned(published, code).is_empty() {
        return "The whole panel".to_owned();
    }
    let marks = divided.panel.iter().filter(|one| divided.current.marks(published, code, one.id));
    marks.map(|one| one.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn reason(
    divided: &Divided,
    posted: Option<&Posted>,
    label: &str,
    refused: Option<&Refused<'_>>,
) -> AreaField {
    let error = posted.and(refused).and_then(|refused| refused.refusal.about("reason"));
    AreaField::new("reason", label)
        .id(format!("reason-{}", divided.lot.published().code))
        .hint("Somebody has marked already: auditors and a court read this.")
        .value(posted.map(|posted| posted.text("reason")).unwrap_or_default())
        .rows(2)
        .error(error)
}

fn substitute_form(divided: &Divided, refused: Option<&Refused<'_>>) -> Option<SubstituteForm> {
    if !divided.may_change || divided.panel.len() < 2 {
        return None;
    }
    let code = &divided.lot.published().code;
    let refused = refused.filter(|refused| refused.substitutes);
    let text = |name: &str| refused.map(|refused| refused.posted.text(name)).unwrap_or_default();
    let error = |name: &str| refused.and_then(|refused| refused.refusal.about(name));
    let people = || {
        let named =
            divided.panel.iter().map(|one| (one.id.to_string(), format!("{}, {}", one.name, one.council)));
        std::iter::once((String::new(), "Choose a person".to_owned())).chain(named)
    };
    let select = |name: &str, label: &str| {
        SelectField::new(name, label)
            .id(format!("{name}-{code}"))
            .options(people())
            .chosen(text(name))
            .error(error(name))
    };
    Some(SubstituteForm {
        member: select("member", "Who cannot go on"),
        substitute: select("substitute", "Who stands in"),
        reason: AreaField::new("reason", "Why")
            .id(format!("why-{code}"))
            .value(text("reason"))
            .rows(2)
            .error(error("reason")),
    })
}

async fn show_all(visit: &Visit, id: Uuid, refused: Option<Refused<'_>>) -> PageResult {
    let (scope, lots) = visit.read(move |r| async move { view::all(&r, id).await }).await?;
    let parts: Vec<LotPart> = lots.iter().map(|divided| lot_part(divided, refused.as_ref())).collect();
    let refusal = refused.as_ref().map(|refused| refused.refusal);
    let errors = refusal.map_or_else(FieldErrors::new, |refusal| {
        // Which box is meant is told as a sentence: the boxes have no messages of their own.
        let mut errors = form_errors(Some(&Refusal { fields: Vec::new(), ..refusal.clone() }));
        for fault in &refusal.fields {
            errors.add("", fault.message.clone());
        }
        errors
    });
    let tab = if scope.procurement.opened_at.is_some() { "scoring" } else { "tender" };
    let shell = visit
        .procurement_shell("Assignments", &scope.procurement, tab)
        .errors(&errors)
        .action("My scoring", format!("/procurements/{id}/scoring"));
    let template = AssignmentsPage {
        shell,
        base: base(id),
        partners: format!("/procurements/{id}/partners"),
        lots: parts,
    };
    form_page(refusal, &template)
}

#[handler]
pub(super) async fn show(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    show_all(&visit, id, None).await
}

/// The ticked boxes, each a part and a person.
fn ticked(form: &Posted) -> Vec<(String, Uuid)> {
    let boxes = form.all("part").into_iter();
    boxes
        .filter_map(|value| {
            let (node, person) = value.rsplit_once(' ')?;
            Some((node.to_owned(), person.parse().ok()?))
        })
        .collect()
}

#[handler]
pub(super) async fn save(visit: Visit, Path((id, lot)): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    let seen = form.version()?;
    let input = AssignmentInput { parts: ticked(&form), reason: form.text("reason").to_owned() };
    let saved = visit.write(move |w| async move { assignment::assign(&w, id, lot, seen, input).await }).await;
    saved_or_shown(&visit, (id, lot), saved, (&form, false)).await
}

#[handler]
pub(super) async fn name_substitute(
    visit: Visit,
    Path((id, lot)): Path<(Uuid, Uuid)>,
    form: Posted,
) -> PageResult {
    let seen = form.version()?;
    let person = |name: &str| form.text(name).parse().unwrap_or_default();
    let input = SubstitutionInput {
        member: person("member"),
        substitute: person("substitute"),
        reason: form.text("reason").to_owned(),
    };
    let saved =
        visit.write(move |w| async move { substitute::substitute(&w, id, lot, seen, input).await }).await;
    saved_or_shown(&visit, (id, lot), saved, (&form, true)).await
}

async fn saved_or_shown(
    visit: &Visit,
    (id, lot): (Uuid, Uuid),
    saved: Result<Current, Refusal>,
    (posted, substitutes): (&Posted, bool),
) -> PageResult {
    match saved {
        Ok(_) => done(&base(id), "Saved: who marks what."),
        Err(refusal) if [409, 412, 422].contains(&refusal.status()) => {
            show_all(visit, id, Some(Refused { lot, substitutes, posted, refusal: &refusal })).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}
