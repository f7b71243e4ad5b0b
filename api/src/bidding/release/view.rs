//! What there is to read for prices, and how far that has come.

use std::collections::BTreeMap;

use entity::word::FileKind;
use entity::{Word, bid_answer, bid_response, submission_file};
use rules::pack::Pack;
use rules::price_leak;
use rules::words::Role;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::{RESPONSES, Release, of_bid, reads_first};
use crate::bidding::bid::{self as bids, OpenedBid, locked_lots, written_at};
use crate::bidding::compartment::{Compartment, SubmittedFile};
use crate::kernel::access::Scope;
use crate::kernel::{Paging, Reading, Refusal, Slice};
use crate::people::person;
use crate::tendering::pack;

/// A part of a bid, and how far its release has come.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The bid.
    pub bid_id: Uuid,
    /// Its supplier.
    pub supplier: String,
    /// The question's code, or [`RESPONSES`].
    pub part: String,
    /// What is asked, in short.
    pub title: String,
    /// How many documents it has.
    pub documents: usize,
    /// How many passages look like a price, for who reads it first; nothing for others.
    pub suspected: Option<usize>,
    /// How it was released, if it is.
    pub release: Option<Release>,
    /// Who released it; empty where nobody did.
    pub released_by: String,
    /// Whether the quality of its lot is locked, so that it shows whole.
    pub locked: bool,
}

impl Standing {
    /// Whether somebody is still to read it.
    #[must_use]
    pub const fn waits(&self) -> bool {
        self.release.is_none() && !self.locked
    }

    /// Whether it waits, has no documents, and holds nothing that looks like a price.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.waits() && self.documents == 0 && self.suspected == Some(0)
    }
}

/// A part as it is read for prices.
#[derive(Clone, Debug)]
pub struct Part {
    /// How far its release has come.
    pub standing: Standing,
    /// Its texts, each with where it was written.
    pub texts: Vec<(String, String)>,
    /// Its documents.
    pub files: Vec<SubmittedFile>,
    /// The passages that look like a price.
    pub suspected: Vec<String>,
}

/// The procurement for whoever may know how far the releases have come, and its pack, where answers are read first at all.
async fn enter(r: &Reading, procurement_id: Uuid) -> Result<(Scope, Pack), Refusal> {
    let scope = bids::content(r, procurement_id).await?;
    if !scope.holds(Role::Clearer) && !scope.holds(Role::Coordinator) && !scope.holds(Role::Moderator) {
        scope.must_hold(Role::Clearer)?;
    }
    let (_, pack) = pack::current(r, scope.id()).await?;
    Ok((scope, pack))
}

/// Every part of every bid, bid by bid in the order that was drawn; none where answers are not read first. For those who read
/// them, and who run and moderate the procurement.
pub async fn list(r: &Reading, procurement_id: Uuid, paging: &Paging) -> Result<Slice<Standing>, Refusal> {
    let (scope, pack) = enter(r, procurement_id).await?;
    let all = parts(r, scope.id(), &pack, reads_first(&scope)).await?;
    let all = all.into_iter().map(|part| part.standing).collect();
    paging.cut_whole(all, |one| format!("{}/{}", one.bid_id, one.part))
}

/// How many parts wait to be released. Unauthorised.
pub(crate) async fn waiting(r: &Reading, procurement_id: Uuid) -> Result<usize, Refusal> {
    let (_, pack) = pack::current(r, procurement_id).await?;
    let all = parts(r, procurement_id, &pack, false).await?;
    Ok(all.iter().filter(|part| part.standing.waits()).count())
}

/// How many parts [`super::act::release_plain`] would release; none for who does not read them.
pub async fn plain(r: &Reading, procurement_id: Uuid) -> Result<usize, Refusal> {
    let (scope, pack) = enter(r, procurement_id).await?;
    if !reads_first(&scope) {
        return Ok(0);
    }
    let all = parts(r, scope.id(), &pack, true).await?;
    Ok(all.iter().filter(|part| part.standing.is_plain()).count())
}

/// Every part of every bid that stands; none where answers are not read first. `reads`: for somebody who reads them for prices.
/// Unauthorised.
pub(super) async fn parts(
    r: &Reading,
    procurement_id: Uuid,
    pack: &Pack,
    reads: bool,
) -> Result<Vec<Part>, Refusal> {
    let mut all = Vec::new();
    if !pack.method.clearance() {
        return Ok(all);
    }
    for opened in bids::all(r, procurement_id).await? {
        if opened.submission.withdrawn_at.is_none() {
            all.extend(of_one(r, pack, &opened, reads).await?);
        }
    }
    Ok(all)
}

