//! The manual and the accessibility statement.

use askama::Template;
use poem::handler;
use poem::web::Path;

use crate::http::shell::{NavItem, Section, Shell};
use crate::http::visit::page;
use crate::http::{PageResult, Visit};
use crate::kernel::Refusal;
use crate::overview::manual;

#[derive(Template)]
#[template(path = "overview/help.html")]
struct HelpPage {
    shell: Shell,
    /// From files of this program, with raw HTML turned into text.
    html: &'static str,
    others: Vec<(String, &'static str, &'static str)>,
}

fn address(name: &str) -> String {
    if name.is_empty() { "/help".to_owned() } else { format!("/help/{name}") }
}

fn show(visit: &Visit, name: &str) -> PageResult {
    let found = manual::page(name).ok_or_else(|| Refusal::not_found("page of the manual"))?;
    let mut shell = visit.shell(found.title).section(Section::Help).fact(found.lead);
    let mut others = Vec::new();
    if name.is_empty() {
        let rest = manual::pages().iter().filter(|page| !page.name.is_empty());
        others.extend(rest.map(|page| (address(page.name), page.title, page.lead)));
    } else {
        shell = shell.crumb("Help", "/help").sub_nav(
            manual::pages()
                .iter()
                .map(|page| NavItem::new(page.title, address(page.name)).current(page.name == name))
                .collect(),
        );
    }
    page(&HelpPage { shell, html: &found.html, others })
}

#[handler]
pub(super) async fn first_page(visit: Visit) -> PageResult {
    show(&visit, "")
}

#[handler]
pub(super) async fn one_page(visit: Visit, Path(name): Path<String>) -> PageResult {
    show(&visit, &name)
}

#[derive(Template)]
#[template(path = "overview/accessibility.html")]
struct AccessibilityPage {
    shell: Shell,
}

#[handler]
pub(super) async fn accessibility(visit: Visit) -> PageResult {
    page(&AccessibilityPage { shell: visit.shell("Accessibility statement").section(Section::Help) })
}
