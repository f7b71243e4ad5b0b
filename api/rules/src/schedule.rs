//! The price schedule row by row: what suppliers price, and in which volume band each contract year falls.
//!
//! A line is one row, unless it has volume bands (tiers): then each band is a row with a code of its own, `P01-T2`. In each
//! contract year the volume that all buyers want together decides the band, and the price of that band counts for every
//! unit of that year: all units, not only those above the border (METHODS 3.1, where the tier reached prices every unit).
//! So a band's volume is that of the years which fall in it, and a bid's price is the sum over rows of price times volume,
//! with bands or without.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::money::{AmountFault, Volume};
use crate::pack::{Pack, PackCouncil, PackLine, PackLot, PackTier};
use crate::words::{Charge, Obligation, Part};

/// The most bands of one line: as many as anybody can compare.
pub const MOST_TIERS: usize = 20;

/// The unit of every rate on a rate card.
pub const RATE_UNIT: &str = "day";

/// What SFIA calls its levels of responsibility: 1 (follow) to 7 (set strategy).
pub const SFIA_LEVELS: std::ops::RangeInclusive<i32> = 1..=7;

/// A volume band of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Band {
    /// Its place, from 1.
    pub number: usize,
    /// Its least volume in a contract year.
    pub from: Volume,
    /// The volume from which the next band counts; the last band has none.
    pub below: Option<Volume>,
    /// The contract years whose volume falls in it.
    pub years: Vec<u32>,
}

impl Band {
    /// Its borders in words: `from 100 to below 500`.
    #[must_use]
    pub fn borders(&self) -> String {
        match (self.from, self.below) {
            (from, None) => format!("from {}", from.grouped()),
            (Volume::ZERO, Some(below)) => format!("below {}", below.grouped()),
            (from, Some(below)) => format!("from {} to below {}", from.grouped(), below.grouped()),
        }
    }
}

/// A row that suppliers price: a line, or a band of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceRow<'a> {
    /// The code that its price is known by.
    pub code: Cow<'a, str>,
    /// The line.
    pub line: &'a PackLine,
    /// The band, where the line has bands.
    pub band: Option<Band>,
}

impl PackCouncil {
    /// Whether its volumes are priced: the lead's and core partners' are, a named option's never (METHODS 7).
    #[must_use]
    pub fn buys(&self) -> bool {
        self.part != Part::NamedOption
    }
}

impl PackLine {
    /// What suppliers owe on it.
    #[must_use]
    pub const fn obligation(&self) -> Obligation {
        match (self.optional, self.mandatory_option) {
            (true, _) => Obligation::Optional,
            (false, true) => Obligation::MandatoryOption,
            (false, false) => Obligation::Required,
        }
    }

    /// The codes of its rows, in order.
    #[must_use]
    pub fn row_codes(&self) -> Vec<Cow<'_, str>> {
        if self.tiers.is_empty() {
            return vec![Cow::Borrowed(self.code.as_str())];
        }
        (1..=self.tiers.len()).map(|number| Cow::Owned(band_code(&self.code, number))).collect()
    }

    /// Whether a price of this code is a price of this line.
    #[must_use]
    pub fn has_row(&self, code: &str) -> bool {
        if self.tiers.is_empty() {
            return self.code == code;
        }
        code.starts_with(&self.code) && self.row_codes().iter().any(|own| own == code)
    }

    /// Its rows as suppliers price them, in order.
    #[must_use]
    pub fn rows<'a>(&'a self, pack: &Pack) -> Vec<PriceRow<'a>> {
        if self.tiers.is_empty() {
            return vec![PriceRow { code: Cow::Borrowed(self.code.as_str()), line: self, band: None }];
        }
        let years = year_volumes(pack, self);
        let row = |(at, tier): (usize, &PackTier)| {
            let falls = |volume: &i64| tier_at(&self.tiers, *volume) == Some(at);
            PriceRow {
                code: Cow::Owned(band_code(&self.code, at + 1)),
                line: self,
                band: Some(Band {
                    number: at + 1,
                    from: Volume(tier.from_e3),
                    below: self.tiers.get(at + 1).map(|next| Volume(next.from_e3)),
                    years: years.iter().filter(|(_, volume)| falls(volume)).map(|(year, _)| *year).collect(),
                }),
            }
        };
        self.tiers.iter().enumerate().map(row).collect()
    }
}

impl PackLot {
    /// The line that a price of this code belongs to.
    #[must_use]
    pub fn line_of_row(&self, code: &str) -> Option<&PackLine> {
        self.schedule.iter().find(|line| line.has_row(code))
    }
}

/// The code of a band's row.
fn band_code(line: &str, number: usize) -> String {
    format!("{line}-T{number}")
}

/// The band that a volume falls in, from 0: the last whose border it reaches. None below the first border.
#[must_use]
pub fn tier_at(tiers: &[PackTier], volume_e3: i64) -> Option<usize> {
    tiers.iter().rposition(|tier| tier.from_e3 <= volume_e3)
}

/// The thousandths of a unit that all buyers want of a line together in each contract year in which they want any.
#[must_use]
pub fn year_volumes(pack: &Pack, line: &PackLine) -> BTreeMap<u32, i64> {
    let mut years: BTreeMap<u32, i64> = BTreeMap::new();
    for volume in &line.volumes {
        if pack.councils.iter().any(|council| council.id == volume.council && council.buys()) {
            let sum = years.entry(volume.year).or_default();
            *sum = sum.saturating_add(volume.volume_e3);
        }
    }
    years.retain(|_, volume| *volume != 0);
    years
}

