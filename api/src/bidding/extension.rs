//! A later deadline in the tender box: the second person's confirmation, whole and in one transaction.
//!
//! `submission.late` says what holds now, by the deadline in force: at receipt by the deadline of then, and after a confirmed
//! extension anew, with a sealed ledger row for each submission that changed. The receipt does not change with it: it was
//! signed for the version of the pack under which the submission came, and is signed for that one again whenever it is asked
//! for (`signed`). Before the deadline there is nothing to judge anew; after it, where an outage was the ground, submissions
//! that came between the old and the new deadline are in time. One that came at exactly the new deadline is late.
//!
//! Openers' consents to the old deadline are void: whoever gave one thought that no more bids could come.

use askama::Template;
use entity::{opening_consent, submission};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use super::invitation::every_bidder;
use crate::kernel::clock::{london_text, rfc3339};
use crate::kernel::ledger::Record;
use crate::kernel::outbox::{Letter, Recipient};
use crate::kernel::{Refusal, Writing};
use crate::tendering::extension::confirmation::{self, Extended};
use crate::tendering::extension::{self, ExtensionView, Told};

/// Confirms an extension as its second person: the pack's next version, the deadline, submissions judged anew, and letters
/// to every partner council and to every bidder that has used its link. `seen` is the extension's version.
pub async fn confirm(
    w: &Writing,
    procurement_id: Uuid,
    id: Uuid,
    seen: i64,
) -> Result<ExtensionView, Refusal> {
    let extended = confirmation::confirm(w, procurement_id, id, seen).await?;
    let in_time = judge_anew(w, &extended).await?;
    opening_consent::Entity::delete_many()
        .filter(opening_consent::Column::ProcurementId.eq(procurement_id))
        .exec(w.txn())
        .await?;
    tell_bidders(w, &extended, &in_time).await?;
    extension::one(w, procurement_id, id).await
}

/// Late submissions that the new deadline makes timely.
async fn judge_anew(w: &Writing, extended: &Extended) -> Result<Vec<submission::Model>, Refusal> {
    let (procurement, deadline) = (extended.procurement.id, extended.extension.to_deadline);
    let rows = submission::Entity::find()
        .filter(submission::Column::ProcurementId.eq(procurement))
        .filter(submission::Column::Late.eq(true))
        .filter(submission::Column::ReceivedAt.lt(deadline))
        .order_by_asc(submission::Column::ReceivedAt)
        .all(w.txn())
        .await?;
    for row in &rows {
        submission::Entity::update_many()
            .col_expr(submission::Column::Late, Expr::value(false))
            .filter(submission::Column::Id.eq(row.id))
            .exec(w.txn())
            .await?;
        let body = json!({
            "late": false,
            "received_at": rfc3339(row.received_at),
            "deadline": rfc3339(deadline),
            "extension": extended.extension.id,
        });
        w.record(Record::new(procurement, "bidding.submission.judge", row.id, body).sealed());
    }
    Ok(rows)
}

#[derive(Template)]
#[template(path = "mail/deadline_extended_bidder.txt")]
struct BidderText<'a> {
    supplier: &'a str,
    told: &'a Told,
    in_time: &'a [(i32, String)],
    page: &'a str,
}

#[derive(Template)]
#[template(path = "mail/deadline_extended_bidder.html")]
struct BidderHtml<'a> {
    supplier: &'a str,
    told: &'a Told,
    in_time: &'a [(i32, String)],
    page: &'a str,
}

/// To every address of every bidder. The letters are sealed like receipts: how many there are tells how many may bid.
async fn tell_bidders(
    w: &Writing,
    extended: &Extended,
    in_time: &[submission::Model],
) -> Result<(), Refusal> {
    let told = &Told::new(&w.installation().base_url, extended);
    let page = &*format!("{}/supplier", w.installation().base_url);
    for bidder in every_bidder(w, extended.procurement.id).await? {
        let own: Vec<_> = in_time
            .iter()
            .filter(|row| row.invitation_id == bidder.invitation.id)
            .map(|row| (row.number, london_text(row.received_at)))
            .collect();
        let (supplier, in_time) = (bidder.supplier.name.as_str(), own.as_slice());
        let letter = Letter::new(
            "deadline_extended_bidder",
            format!("extension:{}:{}", extended.extension.id, bidder.invitation.id),
            Recipient::default(),
            format!("{}: the deadline is extended to {}", told.reference, told.new_deadline),
            (&BidderText { supplier, told, in_time, page }, &BidderHtml { supplier, told, in_time, page }),
        )?;
        let letter = Letter { procurement_id: Some(extended.procurement.id), sealed: true, ..letter };
        letter.queue_to_all(w, bidder.addresses).await?;
    }
    Ok(())
}
