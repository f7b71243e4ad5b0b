//! How a cell goes from the child to its parent: `[row, column, kind, text]` and, where there is one, the doubt. Kind is the
//! value's place in [`RawValue`], and 8 more where a formula made it. Names for every field of a million cells would cost more
//! than reading the workbook.

use std::borrow::Cow;

use serde::de::{Error as _, SeqAccess, Visitor};
use serde::ser::SerializeTuple as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Cell, RawValue};

const FORMULA: u8 = 8;

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (kind, text) = match &self.value {
            RawValue::Text(text) => (0, text.as_str()),
            RawValue::Number(text) => (1, text.as_str()),
            RawValue::Bool(true) => (2, "1"),
            RawValue::Bool(false) => (2, "0"),
            RawValue::DateTime(text) => (3, text.as_str()),
            RawValue::Error(text) => (4, text.as_str()),
            RawValue::Empty => (5, ""),
        };
        let kind = kind | if self.formula { FORMULA } else { 0 };
        let mut tuple = serializer.serialize_tuple(4 + usize::from(self.doubt.is_some()))?;
        tuple.serialize_element(&self.row)?;
        tuple.serialize_element(&self.col)?;
        tuple.serialize_element(&kind)?;
        tuple.serialize_element(text)?;
        if let Some(doubt) = &self.doubt {
            tuple.serialize_element(doubt)?;
        }
        tuple.end()
    }
}

/// A text that is borrowed where no character in it is escaped.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

struct CellVisitor;

impl<'de> Visitor<'de> for CellVisitor {
    type Value = Cell;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("row, column, kind, text and perhaps a doubt")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Cell, A::Error> {
        let short = || A::Error::custom("a cell has four parts");
        let row = parts.next_element()?.ok_or_else(short)?;
        let col = parts.next_element()?.ok_or_else(short)?;
        let kind: u8 = parts.next_element()?.ok_or_else(short)?;
        let text: Text<'de> = parts.next_element()?.ok_or_else(short)?;
        let doubt = parts.next_element()?;
        let value = match kind & !FORMULA {
            0 => RawValue::Text(text.0.into_owned()),
            1 => RawValue::Number(text.0.into_owned()),
            2 => RawValue::Bool(text.0 == "1"),
            3 => RawValue::DateTime(text.0.into_owned()),
            4 => RawValue::Error(text.0.into_owned()),
            5 => RawValue::Empty,
            other => return Err(A::Error::custom(format!("{other} is no kind of value"))),
        };
        Ok(Cell { row, col, value, formula: kind & FORMULA != 0, doubt })
    }
}

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(CellVisitor)
    }
}
