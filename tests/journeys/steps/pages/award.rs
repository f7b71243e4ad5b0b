//! Deciding and telling: comparison, recommendation, decisions, award, letters, standstill, signatures, history.

use rules::record::{BidResult, LotResult};
use tests::{Page, PostBox, Program};

use super::bids::BECAUSE;
use super::panel::RATIONALE;
use super::people::{Team, notices};
use super::{Place, Seat, on_day, row};
use crate::steps::bids::SUPPLIERS;
use crate::steps::clock;
use crate::steps::panel::{agreed, lot_of};
use crate::steps::tender::Tender;

/// What is decided and signed, in days: the box was opened on the day of the deadline.
const TODAY: i64 = 40;

/// What is withheld of the winner's explanation, and why.
const SENSITIVE: &str = "dates and evidence";
const GROUNDS: &str = "It tells when other councils renew, which would harm the bidder’s trade.";

fn of_lot(place: &Place, path: &str, result: &LotResult) -> String {
    place.at(&format!("{path}?lot={}", result.lot))
}

/// The comparison shows the figures of the result: rank, points, price, each council's part, each agreed mark.
pub async fn compares(seat: &Seat, place: &Place, result: &LotResult, bids: &[String]) {
    let page = seat.get(&of_lot(place, "/compare", result)).await.is(200, "Compare bids");
    let heads = page.table("Scores, price and rank of 3 bids").remove(0);
    let prices = page.table("Evaluated price of each bid by council").remove(0);
    for bid in &result.bids {
        let at = heads.iter().position(|head| head.starts_with(&bid.supplier)).expect("a column");
        let figure = |begins: &str| row(&page, "Scores, price and rank of 3 bids", begins)[at].clone();
        let price = bid.price.as_ref().expect("a price");
        let rounded =
            |points: &Option<rules::record::Points>| points.as_ref().expect("points").rounded.clone();
        assert_eq!(figure("Rank"), bid.rank.expect("a rank").to_string());
        assert_eq!(figure("Total score"), rounded(&bid.total), "{}", bid.supplier);
        assert_eq!(figure("Quality"), rounded(&bid.quality), "{}", bid.supplier);
        assert_eq!(figure("Price score"), rounded(&bid.price_points), "{}", bid.supplier);
        assert_eq!(figure("Evaluated price"), price.total.pounds(), "{}", bid.supplier);
        let at = prices.iter().position(|head| *head == bid.supplier).expect("a column");
        let paid = |begins: &str| row(&page, "Evaluated price of each bid by council", begins)[at].clone();
        for council in &price.councils {
            assert_eq!(paid(&council.name), council.price.pounds(), "{} pays {}", council.name, bid.supplier);
        }
        assert_eq!(paid("of which one-off"), price.one_off.pounds());
        marks_are_shown(&page, &heads, bid, bids);
    }
    let winner = winner(result);
    assert!(page.texts("figcaption").iter().any(|text| text.contains(&winner.supplier)), "{}", page.whole());
    let workbook = seat.follow(&page, "Export spreadsheet").await;
    assert!(workbook.body.starts_with(b"PK"), "the comparison as a workbook");
}

fn marks_are_shown(page: &Page, heads: &[String], bid: &BidResult, bids: &[String]) {
    let supplier = bids.iter().position(|id| *id == bid.bid).expect("a bid");
    // Two columns come first: question and weight.
    let at = heads.iter().position(|head| head.starts_with(&bid.supplier)).expect("a column") - 2;
    for question in ["Q1", "Q2", "Q3", "Q4"] {
        let cells = page.texts(&format!("tr#{question} td b"));
        if let Some(mark) = cells.get(at) {
            assert_eq!(mark, agreed(supplier, question), "{question} of {}", bid.supplier);
        }
    }
    let shown = page.texts("tr[id] td b").len();
    assert_eq!(shown, 6, "three bids, two questions: {}", lot_of("Q3"));
}

fn winner(result: &LotResult) -> &BidResult {
    let id = result.winner.as_ref().expect("a winner");
    result.bids.iter().find(|bid| bid.bid == *id).expect("the winner's bid")
}

