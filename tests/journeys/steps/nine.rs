//! A panel of nine in three councils, and the people around it who each have one part and no other.

use serde_json::json;
use tests::{Program, Rest};

use super::bids::{OFFERS, SUPPLIERS, Supplier, invited, opened, submits};
use super::panel::MARKS;
use super::people::{Council, Person, council, officer};
use super::tender::{Tender, published};
use super::{Cast, panel};

/// A panel member, with the place among the nine.
#[derive(Clone, Debug)]
pub struct Member {
    pub name: String,
    pub council: String,
    pub person: Person,
    pub place: usize,
}

/// Everybody, after the opening.
pub struct House {
    pub cast: Cast,
    pub tender: Tender,
    pub bids: Vec<String>,
    /// Three of Ashvale, three of Brackenham, three of Carrow.
    pub panel: Vec<Member>,
    /// People with one part each, by its word; `officer` has none.
    pub others: Vec<(&'static str, Person)>,
    /// A council's own system with a key that reads.
    pub key: Rest,
    pub suppliers: Vec<Supplier>,
    /// Of a council that does not take part.
    pub stranger: Person,
}

/// What a member writes about an answer; no two write the same.
pub fn words(member: &Member, question: &str, supplier: usize) -> String {
    format!("{} of {} finds page {} telling for {question}.", member.name, member.council, supplier + 2)
}

/// What the panel agrees on about an answer; no two are the same.
pub fn rationale(question: &str, supplier: usize) -> String {
    format!("Agreed of {question} for tender {}: people, dates and evidence are named.", supplier + 1)
}

/// The mark that a member gives: the nine differ on every answer.
pub fn mark(place: usize, question: &str, supplier: usize) -> &'static str {
    let number = question.trim_start_matches('Q').parse::<usize>().expect("a number");
    ["4", "8", "10"][(place + number + supplier) % 3]
}

/// What may be known of a lot when somebody looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub enum Phase {
    /// Not everybody has handed in.
    Marking,
    /// All have; nothing is agreed yet.
    HandedIn,
    /// The panel agrees.
    Moderating,
}

/// Whether somebody reads the words of a panel member by the rules (DOMAIN rule 4; blind marking).
fn may_read(who: &str, author: &Member, phase: Phase) -> bool {
    who == author.who() || (phase >= Phase::HandedIn && who == "moderator") || may_read_agreed(who, phase)
}

/// Whether somebody reads what the panel agreed before it is locked.
fn may_read_agreed(who: &str, phase: Phase) -> bool {
    phase == Phase::Moderating && (who == "moderator" || who.starts_with("panel member"))
}

/// Holds everything that somebody was told to what may be read in a phase. The first `marked` of the panel have marked.
#[track_caller]
pub fn judge(house: &House, (who, told): (&str, &str), phase: Phase, marked: usize) {
    for author in &house.panel {
        let answers =
            MARKS.iter().flat_map(|(question, _)| (0..SUPPLIERS.len()).map(move |at| (question, at)));
        let read = answers.filter(|(question, at)| told.contains(&words(author, question, *at))).count();
        let shows = author.place < marked && may_read(who, author, phase);
        let expected = if shows { MARKS.len() * SUPPLIERS.len() } else { 0 };
        assert_eq!(read, expected, "{who} reads {read} explanations of {} while {phase:?}", author.name);
    }
    let agreed = told.contains("people, dates and evidence are named");
    assert_eq!(agreed, may_read_agreed(who, phase), "{who} and what was agreed while {phase:?}");
}

/// Nobody reads a unit price of these lots: the second line is of the second lot, the others are of the first. A bidder knows
/// its own, and no other's.
#[track_caller]
pub fn no_price(who: &str, told: &str, lots: &[usize]) {
    for (supplier, offer) in OFFERS.iter().enumerate().skip(usize::from(who == "bidder")) {
        for (line, price) in offer.prices.iter().enumerate() {
            // Only prices that nothing else looks like.
            if lots.contains(&usize::from(line == 1)) && price.len() >= 6 {
                assert!(!told.contains(price), "{who} reads the price {price} of {}", SUPPLIERS[supplier]);
            }
        }
    }
}

