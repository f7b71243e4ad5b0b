//! Who marks which part of a lot, through the API.

use poem_openapi::param::{Header, Path};
use poem_openapi::{Object, OpenApi};
use rules::assignment::parts;
use uuid::Uuid;

use crate::http::{Json, Reply, Signed};
use crate::kernel::clock::rfc3339;
use crate::kernel::{Reading, Refusal};
use crate::scoring::assignment::substitute::{self, SubstitutionInput};
use crate::scoring::assignment::view::{self, Divided};
use crate::scoring::assignment::{self, AssignmentInput};

/// The operations about assignments.
pub struct Operations;

/// A part of a lot: a top node of its criteria, or one question.
#[derive(Object)]
struct AssignedPart {
    /// The section's or question's code.
    node: String,
    /// The panel members who are assigned to it. A question is marked by those of itself and of its section, and by the whole
    /// panel where nobody is assigned to either.
    members: Vec<Uuid>,
}

/// Somebody to whom parts can be assigned.
#[derive(Object)]
struct AssignablePerson {
    person_id: Uuid,
    name: String,
    council: String,
    /// The codes of the questions that the person marks now.
    questions: Vec<String>,
}

/// A substitute in the place of a panel member.
#[derive(Object)]
struct Substitution {
    /// Who was replaced. What that person marked stays, and does not count.
    member: Uuid,
    substitute: Uuid,
    reason: String,
    substituted_at: String,
}

/// Who marks what of a lot.
#[derive(Object)]
struct LotAssignments {
    lot_id: Uuid,
    lot_code: String,
    /// Every part of the lot, in order.
    parts: Vec<AssignedPart>,
    /// The panel, by council and name.
    panel: Vec<AssignablePerson>,
    /// Why it was changed last; empty where nothing was said.
    reason: String,
    /// Oldest first.
    substitutions: Vec<Substitution>,
    /// Whether the first mark of record is agreed: from then on nothing of this changes.
    moderation_begun: bool,
    /// 0 before anybody was ever assigned.
    version: i64,
}

impl From<Divided> for LotAssignments {
    fn from(divided: Divided) -> Self {
        let published = divided.lot.published();
        let assignment = &divided.current.assignment;
        let members = |node: &str| assignment.members(node).iter().filter_map(|id| id.parse().ok()).collect();
        let questions = |id: Uuid| {
            let codes = assignment.questions(published, &id.to_string());
            codes.into_iter().map(str::to_owned).collect()
        };
        let panel = divided.panel.iter().map(|person| AssignablePerson {
            person_id: person.id,
            name: person.name.clone(),
            council: person.council.clone(),
            questions: questions(person.id),
        });
        let substitutions = divided.substitutions.iter().filter_map(|row| {
            Some(Substitution {
                member: row.replaced_id?,
                substitute: row.substitute_id?,
                reason: row.reason.clone(),
                substituted_at: rfc3339(row.assigned_at),
            })
        });
        Self {
            lot_id: divided.lot.id,
            lot_code: published.code.clone(),
            parts: parts(published)
                .into_iter()
                .map(|node| AssignedPart { node: node.to_owned(), members: members(node) })
                .collect(),
            panel: panel.collect(),
            reason: divided.current.row.as_ref().map(|row| row.reason.clone()).unwrap_or_default(),
            substitutions: substitutions.collect(),
            moderation_begun: divided.begun,
            version: divided.current.version(),
        }
    }
}

/// Who is to mark what of a lot, from now on.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct AssignmentsBody {
    /// Parts that are left out, or have no members, are marked by those of their section, or by the whole panel.
    parts: Vec<AssignedPart>,
    /// Why; needed once somebody has marked.
    #[oai(default)]
    reason: String,
}

/// Who stands in for whom.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct SubstitutionBody {
    /// The panel member who is replaced.
    member: Uuid,
    /// A panel member who has declared interests and is free of them.
    substitute: Uuid,
    /// Why.
    reason: String,
}

async fn told(r: &Reading, procurement_id: Uuid, lot_id: Uuid) -> Result<LotAssignments, Refusal> {
    Ok(view::one(r, procurement_id, lot_id).await?.into())
}

#[OpenApi(tag = "crate::http::tags::Tag::Scoring")]
impl Operations {
    /// Who marks which section and question of a lot, once the tender is published.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/assignments",
        method = "get",
        operation_id = "assignments_view"
    )]
    async fn assignments_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
    ) -> Reply<LotAssignments> {
        call.read(move |r| async move { told(&r, procurement_id.0, lot_id.0).await }).await
    }

    /// Divide a lot among the panel, in place of how it was divided before: the coordinator, from publication until the first mark
    /// of record. Whoever has handed in and now marks more, hands in again. If-Match is the version seen, "0" for the first.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/assignments",
        method = "put",
        operation_id = "assignments_set"
    )]
    async fn assignments_set(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<AssignmentsBody>,
    ) -> Reply<LotAssignments> {
        let AssignmentsBody { parts, reason } = body.0;
        let named = |part: AssignedPart| {
            let node = part.node;
            part.members.into_iter().map(move |member| (node.clone(), member)).collect::<Vec<_>>()
        };
        let input = AssignmentInput { parts: parts.into_iter().flat_map(named).collect(), reason };
        call.change(if_match.0, move |w, seen| async move {
            assignment::assign(&w, procurement_id.0, lot_id.0, seen, input).await?;
            told(&w, procurement_id.0, lot_id.0).await
        })
        .await
    }

    /// Replace a panel member of a lot by a substitute, with the reason: the coordinator, until the first mark of record. What the
    /// member marked stays for ever and does not count. If-Match is the version of the assignments that was seen.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/assignments/substitutions",
        method = "post",
        operation_id = "substitution_make"
    )]
    async fn substitution_make(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<SubstitutionBody>,
    ) -> Reply<LotAssignments> {
        let SubstitutionBody { member, substitute, reason } = body.0;
        let input = SubstitutionInput { member, substitute, reason };
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            substitute::substitute(&w, procurement_id.0, lot_id.0, seen, input).await?;
            told(&w, procurement_id.0, lot_id.0).await
        })
        .await
    }
}
