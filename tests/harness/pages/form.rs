//! A form: found on a page, filled in by name or label, and sent as a browser without JavaScript would send it.

use std::fmt::Write as _;

use reqwest::{RequestBuilder, Url, multipart};
use scraper::{ElementRef, Html};

use super::{select, text_of, within};

/// A form with what stands in it.
#[derive(Clone, Debug)]
pub struct Form {
    action: Url,
    post: bool,
    multipart: bool,
    controls: Vec<Control>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// One line or many; what stands there is sent.
    Text,
    /// Sent, but not for people to change.
    Hidden,
    /// One option of a select.
    Choice { several: bool },
    /// One of a group of radio buttons.
    Radio,
    /// A tick box.
    Tick,
    /// A file to attach.
    File,
    /// The button that was pressed.
    Button,
}

#[derive(Clone, Debug)]
struct Control {
    kind: Kind,
    name: String,
    label: String,
    value: String,
    /// Whether it is sent: ticked, chosen, or of a kind that always is.
    on: bool,
    /// The attached file.
    file: Option<(String, Vec<u8>)>,
}

impl Form {
    /// Finds a form by its button's text, or by the end of its action. `Err` lists the forms there are.
    pub(super) fn find(document: &Html, page: &Url, wanted: &str) -> Result<Self, String> {
        let mut there = String::new();
        let mut by_action = None;
        for form in document.select(&select("form")) {
            let buttons = buttons_of(document, form);
            if let Some(button) = buttons.iter().find(|button| button_text(**button) == wanted) {
                return Ok(Self::read(document, page, form, Some(*button)));
            }
            let action = form.attr("action").unwrap_or_default();
            if by_action.is_none() && !action.is_empty() && action.ends_with(wanted) {
                by_action = Some(Self::read(document, page, form, buttons.first().copied()));
            }
            let texts: Vec<_> = buttons.iter().map(|button| button_text(*button)).collect();
            let _ = write!(there, "[{action}: {}] ", texts.join(", "));
        }
        by_action.ok_or(there)
    }

