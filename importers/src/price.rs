//! What suppliers and officers type where a number is due: read where it can mean one thing only, asked about otherwise.
//! A price is never guessed (SHEETS section 2).

use rules::money::{AmountFault, UnitPrice, Volume};
use rules::words::Offer;
use unicode_normalization::UnicodeNormalization as _;

use crate::raw::{Cell, RawValue};
use crate::table::zero_width;

/// What stands in a cell where a number is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen<T> {
    /// Nothing.
    Blank,
    /// One number, without doubt.
    Amount(T),
    /// A word for an offer without a price, such as `Included` or `N/A`. It counts only where the Answer column says so too.
    Word(Offer),
    /// Something else.
    Fault {
        /// A stable word, for example `price_not_a_number`.
        code: &'static str,
        /// What to do.
        todo: String,
    },
}

/// Reads a unit price: pounds per unit, net, at least zero, at most four decimals.
#[must_use]
pub fn unit_price(cell: Option<&Cell<'_>>) -> Seen<UnitPrice> {
    read(cell, "price", "a price in pounds without VAT, such as 1234.56")
}

/// Reads a volume: units, at least zero, at most three decimals.
#[must_use]
pub fn volume(cell: Option<&Cell<'_>>) -> Seen<Volume> {
    read(cell, "volume", "a number of units, such as 1200")
}

fn read<T: std::str::FromStr<Err = AmountFault>>(
    cell: Option<&Cell<'_>>,
    what: &str,
    expected: &str,
) -> Seen<T> {
    let Some(cell) = cell else { return Seen::Blank };
    if let Some(doubt) = &cell.doubt {
        return fault(
            "number_in_doubt",
            format!("This is {doubt}. Type {expected}, in a cell formatted as a plain number."),
        );
    }
    match &cell.value {
        RawValue::Empty if cell.formula => fault(
            "formula_without_value",
            format!("The formula has no stored result. Replace it by its value: {expected}."),
        ),
        RawValue::Empty => Seen::Blank,
        RawValue::Number(text) => amount(text, what, expected),
        RawValue::Text(text) => from_text(text, what, expected),
        RawValue::Bool(_) => {
            fault("not_a_number", format!("A {what} cannot be TRUE or FALSE. Type {expected}."))
        }
        RawValue::DateTime(_) => fault(
            "date_for_number",
            format!("The spreadsheet made a date of this. Format the cell as a number and type {expected}."),
        ),
        RawValue::Error(_) => fault("error_value", format!("This cell holds an error. Type {expected}.")),
    }
}

fn fault<T>(code: &'static str, todo: String) -> Seen<T> {
    Seen::Fault { code, todo }
}

fn amount<T: std::str::FromStr<Err = AmountFault>>(text: &str, what: &str, expected: &str) -> Seen<T> {
    if text.starts_with('-') {
        return fault("negative_number", format!("A {what} cannot be below zero. Type {expected}."));
    }
    match text.parse() {
        Ok(value) => Seen::Amount(value),
        Err(AmountFault::TooManyDecimals { most }) => fault(
            "too_many_decimals",
            format!(
                "A {what} has at most {most} digits after the point. Round it as you mean it to be paid."
            ),
        ),
        Err(AmountFault::TooLarge) => {
            fault("number_too_large", format!("A {what} cannot be above a million million. Type {expected}."))
        }
        Err(AmountFault::Empty | AmountFault::NotADecimal) => {
            fault("not_a_number", format!("Type {expected}."))
        }
    }
}

/// Accepts pounds signs, thousands groups, spaces around, full-width digits and the typographic minus; nothing else.
fn from_text<T: std::str::FromStr<Err = AmountFault>>(text: &str, what: &str, expected: &str) -> Seen<T> {
    let clean: String = text
        .nfkc()
        .filter(|c| !zero_width(*c))
        .map(|c| if matches!(c, '\u{2212}' | '\u{2013}') { '-' } else { c })
        .collect();
    let clean = clean.trim();
    if clean.is_empty() {
        return Seen::Blank;
    }
    if let Some(offer) = word(clean) {
        return Seen::Word(offer);
    }
    let bare = clean.strip_prefix('£').map_or(clean, str::trim_start);
    if bare.starts_with('-') || clean.starts_with('-') && clean.len() > 1 && number_like(&clean[1..]) {
        return fault(
            "negative_number",
            format!("A {what} cannot be below zero. Type {expected}; rebates belong into the price itself."),
        );
    }
    let (whole, fraction) =
        bare.split_once('.').map_or((bare, None), |(whole, fraction)| (whole, Some(fraction)));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let grouped = whole
        .split(',')
        .enumerate()
        .all(|(at, group)| digits(group) && if at == 0 { group.len() <= 3 } else { group.len() == 3 });
    if !(digits(whole) || grouped) || fraction.is_some_and(|fraction| !digits(fraction)) {
        return fault(
            "not_a_number",
            format!(
                "This can be read in more than one way, or is not a number, and a {what} is never guessed. Type {expected}."
            ),
        );
    }
    // `1.200` is 1200 to many who type it as text; `0.125` and `£1,234.567` are not.
    if fraction.is_some_and(|fraction| fraction.len() == 3)
        && !whole.contains(',')
        && !whole.starts_with('0')
        && whole.len() <= 3
    {
        return fault(
            "ambiguous_decimal",
            format!(
                "The point may part thousands or decimals. Type {expected}, as a number and not as text."
            ),
        );
    }
    let mut plain: String = whole.chars().filter(|c| *c != ',').collect();
    if let Some(fraction) = fraction {
        let fraction = fraction.trim_end_matches('0');
        if !fraction.is_empty() {
            plain.push('.');
            plain.push_str(fraction);
        }
    }
    amount(&plain, what, expected)
}

