//! What the stages hold about one procurement, read once. The caller has been let in by the operation that asks; nothing
//! here tells of a bid before the tender box is opened, because there are no bid rows before.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use entity::{
    Word, award, bid, consensus, council, criterion, deadline_extension, decision, demand, document,
    interest, lot, mark, method, opening_consent, outbox_message, pack, participation, person,
    pooled_requirement, procurement, procurement_role, quality_lock, recommendation, requirement, result,
    schedule_line, score_sheet, signature, submission,
};
use rules::stage::{MailState, Stage};
use rules::words::{ContractingModel, Interest, Part, ParticipationState, Role};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::kernel::{Reading, Refusal};
use crate::pooling::participation::signs;
use crate::tendering::extension;

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
    /// How many bids are marked in each lot: those for it that were not withdrawn.
    pub(super) bids: HashMap<Uuid, u64>,
    pub(super) interests: HashMap<Uuid, Interest>,
    /// Who has submitted which lot's marks.
    pub(super) sheets: HashSet<(Uuid, Uuid)>,
    /// How many marks a person has given in a lot.
    pub(super) marks: HashMap<(Uuid, Uuid), u64>,
    /// How many marks of record a lot has.
    pub(super) agreed: HashMap<Uuid, u64>,
    /// When the quality of a lot was locked.
    pub(super) locked: HashMap<Uuid, DateTime<Utc>>,
    pub(super) with_result: HashSet<Uuid>,
    /// Lots a price of which was corrected since their result.
    pub(super) outdated: HashSet<Uuid>,
    /// How many questions to one bidder wait for somebody to read the reply, or to record that none came.
    pub(super) replies_waiting: u64,
    /// Who proposed the corrections of prices that wait for a second person.
    pub(super) corrections_waiting: Vec<Uuid>,
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

