//! Councils, people and keys through the API.

use entity::{api_key, council, person};
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::types::ToJSON;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::council::CouncilInput;
use super::key::KeyInput;
use super::person::PersonInput;
use super::session::OwnSession;
use super::{council as councils, key as keys, person as people, session as sessions, sign_in};
use crate::http::{Created, Json, Page, Reply, Signed, Stranger};
use crate::kernel::clock::rfc3339;
use crate::kernel::{Action, Caller, Refusal, Slice};

/// The operations of this stage.
pub struct Operations;

/// A council.
#[derive(Object)]
struct Council {
    id: Uuid,
    name: String,
    /// The address to which notices for the council are sent.
    email: String,
    /// Its public procurement organisation number.
    #[oai(skip_serializing_if_is_none)]
    ppon: Option<String>,
    /// Its code in the national statistics.
    #[oai(skip_serializing_if_is_none)]
    gss_code: Option<String>,
    version: i64,
}

impl From<council::Model> for Council {
    fn from(row: council::Model) -> Self {
        Self {
            id: row.id,
            name: row.name,
            email: row.email,
            ppon: row.ppon,
            gss_code: row.gss_code,
            version: row.version,
        }
    }
}

/// What is entered about a council.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct CouncilBody {
    name: String,
    email: String,
    #[oai(skip_serializing_if_is_none)]
    ppon: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    gss_code: Option<String>,
}

impl From<CouncilBody> for CouncilInput {
    fn from(body: CouncilBody) -> Self {
        Self { name: body.name, email: body.email, ppon: body.ppon, gss_code: body.gss_code }
    }
}

/// A person of a council.
#[derive(Object)]
struct Person {
    id: Uuid,
    name: String,
    email: String,
    council_administrator: bool,
    /// Attached to panels without being an officer.
    outsider: bool,
    /// Whether the account is closed.
    disabled: bool,
    version: i64,
}

impl From<person::Model> for Person {
    fn from(row: person::Model) -> Self {
        Self {
            id: row.id,
            name: row.name,
            email: row.email,
            council_administrator: row.council_administrator,
            outsider: row.outsider,
            disabled: row.disabled_at.is_some(),
            version: row.version,
        }
    }
}

/// What is entered about a person.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct PersonBody {
    name: String,
    email: String,
    #[oai(default)]
    council_administrator: bool,
    #[oai(default)]
    outsider: bool,
}

/// An invited person.
#[derive(Object)]
struct Invited {
    person: Person,
    /// The link to set a password, told once and only where no mail server is set up.
    #[oai(skip_serializing_if_is_none)]
    link: Option<String>,
}

/// A key for the API, without its secret.
#[derive(Object)]
struct Key {
    id: Uuid,
    name: String,
    /// A council's key; otherwise an officer's token.
    for_council: bool,
    /// The kinds of action it covers.
    scopes: Vec<String>,
    created_at: String,
    expires_at: String,
    #[oai(skip_serializing_if_is_none)]
    used_at: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    revoked_at: Option<String>,
}

impl From<api_key::Model> for Key {
    fn from(row: api_key::Model) -> Self {
        Self {
            id: row.id,
            name: row.name,
            for_council: row.person_id.is_none(),
            scopes: row.scopes.split(' ').map(str::to_owned).collect(),
            created_at: rfc3339(row.created_at),
            expires_at: rfc3339(row.expires_at),
            used_at: row.used_at.map(rfc3339),
            revoked_at: row.revoked_at.map(rfc3339),
        }
    }
}

/// A new key.
#[derive(Object)]
struct NewKey {
    key: Key,
    /// The secret to send as bearer. It is told once: a repeat under the same Idempotency-Key leaves it out.
    #[oai(skip_serializing_if_is_none)]
    secret: Option<String>,
}

/// Address and password.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct SignInBody {
    email: String,
    password: String,
}

