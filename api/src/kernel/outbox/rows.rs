//! Reading the outbox, and the few things officers do to a mail by hand. The stage `telling` decides who may.

use entity::{Word, mail_attempt, outbox_message};
use rules::stage::MailState;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::kernel::{Paging, Reading, Refusal, Slice, Writing};

/// The mails that meet a condition, newest first.
pub async fn messages(
    r: &Reading,
    wanted: Condition,
    paging: &Paging,
) -> Result<Slice<outbox_message::Model>, Refusal> {
    use outbox_message::Column;
    let mut query = outbox_message::Entity::find().filter(wanted);
    if let Some(after) = paging.after_key::<Uuid>()? {
        query = query.filter(Column::Id.lt(after));
    }
    let rows = query.order_by_desc(Column::Id).limit(paging.limit + 1).all(r.txn()).await?;
    Ok(paging.cut(rows, |row| row.id.to_string()))
}

/// One mail that meets a condition.
pub async fn message(r: &Reading, id: Uuid, wanted: Condition) -> Result<outbox_message::Model, Refusal> {
    let row = outbox_message::Entity::find_by_id(id).filter(wanted).one(r.txn()).await?;
    row.ok_or_else(|| Refusal::not_found("letter"))
}

/// The tries of a mail, first to last.
pub async fn attempts(r: &Reading, id: Uuid) -> Result<Vec<mail_attempt::Model>, Refusal> {
    Ok(mail_attempt::Entity::find()
        .filter(mail_attempt::Column::MessageId.eq(id))
        .order_by_asc(mail_attempt::Column::Number)
        .all(r.txn())
        .await?)
}

/// Lets a withheld mail go to the server.
pub async fn release(w: &Writing, mail: &outbox_message::Model, seen: i64) -> Result<(), Refusal> {
    if !w.installation().sends_mail {
        return Err(Refusal::conflict(
            "no_mail_server",
            "No mail server is set up: set COMMONLOT_SMTP_URL first.",
        ));
    }
    let state = mail.state.0.release().map_err(|_| not_possible(mail))?;
    change(w, mail.id, seen, state, "released by an officer").await
}

/// Notes that the recipient was told in another way, by post or by phone.
pub async fn serve_otherwise(
    w: &Writing,
    mail: &outbox_message::Model,
    seen: i64,
    how: &str,
) -> Result<(), Refusal> {
    let state = mail.state.0.serve().map_err(|_| not_possible(mail))?;
    change(w, mail.id, seen, state, how).await
}

fn not_possible(mail: &outbox_message::Model) -> Refusal {
    Refusal::conflict(
        "mail_state",
        format!("This mail is {}; that cannot be done to it.", mail.state.0.label()),
    )
}

async fn change(w: &Writing, id: Uuid, seen: i64, state: MailState, answer: &str) -> Result<(), Refusal> {
    use outbox_message::Column;
    // A worker that is sending it meanwhile finds that the mail is no longer its own, and leaves this state alone.
    let changed = outbox_message::Entity::update_many()
        .col_expr(Column::State, Expr::value(Word(state)))
        .col_expr(Column::Answer, Expr::value(answer))
        .col_expr(Column::NextAt, Expr::value(w.now()))
        .col_expr(Column::Version, Expr::value(seen + 1))
        .filter(Column::Id.eq(id))
        .filter(Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if changed.rows_affected == 1 { Ok(()) } else { Err(Refusal::stale()) }
}
