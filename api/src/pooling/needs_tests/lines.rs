//! Lines with volume bands, options and rates: what is entered, and everything that is refused.

use rules::money::Volume;
use rules::words::Obligation;
use uuid::Uuid;

use super::super::demand::{self, DemandInput};
use super::super::schedule::{self, RateInput, ScheduleLineInput};
use super::Pool;
use super::demand::{add_line, line};
use crate::kernel::Paging;

fn banded(tiers: &[&str]) -> ScheduleLineInput {
    ScheduleLineInput { tiers: tiers.iter().map(|text| (*text).to_owned()).collect(), ..line("Storage") }
}

fn rate(level: &str, basket: &str) -> ScheduleLineInput {
    ScheduleLineInput {
        unit: String::new(),
        charge: "one_off".to_owned(),
        rate_card: Some(RateInput {
            role: "Data engineer".to_owned(),
            level: level.to_owned(),
            basket: basket.to_owned(),
        }),
        ..line("Work that councils call off")
    }
}

async fn one(pool: &Pool, id: Uuid) -> entity::schedule_line::Model {
    let procurement = pool.id;
    pool.world
        .read(&pool.officer, move |r| async move { schedule::one(&r, procurement, id).await })
        .await
        .unwrap()
}

#[tokio::test]
async fn bands_options_and_rates_are_kept_as_they_were_entered() {
    let pool = Pool::new().await;
    let storage = add_line(&pool, banded(&["0", "1,000", "2500.5"])).await;
    let kept = one(&pool, storage).await;
    assert_eq!(schedule::tiers(&kept), [Volume(0), Volume(1_000_000), Volume(2_500_500)]);
    assert_eq!(kept.obligation.0, Obligation::Required);
    let engineer = add_line(&pool, rate("4", "20")).await;
    let kept = one(&pool, engineer).await;
    assert_eq!((kept.unit.as_str(), kept.shared), ("day", true));
    let of_rate = (kept.rate_role.as_deref(), kept.rate_level, kept.rate_basket_e3);
    assert_eq!(of_rate, (Some("Data engineer"), Some(4), Some(20_000)));
    // A rate takes no volumes, as any shared line.
    let volume = DemandInput {
        line: kept.code,
        year: "1".to_owned(),
        firmness: "firm".to_owned(),
        volume: Some("5".to_owned()),
        ..DemandInput::default()
    };
    let refusal =
        pool.may_not(&pool.officer, |w, id| async move { demand::enter(&w, id, vec![volume]).await });
    assert_eq!(refusal.await.fields[0].code, "shared_line");
    // A change replaces all of it, also by nothing.
    let option = ScheduleLineInput { obligation: "mandatory_option".to_owned(), ..line("Second site") };
    let changed =
        pool.does(&pool.coordinator, move |w, id| async move {
            schedule::change(&w, id, engineer, 1, option).await
        })
        .await;
    assert_eq!(changed.obligation.0, Obligation::MandatoryOption);
    assert_eq!((changed.rate_role, changed.rate_basket_e3, changed.shared), (None, None, false));
    assert_eq!(one(&pool, engineer).await.version, 2);
    let id = pool.id;
    let list = pool
        .world
        .read(&pool.stranger, move |r| async move { schedule::list(&r, id, &Paging::default()).await })
        .await;
    assert_eq!(list.unwrap_err().status(), 404);
}

#[tokio::test]
async fn everything_wrong_with_a_line_is_told_at_once() {
    let pool = Pool::new().await;
    let told = async |input: ScheduleLineInput| -> Vec<(String, String)> {
        let refusal =
            pool.may_not(&pool.coordinator, move |w, id| async move { schedule::add(&w, id, input).await });
        let fields = refusal.await.fields;
        fields.into_iter().map(|fault| (fault.field, fault.code)).collect()
    };
    let pair = |field: &str, code: &str| (field.to_owned(), code.to_owned());
    for (tiers, code) in [
        (&["0"] as &[&str], "tiers_outside"),
        (&["5", "10"], "tiers_not_from_zero"),
        (&["0", "10", "10"], "tiers_not_rising"),
        (&["0", "ten"], "not_a_number"),
        (&["0", "-5"], "negative"),
    ] {
        let found = told(banded(tiers)).await;
        assert!(found.contains(&pair("tiers", code)), "{tiers:?}: {found:?}");
    }
    let many: Vec<String> = (0..21).map(|border: u32| border.to_string()).collect();
    assert_eq!(
        told(ScheduleLineInput { tiers: many, ..line("Storage") }).await,
        [pair("tiers", "tiers_outside")]
    );
    let long = ScheduleLineInput { code: Some("P2345678901234567890".to_owned()), ..banded(&["0", "10"]) };
    assert_eq!(told(long).await, [pair("code", "not_a_code")]);
    let wrong = ScheduleLineInput {
        unit: "hour".to_owned(),
        obligation: "perhaps".to_owned(),
        tiers: vec!["0".to_owned(), "10".to_owned()],
        ..rate("8", "many")
    };
    assert_eq!(
        told(wrong).await,
        [
            pair("obligation", "unknown_word"),
            pair("unit", "rate_not_per_day"),
            pair("rate_card/level", "out_of_range"),
            pair("rate_card/basket", "not_a_number"),
            pair("tiers", "tiers_without_volumes"),
        ]
    );
    let without_effect = ScheduleLineInput { obligation: "optional".to_owned(), ..rate("4", "1") };
    assert_eq!(told(without_effect).await, [pair("rate_card/basket", "basket_without_effect")]);
}

#[tokio::test]
async fn a_line_with_volumes_becomes_no_rate() {
    let pool = Pool::new().await;
    let users = add_line(&pool, line("Users")).await;
    let volume = DemandInput {
        line: "P01".to_owned(),
        year: "1".to_owned(),
        firmness: "firm".to_owned(),
        volume: Some("5".to_owned()),
        ..DemandInput::default()
    };
    pool.does(&pool.officer, |w, id| async move { demand::enter(&w, id, vec![volume]).await }).await;
    let change = move |w, id| async move { schedule::change(&w, id, users, 1, rate("4", "0")).await };
    assert_eq!(pool.may_not(&pool.coordinator, change).await.code, "has_demand");
    let banded = move |w, id| async move { schedule::change(&w, id, users, 1, banded(&["0", "3"])).await };
    assert_eq!(pool.may_not(&pool.officer, banded).await.status(), 403);
    assert_eq!(pool.may_not(&pool.stranger, banded).await.status(), 404);
    pool.does(&pool.coordinator, banded).await;
}
