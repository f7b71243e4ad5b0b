//! Which steps there are, when each is done, and what is missing.

use entity::person;
use rules::interest::Standing;
use rules::stage::{MailState, Stage};
use rules::words::{ParticipationState, Role, Verdict};

use super::{Step, StepState};
use crate::kernel::clock::{day_text, london_day, london_text};
use crate::overview::facts::{Facts, waiting_text};

/// The steps, in order.
pub(super) fn of(facts: &Facts) -> Vec<Step> {
    vec![
        councils(facts),
        needs(facts),
        agreement(facts),
        tender(facts),
        bids(facts),
        opening(facts),
        marking(facts),
        moderation(facts),
        results(facts),
        decisions(facts),
        telling(facts),
        standstill(facts),
        signing(facts),
    ]
}

/// A step that can be worked at from one stage on and is over, whatever is missing, at another.
struct Frame {
    key: &'static str,
    title: &'static str,
    place: &'static str,
    from: Stage,
    over: Stage,
}

impl Frame {
    fn with(self, facts: &Facts, missing: Vec<String>) -> Step {
        let stage = facts.stage();
        let (state, missing) = if stage >= self.over {
            (StepState::Done, Vec::new())
        } else if stage < self.from {
            (StepState::Later, missing)
        } else if missing.is_empty() {
            (StepState::Done, missing)
        } else {
            (StepState::Now, missing)
        };
        Step { key: self.key, title: self.title, state, missing, place: self.place }
    }
}

/// The same step where only time has to pass.
fn under_way(step: Step) -> Step {
    if step.state == StepState::Now { Step { state: StepState::UnderWay, ..step } } else { step }
}

fn councils(facts: &Facts) -> Step {
    let mut missing: Vec<_> = facts
        .councils
        .iter()
        .filter(|joined| joined.part.state.0 == ParticipationState::Invited)
        .map(|joined| format!("{} has not answered its invitation.", joined.council.name))
        .collect();
    for (role, what) in [
        (Role::PanelMember, "No panel member is named."),
        (Role::Moderator, "No moderator is named."),
        (Role::Approver, "No approver is named."),
    ] {
        if facts.holding(role).next().is_none() {
            missing.push(what.to_owned());
        }
    }
    if facts.holding(Role::Opener).count() < 2 {
        missing.push("Two openers must be named, by default from two councils.".to_owned());
    }
    Frame {
        key: "partners",
        title: "Councils join and people take their roles",
        place: "partners",
        from: Stage::Pooling,
        over: Stage::Scoring,
    }
    .with(facts, missing)
}

fn needs(facts: &Facts) -> Step {
    let mut missing = Vec::new();
    for joined in facts.bound() {
        let name = &joined.council.name;
        if !facts.requirements.contains_key(&joined.council.id) {
            missing.push(format!("{name} has entered no requirements."));
        }
        if facts.lines > 0 && !facts.demanding.contains(&joined.council.id) {
            missing.push(format!("{name} has entered no demand."));
        }
    }
    if facts.lines == 0 {
        missing.push("There are no price schedule lines, so no demand can be entered.".to_owned());
    }
    Frame {
        key: "needs",
        title: "Each council enters its requirements and demand",
        place: "requirements",
        from: Stage::Pooling,
        over: Stage::Published,
    }
    .with(facts, missing)
}

fn agreement(facts: &Facts) -> Step {
    let mut missing = Vec::new();
    let apart: u64 = facts.requirements.values().map(|(_, apart)| apart).sum();
    if apart > 0 {
        missing.push(format!("{apart} requirements are not in the pooled list yet."));
    }
    if facts.pooled == 0 {
        missing.push("The pooled list is empty.".to_owned());
    } else {
        for joined in facts.bound() {
            if joined.part.agreed_pool_version != Some(facts.procurement.pool_version) {
                missing.push(format!("{} has not agreed the pooled list.", joined.council.name));
            }
        }
    }
    let mut place = "requirements";
    if missing.is_empty() {
        missing.push("The coordinator has not agreed the specification.".to_owned());
        place = "settings";
    }
    Frame {
        key: "specification",
        title: "Requirements are merged, and every council agrees",
        place,
        from: Stage::Pooling,
        over: Stage::Tendering,
    }
    .with(facts, missing)
}

