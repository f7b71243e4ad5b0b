//! Before the panel sees an answer, somebody who does not mark reads it for prices. One bidder has written one into an answer.

use rules::words::Role;

use super::marks::people_with;
use super::{Demonstration, told};
use crate::bidding::release::act::{self, ReleaseInput};
use crate::bidding::release::view::{self, Standing};
use crate::kernel::paging::MAX_LIMIT;
use crate::kernel::{Paging, Refusal};

/// Releases what holds no price as it is, and the rest without the passages that tell one.
pub(super) async fn read(demonstration: &Demonstration) -> Result<(), Refusal> {
    let readers = people_with(demonstration, Role::Clearer)?;
    let reader = readers.first().ok_or_else(|| Refusal::not_found("reader for prices"))?;
    let (db, id) = (&demonstration.db, demonstration.procurement);
    let plain = db.write(reader, move |w| async move { act::release_plain(&w, id).await }).await?;
    let paging = Paging { after: None, limit: MAX_LIMIT };
    let left = db.read(reader, move |r| async move { view::list(&r, id, &paging).await }).await?.items;
    let (mut released, mut taken_out) = (plain, 0);
    for one in left.into_iter().filter(|one| one.release.is_none()) {
        let Standing { bid_id, part, .. } = one;
        let code = part.clone();
        let found = db.read(reader, move |r| async move { view::one(&r, id, bid_id, &code).await }).await?;
        let reason = if found.suspected.is_empty() { "" } else { "The passage tells what something costs." };
        taken_out += found.suspected.len();
        let input =
            ReleaseInput { removed: found.suspected, withheld: Vec::new(), reason: reason.to_owned() };
        db.write(reader, move |w| async move { act::release(&w, id, bid_id, &part, 0, input).await }).await?;
        released += 1;
    }
    let passages = match taken_out {
        1 => "1 passage stays back".to_owned(),
        more => format!("{more} passages stay back"),
    };
    told(&format!("{released} answers read for prices; {passages} until the quality is locked"));
    Ok(())
}
