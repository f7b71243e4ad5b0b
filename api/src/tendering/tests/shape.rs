//! A tender with volume bands, a mandatory option and a rate card: entered, checked, published.

use poem::http::StatusCode;
use poem::test::TestClient;
use rules::money::Volume;
use rules::pack::{Pack, PackTier};
use rules::schedule::price_rules;
use rules::words::Obligation;
use uuid::Uuid;

use super::fixture::Fixture;
use super::pages::see;
use crate::kernel::Refusal;
use crate::pooling::schedule::{self, RateInput, ScheduleLineInput};
use crate::tendering::lot::{self, Placement};
use crate::tendering::pack;

fn input(description: &str) -> ScheduleLineInput {
    ScheduleLineInput {
        description: description.to_owned(),
        unit: "user".to_owned(),
        charge: "recurring".to_owned(),
        ..ScheduleLineInput::default()
    }
}

fn rate(basket: &str) -> ScheduleLineInput {
    let rate =
        RateInput { role: "Data engineer".to_owned(), level: "4".to_owned(), basket: basket.to_owned() };
    ScheduleLineInput {
        unit: "day".to_owned(),
        rate_card: Some(rate),
        ..input("Work that councils call off")
    }
}

impl Fixture {
    async fn add_line(&self, lot: Uuid, input: ScheduleLineInput) -> entity::schedule_line::Model {
        let id = self.id;
        let placed = self.world.write(&self.coordinator, move |w| async move {
            let line = schedule::add(&w, id, input).await?;
            let placement = Placement { line_id: line.id, seen: line.version, lot_id: Some(lot) };
            lot::place_line(&w, id, placement).await
        });
        placed.await.unwrap()
    }

    async fn change_line(
        &self,
        at: usize,
        input: ScheduleLineInput,
    ) -> Result<entity::schedule_line::Model, Refusal> {
        let id = self.id;
        let line = self.world.read(&self.coordinator, move |r| async move { lot::lines(&r, id).await });
        let line = line.await?.swap_remove(at);
        self.world
            .write(&self.coordinator, move |w| async move {
                schedule::change(&w, id, line.id, line.version, input).await
            })
            .await
    }

    async fn draft(&self) -> pack::PackView {
        let id = self.id;
        self.world.read(&self.partner, move |r| async move { pack::draft(&r, id).await }).await.unwrap()
    }

    async fn faults(&self) -> Vec<(String, &'static str)> {
        let id = self.id;
        let faults = self.world.read(&self.partner, move |r| async move { pack::faults(&r, id).await });
        faults.await.unwrap().into_iter().map(|fault| (fault.place, fault.code)).collect()
    }
}

#[tokio::test]
async fn a_pack_publishes_bands_options_and_rates_with_the_rules_by_which_they_count() {
    let f = Fixture::new().await;
    let lot = f.complete().await;
    let plain = f.draft().await;
    assert!(plain.pack.method.price_rules.is_empty(), "a plain schedule needs no further rule");
    let tiers = ["0", "100", "500"].map(str::to_owned).to_vec();
    f.change_line(0, ScheduleLineInput { tiers, ..input("Service P01") }).await.unwrap();
    let option = ScheduleLineInput { obligation: "mandatory_option".to_owned(), ..input("Service P02") };
    f.change_line(1, option).await.unwrap();
    f.add_line(lot, rate("12.5")).await;
    f.add_line(lot, rate("0")).await;

    let draft = f.draft().await;
    let schedule = &draft.pack.lots[0].schedule;
    assert_eq!(schedule[0].tiers, [0, 100_000, 500_000].map(|from_e3| PackTier { from_e3 }));
    assert_eq!(schedule[1].obligation(), Obligation::MandatoryOption);
    assert_eq!(schedule[2].rate_card.as_ref().unwrap().basket_e3, 12_500);
    assert!(schedule[2].shared && schedule[2].volumes.is_empty());
    assert_eq!(draft.pack.method.price_rules, price_rules(&draft.pack.lots));
    assert_eq!(draft.pack.method.price_rules.len(), 3);
    // The lead wants 120.5 in the first year: the second band.
    let rows = schedule[0].rows(&draft.pack);
    assert_eq!(rows[1].band.as_ref().unwrap().years, [1]);
    assert_eq!(rows[1].volume(&draft.pack), Ok(Volume(120_500)));
    assert_eq!(f.faults().await, []);

    let id = f.id;
    let hash = draft.hash.clone().unwrap();
    f.world
        .write(&f.coordinator, move |w| async move { pack::publish(&w, id, 2, Some(&hash)).await })
        .await
        .unwrap();
    let row = f.world.read(&f.partner, move |r| async move { pack::json(&r, id).await }).await.unwrap();
    let parsed: Pack = serde_json::from_str(&row.body).unwrap();
    assert_eq!((parsed.hash().unwrap(), parsed), (row.hash, draft.pack));
    let late = f.change_line(0, input("Service P01")).await.unwrap_err();
    assert_eq!(late.code, "wrong_stage", "the schedule is frozen");
}

