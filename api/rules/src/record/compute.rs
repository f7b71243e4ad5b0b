//! From pack and bids to the result of a lot.

use std::collections::{BTreeMap, BTreeSet};

use super::gates::{Gates, reason};
use super::{
    BandResult, BidInput, BidResult, CouncilPrice, CriterionPoints, ENGINE, ENGINE_VERSION, LineResult,
    LotResult, Points, PriceResult, Problem, Reason, ResultFault, Warning,
};
use crate::canonical;
use crate::correction::PriceCorrection;
use crate::criteria::{MarkFault, PartialPoints, Scoring};
use crate::demand::{self, EvaluatedPrice, LineAnswer, PriceFaultKind, Pricing};
use crate::exact::Exact;
use crate::method::LotMethod;
use crate::pack::{Pack, PackLine, PackLot};
use crate::price::PriceRule;
use crate::rank::{self, Measure, RankBid, RankFault, RankRules, Ranked, Ranking};
use crate::words::Exclusion;

/// The result of a lot from the pack and the bids alone. The order of the bids changes nothing.
///
/// A bid that is neither withdrawn nor disregarded nor failed must have every mark; what is missing anywhere is listed at once.
pub fn lot_result(pack: &Pack, lot_id: &str, bids: &[BidInput]) -> Result<LotResult, ResultFault> {
    let Some(lot) = pack.lots.iter().find(|lot| lot.id == lot_id) else {
        return Err(fault(lot_id, "unknown_lot", format!("the pack has no lot \"{lot_id}\"")));
    };
    let bids = inputs_of(lot, bids);
    let rules = rules_of(pack, lot)?;
    let mut problems = Vec::new();
    for pair in bids.windows(2).filter(|pair| pair[0].id == pair[1].id) {
        problems.push(Problem {
            bid: Some(pair[0].id.clone()),
            place: lot.code.clone(),
            code: "bid_doubled",
            message: "the bid stands twice".to_owned(),
        });
    }
    let published = Published::of(pack, lot);
    let assessed: Vec<Assessed> = bids.iter().map(|bid| published.assess(bid, &mut problems)).collect();
    if !problems.is_empty() {
        return Err(ResultFault { problems });
    }
    let contenders: Vec<RankBid> = assessed.iter().map(Assessed::contender).collect();
    let ranking = rank_all(lot, &contenders, &rules)?;
    let hash = |value: Result<String, canonical::Unfit>| {
        value.map_err(|unfit| fault(&lot.code, "not_canonical", unfit.to_string()))
    };
    let warnings = warnings(&assessed, &ranking);
    let ranked: BTreeMap<&str, &Ranked> = ranking.ranked.iter().map(|bid| (bid.id.as_str(), bid)).collect();
    let results = assessed
        .into_iter()
        .zip(&contenders)
        .map(|(bid, contender)| bid.result(pack, lot, &rules, contender, ranked.get(contender.id.as_str())))
        .collect();
    Ok(LotResult {
        engine: ENGINE.to_owned(),
        engine_version: ENGINE_VERSION.to_owned(),
        lot: lot.id.clone(),
        lot_code: lot.code.clone(),
        pack_hash: hash(pack.hash())?,
        method_hash: hash(LotMethod::of(pack, lot).hash())?,
        inputs_hash: hash(canonical::hash_of(&bids))?,
        quality_weight: (Exact::hundred() - rules.price_weight()).to_string(),
        price_weight: rules.price_weight().to_string(),
        bids: results,
        winner: ranking.winner,
        unresolved_tie: ranking.unresolved_tie,
        warnings,
    })
}

fn fault(place: &str, code: &'static str, message: String) -> ResultFault {
    ResultFault { problems: vec![Problem { bid: None, place: place.to_owned(), code, message }] }
}

/// What a lot's result is computed from, as its hash covers it: what bears on the lot of every bid, by id, so that another
/// lot's marks change no hash of this one.
#[must_use]
pub fn inputs_of(lot: &PackLot, bids: &[BidInput]) -> Vec<BidInput> {
    let questions: BTreeSet<&str> = lot.questions().into_iter().map(|node| node.code.as_str()).collect();
    let rows: BTreeSet<_> = lot.schedule.iter().flat_map(PackLine::row_codes).collect();
    let relevant = |bid: &BidInput| {
        let mut bid = bid.clone();
        bid.marks.retain(|question, _| questions.contains(question.as_str()));
        bid.prices.retain(|row, _: &mut LineAnswer| rows.contains(row.as_str()));
        bid.corrections.retain(|correction| rows.contains(correction.line.as_str()));
        bid
    };
    let mut bids: Vec<BidInput> = bids.iter().map(relevant).collect();
    bids.sort_by(|a, b| a.id.cmp(&b.id));
    bids
}

