//! Four suppliers get their link, ask, fill in the workbook, and submit: one has a colleague on its team and corrects its
//! workbook first, one types pence for pounds, one comes too late.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use importers::bid_template::{self, FilledBid, PriceEntry, ResponseEntry};
use rules::money::UnitPrice;
use rules::pack::Pack;
use rules::words::{Moscow, Obligation, Offer, ResponseCode};

use super::cast::{BIDDERS, Bidder, Manner};
use super::needs::LINES;
use super::tender::{LOTS, answer};
use super::{Demonstration, REFERENCE, questions, told};
use crate::bidding::draft::answers;
use crate::bidding::draft::typed::{self, WordsInput};
use crate::bidding::invitation::team::{self, MemberInput};
use crate::bidding::invitation::{self, InvitationInput};
use crate::bidding::submission::{self, SubmissionInput};
use crate::bidding::{draft, tender};
use crate::kernel::clock::machine_now;
use crate::kernel::{Caller, Db, Refusal, identity};

/// Gives the bidders, in the order of the cast.
pub(super) async fn run(demonstration: &Demonstration) -> Result<Vec<Caller>, Refusal> {
    let mut suppliers = Vec::new();
    for bidder in &BIDDERS {
        suppliers.push(invite(demonstration, bidder).await?);
    }
    questions::run(demonstration, &suppliers).await?;
    let bids = || BIDDERS.iter().zip(&suppliers).enumerate();
    for (place, (bidder, supplier)) in bids().filter(|(_, (bidder, _))| bidder.manner != Manner::Late) {
        submit(demonstration, place, bidder, supplier).await?;
    }
    // The late one's workbook comes six minutes after noon.
    pass_deadline(demonstration).await?;
    for (place, (bidder, supplier)) in bids().filter(|(_, (bidder, _))| bidder.manner == Manner::Late) {
        submit(demonstration, place, bidder, supplier).await?;
    }
    Ok(suppliers)
}

async fn pass_deadline(demonstration: &Demonstration) -> Result<(), Refusal> {
    let db = &demonstration.db;
    let deadline = db
        .read(&Caller::Nobody, |r| async move { Ok(tender::published(&r, REFERENCE).await?.deadline) })
        .await?;
    let now = machine_now() + TimeDelta::seconds(db.clock_offset_seconds());
    db.advance_clock(deadline - now + TimeDelta::minutes(6)).await
}

/// Gets a supplier its secret: invited by the lead's buyer, claimed by the link in the mail.
async fn invite(demonstration: &Demonstration, bidder: &Bidder) -> Result<Caller, Refusal> {
    let buyer = demonstration.company.caller("buyer@ashvale.example")?;
    let id = demonstration.procurement;
    let input = InvitationInput {
        supplier: bidder.name.to_owned(),
        email: bidder.email.to_owned(),
        ppon: Some(bidder.ppon.to_owned()),
        companies_house: None,
    };
    let invited = demonstration
        .db
        .write(&buyer, move |w| async move { invitation::invite(&w, id, input).await })
        .await?;
    let link = invited.link.ok_or_else(|| {
        Refusal::conflict(
            "mail_server",
            "Start the demonstration without a mail server: its suppliers have no mailboxes.",
        )
    })?;
    let supplier = claim(demonstration, token_of(&link)).await?;
    if let Some((email, name)) = bidder.colleague {
        let input = MemberInput { email: email.to_owned(), name: Some(name.to_owned()) };
        let sent = demonstration.db.write(&supplier, |w| async move { team::add(&w, input).await }).await?;
        let link = sent.link.unwrap_or_default();
        claim(demonstration, token_of(&link)).await?;
        told(&format!("{}: a second address of its team is verified", bidder.name));
    }
    Ok(supplier)
}

fn token_of(link: &str) -> String {
    link.split_once("token=").map_or("", |(_, token)| token).to_owned()
}

/// Opens the link of a mail.
async fn claim(demonstration: &Demonstration, token: String) -> Result<Caller, Refusal> {
    let db = &demonstration.db;
    let claimed =
        db.write(&Caller::Nobody, move |w| async move { invitation::claim(&w, &token).await }).await?;
    identity::of_bearer(db, &claimed.secret).await
}

async fn submit(
    demonstration: &Demonstration,
    place: usize,
    bidder: &Bidder,
    supplier: &Caller,
) -> Result<(), Refusal> {
    let db = &demonstration.db;
    let (row, pack) = db
        .read(&Caller::Nobody, |r| async move {
            let tender = tender::published(&r, REFERENCE).await?;
            Ok((tender.row, tender.pack))
        })
        .await?;
    let name = format!("{REFERENCE}-bid.xlsx");
    if bidder.manner == Manner::Corrected {
        let faulty = workbook(&pack, &row.hash, &with_faults(filled(&pack, place, bidder)))?;
        let (_, reading) = draft::check_workbook(db, supplier, &name, faulty).await?;
        for finding in reading.findings.iter().filter(|finding| finding.is_error()) {
            let sheet = finding.sheet.as_deref().unwrap_or("workbook");
            let cell = finding.cell.as_deref().unwrap_or("");
            told(&format!("{}: {sheet}!{cell} has “{}”: {}", bidder.name, finding.seen, finding.todo));
        }
    }
    let mut filled = filled(&pack, place, bidder);
    if bidder.manner == Manner::Slipped {
        filled.prices.insert(SLIP.to_owned(), PriceEntry::number(&slipped(bidder).to_string()));
    }
    let bytes = workbook(&pack, &row.hash, &filled)?;
    draft::check_workbook(db, supplier, &name, bytes).await?;
    let case_study =
        format!("{}: case study of a comparable council, with references on request.\n", bidder.name);
    draft::add_document(db, supplier, "Q1", "Case study.txt", case_study.into_bytes()).await?;
    type_an_answer(db, bidder, supplier).await?;
    let input = SubmissionInput { findings_confirmed: false, manifest_hash: None };
    let receipt = db.write(supplier, |w| async move { submission::submit(&w, input).await }).await?;
    if receipt.submission.late {
        told(&format!("{}: received after the deadline, sealed in the late box", bidder.name));
    }
    Ok(())
}

