//! How far a lot has come on its way from result to signed contracts, and what the caller may do about it now.

use chrono::NaiveDate;
use entity::{lot, procurement, recommendation};
use rules::money::Pence;
use rules::record::{LotResult, Points};
use rules::stage::Stage;
use rules::words::Role;
use uuid::Uuid;

use super::award::{self, Awarded};
use super::decision::{self, Signatory};
use super::{evidence, notice, recommendation as recommendations, signature};
use crate::kernel::clock::london_day;
use crate::kernel::{Action, Reading, Refusal};

/// A lot on its way to contracts.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The procurement.
    pub procurement: procurement::Model,
    /// The lot.
    pub lot: lot::Model,
    /// All lots of the procurement, in order.
    pub lots: Vec<lot::Model>,
    /// Whether the lot has a result.
    pub has_result: bool,
    /// The recommendation, if it is made.
    pub recommendation: Option<recommendation::Model>,
    /// The recommended supplier, and its price.
    pub recommended: Option<(String, Option<Pence>)>,
    /// The ranked bids of the result, best first.
    pub ranking: Vec<Placed>,
    /// The bids that may be recommended: id and supplier.
    pub candidates: Vec<(Uuid, String)>,
    /// Whether those are tied for the first rank.
    pub tied: bool,
    /// Who must decide, and what each has decided.
    pub signatories: Vec<Signatory>,
    /// What stands in the way of the award.
    pub obstacles: Vec<String>,
    /// The award, if it is made.
    pub awarded: Option<Awarded>,
    /// How many assessed bidders have been told by no assessment summary yet.
    pub untold: u64,
    /// Whether the caller may recommend, award and record the notice.
    pub may_coordinate: bool,
    /// The caller's council, where the caller may record its signature now.
    pub signs_for: Option<Uuid>,
    /// Today in London.
    pub today: NaiveDate,
}

/// A ranked bid with its figures as published.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The supplier's name.
    pub supplier: String,
    /// Its rank; several have the same where nothing parts them.
    pub rank: u32,
    /// Its total of 100 points.
    pub total: String,
    /// Its points for quality.
    pub quality: String,
    /// Its points for price.
    pub price_points: String,
    /// Its evaluated price, net.
    pub price: Option<Pence>,
    /// Whether it is the one that is recommended.
    pub recommended: bool,
}

impl Standing {
    /// The best ranked bid beside the recommended one; nothing before there is a recommendation.
    #[must_use]
    pub fn runner_up(&self) -> Option<&Placed> {
        self.recommendation.as_ref()?;
        self.ranking.iter().find(|bid| !bid.recommended)
    }
}

fn ranking(result: &LotResult, recommendation: Option<&recommendation::Model>) -> Vec<Placed> {
    let recommended = recommendation.map(|row| row.bid_id.to_string());
    let rounded = |points: Option<&Points>| points.map(|points| points.rounded.clone()).unwrap_or_default();
    let mut ranking: Vec<Placed> = result
        .bids
        .iter()
        .filter_map(|bid| {
            Some(Placed {
                supplier: bid.supplier.clone(),
                rank: bid.rank?,
                total: rounded(bid.total.as_ref()),
                quality: rounded(bid.quality.as_ref()),
                price_points: rounded(bid.price_points.as_ref()),
                price: bid.price.as_ref().map(|price| price.total),
                recommended: recommended.as_deref() == Some(bid.bid.as_str()),
            })
        })
        .collect();
    ranking.sort_by_key(|bid| bid.rank);
    ranking
}

/// How far a lot has come, for everybody in the procurement.
pub async fn of_lot(r: &Reading, procurement_id: Uuid, lot_id: Uuid) -> Result<Standing, Refusal> {
    let scope = evidence::reading(r, procurement_id).await?;
    let lot = evidence::lot(r, &scope, lot_id).await?;
    let lots = evidence::lots(r, scope.id()).await?;
    let recommendation = evidence::recommendation(r, lot.id).await?;
    let result = evidence::current_result(r, lot.id).await?;
    let bidders = if result.is_some() { evidence::bidders(r, scope.id()).await? } else { Vec::new() };
    let named = |id: Uuid| {
        let bidder = bidders.iter().find(|bidder| bidder.bid.id == id);
        bidder.map(|bidder| bidder.supplier.name.clone()).unwrap_or_default()
    };
    let candidates = result.as_ref().map(|(_, result)| recommendations::candidates(result));
    let candidates = candidates.unwrap_or_default().into_iter().map(|id| (id, named(id))).collect();
    let recommended = recommendation.as_ref().map(|row| {
        let bid = result.as_ref().and_then(|(_, result)| evidence::bid_result(result, row.bid_id));
        (named(row.bid_id), bid.and_then(|bid| bid.price.as_ref()).map(|price| price.total))
    });
    let ranking = result.as_ref().map(|(_, result)| ranking(result, recommendation.as_ref()));
    let awarded = match evidence::award(r, lot.id).await? {
        Some(_) => Some(award::view(r, procurement_id, lot_id).await?),
        None => None,
    };
    let untold = match &awarded {
        Some(awarded) => notice::untold(r, &awarded.award).await?,
        None => 0,
    };
    let obstacles =
        if awarded.is_none() { award::obstacles(r, procurement_id, lot_id).await? } else { Vec::new() };
    let today = london_day(r.now());
    let unsigned = |council: &Uuid| {
        awarded.as_ref().is_some_and(|awarded| {
            let over = awarded.standstill.is_some_and(|period| today >= period.sign_from);
            over && awarded.signatures.iter().all(|signed| signed.council_id != *council)
        })
    };
    let signs_for = signature::may_sign(r, &scope).await?.filter(unsigned);
    let open = matches!(scope.procurement.stage.0, Stage::Deciding | Stage::Awarded);
    Ok(Standing {
        signatories: decision::signatories(r, procurement_id, lot_id).await?,
        may_coordinate: open && scope.holds(Role::Coordinator) && r.caller().needs(Action::Decide).is_ok(),
        procurement: scope.procurement,
        lot,
        lots,
        has_result: result.is_some(),
        tied: result.is_some_and(|(_, result)| result.winner.is_none()),
        recommendation,
        recommended,
        ranking: ranking.unwrap_or_default(),
        candidates,
        obstacles,
        awarded,
        untold,
        signs_for,
        today,
    })
}
