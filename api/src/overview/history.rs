//! What was done in a procurement: its ledger, with the names of those who did it.
//!
//! Sealed entries are not there until the tender box is opened. Their numbers would leave gaps that tell how many there
//! are, so entries are found by their place among those that show, and numbers and hashes are told only once all show.

use std::collections::HashMap;

use entity::{api_key, council, ledger_entry, person, supplier};
use rules::stage::Stage;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::kernel::{Action, Paging, Reading, Refusal, Slice, access};

/// One change, as a caller may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    /// The instant, RFC 3339 in UTC.
    pub at: String,
    /// Who did it, as the ledger names it.
    pub actor: String,
    /// The same for people to read.
    pub actor_name: String,
    /// What was done, as `stage.noun.verb`.
    pub action: String,
    /// The id of what it was done to.
    pub subject: String,
    /// Why, where a reason was due.
    pub reason: Option<String>,
    /// The facts, canonical JSON; none where they are another panel member's marks and these are still blind.
    pub body: Option<String>,
    /// Number and hash in the chain, once no entry is hidden.
    pub link: Option<(i64, String)>,
}

/// What was done, newest first. Everybody in the procurement may see it.
pub async fn list(r: &Reading, procurement_id: Uuid, paging: &Paging) -> Result<Slice<Happened>, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    let mut query =
        ledger_entry::Entity::find().filter(ledger_entry::Column::Chain.eq(procurement_id.to_string()));
    if !scope.is_opened() {
        query = query.filter(ledger_entry::Column::Sealed.eq(false));
    }
    let end = match paging.after_key::<u64>()? {
        Some(end) => end,
        None => query.clone().count(r.txn()).await?,
    };
    let start = end.saturating_sub(paging.limit);
    let mut rows = query
        .order_by_asc(ledger_entry::Column::Number)
        .offset(start)
        .limit(end - start)
        .all(r.txn())
        .await?;
    rows.reverse();
    let names = Names::of(r, &rows).await?;
    let blind = scope.procurement.stage.0 <= Stage::Scoring;
    let own = r.caller().principal();
    let items = rows.into_iter().map(|row| {
        let hidden = blind && row.action.starts_with("scoring.mark.") && row.actor != own;
        Happened {
            at: row.at,
            actor_name: names.name(&row.actor),
            actor: row.actor,
            action: row.action,
            subject: row.subject,
            reason: row.reason,
            body: (!hidden).then_some(row.body),
            link: scope.is_opened().then_some((row.number, row.hash)),
        }
    });
    Ok(Slice { items: items.collect(), next: (start > 0).then(|| start.to_string()) })
}

/// The names behind the ledger's actors.
struct Names(HashMap<String, String>);

impl Names {
    async fn of(r: &Reading, rows: &[ledger_entry::Model]) -> Result<Self, Refusal> {
        let ids = |kind: &str| {
            let prefix = format!("{kind}:");
            let found = rows.iter().filter_map(|row| row.actor.strip_prefix(&prefix)?.parse::<Uuid>().ok());
            found.collect::<Vec<_>>()
        };
        let people =
            person::Entity::find().filter(person::Column::Id.is_in(ids("person"))).all(r.txn()).await?;
        let keys = api_key::Entity::find().filter(api_key::Column::Id.is_in(ids("key"))).all(r.txn()).await?;
        let suppliers =
            supplier::Entity::find().filter(supplier::Column::Id.is_in(ids("supplier"))).all(r.txn()).await?;
        let of_people = people.iter().filter_map(|row| row.council_id);
        let of_keys = keys.iter().filter_map(|row| row.council_id);
        let councils: HashMap<_, _> = council::Entity::find()
            .filter(council::Column::Id.is_in(of_people.chain(of_keys)))
            .all(r.txn())
            .await?
            .into_iter()
            .map(|row| (row.id, row.name))
            .collect();
        let council = |id: Option<Uuid>| id.and_then(|id| councils.get(&id));
        let mut names = HashMap::new();
        for row in people {
            let name = match council(row.council_id) {
                Some(council) => format!("{}, {council}", row.name),
                None => row.name,
            };
            names.insert(format!("person:{}", row.id), name);
        }
        for row in keys {
            let owner = council(row.council_id).map_or("A council", String::as_str);
            names.insert(format!("key:{}", row.id), format!("{owner} (key “{}”)", row.name));
        }
        names.extend(suppliers.into_iter().map(|row| (format!("supplier:{}", row.id), row.name)));
        Ok(Self(names))
    }

    fn name(&self, actor: &str) -> String {
        match actor {
            "system" => "Commonlot".to_owned(),
            "nobody" => "A visitor of the public page".to_owned(),
            known => self.0.get(known).cloned().unwrap_or_else(|| known.to_owned()),
        }
    }
}

/// What a verb of the ledger is called when it is done.
const VERBS: &[(&str, &str)] = &[
    ("accept", "accepted"),
    ("add", "added"),
    ("agree", "agreed"),
    ("attach", "sources added"),
    ("awarded", "awarded"),
    ("change", "changed"),
    ("compute", "computed"),
    ("confirm", "confirmed"),
    ("consent", "consented to"),
    ("contracted", "contracted"),
    ("decide", "decided on"),
    ("decline", "declined"),
    ("declare", "declared"),
    ("detach", "source taken out"),
    ("enter", "entered"),
    ("give", "given"),
    ("import", "imported"),
    ("invite", "invited"),
    ("judge", "judged by the new deadline"),
    ("lock", "locked"),
    ("make", "made"),
    ("open", "opened"),
    ("place", "placed"),
    ("propose", "proposed"),
    ("publish", "published"),
    ("record", "recorded"),
    ("remove", "removed"),
    ("recall", "recalled"),
    ("release", "released"),
    ("reopen", "reopened"),
    ("request", "requested"),
    ("revoke", "revoked"),
    ("save", "saved"),
    ("serve", "served otherwise"),
    ("set", "set"),
    ("submit", "submitted"),
    ("take_back", "taken back"),
    ("try", "handed to the mail server"),
];

/// An action in words: `pooling.requirement.add` reads “Requirement added”.
#[must_use]
pub fn action_words(action: &str) -> String {
    let mut parts = action.split('.').skip(1);
    let noun = parts.next().unwrap_or(action).replace('_', " ");
    let verb = parts.next().unwrap_or_default();
    let done = VERBS.iter().find(|(known, _)| *known == verb).map(|(_, done)| (*done).to_owned());
    let words = format!("{noun} {}", done.unwrap_or_else(|| verb.replace('_', " ")));
    let mut letters = words.trim().chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
