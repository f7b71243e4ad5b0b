//! The late box: submissions received at or after the deadline. They lie sealed and get a receipt that says so; before the
//! opening two people decide on each ([`decision`]), and the box of those in time is not opened while one is undecided
//! (DOMAIN rule 14).
//!
//! *What shows.* Before the opening not even the number or the names of bidders in time may show (DOMAIN rule 1). But the
//! rules ask for a decision on each late submission before anything is opened, so that nobody decides knowing what it would
//! compete with; and nobody can decide on what it does not know of. So that there are late submissions shows, with an id and
//! the time of receipt of each, to openers alone. Whose they are, their numbers and their hashes show to nobody: a decision
//! about a time and an outage needs none of it, and a name would invite favour. After the opening everybody who may see the
//! list of bids sees them with their suppliers and the words that were given; a refused one's content stays sealed for ever.

mod decision;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::{Word, council, invitation, late_decision, late_word, submission, supplier};
use rules::late::{LateState, LateVerdict};
use rules::words::Role;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::two_people::{self, CONSENT_LIFETIME};
use super::{bid, invitation as invitations};
use crate::kernel::access::Scope;
use crate::kernel::{Action, Paging, Reading, Refusal, Slice, access};
use crate::people::person;

pub use decision::{WordInput, give_word, take_back_word};

/// The most late submissions a bidder leaves. Each must be decided by two people: a bidder that went on for ever would keep
/// the tender box shut for ever.
pub const MOST_OF_A_BIDDER: u64 = 10;

/// One person's word on a late submission.
#[derive(Clone, Debug)]
pub struct GivenWord {
    /// Who.
    pub person_id: Uuid,
    /// The person's name.
    pub name: String,
    /// The council it was given for.
    pub council: String,
    /// Admit or refuse.
    pub verdict: LateVerdict,
    /// Why.
    pub reason: String,
    /// The log of an outage, where there was one.
    pub outage: Option<String>,
    /// When.
    pub given_at: DateTime<Utc>,
}

/// A late submission, as far as the caller may see it.
#[derive(Clone, Debug)]
pub struct LateSubmission {
    /// Its id.
    pub id: Uuid,
    /// When it was received.
    pub received_at: DateTime<Utc>,
    /// Where it stands.
    pub state: LateState,
    /// The words that count, oldest first.
    pub words: Vec<GivenWord>,
    /// Counts the words given and taken back; 0 before the first.
    pub version: i64,
    /// Whether the caller may give its word now.
    pub may_give_word: bool,
    /// Why not, before the opening.
    pub hindrance: Option<String>,
    /// The submission and who sent it: only after the opening.
    pub opened: Option<(submission::Model, supplier::Model)>,
}

/// The late submissions, in the order they came: to openers before the opening, to whoever sees bids after it.
pub async fn list(
    r: &Reading,
    procurement_id: Uuid,
    paging: &Paging,
) -> Result<Slice<LateSubmission>, Refusal> {
    let scope = entrance(r, procurement_id).await?;
    let mut query = of_procurement(procurement_id);
    if let Some(after) = paging.after_key::<Uuid>()? {
        query = query.filter(submission::Column::Id.gt(after));
    }
    let rows = query.order_by_asc(submission::Column::Id).limit(paging.limit + 1).all(r.txn()).await?;
    let slice = paging.cut(rows, |row| row.id.to_string());
    Ok(Slice { items: described(r, &scope, slice.items).await?, next: slice.next })
}

/// Every late submission, for the record of the opening. The caller has been let in by the operation that asks.
pub(super) async fn all(r: &Reading, scope: &Scope) -> Result<Vec<LateSubmission>, Refusal> {
    let rows = of_procurement(scope.id()).order_by_asc(submission::Column::Id).all(r.txn()).await?;
    described(r, scope, rows).await
}

/// One late submission, for the same people.
pub async fn one(r: &Reading, procurement_id: Uuid, id: Uuid) -> Result<LateSubmission, Refusal> {
    let scope = entrance(r, procurement_id).await?;
    let row = row_of(r, procurement_id, id).await?;
    let mut one = described(r, &scope, vec![row]).await?;
    one.pop().ok_or_else(|| Refusal::not_found("late submission"))
}

