//! The frame of every page: who is looking, where the page stands, what may be done on it and what was wrong
//! with the last form. A page sets only what is its own; `templates/layout.html` draws the rest.
//! Nothing here knows the HTTP server, so that a page can be rendered in a test without one.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use crate::kernel::Refusal;
use crate::kernel::refusal::Kind;

/// The product's name, in the bar and at the end of every title.
pub const PRODUCT: &str = "Commonlot";

/// A file of the program's own look: served for ever under a path that changes with its content.
#[derive(Debug)]
pub struct Asset {
    /// Path from the server's root, for example `/assets/app.0123456789ab.css`.
    pub path: String,
    /// Value of the `Content-Type` header.
    pub content_type: &'static str,
    /// The file itself.
    pub bytes: &'static [u8],
}

impl Asset {
    fn new(stem: &str, ending: &str, content_type: &'static str, bytes: &'static [u8]) -> Self {
        let hash: String = hex::encode(Sha256::digest(bytes)).chars().take(12).collect();
        Self { path: format!("/assets/{stem}.{hash}.{ending}"), content_type, bytes }
    }
}

static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("app", "css", "text/css; charset=utf-8", include_bytes!("../assets/app.css"))
});
static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("app", "js", "text/javascript; charset=utf-8", include_bytes!("../assets/app.js"))
});
static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon", "svg", "image/svg+xml", include_bytes!("../assets/icon.svg")));

/// The asset that is served at this path, or `None`. Its answer may be cached for ever (`immutable`).
#[must_use]
pub fn asset(path: &str) -> Option<&'static Asset> {
    let all: [&'static Asset; 3] = [&STYLE, &SCRIPT, &ICON];
    all.into_iter().find(|asset| asset.path == path)
}

/// A place to go to: in a navigation, a breadcrumb or beside the heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavItem {
    /// The words of the link.
    pub label: String,
    /// Where it leads.
    pub href: String,
    /// Whether the page is this place, or lies within it.
    pub current: bool,
}

impl NavItem {
    /// A link that is not the current place.
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into(), current: false }
    }

    /// The same link, marked as the current place where `current` holds.
    #[must_use]
    pub fn current(mut self, current: bool) -> Self {
        self.current = current;
        self
    }
}

/// The places within a procurement, in the order in which it runs: the last part of the path and the label.
pub const PLACES: [(&str, &str); 12] = [
    ("", "Overview"),
    ("partners", "Partners"),
    ("requirements", "Requirements"),
    ("demand", "Demand"),
    ("tender", "Tender"),
    ("bids", "Bids"),
    ("scoring", "Scoring"),
    ("moderation", "Moderation"),
    ("compare", "Compare"),
    ("decision", "Decision"),
    ("letters", "Letters"),
    ("history", "History"),
];

/// The sub-navigation of the procurement at `base` (for example `/procurements/7`), with the place `current`
/// (a path part of [`PLACES`], `""` for the overview) marked.
#[must_use]
pub fn procurement_items(base: &str, current: &str) -> Vec<NavItem> {
    PLACES
        .iter()
        .map(|(part, label)| {
            let href = if part.is_empty() { base.to_owned() } else { format!("{base}/{part}") };
            NavItem::new(*label, href).current(*part == current)
        })
        .collect()
}

/// A part of the service that the officers' navigation leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// What waits for this person, over all procurements.
    Tasks,
    /// Procurements and everything within one.
    Procurements,
    /// Councils, people, keys: shown to administrators only.
    Administration,
    /// Mails and their fate.
    Outbox,
    /// The manual.
    Help,
}

impl Section {
    const ALL: [Self; 5] = [Self::Tasks, Self::Procurements, Self::Outbox, Self::Administration, Self::Help];

    fn label_and_href(self) -> (&'static str, &'static str) {
        match self {
            Self::Tasks => ("My tasks", "/"),
            Self::Procurements => ("Procurements", "/procurements"),
            Self::Administration => ("Administration", "/administration"),
            Self::Outbox => ("Outbox", "/outbox"),
            Self::Help => ("Help", "/help"),
        }
    }
}

