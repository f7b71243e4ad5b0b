//! Turns sealed submissions into bids, in the transaction of the last consent.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entity::{
    Word, bid, bid_answer, bid_confidential, bid_price, bid_response, invitation, procurement, submission,
};
use rules::stage::Stage;
use rules::words::AnswerOrigin;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use crate::bidding::compartment::{Compartment, SubmissionContent};
use crate::bidding::late;
use crate::bidding::tender::Tender;
use crate::kernel::ledger::Record;
use crate::kernel::secrets::sha256_hex;
use crate::kernel::{Refusal, Writing};

/// How many rows go into one insert: PostgreSQL and SQLite limit the parameters of a statement.
const ROWS: usize = 2000;

/// Opens the box. The caller holds the procurement's row and has checked consents and deadline.
pub(super) async fn open(
    w: &Writing,
    procurement: &procurement::Model,
    tender: &Tender,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let stage =
        procurement.stage.0.open().map_err(|error| Refusal::conflict("wrong_stage", error.to_string()))?;
    let mut last = last_of_each(w, procurement.id).await?;
    // Drawn by a hash over what nobody could choose after publication, so that the order in lists says nothing: neither
    // who came first nor whose name begins with A.
    last.sort_by_cached_key(|(submission, invitation)| {
        sha256_hex(format!("{} {} {}", tender.row.hash, submission.manifest_hash, invitation.id))
    });
    let mut bids = Vec::with_capacity(last.len());
    for (position, (submission, invitation)) in (1..).zip(&last) {
        let id = Uuid::now_v7();
        let row = bid::ActiveModel {
            id: Set(id),
            procurement_id: Set(procurement.id),
            submission_id: Set(submission.id),
            supplier_id: Set(invitation.supplier_id),
            position: Set(position),
            created_at: Set(now),
        };
        bid::Entity::insert(row).exec_without_returning(w.txn()).await?;
        let compartment = Compartment::of_invitation(w, invitation).await?;
        insert_content(w, id, compartment.open_submission(submission)?).await?;
        bids.push(json!({
            "bid": id,
            "submission": submission.id,
            "manifest": submission.manifest_hash,
            "late": submission.late,
        }));
    }
    let opened = procurement::Entity::update_many()
        .col_expr(procurement::Column::Stage, Expr::value(stage.as_str()))
        .col_expr(procurement::Column::OpenedAt, Expr::value(now))
        .col_expr(procurement::Column::Version, Expr::value(procurement.version + 1))
        .filter(procurement::Column::Id.eq(procurement.id))
        .filter(procurement::Column::Stage.eq(Word(Stage::Published)))
        .exec(w.txn())
        .await?;
    if opened.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    w.record(Record::new(procurement.id, "bidding.opening.open", procurement.id, json!({ "bids": bids })));
    Ok(())
}

/// Of each bidder, the last submission that was not withdrawn and came in time or was admitted. A refused one is passed over,
/// and the one before it stands. A link that was taken back takes no bid with it.
async fn last_of_each(
    w: &Writing,
    procurement: Uuid,
) -> Result<Vec<(submission::Model, invitation::Model)>, Refusal> {
    let admitted = late::admitted(w, procurement).await?;
    let submissions = submission::Entity::find()
        .filter(submission::Column::ProcurementId.eq(procurement))
        .filter(submission::Column::WithdrawnAt.is_null())
        .order_by_asc(submission::Column::Number)
        .all(w.txn())
        .await?;
    let mut last: BTreeMap<Uuid, submission::Model> = BTreeMap::new();
    for row in submissions.into_iter().filter(|row| !row.late || admitted.contains(&row.id)) {
        last.insert(row.invitation_id, row);
    }
    let invitations = invitation::Entity::find()
        .filter(invitation::Column::ProcurementId.eq(procurement))
        .all(w.txn())
        .await?;
    Ok(invitations
        .into_iter()
        .filter_map(|invitation| Some((last.remove(&invitation.id)?, invitation)))
        .collect())
}

/// What a bid says, one insert of many rows a table (SHEETS section 4).
async fn insert_content(w: &Writing, bid_id: Uuid, content: SubmissionContent) -> Result<(), Refusal> {
    let reading = content.bid()?;
    let prices = reading.prices.into_iter().map(|price| bid_price::ActiveModel {
        id: Set(Uuid::now_v7()),
        bid_id: Set(bid_id),
        line: Set(price.line.into()),
        offer: Set(Word(price.offer)),
        unit_price_e4: Set(price.unit_price.map(|unit| unit.0)),
        sheet: Set(price.sheet.into()),
        cell: Set(price.cell.into()),
    });
    for rows in prices.collect::<Vec<_>>().chunks(ROWS) {
        bid_price::Entity::insert_many(rows.to_vec()).exec_without_returning(w.txn()).await?;
    }
    let responses = reading.responses.into_iter().map(|response| bid_response::ActiveModel {
        id: Set(Uuid::now_v7()),
        bid_id: Set(bid_id),
        requirement: Set(response.requirement),
        code: Set(Word(response.code)),
        comment: Set(response.comment),
        sheet: Set(response.sheet),
        cell: Set(response.cell),
    });
    for rows in responses.collect::<Vec<_>>().chunks(ROWS) {
        bid_response::Entity::insert_many(rows.to_vec()).exec_without_returning(w.txn()).await?;
    }
    let answers = reading.answers.into_iter().map(|answer| bid_answer::ActiveModel {
        id: Set(Uuid::now_v7()),
        bid_id: Set(bid_id),
        question: Set(answer.question),
        text: Set(answer.text),
        sheet: Set(answer.sheet),
        cell: Set(answer.cell),
        origin: Set(Word(if answer.typed { AnswerOrigin::Typed } else { AnswerOrigin::Workbook })),
    });
    for rows in answers.collect::<Vec<_>>().chunks(ROWS) {
        bid_answer::Entity::insert_many(rows.to_vec()).exec_without_returning(w.txn()).await?;
    }
    let marks = content.confidential.into_iter().map(|mark| bid_confidential::ActiveModel {
        id: Set(Uuid::now_v7()),
        bid_id: Set(bid_id),
        part: Set(Word(mark.part)),
        question: Set(mark.question),
        because: Set(mark.because),
    });
    for rows in marks.collect::<Vec<_>>().chunks(ROWS) {
        bid_confidential::Entity::insert_many(rows.to_vec()).exec_without_returning(w.txn()).await?;
    }
    Ok(())
}
