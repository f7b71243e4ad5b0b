//! The tender is set up by the lead's buyer and published.

use chrono::{NaiveTime, TimeDelta};
use uuid::Uuid;

use super::needs::LINES;
use super::tender::{LOTS, LotPlan, QuestionPlan, SCALE, SCALE_NAME, SectionPlan};
use super::{Demonstration, interests};
use crate::kernel::Paging;
use crate::kernel::clock::{london_day, machine_now};
use crate::kernel::{Caller, Refusal, Writing};
use crate::pooling::schedule;
use crate::tendering::criterion::CriterionInput;
use crate::tendering::deadline::DeadlineInput;
use crate::tendering::document::DocumentInput;
use crate::tendering::laboratory::TestInput;
use crate::tendering::lot::{LotInput, Placement};
use crate::tendering::method::MethodInput;
use crate::tendering::price_model::ParametersInput;
use crate::tendering::scale::{MarkInput, ScaleInput};
use crate::tendering::{criterion, deadline, document, laboratory, lot, method, pack, scale};

/// More than the 25 days of PA23 s.54 for a tender whose documents are all available electronically.
const TENDER_PERIOD: TimeDelta = TimeDelta::days(30);

const SPECIFICATION: &[u8] = b"Joint ICT service 2027: conditions\n\n\
1. Prices are net of VAT and hold for the whole term.\n\
2. Volumes are the councils' estimates; they are no promise to buy, unless marked firm.\n\
3. Where a standard is named, an equivalent is accepted.\n\
4. Each council signs its own contract with the successful supplier of each lot.\n";

pub(super) async fn run(demonstration: &Demonstration) -> Result<(), Refusal> {
    let buyer = demonstration.company.caller("buyer@ashvale.example")?;
    let id = demonstration.procurement;
    let conditions = document::prepare(DocumentInput {
        name: "Conditions of tender.txt".to_owned(),
        media_type: "text/plain".to_owned(),
        bytes: SPECIFICATION.to_vec(),
    })
    .await?;
    let now = machine_now() + TimeDelta::seconds(demonstration.db.clock_offset_seconds());
    let day = london_day(now + TENDER_PERIOD);
    write(demonstration, &buyer, move |w| async move {
        let scale = scale::add(&w, id, scale_input()).await?.id;
        for (place, plan) in LOTS.iter().enumerate() {
            let lot = lot::add(&w, id, lot_input(plan)).await?.id;
            for section in plan.sections {
                add_section(&w, id, lot, scale, section).await?;
            }
            place_lines(&w, id, lot, place).await?;
        }
        method::set(&w, id, 0, method_input()).await?;
        document::add(&w, id, conditions).await?;
        let seen = deadline::view(&w, id).await?.version;
        let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default();
        let at = DeadlineInput { date: day.to_string(), time: noon.format("%H:%M").to_string() };
        deadline::set(&w, id, seen, at).await?;
        Ok(())
    })
    .await?;
    test(demonstration, &buyer).await?;
    interests::declare(demonstration).await?;
    write(demonstration, &buyer, move |w| async move {
        let seen = deadline::view(&w, id).await?.version;
        pack::publish(&w, id, seen, None).await?;
        Ok(())
    })
    .await
}

/// Tests the award model of each lot, and records what the councils decided about what was found.
async fn test(demonstration: &Demonstration, buyer: &Caller) -> Result<(), Refusal> {
    let id = demonstration.procurement;
    write(demonstration, buyer, move |w| async move {
        for (lot, plan) in laboratory::lots(&w, id).await?.into_iter().zip(&LOTS) {
            let (low, high) = plan.expected;
            let input = TestInput { low: low.to_owned(), high: high.to_owned() };
            let test = laboratory::test(&w, id, lot.lot_id, input).await?.row;
            laboratory::decide(&w, id, lot.lot_id, test.id, test.version, plan.decided).await?;
        }
        Ok(())
    })
    .await
}

async fn write<F, Fut>(demonstration: &Demonstration, caller: &Caller, work: F) -> Result<(), Refusal>
where
    F: FnOnce(Writing) -> Fut + Send + 'static,
    Fut: Future<Output = Result<(), Refusal>> + Send,
{
    demonstration.db.write(caller, work).await
}

fn scale_input() -> ScaleInput {
    let marks = SCALE.iter().map(|(value, percent, descriptor)| MarkInput {
        value: (*value).to_owned(),
        percent: Some((*percent).to_owned()),
        descriptor: (*descriptor).to_owned(),
    });
    ScaleInput { name: SCALE_NAME.to_owned(), marks: marks.collect() }
}

fn lot_input(plan: &LotPlan) -> LotInput {
    LotInput {
        code: plan.code.to_owned(),
        title: plan.title.to_owned(),
        description: plan.description.to_owned(),
        price_weight: plan.price_weight.to_owned(),
        formula: plan.formula.as_str().to_owned(),
        parameters: ParametersInput {
            target: plan.bounds.map(|(target, _)| target.to_owned()),
            ceiling: plan.bounds.map(|(_, ceiling)| ceiling.to_owned()),
            ..ParametersInput::default()
        },
        min_quality: plan.min_quality.map(str::to_owned),
    }
}

fn method_input() -> MethodInput {
    MethodInput {
        decimals: "2".to_owned(),
        rank_on: "exact".to_owned(),
        tie_break: vec!["higher_quality".to_owned(), "lower_price".to_owned()],
        base_set: "eligible".to_owned(),
        opening_councils: "2".to_owned(),
        arithmetic_rule: None,
        spread_steps: None,
        clearance: true,
    }
}

async fn add_section(
    w: &Writing,
    id: Uuid,
    lot: Uuid,
    scale: Uuid,
    plan: &SectionPlan,
) -> Result<(), Refusal> {
    let input = CriterionInput {
        parent_id: None,
        code: plan.code.to_owned(),
        title: plan.title.to_owned(),
        weight: plan.weight.to_owned(),
        question: None,
        scale_id: None,
        word_limit: None,
        minimum_mark: None,
        document: false,
    };
    let section = criterion::add(w, id, lot, input).await?.id;
    for question in plan.questions {
        criterion::add(w, id, lot, question_input(section, scale, question)).await?;
    }
    Ok(())
}

fn question_input(section: Uuid, scale: Uuid, plan: &QuestionPlan) -> CriterionInput {
    CriterionInput {
        parent_id: Some(section),
        code: plan.code.to_owned(),
        title: plan.title.to_owned(),
        weight: plan.weight.to_owned(),
        question: Some(plan.text.to_owned()),
        scale_id: Some(scale),
        word_limit: Some("500".to_owned()),
        minimum_mark: plan.minimum_mark.map(str::to_owned),
        document: true,
    }
}

async fn place_lines(w: &Writing, id: Uuid, lot: Uuid, place: usize) -> Result<(), Refusal> {
    let lines = schedule::list(w, id, &Paging::default()).await?.items;
    let mine = |code: &str| LINES.iter().any(|line| line.lot == place && line.code == code);
    let placements: Vec<_> = lines
        .iter()
        .filter(|line| mine(&line.code))
        .map(|line| Placement { line_id: line.id, seen: line.version, lot_id: Some(lot) })
        .collect();
    lot::place_lines(w, id, &placements).await?;
    Ok(())
}
