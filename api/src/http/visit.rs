//! A visit to a page: who looks, by the session cookie, and how pages are answered.

use std::future::Future;
use std::sync::OnceLock;

use askama::Template;
use chrono::TimeDelta;
use poem::http::{HeaderMap, StatusCode, header};
use poem::web::cookie::{Cookie, SameSite};
use poem::{FromRequest, IntoResponse, Request, RequestBody, Response};

use super::problem::{self, Refused};
use super::shell::{FieldErrors, Shell};
use super::summary;
use crate::kernel::refusal::Kind;
use crate::kernel::secrets::sha256_hex;
use crate::kernel::{Caller, Db, Reading, Refusal, Writing, clock, identity};

/// A page, or the refusal that stands in for it.
pub type PageResult = Result<Response, PageRefusal>;

/// A refusal on its way to an error page.
#[derive(Debug)]
pub struct PageRefusal(Refusal);

impl From<Refusal> for PageRefusal {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl From<PageRefusal> for poem::Error {
    fn from(refusal: PageRefusal) -> Self {
        Refused(refusal.0).into()
    }
}

/// A visit by an officer, a panel member or nobody.
pub struct Visit {
    /// The store.
    pub db: Db,
    /// Who looks.
    pub caller: Caller,
    /// The session's secret, where somebody is signed in.
    pub session: Option<String>,
    notice: Option<String>,
}

/// A visit by a supplier with its secret.
pub struct SupplierVisit {
    /// The store.
    pub db: Db,
    /// The supplier, or nobody.
    pub caller: Caller,
    notice: Option<String>,
}

impl<'a> FromRequest<'a> for Visit {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        let db = store(request)?;
        let session = session_secret(request.headers(), &db);
        let caller = match &session {
            Some(secret) => identity::of_session(&db, secret).await.map_err(Refused)?,
            None => Caller::Nobody,
        };
        Ok(Self { db, caller, session, notice: notice(request) })
    }
}

impl<'a> FromRequest<'a> for SupplierVisit {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        let db = store(request)?;
        let caller = match cookie(request.headers(), &supplier_cookie_name(&db)) {
            Some(secret) => match identity::of_bearer(&db, &secret).await {
                Ok(caller @ Caller::Supplier { .. }) => caller,
                Ok(_) => Caller::Nobody,
                Err(refusal) if refusal.status() == 401 => Caller::Nobody,
                Err(refusal) => return Err(Refused(refusal).into()),
            },
            None => Caller::Nobody,
        };
        Ok(Self { db, caller, notice: notice(request) })
    }
}

fn store(request: &Request) -> poem::Result<Db> {
    request.data::<Db>().cloned().ok_or_else(|| poem::Error::from_status(StatusCode::INTERNAL_SERVER_ERROR))
}

/// The words of `?done=…`, which a form's redirect carries to the next page. They show only with the proof that this
/// installation wrote them: otherwise a link could put anybody's words on the service's pages.
fn notice(request: &Request) -> Option<String> {
    let query = request.original_uri().query()?;
    let value = |wanted: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
    };
    let (text, proof) = (value("done")?, value("proof")?);
    (proof == proof_of(&text)).then_some(text)
}

/// What proves notices, the same on every node: derived from the seal key when the routes are made.
static NOTICES: OnceLock<String> = OnceLock::new();

/// Sets what proves notices; the first call counts.
pub fn prove_notices_with(secret: String) {
    let _ = NOTICES.set(secret);
}

fn proof_of(text: &str) -> String {
    let secret = NOTICES.get().map(String::as_str).unwrap_or_default();
    sha256_hex(format!("{secret} {text}"))[..16].to_owned()
}

/// One cookie of a request.
fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
}

fn is_https(db: &Db) -> bool {
    db.installation().base_url.starts_with("https://")
}

