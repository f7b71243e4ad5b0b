//! Scoring: interests, marks, moderation, lock, result.

use tests::Page;

use super::bids::BECAUSE;
use super::people::Team;
use super::{Place, Seat, row};
use crate::steps::panel::{MARKS, agreed, lot_of};
use crate::steps::tender::Tender;

const SUPPLIERS: [&str; 3] = crate::steps::bids::SUPPLIERS;
const EXPLANATION: &str = "What is asked for is shown on page two.";
pub const RATIONALE: &str = "The answer names people, dates and evidence of two comparable councils.";

/// Everybody with a part declares before the tender is published. One has an interest, which two others clear.
pub async fn declares_before(team: &Team, place: &Place) {
    let page = team.ada.get(&place.at("/tender")).await;
    let page = page.says("Abe Panel (Ashvale) has not declared interests").says("0 of 4 people with a part");
    team.ada.follow(&page, "Declarations of interest").await.is(200, "Declare interests");
    for seat in [&team.abe, &team.bea, &team.ada] {
        let page = seat.get("/").await.is(200, "My tasks");
        let page = seat.follow(&page, "Declare your interests").await.is(200, "Declare interests");
        seat.send(page.form("Declare").set("interest", "none")).await.says("Your declaration is recorded.");
    }
    clears(team, place, "Declare your interests").await;
}

/// Cem has an interest. Ada and Bea clear it, and neither twice.
async fn clears(team: &Team, place: &Place, task: &str) {
    let page = team.cem.get("/").await.is(200, "My tasks");
    let page = team.cem.follow(&page, task).await.is(200, "Declare interests");
    let form = page.form("Declare").set("interest", "mitigated");
    let form = form.set("detail", "A cousin works for a supplier, in another country.");
    team.cem.send(form).await.says("2 other people have cleared this; 0 have");
    for (seat, given) in [(&team.ada, "Nobody has yet."), (&team.bea, "1 has already.")] {
        let page = seat.get("/").await.is(200, "My tasks");
        let page = seat.follow(&page, "Look at the interest of Cem Partner").await;
        let page = page.is(200, "Interests of Cem Partner").says(given).is_sound();
        let page = seat
            .send(page.form("Clear this interest").set("detail", "Fine"))
            .await
            .is(422, "Interests of Cem Partner");
        assert_eq!(page.errors().len(), 1, "{}", page.whole());
        let form = page.form("Clear this interest");
        let form = form.set("detail", "The cousin has no part in this market.");
        let page = seat.send(form).await.says("The interest is cleared by you.");
        page.does_not_say("Clear this interest");
    }
    let page = team.ada.get(&place.at("/interests")).await;
    assert_eq!(row(&page, "What everybody declared", "Cem Partner")[6], "Free to take part");
}

/// Everybody with a part declares again, of the bidders whose names show; before that, nobody sees a bid.
pub async fn declares(team: &Team, place: &Place) {
    for seat in [&team.abe, &team.bea, &team.ada] {
        let page = seat.get("/").await.is(200, "My tasks");
        let page = seat.follow(&page, "Declare your interests again").await.is(200, "Declare interests");
        let page = SUPPLIERS.iter().fold(page, |page, name| page.says(name));
        let page = seat.send(page.form("Declare").set("interest", "mitigated")).await;
        let page = page.is(422, "Declare interests");
        let form = page.form("Declare");
        assert_eq!(form.value("interest"), "mitigated", "an interest is told in words; the choice is kept");
        seat.send(form.set("interest", "none")).await.says("Your declaration is recorded.");
    }
    clears(team, place, "Declare your interests again").await;
}

/// The bids' ids, in the order of [`SUPPLIERS`], as the links of the list name them.
pub async fn bids(ada: &Seat, place: &Place) -> Vec<String> {
    let page = ada.get(&place.at("/bids")).await;
    let id = |name: &str| page.link(name).path().rsplit('/').next().expect("an id").to_owned();
    SUPPLIERS.iter().map(|name| id(name)).collect()
}

