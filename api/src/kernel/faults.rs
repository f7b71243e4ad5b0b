//! Collects everything that is wrong with an input, so that all errors are told at once.

use std::str::FromStr;

use chrono::NaiveDate;
use rules::exact::Exact;
use rules::money::Pence;

use super::refusal::{FieldFault, Refusal};

/// The fewest words that make a reason.
const FEWEST_WORDS: usize = 3;

/// What is wrong so far. Every reader returns a value even when the text is wrong; [`Faults::done`] then refuses.
#[derive(Debug, Default)]
pub struct Faults(Vec<FieldFault>);

impl Faults {
    /// Nothing is wrong yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes a fault.
    pub fn add(&mut self, field: &str, code: &str, message: impl Into<String>) {
        self.0.push(FieldFault { field: field.to_owned(), code: code.to_owned(), message: message.into() });
    }

    /// Whether something about a field is noted already: what stands in for a value that could not be read is not
    /// checked any further.
    #[must_use]
    pub fn has(&self, field: &str) -> bool {
        self.0.iter().any(|fault| fault.field == field)
    }

    /// Notes a fault where a condition does not hold.
    pub fn require(&mut self, holds: bool, field: &str, code: &str, message: &str) {
        if !holds {
            self.add(field, code, message);
        }
    }

    /// A text that must be there, trimmed, of at most `most` characters.
    pub fn text(&mut self, field: &str, value: &str, most: usize) -> String {
        let trimmed = value.trim();
        if trimmed.is_empty() {
            self.add(field, "missing", "Enter a text.");
        } else if trimmed.chars().count() > most {
            self.add(field, "too_long", format!("Shorten this to at most {most} characters."));
        } else if trimmed.chars().any(misleads) {
            self.add(
                field,
                "unprintable",
                "Remove the invisible control characters. They often come with text that was copied.",
            );
        }
        trimmed.to_owned()
    }

    /// The words of a reason: [`FEWEST_WORDS`] at least, so that nothing is explained by a full stop.
    pub fn reason(&mut self, field: &str, value: &str, most: usize) -> String {
        let text = self.text(field, value, most);
        let short = !text.is_empty() && text.split_whitespace().count() < FEWEST_WORDS;
        self.require(!short, field, "too_short", "Say in a few words why: at least three.");
        text
    }

    /// The same as a text, on one line: names, titles and codes stand in subjects and headings, where a second line would pass for
    /// somebody else's words.
    pub fn line(&mut self, field: &str, value: &str, most: usize) -> String {
        let text = self.text(field, value, most);
        let broken = |c| matches!(c, '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}');
        self.require(!text.contains(broken), field, "not_one_line", "Write this on one line.");
        text
    }

    /// A text that may be left out, trimmed, of at most `most` characters.
    pub fn optional(&mut self, field: &str, value: Option<&str>, most: usize) -> Option<String> {
        let trimmed = value.map(str::trim).filter(|text| !text.is_empty())?;
        Some(self.text(field, trimmed, most))
    }

    /// A word of a closed vocabulary. The fallback stands in until [`Faults::done`] refuses.
    pub fn word<T: FromStr<Err = rules::words::UnknownWord>>(
        &mut self,
        field: &str,
        value: &str,
        fallback: T,
    ) -> T {
        value.trim().parse().unwrap_or_else(|unknown: rules::words::UnknownWord| {
            if value.trim().is_empty() {
                self.add(field, "missing", "Choose one of the answers.");
                return fallback;
            }
            self.add(field, "unknown_word", format!("“{value}” is not possible here: {unknown}."));
            fallback
        })
    }

    /// An amount of money in pounds and pence.
    pub fn money(&mut self, field: &str, value: &str) -> Pence {
        Pence::entered(value).unwrap_or_else(|_| {
            self.add(field, "not_money", "Enter an amount in pounds, such as 1,250.00.");
            Pence(0)
        })
    }

    /// An amount of money that may be left out.
    pub fn optional_money(&mut self, field: &str, value: Option<&str>) -> Option<Pence> {
        let value = value.map(str::trim).filter(|text| !text.is_empty())?;
        Some(self.money(field, value))
    }

    /// An exact number: a decimal or a fraction.
    pub fn exact(&mut self, field: &str, value: &str) -> Exact {
        value.trim().parse().unwrap_or_else(|_| {
            self.add(field, "not_a_number", "Enter a number, such as 40 or 33.3.");
            Exact::from(0)
        })
    }

    /// A whole number within bounds.
    pub fn whole(&mut self, field: &str, value: &str, least: i32, most: i32) -> i32 {
        match value.trim().parse::<i32>() {
            Ok(number) if (least..=most).contains(&number) => number,
            _ => {
                self.add(field, "out_of_range", format!("Enter a whole number from {least} to {most}."));
                least
            }
        }
    }

    /// A day, as `2027-03-31`.
    pub fn date(&mut self, field: &str, value: &str) -> NaiveDate {
        value.trim().parse().unwrap_or_else(|_| {
            self.add(field, "not_a_date", "Enter a date as year-month-day, such as 2027-03-31.");
            NaiveDate::default()
        })
    }

    /// A day that may be left out.
    pub fn optional_date(&mut self, field: &str, value: Option<&str>) -> Option<NaiveDate> {
        let value = value.map(str::trim).filter(|text| !text.is_empty())?;
        Some(self.date(field, value))
    }

    /// An address, in lower case. Only what every mail server needs is checked: one `@`, a dot behind it, no spaces.
    pub fn email(&mut self, field: &str, value: &str) -> String {
        let address = value.trim().to_lowercase();
        let plausible = address.len() <= 254
            && address.parse::<lettre::Address>().is_ok()
            && address.rsplit_once('@').is_some_and(|(_, host)| host.contains('.'));
        self.require(
            plausible,
            field,
            "not_an_address",
            "Enter an email address, such as name@council.example.",
        );
        address
    }

    /// Puts what was noted into the order of these fields, as their form has them; others follow.
    pub fn in_order(&mut self, fields: &[&str]) {
        let place = |fault: &FieldFault| fields.iter().position(|field| *field == fault.field);
        self.0.sort_by_key(|fault| place(fault).unwrap_or(fields.len()));
    }

    /// Refuses with everything that was noted, or lets through.
    pub fn done(self) -> Result<(), Refusal> {
        if self.0.is_empty() { Ok(()) } else { Err(Refusal::fields(self.0)) }
    }
}

/// Characters that show as nothing, or turn the order of what stands beside them (Unicode TR 36): in a record that people
/// decide by, what is read must be what is stored. A line's end and a tab are text.
fn misleads(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        || matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_holds_what_it_shows() {
        for (value, line, text) in [
            ("Ashvale Borough Council", None, None),
            ("Two\nlines", Some("not_one_line"), None),
            ("A\r\nBcc: all@evil.example", Some("not_one_line"), None),
            ("A\u{2028}B", Some("not_one_line"), None),
            ("A\u{0}B", Some("unprintable"), Some("unprintable")),
            ("A\u{202E}B", Some("unprintable"), Some("unprintable")),
            ("  ", Some("missing"), Some("missing")),
        ] {
            let mut faults = Faults::new();
            faults.line("name", value, 100);
            let code = faults.done().err().map(|refusal| refusal.fields[0].code.clone());
            assert_eq!(code.as_deref(), line, "{value:?} as a line");
            let mut faults = Faults::new();
            faults.text("name", value, 100);
            let code = faults.done().err().map(|refusal| refusal.fields[0].code.clone());
            assert_eq!(code.as_deref(), text, "{value:?} as a text");
        }
    }
}
