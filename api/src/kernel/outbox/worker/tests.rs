//! The worker against a small mail server that answers as told and logs what it takes.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up cannot go on")]

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::kernel::outbox::{Letter, Recipient, attempts, serve_otherwise};
use crate::kernel::testing::World;

/// What the server says in one conversation.
#[derive(Clone, Copy)]
struct Script {
    mail: &'static str,
    recipient: &'static str,
    /// The answer to the dot; none cuts the line.
    dot: Option<&'static str>,
}

const TAKES: Script = Script { mail: "250 ok", recipient: "250 ok", dot: Some("250 2.0.0 taken as 7") };

/// What the server was sent: whole mails, up to the dot.
type Log = Arc<Mutex<Vec<String>>>;

/// Listens, follows one script a connection, and logs every mail that came whole.
async fn sink(scripts: Vec<Script>) -> (Server, Log) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = transport(&format!("smtp://{}?tls=none", listener.local_addr().unwrap())).unwrap();
    let log = Log::default();
    let written = Arc::clone(&log);
    tokio::spawn(async move {
        for script in scripts {
            let (stream, _) = listener.accept().await.unwrap();
            follow(stream, script, &written).await;
        }
    });
    (server, log)
}

async fn follow(stream: TcpStream, script: Script, log: &Log) {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 sink.example ESMTP\r\n").await.unwrap();
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
            return;
        }
        let answer = match line.split([' ', '\r']).next().unwrap_or_default() {
            "EHLO" => "250 sink.example",
            "MAIL" => script.mail,
            "RCPT" => script.recipient,
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await.unwrap();
                let mut mail = String::new();
                loop {
                    line.clear();
                    stream.read_line(&mut line).await.unwrap();
                    if line == ".\r\n" {
                        break;
                    }
                    mail.push_str(&line);
                }
                log.lock().unwrap().push(mail);
                match script.dot {
                    Some(answer) => answer,
                    None => return,
                }
            }
            _ => "221 bye",
        };
        if stream.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
            return;
        }
    }
}

/// A queued mail in a store of its own.
async fn queued(world: &World, secret: bool) -> Uuid {
    let letter = Letter {
        event: "test:1".to_owned(),
        kind: "test",
        recipient: Recipient { email: "clerk@ashvale.example".to_owned(), ..Recipient::default() },
        subject: "Award of lot 1".to_owned(),
        text: "The award is made: £10.\n".to_owned(),
        html: "<p>The award is made: £10.</p>".to_owned(),
        secret,
        ..Letter::default()
    };
    world
        .write(&Caller::System, move |w| async move {
            let id = letter.queue(&w).await?;
            outbox_message::Entity::update_many()
                .col_expr(outbox_message::Column::State, Expr::value(Word(MailState::Queued)))
                .filter(outbox_message::Column::Id.eq(id))
                .exec(w.txn())
                .await?;
            Ok(id)
        })
        .await
        .unwrap()
}

async fn mail(world: &World) -> outbox_message::Model {
    world.mails("test").await.pop().unwrap()
}

/// The states that the tries led to, and what was answered.
async fn tries(world: &World, id: Uuid) -> Vec<(MailState, String)> {
    let rows = world.read(&Caller::System, move |r| async move { attempts(&r, id).await }).await.unwrap();
    rows.into_iter().map(|row| (row.state.0, row.answer)).collect()
}

async fn send(world: &World, server: &Server) -> bool {
    send_one(&world.db, server, "this worker").await.unwrap()
}

#[tokio::test]
async fn a_mail_is_taken_once_and_its_secret_is_blanked() {
    let world = World::new().await;
    let id = queued(&world, true).await;
    let body = String::from_utf8(mail(&world).await.body).unwrap();
    let (server, log) = sink(vec![TAKES]).await;
    assert!(send(&world, &server).await);
    let sent = mail(&world).await;
    assert_eq!(sent.state.0, MailState::Accepted);
    assert_eq!(sent.answer.as_deref(), Some("250 2.0.0 taken as 7"));
    assert!(sent.accepted_at.is_some() && sent.body.is_empty() && sent.lease_owner.is_none());
    assert_eq!(log.lock().unwrap()[0].trim_end(), body.trim_end(), "the stored bytes are what is sent");
    assert!(!send(&world, &server).await, "it is not sent again");
    assert_eq!(tries(&world, id).await.len(), 1);
}