/// One bidder answers a question at length on its page, and says what of it is confidential.
async fn type_an_answer(db: &Db, bidder: &Bidder, supplier: &Caller) -> Result<(), Refusal> {
    if bidder.manner != Manner::Corrected {
        return Ok(());
    }
    let seen = db.read(supplier, |r| async move { answers::one(&r, "Q1").await }).await?;
    let short = seen.in_workbook.map(|found| found.text).unwrap_or_default();
    let long = format!(
        "{short}\n\nThe team, its experience and two references stand in the case study beside this text. Extra training \
         costs £420 per session."
    );
    let input = WordsInput {
        text: Some(long),
        document_confidential_because: Some(
            "The case study names a council that has not agreed to be named to others.".to_owned(),
        ),
        ..WordsInput::default()
    };
    db.write(supplier, move |w| async move { typed::save(&w, "Q1", seen.version, input).await }).await?;
    told(&format!("{}: typed its answer to Q1 on its page; its case study is confidential", bidder.name));
    Ok(())
}

fn workbook(pack: &Pack, hash: &str, bid: &FilledBid) -> Result<Vec<u8>, Refusal> {
    bid_template::filled(pack, hash, bid).map_err(|error| Refusal::internal(&error))
}

/// What a supplier types that cannot be taken: a word where a price is due, and a price for a month.
fn with_faults(mut bid: FilledBid) -> FilledBid {
    bid.prices.insert("P10".to_owned(), PriceEntry::text("POA"));
    bid.prices.insert("P13".to_owned(), PriceEntry::text("£7,200 pcm"));
    bid
}

/// The line in which one bidder types pence for pounds.
pub(super) const SLIP: &str = "P12";

/// What it types there.
fn slipped(bidder: &Bidder) -> UnitPrice {
    UnitPrice(meant(bidder, SLIP).0 * 100)
}

/// The price that a bidder has in mind for a line without volume bands.
pub(super) fn meant(bidder: &Bidder, code: &str) -> UnitPrice {
    let place = LINES.iter().position(|line| line.code == code).unwrap_or_default();
    UnitPrice(pence_of(bidder, place).max(1) * 100)
}

/// A price of a bidder in pence: its level of the usual one, and a little apart from line to line, as prices are: up to 2 %
/// either way.
fn pence_of(bidder: &Bidder, place: usize) -> i64 {
    let line = &LINES[place];
    let level = match (line.charge, line.lot) {
        (rules::words::Charge::OneOff, _) => bidder.price_level[0],
        (rules::words::Charge::Recurring, 0) => bidder.price_level[1],
        (rules::words::Charge::Recurring, _) => bidder.price_level[2],
    };
    let turn = i64::try_from(place * 7 + bidder.name.len() * 3).unwrap_or(0) % 41 - 20;
    line.usual_pence * level * (1000 + turn) / 1_000_000
}

fn filled(pack: &Pack, place: usize, bidder: &Bidder) -> FilledBid {
    FilledBid {
        supplier: bidder.name.to_owned(),
        prices: prices(bidder),
        responses: pack
            .requirements
            .iter()
            .map(|requirement| {
                let code = if requirement.moscow == Moscow::Could {
                    ResponseCode::Configuration
                } else {
                    ResponseCode::Full
                };
                (
                    requirement.code.clone(),
                    ResponseEntry { code: code.as_str().to_owned(), comment: String::new() },
                )
            })
            .collect(),
        answers: LOTS
            .iter()
            .flat_map(|lot| lot.sections)
            .flat_map(|section| section.questions)
            .map(|question| {
                let agreed = question.agreed.get(place).copied().unwrap_or(4);
                (question.code.to_owned(), answer(question, bidder.name, agreed))
            })
            .collect(),
    }
}

fn prices(bidder: &Bidder) -> BTreeMap<String, PriceEntry> {
    let mut prices = BTreeMap::new();
    for (place, line) in LINES.iter().enumerate() {
        let pence = pence_of(bidder, place);
        let priced = |pence: i64| PriceEntry::number(&UnitPrice(pence.max(1) * 100).to_string());
        if line.tiers.is_empty() {
            let included = line.obligation == Obligation::Optional && place % 2 == 0;
            let entry = if included { PriceEntry::without_price(Offer::Included) } else { priced(pence) };
            prices.insert(line.code.to_owned(), entry);
            continue;
        }
        // Each band is some percent cheaper than the one before it; the second has the usual price.
        for (band, percent) in (1..=line.tiers.len()).zip([107, 100, 94]) {
            prices.insert(format!("{}-T{band}", line.code), priced(pence * percent / 100));
        }
    }
    prices
}
