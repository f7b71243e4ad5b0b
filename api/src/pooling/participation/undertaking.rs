//! What a council promises and by which power: delegation, commitment, ceiling.

use chrono::NaiveDate;
use entity::{Word, participation};
use rules::exact::Exact;
use rules::money::Pence;
use rules::words::{Commitment, DelegationInstrument, Part};
use sea_orm::UpdateMany;
use sea_orm::sea_query::Expr;
use serde_json::{Value, json};
use uuid::Uuid;

use super::text_hash;
use crate::kernel::clock::london_day;
use crate::kernel::{Faults, Reading, Refusal};

/// What a council enters when it joins. The lead, which delegates to nobody, leaves out the delegation.
#[derive(Clone, Debug, Default)]
pub struct UndertakingInput {
    /// The power by which it lets the lead act.
    pub instrument: Option<String>,
    /// The minute or reference of the delegation.
    pub minute: Option<String>,
    /// The day the delegation was given, `2027-03-31`.
    pub delegated_on: Option<String>,
    /// The last day of the delegation, if it ends.
    pub delegation_expires_on: Option<String>,
    /// The most the delegation covers, net, in pounds.
    pub delegation_cap_net: Option<String>,
    /// Whether the lead may also decide the award for it.
    pub delegates_award: bool,
    /// `firm` or `indicative`.
    pub commitment: String,
    /// The most it will spend over the term, net, in pounds. A named option may leave it out.
    pub ceiling_net: Option<String>,
    /// Its share of costs that no volume divides, a number from 0; 1 where it is left out.
    pub shared_cost_weight: Option<String>,
}

/// The fields in the order in which the page asks for them.
const FIELDS: [&str; 9] = [
    "instrument",
    "minute",
    "delegated_on",
    "delegation_expires_on",
    "delegation_cap_net",
    "delegates_award",
    "commitment",
    "ceiling_net",
    "shared_cost_weight",
];

/// What a council promises, read and checked.
#[derive(Debug)]
pub(super) struct Undertaking {
    instrument: Option<DelegationInstrument>,
    minute: Option<String>,
    delegated_on: Option<NaiveDate>,
    delegation_expires_on: Option<NaiveDate>,
    delegation_cap_net: Option<Pence>,
    delegates_award: bool,
    commitment: Commitment,
    ceiling_net: Option<Pence>,
    shared_cost_weight: Exact,
    /// The weight as it was written: `2.5` reads better than `5/2`.
    weight_as_written: String,
}

/// Reads what was entered for this part, by the day it is in London.
pub(super) fn check(r: &Reading, part: Part, input: &UndertakingInput) -> Result<Undertaking, Refusal> {
    check_on(london_day(r.now()), part, input)
}

fn check_on(today: NaiveDate, part: Part, input: &UndertakingInput) -> Result<Undertaking, Refusal> {
    let mut faults = Faults::new();
    let given = input.instrument.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let weight = input.shared_cost_weight.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let weight = weight.unwrap_or("1");
    let undertaking = Undertaking {
        instrument: given.map(|word| faults.word("instrument", word, DelegationInstrument::AgencyOnly)),
        minute: faults.optional("minute", input.minute.as_deref(), 200),
        delegated_on: faults.optional_date("delegated_on", input.delegated_on.as_deref()),
        delegation_expires_on: faults
            .optional_date("delegation_expires_on", input.delegation_expires_on.as_deref()),
        delegation_cap_net: faults.optional_money("delegation_cap_net", input.delegation_cap_net.as_deref()),
        delegates_award: input.delegates_award,
        commitment: faults.word("commitment", &input.commitment, Commitment::Indicative),
        ceiling_net: faults.optional_money("ceiling_net", input.ceiling_net.as_deref()),
        shared_cost_weight: faults.exact("shared_cost_weight", weight),
        weight_as_written: weight.to_owned(),
    };
    if part == Part::Lead {
        undertaking.must_not_delegate(&mut faults);
    } else {
        undertaking.must_delegate(today, &mut faults);
    }
    undertaking.must_count(part, input, &mut faults);
    faults.in_order(&FIELDS);
    faults.done()?;
    Ok(undertaking)
}

