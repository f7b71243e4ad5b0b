//! The contract award notice (UK6) of a lot: the day it was published starts the standstill (s.51).

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entity::{Word, award, lot, outbox_message, signature};
use rules::calendar::{self, STANDSTILL, Standstill, standstill};
use rules::stage::{MailState, Stage};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use super::award::must_be_awarded;
use super::{evidence, letters};
use crate::kernel::clock::{day_text, london_day};
use crate::kernel::ledger::Record;
use crate::kernel::{Faults, Reading, Refusal, Writing};

/// What is entered about a published notice.
#[derive(Clone, Debug, Default)]
pub struct NoticeInput {
    /// The day on which UK6 was published on the central digital platform.
    pub published_on: String,
    /// The length of the standstill in working days, where the notice says more than the law's eight. Where a day is
    /// corrected, the length that was recorded stays unless another one is entered.
    pub working_days: Option<String>,
    /// Why, where a correction shortens the standstill.
    pub reason: Option<String>,
}

/// What was entered, checked.
struct Checked {
    published_on: NaiveDate,
    days: u32,
    period: Standstill,
    reason: Option<String>,
}

/// Records the day on which UK6 was published, and with it the standstill. The coordinator does; a wrong day can be
/// corrected until somebody has signed. Bidders rely on the length that was announced: a shorter one needs a reason, which
/// the ledger keeps.
///
/// It waits until every assessed bidder was told: until a mail server has accepted its assessment summary, or it was served
/// otherwise (DOMAIN rule 10).
pub async fn record(
    w: &Writing,
    procurement_id: Uuid,
    lot_id: Uuid,
    seen: i64,
    input: NoticeInput,
) -> Result<award::Model, Refusal> {
    let scope = evidence::changing(w, procurement_id).await?;
    scope.must_coordinate()?;
    scope.must_stand_at(&[Stage::Deciding, Stage::Awarded])?;
    let lot = evidence::lot(w, &scope, lot_id).await?;
    let award = must_be_awarded(w, &lot).await?;
    if signature::Entity::find().filter(signature::Column::AwardId.eq(award.id)).count(w.txn()).await? > 0 {
        return Err(Refusal::conflict("already_signed", "A contract of this lot is signed already."));
    }
    must_have_told(w, &award).await?;
    let Checked { published_on, days, period, reason } = check(w, &award, &input)?;
    let stored_days = i32::try_from(days).map_err(|error| Refusal::internal(&error))?;
    let changed = award::Entity::update_many()
        .col_expr(award::Column::NoticeOn, Expr::value(published_on))
        .col_expr(award::Column::StandstillDays, Expr::value(stored_days))
        .col_expr(award::Column::StandstillEndsOn, Expr::value(period.last_day))
        .col_expr(award::Column::Version, Expr::value(seen + 1))
        .filter(award::Column::Id.eq(award.id))
        .filter(award::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if changed.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    let body = json!({
        "lot": lot.code,
        "published_on": published_on.to_string(),
        "working_days": days,
        "standstill_from": period.first_day.to_string(),
        "standstill_until": period.last_day.to_string(),
        "clause": STANDSTILL.clause,
    });
    let record = Record::new(scope.id(), "deciding.notice.record", award.id, body);
    w.record(match reason {
        Some(reason) => record.because(reason),
        None => record,
    });
    must_be_awarded(w, &lot).await
}

fn check(w: &Writing, award: &award::Model, input: &NoticeInput) -> Result<Checked, Refusal> {
    let mut faults = Faults::new();
    let published_on = faults.date("published_on", &input.published_on);
    let before = working_days(award);
    let least = i32::try_from(STANDSTILL.number).unwrap_or(i32::MAX);
    let days = match input.working_days.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        None => before.unwrap_or(STANDSTILL.number),
        Some(text) => faults.whole("working_days", text, least, 260).unsigned_abs(),
    };
    let reason = faults.optional("reason", input.reason.as_deref(), 2_000);
    if let Some(before) = before.filter(|before| days < *before)
        && reason.is_none()
        && !faults.has("working_days")
    {
        let message = format!(
            "The standstill was announced with {before} working days. Say why {days} are enough; the reason is kept in \
             the history."
        );
        faults.add("reason", "shortens_the_standstill", message);
    }
    check_day(w, award, published_on, &mut faults);
    let period = standstill(published_on, days);
    if let Err(fault) = &period
        && !faults.has("published_on")
    {
        faults.add("published_on", fault.code(), format!("The standstill cannot be told: {fault}."));
    }
    faults.in_order(&["published_on", "working_days", "reason"]);
    faults.done()?;
    Ok(Checked { published_on, days, period: period.map_err(|error| Refusal::internal(&error))?, reason })
}

