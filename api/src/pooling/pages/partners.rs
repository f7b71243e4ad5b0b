//! Partners and roles through pages.

use poem::Route;

pub(super) fn routes(route: Route) -> Route {
    route
}