impl Undertaking {
    /// The lead acts for itself.
    fn must_not_delegate(&self, faults: &mut Faults) {
        let nothing = [
            ("instrument", self.instrument.is_none()),
            ("minute", self.minute.is_none()),
            ("delegated_on", self.delegated_on.is_none()),
            ("delegation_expires_on", self.delegation_expires_on.is_none()),
            ("delegation_cap_net", self.delegation_cap_net.is_none()),
            ("delegates_award", !self.delegates_award),
        ];
        for (field, holds) in nothing {
            faults.require(
                holds,
                field,
                "lead_delegates_to_nobody",
                "Leave this out: the lead council delegates to nobody.",
            );
        }
    }

    fn must_delegate(&self, today: NaiveDate, faults: &mut Faults) {
        faults.require(
            self.instrument.is_some(),
            "instrument",
            "missing",
            "Choose the power by which your council lets the lead act.",
        );
        faults.require(
            self.minute.is_some(),
            "minute",
            "missing",
            "Enter the minute or reference of the delegation.",
        );
        faults.require(
            self.delegated_on.is_some(),
            "delegated_on",
            "missing",
            "Enter the day on which the delegation was given.",
        );
        faults.require(
            self.delegated_on.is_none_or(|day| day <= today),
            "delegated_on",
            "in_the_future",
            "The delegation must have been given: enter today or an earlier day.",
        );
        let begins = self.delegated_on.unwrap_or(today).max(today);
        faults.require(
            self.delegation_expires_on.is_none_or(|day| day >= begins),
            "delegation_expires_on",
            "expired",
            "The delegation must be in force: enter today or a later day, or leave it out.",
        );
        let only_agent = self.instrument == Some(DelegationInstrument::AgencyOnly);
        faults.require(
            !(only_agent && self.delegates_award),
            "delegates_award",
            "nothing_delegated",
            "An agent cannot decide the award: choose a delegation, or decide it yourselves.",
        );
    }

    fn must_count(&self, part: Part, input: &UndertakingInput, faults: &mut Faults) {
        let said = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
        faults.require(
            self.ceiling_net.is_some() || said(&input.ceiling_net) || part == Part::NamedOption,
            "ceiling_net",
            "missing",
            "Enter the most your council will spend over the term, without VAT.",
        );
        // An amount that could not be read stands at nothing and has its fault already.
        for (field, amount, text) in [
            ("ceiling_net", self.ceiling_net, &input.ceiling_net),
            ("delegation_cap_net", self.delegation_cap_net, &input.delegation_cap_net),
        ] {
            let readable = text.as_deref().is_some_and(|text| Pence::entered(text).is_ok());
            faults.require(
                !readable || amount.is_none_or(|amount| amount > Pence(0)),
                field,
                "not_positive",
                "Enter an amount above nothing.",
            );
        }
        faults.require(
            !self.shared_cost_weight.is_negative(),
            "shared_cost_weight",
            "negative",
            "Enter a number from 0, such as 1 or 2.5.",
        );
    }

    /// Ceilings count towards the value that the tender notice stated, so they stand from publication on.
    pub(super) fn must_keep_what_was_published(&self, before: &participation::Model) -> Result<(), Refusal> {
        let mut faults = Faults::new();
        let weight = before.shared_cost_weight.parse::<Exact>().map_err(|fault| Refusal::internal(&fault))?;
        let kept = [
            ("commitment", before.commitment == Some(Word(self.commitment))),
            ("ceiling_net", before.ceiling_pence == self.ceiling_net.map(|amount| amount.0)),
            ("shared_cost_weight", weight == self.shared_cost_weight),
        ];
        for (field, holds) in kept {
            faults.require(
                holds,
                field,
                "published",
                "This stands as published. Only the delegation can still be renewed.",
            );
        }
        faults.done()
    }

    /// Adds every field to an update.
    pub(super) fn write(
        &self,
        update: UpdateMany<participation::Entity>,
    ) -> UpdateMany<participation::Entity> {
        use participation::Column;
        update
            .col_expr(Column::Instrument, Expr::value(self.instrument.map(Word)))
            .col_expr(Column::Minute, Expr::value(self.minute.clone()))
            .col_expr(Column::DelegatedOn, Expr::value(self.delegated_on))
            .col_expr(Column::DelegationExpiresOn, Expr::value(self.delegation_expires_on))
            .col_expr(Column::DelegationCapPence, Expr::value(self.delegation_cap_net.map(|amount| amount.0)))
            .col_expr(Column::DelegatesAward, Expr::value(self.delegates_award))
            .col_expr(Column::Commitment, Expr::value(Word(self.commitment)))
            .col_expr(Column::CeilingPence, Expr::value(self.ceiling_net.map(|amount| amount.0)))
            .col_expr(Column::SharedCostWeight, Expr::value(self.weight_as_written.as_str()))
    }

