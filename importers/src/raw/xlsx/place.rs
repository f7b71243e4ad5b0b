//! Where cells can stand.

pub(super) const MOST_ROWS: u32 = 1_048_576;
pub(super) const MOST_COLUMNS: u32 = 16_384;

/// The zero-based row and column of an address such as `K5`, if a sheet has it.
pub(super) fn place_of(address: &[u8]) -> Option<(u32, u32)> {
    let letters = address.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (letters, digits) = address.split_at_checked(letters)?;
    if !(1..=3).contains(&letters.len()) {
        return None;
    }
    let col =
        letters.iter().fold(0, |col, letter| col * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1);
    let row = row_index(digits)?;
    (col <= MOST_COLUMNS).then_some((row, col - 1))
}

/// The zero-based row of a number such as `5`, if a sheet has it.
pub(super) fn row_index(digits: &[u8]) -> Option<u32> {
    let row = number(digits)?;
    (1..=MOST_ROWS).contains(&row).then(|| row - 1)
}

/// A whole number of at most seven digits and nothing else.
pub(super) fn number(digits: &[u8]) -> Option<u32> {
    if !(1..=7).contains(&digits.len()) {
        return None;
    }
    let mut number = 0;
    for digit in digits {
        number = number * 10 + u32::from(digit.is_ascii_digit().then_some(digit)? - b'0');
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_a_sheet_and_no_others() {
        assert_eq!(place_of(b"A1"), Some((0, 0)));
        assert_eq!(place_of(b"k5"), Some((4, 10)));
        assert_eq!(place_of(b"XFD1048576"), Some((1_048_575, 16_383)));
        for bad in [
            "",
            "A",
            "1",
            "A0",
            "XFE1",
            "A1048577",
            "A4294967297",
            "AAAA1",
            "A1B",
            "$A$1",
            "A-1",
            "Ä1",
            "A1 ",
        ] {
            assert_eq!(place_of(bad.as_bytes()), None, "{bad}");
        }
    }
}
