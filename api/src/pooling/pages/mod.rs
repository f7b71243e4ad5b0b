//! Procurements, partners, requirements and demand through pages.

mod demand;
mod imports;
mod lines;
mod needs;
mod own_part;
mod partners;
mod pooled;
mod procurements;
mod settings;
mod wording;

use poem::Route;

/// Adds this stage's pages.
#[must_use]
pub fn routes(route: Route) -> Route {
    let route = procurements::routes(route);
    let route = settings::routes(route);
    let route = partners::routes(route);
    let route = own_part::routes(route);
    let route = needs::routes(route);
    let route = pooled::routes(route);
    let route = demand::routes(route);
    let route = lines::routes(route);
    imports::routes(route)
}
