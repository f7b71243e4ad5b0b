//! How far the panel of a lot agrees: coefficients that say whom to talk to and what about. They steer a talk and never a
//! mark (METHODS 0.3).

use std::collections::BTreeMap;

use entity::mark;
use rules::agreement::{self, PanelAgreement, Ratings, Reading as Agreed};
use rules::exact::Exact;
use rules::marks::spread_steps;
use uuid::Uuid;

use super::lot::{Asked, Lot};
use super::moderation;
use super::panel::{Member, State};
use crate::kernel::{Reading, Refusal};

/// The agreement of a lot's panel.
#[derive(Clone, Debug)]
pub struct LotAgreement {
    /// The lot.
    pub lot: Lot,
    /// How many marks stand beside another one.
    pub marks: usize,
    /// Of all marks.
    pub whole: Agreed,
    /// Each panel member who has submitted, by council and name.
    pub members: Vec<MemberAgreement>,
    /// Each question, in order.
    pub questions: Vec<QuestionAgreement>,
}

/// One panel member beside the others.
#[derive(Clone, Debug)]
pub struct MemberAgreement {
    /// Who.
    pub member: Member,
    /// The agreement of the others without this one.
    pub without: Agreed,
    /// How much this one gives above the others on the same answers, in per cent of the scale.
    pub leniency: Option<Exact>,
}

/// The panel on one question.
#[derive(Clone, Debug)]
pub struct QuestionAgreement {
    /// The question's code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// The agreement on it.
    pub agreed: Agreed,
    /// On how many bids the marks lie two steps or more apart.
    pub apart: usize,
    /// The widest spread, in steps of the scale.
    pub widest: usize,
}

/// A panel member's marks of a lot, by bid and question.
type Given<'a> = BTreeMap<(Uuid, &'a str), &'a mark::Model>;

/// The agreement of a lot's panel, for those to whom its marks are open.
pub async fn of_lot(r: &Reading, procurement_id: Uuid, lot_id: Uuid) -> Result<LotAgreement, Refusal> {
    let (lot, state) = moderation::enter(r, procurement_id, lot_id).await?;
    let marks = super::mark::of_lot(r, lot.id).await?;
    let members: Vec<(Member, Given<'_>)> = given(&state, &marks);
    let ratings = |questions: &[Asked<'_>]| -> Vec<Vec<Option<Exact>>> {
        members.iter().map(|(_, given)| shares(&lot, questions, given)).collect()
    };
    let whole = panel(&ratings(&lot.questions()))?;
    let questions = lot.questions().into_iter().map(|asked| {
        let (widest, apart) = spreads(&lot, asked, &members);
        Ok(QuestionAgreement {
            code: asked.criterion.code.clone(),
            title: asked.criterion.title.clone(),
            agreed: panel(&ratings(&[asked]))?.whole,
            apart,
            widest,
        })
    });
    let questions = questions.collect::<Result<_, Refusal>>()?;
    let members = members
        .into_iter()
        .map(|(member, _)| member)
        .zip(whole.without.into_iter().zip(whole.leniency))
        .map(|(member, (without, leniency))| MemberAgreement {
            member,
            without,
            leniency: leniency.map(|share| share * Exact::hundred()),
        })
        .collect();
    Ok(LotAgreement { marks: whole.marks, whole: whole.whole, members, questions, lot })
}

fn panel(ratings: &Ratings) -> Result<PanelAgreement, Refusal> {
    agreement::panel(ratings).map_err(|fault| Refusal::internal(&fault))
}

fn given<'a>(state: &State, marks: &'a [mark::Model]) -> Vec<(Member, Given<'a>)> {
    let mut by_person: BTreeMap<Uuid, Given<'a>> = BTreeMap::new();
    for mark in marks.iter().filter(|mark| state.counts(mark.person_id, &mark.question)) {
        by_person.entry(mark.person_id).or_default().insert((mark.bid_id, mark.question.as_str()), mark);
    }
    state
        .markers()
        .map(|member| (member.clone(), by_person.remove(&member.person.id).unwrap_or_default()))
        .collect()
}

/// What each answer was given, as a share of its scale: so that questions on several scales stand beside each other.
fn shares(lot: &Lot, questions: &[Asked<'_>], given: &Given<'_>) -> Vec<Option<Exact>> {
    let of = |bid: Uuid, asked: &Asked<'_>| {
        let mark = given.get(&(bid, asked.criterion.code.as_str()))?;
        asked.scale.share(&mark.value)
    };
    questions.iter().flat_map(|asked| lot.marked_bids().map(move |bid| of(bid.id, asked))).collect()
}

/// The widest spread on a question, and on how many bids it is one for the agenda.
fn spreads(lot: &Lot, asked: Asked<'_>, members: &[(Member, Given<'_>)]) -> (usize, usize) {
    let code = asked.criterion.code.as_str();
    let steps: Vec<usize> = lot
        .marked_bids()
        .filter_map(|bid| {
            let marks = members.iter().filter_map(|(_, given)| given.get(&(bid.id, code)));
            spread_steps(asked.scale, &marks.map(|mark| &mark.value).collect::<Vec<_>>())
        })
        .collect();
    let trigger = lot.pack.method.spread_steps();
    let apart = steps.iter().filter(|steps| **steps >= trigger).count();
    (steps.into_iter().max().unwrap_or(0), apart)
}
