//! Bidding: a link by verified mail or invitation, workbook, findings, submission, receipt; the tender box is opened.

use importers::bid_template::{FilledBid, PriceEntry, filled};
use rules::pack::Pack;
use tests::{Page, PostBox, Program};

use super::people::Team;
use super::{Place, Seat, row};
use crate::steps::bids::{OFFERS, Offer, workbook};
use crate::steps::clock;
use crate::steps::people::slug;
use crate::steps::tender::Tender;

/// Where a supplier is written to.
fn address(name: &str) -> String {
    format!("bids@{}.example", slug(name))
}

/// A supplier finds the tender and asks for a link; it comes to the address that it gave.
pub async fn asks_for_a_link(
    program: &Program,
    post: &PostBox,
    tender: &Tender,
    pack: &Pack,
    name: &str,
) -> Seat {
    let (nobody, email) = (Seat::nobody(program), address(name));
    let page = nobody.get("/").await.is(200, "Councils buy ICT together");
    let page = nobody.follow(&page, &pack.title).await.is(200, &pack.title);
    assert_eq!(page.path(), format!("/tenders/{}", tender.reference));
    let page = page.says(&pack.hash().expect("a hash")).says("Q2").says("terms.pdf");
    let wrong = page.form("Send me a link").set("supplier", name).set("email", "bids");
    let page = nobody.send(wrong).await.is(422, &pack.title);
    assert_eq!(page.form("Send me a link").value("supplier"), name);
    let page = nobody.send(page.form("Send me a link").set("email", &email)).await;
    page.is(200, &pack.title).says("A link is on its way to this address.");
    uses_the_link(nobody, post, tender, name).await
}

/// The coordinator invites a supplier; others may not.
pub async fn is_invited(
    program: &Program,
    post: &PostBox,
    team: &Team,
    place: &Place,
    tender: &Tender,
    name: &str,
) -> Seat {
    let page = team.ada.get(&place.at("/bids")).await.is(200, "Bids").says("Bids are sealed until");
    let page = team.ada.follow(&page, "Invitations").await.is(200, "Invitations");
    let form = page.form("Invite").set("supplier", name).set("email", &address(name));
    team.bea.may_not(form.clone(), 403).await;
    let page = team.ada.send(form).await.is(200, "Invitations");
    let page = page.says(&format!("{name} is sent a link by mail."));
    assert_eq!(row(&page, "Invitations", name)[4], "Link sent");
    uses_the_link(Seat::nobody(program), post, tender, name).await
}

/// The link works once.
async fn uses_the_link(nobody: Seat, post: &PostBox, tender: &Tender, name: &str) -> Seat {
    nobody.get("/supplier").await.is(401, "Open your link to bid");
    let link = post.wait_for(&address(name), &tender.reference).await.link("/supplier/claim");
    let page = nobody.get(&link).await.is(200, "Your link to bid");
    let form = page.form("Use my link");
    let page = nobody.send(form.clone()).await.is(200, "You can bid now");
    nobody.may_not(form, 409).await;
    let supplier = nobody.become_known(&address(name), name);
    supplier.follow(&page, "Go to your bid").await.is(200, "Your bid").says("Nothing uploaded yet");
    supplier
}

/// Downloads the workbook and the tender's documents, uploads it filled in, at first with a price that is no price.
pub async fn uploads(supplier: &Seat, pack: &Pack, offer: Offer) {
    let hash = pack.hash().expect("a hash");
    let page = supplier.get("/supplier").await.is(200, "Your bid");
    let blank = supplier.follow(&page, "Download the bid workbook").await;
    assert!(blank.body.starts_with(b"PK"), "the blank workbook is a workbook");
    let terms = supplier.follow(&page, "terms.pdf").await;
    assert_eq!(terms.body, b"%PDF-1.4 terms", "the documents are there for everybody");

    let page = supplier.send(page.form("Upload and check")).await.is(422, "Your bid");
    let mut careless = FilledBid { supplier: supplier.who.clone(), ..FilledBid::default() };
    careless.prices.insert("P01".to_owned(), PriceEntry::text("POA"));
    let bytes = filled(pack, &hash, &careless).expect("a workbook");
    let form = page.form("Upload and check").attach("file", "bid.xlsx", bytes);
    let page = supplier.send(form).await.is(200, "Check my file").says("There are errors.");
    let finding = page.table("Findings").into_iter().find(|finding| finding[2] == "POA");
    let finding = finding.unwrap_or_else(|| panic!("no finding\n{}", page.whole()));
    assert!(finding[0].starts_with("Prices!") && finding[1] == "Error", "{finding:?}");
    let page = supplier.follow(&page, "Check and submit").await.is(200, "Check and submit");
    let page = supplier.send(page.form("Submit this bid")).await.is(422, "Check and submit");
    assert!(page.form("Submit this bid").has("findings_confirmed"), "{}", page.whole());

    let page = supplier.get("/supplier").await;
    let bytes = workbook(pack, &hash, &supplier.who, offer);
    let page = supplier.send(page.form("Upload and check").attach("file", "bid.xlsx", bytes)).await;
    let page = page.is(200, "Check my file").says("Your workbook was read without errors.");
    let page = page.says("Nothing was found that needs your attention.");
    assert_eq!(row(&page, "What was understood", "L1")[1..3], ["2 of 2", "2 of 2"]);

    let page = supplier.follow(&page, "Your bid").await;
    let document = format!("%PDF-1.4 {}", offer.words);
    let unasked = page.form("Upload document").attach("document", "method.pdf", document.clone());
    let page = supplier.send(unasked).await.is(422, "Your bid");
    let form = page.form("Upload document").set("question", "Q1").attach("document", "method.pdf", document);
    supplier.send(form).await.is(200, "Your bid").says("Your document for Q1 is uploaded.");
}

