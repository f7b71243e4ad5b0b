//! Topics `aggregate`, `krippendorff_alpha`, `leave_one_evaluator_out`, `icc`, `fleiss_kappa` and `kendall_w`.

use serde::{Deserialize, Serialize};

use super::Refused;
use super::read::{Decimals, Named, Number, SixDecimals, distinct};
use crate::aggregate::{
    self as councils, AggregateRules, Average, CouncilMark, CouncilMarks, DEFAULT_TRIGGER,
};
use crate::agreement;
use crate::exact::Exact;

/// The most values that a table may have: comparing pairs costs time, and no panel gives so many marks.
const MOST_CELLS: usize = 5_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Aggregate {
    method: Method,
    councils: Vec<Council>,
    scale: Option<Vec<Number>>,
    trim: Option<Number>,
    weight_cap: Option<Number>,
    missing_council: Option<Missing>,
    spread_trigger: Option<Number>,
    #[serde(default)]
    decimals: Decimals,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Method {
    Mean,
    Median,
    TrimmedMean,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Missing {
    Skip,
    Error,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Council {
    id: String,
    weight: Number,
    marks: Vec<Option<Number>>,
}

#[derive(Serialize)]
pub(super) struct Aggregated {
    council_marks: Named<Exact>,
    council_weights: Named<Exact>,
    value_exact: Exact,
    value_rounded: String,
    spread: Exact,
    #[serde(skip_serializing_if = "Option::is_none")]
    on_scale: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    needs_moderation: Option<bool>,
}

pub(super) fn aggregate(input: Aggregate) -> Result<Aggregated, Refused> {
    distinct(input.councils.iter().map(|council| council.id.as_str()))?;
    let average = match (input.method, input.trim) {
        (Method::Mean, _) => Average::Mean,
        (Method::Median, _) => Average::Median,
        (Method::TrimmedMean, Some(trim)) => Average::TrimmedMean { trim: trim.0 },
        (Method::TrimmedMean, None) => {
            return Err(Refused::new(
                "parameter_missing",
                "trimmed_mean needs trim, the share to drop at each end",
            ));
        }
    };
    let rules = AggregateRules {
        average,
        weight_cap: input.weight_cap.map(|cap| cap.0),
        all_councils: input.missing_council == Some(Missing::Error),
    };
    let marks: Vec<CouncilMarks> = input
        .councils
        .into_iter()
        .map(|council| CouncilMarks {
            id: council.id,
            weight: council.weight.0,
            marks: Number::all(council.marks.into_iter().flatten().collect()),
        })
        .collect();
    let whole = councils::aggregate(&marks, &rules)?;
    let trigger = input.spread_trigger.map_or_else(|| Exact::from(DEFAULT_TRIGGER), |trigger| trigger.0);
    let scale = input.scale.map(Number::all);
    let by_council = |value: fn(&CouncilMark) -> &Exact| -> Named<Exact> {
        whole.councils.iter().map(|council| (council.id.clone(), value(council).clone())).collect()
    };
    Ok(Aggregated {
        council_marks: by_council(|council| &council.mark),
        council_weights: by_council(|council| &council.weight),
        on_scale: scale.as_ref().map(|scale| whole.on_scale(scale)),
        needs_moderation: scale.as_ref().map(|scale| whole.needs_moderation(scale, &trigger)),
        value_rounded: whole.value.fixed(input.decimals.0),
        value_exact: whole.value,
        spread: whole.spread,
    })
}

/// A coefficient, exact and as statistics are published.
#[derive(Serialize)]
pub(super) struct Coefficient {
    exact: Option<Exact>,
    value: Option<SixDecimals>,
}

fn coefficient(exact: Exact) -> Coefficient {
    Coefficient { value: Some(SixDecimals(exact.clone())), exact: Some(exact) }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raters {
    rows_are_raters: Vec<Vec<Option<Number>>>,
}

impl Raters {
    fn ratings(self) -> Result<Vec<Vec<Option<Exact>>>, Refused> {
        few(&self.rows_are_raters)?;
        let row =
            |row: Vec<Option<Number>>| row.into_iter().map(|value| value.map(|value| value.0)).collect();
        Ok(self.rows_are_raters.into_iter().map(row).collect())
    }
}

fn few<T>(rows: &[Vec<T>]) -> Result<(), Refused> {
    if rows.iter().map(Vec::len).sum::<usize>() > MOST_CELLS {
        return Err(Refused::new("too_many_values", format_args!("a table has at most {MOST_CELLS} values")));
    }
    Ok(())
}

#[derive(Serialize)]
pub(super) struct Alpha {
    nominal: Option<Coefficient>,
    ordinal: Option<Coefficient>,
    interval: Option<Coefficient>,
    ratio: Option<Coefficient>,
}

pub(super) fn krippendorff_alpha(input: Raters) -> Result<Alpha, Refused> {
    let alpha = agreement::alpha(&input.ratings()?)?;
    Ok(Alpha {
        nominal: alpha.nominal.map(coefficient),
        ordinal: alpha.ordinal.map(coefficient),
        interval: alpha.interval.map(coefficient),
        ratio: alpha.ratio.map(coefficient),
    })
}

#[derive(Serialize)]
pub(super) struct LeaveOneOut {
    alpha_without: Vec<Option<SixDecimals>>,
    leniency_exact: Vec<Option<Exact>>,
}

pub(super) fn leave_one_evaluator_out(input: Raters) -> Result<LeaveOneOut, Refused> {
    let ratings = input.ratings()?;
    let alpha = agreement::alpha_without(&ratings)?;
    Ok(LeaveOneOut {
        alpha_without: alpha.into_iter().map(|alpha| alpha.map(SixDecimals)).collect(),
        leniency_exact: agreement::leniency(&ratings)?,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Targets {
    rows_are_targets: Vec<Vec<Number>>,
}

#[derive(Serialize)]
pub(super) struct Intraclass {
    #[serde(rename = "ICC(1,1)")]
    one_random_single: Option<SixDecimals>,
    #[serde(rename = "ICC(2,1)")]
    two_random_single: Option<SixDecimals>,
    #[serde(rename = "ICC(3,1)")]
    two_fixed_single: Option<SixDecimals>,
    #[serde(rename = "ICC(1,k)")]
    one_random_mean: Option<SixDecimals>,
    #[serde(rename = "ICC(2,k)")]
    two_random_mean: Option<SixDecimals>,
    #[serde(rename = "ICC(3,k)")]
    two_fixed_mean: Option<SixDecimals>,
}

pub(super) fn icc(input: Targets) -> Result<Intraclass, Refused> {
    let all = agreement::intraclass(&exact(input.rows_are_targets)?)?;
    Ok(Intraclass {
        one_random_single: all.one_random_single.map(SixDecimals),
        two_random_single: all.two_random_single.map(SixDecimals),
        two_fixed_single: all.two_fixed_single.map(SixDecimals),
        one_random_mean: all.one_random_mean.map(SixDecimals),
        two_random_mean: all.two_random_mean.map(SixDecimals),
        two_fixed_mean: all.two_fixed_mean.map(SixDecimals),
    })
}

fn exact(rows: Vec<Vec<Number>>) -> Result<Vec<Vec<Exact>>, Refused> {
    few(&rows)?;
    Ok(rows.into_iter().map(Number::all).collect())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Counts {
    table: Vec<Vec<Number>>,
}

pub(super) fn fleiss_kappa(input: Counts) -> Result<Coefficient, Refused> {
    let kappa = agreement::kappa(&exact(input.table)?)?;
    Ok(kappa.map_or(Coefficient { exact: None, value: None }, coefficient))
}

pub(super) fn kendall_w(input: Named<Vec<Vec<Number>>>) -> Result<Named<Option<Exact>>, Refused> {
    let of = |(name, rows)| Ok((name, agreement::concordance(&exact(rows)?)?));
    input.0.into_iter().map(of).collect::<Result<Vec<_>, Refused>>().map(Named)
}
