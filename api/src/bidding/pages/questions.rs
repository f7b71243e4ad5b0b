//! A supplier's page of questions: it asks, sees how far its own have come, and reads every published answer.

use askama::Template;
use poem::handler;
use poem::web::Path;
use rules::stage::ClarificationState;
use uuid::Uuid;

use super::published::{self, PublishedRow};
use super::{frame, stranger};
use crate::bidding::clarification::question::{self, QuestionInput};
use crate::bidding::clarification::{Clarification, MOST_CHARACTERS, QUESTIONS_A_BIDDER};
use crate::bidding::invitation;
use crate::bidding::tender::{self, Tender};
use crate::http::fields::{AreaField, CheckField};
use crate::http::shell::Shell;
use crate::http::visit::{done, form_errors, form_page};
use crate::http::{PageResult, Posted, SupplierVisit};
use crate::kernel::clock::london_text;
use crate::kernel::paging::MAX_LIMIT;
use crate::kernel::{Paging, Reading, Refusal, access};

const HERE: &str = "/supplier/questions";

/// One of the supplier's own questions.
struct OwnRow {
    id: Uuid,
    version: i64,
    at: String,
    text: String,
    confidential_because: Option<String>,
    state: (&'static str, &'static str),
    refused_because: Option<String>,
    number: Option<i32>,
    private: Vec<(String, String)>,
    may_withdraw: bool,
    may_give_up: bool,
}

fn state_words(state: ClarificationState) -> (&'static str, &'static str) {
    match state {
        ClarificationState::Open | ClarificationState::Claimed => (state.label(), "info"),
        ClarificationState::ClaimRefused => ("Claim refused: your turn", "warn"),
        ClarificationState::Answered => (state.label(), "good"),
        ClarificationState::AnsweredPrivately => ("Answered to you alone", "good"),
        ClarificationState::Withdrawn => (state.label(), "plain"),
    }
}

fn own_row(row: Clarification, takes_bids: bool) -> OwnRow {
    let (text, confidential_because) =
        row.asked.map_or((String::new(), None), |asked| (asked.text, asked.confidential_because));
    OwnRow {
        id: row.id,
        version: row.version,
        at: london_text(row.asked_at),
        text,
        confidential_because,
        state: state_words(row.state),
        refused_because: row.claim_reason.filter(|_| row.private.is_empty()),
        number: row.number,
        private: row
            .private
            .into_iter()
            .rev()
            .map(|answer| (answer.text, london_text(answer.answered_at)))
            .collect(),
        may_withdraw: takes_bids && row.state.withdraw().is_ok(),
        may_give_up: takes_bids && row.state.give_up_claim().is_ok(),
    }
}

#[derive(Template)]
#[template(path = "bidding/questions.html")]
struct QuestionsPage {
    shell: Shell,
    deadline: String,
    asks: bool,
    own: Vec<OwnRow>,
    published: Vec<PublishedRow>,
    question: AreaField,
    confidential: CheckField,
    because: AreaField,
    confirm: Option<CheckField>,
    most: usize,
}

struct Shown {
    tender: Tender,
    supplier: String,
    asks: bool,
    own: Vec<Clarification>,
    published: Vec<PublishedRow>,
}

async fn shown(r: &Reading) -> Result<Shown, Refusal> {
    let scope = access::supplier(r)?;
    let tender = tender::of_id(r, scope.procurement_id).await?;
    Ok(Shown {
        supplier: invitation::supplier_of(r, scope.supplier_id).await?.name,
        asks: !tender.has_passed(r.now()),
        own: question::own(r, &Paging { after: None, limit: MAX_LIMIT }).await?.items,
        published: published::rows(r, scope.procurement_id).await?,
        tender,
    })
}

async fn show(visit: &SupplierVisit, form: &Posted, refusal: Option<&Refusal>) -> PageResult {
    let Shown { tender, supplier, asks, own, published } =
        visit.read(|r| async move { shown(&r).await }).await?;
    let errors = form_errors(refusal);
    let takes_bids = tender.takes_bids();
    let confirm = errors.get("name_confirmed").map(|told| {
        let ticked = form.ticked("name_confirmed");
        CheckField::yes("name_confirmed", "This may stay as it is", ticked).error(Some(told))
    });
    let template = QuestionsPage {
        shell: frame(visit, "Questions and answers", &supplier, "/questions")
            .fact(tender.pack.title.clone())
            .fact(format!("Tender {}", tender.pack.reference))
            .errors(&errors),
        deadline: london_text(tender.deadline),
        asks,
        own: own.into_iter().map(|row| own_row(row, takes_bids)).collect(),
        published,
        question: AreaField::new("question", "Your question")
            .hint(format!(
                "At most {MOST_CHARACTERS} characters. Do not name yourself: the councils read your words and are not told who asks."
            ))
            .rows(6)
            .value(form.text("question"))
            .error(errors.get("question")),
        confidential: CheckField::yes(
            "confidential",
            "This question is confidential and must not be answered to all bidders",
            form.ticked("confidential"),
        ),
        because: AreaField::new("confidential_because", "Why it is confidential")
            .hint("Only where you ticked the box above: for example, it would tell others of a trade secret of yours.")
            .rows(3)
            .value(form.text("confidential_because"))
            .error(errors.get("confidential_because")),
        confirm,
        most: QUESTIONS_A_BIDDER,
    };
    form_page(refusal, &template)
}

#[handler]
pub(super) async fn view(visit: SupplierVisit) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    show(&visit, &Posted::default(), None).await
}

#[handler]
pub(super) async fn ask(visit: SupplierVisit, form: Posted) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    // A reason without the tick claims as well: what is meant to be confidential is never published by an oversight.
    let claims = form.ticked("confidential") || form.optional("confidential_because").is_some();
    let input = QuestionInput {
        question: form.text("question").to_owned(),
        confidential_because: claims.then(|| form.text("confidential_because").to_owned()),
        name_confirmed: form.ticked("name_confirmed"),
    };
    match visit.write(|w| async move { question::ask(&w, input).await }).await {
        Ok(_) => {
            done(&format!("{HERE}#own"), "Your question is with the councils. They are not told who asks.")
        }
        Err(refusal) if matches!(refusal.status(), 409 | 422) => show(&visit, &form, Some(&refusal)).await,
        Err(refusal) => Err(refusal.into()),
    }
}

#[handler]
pub(super) async fn withdraw(visit: SupplierVisit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    let seen = form.version()?;
    let changed = visit.write(move |w| async move { question::withdraw(&w, id, seen).await }).await;
    changed_page(&visit, changed, "Your question is withdrawn. It is answered to nobody.").await
}

#[handler]
pub(super) async fn give_up_claim(visit: SupplierVisit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    let seen = form.version()?;
    let changed = visit.write(move |w| async move { question::give_up_claim(&w, id, seen).await }).await;
    changed_page(&visit, changed, "Your question can be answered to all bidders now, without your name.")
        .await
}

async fn changed_page(
    visit: &SupplierVisit,
    changed: Result<Clarification, Refusal>,
    what: &str,
) -> PageResult {
    match changed {
        Ok(_) => done(&format!("{HERE}#own"), what),
        Err(refusal) if matches!(refusal.status(), 409 | 412) => {
            show(visit, &Posted::default(), Some(&refusal)).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}
