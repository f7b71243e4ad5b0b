//! Results: compute them, and read the ranking of one.

use askama::Template;
use poem::web::Path;
use poem::{IntoResponse, handler};
use rules::money::Pence;
use rules::record::BidResult;
use rules::record::moved::{MovedBid, Stood};
use rules::words::Role;
use uuid::Uuid;

use crate::http::reply::Download;
use crate::http::shell::{FieldErrors, Shell};
use crate::http::visit::{done, form_page, page};
use crate::http::{PageResult, Visit};
use crate::kernel::clock::london_text;
use crate::kernel::{Paging, Refusal};
use crate::scoring::moved::{self, Since};
use crate::scoring::{bundle, desk, result as results};

struct ResultRow {
    href: String,
    revision: i32,
    computed: String,
    hash: String,
}

struct LotPart {
    heading: String,
    table_id: String,
    caption: String,
    state: String,
    prices: Option<String>,
    outdated: bool,
    compute: Option<String>,
    rows: Vec<ResultRow>,
}

#[derive(Template)]
#[template(path = "scoring/results.html")]
struct ResultsPage {
    shell: Shell,
    barred: bool,
    lots: Vec<LotPart>,
    /// Where the evidence is, for those who may have it, once it is there.
    evidence: Option<String>,
}

async fn show_list(visit: &Visit, id: Uuid, refusal: Option<&Refusal>) -> PageResult {
    let (desk, stored) = visit
        .read(move |r| async move {
            let desk = desk::view(&r, id).await?;
            let mut stored = Vec::new();
            for lot in &desk.lots {
                stored.push(results::list(&r, id, lot.id, &Paging::default()).await?.items);
            }
            Ok((desk, stored))
        })
        .await?;
    let base = format!("/procurements/{id}/scoring");
    let stage = desk.scope.procurement.stage.0;
    let may = desk.scope.holds(Role::Coordinator)
        && matches!(stage, rules::stage::Stage::Scoring | rules::stage::Stage::Deciding);
    let has_evidence = !desk.lots.is_empty()
        && bundle::may_have(&desk.scope)
        && desk.lots.iter().all(|lot| lot.locked_at.is_some());
    let lots = desk.lots.iter().zip(stored).map(|(lot, rows)| LotPart {
        heading: format!("{} {}", lot.code, lot.title),
        table_id: format!("results-{}", lot.code),
        caption: format!("Results of lot {}, newest first", lot.code),
        state: lot.locked_at.map_or_else(
            || "Quality is not locked yet: prices are hidden and there is no result.".to_owned(),
            |at| format!("Quality locked on {}.", london_text(at)),
        ),
        prices: lot.locked_at.map(|_| format!("{base}/lots/{}/prices", lot.id)),
        outdated: lot.outdated,
        compute: (may && lot.locked_at.is_some()).then(|| format!("{base}/lots/{}/result", lot.id)),
        rows: rows
            .into_iter()
            .map(|row| ResultRow {
                href: format!("{base}/results/{}", row.id),
                revision: row.revision,
                computed: london_text(row.computed_at),
                hash: row.hash,
            })
            .collect(),
    });
    let mut errors = FieldErrors::new();
    if let Some(refusal) = refusal {
        errors.add("", refusal.detail.clone());
        for fault in &refusal.fields {
            errors.add("", fault.message.clone());
        }
    }
    let template = ResultsPage {
        lots: lots.collect(),
        barred: desk.barred(),
        evidence: has_evidence.then(|| format!("{base}/evidence.zip")),
        shell: visit
            .procurement_shell("Results", &desk.scope.procurement, "scoring")
            .crumb("Scoring", base)
            .errors(&errors),
    };
    form_page(refusal, &template)
}

#[handler]
pub(super) async fn list(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    show_list(&visit, id, None).await
}

#[handler]
pub(super) async fn make(visit: Visit, Path((id, lot)): Path<(Uuid, Uuid)>) -> PageResult {
    match visit.write(move |w| async move { results::compute(&w, id, lot).await }).await {
        Ok(computed) => done(
            &format!("/procurements/{id}/scoring/results/{}", computed.row.id),
            "The result is computed and stored.",
        ),
        Err(refusal) if refusal.status() == 409 => show_list(&visit, id, Some(&refusal)).await,
        Err(refusal) => Err(refusal.into()),
    }
}

/// A correction that is in a bid's price.
struct CorrectionRow {
    href: String,
    supplier: String,
    line: String,
    before: String,
    after: String,
}

fn correction_rows(id: Uuid, bids: &[BidResult]) -> Vec<CorrectionRow> {
    let of = |bid: &BidResult| {
        let rows = bid.corrections.iter().map(|row| CorrectionRow {
            href: format!("/procurements/{id}/corrections/{}", row.id),
            supplier: bid.supplier.clone(),
            line: row.line.clone(),
            before: row.before.pounds(),
            after: row.after.pounds(),
        });
        rows.collect::<Vec<_>>()
    };
    bids.iter().flat_map(of).collect()
}

struct BidRow {
    supplier: String,
    rank: String,
    total: String,
    quality: String,
    price_points: String,
    price: String,
    councils: Vec<String>,
    leads: bool,
    excluded: Option<&'static str>,
    reasons: Vec<String>,
}

