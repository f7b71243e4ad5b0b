//! Topics `discount_factor`, `tco`, `extension` and `abnormally_low`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Refused;
use super::read::{Decimals, Named, Number, Whole};
use crate::exact::Exact;
use crate::price::{self, BELOW_MEAN, BELOW_NEXT};
use crate::wholelife::{self, Beyond, CashFlows};

/// Up to how many years the exact present value is written; it grows by some digits a year.
const EXACT_YEARS: u32 = 6;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Discount {
    amount: Number,
    years: Vec<Whole>,
    #[serde(default)]
    decimals: Decimals,
}

#[derive(Serialize)]
pub(super) struct Discounted {
    values: Vec<String>,
}

pub(super) fn discount_factor(input: Discount) -> Result<Discounted, Refused> {
    let mut values = Vec::with_capacity(input.years.len());
    for year in input.years {
        values.push((&input.amount.0 * wholelife::discount_factor(year.0)?).fixed(input.decimals.0));
    }
    Ok(Discounted { values })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tco {
    years: Whole,
    one_off: Option<Named<Number>>,
    recurring: Option<Number>,
    cpi: Option<Vec<Option<Number>>>,
    cap: Option<Number>,
    collar: Option<Number>,
    internal: Option<Number>,
    deflator: Option<Vec<Option<Number>>>,
}

/// A bid's costs without a term.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Costs {
    one_off: Option<Named<Number>>,
    recurring: Option<Number>,
    cpi: Option<Vec<Option<Number>>>,
    cap: Option<Number>,
    collar: Option<Number>,
    internal: Option<Number>,
    deflator: Option<Vec<Option<Number>>>,
}

impl From<Tco> for Costs {
    fn from(input: Tco) -> Self {
        let Tco { years: _, one_off, recurring, cpi, cap, collar, internal, deflator } = input;
        Self { one_off, recurring, cpi, cap, collar, internal, deflator }
    }
}

fn flows(costs: Costs) -> Result<CashFlows, Refused> {
    let amount = |number: Option<Number>| number.map(|number| number.0).unwrap_or_default();
    let rates =
        |list: Option<Vec<Option<Number>>>| list.unwrap_or_default().into_iter().map(amount).collect();
    let mut one_off: BTreeMap<u32, Exact> = BTreeMap::new();
    for (year, cost) in costs.one_off.unwrap_or_default().0 {
        let number = year.parse::<u32>().ok().filter(|number| number.to_string() == year);
        let Some(number) = number else {
            let detail = format_args!("one_off: \"{year}\" is not a year; the first is 0");
            return Err(Refused::malformed("input_invalid", detail));
        };
        one_off.insert(number, cost.0);
    }
    Ok(CashFlows {
        one_off,
        recurring: amount(costs.recurring),
        internal: amount(costs.internal),
        indexation: rates(costs.cpi),
        cap: costs.cap.map(|cap| cap.0),
        collar: costs.collar.map(|collar| collar.0),
        deflator: rates(costs.deflator),
    })
}

#[derive(Serialize)]
pub(super) struct WholeLife {
    nominal_total: String,
    real_total: String,
    present_value: String,
    present_value_exact: Option<Exact>,
    per_year_pv: Vec<String>,
}

pub(super) fn tco(input: Tco) -> Result<WholeLife, Refused> {
    let years = input.years.0;
    let cost = wholelife::whole_life(&flows(input.into())?, years, Beyond::Refused)?;
    Ok(WholeLife {
        nominal_total: cost.nominal.fixed(2),
        real_total: cost.real.fixed(2),
        present_value: cost.present_value.fixed(2),
        per_year_pv: cost.per_year.iter().map(|value| value.fixed(2)).collect(),
        present_value_exact: (years <= EXACT_YEARS).then_some(cost.present_value),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Extension {
    bids: Named<Costs>,
    terms: Vec<Whole>,
}

#[derive(Serialize)]
pub(super) struct Extended {
    present_value: Named<Named<String>>,
    cheapest: Named<Option<String>>,
}

/// Two bids that cost exactly the same are not parted: nothing published says how.
pub(super) fn extension(input: Extension) -> Result<Extended, Refused> {
    let (bids, costs) = input.bids.apart();
    if bids.is_empty() {
        return Err(price::PriceFault::NoBids.into());
    }
    let mut values = Vec::with_capacity(bids.len());
    for costs in costs {
        let flows = flows(costs)?;
        let of_term = |term: &Whole| wholelife::whole_life(&flows, term.0, Beyond::NotPaid);
        let whole = input.terms.iter().map(of_term).collect::<Result<Vec<_>, _>>()?;
        values.push(whole.into_iter().map(|cost| cost.present_value).collect::<Vec<Exact>>());
    }
    let cheapest = input.terms.iter().enumerate().map(|(place, term)| {
        let least = values.iter().map(|bid| &bid[place]).min();
        let mut at_least = bids.iter().zip(&values).filter(|(_, bid)| Some(&bid[place]) == least);
        let only = at_least.next().filter(|_| at_least.next().is_none()).map(|(bid, _)| bid.clone());
        (term.0.to_string(), only)
    });
    let cheapest = cheapest.collect();
    let by_term = |values: &Vec<Exact>| -> Named<String> {
        input.terms.iter().zip(values).map(|(term, value)| (term.0.to_string(), value.fixed(2))).collect()
    };
    let present_value =
        bids.iter().zip(&values).map(|(bid, values)| (bid.clone(), by_term(values))).collect();
    Ok(Extended { present_value, cheapest })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Prices {
    prices: Named<Number>,
    below_mean: Option<Number>,
    below_next: Option<Number>,
}

#[derive(Serialize)]
pub(super) struct Abnormal {
    flagged: Vec<Flag>,
}

#[derive(Serialize)]
struct Flag {
    bid: String,
    ground: &'static str,
}

pub(super) fn abnormally_low(input: Prices) -> Result<Abnormal, Refused> {
    let (bids, prices) = input.prices.apart();
    let share = |given: Option<Number>, hundredths: i64| {
        given.map_or_else(|| Exact::from(hundredths).percent(), |share| share.0)
    };
    let flagged = price::abnormally_low(
        &Number::all(prices),
        &share(input.below_mean, BELOW_MEAN),
        &share(input.below_next, BELOW_NEXT),
    );
    let flag = |(place, ground): (usize, price::AbnormalGround)| {
        Some(Flag { bid: bids.get(place)?.clone(), ground: ground.as_str() })
    };
    Ok(Abnormal { flagged: flagged.into_iter().filter_map(flag).collect() })
}
