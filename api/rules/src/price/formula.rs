//! The published formulas and the parameters that each needs (METHODS 1.1).

use super::{PriceFault, PriceRule};
use crate::exact::Exact;
use crate::money::Pence;
use crate::pack::PriceModel;
use crate::words::{PriceFormula, words};

words! {
    /// A number that a formula is published with.
    Parameter {
        /// The price in pounds at which all points are earned.
        Target = "target", "Target price";
        /// The price in pounds at which none are.
        Ceiling = "ceiling", "Ceiling price";
        /// The multiple of the lowest price at which no points are left, above 1.
        K = "k", "Multiple of the lowest price";
        /// The share of the points that the mean price earns, 0 to 1.
        Base = "base", "Share at the mean price";
        /// The share of the points that a price one mean away gains or loses, above 0.
        Slope = "slope", "Slope";
    }
}

impl Parameter {
    /// Whether it is an amount of pounds.
    #[must_use]
    pub const fn is_money(self) -> bool {
        matches!(self, Self::Target | Self::Ceiling)
    }

    /// Why a number cannot be published for it, in words that follow its name.
    #[must_use]
    pub fn unfit(self, number: &Exact) -> Option<&'static str> {
        let one = Exact::one();
        let (fits, why) = match self {
            Self::Target | Self::Ceiling => (!number.is_negative(), "must not be below zero"),
            Self::K => (*number > one, "must be above 1"),
            Self::Base => (!number.is_negative() && *number <= one, "must be from 0 to 1, such as 1/2"),
            Self::Slope => (number.is_positive(), "must be above 0, such as 1"),
        };
        (!fits).then_some(why)
    }
}

impl PriceFormula {
    /// The parameters it is published with, all of them needed.
    #[must_use]
    pub const fn parameters(self) -> &'static [Parameter] {
        match self {
            Self::BenchmarkLinear => &[Parameter::Target, Parameter::Ceiling],
            Self::LinearFromLowest => &[Parameter::K],
            Self::LinearMean => &[Parameter::Base, Parameter::Slope],
            Self::LowestOverBid | Self::LinearMinMax => &[],
        }
    }

    /// What it does to bids, for whoever chooses (METHODS 1.1, known faults).
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::BenchmarkLinear => {
                "No bid’s points depend on another bid. All points at the target or below, none at the ceiling or above."
            }
            Self::LowestOverBid => {
                "The cheapest bid has all points; removing one bid can change the winner among the others. Equal savings earn \
                 unequal points."
            }
            Self::LinearFromLowest => {
                "The cheapest bid has all points and sets the slope for the others; none from the multiple on."
            }
            Self::LinearMinMax => {
                "The cheapest bid has all points and the dearest none, even where they differ by a pound; one silly high bid \
                 decides for the others."
            }
            Self::LinearMean => {
                "Every bid moves the mean, and with it everybody’s points; a bid made to be dear helps another one."
            }
        }
    }
}

impl PriceModel {
    /// A formula without parameters, to be given with [`PriceModel::with`].
    #[must_use]
    pub fn new(weight: &str, formula: PriceFormula) -> Self {
        Self {
            weight: weight.to_owned(),
            formula,
            target: None,
            ceiling: None,
            k: None,
            base: None,
            slope: None,
        }
    }

    /// The same with a parameter.
    #[must_use]
    pub fn with(mut self, parameter: Parameter, number: Option<String>) -> Self {
        *match parameter {
            Parameter::Target => &mut self.target,
            Parameter::Ceiling => &mut self.ceiling,
            Parameter::K => &mut self.k,
            Parameter::Base => &mut self.base,
            Parameter::Slope => &mut self.slope,
        } = number;
        self
    }

    /// The formula's parameters with their numbers, as people read them; a dash where it has none.
    #[must_use]
    pub fn told(&self) -> String {
        let each = self.formula.parameters().iter().filter_map(|parameter| {
            let text = self.parameter(*parameter)?;
            let number = if parameter.is_money() {
                text.parse::<Pence>().map_or_else(|_| text.to_owned(), Pence::pounds)
            } else {
                text.parse::<Exact>().map_or_else(|_| text.to_owned(), |number| number.mixed())
            };
            Some(format!("{} {number}", parameter.label()))
        });
        let told: Vec<String> = each.collect();
        if told.is_empty() { "–".to_owned() } else { told.join("; ") }
    }

    /// A parameter as it is published.
    #[must_use]
    pub fn parameter(&self, parameter: Parameter) -> Option<&str> {
        match parameter {
            Parameter::Target => &self.target,
            Parameter::Ceiling => &self.ceiling,
            Parameter::K => &self.k,
            Parameter::Base => &self.base,
            Parameter::Slope => &self.slope,
        }
        .as_deref()
    }
}

impl PriceRule {
    /// The rule that a lot publishes.
    pub fn from_model(model: &PriceModel) -> Result<Self, PriceFault> {
        let number = |parameter: Parameter| {
            let number = model.parameter(parameter).and_then(|text| text.parse::<Exact>().ok());
            number.ok_or(if parameter.is_money() {
                PriceFault::BenchmarkIncomplete
            } else {
                PriceFault::ParameterMissing(parameter)
            })
        };
        let rule = match model.formula {
            PriceFormula::LowestOverBid => Self::LowestOverBid,
            PriceFormula::LinearFromLowest => Self::LinearFromLowest { k: number(Parameter::K)? },
            PriceFormula::LinearMinMax => Self::LinearMinMax,
            PriceFormula::LinearMean => {
                Self::LinearMean { base: number(Parameter::Base)?, slope: number(Parameter::Slope)? }
            }
            PriceFormula::BenchmarkLinear => Self::BenchmarkLinear {
                target: number(Parameter::Target)?,
                ceiling: number(Parameter::Ceiling)?,
            },
        };
        match &rule {
            Self::BenchmarkLinear { target, ceiling } if target >= ceiling => {
                Err(PriceFault::TargetNotBelowCeiling)
            }
            Self::LinearFromLowest { k } if *k <= Exact::one() => Err(PriceFault::MultipleNotAboveOne),
            _ => Ok(rule),
        }
    }
}
