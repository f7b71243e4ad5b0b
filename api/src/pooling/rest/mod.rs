//! Procurements, partners, requirements and demand through the API.

mod demand;
mod participations;
mod pooled;
mod procurements;
mod requirements;
mod roles;
mod sheets;

use crate::http::operations;

operations!(
    procurements::Operations,
    participations::Operations,
    roles::Operations,
    requirements::Operations,
    pooled::Operations,
    demand::Operations,
    sheets::Operations,
);
