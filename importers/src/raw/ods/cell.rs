//! One cell of an OpenDocument sheet, from its start to its end.

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event as Xml};

use super::super::budget::LONGEST_TEXT;
use super::super::format_doubt::{PERCENTAGE, in_currency};
use super::super::number::exact_text;
use super::super::xml::attribute;
use super::super::{RawValue, Unreadable};
use super::repeated;

/// A cell whose end is still to come.
pub(super) struct OpenCell {
    kind: Option<String>,
    stored: Option<String>,
    error: bool,
    formula: bool,
    doubt: Option<String>,
    /// The text of its paragraphs.
    shown: String,
    paragraphs: u32,
    /// Depth of elements inside a paragraph, which is where text counts.
    inside: usize,
    /// How many cells it stands for.
    pub(super) repeat: u32,
    /// How many columns and rows it spans.
    pub(super) merged: (u32, u32),
}

impl OpenCell {
    pub(super) fn new(tag: &BytesStart<'_>, doubt: Option<String>) -> Result<Self, Unreadable> {
        let covered = tag.name().as_ref() == "table:covered-table-cell";
        let kind = attribute(tag, "office:value-type");
        let currency = attribute(tag, "office:currency");
        let doubt = match kind.as_deref() {
            Some("percentage") => Some(PERCENTAGE.to_owned()),
            Some("currency") if currency.as_deref().is_some_and(|code| code != "GBP") => {
                currency.as_deref().map(in_currency)
            }
            Some("float" | "currency") if covered => Some("a number hidden under merged cells".to_owned()),
            Some("float" | "currency") => doubt,
            _ => None,
        };
        let stored = match kind.as_deref() {
            Some("float" | "percentage" | "currency") => attribute(tag, "office:value"),
            Some("date") => attribute(tag, "office:date-value"),
            Some("time") => attribute(tag, "office:time-value"),
            Some("boolean") => attribute(tag, "office:boolean-value"),
            _ => attribute(tag, "office:string-value"),
        };
        Ok(Self {
            error: attribute(tag, "calcext:value-type").as_deref() == Some("error"),
            formula: attribute(tag, "table:formula").is_some(),
            repeat: repeated(tag, "table:number-columns-repeated")?.max(1),
            merged: (
                repeated(tag, "table:number-columns-spanned")?,
                repeated(tag, "table:number-rows-spanned")?,
            ),
            kind,
            stored,
            doubt,
            shown: String::new(),
            paragraphs: 0,
            inside: 0,
        })
    }

    /// An element inside the cell.
    pub(super) fn start(&mut self, name: &str, tag: &BytesStart<'_>) -> Result<(), Unreadable> {
        if name == "text:p" && self.inside == 0 {
            if self.paragraphs > 0 {
                self.shown.push('\n');
            }
            self.paragraphs += 1;
        }
        if self.inside > 0 || name == "text:p" {
            self.inside += 1;
        }
        match name {
            "text:s" => {
                let count = repeated(tag, "text:c")?;
                let count = usize::try_from(count).unwrap_or(usize::MAX).min(LONGEST_TEXT + 1);
                self.shown.extend(std::iter::repeat_n(' ', count));
            }
            "text:tab" => self.shown.push('\t'),
            "text:line-break" => self.shown.push('\n'),
            _ => {}
        }
        self.check_length()
    }

    pub(super) fn end(&mut self, _name: &str) {
        self.inside = self.inside.saturating_sub(1);
    }

    pub(super) fn text(&mut self, event: &Xml<'_>) -> Result<(), Unreadable> {
        if self.inside == 0 {
            return Ok(());
        }
        match event {
            Xml::Text(text) => self.shown.push_str(&text.xml10_content()),
            Xml::CData(text) => self.shown.push_str(&text.xml10_content()),
            Xml::GeneralRef(entity) => {
                let known = quick_xml::escape::resolve_xml_entity(entity.as_ref());
                if let Some(known) = known {
                    self.shown.push_str(known);
                } else {
                    let c = entity.resolve_char_ref().ok().flatten().ok_or_else(Unreadable::damaged)?;
                    self.shown.push(c);
                }
            }
            _ => {}
        }
        self.check_length()
    }

    fn check_length(&self) -> Result<(), Unreadable> {
        // Bytes, not characters: no more than four for each. The exact check is the budget's.
        if self.shown.len() > 4 * LONGEST_TEXT { Err(super::too_much()) } else { Ok(()) }
    }

    /// Value, whether a formula made it, and what is doubted; nothing for a cell that holds nothing.
    pub(super) fn value(self) -> Option<(RawValue<'static>, bool, Option<Cow<'static, str>>)> {
        let shown_error = self.shown.starts_with('#') || self.shown.starts_with("Err:");
        let value = if self.error || self.formula && shown_error && self.kind.as_deref() != Some("string") {
            RawValue::Error(if self.shown.is_empty() { "an error".into() } else { self.shown.into() })
        } else {
            match (self.kind.as_deref(), self.stored) {
                (Some("float" | "percentage" | "currency"), Some(stored)) => number(&stored),
                (Some("float" | "percentage" | "currency"), None) if !self.formula => {
                    RawValue::Error("a number without a value".into())
                }
                (Some("boolean"), Some(stored)) => RawValue::Bool(stored == "true"),
                (Some("date" | "time"), Some(stored)) => RawValue::DateTime(stored.into()),
                (None, _) if self.formula => RawValue::Empty,
                (_, stored) => {
                    let text = stored.filter(|_| self.shown.is_empty()).unwrap_or(self.shown);
                    if text.is_empty() { RawValue::Empty } else { RawValue::Text(text.into()) }
                }
            }
        };
        if value == RawValue::Empty && !self.formula {
            return None;
        }
        let doubt = if matches!(value, RawValue::Number(_)) { self.doubt.map(Cow::Owned) } else { None };
        Some((value, self.formula, doubt))
    }
}

fn number(stored: &str) -> RawValue<'static> {
    stored
        .trim()
        .parse::<f64>()
        .ok()
        .and_then(exact_text)
        .map_or_else(|| RawValue::Error(stored.to_owned().into()), |text| RawValue::Number(text.into()))
}
