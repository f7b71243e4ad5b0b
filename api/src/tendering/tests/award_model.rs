//! Formulas with their parameters, and lots that begin from a starter.

use entity::lot as lot_row;
use rules::starter::Starter;
use uuid::Uuid;

use super::fixture::{Fixture, lot_input, question_input};
use crate::kernel::refusal::Kind;
use crate::kernel::{Caller, Refusal};
use crate::tendering::criterion::{self, CriteriaTree};
use crate::tendering::lot::{self, LotInput};
use crate::tendering::price_model::ParametersInput;
use crate::tendering::{method, scale, starter};

fn with(formula: &str, parameters: &[(&str, &str)]) -> LotInput {
    let of = |name: &str| parameters.iter().find(|(of, _)| *of == name).map(|(_, text)| (*text).to_owned());
    LotInput {
        formula: formula.to_owned(),
        parameters: ParametersInput {
            target: of("target"),
            ceiling: of("ceiling"),
            k: of("k"),
            base: of("base"),
            slope: of("slope"),
        },
        ..lot_input()
    }
}

#[tokio::test]
async fn a_formula_has_its_own_parameters_and_no_others() {
    let f = Fixture::new().await;
    let wrong = [
        (with("linear_from_lowest", &[]), vec![("k", "missing")]),
        (with("linear_from_lowest", &[("k", "1")]), vec![("k", "out_of_range")]),
        (
            with("linear_from_lowest", &[("k", "two"), ("slope", "1")]),
            vec![("k", "not_a_number"), ("slope", "not_used")],
        ),
        (
            with("linear_min_max", &[("k", "2"), ("target", "1")]),
            vec![("target", "not_used"), ("k", "not_used")],
        ),
        (
            with("linear_mean", &[("base", "2"), ("slope", "0")]),
            vec![("base", "out_of_range"), ("slope", "out_of_range")],
        ),
        (
            with("benchmark_linear", &[("target", "-1")]),
            vec![("target", "out_of_range"), ("ceiling", "missing")],
        ),
        (
            with("benchmark_linear", &[("target", "2"), ("ceiling", "2")]),
            vec![("target", "target_not_below_ceiling")],
        ),
    ];
    for (input, faults) in wrong {
        let told = format!("{input:?}");
        let refusal = f.add_lot(input).await.unwrap_err();
        let found: Vec<_> =
            refusal.fields.iter().map(|fault| (fault.field.as_str(), fault.code.as_str())).collect();
        assert_eq!(found, faults, "{told}");
    }
    let lot = f.add_lot(with("linear_mean", &[("slope", " 3/2 "), ("target", " ")])).await.unwrap();
    assert_eq!(
        (lot.base.as_deref(), lot.slope.as_deref(), lot.target_pence),
        (Some("0.5"), Some("1.5"), None)
    );
    let id = f.id;
    // What the formula before used is gone with it.
    let input = with("linear_from_lowest", &[("k", "2.5")]);
    let lot =
        f.world.write(&f.coordinator, move |w| async move { lot::change(&w, id, lot.id, 1, input).await });
    let lot = lot.await.unwrap();
    assert_eq!((lot.base.as_deref(), lot.k.as_deref()), (None, Some("2.5")));
}

impl Fixture {
    async fn begin(
        &self,
        caller: &Caller,
        lot: Uuid,
        seen: i64,
        word: &'static str,
    ) -> Result<lot_row::Model, Refusal> {
        let id = self.id;
        self.world.write(caller, move |w| async move { starter::begin(&w, id, lot, seen, word).await }).await
    }

    async fn method(&self, caller: &Caller, lot: Uuid) -> Result<method::MethodOfLot, Refusal> {
        let id = self.id;
        self.world.read(caller, move |r| async move { method::of_lot(&r, id, lot).await }).await
    }

    async fn tree(&self, lot: Uuid) -> CriteriaTree {
        let id = self.id;
        let read = move |r| async move { criterion::tree(&r, id, lot).await };
        self.world.read(&self.coordinator, read).await.unwrap()
    }
}

