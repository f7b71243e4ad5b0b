//! Asking one bidder.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use entity::{Word, addressed_question, procurement};
use rules::addressed::{AddressedState, Subject};
use rules::pack::{Pack, PackLine, PackLot};
use rules::stage::Stage;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use uuid::Uuid;

use super::view::{self, Addressed};
use super::{MOST_CHARACTERS, letters, must_handle};
use crate::bidding::response_time::{self, AnswerBy};
use crate::bidding::{bid as bids, tender};
use crate::kernel::ledger::{Record, text_hash};
use crate::kernel::{Action, Faults, Reading, Refusal, Writing, access};

/// What one bidder is asked.
#[derive(Clone, Debug, Default)]
pub struct AskInput {
    /// `bid`, `question`, `requirement` or `price_line`.
    pub subject: String,
    /// The code of the question, requirement or price line; none for the bid as a whole.
    pub code: Option<String>,
    /// The question.
    pub text: String,
    /// Until when the bidder may reply.
    pub reply_by: AnswerBy,
}

/// What the caller may ask about now: for the form.
#[derive(Clone, Debug)]
pub struct Possible {
    /// The procurement.
    pub procurement: procurement::Model,
    /// The bids and whose they are.
    pub bids: Vec<(Uuid, String)>,
    /// What a question may be about, each with its title.
    pub subjects: Vec<(Subject, Option<String>, String)>,
    /// The codes of the lots about whose prices nothing may be asked yet.
    pub unlocked: Vec<String>,
    /// Until when the bidder has time if nothing else is chosen.
    pub usual: DateTime<Utc>,
}

/// What the caller may ask about now. The coordinator or a moderator may.
pub async fn possible(r: &Reading, procurement_id: Uuid) -> Result<Possible, Refusal> {
    let scope = bids::content(r, procurement_id).await?;
    must_handle(&scope)?;
    scope.must_stand_at(&[Stage::Scoring, Stage::Deciding])?;
    let tender = tender::of(r, scope.procurement).await?;
    let locked = bids::locked_lots(r, &tender.pack, procurement_id).await?;
    let lots = &tender.pack.lots;
    let mut subjects = vec![(Subject::Bid, None, String::new())];
    subjects.extend(
        lots.iter()
            .flat_map(|lot| lot.questions())
            .map(|node| (Subject::Question, Some(node.code.clone()), node.title.clone())),
    );
    let requirements = tender.pack.requirements.iter();
    subjects.extend(requirements.map(|one| (Subject::Requirement, Some(one.code.clone()), one.text.clone())));
    subjects.extend(
        locked
            .iter()
            .flat_map(|lot| lot.schedule.iter().flat_map(|line| line.rows(&tender.pack)))
            .map(|row| (Subject::PriceLine, Some(row.code.to_string()), row.description().into_owned())),
    );
    let unlocked = lots.iter().filter(|lot| !locked.iter().any(|one| one.id == lot.id));
    let opened = bids::all(r, procurement_id).await?.into_iter();
    let standing = opened.filter(|opened| opened.submission.withdrawn_at.is_none());
    Ok(Possible {
        bids: standing.map(|opened| (opened.bid.id, opened.supplier.name)).collect(),
        unlocked: unlocked.map(|lot| lot.code.clone()).collect(),
        subjects,
        usual: response_time::usual(r.now())?,
        procurement: tender.procurement,
    })
}

struct Checked {
    subject: Subject,
    code: Option<String>,
    lot_id: Option<Uuid>,
    text: String,
    reply_by: DateTime<Utc>,
}