/// Answers show, prices do not.
pub async fn prices_do_not_show(team: &Team, place: &Place, bids: &[String]) {
    for seat in [&team.ada, &team.abe, &team.bea] {
        for (bid, name) in bids.iter().zip(SUPPLIERS) {
            let page = seat.get(&place.at(&format!("/bids/{bid}"))).await.is(200, name);
            let page = page.says("Prices show once the quality of lot L1 is locked.");
            assert!(
                !page.html().contains("612.3456") && !page.html().contains("38.3333"),
                "{}",
                page.whole()
            );
        }
        let page = seat.get(&place.at("/compare")).await.is(200, "Compare bids");
        page.says("appear when its quality is agreed and locked").does_not_say(SUPPLIERS[0]);
    }
}

/// What bidders typed on their pages is read as their answer, with its origin and what they say of confidentiality.
pub async fn typed_answers_show(team: &Team, place: &Place, tender: &Tender, bids: &[String]) {
    for (bid, name) in bids.iter().zip(SUPPLIERS) {
        let scored = place.at(&format!("/scoring/{}/Q2/{bid}", tender.lots[0]));
        let pages = [
            team.bea.get(&scored).await.is(200, &format!("Q2 of {name}")),
            team.ada.get(&place.at(&format!("/bids/{bid}"))).await.is(200, name),
        ];
        for page in pages {
            let page =
                page.says(&format!("{name} typed this on its page.")).says("Typed on the supplier’s page");
            page.says(&format!("The bidder marked this answer as confidential, because: {BECAUSE}"));
        }
    }
}

/// Which supplier and question a page is about, by its heading: “Q1 of Northgate Digital”.
pub fn about(page: &Page) -> (usize, &'static str) {
    let heading = page.h1();
    let (question, supplier) = heading.rsplit_once(" of ").expect("a question of a supplier");
    let question = question.trim_start_matches("Moderate ");
    let at = SUPPLIERS.iter().position(|name| *name == supplier);
    let code = MARKS.iter().map(|(code, _)| *code).find(|code| *code == question);
    (at.expect("a supplier"), code.expect("a question"))
}

/// Three people mark alone, from one answer to the next; each submits a sheet for each lot.
pub async fn marks(team: &Team, place: &Place) {
    for (column, seat) in team.panel().into_iter().enumerate() {
        for lot in 0..2 {
            let desk = seat.get(&place.at("/scoring")).await.is(200, "My scoring");
            let mut page = seat.follow(&desk, "Mark the next answer").await;
            let mut marked = Vec::new();
            while page.h1() != "My scoring" {
                let (supplier, question) = about(&page);
                assert_eq!(lot_of(question), lot, "lot by lot");
                let (_, given) = MARKS.iter().find(|(code, _)| *code == question).expect("a question");
                let value = given[supplier][column];
                if marked.is_empty() {
                    page = no_mark_without_its_reasons(seat, page, value).await;
                }
                let form = page.form("Save and next").set("value", value).set("explanation", EXPLANATION);
                marked.push((supplier, question));
                page = seat.send(form).await.says("Mark saved.");
            }
            marked.sort_unstable();
            marked.dedup();
            assert_eq!(marked.len(), 6, "three bids, two questions, each once: {marked:?}");
            let page = page.says("submit them");
            seat.send(page.form("Submit my marks"))
                .await
                .is(200, "My scoring")
                .says("Your marks are submitted.");
            if column < 2 {
                let page = team.ada.get(&place.at("/moderation")).await.is(200, "Moderation");
                page.says("Marks are not open to you yet");
            }
        }
    }
    let page = team.ada.get(&place.at("/scoring/progress")).await.is(200, "Panel progress");
    assert_eq!(row(&page, "Panel members in lot L2", "Bea Partner")[3], "6 of 6");
}

/// A mark off the scale and a mark without an explanation are refused, and what was entered is kept.
async fn no_mark_without_its_reasons(seat: &Seat, page: Page, value: &str) -> Page {
    let heading = page.h1();
    let form = page.form("Save and next").set("explanation", EXPLANATION).tamper("value", "5");
    let page = seat.send(form).await.is(422, &heading);
    assert_eq!(page.form("Save and next").value("explanation"), EXPLANATION);
    let form = page.form("Save and next").set("explanation", "").set("value", value);
    let page = seat.send(form).await.is(422, &heading);
    assert_eq!(page.form("Save and next").value("value"), value);
    page
}

