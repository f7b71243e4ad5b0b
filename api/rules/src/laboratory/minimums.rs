//! Whether the published minimums keep anybody out, and let anybody in (METHODS 0.1 h).

use serde::{Deserialize, Serialize};

use super::draft::{Asked, Draft};
use super::sums::Totals;
use super::{Finding, Matter, Severity, Topic, figure};
use crate::exact::Exact;

/// The minimums of a lot, and the quality that they let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Minimums {
    /// The published minimum marks, by question in order.
    pub marks: Vec<MinimumMark>,
    /// The published minimum of quality points.
    pub min_quality: Option<Exact>,
    /// The quality points of the lowest marks that reach every minimum mark.
    pub of_minimum_marks: Exact,
    /// The quality points of the highest marks.
    pub best: Exact,
    /// The least quality points with which a bid is ranked; nothing where none can be.
    pub least_passing: Option<Exact>,
    /// Whether `least_passing` can be reached. Where totals were too many to count it is the least that the minimums allow.
    pub least_passing_reached: bool,
}

/// The minimum mark of a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MinimumMark {
    /// The question's code.
    pub question: String,
    /// Its title.
    pub title: String,
    /// The minimum mark, as published.
    pub mark: String,
    /// Whether it is the lowest of the scale, so that every answer reaches it.
    pub always_passed: bool,
}

pub(super) fn of(draft: &Draft<'_>) -> Minimums {
    let min_quality = draft.rules.min_quality.clone();
    let lowest: Exact = draft.questions.iter().filter_map(|asked| asked.points.get(asked.least)).sum();
    let best = draft.best();
    let least = min_quality.clone().unwrap_or_default().max(lowest.clone());
    // Counting is needed only where the minimum of quality points lies between.
    let counted = if least > lowest { Totals::of(&draft.questions, |asked| asked.least) } else { None };
    let reached = counted.is_some() || least == lowest || least >= best;
    let least_passing = counted.map_or_else(|| Some(least.clone()), |totals| totals.lowest_from(&least));
    Minimums {
        marks: draft.questions.iter().filter_map(minimum_mark).collect(),
        of_minimum_marks: lowest,
        least_passing: least_passing.filter(|passing| *passing <= best),
        least_passing_reached: reached,
        min_quality,
        best,
    }
}

fn minimum_mark(asked: &Asked<'_>) -> Option<MinimumMark> {
    Some(MinimumMark {
        question: asked.code.to_owned(),
        title: asked.title.to_owned(),
        mark: asked.minimum?.to_owned(),
        always_passed: asked.least == 0,
    })
}

/// Minimums that keep nobody out, or everybody.
pub(super) fn tell(draft: &Draft<'_>, minimums: &Minimums) -> Vec<Finding> {
    let passed = minimums.marks.iter().filter(|minimum| minimum.always_passed).map(always_passed);
    passed.chain(min_quality(draft, minimums)).collect()
}

fn always_passed(minimum: &MinimumMark) -> Finding {
    let MinimumMark { question, title, mark, .. } = minimum;
    let told = format!(
        "{question} ({title}): the minimum mark {mark} is the lowest of its scale, so that every answer reaches it. Raise it, or \
         remove it."
    );
    Finding {
        topic: Topic::Weights,
        matter: Matter::MinimumAlwaysPassed,
        severity: Severity::Attend,
        place: question.clone(),
        told,
    }
}

fn min_quality(draft: &Draft<'_>, minimums: &Minimums) -> Option<Finding> {
    let least = minimums.min_quality.as_ref()?;
    let Minimums { of_minimum_marks: lowest, best, .. } = minimums;
    let (matter, severity, told) = if least > best {
        let told = format!(
            "The minimum of {} quality points is more than the {} that the highest marks earn: no bid can be ranked. Lower it.",
            figure(least),
            figure(best)
        );
        (Matter::MinQualityUnreachable, Severity::Serious, told)
    } else if least <= lowest {
        let told = format!(
            "The minimum of {} quality points keeps nobody out: the lowest marks that reach every minimum mark earn {}. Raise \
             it, or remove it.",
            figure(least),
            figure(lowest)
        );
        (Matter::MinQualityImplied, Severity::Attend, told)
    } else {
        return None;
    };
    Some(draft.finding(Topic::Weights, matter, severity, told))
}
