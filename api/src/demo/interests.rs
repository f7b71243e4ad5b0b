//! Everybody with a part declares interests: before publication, and again once the bidders' names show. One panel member
//! has one, which two others clear each time.

use uuid::Uuid;

use super::Demonstration;
use super::cast::{ADVISER, COUNCILS};
use crate::kernel::{Caller, Refusal};
use crate::tendering::interest::standing::declares;
use crate::tendering::interest::{self, InterestInput};

/// What the adviser has to declare.
const INTEREST: &str = "A member of my household worked for the parent of a possible bidder until two years ago. There is no \
                        contract, fee or share now, and I mark together with eight others.";

/// Who clears it, and why.
const CLEARANCES: [(&str, &str); 2] = [
    (
        "buyer@ashvale.example",
        "The employment ended two years ago and did not touch this service. The marks are moderated with eight others.",
    ),
    (
        "monitoring@carrow.example",
        "There is no present tie, and the declaration is kept with the record of the procurement. Access is acceptable.",
    ),
];

/// Everybody declares, the one interest is declared as mitigated, and two people clear it.
pub(super) async fn declare(demonstration: &Demonstration) -> Result<(), Refusal> {
    let id = demonstration.procurement;
    for actor in COUNCILS.iter().flat_map(|council| council.people).filter(|actor| declares(actor.roles)) {
        let (word, detail) = if actor.email == ADVISER { ("mitigated", INTEREST) } else { ("none", "") };
        let input = InterestInput { interest: word.to_owned(), detail: detail.to_owned() };
        let person = demonstration.company.caller(actor.email)?;
        demonstration
            .db
            .write(&person, move |w| async move {
                let (last, _) = interest::own(&w, id).await?;
                let seen = last.map_or(0, |last| last.row.version);
                interest::declare(&w, id, seen, input).await.map(|_| ())
            })
            .await?;
    }
    let adviser = match demonstration.company.caller(ADVISER)? {
        Caller::Person(person) => person.id,
        _ => return Err(Refusal::not_found("person")),
    };
    for (email, reason) in CLEARANCES {
        clear(demonstration, adviser, email, reason).await?;
    }
    Ok(())
}

async fn clear(
    demonstration: &Demonstration,
    person: Uuid,
    by: &str,
    reason: &'static str,
) -> Result<(), Refusal> {
    let (id, caller) = (demonstration.procurement, demonstration.company.caller(by)?);
    demonstration
        .db
        .write(&caller, move |w| async move {
            let declared = interest::of_person(&w, id, person).await?;
            let seen = declared.last.map_or(0, |last| last.row.version);
            interest::clear(&w, id, person, seen, reason).await.map(|_| ())
        })
        .await
}
