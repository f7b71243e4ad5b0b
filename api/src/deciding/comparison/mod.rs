//! The comparison of a lot's bids: marks, points, prices and ranks side by side, as the result of record has them.
//!
//! There is nothing to see before the lot's quality is locked: neither prices nor other people's marks (DOMAIN rule 1).

mod export;
mod lines;

use chrono::{DateTime, Utc};
use entity::{lot, mark, procurement, result};
use rules::exact::Exact;
use rules::marks::spread_steps;
use rules::money::Pence;
use rules::pack::{Pack, PackLot};
use rules::record::{BidResult, LotResult, PriceResult};
use uuid::Uuid;

use super::assessment::{self, Line};
use super::evidence::{self, Bidder, CouncilPart};
use crate::kernel::{Reading, Refusal};

pub use export::export;
pub use lines::LineCosts;

/// A lot's comparison, or what it waits for.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The procurement.
    pub procurement: procurement::Model,
    /// The lot.
    pub lot: lot::Model,
    /// All lots of the procurement, in order.
    pub lots: Vec<lot::Model>,
    /// The figures, once there is a result.
    pub matrix: Option<Matrix>,
    /// What is missing until then.
    pub missing: Option<String>,
}

/// The figures of a lot.
#[derive(Clone, Debug)]
pub struct Matrix {
    /// The result they are from.
    pub result_id: Uuid,
    /// Which result of the lot it is, from 1.
    pub revision: i32,
    /// Its hash.
    pub hash: String,
    /// The hash of what it was computed from.
    pub inputs_hash: String,
    /// The hash of the published pack.
    pub pack_hash: String,
    /// The hash of the published method.
    pub method_hash: String,
    /// When it was computed.
    pub computed_at: DateTime<Utc>,
    /// The most quality points.
    pub quality_weight: String,
    /// The most price points.
    pub price_weight: String,
    /// How many digits points are published with.
    pub decimals: u32,
    /// How price becomes points, in a sentence.
    pub price_rule: String,
    /// How rounded figures come to differ from their totals.
    pub rounding: String,
    /// The length of the contract in years.
    pub term_years: u32,
    /// The councils whose panel members marked, by part and name.
    pub councils: Vec<String>,
    /// The marks of the scale, lowest first, where all questions are marked on one; else empty.
    pub scale: Vec<String>,
    /// The criteria in order, each with a cell for each bid.
    pub criteria: Vec<Criterion>,
    /// The bids in the order of opening.
    pub bids: Vec<Column>,
    /// What each line of the price schedule costs, band by band.
    pub lines: Vec<LineCosts>,
    /// What readers should know.
    pub warnings: Vec<String>,
}

/// A row of the matrix.
#[derive(Clone, Debug)]
pub struct Criterion {
    /// Its place in the tree.
    pub line: Line,
    /// A cell for each bid, in the order of [`Matrix::bids`].
    pub cells: Vec<Cell>,
}

/// What one bid earned on one criterion.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// The mark of record, for a question.
    pub mark: Option<String>,
    /// The mark's place on its scale from 0, and how many marks the scale has.
    pub position: Option<(usize, usize)>,
    /// The points it earned.
    pub points: Option<String>,
    /// The panel members' own marks by council, in the order of [`Matrix::councils`]; empty where nobody of it marked.
    pub councils: Vec<Vec<String>>,
    /// How many steps of the scale the members' marks are apart, where that is two or more.
    pub apart: Option<usize>,
}

/// A bid.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its id.
    pub bid_id: Uuid,
    /// The supplier's name.
    pub supplier: String,
    /// Why it is not ranked, if so.
    pub exclusion: Option<String>,
    /// Every reason for that.
    pub reasons: Vec<String>,
    /// Its rank.
    pub rank: Option<u32>,
    /// Whether it is the one winner.
    pub leads: bool,
    /// Whether it is tied for the first rank.
    pub tied: bool,
    /// Its points of quality and price, and their total; as published, and exact for pictures.
    pub quality: Option<String>,
    /// Points for price.
    pub price_points: Option<String>,
    /// The total.
    pub total: Option<String>,
    /// The evaluated price and its parts, net.
    pub price: Option<PriceResult>,
    /// The result's entry, with exact figures.
    pub result: BidResult,
}

