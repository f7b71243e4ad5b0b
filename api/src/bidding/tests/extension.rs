//! A later deadline: two people, one new version of the pack, and everything that follows from it.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Europe::London;
use entity::{Word, submission as submission_row};
use importers::Severity;
use rules::extension::{ExtensionState, Modification};
use rules::words::Role;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::fixture::{Tender, filled};
use crate::bidding::submission::{self, SubmissionInput};
use crate::bidding::{draft, extension, tender};
use crate::kernel::{Caller, Refusal};
use crate::tendering::extension::{self as extensions, ExtensionInput, ExtensionView, OutageInput};
use crate::tendering::pack;

/// Day and time in London.
fn london(at: DateTime<Utc>) -> (String, String) {
    let local = at.with_timezone(&London);
    (local.format("%Y-%m-%d").to_string(), local.format("%H:%M").to_string())
}

fn to(at: DateTime<Utc>) -> ExtensionInput {
    let (date, time) = london(at);
    ExtensionInput { date, time, reason: "Two questions came late.".to_owned(), outage: None }
}

fn after_outage(at: DateTime<Utc>, from: DateTime<Utc>, until: DateTime<Utc>) -> ExtensionInput {
    let ((from_date, from_time), (to_date, to_time)) = (london(from), london(until));
    let what = "The data centre lost power.".to_owned();
    ExtensionInput { outage: Some(OutageInput { from_date, from_time, to_date, to_time, what }), ..to(at) }
}

impl Tender {
    async fn in_force(&self) -> DateTime<Utc> {
        let id = self.id;
        let tender =
            self.world.read(&Caller::System, move |r| async move { tender::of_id(&r, id).await }).await;
        tender.unwrap().deadline
    }

    async fn now(&self) -> DateTime<Utc> {
        self.world.read(&Caller::System, |r| async move { Ok(r.now()) }).await.unwrap()
    }

    async fn propose(&self, who: &Caller, input: ExtensionInput) -> Result<ExtensionView, Refusal> {
        let id = self.id;
        self.world.write(who, move |w| async move { extensions::propose(&w, id, input).await }).await
    }

    async fn confirm(&self, who: &Caller, row: Uuid, seen: i64) -> Result<ExtensionView, Refusal> {
        let id = self.id;
        self.world.write(who, move |w| async move { extension::confirm(&w, id, row, seen).await }).await
    }

    async fn give(&self, who: &Caller, role: Role) {
        self.world.gives(self.id, who, role).await;
    }
}

