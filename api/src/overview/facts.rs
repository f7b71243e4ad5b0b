//! What the stages hold about one procurement, read once. The caller has been let in by the operation that asks; nothing
//! here tells of a bid before the tender box is opened, because there are no bid rows before.

mod counts;

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use entity::{
    Word, award, council, deadline_extension, decision, demand, document, lot, method, opening_consent, pack,
    participation, person, pooled_requirement, procurement, procurement_role, quality_lock, recommendation,
    schedule_line, score_sheet, signature,
};
use rules::interest::Standing;
use rules::pack::PackLot;
use rules::stage::{MailState, Stage};
use rules::words::{ContractingModel, Part, ParticipationState, Role};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::kernel::{Reading, Refusal};
use crate::pooling::participation::signs;
use crate::scoring::assignment::{self, Current};
use crate::tendering::extension;
use crate::tendering::interest::standing::{self, Last};

/// A council and its part.
#[derive(Clone, Debug)]
pub(super) struct Joined {
    pub(super) council: council::Model,
    pub(super) part: participation::Model,
}

/// A person and one of his or her parts.
#[derive(Clone, Debug)]
pub(super) struct Holder {
    pub(super) role: Role,
    pub(super) person: person::Model,
}

/// Everything the steps and tasks are derived from.
pub(super) struct Facts {
    pub(super) now: DateTime<Utc>,
    pub(super) procurement: procurement::Model,
    /// The councils that have not declined, the lead first, then by name.
    pub(super) councils: Vec<Joined>,
    /// By role, then by name.
    pub(super) holders: Vec<Holder>,
    /// How many requirements each council has entered, and how many of them are not pooled.
    pub(super) requirements: HashMap<Uuid, (u64, u64)>,
    pub(super) pooled: u64,
    pub(super) lines: u64,
    pub(super) lines_without_lot: u64,
    /// Councils that have entered demand.
    pub(super) demanding: HashSet<Uuid>,
    pub(super) lots: Vec<lot::Model>,
    /// Scored questions of each lot.
    pub(super) questions: HashMap<Uuid, u64>,
    pub(super) has_method: bool,
    pub(super) documents: u64,
    pub(super) pack: Option<pack::Model>,
    /// How many questions of bidders wait for an answer.
    pub(super) questions_waiting: u64,
    pub(super) consents: Vec<opening_consent::Model>,
    /// The extension of the deadline that waits for its second person.
    pub(super) extension: Option<deadline_extension::Model>,
    /// Undecided late submissions, each with those whose word on it waits for a second one. For openers only.
    pub(super) undecided_late: Vec<Vec<Uuid>>,
    /// How many bids are marked in each lot: those for it that were not withdrawn or disregarded.
    pub(super) bids: HashMap<Uuid, u64>,
    /// What was declared of people's interests last.
    interests: BTreeMap<Uuid, Last>,
    /// Who has submitted which lot's marks.
    pub(super) sheets: HashSet<(Uuid, Uuid)>,
    /// How many marks a person has given in a lot, question by question.
    marks: HashMap<(Uuid, Uuid), Vec<(String, u64)>>,
    /// The lots that are divided among the panel.
    divided: BTreeMap<Uuid, (PackLot, Current)>,
    /// How many marks of record a lot has.
    pub(super) agreed: HashMap<Uuid, u64>,
    /// When the quality of a lot was locked.
    pub(super) locked: HashMap<Uuid, DateTime<Utc>>,
    pub(super) with_result: HashSet<Uuid>,
    /// Lots whose result is not of the prices, marks and tenders that count now.
    pub(super) outdated: HashSet<Uuid>,
    /// How many questions to one bidder wait for somebody to read the reply, or to record that none came.
    pub(super) replies_waiting: u64,
    /// Parts of bids that somebody has yet to read for prices.
    pub(super) unread: usize,
    /// Who proposed the corrections of prices that wait for a second person.
    pub(super) corrections_waiting: Vec<Uuid>,
    /// Who proposed the changes of locked marks that wait for a second person.
    pub(super) changes_waiting: Vec<Uuid>,
    /// The grounds against tenders that wait: who raised each, and whether a second person may decide now.
    pub(super) grounds_waiting: Vec<(Uuid, bool)>,
    pub(super) recommendations: HashMap<Uuid, recommendation::Model>,
    pub(super) decisions: Vec<decision::Model>,
    pub(super) awards: HashMap<Uuid, award::Model>,
    pub(super) signatures: Vec<signature::Model>,
    /// Letters of awards that are neither accepted nor served, by state.
    pub(super) letters: HashMap<MailState, u64>,
}

/// Counts rows of a table that belong to the procurement.
macro_rules! counted {
    ($r:expr, $id:expr, $table:ident) => {
        $table::Entity::find().filter($table::Column::ProcurementId.eq($id)).count($r.txn()).await?
    };
}

