//! Nine people of three councils mark alone, differ, moderate and lock with links and forms only; meanwhile everybody walks
//! through every page that a link leads to, and nobody reads what is not for him or her.

use std::collections::{BTreeSet, VecDeque};

use tests::{Program, Store};

use crate::steps::bids::{OFFERS, SUPPLIERS};
use crate::steps::nine::{House, Member, Phase, judge, mark, no_price, rationale, words};
use crate::steps::pages::panel::about;
use crate::steps::pages::{Place, Seat};
use crate::steps::panel::{agreed, lot_of};
use crate::steps::people::Person;
use crate::steps::{ledger_is_whole, start};

tests::on_each_store!(a_panel_of_nine_through_pages);
async fn a_panel_of_nine_through_pages(store: Store) {
    let mut program = start(store, None).await;
    let house = House::opened(&mut program, "ICT-2027-32").await;
    let room = Room::enter(&program, &house).await;
    room.everybody_declares().await;
    for (number, (member, seat)) in room.panel.iter().enumerate() {
        room.marks(member, seat).await;
        if number == 7 {
            // Eight have handed in; the ninth is about to begin.
            room.nobody_reads_anothers(Phase::Marking, 8).await;
        }
    }
    room.nobody_reads_anothers(Phase::HandedIn, 9).await;
    room.moderates().await;
    room.nobody_reads_anothers(Phase::Moderating, 9).await;
    room.locks(0).await;
    room.prices_show_of_one_lot_only().await;
    room.locks(1).await;
    ledger_is_whole(&program);
}

