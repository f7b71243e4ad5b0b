//! The tender as the pack tells it: for everybody after publication, and before it for those who may not change it.

use askama::Template;
use poem::Response;
use rules::exact::Exact;
use rules::method::{self, LotMethod};
use rules::pack::{Pack, PackCriterion, PackLot};
use rules::scale::Scale;
use uuid::Uuid;

use super::criteria::percent_text;
use super::{base, extension as extension_pages, shell};
use crate::http::shell::Shell;
use crate::http::texts::size_text;
use crate::http::visit;
use crate::http::{PageResult, Visit};
use crate::kernel::access::Scope;
use crate::kernel::clock::london_text;
use crate::kernel::paging::MAX_LIMIT;
use crate::kernel::{Paging, Refusal};
use crate::tendering::extension::{self, ExtensionView};
use crate::tendering::pack::PackView;
use crate::tendering::{document as documents, letters, pack as packs};
use rules::stage::Stage;
use rules::words::Role;

/// Which part of the tender a page tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    All,
    Lots,
    Scales,
    Criteria,
    Method,
    Documents,
    Deadline,
}

impl Part {
    fn heading(self) -> &'static str {
        match self {
            Self::All => "Tender",
            Self::Lots => "Lots",
            Self::Scales => "Scales",
            Self::Criteria => "Criteria and weights",
            Self::Method => "Method",
            Self::Documents => "Documents",
            Self::Deadline => "Deadline",
        }
    }
}

struct LotView {
    code: String,
    title: String,
    description: String,
    price: String,
    formula: &'static str,
    parameters: String,
    min_quality: String,
    method: Vec<String>,
    method_hash: String,
    lines: String,
    table: String,
    caption: String,
    criteria: Vec<CriterionView>,
    schedule_table: String,
    schedule_caption: String,
    schedule: Vec<LineView>,
}

struct CriterionView {
    indent: String,
    section: bool,
    code: String,
    title: String,
    weight: String,
    share: String,
    question: String,
    scale: String,
    gate: String,
}

struct LineView {
    code: String,
    description: String,
    unit: String,
    charge: &'static str,
    counted: String,
}

struct ScaleView {
    table: String,
    scale: Scale,
}

/// An extension of the deadline in the list.
struct ExtensionRow {
    href: String,
    number: String,
    old: String,
    new: String,
    reason: String,
    state: (&'static str, &'static str),
}

struct DocumentView {
    id: Option<Uuid>,
    name: String,
    size: String,
    sha256: String,
}

#[derive(Template)]
#[template(path = "tendering/told.html")]
struct ToldPage {
    shell: Shell,
    part: Part,
    base: String,
    published: Option<String>,
    hash: String,
    public_page: String,
    deadline: String,
    extensions: Vec<ExtensionRow>,
    rank_on: &'static str,
    decimals: u32,
    tie_break: String,
    base_set: &'static str,
    spread_steps: usize,
    clearance: bool,
    arithmetic_rule: Option<String>,
    opening: &'static str,
    councils: String,
    requirements: usize,
    lots: Vec<LotView>,
    scales: Vec<ScaleView>,
    documents: Vec<DocumentView>,
}

impl ToldPage {
    /// Whether this page tells that part.
    fn tells(&self, part: Part) -> bool {
        self.part == Part::All || self.part == part
    }
}

fn lot_view(pack: &Pack, lot: &PackLot) -> LotView {
    let quality = lot.price.weight.parse::<Exact>().map_or_else(|_| Exact::zero(), |w| Exact::hundred() - w);
    let mut criteria = Vec::new();
    walk(&lot.quality, 0, &quality, &mut criteria);
    LotView {
        price: lot.price.weight.clone(),
        formula: lot.price.formula.label(),
        parameters: lot.price.told(),
        method: method::told(pack, lot),
        // A draft that cannot be hashed is told as a blocker of its publication.
        method_hash: LotMethod::of(pack, lot).hash().unwrap_or_default(),
        min_quality: lot.min_quality.clone().unwrap_or_else(|| "–".to_owned()),
        lines: lot.schedule.len().to_string(),
        table: format!("criteria-{}", lot.code),
        caption: format!("Criteria of lot {}", lot.code),
        criteria,
        schedule_table: format!("schedule-{}", lot.code),
        schedule_caption: format!("Price schedule of lot {}", lot.code),
        schedule: lot
            .schedule
            .iter()
            .flat_map(|line| line.rows(pack))
            .map(|row| LineView {
                code: row.code.to_string(),
                description: row.description().into_owned(),
                unit: row.line.unit.clone(),
                charge: if row.line.rate_card.is_some() { "Day rate" } else { row.line.charge.label() },
                counted: row.counted(),
            })
            .collect(),
        code: lot.code.clone(),
        title: lot.title.clone(),
        description: lot.description.clone(),
    }
}

