//! Who plays in the demonstration. Everybody is a role in an invented council; addresses end in `.example`, which
//! exists nowhere.

use rules::words::Role;

/// The one password of the demonstration, for every sign-in it prints.
pub const PASSWORD: &str = "commonlot-demo";

/// The site's administrator.
pub const SITE_ADMINISTRATOR: (&str, &str) = ("Site administrator", "administrator@commonlot.example");

/// A council and its people.
pub struct CouncilCast {
    /// Its name.
    pub name: &'static str,
    /// The address to which notices go.
    pub email: &'static str,
    /// Its PPON.
    pub ppon: &'static str,
    /// Its people; the first administers them.
    pub people: &'static [Actor],
}

/// A person, by part rather than by name.
pub struct Actor {
    /// How the person is shown.
    pub name: &'static str,
    /// The person's address.
    pub email: &'static str,
    /// The person's parts in the procurement.
    pub roles: &'static [Role],
    /// Whether the person is no officer but attached to the panel.
    pub outsider: bool,
}

const fn officer(name: &'static str, email: &'static str, roles: &'static [Role]) -> Actor {
    Actor { name, email, roles, outsider: false }
}

const PANEL: &[Role] = &[Role::PanelMember];

/// The three councils; the first leads.
pub const COUNCILS: [CouncilCast; 3] = [
    CouncilCast {
        name: "Ashvale Borough Council",
        email: "procurement@ashvale.example",
        ppon: "ASHV-1001-LEAD",
        people: &[
            officer("Ashvale administrator", "admin@ashvale.example", &[]),
            officer("Ashvale lead buyer", "buyer@ashvale.example", &[Role::Coordinator, Role::Opener]),
            officer("Ashvale head of ICT", "ict@ashvale.example", PANEL),
            officer("Ashvale service desk lead", "desk@ashvale.example", PANEL),
            officer("Ashvale security lead", "security@ashvale.example", PANEL),
            officer("Ashvale moderator", "moderator@ashvale.example", &[Role::Moderator]),
            officer("Ashvale director of resources", "director@ashvale.example", &[Role::Approver]),
        ],
    },
    CouncilCast {
        name: "Brackenham Council",
        email: "procurement@brackenham.example",
        ppon: "BRCK-1002-PART",
        people: &[
            officer("Brackenham administrator", "admin@brackenham.example", &[]),
            officer("Brackenham buyer", "buyer@brackenham.example", &[Role::Opener]),
            officer("Brackenham ICT manager", "ict@brackenham.example", PANEL),
            officer("Brackenham network engineer", "network@brackenham.example", PANEL),
            officer("Brackenham data officer", "data@brackenham.example", PANEL),
            officer("Brackenham head of finance", "finance@brackenham.example", &[Role::Approver]),
        ],
    },
    CouncilCast {
        name: "Carrow City Council",
        email: "procurement@carrow.example",
        ppon: "CARW-1003-PART",
        people: &[
            officer("Carrow administrator", "admin@carrow.example", &[]),
            officer("Carrow buyer", "buyer@carrow.example", &[Role::Clearer]),
            officer("Carrow digital lead", "digital@carrow.example", PANEL),
            officer("Carrow infrastructure lead", "infrastructure@carrow.example", PANEL),
            Actor { name: "Carrow service user adviser", email: ADVISER, roles: PANEL, outsider: true },
            officer("Carrow monitoring officer", "monitoring@carrow.example", &[Role::Approver]),
        ],
    },
];

/// The address of the panel member who has an interest to declare.
pub const ADVISER: &str = "adviser@carrow.example";

/// A bidder.
pub struct Bidder {
    /// Its name.
    pub name: &'static str,
    /// Its verified address.
    pub email: &'static str,
    /// Its PPON.
    pub ppon: &'static str,
    /// Its prices in thousandths of the usual price: one-off, recurring in the first lot, recurring in the second.
    pub price_level: [i64; 3],
    /// A colleague of its team who reads mails too: address and name.
    pub colleague: Option<(&'static str, &'static str)>,
    /// What it does with its workbook.
    pub manner: Manner,
}

/// What a bidder does with its workbook.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Fills it in and submits it.
    Careful,
    /// Writes words where prices are due, is told, and corrects them.
    Corrected,
    /// Types pence for pounds in one line, which is corrected after the opening.
    Slipped,
    /// Submits after the deadline.
    Late,
}

/// The four suppliers.
pub const BIDDERS: [Bidder; 4] = [
    Bidder {
        name: "Northgate Digital",
        email: "bids@northgate-digital.example",
        ppon: "NRTH-2001-DIGI",
        price_level: [1050, 1000, 985],
        colleague: None,
        manner: Manner::Careful,
    },
    Bidder {
        name: "Blue Harbour IT",
        email: "tenders@blue-harbour.example",
        ppon: "BLUE-2002-HARB",
        price_level: [900, 915, 940],
        colleague: Some(("finance@blue-harbour.example", "Finance desk")),
        manner: Manner::Corrected,
    },
    Bidder {
        name: "Civic Systems",
        email: "public.sector@civic-systems.example",
        ppon: "CIVC-2003-SYST",
        price_level: [1120, 1075, 925],
        colleague: None,
        manner: Manner::Slipped,
    },
    Bidder {
        name: "Kestrel Managed",
        email: "sales@kestrel-managed.example",
        ppon: "KEST-2004-MNGD",
        price_level: [870, 880, 890],
        colleague: None,
        manner: Manner::Late,
    },
];
