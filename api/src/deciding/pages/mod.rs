//! Comparison, decisions, award and signatures through pages.

use poem::Route;

/// Adds this stage's pages.
#[must_use]
pub fn routes(route: Route) -> Route {
    route
}
