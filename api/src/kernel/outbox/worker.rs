//! Hands queued mails to the mail server, one envelope per recipient, until each is settled.
//!
//! A mail is claimed by a lease in database time, the claim is committed, SMTP runs outside any transaction (the lease is
//! renewed meanwhile), and the outcome is recorded only if the lease is still ours. After a crash the mail is left
//! `sending` with a lease that runs out: whether the server took it is then unknown, which is recorded, and the same bytes
//! go again with the same Message-ID. So there is at most one duplicate per crash, and it can be told as one.
//!
//! A refusal of the recipient settles the mail and becomes a task for an officer. A refusal of us (our sender, our
//! sign-in, the server's policy) would meet every mail: all of them wait until the pause ends ([`pause`]), and the outbox
//! page says so.

use std::convert::Infallible;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{Word, mail_attempt, outbox_message};
use rules::stage::MailState;
use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;

#[cfg(test)]
mod tests;

use super::smtp::{Ending, Server};
use super::{pause, sealing};
use crate::kernel::ledger::Record;
use crate::kernel::{Caller, Db, Refusal, Writing};

/// Longer than the longest step of a conversation ([`super::smtp::ANSWER`]), and renewed while we talk.
const LEASE: TimeDelta = TimeDelta::seconds(90);
const RENEW_EVERY: Duration = Duration::from_secs(20);
/// How long to look away when there is nothing to send.
const IDLE: Duration = Duration::from_secs(2);
/// So long after its first try a mail that no server took is given up and shown to an officer.
const EXPIRES_AFTER: TimeDelta = TimeDelta::hours(72);

/// Reads the mail server's URL; see [`Server::from_url`].
pub fn transport(url: &str) -> Result<Server, Refusal> {
    Server::from_url(url)
}

