//! What the law and the method say, as pure functions over exact numbers.
//!
//! No clock, no I/O, no database and no HTTP: every time, every random draw and every stored fact is an argument,
//! so that a result computed today can be computed again by anybody, from the evidence alone (DOMAIN rule 17).
//! In reading order: [`words`] and [`stage`] name things; [`route`] says what each procedure asks for and [`interest`]
//! who may take part; [`exact`] and [`money`] count; [`scale`], [`criteria`] and [`marks`] score quality, and
//! [`assignment`] says who marks what, [`aggregate`] and [`agreement`] help to moderate; [`price`] and [`rank`] bring price in, and [`sensitivity`] says
//! what would change the winner; [`wholelife`] and [`sharing`] say what it costs and who gains; [`method`] and [`pack`]
//! are what bidders were told, and the [`laboratory`] tries before they are; [`schedule`] is what they price, row by
//! row; [`extension`] moves the deadline and [`late`] says what becomes of what came after it; [`addressed`] questions
//! go to one bidder after the opening, a [`correction`] of a price takes its bidder and a second person, and [`outcome`]
//! says on which grounds of the law a tender is disregarded; [`demand`] and [`allocation`] share volumes and costs; [`calendar`] knows working days and [`london`] the clock on the wall;
//! [`ledger`], [`canonical`] and [`signed`] make records that cannot be changed unseen; [`record`] puts a lot's result
//! together; [`evidence`] proves how it came about; [`withholding`] leaves out what others do not read; [`line_id`]
//! marks the rows of workbooks; and [`evaluate`] is the calculator, which computes any of this from a JSON text.

#![deny(clippy::float_arithmetic)] // results are compared in court: a float orders exact ties wrongly

pub mod addressed;
pub mod aggregate;
pub mod agreement;
pub mod allocation;
pub mod assignment;
pub mod calendar;
pub mod canonical;
pub mod correction;
pub mod criteria;
pub mod demand;
pub mod exact;
pub mod evaluate;
pub mod evidence;
pub mod extension;
pub mod interest;
pub mod laboratory;
pub mod late;
pub mod ledger;
pub mod line_id;
pub mod london;
pub mod mark_change;
pub mod marks;
pub mod method;
pub mod money;
pub mod outcome;
pub mod pack;
pub mod price;
pub mod price_leak;
pub mod rank;
pub mod record;
pub mod route;
pub mod scale;
pub mod schedule;
pub mod sensitivity;
pub mod sharing;
pub mod signed;
pub mod stage;
pub mod starter;
pub mod wholelife;
pub mod withholding;
pub mod words;
