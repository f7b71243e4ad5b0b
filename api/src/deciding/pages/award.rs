//! The page that asks once more before an award, which cannot be taken back.

use askama::Template;
use poem::handler;
use poem::web::Path;
use uuid::Uuid;

use super::ranking::{self, RankRow};
use super::signatory::{self, SignatoryRow};
use super::withholding::{self, ToldRow};
use crate::deciding::withholding as withholdings;
use crate::deciding::{award as awards, standing};
use crate::http::shell::Shell;
use crate::http::visit::{done, form_errors, form_page};
use crate::http::{PageResult, Visit};
use crate::kernel::Refusal;

#[derive(Template)]
#[template(path = "deciding/award.html")]
struct AwardPage {
    shell: Shell,
    back: String,
    supplier: String,
    price: String,
    text: String,
    place: String,
    runner_up: String,
    ranking: Vec<RankRow>,
    /// The explanations of which the bidder marked something, or of which something is withheld.
    told: Vec<ToldRow>,
    told_href: String,
    signatories: Vec<SignatoryRow>,
    obstacles: Vec<String>,
    may_award: bool,
}

async fn show(visit: &Visit, id: Uuid, lot: Uuid, refusal: Option<&Refusal>) -> PageResult {
    visit.signed_in()?;
    let (standing, mut told) = visit
        .read(move |r| async move {
            let told = withholdings::of_recommended(&r, id, lot).await?;
            Ok((standing::of_lot(&r, id, lot).await?, told))
        })
        .await?;
    told.retain(|one| !one.because.is_empty() || one.withheld.is_some());
    let back = format!("/procurements/{id}/decision?lot={lot}");
    let (supplier, price) = standing.recommended.clone().unwrap_or_default();
    let procurement = &standing.procurement;
    let template = AwardPage {
        shell: visit
            .procurement_shell("Check the award", procurement, "decision")
            .crumb("Decision", back.clone())
            .fact(format!("{} {}", procurement.reference, procurement.title))
            .fact(format!("Lot {} {}", standing.lot.code, standing.lot.title))
            .errors(&form_errors(refusal)),
        supplier,
        price: price.map(rules::money::Pence::pounds).unwrap_or_default(),
        text: standing.recommendation.as_ref().map(|row| row.text.clone()).unwrap_or_default(),
        place: ranking::place(&standing),
        runner_up: ranking::runner_up(&standing),
        ranking: ranking::rows(&standing),
        told: withholding::rows(&told, &standing),
        told_href: withholding::base(id, lot),
        signatories: signatory::rows(&standing, ""),
        may_award: standing.may_coordinate && standing.awarded.is_none() && standing.obstacles.is_empty(),
        obstacles: standing.obstacles,
        back,
    };
    form_page(refusal, &template)
}

#[handler]
pub(super) async fn check(visit: Visit, Path((id, lot)): Path<(Uuid, Uuid)>) -> PageResult {
    show(&visit, id, lot, None).await
}

#[handler]
pub(super) async fn award(visit: Visit, Path((id, lot)): Path<(Uuid, Uuid)>) -> PageResult {
    match visit.write(move |w| async move { awards::award(&w, id, lot).await }).await {
        Ok(_) => done(
            &format!("/procurements/{id}/decision?lot={lot}"),
            "The lot is awarded. The letters to councils and bidders are queued.",
        ),
        Err(refusal) if refusal.status() == 409 => show(&visit, id, lot, Some(&refusal)).await,
        Err(refusal) => Err(refusal.into()),
    }
}