/// Who looks at the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Viewer {
    /// Nobody is signed in.
    #[default]
    Nobody,
    /// An officer or panel member; both names are always visible.
    Officer { name: String, council: String, administrator: bool },
    /// A supplier with a secret link: no officers' navigation. Its name where it is known.
    Supplier { organisation: Option<String> },
}

/// One of at most three things to do beside the heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Action {
    pub(crate) label: String,
    pub(crate) href: String,
    pub(crate) primary: bool,
}

/// What is wrong with one field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Id of the input that the error summary leads to; empty where it is the form as a whole.
    pub field: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// Everything that is wrong with a form, in the order of its fields: all errors at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// No errors yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an error of the field with this id.
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.push(FieldError { field: field.into(), message: message.into() });
    }

    /// The first error of this field.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|error| error.field == field).map(|error| error.message.as_str())
    }

    /// Whether the form may go on.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<F: Into<String>, M: Into<String>> FromIterator<(F, M)> for FieldErrors {
    fn from_iter<I: IntoIterator<Item = (F, M)>>(pairs: I) -> Self {
        let mut errors = Self::new();
        for (field, message) in pairs {
            errors.add(field, message);
        }
        errors
    }
}

/// The frame of one page. Set it with the builder methods; the layout reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shell {
    pub(crate) title: String,
    pub(crate) h1: String,
    pub(crate) facts: Vec<String>,
    pub(crate) actions: Vec<Action>,
    pub(crate) errors: Vec<FieldError>,
    pub(crate) notice: Option<String>,
    pub(crate) banner: Option<String>,
    pub(crate) crumbs: Vec<NavItem>,
    pub(crate) section: Option<Section>,
    pub(crate) sub_nav: Vec<NavItem>,
    pub(crate) viewer: Viewer,
    pub(crate) stands_now: Vec<(String, String)>,
}

impl Shell {
    /// A page with this heading, which is its title too; nobody is signed in until [`Shell::officer`].
    pub fn new(heading: impl Into<String>) -> Self {
        let h1: String = heading.into();
        Self { title: h1.clone(), h1, ..Self::default() }
    }

    /// Another title than the heading, most specific part first: `"Compare bids – Managed ICT service"`.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// Adds a fact to the line under the heading.
    #[must_use]
    pub fn fact(mut self, fact: impl Into<String>) -> Self {
        self.facts.push(fact.into());
        self
    }

    /// Adds a link beside the heading. A page has at most three; a fourth is not drawn.
    #[must_use]
    pub fn action(self, label: impl Into<String>, href: impl Into<String>) -> Self {
        self.push_action(label.into(), href.into(), false)
    }

    /// Adds the page's main link beside the heading.
    #[must_use]
    pub fn primary(self, label: impl Into<String>, href: impl Into<String>) -> Self {
        self.push_action(label.into(), href.into(), true)
    }

    fn push_action(mut self, label: String, href: String, primary: bool) -> Self {
        debug_assert!(self.actions.len() < 3, "a page has at most three actions");
        if self.actions.len() < 3 {
            self.actions.push(Action { label, href, primary });
        }
        self
    }

    /// What was wrong with the form: the error summary and `Error: ` in the title. Answer with status 422.
    #[must_use]
    pub fn errors(mut self, errors: &FieldErrors) -> Self {
        self.errors.clone_from(&errors.0);
        self
    }

    /// What stands now, by name and value. It is drawn where the form was refused because somebody else was quicker:
    /// above the form, which keeps what was entered, so that both sides are seen and nothing is lost.
    #[must_use]
    pub fn stands_now<N: Into<String>, V: Into<String>>(
        mut self,
        refusal: Option<&Refusal>,
        rows: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        if refusal.is_some_and(|refusal| refusal.kind == Kind::Stale) {
            self.stands_now = rows.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        }
        self
    }

