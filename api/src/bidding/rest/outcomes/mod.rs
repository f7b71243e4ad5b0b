//! What becomes of tenders through the API: for the councils, and for the supplier that is heard.

mod own;
mod raised;

use crate::http::operations;

operations!(raised::Operations, own::Operations);
