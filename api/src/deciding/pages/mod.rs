//! Comparison, decisions, award and signatures through pages.

mod award;
mod compare;
mod decision;
mod forms;
mod ranking;
mod signatory;
mod signature;
mod withholding;

use poem::{Route, get, post};

/// Adds this stage's pages.
#[must_use]
pub fn routes(route: Route) -> Route {
    route
        .at("/procurements/:id/compare", get(compare::compare))
        .at("/procurements/:id/compare/:lot/workbook", get(compare::workbook))
        .at("/procurements/:id/decision", get(decision::view))
        .at("/procurements/:id/decision/:lot/recommendation", post(decision::recommend))
        .at("/procurements/:id/decision/:lot/decisions", post(decision::decide))
        .at("/procurements/:id/decision/:lot/award", get(award::check).post(award::award))
        .at("/procurements/:id/decision/:lot/withholding", get(withholding::list))
        .at(
            "/procurements/:id/decision/:lot/withholding/:question",
            get(withholding::edit).post(withholding::save),
        )
        .at("/procurements/:id/decision/:lot/notice", post(decision::publish))
        .at("/procurements/:id/decision/:lot/signatures", get(signature::check).post(signature::sign))
}

/// A link to the same page for a lot.
struct LotLink {
    label: String,
    href: String,
    current: bool,
}

/// The lots as links, where there are several.
fn lot_links(lots: &[entity::lot::Model], current: uuid::Uuid, page: &str) -> Vec<LotLink> {
    if lots.len() < 2 {
        return Vec::new();
    }
    let link = |lot: &entity::lot::Model| LotLink {
        label: format!("{} {}", lot.code, lot.title),
        href: format!("{page}?lot={}", lot.id),
        current: lot.id == current,
    };
    lots.iter().map(link).collect()
}
