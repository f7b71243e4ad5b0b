//! What would change a result.

use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use rules::exact::Exact;
use rules::sensitivity::report::{Flip, MarkFlips, Unmarked, WeightOf, Without};
use uuid::Uuid;

use crate::http::{Reply, Signed};
use crate::scoring::sensitivity::{self, Sensitivity};

/// The operations about sensitivity.
pub struct Operations;

/// The ranking without one bid that did not win.
#[derive(Object)]
struct WithoutBid {
    bid_id: String,
    /// The bids that would be first.
    first: Vec<String>,
    /// Whether that is somebody else than the winner.
    changes: bool,
}

/// The price at which leader and runner-up change places.
#[derive(Object)]
struct FlipPrice {
    /// The runner-up.
    second: String,
    /// Pounds, as a fraction; left out where no price above zero makes them equal.
    #[oai(skip_serializing_if_is_none)]
    price: Option<String>,
    /// Whether any counted bid under that price, however poor, would reverse them.
    vulnerable: bool,
}

/// A range of a weight over which the same bids are first.
#[derive(Object)]
struct WeightRange {
    /// Percent of the total, as a fraction.
    from: String,
    to: String,
    first: Vec<String>,
}

/// A weight, with the others in proportion.
#[derive(Object)]
struct WeightSensitivity {
    /// `price`, or the code of a top criterion.
    criterion: String,
    title: String,
    /// As published, in percent of the total, as a fraction.
    weight: String,
    ranges: Vec<WeightRange>,
    /// Percent of the total to the nearest weight with another winner; left out where there is none.
    #[oai(skip_serializing_if_is_none)]
    smallest_change: Option<String>,
    /// The same as a sentence.
    told: String,
}

/// One step of one agreed mark.
#[derive(Object)]
struct MarkStep {
    bid_id: String,
    /// The question's code.
    question: String,
    from: String,
    to: String,
}

/// Steps of marks by which the winner would lose its place.
#[derive(Object)]
struct MarkSteps {
    /// The bid that would be level with the winner or before it; left out where the winner would fall below a published
    /// minimum.
    #[oai(skip_serializing_if_is_none)]
    bid_id: Option<String>,
    steps: Vec<MarkStep>,
    /// Whether there is no shorter way.
    fewest: bool,
}

/// An answer that nobody marked.
#[derive(Object)]
struct UnmarkedAnswer {
    bid_id: String,
    /// The question's code.
    question: String,
}

/// Who would be first by the panel's own marks without one member or council.
#[derive(Object)]
struct WithoutMarks {
    id: String,
    name: String,
    /// Left out where an answer would be without any mark; empty where no bid would be ranked.
    #[oai(skip_serializing_if_is_none)]
    first: Option<Vec<String>>,
    /// The first answer that would be without any mark.
    #[oai(skip_serializing_if_is_none)]
    missing: Option<UnmarkedAnswer>,
    changes: bool,
}

/// What the panel's own marks would have led to. Information, never a mark of record.
#[derive(Object)]
struct OwnMarks {
    /// By everybody's marks.
    first: Vec<String>,
    without_members: Vec<WithoutMarks>,
    without_councils: Vec<WithoutMarks>,
}

/// A bid that another one betters in everything.
#[derive(Object)]
struct DominatedBid {
    bid_id: String,
    by: String,
}

/// A price that looks abnormally low: a flag, never a consequence.
#[derive(Object)]
struct LowPrice {
    bid_id: String,
    /// `below_mean` or `below_next`.
    ground: String,
}

/// What would change a result. Bids are named by their ids.
#[derive(Object)]
struct ResultSensitivity {
    result_id: Uuid,
    #[oai(skip_serializing_if_is_none)]
    winner: Option<String>,
    /// Why there is none: `unresolved_tie` or `no_ranked_bids`. What needs a winner is then left out.
    #[oai(skip_serializing_if_is_none)]
    no_winner: Option<String>,
    /// The points by which the winner leads, as a fraction.
    #[oai(skip_serializing_if_is_none)]
    lead: Option<String>,
    /// Why the result is a near tie; empty where it is not: `below_rounding_unit`, `below_lightest_step`, `one_step_decides`.
    near_tie_grounds: Vec<String>,
    without_bids: Vec<WithoutBid>,
    #[oai(skip_serializing_if_is_none)]
    flip_price: Option<FlipPrice>,
    /// The nearest to another winner first.
    weights: Vec<WeightSensitivity>,
    /// The fewest first.
    mark_flips: Vec<MarkSteps>,
    /// Left out for those who do not see the panel's marks.
    #[oai(skip_serializing_if_is_none)]
    own_marks: Option<OwnMarks>,
    /// The answer of a ranked bid that nobody marked, without which own marks say nothing.
    #[oai(skip_serializing_if_is_none)]
    own_marks_missing: Option<UnmarkedAnswer>,
    dominated: Vec<DominatedBid>,
    abnormally_low: Vec<LowPrice>,
}

