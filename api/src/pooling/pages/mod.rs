//! Procurements, partners, requirements and demand through pages.

mod own_part;
mod partners;
mod procurements;
mod settings;

use poem::Route;

/// Adds this stage's pages.
#[must_use]
pub fn routes(route: Route) -> Route {
    let route = procurements::routes(route);
    let route = settings::routes(route);
    let route = partners::routes(route);
    own_part::routes(route)
}
