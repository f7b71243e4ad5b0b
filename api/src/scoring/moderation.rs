//! Moderation: the panel's marks of a lot laid beside each other, the widest apart first. Spread and mean are information
//! and never the mark of record (METHODS 0.3; *Bromcom v United Learning* [2022] EWHC 3262).

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use entity::{consensus as consensus_row, mark};
use rules::exact::Exact;
use rules::marks;
use rules::words::Role;
use uuid::Uuid;

use super::answer::{self, Answer};
use super::lot::{self, Asked, Bid, Lot};
use super::panel::{self, State};
use super::{consensus, mark as own};
use crate::kernel::access::{self, Scope};
use crate::kernel::{Action, Reading, Refusal};
use crate::people::person::with_councils;
use crate::tendering::interest::standing;

/// One panel member's mark as the moderator sees it.
#[derive(Clone, Debug)]
pub struct Individual {
    /// Who marked.
    pub name: String,
    /// For which council.
    pub council: String,
    /// The mark and its explanation.
    pub mark: mark::Model,
}

/// One answer on the agenda.
#[derive(Clone, Debug)]
pub struct Item {
    /// The bid.
    pub bid: Bid,
    /// The question's code.
    pub question: String,
    /// The question's title.
    pub title: String,
    /// The marks of every panel member who counts.
    pub marks: Vec<Individual>,
    /// Marks that do not count: of members whom substitutes replaced, or to whom the question is no longer assigned. They stay
    /// for ever (DOMAIN rule 4).
    pub former: Vec<Individual>,
    /// Whether one panel member alone marks it, whose mark a second person confirms (DOMAIN rule 2).
    pub confirmed: bool,
    /// How many steps of the scale lie between the highest and the lowest.
    pub steps: Option<usize>,
    /// The highest less the lowest.
    pub spread: Option<Exact>,
    /// The mean with two digits, for information.
    pub mean: Option<String>,
    /// Whether the marks are so far apart that the panel should talk.
    pub needed: bool,
    /// The mark of record, if there is one.
    pub consensus: Option<consensus_row::Model>,
}

/// The agenda of a lot.
#[derive(Clone, Debug)]
pub struct Queue {
    /// The lot.
    pub lot: Lot,
    /// Every answer, the widest spread first, then in the order of questions and bids.
    pub items: Vec<Item>,
    /// When quality was locked, if it is.
    pub locked_at: Option<chrono::DateTime<chrono::Utc>>,
}

/// One answer with what it says.
#[derive(Clone, Debug)]
pub struct One {
    /// The lot.
    pub lot: Lot,
    /// The marks beside each other.
    pub item: Item,
    /// What the bid says.
    pub answer: Answer,
    /// When quality was locked, if it is.
    pub locked_at: Option<chrono::DateTime<chrono::Utc>>,
}

/// Whether a person sees the marks of others in a lot: a moderator as soon as all have submitted, a panel member once the
/// first mark of record shows that own marks are final.
pub(super) fn shows_marks(scope: &Scope, state: &State, person: Uuid) -> bool {
    let moderates = scope.holds(Role::Moderator) && state.open();
    let has_marked = scope.holds(Role::PanelMember) && state.submitted(person) && state.begun;
    moderates || has_marked
}

/// A lot whose marks are open to the caller.
pub(super) async fn enter(r: &Reading, procurement_id: Uuid, lot_id: Uuid) -> Result<(Lot, State), Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    let person = r.caller().person()?.id;
    if !scope.holds(Role::PanelMember) {
        scope.must_hold(Role::Moderator)?;
    }
    standing::must_be_free(r, &scope).await?;
    scope.must_stand_at(panel::OPENED)?;
    let lot = lot::one(r, &scope, lot_id).await?;
    let state = panel::state(r, &scope, &lot).await?;
    if shows_marks(&scope, &state, person) {
        return Ok((lot, state));
    }
    if state.open() {
        return Err(Refusal::forbidden(
            "The panel’s marks show to the moderator, and to panel members once moderation of this lot has begun.",
        ));
    }
    Err(not_open(&state))
}

/// Marks stay apart until every panel member who counts has submitted.
pub(super) fn not_open(state: &State) -> Refusal {
    let nobody: Vec<&str> = state.without_member().collect();
    if !state.members.is_empty() && !nobody.is_empty() {
        let detail = format!("Nobody who counts marks {}. Assign somebody.", nobody.join(", "));
        return Refusal::conflict("moderation_not_open", detail);
    }
    let waiting = state.members.iter().filter(|member| member.submitted_at.is_none()).count();
    Refusal::conflict(
        "moderation_not_open",
        format!(
            "Moderation of this lot opens when every panel member has submitted; {waiting} of {} have not.",
            state.members.len()
        ),
    )
}

