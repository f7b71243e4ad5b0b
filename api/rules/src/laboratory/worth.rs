//! What points are worth in money (METHODS 0.1 b): the pounds that buy a price point, and a step of mark at that rate.

use serde::{Deserialize, Serialize};

use super::draft::{Asked, Draft};
use super::{Finding, LaboratoryFault, Matter, Severity, Topic, figure, pounds};
use crate::exact::Exact;
use crate::money::Pence;

/// From how many times as much at one end of the range as at the other a price point is no longer "worth about the same": at twice,
/// a pound saved by the dear bidder earns half of what it earns the cheap one.
const RATE_APART: i64 = 2;

/// Pounds at three prices of the range; nothing where a lower price gains no points there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtPrices {
    /// At the lowest price, going up from it.
    pub low: Option<Exact>,
    /// At the middle, going down from it.
    pub middle: Option<Exact>,
    /// At the highest price, going down from it.
    pub high: Option<Exact>,
}

impl AtPrices {
    /// So many times as much.
    fn times(&self, points: &Exact) -> Self {
        let of = |rate: &Option<Exact>| rate.as_ref().map(|rate| rate * points);
        Self { low: of(&self.low), middle: of(&self.middle), high: of(&self.high) }
    }
}

/// What points are worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worth {
    /// The middle of the range, to the penny.
    pub middle: Pence,
    /// Pounds for one price point, at the rate that holds at the price: the slope of the curve turned over. Over a whole point a
    /// curved formula gives a little more or less.
    pub per_point: AtPrices,
    /// What the steps of marks are worth, by question in order.
    pub steps: Vec<QuestionSteps>,
}

/// The steps of one question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionSteps {
    /// The question's code.
    pub question: String,
    /// Its title.
    pub title: String,
    /// The step that earns least; of equal ones the lowest.
    pub smallest: Step,
    /// The step that earns most; of equal ones the lowest.
    pub largest: Step,
}

/// A step from a mark to the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The lower mark.
    pub from: String,
    /// The next mark of the scale.
    pub to: String,
    /// What the step earns, in points of the lot's 100.
    pub points: Exact,
    /// The pounds that buy as many price points, at the rate of each price.
    pub pounds: AtPrices,
}

/// Pounds per point at a price. `dearer`: of the curve above the price, else of the curve below it.
fn rate(draft: &Draft<'_>, price: Pence, dearer: bool) -> Option<Exact> {
    let price = price.to_exact();
    match draft.slope() {
        Some((target, ceiling)) => {
            let on_it =
                if dearer { target <= price && price < ceiling } else { target < price && price <= ceiling };
            if on_it { (ceiling - target).checked_div(&draft.price) } else { None }
        }
        // W · lowest / p falls by W · lowest / p² a pound.
        None => (&price * &price).checked_div(&(&draft.price * draft.expected.low.to_exact())),
    }
}

pub(super) fn of(draft: &Draft<'_>) -> Worth {
    let expected = draft.expected;
    let per_point = AtPrices {
        low: rate(draft, expected.low, true),
        middle: rate(draft, expected.middle(), false),
        high: rate(draft, expected.high, false),
    };
    let steps = draft.questions.iter().filter_map(|asked| steps(asked, &per_point)).collect();
    Worth { middle: expected.middle(), per_point, steps }
}

fn steps(asked: &Asked<'_>, per_point: &AtPrices) -> Option<QuestionSteps> {
    let step = |(place, points): (usize, Exact)| Step {
        from: asked.mark(place).to_owned(),
        to: asked.mark(place + 1).to_owned(),
        pounds: per_point.times(&points),
        points,
    };
    let smallest = asked.steps().enumerate().min_by(|a, b| a.1.cmp(&b.1))?;
    let largest = asked.steps().enumerate().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)))?;
    Some(QuestionSteps {
        question: asked.code.to_owned(),
        title: asked.title.to_owned(),
        smallest: step(smallest),
        largest: step(largest),
    })
}

/// A sentence about price points and one about each question; none where price or quality has no weight, which the weights tell.
pub(super) fn tell(draft: &Draft<'_>, worth: &Worth) -> Result<Vec<Finding>, LaboratoryFault> {
    if draft.one_sided() {
        return Ok(Vec::new());
    }
    let (low, high) = (draft.expected.low.to_exact(), draft.expected.high.to_exact());
    let all_of_range = draft.points(&low)? - draft.points(&high)?;
    let steps = worth.steps.iter().map(|steps| step_told(draft, steps, &all_of_range));
    Ok(std::iter::once(point_told(draft, worth)).chain(steps).collect())
}

fn point_told(draft: &Draft<'_>, worth: &Worth) -> Finding {
    let expected = draft.expected;
    let places = [
        (expected.low, &worth.per_point.low),
        (worth.middle, &worth.per_point.middle),
        (expected.high, &worth.per_point.high),
    ];
    let told: Vec<String> = places.iter().map(|(price, rate)| at(*price, rate.as_ref())).collect();
    let mut told = format!("One price point is worth {}.", told.join("; "));
    if draft.rule.relative() {
        told = format!(
            "{told} This is told beside bids of {} and {}.",
            expected.low.pounds(),
            expected.high.pounds()
        );
    }
    let apart = |low: &Exact, high: &Exact| *high >= low * Exact::from(RATE_APART);
    let varies = worth.per_point.low.as_ref().zip(worth.per_point.high.as_ref());
    if varies.is_some_and(|(low, high)| apart(low, high)) {
        let told = format!(
            "{told} A pound that a dear bidder saves earns far fewer points than one that a cheap bidder saves: take a \
             straight line, or decide that this is meant."
        );
        return draft.finding(Topic::Worth, Matter::PointWorthVaries, Severity::Attend, told);
    }
    draft.finding(Topic::Worth, Matter::PointWorth, Severity::Note, told)
}

fn at(price: Pence, rate: Option<&Exact>) -> String {
    let price = price.pounds();
    rate.map_or_else(
        || format!("nothing at {price}, where price points are level"),
        |rate| format!("{} at {price}", pounds(rate)),
    )
}

fn step_told(draft: &Draft<'_>, steps: &QuestionSteps, all_of_range: &Exact) -> Finding {
    let QuestionSteps { question, title, smallest, largest } = steps;
    let step = |step: &Step| format!("{} points ({} to {})", figure(&step.points), step.from, step.to);
    let same = smallest.points == largest.points;
    let how_much = if same {
        figure(&smallest.points) + " points"
    } else {
        format!("{} to {}", step(smallest), step(largest))
    };
    let what = format!("{question} ({title}): one step of mark is worth {how_much}");
    let (matter, severity, told) = if smallest.points >= *all_of_range {
        let told = format!(
            "{what}. The whole expected range of prices is worth {} points: no price makes up for a step here. Give the \
             question less weight, price more, or its scale smaller steps, or decide that this is meant.",
            figure(all_of_range)
        );
        (Matter::StepOutweighsRange, Severity::Attend, told)
    } else {
        let middle = draft.expected.middle().pounds();
        let told = match (&smallest.pounds.middle, &largest.pounds.middle) {
            (Some(less), Some(_)) if same => format!("as much as {} at a price of {middle}", pounds(less)),
            (Some(less), Some(more)) => {
                format!("as much as {} to {} at a price of {middle}", pounds(less), pounds(more))
            }
            _ => format!(
                "which no small change of a price of {middle} buys, because price points are level there"
            ),
        };
        (
            Matter::StepWorth,
            Severity::Note,
            format!("{what}, {told}. Ask whether the councils would pay that."),
        )
    };
    Finding { topic: Topic::Worth, matter, severity, place: question.clone(), told }
}