fn whole(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
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
            requirements: requirements(r, id).await?,
            pooled: counted!(r, id, pooled_requirement),
            lines_without_lot: lines.iter().filter(|line| line.lot_id.is_none()).count() as u64,
            lines: lines.len() as u64,
            demanding: demanding.into_iter().collect(),
            questions: questions(r, id).await?,
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
            undecided_late: if published { undecided_late(r, id).await? } else { Vec::new() },
            bids: bids(r, id).await?,
            interests: rows!(r, id, interest)
                .into_iter()
                .map(|row| (row.person_id, row.interest.0))
                .collect(),
            sheets: rows!(r, id, score_sheet).into_iter().map(|row| (row.lot_id, row.person_id)).collect(),
            marks: marks(r, id).await?,
            agreed: agreed(r, id).await?,
            locked: rows!(r, id, quality_lock).into_iter().map(|row| (row.lot_id, row.locked_at)).collect(),
            with_result: with_result(r, id).await?,
            outdated: outdated(r, &lots).await?,
            replies_waiting: crate::bidding::addressed::view::waiting(r, id).await?,
            corrections_waiting: crate::bidding::correction::view::awaiting_approval(r, id).await?,
            recommendations: rows!(r, id, recommendation).into_iter().map(|row| (row.lot_id, row)).collect(),
            decisions: rows!(r, id, decision),
            awards: awards.into_iter().map(|row| (row.lot_id, row)).collect(),
            signatures,
            letters: letters(r, id).await?,
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

    /// The panel members who count: a barred one has no access (DOMAIN rule 12).
    pub(super) fn panel(&self) -> impl Iterator<Item = &person::Model> {
        self.holding(Role::PanelMember)
            .filter(|person| self.interests.get(&person.id) != Some(&Interest::Barred))
    }

    /// How many answers each panel member marks in a lot.
    pub(super) fn answers(&self, lot: Uuid) -> u64 {
        let of = |counts: &HashMap<Uuid, u64>| counts.get(&lot).copied().unwrap_or_default();
        of(&self.bids) * of(&self.questions)
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

async fn requirements(r: &Reading, id: Uuid) -> Result<HashMap<Uuid, (u64, u64)>, Refusal> {
    use requirement::Column;
    let rows: Vec<(Uuid, i64, i64)> = requirement::Entity::find()
        .select_only()
        .column(Column::CouncilId)
        .column_as(Column::Id.count(), "entered")
        .column_as(Column::PooledId.count(), "pooled")
        .filter(Column::ProcurementId.eq(id))
        .group_by(Column::CouncilId)
        .into_tuple()
        .all(r.txn())
        .await?;
    Ok(rows.into_iter().map(|(council, all, pooled)| (council, (whole(all), whole(all - pooled)))).collect())
}

async fn questions(r: &Reading, id: Uuid) -> Result<HashMap<Uuid, u64>, Refusal> {
    use criterion::Column;
    let rows: Vec<(Uuid, i64)> = criterion::Entity::find()
        .select_only()
        .column(Column::LotId)
        .column_as(Column::Id.count(), "questions")
        .filter(Column::ProcurementId.eq(id))
        .filter(Column::Question.is_not_null())
        .group_by(Column::LotId)
        .into_tuple()
        .all(r.txn())
        .await?;
    Ok(rows.into_iter().map(|(lot, count)| (lot, whole(count))).collect())
}

/// A bid is marked in the lots it is for, unless it was withdrawn; before the opening there is none.
async fn bids(r: &Reading, id: Uuid) -> Result<HashMap<Uuid, u64>, Refusal> {
    let rows = rows!(r, id, bid);
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let standing: HashSet<Uuid> = submission::Entity::find()
        .select_only()
        .column(submission::Column::Id)
        .filter(submission::Column::Id.is_in(rows.iter().map(|row| row.submission_id)))
        .filter(submission::Column::WithdrawnAt.is_null())
        .into_tuple()
        .all(r.txn())
        .await?
        .into_iter()
        .collect();
    let standing: Vec<Uuid> =
        rows.iter().filter(|row| standing.contains(&row.submission_id)).map(|row| row.id).collect();
    let (_, pack) = crate::tendering::pack::current(r, id).await?;
    let mut counts = HashMap::new();
    for lots in crate::bidding::bid::lots_bid_for(r, &pack, &standing).await?.into_values() {
        for lot in lots.iter().filter_map(|lot| lot.parse::<Uuid>().ok()) {
            *counts.entry(lot).or_default() += 1;
        }
    }
    Ok(counts)
}

/// Who has given a word on each undecided late submission.
async fn undecided_late(r: &Reading, id: Uuid) -> Result<Vec<Vec<Uuid>>, Refusal> {
    let late = crate::bidding::late::undecided(r, id, r.now()).await?;
    Ok(late.into_iter().map(|(_, given)| given).collect())
}

async fn marks(r: &Reading, id: Uuid) -> Result<HashMap<(Uuid, Uuid), u64>, Refusal> {
    use mark::Column;
    let rows: Vec<(Uuid, Uuid, i64)> = mark::Entity::find()
        .select_only()
        .column(Column::LotId)
        .column(Column::PersonId)
        .column_as(Column::Id.count(), "marks")
        .filter(Column::ProcurementId.eq(id))
        .filter(Column::Current.eq(true))
        .group_by(Column::LotId)
        .group_by(Column::PersonId)
        .into_tuple()
        .all(r.txn())
        .await?;
    Ok(rows.into_iter().map(|(lot, person, count)| ((lot, person), whole(count))).collect())
}

async fn agreed(r: &Reading, id: Uuid) -> Result<HashMap<Uuid, u64>, Refusal> {
    use consensus::Column;
    let rows: Vec<(Uuid, i64)> = consensus::Entity::find()
        .select_only()
        .column(Column::LotId)
        .column_as(Column::Id.count(), "agreed")
        .filter(Column::ProcurementId.eq(id))
        .filter(Column::Current.eq(true))
        .group_by(Column::LotId)
        .into_tuple()
        .all(r.txn())
        .await?;
    Ok(rows.into_iter().map(|(lot, count)| (lot, whole(count))).collect())
}

async fn with_result(r: &Reading, id: Uuid) -> Result<HashSet<Uuid>, Refusal> {
    let lots: Vec<Uuid> = result::Entity::find()
        .select_only()
        .column(result::Column::LotId)
        .distinct()
        .filter(result::Column::ProcurementId.eq(id))
        .into_tuple()
        .all(r.txn())
        .await?;
    Ok(lots.into_iter().collect())
}

async fn outdated(r: &Reading, lots: &[lot::Model]) -> Result<HashSet<Uuid>, Refusal> {
    let mut found = HashSet::new();
    for lot in lots {
        if crate::scoring::result::is_outdated(r, lot.id).await? {
            found.insert(lot.id);
        }
    }
    Ok(found)
}

async fn letters(r: &Reading, id: Uuid) -> Result<HashMap<MailState, u64>, Refusal> {
    use outbox_message::Column;
    let rows: Vec<(Word<MailState>, i64)> = outbox_message::Entity::find()
        .select_only()
        .column(Column::State)
        .column_as(Column::Id.count(), "letters")
        .filter(Column::ProcurementId.eq(id))
        .filter(Column::Sealed.eq(false))
        .filter(Column::Event.starts_with("award:"))
        .filter(Column::State.is_not_in([MailState::Accepted, MailState::Served].map(Word)))
        .group_by(Column::State)
        .into_tuple()
        .all(r.txn())
        .await?;
    Ok(rows.into_iter().map(|(state, count)| (state.0, whole(count))).collect())
}