fn of_procurement(procurement_id: Uuid) -> sea_orm::Select<submission::Entity> {
    submission::Entity::find()
        .filter(submission::Column::ProcurementId.eq(procurement_id))
        .filter(submission::Column::Late.eq(true))
}

async fn entrance(r: &Reading, procurement_id: Uuid) -> Result<Scope, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    if scope.is_opened() {
        return bid::opened(r, procurement_id).await;
    }
    scope.must_hold(Role::Opener)?;
    Ok(scope)
}

async fn row_of(r: &Reading, procurement_id: Uuid, id: Uuid) -> Result<submission::Model, Refusal> {
    of_procurement(procurement_id)
        .filter(submission::Column::Id.eq(id))
        .one(r.txn())
        .await?
        .ok_or_else(|| Refusal::not_found("late submission"))
}

async fn decision_of(r: &Reading, id: Uuid) -> Result<Option<late_decision::Model>, Refusal> {
    Ok(late_decision::Entity::find_by_id(id).one(r.txn()).await?)
}

/// The words on these submissions, oldest first.
async fn words_on(
    r: &Reading,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<late_word::Model>, Refusal> {
    Ok(late_word::Entity::find()
        .filter(late_word::Column::SubmissionId.is_in(ids))
        .order_by_asc(late_word::Column::GivenAt)
        .all(r.txn())
        .await?)
}

/// Whether a word still waits for a second one: for a day, and while its giver is an opener. Words that made a decision
/// stand with it.
fn waits(word: &late_word::Model, now: DateTime<Utc>, openers: &[Uuid]) -> bool {
    word.given_at > now - CONSENT_LIFETIME && openers.contains(&word.person_id)
}

async fn opener_ids(r: &Reading, procurement_id: Uuid) -> Result<Vec<Uuid>, Refusal> {
    let roles = two_people::openers(r, procurement_id).await?;
    Ok(roles.into_iter().map(|role| role.person_id).collect())
}

async fn described(
    r: &Reading,
    scope: &Scope,
    rows: Vec<submission::Model>,
) -> Result<Vec<LateSubmission>, Refusal> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let decisions: HashMap<Uuid, late_decision::Model> = late_decision::Entity::find()
        .filter(late_decision::Column::SubmissionId.is_in(ids.iter().copied()))
        .all(r.txn())
        .await?
        .into_iter()
        .map(|row| (row.submission_id, row))
        .collect();
    let openers = opener_ids(r, scope.id()).await?;
    let mut words = words_on(r, ids).await?;
    let state = |id: Uuid| decisions.get(&id).map_or(LateState::Undecided, |row| row.state.0);
    words.retain(|word| state(word.submission_id) != LateState::Undecided || waits(word, r.now(), &openers));
    let names = Names::of(r, &words).await?;
    let mut senders = if scope.is_opened() { senders(r, &rows).await? } else { HashMap::new() };
    let mut described = Vec::with_capacity(rows.len());
    for row in rows {
        let own: Vec<_> = words.iter().filter(|word| word.submission_id == row.id).collect();
        let hindrance = if scope.is_opened() {
            None
        } else {
            decision::hindrance(r, scope, state(row.id), &own).await.err().map(|refusal| refusal.detail)
        };
        described.push(LateSubmission {
            id: row.id,
            received_at: row.received_at,
            state: state(row.id),
            words: own.into_iter().map(|word| names.given(word)).collect(),
            version: decisions.get(&row.id).map_or(0, |decision| decision.version),
            may_give_word: !scope.is_opened() && hindrance.is_none(),
            hindrance,
            opened: senders.remove(&row.id).map(|supplier| (row, supplier)),
        });
    }
    Ok(described)
}

