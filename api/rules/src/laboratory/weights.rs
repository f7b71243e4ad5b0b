//! What weighs how much, and whether quality can outweigh price at all (METHODS 0.1 h).

use serde::{Deserialize, Serialize};

use super::draft::{Asked, Draft};
use super::minimums::Minimums;
use super::{Expected, Finding, LaboratoryFault, Matter, Severity, Topic, figure};
use crate::exact::Exact;
use crate::money::Pence;
use crate::rank::{RankBid, rank};

/// From which share of the total on, in percent, a question is heavy. This program's choice, not a rule of law: one panel's one mark
/// then moves up to three tenths of all there is, about as much as price usually has.
pub const HEAVY_QUESTION: i64 = 30;

/// How the better of two invented bids is called.
const BEST: &str = "best";

/// The weights of a lot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weights {
    /// What price has of the total, in percent: the most price points.
    pub price: Exact,
    /// What quality has.
    pub quality: Exact,
    /// What each question has, in order.
    pub questions: Vec<QuestionShare>,
    /// The best bid at the highest price against the least one at the lowest; nothing where no bid passes the minimums.
    pub outweigh: Option<Outweigh>,
}

/// What a question has of the total.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionShare {
    /// The question's code.
    pub question: String,
    /// Its title.
    pub title: String,
    /// Its share of the total, in percent: the most points it can earn.
    pub share: Exact,
    /// Whether that is [`HEAVY_QUESTION`] or more.
    pub heavy: bool,
    /// Whether that is less than one unit of the last published decimal.
    pub below_rounding_unit: bool,
}

/// Two bids as far apart as the range and the minimums allow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outweigh {
    /// The quality points of the highest marks.
    pub best_quality: Exact,
    /// Their total at the highest price.
    pub best_total: Exact,
    /// The least quality points past every minimum.
    pub least_quality: Exact,
    /// Their total at the lowest price.
    pub least_total: Exact,
    /// Whether the best one wins, as the lot ranks: with its rounding and its tie-breaks.
    pub can: bool,
}

pub(super) fn of(draft: &Draft<'_>, minimums: &Minimums) -> Result<Weights, LaboratoryFault> {
    let least = minimums.least_passing.clone();
    Ok(Weights {
        price: draft.price.clone(),
        quality: draft.quality.clone(),
        questions: draft.questions.iter().map(|asked| share(draft, asked)).collect(),
        outweigh: least.map(|least| outweigh(draft, minimums, least)).transpose()?,
    })
}

fn share(draft: &Draft<'_>, asked: &Asked<'_>) -> QuestionShare {
    QuestionShare {
        question: asked.code.to_owned(),
        title: asked.title.to_owned(),
        heavy: asked.weight >= Exact::from(HEAVY_QUESTION),
        below_rounding_unit: asked.weight < Exact::unit(draft.rules.decimals),
        share: asked.weight.clone(),
    }
}

/// Ranked as the lot ranks. Under a relative formula the one at the lowest price is the lowest bid.
fn outweigh(draft: &Draft<'_>, minimums: &Minimums, least: Exact) -> Result<Outweigh, LaboratoryFault> {
    let bid = |id: &str, quality: &Exact, price: Pence| RankBid {
        id: id.to_owned(),
        quality: Some(quality.clone()),
        price: Some(price.to_exact()),
        withdrawn: false,
        disregarded: false,
        failed: false,
        below_minimum_mark: false,
    };
    let Expected { low, high } = draft.expected;
    let (best_total, least_total) =
        (&minimums.best + draft.points(&high.to_exact())?, &least + draft.points(&low.to_exact())?);
    let two = [bid(BEST, &minimums.best, high), bid("least", &least, low)];
    let ranking = rank(&two, &draft.rules).ok();
    Ok(Outweigh {
        can: ranking.is_some_and(|ranking| ranking.winner.as_deref() == Some(BEST)),
        best_quality: minimums.best.clone(),
        best_total,
        least_quality: least,
        least_total,
    })
}

/// What to know of weights.
pub(super) fn tell(draft: &Draft<'_>, weights: &Weights) -> Vec<Finding> {
    let finding = |(matter, severity, told)| draft.finding(Topic::Weights, matter, severity, told);
    if let Some(told) = one_sided(weights) {
        return vec![finding(told)];
    }
    let against = weights.outweigh.as_ref().map(|two| against(draft, two));
    let of_questions = weights.questions.iter().filter_map(|share| told_of(draft, share));
    std::iter::once(shares(weights)).chain(against).map(finding).chain(of_questions).collect()
}

fn shares(weights: &Weights) -> (Matter, Severity, String) {
    let each = weights.questions.iter().map(|one| format!("{} {} %", one.question, figure(&one.share)));
    let told = format!(
        "Of the total, price has {} %, and the questions have {}.",
        figure(&weights.price),
        each.collect::<Vec<_>>().join(", ")
    );
    (Matter::Shares, Severity::Note, told)
}

/// Price or quality without a weight.
fn one_sided(weights: &Weights) -> Option<(Matter, Severity, String)> {
    if weights.price.is_zero() {
        let told = "Price has no weight: what a bid costs decides nothing. Give it a weight above 0.";
        return Some((Matter::PriceWeightless, Severity::Serious, told.to_owned()));
    }
    weights.quality.is_zero().then(|| {
        let told =
            "Price has all the weight: marks decide nothing beyond the minimums. Give it a weight below 100.";
        (Matter::QualityWeightless, Severity::Serious, told.to_owned())
    })
}

fn against(draft: &Draft<'_>, two: &Outweigh) -> (Matter, Severity, String) {
    let (low, high) = (draft.expected.low.pounds(), draft.expected.high.pounds());
    let what = format!(
        "The highest marks at the highest price ({high}) have {} points in all, the least quality past every minimum at the \
         lowest price ({low}) {}.",
        figure(&two.best_total),
        figure(&two.least_total)
    );
    if two.can {
        let told = format!("{what} Quality can make up even for the widest gap of expected prices.");
        return (Matter::QualityCanOutweigh, Severity::Note, told);
    }
    let told = format!(
        "{what} Even the best quality cannot make up for the widest gap of expected prices. Give price less weight, let its \
         points fall more slowly, or raise the minimums, or decide that this is meant."
    );
    (Matter::QualityCannotOutweigh, Severity::Attend, told)
}

/// A question that is heavy, or light.
fn told_of(draft: &Draft<'_>, share: &QuestionShare) -> Option<Finding> {
    let QuestionShare { question, title, .. } = share;
    let percent = figure(&share.share);
    let (matter, told) = if share.heavy {
        let told = format!(
            "{question} ({title}) has {percent} % of the total, which one agreed mark decides. From {HEAVY_QUESTION} % on, ask \
             in several questions, or decide that this is meant."
        );
        (Matter::QuestionHeavy, told)
    } else if share.below_rounding_unit {
        let told = format!(
            "{question} ({title}) has {percent} % of the total, less than one unit of the {} decimals that totals are published \
             with: its mark changes next to nothing. Give it more weight, or ask it as a requirement.",
            draft.rules.decimals
        );
        (Matter::QuestionLight, told)
    } else {
        return None;
    };
    Some(Finding { topic: Topic::Weights, matter, severity: Severity::Attend, place: question.clone(), told })
}