fn text(number: Exact) -> String {
    number.to_string()
}

impl From<WeightOf> for WeightSensitivity {
    fn from(one: WeightOf) -> Self {
        let ranges = one.ranges.into_iter().map(|range| WeightRange {
            from: text(range.from),
            to: text(range.to),
            first: range.first,
        });
        Self {
            criterion: one.criterion,
            title: one.title,
            weight: text(one.weight),
            ranges: ranges.collect(),
            smallest_change: one.smallest_change.map(text),
            told: one.told,
        }
    }
}

impl From<Unmarked> for UnmarkedAnswer {
    fn from(one: Unmarked) -> Self {
        Self { bid_id: one.bid, question: one.question }
    }
}

impl From<MarkFlips> for MarkSteps {
    fn from(flips: MarkFlips) -> Self {
        let step =
            |flip: Flip| MarkStep { bid_id: flip.bid, question: flip.question, from: flip.from, to: flip.to };
        Self { bid_id: flips.bid, steps: flips.steps.into_iter().map(step).collect(), fewest: flips.fewest }
    }
}

impl From<Sensitivity> for ResultSensitivity {
    fn from(found: Sensitivity) -> Self {
        let without = |one: &Without| WithoutMarks {
            id: one.id.clone(),
            name: found.name(&one.id),
            first: one.first.clone(),
            missing: one.missing.clone().map(UnmarkedAnswer::from),
            changes: one.changes,
        };
        let own_marks = found.report.own_marks.as_ref().map(|own| OwnMarks {
            first: own.first.clone(),
            without_members: own.without_members.iter().map(without).collect(),
            without_councils: own.without_councils.iter().map(without).collect(),
        });
        let report = found.report;
        let bids = report.without_bids.into_iter().map(|one| WithoutBid {
            bid_id: one.bid,
            first: one.first,
            changes: one.changes,
        });
        let low = report.abnormally_low.into_iter();
        Self {
            result_id: found.computed.row.id,
            winner: report.winner,
            lead: report.lead.map(text),
            no_winner: report.no_winner.map(|why| why.as_str().to_owned()),
            near_tie_grounds: report.near_tie_grounds.iter().map(|why| why.as_str().to_owned()).collect(),
            without_bids: bids.collect(),
            flip_price: report.flip_price.map(|flip| FlipPrice {
                second: flip.second,
                price: flip.price.map(text),
                vulnerable: flip.vulnerable,
            }),
            weights: report.weights.into_iter().map(WeightSensitivity::from).collect(),
            mark_flips: report.mark_flips.into_iter().map(MarkSteps::from).collect(),
            own_marks,
            own_marks_missing: report.own_marks_missing.map(UnmarkedAnswer::from),
            dominated: report
                .dominated
                .into_iter()
                .map(|one| DominatedBid { bid_id: one.bid, by: one.by })
                .collect(),
            abnormally_low: low
                .map(|one| LowPrice { bid_id: one.bid, ground: one.ground.as_str().to_owned() })
                .collect(),
        }
    }
}

#[OpenApi(tag = "crate::http::tags::Tag::Scoring")]
impl Operations {
    /// What would change a result: weights, marks, bids and panel members that decide. Exact, computed on request, and never a
    /// rule.
    #[oai(
        path = "/procurements/:procurement_id/results/:result_id/sensitivity",
        method = "get",
        operation_id = "sensitivity_view"
    )]
    async fn sensitivity_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        result_id: Path<Uuid>,
    ) -> Reply<ResultSensitivity> {
        call.read(move |r| async move {
            Ok(sensitivity::of_result(&r, procurement_id.0, result_id.0).await?.into())
        })
        .await
    }
}
