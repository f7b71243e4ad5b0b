//! Tender documents through pages.

use askama::Template;
use entity::document;
use poem::web::Path;
use poem::{IntoResponse, handler};
use uuid::Uuid;

use super::told::{self, Part};
use super::{base, entrance, shell};
use crate::http::fields::FileField;
use crate::http::reply::Download;
use crate::http::shell::{FieldErrors, Shell};
use crate::http::texts::size_text;
use crate::http::visit::{done, page, page_again};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::Refusal;
use crate::kernel::access::Scope;
use crate::kernel::refusal::Kind;
use crate::tendering::document as documents;
use crate::tendering::document::DocumentInput;

struct Row {
    document: document::Model,
    size: String,
}

#[derive(Template)]
#[template(path = "tendering/documents.html")]
struct DocumentsPage {
    shell: Shell,
    base: String,
    documents: Vec<Row>,
    file: FileField,
}

async fn documents_page(
    visit: &Visit,
    scope: &Scope,
    refusal: Option<&Refusal>,
) -> Result<DocumentsPage, Refusal> {
    let id = scope.id();
    let rows = visit.read(move |r| async move { documents::all(&r, id).await }).await?;
    // Whatever is wrong is wrong with the file that was chosen.
    let errors: FieldErrors = refusal
        .map(|refusal| {
            let told: Vec<_> = if refusal.fields.is_empty() {
                vec![refusal.detail.clone()]
            } else {
                refusal.fields.iter().map(|fault| fault.message.clone()).collect()
            };
            told.into_iter().map(|message| ("file", message)).collect()
        })
        .unwrap_or_default();
    Ok(DocumentsPage {
        documents: rows
            .into_iter()
            .map(|document| Row { size: size_text(document.size), document })
            .collect(),
        file: FileField::new("file", "File").error(errors.get("file")),
        shell: shell(visit, scope, "Documents").errors(&errors),
        base: base(id),
    })
}

#[handler]
pub(super) async fn list_page(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    let (scope, may_change) = entrance(&visit, id).await?;
    if !may_change {
        return told::page(&visit, scope, Part::Documents).await;
    }
    page(&documents_page(&visit, &scope, None).await?)
}

#[handler]
pub(super) async fn add(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    let added = match form.file("file") {
        None => Err(Refusal::field("file", "missing", "Choose a file.")),
        Some(file) => {
            let input = DocumentInput {
                name: file.name.clone(),
                media_type: file.media_type.clone(),
                bytes: file.bytes.clone(),
            };
            match documents::prepare(input).await {
                Ok(file) => visit.write(move |w| async move { documents::add(&w, id, file).await }).await,
                Err(refusal) => Err(refusal),
            }
        }
    };
    match added {
        Ok(document) => done(&format!("{}/documents", base(id)), &format!("{} is added.", document.name)),
        Err(refusal) if matches!(refusal.kind, Kind::Invalid | Kind::TooLarge) => {
            let (scope, _) = entrance(&visit, id).await?;
            page_again(&refusal, &documents_page(&visit, &scope, Some(&refusal)).await?)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

#[handler]
pub(super) async fn download(visit: Visit, Path((id, document)): Path<(Uuid, Uuid)>) -> PageResult {
    let file = visit.read(move |r| async move { documents::download(&r, id, document).await }).await?;
    Ok(Download { name: file.name, media_type: file.media_type, bytes: file.bytes }.into_response())
}

#[handler]
pub(super) async fn remove(visit: Visit, Path((id, document)): Path<(Uuid, Uuid)>) -> PageResult {
    let document = visit.write(move |w| async move { documents::remove(&w, id, document).await }).await?;
    done(&format!("{}/documents", base(id)), &format!("{} is removed.", document.name))
}
