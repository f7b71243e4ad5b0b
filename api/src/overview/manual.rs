//! The manual: Markdown files beside this room's source, turned into HTML once. Raw HTML in them is shown as text.

use std::sync::LazyLock;

use pulldown_cmark::{CowStr, Event, Options, Parser, html};

/// A page of the manual.
#[derive(Debug)]
pub struct ManualPage {
    /// The last part of its address; empty for the first page.
    pub name: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// Whom it is for, in a line.
    pub lead: &'static str,
    /// Its body as HTML.
    pub html: String,
}

static PAGES: LazyLock<Vec<ManualPage>> = LazyLock::new(|| {
    [
        ("", "Help", "What Commonlot does, and where to read on", include_str!("../help/index.md")),
        (
            "officers",
            "Help for officers",
            "The journey step by step: pool, tender, score, decide, tell",
            include_str!("../help/officers.md"),
        ),
        (
            "suppliers",
            "Help for suppliers",
            "Getting your link, the workbook, checking and submitting a bid",
            include_str!("../help/suppliers.md"),
        ),
        (
            "developers",
            "Help for partner developers",
            "Keys, a session with curl, versions, repeats and lists",
            include_str!("../help/developers.md"),
        ),
        (
            "operators",
            "Help for operators",
            "Starting the service, settings, mail, backup",
            include_str!("../help/operators.md"),
        ),
    ]
    .into_iter()
    .map(|(name, title, lead, text)| ManualPage { name, title, lead, html: rendered(text) })
    .collect()
});

/// All pages, the first one first.
#[must_use]
pub fn pages() -> &'static [ManualPage] {
    &PAGES
}

/// The page of this name.
#[must_use]
pub fn page(name: &str) -> Option<&'static ManualPage> {
    PAGES.iter().find(|page| page.name == name)
}

/// Markdown as HTML; HTML inside it stays text.
fn rendered(text: &str) -> String {
    let events = Parser::new_ext(text, Options::ENABLE_TABLES).map(|event| match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(CowStr::from(raw.into_string())),
        other => other,
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    // A wide table or a long line of code scrolls by itself, also by keyboard.
    out.replace("<table>", "<div class=\"cl-table-wrap\" role=\"region\" aria-label=\"Table\" tabindex=\"0\"><table class=\"cl-table\">")
        .replace("</table>", "</table></div>")
        .replace("<th>", "<th scope=\"col\">")
        .replace("<pre>", "<pre class=\"cl-pre\" tabindex=\"0\">")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_html_does_not_pass() {
        let html = rendered("Before <script>alert(1)</script> after\n\n<div onclick=\"x\">block</div>\n");
        assert!(!html.contains("<script") && !html.contains("<div"), "{html}");
        assert!(html.contains("&lt;script&gt;"), "{html}");
    }

    #[test]
    fn every_page_begins_below_the_heading_and_leads_to_pages_that_exist() {
        for page in pages() {
            assert!(!page.html.contains("<h1"), "{}: the layout draws the heading", page.name);
            assert!(page.html.len() > 400, "{} says something", page.name);
            for link in page.html.split("href=\"/help/").skip(1) {
                let name = link.split(['"', '#']).next().unwrap_or_default();
                assert!(super::page(name).is_some(), "{} leads to /help/{name}", page.name);
            }
        }
    }
}
