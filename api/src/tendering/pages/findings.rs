//! The figures of the laboratory as pictures and tables.

use rules::exact::Exact;
use rules::laboratory::{AtPrices, Example, InPlay, Laboratory, QuestionSteps, ScaleMarks, Step, Ties};
use rules::money::{Pence, grouped};

use crate::http::charts::{Caption, Curve, Share, Svg, curve, shares};

/// The colour of price in pictures, and those of questions: light, and heavy.
const PRICE: u8 = 0;
const QUESTION: u8 = 1;
const HEAVY: u8 = 2;

/// One price of three, and what a point is worth at it.
pub(super) struct PointRow {
    pub(super) at: &'static str,
    pub(super) price: String,
    pub(super) worth: String,
}

/// What a step of mark on a question is worth.
pub(super) struct StepRow {
    pub(super) question: String,
    pub(super) title: String,
    pub(super) step: String,
    pub(super) points: String,
    pub(super) low: String,
    pub(super) middle: String,
    pub(super) high: String,
}

/// A bid of the example, in which a losing bid decides.
pub(super) struct ExampleRow {
    pub(super) name: String,
    pub(super) price: String,
    pub(super) quality: String,
    pub(super) with_all: String,
    pub(super) without: String,
}

pub(super) struct ShareRow {
    pub(super) name: String,
    pub(super) share: String,
    pub(super) heavy: bool,
}

pub(super) struct ScaleRow {
    pub(super) name: String,
    pub(super) questions: String,
    pub(super) distances: String,
    pub(super) steps: String,
    pub(super) lowest: String,
}

