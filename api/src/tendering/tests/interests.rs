//! Declarations of interest: before publication, by everybody with a part, each kept for ever, and cleared by two people.

use chrono::TimeDelta;
use entity::{interest_declaration as declarations, ledger_entry};
use rules::interest::Standing;
use rules::words::{Interest, Role};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::fixture::Fixture;
use crate::kernel::testing::person_id;
use crate::kernel::{Caller, Paging, Refusal};
use crate::tendering::interest::standing::Last;
use crate::tendering::interest::{self, InterestInput};
use crate::tendering::pack;

const DETAIL: &str = "My sister works for a possible bidder.";
const REASON: &str = "She has no part in this bid.";

impl Fixture {
    async fn clear(
        &self,
        by: &Caller,
        of: &Caller,
        seen: i64,
        reason: &'static str,
    ) -> Result<Last, Refusal> {
        let (id, person) = (self.id, person_id(of));
        self.world
            .write(by, move |w| async move { interest::clear(&w, id, person, seen, reason).await })
            .await
    }

    async fn assess(&self, by: &Caller, of: &Caller, seen: i64, word: &str) -> Result<Last, Refusal> {
        let (id, person) = (self.id, person_id(of));
        let input =
            InterestInput { interest: word.to_owned(), detail: "Held to be so by the lead.".to_owned() };
        self.world
            .write(by, move |w| async move { interest::assess(&w, id, person, seen, input).await })
            .await
    }

    async fn standing_of(&self, person: &Caller) -> Standing {
        let id = self.id;
        self.world.read(person, move |r| async move { interest::own(&r, id).await }).await.unwrap().1
    }

    async fn interest_faults(&self) -> Vec<(&'static str, String)> {
        let id = self.id;
        let faults = self
            .world
            .read(&self.coordinator, move |r| async move { pack::faults(&r, id).await })
            .await
            .unwrap();
        let of_interests = faults.into_iter().filter(|fault| fault.place == "interests");
        of_interests.map(|fault| (fault.code, fault.message)).collect()
    }
}

/// An approver of the core partner who has no interest.
async fn approver(f: &Fixture) -> Caller {
    let approver = f.world.officer(&f.core, "Approver").await;
    f.world.gives(f.id, &approver, Role::Approver).await;
    f.declare(&approver, 0, ("none", "")).await.unwrap();
    approver
}

#[tokio::test]
async fn the_tender_waits_for_everybody_but_observers() {
    let f = Fixture::undeclared().await;
    let lot = f.complete().await;
    let observer = f.world.officer(&f.lead, "Auditor").await;
    f.world.gives(f.id, &observer, Role::Observer).await;
    f.world.gives(f.id, &f.partner, Role::PanelMember).await;
    assert!(!lot.is_nil());
    let names = |faults: Vec<(&'static str, String)>| {
        faults.into_iter().map(|(code, message)| (code, message[..11].to_owned())).collect::<Vec<_>>()
    };
    assert_eq!(
        names(f.interest_faults().await),
        [("interest_missing", "Coordinator".to_owned()), ("interest_missing", "Partner (Br".to_owned())]
    );
    f.declare(&f.coordinator, 0, ("none", "")).await.unwrap();
    f.declare(&f.partner, 0, ("mitigated", DETAIL)).await.unwrap();
    let faults = f.interest_faults().await;
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(faults[0].0, "interest_to_clear");
    // A bar needs nobody: who is barred stands in nobody's way.
    f.declare(&f.partner, 1, ("barred", DETAIL)).await.unwrap();
    assert_eq!(f.interest_faults().await, []);
}

