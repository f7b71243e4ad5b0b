//! What the three councils ask for, in their own words, and what was made of it.

use rules::words::{Charge, Moscow, Obligation, RequirementType, ResponseCode};

use Moscow::{Could, Must, Should};
use RequirementType::{Accessibility, Data, Exit, Functional, Integration, NonFunctional, Security, Support};

/// One council's requirement: its council (0 Ashvale, 1 Brackenham, 2 Carrow), code, words, and the pooled requirement it
/// was merged into.
pub struct Need {
    /// Whose it is.
    pub council: usize,
    /// The council's own number.
    pub code: &'static str,
    /// Its words.
    pub text: &'static str,
    /// Its type.
    pub kind: RequirementType,
    /// Its importance.
    pub moscow: Moscow,
    /// The place in [`POOLED`].
    pub pooled: usize,
}

const fn need(
    council: usize,
    code: &'static str,
    pooled: usize,
    kind: RequirementType,
    moscow: Moscow,
    text: &'static str,
) -> Need {
    Need { council, code, text, kind, moscow, pooled }
}

/// An agreed wording. Where `accepted` is not empty, another answer does not meet requirements.
pub struct Pooled {
    /// The wording.
    pub text: &'static str,
    /// Its type.
    pub kind: RequirementType,
    /// Its importance.
    pub moscow: Moscow,
    /// The answers that meet it.
    pub accepted: &'static [ResponseCode],
}

const fn pooled(
    kind: RequirementType,
    moscow: Moscow,
    accepted: &'static [ResponseCode],
    text: &'static str,
) -> Pooled {
    Pooled { text, kind, moscow, accepted }
}

const MET: &[ResponseCode] = &[ResponseCode::Full, ResponseCode::Configuration];

/// What was agreed.
pub const POOLED: [Pooled; 17] = [
    pooled(
        Functional,
        Must,
        MET,
        "A service desk takes calls, mail and chat on working days from 07:30 to 18:30.",
    ),
    pooled(Functional, Must, &[], "Users reset passwords and unlock accounts by themselves, at any hour."),
    pooled(
        Functional,
        Should,
        &[],
        "New starters receive a ready device within five working days of the request.",
    ),
    pooled(
        NonFunctional,
        Must,
        &[],
        "Priority 1 incidents are answered within 15 minutes and restored within four hours.",
    ),
    pooled(
        Integration,
        Must,
        MET,
        "Sign-in uses the councils' existing directories by open standards (OpenID Connect or SAML 2.0).",
    ),
    pooled(
        Integration,
        Should,
        &[],
        "Ticket and asset data can be read and written through a documented, open API at no extra charge.",
    ),
    pooled(
        Security,
        Must,
        MET,
        "The supplier holds Cyber Essentials Plus or equivalent before the service starts.",
    ),
    pooled(
        Security,
        Must,
        &[],
        "The service is run under ISO 27001 or an equivalent information security system.",
    ),
    pooled(
        Security,
        Should,
        &[],
        "Security events are monitored round the clock and reported to each council's own contact.",
    ),
    pooled(Data, Must, MET, "All personal data is stored and supported from within the United Kingdom."),
    pooled(
        Data,
        Must,
        &[],
        "A data protection impact assessment is supported and kept up to date with each change.",
    ),
    pooled(
        NonFunctional,
        Must,
        &[],
        "Backups allow recovery to a point at most four hours old, within eight hours.",
    ),
    pooled(
        Accessibility,
        Must,
        &[],
        "Everything that staff or residents use meets WCAG 2.2 AA or equivalent.",
    ),
    pooled(
        Support,
        Should,
        &[],
        "Engineers are on site at each council's main office within four working hours.",
    ),
    pooled(Support, Could, &[], "Staff receive training when they join and with each larger change."),
    pooled(
        NonFunctional,
        Should,
        &[],
        "The carbon footprint of hosting and devices is reported to each council yearly.",
    ),
    pooled(
        Exit,
        Must,
        MET,
        "On exit all data is returned in open formats within 30 days, and then deleted with a certificate.",
    ),
];

