//! Lists come in slices: every list can be walked to its end with `after` and the `next` it gives.

use super::Refusal;

/// How many items a slice has unless asked otherwise.
pub const DEFAULT_LIMIT: u64 = 50;
/// The most items in a slice.
pub const MAX_LIMIT: u64 = 200;

/// Which slice is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paging {
    /// The `next` of the slice before; none for the first.
    pub after: Option<String>,
    /// How many items, 1 to [`MAX_LIMIT`].
    pub limit: u64,
}

impl Default for Paging {
    fn default() -> Self {
        Self { after: None, limit: DEFAULT_LIMIT }
    }
}

impl Paging {
    /// Reads what a caller asked for.
    pub fn new(after: Option<String>, limit: Option<u64>) -> Result<Self, Refusal> {
        let limit = limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(Refusal::field("limit", "out_of_range", format!("Ask for 1 to {MAX_LIMIT} items.")));
        }
        Ok(Self { after: after.filter(|text| !text.is_empty()), limit })
    }

    /// Where to go on, for lists ordered by a key of type `K`.
    pub fn after_key<K: std::str::FromStr>(&self) -> Result<Option<K>, Refusal> {
        self.after.as_deref().map(|text| text.parse().map_err(|_| unknown_cursor())).transpose()
    }

    /// Cuts a list that was read with one item more than the limit.
    pub fn cut<T>(&self, mut items: Vec<T>, key: impl Fn(&T) -> String) -> Slice<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(key) } else { None };
        Slice { items, next }
    }

    /// A slice of a list that is read whole: such lists are short and have an order of their own.
    pub fn cut_whole<T>(&self, mut all: Vec<T>, key: impl Fn(&T) -> String) -> Result<Slice<T>, Refusal> {
        if let Some(after) = &self.after {
            let at = all.iter().position(|item| key(item) == *after).ok_or_else(unknown_cursor)?;
            all.drain(..=at);
        }
        Ok(self.cut(all, key))
    }
}

fn unknown_cursor() -> Refusal {
    Refusal::field("after", "unknown_cursor", "Use the `next` of an earlier answer.")
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the list goes on, if it does.
    pub next: Option<String>,
}

impl<T> Slice<T> {
    /// The same slice with its items turned into something else.
    pub fn map<U>(self, turn: impl FnMut(T) -> U) -> Slice<U> {
        Slice { items: self.items.into_iter().map(turn).collect(), next: self.next }
    }
}