/// Everybody in front of a browser.
struct Room<'a> {
    house: &'a House,
    place: Place,
    panel: Vec<(&'a Member, Seat)>,
    others: Vec<(&'static str, Seat)>,
}

impl<'a> Room<'a> {
    async fn enter(program: &Program, house: &'a House) -> Room<'a> {
        let seat = |person: &'a Person| Seat::officer(program, &person.email, "");
        let (mut panel, mut others) = (Vec::new(), Vec::new());
        for member in &house.panel {
            panel.push((member, seat(&member.person).await));
        }
        for (part, person) in &house.others {
            others.push((*part, seat(person).await));
        }
        let page = panel[0].1.get(&format!("/procurements/{}", house.tender.id)).await;
        Room { house, place: Place::of(&page), panel, others }
    }

    fn with(&self, part: &str) -> &Seat {
        &self.others.iter().find(|(word, _)| *word == part).expect("a part").1
    }

    async fn everybody_declares(&self) {
        let around = self.others.iter().filter(|(part, _)| !["observer", "officer"].contains(part));
        for seat in self.panel.iter().map(|(_, seat)| seat).chain(around.map(|(_, seat)| seat)) {
            let page = seat.get(&self.place.at("/interests")).await.is(200, "Declare interests");
            let page = SUPPLIERS.iter().fold(page, |page, name| page.says(name));
            seat.send(page.form("Declare").set("interest", "none"))
                .await
                .says("Your declaration is recorded.");
        }
    }

    /// From one answer to the next, then both sheets are handed in.
    async fn marks(&self, member: &Member, seat: &Seat) {
        for lot in 0..2 {
            let desk = seat.get(&self.place.at("/scoring")).await.is(200, "My scoring");
            let mut page = seat.follow(&desk, "Mark the next answer").await;
            for _ in 0..6 {
                let (supplier, question) = about(&page);
                assert_eq!(lot_of(question), lot, "lot by lot");
                let form = page.form("Save and next").set("value", mark(member.place, question, supplier));
                let form = form.set("explanation", &words(member, question, supplier));
                page = seat.send(form).await.says("Mark saved.");
            }
            let page = page.is(200, "My scoring");
            seat.send(page.form("Submit my marks")).await.says("Your marks are submitted.");
        }
    }

    /// Each answer is agreed by the moderator, who finds it in the queue, the widest apart first.
    async fn moderates(&self) {
        let moderator = self.with("moderator");
        let page = moderator.get(&self.place.at("/moderation")).await.is(200, "Moderation");
        let answers: Vec<String> = page.texts("th[scope=row] a");
        assert_eq!(answers.len(), 12, "{answers:?}");
        for answer in &answers {
            let queue = moderator.get(&self.place.at("/moderation")).await;
            let page = moderator.follow(&queue, answer).await.is(200, &format!("Moderate {answer}"));
            let (supplier, question) = about(&page);
            let names = page.texts("table#comments th[scope=row]");
            assert_eq!(names.len(), 9, "{}", page.whole());
            let form = page.form("Record the agreed mark").set("value", agreed(supplier, question));
            self.panel[0].1.may_not(form.clone(), 403).await;
            let form = names.iter().fold(form, |form, name| form.tick("present", name));
            let form = form.set("rationale", &rationale(question, supplier));
            let form = form.set("reference", "Answer in the workbook");
            moderator.send(form).await.is(200, "Moderation").says("The agreed mark is recorded.");
        }
    }

    async fn locks(&self, lot: usize) {
        let (moderator, code) = (self.with("moderator"), format!("L{}", lot + 1));
        let page = moderator.get(&self.place.at("/moderation")).await;
        let page = moderator.follow(&page, "Check and lock quality").await;
        let page = page.is(200, &format!("Lock the quality of lot {code}"));
        let form = page.form("Lock quality and show prices");
        self.with("approver").may_not(form.clone(), 403).await;
        moderator.send(form).await.is(200, "Results").says("Quality is locked.");
    }

    /// `marked` of the panel have marked by now.
    async fn nobody_reads_anothers(&self, phase: Phase, marked: usize) {
        for (who, seat) in self.everybody() {
            let told = walked(seat, &self.place).await;
            judge(self.house, (&who, &told), phase, marked);
            no_price(&who, &told, &[0, 1]);
        }
    }

    async fn prices_show_of_one_lot_only(&self) {
        let mut seen = 0;
        for (who, seat) in self.everybody() {
            let told = walked(seat, &self.place).await;
            no_price(&who, &told, &[1]);
            seen += usize::from(told.contains(OFFERS[0].prices[0]));
        }
        assert!(seen > 0, "the prices of the first lot show to some, so that looking for prices finds them");
    }

    /// The first and the last of the panel, and everybody around it.
    fn everybody(&self) -> impl Iterator<Item = (String, &Seat)> {
        let ends = [&self.panel[0], &self.panel[8]].into_iter();
        let panel = ends.map(|(member, seat)| (member.who(), seat));
        panel.chain(self.others.iter().map(|(part, seat)| ((*part).to_owned(), seat)))
    }
}

/// Everything on every page of the procurement that a link leads to from its overview, joined; files too.
async fn walked(seat: &Seat, place: &Place) -> String {
    let start = place.at("");
    let mut known = BTreeSet::from([start.clone()]);
    let mut next = VecDeque::from([start.clone(), place.at("/scoring"), place.at("/moderation")]);
    let mut told = String::new();
    while let Some(path) = next.pop_front() {
        let page = seat.glance(&path).await;
        assert!(page.status < 500, "{}", page.whole());
        told.push_str(&String::from_utf8_lossy(&page.body));
        if page.status != 200 {
            continue;
        }
        for link in page.attributes("a[href]", "href") {
            let path = link.split('#').next().unwrap_or_default();
            // Other views of a page hold nothing else; only a list goes on.
            let same = path.split_once('?').filter(|(_, query)| !query.contains("after="));
            let path = same.map_or(path, |(page, _)| page).to_owned();
            if path.starts_with(&start) && known.insert(path.clone()) {
                next.push_back(path);
            }
        }
    }
    assert!(known.len() > 10, "{}: {known:?}", seat.email);
    told
}
