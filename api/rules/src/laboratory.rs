//! The laboratory: an award model tested before it is published, from the draft pack and an expected price range alone (METHODS
//! 0.1). It tells what the officers' own formula, weights, scales and minimums do; it changes none of them and refuses nothing.
//!
//! Every figure is exact. Amounts that are whole pence are [`Pence`]; borders, averages and rates in pounds are [`Exact`], because
//! they need not be. A relative formula has no points of its own: where one price is looked at alone, it is scored beside two bids
//! at the ends of the range, of which [`Laboratory::reference`] states the lower.

mod curve;
mod draft;
mod example;
mod minimums;
mod model;
mod play;
mod relative;
mod scales;
mod sums;
mod ties;
mod weights;
mod worth;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::exact::Exact;
use crate::money::Pence;
use crate::pack::{Pack, PackLot};
use crate::price::PriceFault;
use crate::words::words;

use draft::Draft;

pub use curve::{CurvePoint, Extremes, FlatRange};
pub use minimums::{MinimumMark, Minimums};
pub use model::{Tested, model_hash};
pub use play::InPlay;
pub use relative::{Example, ExampleBid, ExampleTotal, Relative};
pub use scales::{MarkPair, ScaleMarks};
pub use sums::MOST_SUMS;
pub use ties::{FEW_TOTALS, LeftEqual, Ties};
pub use weights::{HEAVY_QUESTION, Outweigh, QuestionShare, Weights};
pub use worth::{AtPrices, QuestionSteps, Step, Worth};

/// The prices that the councils expect, evaluated as the pack says: over the term, net.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The lowest, above 0.
    pub low: Pence,
    /// The highest, above the lowest.
    pub high: Pence,
}

impl Expected {
    /// Half-way between both, to the penny, half a penny up.
    #[must_use]
    pub const fn middle(self) -> Pence {
        Pence(self.low.0.midpoint(self.high.0) + (self.high.0 - self.low.0) % 2)
    }

    /// From the lowest to the highest, in pounds.
    fn width(self) -> Exact {
        self.high.to_exact() - self.low.to_exact()
    }
}

words! {
    /// What a finding is about: the parts of METHODS 0.1.
    Topic {
        /// Whether bids move each other's points (a).
        Relative = "relative", "Whether bids move each other’s points";
        /// What a price point and a step of mark cost (b).
        Worth = "worth", "What points are worth in money";
        /// Where a lower price gains nothing (c).
        Flat = "flat", "Where a lower price gains nothing";
        /// Which prices score nothing or everything (d).
        Extremes = "extremes", "Prices that score nothing or everything";
        /// How much of the price weight is in play (e).
        InPlay = "in_play", "The price weight really in play";
        /// What the scales leave open (f).
        Scales = "scales", "Gaps in the scales";
        /// How easily bids are equal (g).
        Ties = "ties", "Equal totals";
        /// Weights and minimums (h).
        Weights = "weights", "Weights and minimums";
    }
}

words! {
    /// How much a finding asks of the officers.
    Severity {
        /// The model does not do what it says, or somebody else than the best bid can win: change it.
        Serious = "serious", "Serious: change it";
        /// It may be meant; decide that it is, and keep the reason.
        Attend = "attend", "Attend: decide whether it is meant";
        /// What is so, to know.
        Note = "note", "Note";
    }
}

