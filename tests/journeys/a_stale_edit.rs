//! Two people edit the same thing. Whoever saves second sees both sides, keeps what was entered, and writes over nothing
//! unseen.

use serde_json::json;
use tests::{Page, Store, Visitor};

use crate::steps::people::officer;
use crate::steps::pool::pooled;
use crate::steps::tender::set_up;
use crate::steps::{Cast, at, ledger_is_whole, pool, start};

/// A field with what the first person enters, how the page then says it, and what the second enters.
type Edit<'a> = (&'a str, &'a str, &'a str, &'a str);

/// Opens a page for each of two people, saves the first one's form, and gives the second one's refusal: 412, what stands
/// now, and the form as it was filled in.
async fn both_edit(
    (first, second): (&Visitor, &Visitor),
    (path, button): (&str, &str),
    (field, one, shown, other): Edit<'_>,
) -> Page {
    let (here, there) = (first.get(path).await.is_sound(), second.get(path).await.is_sound());
    let heading = there.h1();
    is_done(&first.send(here.form(button).set(field, one)).await);
    let page = second.send(there.form(button).set(field, other)).await.is(412, &heading).is_sound();
    assert_eq!(page.errors().len(), 1, "{}", page.whole());
    assert_eq!(page.form(button).value(field), other, "what was entered is kept\n{}", page.whole());
    let stands = page.texts("dl.cl-summary dd");
    assert!(stands.iter().any(|value| value == shown), "“{shown}” stands now: {stands:?}");
    page.says("As it stands now")
}

/// The page tells what was just done.
#[track_caller]
fn is_done(page: &Page) {
    let told = page.texts(".cl-notice[role=status]");
    assert!(page.status == 200 && told.len() == 1, "nothing was done\n{}", page.whole());
}

tests::on_sqlite!(a_stale_edit_while_pooling);
async fn a_stale_edit_while_pooling(store: Store) {
    let program = start(store, None).await;
    let cast = Cast::enter(&program, None).await;
    let ben = officer(&program, &cast.brackenham, None, "Ben Officer").await;
    let id = pool::opens(&cast, "ICT-2027-10").await;
    pool::joins(&cast, &id).await;
    pool::requirements_come_in(&cast, &id).await;
    pool::demand_comes_in(&cast, &id).await;
    let (bea, ben) = (&cast.bea.pages, &ben.pages);

    // A requirement, by two officers of one council.
    let mine = bea.get(&format!("/procurements/{id}/requirements/mine")).await;
    let path = mine.link("R2").path().to_owned();
    let (one, other) = ("Two sites, both of them", "Two sites and a depot");
    let edit = ("text", one, one, other);
    let page = both_edit((bea, ben), (&path, "Save requirement"), edit).await;
    is_done(&ben.send(page.form("Save requirement")).await);
    assert_eq!(bea.get(&path).await.form("Save requirement").value("text"), other, "both sides were seen");

    // The council's own part.
    let path = format!("/procurements/{id}/partners/own");
    let edit = ("ceiling_net", "310000.00", "£310,000.00", "320000.00");
    both_edit((bea, ben), (&path, "Save our council’s part"), edit).await;

    // Volumes are refused cell by cell: a cell that nobody else changed meanwhile is no matter.
    let path = format!("/procurements/{id}/demand");
    let (here, there) = (bea.get(&path).await, ben.get(&path).await);
    is_done(&bea.send(here.form("Save volumes").set("v-P01-1", "21")).await);
    let page =
        ben.send(there.form("Save volumes").set("v-P01-1", "22").set("v-P02-1", "7")).await.is(422, "Demand");
    let page = page.says("Somebody has changed this to 21");
    let form = page.form("Save volumes");
    assert_eq!((form.value("v-P01-1"), form.value("v-P02-1")), ("22".to_owned(), "7".to_owned()));
    is_done(&ben.send(form).await);
    let there = ben.get(&path).await;
    is_done(&bea.send(bea.get(&path).await.form("Save volumes").set("v-P02-2", "9")).await);
    is_done(&ben.send(there.form("Save volumes").set("v-P02-3", "8")).await);
    let kept = bea.get(&path).await.form("Save volumes");
    let kept = ["v-P01-1", "v-P02-1", "v-P02-2", "v-P02-3"].map(|name| kept.value(name));
    assert_eq!(kept, ["22", "7", "9", "8"], "nothing is lost");
    ledger_is_whole(&program);
}

tests::on_sqlite!(a_stale_edit_of_the_tender);
async fn a_stale_edit_of_the_tender(store: Store) {
    let program = start(store, None).await;
    let cast = Cast::enter(&program, None).await;
    let id = pooled(&cast, "ICT-2027-11").await;
    let lots = set_up(&cast, &id).await;
    let role = json!({"person_id": cast.abe.id, "role": "coordinator"});
    cast.ada.rest.post(&at(&id, "/roles")).json(&role).await.expect(201);
    let (ada, abe) = (&cast.ada.pages, &cast.abe.pages);
    let tender = format!("/procurements/{id}/tender");

    crate::steps::tender::set_deadline(&cast.ada.rest, &id, 40).await;
    let criteria = ada.get(&format!("{tender}/criteria")).await;
    let scales = ada.get(&format!("{tender}/scales")).await;
    let (criterion, scale) = (criteria.link("Q1 Question Q1"), scales.link("Change the scale"));
    let lot = format!("{tender}/lots/{}", lots[0]);
    for (path, button, edit) in [
        (format!("/procurements/{id}/settings"), "Save particulars", ("title", "Desk", "Desk", "All of it")),
        (lot, "Save lot", ("title", "Laptops", "Laptops", "Computers")),
        (criterion.path().to_owned(), "Save criterion", ("word_limit", "300", "300", "400")),
        (format!("{tender}/method"), "Save method", ("decimals", "3", "3", "4")),
        (scale.path().to_owned(), "Save scale", ("marks/0/descriptor", "Nothing.", "Nothing.", "No answer.")),
    ] {
        let page = both_edit((ada, abe), (&path, button), edit).await;
        is_done(&abe.send(page.form(button)).await);
        let (field, .., other) = edit;
        assert_eq!(ada.get(&path).await.form(button).value(field), other, "{path}: both sides were seen");
    }
    ledger_is_whole(&program);
}
