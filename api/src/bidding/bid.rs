//! Bids, as officers and the panel read them after the opening. Prices of a lot are not in any view before its quality is
//! locked (DOMAIN rule 1), nor are the workbook and the findings that would tell them.

use std::collections::{BTreeMap, BTreeSet};

use entity::word::FileKind;
use entity::{
    Word, bid, bid_answer, bid_price, bid_response, quality_lock, submission, submission_file, supplier,
};
use importers::Finding;
use rules::correction::PriceCorrection;
use rules::demand::LineAnswer;
use rules::interest::Standing;
use rules::pack::{Pack, PackLot};
use rules::words::{AnswerOrigin, Offer, ResponseCode};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::addressed::view::Clarifying;
use super::compartment::{Compartment, SubmittedFile};
use super::confidential::{self, Because};
use super::correction::Price;
use super::release::{self, RESPONSES, Shown};
use super::tender::{self, Tender};
use super::{File, OCTETS, addressed, correction, invitation, submission as submissions};
use crate::kernel::access::Scope;
use crate::kernel::clock::london_text;
use crate::kernel::{Action, Paging, Reading, Refusal, Slice, access};
use crate::tendering::interest::standing;

/// A bid with who made it and what it was made of.
#[derive(Clone, Debug)]
pub struct OpenedBid {
    /// The bid.
    pub bid: bid::Model,
    /// Who bids.
    pub supplier: supplier::Model,
    /// The submission it was.
    pub submission: submission::Model,
}

/// What a result needs of a bid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BidInputs {
    /// The answers to the price schedule, by the code of the line or of the band's row, as corrected.
    pub prices: BTreeMap<String, LineAnswer>,
    /// The response codes, by requirement code.
    pub responses: BTreeMap<String, ResponseCode>,
    /// The corrections in those prices, in the order in which they were approved.
    pub corrections: Vec<PriceCorrection>,
}

/// What a bid says to one question.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The text, with its sheet and cell or that it was typed.
    pub text: Option<bid_answer::Model>,
    /// The documents that answer it.
    pub documents: Vec<SubmittedFile>,
    /// What the bidder replied to addressed questions about it, where that only clarifies.
    pub replies: Vec<Clarifying>,
    /// What of it the bidder marked as confidential.
    pub confidential: Because,
    /// Whether it is released to the panel; nothing of it is here until it is.
    pub released: bool,
    /// Whether anything of it stays back until the quality is locked, because it tells a price.
    pub cut: bool,
}

/// A whole bid, as far as the caller may see it.
#[derive(Clone, Debug)]
pub struct BidView {
    /// The bid, its supplier and its submission.
    pub opened: OpenedBid,
    /// The tender it answers.
    pub tender: Tender,
    /// The texts that answer questions.
    pub answers: Vec<bid_answer::Model>,
    /// What the bidder marked as confidential, by the question's code.
    pub confidential: BTreeMap<String, Because>,
    /// The responses to requirements.
    pub responses: Vec<bid_response::Model>,
    /// The prices of the lots whose quality is locked, with their corrections; those of other lots are not here.
    pub prices: Vec<Price>,
    /// The codes of the lots whose prices are here.
    pub priced_lots: Vec<String>,
    /// The documents, and the workbook once every lot's quality is locked.
    pub files: Vec<SubmittedFile>,
    /// What was found when the workbook was read; findings about prices only once every lot's quality is locked.
    pub findings: Vec<Finding>,
    /// The parts that somebody still reads for prices; nothing of them is here.
    pub held: Vec<String>,
}

/// The bids in the order that was drawn. Before the opening there is nothing to see.
pub async fn list(r: &Reading, procurement_id: Uuid, paging: &Paging) -> Result<Slice<OpenedBid>, Refusal> {
    let scope = opened(r, procurement_id).await?;
    let mut query = bid::Entity::find().filter(bid::Column::ProcurementId.eq(scope.id()));
    if let Some(after) = paging.after_key::<i32>()? {
        query = query.filter(bid::Column::Position.gt(after));
    }
    let rows = query.order_by_asc(bid::Column::Position).limit(paging.limit + 1).all(r.txn()).await?;
    let slice = paging.cut(rows, |row| row.position.to_string());
    Ok(Slice { items: with_suppliers(r, slice.items).await?, next: slice.next })
}