/// The lead recommends the first bid and no other; each council decides by its own body; only then is there an award.
pub async fn decided(team: &Team, place: &Place, result: &LotResult) {
    let ada = &team.ada;
    let page = ada.get(&of_lot(place, "/compare", result)).await;
    let page = ada.follow(&page, "Continue to decision").await.is(200, "Decision");
    let form = page.form("Make recommendation").set("text", "Most advantageous by the published criteria.");
    let winner = winner(result);
    let loser = result.bids.iter().find(|bid| bid.bid != winner.bid).expect("another bid");
    let page = ada.send(form.tamper("bid_id", &loser.bid)).await.is(422, "Decision");
    let form = page.form("Make recommendation").set("bid_id", &winner.supplier);
    team.bea.may_not(form.clone(), 403).await;
    let page = ada.send(form).await.is(200, "Decision").says("Recommendation saved.");
    let form = page.form("Record decision");
    team.abe.may_not(form, 403).await;
    for (seat, council) in team.approvers().into_iter().zip(["Ashvale", "Brackenham", "Carrow"]) {
        decides(seat, place, result, council).await;
    }
    let page =
        ada.get(&of_lot(place, "/decision", result)).await.says("Every council that signs has decided");
    let mut page =
        ada.follow(&page, "Check and award").await.is(200, "Check the award").says(&winner.supplier);
    if winner.criteria.contains_key("Q2") {
        let marked = row(&page, &format!("Marked as confidential by {}, or withheld", winner.supplier), "Q2");
        assert!(marked[1].contains(BECAUSE) && marked[1].contains(RATIONALE), "{marked:?}");
        page = withholds(team, place, result, winner).await;
        let marked = row(&page, &format!("Marked as confidential by {}, or withheld", winner.supplier), "Q2");
        assert!(marked[1].contains(GROUNDS) && !marked[1].contains(SENSITIVE), "{marked:?}");
    } else {
        assert!(!page.html().contains("Marked as confidential by"), "{}", page.whole());
    }
    let form = page.form("Award");
    team.bea.may_not(form.clone(), 403).await;
    let page = ada.send(form.clone()).await.is(200, "Decision").says("The lot is awarded.");
    ada.may_not(form, 409).await;
    let price = winner.price.as_ref().expect("a price");
    for council in &price.councils {
        let part = row(&page, "The price by council, to the penny", &council.name);
        assert_eq!(part[1], council.price.pounds(), "the award is allocated as the result says");
    }
    assert_eq!(row(&page, "The price by council, to the penny", "Together")[1], price.total.pounds());
}

/// A passage of the winner's explanation is withheld from the others; first a wrong one, without grounds. Gives the award's
/// check page again.
async fn withholds(team: &Team, place: &Place, result: &LotResult, winner: &BidResult) -> Page {
    let ada = &team.ada;
    let base = format!("/decision/{}/withholding", result.lot);
    let page = ada.get(&place.at(&base)).await.is(200, "What the other bidders read").says(&winner.supplier);
    let page = ada.follow(&page, "Withhold passages of Q2").await;
    let form = page.form("Save");
    team.bea.may_not(form.clone().set("passages", SENSITIVE).set("grounds", GROUNDS), 403).await;
    let page = ada.send(form.clone().set("passages", "is nowhere")).await;
    assert_eq!(page.errors().len(), 2, "passage and grounds at once\n{}", page.whole());
    let form = page.form("Save").set("passages", SENSITIVE).set("grounds", GROUNDS);
    let page = ada.send(form.clone()).await.is(200, "What the other bidders read").says("of Q2 is saved.");
    let told = row(&page, "The explanations as the other bidders read them", "Q2");
    assert!(told[1].contains("names people, [withheld] of two comparable councils."), "{told:?}");
    let page_again = ada.send(form.set("passages", "two comparable councils")).await;
    assert_eq!(page_again.status, 412, "somebody was quicker\n{}", page_again.whole());
    ada.follow(&page, "Check the award").await.is(200, "Check the award")
}

/// The other bidders' letters have the grounds in the passage's place; the winner's says what they do not read.
async fn others_do_not_read_it(post: &PostBox, subject: &str, suppliers: &[Seat]) {
    let mut winners = 0;
    for seat in suppliers.iter().take(SUPPLIERS.len()) {
        let text = post.wait_for(&seat.email, subject).await.text;
        let won = text.contains("to award this lot to you.");
        winners += usize::from(won);
        assert_eq!(won, !text.contains("names people, [withheld] of two comparable councils."), "{text}");
        assert_eq!(won, text.contains(&format!("The other bidders do not read “{SENSITIVE}”")), "{text}");
        assert!(text.contains(GROUNDS), "{text}");
    }
    assert_eq!(winners, 1, "one of them wins");
}

