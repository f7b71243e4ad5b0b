//! How numbers, tables and lists by name stand in JSON. Nothing passes through a float, and lists keep their order.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Refused;
use crate::exact::Exact;

/// The longest text read as a number: far beyond any amount, mark or weight.
const LONGEST: usize = 60;
/// The most digits of all fractions' divisors together. Sums of fractions grow by their divisors, so that a short text
/// could otherwise ask for hours of work; real cases have a handful.
const DIVISOR_DIGITS: usize = 600;
/// The most digits after the point of a rounded figure.
const MOST_DECIMALS: u32 = 30;

/// Refuses a case whose fractions together would make numbers of absurd length.
pub(super) fn bounded(case: &str) -> Result<(), Refused> {
    let digits = |rest: &str| rest.bytes().take_while(u8::is_ascii_digit).count();
    if case.split('/').skip(1).map(digits).sum::<usize>() > DIVISOR_DIGITS {
        let most = "the fractions' divisors have more than 600 digits together: write decimals";
        return Err(Refused::new("too_many_digits", most));
    }
    Ok(())
}

/// An exact number: a JSON integer, or a text with a decimal or a fraction.
#[derive(Clone, Debug)]
pub(super) struct Number(pub(super) Exact);

impl Number {
    /// The numbers of a list.
    pub(super) fn all(list: Vec<Number>) -> Vec<Exact> {
        list.into_iter().map(|number| number.0).collect()
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Numbers;
        impl Visitor<'_> for Numbers {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number, or a text such as \"12.50\" or \"25/2\"")
            }

            fn visit_i64<E: Error>(self, whole: i64) -> Result<Number, E> {
                Ok(Number(Exact::from(whole)))
            }

            fn visit_u64<E: Error>(self, whole: u64) -> Result<Number, E> {
                self.visit_str(&whole.to_string())
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Number, E> {
                if text.len() > LONGEST {
                    return Err(E::custom(format_args!("a number has more than {LONGEST} characters")));
                }
                text.parse().map(Number).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Numbers)
    }
}

/// A number of things: whole, not below zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Whole(pub(super) u32);

impl Whole {
    /// As a place in a list.
    pub(super) fn place(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = Number::deserialize(deserializer)?.0;
        let whole = number.to_i64().and_then(|whole| u32::try_from(whole).ok());
        let expected =
            || D::Error::custom(format_args!("{number} is not a whole number from 0 to {}", u32::MAX));
        whole.map(Whole).ok_or_else(expected)
    }
}

/// Digits after the point of rounded figures, 2 unless said otherwise.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decimals(pub(super) u32);

impl Default for Decimals {
    fn default() -> Self {
        Self(2)
    }
}

impl<'de> Deserialize<'de> for Decimals {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Option::<Whole>::deserialize(deserializer)? {
            None => Ok(Self::default()),
            Some(Whole(decimals)) if decimals <= MOST_DECIMALS => Ok(Self(decimals)),
            Some(_) => Err(D::Error::custom(format_args!("decimals go from 0 to {MOST_DECIMALS}"))),
        }
    }
}

/// A JSON object whose keys are names, in their order. A name that stands twice is refused.
#[derive(Clone, Debug)]
pub(super) struct Named<T>(pub(super) Vec<(String, T)>);

impl<T> Named<T> {
    /// The names and what belongs to them, apart.
    pub(super) fn apart(self) -> (Vec<String>, Vec<T>) {
        self.0.into_iter().unzip()
    }
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> FromIterator<(String, T)> for Named<T> {
    fn from_iter<I: IntoIterator<Item = (String, T)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Names<T> {
            type Value = Named<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object whose keys are names")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Named<T>, A::Error> {
                let mut seen = std::collections::BTreeSet::new();
                let mut pairs = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, T>()? {
                    if !seen.insert(name.clone()) {
                        return Err(A::Error::custom(format_args!("\"{name}\" stands twice")));
                    }
                    pairs.push((name, value));
                }
                Ok(Named(pairs))
            }
        }
        deserializer.deserialize_map(Names(PhantomData))
    }
}

impl<T: Serialize> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// Refuses a list in which a name stands twice.
pub(super) fn distinct<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<(), Refused> {
    let mut seen = std::collections::BTreeSet::new();
    match names.into_iter().find(|name| !seen.insert(*name)) {
        None => Ok(()),
        Some(name) => Err(Refused::new("id_doubled", format_args!("\"{name}\" stands twice"))),
    }
}

/// A coefficient as a JSON number with six decimals, as statistics are published. It is written, never counted with.
#[derive(Clone, Debug)]
pub(super) struct SixDecimals(pub(super) Exact);

impl Serialize for SixDecimals {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number: serde_json::Number = self.0.fixed(6).parse().map_err(serde::ser::Error::custom)?;
        number.serialize(serializer)
    }
}
