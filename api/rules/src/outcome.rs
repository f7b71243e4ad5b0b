//! What becomes of a tender beside its assessment: the grounds on which the law has it disregarded or lets it be, in one table,
//! and the steps from a ground that is raised to one that is decided on.
//!
//! What a ground is, whether the authority must or may act on it, whether the supplier is heard before, and what is due
//! afterwards differ by clause. They stand here once, so that no page, letter or check says something else. That a tender
//! fails a published requirement or minimum is no ground: the method disqualifies it, it was assessed so far, and its bidder
//! is told its marks. A disregarded tender was not assessed, and gets no assessment summary (PR24 reg 31).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::calendar::{CalendarFault, EXCLUSION_REPORT, Period};
use crate::stage::NotAllowed;
use crate::words::words;

words! {
    /// A ground on which a tender is disregarded.
    Ground {
        /// s.19(3)(a).
        ConditionUnmet = "condition_unmet", "A condition of participation is not met";
        /// s.26(1) with s.57(1)(a).
        Excluded = "excluded_supplier", "Excluded supplier: a mandatory exclusion ground applies";
        /// s.26(1) with s.57(1)(b).
        Debarred = "debarred_supplier", "Excluded supplier: on the debarment list for a mandatory ground";
        /// s.26(2) with s.57(2).
        Excludable = "excludable_supplier", "Excludable supplier: a discretionary exclusion ground applies";
        /// s.30.
        Improper = "improper_behaviour", "Improper behaviour in this procurement";
        /// s.82.
        Conflict = "conflict_of_interests", "A conflict of interests whose unfair advantage is not avoided";
        /// s.19(3)(c), (4) and (5).
        AbnormallyLow = "abnormally_low", "The price is abnormally low";
        /// s.19(3)(d).
        Procedural = "procedural_breach", "A procedural requirement is breached";
    }
}

words! {
    /// Whether the law leaves the authority a choice.
    Power {
        /// It does not: where the ground is there, the tender is disregarded.
        Must = "must", "Must be disregarded";
        /// It does.
        May = "may", "May be disregarded";
    }
}

/// What the law says of a ground: a row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The ground.
    pub ground: Ground,
    /// Its clause.
    pub clause: &'static str,
    /// Whether the authority must or may.
    pub power: Power,
    /// What the law says, in a sentence or two.
    pub law: &'static str,
    /// The clause by which the supplier is told and may reply before; none where the law does not ask for it.
    pub hearing: Option<&'static str>,
    /// Whether it is about a price, and so raised of one lot and only once its quality is locked (DOMAIN rule 1).
    pub of_price: bool,
    /// Whether a tender that is disregarded on it counts as assessed.
    pub assessed: bool,
    /// Whether its bidder gets an assessment summary.
    pub summary: bool,
    /// Within what period a report is due.
    pub report: Option<Period>,
}

impl Rule {
    /// The last day on which the report on a decision may be made; nothing where none is due.
    pub fn report_due(&self, decided: NaiveDate) -> Result<Option<NaiveDate>, CalendarFault> {
        self.report.map(|period| period.last_day(decided)).transpose()
    }
}