fn tender(facts: &Facts) -> Step {
    let mut missing = Vec::new();
    if facts.lots.is_empty() {
        missing.push("There are no lots.".to_owned());
    }
    for lot in &facts.lots {
        if !facts.questions.contains_key(&lot.id) {
            missing.push(format!("Lot {} has no questions.", lot.code));
        }
    }
    if facts.lines_without_lot > 0 && !facts.lots.is_empty() {
        missing.push(format!("{} price schedule lines are in no lot.", facts.lines_without_lot));
    }
    if !facts.has_method {
        missing.push("The method is not set.".to_owned());
    }
    if facts.documents == 0 {
        missing.push("There are no documents.".to_owned());
    }
    if facts.procurement.deadline_at.is_none() {
        missing.push("There is no deadline for bids.".to_owned());
    }
    missing.extend(facts.declaring().into_iter().filter_map(|person| interests(facts, person)));
    missing.push("The tender is not published.".to_owned());
    Frame {
        key: "tender",
        title: "The tender is prepared and published",
        place: "tender",
        from: Stage::Tendering,
        over: Stage::Published,
    }
    .with(facts, missing)
}

/// Whether the deadline has passed.
fn closed(facts: &Facts) -> bool {
    facts.procurement.deadline_at.is_some_and(|deadline| deadline <= facts.now)
}

fn bids(facts: &Facts) -> Step {
    let mut missing = match facts.procurement.deadline_at {
        Some(deadline) if !closed(facts) => {
            vec![format!(
                "Suppliers can submit until {}. Until opening nobody sees how many do.",
                london_text(deadline)
            )]
        }
        _ => Vec::new(),
    };
    if facts.questions_waiting > 0 {
        missing.push(waiting_text(facts.questions_waiting));
    }
    let step = Frame {
        key: "bids",
        title: "Suppliers bid",
        place: "bids",
        from: Stage::Published,
        over: Stage::Scoring,
    };
    under_way(step.with(facts, missing))
}

fn opening(facts: &Facts) -> Step {
    let mut missing = Vec::new();
    let step = Frame {
        key: "opening",
        title: "Two people open the tender box",
        place: "bids",
        from: Stage::Published,
        over: Stage::Scoring,
    };
    if closed(facts) {
        let fresh = facts.now - crate::bidding::opening::CONSENT_LIFETIME;
        let given = facts.consents.iter().filter(|consent| consent.given_at > fresh).count();
        missing.push(format!("{given} of 2 openers have consented."));
        return step.with(facts, missing);
    }
    missing.push("The deadline has not passed.".to_owned());
    let step = step.with(facts, missing);
    // It cannot be worked at before the deadline.
    if step.state == StepState::Now { Step { state: StepState::Later, ..step } } else { step }
}

/// What a person's interests lack before it takes part.
fn interests(facts: &Facts, person: &person::Model) -> Option<String> {
    let name = &person.name;
    match facts.standing(person.id) {
        Standing::Undeclared => Some(format!("{name} has not declared interests.")),
        Standing::DeclareAgain => Some(format!("{name} has not declared interests since the names show.")),
        Standing::ToClear => Some(format!("An interest of {name} waits for clearance by two people.")),
        Standing::Free | Standing::Barred => None,
    }
}

fn marking(facts: &Facts) -> Step {
    let mut missing = Vec::new();
    for person in facts.holding(Role::PanelMember) {
        missing.extend(interests(facts, person));
        if facts.standing(person.id) != Standing::Free {
            continue;
        }
        let open: Vec<_> = facts
            .lots
            .iter()
            .filter(|lot| facts.owes_marks(lot.id, person.id))
            .map(|lot| lot.code.as_str())
            .collect();
        if !open.is_empty() {
            missing.push(format!("{} has not submitted marks for {}.", person.name, open.join(", ")));
        }
    }
    if facts.panel().next().is_none() {
        missing.push("No panel member can mark.".to_owned());
    }
    Frame {
        key: "marking",
        title: "Panel members declare interests and mark alone",
        place: "scoring",
        from: Stage::Scoring,
        over: Stage::Deciding,
    }
    .with(facts, missing)
}

fn moderation(facts: &Facts) -> Step {
    let mut missing = Vec::new();
    for lot in facts.lots.iter().filter(|lot| !facts.locked.contains_key(&lot.id)) {
        let left =
            facts.answers(lot.id).saturating_sub(facts.agreed.get(&lot.id).copied().unwrap_or_default());
        missing.push(if left == 0 {
            format!("The quality of lot {} is not locked.", lot.code)
        } else {
            format!("Lot {}: {left} marks are not agreed yet.", lot.code)
        });
    }
    Frame {
        key: "moderation",
        title: "Marks are agreed, and quality is locked",
        place: "moderation",
        from: Stage::Scoring,
        over: Stage::Deciding,
    }
    .with(facts, missing)
}

