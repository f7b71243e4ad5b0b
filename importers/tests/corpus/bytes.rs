//! Good files to be spoiled, and the means to spoil them.

use importers::bid_template;

use super::common::{self, HASH, bid, pack, with_part};

/// The sheet Prices of the template.
pub const PRICES: &str = "xl/worksheets/sheet2.xml";
/// The sheet Questions of the template.
pub const QUESTIONS: &str = "xl/worksheets/sheet4.xml";

/// The complete bid, as the template writes it.
pub fn good() -> Vec<u8> {
    bid_template::filled(&pack(), HASH, &bid()).unwrap()
}

/// The XML of a cell, from `<c r="K5"` to its end.
pub fn cell_of(sheet: &str, address: &str) -> String {
    let start = sheet.find(&format!("<c r=\"{address}\"")).unwrap_or_else(|| panic!("no cell {address}"));
    let rest = &sheet[start..];
    let open = rest.find('>').unwrap();
    let end = if rest.as_bytes()[open - 1] == b'/' { open + 1 } else { rest.find("</c>").unwrap() + 4 };
    rest[..end].to_owned()
}

/// The good bid with one cell of a sheet replaced by this XML.
pub fn with_cell(part: &str, address: &str, xml: &str) -> Vec<u8> {
    with_part(&good(), part, |sheet| sheet.replacen(&cell_of(&sheet, address), xml, 1))
}

/// The good bid with the price of P01 (K5) replaced by this XML, and without the total beside it.
pub fn with_price(xml: &str) -> Vec<u8> {
    with_part(&good(), PRICES, |sheet| without_total(&sheet.replacen(&cell_of(&sheet, "K5"), xml, 1)))
}

/// The sheet without the total of P01, which would not fit another price.
pub fn without_total(sheet: &str) -> String {
    sheet.replacen(&cell_of(sheet, "L5"), "<c r=\"L5\"/>", 1)
}

/// The good bid with the bytes of a sheet changed.
pub fn with_prices(change: impl FnOnce(String) -> String) -> Vec<u8> {
    with_part(&good(), PRICES, change)
}

/// The good bid with parts added or replaced.
pub fn with_parts(added: &[(&str, &[u8])]) -> Vec<u8> {
    let mut parts = common::parts(&good());
    for (name, bytes) in added {
        parts.retain(|(known, _)| known != name);
        parts.push(((*name).to_owned(), bytes.to_vec()));
    }
    common::zip_of(&parts)
}

/// Overwrites bytes of the central directory's entry and of the local header of a part, at these offsets into each.
pub fn patch(zip: &mut [u8], name: &str, central: usize, local: usize, value: &[u8]) {
    let entry = central_entry(zip, name);
    zip[entry + central..entry + central + value.len()].copy_from_slice(value);
    let start = usize::try_from(u32::from_le_bytes(zip[entry + 42..entry + 46].try_into().unwrap())).unwrap();
    zip[start + local..start + local + value.len()].copy_from_slice(value);
}

/// Where the central directory's entry of a part begins.
pub fn central_entry(zip: &[u8], name: &str) -> usize {
    (0..zip.len() - 46)
        .find(|at| zip[*at..].starts_with(b"PK\x01\x02") && zip[at + 46..].starts_with(name.as_bytes()))
        .unwrap_or_else(|| panic!("no entry {name}"))
}