/// All figures of a test, formatted.
pub(super) struct Figures {
    pub(super) curve: Svg,
    pub(super) curve_finding: String,
    pub(super) points: Vec<PointRow>,
    pub(super) steps: Vec<StepRow>,
    pub(super) example: Option<(Vec<ExampleRow>, String)>,
    pub(super) shares: Svg,
    pub(super) share_finding: String,
    pub(super) share_rows: Vec<ShareRow>,
    pub(super) in_play: Vec<(&'static str, String)>,
    pub(super) ties: Vec<(&'static str, String)>,
    pub(super) scales: Vec<ScaleRow>,
}

impl Figures {
    pub(super) fn new(found: &Laboratory) -> Self {
        let (curve, curve_finding) = price_curve(found);
        let (shares, share_finding) = weights(found);
        let questions = found.weights.questions.iter().map(|one| ShareRow {
            name: format!("{} {}", one.question, one.title),
            share: percent(&one.share),
            heavy: one.heavy,
        });
        let price = ShareRow { name: "Price".to_owned(), share: percent(&found.weights.price), heavy: false };
        Self {
            curve,
            curve_finding,
            points: points(found),
            steps: found.worth.steps.iter().flat_map(step_rows).collect(),
            example: found.relative.example.as_ref().map(example),
            shares,
            share_finding,
            share_rows: std::iter::once(price).chain(questions).collect(),
            in_play: in_play(&found.in_play),
            ties: ties(&found.ties),
            scales: found.scales.iter().map(scale).collect(),
        }
    }
}

fn pounds(exact: &Exact) -> String {
    Pence::round(exact).map_or_else(|_| format!("£{}", exact.fixed(2)), Pence::pounds)
}

fn maybe_pounds(exact: Option<&Exact>) -> String {
    exact.map_or_else(|| "Nothing: level".to_owned(), pounds)
}

fn percent(exact: &Exact) -> String {
    format!("{} %", short(exact))
}

/// Two decimals at most.
fn short(exact: &Exact) -> String {
    exact.round(2).decimal()
}

/// Where a number lies between two others, in thousandths.
fn between(number: &Exact, from: &Exact, to: &Exact) -> u32 {
    let share = (number - from).checked_div(&(to - from)).unwrap_or_default().clamp01();
    let thousandths = (share * Exact::from(1000)).round(0).to_i64().unwrap_or(0);
    u32::try_from(thousandths).unwrap_or(0)
}

/// Price points over the range, and what the picture says.
fn price_curve(found: &Laboratory) -> (Svg, String) {
    let (low, high) = (found.expected.low.to_exact(), found.expected.high.to_exact());
    let most = found.weights.price.clone();
    let points: Vec<(u32, u32)> = found
        .curve
        .iter()
        .map(|point| (between(&point.price, &low, &high), between(&point.points, &Exact::zero(), &most)))
        .collect();
    let level: Vec<(u32, u32)> = found
        .flat
        .iter()
        .map(|part| (between(&part.from, &low, &high), between(&part.to, &low, &high)))
        .collect();
    let foot = [
        (0, found.expected.low.pounds()),
        (500, found.expected.middle().pounds()),
        (1000, found.expected.high.pounds()),
    ];
    let half = &most * Exact::ratio(1, 2).unwrap_or_default();
    let side = [(0, "0".to_owned()), (500, short(&half)), (1000, short(&most))];
    let finding = match found.flat.as_slice() {
        [] => "A lower price gains points everywhere in the expected range".to_owned(),
        parts => {
            let each = parts.iter().map(|part| format!("{} to {}", pounds(&part.from), pounds(&part.to)));
            format!("A lower price gains nothing from {}", each.collect::<Vec<_>>().join(" and from "))
        }
    };
    let caption =
        Caption { id: "price-points", title: "Price points over the expected range", finding: &finding };
    let drawn =
        Curve { points: &points, level: &level, level_label: "No gain here", foot: &foot, side: &side };
    (curve(&caption, &drawn), finding)
}

fn points(found: &Laboratory) -> Vec<PointRow> {
    let AtPrices { low, middle, high } = &found.worth.per_point;
    [
        ("Lowest price", found.expected.low, low),
        ("Middle", found.worth.middle, middle),
        ("Highest price", found.expected.high, high),
    ]
    .into_iter()
    .map(|(at, price, worth)| PointRow { at, price: price.pounds(), worth: maybe_pounds(worth.as_ref()) })
    .collect()
}

fn step_rows(one: &QuestionSteps) -> Vec<StepRow> {
    let row = |step: &Step| StepRow {
        question: one.question.clone(),
        title: one.title.clone(),
        step: format!("{} to {}", step.from, step.to),
        points: short(&step.points),
        low: maybe_pounds(step.pounds.low.as_ref()),
        middle: maybe_pounds(step.pounds.middle.as_ref()),
        high: maybe_pounds(step.pounds.high.as_ref()),
    };
    // Where all steps earn the same, one says it.
    if one.smallest.points == one.largest.points {
        let every = StepRow { step: "Every step".to_owned(), ..row(&one.smallest) };
        return vec![every];
    }
    vec![row(&one.smallest), row(&one.largest)]
}

fn example(found: &Example) -> (Vec<ExampleRow>, String) {
    let standing = |totals: &[rules::laboratory::ExampleTotal], name: &str| {
        let one = totals.iter().find(|total| total.name == name);
        one.map_or_else(|| "–".to_owned(), |one| format!("{} (rank {})", short(&one.total), one.rank))
    };
    let rows = found.bids.iter().map(|bid| ExampleRow {
        name: bid.name.clone(),
        price: bid.price.pounds(),
        quality: short(&bid.quality),
        with_all: standing(&found.before, &bid.name),
        without: standing(&found.after, &bid.name),
    });
    (rows.collect(), found.removed.clone())
}

/// The shares of price and of every question, and what the picture says.
fn weights(found: &Laboratory) -> (Svg, String) {
    let weights = &found.weights;
    let bar = |label: String, share: &Exact, colour: u8| Share {
        label,
        value: percent(share),
        length: between(share, &Exact::zero(), &Exact::hundred()),
        colour,
    };
    let questions = weights.questions.iter().map(|one| {
        let colour = if one.heavy { HEAVY } else { QUESTION };
        bar(format!("{} {}", one.question, one.title), &one.share, colour)
    });
    let all: Vec<Share> =
        std::iter::once(bar("Price".to_owned(), &weights.price, PRICE)).chain(questions).collect();
    let heaviest = weights.questions.iter().max_by(|a, b| a.share.cmp(&b.share));
    let finding = heaviest.map_or_else(
        || format!("Price has {}", percent(&weights.price)),
        |one| {
            let (price, share) = (percent(&weights.price), percent(&one.share));
            format!("Price has {price} of the total; the heaviest question, {}, has {share}", one.question)
        },
    );
    let caption = Caption { id: "shares", title: "What each question has of the total", finding: &finding };
    (shares(&caption, &all), finding)
}

fn range(least: &Exact, most: &Exact) -> String {
    if least == most { short(least) } else { format!("{} to {}", short(least), short(most)) }
}

fn in_play(play: &InPlay) -> Vec<(&'static str, String)> {
    let weight = play.weight_least.as_ref().zip(play.weight_most.as_ref());
    vec![
        ("Two bids", format!("{} and {}", pounds(&play.cheaper), pounds(&play.dearer))),
        ("Price points between them", short(&play.price_spread)),
        (
            "Quality points between bids one step of mark apart on every question",
            range(&play.quality_least, &play.quality_most),
        ),
        (
            "What price weighs between such bids",
            weight.map_or_else(|| "–".to_owned(), |(least, most)| format!("{} %", range(least, most))),
        ),
    ]
}

fn ties(ties: &Ties) -> Vec<(&'static str, String)> {
    let count = |count: Option<usize>| {
        count.map_or_else(|| "Too many to count".to_owned(), |count| grouped(&count.to_string()))
    };
    let keys = ties.tie_break.iter().enumerate().map(|(place, key)| match place {
        0 => key.label().to_owned(),
        _ => key.label().to_lowercase(),
    });
    let keys: Vec<String> = keys.collect();
    vec![
        ("Ways to mark all questions", grouped(&ties.ways_to_mark.mixed())),
        ("Different quality totals", count(ties.totals)),
        ("Different ones once rounded", count(ties.totals_rounded)),
        ("Bids are compared on", ties.rank_on.label().to_owned()),
        (
            "Equal totals are parted by",
            if keys.is_empty() { "Nothing".to_owned() } else { keys.join(", then ") },
        ),
        ("What stays equal", ties.left_equal.label().to_owned()),
    ]
}

fn scale(marks: &ScaleMarks) -> ScaleRow {
    let list = |numbers: &[Exact]| numbers.iter().map(short).collect::<Vec<_>>().join(", ");
    ScaleRow {
        name: marks.scale.clone(),
        questions: if marks.questions.is_empty() { "–".to_owned() } else { marks.questions.join(", ") },
        distances: list(&marks.distances),
        steps: list(&marks.steps),
        lowest: percent(&marks.lowest_earns),
    }
}
