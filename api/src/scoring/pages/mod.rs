//! Interests, marks, consensus and results through pages.

use poem::Route;

/// Adds this stage's pages.
#[must_use]
pub fn routes(route: Route) -> Route {
    route
}