/// What each council asked for.
pub const NEEDS: [Need; 40] = [
    need(0, "A-01", 0, Functional, Must, "Service desk staffed 08:00 to 18:00, phone and email."),
    need(0, "A-02", 1, Functional, Must, "Self-service password reset, available at all times."),
    need(0, "A-03", 2, Functional, Should, "Laptops for new starters within one week."),
    need(0, "A-04", 3, NonFunctional, Must, "P1 response in 15 minutes; fix in four hours."),
    need(0, "A-05", 4, Integration, Must, "Single sign-on with our directory using OpenID Connect."),
    need(0, "A-06", 5, Integration, Should, "We must be able to extract ticket data through an API."),
    need(0, "A-07", 6, Security, Must, "Cyber Essentials Plus or equivalent."),
    need(0, "A-08", 7, Security, Must, "ISO 27001 certification or equivalent, covering the service desk."),
    need(0, "A-09", 9, Data, Must, "Data stays in the UK."),
    need(0, "A-10", 10, Data, Must, "Support for our data protection impact assessment."),
    need(0, "A-11", 11, NonFunctional, Must, "Recovery point four hours, recovery time eight hours."),
    need(0, "A-12", 12, Accessibility, Must, "Portal conforms to WCAG 2.2 AA."),
    need(0, "A-13", 13, Support, Should, "On-site engineer at the town hall within half a day."),
    need(0, "A-14", 16, Exit, Must, "Exit plan with return of data in open formats."),
    need(1, "BR1", 0, Functional, Must, "Contact centre for ICT faults, 07:30 to 18:00 on weekdays."),
    need(1, "BR2", 1, Functional, Should, "Users unlock their own accounts without calling."),
    need(1, "BR3", 3, NonFunctional, Must, "Major incidents restored the same day."),
    need(1, "BR4", 4, Integration, Must, "Works with our existing identity provider through SAML 2.0."),
    need(1, "BR5", 6, Security, Must, "Supplier to hold Cyber Essentials Plus, or to show the equivalent."),
    need(1, "BR6", 8, Security, Should, "24 by 7 security monitoring, with alerts to our own team."),
    need(1, "BR7", 9, Data, Must, "No personal data outside the UK, including remote support."),
    need(
        1,
        "BR8",
        11,
        NonFunctional,
        Must,
        "Nightly backups, and restore of a server within one working day.",
    ),
    need(1, "BR9", 12, Accessibility, Must, "Accessible to staff who use screen readers."),
    need(
        1,
        "BR10",
        13,
        Support,
        Should,
        "Engineer on site within four working hours at the depot and the civic centre.",
    ),
    need(1, "BR11", 14, Support, Could, "Training for new staff, in person where asked."),
    need(1, "BR12", 15, NonFunctional, Should, "Yearly carbon report for hosting."),
    need(1, "BR13", 16, Exit, Must, "All our data back within a month of the contract's end."),
    need(2, "CCC/001", 0, Functional, Must, "Service desk open until 18:30 for our libraries."),
    need(2, "CCC/002", 0, Functional, Should, "Chat as a further way to reach the service desk."),
    need(2, "CCC/003", 2, Functional, Should, "Device built, secured and delivered in five working days."),
    need(2, "CCC/004", 3, NonFunctional, Must, "Priority 1: answer in 15 minutes."),
    need(
        2,
        "CCC/005",
        5,
        Integration,
        Must,
        "Open, documented API for assets and tickets, without a licence fee.",
    ),
    need(2, "CCC/006", 7, Security, Must, "Information security management to ISO 27001 or an equivalent."),
    need(2, "CCC/007", 8, Security, Should, "Round-the-clock monitoring of security events."),
    need(2, "CCC/008", 9, Data, Must, "UK data residency."),
    need(2, "CCC/009", 10, Data, Should, "Impact assessments updated with each release."),
    need(2, "CCC/010", 12, Accessibility, Must, "WCAG 2.2 AA for everything residents see."),
    need(2, "CCC/011", 14, Support, Could, "E-learning for each larger change."),
    need(2, "CCC/012", 15, NonFunctional, Should, "Carbon reporting, with reuse of devices."),
    need(2, "CCC/013", 16, Exit, Must, "Certificate of deletion after the data has been returned."),
];

/// A price schedule line: its lot (0 or 1), words, usual unit price in pence, and yearly volumes of Ashvale, Brackenham
/// and Carrow in the first year. Lines that are shared have none.
pub struct Line {
    /// Its number.
    pub code: &'static str,
    /// The lot.
    pub lot: usize,
    /// What is priced.
    pub description: &'static str,
    /// The unit.
    pub unit: &'static str,
    /// One-off or per year.
    pub charge: Charge,
    /// A cost of the whole lot.
    pub shared: bool,
    /// What suppliers owe on it.
    pub obligation: Obligation,
    /// Where its volume bands begin, in units; none for one price.
    pub tiers: &'static [i64],
    /// What makes it a rate.
    pub rate: Option<Rate>,
    /// What it usually costs, in pence.
    pub usual_pence: i64,
    /// First year's volumes, in units.
    pub volumes: [i64; 3],
}

/// A rate of the rate card.
pub struct Rate {
    /// The role.
    pub role: &'static str,
    /// The SFIA level.
    pub level: i32,
    /// The basket in days over the term.
    pub days: i64,
}

