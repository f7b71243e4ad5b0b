//! What submitting now would change against the submission that stands.

use poem_openapi::param::Query;
use poem_openapi::{Object, OpenApi};

use super::place;
use crate::bidding::draft::difference::{self, Difference, Told};
use crate::http::tags::Tag;
use crate::http::{Page, Reply, Signed};

/// Differences.
pub struct Operations;

/// A value with where it stands.
#[derive(Object)]
struct DifferentValue {
    value: String,
    /// Whether it was typed on the page.
    typed: bool,
    #[oai(skip_serializing_if_is_none)]
    sheet: Option<String>,
    #[oai(skip_serializing_if_is_none)]
    cell: Option<String>,
}

impl From<Told> for DifferentValue {
    fn from(told: Told) -> Self {
        let (sheet, cell, typed) = place(told.place);
        Self { value: told.value, typed, sheet, cell }
    }
}

/// One thing that submitting now would change.
#[derive(Object)]
struct SubmissionDifference {
    /// `price`, `response`, `answer`, `document`, `confidential` or `workbook`.
    kind: String,
    /// The code of the price line, requirement or question; empty for the workbook as a file.
    code: String,
    title: String,
    /// `added`, `removed` or `changed`.
    change: String,
    /// What the submission that stands says.
    #[oai(skip_serializing_if_is_none)]
    old: Option<DifferentValue>,
    /// What a submission now would say.
    #[oai(skip_serializing_if_is_none)]
    new: Option<DifferentValue>,
}

impl From<Difference> for SubmissionDifference {
    fn from(difference: Difference) -> Self {
        Self {
            kind: difference.kind.as_str().to_owned(),
            change: difference.change().to_owned(),
            code: difference.code,
            title: difference.title,
            old: difference.old.map(DifferentValue::from),
            new: difference.new.map(DifferentValue::from),
        }
    }
}

#[OpenApi(tag = "Tag::Bidding")]
impl Operations {
    /// List what submitting now would change against the submission that stands, in the order of the pack. Empty where
    /// none stands. Suppliers only.
    #[oai(path = "/supplier/differences", method = "get", operation_id = "supplier_difference_list")]
    async fn supplier_difference_list(
        &self,
        Signed(call): Signed,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<SubmissionDifference>> {
        call.list("/api/v1/supplier/differences".to_owned(), after.0, limit.0, |r, paging| async move {
            Ok(difference::list(&r, &paging).await?.map(SubmissionDifference::from))
        })
        .await
    }
}
