//! The texts that cells share, one behind the other in a single text: a workbook has up to a million of them.

use std::io::{BufRead, Read};

use quick_xml::Reader;
use quick_xml::events::Event;

use super::super::Unreadable;
use super::super::parts::{MOST_STRINGS, too_many_strings};
use super::super::xml::{Attributes, Broken, Watched, ended, reader, text};
use super::plain;

/// The table of shared strings.
#[derive(Debug, Default)]
pub(super) struct Strings {
    all: String,
    ends: Vec<usize>,
}

impl Strings {
    /// Reads the table to its end; a fault in it is the whole file's.
    pub(super) fn read(source: Watched<impl Read>) -> Result<Self, Unreadable> {
        let mut reader = reader(source);
        let mut strings = Self::default();
        let outcome = strings.take(&mut reader);
        // What its bytes are matters more than what could not be made of them.
        reader.into_inner().finish()?;
        outcome?;
        Ok(strings)
    }

    fn take<R: BufRead>(&mut self, reader: &mut Reader<R>) -> Result<(), Unreadable> {
        let mut buffer = Vec::new();
        // Where a plain text can begin: see the rows of a sheet.
        let mut behind_a_tag = false;
        loop {
            while behind_a_tag && self.plain(reader)? {}
            buffer.clear();
            let event = reader.read_event_into(&mut buffer).map_err(|_| Unreadable::damaged())?;
            behind_a_tag = matches!(event, Event::End(_));
            match event {
                Event::Start(tag) if tag.local_name().as_ref() == "si" => {
                    rich(reader, &mut buffer, &mut self.all).map_err(|_| Unreadable::damaged())?;
                    self.end()?;
                    behind_a_tag = true;
                }
                Event::End(tag) if tag.local_name().as_ref() == "sst" => return Ok(()),
                Event::Eof => return Err(Unreadable::damaged()),
                _ => {}
            }
        }
    }

    /// Takes a text without the XML reader, where it is written as nearly all are; whether it did.
    fn plain<R: BufRead>(&mut self, reader: &mut Reader<R>) -> Result<bool, Unreadable> {
        let Some((text, preserved, length)) = plain::string(plain::ahead(reader)) else { return Ok(false) };
        let start = self.all.len();
        self.all.push_str(text);
        tidy(&mut self.all, start, preserved);
        plain::taken(reader, length);
        self.end()?;
        Ok(true)
    }

    /// What was added since the text before is one.
    fn end(&mut self) -> Result<(), Unreadable> {
        if self.ends.len() as u64 >= MOST_STRINGS {
            return Err(too_many_strings());
        }
        self.ends.push(self.all.len());
        Ok(())
    }

    /// A text by its zero-based place.
    pub(super) fn get(&self, at: usize) -> Option<&str> {
        let end = *self.ends.get(at)?;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.all.get(start..end)
    }
}

/// Adds the texts of the element that was opened last, plain or in runs of their own formats; readings aids beside them are not
/// part of it.
pub(super) fn rich<R: BufRead>(
    reader: &mut Reader<R>,
    buffer: &mut Vec<u8>,
    out: &mut String,
) -> Result<(), Broken> {
    let mut depth = 0usize;
    let mut aid = None;
    let mut fault = None;
    loop {
        buffer.clear();
        match reader.read_event_into(buffer)? {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "t" if aid.is_none() => {
                    let preserved = Attributes(tag.attributes_raw())
                        .flatten()
                        .any(|(name, value)| name == "xml:space" && value == "preserve");
                    let start = out.len();
                    match text(reader, buffer, out) {
                        Err(Broken::Value(found)) => fault = Some(found),
                        other => other?,
                    }
                    tidy(out, start, preserved);
                }
                name => {
                    if name == "rPh" && aid.is_none() {
                        aid = Some(depth);
                    }
                    depth += 1;
                }
            },
            Event::End(_) if depth == 0 => return fault.map_or(Ok(()), |fault| Err(Broken::Value(fault))),
            Event::End(_) => {
                depth -= 1;
                if aid == Some(depth) {
                    aid = None;
                }
            }
            Event::Eof => return Err(ended()),
            _ => {}
        }
    }
}

/// Takes away what spreadsheet programs take away: spaces around a text that does not ask for them, and their own escapes.
fn tidy(out: &mut String, start: usize, preserved: bool) {
    let added = &out[start..];
    let kept = if preserved { added } else { added.trim_matches([' ', '\t', '\r', '\n']) };
    if kept.contains("_x") {
        let kept = unescape(kept);
        out.truncate(start);
        out.push_str(&kept);
    } else if kept.len() < added.len() {
        let kept = kept.to_owned();
        out.truncate(start);
        out.push_str(&kept);
    }
}

/// `_x000D_` is a carriage return, `_xD83D__xDCF7_` a camera and `_x005F_` the underscore that protects one: four hexadecimal digits
/// of UTF-16 each (ECMA-376 part 1, 22.9.2.19).
pub(super) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let mut units = Vec::new();
        let mut after = from;
        while let Some((unit, next)) = unit(after) {
            units.push(unit);
            after = next;
        }
        if units.is_empty() {
            out.push_str("_x");
            after = &from[2..];
        }
        out.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
        rest = after;
    }
    out + rest
}

fn unit(text: &str) -> Option<(u16, &str)> {
    let digits = text.strip_prefix("_x")?.get(..4)?;
    let rest = text[6..].strip_prefix('_')?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    Some((u16::from_str_radix(digits, 16).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_those_that_spreadsheet_programs_write() {
        for (text, meant) in [
            ("_", "_"),
            ("a_x", "a_x"),
            ("_x000D_", "\r"),
            ("a_x000a_b", "a\nb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_xD83D__xDCF7_!", "\u{1F4F7}!"),
            ("_xD83D_", "\u{FFFD}"),
            ("_x00ZZ_", "_x00ZZ_"),
            ("_x00½_", "_x00½_"),
            ("_x_x0041_", "_xA"),
            ("_x0041", "_x0041"),
        ] {
            assert_eq!(unescape(text), meant, "{text}");
        }
    }

    #[test]
    fn texts_are_put_together_from_their_runs() {
        let read = |xml: &str| {
            let mut out = String::new();
            let mut reader = reader(xml.as_bytes());
            let mut buffer = Vec::new();
            assert!(matches!(reader.read_event_into(&mut buffer), Ok(Event::Start(_))));
            rich(&mut reader, &mut buffer, &mut out).map(|()| out).ok()
        };
        assert_eq!(read("<si/>").as_deref(), Some(""));
        assert_eq!(read("<si><t> a\n</t></si>").as_deref(), Some("a"));
        assert_eq!(read("<si><t xml:space=\"preserve\"> a </t></si>").as_deref(), Some(" a "));
        assert_eq!(read("<si><t>a &amp; <![CDATA[<b>]]>&#xE9;</t></si>").as_deref(), Some("a & <b>é"));
        let runs = "<si><r><rPr><b/></rPr><t>a</t></r><rPh sb=\"0\"><t>no</t></rPh><r><t>b</t></r></si>";
        assert_eq!(read(runs).as_deref(), Some("ab"));
        assert_eq!(read("<si><t>1<b/>2</t></si>"), None);
        assert_eq!(read("<si><t>&what;</t></si>"), None);
        assert_eq!(read("<si><t>a</t>"), None);
    }
}