/// A notice is published between the award and today.
fn check_day(w: &Writing, award: &award::Model, published_on: NaiveDate, faults: &mut Faults) {
    let (awarded_on, today) = (london_day(award.awarded_at), london_day(w.now()));
    if faults.has("published_on") {
        return;
    }
    if published_on > today {
        let message = format!("Enter the day it was published: today ({}) or earlier.", day_text(today));
        faults.add("published_on", "in_the_future", message);
    } else if published_on < awarded_on {
        let message = format!("The award was made on {}: the notice follows it.", day_text(awarded_on));
        faults.add("published_on", "before_award", message);
    }
}

/// How many assessed bidders have not been told: those of whose assessment summaries none was accepted by a mail server or
/// served otherwise.
///
/// One address of a bidder is enough (decided 2026-11-26): the summary is owed to the supplier (PA23 s.50(3), reg 31), which
/// chose its addresses itself, and one full mailbox among ten must not keep the notice back. Summaries that failed stay
/// tasks of the coordinator until they are served.
pub async fn untold(r: &Reading, award: &award::Model) -> Result<u64, Refusal> {
    let summaries: Vec<(Option<Uuid>, Word<MailState>)> = outbox_message::Entity::find()
        .select_only()
        .column(outbox_message::Column::SupplierId)
        .column(outbox_message::Column::State)
        .filter(outbox_message::Column::ProcurementId.eq(award.procurement_id))
        .filter(outbox_message::Column::Event.starts_with(letters::event(award.id)))
        .filter(outbox_message::Column::Kind.is_in(letters::SUMMARIES))
        .into_tuple()
        .all(r.txn())
        .await?;
    let is_told = |state: &Word<MailState>| matches!(state.0, MailState::Accepted | MailState::Served);
    let (told, rest): (Vec<_>, Vec<_>) = summaries.iter().partition(|(_, state)| is_told(state));
    let told: BTreeSet<_> = told.iter().map(|(supplier, _)| *supplier).collect();
    let rest: BTreeSet<_> = rest.iter().map(|(supplier, _)| *supplier).collect();
    Ok(rest.difference(&told).count() as u64)
}

async fn must_have_told(r: &Reading, award: &award::Model) -> Result<(), Refusal> {
    match untold(r, award).await? {
        0 => Ok(()),
        count => Err(Refusal::conflict(
            "summaries_not_told",
            format!(
                "UK6 waits for {count} bidders: no mail server has accepted an assessment summary to them yet. Send it, or \
                 record on the page Letters how they were served otherwise (reg 31(4))."
            ),
        )),
    }
}

/// The standstill of an award whose notice is published. Its first day is the day of publication if that is a working
/// day, else the next.
pub(super) fn of(award: &award::Model) -> Option<Standstill> {
    let (published_on, last_day) = (award.notice_on?, award.standstill_ends_on?);
    let least = standstill(published_on, STANDSTILL.number).ok()?;
    Some(Standstill { first_day: least.first_day, last_day, sign_from: last_day.succ_opt()? })
}

/// How many working days the standstill of an award has; nothing before its notice. Notices recorded before this was kept
/// tell it by their days.
pub(super) fn working_days(award: &award::Model) -> Option<u32> {
    let stored = award.standstill_days.and_then(|days| u32::try_from(days).ok());
    stored.or_else(|| calendar::working_days(award.notice_on?, award.standstill_ends_on?).ok())
}

/// The notice of a lot that must have one.
pub(super) fn must_be_published(award: &award::Model, lot: &lot::Model) -> Result<Standstill, Refusal> {
    of(award).ok_or_else(|| {
        Refusal::conflict(
            "no_notice",
            format!("UK6 of lot {} is not published yet: the standstill has not begun (s.51).", lot.code),
        )
    })
}
