//! Award models to begin with, through the API.

use poem_openapi::param::{Header, Path};
use poem_openapi::{Object, OpenApi};
use rules::starter::{Section, Starter};
use uuid::Uuid;

use super::lots::Lot;
use crate::http::{Json, Page, Reply, Signed};
use crate::kernel::{Action, Slice};
use crate::tendering::{exact_text, starter};

/// The operations on starters.
pub struct Operations;

/// An award model to begin with.
#[derive(Object)]
struct StarterModel {
    /// Its word, by which a lot is begun.
    starter: String,
    title: String,
    /// Price’s share of the total, in percent.
    price_weight: String,
    /// Social value’s share of the total, in percent; 0 for none.
    social_value: String,
    sections: Vec<StarterSection>,
}

/// A section of it.
#[derive(Object)]
struct StarterSection {
    title: String,
    /// Percent of quality; with the others exactly 100.
    weight: String,
    questions: Vec<StarterQuestion>,
}

/// A question of it.
#[derive(Object)]
struct StarterQuestion {
    title: String,
    /// Percent of its section.
    weight: String,
    /// What is asked.
    text: String,
}

impl From<Starter> for StarterModel {
    fn from(starter: Starter) -> Self {
        let question = |question: &rules::starter::StarterQuestion| StarterQuestion {
            title: question.title.to_owned(),
            weight: question.weight.to_string(),
            text: question.text.to_owned(),
        };
        let section = |(weight, section): (rules::exact::Exact, Section)| StarterSection {
            title: section.title.to_owned(),
            weight: exact_text(&weight),
            questions: section.questions.iter().map(question).collect(),
        };
        Self {
            starter: starter.to_string(),
            title: starter.label().to_owned(),
            price_weight: starter.price_weight().to_string(),
            social_value: starter.social_value().to_string(),
            sections: starter.sections().into_iter().map(section).collect(),
        }
    }
}

/// What a lot is begun from.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct BeginningBody {
    /// `quality_60`, `quality_60_social_value`, `quality_70` or `quality_70_social_value`.
    starter: String,
}

#[OpenApi(tag = "crate::http::tags::Tag::Tendering")]
impl Operations {
    /// Award models to begin a lot from, to be adapted.
    #[oai(path = "/starter-models", method = "get", operation_id = "starter_model_list")]
    async fn starter_model_list(&self, Signed(call): Signed) -> Reply<Page<StarterModel>> {
        call.list("/api/v1/starter-models".to_owned(), None, None, |r, _| async move {
            r.caller().needs(Action::Read)?;
            let items = Starter::ALL.iter().copied().map(StarterModel::from).collect();
            Ok(Slice { items, next: None })
        })
        .await
    }

    /// Begin a lot from a starter: sets the weight of price, and adds sections and questions with their weights. Only a lot without
    /// criteria. The coordinator only, before publication.
    #[oai(
        path = "/procurements/:procurement_id/lots/:lot_id/beginning",
        method = "post",
        operation_id = "lot_begin"
    )]
    async fn lot_begin(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        lot_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<BeginningBody>,
    ) -> Reply<Lot> {
        let BeginningBody { starter } = body.0;
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            Ok(starter::begin(&w, procurement_id.0, lot_id.0, seen, &starter).await?.into())
        })
        .await
    }
}
