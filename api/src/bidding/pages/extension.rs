//! The second person's confirmation of a later deadline.

use poem::handler;
use poem::web::Path;
use uuid::Uuid;

use crate::bidding::extension;
use crate::http::visit::done;
use crate::http::{PageResult, Posted, Visit};
use crate::tendering::pages::extension::path;

#[handler]
pub(super) async fn confirm(visit: Visit, Path((id, row)): Path<(Uuid, Uuid)>, form: Posted) -> PageResult {
    visit.signed_in()?;
    let seen = form.version()?;
    visit.write(move |w| async move { extension::confirm(&w, id, row, seen).await }).await?;
    done(&path(id, row), "The deadline is extended. Partner councils and bidders are told.")
}
