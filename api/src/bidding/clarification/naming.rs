//! Whether a text may name a bidder.
//!
//! A text for publication is compared with the names and mail domains of everybody who was invited or asked for a link,
//! and looked through for what names an organisation or a mailbox by its form. Both are told alike, in the writer's own
//! words: so a warning proves nothing about who bids, and its absence says only that the text is harmless.

use std::collections::BTreeSet;
use std::ops::Range;

/// A supplier, as far as a text can name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// Its name.
    pub name: String,
    /// One of its verified addresses.
    pub email: String,
}

/// Legal forms: with a capitalised word before them they name an organisation, whichever it is.
const LEGAL_FORMS: &[&str] = &["ltd", "limited", "plc", "llp", "lp", "cic", "inc", "gmbh"];

/// Words that many names hold and that tell nobody apart.
const COMMON: &[&str] = &[
    "and",
    "business",
    "cloud",
    "co",
    "company",
    "computing",
    "consultancy",
    "consulting",
    "corporation",
    "data",
    "digital",
    "for",
    "group",
    "holdings",
    "ict",
    "international",
    "it",
    "limited",
    "managed",
    "network",
    "networks",
    "of",
    "partners",
    "partnership",
    "public",
    "sector",
    "service",
    "services",
    "software",
    "solutions",
    "support",
    "system",
    "systems",
    "technologies",
    "technology",
    "the",
    "uk",
];

/// Hosts of mailboxes for everybody.
const MAILBOXES: &[&str] =
    &["aol", "btinternet", "gmail", "googlemail", "hotmail", "icloud", "live", "outlook", "proton", "yahoo"];

/// Second-level labels under which organisations have their own names.
const SECOND_LEVEL: &[&str] = &["ac", "co", "com", "gov", "ltd", "net", "nhs", "org", "plc"];

/// A word of a text: where it stands, and in lower case.
struct Token {
    at: Range<usize>,
    folded: String,
}

fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
        match (start, letter.is_alphanumeric()) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                found.push(Token { at: from..at, folded: text[from..at].to_lowercase() });
                start = None;
            }
            _ => {}
        }
    }
    found
}

fn words(text: &str) -> Vec<String> {
    tokens(text).into_iter().map(|token| token.folded).collect()
}

/// The ways in which a supplier is told from others: the distinctive words of its name, in their order, and the name
/// its mail domain has.
fn phrases(known: &Known) -> BTreeSet<Vec<String>> {
    let name: Vec<_> =
        words(&known.name).into_iter().filter(|word| !LEGAL_FORMS.contains(&word.as_str())).collect();
    let is_distinctive = |word: &&String| !COMMON.contains(&word.as_str());
    let distinctive: Vec<_> = name.iter().filter(is_distinctive).cloned().collect();
    // A name of common words only is told from others by all of them together.
    let name = if distinctive.is_empty() { name } else { distinctive };
    let mut domain = domain(&known.email);
    if domain.iter().all(|word| COMMON.contains(&word.as_str())) {
        domain.clear();
    }
    [name, domain].into_iter().filter(|phrase| !phrase.is_empty()).collect()
}

/// The words of an organisation's own part of its mail domain: `bids@blue-harbour.co.uk` has `blue harbour`.
fn domain(email: &str) -> Vec<String> {
    let host = email.rsplit_once('@').map_or("", |(_, host)| host).to_lowercase();
    let mut labels: Vec<_> = host.split('.').collect();
    labels.pop();
    if labels.len() > 1 && labels.last().is_some_and(|label| SECOND_LEVEL.contains(label)) {
        labels.pop();
    }
    let own = labels.pop().unwrap_or_default();
    if MAILBOXES.contains(&own) { Vec::new() } else { words(own) }
}