#[tokio::test]
async fn every_starter_makes_a_lot_that_is_complete() {
    let f = Fixture::new().await;
    for (number, starter) in Starter::ALL.iter().enumerate() {
        let input = LotInput { code: format!("L{number}"), ..lot_input() };
        let lot = f.add_lot(input).await.unwrap();
        let begun = f.begin(&f.coordinator, lot.id, 1, starter.as_str()).await.unwrap();
        assert_eq!((begun.price_weight, begun.version), (starter.price_weight().to_string(), 2));
        let tree = f.tree(lot.id).await;
        assert!(tree.missing.is_zero() && !tree.nodes.is_empty(), "{starter}");
        for node in &tree.nodes {
            assert_eq!(node.row.question.is_some(), node.row.scale_id.is_some(), "{}", node.row.code);
            assert!(node.row.question.is_some() || node.missing.is_zero(), "{starter} {}", node.row.code);
        }
    }
    let id = f.id;
    let scales =
        f.world.read(&f.coordinator, move |r| async move { scale::all(&r, id).await }).await.unwrap();
    assert_eq!(scales.len(), 1, "all are marked on the same");
    // Lots share codes of none: each pack has every code once.
    let faults =
        f.world.read(&f.coordinator, move |r| async move { crate::tendering::pack::draft(&r, id).await });
    let pack = faults.await.unwrap().pack;
    let codes: Vec<_> = pack.faults("2026-01-01T00:00:00Z").into_iter().map(|fault| fault.code).collect();
    assert!(!codes.contains(&"code_doubled"), "{codes:?}");
}

#[tokio::test]
async fn a_starter_takes_nothing_away() {
    let f = Fixture::new().await;
    let lot = f.add_lot(lot_input()).await.unwrap().id;
    for (who, kind) in [(&f.partner, Kind::Forbidden), (&f.stranger, Kind::NotFound)] {
        assert_eq!(f.begin(who, lot, 1, "quality_60").await.unwrap_err().kind, kind);
    }
    assert_eq!(f.begin(&f.coordinator, lot, 2, "quality_60").await.unwrap_err().kind, Kind::Stale);
    assert_eq!(f.begin(&f.coordinator, lot, 1, "best").await.unwrap_err().fields[0].field, "starter");
    let id = f.id;
    let scale = f
        .world
        .write(&f.coordinator, move |w| async move {
            let scale = scale::add(&w, id, scale::starters().remove(1)).await?.id;
            criterion::add(&w, id, lot, question_input("Q1", "100", scale)).await?;
            Ok(scale)
        })
        .await
        .unwrap();
    assert_eq!(f.begin(&f.coordinator, lot, 1, "quality_60").await.unwrap_err().code, "lot_has_criteria");
    assert_eq!(f.tree(lot).await.nodes.len(), 1);
    // Another lot: the scale that is there is taken, and codes go on.
    let high = LotInput {
        code: "L2".to_owned(),
        price_weight: "20".to_owned(),
        min_quality: Some("65".to_owned()),
        ..lot_input()
    };
    let lot = f.add_lot(high).await.unwrap().id;
    assert_eq!(
        f.begin(&f.coordinator, lot, 1, "quality_60").await.unwrap_err().code,
        "min_quality_above_weight"
    );
    f.begin(&f.coordinator, lot, 1, "quality_70").await.unwrap();
    let tree = f.tree(lot).await;
    assert_eq!((tree.nodes[0].row.code.as_str(), tree.nodes[1].row.code.as_str()), ("S1", "Q2"));
    assert!(tree.nodes.iter().filter_map(|node| node.row.scale_id).all(|of| of == scale));
}

#[tokio::test]
async fn a_lots_method_is_one_object_for_those_who_take_part() {
    let f = Fixture::new().await;
    let lot = f.complete().await;
    let of = f.method(&f.partner, lot).await.unwrap();
    assert!(
        !of.published
            && of.sentences.iter().any(|told| told.contains("two steps") || told.contains("2 steps"))
    );
    assert_eq!(of.method["gates"][0]["requirement"], "R001");
    assert_eq!(f.method(&f.stranger, lot).await.unwrap_err().kind, Kind::NotFound);
    assert_eq!(f.method(&f.coordinator, Uuid::now_v7()).await.unwrap_err().kind, Kind::NotFound);
}