impl Ground {
    /// What the law says of it.
    #[must_use]
    pub const fn rule(self) -> Rule {
        use Power::{May, Must};
        match self {
            Self::ConditionUnmet => self.row(
                "PA23 s.19(3)(a)",
                Must,
                "A tender from a supplier that does not satisfy the conditions of participation must be disregarded.",
            ),
            Self::Excluded => Rule {
                hearing: Some("PA23 s.58"),
                report: Some(EXCLUSION_REPORT),
                ..self.row(
                    "PA23 s.26(1), s.57(1)(a)",
                    Must,
                    "A tender from an excluded supplier must be disregarded. A supplier is excluded where a mandatory exclusion \
                     ground applies to it or to a connected person and its circumstances continue or are likely to occur again.",
                )
            },
            Self::Debarred => Rule {
                report: Some(EXCLUSION_REPORT),
                ..self.row(
                    "PA23 s.26(1), s.57(1)(b)",
                    Must,
                    "A tender from a supplier that is on the debarment list because of a mandatory exclusion ground must be \
                     disregarded. The list was made after hearing the supplier.",
                )
            },
            Self::Excludable => Rule {
                hearing: Some("PA23 s.58"),
                report: Some(EXCLUSION_REPORT),
                ..self.row(
                    "PA23 s.26(2), s.57(2)",
                    May,
                    "A tender from an excludable supplier may be disregarded: a discretionary exclusion ground applies to it, and \
                     its circumstances continue or are likely to occur again.",
                )
            },
            Self::Improper => Rule {
                hearing: Some("PA23 s.30"),
                report: Some(EXCLUSION_REPORT),
                ..self.row(
                    "PA23 s.30",
                    Must,
                    "A supplier that acted improperly in this procurement, and has an unfair advantage by it that cannot be \
                     avoided otherwise, must be excluded.",
                )
            },
            Self::Conflict => self.row(
                "PA23 s.82",
                Must,
                "Where a conflict of interests puts a supplier at an unfair advantage that cannot be avoided, or the supplier does \
                 not take the steps it was required to take, it is treated as an excluded supplier.",
            ),
            Self::AbnormallyLow => Rule {
                hearing: Some("PA23 s.19(4)"),
                of_price: true,
                ..self.row(
                    "PA23 s.19(3)(c)",
                    May,
                    "A tender whose price is considered abnormally low for performance of the contract may be disregarded, but not \
                     where the supplier demonstrates that it will be able to perform the contract for that price (s.19(5)).",
                )
            },
            Self::Procedural => self.row(
                "PA23 s.19(3)(d)",
                May,
                "A tender that breaches a procedural requirement set out in the tender notice or the tender documents may be \
                 disregarded.",
            ),
        }
    }

    /// A row as most are: nobody has to be heard, nothing is due, and a tender that is disregarded was not assessed.
    const fn row(self, clause: &'static str, power: Power, law: &'static str) -> Rule {
        Rule {
            ground: self,
            clause,
            power,
            law,
            hearing: None,
            of_price: false,
            assessed: false,
            summary: false,
            report: None,
        }
    }

    /// The ground with its clause, as it is told.
    #[must_use]
    pub fn told(self) -> String {
        format!("{} ({})", self.label(), self.rule().clause)
    }
}

words! {
    /// How far a ground that was raised against a tender has come.
    OutcomeState {
        /// A second person decides; the supplier is not heard.
        Raised = "raised", "Waiting for a second person";
        /// The supplier is told and may reply.
        Noticed = "noticed", "Under notice";
        /// The supplier has replied: a second person decides.
        Replied = "replied", "Replied, waiting for a second person";
        /// The tender is disregarded.
        Disregarded = "disregarded", "Disregarded";
        /// The tender is kept.
        Kept = "kept", "Kept";
    }
}

words! {
    /// The second person's word.
    OutcomeVerdict {
        /// The ground is there, and the tender is neither assessed nor ranked.
        Disregard = "disregard", "Disregard the tender";
        /// The tender stands.
        Keep = "keep", "Keep the tender";
    }
}

impl OutcomeState {
    /// How a ground begins: where the supplier is told, it may reply; where the law has it heard, it is told.
    pub fn raise(ground: Ground, tells: bool) -> Result<Self, NotAllowed<Self>> {
        match (ground.rule().hearing, tells) {
            (_, true) => Ok(Self::Noticed),
            (None, false) => Ok(Self::Raised),
            (Some(_), false) => {
                Err(NotAllowed { from: Self::Raised, action: "raise the ground without a notice" })
            }
        }
    }

    /// Whether nobody has decided yet.
    #[must_use]
    pub const fn waits(self) -> bool {
        matches!(self, Self::Raised | Self::Noticed | Self::Replied)
    }

    /// Whether a second person may disregard the tender: whoever was told that it may reply is heard, or its time passed.
    #[must_use]
    pub const fn is_heard(self, passed: bool) -> bool {
        matches!(self, Self::Raised | Self::Replied) || matches!(self, Self::Noticed) && passed
    }

