//! Councils and their people: the first administrator, then each council's administrator, then everybody else.

use std::collections::BTreeMap;

use entity::council;

use super::cast::{Actor, COUNCILS, PASSWORD, SITE_ADMINISTRATOR};
use crate::kernel::caller::Person;
use crate::kernel::{Caller, Db, Refusal};
use crate::people::council::CouncilInput;
use crate::people::first_administrator::{self, FirstAdministratorInput};
use crate::people::person::PersonInput;
use crate::people::{council as councils, password, person as people};

/// Everybody who takes part.
pub(super) struct Company {
    /// The councils, the lead first.
    pub councils: Vec<council::Model>,
    /// Everybody by address, as they call.
    pub people: BTreeMap<&'static str, Caller>,
}

impl Company {
    /// The person with an address.
    pub fn caller(&self, email: &str) -> Result<Caller, Refusal> {
        self.people.get(email).cloned().ok_or_else(|| Refusal::not_found("person of the demonstration"))
    }
}

pub(super) async fn everybody(db: &Db) -> Result<Company, Refusal> {
    let site = administrator(db).await?;
    let hash = password::hash(PASSWORD.to_owned()).await?;
    let mut company = Company { councils: Vec::new(), people: BTreeMap::new() };
    for cast in &COUNCILS {
        let input = CouncilInput {
            name: cast.name.to_owned(),
            email: cast.email.to_owned(),
            ppon: Some(cast.ppon.to_owned()),
            gss_code: None,
        };
        let council = db.write(&site, |w| async move { councils::add(&w, input).await }).await?;
        let mut inviter = site.clone();
        for (place, actor) in cast.people.iter().enumerate() {
            let caller = join(db, &inviter, &council, actor, place == 0, &hash).await?;
            if place == 0 {
                inviter = caller.clone();
            }
            company.people.insert(actor.email, caller);
        }
        company.councils.push(council);
    }
    Ok(company)
}

async fn administrator(db: &Db) -> Result<Caller, Refusal> {
    let link = first_administrator::link(db).await?.unwrap_or_default();
    let token = link.split_once("token=").map_or("", |(_, token)| token).to_owned();
    let (name, email) = SITE_ADMINISTRATOR;
    let input = FirstAdministratorInput {
        token,
        name: name.to_owned(),
        email: email.to_owned(),
        password: PASSWORD.to_owned(),
    };
    let id = first_administrator::claim(db, input).await?;
    Ok(Caller::Person(Person {
        id,
        name: name.to_owned(),
        council_id: None,
        council_name: None,
        site_administrator: true,
        council_administrator: false,
        outsider: false,
        scopes: None,
    }))
}

/// Invites a person and sets the password that the person would set with the link.
async fn join(
    db: &Db,
    inviter: &Caller,
    council: &council::Model,
    actor: &Actor,
    administers: bool,
    hash: &str,
) -> Result<Caller, Refusal> {
    let input = PersonInput {
        name: actor.name.to_owned(),
        email: actor.email.to_owned(),
        council_administrator: administers,
        outsider: actor.outsider,
    };
    let (id, hash) = (council.id, hash.to_owned());
    let person = db
        .write(inviter, move |w| async move {
            let invited = people::invite(&w, id, input).await?;
            password::keep(&w, invited.person.id, hash).await?;
            Ok(invited.person)
        })
        .await?;
    Ok(Caller::Person(Person {
        id: person.id,
        name: person.name,
        council_id: Some(council.id),
        council_name: Some(council.name.clone()),
        site_administrator: false,
        council_administrator: administers,
        outsider: actor.outsider,
        scopes: None,
    }))
}