/// What is entered about a key.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct KeyBody {
    /// What it is for.
    name: String,
    /// A council's key rather than the officer's own token.
    #[oai(default)]
    for_council: bool,
    /// The kinds of action it covers.
    scopes: Vec<String>,
    /// How many days it works, 1 to 365.
    days: i32,
}

/// A signed-in browser of the caller.
#[derive(Object)]
struct Session {
    id: String,
    began_at: String,
    seen_at: String,
    expires_at: String,
}

impl From<OwnSession> for Session {
    fn from(session: OwnSession) -> Self {
        Self {
            id: session.id,
            began_at: rfc3339(session.began_at),
            seen_at: rfc3339(session.seen_at),
            expires_at: rfc3339(session.expires_at),
        }
    }
}

/// How many sessions were ended.
#[derive(Object)]
struct Ended {
    ended: u64,
}

/// Who calls.
#[derive(Object)]
struct Me {
    /// The caller as the ledger names it.
    principal: String,
    /// The person's name, where a person calls.
    #[oai(skip_serializing_if_is_none)]
    name: Option<String>,
    /// The council the caller acts for.
    #[oai(skip_serializing_if_is_none)]
    council_id: Option<Uuid>,
    /// The kinds of action the key covers.
    scopes: Vec<String>,
}

#[OpenApi(tag = "crate::http::tags::Tag::People")]
impl Operations {
    /// Who am I?
    #[oai(path = "/me", method = "get", operation_id = "me_view")]
    async fn me(&self, Signed(call): Signed) -> Reply<Me> {
        call.read(|r| async move {
            let caller = r.caller();
            let name = match caller {
                Caller::Person(person) => Some(person.name.clone()),
                Caller::Supplier { .. } => return Err(Refusal::not_found("account")),
                _ => None,
            };
            let scopes = Action::ALL
                .iter()
                .filter(|action| caller.needs(**action).is_ok())
                .map(|action| action.as_str().to_owned());
            Ok(Me {
                principal: caller.principal(),
                name,
                council_id: caller.council_id(),
                scopes: scopes.collect(),
            })
        })
        .await
    }

    /// Sign in with address and password: a token for twelve hours that covers everything the person may do.
    #[oai(path = "/sign-in", method = "post", operation_id = "sign_in")]
    async fn sign_in(
        &self,
        Stranger(call): Stranger,
        #[oai(name = "Idempotency-Key")] _key: Header<Option<String>>,
        body: Json<SignInBody>,
    ) -> Created<NewKey> {
        let SignInBody { email, password } = body.0;
        let made = sign_in::token(&call.db, &email, password).await;
        Created::from(made.map(|made| NewKey { key: made.key.into(), secret: Some(made.secret) }.to_json()))
    }

