//! The public tender page: the front door for suppliers, without sign-in.

use askama::Template;
use poem::handler;
use poem::web::{Path, Query};
use rules::words::Part;

use super::published::{self, PublishedRow};
use super::told::{self, Asked, LotPart, ScalePart};
use super::{After, download};
use crate::bidding::invitation::{self, InvitationInput};
use crate::bidding::tender::{self, Contact, Tender};
use crate::http::fields::{TextField, Width};
use crate::http::shell::{FieldErrors, Shell};
use crate::http::texts::size_text;
use crate::http::visit::{done, form_errors, form_page, page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::clock::london_text;
use crate::kernel::limit::Source;
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

const BOX_OPENED: &str = "The tender box has been opened. Bids are no longer taken.";

#[derive(Template)]
#[template(path = "bidding/tender.html")]
struct TenderPage {
    shell: Shell,
    tender: Tender,
    deadline: String,
    passed: bool,
    takes_bids: bool,
    sends_mail: bool,
    lead: Option<Contact>,
    councils: Vec<Contact>,
    named_options: bool,
    method: Vec<(&'static str, String)>,
    lots: Vec<LotPart>,
    scales: Vec<ScalePart>,
    requirements: Vec<Asked>,
    codes: Vec<(&'static str, &'static str)>,
    documents: Vec<(String, String, String)>,
    versions: Vec<VersionRow>,
    answers: Vec<PublishedRow>,
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
    let (tender, councils, versions, answers, now) = visit
        .read(move |r| async move {
            let tender = tender::published(&r, &reference).await?;
            let councils = tender::contacts(&r, &tender).await?;
            let versions = pack::versions(&r, tender.procurement.id).await?;
            let answers = published::rows(&r, tender.procurement.id).await?;
            Ok((tender, councils, versions, answers, r.now()))
        })
        .await?;
    let pack = &tender.pack;
    let deadline = london_text(tender.deadline);
    let errors: FieldErrors = match refusal {
        // There is no form any more whose fields could be wrong.
        Some(_) if !tender.takes_bids() => [("", BOX_OPENED)].into_iter().collect(),
        _ => form_errors(refusal),
    };
    let template = TenderPage {
        shell: visit
            .shell(pack.title.clone())
            .fact(format!("Tender {}", pack.reference))
            .fact(format!("Bids due before {deadline}"))
            .crumb("Open tenders", "/tenders")
            .errors(&errors),
        deadline,
        passed: tender.has_passed(now),
        takes_bids: tender.takes_bids(),
        sends_mail: visit.db.installation().sends_mail,
        lead: councils.iter().find(|council| council.part == Part::Lead).cloned(),
        named_options: councils.iter().any(|council| council.part == Part::NamedOption),
        councils,
        method: told::method(pack),
        lots: told::lots(pack),
        scales: told::scales(pack),
        requirements: told::requirements(pack),
        codes: told::response_codes(),
        documents: pack
            .documents
            .iter()
            .map(|row| (row.name.clone(), row.sha256.clone(), size_text(row.size)))
            .collect(),
        versions: version_rows(versions),
        answers,
        fields: supplier_fields(form, refusal),
        tender,
    };
    form_page(refusal, &template)
}

#[handler]
pub(super) async fn view(visit: Visit, Path(reference): Path<String>) -> PageResult {
    show(&visit, reference, &Posted::default(), None).await
}

#[handler]
pub(super) async fn request(
    visit: Visit,
    source: Source,
    Path(reference): Path<String>,
    form: Posted,
) -> PageResult {
    let (input, named) = (supplier_input(&form), reference.clone());
    let asked = visit
        .db
        .write(&Caller::Nobody, move |w| async move { invitation::request(&w, &named, input, &source).await })
        .await;
    match asked {
        Ok(()) => done(&format!("/tenders/{reference}"), invitation::REQUESTED),
        Err(refusal) => show(&visit, reference, &form, Some(&refusal)).await,
    }
}

#[handler]
pub(super) async fn pack_json(visit: Visit, Path(reference): Path<String>) -> PageResult {
    Ok(download(visit.read(move |r| async move { tender::pack_json(&r, &reference).await }).await?))
}

#[handler]
pub(super) async fn document(visit: Visit, Path((reference, sha256)): Path<(String, String)>) -> PageResult {
    Ok(download(visit.read(move |r| async move { tender::document(&r, &reference, &sha256).await }).await?))
}