impl Column {
    /// The evaluated price for people.
    #[must_use]
    pub fn price_text(&self) -> Option<String> {
        self.price.as_ref().map(|price| price.total.pounds())
    }

    /// A council's part of the price.
    #[must_use]
    pub fn share(&self, council: &str) -> Option<Pence> {
        let price = self.price.as_ref()?;
        Some(price.councils.iter().find(|part| part.council == council)?.price)
    }
}

impl Matrix {
    /// The councils that buy, in the pack's order: id and name.
    #[must_use]
    pub fn buyers(&self) -> Vec<(String, String)> {
        let priced = self.bids.iter().find_map(|bid| bid.price.as_ref());
        let councils = priced.map(|price| price.councils.as_slice()).unwrap_or_default();
        councils.iter().map(|part| (part.council.clone(), part.name.clone())).collect()
    }

    /// The ranked bids, best first.
    #[must_use]
    pub fn ranked(&self) -> Vec<&Column> {
        let mut ranked: Vec<&Column> = self.bids.iter().filter(|bid| bid.rank.is_some()).collect();
        ranked.sort_by_key(|bid| bid.rank);
        ranked
    }

    /// What the ranking says, in a sentence.
    #[must_use]
    pub fn finding(&self) -> String {
        let ranked = self.ranked();
        let exact = |bid: &Column| bid.result.total.as_ref().map(|points| points.exact.clone());
        match ranked.as_slice() {
            [] => "No bid is left to rank.".to_owned(),
            [only] => format!("{} is the only ranked bid.", only.supplier),
            [first, second, ..] if first.leads => {
                let lead = exact(first).unwrap_or_default() - exact(second).unwrap_or_default();
                if lead.is_zero() {
                    format!("{} leads on the published tie-break.", first.supplier)
                } else {
                    format!("{} leads by {}.", first.supplier, lead.fixed(self.decimals))
                }
            }
            tied => {
                let names: Vec<_> =
                    tied.iter().filter(|bid| bid.tied).map(|bid| bid.supplier.as_str()).collect();
                format!("{} are tied for the first rank.", names.join(" and "))
            }
        }
    }
}

/// The comparison of a lot, for everybody in the procurement once the lot's quality is locked and it has a result. Until
/// then it says what is missing, and nothing of any bid.
pub async fn view(r: &Reading, procurement_id: Uuid, lot_id: Uuid) -> Result<Comparison, Refusal> {
    let scope = evidence::reading(r, procurement_id).await?;
    let lot = evidence::lot(r, &scope, lot_id).await?;
    let lots = evidence::lots(r, scope.id()).await?;
    let (matrix, missing) = if !evidence::quality_is_locked(r, lot.id).await? {
        let text = "The marks and prices of this lot appear when its quality is agreed and locked.";
        (None, Some(text.to_owned()))
    } else if let Some((row, result)) = evidence::current_result(r, lot.id).await? {
        (Some(matrix(r, &lot, row, result).await?), None)
    } else {
        let text = "Quality is locked. The comparison appears when the result of this lot is computed.";
        (None, Some(text.to_owned()))
    };
    Ok(Comparison { procurement: scope.procurement, lot, lots, matrix, missing })
}

/// The lots of a procurement, for those who look for one to compare.
pub async fn lots(
    r: &Reading,
    procurement_id: Uuid,
) -> Result<(procurement::Model, Vec<lot::Model>), Refusal> {
    let scope = evidence::reading(r, procurement_id).await?;
    let lots = evidence::lots(r, scope.id()).await?;
    Ok((scope.procurement, lots))
}

