//! How far a lot has come on its way from result to signed contracts, and what the caller may do about it now.

use chrono::NaiveDate;
use entity::{lot, procurement, recommendation};
use rules::money::Pence;
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
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, not a state")]
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
    /// How many assessment summaries nobody has been told by.
    pub untold: u64,
    /// Whether the caller may recommend, award and record the notice.
    pub may_coordinate: bool,
    /// Whether the caller may record a signature of its council now.
    pub may_sign: bool,
    /// Today in London.
    pub today: NaiveDate,
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
    let may_sign = signature::may_sign(r, &scope).await?.as_ref().is_some_and(unsigned);
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
        candidates,
        obstacles,
        awarded,
        untold,
        may_sign,
        today,
    })
}
