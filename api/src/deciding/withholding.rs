//! What the other bidders do not read of the recommended tender's explanations.
//!
//! With the award every bidder gets the winner's marks and explanations (reg 31(3)). Sensitive commercial information may be
//! withheld from them, field by field, where there is an overriding public interest in that, and they are told that something
//! is withheld and on what grounds (PA23 s.94). So passages are left out of an explanation and of its reference to the tender,
//! never reworded, and only until the letters are made; the winner and the councils read everything. What a bidder marked as
//! confidential withholds nothing by itself: it stands beside each explanation for the coordinator to decide.

use std::collections::BTreeMap;

use entity::{consensus, lot, withholding};
use rules::stage::Stage;
use rules::withholding::{occurs, withhold};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::{assessment, evidence};
use crate::bidding::confidential;
use crate::kernel::ledger::{Record, text_hash};
use crate::kernel::{Faults, Paging, Reading, Refusal, Slice, Writing, access};
use crate::scoring::consensus as consensuses;

/// The most passages of one explanation.
const MOST_PASSAGES: usize = 20;
/// The longest passage, in characters.
const LONGEST_PASSAGE: usize = 2_000;
/// The longest grounds, in characters.
const LONGEST_GROUNDS: usize = 2_000;

/// A question's explanation about the recommended tender, and what other bidders read of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The question's code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// What the bidder marked of its answer as confidential and why, in sentences.
    pub because: Vec<String>,
    /// The explanation of the agreed mark; empty where there is none yet.
    pub explanation: String,
    /// The place in the tender that it refers to.
    pub reference: String,
    /// What is withheld of them; `None` where nothing is.
    pub withheld: Option<Withheld>,
    /// Counts changes of what is withheld; 0 where nothing ever was.
    pub version: i64,
}

impl Explanation {
    /// The explanation as other bidders read it.
    #[must_use]
    pub fn told_explanation(&self) -> String {
        self.withheld.as_ref().map_or_else(|| self.explanation.clone(), |held| held.of(&self.explanation))
    }

    /// The reference as other bidders read it.
    #[must_use]
    pub fn told_reference(&self) -> String {
        self.withheld.as_ref().map_or_else(|| self.reference.clone(), |held| held.of(&self.reference))
    }

    /// The passages that are in neither text, so that they withhold nothing.
    #[must_use]
    pub fn missing(&self) -> Vec<&str> {
        let passages = self.withheld.iter().flat_map(|held| &held.passages).map(String::as_str);
        passages.filter(|it| !occurs(&self.explanation, it) && !occurs(&self.reference, it)).collect()
    }
}

/// Passages that are withheld, and on what grounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withheld {
    /// The passages.
    pub passages: Vec<String>,
    /// Why they may be withheld, as the other bidders read it.
    pub grounds: String,
}

impl Withheld {
    /// A text without the passages.
    #[must_use]
    pub fn of(&self, text: &str) -> String {
        withhold(text, &self.passages)
    }
}

/// What is entered: no passages take back what was withheld.
#[derive(Clone, Debug, Default)]
pub struct WithholdingInput {
    /// The passages, word for word as they stand in the explanation or in its reference.
    pub passages: Vec<String>,
    /// Why the information is sensitive, and why withholding it is in the public interest.
    pub grounds: String,
}

/// The explanations about the recommended tender of a lot, in the order of the criteria; none before one is recommended. For
/// everybody who may see the results.
pub async fn of_recommended(
    r: &Reading,
    procurement_id: Uuid,
    lot_id: Uuid,
) -> Result<Vec<Explanation>, Refusal> {
    let scope = evidence::reading(r, procurement_id).await?;
    let lot = evidence::lot(r, &scope, lot_id).await?;
    match evidence::recommendation(r, lot.id).await? {
        Some(recommendation) => explanations(r, &lot, recommendation.bid_id).await,
        None => Ok(Vec::new()),
    }
}

/// The same, in slices.
pub async fn list(
    r: &Reading,
    procurement_id: Uuid,
    lot_id: Uuid,
    paging: &Paging,
) -> Result<Slice<Explanation>, Refusal> {
    paging.cut_whole(of_recommended(r, procurement_id, lot_id).await?, |one| one.code.clone())
}

