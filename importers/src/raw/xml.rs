//! What the readers of workbooks in XML share: parts that are looked through while they are read, and attributes.

use std::io::{self, BufRead, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::Unreadable;
use super::parts::{Look, Seen};

/// A part of a zip on its way to its reader. Every byte is looked through for what programs read differently, and at the end its
/// checksum is compared, so that a part is inflated once: a reader stops where it has what it needs, [`Watched::finish`] goes on.
pub(super) struct Watched<R> {
    part: R,
    look: Look,
    /// Where what was not handed out begins.
    next: usize,
}

impl<R: Read> Watched<R> {
    pub(super) fn new(part: R, look: Look) -> Self {
        Self { part, look, next: 0 }
    }

    /// Goes on to the end and judges the whole part.
    pub(super) fn finish(mut self) -> Result<(), Unreadable> {
        while self.look.refill(&mut self.part).map_err(|_| Unreadable::damaged())?.is_some() {}
        self.look.judge(&mut Seen::default())
    }
}

impl<R: Read> BufRead for Watched<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.next >= self.look.window().len() {
            let fresh = self.look.refill(&mut self.part)?;
            self.next = fresh.unwrap_or(self.look.window().len());
        }
        Ok(&self.look.window()[self.next..])
    }

    fn consume(&mut self, amount: usize) {
        self.next += amount;
    }
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut available = self.fill_buf()?;
        let read = available.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

/// A part as it is read: programs write `<c/>` and `<c></c>` for the same thing.
pub(super) fn reader<R: BufRead>(source: R) -> Reader<R> {
    let mut reader = Reader::from_reader(source);
    reader.config_mut().expand_empty_elements = true;
    reader
}

/// Hands every event to `take`, up to the end of the outermost element.
pub(super) fn walk(
    source: impl BufRead,
    mut take: impl FnMut(&Event<'_>) -> Result<(), Unreadable>,
) -> Result<(), Unreadable> {
    let mut reader = reader(source);
    let mut buffer = Vec::new();
    let mut depth = 0usize;
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).map_err(|_| Unreadable::damaged())?;
        match &event {
            Event::Start(tag) => {
                depth += 1;
                // An attribute twice, or none at all: which one counts is every program's own choice.
                if tag.attributes().any(|attribute| attribute.is_err()) {
                    return Err(Unreadable::damaged());
                }
            }
            Event::End(_) if depth == 1 => return Ok(()),
            Event::End(_) => depth -= 1,
            Event::Eof => return Err(Unreadable::damaged()),
            _ => {}
        }
        take(&event)?;
    }
}

/// Why no more can be read of a part, or only a value in it.
pub(super) enum Broken {
    /// Its bytes do not come out of the zip.
    Bytes,
    /// It is no XML, or ends too early.
    Markup(String),
    /// The XML goes on, but this value is none.
    Value(String),
}

impl From<quick_xml::Error> for Broken {
    fn from(fault: quick_xml::Error) -> Self {
        match fault {
            quick_xml::Error::Io(_) => Self::Bytes,
            other => Self::Markup(other.to_string()),
        }
    }
}

/// Goes to the end of the element that was opened last.
pub(super) fn skip<R: BufRead>(reader: &mut Reader<R>, buffer: &mut Vec<u8>) -> Result<(), Broken> {
    let mut depth = 1usize;
    while depth > 0 {
        buffer.clear();
        match reader.read_event_into(buffer)? {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            Event::Eof => return Err(ended()),
            _ => {}
        }
    }
    Ok(())
}

/// Adds the text of the element that was opened last, to its end. An element inside it is passed over and told.
pub(super) fn text<R: BufRead>(
    reader: &mut Reader<R>,
    buffer: &mut Vec<u8>,
    out: &mut String,
) -> Result<(), Broken> {
    let mut fault = None;
    loop {
        buffer.clear();
        match reader.read_event_into(buffer)? {
            Event::Text(text) => out.push_str(&text.xml10_content()),
            Event::CData(text) => out.push_str(&text.xml10_content()),
            Event::GeneralRef(entity) => {
                if let Some(known) = quick_xml::escape::resolve_xml_entity(entity.as_ref()) {
                    out.push_str(known);
                } else if let Ok(Some(c)) = entity.resolve_char_ref() {
                    out.push(c);
                } else {
                    fault = Some(format!("&{};", entity.as_ref()));
                }
            }
            Event::Start(_) => {
                skip(reader, buffer)?;
                fault = Some("an element inside a value".to_owned());
            }
            Event::End(_) => return fault.map_or(Ok(()), |fault| Err(Broken::Value(fault))),
            Event::Eof => return Err(ended()),
            _ => {}
        }
    }
}

/// The fault of a part that ends before its elements do.
pub(super) fn ended() -> Broken {
    Broken::Markup("it ends in the middle".to_owned())
}

/// An attribute's value, by its whole name.
pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.attributes().flatten().find(|attribute| attribute.key.as_ref() == name)?;
    found.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
}

/// Attributes as they stand in the file, name and value, for the elements of which there are a million; `Err` where they are not
/// written as attributes are.
pub(super) struct Attributes<'a>(pub(super) &'a str);

impl<'a> Iterator for Attributes<'a> {
    type Item = Result<(&'a str, &'a str), ()>;

    fn next(&mut self) -> Option<Self::Item> {
        let text = self.0.trim_ascii_start();
        if text.is_empty() {
            return None;
        }
        self.0 = "";
        let Some((name, value)) = text.split_once('=') else { return Some(Err(())) };
        let value = value.trim_ascii_start();
        let Some(quote @ (b'"' | b'\'')) = value.as_bytes().first().copied() else { return Some(Err(())) };
        let Some((value, rest)) = value[1..].split_once(char::from(quote)) else { return Some(Err(())) };
        self.0 = rest;
        Some(Ok((name.trim_ascii_end(), value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_read_as_they_are_written() {
        let read = |text| Attributes(text).collect::<Result<Vec<_>, ()>>();
        assert_eq!(read(" r=\"A1\" s='3'"), Ok(vec![("r", "A1"), ("s", "3")]));
        assert_eq!(read("\tr = \"A'1\"\n"), Ok(vec![("r", "A'1")]));
        assert_eq!(read("  "), Ok(vec![]));
        for bad in [" r", " r=A1", " r=\"A1", " r=\"A1\" s"] {
            assert_eq!(read(bad), Err(()), "{bad}");
        }
    }
}