/// The parts of a text that may name a bidder, as they stand in it and each once.
pub(super) fn names_in(text: &str, known: &[Known]) -> Vec<String> {
    let tokens = tokens(text);
    let mut found: Vec<Range<usize>> = Vec::new();
    for phrase in known.iter().flat_map(phrases) {
        let together = phrase.concat();
        for (at, token) in tokens.iter().enumerate() {
            // `Blue Harbour`, `blue-harbour` and `BlueHarbour`.
            let apart = tokens[at..].len() >= phrase.len()
                && tokens[at..].iter().zip(&phrase).all(|(token, word)| token.folded == *word);
            if apart {
                found.push(token.at.start..tokens[at + phrase.len() - 1].at.end);
            } else if token.folded == together {
                found.push(token.at.clone());
            }
        }
    }
    for pair in tokens.windows(2) {
        let capital = text[pair[0].at.clone()].chars().next().is_some_and(char::is_uppercase);
        if capital && LEGAL_FORMS.contains(&pair[1].folded.as_str()) {
            found.push(pair[0].at.start..pair[1].at.end);
        }
    }
    let mut names: Vec<String> = Vec::new();
    found.sort_by_key(|at| (at.start, std::cmp::Reverse(at.end)));
    let mut end = 0;
    for at in found {
        // Of two that overlap the longer one is told.
        if at.end > end {
            end = at.end;
            names.push(text[at].to_owned());
        }
    }
    let mailboxes = text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    names.extend(mailboxes.filter(|word| word.contains('@')).map(str::to_owned));
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

/// What to say about them; none where the text names nobody.
pub(super) fn warning(names: &[String]) -> Option<String> {
    let told: Vec<_> = names.iter().map(|name| format!("“{name}”")).collect();
    (!told.is_empty()).then(|| {
        format!(
            "This text contains a name that may identify a bidder: {}. Change it, or confirm that it may stay.",
            told.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{Known, names_in, warning};

    fn known() -> Vec<Known> {
        let known = |name: &str, email: &str| Known { name: name.to_owned(), email: email.to_owned() };
        vec![
            known("Blue Harbour IT Ltd", "tenders@blue-harbour.example"),
            known("Larkfield Systems", "bids@sales.larkfield-ict.co.uk"),
            known("Digital Services Limited", "sam@gmail.com"),
            known("Birch", "bids@birch.systems.example"),
        ]
    }

    #[test]
    fn names_and_mail_domains_are_found_as_they_were_written() {
        for (text, found) in [
            ("As Blue Harbour’s platform does", vec!["Blue Harbour"]),
            ("as BLUEHARBOUR and blue-harbour.example do", vec!["BLUEHARBOUR", "blue-harbour"]),
            ("Is Larkfield meant, or larkfield?", vec!["Larkfield", "larkfield"]),
            ("larkfield-ict.co.uk says so", vec!["larkfield-ict"]),
            ("the digital services that you buy", vec!["digital services"]),
            ("Ärger mit Blue\nHarbour", vec!["Blue\nHarbour"]),
        ] {
            assert_eq!(names_in(text, &known()), found, "{text}");
        }
    }

    #[test]
    fn what_names_an_organisation_by_its_form_is_told_alike() {
        assert_eq!(
            names_in("Ask Smallwood Ltd, or info@smallwood.example.", &known()),
            ["Smallwood Ltd", "info@smallwood.example"]
        );
        assert_eq!(names_in("Write to sam@gmail.com", &[]), ["sam@gmail.com"]);
    }

    #[test]
    fn common_words_name_nobody() {
        for text in [
            "",
            "Which systems, services and IT software are in scope of the managed network?",
            "The harbour is blue.",
            "Is the term limited to 3 years (e.g. 2.5 % a year)?",
            "Larkfields are birds.",
        ] {
            assert_eq!(names_in(text, &known()), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn the_warning_quotes_the_writer_and_says_no_more() {
        assert_eq!(warning(&[]), None);
        let told = warning(&names_in("like blueharbour does", &known())).unwrap_or_default();
        assert!(told.contains("“blueharbour”") && !told.contains("Blue Harbour IT"), "{told}");
    }
}