#[tokio::test]
async fn a_temporary_refusal_brings_the_same_bytes_again_later() {
    let world = World::new().await;
    let id = queued(&world, false).await;
    let busy = Script { recipient: "450 4.2.1 come back later", ..TAKES };
    let (server, log) = sink(vec![busy, TAKES]).await;
    assert!(send(&world, &server).await);
    assert_eq!(mail(&world).await.state.0, MailState::Deferred);
    assert!(!send(&world, &server).await, "not before its time");
    world.db.advance_clock(TimeDelta::minutes(2)).await.unwrap();
    assert!(send(&world, &server).await);
    let states: Vec<_> = tries(&world, id).await.into_iter().map(|(state, _)| state).collect();
    assert_eq!(states, [MailState::Deferred, MailState::Accepted]);
    assert_eq!(log.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_refused_recipient_settles_the_mail_and_nothing_else_waits() {
    let world = World::new().await;
    let id = queued(&world, false).await;
    let (server, log) = sink(vec![Script { recipient: "550 5.1.1 no such user", ..TAKES }]).await;
    assert!(send(&world, &server).await);
    assert_eq!(mail(&world).await.state.0, MailState::Failed);
    let tries = tries(&world, id).await;
    assert!(tries[0].1.contains("550") && tries[0].1.contains("no such user"), "{tries:?}");
    world.db.advance_clock(TimeDelta::hours(2)).await.unwrap();
    assert!(!send(&world, &server).await);
    assert!(log.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_cut_after_the_dot_is_uncertain_and_repeats_the_same_message() {
    let world = World::new().await;
    let id = queued(&world, false).await;
    let (server, log) = sink(vec![Script { dot: None, ..TAKES }, TAKES]).await;
    assert!(send(&world, &server).await);
    assert_eq!(mail(&world).await.state.0, MailState::Uncertain);
    world.db.advance_clock(TimeDelta::minutes(2)).await.unwrap();
    assert!(send(&world, &server).await);
    let sent = mail(&world).await;
    assert_eq!(sent.state.0, MailState::Accepted);
    let log = log.lock().unwrap().clone();
    assert_eq!(log.len(), 2);
    assert_eq!(log[0], log[1], "byte for byte the same");
    assert!(log[0].contains(&sent.message_id));
    let states: Vec<_> = tries(&world, id).await.into_iter().map(|(state, _)| state).collect();
    assert_eq!(states, [MailState::Uncertain, MailState::Accepted]);
}

#[tokio::test]
async fn a_refused_sender_pauses_every_mail() {
    let world = World::new().await;
    queued(&world, false).await;
    let (server, _) = sink(vec![Script { mail: "550 5.7.1 sender not allowed", ..TAKES }, TAKES]).await;
    assert!(send(&world, &server).await);
    assert_eq!(mail(&world).await.state.0, MailState::Deferred);
    let pause = world.read(&Caller::System, |r| async move { pause::of(&r).await }).await.unwrap().unwrap();
    assert!(pause.answer.contains("sender not allowed"));
    world.db.advance_clock(TimeDelta::minutes(2)).await.unwrap();
    assert!(!send(&world, &server).await, "the mail is due, but nothing is sent in the pause");
    world.db.advance_clock(TimeDelta::minutes(10)).await.unwrap();
    assert!(send(&world, &server).await);
    assert_eq!(mail(&world).await.state.0, MailState::Accepted);
    assert_eq!(world.read(&Caller::System, |r| async move { pause::of(&r).await }).await.unwrap(), None);
}

#[tokio::test]
async fn a_crash_while_sending_is_recorded_as_uncertain() {
    let world = World::new().await;
    let id = queued(&world, false).await;
    let dead =
        world.write(&Caller::System, |w| async move { claim(&w, "a dead worker").await }).await.unwrap();
    let (server, _) = sink(vec![TAKES]).await;
    assert!(!send(&world, &server).await, "the lease still runs");
    world.db.advance_clock(LEASE + TimeDelta::seconds(1)).await.unwrap();
    assert!(send(&world, &server).await);
    let states: Vec<_> = tries(&world, id).await.into_iter().map(|(state, _)| state).collect();
    assert_eq!(states, [MailState::Uncertain, MailState::Accepted]);
    // The worker was not dead but slow: what it says now changes nothing.
    let (dead, late) = (dead.unwrap(), Ending::NotNow("late".to_owned()));
    world
        .write(&Caller::System, move |w| async move { settle(&w, &dead, "a dead worker", late).await })
        .await
        .unwrap();
    assert_eq!(mail(&world).await.state.0, MailState::Accepted);
    assert_eq!(tries(&world, id).await.len(), 2);
}

#[tokio::test]
async fn what_was_served_meanwhile_stays_served() {
    let world = World::new().await;
    queued(&world, false).await;
    let claimed = world.write(&Caller::System, |w| async move { claim(&w, "this worker").await }).await;
    let claimed = claimed.unwrap().unwrap();
    let seen = mail(&world).await;
    world
        .write(&Caller::System, move |w| async move {
            serve_otherwise(&w, &seen, seen.version, "By post: the address is old").await
        })
        .await
        .unwrap();
    let taken = Ending::Taken("250 ok".to_owned());
    world
        .write(&Caller::System, move |w| async move { settle(&w, &claimed, "this worker", taken).await })
        .await
        .unwrap();
    assert_eq!(mail(&world).await.state.0, MailState::Served);
}

#[tokio::test]
async fn a_mail_nobody_takes_expires_three_days_after_its_first_try() {
    let world = World::new().await;
    let id = queued(&world, false).await;
    // Long withheld before: that does not count.
    world.db.advance_clock(TimeDelta::days(30)).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let server = transport(&format!("smtp://{address}?tls=none")).unwrap();
    assert!(send(&world, &server).await);
    assert_eq!(mail(&world).await.state.0, MailState::Deferred, "no connection: later");
    world.db.advance_clock(TimeDelta::hours(73)).await.unwrap();
    assert!(send(&world, &server).await);
    assert_eq!(mail(&world).await.state.0, MailState::Expired);
    assert_eq!(tries(&world, id).await.len(), 2);
}
