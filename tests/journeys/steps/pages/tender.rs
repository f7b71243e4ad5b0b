//! Tendering: lots, scale, criteria, method, documents, deadline; check and publish.

use rules::pack::Pack;
use tests::Form;

use super::people::Team;
use super::{Place, Seat, on_day};
use crate::steps::clock;
use crate::steps::tender::{SCALE, Tender};

/// Q1 to Q4: the lot it stands in, its weight, its minimum mark, whether a document may answer it.
const QUESTIONS: [(&str, &str, &str, &str, bool); 4] = [
    ("Q1", "L1 Devices", "66.6", "", true),
    ("Q2", "L1 Devices", "33.4", "4", false),
    ("Q3", "L2 Service desk", "55", "", false),
    ("Q4", "L2 Service desk", "45", "", false),
];

/// All of tendering. Gives the tender as other steps know it, and its pack.
pub async fn published(team: &Team, place: &Place, reference: &str) -> (Tender, Pack) {
    nothing_can_be_published_yet(team, place).await;
    scale_is_made(&team.ada, place).await;
    lots_are_made(&team.ada, place).await;
    criteria_are_made(&team.ada, place).await;
    lines_are_placed(&team.ada, place).await;
    method_documents_and_deadline(&team.ada, place).await;
    models_are_tested(team, place).await;
    super::panel::declares_before(team, place).await;
    checked_and_published(team, place).await;
    let download = team.cem.get(&place.at("/tender/pack.json")).await;
    assert_eq!(download.status, 200, "{}", download.whole());
    let pack: Pack = serde_json::from_slice(&download.body).expect("the pack");
    let tender = Tender {
        id: place.id().to_owned(),
        reference: reference.to_owned(),
        lots: pack.lots.iter().map(|lot| lot.id.clone()).collect(),
        deadline: clock::seconds_of(&pack.deadline),
    };
    (tender, pack)
}

/// Everything that stands in the way is said at once, each with the way to put it right.
async fn nothing_can_be_published_yet(team: &Team, place: &Place) {
    let page = team.ada.get(&place.at("/tender")).await.is(200, "Tender");
    let page = team.ada.follow(&page, "Check and publish").await.is(200, "Check and publish");
    let faults = page.table("What stands in the way of publication");
    assert!(faults.len() > 2, "all faults at once: {faults:?}");
    assert!(!page.html().contains("Publish the tender"), "{}", page.whole());
    let way = page.link(&faults[1][1]);
    assert!(way.path().starts_with(&place.at("/")), "{way} puts it right");
    let page = team.bea.get(&place.at("/tender/publish")).await.is(200, "Tender");
    page.says("This is a draft. The coordinator of the procurement makes it");
}

/// The first lot's award model is tested and its findings decided on; the second's is published untested, which the check says.
async fn models_are_tested(team: &Team, place: &Place) {
    let page = team.ada.get(&place.at("/tender")).await.is(200, "Tender").says("2 to test");
    let page = team.ada.follow(&page, "Laboratory").await.is(200, "Laboratory");
    let rows = page.table("How far the award model of each lot is tested");
    assert!(rows[1].contains(&"Not tested".to_owned()), "{rows:?}");
    let page = team.ada.follow(&page, "Open the laboratory of lot L1").await.is(200, "Laboratory: lot L1");
    let form = page.form("Test the award model");
    assert_eq!((form.value("low").as_str(), form.value("high").as_str()), ("40000.00", "90000.00"));
    let page = team.ada.send(form.set("low", "100000")).await.is(422, "Laboratory: lot L1");
    assert_eq!(page.errors().len(), 1, "{}", page.whole());
    let form = page.form("Test the award model").set("low", "30000").set("high", "100000");
    let page = team.ada.send(form).await.is(200, "Laboratory: lot L1").says("The award model is tested.");
    let page = page.says("From £30,000.00 to £40,000.00 a lower price gains nothing");
    let worth = page.table("What one price point is worth");
    assert_eq!(worth[2], ["Middle", "£65,000.00", "£1,250.00"], "{worth:?}");
    let form = page.form("Record the decision");
    let page = team.ada.send(form).await.is(422, "Laboratory: lot L1");
    let words = "Nobody here would buy below the target or above the ceiling.";
    let form = page.form("Record the decision").set("decision", words);
    team.ada.send(form).await.is(200, "Laboratory: lot L1").says("Your decision is recorded.");
    let page = team.bea.get(&place.at("/tender/laboratory")).await.is(200, "Laboratory");
    let page = team.bea.follow(&page, "Open the laboratory of lot L1").await.says(words);
    assert!(!page.html().contains("Test again"), "only the coordinator tests\n{}", page.whole());
    team.ada.get(&place.at("/tender/publish")).await.says("The award model of lot L2 was not tested.");
}

async fn scale_is_made(ada: &Seat, place: &Place) {
    let page = ada.get(&place.at("/tender/scales")).await.is(200, "Scales");
    let page = ada.follow(&page, "Add a scale").await.is(200, "Add a scale");
    let fill = |form: Form| {
        SCALE.iter().enumerate().fold(form, |form, (at, (value, descriptor))| {
            let form = form.set(&format!("marks/{at}/value"), value);
            form.set(&format!("marks/{at}/descriptor"), descriptor)
        })
    };
    let twice = fill(page.form("Save scale").set("name", "0, 4, 8 or 10")).set("marks/3/value", "8");
    let page = ada.send(twice).await.is(422, "Add a scale");
    let form = page.form("Save scale");
    assert_eq!(form.value("marks/2/descriptor"), SCALE[2].1, "what was entered is kept");
    ada.send(form.set("marks/3/value", "10")).await.is(200, "Scales").says("Scale 0, 4, 8 or 10 is added.");
}