/// The secret of the session that a request is sent in.
pub(super) fn session_secret(headers: &HeaderMap, db: &Db) -> Option<String> {
    cookie(headers, &session_cookie_name(db))
}

/// `__Host-` keeps a cookie to this host and to https; browsers refuse the name on plain http, which only a machine of
/// one's own uses.
fn session_cookie_name(db: &Db) -> String {
    if is_https(db) { "__Host-commonlot".to_owned() } else { "commonlot".to_owned() }
}

fn supplier_cookie_name(db: &Db) -> String {
    if is_https(db) { "__Host-commonlot-supplier".to_owned() } else { "commonlot-supplier".to_owned() }
}

fn set_cookie(db: &Db, name: String, secret: &str, lifetime: TimeDelta) -> Cookie {
    let mut cookie = Cookie::new_with_str(name, secret);
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(is_https(db));
    cookie.set_max_age(lifetime.to_std().unwrap_or_default());
    cookie
}

/// The cookie that signs a browser in, or out with an empty secret and no lifetime.
#[must_use]
pub fn session_cookie(db: &Db, secret: &str, lifetime: TimeDelta) -> Cookie {
    set_cookie(db, session_cookie_name(db), secret, lifetime)
}

/// The cookie that lets a supplier's browser in.
#[must_use]
pub fn supplier_cookie(db: &Db, secret: &str, lifetime: TimeDelta) -> Cookie {
    set_cookie(db, supplier_cookie_name(db), secret, lifetime)
}

/// Adds a cookie to an answer.
#[must_use]
pub fn with_cookie(response: Response, cookie: &Cookie) -> Response {
    response.with_header(header::SET_COOKIE, cookie.to_string()).into_response()
}

/// What both kinds of visit offer to page handlers.
macro_rules! visits {
    ($visit:ident) => {
        impl $visit {
            /// Reads for this visitor.
            pub async fn read<T, F, Fut>(&self, work: F) -> Result<T, Refusal>
            where
                T: Send + 'static,
                F: FnOnce(Reading) -> Fut + Send + 'static,
                Fut: Future<Output = Result<T, Refusal>> + Send,
            {
                self.db.read(&self.caller, work).await
            }

            /// Writes for this visitor.
            pub async fn write<T, F, Fut>(&self, work: F) -> Result<T, Refusal>
            where
                T: Send + 'static,
                F: FnOnce(Writing) -> Fut + Send + 'static,
                Fut: Future<Output = Result<T, Refusal>> + Send,
            {
                self.db.write(&self.caller, work).await
            }
        }
    };
}

visits!(Visit);
visits!(SupplierVisit);

impl Visit {
    /// A visit by a caller who is known already.
    pub(super) fn of(db: Db, caller: Caller) -> Self {
        Self { db, caller, session: None, notice: None }
    }

    /// Refuses a visitor who has not signed in; the error page then leads to the sign-in.
    pub fn signed_in(&self) -> Result<(), Refusal> {
        if self.caller == Caller::Nobody { Err(Refusal::unauthenticated()) } else { Ok(()) }
    }

    /// The frame of a page for this visitor.
    #[must_use]
    pub fn shell(&self, heading: impl Into<String>) -> Shell {
        let shell = framed(&self.db, heading, self.notice.as_deref());
        match &self.caller {
            Caller::Person(person) => {
                let council = person.council_name.clone().unwrap_or_else(|| "Site administration".to_owned());
                let administers = person.site_administrator || person.council_administrator;
                shell.officer(person.name.clone(), council, administers)
            }
            _ => shell,
        }
    }

    /// The frame of a page within a procurement; `place` is a path part of [`super::shell::PLACES`].
    #[must_use]
    pub fn procurement_shell(
        &self,
        heading: impl Into<String>,
        procurement: &entity::procurement::Model,
        place: &str,
    ) -> Shell {
        self.shell(heading).procurement(
            &procurement.title,
            &format!("/procurements/{}", procurement.id),
            place,
        )
    }
}

