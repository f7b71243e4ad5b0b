//! The chapters of the API reference: the stages, in the order of the journey.

use poem_openapi::Tags;

/// A chapter.
#[derive(Tags)]
pub enum Tag {
    /// Councils, people and keys.
    People,
    /// Procurements, partners, requirements and demand.
    Pooling,
    /// Lots, criteria, method, documents, interests, publication.
    Tendering,
    /// Invitations, workbooks, submissions, opening.
    Bidding,
    /// Marks, consensus, results.
    Scoring,
    /// Comparison, decisions, award, signature.
    Deciding,
    /// Letters and the ledger of who was told.
    Telling,
    /// Steps, tasks and the ledger, over all stages.
    Overview,
    /// Results from figures alone, as the program computes them.
    Calculator,
}