async fn lots_are_made(ada: &Seat, place: &Place) {
    let page = ada.get(&place.at("/tender/lots")).await.is(200, "Lots");
    let page = ada.follow(&page, "Add a lot").await.is(200, "Add a lot");
    let form = page.form("Save lot").set("title", "Devices").set("description", "Laptops and migration");
    let form = form.set("price_weight", "140").set("formula", "benchmark_linear").set("min_quality", "20");
    let page = ada.send(form).await.is(422, "Add a lot");
    assert!(page.errors().len() > 1, "weight, target and ceiling at once\n{}", page.whole());
    let form = page.form("Save lot").set("price_weight", "40").set("target", "40000").set("ceiling", "90000");
    let page = ada.send(form).await.is(200, "Lots").says("Lot L1 is added.");
    let page = ada.follow(&page, "Add a lot").await;
    let form = page.form("Save lot").set("title", "Service desk").set("description", "For all users");
    let form = form.set("price_weight", "30").set("formula", "lowest_over_bid");
    ada.send(form).await.is(200, "Lots").says("Lot L2 is added.");
}

async fn criteria_are_made(ada: &Seat, place: &Place) {
    for (code, lot, weight, minimum, document) in QUESTIONS {
        let page = ada.get(&place.at("/tender/criteria")).await.is(200, "Criteria and weights");
        let add = format!("Add a question at the top of {lot}");
        let page = ada.follow(&page, &add).await.is(200, "Add a question");
        let form = page.form("Save criterion").set("code", code).set("title", &format!("Question {code}"));
        let page = ada.send(form.set("weight", "most")).await.is(422, "Add a question");
        let form = page.form("Save criterion").set("weight", weight);
        let form = form.set("question", &format!("How will you do what {code} is about?"));
        let form = form.set("word_limit", "200").set("minimum_mark", minimum);
        let form = if document { form.tick("document", "yes") } else { form };
        ada.send(form).await.is(200, "Criteria and weights").says(&format!("{code} is added."));
    }
}

async fn lines_are_placed(ada: &Seat, place: &Place) {
    let page = ada.get(&place.at("/tender/lots")).await.says("3 of 3 lines are in no lot.");
    let lots = ["L1 Devices", "L2 Service desk", "L1 Devices"];
    let lines = page.attributes("select", "name");
    assert_eq!(lines.len(), lots.len(), "P01, P02, P03\n{}", page.whole());
    let form = lines.iter().zip(lots).fold(page.form("Save places"), |form, (line, lot)| form.set(line, lot));
    ada.send(form).await.is(200, "Lots").says("Every line is in a lot.");
}

async fn method_documents_and_deadline(ada: &Seat, place: &Place) {
    let page = ada.get(&place.at("/tender/method")).await.is(200, "Method");
    let twice = page.form("Save method").set("tie_break/0", "lower_price").set("tie_break/1", "lower_price");
    let page = ada.send(twice).await.is(422, "Method");
    let form = page.form("Save method").set("tie_break/1", "higher_quality").set("decimals", "2");
    let form = form.set("rank_on", "exact").set("base_set", "eligible").set("opening_councils", "2");
    ada.send(form).await.is(200, "Tender").says("The method is saved.");

    let page = ada.get(&place.at("/tender/documents")).await.is(200, "Documents");
    let page = ada.send(page.form("Add document")).await.is(422, "Documents");
    let form = page.form("Add document").attach("file", "terms.pdf", b"%PDF-1.4 terms".to_vec());
    ada.send(form).await.is(200, "Documents").says("terms.pdf is added.");

    let page = ada.get(&place.at("/tender/deadline")).await.is(200, "Deadline");
    let past = on_day(page.form("Save deadline"), "deadline", "2020-01-31").set("deadline_time", "noon");
    let page = ada.send(past).await.is(422, "Deadline");
    let form = page.form("Save deadline");
    assert_eq!(
        (form.value("deadline_day"), form.value("deadline_time")),
        ("31".to_owned(), "noon".to_owned())
    );
    let form = on_day(form, "deadline", &clock::day_from_now(40)).set("deadline_time", "12:00");
    ada.send(form).await.is(200, "Tender").says("The deadline is saved.");
}

/// A check that has become false since is refused with every fault; then the tender is published, once.
async fn checked_and_published(team: &Team, place: &Place) {
    let ada = &team.ada;
    let page = ada.get(&place.at("/tender")).await.says("Nothing is missing.");
    let page = ada.follow(&page, "Check and publish").await.is(200, "Check and publish");
    let looked_at = page.form("Publish the tender");
    team.bea.may_not(looked_at.clone(), 403).await;
    let weights = |weight: &'static str| async move {
        let page = ada.get(&place.at("/tender/criteria")).await;
        let fields = page.attributes("input[name^='weight/']", "name");
        let form = page.form("Save weights").set(&fields[0], weight);
        ada.send(form).await.is(200, "Criteria and weights").says("The weights of lot L1 are saved.")
    };
    weights("60").await.says("6.6 % missing");
    let page = ada.send(looked_at.clone()).await.is(422, "Check and publish");
    assert!(page.errors()[0].contains("100"), "{}", page.whole());
    assert!(!page.html().contains("Publish the tender"), "{}", page.whole());
    weights("66.6").await.says("Sums to 100 %");
    let page = ada.get(&place.at("/tender/publish")).await;
    let page = ada.send(page.form("Publish the tender")).await.is(200, "Tender");
    let page = page.says("The tender is published and the partner councils are told.");
    assert!(
        page.texts("form button").iter().all(|button| button == "Sign out"),
        "nothing can be changed any more"
    );
    ada.may_not(looked_at, 409).await;
}