fn number_like(text: &str) -> bool {
    text.trim_start().starts_with(|c: char| c.is_ascii_digit() || c == '£')
}

/// Words that name an offer without a price.
fn word(text: &str) -> Option<Offer> {
    match text.to_lowercase().trim_end_matches('.') {
        "included"
        | "incl"
        | "inc"
        | "include"
        | "inclusive"
        | "included at no charge"
        | "no charge"
        | "nil"
        | "free"
        | "foc" => Some(Offer::Included),
        "n/a" | "na" | "no bid" | "not offered" | "none" | "not applicable" => Some(Offer::NotOffered),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(value: RawValue<'_>) -> Cell<'_> {
        Cell { row: 0, col: 0, value, formula: false, doubt: None }
    }

    fn typed(text: &str) -> Seen<UnitPrice> {
        unit_price(Some(&cell(RawValue::Text(text.into()))))
    }

    #[test]
    fn texts_that_mean_one_number_are_taken() {
        for (text, e4) in [
            ("£1,200.00", 12_000_000),
            ("1,200", 12_000_000),
            (" 1200 ", 12_000_000),
            ("\u{a0}1200\u{a0}", 12_000_000),
            ("１２００", 12_000_000),
            ("£ 12.50", 125_000),
            ("0.125", 1_250),
            ("1,234.567", 12_345_670),
            ("1200\u{200b}", 12_000_000),
            ("12.50000", 125_000),
        ] {
            assert_eq!(typed(text), Seen::Amount(UnitPrice(e4)), "{text}");
        }
    }

    #[test]
    fn texts_that_could_mean_two_numbers_are_asked_about() {
        for text in [
            "1.200,50",
            "1 200,50",
            "1 200",
            "£1.2k",
            "1200 per month",
            "£1,200 pcm",
            "TBC",
            "POA",
            "12%",
            "1e3",
            "-£5",
            "-5",
            "£-5",
            "\u{2212}5",
            "12,50",
            "1.200",
            "1,20,000",
            "$5",
            "€5",
            "5 GBP",
            "=1+1",
            ".",
            "£",
            "-",
            "1..2",
            ",5",
            "٣",
            "12.34567",
            "1000000000001",
        ] {
            assert!(matches!(typed(text), Seen::Fault { .. }), "{text}: {:?}", typed(text));
        }
    }

    #[test]
    fn words_are_not_numbers() {
        assert_eq!(typed("Included"), Seen::Word(Offer::Included));
        assert_eq!(typed("incl."), Seen::Word(Offer::Included));
        assert_eq!(typed("N/A"), Seen::Word(Offer::NotOffered));
        assert_eq!(typed("nil"), Seen::Word(Offer::Included));
        assert_eq!(typed("  "), Seen::Blank);
    }

    #[test]
    fn values_that_are_not_numbers_are_named() {
        let code = |cell: &Cell<'_>| match unit_price(Some(cell)) {
            Seen::Fault { code, .. } => code,
            other => panic!("{other:?}"),
        };
        assert_eq!(code(&cell(RawValue::Bool(true))), "not_a_number");
        assert_eq!(code(&cell(RawValue::DateTime("2026-01-12".into()))), "date_for_number");
        assert_eq!(code(&cell(RawValue::Error("NaN".into()))), "error_value");
        assert_eq!(code(&cell(RawValue::Number("-5".into()))), "negative_number");
        assert_eq!(code(&cell(RawValue::Number("0.00005".into()))), "too_many_decimals");
        assert_eq!(code(&cell(RawValue::Number("1000000000001".into()))), "number_too_large");
        assert_eq!(
            code(&cell(RawValue::Number(crate::raw::exact_text(1e308).unwrap_or_default().into()))),
            "number_too_large"
        );
        assert_eq!(code(&Cell { formula: true, ..cell(RawValue::Empty) }), "formula_without_value");
        assert_eq!(
            code(&Cell { doubt: Some("shown in €".into()), ..cell(RawValue::Number("5".into())) }),
            "number_in_doubt"
        );
        assert_eq!(unit_price(None), Seen::Blank);
    }
}
