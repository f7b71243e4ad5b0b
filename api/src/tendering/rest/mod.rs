//! Lots, criteria, method, laboratory, documents and publication through the API.

mod criteria;
mod deadline;
mod documents;
mod extensions;
mod interests;
mod laboratory;
mod lots;
mod method;
mod pack;
mod scales;
mod starters;

use crate::http::operations;

pub(crate) use extensions::Extension;

operations!(
    lots::Operations,
    scales::Operations,
    starters::Operations,
    criteria::Operations,
    method::Operations,
    documents::Operations,
    deadline::Operations,
    interests::Operations,
    laboratory::Operations,
    extensions::Operations,
    pack::Operations,
);