    /// Fills a text, or chooses among radio buttons or options, by the control's name or its label.
    #[track_caller]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        let mut chosen = false;
        let among: Vec<_> =
            self.named(name, |kind| !matches!(kind, Kind::Hidden | Kind::Button | Kind::File));
        for at in among {
            let control = &mut self.controls[at];
            match control.kind {
                Kind::Text => {
                    // Browsers send line ends so.
                    control.value = value.replace("\r\n", "\n").replace('\n', "\r\n");
                    chosen = true;
                }
                Kind::Choice { .. } | Kind::Radio => {
                    control.on = !chosen && (control.value == value || control.label == value);
                    chosen |= control.on;
                }
                _ => panic!("“{name}” is a tick box: use tick or untick\n{}", self.told()),
            }
        }
        assert!(chosen, "nothing named or labelled “{name}” takes “{value}”\n{}", self.told());
        self
    }

    /// Ticks the box with this name (or label) and value; boxes without a value have the value `on`. In a select of
    /// several, chooses one more.
    #[track_caller]
    pub fn tick(self, name: &str, value: &str) -> Self {
        self.turn(name, value, true)
    }

    /// Takes the tick away.
    #[track_caller]
    pub fn untick(self, name: &str, value: &str) -> Self {
        self.turn(name, value, false)
    }

    /// Attaches a file.
    #[track_caller]
    pub fn attach(mut self, name: &str, file: &str, bytes: impl Into<Vec<u8>>) -> Self {
        let at = self.named(name, |kind| kind == Kind::File).first().copied();
        let at = at.unwrap_or_else(|| panic!("no file is asked for under “{name}”\n{}", self.told()));
        self.controls[at].file = Some((file.to_owned(), bytes.into()));
        self
    }

    /// What stands in a field now: the text, or the chosen value.
    #[track_caller]
    pub fn value(&self, name: &str) -> String {
        let among = self.named(name, |kind| kind != Kind::Button);
        let found = among.iter().map(|at| &self.controls[*at]).find(|control| control.on);
        found.map_or_else(
            || panic!("nothing stands in “{name}”\n{}", self.told()),
            |control| control.value.clone(),
        )
    }

    /// Whether there is such a control at all.
    pub fn has(&self, name: &str) -> bool {
        !self.named(name, |kind| kind != Kind::Button).is_empty()
    }

    /// Puts a value where a person could not: a hidden field changed, a value outside the options, a field that the
    /// page does not have. For stories about people who do not use the page.
    pub fn tamper(mut self, name: &str, value: &str) -> Self {
        self.controls.retain(|control| control.name != name);
        self.controls.push(Control {
            kind: Kind::Hidden,
            name: name.to_owned(),
            label: String::new(),
            value: value.to_owned(),
            on: true,
            file: None,
        });
        self
    }

    /// Leaves a field out altogether, as no browser would.
    pub fn without(mut self, name: &str) -> Self {
        self.controls.retain(|control| control.name != name);
        self
    }

    /// The form as a failure message shows it.
    pub fn told(&self) -> String {
        let mut told = format!("{} {}", if self.post { "POST" } else { "GET" }, self.action);
        for control in &self.controls {
            let mark = if control.on { "=" } else { "≠" };
            let _ = write!(
                told,
                "\n  {:?} {} ({}) {mark} {}",
                control.kind, control.name, control.label, control.value
            );
        }
        told
    }

    /// The request that a browser would make.
    pub(super) fn request(self, client: &reqwest::Client) -> RequestBuilder {
        if !self.post {
            let mut url = self.action.clone();
            url.query_pairs_mut().clear().extend_pairs(self.pairs());
            return client.get(url);
        }
        // As a browser says it; the program falls back on it where Sec-Fetch-Site is not sent.
        let request =
            client.post(self.action.clone()).header("origin", self.action.origin().ascii_serialization());
        if !self.multipart {
            return request.form(&self.pairs());
        }
        let mut body = multipart::Form::new();
        for control in self.controls.into_iter().filter(|control| control.on) {
            body = if control.kind == Kind::File {
                // Nothing attached is sent as a file without name and content.
                let (name, bytes) = control.file.unwrap_or_default();
                let part = multipart::Part::bytes(bytes).file_name(name);
                body.part(control.name, part.mime_str("application/octet-stream").expect("a media type"))
            } else {
                body.text(control.name, control.value)
            };
        }
        request.multipart(body)
    }

    fn pairs(&self) -> Vec<(String, String)> {
        let sent = self.controls.iter().filter(|control| control.on);
        sent.map(|control| match &control.file {
            Some((name, _)) => (control.name.clone(), name.clone()),
            None => (control.name.clone(), control.value.clone()),
        })
        .collect()
    }

    fn named(&self, name: &str, kinds: impl Fn(Kind) -> bool) -> Vec<usize> {
        let among = |matches: &dyn Fn(&Control) -> bool| -> Vec<usize> {
            let all = self.controls.iter().enumerate();
            all.filter(|(_, control)| kinds(control.kind) && matches(control)).map(|(at, _)| at).collect()
        };
        let by_name = among(&|control| control.name == name);
        if !by_name.is_empty() {
            return by_name;
        }
        among(&|control| control.label == name)
    }

    #[track_caller]
    fn turn(mut self, name: &str, value: &str, on: bool) -> Self {
        let among = self.named(name, |kind| matches!(kind, Kind::Tick | Kind::Choice { several: true }));
        let found = among.into_iter().find(|at| {
            let control = &self.controls[*at];
            control.value == value || control.label == value
        });
        let at = found.unwrap_or_else(|| panic!("no box “{name}” with “{value}”\n{}", self.told()));
        self.controls[at].on = on;
        self
    }

    fn read(document: &Html, page: &Url, form: ElementRef<'_>, button: Option<ElementRef<'_>>) -> Self {
        let of = |name: &str| {
            let on_button = button.and_then(|button| button.attr(&format!("form{name}")));
            on_button.or_else(|| form.attr(name)).unwrap_or_default().to_owned()
        };
        let action = of("action");
        let action = page.join(&action).unwrap_or_else(|error| panic!("the form's action {action}: {error}"));
        let mut controls = Vec::new();
        for element in document.select(&select("input, select, textarea")) {
            if belongs(element, form) && element.attr("disabled").is_none() {
                controls.extend(read_control(document, element));
            }
        }
        if let Some(name) = button.and_then(|button| button.attr("name")) {
            let value = button.and_then(|button| button.attr("value")).unwrap_or_default();
            controls.push(Control::new(Kind::Button, name, String::new(), value, true));
        }
        let multipart = of("enctype").eq_ignore_ascii_case("multipart/form-data");
        Self { action, post: of("method").eq_ignore_ascii_case("post"), multipart, controls }
    }
}

