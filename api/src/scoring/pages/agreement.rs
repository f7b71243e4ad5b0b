//! How far the panel of a lot agrees: by panel member and by question.

use askama::Template;
use poem::handler;
use poem::web::Path;
use rules::agreement::{FEWEST_MARKS, Reading};
use rules::exact::Exact;
use uuid::Uuid;

use crate::http::shell::Shell;
use crate::http::visit::page;
use crate::http::{PageResult, Visit};
use crate::scoring::agreement::{self, MemberAgreement, QuestionAgreement};
use crate::scoring::desk;

/// A coefficient, or why there is none.
fn told(reading: &Reading) -> String {
    reading
        .number()
        .map_or_else(|| reading.words().to_owned(), |number| format!("{number}, {}", reading.words()))
}

/// How much more or less than the others, in per cent of the scale.
fn more(leniency: Option<&Exact>) -> String {
    match leniency {
        None => "–".to_owned(),
        Some(more) if more.is_positive() => format!("+{} %", more.fixed(1)),
        Some(more) => format!("{} %", more.fixed(1).replace('-', "−")),
    }
}

struct MemberRow {
    name: String,
    council: String,
    leniency: String,
    without: String,
}

impl From<MemberAgreement> for MemberRow {
    fn from(one: MemberAgreement) -> Self {
        Self {
            leniency: more(one.leniency.as_ref()),
            without: told(&one.without),
            name: one.member.person.name,
            council: one.member.council,
        }
    }
}

struct QuestionRow {
    code: String,
    title: String,
    agreed: String,
    apart: usize,
    widest: usize,
}

impl From<QuestionAgreement> for QuestionRow {
    fn from(one: QuestionAgreement) -> Self {
        Self {
            agreed: told(&one.agreed),
            code: one.code,
            title: one.title,
            apart: one.apart,
            widest: one.widest,
        }
    }
}

#[derive(Template)]
#[template(path = "scoring/agreement.html")]
struct AgreementPage {
    shell: Shell,
    whole: String,
    marks: usize,
    fewest: usize,
    members: Vec<MemberRow>,
    questions: Vec<QuestionRow>,
}

#[handler]
pub(super) async fn show(visit: Visit, Path((id, lot)): Path<(Uuid, Uuid)>) -> PageResult {
    let (procurement, found) = visit
        .read(move |r| async move {
            let found = agreement::of_lot(&r, id, lot).await?;
            Ok((desk::procurement(&r, id).await?, found))
        })
        .await?;
    let code = found.lot.published().code.clone();
    page(&AgreementPage {
        shell: visit
            .procurement_shell(format!("How far the panel agrees in lot {code}"), &procurement, "moderation")
            .crumb("Moderation", format!("/procurements/{id}/moderation")),
        whole: told(&found.whole),
        marks: found.marks,
        fewest: FEWEST_MARKS,
        members: found.members.into_iter().map(MemberRow::from).collect(),
        questions: found.questions.into_iter().map(QuestionRow::from).collect(),
    })
}
