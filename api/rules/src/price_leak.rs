//! Prices in answers that are judged for quality. Nobody who marks may see a price before the quality of the lot is locked (DOMAIN
//! rule 1), and bidders write prices into answers all the same: so a person who does not mark reads the answers first, and takes
//! out the passages that tell a price. This module finds what looks like one, and takes passages out.

/// What stands where a passage was taken out.
pub const REMOVED: &str = "[price removed]";

/// Currencies as bidders write them before or behind a number.
const CURRENCIES: &[&str] = &["gbp", "eur", "usd", "pound", "pounds", "pence", "euro", "euros", "sterling"];

/// Words after which a number within [`NEAR`] words is likely to be a price.
const PRICE_WORDS: &[&str] = &[
    "price",
    "prices",
    "priced",
    "cost",
    "costs",
    "costing",
    "charge",
    "charges",
    "fee",
    "fees",
    "rate",
    "rates",
    "discount",
    "discounts",
    "discounted",
    "rebate",
    "saving",
    "savings",
];

/// How many words further a number still belongs to a [`PRICE_WORDS`] word.
const NEAR: usize = 4;

/// Units that follow a number in a price: `120 per user`, `1,200 pcm`.
const PER: &[&str] = &["per", "pcm", "p.a", "pa", "p/a", "each", "/user", "/month", "/year"];

/// A word of a text with its place.
struct Token<'a> {
    start: usize,
    end: usize,
    text: &'a str,
}

impl Token<'_> {
    /// The word without the signs around it, in lower case.
    fn bare(&self) -> String {
        let trimmed = self
            .text
            .trim_matches(|sign: char| !sign.is_alphanumeric() && sign != '£' && sign != '€' && sign != '$');
        trimmed.to_lowercase()
    }

    fn has_currency_sign(&self) -> bool {
        self.text.contains(['£', '€', '$'])
    }

    /// `1,200.00`, `10%`, `12k`; not `Q1` or `27001:2022`.
    fn is_number(&self) -> bool {
        let bare = self.bare();
        let digits = bare.trim_end_matches(['%', 'k', 'm', 'p']);
        digits.starts_with(|sign: char| sign.is_ascii_digit())
            && digits.chars().all(|sign| sign.is_ascii_digit() || matches!(sign, ',' | '.'))
    }

    fn starts_with_number(&self) -> bool {
        self.bare().starts_with(|sign: char| sign.is_ascii_digit())
    }

    fn is_one_of(&self, words: &[&str]) -> bool {
        words.contains(&self.bare().as_str())
    }
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let start_of = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
    text.split_whitespace()
        .map(|word| Token { start: start_of(word), end: start_of(word) + word.len(), text: word })
        .collect()
}

/// The passages that look like a price, in order, each as it is written. A hint for whoever reads the whole: prices in words, in
/// tables and in documents are not found.
#[must_use]
pub fn suspected(text: &str) -> Vec<String> {
    let tokens = tokens(text);
    let mut found: Vec<(usize, usize)> = Vec::new();
    for at in 0..tokens.len() {
        if let Some((first, last)) = price_at(&tokens, at) {
            match found.last_mut() {
                // Neighbours are one passage.
                Some((_, end)) if first <= *end + 1 => *end = (*end).max(last),
                _ => found.push((first, last)),
            }
        }
    }
    let passage = |(first, last): (usize, usize)| {
        let whole = &text[tokens[first].start..tokens[last].end];
        whole.trim_matches(|sign: char| matches!(sign, ',' | '.' | ';' | ':' | '(' | ')' | '"')).to_owned()
    };
    let mut passages: Vec<String> = Vec::new();
    for passage in found.into_iter().map(passage) {
        if !passage.is_empty() && !passages.contains(&passage) {
            passages.push(passage);
        }
    }
    passages
}

