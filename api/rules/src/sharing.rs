//! Who gains from buying together: each council's saving, and whether any group would do better apart.

mod game;
mod savings;
mod tiers;

pub use game::{CostGame, GameFault, MOST_PLAYERS, Split, cost_game, volume_costs};
pub use savings::{Buyer, Effects, Savings, savings};
pub use tiers::{TierFault, Tiers};
