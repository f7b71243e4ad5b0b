//! What is kept: one file a table.
//!
//! Columns are exact: money is whole pence (`…_pence`) or ten-thousandths of a pound (`…_e4`), volumes are thousandths of a unit
//! (`…_e3`), weights and marks are the text of exact numbers, instants are UTC, and closed vocabularies are [`word::Word`]s.

// Who takes part: councils, people, sign-in, keys and suppliers.
pub mod council;
pub mod person;
pub mod session;
pub mod one_time_link;
pub mod api_key;
pub mod supplier;

// What every stage stands on: ledger, outbox, repeats, files and settings.
pub mod ledger_entry;
pub mod ledger_head;
pub mod outbox_message;
pub mod mail_attempt;
pub mod idempotency_key;
pub mod limit_count;
pub mod setting;
pub mod stored_file;

// Requirements and demand of several councils.
pub mod procurement;
pub mod participation;
pub mod procurement_role;
pub mod requirement;
pub mod pooled_requirement;
pub mod schedule_line;
pub mod demand;
pub mod sheet_import;

// What bidders are told.
pub mod lot;
pub mod scale;
pub mod criterion;
pub mod method;
pub mod document;
pub mod pack;
pub mod deadline_extension;
pub mod model_test;

// Invitations, workbooks and the tender box.
pub mod procurement_seal;
pub mod invitation;
pub mod invitation_member;
pub mod draft_file;
pub mod draft_answer;
pub mod submission;
pub mod submission_file;
pub mod late_decision;
pub mod late_word;
pub mod clarification;
pub mod clarification_answer;
pub mod opening_consent;
pub mod opening_witness;
pub mod bid;
pub mod bid_outcome;
pub mod bid_price;
pub mod bid_response;
pub mod bid_answer;
pub mod bid_confidential;
pub mod addressed_question;
pub mod addressed_reply;
pub mod answer_release;
pub mod price_correction;

// Interests, marks, consensus and results.
pub mod interest_clearance;
pub mod interest_declaration;
pub mod assignment;
pub mod mark;
pub mod mark_draft;
pub mod score_sheet;
pub mod consensus;
pub mod quality_lock;
pub mod mark_change;
pub mod result;

// Recommendation, decisions, award, signature.
pub mod recommendation;
pub mod withholding;
pub mod decision;
pub mod award;
pub mod allocation;
pub mod signature;

pub mod word;

pub use word::Word;