/// From which word to which a price stands around the one at this place.
fn price_at(tokens: &[Token<'_>], at: usize) -> Option<(usize, usize)> {
    let token = &tokens[at];
    let next = tokens.get(at + 1);
    if token.has_currency_sign() {
        let number = next.filter(|next| {
            !token.text.contains(|sign: char| sign.is_ascii_digit()) && next.starts_with_number()
        });
        let last = if number.is_some() { at + 1 } else { at };
        return Some((at, with_unit(tokens, last)));
    }
    if token.is_one_of(CURRENCIES) {
        let before = at.checked_sub(1).filter(|before| tokens[*before].is_number());
        let behind = next.filter(|next| next.is_number()).map(|_| at + 1);
        return match (before, behind) {
            (Some(before), _) => Some((before, with_unit(tokens, at))),
            (None, Some(behind)) => Some((at, with_unit(tokens, behind))),
            (None, None) => None,
        };
    }
    if token.is_number() {
        let unit = next.is_some_and(|next| next.is_one_of(PER));
        let from = at.saturating_sub(NEAR);
        let priced = (from..at).find(|before| tokens[*before].is_one_of(PRICE_WORDS));
        return match priced {
            Some(word) => Some((word, with_unit(tokens, at))),
            None => unit.then(|| (at, with_unit(tokens, at))),
        };
    }
    None
}

/// The unit behind a number belongs to it: `per user`, `per user per year`, `pcm`.
fn with_unit(tokens: &[Token<'_>], mut last: usize) -> usize {
    while let Some(next) = tokens.get(last + 1).filter(|next| next.is_one_of(PER)) {
        let takes_a_word = next.bare() == "per" && tokens.get(last + 2).is_some();
        last += if takes_a_word { 2 } else { 1 };
    }
    last
}

/// The text without these passages, each replaced by [`REMOVED`] wherever it stands. Longer passages are taken first, so that one
/// that stands within another takes nothing from it.
#[must_use]
pub fn without<T: AsRef<str>>(text: &str, passages: &[T]) -> String {
    let mut wanted: Vec<&str> =
        passages.iter().map(AsRef::as_ref).filter(|passage| !passage.is_empty()).collect();
    wanted.sort_by_key(|passage| std::cmp::Reverse(passage.len()));
    let mut left = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some(passage) = wanted.iter().find(|passage| rest.starts_with(**passage)) {
            left.push_str(REMOVED);
            rest = &rest[passage.len()..];
        } else {
            left.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    left
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot be set up cannot go on")]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn prices_as_bidders_write_them_are_found() {
        for (text, wanted) in [
            ("The licence is £1,200.50 per user per year.", vec!["£1,200.50 per user per year"]),
            ("We charge £ 900 for training", vec!["£ 900"]),
            ("Support costs 45,000 in all.", vec!["costs 45,000"]),
            ("GBP 120 each; later 99 pounds, then 1,200 pcm", vec!["GBP 120 each", "99 pounds", "1,200 pcm"]),
            ("A discount of up to 15% applies", vec!["discount of up to 15%"]),
            ("(€45) or $12k", vec!["€45", "$12k"]),
        ] {
            assert_eq!(suspected(text), wanted, "{text}");
        }
    }

    #[test]
    fn figures_that_are_no_prices_are_left() {
        for text in [
            "We are certified to ISO 27001:2022 and answer within 4 hours.",
            "In 2027 we will serve 1,200 users with 99.9% availability.",
            "See section 3.2, figure 4.",
            "Our cost model is transparent.",
            "",
        ] {
            assert_eq!(suspected(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn passages_are_taken_out_wherever_they_stand_the_longest_first() {
        let text = "It is £12 per user. £12 per user is fair; £12 is not.";
        assert_eq!(
            without(text, &["£12", "£12 per user"]),
            "It is [price removed]. [price removed] is fair; [price removed] is not."
        );
        assert_eq!(without("as it is", &["", "not there"]), "as it is");
    }

    proptest! {
        #[test]
        fn nothing_that_looks_like_a_price_is_left(text in "[a-z£0-9., ]{0,80}") {
            let passages = suspected(&text);
            for passage in &passages {
                prop_assert!(text.contains(passage.as_str()), "{passage}");
            }
            let left = without(&text, &passages);
            for passage in passages {
                // What the cut joined anew is not looked for: only what stood there.
                prop_assert!(!left.split(REMOVED).any(|part| part.contains(&passage)), "{left}");
            }
        }

        #[test]
        fn no_text_makes_it_stumble(text in "\\PC{0,120}", passages in prop::collection::vec("\\PC{0,6}", 0..4)) {
            let _ = suspected(&text);
            let _ = without(&text, &passages);
        }
    }
}
