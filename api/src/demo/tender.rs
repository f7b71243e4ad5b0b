//! The demonstration's tender: two lots, twelve questions, one scale, and what bidders answered and earned.

use rules::words::PriceFormula;

/// A lot.
pub struct LotPlan {
    /// Its number.
    pub code: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What it covers.
    pub description: &'static str,
    /// Price's share in percent.
    pub price_weight: &'static str,
    /// The formula.
    pub formula: PriceFormula,
    /// Target and ceiling in pounds, for the absolute formula.
    pub bounds: Option<(&'static str, &'static str)>,
    /// The lowest and the highest price that the councils expect, in pounds.
    pub expected: (&'static str, &'static str),
    /// What they decided about what the laboratory found.
    pub decided: &'static str,
    /// The least quality points.
    pub min_quality: Option<&'static str>,
    /// Its sections.
    pub sections: &'static [SectionPlan],
}

/// A section of the quality criteria.
pub struct SectionPlan {
    /// Its number.
    pub code: &'static str,
    /// Its title.
    pub title: &'static str,
    /// Percent of quality.
    pub weight: &'static str,
    /// Its questions.
    pub questions: &'static [QuestionPlan],
}

/// A question, and what was answered and marked.
pub struct QuestionPlan {
    /// Its number.
    pub code: &'static str,
    /// Its title.
    pub title: &'static str,
    /// Percent of its section.
    pub weight: &'static str,
    /// What is asked.
    pub text: &'static str,
    /// The least mark to be ranked.
    pub minimum_mark: Option<&'static str>,
    /// What a good answer shows.
    pub strength: &'static str,
    /// What a poor answer lacks.
    pub weakness: &'static str,
    /// The marks of the nine panel members (three of each council, in the order of the cast) for Northgate Digital, Blue
    /// Harbour IT and Civic Systems.
    pub marks: [[u8; 9]; 3],
    /// What the panel agreed.
    pub agreed: [u8; 3],
}

/// The scale: marks with the percentage they earn and their descriptors.
pub const SCALE_NAME: &str = "0 to 5";

/// The marks of the scale.
pub const SCALE: [(&str, &str, &str); 6] = [
    ("0", "0", "No answer, or an answer that does not address the question."),
    ("1", "20", "Poor: most of what is asked is missing or unsupported."),
    ("2", "40", "Limited: parts are addressed; significant gaps or risks remain."),
    ("3", "60", "Adequate: what is asked is addressed, with minor gaps."),
    ("4", "80", "Good: fully addressed, with relevant evidence."),
    ("5", "100", "Excellent: fully addressed with strong evidence and added value for the councils."),
];