    /// The facts for the ledger.
    pub(super) fn facts(&self, council_id: Uuid) -> Value {
        json!({
            "council": council_id,
            "instrument": self.instrument.map(DelegationInstrument::as_str),
            "minute": self.minute.as_deref().map(|minute| text_hash(council_id, minute)),
            "delegated_on": self.delegated_on.map(|day| day.to_string()),
            "delegation_expires_on": self.delegation_expires_on.map(|day| day.to_string()),
            "delegation_cap_pence": self.delegation_cap_net.map(|amount| amount.0),
            "delegates_award": self.delegates_award,
            "commitment": self.commitment.as_str(),
            "ceiling_pence": self.ceiling_net.map(|amount| amount.0),
            "shared_cost_weight": self.shared_cost_weight.to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn whole() -> UndertakingInput {
        UndertakingInput {
            instrument: Some("lga1972_s101".to_owned()),
            minute: Some("Cabinet 12 January 2027, item 7".to_owned()),
            delegated_on: Some("2027-01-12".to_owned()),
            delegation_expires_on: Some("2029-01-12".to_owned()),
            delegation_cap_net: Some("500000.00".to_owned()),
            delegates_award: true,
            commitment: "firm".to_owned(),
            ceiling_net: Some("400,000.00".to_owned()),
            shared_cost_weight: None,
        }
    }

    fn today() -> NaiveDate {
        "2027-02-01".parse().unwrap()
    }

    fn faulty(part: Part, input: &UndertakingInput) -> Vec<String> {
        let refusal = check_on(today(), part, input).unwrap_err();
        refusal.fields.into_iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn a_partner_states_power_minute_and_day_and_a_ceiling() {
        let undertaking = check_on(today(), Part::Core, &whole()).unwrap();
        assert_eq!(undertaking.ceiling_net, Some(Pence(40_000_000)));
        assert_eq!(undertaking.shared_cost_weight, Exact::from(1), "an equal share unless said otherwise");
        let nothing = UndertakingInput { commitment: "firm".to_owned(), ..UndertakingInput::default() };
        assert_eq!(faulty(Part::Core, &nothing), ["instrument", "minute", "delegated_on", "ceiling_net"]);
        assert_eq!(faulty(Part::NamedOption, &nothing), ["instrument", "minute", "delegated_on"]);
    }

    #[test]
    fn faults_are_told_in_the_order_of_the_page() {
        let unread = UndertakingInput {
            delegation_cap_net: Some("lots".to_owned()),
            commitment: String::new(),
            ..UndertakingInput::default()
        };
        let order =
            ["instrument", "minute", "delegated_on", "delegation_cap_net", "commitment", "ceiling_net"];
        assert_eq!(faulty(Part::Core, &unread), order);
    }

    #[test]
    fn a_delegation_is_in_force_today() {
        let tomorrow = UndertakingInput { delegated_on: Some("2027-02-02".to_owned()), ..whole() };
        assert_eq!(faulty(Part::Core, &tomorrow), ["delegated_on"]);
        let over = UndertakingInput { delegation_expires_on: Some("2027-01-31".to_owned()), ..whole() };
        assert_eq!(faulty(Part::Core, &over), ["delegation_expires_on"]);
        let last_day = UndertakingInput { delegation_expires_on: Some("2027-02-01".to_owned()), ..whole() };
        assert!(check_on(today(), Part::Core, &last_day).is_ok());
    }

    #[test]
    fn an_agent_decides_no_award_and_the_lead_delegates_to_nobody() {
        let agent = UndertakingInput { instrument: Some("agency_only".to_owned()), ..whole() };
        assert_eq!(faulty(Part::Core, &agent), ["delegates_award"]);
        let lead = faulty(Part::Lead, &whole());
        assert_eq!(lead.len(), 6, "every part of a delegation is refused: {lead:?}");
    }

    #[test]
    fn amounts_are_positive_and_each_is_told_once() {
        let zero = UndertakingInput {
            ceiling_net: Some("0".to_owned()),
            delegation_cap_net: Some("lots".to_owned()),
            shared_cost_weight: Some("-1".to_owned()),
            ..whole()
        };
        assert_eq!(faulty(Part::Core, &zero), ["delegation_cap_net", "ceiling_net", "shared_cost_weight"]);
    }
}