/// The moderator records what the panel agreed: once with a member's comment, once off the scale and refused.
pub async fn moderates(team: &Team, place: &Place) {
    let ada = &team.ada;
    let page = ada.get(&place.at("/moderation")).await.is(200, "Moderation");
    let answers: Vec<String> = page.texts("th[scope=row] a");
    assert_eq!(answers.len(), 12, "{answers:?}");
    for (number, answer) in answers.iter().enumerate() {
        let page = ada.get(&place.at("/moderation")).await;
        let page = ada.follow(&page, answer).await;
        let page = page.is(200, &format!("Moderate {answer}"));
        let (supplier, question) = about(&page);
        let page = if number == 0 {
            let form = page.form("Record the agreed mark");
            team.bea.may_not(form.clone(), 403).await;
            let page = ada.send(form.set("rationale", RATIONALE).tamper("value", "7.5")).await;
            let page = page.is(422, &format!("Moderate {answer}"));
            assert_eq!(page.form("Record the agreed mark").value("rationale"), RATIONALE);
            let page = ada.follow(&page, "Use this comment of Cem Partner").await;
            assert_eq!(page.form("Record the agreed mark").value("rationale"), EXPLANATION);
            page
        } else {
            page
        };
        let ticked = page.attributes("input[name=present][checked]", "value");
        assert!(ticked.is_empty(), "nobody is present before somebody says so: {ticked:?}");
        let form = page.form("Record the agreed mark").set("value", agreed(supplier, question));
        let form = present(&page).iter().fold(form, |form, name| form.tick("present", name));
        let form = form.set("rationale", RATIONALE).set("reference", "Answer in the workbook");
        ada.send(form).await.is(200, "Moderation").says("The agreed mark is recorded.");
    }
}

/// The names of the panel as the page lists its marks, and the moderator.
fn present(page: &Page) -> Vec<String> {
    let mut names = page.texts("table#comments th[scope=row]");
    assert_eq!(names.len(), 3, "{}", page.whole());
    names.push("Ada Lead".to_owned());
    names
}

/// Quality is locked lot by lot, from the task; then the result is computed. Gives the results as they were hashed.
pub async fn locks_and_computes(team: &Team, place: &Place, tender: &Tender) -> Vec<Vec<u8>> {
    let ada = &team.ada;
    for code in ["L1", "L2"] {
        let page = ada.get(&place.at("/moderation")).await;
        let page = ada
            .follow(&page, "Check and lock quality")
            .await
            .is(200, &format!("Lock the quality of lot {code}"));
        let form = page.form("Lock quality and show prices");
        team.cem.may_not(form.clone(), 403).await;
        ada.send(form)
            .await
            .is(200, "Results")
            .says("Quality is locked. Prices show now; compute the result.");
        let lot = tender.lots[usize::from(code == "L2")].clone();
        let page = ada.get(&place.at(&format!("/scoring/lots/{lot}/prices"))).await;
        page.is(200, &format!("Prices of lot {code}")).says("Evaluated price").says("Least");
    }
    let mut bodies = Vec::new();
    for code in ["L1", "L2"] {
        let page = ada.get("/").await;
        let page = ada.follow(&page, &format!("Compute the result of lot {code}")).await.is(200, "Results");
        let lot = usize::from(code == "L2");
        let page = ada.send(page.form(&format!("/lots/{}/result", tender.lots[lot]))).await;
        let page = page.is(200, &format!("Result of lot {code}")).says("The result is computed and stored.");
        let told = ada.follow(&page, "What would change it").await;
        let told = told.is(200, &format!("What would change the result of lot {code}"));
        assert_eq!(told.table("Who would be first without each panel member’s own marks").len(), 4);
        assert_eq!(told.table("How far each weight may go; the others change in proportion").len(), 4);
        bodies.push(ada.follow(&page, "Download the result").await.body);
    }
    let page = ada.get(&place.at("/scoring/results")).await.is(200, "Results");
    let evidence = ada.follow(&page, "Download the evidence (zip)").await;
    assert!(evidence.status == 200 && evidence.body.starts_with(b"PK"), "an archive");
    team.cem.get(&place.at("/scoring/results")).await.does_not_say("Download the evidence");
    assert_eq!(team.cem.get(&place.at("/scoring/evidence.zip")).await.status, 403);
    bodies
}
