//! What waits for a person, over all procurements, by role and stage.

mod after_opening;
mod interests;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{Word, council, participation, procurement, procurement_role};
use rules::interest::Standing;
use rules::stage::{MailState, Stage};
use rules::words::{Part, ParticipationState, Role};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::facts::{Facts, Joined};
use crate::bidding::opening::CONSENT_LIFETIME;
use crate::kernel::clock::{london_day, london_text};
use crate::kernel::{Action, Reading, Refusal};
use crate::tendering::extension;

/// Procurements whose tasks are looked for: the latest of those that are not over.
const MOST_PROCUREMENTS: u64 = 100;

/// Something that waits for the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// A stable word for it.
    pub kind: &'static str,
    /// What is to be done.
    pub title: String,
    /// More about it; may be empty.
    pub hint: String,
    /// The procurement and its title; none for tasks of the site.
    pub procurement: Option<(Uuid, String)>,
    /// The page where it is done.
    pub href: String,
    /// Until when, where there is a deadline.
    pub due_at: Option<DateTime<Utc>>,
}

/// When a task is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// Its deadline has passed.
    Overdue,
    /// Within seven days.
    ThisWeek,
    /// Later.
    Later,
    /// It has no deadline: as soon as it can be.
    Open,
}

impl Task {
    /// When it is due, seen from an instant.
    #[must_use]
    pub fn when(&self, now: DateTime<Utc>) -> When {
        match self.due_at {
            None => When::Open,
            Some(due) if due < now => When::Overdue,
            Some(due) if due < now + TimeDelta::days(7) => When::ThisWeek,
            Some(_) => When::Later,
        }
    }
}

/// What waits for the person who calls, most urgent first.
pub async fn list(r: &Reading) -> Result<Vec<Task>, Refusal> {
    r.caller().needs(Action::Read)?;
    let person = r.caller().person()?.clone();
    let council = person.council_id.filter(|_| !person.outsider);
    let mut tasks = Vec::new();
    if person.site_administrator && council::Entity::find().count(r.txn()).await? == 0 {
        tasks.push(Task {
            kind: "add_councils",
            title: "Add the councils that will buy together".to_owned(),
            hint: "Then invite an administrator for each.".to_owned(),
            procurement: None,
            href: "/administration".to_owned(),
            due_at: None,
        });
    }
    for procurement in procurements(r, person.id, council).await? {
        let facts = Facts::read(r, procurement).await?;
        let roles: Vec<_> = facts
            .holders
            .iter()
            .filter(|holder| holder.person.id == person.id)
            .map(|holder| holder.role)
            .collect();
        let mut waiting = Waiting { facts: &facts, person: person.id, council, roles, tasks: Vec::new() };
        waiting.collect();
        tasks.append(&mut waiting.tasks);
    }
    let now = r.now();
    tasks.sort_by_key(|task| (task.when(now), task.due_at));
    Ok(tasks)
}

/// The procurements the person has a part in and that are not over, the latest first.
async fn procurements(
    r: &Reading,
    person: Uuid,
    council: Option<Uuid>,
) -> Result<Vec<procurement::Model>, Refusal> {
    let held: Vec<Uuid> = procurement_role::Entity::find()
        .select_only()
        .column(procurement_role::Column::ProcurementId)
        .filter(procurement_role::Column::PersonId.eq(person))
        .into_tuple()
        .all(r.txn())
        .await?;
    let mut any = Condition::any().add(procurement::Column::Id.is_in(held));
    if let Some(council) = council {
        let joined: Vec<Uuid> = participation::Entity::find()
            .select_only()
            .column(participation::Column::ProcurementId)
            .filter(participation::Column::CouncilId.eq(council))
            .filter(participation::Column::State.ne(Word(ParticipationState::Declined)))
            .into_tuple()
            .all(r.txn())
            .await?;
        any = any.add(procurement::Column::Id.is_in(joined));
    }
    let rows = procurement::Entity::find()
        .filter(any)
        .filter(procurement::Column::Stage.ne(Word(Stage::Contracted)))
        .order_by_desc(procurement::Column::Id)
        .limit(MOST_PROCUREMENTS)
        .all(r.txn())
        .await?;
    Ok(rows)
}