/// Reads rows of a table that belong to the procurement.
macro_rules! rows {
    ($r:expr, $id:expr, $table:ident) => {
        $table::Entity::find().filter($table::Column::ProcurementId.eq($id)).all($r.txn()).await?
    };
}

/// How many questions of bidders wait, as a sentence.
pub(super) fn waiting_text(questions: u64) -> String {
    match questions {
        1 => "1 question of a bidder waits for an answer.".to_owned(),
        more => format!("{more} questions of bidders wait for an answer."),
    }
}

impl Facts {
    /// Reads what there is.
    pub(super) async fn read(r: &Reading, procurement: procurement::Model) -> Result<Self, Refusal> {
        let id = procurement.id;
        let published = procurement.stage.0 == Stage::Published;
        let lines = rows!(r, id, schedule_line);
        let demanding: Vec<Uuid> = demand::Entity::find()
            .select_only()
            .column(demand::Column::CouncilId)
            .distinct()
            .filter(demand::Column::ProcurementId.eq(id))
            .into_tuple()
            .all(r.txn())
            .await?;
        let awards = rows!(r, id, award);
        let signatures = if awards.is_empty() {
            Vec::new()
        } else {
            signature::Entity::find()
                .filter(signature::Column::AwardId.is_in(awards.iter().map(|award| award.id)))
                .all(r.txn())
                .await?
        };
        let lots = lot::Entity::find()
            .filter(lot::Column::ProcurementId.eq(id))
            .order_by_asc(lot::Column::Position)
            .all(r.txn())
            .await?;
        Ok(Self {
            now: r.now(),
            councils: councils(r, id).await?,
            holders: holders(r, id).await?,
            requirements: counts::requirements(r, id).await?,
            pooled: counted!(r, id, pooled_requirement),
            lines_without_lot: lines.iter().filter(|line| line.lot_id.is_none()).count() as u64,
            lines: lines.len() as u64,
            demanding: demanding.into_iter().collect(),
            questions: counts::questions(r, id).await?,
            has_method: method::Entity::find_by_id(id).one(r.txn()).await?.is_some(),
            documents: counted!(r, id, document),
            pack: pack::Entity::find()
                .filter(pack::Column::ProcurementId.eq(id))
                .order_by_desc(pack::Column::Number)
                .one(r.txn())
                .await?,
            questions_waiting: crate::bidding::clarification::view::waiting(r, id).await?,
            consents: rows!(r, id, opening_consent),
            extension: if published { extension::waiting(r, id, r.now()).await? } else { None },
            undecided_late: if published { counts::undecided_late(r, id).await? } else { Vec::new() },
            bids: counts::bids(r, id).await?,
            interests: standing::all(r, id).await?,
            sheets: rows!(r, id, score_sheet).into_iter().map(|row| (row.lot_id, row.person_id)).collect(),
            marks: counts::marks(r, id).await?,
            divided: assignment::divided(r, id).await?,
            agreed: counts::agreed(r, id).await?,
            locked: rows!(r, id, quality_lock).into_iter().map(|row| (row.lot_id, row.locked_at)).collect(),
            with_result: counts::with_result(r, id).await?,
            outdated: counts::outdated(r, &lots).await?,
            replies_waiting: crate::bidding::addressed::view::waiting(r, id).await?,
            unread: counts::unread(r, &procurement).await?,
            corrections_waiting: crate::bidding::correction::view::awaiting_approval(r, id).await?,
            changes_waiting: counts::changes_waiting(r, id).await?,
            grounds_waiting: counts::grounds_waiting(r, id).await?,
            recommendations: rows!(r, id, recommendation).into_iter().map(|row| (row.lot_id, row)).collect(),
            decisions: rows!(r, id, decision),
            awards: awards.into_iter().map(|row| (row.lot_id, row)).collect(),
            signatures,
            letters: counts::letters(r, id).await?,
            lots,
            procurement,
        })
    }

    /// The stage it stands at.
    pub(super) fn stage(&self) -> Stage {
        self.procurement.stage.0
    }

    /// The councils that have joined.
    pub(super) fn accepted(&self) -> impl Iterator<Item = &Joined> {
        self.councils.iter().filter(|joined| joined.part.state.0 == ParticipationState::Accepted)
    }

    /// The councils that are bound by what is agreed: lead and core.
    pub(super) fn bound(&self) -> impl Iterator<Item = &Joined> {
        self.accepted().filter(|joined| joined.part.part.0 != Part::NamedOption)
    }

    /// The councils that decide and sign (DOMAIN rule 11).
    pub(super) fn signatories(&self) -> impl Iterator<Item = &Joined> {
        let model: ContractingModel = self.procurement.contracting_model.0;
        self.accepted().filter(move |joined| signs(model, joined.part.part.0))
    }

    /// The people with a role.
    pub(super) fn holding(&self, role: Role) -> impl Iterator<Item = &person::Model> {
        self.holders.iter().filter(move |holder| holder.role == role).map(|holder| &holder.person)
    }

