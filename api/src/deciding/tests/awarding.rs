//! Award, letters, notice and signatures.

use chrono::{NaiveDate, TimeDelta};
use entity::{Word, allocation, award, late_decision, late_word, outbox_message, signature, submission};
use rules::calendar::standstill;
use rules::late::{LateState, LateVerdict};
use rules::stage::Stage;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use super::scene::{Scene, today};
use crate::deciding::notice::{self, NoticeInput};
use crate::deciding::recommendation::{self, RecommendationInput};
use crate::deciding::signature::{self as signatures, SignatureInput};
use crate::kernel::testing::person_id;
use crate::kernel::{Caller, Paging, Refusal};

async fn record_notice(scene: &Scene, on: NaiveDate) -> Result<award::Model, Refusal> {
    correct_notice(scene, 1, &on.to_string(), (None, None)).await
}

/// Records a notice where the award's version is `seen`, with the length of the standstill and the reason.
async fn correct_notice(
    scene: &Scene,
    seen: i64,
    on: &str,
    (working_days, reason): (Option<&str>, Option<&str>),
) -> Result<award::Model, Refusal> {
    let (id, lot) = (scene.procurement, scene.lot);
    let input = NoticeInput {
        published_on: on.to_owned(),
        working_days: working_days.map(str::to_owned),
        reason: reason.map(str::to_owned),
    };
    let work = move |w| async move { notice::record(&w, id, lot, seen, input).await };
    scene.world.write(&scene.coordinator, work).await
}

/// The fields that a refusal names.
fn fields(refusal: &Refusal) -> Vec<&str> {
    refusal.fields.iter().map(|fault| fault.field.as_str()).collect()
}

async fn sign(scene: &Scene, caller: &Caller, on: NaiveDate) -> Result<signature::Model, Refusal> {
    let (id, lot) = (scene.procurement, scene.lot);
    let input = SignatureInput { signed_on: on.to_string() };
    scene.world.write(caller, move |w| async move { signatures::record(&w, id, lot, input).await }).await
}

/// A mail's bytes as text, with the soft breaks of quoted-printable taken out.
fn plain(mail: &outbox_message::Model) -> String {
    String::from_utf8_lossy(&mail.body).replace("=\r\n", "")
}

async fn letters(scene: &Scene) -> u64 {
    scene.as_system(|w| async move { Ok(outbox_message::Entity::find().count(w.txn()).await?) }).await
}

#[tokio::test]
async fn a_missing_decision_blocks_and_a_named_option_never_does() {
    let scene = Scene::new().await;
    scene.recommend(0).await.unwrap();
    for at in [0, 1] {
        scene.decide(&scene.approvers[at], scene.decision(at)).await.unwrap();
    }
    let refusal = scene.award(&scene.coordinator).await.unwrap_err();
    assert_eq!(refusal.code, "not_ready");
    assert!(refusal.detail.contains("Carrow") && !refusal.detail.contains("Dunmere"), "{}", refusal.detail);
    assert_eq!(letters(&scene).await, 0, "no letters without an award");
    scene.decide(&scene.approvers[2], scene.decision(2)).await.unwrap();
    assert_eq!(scene.award(&scene.approvers[0]).await.unwrap_err().status(), 403);
    scene.award(&scene.coordinator).await.unwrap();
    assert_eq!(scene.stage().await, Stage::Awarded);
}

#[tokio::test]
async fn a_changed_recommendation_needs_new_decisions() {
    let scene = Scene::decided().await;
    let (id, lot) = (scene.procurement, scene.lot);
    let input = RecommendationInput { bid_id: scene.bids[0].to_string(), text: "Put better.".into() };
    scene
        .world
        .write(
            &scene.coordinator,
            move |w| async move { recommendation::change(&w, id, lot, 1, input).await },
        )
        .await
        .unwrap();
    let refusal = scene.award(&scene.coordinator).await.unwrap_err();
    assert!(refusal.detail.contains("earlier recommendation"), "{}", refusal.detail);
}

#[tokio::test]
async fn only_the_tender_of_rank_one_is_awarded() {
    let scene = Scene::decided().await;
    let (lot, second) = (scene.lot, scene.bids[1]);
    scene
        .as_system(move |w| async move {
            use entity::recommendation::{Column, Entity};
            Entity::update_many()
                .col_expr(Column::BidId, Expr::value(second))
                .filter(Column::LotId.eq(lot))
                .exec(w.txn())
                .await?;
            Ok(())
        })
        .await;
    let refusal = scene.award(&scene.coordinator).await.unwrap_err();
    assert_eq!(refusal.code, "not_ready");
    assert!(refusal.detail.contains("of Blue Harbour IT, has rank 2 in the result"), "{}", refusal.detail);
}

