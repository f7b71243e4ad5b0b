//! The letters of a procurement.
//!
//! The coordinator sees all of them, the lead council all but those to bidders, a partner its own, and everybody those
//! addressed to himself or herself. Until the tender box is opened the sealed ones are there for nobody: not even their
//! number may show how many bid (DOMAIN rule 1).

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use entity::{Word, council, ledger_entry, mail_attempt, outbox_message, person, supplier};
use rules::stage::MailState;
use rules::words::Role;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use crate::kernel::access::{self, Scope};
use crate::kernel::ledger::Record;
use crate::kernel::{Action, Faults, Paging, Reading, Refusal, Slice, Writing, outbox};
use crate::people::person as people;

/// Other ways to tell somebody, as stored and as read.
pub const WAYS: [(&str, &str); 4] = [
    ("post", "By post"),
    ("phone", "By telephone"),
    ("in_person", "In person"),
    ("other_service", "Through another service"),
];
const MOST_REASON: usize = 500;
/// The ledger's word for it.
pub(super) const SERVED: &str = "telling.letter.serve";

/// A letter and the name of whom it tells.
#[derive(Clone, Debug)]
pub struct Told {
    /// The letter, its bytes included.
    pub message: outbox_message::Model,
    /// The council, supplier or person; the address where it tells nobody known.
    pub to: String,
}

/// A letter opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The letter.
    pub told: Told,
    /// Its text; none where it holds, or held, a one-time link.
    pub text: Option<String>,
    /// The tries to hand it to the mail server, first to last.
    pub attempts: Vec<mail_attempt::Model>,
    /// How the recipient was told otherwise, if so.
    pub told_otherwise: Option<ToldOtherwise>,
    /// Whether the caller may release it or serve it otherwise.
    pub may_act: bool,
}

/// How a recipient was told in another way than by mail.
#[derive(Clone, Debug)]
pub struct ToldOtherwise {
    /// The way, and why and to whom it was handed or said.
    pub how: String,
    /// When that was recorded.
    pub at: DateTime<Utc>,
    /// Who recorded it; none where the program itself did.
    pub by: Option<String>,
}

/// Which letters are wanted.
#[derive(Clone, Debug, Default)]
pub struct LetterFilter {
    /// Only those of this event, for example `award:<id>`.
    pub event: Option<String>,
    /// Only those that stand so, as a word of [`MailState`].
    pub state: Option<String>,
}

/// What is entered where somebody was told otherwise.
#[derive(Clone, Debug, Default)]
pub struct ServedInput {
    /// A word of [`WAYS`].
    pub how: String,
    /// Why, and to whom it was handed or said.
    pub reason: String,
}

/// The letters of a procurement that the caller may see, newest first.
pub async fn list(
    r: &Reading,
    procurement_id: Uuid,
    filter: LetterFilter,
    paging: &Paging,
) -> Result<Slice<Told>, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    let mut wanted = visible(r, &scope);
    if let Some(event) = filter.event.filter(|event| !event.is_empty()) {
        wanted = wanted.add(outbox_message::Column::Event.eq(event));
    }
    if let Some(state) = state_of(filter.state)? {
        wanted = wanted.add(outbox_message::Column::State.eq(Word(state)));
    }
    let Slice { items, next } = outbox::messages(r, wanted, paging).await?;
    Ok(Slice { items: addressed(r, items).await?, next })
}

/// How many of the letters that the caller may see stand where.
pub async fn counts(r: &Reading, procurement_id: Uuid) -> Result<BTreeMap<MailState, i64>, Refusal> {
    use outbox_message::Column;
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    let rows: Vec<(Word<MailState>, i64)> = outbox_message::Entity::find()
        .select_only()
        .column(Column::State)
        .column_as(Column::Id.count(), "letters")
        .filter(visible(r, &scope))
        .group_by(Column::State)
        .into_tuple()
        .all(r.txn())
        .await?;
    Ok(rows.into_iter().map(|(state, letters)| (state.0, letters)).collect())
}

/// One letter, with its text and its tries.
pub async fn one(r: &Reading, procurement_id: Uuid, id: Uuid) -> Result<Opened, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    let message = outbox::message(r, id, visible(r, &scope)).await?;
    let attempts = outbox::attempts(r, id).await?;
    let text = if message.secret { None } else { outbox::text_of(r, &message).await? };
    let told_otherwise = told_otherwise(r, &message).await?;
    let mut told = addressed(r, vec![message]).await?;
    let told = told.pop().ok_or_else(|| Refusal::not_found("letter"))?;
    let may_act = scope.holds(Role::Coordinator) && r.caller().needs(Action::Tell).is_ok();
    Ok(Opened { told, text, attempts, told_otherwise, may_act })
}

/// How the recipient of a letter was told otherwise. The mail holds the way and the instant, the ledger who recorded it.
async fn told_otherwise(
    r: &Reading,
    message: &outbox_message::Model,
) -> Result<Option<ToldOtherwise>, Refusal> {
    use ledger_entry::Column;
    if message.state.0 != MailState::Served {
        return Ok(None);
    }
    let chain = message.procurement_id.map(|id| id.to_string()).unwrap_or_default();
    let entry = ledger_entry::Entity::find()
        .filter(Column::Chain.eq(chain))
        .filter(Column::Action.eq(SERVED))
        .filter(Column::Subject.eq(message.id.to_string()))
        .order_by_desc(Column::Number)
        .one(r.txn())
        .await?;
    let recorder = entry.and_then(|entry| entry.actor.strip_prefix("person:")?.parse::<Uuid>().ok());
    let recorder = match recorder {
        Some(id) => person::Entity::find_by_id(id).one(r.txn()).await?,
        None => None,
    };
    Ok(Some(ToldOtherwise {
        how: message.answer.clone().unwrap_or_default(),
        at: message.next_at,
        by: recorder.map(|person| person.name),
    }))
}

