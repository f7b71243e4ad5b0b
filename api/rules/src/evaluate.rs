//! The calculator (METHODS 0): a case as JSON text in, its result as JSON text out, computed by the same functions as the
//! program's own results. Anybody can work out again what was published, with nothing but the figures.
//!
//! A case is `{"topic": …, "input": {…}}`; what else stands beside them is not read, so that a published vector is a case.
//! Numbers are JSON integers or texts (`"12.50"`, `"25/2"`); a floating-point number is refused, because its reader
//! would already have changed it. A key that a topic does not know is refused too: a misspelt `min_quality` must not pass
//! as none. Nothing is partly answered.

#![allow(clippy::struct_field_names, reason = "fields are the keys of cases, which METHODS names")]
#![allow(clippy::unnecessary_wraps, reason = "every topic is asked alike, also one that refuses nothing")]

mod change;
mod dates;
mod log;
mod money;
mod panel;
mod read;
mod scores;
mod shares;

use std::fmt;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

/// Every topic, in the order of the method.
pub const TOPICS: [&str; 23] = [
    "price_points",
    "score_tree",
    "rank",
    "aggregate",
    "flip_price",
    "weight_breaks",
    "discount_factor",
    "tco",
    "extension",
    "savings",
    "cost_game",
    "allocation",
    "abnormally_low",
    "krippendorff_alpha",
    "leave_one_evaluator_out",
    "icc",
    "fleiss_kappa",
    "kendall_w",
    "standstill",
    "tender_period",
    "merkle",
    "merkle_inclusion",
    "merkle_consistency",
];

/// A case that is not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// A stable code, as it stands in vectors; some name a node after a colon.
    pub code: String,
    /// What is wrong, where, and what would be right.
    pub detail: String,
    /// Whether the text is no case at all, whatever its figures: not JSON, an unknown topic, a missing or unknown key.
    pub malformed: bool,
}

impl Refused {
    fn new(code: &str, detail: impl fmt::Display) -> Self {
        Self { code: code.to_owned(), detail: detail.to_string(), malformed: false }
    }

    fn malformed(code: &str, detail: impl fmt::Display) -> Self {
        Self { malformed: true, ..Self::new(code, detail) }
    }

    /// Bytes that cannot be JSON.
    #[must_use]
    pub fn not_json(why: &dyn fmt::Display) -> Self {
        Self::malformed("not_json", why)
    }

    /// The refusal as the calculator prints it: `{"error":"code"}`.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::json!({ "error": self.code }).to_string()
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl std::error::Error for Refused {}

/// Answers a case. The text of the result keeps the order of the input where it lists bids, councils or years.
pub fn evaluate(case: &str) -> Result<String, Refused> {
    #[derive(Deserialize)]
    struct Case {
        topic: String,
        #[serde(rename = "input")]
        _input: IgnoredAny,
    }
    let case = case.strip_prefix('\u{feff}').unwrap_or(case);
    let Case { topic, .. } = parse(case)?;
    read::bounded(case)?;
    match topic.as_str() {
        "price_points" => answer(case, scores::price_points),
        "score_tree" => answer(case, scores::score_tree),
        "rank" => answer(case, scores::rank),
        "aggregate" => answer(case, panel::aggregate),
        "flip_price" => answer(case, change::flip_price),
        "weight_breaks" => answer(case, change::weight_breaks),
        "discount_factor" => answer(case, money::discount_factor),
        "tco" => answer(case, money::tco),
        "extension" => answer(case, money::extension),
        "savings" => answer(case, shares::savings),
        "cost_game" => answer(case, shares::cost_game),
        "allocation" => answer(case, shares::allocation),
        "abnormally_low" => answer(case, money::abnormally_low),
        "krippendorff_alpha" => answer(case, panel::krippendorff_alpha),
        "leave_one_evaluator_out" => answer(case, panel::leave_one_evaluator_out),
        "icc" => answer(case, panel::icc),
        "fleiss_kappa" => answer(case, panel::fleiss_kappa),
        "kendall_w" => answer(case, panel::kendall_w),
        "standstill" => answer(case, dates::standstill),
        "tender_period" => answer(case, dates::tender_period),
        "merkle" => answer(case, log::merkle),
        "merkle_inclusion" => answer(case, log::merkle_inclusion),
        "merkle_consistency" => answer(case, log::merkle_consistency),
        _ => Err(Refused::malformed(
            "unknown_topic",
            format!("there is no topic \"{topic}\"; topics are {}", TOPICS.join(", ")),
        )),
    }
}

/// Reads a topic's input, computes, and writes the result.
fn answer<I: DeserializeOwned, O: Serialize>(
    case: &str,
    compute: fn(I) -> Result<O, Refused>,
) -> Result<String, Refused> {
    #[derive(Deserialize)]
    struct Case<I> {
        input: I,
    }
    let Case { input } = parse::<Case<I>>(case)?;
    serde_json::to_string_pretty(&compute(input)?).map_err(|error| Refused::new("result_not_written", error))
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Refused> {
    serde_json::from_str(text).map_err(|error| {
        if error.is_data() { Refused::malformed("input_invalid", error) } else { Refused::not_json(&error) }
    })
}

/// A fault of the rules is a refusal with the fault's own code and words.
macro_rules! refusals {
    ($($fault:ty),+ $(,)?) => {
        $(impl From<$fault> for Refused {
            fn from(fault: $fault) -> Self { Self::new(fault.code(), fault) }
        })+
    };
}
refusals!(
    crate::aggregate::AggregateFault,
    crate::agreement::AgreementFault,
    crate::allocation::AllocationFault,
    crate::calendar::CalendarFault,
    crate::ledger::merkle::MerkleFault,
    crate::price::PriceFault,
    crate::rank::RankFault,
    crate::sensitivity::SensitivityFault,
    crate::sharing::GameFault,
    crate::sharing::TierFault,
    crate::wholelife::WholeLifeFault,
);
