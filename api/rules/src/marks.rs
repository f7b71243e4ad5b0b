//! What the marks of several people say to a moderator. Information only, never the mark of record (METHODS 0.3).

use crate::exact::Exact;
use crate::scale::Scale;

/// The spread, in steps of the scale, from which a question is on the moderation agenda unless another was agreed.
pub const DEFAULT_TRIGGER: usize = 2;

/// The highest mark less the lowest; nothing without marks.
#[must_use]
pub fn spread(marks: &[Exact]) -> Option<Exact> {
    Some(marks.iter().max()? - marks.iter().min()?)
}

/// The spread in steps of the scale: on 0/2/4/6, the marks 2 and 6 are two steps apart. Nothing without marks, or if
/// one is not on the scale.
#[must_use]
pub fn spread_steps<T: AsRef<str>>(scale: &Scale, marks: &[T]) -> Option<usize> {
    let steps: Option<Vec<usize>> = marks.iter().map(|mark| scale.position(mark.as_ref())).collect();
    let steps = steps?;
    Some(steps.iter().max()? - steps.iter().min()?)
}

/// Whether the marks are so far apart that the panel should talk: `trigger` steps or more, or a mark off the scale.
#[must_use]
pub fn moderation_needed<T: AsRef<str>>(scale: &Scale, marks: &[T], trigger: usize) -> bool {
    !marks.is_empty() && spread_steps(scale, marks).is_none_or(|steps| steps >= trigger)
}

/// The mean as text with two digits, for information; nothing without marks.
#[must_use]
pub fn mean_text(marks: &[Exact]) -> Option<String> {
    Exact::mean(marks).map(|mean| mean.fixed(2))
}

/// Words beyond the descriptor that do not make it a reason: "Score 4: good".
const FILLER: usize = 3;

/// Whether a rationale only repeats a descriptor of the scale, in whole or in part (DOMAIN rule 3; *Woods v Milton
/// Keynes* \[2015\] EWHC 2011). Case, punctuation and spacing do not count. A flag, not a refusal.
#[must_use]
pub fn repeats_descriptor(rationale: &str, scale: &Scale) -> bool {
    let said = words(rationale);
    if said.is_empty() {
        return false;
    }
    scale.marks.iter().any(|mark| {
        let descriptor = words(&mark.descriptor);
        !descriptor.is_empty()
            && (contains(&descriptor, &said)
                || (contains(&said, &descriptor) && said.len() - descriptor.len() <= FILLER))
    })
}

fn words(text: &str) -> Vec<String> {
    text.split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

fn contains(long: &[String], short: &[String]) -> bool {
    short.len() <= long.len() && long.windows(short.len()).any(|window| window == short)
}
