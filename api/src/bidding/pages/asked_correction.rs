//! A correction of a supplier's own price: it confirms or refuses it.

use askama::Template;
use poem::handler;
use poem::web::Path;
use rules::correction::CorrectionState;
use rules::money::UnitPrice;
use uuid::Uuid;

use super::asked::HERE;
use super::corrections::state_words;
use super::{frame, stranger};
use crate::bidding::correction::answer::{self, WordInput};
use crate::bidding::invitation;
use crate::http::fields::{AreaField, RadioField};
use crate::http::shell::Shell;
use crate::http::visit::{done, form_errors, form_page};
use crate::http::{PageResult, Posted, SupplierVisit};
use crate::kernel::clock::london_text;
use crate::kernel::{Refusal, access};

#[derive(Template)]
#[template(path = "bidding/asked_correction.html")]
struct CorrectionPage {
    shell: Shell,
    path: String,
    line: String,
    before: String,
    after: String,
    rule: String,
    why: String,
    state: (&'static str, &'static str),
    confirm_by: String,
    answered: Option<String>,
    decided_because: Option<String>,
    open: bool,
    version: i64,
    word: RadioField,
    reason: AreaField,
}

async fn show(visit: &SupplierVisit, id: Uuid, form: &Posted, refusal: Option<&Refusal>) -> PageResult {
    let (supplier, one) = visit
        .read(move |r| async move {
            let scope = access::supplier(&r)?;
            let supplier = invitation::supplier_of(&r, scope.supplier_id).await?.name;
            Ok((supplier, answer::own_one(&r, id).await?))
        })
        .await?;
    let errors = form_errors(refusal);
    let (row, state) = (one.row, one.state);
    let template = CorrectionPage {
        shell: frame(visit, &format!("Correction of your price of {}", row.line), &supplier, "/asked")
            .errors(&errors)
            .stands_now(refusal, [("State", state_words(state).0)]),
        path: format!("{HERE}/corrections/{id}"),
        before: UnitPrice(row.before_e4).pounds(),
        after: UnitPrice(row.after_e4).pounds(),
        line: row.line,
        rule: row.rule,
        why: row.reason,
        state: state_words(state),
        confirm_by: london_text(row.confirm_by),
        answered: row.answered_at.map(london_text),
        decided_because: row.decision_reason,
        open: state == CorrectionState::Proposed,
        version: row.version,
        word: RadioField::new("word", "Your word")
            .option_hint(
                "confirm",
                "I confirm the corrected price",
                "It counts once a second person of the councils approves it.",
            )
            .option_hint("refuse", "I refuse it", "Your bid stands as you submitted it.")
            .chosen(form.text("word"))
            .error(errors.get("word")),
        reason: AreaField::new("reason", "Why (if you want to say)")
            .rows(3)
            .value(form.text("reason"))
            .error(errors.get("reason")),
    };
    form_page(refusal, &template)
}

#[handler]
pub(super) async fn view(visit: SupplierVisit, Path(id): Path<Uuid>) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    show(&visit, id, &Posted::default(), None).await
}

#[handler]
pub(super) async fn give_word(visit: SupplierVisit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    if let Some(away) = stranger(&visit) {
        return Ok(away);
    }
    let seen = form.version()?;
    let input = WordInput { word: form.text("word").to_owned(), reason: form.optional("reason") };
    match visit.write(move |w| async move { answer::answer(&w, id, seen, input).await }).await {
        Ok(one) => {
            let what = if one.state == CorrectionState::Confirmed {
                "You have confirmed the corrected price. A second person of the councils decides on it."
            } else {
                "You have refused it. Your bid stands as you submitted it."
            };
            done(HERE, what)
        }
        Err(refusal) if refusal.is_for_the_form() => show(&visit, id, &form, Some(&refusal)).await,
        Err(refusal) => Err(refusal.into()),
    }
}
