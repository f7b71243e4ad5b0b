//! How price becomes points in a lot, as it is entered and stored: a formula, and exactly the parameters that it uses (METHODS
//! 1.1).

use entity::lot;
use rules::exact::Exact;
use rules::money::Pence;
use rules::pack::PriceModel;
use rules::price::Parameter;
use rules::words::PriceFormula;

use super::exact_text;
use crate::kernel::Faults;

/// What is entered for the parameters, each by its name. Base and slope have the usual values where a formula uses them and
/// nothing is entered (METHODS 6.3).
#[derive(Clone, Debug, Default)]
pub struct ParametersInput {
    /// `benchmark_linear`: the price in pounds at which all points are earned.
    pub target: Option<String>,
    /// `benchmark_linear`: the price in pounds at which none are.
    pub ceiling: Option<String>,
    /// `linear_from_lowest`: the multiple of the lowest price at which no points are left, above 1.
    pub k: Option<String>,
    /// `linear_mean`: the share of the points that the mean price earns, 0 to 1; 1/2 if left out.
    pub base: Option<String>,
    /// `linear_mean`: the share of the points that a price one mean away gains or loses, above 0; 1 if left out.
    pub slope: Option<String>,
}

impl ParametersInput {
    fn of(&self, parameter: Parameter) -> Option<&str> {
        match parameter {
            Parameter::Target => &self.target,
            Parameter::Ceiling => &self.ceiling,
            Parameter::K => &self.k,
            Parameter::Base => &self.base,
            Parameter::Slope => &self.slope,
        }
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())
    }
}

/// The parameters as they are stored.
#[derive(Clone, Debug, Default)]
pub(super) struct Parameters {
    pub target_pence: Option<i64>,
    pub ceiling_pence: Option<i64>,
    pub k: Option<String>,
    pub base: Option<String>,
    pub slope: Option<String>,
}

/// What a formula has where nothing is entered (METHODS 6.3).
const fn usual(parameter: Parameter) -> Option<&'static str> {
    match parameter {
        Parameter::Base => Some("1/2"),
        Parameter::Slope => Some("1"),
        Parameter::Target | Parameter::Ceiling | Parameter::K => None,
    }
}

/// Each parameter that the formula uses, and none that it does not.
pub(super) fn check(faults: &mut Faults, formula: PriceFormula, input: &ParametersInput) -> Parameters {
    let mut checked = Parameters::default();
    let mut numbers = Vec::new();
    for parameter in Parameter::ALL.iter().copied() {
        let (name, entered) = (parameter.as_str(), input.of(parameter));
        if !formula.parameters().contains(&parameter) {
            faults.require(
                entered.is_none(),
                name,
                "not_used",
                "This formula does not use it: leave it empty.",
            );
            continue;
        }
        let Some(text) = entered.or(usual(parameter)) else {
            let message = if parameter.is_money() {
                "The benchmark needs this price, in pounds."
            } else {
                "Enter a number, such as 2."
            };
            faults.add(name, "missing", message);
            continue;
        };
        let number = if parameter.is_money() {
            let Some(pence) = faults.optional_money(name, Some(text)) else { continue };
            match parameter {
                Parameter::Target => checked.target_pence = Some(pence.0),
                _ => checked.ceiling_pence = Some(pence.0),
            }
            pence.to_exact()
        } else {
            let Ok(number) = text.parse::<Exact>() else {
                faults.exact(name, text);
                continue;
            };
            let stored = match parameter {
                Parameter::K => &mut checked.k,
                Parameter::Base => &mut checked.base,
                _ => &mut checked.slope,
            };
            *stored = Some(exact_text(&number));
            number
        };
        if let Some(why) = parameter.unfit(&number) {
            faults.add(name, "out_of_range", format!("{} {why}.", parameter.label()));
        }
        numbers.push((parameter, number));
    }
    if let [(Parameter::Target, target), (Parameter::Ceiling, ceiling)] = numbers.as_slice()
        && target >= ceiling
    {
        faults.add("target", "target_not_below_ceiling", "The target must lie below the ceiling.");
    }
    checked
}

/// What a lot would publish.
#[must_use]
pub fn of(lot: &lot::Model) -> PriceModel {
    let pounds = |pence: Option<i64>| pence.map(|pence| Pence(pence).to_string());
    PriceModel::new(&lot.price_weight, lot.formula.0)
        .with(Parameter::Target, pounds(lot.target_pence))
        .with(Parameter::Ceiling, pounds(lot.ceiling_pence))
        .with(Parameter::K, lot.k.clone())
        .with(Parameter::Base, lot.base.clone())
        .with(Parameter::Slope, lot.slope.clone())
}
