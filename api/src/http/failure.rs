//! An error as a page: what happened and what can be done, in the visitor's own frame, with a way back.

use askama::Template;
use poem::http::{Method, StatusCode, header};
use poem::{Request, Response};
use uuid::Uuid;

use super::problem::{self, Refused};
use super::shell::{Section, Shell, procurement_items};
use super::visit::{Visit, page_with, see_other, session_secret, to_wait};
use crate::kernel::{Caller, Db, identity};

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    shell: Shell,
    paragraphs: Vec<String>,
    code: Option<String>,
    way_out: &'static str,
    way_out_href: String,
}

/// What is kept of a request until it is known how it ends.
pub struct Asked {
    path: String,
    session: Option<String>,
    /// The page of this service that the visitor came from.
    back: Option<String>,
}

impl Asked {
    /// Of a request for a page.
    #[must_use]
    pub fn of(request: &Request, db: &Db) -> Self {
        let path = request.original_uri().path().to_owned();
        let back = request
            .header(header::REFERER)
            .zip(request.header(header::HOST))
            .and_then(|(referer, host)| own_path(referer, host))
            // A page that failed leads to itself only by its form, which can be filled in otherwise.
            .filter(|back| *request.method() != Method::GET || back.split('?').next() != Some(path.as_str()));
        Self { session: session_secret(request.headers(), db), path, back }
    }
}

/// The path and query of an address on this host; none of any other, and none that a browser could take for another.
fn own_path(referer: &str, host: &str) -> Option<String> {
    let (scheme, rest) = referer.split_once("://")?;
    let path = rest.strip_prefix(host)?;
    let plain = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
    if !plain || !matches!(scheme, "http" | "https") {
        return None;
    }
    // What was done before is not told a second time.
    let end = path.find("?done=").or_else(|| path.find("&done=")).unwrap_or(path.len());
    Some(path[..end].to_owned())
}

/// What went wrong, in words for a person.
pub struct Failure {
    status: StatusCode,
    heading: &'static str,
    paragraphs: Vec<String>,
    code: Option<String>,
    retry_after: Option<i64>,
}

impl Failure {
    /// Of an error that ended a request.
    #[must_use]
    pub fn of(error: &poem::Error) -> Self {
        let refusal = error.downcast_ref::<Refused>().map(|refused| refused.0.clone());
        let status = refusal.as_ref().map_or_else(|| error.status(), problem::status);
        let mut paragraphs = match &refusal {
            Some(refusal) => vec![refusal.detail.clone()],
            None if status == StatusCode::NOT_FOUND => {
                vec!["Check the address, or go back and find your way from there.".to_owned()]
            }
            None if status.is_client_error() => vec![error.to_string()],
            None => {
                tracing::error!(%error, "a page failed");
                vec!["Nothing was changed. It has been logged; try again in a few minutes.".to_owned()]
            }
        };
        if let Some(refusal) = &refusal {
            paragraphs.extend(refusal.fields.iter().map(|fault| fault.message.clone()));
        }
        let retry_after = refusal.as_ref().and_then(|refusal| refusal.retry_after);
        let code = refusal.map(|refusal| refusal.code);
        Self { status, heading: heading(status), paragraphs, code, retry_after }
    }

    /// The page. A visitor who must sign in is led there.
    pub async fn page(self, asked: Asked, db: &Db) -> Response {
        if self.status == StatusCode::UNAUTHORIZED {
            return see_other("/sign-in");
        }
        let status = self.status;
        let shell = frame(self.heading, &asked, status, db).await;
        let (way_out, way_out_href) = match asked.back {
            Some(back) => ("Go back", back),
            None if asked.path.starts_with("/supplier") => ("Go to your bid", "/supplier".to_owned()),
            None => ("Go to the start", "/".to_owned()),
        };
        let template =
            ErrorPage { shell, paragraphs: self.paragraphs, code: self.code, way_out, way_out_href };
        page_with(status, &template).map_or_else(
            |_| Response::builder().status(status).body("Sorry, this failed."),
            |page| to_wait(page, self.retry_after),
        )
    }
}

fn heading(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "Page not found",
        StatusCode::FORBIDDEN => "You cannot do this",
        StatusCode::CONFLICT => "This is not possible now",
        StatusCode::PRECONDITION_FAILED => "Somebody else has changed this",
        StatusCode::PAYLOAD_TOO_LARGE => "This is too large",
        StatusCode::TOO_MANY_REQUESTS => "Too many requests",
        StatusCode::SERVICE_UNAVAILABLE => "The service is busy",
        status if status.is_client_error() => "This request cannot be used",
        _ => "Sorry, there is a problem with the service",
    }
}

/// The frame with person, council and navigation where somebody is signed in. Whoever is not found is shown as nobody: an
/// error page must not fail in its turn.
async fn frame(heading: &str, asked: &Asked, status: StatusCode, db: &Db) -> Shell {
    let caller = match &asked.session {
        Some(secret) => identity::of_session(db, secret).await.unwrap_or(Caller::Nobody),
        None => Caller::Nobody,
    };
    let signed_in = caller != Caller::Nobody;
    let shell = Visit::of(db.clone(), caller).shell(heading);
    let Some((base, place)) = procurement(&asked.path).filter(|_| signed_in) else {
        return shell;
    };
    let shell = shell.section(Section::Procurements);
    // What does not exist for this person has no places to go to.
    if status == StatusCode::NOT_FOUND { shell } else { shell.sub_nav(procurement_items(&base, place)) }
}

/// The procurement's own address and the place within it, of a path such as `/procurements/<id>/partners/…`.
fn procurement(path: &str) -> Option<(String, &str)> {
    let mut parts = path.strip_prefix("/procurements/")?.split('/');
    let id: Uuid = parts.next()?.parse().ok()?;
    Some((format!("/procurements/{id}"), parts.next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::{own_path, procurement};

    #[test]
    fn only_a_page_of_this_service_is_gone_back_to() {
        let back = |referer| own_path(referer, "lot.example:8080");
        assert_eq!(back("http://lot.example:8080/keys?after=a"), Some("/keys?after=a".to_owned()));
        assert_eq!(back("https://lot.example:8080/"), Some("/".to_owned()));
        assert_eq!(back("http://lot.example:8080/keys?after=a&done=Saved"), Some("/keys?after=a".to_owned()));
        assert_eq!(back("http://lot.example:8080/keys?done=Saved."), Some("/keys".to_owned()));
        for other in [
            "http://elsewhere.example/",
            "http://lot.example:80801/",
            "http://lot.example:8080.elsewhere.example/",
            "http://lot.example:8080@elsewhere.example/",
            "http://lot.example:8080//elsewhere.example/",
            "http://lot.example:8080/\\elsewhere.example/",
            "http://lot.example:8080",
            "javascript://lot.example:8080/",
            "/keys",
            "",
        ] {
            assert_eq!(back(other), None, "{other}");
        }
    }

    #[test]
    fn a_path_names_its_procurement() {
        let id = "0197f0f2-3c1e-7c4b-8f55-9f0c8b1b2d3e";
        let base = format!("/procurements/{id}");
        assert_eq!(procurement(&format!("{base}/partners/own")), Some((base.clone(), "partners")));
        assert_eq!(procurement(&base), Some((base.clone(), "")));
        assert_eq!(procurement("/procurements/new"), None);
        assert_eq!(procurement("/keys"), None);
    }
}
