//! Numbers such as `R001`: given by people, or the next free one.

use crate::kernel::Refusal;
use crate::kernel::refusal::FieldFault;

/// Whether two numbers are the same to a person: capitals and small letters are not told apart.
pub(super) fn same(one: &str, other: &str) -> bool {
    folded(one) == folded(other)
}

/// A number as it is compared.
pub(super) fn folded(code: &str) -> String {
    code.trim().to_lowercase()
}

/// The next number after the highest of this form: the prefix and at least `digits` digits.
pub(super) fn next<'a>(prefix: &str, digits: usize, taken: impl Iterator<Item = &'a str>) -> String {
    let highest = taken.filter_map(|code| number(prefix, code)).max().unwrap_or(0);
    format!("{prefix}{:0digits$}", highest + 1)
}

/// Nine digits at most, so that the next number is always one.
fn number(prefix: &str, code: &str) -> Option<u32> {
    let digits = code.trim().strip_prefix(prefix)?;
    (digits.len() <= 9 && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| digits.parse().ok())
        .flatten()
}

/// The refusal of a number or key that something else has already; it names the field.
pub(super) fn taken(field: &str, message: String) -> Refusal {
    let fault =
        FieldFault { field: field.to_owned(), code: "already_exists".to_owned(), message: message.clone() };
    Refusal { fields: vec![fault], ..Refusal::conflict("already_exists", message) }
}

#[cfg(test)]
mod tests {
    use super::next;

    #[test]
    fn the_next_number_follows_the_highest_of_its_form() {
        assert_eq!(next("R", 3, ["R002", "R7", "RX", "A999", "R", "R9999999999"].into_iter()), "R008");
        assert_eq!(next("P", 2, std::iter::empty()), "P01");
        assert_eq!(next("P", 2, ["P99"].into_iter()), "P100");
    }
}
