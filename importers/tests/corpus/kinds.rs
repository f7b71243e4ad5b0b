//! What is sent by mistake: files of other kinds, locked ones, cut ones.

use super::bytes::good;
use super::case::Case;
use super::common::zip;

pub fn cases() -> Vec<Case> {
    let compound = |streams: &[&str]| {
        let mut bytes = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
        bytes.resize(512, 0);
        for stream in streams {
            bytes.extend(stream.encode_utf16().flat_map(u16::to_le_bytes));
        }
        bytes
    };
    let utf16 = |text: &str| -> Vec<u8> {
        [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
    };
    let mut cases = Vec::new();
    for (name, bytes, code) in [
        ("nothing at all", vec![], "empty_file"),
        ("more than 20 MiB", vec![b'a'; importers::UPLOAD_CAP + 1], "too_large"),
        ("a web page", b"<html><body><table><tr><td>Line ID</td></tr></table>".to_vec(), "markup"),
        ("a web page with a document type", b"\xEF\xBB\xBF<!DOCTYPE html><p>".to_vec(), "markup"),
        ("a web page in UTF-16", utf16("<HTML><table>"), "markup"),
        ("a bare table of HTML", b"  \r\n<table border=1><tr><td>P01</td></tr></table>".to_vec(), "markup"),
        (
            "SpreadsheetML 2003",
            b"<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"/>".to_vec(),
            "markup",
        ),
        ("flat OpenDocument", b"<?xml version=\"1.0\"?><office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\"/>".to_vec(), "markup"),
        ("some other XML", b"<?xml version=\"1.0\"?><bid/>".to_vec(), "markup"),
        ("a PDF", b"%PDF-1.7\n%\xE2\xE3\xCF\xD3".to_vec(), "not_a_spreadsheet"),
        ("RTF", b"{\\rtf1\\ansi Bid}".to_vec(), "not_a_spreadsheet"),
        ("gzip", b"\x1F\x8B\x08\x00\x00\x00\x00\x00".to_vec(), "not_a_spreadsheet"),
        ("7z", b"7z\xBC\xAF\x27\x1C".to_vec(), "not_a_spreadsheet"),
        ("rar", b"Rar!\x1A\x07\x01\x00".to_vec(), "not_a_spreadsheet"),
        ("a PNG", b"\x89PNG\r\n\x1A\n".to_vec(), "not_a_spreadsheet"),
        ("a JPEG", b"\xFF\xD8\xFF\xE0\x00\x10JFIF".to_vec(), "not_a_spreadsheet"),
        ("an executable", b"\x7FELF\x02\x01\x01\x00\x00\x00".to_vec(), "not_a_spreadsheet"),
        ("noise", (0..=255u8).cycle().take(9000).collect(), "not_a_spreadsheet"),
        ("zeros", vec![0; 4096], "not_a_spreadsheet"),
        ("an xlsx with a password", compound(&["EncryptionInfo", "EncryptedPackage"]), "password_protected"),
        ("a Word document of before 2007", compound(&["WordDocument"]), "not_a_spreadsheet"),
        ("a compound file that says it is a workbook", compound(&["Workbook"]), "damaged"),
        ("a compound file of eight bytes", compound(&[])[..8].to_vec(), "not_a_spreadsheet"),
        ("a Word document", zip(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>")]), "not_a_spreadsheet"),
        ("a presentation", zip(&[("ppt/presentation.xml", b"<p/>")]), "not_a_spreadsheet"),
        ("a Numbers document", zip(&[("Index/Document.iwa", b"x"), ("Index/Tables/Tile.iwa", b"y")]), "not_a_spreadsheet"),
        ("an archive of files", zip(&[("bid.xlsx", &good())]), "not_a_spreadsheet"),
        ("an empty zip", zip(&[]), "damaged"),
        ("an xlsb without anything", zip(&[("xl/workbook.bin", b"")]), "damaged"),
        ("an xlsb of noise", zip(&[("xl/workbook.bin", &[0x83, 1, 0, 0xFF, 0xFF, 0xFF, 0x7F]), ("xl/_rels/workbook.bin.rels", b"<Relationships/>")]), "damaged"),
        ("a text document of LibreOffice", zip(&[("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"<a/>")]), "not_a_spreadsheet"),
    ] {
        cases.push(Case::unreadable(name, bytes, code));
    }
    let whole = good();
    for eighth in 1..8 {
        let cut = whole[..whole.len() * eighth / 8].to_vec();
        cases.push(Case::unreadable(format!("an xlsx cut after {eighth} eighths"), cut, "damaged"));
    }
    cases
}
