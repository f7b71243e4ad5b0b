//! Exact rational numbers: every mark, weight, price and total of a calculation.
//!
//! Floats order exact ties wrongly and a 28-digit decimal cannot hold 35 · 333.33 / 666.67, so nothing here is either
//! (METHODS, introduction). Numbers travel as text: `12.50` or `25/2` in, reduced fractions out.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Neg, Sub, SubAssign};
use std::str::FromStr;

use num_bigint::{BigInt, Sign};
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The longest text read as a number; far beyond any real figure, and short enough that no input costs time.
const LONGEST: usize = 2_000;

/// An exact rational number, always in lowest terms.
///
/// There is no `/`: dividing by zero must be handled where it can happen, see [`Exact::checked_div`].
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Exact(BigRational);

/// A text that is not an exact number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotExact {
    /// The text, cut at 40 characters.
    pub text: String,
}

impl fmt::Display for NotExact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "\"{}\" is not a number: write a decimal such as 12.5 or a fraction such as 25/2",
            self.text
        )
    }
}

impl std::error::Error for NotExact {}

impl Exact {
    /// Nought.
    #[must_use]
    pub fn zero() -> Self {
        Self(BigRational::zero())
    }

    /// One.
    #[must_use]
    pub fn one() -> Self {
        Self(BigRational::one())
    }

    /// One hundred, the sum of sibling weights.
    #[must_use]
    pub fn hundred() -> Self {
        Self::from(100)
    }

    /// One unit of the last of so many digits after the point: 1/100 of two.
    #[must_use]
    pub fn unit(decimals: u32) -> Self {
        Self(BigRational::new(BigInt::one(), power_of_ten(decimals)))
    }

    /// `numerator / denominator`; nothing where the denominator is 0.
    #[must_use]
    pub fn ratio(numerator: i64, denominator: i64) -> Option<Self> {
        Self::from(numerator).checked_div(&Self::from(denominator))
    }

    /// This over that; nothing where that is 0.
    #[must_use]
    pub fn checked_div(&self, that: &Self) -> Option<Self> {
        if that.is_zero() { None } else { Some(Self(&self.0 / &that.0)) }
    }

    /// The mean of numbers; nothing of none.
    #[must_use]
    pub fn mean(numbers: &[Self]) -> Option<Self> {
        numbers.iter().sum::<Self>().checked_div(&Self::from(numbers.len()))
    }

    /// Numbers as whole multiples of one part, and how many of these parts make 1: their least common divisor. Nothing where one of
    /// them does not fit.
    #[must_use]
    pub fn over_common_divisor(numbers: &[Self]) -> Option<(Vec<i64>, i64)> {
        let mut parts = BigRational::one();
        for number in numbers {
            // What a number has left in its divisor after the parts so far is what these lack.
            parts *= BigRational::from_integer((&number.0 * &parts).denom().clone());
            i64::try_from(parts.to_integer()).ok()?;
        }
        let parts = Self(parts);
        let whole: Option<Vec<i64>> = numbers.iter().map(|number| (number * &parts).to_i64()).collect();
        Some((whole?, parts.to_i64()?))
    }

    /// A hundredth of this: what a percentage is a share of.
    #[must_use]
    pub fn percent(&self) -> Self {
        Self(&self.0 / BigRational::from_integer(BigInt::from(100)))
    }

    /// Whether this is 0.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    /// Whether this is below 0.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.0.is_negative()
    }

    /// Whether this is above 0.
    #[must_use]
    pub fn is_positive(&self) -> bool {
        self.0.is_positive()
    }

    /// Whether this has no fractional part.
    #[must_use]
    pub fn is_integer(&self) -> bool {
        self.0.is_integer()
    }

    /// The distance from 0.
    #[must_use]
    pub fn abs(&self) -> Self {
        Self(self.0.abs())
    }

    /// This, or 0 where this is below, or 1 where this is above.
    #[must_use]
    pub fn clamp01(self) -> Self {
        if self.is_negative() {
            Self::zero()
        } else if self > Self::one() {
            Self::one()
        } else {
            self
        }
    }

    /// The greatest whole number not above this.
    #[must_use]
    pub fn floor(&self) -> Self {
        Self(self.0.floor())
    }

    /// How many binary digits the divisor of the reduced fraction has: what a calculation grows by.
    #[must_use]
    pub fn divisor_bits(&self) -> u64 {
        self.0.denom().bits()
    }

    /// The whole number this is, where it is one and fits.
    #[must_use]
    pub fn to_i64(&self) -> Option<i64> {
        if self.is_integer() { i64::try_from(self.0.to_integer()).ok() } else { None }
    }

    /// Rounded to `decimals` places, half away from zero (METHODS 6.1).
    #[must_use]
    pub fn round(&self, decimals: u32) -> Self {
        let scale = power_of_ten(decimals);
        Self(BigRational::new(self.scaled(decimals), scale))
    }

    /// Fixed-point text with exactly `decimals` digits after the point, half away from zero, no negative zero
    /// (METHODS 6.1).
    #[must_use]
    pub fn fixed(&self, decimals: u32) -> String {
        let scaled = self.scaled(decimals);
        let places = decimals as usize;
        let digits = format!("{:0>width$}", scaled.magnitude().to_string(), width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        let sign = if scaled.sign() == Sign::Minus { "-" } else { "" };
        if places == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }

    /// This exactly, as machines read it: a decimal with no more digits than needed where it ends (`9.975`), else the
    /// reduced fraction (`25/3`).
    #[must_use]
    pub fn decimal(&self) -> String {
        self.ending().map_or_else(|| self.to_string(), |places| self.fixed(places))
    }

    /// How many digits after the point hold this exactly: a reduced fraction ends as a decimal where its denominator has
    /// no prime factors but 2 and 5.
    fn ending(&self) -> Option<u32> {
        let mut rest = self.0.denom().clone();
        let mut places = [0_u32; 2];
        for (count, prime) in places.iter_mut().zip([2, 5]) {
            let prime = BigInt::from(prime);
            while (&rest % &prime).is_zero() {
                rest /= &prime;
                *count += 1;
            }
        }
        rest.is_one().then(|| places[0].max(places[1]))
    }

    /// This exactly, as people read it: a decimal where it ends, otherwise a mixed figure: `9.975`, `66 2/3`, `-1 1/3`.
    #[must_use]
    pub fn mixed(&self) -> String {
        if let Some(places) = self.ending() {
            return self.fixed(places);
        }
        let sign = if self.is_negative() { "-" } else { "" };
        let magnitude = self.abs();
        let whole = magnitude.floor();
        let part = &magnitude - &whole;
        if whole.is_zero() { format!("{sign}{part}") } else { format!("{sign}{whole} {part}") }
    }

    /// sign(x) · ⌊|x| · 10^decimals + 1/2⌋
    fn scaled(&self, decimals: u32) -> BigInt {
        // In whole numbers: ⌊(2 · |over| · 10^decimals + under) / (2 · under)⌋, without reducing a fraction in between.
        let (over, under) = (self.0.numer().magnitude(), self.0.denom().magnitude());
        let ten = power_of_ten(decimals);
        let magnitude = BigInt::from((over * ten.magnitude() * 2_u32 + under) / (under * 2_u32));
        if self.is_negative() { -magnitude } else { magnitude }
    }
}