/// One bid. Who has a part declares its interests first.
pub async fn one(r: &Reading, procurement_id: Uuid, bid_id: Uuid) -> Result<BidView, Refusal> {
    let scope = content(r, procurement_id).await?;
    let opened = found(r, scope.id(), bid_id).await?;
    let tender = tender::of(r, scope.procurement.clone()).await?;
    let locked = locked_lots(r, &tender.pack, procurement_id).await?;
    let all_locked = locked.len() == tender.pack.lots.len();
    let visible = |price: &Price| locked.iter().any(|lot| lot.line_of_row(&price.submitted.line).is_some());
    let prices = correction::prices_of(r, bid_id).await?;
    let compartment = Compartment::of_submission(r, opened.submission.id).await?;
    let reading = compartment.open_submission(&opened.submission)?.bid()?;
    let shown = Shown::to(r, &scope, &tender.pack, bid_id).await?;
    let mut held: BTreeSet<String> = BTreeSet::new();
    let mut answers = Vec::new();
    for mut row in answers_of(r, bid_id).await? {
        if row.text.trim().is_empty() {
            answers.push(row);
            continue;
        }
        let Some(text) = shown.text(&row.question, row.text) else {
            held.insert(row.question);
            continue;
        };
        row.text = text;
        answers.push(row);
    }
    let mut responses = responses_of(r, bid_id).await?;
    for row in responses.iter_mut().filter(|row| !row.comment.is_empty()) {
        let comment = shown.text(RESPONSES, std::mem::take(&mut row.comment));
        if comment.is_none() {
            held.insert(RESPONSES.to_owned());
        }
        row.comment = comment.unwrap_or_default();
    }
    let files = submissions::files_of(r, &compartment, opened.submission.id).await?;
    let may_see = |file: &SubmittedFile| {
        let Some(question) = file.question.as_deref().filter(|_| is_document(file)) else { return true };
        shown.document(question, file.id)
    };
    let (files, back): (Vec<_>, Vec<_>) = files.into_iter().partition(may_see);
    held.extend(back.into_iter().filter_map(|file| file.question).filter(|question| !shown.shows(question)));
    let mut confidential = confidential::of_bid(r, bid_id).await?;
    confidential.retain(|question, _| shown.shows(question));
    // A finding may quote an answer that nobody has read yet.
    let findings = if all_locked {
        reading.findings
    } else if held.is_empty() {
        without_prices(&tender.pack, &prices, reading.findings)
    } else {
        Vec::new()
    };
    Ok(BidView {
        answers,
        confidential,
        responses,
        held: held.into_iter().collect(),
        prices: prices.into_iter().filter(visible).collect(),
        priced_lots: locked.iter().map(|lot| lot.code.clone()).collect(),
        files: files.into_iter().filter(|file| all_locked || is_document(file)).collect(),
        findings,
        opened,
        tender,
    })
}

/// A file of a bid: a document, or the workbook once every lot's quality is locked.
pub async fn document(
    r: &Reading,
    procurement_id: Uuid,
    bid_id: Uuid,
    file_id: Uuid,
) -> Result<File, Refusal> {
    let view = one(r, procurement_id, bid_id).await?;
    let file = view.files.into_iter().find(|file| file.id == file_id);
    let file = file.ok_or_else(|| Refusal::not_found("document"))?;
    let bytes = document_bytes(r, &view.opened.bid, &file).await?;
    Ok(File { name: file.name, media_type: OCTETS.to_owned(), bytes })
}

/// The bytes of a file of a bid. Unauthorised.
pub(crate) async fn document_bytes(
    r: &Reading,
    bid: &bid::Model,
    file: &SubmittedFile,
) -> Result<Vec<u8>, Refusal> {
    Compartment::of_submission(r, bid.submission_id).await?.file_bytes(r, file).await
}

/// Where an answer's text was written, as people read it: `Questions!F5`, or that it was typed.
#[must_use]
pub fn written_at(answer: &bid_answer::Model) -> String {
    match answer.origin.0 {
        AnswerOrigin::Workbook => format!("{}!{}", answer.sheet, answer.cell),
        AnswerOrigin::Typed => AnswerOrigin::Typed.label().to_owned(),
    }
}

fn is_document(file: &SubmittedFile) -> bool {
    file.kind == FileKind::Document
}

/// Findings that quote no price: those about a sheet in which no price stands and that is not made for prices.
fn without_prices(pack: &Pack, prices: &[Price], findings: Vec<Finding>) -> Vec<Finding> {
    let lines: BTreeSet<&str> =
        pack.lots.iter().flat_map(|lot| &lot.schedule).map(|line| line.code.as_str()).collect();
    let about_price = |finding: &Finding| {
        finding.code.contains("price")
            || finding.code.contains("total")
            || finding.sheet.as_deref().is_some_and(|sheet| {
                sheet.to_lowercase().contains("price")
                    || prices.iter().any(|price| price.submitted.sheet == sheet)
            })
            || lines.iter().any(|code| finding.seen.contains(code))
    };
    findings.into_iter().filter(|finding| !about_price(finding)).collect()
}

