//! Cells and texts as nearly every program writes them, taken from the bytes at once.
//!
//! An XML reader makes five events of a cell with a number; of a hundred thousand rows that was two thirds of what an import
//! cost. What is written exactly as here needs none of them. Everything else, an entity, a prefix, a comment, another attribute,
//! a cell that goes on behind the end of the window, is left to the XML reader, which alone decides what is a fault: nothing is
//! refused here, and what both can read they read alike (a test compares them).

use std::io::BufRead;

use quick_xml::Reader;

use super::super::xml::Attributes;
use super::head::Head;
use super::place::{number, place_of, row_index};
use super::value::Type;

/// A cell that was taken whole.
pub(super) struct Plain<'a> {
    pub(super) head: Head,
    pub(super) formula: bool,
    /// What stands in `<v>`.
    pub(super) text: &'a [u8],
    /// Bytes up to its end.
    pub(super) length: usize,
}

/// The bytes at which the reader stands. Only where it has just told of a tag: inside a text it would lose its place.
pub(super) fn ahead<R: BufRead>(xml: &mut Reader<R>) -> &[u8] {
    // A fault of the file comes again when the reader reads on.
    xml.get_mut().fill_buf().unwrap_or_default()
}

/// Moves the reader behind what was taken.
pub(super) fn taken<R: BufRead>(xml: &mut Reader<R>, length: usize) {
    xml.stream().consume(length);
}

/// The cell that begins at the window's start, perhaps behind white space.
pub(super) fn cell(window: &[u8]) -> Option<Plain<'_>> {
    let mut at = Scan(blank(window));
    at.word(b"<c")?;
    let mut head = Head::default();
    let mut seen = 0u8;
    let empty = loop {
        match at.next()? {
            b' ' => {}
            b'>' => break false,
            b'/' => {
                at.word(b">")?;
                break true;
            }
            _ => return None,
        }
        let bit = match at.next()? {
            b'r' => 1,
            b's' => 2,
            b't' => 4,
            _ => return None,
        };
        if seen & bit != 0 {
            return None;
        }
        seen |= bit;
        at.word(b"=\"")?;
        let value = at.bytes(b'"')?;
        match bit {
            1 => head.place = Some(place_of(value)?),
            2 => head.style = usize::try_from(number(value)?).ok(),
            _ => head.kind = Some(Type::of(value)).filter(|kind| *kind != Type::Unknown)?,
        }
    };
    let mut formula = false;
    let mut text = &b""[..];
    if !empty {
        if at.word(b"<f>").is_some() {
            at.formula()?;
            formula = true;
        }
        if at.word(b"<v>").is_some() {
            text = at.bytes(b'<')?;
            at.word(b"/v>")?;
        }
        at.word(b"</c>")?;
    }
    // Beside a text of its own a value means nothing, and what the text is needs its tags.
    if head.kind == Type::Inline {
        return None;
    }
    Some(Plain { head, formula, text, length: window.len() - at.0.len() })
}

/// The end of a row and the start of the next, together: that leaves the tags that the XML reader holds open as they are. The row
/// that the next one says it is, and the bytes up to its first cell.
pub(super) fn next_row(window: &[u8]) -> Option<(u32, usize)> {
    let mut at = Scan(blank(window));
    at.word(b"</row>")?;
    at.0 = blank(at.0);
    at.word(b"<row r=\"")?;
    let row = row_index(at.bytes(b'"')?)?;
    // What else a row says is about its looks.
    let rest = at.text(b'>')?;
    Attributes(rest).all(|attribute| attribute.is_ok_and(|(name, _)| name != "r")).then_some(())?;
    Some((row, window.len() - at.0.len()))
}

/// The shared string that begins at the window's start, whether its spaces count, and the bytes up to its end.
pub(super) fn string(window: &[u8]) -> Option<(&str, bool, usize)> {
    let mut at = Scan(blank(window));
    at.word(b"<si><t")?;
    let preserved = at.word(b" xml:space=\"preserve\"").is_some();
    at.word(b">")?;
    let text = at.text(b'<')?;
    at.word(b"/t></si>")?;
    Some((text, preserved, window.len() - at.0.len()))
}

fn blank(window: &[u8]) -> &[u8] {
    let start = window.iter().position(|byte| !matches!(byte, b' ' | b'\n' | b'\t'));
    start.map_or(&[], |start| &window[start..])
}

struct Scan<'a>(&'a [u8]);

impl<'a> Scan<'a> {
    fn next(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    /// A word of a length that is known when this is compiled: it is compared without a call.
    fn word<const N: usize>(&mut self, word: &[u8; N]) -> Option<()> {
        let (first, rest) = self.0.split_first_chunk()?;
        if first != word {
            return None;
        }
        self.0 = rest;
        Some(())
    }

    /// The bytes up to `end`, and past it. Nothing where they would have to be changed: an entity, or a line end of Windows.
    fn bytes(&mut self, end: u8) -> Option<&'a [u8]> {
        let stop = self.0.iter().position(|byte| *byte == end || matches!(byte, b'&' | b'\r' | b'<'))?;
        let (bytes, rest) = self.0.split_at(stop);
        self.0 = rest.strip_prefix(&[end])?;
        Some(bytes)
    }