impl SupplierVisit {
    /// The frame of a supplier's page.
    #[must_use]
    pub fn shell(&self, heading: impl Into<String>, supplier: Option<&str>) -> Shell {
        framed(&self.db, heading, self.notice.as_deref()).supplier(supplier.map(str::to_owned))
    }
}

fn framed(db: &Db, heading: impl Into<String>, notice: Option<&str>) -> Shell {
    let offset = db.clock_offset_seconds();
    let banner = (offset != 0).then(|| {
        let now = clock::machine_now() + TimeDelta::seconds(offset);
        format!(
            "Demonstration: the clock runs {} days ahead. Here it is {}.",
            offset / 86_400,
            clock::london_text(now)
        )
    });
    Shell::new(heading).banner(banner).notice(notice.map(str::to_owned))
}

/// A rendered page.
pub fn page(template: &impl Template) -> PageResult {
    page_with(StatusCode::OK, template)
}

/// A form shown again with what is wrong: 422, or the refusal's own status.
pub fn page_again(refusal: &Refusal, template: &impl Template) -> PageResult {
    Ok(to_wait(page_with(problem::status(refusal), template)?, refusal.retry_after))
}

/// A form: as it is first seen, or again with what is wrong.
pub fn form_page(refusal: Option<&Refusal>, template: &impl Template) -> PageResult {
    match refusal {
        None => page(template),
        Some(refusal) => page_again(refusal, template),
    }
}

/// Says when it is worth trying again, where that is known.
pub(super) fn to_wait(mut response: Response, seconds: Option<i64>) -> Response {
    if let Some(seconds) = seconds {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

pub(super) fn page_with(status: StatusCode, template: &impl Template) -> PageResult {
    let html = template.render().map_err(|error| Refusal::internal(&error))?;
    let html = summary::named(html);
    Ok(Response::builder().status(status).header(header::CONTENT_TYPE, "text/html; charset=utf-8").body(html))
}

/// The address of a list's next page. Cursors may be names, with any character in them.
#[must_use]
pub fn next_page(path: &str, cursor: &str) -> String {
    let cursor: String = form_urlencoded::byte_serialize(cursor.as_bytes()).collect();
    format!("{path}?after={cursor}")
}

/// Leads to another page after a form was taken, telling there what was done.
pub fn done(path: &str, what: &str) -> PageResult {
    let encoded: String = form_urlencoded::byte_serialize(what.as_bytes()).collect();
    let (path, anchor) =
        path.split_once('#').map_or((path, String::new()), |(path, id)| (path, format!("#{id}")));
    let glue = if path.contains('?') { '&' } else { '?' };
    Ok(see_other(&format!("{path}{glue}done={encoded}&proof={}{anchor}", proof_of(what))))
}

/// Leads to another page.
#[must_use]
pub fn see_other(path: &str) -> Response {
    Response::builder().status(StatusCode::SEE_OTHER).header(header::LOCATION, path).finish()
}

/// What is wrong with a form, for its fields and its error summary. A refusal that names no field stands for the form.
#[must_use]
pub fn form_errors(refusal: Option<&Refusal>) -> FieldErrors {
    let mut errors = FieldErrors::new();
    if let Some(refusal) = refusal {
        for fault in &refusal.fields {
            // A page asks for a day in three boxes, the API in one text.
            let message = if fault.code == "not_a_date" {
                "Enter a day, a month and a year, such as 31, 3 and 2027."
            } else {
                fault.message.as_str()
            };
            errors.add(fault.field.clone(), message);
        }
        if refusal.kind == Kind::Stale {
            // The page shows both sides: nothing needs to be loaded again.
            errors.add(
                "",
                "Somebody has changed this since you loaded it. Look at what stands now, then save again.",
            );
        } else if refusal.fields.is_empty() {
            errors.add("", refusal.detail.clone());
        }
    }
    errors
}
