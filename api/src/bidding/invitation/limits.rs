//! How many links may be asked for.
//!
//! On the public page anybody can have a mail sent to any address. Three limits keep that from becoming a nuisance, and two
//! of them must not become an oracle: whether an address bids, or has asked, is nobody's business before the opening.
//!
//! - What depends on the asker's own requests alone is refused openly (429 with Retry-After): so many from one source, and so
//!   many from one source for one address.
//! - What depends on others' requests too, how many links went to an address lately, is kept to silently: the answer is
//!   the usual one, which says how many links an address gets. The links that are there already work for 24 hours, so
//!   nobody who asks is kept from tendering (PA23 s.20(2)(a)).
//! - A tender as a whole has a limit so high that no tender reaches it without an attack. It is refused openly: it counts
//!   requests for any address, made up or not, so that it tells nothing of who bids.
//!
//! A bidder's team may send its colleagues links, too: by the bidder's own requests, so openly refused.

use chrono::TimeDelta;
use uuid::Uuid;

use crate::kernel::limit::{Limit, Source};
use crate::kernel::{Refusal, Writing};

/// From one source, for any address: an office in which many ask for a link each is not kept waiting.
const SOURCE: Limit = Limit { name: "links by source", most: 20, window: TimeDelta::hours(1) };
/// From one source for one address: who waits for a mail presses the button again, a few times.
const SOURCE_AND_ADDRESS: Limit =
    Limit { name: "links by source and address", most: 5, window: TimeDelta::hours(1) };
/// To one address, whoever asks, so that nobody can fill another's mailbox from the public page.
const ADDRESS: Limit = Limit { name: "links to address", most: 5, window: TimeDelta::hours(1) };
/// The same over a day: five an hour would be a hundred a day.
const ADDRESS_A_DAY: Limit = Limit { name: "links to address a day", most: 10, window: TimeDelta::days(1) };
/// For one tender: joint tenders for ICT have tens of bidders, and the mail server stands 300 mails an hour.
const TENDER: Limit = Limit { name: "links for tender", most: 300, window: TimeDelta::hours(1) };
/// To colleagues, by one bidder: twice a full team.
const TEAM: Limit = Limit { name: "links by team", most: 20, window: TimeDelta::days(1) };

/// Counts a request on the public page. Refuses where this source asks too often; tells whether the address may be sent a
/// link at all.
pub(super) async fn ask(
    w: &Writing,
    procurement: Uuid,
    source: &Source,
    email: &str,
) -> Result<bool, Refusal> {
    let from = source.as_str();
    SOURCE.must_take(w, from, "You have asked for too many links.").await?;
    let pair = format!("{from} {email}");
    let detail = "You have asked for this address’s link several times. Look into its mailbox, also among what is held back as spam.";
    SOURCE_AND_ADDRESS.must_take(w, &pair, detail).await?;
    TENDER
        .must_take(w, &procurement.to_string(), "Too many links to this tender are asked for just now.")
        .await?;
    Ok(ADDRESS.take(w, email).await?.is_ok() && ADDRESS_A_DAY.take(w, email).await?.is_ok())
}

/// Counts a link that a bidder has sent to a colleague.
pub(super) async fn send_to_colleague(w: &Writing, invitation: Uuid) -> Result<(), Refusal> {
    let detail = "Your team has sent as many links as it may within a day.";
    TEAM.must_take(w, &invitation.to_string(), detail).await
}
