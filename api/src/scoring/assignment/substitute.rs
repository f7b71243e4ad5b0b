//! A substitute in the place of a panel member who cannot go on.

use rules::interest::Standing;
use uuid::Uuid;

use super::assign::{Next, panel_members, replace};
use super::{Current, dividing, of_lot};
use crate::kernel::{Faults, Refusal, Writing};
use crate::tendering::interest::standing;

/// Who stands in for whom, and why.
#[derive(Clone, Debug)]
pub struct SubstitutionInput {
    /// The member who is replaced.
    pub member: Uuid,
    /// The substitute: a panel member who is free of interests.
    pub substitute: Uuid,
    /// Why.
    pub reason: String,
}

/// Replaces a member of a lot by a substitute, in every part of the lot. `seen` is the version that was seen, 0 for none.
///
/// What the member has marked stays for ever and does not count from now on (DOMAIN rule 4).
pub async fn substitute(
    w: &Writing,
    procurement_id: Uuid,
    lot_id: Uuid,
    seen: i64,
    input: SubstitutionInput,
) -> Result<Current, Refusal> {
    let (scope, lot) = dividing(w, procurement_id, lot_id).await?;
    let before = of_lot(w, lot.id).await?;
    if before.version() != seen {
        return Err(Refusal::stale());
    }
    let panel = panel_members(w, scope.id()).await?;
    let declared = standing::all(w, scope.id()).await?;
    let mut faults = Faults::new();
    let of = |person: Uuid| before.assignment.questions(lot.published(), &person.to_string());
    // One who lost the role or was barred still stands where it was assigned: that is when a substitute is needed most.
    let stands = panel.contains(&input.member)
        || before.assignment.parts.iter().any(|part| part.members.contains(&input.member.to_string()));
    if !stands || of(input.member).is_empty() {
        faults.add("member", "marks_nothing", "This person marks nothing in this lot.");
    }
    if input.substitute == input.member {
        faults.add("substitute", "same_person", "A substitute is another person.");
    } else if !panel.contains(&input.substitute) {
        faults.add("substitute", "not_on_panel", "Give this person the part of panel member first.");
    } else if standing::of(declared.get(&input.substitute), &scope) != Standing::Free {
        faults.add(
            "substitute",
            "not_free",
            "A substitute has declared interests and is free of them. This person is not yet.",
        );
    }
    let reason = faults.reason("reason", &input.reason, 2_000);
    faults.done()?;
    let (member, substitute) = (input.member.to_string(), input.substitute.to_string());
    let assignment = before.assignment.substituted(lot.published(), &member, &substitute);
    let substitution = Some((input.member, input.substitute));
    replace(w, (&scope, &lot), before, Next { assignment, reason, substitution }).await
}
