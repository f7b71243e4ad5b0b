//! Topics `flip_price` and `weight_breaks`.

use serde::{Deserialize, Serialize};

use super::Refused;
use super::read::{Named, Number, Whole};
use crate::exact::Exact;
use crate::sensitivity::{self, Standing};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Flip {
    first: Bid,
    second: Bid,
    price_points: Number,
    lowest: Number,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bid {
    /// Which bid it is: for the reader, not for the calculation.
    #[serde(rename = "id")]
    _id: Option<String>,
    quality: Number,
    price: Number,
}

#[derive(Serialize)]
pub(super) struct FlipPrice {
    flip_price: Option<Exact>,
    vulnerable: bool,
}

pub(super) fn flip_price(input: Flip) -> Result<FlipPrice, Refused> {
    let standing = |bid: Bid| Standing { quality: bid.quality.0, price: bid.price.0 };
    let (first, second) = (standing(input.first), standing(input.second));
    let flip = sensitivity::flip_price(&first, &second, &input.price_points.0, &input.lowest.0)?;
    Ok(FlipPrice { flip_price: flip.price, vulnerable: flip.vulnerable })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Breaks {
    weights: Vec<Number>,
    vary: Whole,
    scores: Named<Vec<Number>>,
}

#[derive(Serialize)]
pub(super) struct WeightBreaks {
    current_winner: Vec<String>,
    segments: Vec<(Exact, Exact, Vec<String>)>,
    smallest_change: Option<Exact>,
}

pub(super) fn weight_breaks(input: Breaks) -> Result<WeightBreaks, Refused> {
    let (bids, scores) = input.scores.apart();
    let scores: Vec<Vec<Exact>> = scores.into_iter().map(Number::all).collect();
    let breaks = sensitivity::weight_breaks(&Number::all(input.weights), input.vary.place(), &scores)?;
    let names =
        |places: Vec<usize>| places.into_iter().filter_map(|place| bids.get(place).cloned()).collect();
    Ok(WeightBreaks {
        current_winner: names(breaks.now),
        segments: breaks
            .segments
            .into_iter()
            .map(|range| (range.from, range.to, names(range.winners)))
            .collect(),
        smallest_change: breaks.smallest_change,
    })
}