/// The lots.
pub const LOTS: [LotPlan; 2] = [
    LotPlan {
        code: "L1",
        title: "Service desk and devices",
        description: "A shared service desk and the support of laptops, desktops, mobile phones and printers for three councils.",
        price_weight: "40",
        formula: PriceFormula::BenchmarkLinear,
        bounds: Some(("2800000", "4500000")),
        expected: ("2900000", "4400000"),
        decided: "This is meant. A bid must earn 30 quality points to be ranked at all; beyond that the councils would not pay £1.5 million more for the best marks there are.",
        min_quality: Some("30"),
        sections: &[
            SectionPlan {
                code: "S1",
                title: "Service and technical fit",
                weight: "60",
                questions: &[
                    QuestionPlan {
                        code: "Q1",
                        title: "Service desk and end-user support",
                        weight: "30",
                        text: "Describe how the service desk will serve three councils with different hours and sites.",
                        minimum_mark: Some("2"),
                        strength: "names the staffing for each hour of the day and shows first-contact fix rates of two comparable councils",
                        weakness: "says little about the libraries' late opening",
                        marks: [
                            [4, 4, 4, 4, 4, 4, 5, 5, 4],
                            [4, 4, 4, 5, 5, 4, 4, 4, 4],
                            [5, 5, 5, 5, 5, 4, 5, 5, 5],
                        ],
                        agreed: [4, 4, 5],
                    },
                    QuestionPlan {
                        code: "Q2",
                        title: "Identity and device management",
                        weight: "25",
                        text: "Describe how identities and devices of the three councils are managed apart and yet by one team.",
                        minimum_mark: None,
                        strength: "keeps the three directories apart, with one process for joiners, movers and leavers",
                        weakness: "leaves the retirement of old devices to each council",
                        marks: [
                            [4, 4, 3, 4, 4, 4, 4, 4, 4],
                            [5, 5, 5, 4, 4, 5, 5, 5, 4],
                            [4, 4, 4, 5, 5, 4, 4, 4, 4],
                        ],
                        agreed: [4, 5, 4],
                    },
                    QuestionPlan {
                        code: "Q3",
                        title: "Onboarding of new starters and devices",
                        weight: "25",
                        text: "Describe how a new starter receives a ready device within five working days.",
                        minimum_mark: None,
                        strength: "describes each day from request to delivery and holds a buffer stock",
                        weakness: "depends on the manufacturer's delivery times",
                        marks: [
                            [3, 3, 3, 3, 3, 4, 4, 4, 3],
                            [4, 4, 4, 4, 4, 4, 4, 4, 3],
                            [5, 5, 4, 2, 2, 3, 4, 4, 4],
                        ],
                        agreed: [3, 4, 4],
                    },
                    QuestionPlan {
                        code: "Q4",
                        title: "Integration through open APIs",
                        weight: "20",
                        text: "Describe the interfaces to ticket and asset data, and show their documentation.",
                        minimum_mark: None,
                        strength: "publishes its interface documentation and offers a test system from the first day",
                        weakness: "charges for calls above a monthly limit",
                        marks: [
                            [4, 4, 4, 3, 3, 4, 4, 4, 4],
                            [5, 5, 5, 5, 5, 5, 4, 4, 5],
                            [3, 3, 3, 3, 3, 3, 3, 3, 2],
                        ],
                        agreed: [4, 5, 3],
                    },
                ],
            },
            SectionPlan {
                code: "S2",
                title: "Security and resilience",
                weight: "40",
                questions: &[
                    QuestionPlan {
                        code: "Q5",
                        title: "Security management",
                        weight: "40",
                        text: "Describe how the service is run under an information security system, and what is certified.",
                        minimum_mark: Some("2"),
                        strength: "attaches certificates that cover the whole service, with the statement of applicability",
                        weakness: "certifies its hosting but not yet its service desk",
                        marks: [
                            [5, 5, 5, 5, 5, 5, 4, 4, 5],
                            [4, 4, 4, 4, 4, 4, 4, 4, 4],
                            [4, 4, 4, 5, 5, 4, 4, 4, 4],
                        ],
                        agreed: [5, 4, 4],
                    },
                    QuestionPlan {
                        code: "Q6",
                        title: "Major incidents",
                        weight: "33.5",
                        text: "Describe how a major incident that hits all three councils is handled.",
                        minimum_mark: None,
                        strength: "gives each council its own incident lead and shows a rehearsed plan",
                        weakness: "does not say who decides which council is restored first",
                        marks: [
                            [4, 4, 4, 4, 4, 4, 4, 4, 3],
                            [4, 4, 4, 3, 3, 4, 4, 4, 4],
                            [5, 5, 5, 4, 4, 5, 5, 5, 5],
                        ],
                        agreed: [4, 4, 5],
                    },
                    QuestionPlan {
                        code: "Q7",
                        title: "Data protection and UK residency",
                        weight: "26.5",
                        text: "Describe where personal data is stored and from where it is supported.",
                        minimum_mark: Some("2"),
                        strength: "names each site in the United Kingdom and rules out remote support from elsewhere",
                        weakness: "relies on a group company for support at weekends",
                        marks: [
                            [4, 4, 4, 4, 4, 4, 4, 4, 4],
                            [5, 5, 5, 5, 5, 5, 5, 5, 5],
                            [4, 4, 4, 4, 4, 3, 4, 4, 4],
                        ],
                        agreed: [4, 5, 4],
                    },
                ],
            },
        ],
    },
    LotPlan {
        code: "L2",
        title: "Hosting and networks",
        description: "Hosting of the councils' servers, their storage and backup, and managed networks at all sites.",
        price_weight: "50",
        formula: PriceFormula::LowestOverBid,
        bounds: None,
        expected: ("1500000", "3000000"),
        decided: "The lowest bid sets the measure: for hosting the market sets the price, no council has a budget to hold bids against, and all three buy on this published formula elsewhere. A dear bidder’s pound may earn fewer points. If a bid is withdrawn or disregarded, the result is computed anew and both are shown.",
        min_quality: None,
        sections: &[
            SectionPlan {
                code: "S3",
                title: "Delivery",
                weight: "70",
                questions: &[
                    QuestionPlan {
                        code: "Q8",
                        title: "Transition plan for three councils",
                        weight: "50",
                        text: "Describe the move out of three data rooms, with its order, risks and fallbacks.",
                        minimum_mark: Some("2"),
                        strength: "moves the smallest council first, with a fallback for each weekend",
                        weakness: "plans the moves of two councils for the same month",
                        marks: [
                            [3, 3, 3, 4, 4, 3, 3, 3, 3],
                            [4, 4, 4, 4, 4, 4, 5, 5, 4],
                            [4, 4, 4, 4, 4, 4, 4, 4, 4],
                        ],
                        agreed: [3, 4, 4],
                    },
                    QuestionPlan {
                        code: "Q9",
                        title: "Team, skills and partner governance",
                        weight: "28.5",
                        text: "Describe the team, and how the three councils steer it together.",
                        minimum_mark: None,
                        strength: "offers one board with a vote for each council and named engineers",
                        weakness: "names no deputy for its service manager",
                        marks: [
                            [4, 4, 4, 4, 4, 4, 4, 4, 4],
                            [4, 4, 4, 4, 4, 4, 3, 3, 4],
                            [5, 5, 4, 4, 4, 4, 4, 4, 4],
                        ],
                        agreed: [4, 4, 4],
                    },
                    QuestionPlan {
                        code: "Q10",
                        title: "Exit plan and return of data",
                        weight: "21.5",
                        text: "Describe how data is returned and knowledge handed over at the end of the contract.",
                        minimum_mark: None,
                        strength: "returns data in open formats within 20 days and rehearses the exit each year",
                        weakness: "leaves the handover of network documentation open",
                        marks: [
                            [3, 3, 3, 3, 3, 3, 3, 3, 3],
                            [4, 4, 4, 4, 4, 4, 4, 4, 4],
                            [4, 4, 4, 3, 3, 4, 4, 4, 4],
                        ],
                        agreed: [3, 4, 4],
                    },
                ],
            },
            SectionPlan {
                code: "S4",
                title: "Social value",
                weight: "30",
                questions: &[
                    QuestionPlan {
                        code: "Q11",
                        title: "Local jobs and apprenticeships",
                        weight: "57",
                        text: "Describe the jobs and apprenticeships that the contract creates in the three council areas.",
                        minimum_mark: None,
                        strength: "commits to a number of apprentices for each council and year",
                        weakness: "counts jobs that exist already",
                        marks: [
                            [3, 3, 3, 3, 3, 3, 2, 2, 3],
                            [4, 4, 4, 5, 5, 4, 4, 4, 4],
                            [2, 2, 3, 3, 3, 3, 3, 3, 3],
                        ],
                        agreed: [3, 4, 3],
                    },
                    QuestionPlan {
                        code: "Q12",
                        title: "Carbon reduction and reuse",
                        weight: "43",
                        text: "Describe how carbon is measured, reported and reduced, and how equipment is used again.",
                        minimum_mark: None,
                        strength: "measures by a published method and gives two of three retired devices to schools",
                        weakness: "offsets more than it reduces",
                        marks: [
                            [3, 3, 3, 3, 3, 3, 3, 3, 3],
                            [5, 5, 5, 4, 4, 5, 5, 5, 5],
                            [3, 3, 3, 3, 3, 3, 4, 4, 3],
                        ],
                        agreed: [3, 5, 3],
                    },
                ],
            },
        ],
    },
];

