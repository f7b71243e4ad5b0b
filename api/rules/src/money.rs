//! Money and volumes as whole numbers of their smallest unit.
//!
//! Stored and compared as `i64`; every calculation goes through [`Exact`] and is rounded once, to pence.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::exact::Exact;

/// The largest amount accepted in either direction, in whole pounds (or units): a million million. Ten-thousandths of
/// it fit an `i64` nine hundred times over.
pub const LARGEST: i64 = 1_000_000_000_000;

/// Why a text is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AmountFault {
    /// Nothing was written.
    Empty,
    /// Something other than digits and one point.
    NotADecimal,
    /// More digits after the point than the amount can hold.
    TooManyDecimals {
        /// How many it can hold.
        most: u32,
    },
    /// Beyond [`LARGEST`].
    TooLarge,
}

impl AmountFault {
    /// A stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "amount_empty",
            Self::NotADecimal => "amount_not_a_decimal",
            Self::TooManyDecimals { .. } => "amount_too_many_decimals",
            Self::TooLarge => "amount_too_large",
        }
    }
}

impl fmt::Display for AmountFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty: write a number such as 1234.56"),
            Self::NotADecimal => {
                f.write_str("is not a number: write digits with one point, such as 1234.56, and nothing else")
            }
            Self::TooManyDecimals { most } => write!(f, "has more than {most} digits after the point"),
            Self::TooLarge => f.write_str("is too large: the most is 1000000000000"),
        }
    }
}

impl std::error::Error for AmountFault {}

/// A figure without the commas that people write between thousands: `1,234.56` becomes `1234.56`. Only groups of exactly
/// three digits are taken for thousands. Anything else stays as it is, so that whoever reads it refuses it: `1.200,50`,
/// `1,20` or `0,125` are written in some other way, and guessing which would be worse than asking.
#[must_use]
pub fn without_separators(text: &str) -> Cow<'_, str> {
    let (sign, unsigned) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, point, fraction) =
        unsigned.split_once('.').map_or((unsigned, "", ""), |(whole, fraction)| (whole, ".", fraction));
    let groups: Vec<&str> = whole.split(',').collect();
    let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let well_formed = groups.split_first().is_some_and(|(first, rest)| {
        (1..=3).contains(&first.len())
            && !first.starts_with('0')
            && digits(first)
            && !rest.is_empty()
            && rest.iter().all(|group| group.len() == 3 && digits(group))
    });
    if !well_formed {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{sign}{}{point}{fraction}", groups.concat()))
}

/// Reads a plain decimal into a whole number of 10^-`places`.
fn read(text: &str, places: u32) -> Result<i64, AmountFault> {
    if text.is_empty() {
        return Err(AmountFault::Empty);
    }
    let (negative, unsigned) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((_, "")) => return Err(AmountFault::NotADecimal),
        Some(parts) => parts,
        None => (unsigned, ""),
    };
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return Err(AmountFault::NotADecimal);
    }
    let wide = places as usize;
    if fraction.len() > wide {
        return Err(AmountFault::TooManyDecimals { most: places });
    }
    let significant = whole.trim_start_matches('0');
    if significant.len() > 13 {
        return Err(AmountFault::TooLarge);
    }
    let magnitude =
        format!("0{significant}{fraction:0<wide$}").parse::<i64>().map_err(|_| AmountFault::TooLarge)?;
    if magnitude > LARGEST * 10_i64.pow(places) {
        return Err(AmountFault::TooLarge);
    }
    Ok(if negative { -magnitude } else { magnitude })
}

/// Writes a whole number of 10^-`places` with at least `least` digits after the point, no more than needed.
fn write(value: i64, places: u32, least: usize, separators: bool) -> String {
    let wide = places as usize;
    let digits = format!("{:0>width$}", value.unsigned_abs().to_string(), width = wide + 1);
    let (whole, fraction) = digits.split_at(digits.len() - wide);
    let needed = fraction.trim_end_matches('0').len().max(least);
    let whole = if separators { grouped(whole) } else { whole.to_owned() };
    let fraction = &fraction[..needed];
    if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") }
}

