//! Hands queued mails to the mail server, one envelope per recipient, until each is settled.
//!
//! A mail is claimed by a lease in database time, the claim is committed, SMTP runs outside any transaction, and the
//! outcome is recorded only if the lease is still ours. A crash in between leaves the mail `sending` with a lease that
//! runs out; it is then sent again with the same bytes and the same Message-ID: at most one duplicate per crash.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{Word, mail_attempt, outbox_message};
use lettre::address::Envelope;
use lettre::transport::smtp::Error as SmtpError;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use rules::stage::MailState;
use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use crate::kernel::ledger::Record;
use crate::kernel::{Caller, Db, Refusal, Writing};

/// Longer than an SMTP session may take, so that a lease never ends while its owner is still talking.
const LEASE: TimeDelta = TimeDelta::minutes(5);
const SMTP_TIMEOUT: Duration = Duration::from_mins(1);
/// How long to look away when there is nothing to send.
const IDLE: Duration = Duration::from_secs(2);
/// After this a mail that no server took is given up and shown to an officer.
const EXPIRES_AFTER: TimeDelta = TimeDelta::hours(72);

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// Builds the connection to a mail server from its URL, for example `smtps://user:secret@mail.example` or
/// `smtp://127.0.0.1:2525`. STARTTLS is required unless the URL says `?tls=none`, which is only for a server on the
/// same machine.
pub fn transport(url: &str) -> Result<Transport, Refusal> {
    let (url, plain) = match url.strip_suffix("?tls=none") {
        Some(bare) => (bare.to_owned(), true),
        None if url.starts_with("smtp://") && !url.contains("tls=") => (format!("{url}?tls=required"), false),
        None => (url.to_owned(), false),
    };
    let unusable = |error: SmtpError| {
        Refusal::invalid("smtp_url", format!("COMMONLOT_SMTP_URL cannot be used: {error}"))
    };
    let builder = Transport::from_url(&url).map_err(unusable)?.timeout(Some(SMTP_TIMEOUT));
    let builder = if plain { builder.tls(lettre::transport::smtp::client::Tls::None) } else { builder };
    Ok(builder.build())
}

/// Sends mails until the program ends.
pub async fn run(db: Db, transport: Transport) {
    let owner = Uuid::now_v7().to_string();
    loop {
        match send_one(&db, &transport, &owner).await {
            Ok(true) => {}
            Ok(false) => tokio::time::sleep(IDLE).await,
            Err(refusal) => {
                tracing::warn!(%refusal, "the outbox could not be read");
                tokio::time::sleep(IDLE).await;
            }
        }
    }
}

/// Sends the next mail that is due; tells whether there was one.
pub async fn send_one(db: &Db, transport: &Transport, owner: &str) -> Result<bool, Refusal> {
    let claimant = owner.to_owned();
    let Some(mail) = db.write(&Caller::System, move |w| async move { claim(&w, &claimant).await }).await?
    else {
        return Ok(false);
    };
    let outcome = hand_over(transport, &mail).await;
    let holder = owner.to_owned();
    db.write(&Caller::System, move |w| async move { settle(&w, &mail, &holder, outcome).await }).await?;
    Ok(true)
}

/// What came of one try.
struct Outcome {
    state: MailState,
    answer: String,
}

async fn claim(w: &Writing, owner: &str) -> Result<Option<outbox_message::Model>, Refusal> {
    use outbox_message::Column;
    let waiting = Condition::all()
        .add(Column::State.is_in([MailState::Queued, MailState::Deferred, MailState::Uncertain].map(Word)))
        .add(Column::NextAt.lte(w.now()));
    let abandoned =
        Condition::all().add(Column::State.eq(Word(MailState::Sending))).add(Column::LeaseUntil.lt(w.now()));
    let due = outbox_message::Entity::find()
        .filter(Condition::any().add(waiting).add(abandoned))
        .order_by_asc(Column::NextAt)
        .limit(1)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .one(w.txn())
        .await?;
    let Some(mail) = due else { return Ok(None) };
    outbox_message::Entity::update_many()
        .col_expr(Column::State, Expr::value(Word(MailState::Sending)))
        .col_expr(Column::LeaseOwner, Expr::value(owner))
        .col_expr(Column::LeaseUntil, Expr::value(w.now() + LEASE))
        .col_expr(Column::Attempts, Expr::value(mail.attempts + 1))
        .filter(Column::Id.eq(mail.id))
        .exec(w.txn())
        .await?;
    Ok(Some(mail))
}