/// One of them.
pub async fn view(
    r: &Reading,
    procurement_id: Uuid,
    lot_id: Uuid,
    question: &str,
) -> Result<Explanation, Refusal> {
    let all = of_recommended(r, procurement_id, lot_id).await?;
    all.into_iter().find(|one| one.code == question).ok_or_else(|| Refusal::not_found("question"))
}

async fn explanations(r: &Reading, lot: &lot::Model, bid_id: Uuid) -> Result<Vec<Explanation>, Refusal> {
    let marked = confidential::of_bid(r, bid_id).await?;
    let (_, pack) = evidence::pack(r, lot.procurement_id).await?;
    let agreed = evidence::agreed(r, lot.id).await?;
    let mut rows = rows(r, lot.id, bid_id).await?;
    let questions = assessment::lines(evidence::pack_lot(&pack, lot.id)?);
    let questions = questions.into_iter().filter(|line| line.is_question);
    let found = questions.map(|line| {
        let row = agreed.get(&(bid_id, line.code.clone()));
        let text = |of: fn(&consensus::Model) -> &String| row.map(of).cloned().unwrap_or_default();
        let (withheld, version) = rows.remove(&line.code).unwrap_or_default();
        Explanation {
            because: marked.get(&line.code).map(confidential::Because::told).unwrap_or_default(),
            explanation: row.map(consensuses::explanation).unwrap_or_default(),
            reference: text(|row| &row.reference),
            code: line.code,
            title: line.title,
            withheld,
            version,
        }
    });
    Ok(found.collect())
}

/// What is withheld of a bid in a lot by the question's code, with its version.
async fn rows(
    r: &Reading,
    lot_id: Uuid,
    bid_id: Uuid,
) -> Result<BTreeMap<String, (Option<Withheld>, i64)>, Refusal> {
    let rows = withholding::Entity::find()
        .filter(withholding::Column::LotId.eq(lot_id))
        .filter(withholding::Column::BidId.eq(bid_id))
        .all(r.txn())
        .await?;
    let kept = rows.into_iter().map(|row| {
        let passages: Vec<String> =
            serde_json::from_str(&row.passages).map_err(|error| Refusal::internal(&error))?;
        let withheld = (!passages.is_empty()).then_some(Withheld { passages, grounds: row.grounds });
        Ok((row.question, (withheld, row.version)))
    });
    kept.collect()
}

/// What is withheld of a bid in a lot, by the question's code. Unauthorised: for the letters.
pub(super) async fn of_bid(
    r: &Reading,
    lot_id: Uuid,
    bid_id: Uuid,
) -> Result<BTreeMap<String, Withheld>, Refusal> {
    let rows = rows(r, lot_id, bid_id).await?;
    Ok(rows.into_iter().filter_map(|(code, (withheld, _))| Some((code, withheld?))).collect())
}

/// Passages that stand in no explanation any more, in sentences: a mark may be agreed anew after they were chosen, and then
/// nobody has seen what would go out.
pub(super) async fn astray(r: &Reading, lot: &lot::Model, bid_id: Uuid) -> Result<Vec<String>, Refusal> {
    let all = explanations(r, lot, bid_id).await?;
    let told = all.iter().flat_map(|one| {
        one.missing().into_iter().map(|passage| {
            format!(
                "Question {}: the passage “{passage}”, which is to be withheld, is not in the explanation any more. \
                 Choose what to withhold again.",
                one.code
            )
        })
    });
    Ok(told.collect())
}