#[tokio::test]
async fn a_band_that_no_council_buys_in_and_a_lot_of_empty_baskets_block_publication() {
    let f = Fixture::new().await;
    let lot = f.complete().await;
    let tiers = ["0", "100"].map(str::to_owned).to_vec();
    f.add_line(lot, ScheduleLineInput { tiers, ..input("Storage") }).await;
    assert_eq!(f.faults().await, [("L1/P03".to_owned(), "line_without_volume")]);
    for at in 0..3 {
        f.change_line(at, ScheduleLineInput { obligation: "optional".to_owned(), ..input("Not sure") })
            .await
            .unwrap();
    }
    f.add_line(lot, rate("0")).await;
    assert_eq!(f.faults().await, [("L1".to_owned(), "lot_without_mandatory_lines")]);
}

#[tokio::test]
async fn pages_ask_for_bands_and_rates_and_tell_what_is_wrong_beside_each_field() {
    let f = Fixture::new().await;
    let db = f.world.db.clone();
    f.complete().await;
    let (coordinator, partner) = (f.world.cookie(&f.coordinator).await, f.world.cookie(&f.partner).await);
    let base = format!("/procurements/{}/demand", f.id);
    let post = async |cookie: &str, path: String, form: &[(&str, &str)]| {
        let client = TestClient::new(crate::server::routes(&db));
        let request = client.post(path).header("sec-fetch-site", "same-origin").header("cookie", cookie);
        let response = request.form(&form).send().await;
        (response.0.status(), response.0.into_body().into_string().await.unwrap())
    };
    let wrong = [
        ("description", "Cloud work"),
        ("charge", "one_off"),
        ("obligation", "required"),
        ("tiers", "0, 10"),
        ("rate_card/role", "Cloud engineer"),
        ("rate_card/level", "9"),
        ("rate_card/basket", ""),
    ];
    let (status, html) = post(&coordinator, format!("{base}/lines"), &wrong).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{html}");
    for field in ["tiers-error", "rate_card/level-error", "rate_card/basket-error"] {
        assert!(html.contains(&format!("id=\"{field}\"")), "{field} in\n{html}");
    }
    assert!(html.contains("value=\"Cloud engineer\""), "what was typed stays");
    let good = [
        ("description", "Cloud work"),
        ("charge", "one_off"),
        ("obligation", "required"),
        ("rate_card/role", "Cloud engineer"),
        ("rate_card/level", "4"),
        ("rate_card/basket", "30"),
    ];
    let (status, _) = post(&coordinator, format!("{base}/lines"), &good).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let storage = [
        ("description", "Storage"),
        ("unit", "TB"),
        ("charge", "recurring"),
        ("obligation", "mandatory_option"),
        ("tiers", "0, 10 50"),
    ];
    assert_eq!(post(&coordinator, format!("{base}/lines"), &storage).await.0, StatusCode::SEE_OTHER);
    let list = see(&db, &partner, &base).await;
    for told in [
        "Cloud engineer, SFIA level 4. Cloud work",
        "Rate card: basket of 30 days over the term",
        "Volume bands from 0, 10, 50",
        "Mandatory option",
    ] {
        assert!(list.contains(told), "{told} in\n{list}");
    }
    let id = f.id;
    let lines = f.world.read(&f.coordinator, move |r| async move { lot::lines(&r, id).await }).await.unwrap();
    let storage = lines.iter().find(|line| line.description == "Storage").unwrap();
    let page = see(&db, &coordinator, &format!("{base}/lines/{}", storage.id)).await;
    assert!(page.contains("value=\"0 10 50\""), "{page}");
    let (status, _) = post(&partner, format!("{base}/lines"), &good).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "only the coordinator makes the schedule");
}