#[tokio::test]
async fn an_award_is_made_once_and_its_parts_sum_to_the_price() {
    let scene = Scene::decided().await;
    let award = scene.award(&scene.coordinator).await.unwrap();
    assert_eq!(scene.award(&scene.coordinator).await.unwrap_err().code, "already_awarded");
    let id = award.id;
    let parts = scene
        .as_system(move |w| async move {
            let query = allocation::Entity::find().filter(allocation::Column::AwardId.eq(id));
            Ok(query.all(w.txn()).await?)
        })
        .await;
    let sum: i64 = parts.iter().map(|part| part.amount_pence).sum();
    assert_eq!((award.price_pence, sum, parts.len()), (9_990_010, 9_990_010, 3));
    // Nothing that led to it changes any more.
    assert_eq!(scene.decide(&scene.approvers[0], scene.decision(0)).await.unwrap_err().status(), 409);
}

#[tokio::test]
async fn everybody_gets_one_letter_of_their_own() {
    let scene = Scene::decided().await;
    let award = scene.award(&scene.coordinator).await.unwrap();
    assert_eq!(letters(&scene).await, 8, "four councils, three bidders, one late");
    let councils = scene.world.mails("award_to_council").await;
    let mut told: Vec<_> = councils.iter().map(|mail| mail.recipient.as_str()).collect();
    told.sort_unstable();
    let expected =
        ["ashvale", "brackenham", "carrow", "dunmere"].map(|name| format!("notices@{name}.example"));
    assert_eq!(told, expected);
    assert!(councils.iter().all(|mail| mail.event == format!("award:{}", award.id)));
    let own = plain(&councils[1]);
    assert!(own.contains("33,300.03") && own.contains("Cabinet, Minute 12"), "{own}");

    let winner = scene.world.mails("award_to_winner").await;
    assert_eq!(winner.len(), 1);
    assert!(plain(&winner[0]).contains("PPON-0"));

    let others = scene.world.mails("award_to_bidder").await;
    let to = |supplier: &str| {
        let mail = others.iter().find(|mail| mail.recipient == format!("bids@{supplier}.example")).unwrap();
        plain(mail)
    };
    let loser = to("blue-harbour-it");
    assert!(loser.contains("Northgate Digital") && loser.contains("page 4"), "{loser}");
    assert!(
        !loser.contains("PPON-0") && !loser.contains("bids@northgate"),
        "the winner's contact is the winner's"
    );
    assert!(loser.contains("&#60;experience&#62;"), "the HTML form is escaped");
    assert!(to("kestrel-managed").contains("WHY YOUR TENDER WAS NOT RANKED"));

    let late = scene.world.mails("award_late").await;
    assert_eq!((late.len(), late[0].recipient.as_str()), (1, "bids@slow-systems.example"));
}

#[tokio::test]
async fn a_late_bidder_is_told_why_it_was_refused_and_one_that_was_admitted_is_told_nothing_of_the_kind() {
    for (state, letters) in [(LateState::Refused, 1), (LateState::Admitted, 0)] {
        let scene = Scene::decided().await;
        let (id, people) =
            (scene.procurement, [person_id(&scene.approvers[0]), person_id(&scene.approvers[1])]);
        let councils = [0, 1].map(|at| scene.approvers[at].council_id().unwrap());
        scene
            .as_system(move |w| async move {
                let late = submission::Entity::find()
                    .filter(submission::Column::ProcurementId.eq(id))
                    .filter(submission::Column::Late.eq(true))
                    .one(w.txn())
                    .await?
                    .unwrap();
                let row = late_decision::ActiveModel {
                    submission_id: Set(late.id),
                    procurement_id: Set(id),
                    state: Set(Word(state)),
                    decided_at: Set(Some(w.now())),
                    version: Set(2),
                };
                late_decision::Entity::insert(row).exec_without_returning(w.txn()).await?;
                let verdict =
                    if state == LateState::Admitted { LateVerdict::Admit } else { LateVerdict::Refuse };
                for (person, council) in people.into_iter().zip(councils) {
                    let row = late_word::ActiveModel {
                        id: Set(Uuid::now_v7()),
                        submission_id: Set(late.id),
                        procurement_id: Set(id),
                        person_id: Set(person),
                        council_id: Set(council),
                        verdict: Set(Word(verdict)),
                        reason: Set("The service was up all day".into()),
                        outage: Set(None),
                        given_at: Set(w.now()),
                    };
                    late_word::Entity::insert(row).exec_without_returning(w.txn()).await?;
                }
                Ok(())
            })
            .await;
        scene.award(&scene.coordinator).await.unwrap();
        let late = scene.world.mails("award_late").await;
        assert_eq!(late.len(), letters, "{state}");
        assert!(late.iter().all(|mail| plain(mail).contains("The service was up all day")));
    }
}

