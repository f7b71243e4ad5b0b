//! Scales: sets of allowed marks, each with a descriptor.

use entity::{criterion, scale};
use rules::exact::Exact;
use rules::scale::{Scale, ScaleMark};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use super::{changing, exact_text, reading};
use crate::kernel::ledger::Record;
use crate::kernel::{Faults, Paging, Reading, Refusal, Slice, Writing};

/// The most marks on a scale.
pub const MOST_MARKS: usize = 21;

/// What is entered about a scale.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScaleInput {
    /// Its name.
    pub name: String,
    /// The marks, in any order.
    pub marks: Vec<MarkInput>,
}

/// What is entered about an allowed mark.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MarkInput {
    /// The mark, a number not below zero.
    pub value: String,
    /// What it earns, in percent of the question's points; without it, value over the highest value.
    pub percent: Option<String>,
    /// What a tender that earns it looks like.
    pub descriptor: String,
}

/// Scales to begin with: published practice, to be adapted.
#[must_use]
pub fn starters() -> Vec<ScaleInput> {
    let scale = |name: &str, marks: &[(&str, &str)]| ScaleInput {
        name: name.to_owned(),
        marks: marks
            .iter()
            .map(|(value, descriptor)| MarkInput {
                value: (*value).to_owned(),
                percent: None,
                descriptor: (*descriptor).to_owned(),
            })
            .collect(),
    };
    vec![
        scale(
            "0 to 5",
            &[
                ("0", "Unacceptable: no answer, or one that does not address the question."),
                ("1", "Poor: addresses little of the question, with serious reservations."),
                ("2", "Limited: addresses part of the question, with reservations about important points."),
                ("3", "Satisfactory: addresses the question, with minor reservations."),
                ("4", "Good: addresses the question fully, with evidence and no reservations."),
                (
                    "5",
                    "Excellent: addresses the question fully, with strong evidence and added value that the councils can use.",
                ),
            ],
        ),
        scale(
            "0, 2, 4, 6, 8, 10",
            &[
                ("0", "Unacceptable: no answer, or one that does not address the question."),
                ("2", "Poor: addresses little of the question, with serious reservations."),
                ("4", "Limited: addresses part of the question, with reservations about important points."),
                ("6", "Satisfactory: addresses the question, with minor reservations."),
                ("8", "Good: addresses the question fully, with evidence and no reservations."),
                (
                    "10",
                    "Excellent: addresses the question fully, with strong evidence and added value that the councils can use.",
                ),
            ],
        ),
    ]
}

/// Checks a scale and puts its marks in order, the lowest first.
fn check(input: &ScaleInput) -> Result<Scale, Refusal> {
    let mut faults = Faults::new();
    let name = faults.line("name", &input.name, 100);
    if !(2..=MOST_MARKS).contains(&input.marks.len()) {
        let message = format!("Enter at least 2 and at most {MOST_MARKS} marks.");
        faults.add("marks", "out_of_range", message);
    }
    let mut marks: Vec<(Exact, ScaleMark)> = Vec::with_capacity(input.marks.len());
    for (index, mark) in input.marks.iter().enumerate() {
        let place = |field: &str| format!("marks/{index}/{field}");
        let value = faults.exact(&place("value"), &mark.value);
        if value.is_negative() {
            faults.add(&place("value"), "out_of_range", "A mark is not below zero.");
        }
        let readable = mark.value.trim().parse::<Exact>().is_ok();
        if readable && marks.iter().any(|(other, _)| *other == value) {
            let message = format!("The mark {} stands twice: remove one.", exact_text(&value));
            faults.add(&place("value"), "mark_doubled", message);
        }
        let percent = mark.percent.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let percent = percent.map(|text| faults.exact(&place("percent"), text));
        if percent.as_ref().is_some_and(|p| p.is_negative() || *p > Exact::hundred()) {
            faults.add(&place("percent"), "out_of_range", "Enter a percentage from 0 to 100.");
        }
        let descriptor = faults.text(&place("descriptor"), &mark.descriptor, 1000);
        let mark =
            ScaleMark { value: exact_text(&value), percent: percent.as_ref().map(exact_text), descriptor };
        if readable {
            marks.push((value, mark));
        }
    }
    faults.done()?;
    marks.sort_by(|(a, _), (b, _)| a.cmp(b));
    let scale = Scale { name, marks: marks.into_iter().map(|(_, mark)| mark).collect() };
    // What only shows once the marks stand in order: percentages that fall while marks rise, and the like.
    let mut faults = Faults::new();
    for fault in scale.faults() {
        faults.add("marks", fault.code, fault.message);
    }
    faults.done()?;
    Ok(scale)
}

