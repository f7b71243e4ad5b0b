//! Line ids with a check character (ISO 7064, MOD 37,36), so that a row of a workbook is recognised wherever it was
//! moved, and a mistyped one is never taken for another (SHEETS section 3).
//!
//! The form is `P01-K`: the code, a hyphen, the check character. It starts with a letter, so no spreadsheet reads it as
//! a number or a date; and what spreadsheets and people do to it (lower case, spaces around it, a long dash for the
//! hyphen, no hyphen at all) is undone when it is read. Points and hyphens inside a code are kept but not checked.
//! The check finds every change of one character, and nearly every exchange of neighbours, as the standard promises
//! for its hybrid systems.

use std::borrow::Cow;
use std::fmt;

/// Why a text is not a line id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineIdFault {
    /// Nothing, or a single character.
    TooShort,
    /// A character that no line id holds.
    Foreign(char),
    /// The check character does not fit: the id was mistyped.
    WrongCheck,
}

impl LineIdFault {
    /// A stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort => "line_id_too_short",
            Self::Foreign(_) => "line_id_foreign_character",
            Self::WrongCheck => "line_id_wrong_check",
        }
    }
}

impl fmt::Display for LineIdFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort => f.write_str("is not a line id: copy it from the blank workbook, such as P01-K"),
            Self::Foreign(character) => write!(
                f,
                "is not a line id: \"{character}\" cannot stand in one; copy it from the blank workbook"
            ),
            Self::WrongCheck => {
                f.write_str("is mistyped: its last character does not fit; copy it from the blank workbook")
            }
        }
    }
}

impl std::error::Error for LineIdFault {}

/// Whether a text can be a code: an upper-case letter, then upper-case letters, digits, points or hyphens, at most 20,
/// with a letter or digit at the end.
#[must_use]
pub fn is_code(text: &str) -> bool {
    text.len() <= 20
        && text.starts_with(|first: char| first.is_ascii_uppercase())
        && text.ends_with(|last: char| value(last).is_some())
        && text.chars().all(|character| value(character).is_some() || matches!(character, '.' | '-'))
}

/// The code with its check character: `P01` becomes `P01-` and one character. The code is written in upper case.
#[must_use]
pub fn with_check(code: &str) -> String {
    let code = code.to_ascii_uppercase();
    let check = check_of(&code);
    format!("{code}-{check}")
}

/// The code of a line id as found in a workbook, in upper case, if its check character fits. The text must have been
/// normalised (NFKC) by the reader. An id that stands as it was written is not copied: a workbook has up to 100,000.
pub fn strip_check(text: &str) -> Result<Cow<'_, str>, LineIdFault> {
    let id = tidy(text.trim())?;
    let check = id.chars().next_back().ok_or(LineIdFault::TooShort)?;
    let code = &id[..id.len() - check.len_utf8()];
    let code = code.strip_suffix('-').unwrap_or(code);
    if !code.contains(|character| value(character).is_some()) {
        return Err(LineIdFault::TooShort);
    }
    if check_of(code) != check {
        return Err(LineIdFault::WrongCheck);
    }
    let length = code.len();
    Ok(match id {
        Cow::Borrowed(id) => Cow::Borrowed(&id[..length]),
        Cow::Owned(id) => Cow::Owned(id[..length].to_owned()),
    })
}

/// The text in the characters of which line ids are made.
fn tidy(text: &str) -> Result<Cow<'_, str>, LineIdFault> {
    if text.chars().all(|character| value(character).is_some() || matches!(character, '.' | '-')) {
        return Ok(Cow::Borrowed(text));
    }
    let mut id = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' => id.push('-'),
            '.' => id.push('.'),
            other => {
                let upper = other.to_ascii_uppercase();
                value(upper).ok_or(LineIdFault::Foreign(other))?;
                id.push(upper);
            }
        }
    }
    Ok(Cow::Owned(id))
}

/// The value of a character: 0 to 9, then A to Z as 10 to 35.
fn value(character: char) -> Option<u32> {
    if character.is_ascii_lowercase() { None } else { character.to_digit(36) }
}

/// ISO 7064 section 9: the hybrid system's recursion, over the characters that have a value.
fn check_of(code: &str) -> char {
    let mut product = 36;
    for character in code.chars() {
        if let Some(value) = value(character) {
            let sum = match (product + value) % 36 {
                0 => 36,
                sum => sum,
            };
            product = sum * 2 % 37;
        }
    }
    char::from_digit((37 - product) % 36, 36).map_or('0', |check| check.to_ascii_uppercase())
}
