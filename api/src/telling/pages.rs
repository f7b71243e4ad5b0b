//! Letters and the outbox through pages.

use poem::Route;

/// Adds this stage's pages.
#[must_use]
pub fn routes(route: Route) -> Route {
    route
}