/// Lets a withheld letter go to the mail server. The coordinator may.
pub async fn release(w: &Writing, procurement_id: Uuid, id: Uuid, seen: i64) -> Result<Told, Refusal> {
    let letter = to_act_on(w, procurement_id, id).await?;
    outbox::release(w, &letter, seen).await?;
    let record = Record::new(procurement_id, "telling.letter.release", id, json!({ "kind": letter.kind }));
    w.record(if letter.sealed { record.sealed() } else { record });
    Ok(one(w, procurement_id, id).await?.told)
}

/// Notes that the recipient was told in another way, with the reason; the letter is not sent any more. The coordinator
/// may.
pub async fn serve_otherwise(
    w: &Writing,
    procurement_id: Uuid,
    id: Uuid,
    seen: i64,
    input: ServedInput,
) -> Result<Told, Refusal> {
    let letter = to_act_on(w, procurement_id, id).await?;
    let served = Served::check(&input)?;
    outbox::serve_otherwise(w, &letter, seen, &served.words()).await?;
    let body = json!({ "kind": letter.kind, "how": served.how });
    let record = Record::new(procurement_id, SERVED, id, body).because(served.reason);
    w.record(if letter.sealed { record.sealed() } else { record });
    Ok(one(w, procurement_id, id).await?.told)
}

async fn to_act_on(w: &Writing, procurement_id: Uuid, id: Uuid) -> Result<outbox_message::Model, Refusal> {
    let scope = access::procurement(w, procurement_id, Action::Tell).await?;
    scope.must_coordinate()?;
    outbox::message(w, id, visible(w, &scope)).await
}

/// A checked way of telling somebody otherwise.
pub(super) struct Served {
    pub(super) how: &'static str,
    label: &'static str,
    pub(super) reason: String,
}

impl Served {
    pub(super) fn check(input: &ServedInput) -> Result<Self, Refusal> {
        let mut faults = Faults::new();
        let way = WAYS.iter().find(|(word, _)| *word == input.how.trim());
        faults.require(way.is_some(), "how", "unknown_word", "Choose how the recipient was told.");
        let reason = faults.text("reason", &input.reason, MOST_REASON);
        faults.done()?;
        let (how, label) = way.copied().unwrap_or_default();
        Ok(Self { how, label, reason })
    }

    pub(super) fn words(&self) -> String {
        format!("{}: {}", self.label, self.reason)
    }
}

/// The letters of a procurement that may be shown to the caller.
fn visible(r: &Reading, scope: &Scope) -> Condition {
    use outbox_message::Column;
    let mut all = Condition::all().add(Column::ProcurementId.eq(scope.id()));
    if !scope.is_opened() {
        all = all.add(Column::Sealed.eq(false));
    }
    if scope.holds(Role::Coordinator) {
        return all;
    }
    if scope.is_lead() {
        return all.add(Column::SupplierId.is_null());
    }
    let mut own = Condition::any();
    if let Ok(part) = scope.council_part() {
        own = own.add(
            Condition::all().add(Column::CouncilId.eq(part.council_id)).add(Column::SupplierId.is_null()),
        );
    }
    if let Ok(person) = r.caller().person() {
        own = own.add(Column::PersonId.eq(person.id));
    }
    // An empty "any" would let everything through.
    all.add(own.add(Column::Id.is_null()))
}

pub(super) fn state_of(word: Option<String>) -> Result<Option<MailState>, Refusal> {
    let Some(word) = word.filter(|word| !word.is_empty()) else { return Ok(None) };
    word.parse().map(Some).map_err(|unknown: rules::words::UnknownWord| {
        let words = unknown.expected.join(", ");
        Refusal::field(
            "state",
            "unknown_word",
            format!("“{word}” is no state of a letter: choose from {words}."),
        )
    })
}

/// Adds the names of those who are told.
pub(super) async fn addressed(
    r: &Reading,
    messages: Vec<outbox_message::Model>,
) -> Result<Vec<Told>, Refusal> {
    let ids =
        |of: fn(&outbox_message::Model) -> Option<Uuid>| messages.iter().filter_map(of).collect::<Vec<_>>();
    let mut names: HashMap<Uuid, String> = HashMap::new();
    let councils = ids(|message| message.council_id);
    if !councils.is_empty() {
        let rows = council::Entity::find().filter(council::Column::Id.is_in(councils)).all(r.txn()).await?;
        names.extend(rows.into_iter().map(|row| (row.id, row.name)));
    }
    let suppliers = ids(|message| message.supplier_id);
    if !suppliers.is_empty() {
        let rows =
            supplier::Entity::find().filter(supplier::Column::Id.is_in(suppliers)).all(r.txn()).await?;
        names.extend(rows.into_iter().map(|row| (row.id, row.name)));
    }
    names.extend(people::names(r, ids(|message| message.person_id)).await?);
    let name_of = |message: &outbox_message::Model| {
        [message.person_id, message.supplier_id, message.council_id]
            .into_iter()
            .flatten()
            .find_map(|id| names.get(&id).cloned())
            .unwrap_or_else(|| message.recipient.clone())
    };
    Ok(messages.into_iter().map(|message| Told { to: name_of(&message), message }).collect())
}

/// What a kind of letter is called: `award_to_council` reads “Award to council”.
#[must_use]
pub fn kind_label(kind: &str) -> String {
    let words = kind.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
