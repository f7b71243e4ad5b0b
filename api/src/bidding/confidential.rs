//! What bidders marked as confidential, as it stands after the opening beside the answers, for whoever writes to others about
//! a bid (PA23 s.94).

use std::collections::BTreeMap;

use entity::bid_confidential;
use rules::words::BidPart;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::kernel::{Reading, Refusal};

/// Why the parts of one answer are confidential, in the bidder's words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Because {
    /// Why the text is; none where it is not marked.
    pub answer: Option<String>,
    /// Why the document is; none where it is not marked.
    pub document: Option<String>,
}

impl Because {
    /// Whether anything is marked.
    #[must_use]
    pub fn is_marked(&self) -> bool {
        self.answer.is_some() || self.document.is_some()
    }

    /// The marks in sentences, for a person who must decide what to tell others.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        let part = |what: &str, because: &Option<String>| {
            because
                .as_ref()
                .map(|because| format!("The bidder marked {what} as confidential, because: {because}"))
        };
        let parts = [part("this answer", &self.answer), part("the document", &self.document)];
        parts.into_iter().flatten().collect()
    }
}

/// What is marked in a bid, by the question's code. Unauthorised: the caller has been let to the bid.
pub(crate) async fn of_bid(r: &Reading, bid_id: Uuid) -> Result<BTreeMap<String, Because>, Refusal> {
    let rows = bid_confidential::Entity::find()
        .filter(bid_confidential::Column::BidId.eq(bid_id))
        .order_by_asc(bid_confidential::Column::Id)
        .all(r.txn())
        .await?;
    let mut found: BTreeMap<String, Because> = BTreeMap::new();
    for row in rows {
        let because = found.entry(row.question).or_default();
        match row.part.0 {
            BidPart::Answer => because.answer = Some(row.because),
            BidPart::Document => because.document = Some(row.because),
        }
    }
    Ok(found)
}