    /// The supplier replies, once; at exactly the instant that it was told it is too late.
    pub fn reply(self, passed: bool) -> Result<Self, NotAllowed<Self>> {
        match self {
            Self::Noticed if !passed => Ok(Self::Replied),
            from => Err(NotAllowed { from, action: "reply" }),
        }
    }

    /// A second person decides. To keep the tender nobody has to be heard.
    pub fn settle(
        self,
        ground: Ground,
        passed: bool,
        verdict: OutcomeVerdict,
    ) -> Result<Self, NotAllowed<Self>> {
        let told = self != Self::Raised || ground.rule().hearing.is_none();
        match verdict {
            OutcomeVerdict::Keep if self.waits() => Ok(Self::Kept),
            OutcomeVerdict::Disregard if self.is_heard(passed) && told => Ok(Self::Disregarded),
            _ => Err(NotAllowed { from: self, action: "decide" }),
        }
    }
}

/// That a tender is disregarded, as a result is computed from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disregard {
    /// The ground.
    pub ground: Ground,
    /// The id of the outcome that was decided.
    pub outcome: String,
}

#[cfg(test)]
mod tests {
    use super::OutcomeState::{self, Disregarded, Kept, Noticed, Raised, Replied};
    use super::OutcomeVerdict::{Disregard, Keep};
    use super::*;

    #[test]
    fn the_table_says_what_the_law_says() {
        let must = |ground: Ground| ground.rule().power == Power::Must;
        let of = |choose: fn(&Rule) -> bool| -> Vec<Ground> {
            Ground::ALL.iter().copied().filter(|ground| choose(&ground.rule())).collect()
        };
        assert!(must(Ground::ConditionUnmet) && must(Ground::Excluded) && must(Ground::Debarred));
        assert!(must(Ground::Conflict) && must(Ground::Improper));
        assert_eq!(
            of(|rule| rule.power == Power::May),
            [Ground::Excludable, Ground::AbnormallyLow, Ground::Procedural]
        );
        assert_eq!(
            of(|rule| rule.hearing.is_some()),
            [Ground::Excluded, Ground::Excludable, Ground::Improper, Ground::AbnormallyLow]
        );
        assert_eq!(of(|rule| rule.of_price), [Ground::AbnormallyLow]);
        assert_eq!(
            of(|rule| rule.report.is_some()),
            [Ground::Excluded, Ground::Debarred, Ground::Excludable, Ground::Improper]
        );
        assert!(of(|rule| rule.assessed || rule.summary).is_empty(), "none counts as assessed");
        for ground in Ground::ALL {
            assert_eq!(ground.rule().ground, *ground);
            assert!(ground.told().contains(ground.rule().clause));
        }
    }

    #[test]
    fn a_report_is_due_within_thirty_days_beginning_with_the_decision() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap_or_default();
        let due = |ground: Ground, decided: &str| ground.rule().report_due(day(decided));
        assert_eq!(due(Ground::Excluded, "2027-03-01"), Ok(Some(day("2027-03-30"))));
        assert_eq!(due(Ground::AbnormallyLow, "2027-03-01"), Ok(None));
    }

    #[test]
    fn nobody_is_disregarded_unheard_where_it_was_told_or_had_to_be() {
        for ground in Ground::ALL.iter().copied() {
            let hearing = ground.rule().hearing.is_some();
            assert_eq!(OutcomeState::raise(ground, true), Ok(Noticed));
            assert_eq!(OutcomeState::raise(ground, false).is_ok(), !hearing, "{ground}");
            for passed in [false, true] {
                assert_eq!(Raised.settle(ground, passed, Disregard).is_ok(), !hearing, "{ground}");
                assert_eq!(Noticed.settle(ground, passed, Disregard).is_ok(), passed, "{ground}");
                assert_eq!(Replied.settle(ground, passed, Disregard), Ok(Disregarded));
                for state in OutcomeState::ALL.iter().copied() {
                    assert_eq!(state.settle(ground, passed, Keep).ok(), state.waits().then_some(Kept));
                    assert_eq!(state.reply(passed).is_ok(), state == Noticed && !passed, "{state}");
                }
                for state in [Disregarded, Kept] {
                    assert!(state.settle(ground, passed, Disregard).is_err(), "{state} is settled once");
                }
            }
        }
    }
}
