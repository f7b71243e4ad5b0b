//! Stories: what people and machines do with Commonlot, told from outside, one file a story.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a story that breaks off has failed")]

mod a_bidders_team;
mod a_changed_mark;
mod a_disregarded_bid;
mod a_divided_panel;
mod a_joint_award;
mod a_joint_award_through_pages;
mod a_mark_being_written;
mod a_panel_at_the_keyboard;
mod a_panel_of_nine;
mod a_panel_of_nine_through_pages;
mod a_priced_schedule;
mod a_stale_edit;
mod a_withdrawal;
mod an_award_model;
mod an_extension;
mod answers_read_for_prices;
mod an_offline_sheet;
mod bids_under_seal;
mod clarifications;
mod from_a_pack_alone;
mod in_the_browser;
mod kill_nine;
mod links_for_anybody;
mod people;
mod questions_to_one_bidder;
mod starting;
mod steps;
mod the_calculator;
mod the_deadline;
mod the_edge;
mod the_evidence;
mod the_late_box;
mod the_readme;
