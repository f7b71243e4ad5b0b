//! What `commonlot check-bid` and `commonlot template` do, without a database or a server: a bidder or a tester has the pack's
//! file and the workbook, and nothing else (HOUSE, the command line).

use rules::pack::Pack;
use serde::Serialize;

use crate::bid::{self, LotReading, Missing};
use crate::finding::{Finding, Severity};
use crate::{Reader, Unreadable, Workbook, bid_template};

/// Whether a workbook can be submitted, as an exit code tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// No finding is an error: exit code 0.
    Usable,
    /// Some lines are left unanswered because of errors: exit code 1.
    WithErrors,
    /// The file was not read, or is no bid in this procurement: exit code 2.
    Unreadable,
}

impl Outcome {
    /// The exit code.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Usable => 0,
            Self::WithErrors => 1,
            Self::Unreadable => 2,
        }
    }
}

/// A pack's file that is no pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackUnfit(pub String);

impl std::fmt::Display for PackUnfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "this is not a tender pack as the program exports it: {}", self.0)
    }
}

impl std::error::Error for PackUnfit {}

/// What was found in a filled-in workbook. Its JSON is what `check-bid` writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BidCheck {
    /// Whether it can be submitted.
    pub outcome: Outcome,
    /// The pack's reference.
    pub reference: String,
    /// The pack's version.
    pub version: u32,
    /// SHA-256 of the pack's canonical JSON, in hex.
    pub pack_hash: String,
    /// The code and message with which the file was refused.
    pub refused: Option<Unreadable>,
    /// The name on the sheet Instructions.
    pub supplier_name: Option<String>,
    /// How much was answered.
    pub counts: Counts,
    /// Lot by lot, with the total that is read back, in pence, net.
    pub lots: Vec<LotReading>,
    /// What is not answered.
    pub missing: Missing,
    /// Every finding, in the order of the file.
    pub findings: Vec<Finding>,
}

/// How much was answered, in the lots that are bid for (in all lots, where none is).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Prices, responses and short answers that were understood.
    pub answered: usize,
    /// Price lines that are not optional, requirements and questions without an answer, those that a document may answer among
    /// them.
    pub unanswered: usize,
    /// Findings that are errors.
    pub errors: usize,
    /// Findings that a person should look at.
    pub warnings: usize,
}

/// Checks a workbook against a pack. `pack` is the pack's JSON, `file` the workbook, `name` its file name; `reader` starts the
/// child in which the file is parsed.
pub fn check_bid(pack: &[u8], file: &[u8], name: &str, reader: &Reader) -> Result<BidCheck, PackUnfit> {
    check_read(pack, reader.read(file, name))
}

/// The same for a file that was read already, or was refused.
pub fn check_read(pack: &[u8], read: Result<Workbook, Unreadable>) -> Result<BidCheck, PackUnfit> {
    let (pack, hash) = parse(pack)?;
    let mut check = BidCheck {
        outcome: Outcome::Unreadable,
        reference: pack.reference.clone(),
        version: pack.version,
        pack_hash: hash.clone(),
        refused: None,
        supplier_name: None,
        counts: Counts::default(),
        lots: Vec::new(),
        missing: Missing::default(),
        findings: Vec::new(),
    };
    let reading = read.and_then(|workbook| {
        bid::read(&pack, &hash, &workbook)
            .map_err(|refused| Unreadable { code: refused.code, message: refused.message })
    });
    match reading {
        Err(refused) => check.refused = Some(refused),
        Ok(reading) => {
            check.outcome = if reading.has_errors() { Outcome::WithErrors } else { Outcome::Usable };
            let missing = &reading.missing;
            let of =
                |severity| reading.findings.iter().filter(|finding| finding.severity == severity).count();
            check.counts = Counts {
                answered: reading.prices.len() + reading.responses.len() + reading.answers.len(),
                unanswered: missing.prices.len()
                    + missing.requirements.len()
                    + missing.questions.len()
                    + missing.documents.len(),
                errors: of(Severity::Error),
                warnings: of(Severity::Warning),
            };
            check.supplier_name = reading.supplier_name;
            check.lots = reading.lots;
            check.missing = reading.missing;
            check.findings = reading.findings;
        }
    }
    Ok(check)
}

/// The blank bid workbook of a pack's JSON.
pub fn template(pack: &[u8]) -> Result<Vec<u8>, PackUnfit> {
    let (pack, hash) = parse(pack)?;
    bid_template::write(&pack, &hash).map_err(|fault| PackUnfit(fault.to_string()))
}

fn parse(json: &[u8]) -> Result<(Pack, String), PackUnfit> {
    let pack: Pack = serde_json::from_slice(json).map_err(|fault| PackUnfit(fault.to_string()))?;
    let hash = pack.hash().map_err(|unfit| PackUnfit(unfit.to_string()))?;
    Ok((pack, hash))
}
