//! What is wrong with one line of a price schedule.

use super::{Faults, number};
use crate::money::{LARGEST, Volume};
use crate::pack::{Pack, PackCouncil, PackLine, PackRate};
use crate::schedule::{MOST_TIERS, RATE_UNIT, SFIA_LEVELS};

/// Whether a line's price is any part of the evaluated price.
pub(super) fn counts(line: &PackLine) -> bool {
    !line.optional && line.rate_card.as_ref().is_none_or(|rate| rate.basket_e3 > 0)
}

impl Pack {
    pub(super) fn check_line(&self, lot: &str, line: &PackLine, faults: &mut Faults) {
        let place = format!("{lot}/{}", line.code);
        let code = &line.code;
        for (what, text) in [("description", &line.description), ("unit", &line.unit)] {
            if text.trim().is_empty() {
                faults.push(&place, "line_text_missing", format!("Line {code} has no {what}: give it one."));
            }
        }
        obligation_and_rate(&place, line, faults);
        tiers(&place, line, faults);
        if line.shared {
            self.check_shared(&place, line, faults);
            return;
        }
        let mut priced = false;
        let mut seen = Vec::new();
        for volume in &line.volumes {
            let council = self.councils.iter().find(|council| council.id == volume.council);
            let year = volume.year;
            let whose = council.map_or(volume.council.as_str(), |council| council.name.as_str());
            if council.is_none() {
                let message =
                    format!("Line {code} has a volume of \"{whose}\", which is not a council of this pack.");
                faults.push(&place, "volume_without_council", message);
            }
            if year == 0 || year > self.term_years {
                let message = format!(
                    "Line {code} has a volume of {whose} in year {year}, but the term has years 1 to {}.",
                    self.term_years
                );
                faults.push(&place, "volume_beyond_term", message);
            }
            if volume.volume_e3 < 0 || volume.volume_e3 > LARGEST * 1_000 {
                let message =
                    format!("Line {code} has a volume of {whose} in year {year} below zero or too large.");
                faults.push(&place, "volume_outside", message);
            }
            if seen.contains(&(&volume.council, year)) {
                let message = format!("Line {code} has two volumes of {whose} in year {year}: add them up.");
                faults.push(&place, "volume_doubled", message);
            }
            seen.push((&volume.council, year));
            priced |= volume.volume_e3 > 0 && council.is_some_and(PackCouncil::buys);
        }
        if !priced && !line.optional {
            let message = format!(
                "Line {code} has no volume of a lead or core council, so its price would not count: add demand, share it, make it optional or remove it."
            );
            faults.push(&place, "line_without_volume", message);
        }
    }

    fn check_shared(&self, place: &str, line: &PackLine, faults: &mut Faults) {
        let code = &line.code;
        if !line.volumes.is_empty() {
            let message = format!("Line {code} is shared and has volumes: remove them, or do not share it.");
            faults.push(place, "shared_line_with_volumes", message);
        }
        let somebody = self.councils.iter().any(|council| {
            council.buys() && number(&council.shared_cost_weight).is_some_and(|weight| weight.is_positive())
        });
        if !somebody {
            let message = format!(
                "Line {code} is shared, but no lead or core council has a share of shared lines: give at least one a weight above 0."
            );
            faults.push(place, "shared_without_weights", message);
        }
    }
}

/// Marks that do not go together, and a rate that is none.
fn obligation_and_rate(place: &str, line: &PackLine, faults: &mut Faults) {
    let code = &line.code;
    if line.optional && line.mandatory_option {
        let message = format!(
            "Line {code} is an optional item and a mandatory option at once: choose one, for only the price of a mandatory option counts."
        );
        faults.push(place, "obligation_unclear", message);
    }
    let Some(rate) = &line.rate_card else { return };
    if !line.shared {
        let message = format!("Line {code} is a rate, which all councils share: share it.");
        faults.push(place, "rate_not_shared", message);
    }
    if line.unit != RATE_UNIT {
        let message =
            format!("Line {code} is a rate with the unit \"{}\": rates are for a {RATE_UNIT}.", line.unit);
        faults.push(place, "rate_not_per_day", message);
    }
    check_rate(place, line, rate, faults);
}

fn check_rate(place: &str, line: &PackLine, rate: &PackRate, faults: &mut Faults) {
    let code = &line.code;
    if rate.role.trim().is_empty() {
        faults.push(place, "rate_without_role", format!("Rate {code} has no role: name one."));
    }
    if !SFIA_LEVELS.contains(&rate.level) {
        let message = format!("Rate {code} has the SFIA level {}: levels go from 1 to 7.", rate.level);
        faults.push(place, "sfia_level_outside", message);
    }
    if rate.basket_e3 < 0 || rate.basket_e3 > LARGEST * 1_000 {
        faults.push(
            place,
            "basket_outside",
            format!("The basket of rate {code} is below zero or too large."),
        );
    }
    if line.optional && rate.basket_e3 > 0 {
        let message = format!(
            "Rate {code} is optional, so its basket would not count: set the basket to 0, or make the rate required."
        );
        faults.push(place, "basket_without_effect", message);
    }
}

/// Volume bands that leave a volume without a price, or with two.
fn tiers(place: &str, line: &PackLine, faults: &mut Faults) {
    let code = &line.code;
    let Some(first) = line.tiers.first() else { return };
    if line.shared {
        let message = format!("Line {code} is shared, so no volume decides its band: remove the bands.");
        faults.push(place, "tiers_without_volumes", message);
    }
    if !(2..=MOST_TIERS).contains(&line.tiers.len()) {
        let message = format!(
            "Line {code} has {} volume bands: have 2 to {MOST_TIERS}, or none for one price.",
            line.tiers.len()
        );
        faults.push(place, "tiers_outside", message);
    }
    if first.from_e3 != 0 {
        let message = format!(
            "The first volume band of line {code} begins at {}: it begins at 0, so that every volume has a price.",
            Volume(first.from_e3).grouped()
        );
        faults.push(place, "tiers_not_from_zero", message);
    }
    if line.tiers.windows(2).any(|pair| pair[0].from_e3 >= pair[1].from_e3) {
        let message =
            format!("The volume bands of line {code} do not rise: let each begin above the one before it.");
        faults.push(place, "tiers_not_rising", message);
    }
    if line.tiers.iter().any(|tier| tier.from_e3 > LARGEST * 1_000) {
        faults.push(place, "tier_too_large", format!("A volume band of line {code} begins too high."));
    }
}