#[tokio::test]
async fn two_others_clear_and_nobody_twice() {
    let f = Fixture::new().await;
    let approver = approver(&f).await;
    f.world.gives(f.id, &f.partner, Role::PanelMember).await;
    assert_eq!(
        f.clear(&approver, &f.partner, 0, REASON).await.unwrap_err().status(),
        404,
        "nothing declared"
    );
    f.declare(&f.partner, 0, ("mitigated", DETAIL)).await.unwrap();
    assert_eq!(f.standing_of(&f.partner).await, Standing::ToClear);

    let panel = f.clear(&f.partner, &f.partner, 1, REASON).await.unwrap_err();
    assert_eq!(panel.status(), 403, "neither coordinator nor approver");
    assert_eq!(f.clear(&f.stranger, &f.partner, 1, REASON).await.unwrap_err().status(), 404);
    let short = f.clear(&approver, &f.partner, 1, "Fine.").await.unwrap_err();
    assert_eq!(short.fields[0].code, "too_short");
    assert_eq!(f.clear(&approver, &f.partner, 2, REASON).await.unwrap_err().status(), 412);
    f.clear(&approver, &f.partner, 1, REASON).await.unwrap();
    assert_eq!(f.clear(&approver, &f.partner, 1, REASON).await.unwrap_err().code, "cleared_already");
    assert_eq!(f.standing_of(&f.partner).await, Standing::ToClear);
    let cleared = f.clear(&f.coordinator, &f.partner, 1, REASON).await.unwrap();
    assert_eq!(cleared.clearances.len(), 2);
    assert_eq!(f.standing_of(&f.partner).await, Standing::Free);
    assert_eq!(f.clear(&f.coordinator, &f.partner, 1, REASON).await.unwrap_err().code, "nothing_to_clear");

    let entries = recorded(&f, "tendering.interest.clear").await;
    assert_eq!(entries.len(), 2);
    assert!(!entries[0].body.contains(REASON), "the ledger knows a hash of the words, not the words");
}

#[tokio::test]
async fn nobody_clears_an_own_interest_or_while_one_waits() {
    let f = Fixture::new().await;
    let (first, second) = (approver(&f).await, approver(&f).await);
    f.declare(&first, 1, ("mitigated", DETAIL)).await.unwrap();
    let own = f.clear(&first, &first, 2, REASON).await.unwrap_err();
    assert_eq!(own.code, "interest_to_clear", "who waits clears nothing");
    f.clear(&second, &first, 2, REASON).await.unwrap();
    f.declare(&second, 1, ("mitigated", DETAIL)).await.unwrap();
    assert_eq!(f.clear(&second, &first, 2, REASON).await.unwrap_err().code, "interest_to_clear");
    f.clear(&f.coordinator, &first, 2, REASON).await.unwrap();
    assert_eq!(f.standing_of(&first).await, Standing::Free);
    let own = f.clear(&first, &first, 2, REASON).await.unwrap_err();
    assert_eq!(own.status(), 403, "{own:?}");
}

#[tokio::test]
async fn declaring_less_frees_nobody_and_nothing_is_overwritten() {
    let f = Fixture::new().await;
    let approver = approver(&f).await;
    f.world.gives(f.id, &f.partner, Role::PanelMember).await;
    f.declare(&f.partner, 0, ("mitigated", DETAIL)).await.unwrap();
    let milder = f.declare(&f.partner, 1, ("none", "")).await.unwrap();
    assert!(milder.row.to_clear);
    assert!(f.declare(&f.partner, 2, ("none", "")).await.unwrap().row.to_clear, "nor does saying it twice");
    assert_eq!(f.standing_of(&f.partner).await, Standing::ToClear);
    for by in [&approver, &f.coordinator] {
        f.clear(by, &f.partner, 3, REASON).await.unwrap();
    }
    assert!(!f.declare(&f.partner, 3, ("none", "")).await.unwrap().row.to_clear);
    assert_eq!(f.declare(&f.partner, 3, ("none", "")).await.unwrap_err().status(), 412, "an old version");

    let person = person_id(&f.partner);
    let rows = f
        .world
        .read(&Caller::System, move |r| async move {
            let rows = declarations::Entity::find()
                .filter(declarations::Column::PersonId.eq(person))
                .order_by_asc(declarations::Column::Version);
            Ok(rows.all(r.txn()).await?)
        })
        .await
        .unwrap();
    let told: Vec<_> = rows.iter().map(|row| (row.version, row.interest.0, row.current)).collect();
    let (none, mitigated) = (Interest::Nothing, Interest::Mitigated);
    assert_eq!(told, [(1, mitigated, false), (2, none, false), (3, none, false), (4, none, true)]);
    assert_eq!(rows[0].detail, DETAIL);
    let id = f.id;
    let versions = f
        .world
        .read(&approver, move |r| async move {
            interest::versions(&r, id, person, &Paging { limit: 2, ..Paging::default() }).await
        })
        .await
        .unwrap();
    let newest: Vec<_> = versions.items.iter().map(|one| (one.row.version, one.clearances.len())).collect();
    assert_eq!(newest, [(4, 0), (3, 2)]);
    assert_eq!(versions.next.as_deref(), Some("3"));
}

