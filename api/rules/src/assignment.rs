//! Who marks which part of a lot. A part is a top node of the criteria tree, or one question; a question is marked by those
//! who are assigned to it or to the part around it, and by the whole panel where nobody is.
//!
//! A member whom a substitute replaced marks no more in the lot: its marks stay for ever and do not count (DOMAIN rule 4).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::pack::{PackCriterion, PackLot};

/// Who marks what of a lot. The default assigns nobody: the whole panel marks everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// The parts that are assigned, in the order of the tree.
    pub parts: Vec<Part>,
    /// Whom substitutes replaced, by id, in order.
    pub replaced: Vec<String>,
}

/// A part of a lot and its members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The code of a top node, or of a question.
    pub node: String,
    /// The panel members who mark it, by id, in order.
    pub members: Vec<String>,
}

/// A top node of a lot's criteria with its questions; one that is a question itself has no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section<'a> {
    /// The top node.
    pub node: &'a PackCriterion,
    /// The questions in it, in order.
    pub questions: Vec<&'a PackCriterion>,
}

/// The sections of a lot, in order.
#[must_use]
pub fn sections(lot: &PackLot) -> Vec<Section<'_>> {
    let section = |node| {
        let mut questions = Vec::new();
        collect(node, &mut questions);
        Section { node, questions }
    };
    lot.quality.iter().map(section).collect()
}

fn collect<'a>(node: &'a PackCriterion, found: &mut Vec<&'a PackCriterion>) {
    if node.question.is_some() {
        found.push(node);
    }
    for child in &node.children {
        collect(child, found);
    }
}

/// The codes of what can be assigned, in order: each top node, and below it each of its questions.
#[must_use]
pub fn parts(lot: &PackLot) -> Vec<&str> {
    let mut codes = Vec::new();
    for section in sections(lot) {
        codes.push(section.node.code.as_str());
        let below = section.questions.iter().filter(|question| question.code != section.node.code);
        codes.extend(below.map(|question| question.code.as_str()));
    }
    codes
}

impl Assignment {
    /// Members by part in one order, whatever order they were named in; a part without members is left out.
    #[must_use]
    pub fn of(lot: &PackLot, named: &[(String, String)], replaced: &BTreeSet<String>) -> Self {
        let parts = parts(lot).into_iter().filter_map(|node| {
            let members: BTreeSet<&str> =
                named.iter().filter(|(part, _)| part == node).map(|(_, member)| member.as_str()).collect();
            let members: Vec<String> = members.into_iter().map(str::to_owned).collect();
            (!members.is_empty()).then(|| Part { node: node.to_owned(), members })
        });
        let parts: Vec<Part> = parts.collect();
        // Whoever is assigned once more is no longer replaced.
        let back = |member: &&String| parts.iter().any(|part| part.members.contains(member));
        let replaced = replaced.iter().filter(|member| !back(member)).cloned().collect();
        Self { parts, replaced }
    }

    /// The members of a part; none where it is not assigned.
    #[must_use]
    pub fn members(&self, node: &str) -> &[String] {
        self.parts.iter().find(|part| part.node == node).map_or(&[], |part| &part.members)
    }

    /// Those who are assigned to a question, by itself or by its section; nobody where the whole panel marks it.
    #[must_use]
    pub fn assigned(&self, lot: &PackLot, question: &str) -> BTreeSet<&str> {
        let around = sections(lot)
            .into_iter()
            .find(|section| section.questions.iter().any(|one| one.code == question))
            .map(|section| section.node.code.as_str());
        let of = |node: &str| self.members(node).iter().map(String::as_str);
        of(question).chain(around.into_iter().flat_map(of)).collect()
    }

    /// Whether a panel member marks a question.
    #[must_use]
    pub fn marks(&self, lot: &PackLot, question: &str, member: &str) -> bool {
        let assigned = self.assigned(lot, question);
        if assigned.is_empty() {
            return !self.replaced.iter().any(|one| one == member);
        }
        assigned.contains(member)
    }

