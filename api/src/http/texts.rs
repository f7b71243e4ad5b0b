//! Things that every page says in the same words: a file's size, a place in a workbook.

/// A file's size as people read it, rounded up, so that no file has no size.
#[must_use]
pub fn size_text(bytes: i64) -> String {
    const KIB: u64 = 1024;
    const MIB: u64 = KIB * KIB;
    match u64::try_from(bytes).unwrap_or(0) {
        1 => "1 byte".to_owned(),
        small @ ..KIB => format!("{small} bytes"),
        middling @ ..MIB => format!("{} KiB", middling.div_ceil(KIB)),
        large => format!("{} MiB", large.div_ceil(MIB)),
    }
}

/// A cell of a workbook, as spreadsheet programs name it: `Prices!K5`.
#[must_use]
pub fn cell_text(sheet: &str, cell: &str) -> String {
    format!("{sheet}!{cell}")
}

#[cfg(test)]
mod tests {
    use super::size_text;

    #[test]
    fn sizes_are_rounded_up() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (1023, "1023 bytes"),
            (1024, "1 KiB"),
            (1025, "2 KiB"),
            (1024 * 1024, "1 MiB"),
            (1024 * 1024 + 1, "2 MiB"),
            (20 * 1024 * 1024, "20 MiB"),
        ] {
            assert_eq!(size_text(bytes), text, "{bytes}");
        }
    }
}
