//! What is counted of a procurement, so that no list of rows is read for its length.

use std::collections::{HashMap, HashSet};

use entity::{
    Word, bid, consensus, criterion, lot, mark, outbox_message, procurement, requirement, result, submission,
};
use rules::stage::{MailState, Stage};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::bidding::outcome::force;
use crate::kernel::{Reading, Refusal};

fn whole(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}

/// How many requirements each council entered, and how many of them are in no pooled one yet.
pub(super) async fn requirements(r: &Reading, id: Uuid) -> Result<HashMap<Uuid, (u64, u64)>, Refusal> {
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

/// How many questions each lot has.
pub(super) async fn questions(r: &Reading, id: Uuid) -> Result<HashMap<Uuid, u64>, Refusal> {
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

/// A bid is marked in the lots it is for, unless it was withdrawn or is disregarded; before the opening there is none. (A ground
/// about a price comes after the lock of its lot, when all is marked.)
pub(super) async fn bids(r: &Reading, id: Uuid) -> Result<HashMap<Uuid, u64>, Refusal> {
    let rows = bid::Entity::find().filter(bid::Column::ProcurementId.eq(id)).all(r.txn()).await?;
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
    let disregarded = force::whole(r, id).await?;
    let stands = |row: &&bid::Model| standing.contains(&row.submission_id) && !disregarded.contains(&row.id);
    let standing: Vec<Uuid> = rows.iter().filter(stands).map(|row| row.id).collect();
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
pub(super) async fn undecided_late(r: &Reading, id: Uuid) -> Result<Vec<Vec<Uuid>>, Refusal> {
    let late = crate::bidding::late::undecided(r, id, r.now()).await?;
    Ok(late.into_iter().map(|(_, given)| given).collect())
}

/// How many marks each person has given in each lot, question by question, of the bids that are marked.
pub(super) async fn marks(
    r: &Reading,
    id: Uuid,
) -> Result<HashMap<(Uuid, Uuid), Vec<(String, u64)>>, Refusal> {
    use mark::Column;
    let rows: Vec<(Uuid, Uuid, String, i64)> = mark::Entity::find()
        .select_only()
        .column(Column::LotId)
        .column(Column::PersonId)
        .column(Column::Question)
        .column_as(Column::Id.count(), "marks")
        .filter(Column::ProcurementId.eq(id))
        .filter(Column::Current.eq(true))
        .filter(Column::BidId.is_not_in(force::whole(r, id).await?))
        .group_by(Column::LotId)
        .group_by(Column::PersonId)
        .group_by(Column::Question)
        .into_tuple()
        .all(r.txn())
        .await?;
    let mut counts: HashMap<_, Vec<_>> = HashMap::new();
    for (lot, person, question, count) in rows {
        counts.entry((lot, person)).or_default().push((question, whole(count)));
    }
    Ok(counts)
}

/// How many marks of record each lot has, of the bids that are marked.
pub(super) async fn agreed(r: &Reading, id: Uuid) -> Result<HashMap<Uuid, u64>, Refusal> {
    use consensus::Column;
    let rows: Vec<(Uuid, i64)> = consensus::Entity::find()
        .select_only()
        .column(Column::LotId)
        .column_as(Column::Id.count(), "agreed")
        .filter(Column::ProcurementId.eq(id))
        .filter(Column::Current.eq(true))
        .filter(Column::BidId.is_not_in(force::whole(r, id).await?))
        .group_by(Column::LotId)
        .into_tuple()
        .all(r.txn())
        .await?;
    Ok(rows.into_iter().map(|(lot, count)| (lot, whole(count))).collect())
}

/// The lots that have a result.
pub(super) async fn with_result(r: &Reading, id: Uuid) -> Result<HashSet<Uuid>, Refusal> {
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

/// Who proposed the changes of locked marks that wait.
pub(super) async fn changes_waiting(r: &Reading, id: Uuid) -> Result<Vec<Uuid>, Refusal> {
    let waiting = crate::scoring::change::waiting(r, id).await?;
    Ok(waiting.into_iter().map(|(_, proposed_by)| proposed_by).collect())
}

/// The grounds against tenders that wait: who raised each, and whether a second person may decide now.
pub(super) async fn grounds_waiting(r: &Reading, id: Uuid) -> Result<Vec<(Uuid, bool)>, Refusal> {
    let waiting = force::waiting(r, id).await?.into_iter();
    Ok(waiting.map(|row| (row.raised_by, force::is_heard(&row, r.now()))).collect())
}

/// The lots whose result is not of the prices, marks and tenders that count now.
pub(super) async fn outdated(r: &Reading, lots: &[lot::Model]) -> Result<HashSet<Uuid>, Refusal> {
    let mut found = HashSet::new();
    for lot in lots {
        if crate::scoring::result::is_outdated(r, lot.id).await? {
            found.insert(lot.id);
        }
    }
    Ok(found)
}

/// How many letters of awards are neither accepted nor served, by state.
pub(super) async fn letters(r: &Reading, id: Uuid) -> Result<HashMap<MailState, u64>, Refusal> {
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

/// Parts of bids that somebody has yet to read for prices; none before the opening and after scoring.
pub(super) async fn unread(r: &Reading, procurement: &procurement::Model) -> Result<usize, Refusal> {
    if procurement.stage.0 != Stage::Scoring {
        return Ok(0);
    }
    crate::bidding::release::view::waiting(r, procurement.id).await
}
