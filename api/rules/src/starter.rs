//! Award models to begin with: the weight of price, and sections with the questions that ICT tenders always hold (DOMAIN section 6),
//! to be adapted.

use crate::exact::Exact;
use crate::words::words;

words! {
    /// An award model to begin with.
    Starter {
        /// Quality 60, price 40.
        Quality60 = "quality_60", "Quality 60, price 40";
        /// The same, with a tenth of the total for social value.
        Quality60SocialValue = "quality_60_social_value", "Quality 60 with social value 10, price 40";
        /// Quality 70, price 30.
        Quality70 = "quality_70", "Quality 70, price 30";
        /// The same, with a tenth of the total for social value.
        Quality70SocialValue = "quality_70_social_value", "Quality 70 with social value 10, price 30";
    }
}

impl Starter {
    /// What price has of the total, in percent.
    #[must_use]
    pub const fn price_weight(self) -> u32 {
        match self {
            Self::Quality60 | Self::Quality60SocialValue => 40,
            Self::Quality70 | Self::Quality70SocialValue => 30,
        }
    }

    /// What social value has of the total, in percent; 0 for none. A tenth is what central government asks for at least (PPN 002),
    /// and councils that follow it take the same.
    #[must_use]
    pub const fn social_value(self) -> u32 {
        match self {
            Self::Quality60 | Self::Quality70 => 0,
            Self::Quality60SocialValue | Self::Quality70SocialValue => 10,
        }
    }

    /// Its sections, each with its weight in percent of quality. They sum to exactly 100.
    #[must_use]
    pub fn sections(self) -> Vec<(Exact, Section)> {
        let quality = Exact::hundred() - Exact::from(self.price_weight());
        let social = Exact::from(self.social_value()).checked_div(&quality).unwrap_or_default();
        let rest = Exact::one() - &social;
        let mut sections: Vec<(Exact, Section)> =
            SECTIONS.iter().map(|(weight, section)| (Exact::from(*weight) * &rest, *section)).collect();
        if social.is_positive() {
            sections.push((social * Exact::hundred(), SOCIAL_VALUE));
        }
        sections
    }
}

/// A section with its questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its title.
    pub title: &'static str,
    /// Its questions, each with its weight in percent of the section.
    pub questions: &'static [StarterQuestion],
}

/// A question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StarterQuestion {
    /// Percent of its section.
    pub weight: u32,
    /// Its title.
    pub title: &'static str,
    /// What is asked.
    pub text: &'static str,
}

const fn asked(weight: u32, title: &'static str, text: &'static str) -> StarterQuestion {
    StarterQuestion { weight, title, text }
}

/// The sections without social value, each with its part of what they share, in percent.
const SECTIONS: [(u32, Section); 3] = [
    (
        40,
        Section {
            title: "The service",
            questions: &[
                asked(
                    60,
                    "Meeting the specification",
                    "How does your service meet the specification? Say where it does so as it is, by configuration, by development or through others, and how it is kept up to date.",
                ),
                asked(
                    40,
                    "Integration and open standards",
                    "How does your service exchange data with the councils’ systems? Name the open standards and APIs, who maintains them and what they cost.",
                ),
            ],
        },
    ),
    (
        30,
        Section {
            title: "Implementation",
            questions: &[
                asked(
                    60,
                    "Plan and migration",
                    "How will you implement the service for every council? Give the plan with its milestones, the people, the migration of data and its tests, and the main risks with what you do about them.",
                ),
                asked(
                    40,
                    "Training and take-up",
                    "How will you train and support users of different roles and abilities before and after each council goes live? Include how the service meets WCAG 2.2 AA or equivalent.",
                ),
            ],
        },
    ),
    (
        30,
        Section {
            title: "Running the service",
            questions: &[
                asked(
                    40,
                    "Service levels and support",
                    "Which service levels, support hours and times to respond, to restore and to the last recoverable data do you commit to, and what follows when you miss one?",
                ),
                asked(
                    40,
                    "Security and continuity",
                    "How do you protect the councils’ data? Include where it is kept, Cyber Essentials Plus and ISO 27001 or equivalent, the NCSC cloud security principles, and how you test recovery.",
                ),
                asked(
                    20,
                    "Exit and return of data",
                    "How do the councils leave at the end of the contract? Say in which formats all data is returned, by when, and with what help.",
                ),
            ],
        },
    ),
];

const SOCIAL_VALUE: Section = Section {
    title: "Social value",
    questions: &[asked(
        100,
        "Social value in the councils’ areas",
        "What measurable social value will the contract bring to the councils’ areas, how will you report on it, and what follows when it is not delivered?",
    )],
};

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot be set up cannot go on")]

    use super::*;

    #[test]
    fn weights_sum_to_a_hundred_and_social_value_is_what_it_says_of_the_total() {
        for starter in Starter::ALL {
            let sections = starter.sections();
            let sum: Exact = sections.iter().map(|(weight, _)| weight.clone()).sum();
            assert_eq!(sum, Exact::hundred(), "{starter}");
            for (_, section) in &sections {
                let sum: u32 = section.questions.iter().map(|question| question.weight).sum();
                assert_eq!(sum, 100, "{starter}: {}", section.title);
            }
            let quality = Exact::hundred() - Exact::from(starter.price_weight());
            let social = sections.iter().filter(|(_, section)| section.title == SOCIAL_VALUE.title);
            let of_total: Exact = social.map(|(weight, _)| weight.percent() * &quality).sum();
            assert_eq!(of_total, Exact::from(starter.social_value()), "{starter}");
        }
    }
}
