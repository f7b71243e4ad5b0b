//! The method: the rules that hold for every lot, and how many councils open the tender box.

use std::collections::BTreeSet;

use entity::{Word, method, participation};
use rules::correction::DEFAULT_RULE;
use rules::marks::DEFAULT_TRIGGER;
use rules::method::{LotMethod, MOST_SPREAD_STEPS};
use rules::words::{BaseSet, Part, ParticipationState, RankOn, TieBreak};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::{changing, pack, reading};
use crate::kernel::ledger::Record;
use crate::kernel::{Faults, Reading, Refusal, Writing};

/// The most characters of the rule for corrections.
const MOST_RULE: usize = 2000;

/// What is entered about the method.
#[derive(Clone, Debug, Default)]
pub struct MethodInput {
    /// Decimals of published totals, 0 to 6.
    pub decimals: String,
    /// `exact` or `rounded`.
    pub rank_on: String,
    /// Ways to part equal totals, in order: `lower_price`, `higher_quality`. Empty: a tie stays a tie.
    pub tie_break: Vec<String>,
    /// `eligible`, `compliant` or `submitted`: whose prices make the reference of a relative formula.
    pub base_set: String,
    /// From how many councils the two people who open the tender box come: 1 or 2.
    pub opening_councils: String,
    /// The rule under which unit prices are corrected after the opening; none for the one of published practice.
    pub arithmetic_rule: Option<String>,
    /// Whether somebody who does not mark reads answers for prices before the panel sees them.
    pub clearance: bool,
    /// From how many steps of the scale between marks the panel talks about an answer, 1 to [`MOST_SPREAD_STEPS`]; none for
    /// [`DEFAULT_TRIGGER`].
    pub spread_steps: Option<String>,
}

/// The method; until one is set, published practice with version 0.
pub async fn view(r: &Reading, procurement_id: Uuid) -> Result<method::Model, Refusal> {
    reading(r, procurement_id).await?;
    of(r, procurement_id).await
}

/// The method. The caller has been let in by the operation that asks.
pub(super) async fn of(r: &Reading, procurement_id: Uuid) -> Result<method::Model, Refusal> {
    if let Some(method) = method::Entity::find_by_id(procurement_id).one(r.txn()).await? {
        return Ok(method);
    }
    let deciding = participation::Entity::find()
        .filter(participation::Column::ProcurementId.eq(procurement_id))
        .filter(participation::Column::State.eq(Word(ParticipationState::Accepted)))
        .filter(participation::Column::Part.ne(Word(Part::NamedOption)))
        .count(r.txn())
        .await?;
    Ok(method::Model {
        procurement_id,
        decimals: 2,
        rank_on: Word(RankOn::Exact),
        tie_break: format!("{} {}", TieBreak::HigherQuality, TieBreak::LowerPrice),
        base_set: Word(BaseSet::Eligible),
        // Two people from two councils open (DOMAIN rule 15), where there are two.
        opening_councils: if deciding < 2 { 1 } else { 2 },
        arithmetic_rule: None,
        spread_steps: None,
        clearance: false,
        version: 0,
    })
}

