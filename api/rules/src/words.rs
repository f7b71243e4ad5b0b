//! The closed vocabularies of the field: every value that is one of a few words, with the text it is stored and sent as.

/// Declares an enum whose values are stored, sent and read as fixed lower-case words.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal, $label:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vmeta])* $variant,)+ }
        impl $name {
            /// All values, in the order in which people expect to read them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];
            /// The word as stored and sent.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $text,)+ } }
            /// The words a person reads on a page.
            #[must_use]
            pub const fn label(self) -> &'static str { match self { $(Self::$variant => $label,)+ } }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }
        impl std::str::FromStr for $name {
            type Err = $crate::words::UnknownWord;
            fn from_str(text: &str) -> Result<Self, $crate::words::UnknownWord> {
                match text { $($text => Ok(Self::$variant),)+ _ => Err($crate::words::UnknownWord { expected: &[$($text,)+] }) }
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { s.serialize_str(self.as_str()) }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use words;

/// A word outside its vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownWord {
    /// The words that were possible.
    pub expected: &'static [&'static str],
}

impl std::fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "expected one of: {}", self.expected.join(", "))
    }
}

impl std::error::Error for UnknownWord {}

/// Several as a sentence has them: `a`, `a or b`, `a, b or c`.
#[must_use]
pub fn listed<T: AsRef<str>>(items: &[T], joint: &str) -> String {
    match items {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [most @ .., last] => {
            let most: Vec<&str> = most.iter().map(AsRef::as_ref).collect();
            format!("{} {joint} {}", most.join(", "), last.as_ref())
        }
    }
}