    /// A formula to its end. It is never looked at, so that what stands for a sign may stand in it.
    fn formula(&mut self) -> Option<()> {
        const SIGNS: [&[u8]; 5] = [b"amp;", b"lt;", b"gt;", b"quot;", b"apos;"];
        let start = self.0;
        loop {
            let stop = self.0.iter().position(|byte| matches!(byte, b'<' | b'&' | b'\r'))?;
            let rest = &self.0[stop + 1..];
            match self.0[stop] {
                b'<' => {
                    std::str::from_utf8(&start[..start.len() - rest.len()]).ok()?;
                    self.0 = rest;
                    return self.word(b"/f>");
                }
                b'&' if SIGNS.iter().any(|sign| rest.starts_with(sign)) => self.0 = rest,
                _ => return None,
            }
        }
    }

    fn text(&mut self, end: u8) -> Option<&'a str> {
        std::str::from_utf8(self.bytes(end)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::Event;
    use super::super::super::budget::Budget;
    use super::super::super::parts::{Look, Role};
    use super::super::super::xml::Watched;
    use super::super::sheet::{self, Workings};
    use super::super::strings::Strings;
    use super::super::styles::Styles;
    use super::*;

    /// Whether a cell holds a formula, its text and its length, where it is plain.
    fn cell_of(xml: &str) -> Option<(bool, String, usize)> {
        let found = cell(xml.as_bytes())?;
        Some((found.formula, String::from_utf8_lossy(found.text).into_owned(), found.length))
    }

    #[test]
    fn what_is_written_plainly_is_taken_whole() {
        let read = |xml: &'static str| {
            let found = cell(xml.as_bytes())?;
            let text = std::str::from_utf8(found.text).ok()?;
            Some((found.head.place, found.head.style, found.formula, text, &xml[found.length..]))
        };
        assert_eq!(
            read("<c r=\"B3\" s=\"2\" t=\"s\"><v>7</v></c><c"),
            Some((Some((2, 1)), Some(2), false, "7", "<c"))
        );
        assert_eq!(read("\n <c r=\"A1\"/>"), Some((Some((0, 0)), None, false, "", "")));
        for formula in ["A1*2", "A1&lt;2", "A1&amp;&quot;&quot;"] {
            let cell = format!("<c><f>{formula}</f><v>4</v></c>");
            let found = cell_of(&cell);
            assert_eq!(found, Some((true, "4".to_owned(), cell.len())), "{formula}");
        }
        for left in [
            "<c r=\"A1\"><v>7</v>",
            "<c r=\"A1\"><v>7</v></c",
            "<c r='A1'><v>7</v></c>",
            "<c r=\"A1\" r=\"A2\"><v>7</v></c>",
            "<c r=\"A0\"><v>7</v></c>",
            "<c  r=\"A1\"><v>7</v></c>",
            "<c cm=\"1\" r=\"A1\"><v>7</v></c>",
            "<c r=\"A1\"><v>&#55;</v></c>",
            "<c r=\"A1\"><f>&pound;</f><v>7</v></c>",
            "<c r=\"A1\"><f>A&</f><v>7</v></c>",
            "<c r=\"A1\"><v>7\r\n</v></c>",
            "<c r=\"A1\"><f t=\"shared\" si=\"0\"/><v>7</v></c>",
            "<c r=\"A1\" t=\"inlineStr\"><v>7</v></c>",
            "<c r=\"A1\"><v>7</v><v>8</v></c>",
            "<row>",
        ] {
            assert_eq!(read(left), None, "{left}");
        }
        assert_eq!(string("<si><t> é</t></si>".as_bytes()), Some((" é", false, 19)));
        assert_eq!(string(b"<si><t xml:space=\"preserve\"> a</t></si>"), Some((" a", true, 39)));
        for left in ["<si/>", "<si><r><t>a</t></r></si>", "<si><t>&lt;</t></si>", "<si><t>a</t>"] {
            assert_eq!(string(left.as_bytes()), None, "{left}");
        }
        assert_eq!(string(b"<si><t>\xff</t></si>"), None);
    }

    fn strings(table: &str) -> Result<Strings, String> {
        let look = Look::new(Role::Strings, "strings", table.len() as u64);
        Strings::read(Watched::new(table.as_bytes(), look)).map_err(|refusal| refusal.code)
    }

    /// All that a sheet's reader says.
    fn told(sheet: &str) -> Vec<String> {
        let strings = strings("<sst><si><t>none</t></si><si><t>one</t></si></sst>").unwrap_or_default();
        let workings = Workings { strings: &strings, styles: &Styles::default(), from_1904: false };
        let look = Look::new(Role::Sheet, "sheet", sheet.len() as u64);
        let mut told = Vec::new();
        let outcome = sheet::read(
            Watched::new(sheet.as_bytes(), look),
            "Prices",
            &workings,
            &mut Budget::new(),
            &mut |event| {
                told.push(match event {
                    Event::Row(row) => format!("{:?}", row.parts()),
                    other => format!("{other:?}"),
                });
                Ok(())
            },
        );
        told.push(format!("{outcome:?}"));
        // Prefixes show in what is said of faults.
        told.iter().map(|text| text.replace("x:", "")).collect()
    }