fn bid_row(bid: BidResult, councils: &[String]) -> BidRow {
    let dash = || "–".to_owned();
    let part = |name: &String| {
        let price = bid.price.as_ref()?;
        let part = price.councils.iter().find(|council| council.name == *name)?;
        Some(part.price.pounds())
    };
    BidRow {
        councils: councils.iter().map(|name| part(name).unwrap_or_else(dash)).collect(),
        rank: bid.rank.map_or_else(dash, |rank| rank.to_string()),
        total: bid.total.map_or_else(dash, |points| points.rounded),
        quality: bid.quality.map_or_else(dash, |points| points.rounded),
        price_points: bid.price_points.map_or_else(dash, |points| points.rounded),
        price: bid.price.map_or_else(dash, |price| price.total.pounds()),
        leads: bid.rank == Some(1),
        excluded: bid.exclusion.map(rules::words::Exclusion::label),
        reasons: bid.reasons.into_iter().map(|reason| reason.message).collect(),
        supplier: bid.supplier,
    }
}

/// What moved of one bid since the result before.
struct MovedRow {
    supplier: String,
    because: Vec<String>,
    total: (String, String),
    rank: (String, String),
    price: (String, String),
}

/// What moved since the result before.
struct MovedPart {
    href: String,
    revision: i32,
    finding: String,
    rows: Vec<MovedRow>,
}

fn moved_part(base: &str, since: Since) -> MovedPart {
    let moved = since.moved;
    let name = |id: &Option<String>| {
        let bid = moved.bids.iter().find(|bid| Some(&bid.bid) == id.as_ref());
        bid.map(|bid| bid.supplier.clone())
    };
    let finding = match (&moved.winner, moved.bids.is_empty()) {
        (_, true) => "Nothing moved: both say the same.".to_owned(),
        ((before, after), false) if before == after => "The bid that is first stays first.".to_owned(),
        ((before, after), false) => match (name(before), name(after)) {
            (Some(before), Some(after)) => format!("{after} is first now, before it was {before}."),
            (None, Some(after)) => format!("{after} is first now, before it nobody was alone in front."),
            (Some(before), None) => format!("{before} is not alone in front any more."),
            (None, None) => "Who is first has changed.".to_owned(),
        },
    };
    let of = |stood: Option<&Stood>, told: fn(&Stood) -> Option<String>| {
        stood.and_then(told).unwrap_or_else(|| "–".to_owned())
    };
    let both = |bid: &MovedBid, told: fn(&Stood) -> Option<String>| {
        (of(bid.before.as_ref(), told), of(bid.after.as_ref(), told))
    };
    let rows = moved.bids.iter().map(|bid| MovedRow {
        supplier: bid.supplier.clone(),
        because: moved::told(bid),
        total: both(bid, |stood| stood.total.clone()),
        rank: both(bid, |stood| stood.rank.map(|rank| rank.to_string())),
        price: both(bid, |stood| stood.price.map(Pence::pounds)),
    });
    MovedPart {
        href: format!("{base}/{}", since.before.id),
        revision: since.before.revision,
        rows: rows.collect(),
        finding,
    }
}

#[derive(Template)]
#[template(path = "scoring/result.html")]
struct ResultPage {
    shell: Shell,
    weights: String,
    councils: Vec<String>,
    bids: Vec<BidRow>,
    warnings: Vec<String>,
    corrections: Vec<CorrectionRow>,
    moved: Option<MovedPart>,
    facts: Vec<(&'static str, String)>,
    body: String,
}

#[handler]
pub(super) async fn show(visit: Visit, Path((id, result)): Path<(Uuid, Uuid)>) -> PageResult {
    let (procurement, computed, since) = visit
        .read(move |r| async move {
            let computed = results::one(&r, id, result).await?;
            Ok((desk::procurement(&r, id).await?, computed, moved::since(&r, id, result).await?))
        })
        .await?;
    let results::Computed { row, result } = computed;
    let base = format!("/procurements/{id}/scoring/results");
    let councils: Vec<String> = result
        .bids
        .iter()
        .find_map(|bid| bid.price.as_ref())
        .map(|price| price.councils.iter().map(|council| council.name.clone()).collect())
        .unwrap_or_default();
    let mut bids = result.bids;
    bids.sort_by_key(|bid| (bid.rank.is_none(), bid.rank, bid.supplier.clone()));
    page(&ResultPage {
        shell: visit
            .procurement_shell(format!("Result of lot {}", result.lot_code), &procurement, "scoring")
            .crumb("Results", base.clone())
            .action("What would change it", format!("{base}/{}/sensitivity", row.id))
            .fact(format!("Revision {}", row.revision))
            .fact(format!("Computed on {}", london_text(row.computed_at))),
        weights: format!("Quality {} %, price {} %", result.quality_weight, result.price_weight),
        corrections: correction_rows(id, &bids),
        moved: since.map(|since| moved_part(&base, since)),
        bids: bids.into_iter().map(|bid| bid_row(bid, &councils)).collect(),
        councils,
        warnings: result.warnings.into_iter().map(|warning| warning.message).collect(),
        facts: vec![
            ("Result", row.hash),
            ("Marks, prices and responses", row.inputs_hash),
            ("Method", result.method_hash),
            ("Tender pack", result.pack_hash),
        ],
        body: format!("{base}/{}/body", row.id),
    })
}

#[handler]
pub(super) async fn download(visit: Visit, Path((id, result)): Path<(Uuid, Uuid)>) -> PageResult {
    let computed = visit.read(move |r| async move { results::one(&r, id, result).await }).await?;
    let file = Download {
        name: format!("result-{}-{}.json", computed.result.lot_code, computed.row.revision),
        media_type: "application/json".to_owned(),
        bytes: computed.row.body.into_bytes(),
    };
    Ok(file.into_response())
}

#[handler]
pub(super) async fn evidence_download(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    let bundle = visit.read(move |r| async move { bundle::export(&r, id).await }).await?;
    Ok(Download::from(bundle).into_response())
}
