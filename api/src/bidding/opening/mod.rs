//! The opening of the tender box: after the deadline, by as many different people as the pack says, from as many different
//! councils (DOMAIN rule 15). The last consent that is needed opens it. It is not opened while a late submission is undecided
//! or an extension of the deadline waits for its second person: an opening cannot be undone. What was done then stands in the
//! record ([`OpeningRecord`]).

mod record;
mod unseal;

use chrono::{DateTime, Utc};
use entity::{council, opening_consent, opening_witness, person};
use rules::stage::Stage;
use rules::words::Role;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use super::late;
use super::tender::{self, Tender};
use super::two_people::{self, Hindrance};
use crate::kernel::access::Scope;
use crate::kernel::clock::london_text;
use crate::kernel::ledger::Record;
use crate::kernel::{Action, Faults, Reading, Refusal, Writing, access};
use crate::tendering::extension;
use crate::tendering::interest::standing;

pub use super::two_people::{CONSENT_LIFETIME, OPENERS};
pub use record::{OpeningRecord, record};

/// The most witnesses an opener names.
const MOST_WITNESSES: usize = 20;

/// What an opener may add to its consent.
#[derive(Clone, Debug, Default)]
pub struct ConsentInput {
    /// People who are present, beside the openers; only with the consent that opens the box.
    pub witnesses: Vec<String>,
}

/// Somebody who may open the box, and whether it has consented.
#[derive(Clone, Debug)]
pub struct Opener {
    /// The person.
    pub person_id: Uuid,
    /// The person's name.
    pub name: String,
    /// The person's council, if any.
    pub council: Option<String>,
    /// When it consented, where that still counts.
    pub consented_at: Option<DateTime<Utc>>,
}

/// How far the opening has come. Before it is done it says nothing about bids, not even how many there are.
#[derive(Clone, Debug)]
pub struct OpeningState {
    /// The procurement.
    pub procurement: entity::procurement::Model,
    /// From this instant on the box may be opened.
    pub deadline: DateTime<Utc>,
    /// Whether the deadline has passed.
    pub passed: bool,
    /// When the box was opened.
    pub opened_at: Option<DateTime<Utc>>,
    /// How many different people must consent.
    pub people_needed: usize,
    /// From how many different councils.
    pub councils_needed: u32,
    /// Who may open it.
    pub openers: Vec<Opener>,
    /// Whether the caller may consent now.
    pub may_consent: bool,
    /// Whether that consent would open the box.
    pub is_last: bool,
    /// Why not, where the caller is an opener and may not.
    pub hindrance: Option<String>,
}

/// How far the opening has come. Everybody in the procurement may see it.
pub async fn state(r: &Reading, procurement_id: Uuid) -> Result<OpeningState, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    let tender = published(r, &scope).await?;
    describe(r, &scope, &tender, r.now()).await
}

async fn published(r: &Reading, scope: &Scope) -> Result<Tender, Refusal> {
    if matches!(scope.procurement.stage.0, Stage::Pooling | Stage::Tendering) {
        return Err(Refusal::conflict(
            "not_published",
            "The tender is not published yet, so that there are no bids to open.",
        ));
    }
    tender::of(r, scope.procurement.clone()).await
}

async fn describe(
    r: &Reading,
    scope: &Scope,
    tender: &Tender,
    now: DateTime<Utc>,
) -> Result<OpeningState, Refusal> {
    let consents = match scope.procurement.opened_at {
        Some(opened) => standing_consents(r, scope.id(), opened).await?,
        None => counting_consents(r, scope.id(), now).await?,
    };
    let hindrance = hindrance(r, scope, tender, &consents, now).await.err().map(|refusal| refusal.detail);
    Ok(OpeningState {
        deadline: tender.deadline,
        passed: tender.has_passed(now),
        opened_at: scope.procurement.opened_at,
        people_needed: OPENERS,
        councils_needed: tender.pack.opening_councils,
        openers: openers(r, scope.id(), &consents).await?,
        may_consent: hindrance.is_none(),
        is_last: consents.len() + 1 >= OPENERS,
        hindrance: hindrance.filter(|_| scope.holds(Role::Opener)),
        procurement: scope.procurement.clone(),
    })
}

/// Gives one's consent to the opening. The last consent that is needed opens the box in the same transaction: the last
/// submission of each bidder that came in time or was admitted becomes its bid, and scoring begins.
pub async fn consent(
    w: &Writing,
    procurement_id: Uuid,
    input: ConsentInput,
) -> Result<OpeningState, Refusal> {
    // Submissions under way hold the row shared; from here on none is accepted as one in time.
    let scope = access::procurement_locked(w, procurement_id, Action::Bid).await?;
    let tender = published(w, &scope).await?;
    let now = w.clock().await?;
    let consents = counting_consents(w, procurement_id, now).await?;
    let (person_id, council_id) = hindrance(w, &scope, &tender, &consents, now).await?;
    let opens = consents.len() + 1 >= OPENERS;
    let witnesses = witnesses(&input, opens)?;
    opening_consent::Entity::delete_many()
        .filter(opening_consent::Column::ProcurementId.eq(procurement_id))
        .filter(
            Condition::any()
                .add(opening_consent::Column::GivenAt.lte(now - CONSENT_LIFETIME))
                .add(opening_consent::Column::PersonId.eq(person_id)),
        )
        .exec(w.txn())
        .await?;
    let row = opening_consent::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(procurement_id),
        person_id: Set(person_id),
        council_id: Set(council_id),
        given_at: Set(now),
    };
    opening_consent::Entity::insert(row).exec_without_returning(w.txn()).await?;
    let body = json!({ "council": council_id });
    w.record(Record::new(procurement_id, "bidding.opening.consent", person_id, body));
    if opens {
        unseal::open(w, &scope.procurement, &tender, now).await?;
        note_witnesses(w, procurement_id, witnesses).await?;
    }
    let scope = access::procurement(w, procurement_id, Action::Bid).await?;
    describe(w, &scope, &tender, now).await
}