/// Sends mails until the program ends.
pub async fn run(db: Db, server: Server) {
    let owner = Uuid::now_v7().to_string();
    loop {
        match send_one(&db, &server, &owner).await {
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
pub async fn send_one(db: &Db, server: &Server, owner: &str) -> Result<bool, Refusal> {
    let claimant = owner.to_owned();
    let Some(mail) = db.write(&Caller::System, move |w| async move { claim(&w, &claimant).await }).await?
    else {
        return Ok(false);
    };
    let letter = mail.clone();
    let bytes = db.read(&Caller::System, |r| async move { sealing::bytes(&r, &letter).await }).await;
    let ending = tokio::select! {
        ending = hand_over(server, &mail, bytes) => ending,
        never = keep_lease(db, &mail, owner) => match never {},
    };
    let holder = owner.to_owned();
    db.write(&Caller::System, move |w| async move { settle(&w, &mail, &holder, ending).await }).await?;
    Ok(true)
}

/// Takes the mail that has waited longest. The returned row counts this try already.
async fn claim(w: &Writing, owner: &str) -> Result<Option<outbox_message::Model>, Refusal> {
    use outbox_message::Column;
    if pause::of(w).await?.is_some() {
        return Ok(None);
    }
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
    let Some(mut mail) = due else { return Ok(None) };
    if mail.state.0 == MailState::Sending {
        let lost = "The sending was interrupted: it is not known whether the server took the mail.";
        mail.state = Word(mail.state.0.lose().map_err(|error| Refusal::internal(&error))?);
        note_attempt(w, &mail, mail.state.0, lost).await?;
    }
    mail.state = Word(mail.state.0.claim().map_err(|error| Refusal::internal(&error))?);
    mail.attempts += 1;
    mail.version += 1;
    outbox_message::Entity::update_many()
        .col_expr(Column::State, Expr::value(mail.state))
        .col_expr(Column::LeaseOwner, Expr::value(owner))
        .col_expr(Column::LeaseUntil, Expr::value(w.now() + LEASE))
        .col_expr(Column::Attempts, Expr::value(mail.attempts))
        .col_expr(Column::Version, Expr::value(mail.version))
        .filter(Column::Id.eq(mail.id))
        .exec(w.txn())
        .await?;
    Ok(Some(mail))
}

/// Renews the lease for as long as the conversation lasts.
async fn keep_lease(db: &Db, mail: &outbox_message::Model, owner: &str) -> Infallible {
    loop {
        tokio::time::sleep(RENEW_EVERY).await;
        let (id, attempt, holder) = (mail.id, mail.attempts, owner.to_owned());
        let renewed = db.write(&Caller::System, move |w| async move {
            let until = w.now() + LEASE;
            let rows = outbox_message::Entity::update_many()
                .col_expr(outbox_message::Column::LeaseUntil, Expr::value(until))
                .filter(held(id, attempt, &holder))
                .exec(w.txn())
                .await?;
            Ok(rows.rows_affected == 1)
        });
        match renewed.await {
            Ok(true) => {}
            // The recipient was served otherwise, or another worker has the mail. The conversation cannot be unsaid: it
            // ends by itself, and its outcome is still worth recording.
            Ok(false) => std::future::pending().await,
            Err(refusal) => tracing::warn!(%refusal, "a lease could not be renewed"),
        }
    }
}

/// The mail in this very try by this worker.
fn held(id: Uuid, attempt: i32, owner: &str) -> Condition {
    use outbox_message::Column;
    Condition::all()
        .add(Column::Id.eq(id))
        .add(Column::State.eq(Word(MailState::Sending)))
        .add(Column::LeaseOwner.eq(owner))
        .add(Column::Attempts.eq(attempt))
}

async fn hand_over(server: &Server, mail: &outbox_message::Model, bytes: Result<Vec<u8>, Refusal>) -> Ending {
    // Every other mail would wait behind one that cannot be read.
    let Ok(bytes) = bytes else {
        return Ending::Refused("the stored mail cannot be read".to_owned());
    };
    let Some(from) = sender_of(&bytes) else {
        return Ending::Refused("the mail names no sender that can be used".to_owned());
    };
    match mail.recipient.parse() {
        Ok(to) => server.hand_over(&from, &to, &bytes).await,
        Err(_) => Ending::Refused("the recipient's address cannot be used".to_owned()),
    }
}

fn sender_of(body: &[u8]) -> Option<lettre::Address> {
    let head = String::from_utf8_lossy(body);
    let line = head.lines().find_map(|line| line.strip_prefix("From: "))?;
    line.parse::<lettre::message::Mailbox>().ok().map(|mailbox| mailbox.email)
}

/// Records how a try ended.
async fn settle(
    w: &Writing,
    mail: &outbox_message::Model,
    owner: &str,
    ending: Ending,
) -> Result<(), Refusal> {
    let sending = mail.state.0;
    let (next, answer) = match ending {
        Ending::Taken(answer) => (sending.accept(), answer),
        Ending::NotNow(answer) => (sending.defer(), answer),
        Ending::Refused(answer) => (sending.fail(), answer),
        Ending::Unknown(answer) => (sending.lose(), answer),
        Ending::HostRefuses(answer) => {
            pause::begin(w, &answer).await?;
            (sending.defer(), answer)
        }
    };
    let outcome = next.map_err(|error| Refusal::internal(&error))?;
    note_attempt(w, mail, outcome, &answer).await?;
    let state = match outcome.expire() {
        Ok(expired) if first_try(w, mail).await? + EXPIRES_AFTER < w.now() => expired,
        _ => outcome,
    };
    change(w, mail, owner, state, &answer).await?;
    if state == MailState::Accepted {
        pause::end(w).await?;
    }
    Ok(())
}

/// Moves the mail on, unless it is no longer ours: then an officer has served it otherwise, or another worker has it.
async fn change(
    w: &Writing,
    mail: &outbox_message::Model,
    owner: &str,
    state: MailState,
    answer: &str,
) -> Result<(), Refusal> {
    use outbox_message::Column;
    let mut update = outbox_message::Entity::update_many()
        .col_expr(Column::State, Expr::value(Word(state)))
        .col_expr(Column::Answer, Expr::value(answer))
        .col_expr(Column::NextAt, Expr::value(next_try(w.now(), mail.attempts, mail.id)))
        .col_expr(Column::LeaseOwner, Expr::value(None::<String>))
        .col_expr(Column::LeaseUntil, Expr::value(None::<DateTime<Utc>>))
        .col_expr(Column::Version, Expr::value(mail.version + 1))
        .filter(held(mail.id, mail.attempts, owner));
    if state == MailState::Accepted {
        update = update.col_expr(Column::AcceptedAt, Expr::value(w.now()));
        if mail.secret {
            // The link has left; nothing that could still be used stays behind.
            update = update.col_expr(Column::Body, Expr::value(Vec::<u8>::new()));
        }
    }
    update.exec(w.txn()).await?;
    Ok(())
}

/// Keeps one try for good, in its own row and in the ledger. A try whose lease ran out is noted by whoever claims the
/// mail next; what its worker says afterwards is not a second try.
async fn note_attempt(
    w: &Writing,
    mail: &outbox_message::Model,
    state: MailState,
    answer: &str,
) -> Result<(), Refusal> {
    let noted = mail_attempt::Entity::find()
        .filter(mail_attempt::Column::MessageId.eq(mail.id))
        .filter(mail_attempt::Column::Number.eq(mail.attempts))
        .one(w.txn())
        .await?;
    if noted.is_some() {
        return Ok(());
    }
    let row = mail_attempt::ActiveModel {
        id: Set(Uuid::now_v7()),
        message_id: Set(mail.id),
        number: Set(mail.attempts),
        at: Set(w.now()),
        state: Set(Word(state)),
        answer: Set(answer.to_owned()),
    };
    mail_attempt::Entity::insert(row).exec_without_returning(w.txn()).await?;
    let body = json!({
        "message_id": mail.message_id,
        "kind": mail.kind,
        "attempt": mail.attempts,
        "state": state.as_str(),
    });
    let record = match mail.procurement_id {
        Some(procurement) => Record::new(procurement, "telling.mail.try", mail.id, body),
        None => Record::people("telling.mail.try", mail.id, body),
    };
    w.record(if mail.sealed { record.sealed() } else { record });
    Ok(())
}

/// When the mail was first tried: it may have been withheld for long before.
async fn first_try(w: &Writing, mail: &outbox_message::Model) -> Result<DateTime<Utc>, Refusal> {
    let first = mail_attempt::Entity::find()
        .filter(mail_attempt::Column::MessageId.eq(mail.id))
        .order_by_asc(mail_attempt::Column::Number)
        .one(w.txn())
        .await?;
    Ok(first.map_or(w.now(), |attempt| attempt.at))
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
