//! The page that shows once more what a council has signed before its signature is recorded, which cannot be taken back.

use askama::Template;
use poem::handler;
use poem::web::Path;
use uuid::Uuid;

use super::forms::{self, SignatureForm};
use super::signatory;
use crate::deciding::signature::{self as signatures, SignatureInput};
use crate::deciding::standing::{self, Standing};
use crate::http::shell::Shell;
use crate::http::visit::{done, form_errors, form_page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::clock::day_text;
use crate::kernel::{Faults, Refusal};

#[derive(Template)]
#[template(path = "deciding/signature.html")]
struct SignaturePage {
    shell: Shell,
    back: String,
    supplier: String,
    council: String,
    part: String,
    decision: String,
    standstill: String,
    form: Option<SignatureForm>,
}

/// The caller's council as a signatory: its name, its part of the price and its decision.
fn own(standing: &Standing) -> Option<(String, String, String)> {
    let council = standing.signs_for?;
    let at = standing.signatories.iter().position(|one| one.council_id == council)?;
    let row = signatory::rows(standing, "").into_iter().nth(at)?;
    let awarded = standing.awarded.as_ref()?;
    let part = awarded.allocation.iter().find(|part| part.council_id == council)?.amount.pounds();
    let decision = format!("{}; taken {}, effective {}", row.by, row.taken, row.effective);
    Some((row.council, part, decision))
}

async fn show(visit: &Visit, id: Uuid, lot: Uuid, refused: Option<(&Posted, &Refusal)>) -> PageResult {
    visit.signed_in()?;
    let standing = visit.read(move |r| async move { standing::of_lot(&r, id, lot).await }).await?;
    let back = format!("/procurements/{id}/decision?lot={lot}");
    let refusal = refused.map(|(_, refusal)| refusal);
    let errors = form_errors(refusal);
    let procurement = &standing.procurement;
    let awarded = standing.awarded.as_ref();
    let (council, part, decision) = own(&standing).unwrap_or_default();
    let standstill = awarded
        .and_then(|awarded| awarded.standstill)
        .map(|period| format!("{} to {}", day_text(period.first_day), day_text(period.last_day)));
    let template = SignaturePage {
        shell: visit
            .procurement_shell("Check the signature", procurement, "decision")
            .crumb("Decision", back.clone())
            .fact(format!("{} {}", procurement.reference, procurement.title))
            .fact(format!("Lot {} {}", standing.lot.code, standing.lot.title))
            .errors(&errors),
        back,
        supplier: awarded.map(|awarded| awarded.supplier.clone()).unwrap_or_default(),
        council,
        part,
        decision,
        standstill: standstill.unwrap_or_default(),
        form: standing.signs_for.map(|_| forms::signature(refused.map(|(form, _)| form), &errors)),
    };
    form_page(refusal, &template)
}

#[handler]
pub(super) async fn check(visit: Visit, Path((id, lot)): Path<(Uuid, Uuid)>) -> PageResult {
    show(&visit, id, lot, None).await
}

/// The page asks for a tick beside the day; every fault of both is told at once.
fn confirmed(form: &Posted) -> Result<(), Refusal> {
    if form.ticked("confirmed") {
        return Ok(());
    }
    let mut faults = Faults::new();
    faults.date("signed_on", &form.date("signed_on"));
    faults.add(
        "confirmed",
        "missing",
        "Tick the box when your council has signed this contract on that day.",
    );
    faults.done()
}

#[handler]
pub(super) async fn sign(visit: Visit, Path((id, lot)): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    let input = SignatureInput { signed_on: form.date("signed_on") };
    let outcome = match confirmed(&form) {
        Ok(()) => visit.write(move |w| async move { signatures::record(&w, id, lot, input).await }).await,
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(_) => done(&format!("/procurements/{id}/decision?lot={lot}"), "Signature recorded."),
        Err(refusal) if matches!(refusal.status(), 409 | 422) => {
            show(&visit, id, lot, Some((&form, &refusal))).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}