async fn hand_over(transport: &Transport, mail: &outbox_message::Model) -> Outcome {
    let envelope = sender_of(&mail.body).and_then(|from| {
        let to = mail.recipient.parse().ok()?;
        Envelope::new(Some(from), vec![to]).ok()
    });
    let Some(envelope) = envelope else {
        return Outcome { state: MailState::Failed, answer: "the address cannot be used".to_owned() };
    };
    match transport.send_raw(&envelope, &mail.body).await {
        Ok(response) => Outcome {
            state: MailState::Accepted,
            answer: format!("{} {}", response.code(), response.message().collect::<Vec<_>>().join(" ")),
        },
        // A refusal for good needs an officer; everything else is tried again.
        Err(error) if error.is_permanent() => Outcome { state: MailState::Failed, answer: error.to_string() },
        Err(error) => Outcome { state: MailState::Deferred, answer: error.to_string() },
    }
}

fn sender_of(body: &[u8]) -> Option<lettre::Address> {
    let head = String::from_utf8_lossy(body);
    let line = head.lines().find_map(|line| line.strip_prefix("From: "))?;
    line.parse::<lettre::message::Mailbox>().ok().map(|mailbox| mailbox.email)
}

async fn settle(
    w: &Writing,
    mail: &outbox_message::Model,
    owner: &str,
    outcome: Outcome,
) -> Result<(), Refusal> {
    use outbox_message::Column;
    let attempt = mail.attempts + 1;
    let expired = outcome.state == MailState::Deferred && mail.created_at + EXPIRES_AFTER < w.now();
    let state = if expired { MailState::Expired } else { outcome.state };
    let accepted = state == MailState::Accepted;
    let mut update = outbox_message::Entity::update_many()
        .col_expr(Column::State, Expr::value(Word(state)))
        .col_expr(Column::Answer, Expr::value(outcome.answer.as_str()))
        .col_expr(Column::NextAt, Expr::value(next_try(w.now(), attempt, mail.id)))
        .col_expr(Column::LeaseOwner, Expr::value(None::<String>))
        .col_expr(Column::LeaseUntil, Expr::value(None::<DateTime<Utc>>))
        .col_expr(Column::Version, Expr::value(mail.version + 1))
        .filter(Column::Id.eq(mail.id))
        .filter(Column::LeaseOwner.eq(owner))
        .filter(Column::Attempts.eq(attempt));
    if accepted {
        update = update.col_expr(Column::AcceptedAt, Expr::value(w.now()));
        if mail.secret {
            update = update.col_expr(Column::Body, Expr::value(Vec::<u8>::new()));
        }
    }
    if update.exec(w.txn()).await?.rows_affected == 0 {
        // The lease ran out and another worker has the mail; what it finds will be recorded.
        return Ok(());
    }
    let row = mail_attempt::ActiveModel {
        id: Set(Uuid::now_v7()),
        message_id: Set(mail.id),
        number: Set(attempt),
        at: Set(w.now()),
        state: Set(Word(state)),
        answer: Set(outcome.answer.clone()),
    };
    mail_attempt::Entity::insert(row).exec_without_returning(w.txn()).await?;
    let body = json!({ "message_id": mail.message_id, "kind": mail.kind, "attempt": attempt, "state": state.as_str() });
    let record = match mail.procurement_id {
        Some(procurement) => Record::new(procurement, "telling.mail.tried", mail.id, body),
        None => Record::people("telling.mail.tried", mail.id, body),
    };
    w.record(if mail.sealed { record.sealed() } else { record });
    Ok(())
}

/// 1, 5, 15, 60 minutes, then hourly, ±20 % so that many mails do not come back at once. The spread comes from the
/// mail's own key: no randomness is needed to part them.
fn next_try(now: DateTime<Utc>, attempt: i32, id: Uuid) -> DateTime<Utc> {
    let minutes = match attempt {
        ..=1 => 1,
        2 => 5,
        3 => 15,
        _ => 60,
    };
    let spread = i64::from(id.as_bytes()[15]) % 41 + 80;
    now + TimeDelta::seconds(minutes * 60 * spread / 100)
}