/// Sets what the other bidders do not read of one explanation. The coordinator does, from the recommendation to the award.
/// `seen` is 0 where nothing was ever withheld of it.
pub async fn set(
    w: &Writing,
    procurement_id: Uuid,
    lot_id: Uuid,
    question: &str,
    seen: i64,
    input: WithholdingInput,
) -> Result<Explanation, Refusal> {
    let scope = evidence::changing(w, procurement_id).await?;
    scope.must_coordinate()?;
    let lot = evidence::lot(w, &scope, lot_id).await?;
    access::must_not_be_awarded(w, lot.id).await?;
    scope.must_stand_at(&[Stage::Deciding])?;
    let bid_id = super::recommendation::must_exist(w, &lot).await?.bid_id;
    let one = view(w, procurement_id, lot_id, question).await?;
    let withheld = check(&one, &input)?;
    let passages = serde_json::to_string(&withheld.passages).map_err(|error| Refusal::internal(&error))?;
    keep(w, (&lot, bid_id, question), seen, &passages, &withheld.grounds).await?;
    let body = json!({
        "lot": lot.code,
        "bid": bid_id,
        "question": question,
        "passages": withheld.passages.iter().map(|it| text_hash(bid_id, it)).collect::<Vec<_>>(),
        "grounds": text_hash(bid_id, &withheld.grounds),
        "version": seen + 1,
    });
    w.record(Record::new(procurement_id, "deciding.withholding.set", bid_id, body));
    view(w, procurement_id, lot_id, question).await
}

/// Every fault of what is entered, or what it withholds.
fn check(one: &Explanation, input: &WithholdingInput) -> Result<Withheld, Refusal> {
    let mut faults = Faults::new();
    let entered = input.passages.iter().map(|passage| passage.trim()).filter(|passage| !passage.is_empty());
    let entered: Vec<&str> = entered.collect();
    if entered.is_empty() {
        return Ok(Withheld { passages: Vec::new(), grounds: String::new() });
    }
    faults.require(
        entered.len() <= MOST_PASSAGES,
        "passages",
        "too_many",
        "Withhold at most 20 passages of one explanation; a passage may be a whole one.",
    );
    let mut passages: Vec<String> = Vec::with_capacity(entered.len());
    for passage in entered {
        let passage = faults.text("passages", passage, LONGEST_PASSAGE);
        if !occurs(&one.explanation, &passage) && !occurs(&one.reference, &passage) {
            let told = format!(
                "“{passage}” stands neither in the explanation nor in its reference. Copy it word for word."
            );
            faults.add("passages", "not_in_the_explanation", told);
        }
        if !passages.contains(&passage) {
            passages.push(passage);
        }
    }
    let grounds = faults.text("grounds", &input.grounds, LONGEST_GROUNDS);
    if let Some(told) = passages.iter().find(|passage| occurs(&grounds, passage)) {
        let why = format!("The other bidders read the grounds, and these hold what is withheld: “{told}”.");
        faults.add("grounds", "tells_what_is_withheld", why);
    }
    faults.done()?;
    Ok(Withheld { passages, grounds })
}

async fn keep(
    w: &Writing,
    (lot, bid_id, question): (&lot::Model, Uuid, &str),
    seen: i64,
    passages: &str,
    grounds: &str,
) -> Result<(), Refusal> {
    // The first setting makes the row, so that the conditional update below is the same for all.
    let first = withholding::ActiveModel {
        id: Set(Uuid::now_v7()),
        lot_id: Set(lot.id),
        bid_id: Set(bid_id),
        question: Set(question.to_owned()),
        passages: Set("[]".to_owned()),
        grounds: Set(String::new()),
        set_by: Set(w.caller().person()?.id),
        set_at: Set(w.now()),
        version: Set(0),
    };
    let key = [withholding::Column::BidId, withholding::Column::LotId, withholding::Column::Question];
    let kept = OnConflict::columns(key).do_nothing().to_owned();
    withholding::Entity::insert(first).on_conflict(kept).exec_without_returning(w.txn()).await?;
    let changed = withholding::Entity::update_many()
        .col_expr(withholding::Column::Passages, Expr::value(passages))
        .col_expr(withholding::Column::Grounds, Expr::value(grounds))
        .col_expr(withholding::Column::SetBy, Expr::value(w.caller().person()?.id))
        .col_expr(withholding::Column::SetAt, Expr::value(w.now()))
        .col_expr(withholding::Column::Version, Expr::value(seen + 1))
        .filter(withholding::Column::LotId.eq(lot.id))
        .filter(withholding::Column::BidId.eq(bid_id))
        .filter(withholding::Column::Question.eq(question))
        .filter(withholding::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if changed.rows_affected == 0 { Err(Refusal::stale()) } else { Ok(()) }
}
