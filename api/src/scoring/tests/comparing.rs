//! The consistency check: nothing of other answers before the own mark, and then only what the caller has marked.

use rules::words::Role;
use uuid::Uuid;

use super::fixture::Room;
use crate::kernel::testing::person_id;
use crate::kernel::{Caller, Refusal};
use crate::scoring::consistency::{self, Compared};

const WHY: &str = "The plan names dates and people.";

impl Room {
    async fn compare(
        &self,
        caller: &Caller,
        bid: usize,
        question: &'static str,
    ) -> Result<Vec<Compared>, Refusal> {
        let (id, lot, bid): (Uuid, Uuid, Uuid) = (self.id, self.lot, self.bids[bid]);
        let found = self
            .world
            .read(caller, move |r| async move { consistency::others(&r, id, lot, question, bid).await })
            .await?;
        Ok(found.1)
    }
}

#[tokio::test]
async fn other_answers_show_after_the_own_mark_and_only_those_that_are_marked() {
    let room = Room::new().await;
    let [a, b] = &room.panel;
    room.mark_all(b, "5").await;
    assert_eq!(room.compare(a, 0, "Q1").await.unwrap_err().code, "mark_first");
    // A mark of the other answer, or of another question, opens nothing.
    room.mark(a, (1, "Q1"), 0, ("1", "The second plan names no dates.")).await.unwrap();
    room.mark(a, (0, "Q2"), 0, ("3", WHY)).await.unwrap();
    assert_eq!(room.compare(a, 0, "Q1").await.unwrap_err().code, "mark_first");
    assert!(room.compare(a, 0, "Q2").await.unwrap().is_empty(), "the other answer to Q2 is not marked");
    room.mark(a, (0, "Q1"), 0, ("3", WHY)).await.unwrap();
    let found = room.compare(a, 0, "Q1").await.unwrap();
    let [other] = found.as_slice() else { panic!("one other answer: {found:?}") };
    assert_eq!((other.bid.id, other.bid.supplier.as_str()), (room.bids[1], "Northgate Systems"));
    assert_eq!(
        (other.mark.person_id, other.mark.value.as_str(), other.mark.explanation.as_str()),
        (person_id(a), "1", "The second plan names no dates."),
        "the own mark, and nobody else's"
    );
}

#[tokio::test]
async fn only_a_panel_member_compares_what_it_marks() {
    let room = Room::new().await;
    let [a, _] = &room.panel;
    room.mark_all(a, "3").await;
    for (who, status) in [(&room.moderator, 403), (&room.coordinator, 403), (&room.stranger, 404)] {
        assert_eq!(room.compare(who, 0, "Q1").await.unwrap_err().status(), status);
    }
    room.world.gives(room.id, &room.moderator, Role::PanelMember).await;
    assert_eq!(room.compare(&room.moderator, 0, "Q1").await.unwrap_err().code, "mark_first");
    assert_eq!(room.compare(a, 0, "Q9").await.unwrap_err().status(), 404);
    room.declare(a, 1, "barred", "Owns shares of a bidder.").await.unwrap();
    assert_eq!(room.compare(a, 0, "Q1").await.unwrap_err().status(), 403);
}
