//! Who sees what of the grounds against tenders.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entity::{Word, bid_outcome};
use rules::outcome::OutcomeState;
use rules::pack::Pack;
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{OPEN, decides, none, passed, reads_words};
use crate::bidding::{bid as bids, tender};
use crate::kernel::access::Scope;
use crate::kernel::clock::london_day;
use crate::kernel::{Paging, Reading, Refusal, Slice, Writing};
use crate::people::person;

/// A ground against a tender, as far as the caller may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What is kept of it; without words that the caller does not read.
    pub row: bid_outcome::Model,
    /// Whether the caller reads the words about it.
    pub reads: bool,
    /// Whether the time to reply is over.
    pub passed: bool,
    /// Whose tender it is; empty for the bidder.
    pub supplier: String,
    /// The lot's code, where it is of one lot.
    pub lot: Option<String>,
    /// Who raised it; empty for the bidder.
    pub raised_by: String,
    /// Who decided; empty for the bidder, and until somebody did.
    pub decided_by: String,
    /// Until when the decision is to be reported, where it is (PA23 s.59).
    pub report_due: Option<NaiveDate>,
    /// Whether the caller is a second person who may decide now.
    pub may_decide: bool,
}

impl Outcome {
    /// Whether a second person may disregard the tender now.
    #[must_use]
    pub fn is_heard(&self) -> bool {
        self.row.state.0.is_heard(self.passed)
    }
}

/// The grounds against the tenders of a procurement, oldest first. For everybody who may read bids.
pub async fn list(r: &Reading, procurement_id: Uuid, paging: &Paging) -> Result<Slice<Outcome>, Refusal> {
    use bid_outcome::Column;
    let scope = bids::content(r, procurement_id).await?;
    let mut query = bid_outcome::Entity::find().filter(Column::ProcurementId.eq(scope.id()));
    if let Some(after) = paging.after_key::<Uuid>()? {
        query = query.filter(Column::Id.gt(after));
    }
    let rows = query.order_by_asc(Column::Id).limit(paging.limit + 1).all(r.txn()).await?;
    let slice = paging.cut(rows, |row| row.id.to_string());
    Ok(Slice { items: told(r, &scope, slice.items).await?, next: slice.next })
}

/// One of them.
pub async fn one(r: &Reading, procurement_id: Uuid, id: Uuid) -> Result<Outcome, Refusal> {
    let scope = bids::content(r, procurement_id).await?;
    let row = visible(r, scope.id(), id).await?;
    told(r, &scope, vec![row]).await?.pop().ok_or_else(none)
}

/// One of a procurement's. Unauthorised.
pub(super) async fn visible(
    r: &Reading,
    procurement_id: Uuid,
    id: Uuid,
) -> Result<bid_outcome::Model, Refusal> {
    bid_outcome::Entity::find_by_id(id)
        .filter(bid_outcome::Column::ProcurementId.eq(procurement_id))
        .one(r.txn())
        .await?
        .ok_or_else(none)
}

/// All of a procurement's, oldest first, as the caller sees them. The caller has been let in.
pub(super) async fn all(r: &Reading, scope: &Scope) -> Result<Vec<Outcome>, Refusal> {
    let rows = bid_outcome::Entity::find()
        .filter(bid_outcome::Column::ProcurementId.eq(scope.id()))
        .order_by_asc(bid_outcome::Column::Id)
        .all(r.txn())
        .await?;
    told(r, scope, rows).await
}

async fn told(r: &Reading, scope: &Scope, rows: Vec<bid_outcome::Model>) -> Result<Vec<Outcome>, Refusal> {
    let people =
        person::names(r, rows.iter().flat_map(|row| row.decided_by.into_iter().chain([row.raised_by])))
            .await?;
    let name = |id: Option<Uuid>| id.and_then(|id| people.get(&id).cloned()).unwrap_or_default();
    let me = r.caller().person().ok().map(|person| person.id);
    let suppliers: BTreeMap<Uuid, String> = bids::all(r, scope.id())
        .await?
        .into_iter()
        .map(|opened| (opened.bid.id, opened.supplier.name))
        .collect();
    let pack = tender::of(r, scope.procurement.clone()).await?.pack;
    let decides = decides(scope) && scope.must_stand_at(OPEN).is_ok();
    let reads = reads_words(scope);
    rows.into_iter()
        .map(|row| {
            let (raised_by, decided_by) = (name(Some(row.raised_by)), name(row.decided_by));
            let may_decide = decides && row.state.0.waits() && me.is_some_and(|me| me != row.raised_by);
            Ok(Outcome {
                supplier: suppliers.get(&row.bid_id).cloned().unwrap_or_default(),
                reads,
                raised_by,
                decided_by,
                may_decide,
                ..plain(r, &pack, if reads { row } else { wordless(row) })?
            })
        })
        .collect()
}

fn wordless(row: bid_outcome::Model) -> bid_outcome::Model {
    let decision_reason = row.decision_reason.map(|_| String::new());
    bid_outcome::Model {
        reason: String::new(),
        reply: row.reply.map(|_| String::new()),
        decision_reason,
        ..row
    }
}

fn plain(r: &Reading, pack: &Pack, row: bid_outcome::Model) -> Result<Outcome, Refusal> {
    let of = row.lot_id.map(|id| id.to_string());
    let lot = pack.lots.iter().find(|lot| Some(&lot.id) == of.as_ref()).map(|lot| lot.code.clone());
    let decided = row.decided_at.filter(|_| row.state.0 == OutcomeState::Disregarded);
    let report_due = match decided {
        None => None,
        Some(at) => {
            let due = row.ground.0.rule().report_due(london_day(at));
            due.map_err(|fault| Refusal::conflict(fault.code(), fault.to_string()))?
        }
    };
    Ok(Outcome {
        reads: true,
        passed: passed(&row, r.now()),
        supplier: String::new(),
        lot,
        raised_by: String::new(),
        decided_by: String::new(),
        report_due,
        may_decide: false,
        row,
    })
}

/// Outcomes as the bidder sees them. The caller has found out that they are its own.
pub(super) async fn told_to_bidder(
    r: &Reading,
    procurement_id: Uuid,
    rows: Vec<bid_outcome::Model>,
) -> Result<Vec<Outcome>, Refusal> {
    let pack = tender::of_id(r, procurement_id).await?.pack;
    let told = |row| Ok(Outcome { report_due: None, ..plain(r, &pack, row)? });
    rows.into_iter().map(told).collect()
}

/// Takes an outcome to its next state, if it is still as the caller saw it, and sets columns beside it.
pub(super) async fn advance(
    w: &Writing,
    row: &bid_outcome::Model,
    seen: i64,
    next: OutcomeState,
    columns: Vec<(bid_outcome::Column, SimpleExpr)>,
) -> Result<(), Refusal> {
    let mut update = bid_outcome::Entity::update_many()
        .col_expr(bid_outcome::Column::State, Expr::value(Word(next)))
        .col_expr(bid_outcome::Column::Version, Expr::value(seen + 1));
    for (column, value) in columns {
        update = update.col_expr(column, value);
    }
    let as_seen = update
        .filter(bid_outcome::Column::Id.eq(row.id))
        .filter(bid_outcome::Column::State.eq(row.state))
        .filter(bid_outcome::Column::Version.eq(seen));
    w.change(as_seen).await
}