#[tokio::test]
async fn an_award_whose_letters_cannot_be_written_is_not_made() {
    let scene = Scene::decided().await;
    // The last letter of all: whatever was written before it goes with it.
    let (bidder, wrong) = ("bids@slow-systems.example", "not an address");
    scene
        .as_system(move |w| async move {
            entity::invitation::Entity::update_many()
                .col_expr(entity::invitation::Column::Email, Expr::value(wrong))
                .filter(entity::invitation::Column::Email.eq(bidder))
                .exec(w.txn())
                .await?;
            Ok(())
        })
        .await;
    assert!(scene.award(&scene.coordinator).await.is_err());
    assert_eq!(letters(&scene).await, 0);
    let awards = scene.as_system(|w| async move { Ok(award::Entity::find().count(w.txn()).await?) }).await;
    assert_eq!((awards, scene.stage().await), (0, Stage::Deciding));
}

#[tokio::test]
async fn the_notice_waits_for_the_summaries_and_lies_between_award_and_today() {
    let scene = Scene::decided().await;
    scene.award(&scene.coordinator).await.unwrap();
    assert_eq!(record_notice(&scene, today()).await.unwrap_err().code, "summaries_not_told");
    let scene = Scene::awarded_and_told(0).await;
    let early = record_notice(&scene, today() - TimeDelta::days(1)).await.unwrap_err();
    assert_eq!(early.fields[0].code, "before_award");
    let future = record_notice(&scene, today() + TimeDelta::days(1)).await.unwrap_err();
    assert_eq!(future.fields[0].code, "in_the_future");
    let award = record_notice(&scene, today()).await.unwrap();
    assert_eq!(award.standstill_ends_on, Some(standstill(today(), 8).unwrap().last_day));
    assert_eq!(record_notice(&scene, today()).await.unwrap_err().status(), 412);
    assert_eq!(sign(&scene, &scene.approvers[0], today()).await.unwrap_err().code, "standstill");
}

#[tokio::test]
async fn a_corrected_day_keeps_the_announced_length() {
    let scene = Scene::awarded_and_told(40).await;
    let (first, second) = (today() - TimeDelta::days(30), today() - TimeDelta::days(28));
    let last_day = |on, days| Some(standstill(on, days).unwrap().last_day);
    let award = correct_notice(&scene, 1, &first.to_string(), (Some("12"), None)).await.unwrap();
    assert_eq!((award.standstill_days, award.standstill_ends_on), (Some(12), last_day(first, 12)));
    let award = correct_notice(&scene, 2, &second.to_string(), (None, None)).await.unwrap();
    assert_eq!((award.standstill_days, award.standstill_ends_on), (Some(12), last_day(second, 12)));
    // A notice that was recorded before its length was kept tells it by its days.
    scene
        .as_system(|w| async move {
            award::Entity::update_many()
                .col_expr(award::Column::StandstillDays, Expr::value(Option::<i32>::None))
                .exec(w.txn())
                .await?;
            Ok(())
        })
        .await;
    let award = correct_notice(&scene, 3, &first.to_string(), (None, None)).await.unwrap();
    assert_eq!((award.standstill_days, award.standstill_ends_on), (Some(12), last_day(first, 12)));
}