/// What was begun about bids after the opening and is not settled: results and decisions may change by it.
fn unsettled(facts: &Facts) -> Vec<String> {
    let mut missing = Vec::new();
    match facts.replies_waiting {
        0 => {}
        1 => missing.push("1 question to one bidder is not settled.".to_owned()),
        more => missing.push(format!("{more} questions to one bidder are not settled.")),
    }
    match facts.corrections_waiting.len() {
        0 => {}
        1 => missing.push("1 correction of a price waits for a second person.".to_owned()),
        more => missing.push(format!("{more} corrections of prices wait for a second person.")),
    }
    match facts.changes_waiting.len() {
        0 => {}
        1 => missing.push("1 change of a locked mark waits for a second person.".to_owned()),
        more => missing.push(format!("{more} changes of locked marks wait for a second person.")),
    }
    match facts.grounds_waiting.len() {
        0 => {}
        1 => missing.push("1 ground against a tender is not decided.".to_owned()),
        more => missing.push(format!("{more} grounds against tenders are not decided.")),
    }
    let outdated = facts.lots.iter().filter(|lot| facts.outdated.contains(&lot.id));
    missing.extend(outdated.map(|lot| {
        format!("Lot {}: a price, a mark or a tender’s outcome changed after the result.", lot.code)
    }));
    missing
}

fn results(facts: &Facts) -> Step {
    let mut missing = unsettled(facts);
    let without = facts.lots.iter().filter(|lot| !facts.with_result.contains(&lot.id));
    missing.extend(without.map(|lot| format!("Lot {} has no result.", lot.code)));
    Frame {
        key: "results",
        title: "Results are computed",
        place: "scoring",
        from: Stage::Scoring,
        over: Stage::Deciding,
    }
    .with(facts, missing)
}

fn decisions(facts: &Facts) -> Step {
    let mut missing = unsettled(facts);
    for lot in facts.lots.iter().filter(|lot| !facts.awards.contains_key(&lot.id)) {
        if !facts.recommendations.contains_key(&lot.id) {
            missing.push(format!("Lot {} has no recommendation.", lot.code));
            continue;
        }
        let before = missing.len();
        for joined in facts.signatories() {
            let name = &joined.council.name;
            match facts.decided(lot.id, joined.council.id).map(|row| row.verdict.0) {
                None => missing.push(format!("{name} has not decided on lot {}.", lot.code)),
                Some(Verdict::Refuse) => missing.push(format!("{name} has refused lot {}.", lot.code)),
                Some(Verdict::Award) => {}
            }
        }
        if missing.len() == before {
            missing.push(format!("Lot {} is decided and not awarded yet.", lot.code));
        }
    }
    Frame {
        key: "decisions",
        title: "Councils decide, and the award is made",
        place: "decision",
        from: Stage::Deciding,
        over: Stage::Awarded,
    }
    .with(facts, missing)
}

fn telling(facts: &Facts) -> Step {
    let mut missing: Vec<_> = MailState::ALL
        .iter()
        .filter_map(|state| {
            let count = facts.letters.get(state)?;
            let letters = if *count == 1 { "award letter" } else { "award letters" };
            Some(format!("{count} {letters}: {}.", state.label().to_lowercase()))
        })
        .collect();
    if facts.stage() < Stage::Awarded {
        missing.push("Letters are written when the award is made.".to_owned());
    }
    Frame {
        key: "letters",
        title: "Every council and bidder is told",
        place: "letters",
        from: Stage::Awarded,
        over: Stage::Contracted,
    }
    .with(facts, missing)
}

fn standstill(facts: &Facts) -> Step {
    let today = london_day(facts.now);
    let mut missing = Vec::new();
    let mut unrecorded = false;
    for lot in &facts.lots {
        match facts.awards.get(&lot.id).map(|award| award.standstill_ends_on) {
            Some(Some(last)) if last < today => {}
            Some(Some(last)) => {
                missing.push(format!(
                    "Lot {}: standstill until the end of {} (s.51).",
                    lot.code,
                    day_text(last)
                ));
            }
            _ => {
                unrecorded = true;
                missing.push(format!("Lot {}: the contract award notice (UK6) is not recorded.", lot.code));
            }
        }
    }
    let step = Frame {
        key: "standstill",
        title: "The notice is published, and the standstill passes",
        place: "decision",
        from: Stage::Awarded,
        over: Stage::Contracted,
    }
    .with(facts, missing);
    if unrecorded { step } else { under_way(step) }
}

fn signing(facts: &Facts) -> Step {
    let mut missing = Vec::new();
    for lot in &facts.lots {
        let unsigned = facts.signatories().filter(|joined| !facts.signed(lot.id, joined.council.id));
        missing.extend(
            unsigned.map(|joined| format!("{} has not signed lot {}.", joined.council.name, lot.code)),
        );
    }
    Frame {
        key: "signing",
        title: "The contract is signed",
        place: "decision",
        from: Stage::Awarded,
        over: Stage::Contracted,
    }
    .with(facts, missing)
}
