//! The cost game (METHODS 3.7): what each group of councils would pay alone, and whether a split of the bill of all gives
//! any group a reason to leave.

use std::fmt;

use super::{TierFault, Tiers};
use crate::exact::Exact;

/// The most councils whose exact Shapley values are worked out; every group of them is looked at.
pub const MOST_PLAYERS: usize = 12;

/// Why there is no game.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GameFault {
    /// Nobody plays.
    NoPlayers,
    /// More than [`MOST_PLAYERS`] do.
    TooManyPlayers,
    /// There is not one cost for each group.
    CostsUnfit,
    /// A group's volume has no price.
    Tier(TierFault),
    /// Nobody buys anything, so that there is no equal price.
    NoVolume,
}

impl GameFault {
    /// The calculator's error code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoPlayers => "no_players",
            Self::TooManyPlayers => "too_many_players",
            Self::CostsUnfit => "costs_do_not_fit_players",
            Self::Tier(fault) => fault.code(),
            Self::NoVolume => "no_volume",
        }
    }
}

impl fmt::Display for GameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPlayers => f.write_str("there is no council"),
            Self::TooManyPlayers => write!(f, "there are more than {MOST_PLAYERS} councils"),
            Self::CostsUnfit => f.write_str("every group of councils needs one cost"),
            Self::Tier(fault) => fault.fmt(f),
            Self::NoVolume => f.write_str("nobody buys anything, so there is no equal price"),
        }
    }
}

impl std::error::Error for GameFault {}

/// A split of the bill of all over the councils.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// What each pays, in the order of the councils.
    pub cost: Vec<Exact>,
    /// The most that a smaller group pays above its own cost alone; nothing where there is one council only.
    pub worst_excess: Option<Exact>,
}

impl Split {
    /// Whether no group would pay less alone.
    #[must_use]
    pub fn in_core(&self) -> bool {
        !self.worst_excess.as_ref().is_some_and(Exact::is_positive)
    }
}

/// What each group costs: by bit set, where bit i is council i. The empty group costs nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CostGame {
    players: usize,
    costs: Vec<Exact>,
}

/// A game from the cost of each group by bit set; there must be 2ⁿ.
pub fn cost_game(players: usize, costs: Vec<Exact>) -> Result<CostGame, GameFault> {
    if players == 0 {
        return Err(GameFault::NoPlayers);
    }
    if players > MOST_PLAYERS {
        return Err(GameFault::TooManyPlayers);
    }
    if costs.len() != 1 << players || !costs[0].is_zero() {
        return Err(GameFault::CostsUnfit);
    }
    Ok(CostGame { players, costs })
}

/// What each group pays for its own volume at one tier table, by bit set.
pub fn volume_costs(tiers: &Tiers, quantities: &[Exact]) -> Result<Vec<Exact>, GameFault> {
    if quantities.len() > MOST_PLAYERS {
        return Err(GameFault::TooManyPlayers);
    }
    (0..1_usize << quantities.len())
        .map(|group| {
            let volume = members(group, quantities.len()).map(|player| &quantities[player]).sum();
            tiers.cost(&volume).map_err(GameFault::Tier)
        })
        .collect()
}

fn members(group: usize, players: usize) -> impl Iterator<Item = usize> {
    (0..players).filter(move |player| group >> player & 1 == 1)
}

impl CostGame {
    /// What all pay together.
    #[must_use]
    pub fn grand_cost(&self) -> &Exact {
        &self.costs[self.costs.len() - 1]
    }

    /// What a council pays alone.
    #[must_use]
    pub fn alone(&self, player: usize) -> &Exact {
        &self.costs[1 << player]
    }

    /// The Shapley value: the mean, over all orders in which councils could join, of what each adds to the bill.
    #[must_use]
    pub fn shapley(&self) -> Split {
        let n = self.players;
        let factorial =
            |of: usize| -> i64 { (1..=of).map(|part| i64::try_from(part).unwrap_or(1)).product() };
        // |T|! (n − |T| − 1)! / n!
        let shares: Vec<Exact> = (0..n)
            .map(|size| {
                Exact::ratio(factorial(size) * factorial(n - size - 1), factorial(n)).unwrap_or_default()
            })
            .collect();
        let cost = (0..n)
            .map(|player| {
                let mut by_size = vec![Exact::zero(); n];
                for group in (0..self.costs.len()).filter(|group| group >> player & 1 == 0) {
                    by_size[members(group, n).count()] +=
                        &self.costs[group | 1 << player] - &self.costs[group];
                }
                by_size.iter().zip(&shares).map(|(sum, share)| sum * share).sum()
            })
            .collect();
        self.split(cost)
    }

    /// Everybody pays the same unit price: the bill in proportion to volumes.
    pub fn equal_price(&self, quantities: &[Exact]) -> Result<Split, GameFault> {
        if quantities.len() != self.players {
            return Err(GameFault::CostsUnfit);
        }
        let volume: Exact = quantities.iter().sum();
        let cost = quantities
            .iter()
            .map(|quantity| (self.grand_cost() * quantity).checked_div(&volume).ok_or(GameFault::NoVolume))
            .collect::<Result<_, _>>()?;
        Ok(self.split(cost))
    }

    fn split(&self, cost: Vec<Exact>) -> Split {
        let smaller = 1..self.costs.len() - 1;
        let excess = |group: usize| {
            members(group, self.players).map(|player| &cost[player]).sum::<Exact>() - &self.costs[group]
        };
        let worst_excess = smaller.map(excess).max();
        Split { cost, worst_excess }
    }
}
