//! A supplier's answers, question by question: what there is and what counts; typing one, and marking it as confidential.

use askama::Template;
use poem::handler;
use poem::web::Path;
use uuid::Uuid;

use super::{download as send, frame, stranger};
use crate::bidding::draft::answers::{self, OwnAnswer};
use crate::bidding::draft::confidential::MOST_REASON;
use crate::bidding::draft::typed::{self, WordsInput};
use crate::bidding::draft::{self, Drafts};
use crate::http::fields::{AreaField, CheckField};
use crate::http::shell::Shell;
use crate::http::texts::{cell_text, size_text};
use crate::http::visit::{done, form_errors, form_page, page};
use crate::http::{PageResult, Posted, SupplierVisit};
use crate::kernel::Refusal;
use crate::kernel::clock::london_text;

/// A question in the list.
struct AnswerRow {
    code: String,
    title: String,
    state: (&'static str, &'static str),
    counts: String,
    confidential: bool,
}

/// A lot's questions.
struct LotPart {
    code: String,
    title: String,
    rows: Vec<AnswerRow>,
}

#[derive(Template)]
#[template(path = "bidding/answers.html")]
struct AnswersPage {
    shell: Shell,
    lots: Vec<LotPart>,
}

fn row(answer: OwnAnswer) -> AnswerRow {
    AnswerRow {
        state: if answer.is_answered() { ("Answered", "good") } else { ("Not answered", "warn") },
        counts: answer.counts(),
        confidential: answer.confidential_because.is_some() || answer.document_confidential_because.is_some(),
        code: answer.code,
        title: answer.title,
    }
}

fn lots(drafts: &Drafts) -> Vec<LotPart> {
    let mut answers = answers::all(drafts).into_iter().peekable();
    let parts = drafts.tender.pack.lots.iter().map(|lot| {
        let mut rows = Vec::new();
        while let Some(answer) = answers.next_if(|answer| answer.lot == lot.code) {
            rows.push(row(answer));
        }
        LotPart { code: lot.code.clone(), title: lot.title.clone(), rows }
    });
    parts.collect()
}

#[handler]
pub(super) async fn list(visit: SupplierVisit) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    let drafts = visit.read(|r| async move { draft::view(&r).await }).await?;
    page(&AnswersPage {
        shell: frame(&visit, "Your answers", &drafts.supplier.name, "/answers"),
        lots: lots(&drafts),
    })
}

#[derive(Template)]
#[template(path = "bidding/answer.html")]
struct AnswerPage {
    shell: Shell,
    code: String,
    asked: String,
    counts: String,
    takes_bids: bool,
    /// The workbook's answer, and where it stands.
    in_workbook: Option<(String, String)>,
    document: Option<(Uuid, String, String)>,
    saved: Option<String>,
    /// What is typed, where nothing can be typed any more.
    typed: Option<String>,
    version: i64,
    text: AreaField,
    confidential: CheckField,
    because: AreaField,
    document_confidential: Option<(CheckField, AreaField)>,
}

/// A mark and its reason, as a box and a text.
fn mark(
    (name, label): (&str, &str),
    (reason, why): (&str, &str),
    (ticked, because): (bool, String),
    error: Option<&str>,
) -> (CheckField, AreaField) {
    let hint = format!(
        "Only where you ticked the box above, in at most {MOST_REASON} characters: for example, it shows a price or a trade secret, and would help your competitors."
    );
    let field = AreaField::new(reason, why).hint(hint).rows(3).value(because).error(error);
    (CheckField::yes(name, label, ticked), field)
}

fn fields(
    answer: &OwnAnswer,
    form: Option<&Posted>,
    refusal: Option<&Refusal>,
) -> (AreaField, (CheckField, AreaField), Option<(CheckField, AreaField)>) {
    let errors = form_errors(refusal);
    let stored = |because: &Option<String>| (because.is_some(), because.clone().unwrap_or_default());
    let entered = |name: &str, reason: &str, because: &Option<String>| match form {
        Some(form) => (form.ticked(name), form.text(reason).to_owned()),
        None => stored(because),
    };
    let limit = match answer.word_limit {
        Some(limit) => format!("Plain text; an empty line parts paragraphs. At most {limit} words"),
        None => "Plain text; an empty line parts paragraphs. There is no word limit".to_owned(),
    };
    let text = match form {
        Some(form) => form.text("text").to_owned(),
        None => answer.typed.clone().unwrap_or_default(),
    };
    let words = importers::bid::word_count(&text);
    let text = AreaField::new("text", "Your answer")
        .hint(format!("{limit}; this has {words}. Leave it empty to answer in the workbook only."))
        .rows(18)
        .value(text)
        .error(errors.get("text"));
    let confidential = mark(
        ("confidential", "This answer is confidential"),
        ("confidential_because", "Why the answer is confidential"),
        entered("confidential", "confidential_because", &answer.confidential_because),
        errors.get("confidential_because"),
    );
    let document = answer.takes_document.then(|| {
        mark(
            ("document_confidential", "The document that answers this question is confidential"),
            ("document_confidential_because", "Why the document is confidential"),
            entered(
                "document_confidential",
                "document_confidential_because",
                &answer.document_confidential_because,
            ),
            errors.get("document_confidential_because"),
        )
    });
    (text, confidential, document)
}