async fn must_be_free(
    w: &Writing,
    procurement_id: Uuid,
    name: &str,
    own: Option<Uuid>,
) -> Result<(), Refusal> {
    // Names are compared as the pack compares them: without regard to case.
    let wanted = name.to_uppercase();
    let taken = all(w, procurement_id).await?;
    if taken.iter().any(|scale| scale.name.to_uppercase() == wanted && Some(scale.id) != own) {
        return Err(Refusal::field("name", "already_exists", "Another scale has this name."));
    }
    Ok(())
}

/// Adds a scale. Only the coordinator, before publication.
pub async fn add(w: &Writing, procurement_id: Uuid, input: ScaleInput) -> Result<scale::Model, Refusal> {
    changing(w, procurement_id).await?;
    let checked = check(&input)?;
    must_be_free(w, procurement_id, &checked.name, None).await?;
    let row = scale::ActiveModel {
        id: Set(Uuid::now_v7()),
        procurement_id: Set(procurement_id),
        name: Set(checked.name.clone()),
        marks: Set(serde_json::to_string(&checked.marks)?),
        version: Set(1),
    };
    let row = scale::Entity::insert(row).exec_with_returning(w.txn()).await?;
    w.record(Record::new(procurement_id, "tendering.scale.add", row.id, facts(&checked)));
    Ok(row)
}

fn facts(scale: &Scale) -> serde_json::Value {
    let values: Vec<&str> = scale.marks.iter().map(|mark| mark.value.as_str()).collect();
    json!({ "name": scale.name, "marks": values })
}

/// Changes a scale. Only the coordinator, before publication.
pub async fn change(
    w: &Writing,
    procurement_id: Uuid,
    scale_id: Uuid,
    seen: i64,
    input: ScaleInput,
) -> Result<scale::Model, Refusal> {
    changing(w, procurement_id).await?;
    find(w, procurement_id, scale_id).await?;
    let checked = check(&input)?;
    must_be_free(w, procurement_id, &checked.name, Some(scale_id)).await?;
    let changed = scale::Entity::update_many()
        .col_expr(scale::Column::Name, Expr::value(checked.name.as_str()))
        .col_expr(scale::Column::Marks, Expr::value(serde_json::to_string(&checked.marks)?))
        .col_expr(scale::Column::Version, Expr::value(seen + 1))
        .filter(scale::Column::Id.eq(scale_id))
        .filter(scale::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if changed.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    w.record(Record::new(procurement_id, "tendering.scale.change", scale_id, facts(&checked)));
    find(w, procurement_id, scale_id).await
}

/// Removes a scale that no question is marked on. Only the coordinator, before publication.
pub async fn remove(
    w: &Writing,
    procurement_id: Uuid,
    scale_id: Uuid,
    seen: i64,
) -> Result<scale::Model, Refusal> {
    changing(w, procurement_id).await?;
    let scale = find(w, procurement_id, scale_id).await?;
    let questions =
        criterion::Entity::find().filter(criterion::Column::ScaleId.eq(scale_id)).count(w.txn()).await?;
    if questions > 0 {
        return Err(Refusal::conflict(
            "scale_in_use",
            format!(
                "{questions} questions are marked on the scale “{}”. Give them another one first.",
                scale.name
            ),
        ));
    }
    let removed = scale::Entity::delete_many()
        .filter(scale::Column::Id.eq(scale_id))
        .filter(scale::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if removed.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    w.record(Record::new(procurement_id, "tendering.scale.remove", scale_id, json!({ "name": scale.name })));
    Ok(scale)
}

/// The scales by name.
pub async fn list(
    r: &Reading,
    procurement_id: Uuid,
    paging: &Paging,
) -> Result<Slice<scale::Model>, Refusal> {
    reading(r, procurement_id).await?;
    paging.cut_whole(all(r, procurement_id).await?, |scale| scale.id.to_string())
}

/// One scale.
pub async fn one(r: &Reading, procurement_id: Uuid, scale_id: Uuid) -> Result<scale::Model, Refusal> {
    reading(r, procurement_id).await?;
    find(r, procurement_id, scale_id).await
}

/// The scales by name. The caller has been let in by the operation that asks.
pub(super) async fn all(r: &Reading, procurement_id: Uuid) -> Result<Vec<scale::Model>, Refusal> {
    Ok(scale::Entity::find()
        .filter(scale::Column::ProcurementId.eq(procurement_id))
        .order_by_asc(scale::Column::Name)
        .all(r.txn())
        .await?)
}

/// A scale of this procurement. The caller has been let in by the operation that asks.
pub(super) async fn find(r: &Reading, procurement_id: Uuid, scale_id: Uuid) -> Result<scale::Model, Refusal> {
    scale::Entity::find_by_id(scale_id)
        .filter(scale::Column::ProcurementId.eq(procurement_id))
        .one(r.txn())
        .await?
        .ok_or_else(|| Refusal::not_found("scale"))
}

/// A stored scale as the rules know it.
pub fn read(row: &scale::Model) -> Result<Scale, Refusal> {
    Ok(Scale { name: row.name.clone(), marks: serde_json::from_str(&row.marks)? })
}
