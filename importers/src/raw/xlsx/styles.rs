//! What number formats make of a number: a date, or something else than plain pounds.

use std::collections::BTreeMap;

use quick_xml::events::Event;

use super::super::Unreadable;
use super::super::format_doubt::{PERCENTAGE, doubt, in_currency};
use super::super::xml::{attribute, walk};

/// How a number is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Meant {
    #[default]
    Number,
    Moment,
    Duration,
}

/// The formats of cells, by the number that cells give.
#[derive(Debug, Default)]
pub(super) struct Styles(Vec<(Meant, Option<String>)>);

impl Styles {
    pub(super) fn read(source: impl std::io::BufRead) -> Result<Self, Unreadable> {
        let mut custom: BTreeMap<String, String> = BTreeMap::new();
        let mut styles = Self::default();
        // Conditional formats have elements of the same names for other things.
        let (mut of_numbers, mut of_cells) = (false, false);
        walk(source, |event| {
            match event {
                Event::Start(tag) => match tag.local_name().as_ref() {
                    "numFmts" => of_numbers = true,
                    "numFmt" if of_numbers => {
                        if let (Some(id), Some(code)) =
                            (attribute(tag, "numFmtId"), attribute(tag, "formatCode"))
                        {
                            custom.insert(id, code);
                        }
                    }
                    "cellXfs" => of_cells = true,
                    "xf" if of_cells => {
                        let id = attribute(tag, "numFmtId").unwrap_or_default();
                        styles.0.push(match custom.get(&id) {
                            Some(code) => (meant(code), doubt(code)),
                            None => builtin(&id),
                        });
                    }
                    _ => {}
                },
                Event::End(tag) => match tag.local_name().as_ref() {
                    "numFmts" => of_numbers = false,
                    "cellXfs" => of_cells = false,
                    _ => {}
                },
                _ => {}
            }
            Ok(())
        })?;
        Ok(styles)
    }

    /// How the numbers of a style are meant; a cell that names none means a number.
    pub(super) fn meant(&self, style: Option<usize>) -> Meant {
        style.and_then(|style| self.0.get(style)).map_or(Meant::Number, |(meant, _)| *meant)
    }

    /// Why the numbers of a style may not be pounds. A cell that names no style, or one that is not there, has the first.
    pub(super) fn doubt(&self, style: Option<usize>) -> Option<&str> {
        let style = style.filter(|style| *style < self.0.len()).unwrap_or(0);
        self.0.get(style)?.1.as_deref()
    }
}

/// The formats that every program knows by number (ECMA-376 part 1, 18.8.30).
fn builtin(id: &str) -> (Meant, Option<String>) {
    match id.parse::<u32>() {
        Ok(9 | 10) => (Meant::Number, Some(PERCENTAGE.to_owned())),
        Ok(42 | 44) => (Meant::Number, Some(in_currency("$"))),
        Ok(14..=22 | 27..=36 | 45 | 47 | 50..=58) => (Meant::Moment, None),
        Ok(46) => (Meant::Duration, None),
        _ => (Meant::Number, None),
    }
}

/// Whether a format shows a date or time: by the letters in its first part that are not words.
fn meant(code: &str) -> Meant {
    let mut chars = code.chars();
    while let Some(c) = chars.next() {
        match c {
            ';' => break,
            '"' => while chars.next().is_some_and(|c| c != '"') {},
            // What follows is itself, a width or what fills the cell.
            '\\' | '_' | '*' => drop(chars.next()),
            '[' => {
                let inside: String = chars.by_ref().take_while(|c| *c != ']').collect();
                let inside = inside.to_ascii_lowercase();
                let unit = inside.chars().next().filter(|unit| matches!(unit, 'h' | 'm' | 's'));
                if unit.is_some_and(|unit| inside.chars().all(|c| c == unit)) {
                    return Meant::Duration;
                }
            }
            'd' | 'm' | 'h' | 'y' | 's' | 'D' | 'M' | 'H' | 'Y' | 'S' => return Meant::Moment,
            _ => {}
        }
    }
    Meant::Number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_told_from_numbers() {
        for code in ["DD/MM/YY", "H:MM:SS;@", "m\"M\"d\"D\";@", "h AM/PM", "*-yyyy-mm-dd", "[$-404]e\"x\"m"] {
            assert_eq!(meant(code), Meant::Moment, "{code}");
        }
        for code in ["[h]:mm:ss", "[ss]", "[>=100][Magenta][s].00", "[h]:mm;[=0]\\-"] {
            assert_eq!(meant(code), Meant::Duration, "{code}");
        }
        for code in [
            "General",
            "#,##0\\ [$\\u20bd-46D]",
            "\"Y: \"0.00\"m\";\"Y: <num>m\";@",
            "\"$\"#,##0_);[Red](\"$\"#,##0)",
            "0_ ;[Red]\\-0\\ ",
            "\\Y000000",
            "[>=100][Magenta].00",
            "#,##0.00\\ _M\"H\"_);[Red]#,##0.00\\ _M\"S\"_)",
            "#,##0*y",
            "0.00E+00",
        ] {
            assert_eq!(meant(code), Meant::Number, "{code}");
        }
    }

    #[test]
    fn a_style_that_is_not_there_has_the_doubt_of_the_first() {
        let xml = "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"0 &quot;€&quot;\"/></numFmts>\
                   <cellStyleXfs><xf numFmtId=\"9\"/></cellStyleXfs>\
                   <cellXfs><xf numFmtId=\"164\"/><xf numFmtId=\"0\"/><xf numFmtId=\"10\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>";
        let styles = Styles::read(xml.as_bytes()).unwrap_or_default();
        assert_eq!(styles.doubt(None), Some("shown in €, not in pounds"));
        assert_eq!(styles.doubt(Some(99)), styles.doubt(Some(0)));
        assert_eq!(styles.doubt(Some(1)), None);
        assert_eq!(styles.doubt(Some(2)), Some(PERCENTAGE));
        assert_eq!((styles.meant(Some(3)), styles.meant(None)), (Meant::Moment, Meant::Number));
    }
}
