//! Which line a row without a usable id may belong to. It is said to a person and never applied: a price that stands beside a
//! guessed line is a guessed price.

use std::collections::BTreeSet;

use rules::line_id::with_check;

use crate::table::{fold, fold_id};

/// A line of the pack, as rows are compared with it.
pub(super) struct Known<'p> {
    /// Its code.
    pub(super) code: &'p str,
    /// What the workbook tells of it: a description, a requirement's text, a question.
    pub(super) told: &'p str,
}

/// A row that was not matched.
pub(super) struct Lost {
    /// What stands in its id column, if anything.
    pub(super) id: Option<String>,
    /// What stands in the column that tells what the line is.
    pub(super) told: String,
    /// The lines of the rows above and below it.
    pub(super) between: (Option<String>, Option<String>),
}

/// How much of their words two texts must share to be called alike, of 1000.
const ALIKE: usize = 700;

/// A sentence that names the one line that the row may be, if there is one. `free` are the lines that no other row has.
pub(super) fn sentence(lost: &Lost, free: &[&Known<'_>], all: &[Known<'_>]) -> Option<String> {
    let (code, why) = by_id(lost, free)
        .map(|code| (code, "its ID is one character away"))
        .or_else(|| by_words(lost, free).map(|code| (code, "its words are alike")))
        .or_else(|| {
            by_place(lost, free, all).map(|code| (code, "that line is missing between its neighbours"))
        })?;
    Some(format!(
        " It may be {}, because {why}; that is only a suggestion and nothing was taken.",
        with_check(code)
    ))
}

fn by_id<'p>(lost: &Lost, free: &[&Known<'p>]) -> Option<&'p str> {
    let id = fold_id(lost.id.as_deref()?);
    only(free.iter().filter(|known| {
        let full = with_check(known.code);
        // The id without its check character, or with one slip in it.
        id == fold_id(known.code) || one_slip(&id, &full)
    }))
}

fn by_words<'p>(lost: &Lost, free: &[&Known<'p>]) -> Option<&'p str> {
    let told = fold(&lost.told);
    if told.is_empty() {
        return None;
    }
    only(free.iter().filter(|known| fold(known.told) == told))
        .or_else(|| only(free.iter().filter(|known| alike(&told, &fold(known.told)) >= ALIKE)))
}

/// The line between its neighbours in the pack's order, where exactly one is missing there.
fn by_place<'p>(lost: &Lost, free: &[&Known<'p>], all: &[Known<'p>]) -> Option<&'p str> {
    let at = |code: &Option<String>| {
        let code = code.as_deref()?;
        all.iter().position(|known| known.code == code)
    };
    let (above, below) = (at(&lost.between.0)?, at(&lost.between.1)?);
    let missing = all.get(above + 1).filter(|_| below == above + 2)?;
    only(free.iter().filter(|known| known.code == missing.code))
}

fn only<'a, 'p: 'a>(mut found: impl Iterator<Item = &'a &'a Known<'p>>) -> Option<&'p str> {
    let first = found.next()?;
    found.next().is_none().then_some(first.code)
}

/// Whether one text becomes the other by one character typed wrong, left out or added, or by two neighbours exchanged.
fn one_slip(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let start = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let end = a[start..].iter().rev().zip(b[start..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[start..a.len() - end], &b[start..b.len() - end]);
    match (a, b) {
        ([_] | [], [_]) | ([_], []) => true,
        ([a, b], [c, d]) => a == d && b == c,
        _ => false,
    }
}

/// Twice the shared words by all words, of 1000.
fn alike(a: &str, b: &str) -> usize {
    let words = |text: &'_ str| text.split(' ').map(str::to_owned).collect::<BTreeSet<String>>();
    let (a, b) = (words(a), words(b));
    2000 * a.intersection(&b).count() / (a.len() + b.len()).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: [Known<'_>; 4] = [
        Known { code: "P01", told: "Licence for one user" },
        Known { code: "P02", told: "Set-up of the system" },
        Known { code: "P03", told: "Training day, at your office" },
        Known { code: "P04", told: "Data migration" },
    ];

    fn suggested(id: Option<&str>, told: &str, between: (Option<&str>, Option<&str>)) -> Option<String> {
        let lost = Lost {
            id: id.map(str::to_owned),
            told: told.to_owned(),
            between: (between.0.map(str::to_owned), between.1.map(str::to_owned)),
        };
        let free: Vec<&Known<'_>> = LINES.iter().skip(1).collect();
        let sentence = sentence(&lost, &free, &LINES)?;
        sentence.strip_prefix(" It may be ")?.split(',').next().map(str::to_owned)
    }

    #[test]
    fn a_line_is_suggested_by_its_id_its_words_or_its_place_and_only_where_it_is_the_only_one() {
        let full = with_check("P02");
        let none = (None, None);
        let swapped = format!("P20-{}", &full[4..]);
        assert_eq!(suggested(Some(&swapped), "", none), Some(full.clone()));
        assert_eq!(suggested(Some("P02"), "", none), Some(full.clone()));
        assert_eq!(suggested(None, "set up of the System", none), Some(full.clone()));
        assert_eq!(suggested(None, "Training day at our office", none), Some(with_check("P03")));
        assert_eq!(suggested(None, "Something else", (Some("P01"), Some("P03"))), Some(full));
        assert_eq!(suggested(None, "Something else", (Some("P01"), Some("P04"))), None);
        // A line that another row has is not free.
        assert_eq!(suggested(None, "Licence for one user", none), None);
        assert_eq!(suggested(None, "", none), None);
    }
}