/// The reason that suppliers give why their typed answer is confidential.
pub const BECAUSE: &str = "It names our subcontractors.";

/// What a supplier types as its answer to Q2.
pub fn typed(supplier: &str) -> String {
    format!("{supplier} typed this on its page.\n\nIn two paragraphs.")
}

/// Types the answer to Q2: too long and without the reason at first, then as it should be; a second window is told.
pub async fn types_an_answer(supplier: &Seat) {
    let page = supplier.get("/supplier").await.is(200, "Your bid");
    let page = supplier.follow(&page, "Type long answers, and mark what is confidential").await;
    let page = supplier.follow(&page.is(200, "Your answers"), "Q2").await.is(200, "Answer Q2");
    let before = page.form("Save");
    let long = vec!["word"; 201].join(" ");
    let page = supplier.send(before.clone().set("text", &long).tick("confidential", "yes")).await;
    let page = page.is(422, "Answer Q2").says("This has 201 words, and the limit is 200. Shorten it by 1.");
    assert_eq!(page.errors().len(), 2, "the length and the reason at once\n{}", page.whole());
    assert_eq!(page.form("Save").value("text"), long, "what was typed is kept");
    let form = page.form("Save").set("text", &typed(&supplier.who)).set("confidential_because", BECAUSE);
    let page = supplier.send(form).await.is(200, "Your answers").says("Your answer to Q2 is saved");
    let listed = row(&page, "Questions of lot L1", "Q2");
    assert!(listed[2].contains("Confidential"), "{listed:?}");
    assert!(listed[3].starts_with("The text typed here counts. The one in the workbook, "), "{listed:?}");
    let page = supplier.send(before.set("text", "From another window.")).await.is(412, "Answer Q2");
    page.says("As it stands now").says("typed this on its page.");

    let page = supplier.get("/supplier/check").await.is(200, "Check my file");
    let page = page
        .says("The answer that was typed on the page counts; the one in this cell is not part of the bid.");
    assert_eq!(row(&page, "Answers of lot L1", "Q2")[3], "Typed on your page");
    let price = row(&page, "Prices of lot L1", "P01");
    assert!(price[6].starts_with("Prices!") && price[5].starts_with('£'), "cell and line total: {price:?}");
    let text = supplier.get("/supplier/answers/Q2/text").await;
    assert_eq!(text.body, typed(&supplier.who).into_bytes(), "the same text comes back as a file");
    let page = supplier.get("/supplier/submit").await.is(200, "Check and submit");
    assert_eq!(row(&page, "Answers typed on your page", "Q2")[0], "Q2");
    page.says("Q2: The answer is confidential, because: It names our subcontractors.");
}

/// After a submission only what differs from it is listed.
pub async fn changes_are_listed(supplier: &Seat) {
    let page = supplier.get("/supplier/changes").await.is(200, "What changes");
    page.says("Nothing differs from submission 1, which stands.");
    let page = supplier.get("/supplier/answers/Q2").await.is(200, "Answer Q2");
    supplier.send(page.form("Save").set("text", "Typed anew.")).await.is(200, "Your answers");
    let page = supplier.get("/supplier/submit").await.is(200, "Check and submit");
    let page = supplier.follow(&page, "What changes: 1").await.is(200, "What changes");
    let changed = row(&page, "What changes against submission 1", "Q2");
    assert_eq!((changed[1].as_str(), changed[2].as_str()), ("Answer: Question Q2", "Changed"));
    assert!(
        changed[3].contains("typed this on its page.") && changed[4].starts_with("Typed anew."),
        "{changed:?}"
    );
}

