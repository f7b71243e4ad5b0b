//! What was done in a procurement: its ledger, with the names of those who did it.
//!
//! Sealed entries are not there until the tender box is opened. Their numbers would leave gaps that tell how many there
//! are, so entries are found by their place among those that show, and numbers and hashes are told only once all show.

mod words;

use std::collections::HashMap;

use entity::{api_key, bid, council, ledger_entry, lot, person, supplier};
use rules::stage::Stage;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;
use uuid::Uuid;

use crate::kernel::{Action, Paging, Reading, Refusal, Slice, access};
use crate::people::person as people;

pub use words::{Fact, action_words};

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
    /// What it was done to, in words, as far as the facts name it: “Lot L1, question Q1, bid of Larkfield Systems”.
    pub about: String,
    /// The id of what it was done to.
    pub subject: String,
    /// Why, where a reason was due.
    pub reason: Option<String>,
    /// The facts, canonical JSON; none where they are another panel member's marks and these are still blind.
    pub body: Option<String>,
    /// The same in words.
    pub facts: Vec<Fact>,
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
    let things = Things::of(r, &rows).await?;
    let blind = scope.procurement.stage.0 <= Stage::Scoring;
    let own = r.caller().principal();
    let items = rows.into_iter().map(|row| {
        let hidden = blind && row.action.starts_with("scoring.mark.") && row.actor != own;
        // A body that is no JSON cannot be: the ledger wrote it. Then there are no words for it.
        let body: Option<Value> =
            Some(&row.body).filter(|_| !hidden).and_then(|body| serde_json::from_str(body).ok());
        let body = body.unwrap_or_default();
        Happened {
            about: words::about(&body, &things.0),
            facts: words::facts(&row.action, &body, &things.0),
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

/// What the ids in the facts are called. Suppliers are named by their bids only, which are there once the box is opened.
struct Things(HashMap<String, String>);

impl Things {
    async fn of(r: &Reading, rows: &[ledger_entry::Model]) -> Result<Self, Refusal> {
        let bodies = rows.iter().filter_map(|row| serde_json::from_str::<Value>(&row.body).ok());
        let ids: Vec<Uuid> = bodies.flat_map(|body| words::ids(&body)).collect();
        let lots =
            lot::Entity::find().filter(lot::Column::Id.is_in(ids.iter().copied())).all(r.txn()).await?;
        let councils = council::Entity::find()
            .filter(council::Column::Id.is_in(ids.iter().copied()))
            .all(r.txn())
            .await?;
        let people = people::names(r, ids.iter().copied()).await?;
        let bids =
            bid::Entity::find().filter(bid::Column::Id.is_in(ids.iter().copied())).all(r.txn()).await?;
        let bidders = supplier::Entity::find()
            .filter(supplier::Column::Id.is_in(bids.iter().map(|bid| bid.supplier_id)))
            .all(r.txn())
            .await?;
        let mut things = HashMap::new();
        things.extend(lots.into_iter().map(|row| (row.id.to_string(), row.code)));
        things.extend(councils.into_iter().map(|row| (row.id.to_string(), row.name)));
        things.extend(people.into_iter().map(|(id, name)| (id.to_string(), name)));
        for bid in bids {
            let bidder = bidders.iter().find(|bidder| bidder.id == bid.supplier_id);
            things.extend(bidder.map(|bidder| (bid.id.to_string(), bidder.name.clone())));
        }
        Ok(Self(things))
    }
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