/// Who sent each submission.
async fn senders(r: &Reading, rows: &[submission::Model]) -> Result<HashMap<Uuid, supplier::Model>, Refusal> {
    let invitations = invitation::Entity::find()
        .filter(invitation::Column::Id.is_in(rows.iter().map(|row| row.invitation_id)))
        .all(r.txn())
        .await?;
    let suppliers = invitations::suppliers_of(r, invitations.iter().map(|row| row.supplier_id)).await?;
    let mut senders = HashMap::new();
    for row in rows {
        let sender = invitations.iter().find(|invitation| invitation.id == row.invitation_id);
        let sender = sender.ok_or_else(|| Refusal::internal(&"a submission lost its invitation"))?;
        senders.insert(row.id, invitations::named(&suppliers, sender.supplier_id)?);
    }
    Ok(senders)
}

/// The names behind words.
struct Names {
    people: HashMap<Uuid, String>,
    councils: HashMap<Uuid, String>,
}

impl Names {
    async fn of(r: &Reading, words: &[late_word::Model]) -> Result<Self, Refusal> {
        let councils = council::Entity::find()
            .filter(council::Column::Id.is_in(words.iter().map(|word| word.council_id)))
            .all(r.txn())
            .await?;
        Ok(Self {
            people: person::names(r, words.iter().map(|word| word.person_id)).await?,
            councils: councils.into_iter().map(|row| (row.id, row.name)).collect(),
        })
    }

    fn given(&self, word: &late_word::Model) -> GivenWord {
        GivenWord {
            person_id: word.person_id,
            name: self.people.get(&word.person_id).cloned().unwrap_or_default(),
            council: self.councils.get(&word.council_id).cloned().unwrap_or_default(),
            verdict: word.verdict.0,
            reason: word.reason.clone(),
            outage: word.outage.clone(),
            given_at: word.given_at,
        }
    }
}

/// The late submissions that are undecided at an instant, each with the people whose word on it waits for a second one.
/// Unauthorised: it shows to openers only.
pub(crate) async fn undecided(
    r: &Reading,
    procurement_id: Uuid,
    now: DateTime<Utc>,
) -> Result<Vec<(Uuid, Vec<Uuid>)>, Refusal> {
    let late: Vec<Uuid> = of_procurement(procurement_id)
        .order_by_asc(submission::Column::Id)
        .all(r.txn())
        .await?
        .into_iter()
        .map(|row| row.id)
        .collect();
    let decided: Vec<Uuid> = late_decision::Entity::find()
        .filter(late_decision::Column::ProcurementId.eq(procurement_id))
        .filter(late_decision::Column::State.ne(Word(LateState::Undecided)))
        .all(r.txn())
        .await?
        .into_iter()
        .map(|row| row.submission_id)
        .collect();
    let open: Vec<Uuid> = late.into_iter().filter(|id| !decided.contains(id)).collect();
    let openers = opener_ids(r, procurement_id).await?;
    let words = words_on(r, open.iter().copied()).await?;
    let given = |id: Uuid| {
        let on_it = words.iter().filter(|word| word.submission_id == id && waits(word, now, &openers));
        on_it.map(|word| word.person_id).collect()
    };
    Ok(open.into_iter().map(|id| (id, given(id))).collect())
}

/// The late submissions that two people have admitted. Unauthorised.
pub(crate) async fn admitted(r: &Reading, procurement_id: Uuid) -> Result<Vec<Uuid>, Refusal> {
    let rows = late_decision::Entity::find()
        .filter(late_decision::Column::ProcurementId.eq(procurement_id))
        .filter(late_decision::Column::State.eq(Word(LateState::Admitted)))
        .all(r.txn())
        .await?;
    Ok(rows.into_iter().map(|row| row.submission_id).collect())
}

/// Why a late submission was refused, in the words of those who refused it. Unauthorised.
pub(crate) async fn reasons(r: &Reading, id: Uuid) -> Result<Vec<String>, Refusal> {
    if decision_of(r, id).await?.is_none_or(|row| row.state.0 != LateState::Refused) {
        return Ok(Vec::new());
    }
    let words = words_on(r, [id]).await?.into_iter();
    Ok(words.filter(|word| word.verdict.0 == LateVerdict::Refuse).map(|word| word.reason).collect())
}

/// Where one late submission stands. Unauthorised.
pub(super) async fn state(r: &Reading, id: Uuid) -> Result<LateState, Refusal> {
    Ok(decision_of(r, id).await?.map_or(LateState::Undecided, |row| row.state.0))
}
