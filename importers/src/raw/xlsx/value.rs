//! What a cell holds, by its type and the text in it (ECMA-376 part 1, 18.3.1.4 and 18.18.11).

use std::borrow::Cow;

use calamine::{ExcelDateTime, ExcelDateTimeType};

use super::super::RawValue;
use super::super::number::{exact_text, plain};
use super::sheet::Workings;
use super::strings::unescape;
use super::styles::Meant;

/// The type that a cell gives its value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Type {
    /// None, which means a number.
    #[default]
    Unsaid,
    Number,
    Shared,
    Bool,
    Error,
    Moment,
    Formula,
    Inline,
    Unknown,
}

impl Type {
    pub(super) fn of(text: &[u8]) -> Self {
        match text {
            b"n" => Self::Number,
            b"s" => Self::Shared,
            b"b" => Self::Bool,
            b"e" => Self::Error,
            b"d" => Self::Moment,
            b"str" => Self::Formula,
            b"inlineStr" | b"is" => Self::Inline,
            _ => Self::Unknown,
        }
    }
}

/// The errors that a spreadsheet program can mean.
const ERRORS: [&str; 7] = ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"];

/// The value of a text in a cell; `Err` says what is wrong with it.
pub(super) fn of<'a>(
    kind: Type,
    text: &'a str,
    style: Option<usize>,
    workings: &Workings<'a>,
) -> Result<RawValue<'a>, String> {
    if text.is_empty() {
        return Ok(RawValue::Empty);
    }
    match kind {
        Type::Unsaid | Type::Number => {
            let meant = workings.styles.meant(style);
            if meant == Meant::Number
                && let Some(number) = plain(text)
            {
                return Ok(RawValue::Number(Cow::Borrowed(number)));
            }
            match text.parse::<f64>() {
                Ok(value) => Ok(number(value, meant, workings.from_1904)),
                Err(_) if kind == Type::Unsaid => Ok(RawValue::Text(Cow::Borrowed(text))),
                Err(_) => Err(format!("{text:?} is no number")),
            }
        }
        // Any other text would have to be guessed: calamine takes it for the first string.
        Type::Shared => place(text)
            .and_then(|at| workings.strings.get(at))
            .map(|found| RawValue::Text(Cow::Borrowed(found)))
            .ok_or_else(|| format!("{text:?} is no place in the table of texts")),
        Type::Bool => match text.trim() {
            "" => Ok(RawValue::Empty),
            "1" => Ok(RawValue::Bool(true)),
            "0" => Ok(RawValue::Bool(false)),
            word if word.eq_ignore_ascii_case("true") => Ok(RawValue::Bool(true)),
            word if word.eq_ignore_ascii_case("false") => Ok(RawValue::Bool(false)),
            _ => Err(format!("{text:?} is neither TRUE nor FALSE")),
        },
        Type::Error if ERRORS.contains(&text) => Ok(RawValue::Error(Cow::Borrowed(text))),
        Type::Error => Err(format!("{text:?} is no error that we know")),
        Type::Moment => Ok(RawValue::DateTime(Cow::Borrowed(text))),
        Type::Formula if text.contains("_x") => Ok(RawValue::Text(Cow::Owned(unescape(text)))),
        Type::Formula | Type::Inline => Ok(RawValue::Text(Cow::Borrowed(text))),
        Type::Unknown => Err("its type is none that we know".to_owned()),
    }
}

/// The zero-based place that a cell gives of its text.
fn place(text: &str) -> Option<usize> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn number(value: f64, meant: Meant, from_1904: bool) -> RawValue<'static> {
    let kind = match meant {
        Meant::Number => {
            return exact_text(value).map_or_else(
                || RawValue::Error(Cow::Owned(value.to_string())),
                |text| RawValue::Number(Cow::Owned(text)),
            );
        }
        Meant::Moment => ExcelDateTimeType::DateTime,
        Meant::Duration => ExcelDateTimeType::TimeDelta,
    };
    let moment = ExcelDateTime::new(value, kind, from_1904);
    let text = moment.as_datetime().map_or_else(|| moment.to_string(), |moment| moment.to_string());
    RawValue::DateTime(Cow::Owned(text))
}
