//! Topics `price_points`, `score_tree` and `rank`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Refused;
use super::read::{Decimals, Named, Number, distinct};
use crate::criteria::{self, Node, NodeKind};
use crate::exact::Exact;
use crate::price::{CostRule, PriceFault, PriceRule};
use crate::rank::{self, Measure, RankBid, RankRules, Ranked};
use crate::words::{BaseSet, RankOn, TieBreak};

/// The parameters of all formulas; each reads its own.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    k: Option<Number>,
    base: Option<Number>,
    slope: Option<Number>,
    target: Option<Number>,
    ceiling: Option<Number>,
    pounds_per_point: Option<Number>,
}

enum Formula {
    Points(PriceRule),
    Cost(CostRule),
}

fn formula(name: &str, params: Option<Params>) -> Result<Formula, Refused> {
    let params = params.unwrap_or_default();
    let needed = |number: Option<Number>, key: &str| {
        let missing =
            || Refused::malformed("parameter_missing", format_args!("{name} needs the parameter {key}"));
        number.map(|number| number.0).ok_or_else(missing)
    };
    Ok(match name {
        "lowest_over_bid" => Formula::Points(PriceRule::LowestOverBid),
        "linear_from_lowest" => Formula::Points(PriceRule::LinearFromLowest { k: needed(params.k, "k")? }),
        "linear_min_max" => Formula::Points(PriceRule::LinearMinMax),
        "linear_mean" => {
            let half = || Exact::ratio(1, 2).unwrap_or_default();
            Formula::Points(PriceRule::LinearMean {
                base: params.base.map_or_else(half, |base| base.0),
                slope: params.slope.map_or_else(Exact::one, |slope| slope.0),
            })
        }
        "benchmark_linear" => {
            let (Some(target), Some(ceiling)) = (params.target, params.ceiling) else {
                return Err(PriceFault::BenchmarkIncomplete.into());
            };
            Formula::Points(PriceRule::BenchmarkLinear { target: target.0, ceiling: ceiling.0 })
        }
        "price_per_quality_point" => Formula::Cost(CostRule::PricePerQualityPoint),
        "monetised_quality" => Formula::Cost(CostRule::MonetisedQuality {
            pounds_per_point: needed(params.pounds_per_point, "pounds_per_point")?,
        }),
        _ => {
            return Err(Refused::malformed(
                "unknown_formula",
                format_args!("there is no formula \"{name}\""),
            ));
        }
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PricePoints {
    formula: String,
    max_points: Number,
    prices: Vec<Number>,
    params: Option<Params>,
    #[serde(default)]
    decimals: Decimals,
}

#[derive(Serialize)]
pub(super) struct PointsList {
    points_exact: Vec<Exact>,
    points_rounded: Vec<String>,
}

pub(super) fn price_points(input: PricePoints) -> Result<PointsList, Refused> {
    let Formula::Points(rule) = formula(&input.formula, input.params)? else {
        let detail =
            format_args!("{} makes no points of a price: it ranks a cost, see topic rank", input.formula);
        return Err(Refused::new("formula_without_points", detail));
    };
    let points_exact = rule.points(&input.max_points.0, &Number::all(input.prices))?;
    let points_rounded = points_exact.iter().map(|points| points.fixed(input.decimals.0)).collect();
    Ok(PointsList { points_exact, points_rounded })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScoreTree {
    tree: Branch,
    marks: Named<Option<Mark>>,
    out_of: Number,
    #[serde(default)]
    decimals: Decimals,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Branch {
    id: String,
    weight: Option<Number>,
    children: Option<Vec<Branch>>,
    max: Option<Number>,
    scale: Option<Marks>,
}

/// A scale: percentages by mark, each optional, or the marks alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum Marks {
    WithPercent(Named<Option<Number>>),
    Alone(Vec<Mark>),
}

/// A mark as it is written: marks are compared with a scale by their text.
struct Mark(String);

impl<'de> Deserialize<'de> for Mark {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Whole(i64),
            Text(String),
        }
        Ok(match Written::deserialize(deserializer) {
            Ok(Written::Whole(whole)) => Self(whole.to_string()),
            Ok(Written::Text(text)) => Self(text),
            Err(_) => {
                return Err(serde::de::Error::custom("a mark is a whole number or a text such as \"3.5\""));
            }
        })
    }
}

#[derive(Serialize)]
pub(super) struct Points {
    points_exact: Exact,
    points_rounded: String,
}

pub(super) fn score_tree(input: ScoreTree) -> Result<Points, Refused> {
    let marks: BTreeMap<String, String> =
        input.marks.0.into_iter().filter_map(|(leaf, mark)| Some((leaf, mark?.0))).collect();
    let tree = node(input.tree, true)?;
    let points_exact = criteria::score_tree(&tree, &marks, &input.out_of.0)
        .map_err(|fault| Refused::new(&fault.to_string(), fault.detail()))?;
    Ok(Points { points_rounded: points_exact.fixed(input.decimals.0), points_exact })
}

fn node(branch: Branch, root: bool) -> Result<Node, Refused> {
    let unfit =
        |what: &str| Refused::malformed("input_invalid", format_args!("node \"{}\": {what}", branch.id));
    let weight = match branch.weight {
        Some(weight) => weight.0,
        None if root => Exact::hundred(),
        None => return Err(unfit("it needs a weight")),
    };
    let max = branch.max.map(|max| max.0);
    let kind = match (branch.children, branch.scale) {
        (Some(children), _) => {
            NodeKind::Section(children.into_iter().map(|child| node(child, false)).collect::<Result<_, _>>()?)
        }
        (None, Some(scale)) => {
            let marks = match scale {
                Marks::WithPercent(marks) => marks
                    .0
                    .into_iter()
                    .map(|(mark, percent)| (mark, percent.map(|percent| percent.0)))
                    .collect(),
                Marks::Alone(marks) => marks.into_iter().map(|mark| (mark.0, None)).collect(),
            };
            NodeKind::on_scale(marks, max).ok_or_else(|| {
                unfit("a mark without a percentage must be a number of a scale that goes above 0")
            })?
        }
        (None, None) => NodeKind::Most(max.ok_or_else(|| unfit("it needs children, a max or a scale"))?),
    };
    Ok(Node { id: branch.id, weight, kind })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rank {
    bids: Vec<Bid>,
    formula: String,
    price_points: Option<Number>,
    params: Option<Params>,
    #[serde(default)]
    decimals: Decimals,
    rank_on: Option<RankOn>,
    tie_break: Option<Vec<TieBreak>>,
    min_quality: Option<Number>,
    base_set: Option<BaseSet>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bid {
    id: String,
    quality: Option<Number>,
    price: Option<Number>,
    withdrawn: Option<bool>,
    failed: Option<bool>,
}

#[derive(Serialize)]
pub(super) struct Ranking {
    score_exact: Named<Exact>,
    score_rounded: Named<String>,
    rank: Named<u32>,
    winner: Option<String>,
    unresolved_tie: Vec<String>,
    excluded: Named<&'static str>,
}

pub(super) fn rank(input: Rank) -> Result<Ranking, Refused> {
    distinct(input.bids.iter().map(|bid| bid.id.as_str()))?;
    let measure = match (formula(&input.formula, input.params)?, input.price_points) {
        (Formula::Cost(rule), _) => Measure::Cost(rule),
        (Formula::Points(rule), Some(weight)) => Measure::Points { rule, weight: weight.0 },
        (Formula::Points(_), None) => {
            let detail = format_args!("{} needs price_points, the most points of a price", input.formula);
            return Err(Refused::malformed("parameter_missing", detail));
        }
    };
    let rules = RankRules {
        measure,
        decimals: input.decimals.0,
        rank_on: input.rank_on.unwrap_or(RankOn::Exact),
        tie_break: input.tie_break.unwrap_or_default(),
        min_quality: input.min_quality.map(|least| least.0),
        base_set: input.base_set.unwrap_or(BaseSet::Eligible),
    };
    let bids: Vec<RankBid> = input
        .bids
        .into_iter()
        .map(|bid| RankBid {
            id: bid.id,
            quality: bid.quality.map(|quality| quality.0),
            price: bid.price.map(|price| price.0),
            withdrawn: bid.withdrawn == Some(true),
            disregarded: false,
            failed: bid.failed == Some(true),
            below_minimum_mark: false,
        })
        .collect();
    let ranking = rank::rank(&bids, &rules)?;
    Ok(Ranking {
        score_exact: by_bid(&ranking.ranked, |bid| bid.score.clone()),
        score_rounded: by_bid(&ranking.ranked, |bid| bid.score.fixed(rules.decimals)),
        rank: by_bid(&ranking.ranked, |bid| bid.rank),
        winner: ranking.winner,
        unresolved_tie: ranking.unresolved_tie,
        excluded: ranking.excluded.into_iter().map(|(bid, why)| (bid, why.as_str())).collect(),
    })
}

fn by_bid<T>(ranked: &[Ranked], value: impl Fn(&Ranked) -> T) -> Named<T> {
    ranked.iter().map(|bid| (bid.id.clone(), value(bid))).collect()
}