const fn line(
    code: &'static str,
    lot: usize,
    charge: Charge,
    description: &'static str,
    unit: &'static str,
    usual_pence: i64,
    volumes: [i64; 3],
) -> Line {
    Line {
        code,
        lot,
        description,
        unit,
        charge,
        shared: false,
        obligation: Obligation::Required,
        tiers: &[],
        rate: None,
        usual_pence,
        volumes,
    }
}

const fn shared(
    code: &'static str,
    lot: usize,
    charge: Charge,
    description: &'static str,
    usual_pence: i64,
) -> Line {
    Line { shared: true, ..line(code, lot, charge, description, "whole lot", usual_pence, [0; 3]) }
}

const fn optional(
    code: &'static str,
    lot: usize,
    description: &'static str,
    unit: &'static str,
    usual_pence: i64,
    volumes: [i64; 3],
) -> Line {
    Line {
        obligation: Obligation::Optional,
        ..line(code, lot, OneOff, description, unit, usual_pence, volumes)
    }
}

const fn rate(code: &'static str, rate: Rate, description: &'static str, usual_pence: i64) -> Line {
    Line { rate: Some(rate), unit: "day", ..shared(code, 1, OneOff, description, usual_pence) }
}

use Charge::{OneOff, Recurring};

/// The price schedule.
pub const LINES: [Line; 28] = [
    shared("P01", 0, OneOff, "Transition and mobilisation of the service desk", 18_500_000),
    line("P02", 0, Recurring, "Service desk, per named user", "user", 6_450, [1_150, 640, 1_480]),
    line("P03", 0, Recurring, "Managed laptop, support only", "device", 8_925, [980, 560, 1_240]),
    line("P04", 0, Recurring, "Managed desktop, support only", "device", 7_150, [210, 150, 330]),
    line("P05", 0, Recurring, "Managed mobile phone", "device", 2_680, [620, 310, 790]),
    line("P06", 0, Recurring, "Managed printer", "device", 11_400, [46, 28, 71]),
    line("P07", 0, OneOff, "Device build and first delivery", "device", 4_275, [260, 140, 315]),
    line("P08", 0, OneOff, "Secure disposal with certificate", "device", 1_890, [240, 120, 280]),
    line("P09", 0, Recurring, "Identity and single sign-on, per user", "user", 1_835, [1_150, 640, 1_480]),
    line("P10", 0, Recurring, "On-site engineer, whole day", "day", 38_500, [52, 36, 60]),
    line(
        "P11",
        0,
        OneOff,
        "Migration of open tickets and asset records",
        "record",
        38,
        [14_200, 7_900, 18_300],
    ),
    line("P12", 0, OneOff, "Training session for up to twelve", "session", 46_000, [8, 5, 10]),
    shared("P13", 0, Recurring, "Service management and governance", 9_600_000),
    optional("P14", 0, "Extended service desk hours, to 22:00", "month", 520_000, [12, 0, 12]),
    optional("P15", 0, "Loan devices for elections", "device", 6_800, [40, 25, 60]),
    shared("P16", 1, OneOff, "Move out of the councils' data rooms", 24_750_000),
    Line {
        // The councils want 193 to 203 servers: the last year reaches the third band.
        tiers: &[0, 100, 200],
        ..line("P17", 1, Recurring, "Virtual server, small", "server", 48_600, [64, 41, 88])
    },
    line("P18", 1, Recurring, "Virtual server, large", "server", 131_500, [22, 12, 31]),
    line("P19", 1, Recurring, "Storage, per terabyte", "TB", 21_940, [86, 44, 120]),
    line("P20", 1, Recurring, "Backup, per terabyte kept", "TB", 13_275, [172, 88, 240]),
    line("P21", 1, Recurring, "Managed site network, per site", "site", 168_000, [18, 11, 26]),
    line("P22", 1, Recurring, "Managed wireless access point", "point", 5_625, [210, 120, 305]),
    line("P23", 1, Recurring, "Security monitoring, per server", "server", 17_350, [86, 53, 119]),
    Line {
        obligation: Obligation::MandatoryOption,
        ..line("P24", 1, OneOff, "Disaster recovery rehearsal", "rehearsal", 385_000, [2, 1, 2])
    },
    optional("P25", 1, "Second internet line, per site", "site", 94_000, [4, 2, 6]),
    rate(
        "P26",
        Rate { role: "Cloud engineer", level: 4, days: 40 },
        "Moves and changes that councils call off",
        62_500,
    ),
    rate(
        "P27",
        Rate { role: "Solution architect", level: 5, days: 20 },
        "Designs that councils call off",
        81_000,
    ),
    rate(
        "P28",
        Rate { role: "Security consultant", level: 6, days: 0 },
        "Reviews that councils call off",
        94_500,
    ),
];
