//! Topics `savings`, `cost_game` and `allocation`.

use serde::{Deserialize, Serialize};

use super::Refused;
use super::read::{Named, Number, distinct};
use crate::allocation;
use crate::exact::Exact;
use crate::money::Pence;
use crate::sharing::{self, Buyer, CostGame, Effects, GameFault, Split, Tiers};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pooled {
    tiers: Vec<(Number, Number)>,
    councils: Named<Council>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Council {
    quantity: Number,
    baseline: Option<Number>,
    own_cost: Option<Number>,
}

#[derive(Serialize)]
pub(super) struct Savings {
    pooled_unit_price: Exact,
    councils: Named<CouncilSaving>,
    total_over_councils_with_baseline: Total,
    councils_without_baseline: usize,
}

#[derive(Serialize)]
struct CouncilSaving {
    #[serde(flatten)]
    amounts: Total,
    net_percent_of_baseline: Option<String>,
}

#[derive(Serialize)]
struct Total {
    market_effect: Option<String>,
    aggregation_effect: String,
    gross_saving: Option<String>,
    own_cost: String,
    net_saving: Option<String>,
}

fn total(effects: &Effects) -> Total {
    let pounds = |amount: &Option<Exact>| amount.as_ref().map(|amount| amount.fixed(2));
    Total {
        market_effect: pounds(&effects.market),
        aggregation_effect: effects.aggregation.fixed(2),
        gross_saving: pounds(&effects.gross),
        own_cost: effects.own_cost.fixed(2),
        net_saving: pounds(&effects.net),
    }
}

fn tiers(table: Vec<(Number, Number)>) -> Result<Tiers, Refused> {
    Ok(Tiers::new(table.into_iter().map(|(from, price)| (from.0, price.0)).collect())?)
}

pub(super) fn savings(input: Pooled) -> Result<Savings, Refused> {
    let (names, councils) = input.councils.apart();
    let buyers: Vec<Buyer> = councils
        .into_iter()
        .map(|council| Buyer {
            quantity: council.quantity.0,
            baseline: council.baseline.map(|baseline| baseline.0),
            own_cost: council.own_cost.map(|cost| cost.0).unwrap_or_default(),
        })
        .collect();
    let savings = sharing::savings(&tiers(input.tiers)?, &buyers)?;
    let councils = names.into_iter().zip(&savings.councils).map(|(name, effects)| {
        let percent = effects.net_percent.as_ref().map(|percent| percent.fixed(2));
        (name, CouncilSaving { amounts: total(effects), net_percent_of_baseline: percent })
    });
    Ok(Savings {
        councils: councils.collect(),
        total_over_councils_with_baseline: total(&savings.total),
        pooled_unit_price: savings.pooled_unit_price,
        councils_without_baseline: savings.without_baseline,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Game {
    players: Vec<String>,
    table: Option<Named<Number>>,
    quantities: Option<Named<Number>>,
    tiers: Option<Vec<(Number, Number)>>,
}

#[derive(Serialize)]
pub(super) struct Solved {
    grand_cost: Exact,
    shapley_cost: Named<Exact>,
    shapley_worst_excess: Option<Exact>,
    shapley_in_core: bool,
    #[serde(flatten)]
    equal_price: Option<EqualPrice>,
}

#[derive(Serialize)]
struct EqualPrice {
    equal_price_cost: Named<Exact>,
    equal_price_worst_excess: Option<Exact>,
    equal_price_in_core: bool,
    saving_shapley: Named<Exact>,
    saving_equal_price: Named<Exact>,
}

pub(super) fn cost_game(input: Game) -> Result<Solved, Refused> {
    let players = input.players;
    distinct(players.iter().map(String::as_str))?;
    if players.len() > sharing::MOST_PLAYERS {
        return Err(GameFault::TooManyPlayers.into());
    }
    let by_player =
        |values: &[Exact]| -> Named<Exact> { players.iter().cloned().zip(values.iter().cloned()).collect() };
    let quantities = input.quantities.map(|quantities| in_order(&players, quantities)).transpose()?;
    let costs = match (input.table, input.tiers, &quantities) {
        (Some(table), None, _) => table_costs(&players, table)?,
        (None, Some(table), Some(quantities)) => sharing::volume_costs(&tiers(table)?, quantities)?,
        _ => {
            return Err(Refused::malformed(
                "input_invalid",
                "a game has a table of costs, or quantities and tiers",
            ));
        }
    };
    let game = sharing::cost_game(players.len(), costs)?;
    let shapley = game.shapley();
    let equal_price = match &quantities {
        None => None,
        Some(quantities) => {
            let equal = game.equal_price(quantities)?;
            Some(EqualPrice {
                equal_price_in_core: equal.in_core(),
                saving_shapley: by_player(&saved(&game, &shapley)),
                saving_equal_price: by_player(&saved(&game, &equal)),
                equal_price_cost: by_player(&equal.cost),
                equal_price_worst_excess: equal.worst_excess,
            })
        }
    };
    Ok(Solved {
        grand_cost: game.grand_cost().clone(),
        shapley_cost: by_player(&shapley.cost),
        shapley_in_core: shapley.in_core(),
        shapley_worst_excess: shapley.worst_excess,
        equal_price,
    })
}

/// What each saves against buying alone.
fn saved(game: &CostGame, split: &Split) -> Vec<Exact> {
    split.cost.iter().enumerate().map(|(player, cost)| game.alone(player) - cost).collect()
}

/// The costs of all groups by bit set, from keys such as `A+B` in any order of names.
fn table_costs(players: &[String], table: Named<Number>) -> Result<Vec<Exact>, Refused> {
    if let Some(name) = players.iter().find(|name| name.contains('+')) {
        return Err(Refused::malformed(
            "input_invalid",
            format_args!("a name with a plus sign cannot stand in a group: {name}"),
        ));
    }
    let mut costs: Vec<Option<Exact>> = vec![None; 1 << players.len()];
    costs[0] = Some(Exact::zero());
    for (group, cost) in table.0 {
        let mut set = 0;
        for name in group.split('+') {
            let place =
                players.iter().position(|player| player == name).filter(|place| set >> place & 1 == 0);
            let Some(place) = place else {
                let detail = format_args!("table: \"{group}\" names somebody who does not play, or twice");
                return Err(Refused::new(GameFault::CostsUnfit.code(), detail));
            };
            set |= 1 << place;
        }
        if costs[set].replace(cost.0).is_some() {
            let detail = format_args!("table: \"{group}\" is a group that stands twice");
            return Err(Refused::new(GameFault::CostsUnfit.code(), detail));
        }
    }
    costs.into_iter().collect::<Option<_>>().ok_or_else(|| GameFault::CostsUnfit.into())
}

fn in_order(players: &[String], quantities: Named<Number>) -> Result<Vec<Exact>, Refused> {
    let unfit =
        || Refused::malformed("input_invalid", "quantities: every player needs one, and nobody else has one");
    if quantities.0.len() != players.len() {
        return Err(unfit());
    }
    let of = |player: &String| {
        quantities.0.iter().find(|(name, _)| name == player).map(|(_, quantity)| quantity.0.clone())
    };
    players.iter().map(|player| of(player).ok_or_else(unfit)).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Amount {
    amount: Number,
    shares: Named<Number>,
}

#[derive(Serialize)]
pub(super) struct Amounts {
    amounts: Named<String>,
}

pub(super) fn allocation(input: Amount) -> Result<Amounts, Refused> {
    let amount = Pence::round(&input.amount.0).map_err(|_| allocation::AllocationFault::TooLarge)?;
    if amount.to_exact() != input.amount.0 {
        let detail = "amount: only whole pence can be shared to the penny";
        return Err(Refused::new("amount_not_whole_pence", detail));
    }
    let (councils, shares) = input.shares.apart();
    let parts = allocation::largest_remainder(amount, &Number::all(shares))?;
    let text = |part: Pence| part.to_exact().fixed(2);
    Ok(Amounts { amounts: councils.into_iter().zip(parts.into_iter().map(text)).collect() })
}
