//! The public tender page: the front door for suppliers, without sign-in.

use askama::Template;
use importers::bid::line_volume;
use poem::handler;
use poem::web::{Path, Query};
use rules::exact::Exact;
use rules::money::Volume;
use rules::pack::{Pack, PackCriterion, PackLot, PackRequirement};
use rules::scale::Scale;

use super::{After, download, size_text};
use crate::bidding::invitation::{self, InvitationInput};
use crate::bidding::tender::{self, Tender};
use crate::http::fields::{TextField, Width};
use crate::http::shell::Shell;
use crate::http::visit::{done, form_errors, page, page_again};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::clock::london_text;
use crate::kernel::{Caller, Paging, Refusal};
use crate::tendering::extension::outage_text;
use crate::tendering::pack::{self, PackVersion};

#[derive(Template)]
#[template(path = "bidding/tenders.html")]
struct TendersPage {
    shell: Shell,
    rows: Vec<TenderRow>,
    next: Option<String>,
}

struct TenderRow {
    reference: String,
    title: String,
    deadline: String,
}

#[handler]
pub(super) async fn list(visit: Visit, Query(query): Query<After>) -> PageResult {
    let slice = visit
        .read(|r| async move { tender::list(&r, &Paging { after: query.after, ..Paging::default() }).await })
        .await?;
    page(&TendersPage {
        shell: visit.shell("Open tenders"),
        next: slice.next.map(|cursor| format!("/tenders?after={cursor}")),
        rows: slice
            .items
            .into_iter()
            .map(|row| TenderRow {
                reference: row.reference,
                title: row.title,
                deadline: row.deadline_at.map(london_text).unwrap_or_default(),
            })
            .collect(),
    })
}