    /// List councils by name.
    #[oai(path = "/councils", method = "get", operation_id = "council_list")]
    async fn council_list(
        &self,
        Signed(call): Signed,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<Council>> {
        call.list("/api/v1/councils".to_owned(), after.0, limit.0, |r, paging| async move {
            Ok(councils::list(&r, &paging).await?.map(Council::from))
        })
        .await
    }

    /// Add a council. Site administrators only.
    #[oai(path = "/councils", method = "post", operation_id = "council_add")]
    async fn council_add(
        &self,
        Signed(call): Signed,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<CouncilBody>,
    ) -> Created<Council> {
        let input = body.0.into();
        call.create(key.0, |w| async move { Ok(councils::add(&w, input).await?.into()) }).await
    }

    /// One council.
    #[oai(path = "/councils/:council_id", method = "get", operation_id = "council_view")]
    async fn council_view(&self, Signed(call): Signed, council_id: Path<Uuid>) -> Reply<Council> {
        call.read(move |r| async move { Ok(councils::one(&r, council_id.0).await?.into()) }).await
    }

    /// Change a council's particulars.
    #[oai(path = "/councils/:council_id", method = "put", operation_id = "council_change")]
    async fn council_change(
        &self,
        Signed(call): Signed,
        council_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<CouncilBody>,
    ) -> Reply<Council> {
        let input = body.0.into();
        call.change(if_match.0, move |w, seen| async move {
            Ok(councils::change(&w, council_id.0, seen, input).await?.into())
        })
        .await
    }

    /// List a council's people by address. Its administrators only.
    #[oai(path = "/councils/:council_id/people", method = "get", operation_id = "person_list")]
    async fn person_list(
        &self,
        Signed(call): Signed,
        council_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<Person>> {
        let path = format!("/api/v1/councils/{}/people", council_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            Ok(people::list(&r, council_id.0, &paging).await?.map(Person::from))
        })
        .await
    }

    /// Invite a person. The council's administrators only.
    #[oai(path = "/councils/:council_id/people", method = "post", operation_id = "person_invite")]
    async fn person_invite(
        &self,
        Signed(call): Signed,
        council_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<PersonBody>,
    ) -> Created<Invited> {
        let PersonBody { name, email, council_administrator, outsider } = body.0;
        let input = PersonInput { name, email, council_administrator, outsider };
        call.create(key.0, move |w| async move {
            let invited = people::invite(&w, council_id.0, input).await?;
            Ok(Invited { person: invited.person.into(), link: invited.link })
        })
        .await
    }

    /// Close a person's account. The council's administrators only.
    #[oai(
        path = "/councils/:council_id/people/:person_id/disable",
        method = "post",
        operation_id = "person_disable"
    )]
    async fn person_disable(
        &self,
        Signed(call): Signed,
        council_id: Path<Uuid>,
        person_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
    ) -> Reply<Person> {
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            Ok(people::disable(&w, council_id.0, person_id.0, seen).await?.into())
        })
        .await
    }

    /// List the caller's signed-in browsers, the latest first.
    #[oai(path = "/sessions", method = "get", operation_id = "session_list")]
    async fn session_list(&self, Signed(call): Signed) -> Reply<Page<Session>> {
        call.list("/api/v1/sessions".to_owned(), None, None, |r, _| async move {
            let items = sessions::list(&r).await?.into_iter().map(Session::from).collect();
            Ok(Slice { items, next: None })
        })
        .await
    }

    /// End one of the caller's sessions.
    #[oai(path = "/sessions/:session_id", method = "delete", operation_id = "session_end")]
    async fn session_end(&self, Signed(call): Signed, session_id: Path<String>) -> Reply<Ended> {
        call.act(None, move |w| async move {
            sessions::end(&w, &session_id.0).await?;
            Ok(Ended { ended: 1 })
        })
        .await
    }

    /// List the keys the caller may take back, newest first.
    #[oai(path = "/keys", method = "get", operation_id = "key_list")]
    async fn key_list(
        &self,
        Signed(call): Signed,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<Key>> {
        call.list("/api/v1/keys".to_owned(), after.0, limit.0, |r, paging| async move {
            Ok(keys::list(&r, &paging).await?.map(Key::from))
        })
        .await
    }

    /// Make a key: an officer's token, or a council's key. The secret is told once.
    #[oai(path = "/keys", method = "post", operation_id = "key_make")]
    async fn key_make(
        &self,
        Signed(call): Signed,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<KeyBody>,
    ) -> Created<NewKey> {
        let KeyBody { name, for_council, scopes, days } = body.0;
        let input = KeyInput { name, for_council, scopes, days: days.to_string() };
        call.create(key.0, |w| async move {
            let made = keys::make(&w, input).await?;
            Ok(NewKey { key: made.key.into(), secret: Some(made.secret) })
        })
        .await
    }

    /// Take a key back.
    #[oai(path = "/keys/:key_id", method = "delete", operation_id = "key_revoke")]
    async fn key_revoke(&self, Signed(call): Signed, key_id: Path<Uuid>) -> Reply<Key> {
        call.act(None, move |w| async move { Ok(keys::revoke(&w, key_id.0).await?.into()) }).await
    }
}