/// The agenda of a lot, the widest spread first.
pub async fn queue(r: &Reading, procurement_id: Uuid, lot_id: Uuid) -> Result<Queue, Refusal> {
    let (lot, state) = enter(r, procurement_id, lot_id).await?;
    let mut found = Found::read(r, &lot, consensus::of_lot(r, lot.id).await?).await?;
    let trigger = lot.pack.method.spread_steps();
    let mut items: Vec<Item> = Vec::new();
    for asked in lot.questions() {
        for bid in lot.marked_bids() {
            items.push(found.item(bid, asked, &state, trigger));
        }
    }
    items.sort_by_key(|item| Reverse(item.steps));
    Ok(Queue { items, locked_at: state.lock.map(|lock| lock.locked_at), lot })
}

/// One answer with every panel member's mark and explanation.
pub async fn one(
    r: &Reading,
    procurement_id: Uuid,
    lot_id: Uuid,
    question: &str,
    bid_id: Uuid,
) -> Result<One, Refusal> {
    let (lot, state) = enter(r, procurement_id, lot_id).await?;
    let bid = lot.marked_bid(bid_id)?.clone();
    let mut found = Found::read(r, &lot, consensus::of_lot(r, lot.id).await?).await?;
    let item = found.item(&bid, lot.question(question)?, &state, lot.pack.method.spread_steps());
    let answer = answer::of_bid(r, &lot.pack, &bid, question).await?;
    Ok(One { item, answer, locked_at: state.lock.map(|lock| lock.locked_at), lot })
}

/// What each panel member who counts said of one answer. The caller has been let in.
pub(super) async fn individual(
    r: &Reading,
    lot: &Lot,
    state: &State,
    (bid_id, question): (Uuid, &str),
) -> Result<Vec<Individual>, Refusal> {
    let mut found = Found::read(r, lot, Vec::new()).await?;
    Ok(found.item(lot.bid(bid_id)?, lot.question(question)?, state, lot.pack.method.spread_steps()).marks)
}

/// A lot's marks and marks of record, found by bid and question.
struct Found {
    marks: BTreeMap<(Uuid, String), Vec<mark::Model>>,
    agreed: BTreeMap<(Uuid, String), consensus_row::Model>,
    /// Everybody who has marked, with name and council.
    people: BTreeMap<Uuid, (String, String)>,
}

impl Found {
    async fn read(r: &Reading, lot: &Lot, agreed: Vec<consensus_row::Model>) -> Result<Self, Refusal> {
        let marks = own::of_lot(r, lot.id).await?;
        let ids: BTreeSet<Uuid> = marks.iter().map(|mark| mark.person_id).collect();
        let people = with_councils(r, ids.into_iter().collect()).await?;
        let people = people.into_iter().map(|(person, council)| (person.id, (person.name, council)));
        let mut found = Self { marks: BTreeMap::new(), agreed: BTreeMap::new(), people: people.collect() };
        for mark in marks {
            found.marks.entry((mark.bid_id, mark.question.clone())).or_default().push(mark);
        }
        for row in agreed {
            found.agreed.insert((row.bid_id, row.question.clone()), row);
        }
        Ok(found)
    }

    fn individual(&self, mark: &mark::Model) -> Individual {
        let (name, council) = self.people.get(&mark.person_id).cloned().unwrap_or_default();
        Individual { name, council, mark: mark.clone() }
    }

    /// Takes what there is about one answer out.
    fn item(&mut self, bid: &Bid, asked: Asked<'_>, state: &State, trigger: usize) -> Item {
        let code = &asked.criterion.code;
        let place = (bid.id, code.clone());
        let marks = self.marks.remove(&place).unwrap_or_default();
        let counted: Vec<&mark::Model> = state
            .markers_of(code)
            .filter_map(|member| marks.iter().find(|mark| mark.person_id == member.person.id))
            .collect();
        let former = marks.iter().filter(|mark| !state.counts(mark.person_id, code));
        let former = former.map(|mark| self.individual(mark)).collect();
        let individual: Vec<Individual> = counted.into_iter().map(|mark| self.individual(mark)).collect();
        let texts: Vec<&str> = individual.iter().map(|individual| individual.mark.value.as_str()).collect();
        let exact: Vec<Exact> = texts.iter().filter_map(|text| text.parse().ok()).collect();
        Item {
            bid: bid.clone(),
            question: code.clone(),
            title: asked.criterion.title.clone(),
            steps: marks::spread_steps(asked.scale, &texts),
            spread: marks::spread(&exact),
            mean: marks::mean_text(&exact),
            needed: marks::moderation_needed(asked.scale, &texts, trigger),
            consensus: self.agreed.remove(&place),
            confirmed: state.members_of(code) == 1,
            marks: individual,
            former,
        }
    }
}
