//! Number formats that make a number look like something else than plain pounds.

/// Why a number shown in this format may not be pounds: another currency, a percentage, thousands left out.
pub(super) fn doubt(format: &str) -> Option<String> {
    let first = format.split(';').next().unwrap_or_default();
    if let Some(sign) = FOREIGN.iter().find(|sign| currency(first, sign)) {
        return Some(in_currency(sign));
    }
    let bare: String = unquoted(first);
    if bare.contains('%') {
        return Some(PERCENTAGE.to_owned());
    }
    let digits = bare.trim_end_matches(|c| !matches!(c, '0' | '#' | '?' | ','));
    if digits.ends_with(',') {
        return Some(THOUSANDS.to_owned());
    }
    None
}

/// Signs and codes of currencies that are not pounds sterling.
const FOREIGN: [&str; 14] =
    ["€", "$", "¥", "₹", "₽", "₩", "₺", "EUR", "USD", "CHF", "JPY", "AUD", "CAD", "SEK"];
/// The doubt about a number that is shown as a percentage.
pub(super) const PERCENTAGE: &str = "shown as a percentage";
/// The doubt about a number whose last digits are not shown.
pub(super) const THOUSANDS: &str = "shown in thousands";

/// The doubt about a number that is shown with another currency.
pub(super) fn in_currency(sign: &str) -> String {
    format!("shown in {sign}, not in pounds")
}

/// The currency other than pounds that a text beside a number names.
pub(super) fn foreign(text: &str) -> Option<&'static str> {
    FOREIGN.iter().copied().find(|sign| text.contains(sign))
}

/// Whether the format shows the sign. `[$£-809]` and `[$-409]` hold a dollar that only opens a locale.
fn currency(format: &str, sign: &str) -> bool {
    let mut rest = String::new();
    let mut parts = format.split("[$");
    rest.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (inside, after) = part.split_once(']').unwrap_or((part, ""));
        rest.push_str(inside.split('-').next().unwrap_or_default());
        rest.push_str(after);
    }
    rest.contains(sign)
}

/// The format without quoted and escaped texts and without brackets.
fn unquoted(format: &str) -> String {
    let mut kept = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => while chars.next().is_some_and(|c| c != '"') {},
            '[' => while chars.next().is_some_and(|c| c != ']') {},
            '\\' | '_' | '*' => drop(chars.next()),
            c => kept.push(c),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::doubt;

    #[test]
    fn number_formats_that_are_not_pounds_are_doubted() {
        for plain in
            ["General", "0.00", "#,##0.00", "£#,##0.00", "[$£-809]#,##0.00", "[$-409]0.00", "_-* #,##0.00_-"]
        {
            assert_eq!(doubt(plain), None, "{plain}");
        }
        for odd in [
            "[$€-2] #,##0.00",
            "$#,##0.00",
            "[$$-409]#,##0.00",
            "\"€\"0",
            "0%",
            "0.0,",
            "#,##0,,\"m\"",
            "[$EUR] 0.00",
            "0.00\" CHF\"",
            "[$₹-4009]0",
        ] {
            assert!(doubt(odd).is_some(), "{odd}");
        }
    }
}