/// The stored list of tie-breaks as the rules know them.
#[must_use]
pub fn tie_breaks(row: &method::Model) -> Vec<TieBreak> {
    row.tie_break.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

/// The rule for corrections of prices as it is published: the stored one, or that of published practice.
#[must_use]
pub fn arithmetic_rule(row: &method::Model) -> String {
    row.arithmetic_rule.clone().unwrap_or_else(|| DEFAULT_RULE.to_owned())
}

/// From how many steps of the scale between marks the panel talks about an answer, as it is published.
#[must_use]
pub fn spread_steps(row: &method::Model) -> u32 {
    let usual = || u32::try_from(DEFAULT_TRIGGER).unwrap_or(1);
    row.spread_steps.and_then(|steps| u32::try_from(steps).ok()).unwrap_or_else(usual)
}

/// The method of one lot.
#[derive(Clone, Debug)]
pub struct MethodOfLot {
    /// The lot.
    pub lot_id: Uuid,
    /// Its code.
    pub lot_code: String,
    /// Whether it is published and frozen.
    pub published: bool,
    /// Its hash.
    pub hash: String,
    /// Every rule in a sentence.
    pub sentences: Vec<String>,
    /// The whole of it.
    pub method: serde_json::Value,
}

/// All that turns marks and prices into the ranking of a lot: as published, or as it would be published now. For those who take part
/// in the procurement.
pub async fn of_lot(r: &Reading, procurement_id: Uuid, lot_id: Uuid) -> Result<MethodOfLot, Refusal> {
    let view = pack::view(r, procurement_id).await?;
    let lots = view.pack.lots.iter();
    let lot = lots.into_iter().find(|lot| lot.id == lot_id.to_string());
    let lot = lot.ok_or_else(|| Refusal::not_found("lot"))?;
    let method = LotMethod::of(&view.pack, lot);
    let unfit =
        |why| Refusal::conflict("method_not_canonical", format!("The method cannot be hashed: {why}."));
    Ok(MethodOfLot {
        lot_id,
        lot_code: lot.code.clone(),
        published: view.published.is_some(),
        hash: method.hash().map_err(unfit)?,
        sentences: rules::method::told(&view.pack, lot),
        method: serde_json::to_value(&method)?,
    })
}

/// Sets the method. Only the coordinator, before publication. `seen` is 0 where none was set yet.
pub async fn set(
    w: &Writing,
    procurement_id: Uuid,
    seen: i64,
    input: MethodInput,
) -> Result<method::Model, Refusal> {
    changing(w, procurement_id).await?;
    let mut faults = Faults::new();
    let decimals = faults.whole("decimals", &input.decimals, 0, 6);
    let rank_on = faults.word("rank_on", &input.rank_on, RankOn::Exact);
    let base_set = faults.word("base_set", &input.base_set, BaseSet::Eligible);
    let opening_councils = faults.whole("opening_councils", &input.opening_councils, 1, 2);
    let rule = input.arithmetic_rule.as_deref();
    let arithmetic_rule = rule.map(|rule| faults.text("arithmetic_rule", rule, MOST_RULE));
    let most = i32::try_from(MOST_SPREAD_STEPS).unwrap_or(i32::MAX);
    let spread_steps =
        input.spread_steps.as_deref().map(|steps| faults.whole("spread_steps", steps, 1, most));
    let mut keys = Vec::with_capacity(input.tie_break.len());
    for (index, word) in input.tie_break.iter().enumerate() {
        let field = format!("tie_break/{index}");
        keys.push(faults.word(&field, word, TieBreak::LowerPrice));
    }
    let once = keys.iter().collect::<BTreeSet<_>>().len() == keys.len();
    faults.require(once, "tie_break", "tie_break_doubled", "Name each way to part equal totals once.");
    faults.done()?;
    let tie_break = keys.iter().map(|key| key.as_str()).collect::<Vec<_>>().join(" ");
    // The first setting makes the row, so that the conditional update below is the same for all.
    let first = method::ActiveModel { version: Set(0), ..of(w, procurement_id).await?.into() };
    method::Entity::insert(first).on_conflict_do_nothing().exec_without_returning(w.txn()).await?;
    let changed = method::Entity::update_many()
        .col_expr(method::Column::Decimals, Expr::value(decimals))
        .col_expr(method::Column::RankOn, Expr::value(Word(rank_on)))
        .col_expr(method::Column::TieBreak, Expr::value(tie_break.as_str()))
        .col_expr(method::Column::BaseSet, Expr::value(Word(base_set)))
        .col_expr(method::Column::OpeningCouncils, Expr::value(opening_councils))
        .col_expr(method::Column::ArithmeticRule, Expr::value(arithmetic_rule.clone()))
        .col_expr(method::Column::SpreadSteps, Expr::value(spread_steps))
        .col_expr(method::Column::Clearance, Expr::value(input.clearance))
        .col_expr(method::Column::Version, Expr::value(seen + 1))
        .filter(method::Column::ProcurementId.eq(procurement_id))
        .filter(method::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if changed.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    let body = json!({
        "decimals": decimals,
        "rank_on": rank_on.as_str(),
        "tie_break": tie_break,
        "base_set": base_set.as_str(),
        "opening_councils": opening_councils,
        "arithmetic_rule": arithmetic_rule,
        "spread_steps": spread_steps,
        "clearance": input.clearance,
    });
    w.record(Record::new(procurement_id, "tendering.method.set", procurement_id, body));
    of(w, procurement_id).await
}