/// The procurement once its box is opened, for callers who were not barred from it.
pub(super) async fn opened(r: &Reading, procurement_id: Uuid) -> Result<Scope, Refusal> {
    let scope = access::procurement(r, procurement_id, Action::Read).await?;
    if standing::of_caller(r, &scope).await? == Standing::Barred {
        return Err(Refusal::not_found("bid"));
    }
    if !scope.is_opened() {
        let until = scope.procurement.deadline_at.map(london_text);
        let detail = match until {
            Some(until) => format!(
                "Bids are sealed until {until} (London time) at least, and until the tender box is opened."
            ),
            None => "The tender is not published yet; there are no bids.".to_owned(),
        };
        return Err(Refusal::conflict("sealed", detail));
    }
    Ok(scope)
}

/// The same for the content of bids: who has a part must have declared its interests since the bidders' names show (PA23
/// s.81-83, DOMAIN rule 12).
pub(crate) async fn content(r: &Reading, procurement_id: Uuid) -> Result<Scope, Refusal> {
    let scope = opened(r, procurement_id).await?;
    if standing::must_declare(&scope) {
        standing::must_be_free(r, &scope).await?;
    }
    Ok(scope)
}

/// The lots whose quality is locked, so that their prices show (DOMAIN rule 1). Unauthorised.
pub(super) async fn locked(r: &Reading, procurement_id: Uuid) -> Result<Vec<Uuid>, Refusal> {
    let locks = quality_lock::Entity::find()
        .filter(quality_lock::Column::ProcurementId.eq(procurement_id))
        .all(r.txn())
        .await?;
    Ok(locks.into_iter().map(|lock| lock.lot_id).collect())
}

/// The same as the pack names them. Unauthorised.
pub(crate) async fn locked_lots<'p>(
    r: &Reading,
    pack: &'p Pack,
    procurement_id: Uuid,
) -> Result<Vec<&'p PackLot>, Refusal> {
    let ids: BTreeSet<String> = locked(r, procurement_id).await?.iter().map(Uuid::to_string).collect();
    Ok(pack.lots.iter().filter(|lot| ids.contains(&lot.id)).collect())
}

/// Every bid of a procurement, in the order that was drawn. Unauthorised: for later stages, which check for themselves.
pub(crate) async fn all(r: &Reading, procurement_id: Uuid) -> Result<Vec<OpenedBid>, Refusal> {
    let rows = bid::Entity::find()
        .filter(bid::Column::ProcurementId.eq(procurement_id))
        .order_by_asc(bid::Column::Position)
        .all(r.txn())
        .await?;
    with_suppliers(r, rows).await
}

/// The bid that an invitation led to, if one was opened. Unauthorised.
pub(super) async fn of_invitation(r: &Reading, invitation: Uuid) -> Result<Option<bid::Model>, Refusal> {
    let submitted = submission::Entity::find()
        .filter(submission::Column::InvitationId.eq(invitation))
        .all(r.txn())
        .await?;
    Ok(bid::Entity::find()
        .filter(bid::Column::SubmissionId.is_in(submitted.iter().map(|row| row.id)))
        .one(r.txn())
        .await?)
}

/// One bid of a procurement. Unauthorised.
pub(crate) async fn found(r: &Reading, procurement_id: Uuid, bid_id: Uuid) -> Result<OpenedBid, Refusal> {
    let row = bid::Entity::find_by_id(bid_id)
        .filter(bid::Column::ProcurementId.eq(procurement_id))
        .one(r.txn())
        .await?
        .ok_or_else(|| Refusal::not_found("bid"))?;
    with_suppliers(r, vec![row]).await?.pop().ok_or_else(|| Refusal::not_found("bid"))
}

async fn with_suppliers(r: &Reading, rows: Vec<bid::Model>) -> Result<Vec<OpenedBid>, Refusal> {
    let suppliers = invitation::suppliers_of(r, rows.iter().map(|row| row.supplier_id)).await?;
    let submissions = submission::Entity::find()
        .filter(submission::Column::Id.is_in(rows.iter().map(|row| row.submission_id)))
        .all(r.txn())
        .await?;
    let mut bids = Vec::with_capacity(rows.len());
    for bid in rows {
        let submission = submissions.iter().find(|row| row.id == bid.submission_id).cloned();
        bids.push(OpenedBid {
            supplier: invitation::named(&suppliers, bid.supplier_id)?,
            submission: submission.ok_or_else(|| Refusal::internal(&"a bid lost its submission"))?,
            bid,
        });
    }
    Ok(bids)
}

