//! A person at a browser without JavaScript: reads pages, follows links, fills in forms, keeps cookies.
//!
//! ```ignore
//! let officer = Visitor::new(&program);
//! let page = officer.get("/sign-in").await.is(200, "Sign in");
//! let page = officer.send(page.form("Sign in").set("email", "a@ashvale.example").set("password", "…")).await;
//! page.is(200, "My tasks").says("Nothing is waiting for you");
//! ```

use std::{sync::Arc, time::Duration};

use reqwest::{Url, header::HeaderMap};
use scraper::{ElementRef, Html, Selector};

use crate::{Program, cookies::Jar};

mod form;
mod sound;
pub use form::Form;

/// One person with one set of cookies.
#[derive(Clone, Debug)]
pub struct Visitor {
    client: reqwest::Client,
    jar: Arc<Jar>,
    base: Url,
}

/// A page as it came, after redirects.
#[derive(Clone, Debug)]
pub struct Page {
    /// Where it was found in the end.
    pub url: Url,
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The bytes: HTML, or a download.
    pub body: Vec<u8>,
}

impl Visitor {
    /// A person who has not signed in.
    pub fn new(program: &Program) -> Self {
        Self::at(program.base())
    }

    /// The same at any address.
    pub fn at(base: &str) -> Self {
        let jar = Arc::new(Jar::default());
        let client = reqwest::Client::builder()
            .cookie_provider(Arc::clone(&jar))
            .redirect(reqwest::redirect::Policy::limited(10))
            .timeout(Duration::from_mins(1))
            .no_proxy()
            .build()
            .expect("an HTTP client");
        Self { client, jar, base: base.parse().expect("an address") }
    }

    /// Opens a path, or a full address as it stands in a letter.
    pub async fn get(&self, path: &str) -> Page {
        let url = self.base.join(path).unwrap_or_else(|error| panic!("{path}: {error}"));
        // As a typed address or a link in a mail: not from this site, and no other's doing.
        self.fetch(self.client.get(url).header("sec-fetch-site", "none"), path).await
    }

    /// Follows the link with this text.
    pub async fn follow(&self, page: &Page, text: &str) -> Page {
        let link = page.link(text);
        self.fetch(self.client.get(link).header("sec-fetch-site", "same-origin"), text).await
    }

    /// Submits a form as filled in, and follows where it leads.
    pub async fn send(&self, form: Form) -> Page {
        let told = form.told();
        self.fetch(form.request(&self.client).header("sec-fetch-site", "same-origin"), &told).await
    }

    /// Submits a form as if from another site, which the program must refuse.
    pub async fn send_from_elsewhere(&self, form: Form) -> Page {
        let told = form.told();
        let request = form.request(&self.client);
        let forged =
            request.header("sec-fetch-site", "cross-site").header("origin", "https://elsewhere.example");
        self.fetch(forged, &told).await
    }

    /// The cookies kept now: name and value.
    pub fn cookies(&self) -> Vec<(String, String)> {
        self.jar.kept().into_iter().map(|cookie| (cookie.name, cookie.value)).collect()
    }

    /// The `Set-Cookie` lines of the cookies kept now, with their attributes.
    pub fn cookie_lines(&self) -> Vec<String> {
        self.jar.kept().into_iter().map(|cookie| cookie.line).collect()
    }

    async fn fetch(&self, request: reqwest::RequestBuilder, told: &str) -> Page {
        let response = request.send().await.unwrap_or_else(|error| panic!("{told}: no answer: {error:?}"));
        let (url, status, headers) =
            (response.url().clone(), response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.unwrap_or_else(|error| panic!("{told}: cut off: {error:?}"));
        Page { url, status, headers, body: body.to_vec() }
    }
}

impl Page {
    /// A page that was not fetched, for checks of the harness and of templates.
    pub fn from_html(url: &str, html: &str) -> Self {
        let url = url.parse().expect("an address");
        Self { url, status: 200, headers: HeaderMap::new(), body: html.as_bytes().to_vec() }
    }

    /// The HTML.
    pub fn html(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The path it was found at.
    pub fn path(&self) -> &str {
        self.url.path()
    }

    /// The title.
    pub fn title(&self) -> String {
        self.first("title")
    }

    /// The one first-level heading.
    pub fn h1(&self) -> String {
        self.first("h1")
    }

    /// What a person reads, with spaces made single.
    pub fn text(&self) -> String {
        self.texts("body").join(" ")
    }

    /// The texts of all elements that a CSS selector finds.
    #[track_caller]
    pub fn texts(&self, selector: &str) -> Vec<String> {
        self.document().select(&select(selector)).map(text_of).collect()
    }

    /// An attribute of all elements that a CSS selector finds.
    #[track_caller]
    pub fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        let document = self.document();
        document.select(&select(selector)).filter_map(|found| found.attr(name)).map(str::to_owned).collect()
    }