/// A council's decision, at first without a reason and with effect before it was taken.
async fn decides(seat: &Seat, place: &Place, result: &LotResult, council: &str) {
    let page = seat.get(&of_lot(place, "/decision", result)).await.is(200, "Decision");
    let page = page.says("The award waits for this:");
    assert!(!page.html().contains("Check and award"), "{}", page.whole());
    let today = clock::day_from_now(TODAY);
    let form =
        page.form("Record decision").set("verdict", "award").set("body", "Cabinet").set("minute", "Item 7");
    let form = on_day(form.tick("key_decision", "yes"), "taken_on", &today);
    let early = on_day(form, "effective_on", &clock::day_from_now(TODAY - 1));
    let page = seat.send(early).await.is(422, "Decision");
    assert_eq!(page.errors().len(), 2, "reason and effect at once\n{}", page.whole());
    let form = page.form("Record decision");
    assert_eq!((form.value("body"), form.value("key_decision")), ("Cabinet".to_owned(), "yes".to_owned()));
    let form =
        on_day(form, "effective_on", &today).set("reason", "The most advantageous, and within our ceiling.");
    let page = seat.send(form).await.is(200, "Decision").says("Decision recorded.");
    let said = row(&page, "Decisions of the councils that sign", council);
    assert_eq!((said[2].starts_with("Award"), said[3].as_str()), (true, "Cabinet, Item 7"), "{said:?}");
}

/// Everybody is told of each lot once, in a mail of its own, and a late bidder once of all; the page says what the mail
/// server answered.
pub async fn everybody_is_told(
    post: &PostBox,
    team: &Team,
    place: &Place,
    tender: &Tender,
    suppliers: &[Seat],
) {
    let councils = ["Ashvale", "Brackenham", "Carrow"].map(notices);
    let mut addresses: Vec<&String> =
        councils.iter().chain(suppliers.iter().map(|seat| &seat.email)).collect();
    for lot in ["L1", "L2"] {
        let subject = format!("{} {lot}: ", tender.reference);
        for address in &addresses {
            post.wait_for(address, &subject).await;
        }
        let page = all_accepted(&team.ada, place, &subject, addresses.len()).await;
        for address in &addresses {
            let told = letters(&page, &subject).into_iter().filter(|row| row[0].contains(*address));
            let told: Vec<_> = told.collect();
            assert_eq!(told.len(), 1, "{address} is told once of {lot}: {told:?}");
            assert!(told[0][5].starts_with("250"), "the server's answer: {told:?}");
            assert_eq!(told[0][4], "1", "at the first try: {told:?}");
        }
        // The lot of Q2.
        if lot == "L1" {
            others_do_not_read_it(post, &subject, suppliers).await;
        }
        addresses.truncate(councils.len() + SUPPLIERS.len());
    }
    let page = team.bea.get(&place.at("/letters")).await.is(200, "Letters");
    let rows = page.table("Who was told what");
    assert!(
        rows.len() > 2 && rows[1..].iter().all(|row| row[0].contains(&councils[1])),
        "its own only: {rows:?}"
    );
    let page = team.ada.get(&place.at("/letters")).await;
    let subject = letters(&page, "L1: ").remove(0)[1].clone();
    let heading = page.texts("td a").into_iter().find(|text| subject.starts_with(text)).expect("a letter");
    let page = team.ada.follow(&page, &heading).await.is(200, &heading);
    assert!(row(&page, "Tries to hand the letter", "1")[3].starts_with("250"), "{}", page.whole());
}

fn letters(page: &Page, subject: &str) -> Vec<Vec<String>> {
    let mut rows = page.table("Who was told what");
    rows.retain(|row| row.len() == 6 && row[1].contains(subject));
    rows
}