    /// What was just done ("Requirement saved.").
    #[must_use]
    pub fn notice(mut self, notice: Option<impl Into<String>>) -> Self {
        self.notice = notice.map(Into::into);
        self
    }

    /// A text over every page: the demonstration's clock.
    #[must_use]
    pub fn banner(mut self, banner: Option<impl Into<String>>) -> Self {
        self.banner = banner.map(Into::into);
        self
    }

    /// Adds a place above this page, outermost first.
    #[must_use]
    pub fn crumb(mut self, label: impl Into<String>, href: impl Into<String>) -> Self {
        self.crumbs.push(NavItem::new(label, href));
        self
    }

    /// The part of the service that this page belongs to.
    #[must_use]
    pub fn section(mut self, section: Section) -> Self {
        self.section = Some(section);
        self
    }

    /// The places within what this page is about; see [`procurement_items`].
    #[must_use]
    pub fn sub_nav(mut self, items: Vec<NavItem>) -> Self {
        self.sub_nav = items;
        self
    }

    /// A page within a procurement: its breadcrumbs, section, sub-navigation and title.
    /// `current` is a path part of [`PLACES`].
    #[must_use]
    pub fn procurement(mut self, name: &str, base: &str, current: &str) -> Self {
        self.title = format!("{} – {name}", self.h1);
        let crumb = self.crumb("Procurements", "/procurements");
        let crumb = if current.is_empty() { crumb } else { crumb.crumb(name, base) };
        crumb.section(Section::Procurements).sub_nav(procurement_items(base, current))
    }

    /// The officer or panel member who looks, and the council he or she belongs to.
    #[must_use]
    pub fn officer(
        mut self,
        name: impl Into<String>,
        council: impl Into<String>,
        administrator: bool,
    ) -> Self {
        self.viewer = Viewer::Officer { name: name.into(), council: council.into(), administrator };
        self
    }

    /// A supplier looks: the bar without the officers' navigation.
    #[must_use]
    pub fn supplier(mut self, organisation: Option<impl Into<String>>) -> Self {
        self.viewer = Viewer::Supplier { organisation: organisation.map(Into::into) };
        self
    }

    /// The whole text of the `title` element.
    pub(crate) fn full_title(&self) -> String {
        let error = if self.errors.is_empty() { "" } else { "Error: " };
        format!("{error}{} – {PRODUCT}", self.title)
    }

    /// The officers' navigation; empty for everybody else.
    pub(crate) fn service_nav(&self) -> Vec<NavItem> {
        let Viewer::Officer { administrator, .. } = &self.viewer else { return Vec::new() };
        Section::ALL
            .into_iter()
            .filter(|section| *administrator || *section != Section::Administration)
            .map(|section| {
                let (label, href) = section.label_and_href();
                NavItem::new(label, href).current(self.section == Some(section))
            })
            .collect()
    }

    /// Who is signed in, in one line.
    pub(crate) fn who(&self) -> Option<String> {
        match &self.viewer {
            Viewer::Nobody => None,
            Viewer::Officer { name, council, .. } => Some(format!("{name}, {council}")),
            Viewer::Supplier { organisation } => organisation.clone(),
        }
    }

    /// Whether there is a session to end.
    pub(crate) fn signed_in(&self) -> bool {
        matches!(self.viewer, Viewer::Officer { .. })
    }

    /// What the sub-navigation is called by a screen reader.
    pub(crate) fn sub_nav_label(&self) -> &'static str {
        match self.viewer {
            Viewer::Officer { .. } => "This procurement",
            _ => "This tender",
        }
    }
}

/// Path of the stylesheet.
pub(crate) fn style_path() -> &'static str {
    &STYLE.path
}

/// Path of the script.
pub(crate) fn script_path() -> &'static str {
    &SCRIPT.path
}

/// Path of the icon.
pub(crate) fn icon_path() -> &'static str {
    &ICON.path
}