impl PriceRow<'_> {
    /// Whether a year's volume is priced in this row.
    #[must_use]
    pub fn takes_year(&self, year: u32) -> bool {
        self.band.as_ref().is_none_or(|band| band.years.contains(&year))
    }

    /// Thousandths of a unit of which the whole lot pays one, where no council's volume drives the line: the basket of a
    /// rate, and one unit of any other; each in every contract year, if the line recurs.
    #[must_use]
    pub fn shared_units_e3(&self, term_years: u32) -> i64 {
        let units = self.line.rate_card.as_ref().map_or(1_000, |rate| rate.basket_e3);
        match self.line.charge {
            Charge::OneOff => units,
            Charge::Recurring => units.saturating_mul(i64::from(term_years)),
        }
    }

    /// The units over the term, all buyers together.
    pub fn volume(&self, pack: &Pack) -> Result<Volume, AmountFault> {
        if self.line.shared {
            return Volume::checked(self.shared_units_e3(pack.term_years));
        }
        let buyer = |id: &str| pack.councils.iter().any(|council| council.id == id && council.buys());
        let rows = self.line.volumes.iter().filter(|row| self.takes_year(row.year) && buyer(&row.council));
        Volume::checked_sum(rows.map(|row| Volume(row.volume_e3)))
    }

    /// The units over the term that one council wants.
    pub fn council_volume(&self, council: &str) -> Result<Volume, AmountFault> {
        let rows = self.line.volumes.iter().filter(|row| row.council == council && self.takes_year(row.year));
        Volume::checked_sum(rows.map(|row| Volume(row.volume_e3)))
    }

    /// What is priced, as suppliers read it: with the role and level of a rate, and with the borders of a band.
    #[must_use]
    pub fn description(&self) -> Cow<'_, str> {
        if let Some(rate) = &self.line.rate_card {
            return Cow::Owned(format!(
                "{}, SFIA level {}. {}",
                rate.role, rate.level, self.line.description
            ));
        }
        match &self.band {
            None => Cow::Borrowed(self.line.description.as_str()),
            Some(band) => Cow::Owned(format!(
                "{}. Band {}: volume in a year {}",
                self.line.description,
                band.number,
                band.borders()
            )),
        }
    }

    /// How its price counts in the evaluated price, in words.
    #[must_use]
    pub fn counted(&self) -> String {
        let how = match (&self.band, &self.line.rate_card) {
            _ if self.line.optional => return "Optional: not counted in the evaluated price".to_owned(),
            (_, Some(rate)) if rate.basket_e3 == 0 => "Priced only: its basket is 0 days".to_owned(),
            (_, Some(rate)) => {
                let days = Volume(rate.basket_e3).grouped();
                let when = match self.line.charge {
                    Charge::OneOff => "over the term",
                    Charge::Recurring => "in each contract year",
                };
                format!("Counted with a basket of {days} days {when}, shared by all councils")
            }
            (Some(band), None) if band.years.is_empty() => {
                "Priced only: no year falls in this band".to_owned()
            }
            (Some(band), None) => {
                let years: Vec<String> = band.years.iter().map(u32::to_string).collect();
                let noun = if years.len() == 1 { "year" } else { "years" };
                format!("Counted by volume in contract {noun} {}", years.join(", "))
            }
            (None, None) if self.line.shared => "Counted once for the whole lot".to_owned(),
            (None, None) => "Counted by volume".to_owned(),
        };
        match self.line.obligation() {
            Obligation::MandatoryOption => format!("Mandatory option. {how}"),
            Obligation::Required | Obligation::Optional => how,
        }
    }
}

/// What a pack's method says of bands, options and rate cards, in sentences: nothing where no lot has any, so that the
/// method of a plain schedule stays what it was. Publication refuses a pack that says anything else.
#[must_use]
pub fn price_rules(lots: &[PackLot]) -> Vec<String> {
    let any = |is: fn(&PackLine) -> bool| lots.iter().flat_map(|lot| &lot.schedule).any(is);
    let mut rules = Vec::new();
    if any(|line| !line.tiers.is_empty()) {
        rules.push(
            "Volume bands: a line with volume bands has one price for each band. In each contract year the volume that \
             the lead council and the core partners want of the line together decides the band, and the price of that \
             band counts for every unit of that year, not only for the units above its border. A volume exactly at a \
             border belongs to the band that begins there. Every band must be priced, also one in which no year falls, \
             unless the line is optional.",
        );
    }
    if any(|line| line.mandatory_option) {
        rules.push(
            "Options: a mandatory option must be priced, and its price counts in the evaluated price, although the \
             councils decide later whether they buy it. An optional item may be left out, and its price never counts.",
        );
    }
    if any(|line| line.rate_card.is_some()) {
        rules.push(
            "Rate card: each rate is the price of one day. In the evaluated price it counts with the days of the \
             published basket, whose cost the councils share by the published weights. The basket is no promise to buy: \
             councils call off days at these rates later. A rate whose basket is 0 days must be priced and does not \
             count.",
        );
    }
    rules.into_iter().map(str::to_owned).collect()
}
