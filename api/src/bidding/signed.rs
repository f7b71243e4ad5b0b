//! What a receipt says, signed, so that it proves itself: whoever has the installation's public key can check it without
//! the program.

use entity::{submission, supplier};
use rules::signed::Signed;
use serde::Serialize;

use super::tender::Tender;
use crate::kernel::clock::rfc3339;
use crate::kernel::{Reading, Refusal, signed};

/// What the signature covers.
#[derive(Serialize)]
struct Statement<'a> {
    kind: &'static str,
    reference: &'a str,
    pack: &'a str,
    supplier: &'a str,
    submission: String,
    number: i64,
    manifest: &'a str,
    received_at: String,
    deadline: String,
    late: bool,
    ledger: &'a str,
}

/// Signs what was known of a submission when it came: `tender` is the tender as it was then, and whether the submission was
/// late is said by the deadline of then. So the same submission gets the same bytes every time, whatever the deadline has
/// become since.
pub(super) fn sign(
    r: &Reading,
    tender: &Tender,
    supplier: &supplier::Model,
    submission: &submission::Model,
) -> Result<Signed, Refusal> {
    let statement = Statement {
        kind: "commonlot receipt 1",
        reference: &tender.pack.reference,
        pack: &tender.row.hash,
        supplier: &supplier.name,
        submission: submission.id.to_string(),
        number: submission.number.into(),
        manifest: &submission.manifest_hash,
        received_at: rfc3339(submission.received_at),
        deadline: rfc3339(tender.deadline),
        late: tender.has_passed(submission.received_at),
        ledger: &submission.ledger_hash,
    };
    signed::sign(r, &statement)
}
