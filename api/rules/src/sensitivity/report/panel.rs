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
    /// Who would be first; nothing where an answer would be left without any mark.
    pub first: Option<Vec<String>>,
    /// Whether that is not who is first by everybody's marks.
    pub changes: bool,
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

/// What own marks say; nothing where there are none, or not of every answer of a ranked bid.
pub(super) fn of(case: &Case<'_>, marks: &[MemberMark]) -> Option<OwnMarks> {
    let own = Own::of(case, marks);
    let all = own.first(|_, _| true).filter(|first| !first.is_empty())?;
    let members: BTreeSet<&str> = marks.iter().map(|mark| mark.member.as_str()).collect();
    let councils: BTreeSet<&str> = marks.iter().map(|mark| mark.council.as_str()).collect();
    let without = |id: &str, first: Option<Vec<String>>| Without {
        id: id.to_owned(),
        changes: first.as_ref().is_some_and(|first| *first != all),
        first,
    };
    let members = members.into_iter().map(|id| without(id, own.first(|member, _| member != id)));
    let councils = councils.into_iter().map(|id| without(id, own.first(|_, council| council != id)));
    Some(OwnMarks {
        without_members: members.collect(),
        without_councils: councils.collect(),
        first: all.clone(),
    })
}

impl<'c, 'm> Own<'c, 'm> {
    fn of(case: &'c Case<'c>, marks: &'m [MemberMark]) -> Self {
        let scale = |name: &str| case.pack.scales.iter().find(|scale| scale.name == name);
        let asked = case.lot.questions().into_iter();
        let scales: BTreeMap<&str, &Scale> = asked
            .filter_map(|node| Some((node.code.as_str(), scale(&node.question.as_ref()?.scale)?)))
            .collect();
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

    /// Who is first by the marks of those who are kept; nothing where an answer of a ranked bid has none left.
    fn first(&self, keep: impl Fn(&str, &str) -> bool) -> Option<Vec<String>> {
        let questions = self.case.lot.questions();
        let mut bids = self.case.bids.clone();
        for bid in self.case.ranked() {
            let mut quality = Exact::zero();
            for node in &questions {
                let answer = self.answers.get(&(node.code.as_str(), bid.bid.as_str()))?;
                let weight = &bid.criteria.get(&node.code)?.weight_of_total;
                quality += weight * self.mean_of_councils(answer, &keep)?;
            }
            for ranked in bids.iter_mut().filter(|ranked| ranked.id == bid.bid) {
                ranked.quality = Some(quality.clone());
            }
        }
        Some(first(&self.case.rank(&bids)?))
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
        let mean = means.iter().sum::<Exact>().checked_div(&count(means.len()));
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

fn count(things: usize) -> Exact {
    Exact::from(i64::try_from(things).unwrap_or(i64::MAX))
}
