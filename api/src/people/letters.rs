//! The mails of this stage: welcome and password reset. Both hold a one-time link, never a password.

use askama::Template;
use entity::{council, person};

use crate::kernel::outbox::{Letter, Recipient};
use crate::kernel::secrets::sha256_hex;
use crate::kernel::{Refusal, Writing};

#[derive(Template)]
#[template(path = "mail/welcome.txt")]
struct WelcomeText<'a> {
    name: &'a str,
    council: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "mail/welcome.html")]
struct WelcomeHtml<'a> {
    name: &'a str,
    council: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "mail/password_reset.txt")]
struct ResetText<'a> {
    name: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "mail/password_reset.html")]
struct ResetHtml<'a> {
    name: &'a str,
    link: &'a str,
}

/// Where a one-time link for a password leads.
pub(super) fn password_link(w: &Writing, secret: &str) -> String {
    format!("{}/set-password?token={secret}", w.installation().base_url)
}

pub(super) async fn welcome(
    w: &Writing,
    council: &council::Model,
    person: &person::Model,
    secret: &str,
) -> Result<(), Refusal> {
    let link = password_link(w, secret);
    let (name, council) = (person.name.as_str(), council.name.as_str());
    let subject = format!("Your Commonlot account for {council}");
    let forms = (&WelcomeText { name, council, link: &link }, &WelcomeHtml { name, council, link: &link });
    send(w, "welcome", person, secret, subject, forms).await
}

pub(super) async fn password_reset(w: &Writing, person: &person::Model, secret: &str) -> Result<(), Refusal> {
    let link = password_link(w, secret);
    let name = person.name.as_str();
    let forms = (&ResetText { name, link: &link }, &ResetHtml { name, link: &link });
    send(w, "password_reset", person, secret, "Set a new Commonlot password".to_owned(), forms).await
}

async fn send(
    w: &Writing,
    kind: &'static str,
    person: &person::Model,
    secret: &str,
    subject: String,
    forms: (&impl Template, &impl Template),
) -> Result<(), Refusal> {
    let recipient =
        Recipient { email: person.email.clone(), person_id: Some(person.id), ..Recipient::default() };
    // Each link is an event of its own; its hash names it without telling it.
    let event = format!("{kind}:{}", &sha256_hex(secret)[..16]);
    let letter = Letter::new(kind, event, recipient, subject, forms)?;
    let letter = Letter { secret: true, ..letter };
    letter.queue(w).await?;
    Ok(())
}
