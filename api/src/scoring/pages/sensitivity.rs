//! What would change a result, for those who decide on it.

use askama::Template;
use poem::handler;
use poem::web::Path;
use rules::exact::Exact;
use rules::money::Pence;
use rules::record::LotResult;
use rules::sensitivity::report::{Flip, MarkFlips, NoWinner, Unmarked, WeightOf, WeightRange, Without};
use uuid::Uuid;

use crate::http::charts::{Caption, Reach, Svg, tornado};
use crate::http::shell::Shell;
use crate::http::visit::page;
use crate::http::{PageResult, Visit};
use crate::scoring::desk;
use crate::scoring::sensitivity::{self, Sensitivity};

/// The longest way of marks that is told step by step.
const LONGEST_WAY: usize = 12;

struct WeightRow {
    name: String,
    weight: String,
    change: String,
    told: String,
}

struct FlipRow {
    supplier: String,
    count: usize,
    steps: String,
    fewest: bool,
}

struct OwnRow {
    name: String,
    first: String,
    changes: bool,
}

struct OwnPart {
    first: String,
    agrees: bool,
    members: Vec<OwnRow>,
    councils: Vec<OwnRow>,
}

#[derive(Template)]
#[template(path = "scoring/sensitivity.html")]
struct SensitivityPage {
    shell: Shell,
    winner: String,
    /// Why nobody is alone in front, if so.
    no_winner: &'static str,
    lead: String,
    /// Why the result is a near tie; none where it is not.
    near_tie: Vec<&'static str>,
    chart: Option<Svg>,
    finding: String,
    weights: Vec<WeightRow>,
    flips: Vec<FlipRow>,
    /// Bid left out, who would be first, whether that changes.
    without: Vec<(String, String, bool)>,
    flip_price: Option<String>,
    own: Option<OwnPart>,
    /// The answer without which own marks say nothing.
    own_missing: Option<String>,
    /// The dominated bid, and the one that betters it.
    dominated: Vec<(String, String)>,
    /// The bid and why.
    low: Vec<(String, &'static str)>,
    compliance: String,
}

/// Percent of 100 as thousandths of a line.
fn along(percent: &Exact) -> u32 {
    let thousandths = (percent * Exact::from(10)).floor().to_i64().unwrap_or(0);
    u32::try_from(thousandths).unwrap_or(0)
}

/// From where to where the weight may go with the same bids in front. Nowhere where only rounding puts them there.
fn reach(one: &WeightOf, first: &[String]) -> Reach {
    let holds =
        |range: &&WeightRange| range.from <= one.weight && one.weight <= range.to && range.first == first;
    let (from, to) = one.ranges.iter().find(holds).map_or_else(
        || (one.weight.clone(), one.weight.clone()),
        |range| (range.from.clone(), range.to.clone()),
    );
    Reach {
        label: format!("{}, now {} %", one.title, one.weight.fixed(1)),
        from: along(&from),
        to: along(&to),
        now: along(&one.weight),
        from_text: if from.is_zero() { String::new() } else { format!("{} %", from.fixed(1)) },
        to_text: if to == Exact::hundred() { String::new() } else { format!("{} %", to.fixed(1)) },
    }
}

fn weight_row(one: &WeightOf) -> WeightRow {
    WeightRow {
        name: if one.criterion == "price" {
            one.title.clone()
        } else {
            format!("{} {}", one.criterion, one.title)
        },
        weight: format!("{} %", one.weight.fixed(1)),
        change: one
            .smallest_change
            .as_ref()
            .map_or_else(|| "–".to_owned(), |by| format!("{} %", by.fixed(1))),
        told: one.told.clone(),
    }
}

fn flip_row(found: &Sensitivity, flips: &MarkFlips) -> FlipRow {
    let step = |flip: &Flip| {
        format!("{} of {} from {} to {}", flip.question, found.supplier(&flip.bid), flip.from, flip.to)
    };
    let mut steps: Vec<String> = flips.steps.iter().take(LONGEST_WAY).map(step).collect();
    if flips.steps.len() > LONGEST_WAY {
        steps.push("and so on".to_owned());
    }
    FlipRow {
        supplier: match &flips.bid {
            Some(bid) => found.supplier(bid),
            None => "Nobody: the winner would fall below a published minimum".to_owned(),
        },
        count: flips.steps.len(),
        steps: steps.join("; "),
        fewest: flips.fewest,
    }
}

/// The answer that nobody marked.
fn unmarked(found: &Sensitivity, missing: Option<&Unmarked>) -> String {
    missing.map_or_else(
        || "an answer".to_owned(),
        |one| format!("{} of {}", one.question, found.supplier(&one.bid)),
    )
}

fn own_row(found: &Sensitivity, one: &Without) -> OwnRow {
    OwnRow {
        name: found.name(&one.id),
        first: match (&one.first, &one.missing) {
            (Some(first), _) if first.is_empty() => "Nobody: no bid would be ranked".to_owned(),
            (Some(first), _) => found.suppliers(first),
            (None, missing) => {
                format!("Cannot be said: {} would be without any mark", unmarked(found, missing.as_ref()))
            }
        },
        changes: one.changes,
    }
}

fn own_part(found: &Sensitivity) -> Option<OwnPart> {
    let own = found.report.own_marks.as_ref()?;
    Some(OwnPart {
        first: found.suppliers(&own.first),
        agrees: found.report.winner.as_ref().is_some_and(|winner| own.first == [winner.clone()]),
        members: own.without_members.iter().map(|one| own_row(found, one)).collect(),
        councils: own.without_councils.iter().map(|one| own_row(found, one)).collect(),
    })
}

fn flip_price(found: &Sensitivity) -> Option<String> {
    let flip = found.report.flip_price.as_ref()?;
    let second = found.supplier(&flip.second);
    let Some(price) = flip.price.as_ref().and_then(|price| Pence::round(price).ok()) else {
        return Some(format!("No lowest price would put {second} before the winner."));
    };
    let price = price.pounds();
    Some(if flip.vulnerable {
        format!(
            "A counted bid under {price}, however poor, would put {second} before the winner: the formula depends on the lowest price."
        )
    } else {
        format!(
            "The winner and {second} would be level at a lowest price of {price}, which is not below the lowest price there is."
        )
    })
}

/// What the picture says, in a sentence.
fn finding(found: &Sensitivity) -> String {
    match found.report.weights.first() {
        Some(nearest) if nearest.smallest_change.is_some() => nearest.told.clone(),
        _ => "No weight of price or of a criterion changes the winner.".to_owned(),
    }
}

#[handler]
pub(super) async fn show(visit: Visit, Path((id, result)): Path<(Uuid, Uuid)>) -> PageResult {
    let (procurement, found) = visit
        .read(move |r| async move {
            let found = sensitivity::of_result(&r, id, result).await?;
            Ok((desk::procurement(&r, id).await?, found))
        })
        .await?;
    let base = format!("/procurements/{id}/scoring/results");
    let code = found.computed.result.lot_code.clone();
    let report = &found.report;
    let LotResult { winner, unresolved_tie, .. } = &found.computed.result;
    let first: Vec<String> = winner.iter().chain(unresolved_tie).cloned().collect();
    let reaches: Vec<Reach> = report.weights.iter().map(|one| reach(one, &first)).collect();
    let finding = finding(&found);
    let caption = Caption {
        id: "reaches",
        title: "How far each weight may go before another bid wins",
        finding: &finding,
    };
    page(&SensitivityPage {
        shell: visit
            .procurement_shell(format!("What would change the result of lot {code}"), &procurement, "scoring")
            .crumb("Results", base.clone())
            .crumb(format!("Result of lot {code}"), format!("{base}/{result}"))
            .fact(format!("Revision {}", found.computed.row.revision)),
        winner: report.winner.as_ref().map(|winner| found.supplier(winner)).unwrap_or_default(),
        no_winner: report.no_winner.map(NoWinner::label).unwrap_or_default(),
        lead: report.lead_rounded.clone().unwrap_or_default(),
        near_tie: report.near_tie_grounds.iter().map(|ground| ground.label()).collect(),
        chart: (!reaches.is_empty()).then(|| tornado(&caption, &reaches)),
        weights: report.weights.iter().map(weight_row).collect(),
        flips: report.mark_flips.iter().map(|flips| flip_row(&found, flips)).collect(),
        without: report
            .without_bids
            .iter()
            .map(|one| (found.supplier(&one.bid), found.suppliers(&one.first), one.changes))
            .collect(),
        flip_price: flip_price(&found),
        own: own_part(&found),
        own_missing: report.own_marks_missing.as_ref().map(|one| unmarked(&found, Some(one))),
        dominated: report
            .dominated
            .iter()
            .map(|one| (found.supplier(&one.bid), found.supplier(&one.by)))
            .collect(),
        low: report.abnormally_low.iter().map(|one| (found.supplier(&one.bid), one.ground.label())).collect(),
        compliance: format!("/procurements/{id}/compliance"),
        finding,
    })
}