async fn matrix(
    r: &Reading,
    lot: &lot::Model,
    row: result::Model,
    result: LotResult,
) -> Result<Matrix, Refusal> {
    let (_, pack) = evidence::pack(r, lot.procurement_id).await?;
    let pack_lot = evidence::pack_lot(&pack, lot.id)?;
    let mut marks = evidence::marks(r, pack_lot, lot.id).await?;
    // A panel member stands at the same place in every cell.
    marks.sort_by_key(|mark| mark.person_id);
    let parts: Vec<CouncilPart> = evidence::parts(r, lot.procurement_id)
        .await?
        .into_iter()
        .filter(|part| marks.iter().any(|mark| mark.council_id == part.council.id))
        .collect();
    let bidders = evidence::bidders(r, lot.procurement_id).await?;
    let columns: Vec<Column> = bidders.iter().filter_map(|bidder| column(bidder, &result)).collect();
    let criteria = assessment::lines(pack_lot)
        .into_iter()
        .map(|line| {
            let cells = columns.iter().map(|bid| cell(&pack, &line, bid, &marks, &parts)).collect();
            Criterion { line, cells }
        })
        .collect();
    Ok(Matrix {
        result_id: row.id,
        revision: row.revision,
        hash: row.hash,
        inputs_hash: row.inputs_hash,
        pack_hash: result.pack_hash,
        method_hash: result.method_hash,
        computed_at: row.computed_at,
        quality_weight: weight(&result.quality_weight),
        price_weight: weight(&result.price_weight),
        decimals: pack.method.decimals,
        price_rule: rules::method::price_rule(&pack, pack_lot),
        rounding: rules::method::rounding(pack.method.decimals),
        term_years: pack.term_years,
        councils: parts.into_iter().map(|part| part.council.name).collect(),
        scale: only_scale(&pack, pack_lot),
        criteria,
        lines: lines::of(&pack, pack_lot, &columns),
        bids: columns,
        warnings: result.warnings.into_iter().map(|warning| warning.message).collect(),
    })
}

/// A weight of a result, exactly, for what is weighed is published so.
fn weight(exact: &str) -> String {
    exact.parse::<Exact>().map_or_else(|_| exact.to_owned(), |exact| exact.decimal())
}

fn only_scale(pack: &Pack, lot: &PackLot) -> Vec<String> {
    let questions = lot.questions();
    let mut names = questions.iter().filter_map(|node| Some(node.question.as_ref()?.scale.as_str()));
    let Some(first) = names.next() else { return Vec::new() };
    let scale = assessment::scale(pack, Some(first)).filter(|_| names.all(|name| name == first));
    scale.map(|scale| scale.marks.iter().map(|mark| mark.value.clone()).collect()).unwrap_or_default()
}

fn column(bidder: &Bidder, result: &LotResult) -> Option<Column> {
    let bid = evidence::bid_result(result, bidder.bid.id)?.clone();
    let rounded = |points: &Option<rules::record::Points>| points.as_ref().map(|p| p.rounded.clone());
    Some(Column {
        bid_id: bidder.bid.id,
        supplier: bidder.supplier.name.clone(),
        exclusion: bid.exclusion.map(|word| word.label().to_owned()),
        reasons: bid.reasons.iter().map(|reason| reason.message.clone()).collect(),
        rank: bid.rank,
        leads: result.winner.as_ref() == Some(&bid.bid),
        tied: result.unresolved_tie.contains(&bid.bid),
        quality: rounded(&bid.quality),
        price_points: rounded(&bid.price_points),
        total: rounded(&bid.total),
        price: bid.price.clone(),
        result: bid,
    })
}

fn cell(pack: &Pack, line: &Line, bid: &Column, marks: &[mark::Model], parts: &[CouncilPart]) -> Cell {
    let earned = bid.result.criteria.get(&line.code);
    let points = earned.map(|earned| earned.points.rounded.clone());
    if !line.is_question {
        return Cell { points, ..Cell::default() };
    }
    let own: Vec<&mark::Model> =
        marks.iter().filter(|mark| mark.bid_id == bid.bid_id && mark.question == line.code).collect();
    let of = |part: &CouncilPart| {
        own.iter().filter(|mark| mark.council_id == part.council.id).map(|mark| mark.value.clone()).collect()
    };
    let mark = earned.and_then(|earned| earned.mark.clone());
    let scale = assessment::scale(pack, line.scale.as_deref());
    let values: Vec<&str> = own.iter().map(|mark| mark.value.as_str()).collect();
    Cell {
        position: scale.zip(mark.as_deref()).and_then(|(scale, mark)| {
            let place = scale.position(mark)?;
            Some((place, scale.marks.len()))
        }),
        mark,
        points,
        councils: parts.iter().map(of).collect(),
        apart: scale
            .and_then(|scale| spread_steps(scale, &values))
            .filter(|steps| *steps >= pack.method.spread_steps()),
    }
}