#[derive(Template)]
#[template(path = "bidding/tender.html")]
struct TenderPage {
    shell: Shell,
    tender: Tender,
    deadline: String,
    passed: bool,
    takes_bids: bool,
    sends_mail: bool,
    councils: Vec<(String, &'static str)>,
    method: Vec<(&'static str, String)>,
    lots: Vec<LotPart>,
    requirements: Vec<Asked>,
    documents: Vec<(String, String, String)>,
    versions: Vec<VersionRow>,
    fields: Vec<TextField>,
}

/// A version of the pack.
struct VersionRow {
    number: i32,
    published: String,
    changed: String,
    hash: String,
}

/// What each version of the pack changed, in words.
fn version_rows(versions: Vec<PackVersion>) -> Vec<VersionRow> {
    let rows = versions.into_iter().map(|version| VersionRow {
        number: version.row.number,
        published: london_text(version.row.published_at),
        changed: match version.extension {
            None => format!("First publication. Deadline {}.", london_text(version.deadline)),
            Some(extension) => {
                let outage = outage_text(&extension).map(|text| format!(" Outage: {text}."));
                format!(
                    "Only the deadline: from {} to {}. Reason: {}{} ({})",
                    london_text(extension.from_deadline),
                    london_text(extension.to_deadline),
                    extension.reason,
                    outage.unwrap_or_default(),
                    extension.kind.0.label()
                )
            }
        },
        hash: version.row.hash,
    });
    rows.collect()
}

/// A requirement as suppliers read it.
pub(super) struct Asked {
    code: String,
    text: String,
    kind: &'static str,
    moscow: &'static str,
    accepted: String,
}

/// A lot as suppliers read it.
pub(super) struct LotPart {
    code: String,
    title: String,
    description: String,
    quality_weight: String,
    price_weight: String,
    formula: String,
    min_quality: Option<String>,
    criteria: Vec<CriterionPart>,
    lines: Vec<LinePart>,
}

pub(super) struct CriterionPart {
    code: String,
    title: String,
    weight: String,
    question: String,
    hints: String,
}

pub(super) struct LinePart {
    code: String,
    description: String,
    unit: String,
    charge: &'static str,
    volume: String,
    optional: bool,
}

fn criteria(nodes: &[PackCriterion], of: &str, scales: &[Scale], found: &mut Vec<CriterionPart>) {
    for node in nodes {
        let mut hints = Vec::new();
        if let Some(question) = &node.question {
            let marks = scales.iter().find(|scale| scale.name == question.scale).map(|scale| {
                scale.marks.iter().map(|mark| mark.value.clone()).collect::<Vec<_>>().join(", ")
            });
            hints.push(format!("Marks: {}.", marks.unwrap_or_else(|| question.scale.clone())));
            hints.extend(question.word_limit.map(|words| format!("At most {words} words.")));
            hints.extend(
                question
                    .minimum_mark
                    .as_ref()
                    .map(|mark| format!("A bid marked under {mark} is not ranked.")),
            );
            if question.document {
                hints.push("A document may answer it.".to_owned());
            }
        }
        found.push(CriterionPart {
            code: node.code.clone(),
            title: node.title.clone(),
            weight: format!("{} % of {of}", node.weight),
            question: node.question.as_ref().map(|question| question.text.clone()).unwrap_or_default(),
            hints: hints.join(" "),
        });
        criteria(&node.children, &node.code, scales, found);
    }
}

fn lot_part(pack: &Pack, lot: &PackLot) -> LotPart {
    let mut found = Vec::new();
    criteria(&lot.quality, "quality", &pack.scales, &mut found);
    let quality = lot.price.weight.parse::<Exact>().map(|price| &Exact::from(100) - &price);
    let pounds = |name: &str, amount: &Option<String>| {
        amount.as_ref().map(|amount| format!("; {name} £{amount}")).unwrap_or_default()
    };
    let formula = format!(
        "{}{}{}",
        lot.price.formula.label(),
        pounds("target", &lot.price.target),
        pounds("ceiling", &lot.price.ceiling)
    );
    LotPart {
        code: lot.code.clone(),
        title: lot.title.clone(),
        description: lot.description.clone(),
        quality_weight: quality.map(|weight| weight.to_string()).unwrap_or_default(),
        price_weight: lot.price.weight.clone(),
        formula,
        min_quality: lot.min_quality.clone(),
        criteria: found,
        lines: lot
            .schedule
            .iter()
            .map(|line| LinePart {
                code: line.code.clone(),
                description: line.description.clone(),
                unit: line.unit.clone(),
                charge: line.charge.label(),
                volume: line_volume(line, pack.term_years).map(Volume::grouped).unwrap_or_default(),
                optional: line.optional,
            })
            .collect(),
    }
}

fn method(pack: &Pack) -> Vec<(&'static str, String)> {
    let tie_break: Vec<_> = pack.method.tie_break.iter().map(|rule| rule.label()).collect();
    vec![
        ("Procedure", pack.route.label().to_owned()),
        ("Contract", format!("{} years; {}", pack.term_years, pack.contracting_model.label())),
        (
            "Ranked on",
            format!("{}, points to {} decimals", pack.method.rank_on.label(), pack.method.decimals),
        ),
        ("Prices compared with", pack.method.base_set.label().to_owned()),
        (
            "Equal totals",
            if tie_break.is_empty() {
                "decided by the councils".to_owned()
            } else {
                tie_break.join(", then ")
            },
        ),
        ("Opening", format!("by two people of {} councils", pack.opening_councils)),
    ]
}

fn asked(requirement: &PackRequirement) -> Asked {
    let codes: Vec<_> = requirement.accepted.iter().map(|code| code.as_str()).collect();
    Asked {
        code: requirement.code.clone(),
        text: requirement.text.clone(),
        kind: requirement.kind.label(),
        moscow: requirement.moscow.label(),
        accepted: if codes.is_empty() { String::new() } else { codes.join(", ") },
    }
}

/// The fields by which a supplier is named, on this page and on the coordinator's.
pub(super) fn supplier_fields(form: &Posted, refusal: Option<&Refusal>) -> Vec<TextField> {
    let errors = form_errors(refusal);
    vec![
        TextField::new("supplier", "Supplier’s name")
            .value(form.text("supplier"))
            .error(errors.get("supplier"))
            .autocomplete("organization"),
        TextField::email("email", "Email address")
            .hint("The link goes here. It is the address for everything about this tender.")
            .value(form.text("email"))
            .error(errors.get("email"))
            .autocomplete("email"),
        TextField::new("ppon", "PPON (if known)")
            .hint("Public procurement organisation number, such as ABCD-1234-EFGH.")
            .value(form.text("ppon"))
            .width(Width::Chars16)
            .error(errors.get("ppon")),
        TextField::new("companies_house", "Companies House number (if any)")
            .hint("Such as 01234567 or SC123456.")
            .value(form.text("companies_house"))
            .width(Width::Chars16)
            .error(errors.get("companies_house")),
    ]
}

/// What those fields hold.
pub(super) fn supplier_input(form: &Posted) -> InvitationInput {
    InvitationInput {
        supplier: form.text("supplier").to_owned(),
        email: form.text("email").to_owned(),
        ppon: form.optional("ppon"),
        companies_house: form.optional("companies_house"),
    }
}

async fn show(visit: &Visit, reference: String, form: &Posted, refusal: Option<&Refusal>) -> PageResult {
    let (tender, versions, now) = visit
        .read(move |r| async move {
            let tender = tender::published(&r, &reference).await?;
            let versions = pack::versions(&r, tender.procurement.id).await?;
            Ok((tender, versions, r.now()))
        })
        .await?;
    let pack = &tender.pack;
    let deadline = london_text(tender.deadline);
    let template = TenderPage {
        shell: visit
            .shell(pack.title.clone())
            .fact(format!("Tender {}", pack.reference))
            .fact(format!("Bids due before {deadline}"))
            .crumb("Open tenders", "/tenders")
            .errors(&form_errors(refusal)),
        deadline,
        passed: tender.has_passed(now),
        takes_bids: tender.takes_bids(),
        sends_mail: visit.db.installation().sends_mail,
        councils: pack.councils.iter().map(|row| (row.name.clone(), row.part.label())).collect(),
        method: method(pack),
        lots: pack.lots.iter().map(|lot| lot_part(pack, lot)).collect(),
        requirements: pack.requirements.iter().map(asked).collect(),
        documents: pack
            .documents
            .iter()
            .map(|row| (row.name.clone(), row.sha256.clone(), size_text(row.size)))
            .collect(),
        versions: version_rows(versions),
        fields: supplier_fields(form, refusal),
        tender,
    };
    match refusal {
        None => page(&template),
        Some(refusal) => page_again(refusal, &template),
    }
}

#[handler]
pub(super) async fn view(visit: Visit, Path(reference): Path<String>) -> PageResult {
    show(&visit, reference, &Posted::default(), None).await
}

#[handler]
pub(super) async fn request(visit: Visit, Path(reference): Path<String>, form: Posted) -> PageResult {
    let (input, named) = (supplier_input(&form), reference.clone());
    let asked = visit
        .db
        .write(&Caller::Nobody, move |w| async move { invitation::request(&w, &named, input).await })
        .await;
    match asked {
        Ok(()) => done(
            &format!("/tenders/{reference}"),
            "A link is on its way to this address. It works once, within 24 hours.",
        ),
        Err(refusal) => show(&visit, reference, &form, Some(&refusal)).await,
    }
}

#[handler]
pub(super) async fn document(visit: Visit, Path((reference, sha256)): Path<(String, String)>) -> PageResult {
    Ok(download(visit.read(move |r| async move { tender::document(&r, &reference, &sha256).await }).await?))
}