    /// The codes of the questions that a panel member marks, in order.
    #[must_use]
    pub fn questions<'a>(&self, lot: &'a PackLot, member: &str) -> Vec<&'a str> {
        let codes = lot.questions().into_iter().map(|question| question.code.as_str());
        codes.filter(|code| self.marks(lot, code, member)).collect()
    }

    /// The same with a substitute in the place of a member, in every part.
    #[must_use]
    pub fn substituted(&self, lot: &PackLot, member: &str, substitute: &str) -> Self {
        let mut named: Vec<(String, String)> = Vec::new();
        for part in &self.parts {
            for one in &part.members {
                let one = if one == member { substitute } else { one };
                named.push((part.node.clone(), one.to_owned()));
            }
        }
        let mut replaced: BTreeSet<String> = self.replaced.iter().cloned().collect();
        replaced.insert(member.to_owned());
        replaced.remove(substitute);
        Self::of(lot, &named, &replaced)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]
mod tests {
    use super::*;
    use crate::pack::{PriceModel, Question};
    use crate::words::PriceFormula;

    fn node(code: &str, children: Vec<PackCriterion>) -> PackCriterion {
        let question = children.is_empty().then(|| Question {
            text: format!("What of {code}?"),
            scale: "0 to 5".to_owned(),
            word_limit: None,
            minimum_mark: None,
            document: false,
        });
        PackCriterion {
            id: code.to_owned(),
            code: code.to_owned(),
            title: code.to_owned(),
            weight: "50".to_owned(),
            question,
            children,
        }
    }

    /// S1 holds Q1 and, one level deeper, Q2; Q3 stands alone.
    fn lot() -> PackLot {
        PackLot {
            id: "lot".to_owned(),
            code: "L1".to_owned(),
            title: String::new(),
            description: String::new(),
            price: PriceModel::new("40", PriceFormula::LowestOverBid),
            min_quality: None,
            quality: vec![
                node("S1", vec![node("Q1", Vec::new()), node("S2", vec![node("Q2", Vec::new())])]),
                node("Q3", Vec::new()),
            ],
            schedule: Vec::new(),
        }
    }

    fn named(pairs: &[(&str, &str)]) -> Assignment {
        let pairs: Vec<_> = pairs.iter().map(|(part, who)| ((*part).to_owned(), (*who).to_owned())).collect();
        Assignment::of(&lot(), &pairs, &BTreeSet::new())
    }

    #[test]
    fn where_nobody_is_assigned_the_whole_panel_marks() {
        let nobody = Assignment::default();
        assert_eq!(nobody.questions(&lot(), "anybody"), ["Q1", "Q2", "Q3"]);
        let one = named(&[("Q1", "a")]);
        assert_eq!(one.questions(&lot(), "a"), ["Q1", "Q2", "Q3"]);
        assert_eq!(one.questions(&lot(), "b"), ["Q2", "Q3"]);
    }

    #[test]
    fn a_section_covers_its_questions_and_a_question_adds_to_it() {
        let divided = named(&[("S1", "a"), ("Q2", "b"), ("Q3", "b")]);
        assert_eq!(divided.questions(&lot(), "a"), ["Q1", "Q2"]);
        assert_eq!(divided.questions(&lot(), "b"), ["Q2", "Q3"]);
        assert!(divided.questions(&lot(), "c").is_empty());
        assert_eq!(parts(&lot()), ["S1", "Q1", "Q2", "Q3"]);
    }

    #[test]
    fn a_substitute_stands_wherever_the_member_stood() {
        let divided = named(&[("S1", "a"), ("Q3", "a"), ("Q3", "b")]);
        let after = divided.substituted(&lot(), "a", "c");
        assert_eq!(
            after,
            Assignment { replaced: vec!["a".to_owned()], ..named(&[("S1", "c"), ("Q3", "b"), ("Q3", "c")]) }
        );
        assert!(after.questions(&lot(), "a").is_empty());
        // One who stands in the same part already stands there once.
        assert_eq!(divided.substituted(&lot(), "a", "b").members("Q3"), ["b"]);
        // Nobody replaced marks with the whole panel, either.
        let whole = Assignment::default().substituted(&lot(), "a", "b");
        assert!(whole.questions(&lot(), "a").is_empty());
        assert_eq!(whole.questions(&lot(), "b").len(), 3);
        // Who is replaced comes back as a substitute, or by being assigned.
        assert!(whole.substituted(&lot(), "b", "a").questions(&lot(), "a").len() == 3);
        let replaced = BTreeSet::from(["a".to_owned()]);
        let back = Assignment::of(&lot(), &[("Q1".to_owned(), "a".to_owned())], &replaced);
        assert!(back.replaced.is_empty());
    }
}
