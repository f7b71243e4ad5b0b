//! What a file is, by its bytes and never by its name.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::Unreadable;

/// The shapes that are read further.
pub(super) enum Shape {
    /// A zip: xlsx, xlsb, ods or something else.
    Zip,
    /// A compound file that holds a workbook of before 2007.
    Xls {
        /// Whether macros are in it.
        macros: bool,
    },
    /// Text, decoded.
    Text(String),
}

const COMPOUND: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// Other kinds of files that people send, by their first bytes.
const OTHERS: [(&[u8], &str); 7] = [
    (b"%PDF", "a PDF document"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"\x1F\x8B", "a compressed archive"),
    (b"Rar!", "a compressed archive"),
    (b"7z\xBC\xAF", "a compressed archive"),
    (b"\x89PNG", "a picture"),
    (b"\xFF\xD8\xFF", "a picture"),
];

/// Looks at the first bytes (and, in compound files, for the names of the streams).
pub(super) fn sniff(bytes: &[u8]) -> Result<Shape, Unreadable> {
    if bytes.starts_with(b"PK\x03\x04") {
        return Ok(Shape::Zip);
    }
    if bytes.starts_with(b"PK") {
        return Err(Unreadable::damaged());
    }
    if bytes.starts_with(COMPOUND) {
        if contains_utf16(bytes, "EncryptedPackage") {
            return Err(Unreadable::password());
        }
        if contains_utf16(bytes, "Workbook") || contains_utf16(bytes, "Book") {
            return Ok(Shape::Xls { macros: contains_utf16(bytes, "_VBA_PROJECT") });
        }
        return Err(not_a_spreadsheet("an old Office document that is not a workbook"));
    }
    for (start, what) in OTHERS {
        if bytes.starts_with(start) {
            return Err(not_a_spreadsheet(what));
        }
    }
    let text = decode(bytes).ok_or_else(|| not_a_spreadsheet("not a kind of file that we know"))?;
    if let Some(what) = markup(&text) {
        return Err(Unreadable::new(
            "markup",
            format!(
                "This file is {what} and only looks like a workbook. Open it in Excel or LibreOffice, save it as .xlsx (Excel workbook) and send that."
            ),
        ));
    }
    Ok(Shape::Text(text))
}

/// What a text that begins with a tag is.
fn markup(text: &str) -> Option<&'static str> {
    let head: String = text.trim_start().chars().take(2000).collect::<String>().to_lowercase();
    if !head.starts_with('<') {
        return None;
    }
    Some(
        if head.contains("schemas-microsoft-com:office:spreadsheet")
            || head.contains("progid=\"excel.sheet\"")
        {
            "an XML spreadsheet of 2003"
        } else if head.contains("opendocument:xmlns:office") {
            "a flat OpenDocument file"
        } else if head.contains("<html") || head.contains("<table") || head.starts_with("<!doctype html") {
            "a web page"
        } else {
            "an XML file"
        },
    )
}

fn not_a_spreadsheet(what: &str) -> Unreadable {
    Unreadable::new(
        "not_a_spreadsheet",
        format!("This file is {what}. Send the filled-in workbook as .xlsx (Excel workbook)."),
    )
}

fn contains_utf16(bytes: &[u8], name: &str) -> bool {
    let wanted: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// Decodes text by its byte order mark, by the zeros of UTF-16, as UTF-8, and at last as Windows-1252, the encoding in
/// which Excel saves CSV on British machines.
fn decode(bytes: &[u8]) -> Option<String> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        let (text, _, faulty) = encoding.decode(bytes);
        return (!faulty && printable(&text)).then(|| text.into_owned());
    }
    let sample = &bytes[..bytes.len().min(4096)];
    let odd = sample.iter().skip(1).step_by(2).filter(|b| **b == 0).count();
    let even = sample.iter().step_by(2).filter(|b| **b == 0).count();
    if sample.len() >= 4 && (odd > sample.len() / 4 || even > sample.len() / 4) {
        let encoding = if odd > even { UTF_16LE } else { UTF_16BE };
        let (text, faulty) = encoding.decode_without_bom_handling(bytes);
        return (!faulty && printable(&text)).then(|| text.into_owned());
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return printable(text).then(|| text.to_owned());
    }
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    printable(&text).then(|| text.into_owned())
}

fn printable(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}'))
}