words! {
    /// What was found.
    Matter {
        /// Whoever bids, a price has the points it has.
        Absolute = "absolute", "Points depend on no other bid";
        /// A losing bid decides who wins, shown by an example.
        LoserDecides = "loser_decides", "A losing bid can decide who wins";
        /// Points depend on other bids; no example was found.
        DependsOnOthers = "depends_on_others", "Points depend on other bids";
        /// What a price point costs.
        PointWorth = "point_worth", "What a price point is worth";
        /// A price point costs far more at one end of the range than at the other.
        PointWorthVaries = "point_worth_varies", "A price point is not worth the same everywhere";
        /// What a step of mark costs.
        StepWorth = "step_worth", "What a step of mark is worth";
        /// No price of the range makes up for a step of mark.
        StepOutweighsRange = "step_outweighs_range", "No price makes up for a step of mark";
        /// A lower price gains nothing there.
        FlatRange = "flat_range", "A lower price gains nothing there";
        /// A lower price gains points everywhere in the range.
        NoFlatRange = "no_flat_range", "A lower price always gains points";
        /// Some of the range scores nothing or everything.
        Extremes = "extremes", "Prices that score nothing or everything";
        /// None of it does.
        NoExtremes = "no_extremes", "No prices score nothing or everything";
        /// Price and quality in play as weighted.
        InPlay = "in_play", "The price weight really in play";
        /// Price matters far less, or far more, than its weight says.
        FarFromWeight = "far_from_weight", "Price does not count as its weight says";
        /// Marks are not evenly spaced.
        MarksUneven = "marks_uneven", "Marks are not evenly spaced";
        /// Percentages make steps earn unequally.
        StepsUnequal = "steps_unequal", "Steps of marks do not earn the same";
        /// The worst answer earns points.
        NoZeroMark = "no_zero_mark", "No mark earns nothing";
        /// A mark has no descriptor.
        DescriptorMissing = "descriptor_missing", "A mark has no descriptor";
        /// Two marks have the same descriptor.
        DescriptorRepeated = "descriptor_repeated", "Two marks have the same descriptor";
        /// No question of the pack is marked on it.
        ScaleUnused = "scale_unused", "A scale that no question uses";
        /// Averages that are no mark.
        AveragesOffScale = "averages_off_scale", "Averages that are not on the scale";
        /// How many totals there are.
        Totals = "totals", "Different quality totals";
        /// So few that bids are likely to be equal.
        FewTotals = "few_totals", "Few different quality totals";
        /// Totals that only rounding makes equal.
        RoundingTies = "rounding_ties", "Rounding makes totals equal";
        /// Too many to count.
        TotalsNotCounted = "totals_not_counted", "Quality totals were not counted";
        /// Equal totals stay equal.
        NoTieBreak = "no_tie_break", "No rule parts equal totals";
        /// What the published tie-breaks leave equal, though another would part it.
        TieBreakIncomplete = "tie_break_incomplete", "The tie-breaks leave some bids equal";
        /// Only bids of equal price and equal quality stay equal.
        TieBreakComplete = "tie_break_complete", "The tie-breaks part all that differ";
        /// The weight of every question in the total.
        Shares = "shares", "What each question has of the total";
        /// A question that is worth very much.
        QuestionHeavy = "question_heavy", "A question decides much alone";
        /// A question that is worth less than a unit of the rounding.
        QuestionLight = "question_light", "A question that changes next to nothing";
        /// A minimum mark that every mark reaches.
        MinimumAlwaysPassed = "minimum_always_passed", "A minimum mark that every answer reaches";
        /// A minimum of quality points that no bid reaches.
        MinQualityUnreachable = "min_quality_unreachable", "A minimum of quality that no bid can reach";
        /// A minimum of quality points that every bid reaches.
        MinQualityImplied = "min_quality_implied", "A minimum of quality that every bid reaches";
        /// Price has no weight.
        PriceWeightless = "price_weightless", "Price counts for nothing";
        /// Quality has no weight.
        QualityWeightless = "quality_weightless", "Quality counts for nothing";
        /// The best bid can win at the highest price.
        QualityCanOutweigh = "quality_can_outweigh", "Quality can outweigh price";
        /// It cannot.
        QualityCannotOutweigh = "quality_cannot_outweigh", "Quality cannot outweigh price";
    }
}

/// One thing that officers should know before they publish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The part of the laboratory, where the figures behind it stand.
    pub topic: Topic,
    /// What it is, for machines.
    pub matter: Matter,
    /// How much it asks.
    pub severity: Severity,
    /// Where: the code of the lot or the question, or the name of the scale.
    pub place: String,
    /// What it is, where, with its figures, and what to do.
    pub told: String,
}

/// What the laboratory found of one lot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Laboratory {
    /// The lot's id.
    pub lot: String,
    /// The lot's code.
    pub lot_code: String,
    /// The prices it was tried on.
    pub expected: Expected,
    /// The lowest price that points are told against, for a relative formula; the highest is that of [`Laboratory::expected`].
    /// Nothing for a formula that needs none.
    pub reference: Option<Pence>,
    /// All findings, in the order of [`Topic`].
    pub findings: Vec<Finding>,
    /// Whether bids move each other's points (a).
    pub relative: Relative,
    /// What a price point and a step of mark cost (b).
    pub worth: Worth,
    /// Price points over the range, the lowest price first: samples at even distances and every price at which the curve breaks.
    pub curve: Vec<CurvePoint>,
    /// Where a lower price gains nothing, the lowest prices first (c).
    pub flat: Vec<FlatRange>,
    /// Which share of the range scores nothing or everything (d).
    pub extremes: Extremes,
    /// How much of the price weight is in play (e).
    pub in_play: InPlay,
    /// The pack's scales (f).
    pub scales: Vec<ScaleMarks>,
    /// How easily bids are equal (g).
    pub ties: Ties,
    /// The weights of questions, and of quality against price (h).
    pub weights: Weights,
    /// The minimums (h).
    pub minimums: Minimums,
}