/// What waits in one procurement for one person.
struct Waiting<'a> {
    facts: &'a Facts,
    person: Uuid,
    council: Option<Uuid>,
    roles: Vec<Role>,
    tasks: Vec<Task>,
}

impl Waiting<'_> {
    fn add(&mut self, kind: &'static str, title: impl Into<String>, hint: impl Into<String>, place: &str) {
        let procurement = &self.facts.procurement;
        self.tasks.push(Task {
            kind,
            title: title.into(),
            hint: hint.into(),
            procurement: Some((procurement.id, procurement.title.clone())),
            href: format!("/procurements/{}/{place}", procurement.id),
            due_at: None,
        });
    }

    fn holds(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    fn own(&self) -> Option<&Joined> {
        self.facts.councils.iter().find(|joined| Some(joined.council.id) == self.council)
    }

    fn collect(&mut self) {
        self.for_council();
        if !matches!(self.facts.stage(), Stage::Pooling | Stage::Awarded | Stage::Contracted) {
            self.interests();
        }
        match self.facts.stage() {
            Stage::Pooling => self.pooling(),
            Stage::Tendering => self.tendering(),
            Stage::Published => self.published(),
            Stage::Scoring => {
                self.scoring();
                self.after_opening();
            }
            Stage::Deciding => {
                self.deciding();
                self.after_opening();
            }
            Stage::Awarded => self.awarded(),
            Stage::Contracted => {}
        }
    }

    /// What every officer of the council can do.
    fn for_council(&mut self) {
        let facts = self.facts;
        let stage = facts.stage();
        let Some(own) = self.own() else { return };
        let (id, part) = (own.council.id, own.part.clone());
        if part.state.0 == ParticipationState::Invited {
            if stage <= Stage::Published {
                self.add(
                    "answer_invitation",
                    "Accept or decline the invitation",
                    "For your council",
                    "partners",
                );
            }
            return;
        }
        if part.part.0 == Part::NamedOption || stage > Stage::Tendering {
            return;
        }
        if stage == Stage::Pooling && !facts.requirements.contains_key(&id) {
            let hint = "By page, by spreadsheet or by your council’s own system";
            self.add("enter_requirements", "Enter your council’s requirements", hint, "requirements");
        }
        if facts.lines > 0 && !facts.demanding.contains(&id) {
            let hint = format!("Volumes for {} lines", facts.lines);
            self.add("enter_demand", "Enter your council’s demand", hint, "demand");
        }
        let agreed = part.agreed_pool_version == Some(facts.procurement.pool_version);
        let apart: u64 = facts.requirements.values().map(|(_, apart)| apart).sum();
        if stage == Stage::Pooling && facts.pooled > 0 && apart == 0 && !agreed {
            let hint = format!("{} pooled requirements, as they stand now", facts.pooled);
            self.add("agree_pooled_list", "Agree the pooled list for your council", hint, "requirements");
        }
    }

    fn pooling(&mut self) {
        if !self.holds(Role::Coordinator) {
            return;
        }
        let facts = self.facts;
        if facts.councils.len() < 2 {
            self.add("invite_partners", "Invite the partner councils", "", "partners");
        }
        if facts.lines == 0 {
            self.add(
                "add_lines",
                "Enter the price schedule lines",
                "Councils then enter their demand",
                "demand",
            );
        }
        let apart: u64 = facts.requirements.values().map(|(_, apart)| apart).sum();
        if apart > 0 {
            let hint = format!("{apart} left");
            self.add("merge_requirements", "Merge requirements into the pooled list", hint, "requirements");
        }
        let version = Some(facts.procurement.pool_version);
        let agreed = facts.bound().all(|joined| joined.part.agreed_pool_version == version);
        if facts.pooled > 0 && apart == 0 && agreed {
            let hint = "Every council has agreed the pooled list";
            self.add("agree_specification", "Agree the specification", hint, "settings");
        }
    }

    fn tendering(&mut self) {
        if self.holds(Role::Coordinator) {
            let hint = "The check says what is missing, all at once";
            self.add("publish", "Prepare and publish the tender", hint, "tender");
        }
    }

    fn published(&mut self) {
        let facts = self.facts;
        let Some(deadline) = facts.procurement.deadline_at else { return };
        self.extension();
        if self.holds(Role::Coordinator) && facts.questions_waiting > 0 {
            let title = match facts.questions_waiting {
                1 => "1 question waits for an answer".to_owned(),
                more => format!("{more} questions wait for an answer"),
            };
            let hint = "Bidders need it before the deadline; it can be published until the opening";
            self.add("answer_questions", title, hint, "clarifications");
            if let Some(task) = self.tasks.last_mut() {
                task.due_at = Some(deadline);
            }
        }
        if !self.holds(Role::Opener) {
            return;
        }
        let waits = facts.undecided_late.iter().filter(|given| !given.contains(&self.person)).count();
        if waits > 0 {
            let hint = format!("Late submissions that wait for your word: {waits}");
            self.add("decide_late", "Decide on what came late", hint, "bids/late");
            if let Some(task) = self.tasks.last_mut() {
                task.due_at = Some(deadline + CONSENT_LIFETIME);
            }
        }
        let fresh = facts.now - CONSENT_LIFETIME;
        let given = facts.consents.iter().any(|row| row.person_id == self.person && row.given_at > fresh);
        if given {
            return;
        }
        let hint = format!("With a second person, from {} on", london_text(deadline));
        self.add("open_box", "Open the tender box", hint, "bids");
        if let Some(task) = self.tasks.last_mut() {
            task.due_at = Some(deadline + CONSENT_LIFETIME);
        }
    }

    /// An extension of the deadline waits for those who may be its second person.
    fn extension(&mut self) {
        let facts = self.facts;
        let Some(waiting) = &facts.extension else { return };
        let approved_by_others = facts.holding(Role::Approver).any(|person| person.id != waiting.proposed_by);
        let may = if approved_by_others {
            self.holds(Role::Approver)
        } else {
            self.holds(Role::Opener) && self.council != Some(waiting.proposed_council_id)
        };
        if !may || self.person == waiting.proposed_by {
            return;
        }
        let hint = format!("To {}, proposed by the coordinator", london_text(waiting.to_deadline));
        let place = format!("tender/extensions/{}", waiting.id);
        self.add("confirm_extension", "Confirm the extension of the deadline", hint, &place);
        if let Some(task) = self.tasks.last_mut() {
            task.due_at = Some(extension::terms(waiting).lapses_at());
        }
    }

    fn scoring(&mut self) {
        let facts = self.facts;
        let (marks, moderates) = (self.holds(Role::PanelMember), self.holds(Role::Moderator));
        if (marks || moderates) && facts.standing(self.person) != Standing::Free {
            return;
        }
        for lot in facts.lots.iter().filter(|lot| !facts.locked.contains_key(&lot.id)) {
            let (answers, code) = (facts.answers(lot.id), &lot.code);
            let own =
                facts.to_mark(lot.id, self.person).filter(|_| !facts.sheets.contains(&(lot.id, self.person)));
            if let Some((own, given)) = own.filter(|_| marks) {
                match own.saturating_sub(given) {
                    0 => self.add("submit_marks", format!("Submit your marks for lot {code}"), "", "scoring"),
                    left => {
                        self.add(
                            "mark",
                            format!("Mark lot {code}"),
                            format!("{left} of {own} left"),
                            "scoring",
                        );
                    }
                }
            }
            let all_in = facts.panel().next().is_some()
                && facts.panel().all(|person| !facts.owes_marks(lot.id, person.id));
            if !all_in {
                continue;
            }
            let agreed = facts.agreed.get(&lot.id).copied().unwrap_or_default();
            match answers.saturating_sub(agreed) {
                0 if moderates || self.holds(Role::Coordinator) => {
                    let hint = "Prices show only afterwards";
                    self.add("lock_quality", format!("Lock the quality of lot {code}"), hint, "moderation");
                }
                left if moderates && left > 0 => {
                    let hint = format!("{left} of {answers} left");
                    self.add("moderate", format!("Agree the marks of lot {code}"), hint, "moderation");
                }
                _ => {}
            }
        }
        if self.holds(Role::Coordinator) {
            for lot in facts.lots.iter().filter(|lot| facts.locked.contains_key(&lot.id)) {
                if !facts.with_result.contains(&lot.id) {
                    let title = format!("Compute the result of lot {}", lot.code);
                    self.add("compute_result", title, "", "scoring/results");
                }
            }
        }
    }

    fn deciding(&mut self) {
        let facts = self.facts;
        let signs = facts.signatories().any(|joined| Some(joined.council.id) == self.council);
        for lot in facts.lots.iter().filter(|lot| !facts.awards.contains_key(&lot.id)) {
            let (code, place) = (&lot.code, format!("decision?lot={}", lot.id));
            if !facts.recommendations.contains_key(&lot.id) {
                if self.holds(Role::Coordinator) {
                    self.add("recommend", format!("Recommend an award for lot {code}"), "", &place);
                }
                continue;
            }
            if let Some(council) = self.council.filter(|_| signs && self.holds(Role::Approver))
                && facts.decided(lot.id, council).is_none()
            {
                let title = format!("Record your council’s decision on lot {code}");
                self.add("decide", title, "With body, minute and dates", &place);
            }
            let ready = facts.signatories().all(|joined| {
                let decided = facts.decided(lot.id, joined.council.id);
                decided.is_some_and(|row| row.verdict.0 == rules::words::Verdict::Award)
            });
            if ready && self.holds(Role::Coordinator) {
                let hint = "Every council that signs has decided; all are told in the same step";
                self.add("award", format!("Award lot {code}"), hint, &place);
            }
        }
    }

    fn awarded(&mut self) {
        let facts = self.facts;
        if self.holds(Role::Coordinator) {
            for (state, what) in [
                (MailState::Failed, "The mail server refused them: tell the recipients otherwise"),
                (MailState::Expired, "No mail server took them: tell the recipients otherwise"),
                (MailState::Withheld, "Release them, or tell the recipients otherwise"),
            ] {
                if let Some(count) = facts.letters.get(&state) {
                    let title = format!("See to {count} award letters: {}", state.label().to_lowercase());
                    self.add("letters", title, what, &format!("letters?state={state}"));
                }
            }
            for lot in &facts.lots {
                if facts.awards.get(&lot.id).is_some_and(|award| award.notice_on.is_none()) {
                    let title = format!("Publish and record the award notice for lot {}", lot.code);
                    let hint = "UK6; the standstill begins with the day it is published (s.51)";
                    self.add("notice", title, hint, &format!("decision?lot={}", lot.id));
                }
            }
        }
        let today = london_day(facts.now);
        let Some(council) = self.council.filter(|_| self.holds(Role::Approver)) else { return };
        if !facts.signatories().any(|joined| joined.council.id == council) {
            return;
        }
        for lot in &facts.lots {
            let over = facts.awards.get(&lot.id).and_then(|award| award.standstill_ends_on);
            if over.is_some_and(|last| last < today) && !facts.signed(lot.id, council) {
                let title = format!("Record your council’s signature for lot {}", lot.code);
                self.add("sign", title, "The standstill is over", &format!("decision?lot={}", lot.id));
            }
        }
    }
}
