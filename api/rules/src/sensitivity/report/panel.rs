//! What the panel's own marks would have led to, as they stood before the panel agreed, and without each member and council
//! (METHODS "At award" m). Information for those who ask whether one person or one council decided; never a mark of record.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;

use super::{Case, first};
use crate::exact::Exact;
use crate::scale::Scale;

/// A panel member's own mark of one answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MemberMark {
    /// The bid's id.
    pub bid: String,
    /// The question's code.
    pub question: String,
    /// Who marked, by id.
    pub member: String,
    /// For which council, by id.
    pub council: String,
    /// The mark, as on the scale.
    pub value: String,
}

/// Who would be first by the panel's own marks: of each answer the mean over councils of the means of their members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OwnMarks {
    /// By everybody's marks; several where they are equal.
    pub first: Vec<String>,
    /// Without each panel member, by id.
    pub without_members: Vec<Without>,
    /// Without each council, by id.
    pub without_councils: Vec<Without>,
}

/// The same without one member or one council.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Without {
    /// The member's or council's id.
    pub id: String,
    /// Who would be first; nothing where an answer would be left without any mark, nobody where no bid would be ranked.
    pub first: Option<Vec<String>>,
    /// The first answer that would be left without any mark, where there is one.
    pub missing: Option<Unmarked>,
    /// Whether that is not who is first by everybody's marks.
    pub changes: bool,
}

/// An answer that nobody marked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unmarked {
    /// The bid's id.
    pub bid: String,
    /// The question's code.
    pub question: String,
}

/// The marks of one answer by council, each with its member and the place of its share.
type Answer<'m> = BTreeMap<&'m str, Vec<(&'m str, usize)>>;

struct Own<'c, 'm> {
    case: &'c Case<'c>,
    /// By question and bid.
    answers: BTreeMap<(&'m str, &'m str), Answer<'m>>,
    /// What marks are worth, as shares of their scales: there are few, and many marks.
    shares: Vec<Exact>,
    /// Means that were computed, by how often each share was given in each council.
    means: RefCell<HashMap<Vec<Vec<u32>>, Option<Exact>>>,
}

/// What own marks say; nothing where there are none, or by them no bid is ranked. Which bids stand for a ranking at all is as in the
/// result: a mark of record under its minimum keeps a bid out, and an own one does not.
pub(super) fn of(case: &Case<'_>, marks: &[MemberMark]) -> Result<Option<OwnMarks>, Unmarked> {
    let own = Own::of(case, marks);
    if own.answers.is_empty() {
        return Ok(None);
    }
    let all = own.first(|_, _| true)?;
    if all.is_empty() {
        return Ok(None);
    }
    let given = || own.answers.values().flatten();
    let councils: BTreeSet<&str> = given().map(|(council, _)| *council).collect();
    let members: BTreeSet<&str> = given().flat_map(|(_, marks)| marks).map(|(member, _)| *member).collect();
    let without = |id: &str, first: Result<Vec<String>, Unmarked>| {
        let changes = first.as_ref().is_ok_and(|first| *first != all);
        let (first, missing) = match first {
            Ok(first) => (Some(first), None),
            Err(unmarked) => (None, Some(unmarked)),
        };
        Without { id: id.to_owned(), first, missing, changes }
    };
    let members = members.into_iter().map(|id| without(id, own.first(|member, _| member != id)));
    let councils = councils.into_iter().map(|id| without(id, own.first(|_, council| council != id)));
    Ok(Some(OwnMarks {
        without_members: members.collect(),
        without_councils: councils.collect(),
        first: all.clone(),
    }))
}

impl<'c, 'm> Own<'c, 'm> {
    fn of(case: &'c Case<'c>, marks: &'m [MemberMark]) -> Self {
        let asked = case.lot.questions().into_iter();
        let scales: BTreeMap<&str, &Scale> =
            asked.filter_map(|node| Some((node.code.as_str(), case.scale_of(node)?))).collect();
        let mut own = Self { case, answers: BTreeMap::new(), shares: Vec::new(), means: RefCell::default() };
        let mut places: BTreeMap<(&str, &str), Option<usize>> = BTreeMap::new();
        for mark in marks {
            let Some(scale) = scales.get(mark.question.as_str()) else { continue };
            let place = places.entry((&scale.name, &mark.value)).or_insert_with(|| {
                own.shares.push(scale.share(&mark.value)?);
                Some(own.shares.len() - 1)
            });
            let Some(place) = *place else { continue };
            let answer = own.answers.entry((&mark.question, &mark.bid)).or_default();
            answer.entry(&mark.council).or_default().push((&mark.member, place));
        }
        own
    }

    /// Who is first by the marks of those who are kept; nobody where no bid is ranked by them.
    fn first(&self, keep: impl Fn(&str, &str) -> bool) -> Result<Vec<String>, Unmarked> {
        let questions = self.case.lot.questions();
        let mut bids = self.case.bids.clone();
        for bid in self.case.ranked() {
            let mut quality = Exact::zero();
            for node in &questions {
                let points = || {
                    let answer = self.answers.get(&(node.code.as_str(), bid.bid.as_str()))?;
                    let weight = &bid.criteria.get(&node.code)?.weight_of_total;
                    Some(weight * self.mean_of_councils(answer, &keep)?)
                };
                let unmarked = || Unmarked { bid: bid.bid.clone(), question: node.code.clone() };
                quality += points().ok_or_else(unmarked)?;
            }
            for ranked in bids.iter_mut().filter(|ranked| ranked.id == bid.bid) {
                ranked.quality = Some(quality.clone());
            }
        }
        Ok(self.case.rank(&bids).map(|ranking| first(&ranking)).unwrap_or_default())
    }

    /// The mean over councils of the means of their members, of those who are kept. How often each share was given decides it,
    /// and few such counts occur: each is computed once.
    fn mean_of_councils(&self, answer: &Answer<'_>, keep: impl Fn(&str, &str) -> bool) -> Option<Exact> {
        let mut counts = Vec::with_capacity(answer.len());
        for (council, marks) in answer {
            let mut times = vec![0_u32; self.shares.len()];
            for (_, place) in marks.iter().filter(|(member, _)| keep(member, council)) {
                times[*place] += 1;
            }
            counts.push(times);
        }
        let mut known = self.means.borrow_mut();
        if let Some(mean) = known.get(&counts) {
            return mean.clone();
        }
        let means: Vec<Exact> = counts.iter().filter_map(|times| self.mean(times)).collect();
        let mean = Exact::mean(&means);
        known.insert(counts, mean.clone());
        mean
    }

    /// The mean of shares by how often each was given.
    fn mean(&self, times: &[u32]) -> Option<Exact> {
        let given = self.shares.iter().zip(times).filter(|(_, times)| **times > 0);
        let sum: Exact = given.map(|(share, times)| share * Exact::from(*times)).sum();
        sum.checked_div(&Exact::from(times.iter().sum::<u32>()))
    }
}
