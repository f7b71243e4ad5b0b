//! The consistency check: the other answers to a question that I have marked, with my own marks, so that like is marked alike.

use askama::Template;
use poem::handler;
use poem::web::Path;
use uuid::Uuid;

use super::AnswerPart;
use crate::http::shell::Shell;
use crate::http::visit::page;
use crate::http::{PageResult, Visit};
use crate::scoring::consistency::{self, Compared};
use crate::scoring::desk;

struct Other {
    key: String,
    supplier: String,
    value: String,
    explanation: String,
    answer: AnswerPart,
    href: String,
}

#[derive(Template)]
#[template(path = "scoring/consistency.html")]
struct ConsistencyPage {
    shell: Shell,
    supplier: String,
    value: String,
    explanation: String,
    others: Vec<Other>,
}

#[handler]
pub(super) async fn show(
    visit: Visit,
    Path((id, lot, question, bid)): Path<(Uuid, Uuid, String, Uuid)>,
) -> PageResult {
    let code = question.clone();
    let (procurement, own, others) = visit
        .read(move |r| async move {
            let (own, others) = consistency::others(&r, id, lot, &code, bid).await?;
            Ok((desk::procurement(&r, id).await?, own, others))
        })
        .await?;
    let base = format!("/procurements/{id}/scoring/{lot}/{question}");
    let supplier = own.lot.bid(bid)?.supplier.clone();
    let (value, explanation) = own
        .mark(bid, &question)
        .map(|mark| (mark.value.clone(), mark.explanation.clone()))
        .unwrap_or_default();
    let other = |one: Compared| Other {
        key: format!("other-{}", one.bid.id),
        href: format!("{base}/{}", one.bid.id),
        answer: AnswerPart::new(one.answer, &format!("{base}/{}", one.bid.id)),
        supplier: one.bid.supplier,
        value: one.mark.value,
        explanation: one.mark.explanation,
    };
    page(&ConsistencyPage {
        shell: visit
            .procurement_shell(format!("Compare {question} of {supplier}"), &procurement, "scoring")
            .crumb("My scoring", format!("/procurements/{id}/scoring"))
            .crumb(format!("{question} of {supplier}"), format!("{base}/{bid}"))
            .fact(own.lot.question(&question)?.criterion.title.clone()),
        supplier,
        value,
        explanation,
        others: others.into_iter().map(other).collect(),
    })
}