/// Digits with a comma before every three.
#[must_use]
pub fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

macro_rules! amount {
    ($(#[$meta:meta])* $name:ident, $places:literal, $least:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0);

            /// The number of digits after the point.
            pub const DECIMALS: u32 = $places;

            /// The exact number of pounds (or units).
            #[must_use]
            pub fn to_exact(self) -> Exact {
                Exact::ratio(self.0, 10_i64.pow($places)).unwrap_or_default()
            }

            /// From an exact number of pounds (or units), rounded once, half away from zero (METHODS 6.1).
            pub fn round(exact: &Exact) -> Result<Self, AmountFault> {
                let whole = (exact * Exact::from(10_i64.pow($places))).round(0);
                let whole = whole.to_i64().ok_or(AmountFault::TooLarge)?;
                Self::checked(whole)
            }

            /// Refuses what lies beyond [`LARGEST`].
            pub fn checked(smallest_units: i64) -> Result<Self, AmountFault> {
                if smallest_units.unsigned_abs() > (LARGEST * 10_i64.pow($places)).unsigned_abs() {
                    Err(AmountFault::TooLarge)
                } else {
                    Ok(Self(smallest_units))
                }
            }

            /// Reads what a person entered: spaces around it and well-formed thousands separators are no fault.
            pub fn entered(text: &str) -> Result<Self, AmountFault> {
                without_separators(text.trim()).parse()
            }

            /// The sum, unless it lies beyond [`LARGEST`].
            pub fn checked_add(self, that: Self) -> Result<Self, AmountFault> {
                Self::checked(self.0.checked_add(that.0).ok_or(AmountFault::TooLarge)?)
            }

            /// The difference, unless it lies beyond [`LARGEST`].
            pub fn checked_sub(self, that: Self) -> Result<Self, AmountFault> {
                Self::checked(self.0.checked_sub(that.0).ok_or(AmountFault::TooLarge)?)
            }

            /// The sum of many, unless it lies beyond [`LARGEST`].
            pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self, AmountFault> {
                amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
            }

            /// Whether this is below nothing.
            #[must_use]
            pub const fn is_negative(self) -> bool {
                self.0 < 0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let sign = if self.0 < 0 { "-" } else { "" };
                write!(f, "{sign}{}", write(self.0, $places, $least, false))
            }
        }

        impl FromStr for $name {
            type Err = AmountFault;
            fn from_str(text: &str) -> Result<Self, AmountFault> {
                read(text, $places).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(|fault| serde::de::Error::custom(format!("\"{text}\" {fault}")))
            }
        }
    };
}

amount! {
    /// An amount of money in pence. Text is pounds: `1234.56`.
    Pence, 2, 2
}
amount! {
    /// A unit price in ten-thousandths of a pound. Text is pounds with two to four digits: `0.0125`, `12.50`.
    UnitPrice, 4, 2
}
amount! {
    /// A volume in thousandths of a unit. Text has as few digits as it needs: `1200`, `37.5`.
    Volume, 3, 0
}

impl Pence {
    /// As people read it: `£1,234.56`, `-£0.05`.
    #[must_use]
    pub fn pounds(self) -> String {
        pounds(self.0, Self::DECIMALS)
    }
}

impl UnitPrice {
    /// As people read it: `£1,234.56`, `£0.0125`.
    #[must_use]
    pub fn pounds(self) -> String {
        pounds(self.0, Self::DECIMALS)
    }
}

impl Volume {
    /// As people read it: `1,200`, `37.5`.
    #[must_use]
    pub fn grouped(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        format!("{sign}{}", write(self.0, Self::DECIMALS, 0, true))
    }
}

fn pounds(value: i64, places: u32) -> String {
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}£{}", write(value, places, 2, true))
}
