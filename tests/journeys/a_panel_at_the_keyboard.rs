//! A panel member marks a lot in real Chromium with nothing but the keyboard: for each mark its digit and its text. What is half
//! written is there again after the window was closed.

use std::time::Duration;

use fantoccini::Locator;
use fantoccini::elements::Element;
use serde_json::json;
use tests::{Browser, Store};

use crate::steps::bids::{OFFERS, SUPPLIERS, invited, opened, submits};
use crate::steps::panel;
use crate::steps::tender::published;
use crate::steps::{Cast, start};

/// Ctrl and Enter, and the release of both.
const CTRL_ENTER: &str = "\u{e009}\u{e007}\u{e000}";
const WHY: &str = "Page two names dates and people.";

tests::in_chromium!(a_panel_at_the_keyboard);
async fn a_panel_at_the_keyboard(store: Store) {
    let mut program = start(store, None).await;
    let mut cast = Cast::enter(&program, None).await;
    let tender = published(&cast, "ICT-2027-47").await;
    for (name, offer) in SUPPLIERS.into_iter().zip(OFFERS) {
        let supplier = invited(&program, None, &cast, &tender, name).await;
        submits(&tender, &supplier, offer).await;
    }
    opened(&mut program, &cast, &tender).await;
    cast.sign_in_again(&program).await;
    panel::declares(&cast, &tender).await;
    let browser = Browser::open(program.base()).await;
    browser.take_cookies(&cast.abe.pages).await;
    let desk = format!("/procurements/{}/scoring", tender.id);

    browser.go(&desk).await;
    browser.follow("Mark the next answer").await;
    browser.is_accessible().await;
    // A draft is kept a moment after the last key, and offered again.
    focused(&browser).await.send_keys("8").await.expect("a digit");
    focused(&browser).await.send_keys("Page two na").await.expect("a text");
    said(&browser, "[data-kept]", "Draft saved.").await;
    let half_written = browser.client.current_url().await.expect("an address").to_string();
    browser.go(&desk).await;
    browser.go(&half_written).await;
    said(&browser, ".cl-inset", "It is no mark until you save it.").await;
    browser.is_accessible().await;
    let area = browser.find("textarea[name=explanation]").await;
    assert_eq!(area.prop("value").await.expect("a value").as_deref(), Some("Page two na"));
    let marks = cast.abe.rest.all(&tender.lot(0, "/marks")).await;
    assert!(marks.is_empty(), "a draft is no mark: {marks:#?}");
    browser.fill("explanation", WHY).await;
    area.send_keys(CTRL_ENTER).await.expect("the keys");

    // For every other answer the digit, the text, and the keys that go on. A mark of two digits is two digits.
    for (number, mark) in ["4", "10", "8", "0", "10"].into_iter().enumerate() {
        let left = format!("{} of 6 answers left", 5 - number);
        said(&browser, "main, .cl-head, body", &left).await;
        focused(&browser).await.send_keys(mark).await.expect("the digits");
        wait_for_explanation(&browser).await;
        focused(&browser).await.send_keys(WHY).await.expect("the text");
        focused(&browser).await.send_keys(CTRL_ENTER).await.expect("the keys");
    }
    said(&browser, "body", "All answers of this lot are marked: submit them.").await;
    assert_eq!(browser.h1().await, "My scoring");
    let marks = cast.abe.rest.all(&tender.lot(0, "/marks")).await;
    let mut values: Vec<&str> = marks.iter().map(|mark| mark["value"].as_str().expect("a mark")).collect();
    values.sort_unstable();
    assert_eq!(values, ["0", "10", "10", "4", "8", "8"]);
    assert!(marks.iter().all(|mark| mark["explanation"] == WHY && mark["version"] == json!(1)), "{marks:#?}");

    // Like beside like, and the division of the panel, stand up to axe as well.
    browser.go(&half_written).await;
    said(&browser, "a", "Compare with the other answers you have marked").await;
    browser.go(&format!("{half_written}/compare")).await;
    said(&browser, "h2", "my mark").await;
    browser.is_accessible().await;
    browser.go(&format!("{desk}/lots/{}/sheet", tender.lots[1])).await;
    browser.is_accessible().await;
    browser.take_cookies(&cast.ada.pages).await;
    for place in ["assignments", "scoring/progress"] {
        browser.go(&format!("/procurements/{}/{place}", tender.id)).await;
        browser.is_accessible().await;
    }
}

/// What has the focus.
async fn focused(browser: &Browser) -> Element {
    browser.client.active_element().await.expect("something has the focus")
}

/// Waits until an element says this.
async fn said(browser: &Browser, selector: &str, text: &str) {
    for _ in 0..100 {
        if let Ok(found) = browser.client.find_all(Locator::Css(selector)).await {
            for element in found {
                if element.text().await.is_ok_and(|told| told.contains(text)) {
                    return;
                }
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{selector} never says “{text}”: {}", browser.script("return document.body.innerText").await);
}

/// Waits until the explanation has the focus.
async fn wait_for_explanation(browser: &Browser) {
    for _ in 0..50 {
        if browser.script("return document.activeElement.name").await == json!("explanation") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the explanation never has the focus");
}
