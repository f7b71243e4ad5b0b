//! What a supplier alone is asked after the opening: the list, and one question with its reply.

use askama::Template;
use poem::handler;
use poem::web::Path;
use rules::addressed::AddressedState;
use rules::outcome::OutcomeState;
use uuid::Uuid;

use super::addressed::{ReplyPart, about, state_words};
use super::asked_outcome::state_words as outcome_words;
use super::corrections::state_words as correction_words;
use super::{download, frame, stranger};
use crate::bidding::addressed::reply::{self as replies, ReplyInput};
use crate::bidding::addressed::{Addressed, MOST_CHARACTERS};
use crate::bidding::correction::Correction;
use crate::bidding::correction::answer as words;
use crate::bidding::draft::media;
use crate::bidding::invitation;
use crate::bidding::outcome::{Outcome, reply as notices};
use crate::http::fields::{AreaField, CheckField, FileField};
use crate::http::shell::Shell;
use crate::http::visit::{done, form_errors, form_page, page};
use crate::http::{PageResult, Posted, SupplierVisit};
use crate::kernel::clock::london_text;
use crate::kernel::paging::MAX_LIMIT;
use crate::kernel::{Paging, Reading, Refusal, access};

pub(super) const HERE: &str = "/supplier/asked";

struct Row {
    href: String,
    what: String,
    until: String,
    state: (&'static str, &'static str),
}

#[derive(Template)]
#[template(path = "bidding/asked.html")]
struct ListPage {
    shell: Shell,
    questions: Vec<Row>,
    corrections: Vec<Row>,
    outcomes: Vec<Row>,
}

/// Everything that the supplier alone is asked.
struct Asked {
    supplier: String,
    questions: Vec<Addressed>,
    corrections: Vec<Correction>,
    outcomes: Vec<Outcome>,
}

async fn asked(r: &Reading) -> Result<Asked, Refusal> {
    let scope = access::supplier(r)?;
    let most = Paging { after: None, limit: MAX_LIMIT };
    Ok(Asked {
        supplier: invitation::supplier_of(r, scope.supplier_id).await?.name,
        questions: replies::own(r, &most).await?.items,
        corrections: words::own(r, &most).await?.items,
        outcomes: notices::own(r, &most).await?.items,
    })
}

/// How many things wait for the supplier's answer.
pub(super) async fn waiting(r: &Reading) -> Result<usize, Refusal> {
    let Asked { questions, corrections, outcomes, .. } = asked(r).await?;
    let open = questions.iter().filter(|one| one.row.state.0 == AddressedState::Open && !one.passed).count();
    let proposed = rules::correction::CorrectionState::Proposed;
    let noticed = |one: &&Outcome| one.row.state.0 == OutcomeState::Noticed && !one.passed;
    let open = open + outcomes.iter().filter(noticed).count();
    Ok(open + corrections.iter().filter(|one| one.state == proposed).count())
}

#[handler]
pub(super) async fn list(visit: SupplierVisit) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    let Asked { supplier, questions, corrections, outcomes } =
        visit.read(|r| async move { asked(&r).await }).await?;
    page(&ListPage {
        shell: frame(&visit, "Asked of you", &supplier, "/asked"),
        questions: questions
            .into_iter()
            .map(|one| Row {
                href: format!("{HERE}/{}", one.row.id),
                what: format!(
                    "Question {}: {}",
                    one.row.number,
                    about(one.row.subject.0, one.row.code.as_deref())
                ),
                until: london_text(one.row.reply_by),
                state: state_words(one.row.state.0, one.passed),
            })
            .collect(),
        corrections: corrections
            .into_iter()
            .map(|one| Row {
                href: format!("{HERE}/corrections/{}", one.row.id),
                what: format!("Price of {}", one.row.line),
                until: london_text(one.row.confirm_by),
                state: correction_words(one.state),
            })
            .collect(),
        outcomes: outcomes
            .into_iter()
            .map(|one| Row {
                href: format!("{HERE}/outcomes/{}", one.row.id),
                what: one.row.ground.0.told(),
                until: one.row.reply_by.map(london_text).unwrap_or_default(),
                state: outcome_words(&one),
            })
            .collect(),
    })
}