fn walk(nodes: &[PackCriterion], depth: usize, out_of: &Exact, found: &mut Vec<CriterionView>) {
    for node in nodes {
        let share = out_of * node.weight.parse::<Exact>().unwrap_or_default().percent();
        let question = node.question.as_ref();
        found.push(CriterionView {
            indent: "\u{2003}".repeat(depth),
            section: question.is_none(),
            code: node.code.clone(),
            title: node.title.clone(),
            weight: node.weight.clone(),
            share: percent_text(&share),
            question: question.map(|question| question.text.clone()).unwrap_or_default(),
            scale: question.map_or_else(|| "–".to_owned(), |question| question.scale.clone()),
            gate: question.and_then(|q| q.minimum_mark.clone()).unwrap_or_else(|| "–".to_owned()),
        });
        walk(&node.children, depth + 1, &share, found);
    }
}

fn councils(pack: &Pack) -> String {
    let names: Vec<_> =
        pack.councils.iter().map(|council| format!("{} ({})", council.name, council.part.label())).collect();
    names.join(", ")
}

fn extension_row(procurement_id: Uuid, view: ExtensionView) -> ExtensionRow {
    ExtensionRow {
        href: extension_pages::path(procurement_id, view.extension.id),
        number: view.pack.map_or_else(|| "–".to_owned(), |pack| pack.number.to_string()),
        old: london_text(view.extension.from_deadline),
        new: london_text(view.extension.to_deadline),
        reason: view.extension.reason,
        state: extension_pages::tag(view.state),
    }
}

fn template(
    visit: &Visit,
    scope: &Scope,
    (view, extensions): (PackView, Vec<ExtensionView>),
    ids: &[(String, Uuid)],
    part: Part,
) -> ToldPage {
    let pack = &view.pack;
    let frame = if part == Part::All {
        visit.procurement_shell("Tender", &scope.procurement, "tender")
    } else {
        shell(visit, scope, part.heading())
    };
    let may_extend = scope.holds(Role::Coordinator) && scope.procurement.stage.0 == Stage::Published;
    let frame = if may_extend && matches!(part, Part::All | Part::Deadline) {
        frame.action("Extend the deadline", format!("{}/extensions/new", base(scope.id())))
    } else {
        frame
    };
    let ties: Vec<_> = pack.method.tie_break.iter().map(|key| key.label()).collect();
    let installation = visit.db.installation();
    ToldPage {
        shell: frame,
        part,
        base: base(scope.id()),
        published: view.published.as_ref().map(|row| london_text(row.published_at)),
        hash: view.hash.clone().unwrap_or_default(),
        public_page: letters::public_page(&installation.base_url, &pack.reference),
        deadline: scope.procurement.deadline_at.map_or_else(|| "Not set yet".to_owned(), london_text),
        extensions: extensions.into_iter().map(|view| extension_row(scope.id(), view)).collect(),
        rank_on: pack.method.rank_on.label(),
        decimals: pack.method.decimals,
        tie_break: if ties.is_empty() { "A tie stays a tie".to_owned() } else { ties.join(", then ") },
        base_set: pack.method.base_set.label(),
        spread_steps: pack.method.spread_steps(),
        clearance: pack.method.clearance(),
        arithmetic_rule: pack.method.arithmetic_rule.clone(),
        opening: if pack.opening_councils == 1 { "one council" } else { "two councils" },
        councils: councils(pack),
        requirements: pack.requirements.len(),
        lots: pack.lots.iter().map(|lot| lot_view(pack, lot)).collect(),
        scales: pack
            .scales
            .iter()
            .enumerate()
            .map(|(index, scale)| ScaleView { table: format!("scale-{index}"), scale: scale.clone() })
            .collect(),
        documents: pack
            .documents
            .iter()
            .map(|document| DocumentView {
                id: ids.iter().find(|(name, _)| *name == document.name).map(|(_, id)| *id),
                name: document.name.clone(),
                size: size_text(document.size),
                sha256: document.sha256.clone(),
            })
            .collect(),
    }
}

/// The page.
pub(super) async fn page(visit: &Visit, scope: Scope, part: Part) -> PageResult {
    Ok(answer(visit, &scope, part).await?)
}

async fn answer(visit: &Visit, scope: &Scope, part: Part) -> Result<Response, Refusal> {
    let id = scope.id();
    let (told, ids) = visit
        .read(move |r| async move {
            let ids = documents::all(&r, id).await?.into_iter().map(|row| (row.name, row.id)).collect();
            let ids: Vec<(String, Uuid)> = ids;
            let most = Paging { after: None, limit: MAX_LIMIT };
            let extensions = extension::list(&r, id, &most).await?.items;
            Ok(((packs::view(&r, id).await?, extensions), ids))
        })
        .await?;
    visit::page(&template(visit, scope, told, &ids, part))
        .map_err(|_| Refusal::internal(&"a page could not be rendered"))
}
