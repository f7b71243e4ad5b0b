//! What the other bidders read about the recommended tender: every explanation, and the page that leaves passages out of one.

use askama::Template;
use poem::handler;
use poem::web::Path;
use uuid::Uuid;

use crate::deciding::standing::{self, Standing};
use crate::deciding::withholding::{self as withholdings, Explanation, WithholdingInput};
use crate::http::fields::AreaField;
use crate::http::shell::Shell;
use crate::http::visit::{done, form_errors, form_page, page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::Refusal;

/// An explanation as the other bidders read it.
pub(super) struct ToldRow {
    pub(super) label: String,
    pub(super) because: Vec<String>,
    pub(super) explanation: String,
    pub(super) reference: String,
    /// On what grounds something is withheld; empty where nothing is.
    pub(super) grounds: String,
    /// Where that is changed; empty for those who may not.
    pub(super) href: String,
}

/// The rows of all explanations.
pub(super) fn rows(all: &[Explanation], standing: &Standing) -> Vec<ToldRow> {
    let base = base(standing.procurement.id, standing.lot.id);
    let row = |one: &Explanation| ToldRow {
        label: format!("{}: {}", one.code, one.title),
        because: one.because.clone(),
        explanation: one.told_explanation(),
        reference: one.told_reference(),
        grounds: one.withheld.as_ref().map(|held| held.grounds.clone()).unwrap_or_default(),
        href: if may_change(standing) { format!("{base}/{}", one.code) } else { String::new() },
    };
    all.iter().map(row).collect()
}

/// Where the page is.
pub(super) fn base(procurement: Uuid, lot: Uuid) -> String {
    format!("/procurements/{procurement}/decision/{lot}/withholding")
}

/// Whether the caller may still leave something out.
fn may_change(standing: &Standing) -> bool {
    standing.may_coordinate && standing.awarded.is_none()
}

fn shell(visit: &Visit, title: &str, standing: &Standing) -> Shell {
    let procurement = &standing.procurement;
    let decision = format!("/procurements/{}/decision?lot={}", procurement.id, standing.lot.id);
    visit
        .procurement_shell(title, procurement, "decision")
        .crumb("Decision", decision)
        .fact(format!("{} {}", procurement.reference, procurement.title))
        .fact(format!("Lot {} {}", standing.lot.code, standing.lot.title))
}

#[derive(Template)]
#[template(path = "deciding/told.html")]
struct ToldPage {
    shell: Shell,
    supplier: String,
    rows: Vec<ToldRow>,
    check: String,
    may_change: bool,
}

/// Every explanation about the recommended tender.
#[handler]
pub(super) async fn list(visit: Visit, Path((id, lot)): Path<(Uuid, Uuid)>) -> PageResult {
    visit.signed_in()?;
    let (standing, all) = visit
        .read(move |r| async move {
            let all = withholdings::of_recommended(&r, id, lot).await?;
            Ok((standing::of_lot(&r, id, lot).await?, all))
        })
        .await?;
    page(&ToldPage {
        shell: shell(&visit, "What the other bidders read", &standing),
        supplier: standing.recommended.clone().map(|(supplier, _)| supplier).unwrap_or_default(),
        rows: rows(&all, &standing),
        check: format!("/procurements/{id}/decision/{lot}/award"),
        may_change: may_change(&standing),
    })
}

#[derive(Template)]
#[template(path = "deciding/withhold.html")]
struct WithholdPage {
    shell: Shell,
    because: Vec<String>,
    explanation: String,
    reference: String,
    form: Option<WithholdForm>,
    back: String,
}

/// What the coordinator enters until the award; nobody else may.
struct WithholdForm {
    version: i64,
    passages: AreaField,
    grounds: AreaField,
}

fn show(
    visit: &Visit,
    (standing, one): (&Standing, &Explanation),
    refused: Option<(&Posted, &Refusal)>,
) -> PageResult {
    let typed = refused.map(|(typed, _)| typed);
    let refusal = refused.map(|(_, refusal)| refusal);
    let errors = form_errors(refusal);
    let back = base(standing.procurement.id, standing.lot.id);
    let held = one.withheld.as_ref();
    let passages = held.map(|held| held.passages.join("\n")).unwrap_or_default();
    let grounds = held.map(|held| held.grounds.clone()).unwrap_or_default();
    let value = |name: &str, stored: &str| typed.map_or(stored, |form| form.text(name)).to_owned();
    let title = format!("Withhold from {}: {}", one.code, one.title);
    let template = WithholdPage {
        shell: shell(visit, &title, standing)
            .crumb("What the other bidders read", back.clone())
            .errors(&errors)
            .stands_now(refusal, [("Passages", passages.as_str()), ("Grounds", grounds.as_str())]),
        because: one.because.clone(),
        explanation: one.explanation.clone(),
        reference: one.reference.clone(),
        form: may_change(standing).then(|| WithholdForm {
            version: one.version,
            passages: AreaField::new("passages", "Passages that the other bidders do not read")
                .hint(
                    "One a line, copied word for word from the explanation or its reference. Empty the field to withhold \
                     nothing.",
                )
                .value(value("passages", &passages))
                .rows(4)
                .error(errors.get("passages")),
            grounds: AreaField::new("grounds", "On what grounds")
                .hint(
                    "Why the information is sensitive, and why withholding it is in the public interest. The other bidders \
                     read this.",
                )
                .value(value("grounds", &grounds))
                .rows(3)
                .error(errors.get("grounds")),
        }),
        back,
    };
    form_page(refusal, &template)
}

async fn found(
    visit: &Visit,
    id: Uuid,
    lot: Uuid,
    question: String,
) -> Result<(Standing, Explanation), Refusal> {
    visit
        .read(move |r| async move {
            let one = withholdings::view(&r, id, lot, &question).await?;
            Ok((standing::of_lot(&r, id, lot).await?, one))
        })
        .await
}

#[handler]
pub(super) async fn edit(visit: Visit, Path((id, lot, question)): Path<(Uuid, Uuid, String)>) -> PageResult {
    visit.signed_in()?;
    let (standing, one) = found(&visit, id, lot, question).await?;
    show(&visit, (&standing, &one), None)
}

#[handler]
pub(super) async fn save(
    visit: Visit,
    Path((id, lot, question)): Path<(Uuid, Uuid, String)>,
    posted: Posted,
) -> PageResult {
    let seen = posted.version()?;
    let input = WithholdingInput {
        passages: posted.text("passages").lines().map(str::to_owned).collect(),
        grounds: posted.text("grounds").to_owned(),
    };
    let code = question.clone();
    let saved =
        visit.write(move |w| async move { withholdings::set(&w, id, lot, &code, seen, input).await }).await;
    match saved {
        Ok(one) => done(&base(id, lot), &format!("What the other bidders read of {} is saved.", one.code)),
        Err(refusal) if refusal.is_for_the_form() => {
            let (standing, one) = found(&visit, id, lot, question).await?;
            show(&visit, (&standing, &one), Some((&posted, &refusal)))
        }
        Err(refusal) => Err(refusal.into()),
    }
}
