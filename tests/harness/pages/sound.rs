//! What every page owes, whatever it is about (WEB.md section 5). Read once for all checks: stories look at hundreds.

use std::collections::HashSet;

use scraper::Html;

use super::{select, text_of, within};

/// Everything that is wrong.
pub(super) fn faults(document: &Html) -> Vec<String> {
    let mut faults = Vec::new();
    if attributes(document, "html", "lang").is_empty() {
        faults.push("html has no lang".to_owned());
    }
    let headings = texts(document, "h1").len();
    if headings != 1 {
        faults.push(format!("{headings} h1"));
    }
    let mut ids = HashSet::new();
    for id in attributes(document, "[id]", "id") {
        if !ids.insert(id) {
            faults.push(format!("id {id} twice"));
        }
    }
    lost_references(document, &ids, &mut faults);
    unlabelled(document, &mut faults);
    for head in document.select(&select("th:not([scope])")) {
        faults.push(format!("no scope: {}", head.html()));
    }
    let (title, errors) = (texts(document, "title").concat(), texts(document, "[role=alert] li"));
    if title.is_empty() {
        faults.push("no title".to_owned());
    }
    if title.starts_with("Error: ") == errors.is_empty() {
        faults.push(format!("title “{title}” with errors {errors:?}"));
    }
    faults
}

/// Hints, headings, labels and links within the page that name an id which is not there.
fn lost_references(document: &Html, ids: &HashSet<&str>, faults: &mut Vec<String>) {
    for name in ["aria-describedby", "aria-labelledby", "for"] {
        for list in attributes(document, &format!("[{name}]"), name) {
            let lost = list.split_whitespace().filter(|id| !ids.contains(*id));
            faults.extend(lost.map(|id| format!("{name} names {id}, which is not there")));
        }
    }
    for href in attributes(document, "a[href^='#']", "href") {
        if !ids.contains(href.trim_start_matches('#')) {
            faults.push(format!("a link leads to {href}, which is not there"));
        }
    }
}

fn unlabelled(document: &Html, faults: &mut Vec<String>) {
    let labelled: HashSet<_> = attributes(document, "label[for]", "for").into_iter().collect();
    for control in document.select(&select("input:not([type=hidden]):not([type=submit]), select, textarea")) {
        let by_id = control.attr("id").is_some_and(|id| labelled.contains(id));
        let by_aria = control.attr("aria-label").is_some() || control.attr("aria-labelledby").is_some();
        if !by_id && !by_aria && !within(control, "label") {
            faults.push(format!("no label: {}", control.html()));
        }
    }
}

fn texts(document: &Html, selector: &str) -> Vec<String> {
    document.select(&select(selector)).map(text_of).collect()
}

fn attributes<'a>(document: &'a Html, selector: &str, name: &str) -> Vec<&'a str> {
    document.select(&select(selector)).filter_map(|found| found.attr(name)).collect()
}
