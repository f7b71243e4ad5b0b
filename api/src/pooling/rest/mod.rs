//! Procurements, partners, requirements and demand through the API.

mod participations;
mod procurements;
mod roles;

use crate::http::operations;

operations!(procurements::Operations, participations::Operations, roles::Operations,);