/// The letters' page once all letters of a lot are accepted.
async fn all_accepted(ada: &Seat, place: &Place, subject: &str, count: usize) -> Page {
    for _ in 0..200 {
        let page = ada.get(&place.at("/letters")).await.is(200, "Letters");
        let rows = letters(&page, subject);
        if rows.len() == count && rows.iter().all(|row| row[3] == "Accepted by the mail server") {
            return page;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the letters “{subject}” were not all accepted");
}

/// UK6 begins the standstill, in which no signature is taken. Gives the first day on which one is, as the page says it.
pub async fn no_signature_in_the_standstill(team: &Team, place: &Place, result: &LotResult) -> String {
    let today = clock::day_from_now(TODAY);
    let page = team.ada.get(&of_lot(place, "/decision", result)).await.is(200, "Decision");
    let form = on_day(page.form("Record notice"), "published_on", &today);
    team.bea.may_not(form.clone(), 403).await;
    let page = team.ada.send(form.clone().set("working_days", "3")).await.is(422, "Decision");
    assert_eq!(page.form("Record notice").value("working_days"), "3");
    let page = team.ada.send(form).await.is(200, "Decision").says("Notice recorded: the standstill runs.");
    for seat in team.approvers() {
        let page = seat.get(&of_lot(place, "/decision", result)).await.says("No signature before");
        assert!(!page.html().contains("Record signature"), "{}", page.whole());
    }
    let dates = page.texts("dl.cl-summary dd");
    let names = page.texts("dl.cl-summary dt");
    let at =
        names.iter().position(|name| name == "Signature possible from").expect("the first day of signature");
    let day: Vec<&str> = dates[at].split(' ').take(3).collect();
    day.join(" ")
}

/// When the standstill has passed, each council signs each lot, once, and the procurement is contracted.
pub async fn signed(
    program: &mut Program,
    team: &mut Team,
    place: &Place,
    results: &[LotResult],
    from: &str,
) {
    let day = iso(from);
    let noon = clock::seconds_of(&format!("{day}T12:00:00Z"));
    clock::set_ahead(program, noon - clock::now()).await;
    team.sign_in_again(program).await;
    for (seat, council) in team.approvers().into_iter().zip(["Ashvale", "Brackenham", "Carrow"]) {
        for result in results {
            let page = seat.get(&of_lot(place, "/decision", result)).await;
            let page = seat.follow(&page, "Record signature").await.is(200, "Check the signature");
            let page = seat.send(page.form("Record signature")).await.is(422, "Check the signature");
            assert_eq!(page.errors().len(), 2, "day and tick at once\n{}", page.whole());
            let form = page.form("Record signature").tick("confirmed", "yes");
            let early = on_day(form, "signed_on", &clock::day_from_now(TODAY + 1));
            let page = seat.send(early).await.is(422, "Check the signature").says("The standstill ran until");
            let page = seat.send(on_day(page.form("Record signature"), "signed_on", &day)).await;
            let page = page.is(200, "Decision").says("Signature recorded.");
            assert_eq!(row(&page, "Decisions of the councils that sign", council)[6], from);
            assert!(!page.html().contains("Record signature"), "once\n{}", page.whole());
        }
    }
    let page = team.ada.get(&place.at("")).await.is(200, "End-user services").says("Contracted");
    assert!(page.texts("ol.cl-tasks strong").iter().all(|state| state == "Done"), "{}", page.whole());
}

/// A day as the pages write it, `4 January 2027`, as machines write it.
fn iso(day: &str) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let parts: Vec<&str> = day.split(' ').collect();
    let [day, month, year] = parts[..] else { panic!("{day} is no day") };
    let month = MONTHS.iter().position(|name| *name == month).expect("a month") + 1;
    format!("{year}-{month:02}-{day:0>2}")
}

/// The history holds every change, numbered without a gap, with who made it.
pub async fn history_is_whole(seat: &Seat, place: &Place) {
    let mut page = seat.get(&place.at("/history")).await.is(200, "History");
    let (mut numbers, mut said) = (Vec::new(), Vec::new());
    loop {
        let rows = page.table("Changes, newest first");
        said.extend(rows.into_iter().skip(1).map(|row| format!("{}: {}", row[2], row[1])));
        for link in page.texts("details .cl-mono:last-child") {
            let number = link.split(" · ").next().and_then(|number| number.parse::<u32>().ok());
            numbers.push(number.unwrap_or_else(|| panic!("{link} has no number")));
        }
        if page.attributes("a[rel=next]", "href").is_empty() {
            break;
        }
        page = seat.follow(&page, "Next page").await.is(200, "History");
    }
    let first = *numbers.first().expect("changes");
    assert_eq!(numbers, (1..=first).rev().collect::<Vec<_>>(), "no change is missing");
    assert_eq!(said.len(), numbers.len(), "each has its number");
    for who in ["Ada Lead, Ashvale: ", "Bea Partner, Brackenham: ", "Cem Partner, Carrow: ", SUPPLIERS[0]] {
        assert!(said.iter().any(|line| line.starts_with(who)), "{who} did something: {said:#?}");
    }
}