/// What stands, for whoever was overtaken by a second window.
fn stands(answer: &OwnAnswer) -> [(&'static str, String); 3] {
    [
        ("Answer", answer.typed.clone().unwrap_or_default()),
        ("Confidential, because", answer.confidential_because.clone().unwrap_or_default()),
        ("Document confidential, because", answer.document_confidential_because.clone().unwrap_or_default()),
    ]
}

async fn show(visit: &SupplierVisit, code: String, refused: Option<(&Posted, &Refusal)>) -> PageResult {
    let (drafts, answer) = visit
        .read(move |r| async move {
            let answer = answers::one(&r, &code).await?;
            Ok((draft::view(&r).await?, answer))
        })
        .await?;
    let (form, refusal) = (refused.map(|(form, _)| form), refused.map(|(_, refusal)| refusal));
    let (text, (confidential, because), document_confidential) = fields(&answer, form, refusal);
    let takes_bids = drafts.tender.takes_bids();
    let template = AnswerPage {
        shell: frame(visit, &format!("Answer {}", answer.code), &drafts.supplier.name, "/answers")
            .crumb("Your answers", "/supplier/answers")
            .fact(format!("Lot {}", answer.lot))
            .fact(answer.title.clone())
            .errors(&form_errors(refusal))
            .stands_now(refusal, stands(&answer)),
        counts: answer.counts(),
        takes_bids,
        in_workbook: answer
            .in_workbook
            .as_ref()
            .map(|found| (found.text.clone(), cell_text(&found.sheet, &found.cell))),
        document: answer.document.as_ref().map(|row| (row.id, row.name.clone(), size_text(row.size))),
        saved: answer.typed.as_ref().and(answer.saved_at).map(london_text),
        typed: answer.typed.clone().filter(|_| !takes_bids),
        version: answer.version,
        code: answer.code,
        asked: answer.asked,
        text,
        confidential,
        because,
        document_confidential,
    };
    form_page(refusal, &template)
}

#[handler]
pub(super) async fn one(visit: SupplierVisit, Path(code): Path<String>) -> PageResult {
    match stranger(&visit) {
        Some(away) => Ok(away),
        None => show(&visit, code, None).await,
    }
}

#[handler]
pub(super) async fn save(visit: SupplierVisit, Path(code): Path<String>, form: Posted) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    let seen = form.version()?;
    // A reason without the tick marks as well: what is meant to be confidential is not told by an oversight.
    let because = |name: &str, reason: &str| {
        (form.ticked(name) || form.optional(reason).is_some()).then(|| form.text(reason).to_owned())
    };
    let input = WordsInput {
        text: form.optional("text"),
        confidential_because: because("confidential", "confidential_because"),
        document_confidential_because: because("document_confidential", "document_confidential_because"),
    };
    let question = code.clone();
    match visit.write(move |w| async move { typed::save(&w, &question, seen, input).await }).await {
        Ok(answer) => {
            let told = match answer.typed {
                Some(_) => format!(
                    "Your answer to {code} is saved, {} words. It counts once you submit.",
                    answer.words
                ),
                None => format!("What you entered for {code} is saved. Nothing is typed as its answer."),
            };
            done("/supplier/answers", &told)
        }
        Err(refusal) if refusal.is_for_the_form() => show(&visit, code, Some((&form, &refusal))).await,
        Err(refusal) => Err(refusal.into()),
    }
}

#[handler]
pub(super) async fn download(visit: SupplierVisit, Path(code): Path<String>) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    Ok(send(visit.read(move |r| async move { typed::download(&r, &code).await }).await?))
}
