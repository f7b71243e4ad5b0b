//! The workbook part: which sheets there are, and where their cells, texts and styles stand.

use std::collections::BTreeMap;

use quick_xml::events::Event;

use super::super::Unreadable;
use super::super::parts::Role;
use super::super::xml::{attribute, walk};
use super::super::zip_check::Checked;

/// A workbook, before any of its sheets is opened.
#[derive(Debug, Default)]
pub(super) struct Book {
    pub(super) sheets: Vec<Sheet>,
    /// The part of shared strings.
    pub(super) strings: String,
    /// The part of styles.
    pub(super) styles: String,
    /// Whether dates count from 1904.
    pub(super) from_1904: bool,
}

/// A sheet, as the workbook names it.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) hidden: bool,
    /// Its part; nothing for charts and dialogues.
    pub(super) part: Option<String>,
}

/// Kind and target of relations, by their ids.
type Relations = BTreeMap<String, (String, String)>;

pub(super) fn read(checked: &mut Checked<'_>) -> Result<Book, Unreadable> {
    let package = relations(checked, "_rels/.rels")?.ok_or_else(Unreadable::damaged)?;
    let target = package
        .into_values()
        .find(|(kind, _)| kind.ends_with("/relationships/officeDocument"))
        .ok_or_else(Unreadable::damaged)?
        .1;
    let target = target.strip_prefix('/').unwrap_or(&target);
    let (folder, name) = target.rfind('/').map_or(("", target), |at| target.split_at(at + 1));
    let relations =
        relations(checked, &format!("{folder}_rels/{name}.rels"))?.ok_or_else(Unreadable::damaged)?;
    let place = |target: &str| match target.strip_prefix('/') {
        Some(whole) => whole.to_owned(),
        None => format!("{folder}{target}"),
    };
    // Programs name these parts as they like; the relations say which they mean.
    let related = |kind: &str, usual: &str| {
        let found = relations.values().find(|(found, _)| last(found) == kind);
        place(found.map_or(usual, |(_, target)| target.as_str()))
    };
    let mut book = Book {
        strings: related("sharedStrings", "sharedStrings.xml"),
        styles: related("styles", "styles.xml"),
        ..Book::default()
    };
    let source = checked.part(target, Role::Other)?.ok_or_else(Unreadable::damaged)?;
    walk(source, |event| {
        let Event::Start(tag) = event else { return Ok(()) };
        match tag.local_name().as_ref() {
            "workbookPr" => {
                // Extensions have an element of this name without the attribute.
                if let Some(value) = attribute(tag, "date1904") {
                    book.from_1904 = matches!(value.as_str(), "1" | "true");
                }
            }
            "sheet" => {
                let hidden = match attribute(tag, "state").as_deref() {
                    None | Some("visible") => false,
                    Some("hidden" | "veryHidden") => true,
                    Some(_) => return Err(Unreadable::damaged()),
                };
                let id = tag.attributes().flatten().find(|found| found.key.local_name().as_ref() == "id");
                let (kind, target) =
                    id.and_then(|id| relations.get(&*id.value)).ok_or_else(Unreadable::damaged)?;
                let part = match last(kind) {
                    "worksheet" => Some(place(target)),
                    "chartsheet" | "dialogsheet" => None,
                    _ => return Err(Unreadable::damaged()),
                };
                let name = attribute(tag, "name").unwrap_or_default();
                book.sheets.push(Sheet { name, hidden, part });
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(book)
}

fn last(kind: &str) -> &str {
    kind.rsplit('/').next().unwrap_or_default()
}

/// The relations in a part; nothing where there is no such part.
fn relations(checked: &mut Checked<'_>, part: &str) -> Result<Option<Relations>, Unreadable> {
    let Some(source) = checked.part(part, Role::Other)? else { return Ok(None) };
    let mut relations = Relations::new();
    walk(source, |event| {
        let Event::Start(tag) = event else { return Ok(()) };
        if tag.local_name().as_ref() != "Relationship" {
            return Ok(());
        }
        let value = |name| attribute(tag, name).unwrap_or_default();
        // Which of two counts is every program's own choice.
        if relations.insert(value("Id"), (value("Type"), value("Target"))).is_some() {
            return Err(Unreadable::damaged());
        }
        Ok(())
    })?;
    Ok(Some(relations))
}
