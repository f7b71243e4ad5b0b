//! What a moderator reads of a panel's agreement (METHODS 0.3): whom to talk to and what about, never a mark.

use super::alpha::Table;
use super::{AgreementFault, Ratings};
use crate::exact::Exact;

/// The fewest marks beside others from which a coefficient says anything (METHODS 0.3).
pub const FEWEST_MARKS: usize = 10;

/// How far marks agree, as far as it can be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Fewer than [`FEWEST_MARKS`] marks stand beside others.
    TooFew,
    /// All marks are equal: there is nothing to agree or differ about.
    NoVariation,
    /// Krippendorff's alpha for ranks: 1 where all agree, 0 where they agree as often as by chance.
    Alpha(Exact),
}

impl Reading {
    /// What it says. The bounds are Krippendorff's (*Content Analysis*, 2004, chapter 11): from 0.8 on values are relied on,
    /// from 0.667 on with caution.
    #[must_use]
    pub fn words(&self) -> &'static str {
        let at_least =
            |alpha: &Exact, thousandths: i64| alpha * Exact::from(1000) >= Exact::from(thousandths);
        match self {
            Self::TooFew => "too few marks to say",
            Self::NoVariation => "no variation: all marks are equal",
            Self::Alpha(alpha) if at_least(alpha, 800) => "the panel agrees",
            Self::Alpha(alpha) if at_least(alpha, 667) => "the panel agrees in the main",
            Self::Alpha(_) => "the panel differs",
        }
    }

    /// With three digits, where it is a number.
    #[must_use]
    pub fn number(&self) -> Option<String> {
        match self {
            Self::Alpha(alpha) => Some(alpha.fixed(3)),
            Self::TooFew | Self::NoVariation => None,
        }
    }

    fn of(ordinal: Option<Exact>, marks: usize) -> Self {
        match ordinal {
            _ if marks < FEWEST_MARKS => Self::TooFew,
            None => Self::NoVariation,
            Some(alpha) => Self::Alpha(alpha),
        }
    }
}

/// The agreement of a panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PanelAgreement {
    /// How many marks stand beside others.
    pub marks: usize,
    /// Of all.
    pub whole: Reading,
    /// Without each panel member: where it is much higher, that is whom to talk to.
    pub without: Vec<Reading>,
    /// How much each panel member gives above the others on the same answers, in the unit of the values.
    pub leniency: Vec<Option<Exact>>,
}

/// The agreement of a panel: a row for each member, a column for each answer.
pub fn panel(ratings: &Ratings) -> Result<PanelAgreement, AgreementFault> {
    let table = Table::of(ratings)?;
    let marks = table.beside_others(None);
    let without = table.alpha_without()?.into_iter().enumerate();
    Ok(PanelAgreement {
        marks,
        whole: Reading::of(table.alpha()?.ordinal, marks),
        without: without
            .map(|(member, alpha)| Reading::of(alpha, table.beside_others(Some(member))))
            .collect(),
        leniency: table.leniency(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(marks: &[i64]) -> Vec<Option<Exact>> {
        marks.iter().map(|mark| Some(Exact::from(*mark))).collect()
    }

    #[test]
    fn few_marks_and_equal_marks_say_nothing() {
        let agreement = |rows: &[Vec<Option<Exact>>]| panel(rows).map(|panel| panel.whole);
        assert_eq!(agreement(&[row(&[1, 2, 3, 4]), row(&[1, 2, 3, 4])]), Ok(Reading::TooFew), "eight");
        assert_eq!(agreement(&[row(&[3; 5]), row(&[3; 5])]), Ok(Reading::NoVariation));
        assert_eq!(
            agreement(&[row(&[1, 2, 3, 4, 5]), row(&[1, 2, 3, 4, 5])]),
            Ok(Reading::Alpha(Exact::one()))
        );
        let alone = vec![Some(Exact::one()); 20];
        assert_eq!(panel(&[alone]).map(|panel| (panel.marks, panel.whole)), Ok((0, Reading::TooFew)));
    }

    #[test]
    fn the_one_who_differs_is_seen() {
        let rows = [row(&[1, 2, 3, 4, 5]), row(&[1, 2, 3, 4, 5]), row(&[5, 4, 3, 5, 5])];
        let agreement = panel(&rows).unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!(agreement.without[2].words(), "the panel agrees");
        assert_eq!(agreement.whole.words(), "the panel differs");
        assert_eq!(agreement.without[2].number().as_deref(), Some("1.000"));
        // Of five answers the third gives 22 and each other 15.
        assert_eq!(agreement.leniency[2].as_ref().map(|more| more.fixed(1)).as_deref(), Some("1.4"));
    }
}
