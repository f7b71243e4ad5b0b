//! Routes as data: what each procedure asks for, so that another route is another row and no other code.
//!
//! A route names its rounds in order, its notices, the bases of its tender period, its standstill and who may bid. The
//! stages ask this table and never compare routes with one another.

use crate::calendar::{Period, STANDSTILL, TenderBasis};
use crate::words::Route;

/// One ordered part of a route, with its own pack, tender box and scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round {
    /// What suppliers send in it, as people say it.
    pub name: &'static str,
}

/// A statutory publication on the central digital platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its short name, for example `UK4`.
    pub code: &'static str,
    /// Its name in the Act.
    pub name: &'static str,
    /// The clause that asks for it.
    pub clause: &'static str,
}

/// Who may bid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bidders {
    /// Anyone who asks gets an invitation.
    Anyone,
    /// Only those whom the councils invite.
    Invited,
}

/// Whether the contract must wait after the contract award notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standstill {
    /// It must wait at least this long.
    Mandatory(Period),
    /// It may wait; then at least this long (s.51(4)).
    Voluntary(Period),
    /// It need not wait.
    Nothing,
}

/// What one route asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RouteFacts {
    /// The clause that provides it.
    pub clause: &'static str,
    /// Its rounds, in order.
    pub rounds: &'static [Round],
    /// Its notices, in the order in which they are published.
    pub notices: &'static [Notice],
    /// What the tender period may rest on; the first is the usual one.
    pub tender_bases: &'static [TenderBasis],
    /// Its standstill.
    pub standstill: Standstill,
    /// Who may bid.
    pub bidders: Bidders,
}

const OPEN: RouteFacts = RouteFacts {
    clause: "PA23 s.20(2)(a)",
    rounds: &[Round { name: "Tenders" }],
    notices: &[
        Notice { code: "UK4", name: "Tender notice", clause: "PA23 s.21" },
        Notice { code: "UK6", name: "Contract award notice", clause: "PA23 s.50" },
        Notice { code: "UK7", name: "Contract details notice", clause: "PA23 s.53" },
    ],
    tender_bases: &[TenderBasis::AllDocuments, TenderBasis::NotAllDocuments, TenderBasis::Reduced],
    standstill: Standstill::Mandatory(STANDSTILL),
    bidders: Bidders::Anyone,
};

/// What a route asks for.
#[must_use]
pub const fn facts(route: Route) -> &'static RouteFacts {
    match route {
        Route::Open => &OPEN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_open_procedure_has_one_round_and_a_mandatory_standstill_of_eight_working_days() {
        let open = facts(Route::Open);
        assert_eq!(open.rounds.len(), 1, "one round (s.20(2)(a))");
        assert_eq!(open.bidders, Bidders::Anyone);
        let Standstill::Mandatory(period) = open.standstill else { panic!("{:?}", open.standstill) };
        assert_eq!((period.number, period.clause), (8, "PA23 s.51"));
    }

    #[test]
    fn every_route_has_a_round_and_a_tender_period_and_names_each_notice_once() {
        for route in Route::ALL {
            let facts = facts(*route);
            assert!(!facts.rounds.is_empty() && !facts.tender_bases.is_empty(), "{route}");
            let mut codes: Vec<_> = facts.notices.iter().map(|notice| notice.code).collect();
            codes.dedup();
            assert_eq!(codes.len(), facts.notices.len(), "{route}");
        }
    }
}
