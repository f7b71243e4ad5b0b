//! Sensitive commercial information that is withheld from the others (PA23 s.94): passages are left out of a text, each with
//! a sign in its place, and all the rest stays word for word. Nothing can be reworded on the way.

use std::ops::Range;

/// What stands in the place of a passage.
pub const WITHHELD: &str = "[withheld]";

/// A text as others read it: every place of every passage replaced by [`WITHHELD`], overlapping ones by a single sign.
///
/// A passage is found whatever its case and however its words are spaced: what is secret in one spelling is in all. Passages
/// that are not in the text change nothing; [`occurs`] says so.
#[must_use]
pub fn withhold<P: AsRef<str>>(text: &str, passages: &[P]) -> String {
    let letters = fold(text);
    let mut places: Vec<Range<usize>> =
        passages.iter().flat_map(|passage| found(&letters, passage.as_ref())).collect();
    places.sort_by_key(|place| place.start);
    let mut told = String::with_capacity(text.len());
    let mut from = 0;
    let mut places = places.into_iter().peekable();
    while let Some(mut place) = places.next() {
        while let Some(next) = places.next_if(|next| next.start <= place.end) {
            place.end = place.end.max(next.end);
        }
        told.push_str(&text[from..place.start]);
        told.push_str(WITHHELD);
        from = place.end;
    }
    told.push_str(&text[from..]);
    told
}

/// Whether a passage stands in a text, whatever its case and spaces. An empty one stands nowhere.
#[must_use]
pub fn occurs(text: &str, passage: &str) -> bool {
    !found(&fold(text), passage).is_empty()
}

/// A character in lower case, with the bytes of the text that it stands for.
struct Letter {
    folded: char,
    bytes: Range<usize>,
}

/// A text in lower case, each run of white space as one space.
fn fold(text: &str) -> Vec<Letter> {
    let mut letters: Vec<Letter> = Vec::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let bytes = at..at + c.len_utf8();
        if c.is_whitespace() {
            match letters.last_mut() {
                Some(last) if last.folded == ' ' => last.bytes.end = bytes.end,
                _ => letters.push(Letter { folded: ' ', bytes }),
            }
        } else {
            letters.extend(c.to_lowercase().map(|folded| Letter { folded, bytes: bytes.clone() }));
        }
    }
    letters
}

/// The places of a passage in a text, in bytes, also those that overlap.
fn found(letters: &[Letter], passage: &str) -> Vec<Range<usize>> {
    let wanted: Vec<char> = fold(passage.trim()).iter().map(|letter| letter.folded).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let places = letters.windows(wanted.len()).filter_map(|window| {
        let same = window.iter().map(|letter| letter.folded).eq(wanted.iter().copied());
        let (first, last) = (window.first()?, window.last()?);
        same.then_some(first.bytes.start..last.bytes.end)
    });
    places.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passages_are_left_out_and_the_rest_stays() {
        for (text, passages, told) in [
            ("Runs on Kestrel at £129 a day.", &["£129"][..], "Runs on Kestrel at [withheld] a day."),
            ("Kestrel, then KESTREL again.", &["kestrel"], "[withheld], then [withheld] again."),
            ("Hosted by\n  Kestrel Managed.", &["by kestrel managed"], "Hosted [withheld]."),
            ("abcdef", &["bcd", "cde"], "a[withheld]f"),
            ("abcd", &["ab", "cd"], "[withheld]"),
            ("aaa", &["aa"], "[withheld]"),
            ("The whole text", &["the whole text"], "[withheld]"),
            ("İzmir and Izmir", &["izmir"], "İzmir and [withheld]"),
            ("Nothing of it", &["something", " ", ""], "Nothing of it"),
            ("", &["a"], ""),
        ] {
            assert_eq!(withhold(text, passages), told, "{text:?} without {passages:?}");
        }
    }

    #[test]
    fn a_passage_occurs_or_not() {
        assert!(occurs("Hosted by\nKestrel", " by  kestrel "));
        assert!(!occurs("Hosted by Kestrel", "kestrels"));
        assert!(!occurs("Hosted by Kestrel", "  "));
        assert!(!occurs("", "a"));
    }
}