/// The lots (by id) that each bid is for: those in which it offers a line or answers a question. A bid that is for none
/// counts as for all, so that it is told what it lacks. Unauthorised.
pub(crate) async fn lots_bid_for(
    r: &Reading,
    pack: &Pack,
    bids: &[Uuid],
) -> Result<BTreeMap<Uuid, BTreeSet<String>>, Refusal> {
    let offered = bid_price::Entity::find()
        .filter(bid_price::Column::BidId.is_in(bids.iter().copied()))
        .filter(bid_price::Column::Offer.ne(Word(Offer::NotOffered)))
        .all(r.txn())
        .await?;
    let answered = bid_answer::Entity::find()
        .filter(bid_answer::Column::BidId.is_in(bids.iter().copied()))
        .all(r.txn())
        .await?;
    let everything: BTreeSet<String> = pack.lots.iter().map(|lot| lot.id.clone()).collect();
    let lots_of = |bid: Uuid| {
        let for_lot = |lot: &&PackLot| {
            let line = |code: &str| lot.line_of_row(code).is_some();
            let question = |code: &str| lot.questions().iter().any(|asked| asked.code == code);
            offered.iter().any(|row| row.bid_id == bid && line(&row.line))
                || answered
                    .iter()
                    .any(|row| row.bid_id == bid && !row.text.is_empty() && question(&row.question))
        };
        let lots: BTreeSet<String> = pack.lots.iter().filter(for_lot).map(|lot| lot.id.clone()).collect();
        if lots.is_empty() { everything.clone() } else { lots }
    };
    Ok(bids.iter().map(|bid| (*bid, lots_of(*bid))).collect())
}

/// What a result needs of a bid, prices included. Unauthorised: only for results, after the quality lock.
pub(crate) async fn inputs(r: &Reading, bid_id: Uuid) -> Result<BidInputs, Refusal> {
    let priced = correction::prices_of(r, bid_id).await?;
    let corrections = correction::in_order(&priced);
    let prices = priced.into_iter().map(|price| (price.submitted.line.clone(), price.answer())).collect();
    let responses = responses_of(r, bid_id).await?.into_iter().map(|row| (row.requirement, row.code.0));
    Ok(BidInputs { prices, responses: responses.collect(), corrections })
}

/// What a bid says to one question, as the panel sees it: without what tells a price, and nothing until it is released, where the
/// published method has answers read first. Unauthorised.
pub(crate) async fn answer(
    r: &Reading,
    pack: &Pack,
    bid: &bid::Model,
    question: &str,
) -> Result<Answer, Refusal> {
    let text = bid_answer::Entity::find()
        .filter(bid_answer::Column::BidId.eq(bid.id))
        .filter(bid_answer::Column::Question.eq(question))
        .one(r.txn())
        .await?;
    let documents = submission_file::Entity::find()
        .filter(submission_file::Column::SubmissionId.eq(bid.submission_id))
        .filter(submission_file::Column::Kind.eq(Word(FileKind::Document)))
        .filter(submission_file::Column::Question.eq(question))
        .all(r.txn())
        .await?;
    let compartment = Compartment::of_submission(r, bid.submission_id).await?;
    let documents = documents.into_iter().map(|row| compartment.open_file(row)).collect::<Result<_, _>>()?;
    let confidential = confidential::of_bid(r, bid.id).await?.remove(question).unwrap_or_default();
    let replies = addressed::view::clarifying(r, bid, question).await?;
    let whole = Answer { text, documents, replies, confidential, released: true, cut: false };
    release::gate(r, pack, bid, whole, question).await
}

async fn responses_of(r: &Reading, bid_id: Uuid) -> Result<Vec<bid_response::Model>, Refusal> {
    let query = bid_response::Entity::find().filter(bid_response::Column::BidId.eq(bid_id));
    Ok(query.order_by_asc(bid_response::Column::Id).all(r.txn()).await?)
}

async fn answers_of(r: &Reading, bid_id: Uuid) -> Result<Vec<bid_answer::Model>, Refusal> {
    let query = bid_answer::Entity::find().filter(bid_answer::Column::BidId.eq(bid_id));
    Ok(query.order_by_asc(bid_answer::Column::Id).all(r.txn()).await?)
}