#[tokio::test]
async fn a_shorter_standstill_than_was_announced_needs_a_reason() {
    let scene = Scene::awarded_and_told(40).await;
    let on = (today() - TimeDelta::days(30)).to_string();
    correct_notice(&scene, 1, &on, (Some("12"), None)).await.unwrap();
    let silent = correct_notice(&scene, 2, &on, (Some("8"), Some(" "))).await.unwrap_err();
    assert_eq!(fields(&silent), ["reason"]);
    let unlawful = correct_notice(&scene, 2, &on, (Some("7"), None)).await.unwrap_err();
    assert_eq!(fields(&unlawful), ["working_days"], "below the law’s eight no reason helps");
    let longer = correct_notice(&scene, 2, &on, (Some("13"), None)).await.unwrap();
    assert_eq!(longer.standstill_days, Some(13));
    let reason = "The notice says eight: thirteen was a slip.";
    let shorter = correct_notice(&scene, 3, &on, (Some("8"), Some(reason))).await.unwrap();
    assert_eq!(shorter.standstill_days, Some(8));
    let id = scene.procurement;
    let entries = scene
        .world
        .read(&scene.coordinator, move |r| async move {
            crate::kernel::ledger::entries(&r, id, false, &Paging::default()).await
        })
        .await
        .unwrap();
    let last = entries.items.iter().rfind(|entry| entry.action == "deciding.notice.record").unwrap();
    assert_eq!(last.reason.as_deref(), Some(reason));
    assert!(last.body.contains("\"working_days\":8"), "{}", last.body);
}

#[tokio::test]
async fn a_day_left_out_is_one_fault_and_no_more() {
    let scene = Scene::awarded_and_told(40).await;
    assert_eq!(fields(&correct_notice(&scene, 1, "", (None, None)).await.unwrap_err()), ["published_on"]);
    record_notice(&scene, today() - TimeDelta::days(30)).await.unwrap();
    end_standstill(&scene, today() - TimeDelta::days(1)).await;
    let (id, lot) = (scene.procurement, scene.lot);
    let input = SignatureInput { signed_on: String::new() };
    let work = move |w| async move { signatures::record(&w, id, lot, input).await };
    let unsigned = scene.world.write(&scene.approvers[0], work).await.unwrap_err();
    assert_eq!(unsigned.fields.len(), 1, "{unsigned}");
    assert_eq!(unsigned.fields[0].code, "not_a_date");
    let scene = Scene::new().await;
    scene.recommend(0).await.unwrap();
    let mut input = scene.decision(0);
    input.effective_on = String::new();
    let undated = scene.decide(&scene.approvers[0], input).await.unwrap_err();
    assert_eq!(fields(&undated), ["effective_on"]);
    assert_eq!(undated.fields[0].code, "not_a_date");
}

/// Moves the standstill's end; the clock of a test does not pass.
async fn end_standstill(scene: &Scene, on: NaiveDate) {
    scene
        .as_system(move |w| async move {
            award::Entity::update_many()
                .col_expr(award::Column::StandstillEndsOn, Expr::value(on))
                .exec(w.txn())
                .await?;
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn nobody_signs_on_the_last_day_of_the_standstill_and_all_may_on_the_day_after() {
    let scene = Scene::awarded_and_told(40).await;
    let first = &scene.approvers[0];
    assert_eq!(sign(&scene, first, today()).await.unwrap_err().code, "no_notice");
    record_notice(&scene, today() - TimeDelta::days(30)).await.unwrap();
    end_standstill(&scene, today()).await;
    assert_eq!(sign(&scene, first, today()).await.unwrap_err().code, "standstill");
    let yesterday = today() - TimeDelta::days(1);
    end_standstill(&scene, yesterday).await;
    assert_eq!(sign(&scene, first, yesterday).await.unwrap_err().fields[0].code, "standstill");
    sign(&scene, first, today()).await.unwrap();
    assert_eq!(sign(&scene, first, today()).await.unwrap_err().code, "already_signed");
    assert_eq!(sign(&scene, &scene.approvers[3], today()).await.unwrap_err().code, "not_a_signatory");
    sign(&scene, &scene.approvers[1], today()).await.unwrap();
    assert_eq!(scene.stage().await, Stage::Awarded);
    sign(&scene, &scene.approvers[2], today()).await.unwrap();
    assert_eq!(scene.stage().await, Stage::Contracted);
}

#[tokio::test]
async fn a_decision_that_has_no_effect_yet_keeps_its_council_from_signing() {
    let scene = Scene::awarded_and_told(40).await;
    record_notice(&scene, today() - TimeDelta::days(30)).await.unwrap();
    end_standstill(&scene, today() - TimeDelta::days(1)).await;
    let tomorrow = today() + TimeDelta::days(1);
    scene
        .as_system(move |w| async move {
            entity::decision::Entity::update_many()
                .col_expr(entity::decision::Column::EffectiveOn, Expr::value(tomorrow))
                .exec(w.txn())
                .await?;
            Ok(())
        })
        .await;
    let refusal = sign(&scene, &scene.approvers[1], today()).await.unwrap_err();
    assert_eq!(refusal.code, "decision_not_effective");
}
