//! How easily bids are equal, and whether what is published parts them (METHODS 0.1 g).

use serde::{Deserialize, Serialize};

use super::draft::Draft;
use super::sums::{MOST_SUMS, Totals};
use super::{Finding, Matter, Severity, Topic};
use crate::exact::Exact;
use crate::money::grouped;
use crate::words::{RankOn, TieBreak, words};

/// Up to how many different quality totals are few. If each of 20 were as likely as any other, two of five bids would have the same
/// with a probability of 1 − 19·18·17·16 / 20⁴, more than 4 in 10.
pub const FEW_TOTALS: usize = 20;

words! {
    /// Which bids of equal total the published tie-breaks leave equal.
    LeftEqual {
        /// All of them: none is published.
        All = "all", "All bids of equal total";
        /// Those of equal price, also where their quality differs by less than the rounding.
        EqualPrice = "equal_price", "Bids of equal total and equal price";
        /// Those of equal quality, also where their prices differ.
        EqualQuality = "equal_quality", "Bids of equal total and equal quality";
        /// Only those of equal price and equal quality, which nothing published can part.
        Identical = "identical", "Only bids of equal price and equal quality";
    }
}

/// How easily bids are equal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ties {
    /// How many ways there are to mark all questions of the lot: the product of the numbers of marks.
    pub ways_to_mark: Exact,
    /// How many different quality totals these have; nothing where counting takes more than [`MOST_SUMS`] sums.
    pub totals: Option<usize>,
    /// The same with totals rounded to the method's decimals.
    pub totals_rounded: Option<usize>,
    /// Whether bids are ranked on rounded totals.
    pub rank_on: RankOn,
    /// The published tie-breaks, in order.
    pub tie_break: Vec<TieBreak>,
    /// Which bids of equal total these leave equal.
    pub left_equal: LeftEqual,
}

pub(super) fn of(draft: &Draft<'_>) -> Ties {
    let totals = Totals::of(&draft.questions, |_| 0);
    let marks = draft.questions.iter().map(|asked| Exact::from(asked.points.len()));
    Ties {
        ways_to_mark: marks.fold(Exact::one(), |ways, marks| ways * marks),
        totals_rounded: totals.as_ref().and_then(|totals| totals.count_rounded(draft.rules.decimals)),
        totals: totals.as_ref().map(Totals::count),
        rank_on: draft.rules.rank_on,
        tie_break: draft.rules.tie_break.clone(),
        left_equal: left_equal(draft),
    }
}

fn left_equal(draft: &Draft<'_>) -> LeftEqual {
    let parts = |key| draft.rules.tie_break.contains(&key);
    let exact = draft.rules.rank_on == RankOn::Exact;
    match (parts(TieBreak::LowerPrice), parts(TieBreak::HigherQuality)) {
        (false, false) => LeftEqual::All,
        (true, true) => LeftEqual::Identical,
        // Of equal price are equal price points, so that equal totals are of equal quality too, unless rounding made them equal.
        (true, false) if exact => LeftEqual::Identical,
        (true, false) => LeftEqual::EqualPrice,
        // Of equal quality are equal price points. That is an equal price only where the formula falls everywhere.
        (false, true) if exact && draft.rule.relative() && draft.price.is_positive() => LeftEqual::Identical,
        (false, true) => LeftEqual::EqualQuality,
    }
}

/// What to know of totals, of rounding and of tie-breaks.
pub(super) fn tell(draft: &Draft<'_>, ties: &Ties) -> Vec<Finding> {
    let finding = |(matter, severity, told)| draft.finding(Topic::Ties, matter, severity, told);
    // Without a weight of quality there is one total, which the weights tell.
    let counted = draft.quality.is_positive().then(|| totals(ties));
    let found = [counted, rounding(draft, ties), Some(tie_breaks(ties))];
    found.into_iter().flatten().map(finding).collect()
}

fn totals(ties: &Ties) -> (Matter, Severity, String) {
    let ways = grouped(&ties.ways_to_mark.to_string());
    let Some(count) = ties.totals else {
        let most = grouped(&MOST_SUMS.to_string());
        let told = format!(
            "There are {ways} ways to mark the lot’s questions. How many different quality totals they have was not counted: \
             it takes more than {most} sums."
        );
        return (Matter::TotalsNotCounted, Severity::Note, told);
    };
    let what = format!(
        "The {ways} ways to mark the lot’s questions have {} different quality totals.",
        grouped(&count.to_string())
    );
    if count > FEW_TOTALS {
        return (Matter::Totals, Severity::Note, what);
    }
    let told = format!(
        "{what} With so few, bids of about the same price are likely to be equal: ask more questions, use a finer scale or \
         less even weights, and publish tie-breaks."
    );
    (Matter::FewTotals, Severity::Attend, told)
}

/// Only where bids are ranked on rounded totals and that makes some equal.
fn rounding(draft: &Draft<'_>, ties: &Ties) -> Option<(Matter, Severity, String)> {
    let (exact, rounded) = (ties.totals?, ties.totals_rounded?);
    (ties.rank_on == RankOn::Rounded && rounded < exact).then(|| {
        let told = format!(
            "Bids are ranked on totals rounded to {} decimals: of {} different quality totals that leaves {}. Rank on exact \
             totals, or publish more decimals.",
            draft.rules.decimals,
            grouped(&exact.to_string()),
            grouped(&rounded.to_string())
        );
        (Matter::RoundingTies, Severity::Attend, told)
    })
}

fn tie_breaks(ties: &Ties) -> (Matter, Severity, String) {
    let published = ties.tie_break.iter().map(|key| key.label().to_lowercase()).collect::<Vec<_>>();
    let published = published.join(", then ");
    let incomplete = |told: String| (Matter::TieBreakIncomplete, Severity::Attend, told);
    match ties.left_equal {
        LeftEqual::All => {
            let told = "No tie-break is published: bids of equal total stay equal, and there is no winner. Publish lower \
                        price, then higher quality, or the other way round.";
            (Matter::NoTieBreak, Severity::Serious, told.to_owned())
        }
        LeftEqual::EqualPrice => incomplete(format!(
            "The published tie-break ({published}) leaves bids of equal price equal whose quality only rounding makes level. \
             Add higher quality."
        )),
        LeftEqual::EqualQuality => incomplete(format!(
            "The published tie-break ({published}) leaves bids of equal total and equal quality equal even where one is \
             cheaper. Add lower price."
        )),
        LeftEqual::Identical => {
            let told = format!(
                "The published tie-break ({published}) parts all bids of equal total but those of equal price and equal \
                 quality. Say in the tender documents what happens to these."
            );
            (Matter::TieBreakComplete, Severity::Note, told)
        }
    }
}
