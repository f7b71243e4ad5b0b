//! What a criterion must be before it is stored.

use std::collections::BTreeMap;

use entity::criterion;
use rules::exact::Exact;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{CriterionInput, children, of_lot};
use crate::kernel::{Faults, Reading, Refusal};
use crate::tendering::{exact_text, lot, scale};

/// The longest word limit.
const MOST_WORDS: i32 = 50_000;

pub(super) struct Checked {
    pub parent_id: Option<Uuid>,
    pub code: String,
    pub title: String,
    pub weight: String,
    pub question: Option<String>,
    pub scale_id: Option<Uuid>,
    pub word_limit: Option<i32>,
    pub minimum_mark: Option<String>,
    pub document: bool,
}

/// Percent of the parent; none where the text cannot be used, which is then a fault.
pub(super) fn weight(faults: &mut Faults, field: &str, text: &str) -> Option<Exact> {
    let weight = text.trim().parse::<Exact>().ok().filter(|w| !w.is_negative() && *w <= Exact::hundred());
    let message = "Enter a percentage from 0 to 100, such as 12.5 or 100/3.";
    faults.require(weight.is_some(), field, "out_of_range", message);
    weight
}

/// Checks an input for a new criterion of the lot, or for the one that is changed.
pub(super) async fn check(
    r: &Reading,
    procurement_id: Uuid,
    lot_id: Uuid,
    own: Option<&criterion::Model>,
    input: &CriterionInput,
) -> Result<Checked, Refusal> {
    let mut faults = Faults::new();
    let code = lot::code(&mut faults, &input.code);
    if code_is_taken(r, procurement_id, &code, own).await? {
        faults.add("code", "already_exists", "Another criterion of this procurement has this code.");
    }
    let title = faults.line("title", &input.title, 200);
    let weight = weight(&mut faults, "weight", &input.weight);
    check_parent(r, &mut faults, lot_id, own, input.parent_id).await?;
    let question = input.question.as_deref().map(|text| faults.text("question", text, 10_000));
    let mut checked = Checked {
        parent_id: input.parent_id,
        code,
        title,
        weight: weight.as_ref().map(exact_text).unwrap_or_default(),
        question,
        scale_id: None,
        word_limit: None,
        minimum_mark: None,
        document: false,
    };
    if checked.question.is_some() {
        if let Some(own) = own
            && children(r, own.id).await? > 0
        {
            let message = "Criteria stand below it, so it must stay a section. Move them first.";
            faults.add("question", "section_with_criteria", message);
        }
        check_question(r, &mut faults, procurement_id, input, &mut checked).await?;
    } else {
        refuse_question_fields(&mut faults, input);
    }
    faults.done()?;
    Ok(checked)
}

async fn code_is_taken(
    r: &Reading,
    procurement_id: Uuid,
    code: &str,
    own: Option<&criterion::Model>,
) -> Result<bool, Refusal> {
    let found = criterion::Entity::find()
        .filter(criterion::Column::ProcurementId.eq(procurement_id))
        .filter(criterion::Column::Code.eq(code))
        .one(r.txn())
        .await?;
    Ok(found.is_some_and(|found| own.is_none_or(|own| own.id != found.id)))
}

/// A parent is a section of the same lot, and not the criterion itself or one below it.
async fn check_parent(
    r: &Reading,
    faults: &mut Faults,
    lot_id: Uuid,
    own: Option<&criterion::Model>,
    parent_id: Option<Uuid>,
) -> Result<(), Refusal> {
    let Some(parent_id) = parent_id else { return Ok(()) };
    let rows: BTreeMap<Uuid, criterion::Model> =
        of_lot(r, lot_id).await?.into_iter().map(|row| (row.id, row)).collect();
    match rows.get(&parent_id) {
        None => faults.add("parent_id", "unknown_section", "Choose a section of this lot."),
        Some(parent) if parent.question.is_some() => {
            faults.add("parent_id", "not_a_section", "A question cannot hold criteria: choose a section.");
        }
        Some(_) => {}
    }
    let mut above = Some(parent_id);
    while let Some(id) = above {
        if own.is_some_and(|own| own.id == id) {
            faults.add("parent_id", "inside_itself", "A section cannot stand inside itself.");
            break;
        }
        above = rows.get(&id).and_then(|row| row.parent_id);
    }
    Ok(())
}

async fn check_question(
    r: &Reading,
    faults: &mut Faults,
    procurement_id: Uuid,
    input: &CriterionInput,
    checked: &mut Checked,
) -> Result<(), Refusal> {
    let scales = scale::all(r, procurement_id).await?;
    let scale = input.scale_id.and_then(|id| scales.iter().find(|scale| scale.id == id));
    match scale {
        Some(scale) => checked.scale_id = Some(scale.id),
        None => faults.add("scale_id", "unknown_scale", "Choose a scale of this procurement."),
    }
    let given = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    checked.word_limit =
        given(&input.word_limit).map(|text| faults.whole("word_limit", &text, 1, MOST_WORDS));
    if let (Some(least), Some(scale)) = (given(&input.minimum_mark), scale) {
        let scale = scale::read(scale)?;
        if let Some(mark) = scale.find(&least) {
            checked.minimum_mark = Some(mark.value.clone());
        } else {
            let marks: Vec<&str> = scale.marks.iter().map(|mark| mark.value.as_str()).collect();
            let message = format!("Choose a mark that is on the scale: {}.", marks.join(", "));
            faults.add("minimum_mark", "mark_not_on_scale", message);
        }
    }
    checked.document = input.document;
    Ok(())
}

fn refuse_question_fields(faults: &mut Faults, input: &CriterionInput) {
    let filled = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
    let given = [
        ("scale_id", input.scale_id.is_some()),
        ("word_limit", filled(&input.word_limit)),
        ("minimum_mark", filled(&input.minimum_mark)),
        ("document", input.document),
    ];
    for (field, given) in given {
        faults.require(
            !given,
            field,
            "section_not_question",
            "Only a question has this: write the question, or leave this out for a section.",
        );
    }
}
