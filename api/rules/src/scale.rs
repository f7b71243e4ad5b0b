//! A scale: an explicit set of allowed marks, each with a descriptor.

use serde::{Deserialize, Serialize};

use crate::exact::Exact;

/// A named scale, as published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// Its name, unique in a pack.
    pub name: String,
    /// The marks, lowest first.
    pub marks: Vec<ScaleMark>,
}

/// One allowed mark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScaleMark {
    /// The mark, an exact number not below zero.
    pub value: String,
    /// What it earns, in percent of the question's points; without it, value over the highest value.
    pub percent: Option<String>,
    /// What a tender that earns it looks like.
    pub descriptor: String,
}

/// What is wrong with a scale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScaleFault {
    /// A stable code.
    pub code: &'static str,
    /// What is wrong, which mark, and what to do.
    pub message: String,
}

fn fault(code: &'static str, message: String) -> ScaleFault {
    ScaleFault { code, message }
}

impl Scale {
    /// Everything that publication must refuse: no name, fewer than two marks, values that are not numbers, below zero,
    /// doubled or out of order, percentages outside 0 to 100 or falling while marks rise, marks without descriptor
    /// (DOMAIN section 1, scale).
    #[must_use]
    pub fn faults(&self) -> Vec<ScaleFault> {
        let mut faults = Vec::new();
        if self.name.trim().is_empty() {
            faults.push(fault("scale_without_name", "A scale has no name: give it one.".to_owned()));
        }
        if self.marks.len() < 2 {
            faults
                .push(fault("scale_too_short", format!("Scale \"{}\" needs at least two marks.", self.name)));
        }
        let mut before: Option<(Exact, Option<Exact>)> = None;
        for mark in &self.marks {
            let place = format!("Scale \"{}\", mark \"{}\"", self.name, mark.value);
            if mark.descriptor.trim().is_empty() {
                faults.push(fault(
                    "mark_without_descriptor",
                    format!("{place} has no descriptor: say what a tender that earns it looks like."),
                ));
            }
            let Ok(value) = mark.value.parse::<Exact>() else {
                faults.push(fault("mark_not_a_number", format!("{place} is not a number.")));
                continue;
            };
            if value.is_negative() {
                faults.push(fault("mark_negative", format!("{place} is below zero.")));
            }
            if let Some(percent) = &mark.percent
                && !percent.parse().is_ok_and(|p: Exact| !p.is_negative() && p <= Exact::hundred())
            {
                faults.push(fault(
                    "mark_percent_outside",
                    format!("{place} earns \"{percent}\" percent: write a number from 0 to 100."),
                ));
            }
            // A percentage refused above is not compared as well.
            let share =
                self.share(&mark.value).filter(|share| !share.is_negative() && *share <= Exact::one());
            if let Some((lower, earned)) = &before {
                if *lower == value {
                    faults.push(fault("mark_doubled", format!("{place} stands twice: remove one.")));
                } else if *lower > value {
                    faults.push(fault(
                        "marks_out_of_order",
                        format!("{place} stands after {lower}: list the lowest mark first."),
                    ));
                } else if let (Some(earned), Some(share)) = (earned, &share)
                    && share < earned
                {
                    faults.push(fault(
                        "mark_earns_less",
                        format!("{place} earns less than the lower mark {lower}: correct the percentages."),
                    ));
                }
            }
            before = Some((value, share));
        }
        if let Some((highest, _)) = before
            && !highest.is_positive()
        {
            faults.push(fault(
                "scale_earns_nothing",
                format!("Scale \"{}\" has no mark above zero.", self.name),
            ));
        }
        faults
    }

    /// The scale of a name, as questions name theirs.
    #[must_use]
    pub fn named<'a>(scales: &'a [Self], name: &str) -> Option<&'a Self> {
        scales.iter().find(|scale| scale.name == name)
    }

    /// The mark that a text names, compared as numbers: `4` and `4.0` are the same. Its `value` is how it is written on
    /// the scale and on records.
    #[must_use]
    pub fn find(&self, mark: &str) -> Option<&ScaleMark> {
        // Most are written as the scale writes them; numbers are compared where one is not.
        if let Some(found) = self.marks.iter().find(|allowed| allowed.value == mark) {
            return found.value.parse::<Exact>().is_ok().then_some(found);
        }
        let wanted: Exact = mark.trim().parse().ok()?;
        self.marks.iter().find(|allowed| allowed.value.parse().is_ok_and(|value: Exact| value == wanted))
    }

    /// Whether a mark is on the scale (DOMAIN rule 2).
    #[must_use]
    pub fn allows(&self, mark: &str) -> bool {
        self.find(mark).is_some()
    }

    /// The mark's place on the scale, 0 for the lowest.
    #[must_use]
    pub fn position(&self, mark: &str) -> Option<usize> {
        let found = self.find(mark)?;
        self.marks.iter().position(|allowed| std::ptr::eq(allowed, found))
    }

    /// What a mark earns of a question's points, from 0 to 1: its percentage, or without one its value over the highest
    /// value (METHODS 7). Nothing for a mark that is not on the scale.
    #[must_use]
    pub fn share(&self, mark: &str) -> Option<Exact> {
        let found = self.find(mark)?;
        if let Some(percent) = &found.percent {
            return percent.parse::<Exact>().ok().map(|percent| percent.percent());
        }
        let values = self.marks.iter().filter_map(|allowed| allowed.value.parse::<Exact>().ok());
        found.value.parse::<Exact>().ok()?.checked_div(&values.max()?)
    }
}