/// How a lot of the pack is ranked.
pub(crate) fn rules_of(pack: &Pack, lot: &PackLot) -> Result<RankRules, ResultFault> {
    let number = |what: &str, text: &str| {
        text.parse::<Exact>()
            .map_err(|error| fault(&lot.code, "pack_unfit", format!("lot {}: the {what} {error}", lot.code)))
    };
    Ok(RankRules {
        measure: Measure::Points {
            rule: PriceRule::from_model(&lot.price)
                .map_err(|why| fault(&lot.code, why.code(), format!("lot {}: {why}", lot.code)))?,
            weight: number("price weight", &lot.price.weight)?,
        },
        decimals: pack.method.decimals,
        rank_on: pack.method.rank_on,
        tie_break: pack.method.tie_break.clone(),
        min_quality: lot.min_quality.as_ref().map(|least| number("minimum quality", least)).transpose()?,
        base_set: pack.method.base_set,
    })
}

/// What is read once of a lot, and serves every bid.
struct Published<'a> {
    scoring: Scoring<'a>,
    pricing: Pricing<'a>,
    gates: Gates<'a>,
}

struct Assessed<'a> {
    input: &'a BidInput,
    failures: Vec<Reason>,
    below_minimum: Vec<Reason>,
    points: PartialPoints,
    price: Option<EvaluatedPrice>,
}

impl<'a> Published<'a> {
    fn of(pack: &'a Pack, lot: &'a PackLot) -> Self {
        Self {
            scoring: Scoring::of(lot, &pack.scales),
            pricing: Pricing::of(pack, lot),
            gates: Gates::of(pack, lot),
        }
    }

    fn assess<'b>(&self, bid: &'b BidInput, problems: &mut Vec<Problem>) -> Assessed<'b> {
        let mut failures = self.gates.failures(bid);
        let mut problem = |place: &str, code, message| {
            problems.push(Problem { bid: Some(bid.id.clone()), place: place.to_owned(), code, message });
        };
        let price = match self.pricing.price(&bid.prices) {
            Ok(price) => Some(price),
            Err(faults) => {
                for fault in faults {
                    if fault.kind == PriceFaultKind::NobodyShares {
                        problem(&fault.line, fault.kind.code(), fault.to_string());
                    } else {
                        failures.push(reason(fault.kind.code(), &fault.line, fault.to_string()));
                    }
                }
                None
            }
        };
        for line in uncorrected(bid) {
            let message = format!("{line}: the price is not the corrected one");
            problem(line, "correction_not_applied", message);
        }
        let points = self.scoring.points(&bid.marks);
        let must_be_whole = !bid.withdrawn && bid.disregarded.is_none() && failures.is_empty();
        for fault in &points.faults {
            // A bid that is not ranked may lack marks, but a mark off the scale is never right.
            if must_be_whole || !matches!(fault, MarkFault::Missing { .. }) {
                problem(fault.place(), fault.code(), fault.to_string());
            }
        }
        Assessed { input: bid, failures, below_minimum: self.gates.below_minimum(bid), points, price }
    }
}

/// The lines whose price is not what their last correction says, or whose corrections do not follow from one another.
fn uncorrected(bid: &BidInput) -> BTreeSet<&str> {
    let mut last: BTreeMap<&str, &PriceCorrection> = BTreeMap::new();
    let mut broken = BTreeSet::new();
    for correction in &bid.corrections {
        let before = last.insert(&correction.line, correction);
        if before.is_some_and(|before| before.after != correction.before) {
            broken.insert(correction.line.as_str());
        }
    }
    for (line, correction) in last {
        if bid.prices.get(line).and_then(|answer| answer.unit_price) != Some(correction.after) {
            broken.insert(line);
        }
    }
    broken
}

