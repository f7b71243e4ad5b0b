//! Where things stand, through pages: the start, a procurement's overview and history, the manual.

mod help;
mod history;
mod procurement;
mod start;

use poem::{Route, get};

/// Adds this room's pages.
#[must_use]
pub fn routes(route: Route) -> Route {
    route
        .at("/", get(start::start))
        .at("/procurements/:id", get(procurement::overview_page))
        .at("/procurements/:id/history", get(history::history_page))
        .at("/help", get(help::first_page))
        .at("/help/:page", get(help::one_page))
        .at("/accessibility", get(help::accessibility))
}