impl Member {
    /// How a panel member is called among those who look.
    pub fn who(&self) -> String {
        format!("panel member {}", self.place + 1)
    }
}

impl House {
    /// From an empty database to open bids; the panel has not declared yet.
    pub async fn opened(program: &mut Program, reference: &str) -> Self {
        let cast = Cast::enter(program, None).await;
        let tender = published(&cast, reference).await;
        let mut suppliers = Vec::new();
        for (name, offer) in SUPPLIERS.into_iter().zip(OFFERS) {
            let supplier = invited(program, None, &cast, &tender, name).await;
            submits(&tender, &supplier, offer).await;
            suppliers.push(supplier);
        }
        opened(program, &cast, &tender).await;
        let bids = panel::bids_of(&cast, &tender, &SUPPLIERS).await;
        let key = json!({"name": "reads", "for_council": true, "scopes": ["read"], "days": 30});
        let secret = cast.cem.rest.post("/api/v1/keys").json(&key).await.expect(201).string("/secret");
        let stranger = council(program, &cast.site, None, "Dunmere").await.administrator;
        let mut house = Self {
            panel: Vec::new(),
            others: Vec::new(),
            key: Rest::new(program).bearer(&secret),
            cast,
            tender,
            bids,
            suppliers,
            stranger,
        };
        house.panel = house.nine(program).await;
        house.others = house.around(program).await;
        house
    }

    async fn nine(&self, program: &Program) -> Vec<Member> {
        let cast = &self.cast;
        let seats = [
            (&cast.ashvale, "Abe Panel", Some(&cast.abe)),
            (&cast.brackenham, "Brackenham Administrator", Some(&cast.bea)),
            (&cast.carrow, "Carrow Administrator", Some(&cast.cem)),
            (&cast.ashvale, "Ivy Panel", None),
            (&cast.brackenham, "Jon Panel", None),
            (&cast.carrow, "Kit Panel", None),
            (&cast.ashvale, "Lou Panel", None),
            (&cast.brackenham, "Mia Panel", None),
            (&cast.carrow, "Ned Panel", None),
        ];
        let mut members = Vec::new();
        for (place, (council, name, known)) in seats.into_iter().enumerate() {
            let person = match known {
                Some(person) => person.clone(),
                None => self.with_part(program, council, name, Some("panel_member")).await,
            };
            let (name, council) = (name.to_owned(), council.name.clone());
            members.push(Member { name, council, person, place });
        }
        members
    }

    async fn around(&self, program: &Program) -> Vec<(&'static str, Person)> {
        let mut others = Vec::new();
        for (part, name) in [
            ("coordinator", "Cora Only"),
            ("moderator", "Moe Only"),
            ("opener", "Ona Only"),
            ("approver", "Pru Only"),
            ("observer", "Oz Only"),
        ] {
            others.push((part, self.with_part(program, &self.cast.ashvale, name, Some(part)).await));
        }
        others.push(("officer", self.with_part(program, &self.cast.ashvale, "Olga None", None).await));
        others
    }

    async fn with_part(
        &self,
        program: &Program,
        council: &Council,
        name: &str,
        part: Option<&str>,
    ) -> Person {
        let person = officer(program, council, None, name).await;
        if let Some(part) = part {
            let role = json!({"person_id": person.id, "role": part});
            self.cast.ada.rest.post(&self.tender.at("/roles")).json(&role).await.expect(201);
        }
        person
    }

    /// The person with one part.
    pub fn with(&self, part: &str) -> &Person {
        &self.others.iter().find(|(word, _)| *word == part).expect("a part").1
    }

    /// Everybody who has a declaration to make and is no panel member.
    pub fn around_the_panel(&self) -> Vec<&Person> {
        let others = self.others.iter().filter(|(part, _)| !["observer", "officer"].contains(part));
        others.map(|(_, person)| person).chain([&self.cast.ada]).collect()
    }
}
