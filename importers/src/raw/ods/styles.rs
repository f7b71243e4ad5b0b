//! Which styles show numbers as something else than plain pounds, and which hide their sheet.

use std::collections::{BTreeMap, BTreeSet};

use quick_xml::events::{BytesStart, Event as Xml};

use super::super::Unreadable;
use super::super::budget::too_much;
use super::super::format_doubt::{PERCENTAGE, THOUSANDS, foreign, in_currency};
use super::super::xml::attribute;

const MOST_STYLES: usize = 65_490;

/// What is known of styles so far; they stand before the sheets that use them.
#[derive(Default)]
pub(super) struct Styles {
    /// Doubts by the name of a number format.
    formats: BTreeMap<String, String>,
    /// Doubts by the name of a cell style.
    cells: BTreeMap<String, String>,
    hidden: BTreeSet<String>,
    /// The number format or style that is being read.
    open: Option<String>,
    text: bool,
}

impl Styles {
    pub(super) fn doubt(&self, style: &str) -> Option<String> {
        self.cells.get(style).cloned()
    }

    pub(super) fn hides(&self, style: &str) -> bool {
        self.hidden.contains(style)
    }

    pub(super) fn take(&mut self, event: &Xml<'_>) -> Result<(), Unreadable> {
        match event {
            Xml::Start(tag) => self.start(tag),
            Xml::Empty(tag) => {
                self.start(tag)?;
                self.end(tag.name().as_ref());
                Ok(())
            }
            Xml::End(tag) => {
                self.end(tag.name().as_ref());
                Ok(())
            }
            Xml::Text(text) if self.text => {
                if let (Some(format), Some(sign)) = (&self.open, foreign(&text.xml10_content())) {
                    self.formats.insert(format.clone(), in_currency(sign));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), Unreadable> {
        if self.formats.len() + self.cells.len() + self.hidden.len() > MOST_STYLES {
            return Err(too_much());
        }
        match tag.name().as_ref() {
            "number:number-style" | "number:currency-style" | "number:percentage-style" => {
                self.open = attribute(tag, "style:name");
                if let (Some(format), "number:percentage-style") = (&self.open, tag.name().as_ref()) {
                    self.formats.insert(format.clone(), PERCENTAGE.to_owned());
                }
            }
            "number:number" => {
                let scaled = attribute(tag, "number:display-factor").is_some_and(|factor| factor != "1");
                if let (Some(format), true) = (&self.open, scaled) {
                    self.formats.insert(format.clone(), THOUSANDS.to_owned());
                }
            }
            "number:text" | "number:currency-symbol" => self.text = true,
            "style:style" => {
                self.open = attribute(tag, "style:name");
                let format = attribute(tag, "style:data-style-name");
                let doubt = match format {
                    Some(format) => self.formats.get(&format).cloned(),
                    None => attribute(tag, "style:parent-style-name").and_then(|parent| self.doubt(&parent)),
                };
                if let (Some(style), Some(doubt)) = (&self.open, doubt) {
                    self.cells.insert(style.clone(), doubt);
                }
            }
            "style:table-properties" => {
                if let (Some(style), Some("false")) = (&self.open, attribute(tag, "table:display").as_deref())
                {
                    self.hidden.insert(style.clone());
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) {
        match name {
            "number:number-style" | "number:currency-style" | "number:percentage-style" | "style:style" => {
                self.open = None;
            }
            "number:text" | "number:currency-symbol" => self.text = false,
            _ => {}
        }
    }
}