    fn sheet(rows: &[(&str, Vec<String>)]) -> String {
        let rows: Vec<String> =
            rows.iter().map(|(start, cells)| format!("{start}{}</row>", cells.concat())).collect();
        format!("<worksheet><sheetData>{}</sheetData></worksheet>", rows.concat())
    }

    /// The same with prefixes: then all goes through the XML reader.
    fn with_prefixes(sheet: &str) -> String {
        let sheet = sheet.replace("<c", "<x:c").replace("</c>", "</x:c>");
        sheet.replace("<row", "<x:row").replace("</row>", "</x:row>")
    }

    fn start_of_row() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec![
            "<row>",
            "<row r=\"2\">",
            "<row r=\"3\" spans=\"1:8\" ht=\"15\">",
            "<row r=\"7\" >",
            "<row r=\"3\" r=\"4\">",
            "<row r=\"5\" s=\">\">",
            "<row r=\"5\" s>",
            "<row r=\"0\">",
            "<row r='6'>",
            "<row r=\"4\"/><row>",
            "<row r=\"4\"><w>",
            "\n<row r=\"9\">\n",
        ])
    }

    fn one_cell() -> impl Strategy<Value = String> {
        let attributes = prop::collection::vec(
            prop::sample::select(vec![
                " r=\"B2\"",
                " r='C3'",
                " r=\"?\"",
                " s=\"0\"",
                " s=\"x\"",
                " t=\"s\"",
                " t=\"str\"",
                " t=\"b\"",
                " t=\"n\"",
                " t=\"inlineStr\"",
                " t=\"?\"",
                " cm=\"1\"",
                "  ",
                " r",
            ]),
            0..3,
        );
        let inside = prop::collection::vec(
            prop::sample::select(vec![
                "<v>1</v>",
                "<v>12.50</v>",
                "<v></v>",
                "<v/>",
                "<v>a &amp; b</v>",
                "<v>1e3</v>",
                "<v>\r\n2</v>",
                "<v>é</v>",
                "<v> 1 </v>",
                "<f>A1*2</f>",
                "<f>A1&lt;B1&amp;&quot;é&quot;</f>",
                "<f>&pound;</f>",
                "<f>A1 & B1</f>",
                "<f>&#38;</f>",
                "<f t=\"shared\"/>",
                "<f><a/></f>",
                "<is><t>x</t></is>",
                "\n",
                "text",
                "<w/>",
            ]),
            0..3,
        );
        (attributes, inside, any::<bool>()).prop_map(|(attributes, inside, short)| {
            let attributes = attributes.concat();
            if short {
                format!("<c{attributes}/>")
            } else {
                format!("<c{attributes}>{}</c>", inside.concat())
            }
        })
    }

    proptest! {
        #[test]
        fn plain_cells_are_what_the_xml_reader_makes_of_them(
            rows in prop::collection::vec((start_of_row(), prop::collection::vec(one_cell(), 0..5)), 0..4)
        ) {
            let plainly = sheet(&rows);
            prop_assert_eq!(told(&plainly), told(&with_prefixes(&plainly)));
        }

        #[test]
        fn plain_texts_are_what_the_xml_reader_makes_of_them(
            texts in prop::collection::vec(
                prop::sample::select(vec![
                    "<si><t>a</t></si>", "<si><t> b </t></si>", "<si><t xml:space=\"preserve\"> c </t></si>", "<si/>",
                    "<si><t/></si>", "<si><t>d &amp; e</t></si>", "<si><t>_x0041_</t></si>", "<si><r><t>f</t></r></si>",
                    "\n  ", "<phoneticPr/>", "<si><t>g</t></si", "<si><t>\u{e9}\r\n</t></si>",
                ]),
                0..8,
            )
        ) {
            let plainly = format!("<sst>{}</sst>", texts.concat());
            let prefixed = plainly.replace("<si", "<x:si").replace("</si", "</x:si");
            prop_assert_eq!(
                strings(&plainly).map(|strings| format!("{strings:?}")),
                strings(&prefixed).map(|strings| format!("{strings:?}"))
            );
        }
    }

    #[test]
    fn cells_across_the_ends_of_windows_are_whole() {
        let starts: Vec<String> = (1..=4000).map(|row| format!("<row r=\"{row}\">")).collect();
        let cells = |row: usize| {
            vec![
                format!("<c><v>{}</v></c>", "7".repeat(row % 13 + 1)),
                "<c t=\"str\"><v>x</v></c>".to_owned(),
            ]
        };
        let rows: Vec<_> =
            starts.iter().enumerate().map(|(row, start)| (start.as_str(), cells(row))).collect();
        let plainly = sheet(&rows);
        assert!(plainly.len() > 128 * 1024);
        let told = told(&plainly);
        assert_eq!(told.len(), 4001);
        assert!(told == self::told(&with_prefixes(&plainly)));
    }
}
