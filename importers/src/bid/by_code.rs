//! Finding lines by their codes in a workbook that mostly has them in the order of the pack.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;

/// Things and the codes under which they are found; of two with one code the last.
///
/// A look-up of what stands behind the thing that was found last needs no table of all codes, which for 100,000 lines costs more
/// than to read them.
pub(super) struct ByCode<'a, T> {
    all: &'a [T],
    code: fn(&'a T) -> Cow<'a, str>,
    next: usize,
    table: OnceCell<HashMap<Cow<'a, str>, usize>>,
}

impl<'a, T> ByCode<'a, T> {
    pub(super) fn new(all: &'a [T], code: fn(&'a T) -> Cow<'a, str>) -> Self {
        Self { all, code, next: 0, table: OnceCell::new() }
    }

    /// The place of the thing with this code.
    pub(super) fn place(&mut self, code: &str) -> Option<usize> {
        let expected = self.all.get(self.next).is_some_and(|next| (self.code)(next) == code);
        let at = if expected { self.next } else { *self.table().get(code)? };
        self.next = at + 1;
        Some(at)
    }

    /// The thing with this code.
    pub(super) fn find(&mut self, code: &str) -> Option<&'a T> {
        self.place(code).map(|at| &self.all[at])
    }

    fn table(&self) -> &HashMap<Cow<'a, str>, usize> {
        self.table
            .get_or_init(|| self.all.iter().enumerate().map(|(at, thing)| ((self.code)(thing), at)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_found_in_any_order() {
        let all = ["P01", "P02", "P03", "P04"];
        let mut by_code = ByCode::new(&all, |code| Cow::Borrowed(*code));
        for (code, at) in [
            ("P01", Some(0)),
            ("P02", Some(1)),
            ("P04", Some(3)),
            ("P05", None),
            ("P03", Some(2)),
            ("P03", Some(2)),
        ] {
            assert_eq!(by_code.place(code), at, "{code}");
        }
    }
}
