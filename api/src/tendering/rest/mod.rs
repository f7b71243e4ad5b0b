//! Lots, criteria, method, documents and publication through the API.

mod criteria;
mod deadline;
mod documents;
mod lots;
mod method;
mod pack;
mod scales;

use crate::http::operations;

operations!(
    lots::Operations,
    scales::Operations,
    criteria::Operations,
    method::Operations,
    documents::Operations,
    deadline::Operations,
    pack::Operations,
);
