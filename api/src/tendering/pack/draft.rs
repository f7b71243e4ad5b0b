//! Puts a pack together from the tables.

use std::collections::{BTreeMap, BTreeSet};

use entity::{Word, criterion, demand, lot, pack, pooled_requirement, procurement, scale, schedule_line};
use rules::method::Moderation;
use rules::pack::{
    Method, Pack, PackCouncil, PackCriterion, PackDocument, PackLine, PackLot, PackRate, PackRequirement,
    PackTier, PackVolume, Question,
};
use rules::schedule::price_rules;
use rules::words::{Firmness, Obligation, Part};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::taking_part;
use crate::kernel::{Reading, Refusal};
use crate::pooling::schedule;
use crate::tendering::{
    criterion as criteria, deadline, document, lot as lots, method, price_model, scale as scales,
};

/// The pack as the tables say it now. The caller has been let in by the operation that asks.
pub(super) async fn compose(r: &Reading, procurement: &procurement::Model) -> Result<Pack, Refusal> {
    let id = procurement.id;
    let published = pack::Entity::find().filter(pack::Column::ProcurementId.eq(id)).count(r.txn()).await?;
    let councils = councils(r, id).await?;
    let method = method::of(r, id).await?;
    let scale_rows = scales::all(r, id).await?;
    let lines = lots::all_lines(r, id).await?;
    let mut volumes = volumes(r, id, &councils).await?;
    let mut pack_lots = Vec::new();
    for lot in lots::all(r, id).await? {
        let rows = criteria::of_lot(r, lot.id).await?;
        let quality = branch(None, &rows, &scale_rows);
        let schedule = lines
            .iter()
            .filter(|line| line.lot_id == Some(lot.id))
            .map(|line| pack_line(line, volumes.remove(&line.id).unwrap_or_default()))
            .collect();
        pack_lots.push(pack_lot(lot, quality, schedule));
    }
    let used: BTreeSet<&str> = pack_lots
        .iter()
        .flat_map(PackLot::questions)
        .filter_map(|node| node.question.as_ref())
        .map(|question| question.scale.as_str())
        .collect();
    // Only scales that a question is marked on are told: another would puzzle bidders.
    let told = scale_rows.iter().filter(|row| used.contains(row.name.as_str())).map(scales::read);
    let told = told.collect::<Result<Vec<_>, _>>()?;
    Ok(Pack {
        reference: procurement.reference.clone(),
        title: procurement.title.clone(),
        version: u32::try_from(published + 1).unwrap_or(u32::MAX),
        route: procurement.route.0,
        contracting_model: procurement.contracting_model.0,
        term_years: u32::try_from(procurement.term_years).unwrap_or(0),
        deadline: procurement.deadline_at.map(deadline::pack_text).unwrap_or_default(),
        councils,
        scales: told,
        method: Method {
            decimals: u32::try_from(method.decimals).unwrap_or(u32::MAX),
            rank_on: method.rank_on.0,
            tie_break: method::tie_breaks(&method),
            base_set: method.base_set.0,
            price_rules: price_rules(&pack_lots),
            arithmetic_rule: Some(method::arithmetic_rule(&method)),
            moderation: Some(Moderation {
                spread_steps: method::spread_steps(&method),
                clearance: method.clearance,
            }),
        },
        lots: pack_lots,
        requirements: requirements(r, id).await?,
        documents: documents(r, id).await?,
        opening_councils: u32::try_from(method.opening_councils).unwrap_or(0),
    })
}

async fn councils(r: &Reading, procurement_id: Uuid) -> Result<Vec<PackCouncil>, Refusal> {
    let all = taking_part(r, procurement_id).await?;
    Ok(all
        .into_iter()
        .map(|(council, part)| PackCouncil {
            id: council.id.to_string(),
            name: council.name,
            part: part.part.0,
            shared_cost_weight: part.shared_cost_weight,
        })
        .collect())
}

