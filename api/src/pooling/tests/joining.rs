//! Opening a procurement, and councils that join it.

use entity::Word;
use rules::stage::Stage;
use rules::words::{Part, ParticipationState, Role};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::*;
use crate::kernel::{Action, Paging, testing};

#[tokio::test]
async fn whoever_opens_leads_and_coordinates() {
    let room = Room::new().await;
    let id = room.id();
    let scope = room.world.read(&room.coordinator, move |r| async move { procurements::one(&r, id).await });
    let scope = scope.await.unwrap();
    assert_eq!(scope.roles, [Role::Coordinator]);
    let own = scope.own_council().unwrap();
    assert_eq!((own.part.0, own.state.0), (Part::Lead, ParticipationState::Accepted));
    assert_eq!(scope.procurement.stage.0, Stage::Pooling);
}

#[tokio::test]
async fn only_officers_open_and_every_fault_is_told_at_once() {
    let room = Room::new().await;
    let outsider = room.world.outsider(&room.carrow, "Consultant").await;
    let key = testing::key(&room.carrow, &[Action::Pool]);
    for caller in [outsider, key] {
        let refusal =
            room.world.write(&caller, |w| async move { procurements::open(&w, particulars()).await });
        assert_eq!(refusal.await.unwrap_err().status(), 403, "{caller:?}");
    }
    let input = ProcurementInput {
        title: " ".to_owned(),
        route: "secret".to_owned(),
        contracting_model: "nobody".to_owned(),
        term_years: "0".to_owned(),
        ..particulars()
    };
    let refusal =
        room.world.write(&room.coordinator, |w| async move { procurements::open(&w, input).await }).await;
    let refusal = refusal.unwrap_err();
    assert_eq!(
        fields(&refusal),
        ["title", "route", "contracting_model", "term_years", "reference", "external_ref"],
        "the reference and the council's own key are taken"
    );
    let elsewhere = ProcurementInput { reference: "CAR-2027-01".to_owned(), ..particulars() };
    let opened =
        room.world.write(&room.stranger, |w| async move { procurements::open(&w, elsewhere).await }).await;
    assert!(opened.is_ok(), "another council may use the same key of its own: {opened:?}");
}

#[tokio::test]
async fn each_sees_its_own_procurements_and_no_others() {
    let room = Room::new().await;
    room.invite(&room.coordinator, room.brackenham.id, "core").await.unwrap();
    let count = async |caller: &Caller| {
        let page =
            room.world.read(caller, |r| async move { procurements::list(&r, &Paging::default()).await });
        page.await.unwrap().items.len()
    };
    assert_eq!(count(&room.coordinator).await, 1);
    assert_eq!(count(&room.partner).await, 1, "an invited council sees what it is invited to");
    assert_eq!(count(&room.stranger).await, 0);
    let outsider = room.world.outsider(&room.brackenham, "Consultant").await;
    assert_eq!(count(&outsider).await, 0, "an outsider sees only where it has a role");
    let id = room.id();
    let refusal = room.world.read(&room.stranger, move |r| async move { procurements::one(&r, id).await });
    assert_eq!(refusal.await.unwrap_err().status(), 404);
}

#[tokio::test]
async fn lists_go_on_where_they_stopped() {
    let room = Room::new().await;
    for number in 2..=3 {
        let input = ProcurementInput {
            reference: format!("ASH-2027-0{number}"),
            external_ref: None,
            ..particulars()
        };
        room.world
            .write(&room.coordinator, |w| async move { procurements::open(&w, input).await })
            .await
            .unwrap();
    }
    let page = async |after: Option<String>| {
        let paging = Paging { after, limit: 2 };
        let slice =
            room.world.read(&room.coordinator, move |r| async move { procurements::list(&r, &paging).await });
        slice.await.unwrap()
    };
    let first = page(None).await;
    let second = page(first.next.clone()).await;
    let references: Vec<_> = first.items.iter().chain(&second.items).map(|one| &one.reference).collect();
    assert_eq!(references, ["ASH-2027-03", "ASH-2027-02", "ASH-2027-01"], "newest first, none twice");
    assert_eq!(second.next, None);
}

#[tokio::test]
async fn a_coordinator_invites_and_the_council_is_told_without_a_secret() {
    let room = Room::new().await;
    let stranger = room.invite(&room.stranger, room.carrow.id, "core").await.unwrap_err();
    assert_eq!(stranger.status(), 404, "a stranger does not learn that it exists");
    room.invite(&room.coordinator, room.brackenham.id, "core").await.unwrap();
    let partner = room.invite(&room.partner, room.carrow.id, "core").await.unwrap_err();
    assert_eq!(partner.status(), 403, "a partner is no coordinator");
    let again = room.invite(&room.coordinator, room.brackenham.id, "lead").await.unwrap_err();
    assert_eq!(fields(&again), ["part", "council_id"]);

    let mails = room.world.mails("partner_invitation").await;
    assert_eq!(mails.len(), 1, "refused invitations send nothing");
    assert_eq!(mails[0].recipient, "notices@brackenham.example");
    assert_eq!((mails[0].council_id, mails[0].secret), (Some(room.brackenham.id), false));
    let link = format!("http://commonlot.test/procurements/{}/partners", room.id());
    let body = String::from_utf8_lossy(&mails[0].body).replace("=\r\n", "");
    assert!(body.contains(&link), "{body}");
}