/// Asks one bidder about its bid. The coordinator or a moderator may, after the opening and before the award; about a price
/// only once the quality of its lot is locked, for nobody may see one before (DOMAIN rule 1). The bidder is told by mail.
pub async fn ask(
    w: &Writing,
    procurement_id: Uuid,
    bid_id: Uuid,
    input: AskInput,
) -> Result<Addressed, Refusal> {
    // Locked: numbers are given one at a time.
    let scope = access::procurement_locked(w, procurement_id, Action::Bid).await?;
    let asked_by = w.caller().person()?.id;
    bids::content(w, procurement_id).await?;
    must_handle(&scope)?;
    scope.must_stand_at(&[Stage::Scoring, Stage::Deciding])?;
    let opened = bids::found(w, procurement_id, bid_id).await?;
    if opened.submission.withdrawn_at.is_some() {
        return Err(Refusal::conflict("withdrawn", "This bid is withdrawn: nothing is asked about it."));
    }
    let tender = tender::of(w, scope.procurement).await?;
    let now = w.clock().await?;
    let checked = check(w, procurement_id, &tender.pack, &input, now).await?;
    let id = Uuid::now_v7();
    let row = addressed_question::ActiveModel {
        id: Set(id),
        procurement_id: Set(procurement_id),
        number: Set(1 + last_number(w, procurement_id).await?),
        bid_id: Set(bid_id),
        subject: Set(Word(checked.subject)),
        code: Set(checked.code),
        lot_id: Set(checked.lot_id),
        text: Set(checked.text),
        asked_by: Set(asked_by),
        asked_at: Set(now),
        reply_by: Set(checked.reply_by),
        state: Set(Word(AddressedState::Open)),
        decided_by: Set(None),
        decided_at: Set(None),
        reason: Set(None),
        version: Set(1),
    };
    let row = addressed_question::Entity::insert(row).exec_with_returning(w.txn()).await?;
    let mut body = json!({
        "bid": bid_id,
        "number": row.number,
        "subject": row.subject.0.as_str(),
        "words": text_hash(id, &row.text),
        "reply_by": crate::kernel::clock::rfc3339(row.reply_by),
    });
    if let Some(code) = &row.code {
        body[key_of(row.subject.0)] = Value::from(code.as_str());
    }
    w.record(Record::new(procurement_id, "bidding.addressed_question.ask", id, body));
    letters::asked(w, &tender, &opened, &row).await?;
    view::one(w, procurement_id, id).await
}

/// Under which name the ledger keeps the code.
const fn key_of(subject: Subject) -> &'static str {
    match subject {
        Subject::Bid | Subject::Question => "question",
        Subject::Requirement => "requirement",
        Subject::PriceLine => "line",
    }
}

async fn check(
    r: &Reading,
    procurement_id: Uuid,
    pack: &Pack,
    input: &AskInput,
    now: DateTime<Utc>,
) -> Result<Checked, Refusal> {
    let mut faults = Faults::new();
    let subject = faults.word("subject", &input.subject, Subject::Bid);
    let code = input.code.as_deref().map(str::trim).filter(|code| !code.is_empty());
    let lot = if faults.has("subject") { None } else { lot_of(&mut faults, pack, subject, code) };
    let text = faults.text("text", &input.text, MOST_CHARACTERS);
    let reply_by = response_time::checked(&mut faults, &input.reply_by, now)?;
    faults.done()?;
    if let Some(lot) = lot.filter(|_| subject == Subject::PriceLine) {
        let locked = bids::locked_lots(r, pack, procurement_id).await?;
        if !locked.iter().any(|one| one.id == lot.id) {
            return Err(Refusal::conflict(
                "quality_not_locked",
                format!(
                    "Nobody sees a price of lot {} before its quality is locked. Ask about prices afterwards.",
                    lot.code
                ),
            ));
        }
    }
    let lot_id =
        lot.map(|lot| lot.id.parse()).transpose().map_err(|error: uuid::Error| Refusal::internal(&error))?;
    Ok(Checked { subject, code: code.map(str::to_owned), lot_id, text, reply_by })
}

/// The lot of what is asked about; what is wrong with the code is noted.
fn lot_of<'p>(
    faults: &mut Faults,
    pack: &'p Pack,
    subject: Subject,
    code: Option<&str>,
) -> Option<&'p PackLot> {
    let codes: Vec<(Cow<'p, str>, Option<&PackLot>)> = match subject {
        Subject::Bid => {
            faults.require(
                code.is_none(),
                "code",
                "unknown_code",
                "Leave the code out where the question is about the bid as a whole.",
            );
            return None;
        }
        Subject::Question => pack
            .lots
            .iter()
            .flat_map(|lot| {
                lot.questions().into_iter().map(move |node| (node.code.as_str().into(), Some(lot)))
            })
            .collect(),
        Subject::Requirement => {
            pack.requirements.iter().map(|requirement| (requirement.code.as_str().into(), None)).collect()
        }
        Subject::PriceLine => pack
            .lots
            .iter()
            .flat_map(|lot| {
                let rows = lot.schedule.iter().flat_map(PackLine::row_codes);
                rows.map(move |code| (code, Some(lot)))
            })
            .collect(),
    };
    let found = codes.iter().find(|(known, _)| Some(known.as_ref()) == code);
    if found.is_none() {
        let known: Vec<_> = codes.iter().map(|(code, _)| code.as_ref()).collect();
        faults.add("code", "unknown_code", format!("Choose one of these: {}.", known.join(", ")));
    }
    found.and_then(|(_, lot)| *lot)
}

async fn last_number(r: &Reading, procurement_id: Uuid) -> Result<i32, Refusal> {
    let last = addressed_question::Entity::find()
        .filter(addressed_question::Column::ProcurementId.eq(procurement_id))
        .order_by_desc(addressed_question::Column::Number)
        .one(r.txn())
        .await?;
    Ok(last.map(|row| row.number).unwrap_or_default())
}