fn power_of_ten(decimals: u32) -> BigInt {
    BigInt::from(10).pow(decimals)
}

impl From<i64> for Exact {
    fn from(whole: i64) -> Self {
        Self(BigRational::from_integer(BigInt::from(whole)))
    }
}

impl From<usize> for Exact {
    fn from(whole: usize) -> Self {
        Self(BigRational::from_integer(BigInt::from(whole)))
    }
}

impl From<u32> for Exact {
    fn from(whole: u32) -> Self {
        Self::from(i64::from(whole))
    }
}

impl From<i32> for Exact {
    fn from(whole: i32) -> Self {
        Self::from(i64::from(whole))
    }
}

impl fmt::Display for Exact {
    /// The reduced fraction: `5`, `-9/4`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_integer() {
            write!(f, "{}", self.0.numer())
        } else {
            write!(f, "{}/{}", self.0.numer(), self.0.denom())
        }
    }
}

impl FromStr for Exact {
    type Err = NotExact;

    /// A decimal (`-12.50`) or a fraction of whole numbers (`25/2`). No exponent, no plus sign, no spaces, no
    /// separators, and a digit on both sides of a point.
    fn from_str(text: &str) -> Result<Self, NotExact> {
        parse(text).map(Self).ok_or_else(|| NotExact { text: text.chars().take(40).collect() })
    }
}

fn parse(text: &str) -> Option<BigRational> {
    if text.len() > LONGEST {
        return None;
    }
    let (negative, unsigned) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let magnitude = if let Some((over, under)) = unsigned.split_once('/') {
        let under = digits(under)?;
        if under.is_zero() {
            return None;
        }
        BigRational::new(digits(over)?, under)
    } else if let Some((whole, fraction)) = unsigned.split_once('.') {
        digits(whole)?;
        digits(fraction)?;
        let places = u32::try_from(fraction.len()).ok()?;
        BigRational::new(digits(&format!("{whole}{fraction}"))?, power_of_ten(places))
    } else {
        BigRational::from_integer(digits(unsigned)?)
    };
    Some(if negative { -magnitude } else { magnitude })
}

fn digits(text: &str) -> Option<BigInt> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    BigInt::parse_bytes(text.as_bytes(), 10)
}

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

macro_rules! operator {
    ($trait:ident, $method:ident, $sign:tt) => {
        impl $trait<&Exact> for &Exact {
            type Output = Exact;
            fn $method(self, that: &Exact) -> Exact { Exact(&self.0 $sign &that.0) }
        }
        impl $trait<Exact> for Exact {
            type Output = Exact;
            fn $method(self, that: Exact) -> Exact { Exact(self.0 $sign that.0) }
        }
        impl $trait<&Exact> for Exact {
            type Output = Exact;
            fn $method(self, that: &Exact) -> Exact { Exact(self.0 $sign &that.0) }
        }
        impl $trait<Exact> for &Exact {
            type Output = Exact;
            fn $method(self, that: Exact) -> Exact { Exact(&self.0 $sign that.0) }
        }
    };
}
operator!(Add, add, +);
operator!(Sub, sub, -);
operator!(Mul, mul, *);

impl Neg for Exact {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl AddAssign<&Exact> for Exact {
    fn add_assign(&mut self, that: &Exact) {
        self.0 += &that.0;
    }
}

impl AddAssign for Exact {
    fn add_assign(&mut self, that: Exact) {
        self.0 += that.0;
    }
}

impl SubAssign<&Exact> for Exact {
    fn sub_assign(&mut self, that: &Exact) {
        self.0 -= &that.0;
    }
}

impl Sum for Exact {
    fn sum<I: Iterator<Item = Exact>>(numbers: I) -> Self {
        numbers.fold(Self::zero(), |sum, next| sum + next)
    }
}

impl<'a> Sum<&'a Exact> for Exact {
    fn sum<I: Iterator<Item = &'a Exact>>(numbers: I) -> Self {
        numbers.fold(Self::zero(), |sum, next| sum + next)
    }
}
