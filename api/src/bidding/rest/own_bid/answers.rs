//! Question by question what a supplier has for its answer; typing one, and marking what is confidential.

use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};

use crate::bidding::draft::answers::{self, OwnAnswer};
use crate::bidding::draft::typed::{self, WordsInput};
use crate::http::reply::{Download, FileReply};
use crate::http::tags::Tag;
use crate::http::{Json, Page, Reply, Signed};
use crate::kernel::clock::rfc3339;

/// Typed answers.
pub struct Operations;

/// The answer that stands in the workbook.
#[derive(Object)]
struct WorkbookAnswer {
    text: String,
    words: u32,
    sheet: String,
    cell: String,
}

/// A question with what the supplier has for its answer.
#[derive(Object)]
struct SupplierAnswer {
    /// The lot's code.
    lot: String,
    /// The question's code.
    question: String,
    title: String,
    /// What is asked.
    asked: String,
    /// The longest answer, in words, if it is limited.
    #[oai(skip_serializing_if_is_none)]
    word_limit: Option<u32>,
    /// Whether a document may answer it.
    takes_document: bool,
    /// The text that is typed here: plain text, paragraphs parted by line ends. It counts before the workbook's.
    #[oai(skip_serializing_if_is_none)]
    text: Option<String>,
    /// How many words the typed text has.
    words: u32,
    #[oai(skip_serializing_if_is_none)]
    in_workbook: Option<WorkbookAnswer>,
    /// The name of the document that answers it; it counts beside a text.
    #[oai(skip_serializing_if_is_none)]
    document: Option<String>,
    /// Which of them counts, in words.
    counts: String,
    /// Why the text is confidential, where it is marked.
    #[oai(skip_serializing_if_is_none)]
    confidential_because: Option<String>,
    /// Why the document is confidential, where it is marked.
    #[oai(skip_serializing_if_is_none)]
    document_confidential_because: Option<String>,
    /// When something was last typed about it.
    #[oai(skip_serializing_if_is_none)]
    saved_at: Option<String>,
    /// 0 where nothing was ever typed.
    version: i64,
}

impl From<OwnAnswer> for SupplierAnswer {
    fn from(answer: OwnAnswer) -> Self {
        Self {
            counts: answer.counts(),
            lot: answer.lot,
            question: answer.code,
            title: answer.title,
            asked: answer.asked,
            word_limit: answer.word_limit,
            takes_document: answer.takes_document,
            text: answer.typed,
            words: answer.words,
            in_workbook: answer.in_workbook.map(|found| WorkbookAnswer {
                text: found.text,
                words: found.words,
                sheet: found.sheet,
                cell: found.cell,
            }),
            document: answer.document.map(|row| row.name),
            confidential_because: answer.confidential_because,
            document_confidential_because: answer.document_confidential_because,
            saved_at: answer.saved_at.map(rfc3339),
            version: answer.version,
        }
    }
}

/// What a supplier types about a question, in place of everything it typed before: what is left out is removed.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct SupplierAnswerBody {
    /// The answer, as plain text, within the question's word limit.
    #[oai(skip_serializing_if_is_none)]
    text: Option<String>,
    /// Marks the text as confidential: why, in at most 500 characters.
    #[oai(skip_serializing_if_is_none)]
    confidential_because: Option<String>,
    /// Marks the document that answers the question as confidential: why, in at most 500 characters.
    #[oai(skip_serializing_if_is_none)]
    document_confidential_because: Option<String>,
}

#[OpenApi(tag = "Tag::Bidding")]
impl Operations {
    /// List the questions, in the order of the pack, each with what answers it. Suppliers only.
    #[oai(path = "/supplier/answers", method = "get", operation_id = "supplier_answer_list")]
    async fn supplier_answer_list(
        &self,
        Signed(call): Signed,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<SupplierAnswer>> {
        call.list("/api/v1/supplier/answers".to_owned(), after.0, limit.0, |r, paging| async move {
            Ok(answers::list(&r, &paging).await?.map(SupplierAnswer::from))
        })
        .await
    }

    /// One question with what answers it. Suppliers only.
    #[oai(path = "/supplier/answers/:question", method = "get", operation_id = "supplier_answer_view")]
    async fn supplier_answer_view(
        &self,
        Signed(call): Signed,
        question: Path<String>,
    ) -> Reply<SupplierAnswer> {
        call.read(move |r| async move { Ok(answers::one(&r, &question.0).await?.into()) }).await
    }

    /// Type the answer to a question, and mark what of it is confidential. If-Match is the version that was seen, "0" for
    /// the first. Suppliers only.
    #[oai(path = "/supplier/answers/:question", method = "put", operation_id = "supplier_answer_save")]
    async fn supplier_answer_save(
        &self,
        Signed(call): Signed,
        question: Path<String>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<SupplierAnswerBody>,
    ) -> Reply<SupplierAnswer> {
        let SupplierAnswerBody { text, confidential_because, document_confidential_because } = body.0;
        let input = WordsInput { text, confidential_because, document_confidential_because };
        call.change(if_match.0, move |w, seen| async move {
            Ok(typed::save(&w, &question.0, seen, input).await?.into())
        })
        .await
    }

    /// A typed answer as a text file. Suppliers only.
    #[oai(
        path = "/supplier/answers/:question/text",
        method = "get",
        operation_id = "supplier_answer_download"
    )]
    async fn supplier_answer_download(&self, Signed(call): Signed, question: Path<String>) -> FileReply {
        let file =
            call.db.read(&call.caller, move |r| async move { typed::download(&r, &question.0).await }).await;
        file.map(Download::from).into()
    }
}