/// Checks once more what makes the bid, and submits. Gives the receipt's page.
pub async fn submits(supplier: &Seat) -> Page {
    let page = supplier.get("/supplier").await;
    let page = supplier.follow(&page, "Check and submit").await.is(200, "Check and submit");
    let files = page.table("These files make your bid");
    assert_eq!(files.len(), 3, "a head, the workbook, the document: {files:?}");
    let form = page.form("Submit this bid");
    let manifest = form.value("manifest_hash");
    supplier.send(form).await.says(&manifest)
}

/// Submits in time: page and mail give the same receipt.
pub async fn submits_in_time(post: &PostBox, tender: &Tender, supplier: &Seat) {
    let page = submits(supplier).await.is(200, "Receipt for submission 1").says("Your bid is received.");
    let subject = format!("Receipt for your bid: {}", tender.reference);
    let mail = post.wait_for(&supplier.email, &subject).await;
    let manifest = page.texts("dd .cl-mono").remove(0);
    assert_eq!(manifest.len(), 64, "SHA-256 in hex");
    assert!(mail.text.contains(&manifest), "{}", mail.text);
    let page = supplier.follow(&page, "Receipts").await.is(200, "Receipts");
    assert_eq!(row(&page, "Your submissions", "Submission 1")[2], "Stands as your bid");
}

/// Until the opening nobody sees a bid, nor who has bid: the supplier that asked for its link itself is named nowhere.
pub async fn nothing_shows(team: &Team, place: &Place, asked: &Seat) {
    let words = OFFERS.map(|offer| offer.words);
    let secrets = [
        asked.who.as_str(),
        "Receipt for your bid",
        "bid.xlsx",
        "method.pdf",
        "typed this on its page",
        BECAUSE,
    ];
    for seat in team.panel().into_iter().chain([&team.ada]) {
        for path in ["/bids", "/scoring", "/moderation", "/compare", "/letters", "/history"] {
            let page = seat.get(&place.at(path)).await;
            assert_eq!(page.status, 200, "{}", page.whole());
            for secret in secrets.iter().chain(&words) {
                assert!(!page.html().contains(secret), "{secret} shows\n{}", page.whole());
            }
        }
    }
}

/// The deadline passes. Two people of two councils open the box; one is not enough, and a third has no part in it.
pub async fn opened(program: &mut Program, team: &mut Team, place: &Place, tender: &Tender, late: &Seat) {
    let page = team.ada.get(&place.at("/bids")).await;
    assert!(!page.html().contains("Consent to the opening"), "not before the deadline\n{}", page.whole());
    clock::set_ahead(program, tender.deadline - clock::now() + 60).await;
    team.sign_in_again(program).await;

    let page = submits(late).await.is(200, "Receipt for submission 1: late");
    page.says("It lies sealed in the late box and is not scored unless two people admit it");
    late_is_refused(team, place, late).await;

    let page = team.ada.get("/").await.is(200, "My tasks");
    let page = team.ada.follow(&page, "Open the tender box").await.is(200, "Bids");
    let consent = page.form("Consent to the opening");
    team.cem.may_not(consent.clone(), 403).await;
    let page = team.ada.send(consent.clone()).await.says("A second person must consent within 24 hours.");
    assert_eq!(row(&page, "Openers", "Ada Lead")[2].split(' ').next(), Some("Consented"));
    assert!(!page.html().contains("Consent to the opening"), "{}", page.whole());
    let page = team.ada.send(consent).await;
    assert!(
        page.text().contains("Bids are sealed until"),
        "one person twice is one person\n{}",
        page.whole()
    );
    let page = team.bea.get(&place.at("/bids")).await;
    let page = team.bea.send(page.form("Consent to the opening")).await.says("The tender box is open.");
    assert_eq!(row(&page, "Late submissions", &late.who)[3], "Refused");
    assert_eq!(page.table("Bids").len(), 4, "a head and three bids\n{}", page.whole());
}

/// Two people refuse what came late before anything is opened: they see that it is there, and not whose it is.
async fn late_is_refused(team: &Team, place: &Place, late: &Seat) {
    for seat in [&team.ada, &team.bea] {
        let page = seat.get(&place.at("/bids")).await;
        assert!(
            !page.html().contains("Consent to the opening"),
            "not while one is undecided\n{}",
            page.whole()
        );
        let page = seat.follow(&page, "Late submissions").await.is(200, "Late submissions");
        let page = page.does_not_say(&late.who);
        let id = page.texts("#late tbody th a").remove(0);
        let page = seat.follow(&page, &id).await.is(200, "Late submission");
        let word =
            page.form("Give this word").set("verdict", "refuse").set("reason", "The service was up all day.");
        let page = seat.send(word).await;
        assert_eq!(page.status, 200, "{}", page.whole());
    }
}