impl Assessed<'_> {
    fn contender(&self) -> RankBid {
        RankBid {
            id: self.input.id.clone(),
            quality: self.points.total.clone(),
            price: self.price.as_ref().map(|price| price.total.to_exact()),
            withdrawn: self.input.withdrawn,
            disregarded: self.input.disregarded.is_some(),
            failed: !self.failures.is_empty(),
            below_minimum_mark: !self.below_minimum.is_empty(),
        }
    }

    fn result(
        self,
        pack: &Pack,
        lot: &PackLot,
        rules: &RankRules,
        contender: &RankBid,
        ranked: Option<&&Ranked>,
    ) -> BidResult {
        let points = |exact: &Exact| Points::new(exact.clone(), rules.decimals);
        let mut reasons = Vec::new();
        if self.input.withdrawn {
            reasons.push(reason("withdrawn", &lot.code, "the bidder withdrew".to_owned()));
        }
        if let Some(disregard) = &self.input.disregarded {
            reasons.push(reason("disregarded", &lot.code, disregard.ground.told()));
        }
        reasons.extend(self.failures);
        reasons.extend(self.below_minimum);
        if let (Some(quality), Some(least)) = (&self.points.total, &rules.min_quality)
            && quality < least
        {
            let message = format!(
                "{}: {} quality points are under the minimum of {}",
                lot.code,
                quality.fixed(rules.decimals),
                least.fixed(rules.decimals)
            );
            reasons.push(reason("below_min_quality", &lot.code, message));
        }
        let criteria = self
            .points
            .nodes
            .into_iter()
            .map(|(code, node)| {
                let earned = CriterionPoints {
                    weight_of_total: node.weight_of_total,
                    mark: node.mark,
                    points: Points::new(node.points, rules.decimals),
                };
                (code, earned)
            })
            .collect();
        BidResult {
            bid: self.input.id.clone(),
            supplier: self.input.supplier.clone(),
            exclusion: rank::exclusion(contender, rules.min_quality.as_ref()),
            reasons,
            quality: self.points.total.as_ref().map(points),
            criteria,
            price: self.price.map(|price| price_result(pack, price)),
            corrections: self.input.corrections.clone(),
            disregarded: self.input.disregarded.clone(),
            price_points: ranked.and_then(|ranked| ranked.price_points.as_ref()).map(points),
            total: ranked.map(|ranked| points(&ranked.score)),
            rank: ranked.map(|ranked| ranked.rank),
        }
    }
}

fn price_result(pack: &Pack, price: EvaluatedPrice) -> PriceResult {
    let band = |band: demand::BandCost| BandResult {
        code: band.code,
        years: band.years,
        quantity: band.quantity,
        cost: band.cost,
    };
    let line = |line: demand::LineCost| LineResult {
        code: line.code,
        quantity: line.quantity,
        cost: line.cost,
        bands: line.bands.into_iter().map(band).collect(),
    };
    let councils = demand::buyers(pack)
        .into_iter()
        .zip(price.councils)
        .map(|(council, (id, price))| CouncilPrice { council: id, name: council.name.clone(), price })
        .collect();
    PriceResult {
        total: price.total,
        one_off: price.one_off,
        recurring: price.recurring,
        lines: price.lines.into_iter().map(line).collect(),
        councils,
    }
}

/// A lot in which no bid is left has a result too: everybody is told why.
fn rank_all(lot: &PackLot, bids: &[RankBid], rules: &RankRules) -> Result<Ranking, ResultFault> {
    let excluded: Vec<(String, Exclusion)> = bids
        .iter()
        .filter_map(|bid| Some((bid.id.clone(), rank::exclusion(bid, rules.min_quality.as_ref())?)))
        .collect();
    if excluded.len() == bids.len() {
        return Ok(Ranking { ranked: Vec::new(), excluded, winner: None, unresolved_tie: Vec::new() });
    }
    rank::rank(bids, rules)
        .map_err(|why: RankFault| fault(&lot.code, why.code(), format!("lot {}: {why}", lot.code)))
}

fn warnings(assessed: &[Assessed], ranking: &Ranking) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |code: &str, message: &str| {
        warnings.push(Warning { code: code.to_owned(), message: message.to_owned() });
    };
    match (assessed.len(), ranking.ranked.len()) {
        (0, _) => warn("no_bids", "There is no bid."),
        (_, 0) => warn("no_ranked_bids", "No bid is left to rank."),
        (_, 1) => warn("single_bid", "Only one bid is ranked: there is no competition to compare it with."),
        (_, 2) => warn("two_bids", "Only two bids are ranked."),
        _ => {}
    }
    if !ranking.unresolved_tie.is_empty() {
        warn(
            "unresolved_tie",
            "Bids of equal rank are first, and no published rule parts them: the councils must say how to go on.",
        );
    }
    let totals: Vec<_> = assessed
        .iter()
        .filter(|bid| ranking.ranked.iter().any(|ranked| ranked.id == bid.input.id))
        .filter_map(|bid| bid.price.as_ref().map(|price| price.total))
        .collect();
    if totals.len() > 1 && totals.windows(2).all(|pair| pair[0] == pair[1]) {
        warn("all_prices_equal", "All ranked bids have the same price.");
    }
    warnings
}