words! {
    /// The procedure by which a contract is awarded (PA23 s.20 and others). Only routes that work end to end are offered.
    Route {
        /// Open procedure, one round, anyone may bid (PA23 s.20(2)(a)).
        Open = "open", "Open procedure";
    }
}
words! {
    /// Who signs the contract.
    ContractingModel {
        /// Each lead or core council signs its own contract.
        EachSigns = "each_signs", "Each council signs its own contract";
        /// The lead signs for all.
        LeadForAll = "lead_for_all", "The lead signs for all councils";
    }
}
words! {
    /// A council's part in a procurement.
    Part {
        /// Runs the procurement.
        Lead = "lead", "Lead council";
        /// Bound by the award.
        Core = "core", "Core partner";
        /// May call off later; never blocks.
        NamedOption = "named_option", "Named option";
    }
}
words! {
    /// How far a council has come in joining.
    ParticipationState {
        /// Asked, not answered.
        Invited = "invited", "Invited";
        /// Joined.
        Accepted = "accepted", "Accepted";
        /// Refused.
        Declined = "declined", "Declined";
    }
}
words! {
    /// The power by which a council lets another act for it.
    DelegationInstrument {
        /// LGA 2000 s.9EA with the 2012 Regulations (executive functions).
        Executive = "lga2000_s9ea", "Local Government Act 2000 s.9EA and the 2012 Regulations";
        /// LGA 1972 s.101.
        Section101 = "lga1972_s101", "Local Government Act 1972 s.101";
        /// A joint committee.
        JointCommittee = "joint_committee", "Joint committee";
        /// The council's scheme of delegation to officers.
        OfficerScheme = "officer_scheme", "Officer scheme of delegation";
        /// No function is delegated; the lead is only an agent.
        AgencyOnly = "agency_only", "Agency only, no delegation";
    }
}
words! {
    /// How firmly a council commits to buy.
    Commitment {
        /// Will buy through the contract.
        Firm = "firm", "Firm";
        /// Expects to.
        Indicative = "indicative", "Indicative";
    }
}
words! {
    /// A person's part in one procurement.
    Role {
        /// Runs the procurement for the lead.
        Coordinator = "coordinator", "Coordinator";
        /// Marks bids.
        PanelMember = "panel_member", "Panel member";
        /// Reads answers for prices before the panel sees them, and does not mark.
        Clearer = "clearer", "Reader for prices";
        /// Agrees consensus marks with the panel.
        Moderator = "moderator", "Moderator";
        /// One of the people who open the tender box.
        Opener = "opener", "Opener";
        /// Records decisions for a council.
        Approver = "approver", "Approver";
        /// Reads.
        Observer = "observer", "Observer";
    }
}
words! {
    /// The kinds of requirement that ICT procurements hold.
    RequirementType {
        /// What it does.
        Functional = "functional", "Functional";
        /// How well it does it.
        NonFunctional = "non_functional", "Non-functional";
        /// What it connects to.
        Integration = "integration", "Integration";
        /// How it is protected.
        Security = "security", "Security";
        /// What it keeps.
        Data = "data", "Data";
        /// Who can use it.
        Accessibility = "accessibility", "Accessibility";
        /// How it is helped.
        Support = "support", "Support";
        /// How it is left.
        Exit = "exit", "Exit";
    }
}
words! {
    /// How much a requirement matters.
    Moscow {
        /// Needed.
        Must = "must", "Must";
        /// Important.
        Should = "should", "Should";
        /// Welcome.
        Could = "could", "Could";
        /// Not this time.
        Wont = "wont", "Won't";
    }
}
words! {
    /// How firm a volume is. Firm and indicative volumes are priced, ceilings never (METHODS 7).
    Firmness {
        /// Will be bought.
        Firm = "firm", "Firm";
        /// Is expected to be bought.
        Indicative = "indicative", "Indicative";
        /// The most that may be bought.
        Ceiling = "ceiling", "Ceiling";
    }
}
words! {
    /// How a price schedule line is charged.
    Charge {
        /// Paid once for each unit.
        OneOff = "one_off", "One-off";
        /// Paid for each unit in each contract year.
        Recurring = "recurring", "Recurring, per year";
    }
}
words! {
    /// What suppliers owe on a price line, and whether its price counts (DOMAIN section 6: mandatory options are part of the
    /// evaluated price, optional items are not).
    Obligation {
        /// Bought with the contract: must be priced, and counts.
        Required = "required", "Required: must be priced, and counts";
        /// Bought only if the councils decide so later: must be priced, and counts.
        MandatoryOption = "mandatory_option", "Mandatory option: must be priced and counts, and may be bought later";
        /// May be left out, and never counts.
        Optional = "optional", "Optional item: may be left out, and never counts";
    }
}
words! {
    /// A supplier's answer to a requirement, as published with the pack.
    ResponseCode {
        /// Fully out of the box.
        Full = "F", "Fully, out of the box";
        /// By configuration.
        Configuration = "C", "By configuration";
        /// In part.
        Partial = "P", "Partially";
        /// By custom development.
        Custom = "X", "By custom development";
        /// Through a third party.
        ThirdParty = "T", "Through a third party";
        /// On the roadmap, with a date.
        Roadmap = "R", "On the roadmap, with a date";
        /// Not met.
        NotMet = "N", "Not met";
    }
}
words! {
    /// What a supplier says of a price line.
    Offer {
        /// A unit price is given.
        Priced = "priced", "Priced";
        /// Provided without a charge of its own.
        Included = "included", "Included at no charge";
        /// Not provided.
        NotOffered = "not_offered", "Not offered";
    }
}
words! {
    /// A published rule that turns evaluated prices into points (METHODS 1.1). The absolute one stands first: it is the default.
    PriceFormula {
        /// Points fall in a straight line from target to ceiling, whatever others bid.
        BenchmarkLinear = "benchmark_linear", "Absolute: straight line from target to ceiling";
        /// Points are the lowest price over the bid's price.
        LowestOverBid = "lowest_over_bid", "Relative: lowest price over the bid's price";
        /// Points fall in a straight line from the lowest price to a multiple of it.
        LinearFromLowest = "linear_from_lowest", "Relative: straight line from the lowest price to a multiple of it";
        /// Points fall in a straight line from the lowest price to the highest.
        LinearMinMax = "linear_min_max", "Relative: straight line from the lowest price to the highest";
        /// Points fall in a straight line through the mean price.
        LinearMean = "linear_mean", "Relative: straight line through the mean price";
    }
}
words! {
    /// Which bids' prices make the reference of a relative formula (DOMAIN rule 8).
    BaseSet {
        /// Bids past every gate.
        Eligible = "eligible", "Bids past every gate";
        /// Bids that did not fail and were not withdrawn or disregarded.
        Compliant = "compliant", "Compliant bids";
        /// Bids that were not withdrawn or disregarded.
        Submitted = "submitted", "All submitted bids";
    }
}
words! {
    /// Whether bids are compared on exact or on rounded totals.
    RankOn {
        /// On the exact total.
        Exact = "exact", "Exact totals";
        /// On the total rounded to the published decimals.
        Rounded = "rounded", "Rounded totals";
    }
}
words! {
    /// A published way to part bids with equal totals.
    TieBreak {
        /// The lower evaluated price.
        LowerPrice = "lower_price", "Lower evaluated price";
        /// The higher quality points.
        HigherQuality = "higher_quality", "Higher quality points";
    }
}
words! {
    /// What a panel member declares of its interests (PA23 s.81-83).
    Interest {
        /// No conflict.
        Nothing = "none", "No interest to declare";
        /// An interest that mitigation makes acceptable.
        Mitigated = "mitigated", "Interest declared, access with mitigation";
        /// No access to this procurement.
        Barred = "barred", "Barred from this procurement";
    }
}
words! {
    /// Why a bid is not ranked in a lot.
    Exclusion {
        /// The bidder withdrew.
        Withdrawn = "withdrawn", "Withdrawn";
        /// It is disregarded on a ground of the law: [`crate::outcome`].
        Disregarded = "disregarded", "Disregarded";
        /// A disqualifying line was not met or a mandatory price is missing.
        Failed = "failed", "Does not meet requirements";
        /// Quality under the published minimum.
        BelowMinQuality = "below_min_quality", "Below the minimum quality";
    }
}
words! {
    /// A council's decision on an award.
    Verdict {
        /// Accept the recommendation.
        Award = "award", "Award as recommended";
        /// Do not award.
        Refuse = "refuse", "Do not award";
    }
}
words! {
    /// Where the text that answers a question was written.
    AnswerOrigin {
        /// In a cell of the bid workbook.
        Workbook = "workbook", "In the bid workbook";
        /// On the supplier's page.
        Typed = "typed", "Typed on the supplier’s page";
    }
}
words! {
    /// A part of a bid's answer to a question, which a bidder can mark as confidential (PA23 s.94).
    BidPart {
        /// The text.
        Answer = "answer", "The answer";
        /// The document.
        Document = "document", "The document";
    }
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn names_are_listed_as_people_do() {
        assert_eq!(listed::<&str>(&[], "and"), "");
        assert_eq!(listed(&["a"], "and"), "a");
        assert_eq!(listed(&["a", "b"], "or"), "a or b");
        assert_eq!(listed(&["a", "b", "c"], "and"), "a, b and c");
    }
}