#[tokio::test]
async fn names_that_show_ask_everybody_again() {
    let f = Fixture::new().await;
    let approver = approver(&f).await;
    f.world.gives(f.id, &f.partner, Role::PanelMember).await;
    f.declare(&f.partner, 0, ("none", "")).await.unwrap();
    assert_eq!(f.standing_of(&f.partner).await, Standing::Free);
    f.world.opens_box(f.id).await;
    f.world.db.advance_clock(TimeDelta::minutes(1)).await.unwrap();
    assert_eq!(f.standing_of(&f.partner).await, Standing::DeclareAgain);
    // What the coordinator holds it to be is no declaration.
    f.declare(&f.coordinator, 1, ("none", "")).await.unwrap();
    f.assess(&f.coordinator, &f.partner, 1, "none").await.unwrap();
    assert_eq!(f.standing_of(&f.partner).await, Standing::DeclareAgain);
    f.declare(&f.partner, 2, ("mitigated", DETAIL)).await.unwrap();
    let early = f.clear(&approver, &f.partner, 3, REASON).await.unwrap_err();
    assert_eq!(early.code, "declare_again", "who clears has declared again as well");
    f.declare(&approver, 1, ("none", "")).await.unwrap();
    for by in [&approver, &f.coordinator] {
        f.clear(by, &f.partner, 3, REASON).await.unwrap();
    }
    assert_eq!(f.standing_of(&f.partner).await, Standing::Free);
}

#[tokio::test]
async fn the_coordinator_bars_and_lifts_and_two_clear_that() {
    let f = Fixture::new().await;
    let approver = approver(&f).await;
    f.world.gives(f.id, &f.partner, Role::PanelMember).await;
    let undeclared = f.assess(&f.coordinator, &f.partner, 0, "none").await.unwrap_err();
    assert_eq!(undeclared.code, "interest_missing", "nobody declares for another");
    assert_eq!(f.assess(&approver, &f.partner, 0, "barred").await.unwrap_err().status(), 403);
    assert_eq!(f.assess(&f.coordinator, &f.coordinator, 1, "none").await.unwrap_err().status(), 403);
    f.assess(&f.coordinator, &f.partner, 0, "barred").await.unwrap();
    assert_eq!(f.standing_of(&f.partner).await, Standing::Barred);
    assert_eq!(f.declare(&f.partner, 1, ("none", "")).await.unwrap_err().code, "barred");
    f.assess(&f.coordinator, &f.partner, 1, "none").await.unwrap();
    assert_eq!(f.standing_of(&f.partner).await, Standing::ToClear, "one person alone lifts no bar");
    f.clear(&f.coordinator, &f.partner, 2, REASON).await.unwrap();
    f.clear(&approver, &f.partner, 2, REASON).await.unwrap();
    assert_eq!(f.standing_of(&f.partner).await, Standing::Free);
}

async fn recorded(f: &Fixture, action: &'static str) -> Vec<ledger_entry::Model> {
    let chain = f.id.to_string();
    f.world
        .read(&Caller::System, move |r| async move {
            let rows = ledger_entry::Entity::find()
                .filter(ledger_entry::Column::Chain.eq(chain))
                .filter(ledger_entry::Column::Action.eq(action));
            Ok(rows.all(r.txn()).await?)
        })
        .await
        .unwrap()
}
