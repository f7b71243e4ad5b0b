//! Savings from the baseline over a tender alone to the pooled price (METHODS 6.6): the market's effect and that of
//! buying together apart, so that neither hides in the other.

use super::{TierFault, Tiers};
use crate::exact::Exact;

/// A council that buys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buyer {
    /// Its volume.
    pub quantity: Exact,
    /// What it pays now, in pounds; nothing where it does not buy this yet.
    pub baseline: Option<Exact>,
    /// What taking part costs it, in pounds.
    pub own_cost: Exact,
}

/// What one council saves, in pounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effects {
    /// Baseline less the price alone; nothing without a baseline.
    pub market: Option<Exact>,
    /// The price alone less the pooled one.
    pub aggregation: Exact,
    /// Baseline less the pooled price.
    pub gross: Option<Exact>,
    /// What taking part costs.
    pub own_cost: Exact,
    /// Gross less own cost.
    pub net: Option<Exact>,
    /// Net in percent of the baseline, where that is above zero.
    pub net_percent: Option<Exact>,
}

/// What all save.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Savings {
    /// The unit price at the volume of all.
    pub pooled_unit_price: Exact,
    /// Each council, in the order given.
    pub councils: Vec<Effects>,
    /// The sums over councils that have a baseline; never with a percentage.
    pub total: Effects,
    /// How many have none.
    pub without_baseline: usize,
}

/// The savings of councils that buy together at one tier table.
pub fn savings(tiers: &Tiers, buyers: &[Buyer]) -> Result<Savings, TierFault> {
    if buyers.iter().any(|buyer| buyer.quantity.is_negative()) {
        return Err(TierFault::QuantityNegative);
    }
    let volume: Exact = buyers.iter().map(|buyer| &buyer.quantity).sum();
    let unit = tiers.unit_price(&volume)?;
    let mut councils = Vec::with_capacity(buyers.len());
    let (mut market, mut aggregation, mut gross, mut own_cost, mut net) =
        (Exact::zero(), Exact::zero(), Exact::zero(), Exact::zero(), Exact::zero());
    let mut without_baseline = 0;
    for buyer in buyers {
        let effects = effects(buyer, &tiers.cost(&buyer.quantity)?, &(unit * &buyer.quantity));
        if let (Some(own_market), Some(own_gross), Some(own_net)) =
            (&effects.market, &effects.gross, &effects.net)
        {
            market += own_market;
            aggregation += &effects.aggregation;
            gross += own_gross;
            own_cost += &effects.own_cost;
            net += own_net;
        } else {
            without_baseline += 1;
        }
        councils.push(effects);
    }
    let total = Effects {
        market: Some(market),
        aggregation,
        gross: Some(gross),
        own_cost,
        net: Some(net),
        net_percent: None,
    };
    Ok(Savings { pooled_unit_price: unit.clone(), councils, total, without_baseline })
}

fn effects(buyer: &Buyer, alone: &Exact, pooled: &Exact) -> Effects {
    let baseline = buyer.baseline.as_ref();
    let net = baseline.map(|baseline| baseline - pooled - &buyer.own_cost);
    let over = baseline.filter(|baseline| baseline.is_positive());
    let net_percent =
        net.as_ref().zip(over).and_then(|(net, over)| (net * Exact::hundred()).checked_div(over));
    Effects {
        market: baseline.map(|baseline| baseline - alone),
        aggregation: alone - pooled,
        gross: baseline.map(|baseline| baseline - pooled),
        own_cost: buyer.own_cost.clone(),
        net,
        net_percent,
    }
}