/// Why an award model cannot be tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LaboratoryFault {
    /// The expected prices are no range above 0.
    RangeUnfit(Expected),
    /// The draft cannot be scored: every reason, as a sentence each.
    PackUnfit(Vec<String>),
    /// A price of the range has no points.
    Price(PriceFault),
}

impl LaboratoryFault {
    /// A stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::RangeUnfit(_) => "expected_range_unfit",
            Self::PackUnfit(_) => "pack_unfit",
            Self::Price(fault) => fault.code(),
        }
    }
}

impl fmt::Display for LaboratoryFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RangeUnfit(Expected { low, high }) => write!(
                f,
                "the expected prices go from {} to {}: give a lowest price above £0.00 and a highest price above that, \
                 neither above £1,000,000,000,000.00",
                low.pounds(),
                high.pounds()
            ),
            Self::PackUnfit(problems) => {
                write!(f, "the draft cannot be scored yet: {}", problems.join(" "))
            }
            Self::Price(fault) => fault.fmt(f),
        }
    }
}

impl std::error::Error for LaboratoryFault {}

impl From<PriceFault> for LaboratoryFault {
    fn from(fault: PriceFault) -> Self {
        Self::Price(fault)
    }
}

/// Tries the award model of one lot of a draft pack on an expected range of evaluated prices (METHODS 0.1).
///
/// What publication would refuse is a fault where nothing can be scored with it, such as weights that do not sum to 100, and a
/// finding where it can, such as a mark without descriptor.
pub fn examine(pack: &Pack, lot: &PackLot, expected: &Expected) -> Result<Laboratory, LaboratoryFault> {
    let draft = Draft::of(pack, lot, *expected)?;
    let relative = relative::of(&draft);
    let worth = worth::of(&draft);
    let (flat, extremes) = (curve::flat(&draft), curve::extremes(&draft));
    let in_play = play::of(&draft)?;
    let scales = scales::of(&draft);
    let ties = ties::of(&draft);
    let minimums = minimums::of(&draft);
    let weights = weights::of(&draft, &minimums)?;
    let findings = [
        relative::tell(&draft, &relative),
        worth::tell(&draft, &worth)?,
        curve::tell_flat(&draft, &flat),
        curve::tell_extremes(&draft, &extremes),
        play::tell(&draft, &in_play),
        scales::tell(&scales),
        ties::tell(&draft, &ties),
        weights::tell(&draft, &weights),
        minimums::tell(&draft, &minimums),
    ];
    Ok(Laboratory {
        lot: lot.id.clone(),
        lot_code: lot.code.clone(),
        expected: *expected,
        reference: draft.rule.relative().then_some(expected.low),
        findings: findings.into_iter().flatten().collect(),
        relative,
        worth,
        curve: curve::of(&draft)?,
        flat,
        extremes,
        in_play,
        scales,
        ties,
        weights,
        minimums,
    })
}

/// Pounds as people read them, to the penny; "about" where that is not exact.
fn pounds(exact: &Exact) -> String {
    let Ok(pence) = Pence::round(exact) else { return format!("£{}", exact.mixed()) };
    let about = if pence.to_exact() == *exact { "" } else { "about " };
    format!("{about}{}", pence.pounds())
}

/// Points or percent as people read them, with two digits or, of small ones, as many as show any; "about" where that is not exact.
fn figure(exact: &Exact) -> String {
    let short = (2..=6).map(|places| exact.round(places)).find(|short| exact.is_zero() || !short.is_zero());
    match short {
        Some(short) if short == *exact => short.decimal(),
        Some(short) => format!("about {}", short.decimal()),
        None => exact.mixed(),
    }
}

/// This as a percentage of that; nothing where that is 0.
fn percent_of(part: &Exact, whole: &Exact) -> Option<Exact> {
    part.checked_div(whole).map(|share| share * Exact::hundred())
}
