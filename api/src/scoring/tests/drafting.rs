//! Marks that are being written: kept, offered again, seen by nobody else, and never counted.

use entity::mark_draft;
use sea_orm::{EntityTrait, PaginatorTrait};

use super::fixture::Room;
use crate::kernel::{Caller, Refusal};
use crate::scoring::draft;
use crate::scoring::mark::{self, MarkInput};

const WHY: &str = "The plan names dates and people.";

impl Room {
    async fn keep(
        &self,
        caller: &Caller,
        (bid, question): (usize, &'static str),
        (value, explanation): (&str, &str),
    ) -> Result<Option<mark_draft::Model>, Refusal> {
        let (id, lot, bid) = (self.id, self.lot, self.bids[bid]);
        let input = MarkInput { value: value.to_owned(), explanation: explanation.to_owned() };
        self.world
            .write(caller, move |w| async move { draft::keep(&w, id, lot, (bid, question), input).await })
            .await
    }

    async fn kept(&self, caller: &Caller, bid: usize) -> Result<Option<(String, String)>, Refusal> {
        let (id, lot, bid) = (self.id, self.lot, self.bids[bid]);
        let found = self
            .world
            .read(caller, move |r| async move { draft::own(&r, id, lot, (bid, "Q1")).await })
            .await?;
        Ok(found.map(|draft| (draft.value, draft.explanation)))
    }

    async fn drafts(&self) -> u64 {
        self.world
            .read(&Caller::System, |r| async move { Ok(mark_draft::Entity::find().count(r.txn()).await?) })
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn a_draft_is_kept_for_its_panel_member_alone_and_goes_with_the_mark() {
    let room = Room::new().await;
    let [a, b] = &room.panel;
    room.keep(a, (0, "Q1"), ("7", "The plan na")).await.unwrap();
    room.keep(a, (0, "Q1"), ("3", "The plan names")).await.unwrap();
    assert_eq!(room.kept(a, 0).await.unwrap(), Some(("3".to_owned(), "The plan names".to_owned())));
    assert_eq!(room.kept(b, 0).await.unwrap(), None);
    assert_eq!(room.kept(&room.moderator, 0).await.unwrap_err().status(), 403);
    assert_eq!(room.kept(&room.stranger, 0).await.unwrap_err().status(), 404);
    assert_eq!(room.drafts().await, 1, "one is in place of the other");
    // It is no mark, and the ledger does not know of it.
    let (id, lot) = (room.id, room.lot);
    let own = room.world.read(a, move |r| async move { mark::own_sheet(&r, id, lot).await }).await.unwrap();
    assert_eq!((own.marks.len(), own.left().len()), (0, 4));
    assert_eq!(room.submit(a).await.unwrap_err().code, "incomplete");
    assert!(super::ledger(&room).await.iter().all(|body| !body.contains("draft")));

    room.mark(a, (0, "Q1"), 0, ("3", WHY)).await.unwrap();
    assert_eq!(room.drafts().await, 0);
    // What a script sent before the mark was saved, and what says nothing, is not kept.
    assert!(room.keep(a, (0, "Q1"), ("3", WHY)).await.unwrap().is_none());
    assert!(room.keep(a, (0, "Q1"), ("", " ")).await.unwrap().is_none());
    assert_eq!(room.drafts().await, 0);
    room.keep(a, (0, "Q1"), ("5", WHY)).await.unwrap().unwrap();
    room.keep(a, (0, "Q1"), ("", "")).await.unwrap();
    assert_eq!(room.drafts().await, 0, "emptied, it goes");
}

#[tokio::test]
async fn a_draft_is_kept_only_where_the_mark_could_be() {
    let room = Room::new().await;
    let [a, _] = &room.panel;
    for (who, status) in [(&room.moderator, 403), (&room.coordinator, 403), (&room.stranger, 404)] {
        assert_eq!(room.keep(who, (0, "Q1"), ("3", WHY)).await.unwrap_err().status(), status);
    }
    assert_eq!(room.keep(a, (0, "Q9"), ("3", WHY)).await.unwrap_err().status(), 404);
    room.mark_all(a, "3").await;
    room.submit(a).await.unwrap();
    assert_eq!(room.keep(a, (0, "Q1"), ("5", WHY)).await.unwrap_err().code, "sheet_submitted");
}