/// Firm and indicative volumes of lead and core councils added up, by line; ceilings and named options are never priced
/// (METHODS 7). In the order of the councils, then of the years.
async fn volumes(
    r: &Reading,
    procurement_id: Uuid,
    councils: &[PackCouncil],
) -> Result<BTreeMap<Uuid, Vec<PackVolume>>, Refusal> {
    let rows = demand::Entity::find()
        .filter(demand::Column::ProcurementId.eq(procurement_id))
        .filter(demand::Column::Firmness.ne(Word(Firmness::Ceiling)))
        .all(r.txn())
        .await?;
    let mut sums: BTreeMap<(Uuid, usize, i32), i64> = BTreeMap::new();
    for row in rows {
        let council = row.council_id.to_string();
        let buys = |known: &PackCouncil| known.part != Part::NamedOption && known.id == council;
        let Some(place) = councils.iter().position(buys) else { continue };
        let sum = sums.entry((row.line_id, place, row.year)).or_default();
        *sum = sum.saturating_add(row.volume_e3);
    }
    let mut volumes: BTreeMap<Uuid, Vec<PackVolume>> = BTreeMap::new();
    for ((line, place, year), volume_e3) in sums.into_iter().filter(|(_, volume)| *volume != 0) {
        let council = councils[place].id.clone();
        let year = u32::try_from(year).unwrap_or(0);
        volumes.entry(line).or_default().push(PackVolume { council, year, volume_e3 });
    }
    Ok(volumes)
}

fn pack_line(line: &schedule_line::Model, volumes: Vec<PackVolume>) -> PackLine {
    PackLine {
        code: line.code.clone(),
        description: line.description.clone(),
        unit: line.unit.clone(),
        charge: line.charge.0,
        shared: line.shared,
        optional: line.obligation.0 == Obligation::Optional,
        mandatory_option: line.obligation.0 == Obligation::MandatoryOption,
        tiers: schedule::tiers(line).into_iter().map(|from| PackTier { from_e3: from.0 }).collect(),
        rate_card: line.rate_role.clone().map(|role| PackRate {
            role,
            level: line.rate_level.unwrap_or(0),
            basket_e3: line.rate_basket_e3.unwrap_or(0),
        }),
        volumes,
    }
}

fn pack_lot(lot: lot::Model, quality: Vec<PackCriterion>, schedule: Vec<PackLine>) -> PackLot {
    PackLot {
        price: price_model::of(&lot),
        id: lot.id.to_string(),
        code: lot.code,
        title: lot.title,
        description: lot.description,
        min_quality: lot.min_quality,
        quality,
        schedule,
    }
}

/// The criteria directly below a section (or at the top), each with its own branch.
fn branch(parent: Option<Uuid>, rows: &[criterion::Model], scales: &[scale::Model]) -> Vec<PackCriterion> {
    rows.iter()
        .filter(|row| row.parent_id == parent)
        .map(|row| PackCriterion {
            id: row.id.to_string(),
            code: row.code.clone(),
            title: row.title.clone(),
            weight: row.weight.clone(),
            question: row.question.as_ref().map(|text| question(text, row, scales)),
            children: branch(Some(row.id), rows, scales),
        })
        .collect()
}

fn question(text: &str, row: &criterion::Model, scales: &[scale::Model]) -> Question {
    let scale = scales.iter().find(|scale| Some(scale.id) == row.scale_id);
    Question {
        text: text.to_owned(),
        scale: scale.map(|scale| scale.name.clone()).unwrap_or_default(),
        word_limit: row.word_limit.and_then(|words| u32::try_from(words).ok()),
        minimum_mark: row.minimum_mark.clone(),
        document: row.document,
    }
}

async fn requirements(r: &Reading, procurement_id: Uuid) -> Result<Vec<PackRequirement>, Refusal> {
    let rows = pooled_requirement::Entity::find()
        .filter(pooled_requirement::Column::ProcurementId.eq(procurement_id))
        .order_by_asc(pooled_requirement::Column::Position)
        .order_by_asc(pooled_requirement::Column::Code)
        .all(r.txn())
        .await?;
    rows.into_iter()
        .map(|row| {
            let accepted = row
                .accepted
                .split_whitespace()
                .map(|word| word.parse().map_err(|error| Refusal::internal(&error)))
                .collect::<Result<Vec<_>, Refusal>>()?;
            let (kind, moscow) = (row.kind.0, row.moscow.0);
            Ok(PackRequirement { code: row.code, text: row.text, kind, moscow, accepted })
        })
        .collect()
}

async fn documents(r: &Reading, procurement_id: Uuid) -> Result<Vec<PackDocument>, Refusal> {
    let rows = document::all(r, procurement_id).await?;
    Ok(rows
        .into_iter()
        .map(|row| PackDocument { name: row.name, sha256: row.sha256, size: row.size })
        .collect())
}