impl Control {
    fn new(kind: Kind, name: &str, label: String, value: &str, on: bool) -> Self {
        Self { kind, name: name.to_owned(), label, value: value.to_owned(), on, file: None }
    }
}

fn read_control(document: &Html, element: ElementRef<'_>) -> Vec<Control> {
    let Some(name) = element.attr("name").filter(|name| !name.is_empty()) else { return Vec::new() };
    let label = label_of(document, element);
    let checked = element.attr("checked").is_some();
    let value = element.attr("value");
    let one = |kind, value: &str, on| vec![Control::new(kind, name, label.clone(), value, on)];
    match (element.value().name(), element.attr("type").unwrap_or("text")) {
        ("textarea", _) => {
            let text: String = element.text().collect();
            one(Kind::Text, text.strip_prefix('\n').unwrap_or(&text), true)
        }
        ("select", _) => read_options(element, name),
        (_, "submit" | "button" | "image" | "reset") => Vec::new(),
        (_, "hidden") => one(Kind::Hidden, value.unwrap_or_default(), true),
        (_, "radio") => one(Kind::Radio, value.unwrap_or("on"), checked),
        (_, "checkbox") => one(Kind::Tick, value.unwrap_or("on"), checked),
        (_, "file") => one(Kind::File, "", true),
        _ => one(Kind::Text, value.unwrap_or_default(), true),
    }
}

/// A select's options. Each carries its own text as label: a select's label is not needed, since its name is one.
fn read_options(element: ElementRef<'_>, name: &str) -> Vec<Control> {
    let several = element.attr("multiple").is_some();
    let mut options: Vec<_> = element
        .select(&select("option"))
        .filter(|option| option.attr("disabled").is_none())
        .map(|option| {
            let text = text_of(option);
            let value = option.attr("value").unwrap_or(&text).to_owned();
            Control::new(Kind::Choice { several }, name, text, &value, option.attr("selected").is_some())
        })
        .collect();
    if !several
        && !options.iter().any(|option| option.on)
        && let Some(first) = options.first_mut()
    {
        first.on = true;
    }
    options
}

fn label_of(document: &Html, element: ElementRef<'_>) -> String {
    let by_id = element.attr("id").and_then(|id| {
        document.select(&select("label[for]")).find(|label| label.attr("for") == Some(id)).map(text_of)
    });
    let around = || {
        let mut all = element.ancestors().filter_map(ElementRef::wrap);
        all.find(|around| around.value().name() == "label").map(text_of)
    };
    by_id.or_else(around).or_else(|| element.attr("aria-label").map(str::to_owned)).unwrap_or_default()
}

/// Whether a control is the form's: by its `form` attribute, or else by lying in it.
fn belongs(element: ElementRef<'_>, form: ElementRef<'_>) -> bool {
    match element.attr("form") {
        Some(id) => form.attr("id") == Some(id),
        None => element.ancestors().any(|around| around.id() == form.id()) && within(element, "form"),
    }
}

fn buttons_of<'a>(document: &'a Html, form: ElementRef<'a>) -> Vec<ElementRef<'a>> {
    let buttons = select("button:not([type=button]):not([type=reset]), input[type=submit]");
    document.select(&buttons).filter(|button| belongs(*button, form)).collect()
}

fn button_text(button: ElementRef<'_>) -> String {
    let text = text_of(button);
    if text.is_empty() { button.attr("value").unwrap_or_default().to_owned() } else { text }
}