/// Refuses with what keeps the caller from consenting now; otherwise tells person and council.
async fn hindrance(
    r: &Reading,
    scope: &Scope,
    tender: &Tender,
    consents: &[opening_consent::Model],
    now: DateTime<Utc>,
) -> Result<(Uuid, Uuid), Refusal> {
    scope.must_hold(Role::Opener)?;
    let person_id = r.caller().person()?.id;
    let council_id = scope.own_council()?.council_id;
    scope.must_stand_at(&[Stage::Published])?;
    standing::must_be_free(r, scope).await?;
    if !tender.has_passed(now) {
        return Err(Refusal::conflict(
            "deadline_not_passed",
            format!("The tender box is sealed until {} (London time).", london_text(tender.deadline)),
        ));
    }
    let given: Vec<_> = consents.iter().map(|row| (row.person_id, row.council_id)).collect();
    match two_people::join(&given, (person_id, council_id), tender.pack.opening_councils) {
        Ok(()) => {}
        Err(Hindrance::SamePerson) => {
            return Err(Refusal::conflict(
                "already_consented",
                "You have consented already. Another person must consent too, within 24 hours of your consent.",
            ));
        }
        Err(Hindrance::SameCouncil) => {
            return Err(Refusal::conflict(
                "same_council",
                format!(
                    "People of {} different councils must open this tender box. One of your council has consented; now one of another council must.",
                    tender.pack.opening_councils
                ),
            ));
        }
    }
    if extension::waiting(r, scope.id(), now).await?.is_some() {
        return Err(Refusal::conflict(
            "extension_waits",
            "An extension of the deadline waits for its second person. It must be confirmed or taken back first.",
        ));
    }
    let undecided = late::undecided(r, scope.id(), now).await?.len();
    if undecided > 0 {
        return Err(Refusal::conflict(
            "late_undecided",
            format!(
                "Late submissions without a decision: {undecided}. Two people must admit or refuse each one before the tender box is opened."
            ),
        ));
    }
    Ok((person_id, council_id))
}

/// The witnesses as they are entered.
fn witnesses(input: &ConsentInput, opens: bool) -> Result<Vec<String>, Refusal> {
    let mut faults = Faults::new();
    let named = input.witnesses.iter().filter(|name| !name.trim().is_empty());
    let named: Vec<_> = named.map(|name| faults.text("witnesses", name, 200)).collect();
    faults.require(
        named.len() <= MOST_WITNESSES,
        "witnesses",
        "too_many",
        "Name at most 20 witnesses, one a line.",
    );
    faults.require(
        opens || named.is_empty(),
        "witnesses",
        "not_the_last",
        "Witnesses are named with the consent that opens the box: by the last opener.",
    );
    faults.done()?;
    Ok(named)
}

async fn note_witnesses(w: &Writing, procurement_id: Uuid, names: Vec<String>) -> Result<(), Refusal> {
    if names.is_empty() {
        return Ok(());
    }
    let rows = (1..).zip(names).map(|(position, name)| opening_witness::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(procurement_id),
        position: Set(position),
        name: Set(name),
    });
    opening_witness::Entity::insert_many(rows).exec_without_returning(w.txn()).await?;
    Ok(())
}

/// The consents with which the box could be opened now: those of people who are still openers.
async fn counting_consents(
    r: &Reading,
    procurement_id: Uuid,
    now: DateTime<Utc>,
) -> Result<Vec<opening_consent::Model>, Refusal> {
    let openers = two_people::openers(r, procurement_id).await?;
    let mut consents = standing_consents(r, procurement_id, now).await?;
    consents.retain(|row| openers.iter().any(|role| role.person_id == row.person_id));
    Ok(consents)
}

/// The consents that were not void at an instant, oldest first.
async fn standing_consents(
    r: &Reading,
    procurement_id: Uuid,
    at: DateTime<Utc>,
) -> Result<Vec<opening_consent::Model>, Refusal> {
    Ok(opening_consent::Entity::find()
        .filter(opening_consent::Column::ProcurementId.eq(procurement_id))
        .filter(opening_consent::Column::GivenAt.gt(at - CONSENT_LIFETIME))
        .order_by_asc(opening_consent::Column::GivenAt)
        .all(r.txn())
        .await?)
}

async fn openers(
    r: &Reading,
    procurement_id: Uuid,
    consents: &[opening_consent::Model],
) -> Result<Vec<Opener>, Refusal> {
    let roles = two_people::openers(r, procurement_id).await?;
    // Whoever consented shows, also if the part was taken back since.
    let ids = roles.iter().map(|row| row.person_id).chain(consents.iter().map(|row| row.person_id));
    let people = person::Entity::find()
        .filter(person::Column::Id.is_in(ids))
        .order_by_asc(person::Column::Name)
        .all(r.txn())
        .await?;
    let ids = people.iter().filter_map(|person| person.council_id);
    let councils = council::Entity::find().filter(council::Column::Id.is_in(ids)).all(r.txn()).await?;
    let openers = people.into_iter().map(|person| Opener {
        council: councils
            .iter()
            .find(|council| Some(council.id) == person.council_id)
            .map(|council| council.name.clone()),
        consented_at: consents.iter().find(|row| row.person_id == person.id).map(|row| row.given_at),
        person_id: person.id,
        name: person.name,
    });
    Ok(openers.collect())
}
