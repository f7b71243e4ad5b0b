//! Marks, consensus and results through the API. People mark, with a token of their own; a council's key never
//! does.

mod answers;
mod assignments;
mod changes;
mod marks;
mod moderation;
mod prices;
mod results;
mod score_sheets;
mod sensitivity;

use crate::http::operations;

operations!(
    assignments::Operations,
    marks::Operations,
    answers::Operations,
    score_sheets::Operations,
    moderation::Operations,
    changes::Operations,
    prices::Operations,
    results::Operations,
    sensitivity::Operations
);
