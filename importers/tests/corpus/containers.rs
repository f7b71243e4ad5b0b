//! Zips that lie.

use super::bytes::{PRICES, central_entry, good, patch, with_parts};
use super::case::Case;
use super::common::{parts, zip, zip_of};

const MIB: usize = 1024 * 1024;

pub fn cases() -> Vec<Case> {
    let blank = |mib: usize| vec![b' '; mib * MIB];
    let mut cases = Vec::new();
    for (name, bytes) in [
        ("more than 2,000 parts", many()),
        ("two parts whose names differ in case", with_parts(&[("xl/Workbook.xml", b"<workbook/>")])),
        ("two parts of one name", twice()),
        ("parts that overlap", overlapping()),
        ("a sheet of 65 MiB", with_parts(&[(PRICES, &blank(65))])),
        ("shared strings of 33 MiB", with_parts(&[("xl/sharedStrings.xml", &blank(33))])),
        ("styles of 5 MiB", with_parts(&[("xl/styles.xml", &blank(5))])),
        ("a workbook part of 5 MiB", with_parts(&[("xl/workbook.xml", &blank(5))])),
        ("relations of 5 MiB", with_parts(&[("xl/_rels/workbook.xml.rels", &blank(5))])),
        ("97 MiB in all", with_parts(&[("xl/theme/a.xml", &blank(50)), ("xl/theme/b.xml", &blank(47))])),
        ("a sheet that declares 4 GiB", declaring(PRICES, u32::MAX - 1)),
    ] {
        cases.push(Case::unreadable(name, bytes, "unsafe_container"));
    }
    for (name, bytes) in [
        ("a sheet that declares less than it is", declaring(PRICES, 100)),
        ("shared strings that declare less than they are", declaring("xl/sharedStrings.xml", 10)),
        ("a wrong checksum", with_wrong_checksum()),
        ("an unknown compression", with_method(99)),
        ("junk behind its end of 70,000 bytes", {
            let mut z = good();
            z.extend(vec![0; 70_000]);
            z
        }),
    ] {
        cases.push(Case::unreadable(name, bytes, "damaged"));
    }
    let mut locked = good();
    patch(&mut locked, PRICES, 8, 6, &[1, 0]);
    cases.push(Case::unreadable("a part that is encrypted", locked, "password_protected"));
    let mut before = b"MZ".to_vec();
    before.extend(good());
    cases.push(Case::unreadable("a program before the zip", before, "not_a_spreadsheet"));
    cases.push(Case::same(
        "a part that climbs out of its folder",
        with_parts(&[("../../../../evil.xml", b"<x/>")]),
        &[],
    ));
    cases.push(Case::same(
        "a bomb in a picture is not opened",
        with_parts(&[("xl/media/image1.png", &blank(40))]),
        &[],
    ));
    cases
}

fn many() -> Vec<u8> {
    let mut all = parts(&good());
    all.extend((0..2001).map(|at| (format!("xl/x{at}.xml"), b"<x/>".to_vec())));
    zip_of(&all)
}

/// Two entries of one name and length, by renaming one in its headers.
fn twice() -> Vec<u8> {
    let mut bytes = with_parts(&[("xl/workbooz.xml", b"<workbook/>")]);
    patch(&mut bytes, "xl/workbooz.xml", 46, 30, b"xl/workbook.xml");
    bytes
}

fn overlapping() -> Vec<u8> {
    let mut bytes = good();
    let first = central_entry(&bytes, PRICES);
    let start: [u8; 4] = bytes[first + 42..first + 46].try_into().unwrap();
    let second = central_entry(&bytes, "xl/worksheets/sheet3.xml");
    bytes[second + 42..second + 46].copy_from_slice(&start);
    bytes
}

fn declaring(name: &str, size: u32) -> Vec<u8> {
    // Without data descriptors, which carry the sizes once more.
    let mut bytes = zip_of(&parts(&good()));
    patch(&mut bytes, name, 24, 22, &size.to_le_bytes());
    bytes
}

fn with_wrong_checksum() -> Vec<u8> {
    let mut bytes = zip_of(&parts(&good()));
    patch(&mut bytes, PRICES, 16, 14, &[1, 2, 3, 4]);
    bytes
}

fn with_method(method: u16) -> Vec<u8> {
    let mut bytes = zip(&[("xl/workbook.xml", b"<workbook/>"), (PRICES, b"<worksheet/>")]);
    patch(&mut bytes, PRICES, 10, 8, &method.to_le_bytes());
    bytes
}