#[tokio::test]
async fn a_council_accepts_with_its_delegation_once() {
    let room = Room::new().await;
    room.invite(&room.coordinator, room.brackenham.id, "core").await.unwrap();
    let refusal = room.accept(&room.partner, 7, undertaking()).await.unwrap_err();
    assert_eq!(refusal.status(), 412, "a stale version");
    let outsider = room.world.outsider(&room.brackenham, "Consultant").await;
    let refusal = room.accept(&outsider, 1, undertaking()).await.unwrap_err();
    assert_eq!(refusal.status(), 404, "an outsider does not act for the council");
    let reader = testing::key(&room.brackenham, &[Action::Read]);
    assert_eq!(room.accept(&reader, 1, undertaking()).await.unwrap_err().status(), 403);

    let key = testing::key(&room.brackenham, &[Action::Pool]);
    let accepted = room.accept(&key, 1, undertaking()).await.unwrap();
    assert_eq!(accepted.state.0, ParticipationState::Accepted);
    assert_eq!((accepted.ceiling_pence, accepted.delegation_cap_pence), (Some(40_000_000), Some(50_000_000)));
    assert_eq!(accepted.shared_cost_weight, "2.5");
    let refusal = room.accept(&key, 2, undertaking()).await.unwrap_err();
    assert_eq!(refusal.code, "already_answered");
    let refusal = room.accept(&room.coordinator, 1, undertaking()).await.unwrap_err();
    assert_eq!(refusal.code, "already_answered", "the lead is in from the start");
}

#[tokio::test]
async fn a_council_that_declined_is_out_until_it_is_invited_again() {
    let room = Room::new().await;
    let id = room.id();
    room.invite(&room.coordinator, room.brackenham.id, "core").await.unwrap();
    room.world
        .write(&room.partner, move |w| async move {
            participations::decline(&w, id, 1, Some("Contract runs to 2029")).await
        })
        .await
        .unwrap();
    let refusal = room.accept(&room.partner, 2, undertaking()).await.unwrap_err();
    assert_eq!(refusal.status(), 404);
    let again = room.invite(&room.coordinator, room.brackenham.id, "named_option").await.unwrap();
    assert_eq!((again.part.0, again.version), (Part::NamedOption, 3));
    assert_eq!(room.world.mails("partner_invitation").await.len(), 2, "each invitation is told");
    room.accept(&room.partner, 3, undertaking()).await.unwrap();
}

#[tokio::test]
async fn a_council_changes_its_own_promises_and_nobody_elses() {
    let room = Room::new().await;
    let id = room.id();
    room.joined().await;
    let change = async |caller: &Caller, seen: i64, input: UndertakingInput| {
        room.world
            .write(caller, move |w| async move { participations::change(&w, id, seen, input).await })
            .await
    };
    let less = UndertakingInput { ceiling_net: Some("350000.00".to_owned()), ..undertaking() };
    let changed = change(&room.partner, 2, less.clone()).await.unwrap();
    assert_eq!((changed.ceiling_pence, changed.version), (Some(35_000_000), 3));
    assert_eq!(change(&room.partner, 2, less).await.unwrap_err().status(), 412);
    assert_eq!(change(&room.stranger, 1, undertaking()).await.unwrap_err().status(), 404);
    let lead = change(&room.coordinator, 1, undertaking()).await.unwrap_err();
    assert_eq!(lead.fields.len(), 5, "the lead delegates to nobody: {lead}");
    let own = UndertakingInput {
        commitment: "firm".to_owned(),
        ceiling_net: Some("900000.00".to_owned()),
        ..UndertakingInput::default()
    };
    assert_eq!(change(&room.coordinator, 1, own).await.unwrap().ceiling_pence, Some(90_000_000));
}

#[tokio::test]
async fn from_publication_on_only_the_delegation_is_renewed() {
    let room = Room::new().await;
    let id = room.id();
    room.joined().await;
    room.world
        .write(&Caller::System, move |w| async move {
            procurement::Entity::update_many()
                .col_expr(procurement::Column::Stage, Expr::value(Word(Stage::Published)))
                .filter(procurement::Column::Id.eq(id))
                .exec(w.txn())
                .await?;
            Ok(())
        })
        .await
        .unwrap();
    let change = async |seen: i64, input: UndertakingInput| {
        room.world
            .write(&room.partner, move |w| async move { participations::change(&w, id, seen, input).await })
            .await
    };
    let more = UndertakingInput {
        ceiling_net: Some("400000.01".to_owned()),
        commitment: "indicative".to_owned(),
        shared_cost_weight: Some("5/2".to_owned()),
        ..undertaking()
    };
    let refusal = change(2, more).await.unwrap_err();
    assert_eq!(fields(&refusal), ["commitment", "ceiling_net"], "5/2 is the published 2.5");
    let renewed = UndertakingInput { delegation_expires_on: Some("2099-12-31".to_owned()), ..undertaking() };
    let renewed = change(2, renewed).await.unwrap();
    assert_eq!(renewed.delegation_expires_on.map(|day| day.to_string()).as_deref(), Some("2099-12-31"));
}
