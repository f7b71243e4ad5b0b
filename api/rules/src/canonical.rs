//! Canonical JSON (RFC 8785) of values that hold integers, texts, booleans and nulls only: one value, one sequence of
//! bytes, so that a hash made today is the hash that anybody makes later.
//!
//! Fractions are refused rather than written: RFC 8785 would write them through a double, and no number here is one.
//! (A not-a-number float reaches us as null, because `serde_json` writes it so; no type of ours holds floats.)

use std::fmt;

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The largest integer that every JSON reader keeps (2^53 - 1).
pub const LARGEST_INTEGER: i64 = 9_007_199_254_740_991;

/// A value that has no canonical form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// Where, as a JSON pointer; empty for the whole value.
    pub place: String,
    /// What is wrong and what to do.
    pub what: String,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.place.is_empty() { "the value" } else { &self.place };
        write!(f, "{place}: {}", self.what)
    }
}

impl std::error::Error for Unfit {}

/// The canonical bytes of a value.
pub fn to_bytes(value: &impl Serialize) -> Result<Vec<u8>, Unfit> {
    let value = serde_json::to_value(value).map_err(|error| Unfit {
        place: String::new(),
        what: format!("cannot be written as JSON: {error}"),
    })?;
    let mut bytes = Vec::new();
    write(&value, &mut bytes)?;
    Ok(bytes)
}

/// SHA-256 in lower-case hex.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// SHA-256 of the canonical bytes, in lower-case hex.
pub fn hash_of(value: &impl Serialize) -> Result<String, Unfit> {
    Ok(sha256_hex(&to_bytes(value)?))
}

fn write(value: &Value, bytes: &mut Vec<u8>) -> Result<(), Unfit> {
    match value {
        Value::Null => bytes.extend_from_slice(b"null"),
        Value::Bool(true) => bytes.extend_from_slice(b"true"),
        Value::Bool(false) => bytes.extend_from_slice(b"false"),
        Value::Number(number) => {
            if number.is_f64() {
                return Err(unfit("is a floating-point number: send it as text"));
            }
            let whole = number
                .as_i64()
                .filter(|whole| whole.unsigned_abs() <= LARGEST_INTEGER.unsigned_abs())
                .ok_or_else(|| unfit("is an integer beyond ±9007199254740991: send it as text"))?;
            bytes.extend_from_slice(whole.to_string().as_bytes());
        }
        Value::String(text) => write_text(text, bytes)?,
        Value::Array(items) => {
            bytes.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    bytes.push(b',');
                }
                write(item, bytes).map_err(|unfit| unfit.below(&index.to_string()))?;
            }
            bytes.push(b']');
        }
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            // RFC 8785 section 3.2.3: by UTF-16 code units, which differs from UTF-8 order beyond the basic plane.
            sorted.sort_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16()));
            bytes.push(b'{');
            for (index, (name, member)) in sorted.into_iter().enumerate() {
                if index > 0 {
                    bytes.push(b',');
                }
                write_text(name, bytes)?;
                bytes.push(b':');
                write(member, bytes).map_err(|unfit| unfit.below(name))?;
            }
            bytes.push(b'}');
        }
    }
    Ok(())
}

/// `serde_json` escapes exactly what RFC 8785 section 3.2.2.2 asks for, in the same way.
fn write_text(text: &str, bytes: &mut Vec<u8>) -> Result<(), Unfit> {
    serde_json::to_writer(bytes, text).map_err(|error| unfit(&format!("cannot be written: {error}")))
}

fn unfit(what: &str) -> Unfit {
    Unfit { place: String::new(), what: what.to_owned() }
}

impl Unfit {
    /// As whoever holds the value sees it. The place is put together where there is a fault, for values are many and faults
    /// few.
    fn below(self, step: &str) -> Self {
        let step = step.replace('~', "~0").replace('/', "~1");
        Self { place: format!("/{step}{}", self.place), ..self }
    }
}