/// One part, to be read. Only for who reads answers before the panel.
pub async fn one(r: &Reading, procurement_id: Uuid, bid_id: Uuid, part: &str) -> Result<Part, Refusal> {
    let scope = bids::content(r, procurement_id).await?;
    must_read_first(&scope)?;
    let (_, pack) = pack::current(r, scope.id()).await?;
    let opened = bids::found(r, scope.id(), bid_id).await?;
    let none = || Refusal::not_found("answer to read for prices");
    if !pack.method.clearance() || opened.submission.withdrawn_at.is_some() {
        return Err(none());
    }
    of_one(r, &pack, &opened, true).await?.into_iter().find(|one| one.standing.part == part).ok_or_else(none)
}

/// Refuses who does not read answers before the panel.
pub(super) fn must_read_first(scope: &Scope) -> Result<(), Refusal> {
    scope.must_hold(Role::Clearer)?;
    if reads_first(scope) {
        return Ok(());
    }
    Err(Refusal::forbidden(
        "Answers are read for prices by somebody who neither marks nor moderates them: this role cannot be held beside those.",
    ))
}

/// Every part of a bid that says anything, in the order of the lots' questions, the comments on requirements last. `reads`: for
/// somebody who reads them for prices. Unauthorised.
async fn of_one(r: &Reading, pack: &Pack, opened: &OpenedBid, reads: bool) -> Result<Vec<Part>, Refusal> {
    let mut texts = texts(r, opened.bid.id).await?;
    let mut files = files(r, opened).await?;
    let mut releases = of_bid(r, opened.bid.id).await?;
    let names = person::names(r, releases.values().map(|release| release.row.released_by)).await?;
    let locked = locked_lots(r, pack, opened.bid.procurement_id).await?;
    let mut asked: Vec<(String, String, bool)> = Vec::new();
    for lot in &pack.lots {
        let is_locked = locked.iter().any(|one| one.id == lot.id);
        asked.extend(
            lot.questions().into_iter().map(|node| (node.code.clone(), node.title.clone(), is_locked)),
        );
    }
    let all_locked = locked.len() == pack.lots.len();
    asked.push((RESPONSES.to_owned(), "Comments on requirements".to_owned(), all_locked));
    let part = |(part, title, locked): (String, String, bool)| {
        let (texts, files) =
            (texts.remove(&part).unwrap_or_default(), files.remove(&part).unwrap_or_default());
        if texts.is_empty() && files.is_empty() {
            return None;
        }
        let suspected: Vec<String> = texts.iter().flat_map(|(_, text)| price_leak::suspected(text)).collect();
        let release = releases.remove(&part);
        let released_by = release.as_ref().and_then(|release| names.get(&release.row.released_by).cloned());
        let standing = Standing {
            bid_id: opened.bid.id,
            supplier: opened.supplier.name.clone(),
            part,
            title,
            documents: files.len(),
            suspected: reads.then_some(suspected.len()),
            released_by: released_by.unwrap_or_default(),
            release,
            locked,
        };
        Some(Part { standing, texts, files, suspected })
    };
    Ok(asked.into_iter().filter_map(part).collect())
}

/// What a bid says, by part, each text with where it was written.
async fn texts(r: &Reading, bid_id: Uuid) -> Result<BTreeMap<String, Vec<(String, String)>>, Refusal> {
    let mut found: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    let answers =
        bid_answer::Entity::find().filter(bid_answer::Column::BidId.eq(bid_id)).all(r.txn()).await?;
    for row in answers.into_iter().filter(|row| !row.text.trim().is_empty()) {
        let place = written_at(&row);
        found.entry(row.question).or_default().push((place, row.text));
    }
    let responses = bid_response::Entity::find()
        .filter(bid_response::Column::BidId.eq(bid_id))
        .order_by_asc(bid_response::Column::Requirement)
        .all(r.txn())
        .await?;
    for row in responses.into_iter().filter(|row| !row.comment.trim().is_empty()) {
        found.entry(RESPONSES.to_owned()).or_default().push((row.requirement, row.comment));
    }
    Ok(found)
}

/// The documents of a bid, by the question that each answers.
async fn files(r: &Reading, opened: &OpenedBid) -> Result<BTreeMap<String, Vec<SubmittedFile>>, Refusal> {
    let rows = submission_file::Entity::find()
        .filter(submission_file::Column::SubmissionId.eq(opened.submission.id))
        .filter(submission_file::Column::Kind.eq(Word(FileKind::Document)))
        .all(r.txn())
        .await?;
    let compartment = Compartment::of_submission(r, opened.submission.id).await?;
    let mut found: BTreeMap<String, Vec<SubmittedFile>> = BTreeMap::new();
    for row in rows {
        let question = row.question.clone().unwrap_or_default();
        found.entry(question).or_default().push(compartment.open_file(row)?);
    }
    Ok(found)
}
