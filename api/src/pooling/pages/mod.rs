//! Procurements, partners, requirements and demand through pages.

mod partners;
mod procurements;

use poem::Route;

/// Adds this stage's pages.
#[must_use]
pub fn routes(route: Route) -> Route {
    let route = procurements::routes(route);
    partners::routes(route)
}