    /// The page itself, if it has this status and heading.
    #[track_caller]
    pub fn is(self, status: u16, h1: &str) -> Self {
        assert!(self.status == status && self.h1() == h1, "expected {status} “{h1}”\n{}", self.whole());
        self
    }

    /// The page itself, if its text holds this.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(self.text().contains(text), "expected to read “{text}”\n{}", self.whole());
        self
    }

    /// The page itself, if its text does not hold this.
    #[track_caller]
    pub fn does_not_say(self, text: &str) -> Self {
        assert!(!self.text().contains(text), "expected not to read “{text}”\n{}", self.whole());
        self
    }

    /// The lines of the error summary; empty when there is none.
    pub fn errors(&self) -> Vec<String> {
        self.texts("[role=alert] li")
    }

    /// Where the link with this text leads.
    #[track_caller]
    pub fn link(&self, text: &str) -> Url {
        let document = self.document();
        let links: Vec<_> = document.select(&select("a[href]")).collect();
        let found = links.iter().find(|link| text_of(**link) == text);
        let found = found.or_else(|| links.iter().find(|link| text_of(**link).contains(text)));
        let href = found.and_then(|link| link.attr("href"));
        let href = href.unwrap_or_else(|| panic!("no link “{text}”\n{}", self.whole()));
        self.url.join(href).unwrap_or_else(|error| panic!("the link “{text}” leads to {href}: {error}"))
    }

    /// The table with this caption (or a caption that holds this), row by row, heads too.
    #[track_caller]
    pub fn table(&self, caption: &str) -> Vec<Vec<String>> {
        let document = self.document();
        let table = document.select(&select("table")).find(|table| {
            table.select(&select("caption")).next().is_some_and(|found| text_of(found).contains(caption))
        });
        let table = table.unwrap_or_else(|| panic!("no table “{caption}”\n{}", self.whole()));
        let cells = select("th, td");
        table.select(&select("tr")).map(|row| row.select(&cells).map(text_of).collect()).collect()
    }

    /// The form with this button, or else the form whose action ends so. Panics with the forms there are.
    #[track_caller]
    pub fn form(&self, button_or_action: &str) -> Form {
        match Form::find(&self.document(), &self.url, button_or_action) {
            Ok(form) => form,
            Err(there) => panic!("no form “{button_or_action}”; there are: {there}\n{}", self.whole()),
        }
    }

    /// What every page must have whatever it is about: a language, a title, one h1, ids that are unique, references
    /// within the page that lead somewhere, a label for every control, a scope for every table head, and `Error: ` in
    /// the title where it has an error summary and only there.
    #[track_caller]
    pub fn is_sound(self) -> Self {
        let faults = sound::faults(&self.document());
        assert!(faults.is_empty(), "{} ({}) is not sound: {}", self.url, self.status, faults.join("; "));
        self
    }

    /// The page as a failure message shows it.
    pub fn whole(&self) -> String {
        format!(
            "{} answered {}, title “{}”, errors {:?}\n{}",
            self.url,
            self.status,
            self.title(),
            self.errors(),
            self.text()
        )
    }

    fn first(&self, selector: &str) -> String {
        self.texts(selector).into_iter().next().unwrap_or_default()
    }

    fn document(&self) -> Html {
        Html::parse_document(&self.html())
    }
}

/// A selector; the stories write them, so a wrong one is a fault of the story.
#[track_caller]
fn select(selector: &str) -> Selector {
    Selector::parse(selector).unwrap_or_else(|error| panic!("the selector {selector}: {error}"))
}

/// What a person reads of an element: no script, no style, single spaces.
fn text_of(element: ElementRef<'_>) -> String {
    let mut words = Vec::new();
    for node in element.descendants() {
        let Some(text) = node.value().as_text() else { continue };
        let silent = node
            .ancestors()
            .filter_map(ElementRef::wrap)
            .any(|around| matches!(around.value().name(), "script" | "style" | "template" | "noscript"));
        if !silent {
            words.push(text.to_string());
        }
    }
    words.concat().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether an element lies in one of this name.
fn within(element: ElementRef<'_>, name: &str) -> bool {
    element.ancestors().filter_map(ElementRef::wrap).any(|around| around.value().name() == name)
}