    /// What somebody's declarations of interest open now.
    pub(super) fn standing(&self, person: Uuid) -> Standing {
        let last = self.interests.get(&person).map(Last::declaration);
        rules::interest::standing(last.as_ref(), self.procurement.opened_at.is_some())
    }

    /// Whether somebody has cleared a person's last declaration.
    pub(super) fn has_cleared(&self, person: Uuid, by: Uuid) -> bool {
        let cleared = |last: &Last| last.clearances.iter().any(|row| row.person_id == by);
        self.interests.get(&person).is_some_and(cleared)
    }

    /// Everybody with a part in which interests are declared, once each.
    pub(super) fn declaring(&self) -> Vec<&person::Model> {
        let mut people: Vec<&person::Model> = Vec::new();
        for holder in self.holders.iter().filter(|holder| standing::declares(&[holder.role])) {
            if people.iter().all(|person| person.id != holder.person.id) {
                people.push(&holder.person);
            }
        }
        people
    }

    /// The panel members who count: a barred one has no access (DOMAIN rule 12).
    pub(super) fn panel(&self) -> impl Iterator<Item = &person::Model> {
        self.holding(Role::PanelMember).filter(|person| self.standing(person.id) != Standing::Barred)
    }

    /// How many answers a lot has.
    pub(super) fn answers(&self, lot: Uuid) -> u64 {
        let of = |counts: &HashMap<Uuid, u64>| counts.get(&lot).copied().unwrap_or_default();
        of(&self.bids) * of(&self.questions)
    }

    /// How many answers of a lot a panel member marks, and how many of them it has marked. Nothing where none is assigned to it.
    pub(super) fn to_mark(&self, lot: Uuid, person: Uuid) -> Option<(u64, u64)> {
        let bids = self.bids.get(&lot).copied().unwrap_or_default();
        let questions = match self.divided.get(&lot) {
            None => self.questions.get(&lot).copied().unwrap_or_default(),
            Some((published, current)) => {
                current.assignment.questions(published, &person.to_string()).len() as u64
            }
        };
        let own = |question: &str| {
            let divided = self.divided.get(&lot);
            divided.is_none_or(|(published, current)| current.marks(published, question, person))
        };
        let given = self.marks.get(&(lot, person)).into_iter().flatten();
        let given = given.filter(|(question, _)| own(question)).map(|(_, count)| count).sum();
        (questions > 0).then_some((bids * questions, given))
    }

    /// Whether a panel member has yet to hand in marks of a lot.
    pub(super) fn owes_marks(&self, lot: Uuid, person: Uuid) -> bool {
        self.to_mark(lot, person).is_some() && !self.sheets.contains(&(lot, person))
    }

    /// Whether a council's decision on a lot is to award, on the recommendation as it stands.
    pub(super) fn decided(&self, lot: Uuid, council: Uuid) -> Option<&decision::Model> {
        let standing = self.recommendations.get(&lot)?;
        self.decisions.iter().find(|row| {
            row.lot_id == lot
                && row.council_id == council
                && row.recommendation_id == standing.id
                && row.recommendation_version == standing.version
        })
    }

    /// Whether a council has signed for a lot.
    pub(super) fn signed(&self, lot: Uuid, council: Uuid) -> bool {
        self.awards.get(&lot).is_some_and(|award| {
            self.signatures.iter().any(|row| row.award_id == award.id && row.council_id == council)
        })
    }
}

async fn councils(r: &Reading, id: Uuid) -> Result<Vec<Joined>, Refusal> {
    let parts = participation::Entity::find()
        .filter(participation::Column::ProcurementId.eq(id))
        .filter(participation::Column::State.ne(Word(ParticipationState::Declined)))
        .all(r.txn())
        .await?;
    let rows = council::Entity::find()
        .filter(council::Column::Id.is_in(parts.iter().map(|part| part.council_id)))
        .all(r.txn())
        .await?;
    let mut by_id: HashMap<_, _> = rows.into_iter().map(|row| (row.id, row)).collect();
    let mut joined: Vec<_> = parts
        .into_iter()
        .filter_map(|part| Some(Joined { council: by_id.remove(&part.council_id)?, part }))
        .collect();
    joined.sort_by_key(|one| (one.part.part.0 != Part::Lead, one.council.name.clone()));
    Ok(joined)
}

async fn holders(r: &Reading, id: Uuid) -> Result<Vec<Holder>, Refusal> {
    let roles = rows!(r, id, procurement_role);
    let people = person::Entity::find()
        .filter(person::Column::Id.is_in(roles.iter().map(|row| row.person_id)))
        .all(r.txn())
        .await?;
    let by_id: HashMap<_, _> = people.into_iter().map(|row| (row.id, row)).collect();
    let mut holders: Vec<_> = roles
        .into_iter()
        .filter_map(|row| Some(Holder { role: row.role.0, person: by_id.get(&row.person_id)?.clone() }))
        .collect();
    holders.sort_by_key(|holder| (holder.role, holder.person.name.clone()));
    Ok(holders)
}