#[derive(Template)]
#[template(path = "bidding/asked_question.html")]
struct QuestionPage {
    shell: Shell,
    path: String,
    about: String,
    text: String,
    asked: String,
    reply_by: String,
    state: (&'static str, &'static str),
    open: bool,
    reply: Option<ReplyPart>,
    reason: Option<String>,
    version: i64,
    words: AreaField,
    document: FileField,
    without: Option<CheckField>,
    last: CheckField,
}

async fn show(visit: &SupplierVisit, id: Uuid, refused: Option<(&Posted, &Refusal)>) -> PageResult {
    let one = visit.read(move |r| async move { replies::own_one(&r, id).await }).await?;
    let Addressed { row, supplier, passed, reply, .. } = one;
    let errors = form_errors(refused.map(|(_, refusal)| refusal));
    let form = refused.map(|(form, _)| form);
    let held = reply.as_ref().map(|reply| reply.text.clone()).unwrap_or_default();
    let without = reply.as_ref().and_then(|reply| reply.document.as_ref()).map(|document| {
        let ticked = form.is_some_and(|form| form.ticked("without_document"));
        CheckField::yes("without_document", format!("Take “{}” away", document.name), ticked)
    });
    let template = QuestionPage {
        shell: frame(visit, &format!("Question {}", row.number), &supplier, "/asked")
            .errors(&errors)
            .stands_now(refused.map(|(_, refusal)| refusal), [("Your reply", held.clone())]),
        path: format!("{HERE}/{id}"),
        about: about(row.subject.0, row.code.as_deref()),
        asked: london_text(row.asked_at),
        reply_by: london_text(row.reply_by),
        state: state_words(row.state.0, passed),
        open: row.state.0 == AddressedState::Open && !passed,
        text: row.text,
        reply: reply.map(ReplyPart::new),
        reason: row.reason,
        version: row.version,
        words: AreaField::new("text", "Your reply")
            .hint(format!(
                "At most {MOST_CHARACTERS} characters. Explain your bid. What would change or improve it is disregarded. Tell no price unless you are asked about one."
            ))
            .rows(8)
            .value(form.map_or(held, |form| form.text("text").to_owned()))
            .error(errors.get("text")),
        document: FileField::new("file", "Document (if any)")
            .accept(media::ACCEPT)
            .hint(format!("{} A new one takes the place of the one before.", media::HINT))
            .error(errors.get("file")),
        without,
        last: CheckField::yes(
            "is_final",
            "This reply is final: the councils may read it now, and I do not replace it any more",
            form.is_some_and(|form| form.ticked("is_final")),
        ),
    };
    form_page(refused.map(|(_, refusal)| refusal), &template)
}

#[handler]
pub(super) async fn view(visit: SupplierVisit, Path(id): Path<Uuid>) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    show(&visit, id, None).await
}

async fn send(visit: &SupplierVisit, id: Uuid, form: &Posted) -> Result<Addressed, Refusal> {
    let seen = form.version()?;
    let document = match form.file("file") {
        Some(file) => {
            let bytes = file.bytes.clone();
            Some(replies::read_document(&visit.db, &visit.caller, id, &file.name, bytes).await?)
        }
        None => None,
    };
    let input = ReplyInput {
        text: Some(form.text("text").to_owned()),
        document,
        without_document: form.ticked("without_document"),
        is_final: form.ticked("is_final"),
    };
    visit.write(move |w| async move { replies::reply(&w, id, seen, input).await }).await
}

#[handler]
pub(super) async fn send_reply(visit: SupplierVisit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    match send(&visit, id, &form).await {
        Ok(one) => {
            let what = if one.row.state.0 == AddressedState::Final {
                "Your reply is with the councils."
            } else {
                "Your reply lies sealed. You can replace it until the time to reply is over."
            };
            done(&format!("{HERE}/{id}"), what)
        }
        Err(refusal) if refusal.is_for_the_form() => show(&visit, id, Some((&form, &refusal))).await,
        Err(refusal) => Err(refusal.into()),
    }
}

#[handler]
pub(super) async fn own_document(visit: SupplierVisit, Path(id): Path<Uuid>) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    Ok(download(visit.read(move |r| async move { replies::own_document(&r, id).await }).await?))
}