#[tokio::test]
async fn a_second_person_moves_the_deadline_and_all_are_told() {
    let tender = Tender::published().await;
    let supplier = tender.supplier("bids@larkfield.example").await;
    tender.token("unclaimed@larkfield.example").await;
    let old = tender.in_force().await;
    let partner = tender.propose(&tender.brackenham_opener, to(old + TimeDelta::days(7))).await;
    assert_eq!(partner.unwrap_err().status(), 403);
    let sooner = tender.propose(&tender.coordinator, to(old - TimeDelta::minutes(30))).await.unwrap_err();
    assert_eq!(sooner.fields[0].code, "not_later");
    let proposed = tender.propose(&tender.coordinator, to(old + TimeDelta::days(7))).await.unwrap();
    assert_eq!(proposed.extension.kind, Word(Modification::BeforeDeadline));
    assert!(!proposed.may_confirm && proposed.may_take_back);
    let row = proposed.extension.id;
    let again = tender.propose(&tender.coordinator, to(old + TimeDelta::days(8))).await;
    assert_eq!(again.unwrap_err().code, "extension_waits");
    assert_eq!(tender.in_force().await, old, "nothing is moved by one person");

    assert_eq!(tender.confirm(&tender.coordinator, row, 1).await.unwrap_err().code, "same_person");
    assert_eq!(tender.confirm(&tender.ashvale_opener, row, 1).await.unwrap_err().code, "same_council");
    assert_eq!(tender.confirm(&tender.panel_member, row, 1).await.unwrap_err().status(), 403);
    let stranger = tender.world.officer(&tender.world.council("Carrow").await, "Stranger").await;
    assert_eq!(tender.confirm(&stranger, row, 1).await.unwrap_err().status(), 404);
    assert_eq!(tender.confirm(&tender.brackenham_opener, row, 7).await.unwrap_err().status(), 412);
    let confirmed = tender.confirm(&tender.brackenham_opener, row, 1).await.unwrap();
    assert_eq!((confirmed.state, confirmed.extension.version), (ExtensionState::Confirmed, 2));
    assert_eq!(tender.in_force().await, proposed.extension.to_deadline);
    let twice = tender.confirm(&tender.brackenham_opener, row, 2).await.unwrap_err();
    assert_eq!(twice.code, "extension_confirmed");

    let id = tender.id;
    let versions = tender
        .world
        .read(&Caller::Nobody, move |r| async move { pack::versions(&r, id).await })
        .await
        .unwrap();
    assert_eq!(versions.iter().map(|version| version.row.number).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(versions[1].extension.as_ref().map(|extension| extension.id), Some(row));
    let (_, present) = tender
        .world
        .read(&Caller::Nobody, move |r| async move { pack::current(&r, id).await })
        .await
        .unwrap();
    assert!(present.asks_the_same(&tender.pack));
    let partners = tender.world.mails("deadline_extended").await;
    assert_eq!(partners.len(), 1, "the lead knows; Brackenham is told");
    assert!(!partners[0].sealed);
    let bidders = tender.world.mails("deadline_extended_bidder").await;
    assert_eq!(bidders.len(), 1, "who has used its link");
    assert!(bidders[0].sealed, "how many are told must not show");
    assert_eq!(bidders[0].recipient, "bids@larkfield.example");

    // The old workbook is taken as if it were new, and that it is older is said.
    let reading = tender.upload(&supplier, &filled("12.34")).await.unwrap();
    let finding = reading.findings.iter().find(|finding| finding.code == "older_pack").unwrap();
    assert_eq!(finding.severity, Severity::Info);
    assert_eq!(reading.prices.len(), 2);
    assert!(!tender.submit(&supplier).await.unwrap().submission.late);
}

#[tokio::test]
async fn an_approver_confirms_where_there_is_one_and_openers_do_not() {
    let tender = Tender::published().await;
    tender.give(&tender.coordinator, Role::Approver).await;
    let old = tender.in_force().await;
    let row = tender.propose(&tender.coordinator, to(old + TimeDelta::days(1))).await.unwrap().extension.id;
    let own = tender.confirm(&tender.coordinator, row, 1).await.unwrap_err();
    assert_eq!(own.code, "same_person", "also where the proposer is an approver");
    tender.give(&tender.panel_member, Role::Approver).await;
    assert_eq!(tender.confirm(&tender.brackenham_opener, row, 1).await.unwrap_err().status(), 403);
    tender.confirm(&tender.panel_member, row, 1).await.unwrap();
}

#[tokio::test]
async fn a_bid_of_before_stays_the_same_bid_and_its_receipt_the_same_receipt() {
    let tender = Tender::published().await;
    let supplier = tender.supplier("bids@larkfield.example").await;
    tender.upload(&supplier, &filled("8.00")).await.unwrap();
    let receipt = tender.submit(&supplier).await.unwrap();
    let old = tender.in_force().await;
    let row = tender.propose(&tender.coordinator, to(old + TimeDelta::days(1))).await.unwrap().extension.id;
    tender.confirm(&tender.brackenham_opener, row, 1).await.unwrap();
    let again =
        tender.world.read(&supplier, |r| async move { submission::receipt(&r, 1).await }).await.unwrap();
    assert_eq!(again.signed, receipt.signed, "it was signed for the pack of then");
    let drafts = tender.world.read(&supplier, |r| async move { draft::view(&r).await }).await.unwrap();
    assert!(!drafts.has_changes(), "the same files under a pack that asks the same");
    // What was seen before the confirmation may still be submitted.
    let seen = SubmissionInput {
        findings_confirmed: false,
        manifest_hash: Some(receipt.submission.manifest_hash.clone()),
    };
    tender.world.write(&supplier, |w| async move { submission::submit(&w, seen).await }).await.unwrap();
}

#[tokio::test]
async fn a_proposal_lapses_with_the_deadline_and_can_be_taken_back_before() {
    let tender = Tender::published().await;
    let old = tender.in_force().await;
    let first = tender.propose(&tender.coordinator, to(old + TimeDelta::days(1))).await.unwrap();
    let (id, row) = (tender.id, first.extension.id);
    let world = &tender.world;
    let take_back = |who: &Caller, seen| {
        let who = who.clone();
        async move {
            world.write(&who, move |w| async move { extensions::take_back(&w, id, row, seen).await }).await
        }
    };
    assert_eq!(take_back(&tender.brackenham_opener, 1).await.unwrap_err().status(), 403);
    assert_eq!(take_back(&tender.coordinator, 2).await.unwrap_err().status(), 412);
    take_back(&tender.coordinator, 1).await.unwrap();
    assert_eq!(
        tender.confirm(&tender.brackenham_opener, row, 2).await.unwrap_err().code,
        "extension_taken_back"
    );
    let second = tender.propose(&tender.coordinator, to(old + TimeDelta::days(1))).await.unwrap();
    tender.pass_deadline().await;
    let late = tender.confirm(&tender.brackenham_opener, second.extension.id, 1).await.unwrap_err();
    assert_eq!(late.code, "extension_lapsed");
    assert_eq!(tender.in_force().await, old);
    let bare = tender.propose(&tender.coordinator, to(old + TimeDelta::days(2))).await.unwrap_err();
    assert_eq!(bare.fields[0].code, "outage_missing");
}

#[tokio::test]
async fn after_the_deadline_only_an_outage_is_a_ground_and_late_ones_are_judged_anew() {
    let tender = Tender::published().await;
    let supplier = tender.supplier("bids@larkfield.example").await;
    let old = tender.in_force().await;
    let minutes = TimeDelta::minutes;
    let early = after_outage(old + TimeDelta::days(1), old - minutes(90), old - minutes(70));
    let early = tender.propose(&tender.coordinator, early).await.unwrap_err();
    assert_eq!(early.fields[0].code, "deadline_not_passed");
    tender.pass_deadline().await;
    tender.upload(&supplier, &filled("8.00")).await.unwrap();
    let receipt = tender.submit(&supplier).await.unwrap();
    assert!(receipt.submission.late);
    let new = old + TimeDelta::days(1);
    for (from, until, code) in [
        (old - minutes(5), old - minutes(20), "not_a_span"),
        (old - minutes(5), old + TimeDelta::days(1), "not_a_span"),
        (old + minutes(2), old + minutes(20), "after_deadline"),
    ] {
        let refused = tender.propose(&tender.coordinator, after_outage(new, from, until)).await.unwrap_err();
        assert_eq!(refused.fields[0].code, code);
    }
    let input = after_outage(new, old - minutes(20), old + minutes(10));
    let proposed = tender.propose(&tender.coordinator, input).await.unwrap();
    assert_eq!(proposed.extension.kind, Word(Modification::AfterDeadline));
    let opens = tender.consent(&tender.ashvale_opener).await.unwrap_err();
    assert_eq!(opens.code, "extension_waits", "an opening cannot be undone");
    tender.confirm(&tender.brackenham_opener, proposed.extension.id, 1).await.unwrap();
    let again =
        tender.world.read(&supplier, |r| async move { submission::receipt(&r, 1).await }).await.unwrap();
    assert!(!again.submission.late, "in time by the deadline in force");
    assert!(again.message().contains("in time now"), "{}", again.message());
    assert_eq!(again.signed, receipt.signed, "a receipt that said late says so for ever");
    assert_eq!(tender.consent(&tender.ashvale_opener).await.unwrap_err().code, "deadline_not_passed");
    tender.world.db.advance_clock(TimeDelta::days(1)).await.unwrap();
    tender.consent(&tender.ashvale_opener).await.unwrap();
    tender.consent(&tender.brackenham_opener).await.unwrap();
    let refused = tender.propose(&tender.coordinator, to(tender.now().await + TimeDelta::days(1))).await;
    assert_eq!(refused.unwrap_err().code, "wrong_stage", "nothing moves once the box is opened");
}

#[tokio::test]
async fn a_consent_to_the_old_deadline_is_void() {
    let tender = Tender::published().await;
    let old = tender.in_force().await;
    tender.pass_deadline().await;
    tender.consent(&tender.ashvale_opener).await.unwrap();
    let (from, until) = (old - TimeDelta::minutes(20), old + TimeDelta::minutes(10));
    let new = tender.now().await + TimeDelta::minutes(2);
    let row = tender.propose(&tender.coordinator, after_outage(new, from, until)).await.unwrap().extension.id;
    tender.confirm(&tender.brackenham_opener, row, 1).await.unwrap();
    tender.world.db.advance_clock(TimeDelta::minutes(5)).await.unwrap();
    let state = tender.consent(&tender.brackenham_opener).await.unwrap();
    assert!(state.opened_at.is_none(), "the first consent was to another deadline");
}

#[tokio::test]
async fn exactly_the_new_deadline_is_late() {
    let tender = Tender::published().await;
    let old = tender.in_force().await;
    let (one, two) =
        (tender.supplier("a@larkfield.example").await, tender.supplier("b@carrow.example").await);
    tender.pass_deadline().await;
    let mut ids = Vec::new();
    for supplier in [&one, &two] {
        tender.upload(supplier, &filled("8.00")).await.unwrap();
        ids.push(tender.submit(supplier).await.unwrap().submission.id);
    }
    let input =
        after_outage(old + TimeDelta::days(1), old - TimeDelta::minutes(20), old + TimeDelta::minutes(10));
    let proposed = tender.propose(&tender.coordinator, input).await.unwrap();
    let new = proposed.extension.to_deadline;
    let (at, before) = (ids[0], ids[1]);
    // Nobody can wait for a microsecond: the store is told that one came at exactly the new deadline, one just before.
    tender
        .world
        .write(&Caller::System, move |w| async move {
            for (id, received) in [(at, new), (before, new - TimeDelta::microseconds(1))] {
                submission_row::Entity::update_many()
                    .col_expr(submission_row::Column::ReceivedAt, Expr::value(received))
                    .filter(submission_row::Column::Id.eq(id))
                    .exec(w.txn())
                    .await?;
            }
            Ok(())
        })
        .await
        .unwrap();
    tender.confirm(&tender.brackenham_opener, proposed.extension.id, 1).await.unwrap();
    let late = tender
        .world
        .read(&Caller::System, move |r| async move {
            let mut late = Vec::new();
            for id in [at, before] {
                late.push(submission_row::Entity::find_by_id(id).one(r.txn()).await?.unwrap().late);
            }
            Ok(late)
        })
        .await
        .unwrap();
    assert_eq!(late, [true, false]);
}