/// What a bidder writes in answer to a question: its plan for these marks, in a few sentences.
#[must_use]
pub fn answer(question: &QuestionPlan, bidder: &str, agreed: u8) -> String {
    let lead = format!("{bidder} {}.", question.strength);
    match agreed {
        5 => format!(
            "{lead} Evidence from three councils of the same size is attached, with the names of those who can confirm it."
        ),
        4 => format!("{lead} Evidence from a comparable council is given."),
        _ => format!(
            "{bidder} will agree the details with the councils after award. In outline it {}.",
            question.strength
        ),
    }
}

/// Why a panel member gives a mark.
#[must_use]
pub fn explanation(question: &QuestionPlan, mark: u8) -> String {
    match mark {
        5 => format!("The answer {}. I found nothing missing.", question.strength),
        4 => format!("The answer {}, though it {}.", question.strength, question.weakness),
        3 => format!("The outline is sound, but the answer {} and gives little evidence.", question.weakness),
        _ => format!("The answer {} and gives no evidence that it {}.", question.weakness, question.strength),
    }
}

/// Why the panel agreed a mark.
#[must_use]
pub fn rationale(question: &QuestionPlan, mark: u8) -> String {
    match mark {
        5 => {
            format!("The tender {}, and the evidence for it could be followed throughout.", question.strength)
        }
        4 => format!(
            "The tender {}. It would have scored higher had it not been that it {}.",
            question.strength, question.weakness
        ),
        _ => format!(
            "The tender gives a workable outline. It {} and supports little of what it promises.",
            question.weakness
        ),
    }
}
