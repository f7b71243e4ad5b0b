//! The prices of bids on a lot. The schedule is read once for all bids: its rows, and the units of each that every buyer pays for.

use std::collections::BTreeMap;

use super::{
    BandCost, EvaluatedPrice, LineAnswer, LineCost, PriceFault, PriceFaultKind, buyers, quantities,
    unit_price,
};
use crate::allocation::{largest_remainder, round_together};
use crate::exact::Exact;
use crate::money::Pence;
use crate::pack::{Pack, PackCouncil, PackLine, PackLot};
use crate::schedule::PriceRow;
use crate::words::Charge;

/// A lot's price schedule, ready to price bids on.
#[derive(Clone, Debug)]
pub struct Pricing<'a> {
    lot: &'a PackLot,
    buyers: Vec<&'a PackCouncil>,
    /// The lines that count, in order.
    lines: Vec<PricedLine<'a>>,
}

#[derive(Clone, Debug)]
struct PricedLine<'a> {
    line: &'a PackLine,
    rows: Vec<PricedRow<'a>>,
}

#[derive(Clone, Debug)]
struct PricedRow<'a> {
    row: PriceRow<'a>,
    /// Nothing where the row is shared and nobody has a weight.
    units: Option<Units>,
}

/// The units of a row over the term.
#[derive(Clone, Debug)]
struct Units {
    by_buyer: Vec<Exact>,
    all: Exact,
}

/// The exact costs of a bid, as they add up.
struct Costs {
    /// Each buyer's.
    own: Vec<Exact>,
    one_off: Exact,
    recurring: Exact,
    lines: Vec<LineCost>,
    faults: Vec<PriceFault>,
}

impl<'a> Pricing<'a> {
    /// Reads a lot's schedule.
    #[must_use]
    pub fn of(pack: &'a Pack, lot: &'a PackLot) -> Self {
        let line = |line: &'a PackLine| {
            let rows = line.rows(pack).into_iter().map(|row| PricedRow::of(pack, row));
            PricedLine { line, rows: rows.collect() }
        };
        let lines = lot.schedule.iter().filter(|line| !line.optional).map(line).collect();
        Self { lot, buyers: buyers(pack), lines }
    }

    /// The evaluated price of a bid. `answers` are by the code of the line, or of the band's row; those of other lots are
    /// ignored. All faults at once.
    pub fn price(&self, answers: &BTreeMap<String, LineAnswer>) -> Result<EvaluatedPrice, Vec<PriceFault>> {
        let mut costs = Costs::none(self.buyers.len());
        for line in &self.lines {
            costs.add(line, answers);
        }
        if !costs.faults.is_empty() {
            return Err(costs.faults);
        }
        self.rounded(costs)
            .ok_or_else(|| vec![PriceFault { line: self.lot.code.clone(), kind: PriceFaultKind::TooLarge }])
    }

    /// Pence that sum; nothing where money cannot hold them.
    fn rounded(&self, costs: Costs) -> Option<EvaluatedPrice> {
        let total = Pence::round(&(&costs.one_off + &costs.recurring)).ok()?;
        let one_off = Pence::round(&costs.one_off).ok()?;
        let recurring = total.checked_sub(one_off).ok()?;
        let own = &costs.own;
        let parts = if own.iter().all(Exact::is_zero) {
            vec![Pence::ZERO; own.len()]
        } else if own.iter().any(Exact::is_negative) {
            round_together(total, own).ok()?
        } else {
            largest_remainder(total, own).ok()?
        };
        let councils = self.buyers.iter().map(|council| council.id.clone()).zip(parts).collect();
        Some(EvaluatedPrice { total, one_off, recurring, lines: costs.lines, councils })
    }
}

impl<'a> PricedRow<'a> {
    fn of(pack: &Pack, row: PriceRow<'a>) -> Self {
        let units = quantities(pack, &row).map(|by_buyer| Units { all: by_buyer.iter().sum(), by_buyer });
        Self { row, units }
    }

    /// The units of the row, and what one costs in a bid.
    fn counted(&self, answers: &BTreeMap<String, LineAnswer>) -> Result<(&Units, Exact), PriceFault> {
        let code = self.row.code.as_ref();
        let fault = |kind| PriceFault { line: code.to_owned(), kind };
        let price = unit_price(answers.get(code)).map_err(fault)?;
        let units = self.units.as_ref().ok_or_else(|| fault(PriceFaultKind::NobodyShares))?;
        Ok((units, price))
    }
}

impl Costs {
    fn none(buyers: usize) -> Self {
        Self {
            own: vec![Exact::zero(); buyers],
            one_off: Exact::zero(),
            recurring: Exact::zero(),
            lines: Vec::new(),
            faults: Vec::new(),
        }
    }

    fn add(&mut self, line: &PricedLine<'_>, answers: &BTreeMap<String, LineAnswer>) {
        let mut whole = LineCost {
            code: line.line.code.clone(),
            quantity: Exact::zero(),
            cost: Exact::zero(),
            bands: Vec::new(),
        };
        for row in &line.rows {
            match row.counted(answers) {
                Ok((units, price)) => {
                    for (own, units) in self.own.iter_mut().zip(&units.by_buyer) {
                        *own += units * &price;
                    }
                    whole.add(&row.row, units.all.clone(), &units.all * price);
                }
                Err(fault) => self.faults.push(fault),
            }
        }
        match line.line.charge {
            Charge::OneOff => self.one_off += &whole.cost,
            Charge::Recurring => self.recurring += &whole.cost,
        }
        self.lines.push(whole);
    }
}

impl LineCost {
    fn add(&mut self, row: &PriceRow<'_>, quantity: Exact, cost: Exact) {
        self.quantity += &quantity;
        self.cost += &cost;
        if let Some(band) = row.band.as_ref().filter(|band| !band.years.is_empty()) {
            let (code, years) = (row.code.clone().into_owned(), band.years.clone());
            self.bands.push(BandCost { code, years, quantity, cost });
        }
    }
}
