//! Letters and the outbox through the API.

mod letters;
mod outbox;

use crate::http::operations;

operations!(letters::Operations, outbox::Operations,);
