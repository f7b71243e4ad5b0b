//! The page on which a lot goes from recommendation to signed contracts.

use askama::Template;
use poem::handler;
use poem::web::{Path, Query};
use serde::Deserialize;
use uuid::Uuid;

use super::forms::{self, DecisionForm, Form, NoticeForm, RecommendationForm, Refused};
use super::ranking::{self, RankRow};
use super::signatory::{self, SignatoryRow};
use super::{LotLink, lot_links};
use crate::deciding::comparison;
use crate::deciding::decision::{self as decisions, DecisionInput};
use crate::deciding::notice::{self, NoticeInput};
use crate::deciding::recommendation::{self as recommendations, RecommendationInput};
use crate::deciding::standing::{self, Standing};
use crate::http::charts::{Caption, Moment, Svg, timeline};
use crate::http::shell::Shell;
use crate::http::visit::{done, form_errors, form_page, page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::Refusal;
use crate::kernel::clock::{day_text, london_day};

#[derive(Deserialize)]
pub(super) struct Wanted {
    lot: Option<Uuid>,
    council: Option<Uuid>,
}

#[derive(Template)]
#[template(path = "deciding/decision.html")]
struct DecisionPage {
    shell: Shell,
    lots: Vec<LotLink>,
    procurement: String,
    base: String,
    lot_id: String,
    check_href: String,
    has_result: bool,
    recommended: String,
    price: String,
    text: String,
    place: String,
    runner_up: String,
    ranking: Vec<RankRow>,
    recommendation: Option<RecommendationForm>,
    signatories: Vec<SignatoryRow>,
    /// Each council that has decided, and why.
    reasons: Vec<(String, String)>,
    decision: Option<DecisionForm>,
    may_award: bool,
    obstacles: Vec<String>,
    award: Option<AwardFacts>,
    untold: u64,
    notice: Option<NoticeForm>,
    /// Where the signature of the caller's council is recorded; empty where that is not possible now.
    sign_href: String,
}

/// What the award says.
struct AwardFacts {
    supplier: String,
    price: String,
    awarded_on: String,
    allocation: Vec<(String, String)>,
    dates: Option<Dates>,
}

/// The standstill's days.
struct Dates {
    notice_on: String,
    first_day: String,
    last_day: String,
    working_days: u32,
    sign_from: String,
    clause: &'static str,
    finding: String,
    chart: Svg,
}

/// The days between award and signature on a line. Days are spread evenly; the line ends after the later of the first
/// day of signature and today.
fn dates(standing: &Standing) -> Option<Dates> {
    let awarded = standing.awarded.as_ref()?;
    let (period, notice_on) = (awarded.standstill?, awarded.award.notice_on?);
    let start = london_day(awarded.award.awarded_at);
    let end = period.sign_from.max(standing.today);
    let span = (end - start).num_days().max(1);
    let at = |day: chrono::NaiveDate| {
        u32::try_from((day - start).num_days().max(0) * 1000 / span).unwrap_or_default()
    };
    let today = standing.today;
    let moment = |label: &str, day: chrono::NaiveDate, past: bool| Moment {
        at: at(day),
        label: label.to_owned(),
        date: day_text(day),
        past,
    };
    let moments = [
        moment("Award", start, true),
        moment("UK6 published", notice_on, true),
        moment("Last day of standstill", period.last_day, today > period.last_day),
        moment("Signature possible", period.sign_from, today >= period.sign_from),
    ];
    let finding = if today < period.sign_from {
        format!("No signature before {}.", day_text(period.sign_from))
    } else {
        format!("The standstill ended on {}.", day_text(period.last_day))
    };
    let caption = Caption { id: "standstill-chart", title: "From award to signature", finding: &finding };
    Some(Dates {
        notice_on: day_text(notice_on),
        first_day: day_text(period.first_day),
        last_day: day_text(period.last_day),
        working_days: awarded.working_days.unwrap_or_default(),
        sign_from: day_text(period.sign_from),
        clause: rules::calendar::STANDSTILL.clause,
        chart: timeline(&caption, &moments, Some((at(today), "Today"))),
        finding,
    })
}

fn award_facts(standing: &Standing) -> Option<AwardFacts> {
    let awarded = standing.awarded.as_ref()?;
    let parts = awarded.allocation.iter().map(|part| (part.council.clone(), part.amount.pounds()));
    Some(AwardFacts {
        supplier: awarded.supplier.clone(),
        price: awarded.price.pounds(),
        awarded_on: day_text(london_day(awarded.award.awarded_at)),
        allocation: parts.collect(),
        dates: dates(standing),
    })
}

async fn show(
    visit: &Visit,
    id: Uuid,
    lot: Option<Uuid>,
    council: Option<Uuid>,
    refused: Refused<'_>,
) -> PageResult {
    visit.signed_in()?;
    let (procurement, lots) = visit.read(move |r| async move { comparison::lots(&r, id).await }).await?;
    let base = format!("/procurements/{id}/decision");
    let errors = form_errors(refused.map(|(_, _, refusal)| refusal));
    let shell = visit
        .procurement_shell("Decision", &procurement, "decision")
        .fact(format!("{} {}", procurement.reference, procurement.title))
        .fact(procurement.contracting_model.0.label())
        .errors(&errors);
    let Some(lot) = lot.or_else(|| lots.first().map(|lot| lot.id)) else {
        return page(&DecisionPage { shell, base, ..DecisionPage::empty() });
    };
    let standing = visit.read(move |r| async move { standing::of_lot(&r, id, lot).await }).await?;
    let (recommended, price) = standing.recommended.clone().unwrap_or_default();
    let signatories = signatory::rows(&standing, &base);
    let decided = signatories.iter().filter(|row| !row.reason.is_empty());
    let reasons = decided.map(|row| (row.council.clone(), row.reason.clone())).collect();
    let sign_href = standing.signs_for.map(|_| format!("{base}/{lot}/signatures")).unwrap_or_default();
    let template = DecisionPage {
        shell: shell.fact(format!("Lot {} {}", standing.lot.code, standing.lot.title)),
        lots: lot_links(&lots, lot, &base),
        procurement: format!("/procurements/{id}"),
        lot_id: lot.to_string(),
        check_href: format!("{base}/{lot}/award"),
        has_result: standing.has_result,
        recommended,
        price: price.map(rules::money::Pence::pounds).unwrap_or_default(),
        text: standing.recommendation.as_ref().map(|row| row.text.clone()).unwrap_or_default(),
        place: ranking::place(&standing),
        runner_up: ranking::runner_up(&standing),
        ranking: ranking::rows(&standing),
        recommendation: forms::recommendation(&standing, refused),
        signatories,
        reasons,
        decision: forms::decision(&standing, council, refused),
        may_award: standing.may_coordinate,
        award: award_facts(&standing),
        untold: standing.untold,
        notice: forms::notice(&standing, refused),
        sign_href,
        obstacles: standing.obstacles,
        base,
    };
    form_page(refused.map(|(_, _, refusal)| refusal), &template)
}

impl DecisionPage {
    /// A page without a lot.
    fn empty() -> Self {
        Self {
            shell: Shell::default(),
            lots: Vec::new(),
            procurement: String::new(),
            base: String::new(),
            lot_id: String::new(),
            check_href: String::new(),
            has_result: false,
            recommended: String::new(),
            price: String::new(),
            text: String::new(),
            place: String::new(),
            runner_up: String::new(),
            ranking: Vec::new(),
            recommendation: None,
            signatories: Vec::new(),
            reasons: Vec::new(),
            decision: None,
            may_award: false,
            obstacles: Vec::new(),
            award: None,
            untold: 0,
            notice: None,
            sign_href: String::new(),
        }
    }
}

#[handler]
pub(super) async fn view(visit: Visit, Path(id): Path<Uuid>, Query(wanted): Query<Wanted>) -> PageResult {
    show(&visit, id, wanted.lot, wanted.council, None).await
}

/// A form is shown again where its input or the state of things was wrong, also below what somebody else has recorded
/// meanwhile; who may not is told on a page of its own.
async fn after<T>(
    visit: &Visit,
    (id, lot): (Uuid, Uuid),
    form: Form,
    posted: &Posted,
    outcome: Result<T, Refusal>,
    told: &str,
) -> PageResult {
    match outcome {
        Ok(_) => done(&format!("/procurements/{id}/decision?lot={lot}"), told),
        Err(refusal) if refusal.is_for_the_form() => {
            show(visit, id, Some(lot), None, Some((form, posted, &refusal))).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}

#[handler]
pub(super) async fn recommend(visit: Visit, Path((id, lot)): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    let input =
        RecommendationInput { bid_id: form.text("bid_id").to_owned(), text: form.text("text").to_owned() };
    let seen = form.optional("version").map(|_| form.version()).transpose()?;
    let outcome = visit
        .write(move |w| async move {
            match seen {
                None => recommendations::make(&w, id, lot, input).await,
                Some(seen) => recommendations::change(&w, id, lot, seen, input).await,
            }
        })
        .await;
    after(&visit, (id, lot), Form::Recommendation, &form, outcome, "Recommendation saved.").await
}

#[handler]
pub(super) async fn decide(visit: Visit, Path((id, lot)): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    let input = DecisionInput {
        council_id: form.optional("council_id"),
        verdict: form.text("verdict").to_owned(),
        body: form.text("body").to_owned(),
        minute: form.text("minute").to_owned(),
        taken_on: form.date("taken_on"),
        key_decision: form.ticked("key_decision"),
        effective_on: form.date("effective_on"),
        reason: form.text("reason").to_owned(),
        external_ref: form.optional("external_ref"),
    };
    let existing = match form.optional("decision_id") {
        None => None,
        Some(text) => {
            let decision = text.parse::<Uuid>().map_err(|_| Refusal::not_found("decision"))?;
            Some((decision, form.version()?))
        }
    };
    let outcome = visit
        .write(move |w| async move {
            match existing {
                None => decisions::record(&w, id, lot, input).await,
                Some((decision, seen)) => decisions::change(&w, id, lot, decision, seen, input).await,
            }
        })
        .await;
    after(&visit, (id, lot), Form::Decision, &form, outcome, "Decision recorded.").await
}

#[handler]
pub(super) async fn publish(visit: Visit, Path((id, lot)): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    let seen = form.version()?;
    let input = NoticeInput {
        published_on: form.date("published_on"),
        working_days: form.optional("working_days"),
        reason: form.optional("reason"),
    };
    let outcome = visit.write(move |w| async move { notice::record(&w, id, lot, seen, input).await }).await;
    after(&visit, (id, lot), Form::Notice, &form, outcome, "Notice recorded: the standstill runs.").await
}
