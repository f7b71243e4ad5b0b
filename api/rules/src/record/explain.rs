//! How a result came about, in words.

use super::LotResult;
use crate::exact::Exact;
use crate::money::Pence;
use crate::pack::Pack;
use crate::price::{self, PriceRule};
use crate::rank::in_base;

impl LotResult {
    /// How a bid's price became its points: the formula with its figures, from the pack this result was computed from.
    /// Nothing for a bid that is not ranked, for it has no price points.
    #[must_use]
    pub fn price_explained(&self, pack: &Pack, bid: &str) -> Option<String> {
        let lot = pack.lots.iter().find(|lot| lot.id == self.lot)?;
        let own = self.bids.iter().find(|one| one.bid == bid && one.price_points.is_some())?;
        let price = own.price.as_ref()?.total;
        let rule = PriceRule::from_model(&lot.price).ok()?;
        let weight: Exact = lot.price.weight.parse().ok()?;
        let set = pack.method.base_set;
        let base: Vec<Pence> = self
            .bids
            .iter()
            .filter(|one| in_base(set, one.exclusion))
            .filter_map(|one| Some(one.price.as_ref()?.total))
            .collect();
        price::explained(&rule, &weight, price, (set, &base), pack.method.decimals).ok()
    }
}
