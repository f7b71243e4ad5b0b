//! The same steps through pages, with links and forms only, as a person without JavaScript takes them.

pub mod award;
pub mod bids;
pub mod panel;
pub mod people;
pub mod pool;
pub mod tender;

use tests::{Form, Page, Program, Visitor};

use super::people::sign_in;

/// Somebody in front of a browser. Every page that comes is held to what all pages owe (WEB.md section 5).
#[derive(Clone, Debug)]
pub struct Seat {
    pub email: String,
    /// What the bar says of who is looking: person and council, or the supplier.
    pub who: String,
    browser: Visitor,
}

impl Seat {
    /// Nobody in particular.
    pub fn nobody(program: &Program) -> Self {
        Self { email: String::new(), who: String::new(), browser: Visitor::new(program) }
    }

    /// An officer, signed in; `who` is name and council as the bar says them.
    pub async fn officer(program: &Program, email: &str, who: &str) -> Self {
        Self { email: email.to_owned(), who: who.to_owned(), browser: sign_in(program, email).await }
    }

    /// The same browser once it is somebody's.
    pub fn become_known(self, email: &str, who: &str) -> Self {
        Self { email: email.to_owned(), who: who.to_owned(), ..self }
    }

    /// Signs in again: the session has ended meanwhile.
    pub async fn sign_in_again(&mut self, program: &Program) {
        let left = self.browser.get("/procurements").await;
        assert_eq!(left.path(), "/sign-in", "the session of {} has ended", self.email);
        self.browser = sign_in(program, &self.email).await;
    }

    /// Opens a path, or a full address as it stands in a letter.
    pub async fn get(&self, path: &str) -> Page {
        self.seen(self.browser.get(path).await)
    }

    /// Opens a path for what it says alone, where every page has been held to what it owes elsewhere.
    pub async fn glance(&self, path: &str) -> Page {
        self.browser.get(path).await
    }

    /// Follows the link with this text.
    pub async fn follow(&self, page: &Page, text: &str) -> Page {
        self.seen(self.browser.follow(page, text).await)
    }

    /// Submits a form; it may be one that another person's page showed.
    pub async fn send(&self, form: Form) -> Page {
        self.seen(self.browser.send(form).await)
    }

    /// Submits a form that this person may not send: the answer has this status.
    pub async fn may_not(&self, form: Form, status: u16) {
        let page = self.send(form).await;
        assert_eq!(page.status, status, "{} may not do this\n{}", self.who, page.whole());
    }

    fn seen(&self, page: Page) -> Page {
        let kind = page.headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("text/html") {
            return page;
        }
        let page = page.is_sound();
        assert!(page.title().ends_with("Commonlot"), "{}", page.whole());
        assert!(page.status < 500, "{}", page.whole());
        if page.status == 422 {
            assert!(!page.errors().is_empty(), "a refused form says why\n{}", page.whole());
        }
        // The public tender page does not know suppliers, and a claim link is used before one is known.
        let public = ["/tenders", "/supplier/claim"].iter().any(|path| page.path().starts_with(path));
        if page.status == 200 && !self.who.is_empty() && !public {
            let bar = page.texts(".cl-top__who a, .cl-top__who span");
            assert_eq!(bar.first(), Some(&self.who), "who is looking is always visible\n{}", page.whole());
        }
        page
    }
}

/// A procurement's pages.
#[derive(Clone, Debug)]
pub struct Place(String);

impl Place {
    /// By the address of any of its pages.
    pub fn of(page: &Page) -> Self {
        let mut parts = page.path().split('/').skip(1);
        assert_eq!(parts.next(), Some("procurements"), "{}", page.whole());
        Self(parts.next().expect("a procurement's id").to_owned())
    }

    /// The procurement's id.
    pub fn id(&self) -> &str {
        &self.0
    }

    /// A page below it, for example `/bids`.
    pub fn at(&self, path: &str) -> String {
        format!("/procurements/{}{path}", self.0)
    }
}

/// The row of a table that begins with these words.
#[track_caller]
pub fn row(page: &Page, caption: &str, begins: &str) -> Vec<String> {
    let rows = page.table(caption);
    let found = rows.iter().find(|row| row.first().is_some_and(|cell| cell.starts_with(begins)));
    found.unwrap_or_else(|| panic!("no row “{begins}” in “{caption}”: {rows:#?}")).clone()
}

/// Fills in the three fields of a day written as `2027-03-31`.
#[track_caller]
pub fn on_day(form: Form, name: &str, day: &str) -> Form {
    let parts: Vec<&str> = day.split('-').collect();
    let [year, month, day] = parts[..] else { panic!("{day} is no day") };
    let (month, day) = (month.trim_start_matches('0'), day.trim_start_matches('0'));
    form.set(&format!("{name}_day"), day)
        .set(&format!("{name}_month"), month)
        .set(&format!("{name}_year"), year)
}
