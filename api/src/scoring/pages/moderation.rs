//! Moderation of one answer: all marks beside each other, and the mark of record.

use askama::Template;
use entity::procurement;
use poem::handler;
use poem::web::{Path, Query};
use rules::stage::Stage;
use rules::words::Role;
use serde::Deserialize;
use uuid::Uuid;

use super::agenda::{finding, strip};
use super::{AnswerPart, changes};
use crate::http::charts::Svg;
use crate::http::fields::{AreaField, CheckField, RadioField, TextField};
use crate::http::shell::Shell;
use crate::http::visit::{done, form_errors, form_page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::Refusal;
use crate::scoring::change::propose::{self, ChangeInput};
use crate::scoring::change::{self, Possible};
use crate::scoring::consensus::{self, Agreed, ConsensusInput, REPEATS_DESCRIPTOR};
use crate::scoring::desk;
use crate::scoring::moderation::{self, Individual, One};

struct Comment {
    name: String,
    council: String,
    value: String,
    explanation: String,
    href: String,
}

impl Comment {
    /// `here` is the address of the page that takes it over.
    fn new(one: &Individual, here: &str) -> Self {
        Self {
            name: one.name.clone(),
            council: one.council.clone(),
            value: one.mark.value.clone(),
            explanation: one.mark.explanation.clone(),
            href: format!("{here}?from={}#rationale", one.mark.person_id),
        }
    }
}

#[derive(Template)]
#[template(path = "scoring/moderate.html")]
struct ModeratePage {
    shell: Shell,
    question: String,
    answer: AnswerPart,
    chart: Svg,
    finding: String,
    mean: String,
    comments: Vec<Comment>,
    /// Marks that do not count.
    former: Vec<Comment>,
    /// Whether one panel member alone marks it, whose mark a second person confirms.
    confirmed: bool,
    open: bool,
    /// Why a locked mark is changed, where this proposes a change.
    reason: Option<AreaField>,
    button: &'static str,
    /// Where a change of a locked mark is proposed, or waits.
    change: Option<(&'static str, String)>,
    version: i32,
    mark: RadioField,
    rationale: AreaField,
    strengths: AreaField,
    weaknesses: AreaField,
    reference: TextField,
    present: CheckField,
    others: TextField,
    dissent: AreaField,
    confirm: Option<CheckField>,
    agreed: Option<entity::consensus::Model>,
    back: String,
}

/// Who reads a rationale.
const RATIONALE: &str = "In the words the bidder will read.";
/// The same where part of the answer is marked as confidential (PA23 s.94).
const RATIONALE_CONFIDENTIAL: &str = "In the words the bidder will read, and all other bidders if it wins. It marked part of this answer as confidential: do not repeat that here.";

/// What the page is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    /// The mark of record, agreed with the panel before the lock.
    Agree,
    /// A change of it after the lock, for a second person to approve.
    Change,
}

#[derive(Default, Deserialize)]
pub(super) struct From {
    /// The panel member whose comment becomes the rationale.
    from: Option<Uuid>,
}

/// What the form holds: as posted, as agreed before, or with a panel member's comment taken over.
fn filled(one: &One, from: Option<Uuid>, posted: Option<&Posted>) -> ConsensusInput {
    if let Some(form) = posted {
        return input(form);
    }
    let mut filled = match &one.item.consensus {
        Some(agreed) => ConsensusInput {
            value: agreed.value.clone(),
            rationale: agreed.rationale.clone(),
            strengths: agreed.strengths.clone(),
            weaknesses: agreed.weaknesses.clone(),
            reference: agreed.reference.clone(),
            present: agreed.present.clone(),
            dissent: agreed.dissent.clone(),
            confirm: false,
        },
        // A mark of one panel member alone is there to be confirmed.
        None => ConsensusInput {
            value: match one.item.marks.as_slice() {
                [only] => only.mark.value.clone(),
                _ => String::new(),
            },
            ..ConsensusInput::default()
        },
    };
    if let Some(chosen) = one.item.marks.iter().find(|mark| Some(mark.mark.person_id) == from) {
        filled.value.clone_from(&chosen.mark.value);
        filled.rationale.clone_from(&chosen.mark.explanation);
    }
    filled
}

/// Who is offered as present: those who marked, and the moderator. Nobody is ticked before somebody says so.
fn expected<'a>(one: &'a One, moderator: &'a str) -> Vec<&'a str> {
    let mut names: Vec<&str> = one.item.marks.iter().map(|mark| mark.name.as_str()).collect();
    if !names.contains(&moderator) {
        names.push(moderator);
    }
    names
}

/// The two fields that say who was present: those who are expected as boxes, and anybody else as text.
fn present_fields(present: &str, expected: &[&str]) -> (CheckField, TextField) {
    let named: Vec<&str> = present.split(", ").filter(|name| !name.trim().is_empty()).collect();
    let mut boxes =
        CheckField::new("present", "Who was present").options(expected.iter().map(|name| (*name, *name)));
    for name in &named {
        boxes = boxes.chosen(name);
    }
    let others: Vec<&str> = named.into_iter().filter(|name| !expected.contains(name)).collect();
    let others = TextField::new("present_others", "Anybody else who was present")
        .hint("Names, with commas between them. Leave this empty where nobody else was.")
        .value(others.join(", "));
    (boxes, others)
}

/// The parts of a mark of record, each with what it is called.
pub(super) fn stands(agreed: Agreed) -> [(&'static str, String); 7] {
    [
        ("Mark", agreed.value),
        ("Rationale", agreed.rationale),
        ("Strengths", agreed.strengths),
        ("Weaknesses", agreed.weaknesses),
        ("Where in the bid", agreed.reference),
        ("Present", agreed.present),
        ("Dissent", agreed.dissent),
    ]
}

type At = (Uuid, Uuid, String, Uuid);

async fn show_one(
    visit: &Visit,
    (id, lot, question, bid): At,
    (purpose, from): (Purpose, Option<Uuid>),
    refused: Option<(&Posted, &Refusal)>,
) -> PageResult {
    let code = question.clone();
    let (procurement, moderates, one, possible): (procurement::Model, bool, One, Possible) = visit
        .read(move |r| async move {
            let one = moderation::one(&r, id, lot, &code, bid).await?;
            let desk = desk::view(&r, id).await?;
            let possible = change::possible(&r, id, lot, (bid, &code)).await?;
            Ok((desk.scope.procurement.clone(), desk.scope.holds(Role::Moderator), one, possible))
        })
        .await?;
    let asked = one.lot.question(&question)?;
    let refusal = refused.map(|(_, refusal)| refusal);
    let errors = form_errors(refusal);
    let filled = filled(&one, from, refused.map(|(form, _)| form));
    let (present, others) = present_fields(&filled.present, &expected(&one, &visit.caller.person()?.name));
    let finding = finding(&one.item);
    let back = format!("/procurements/{id}/moderation");
    let own = format!("{back}/{lot}/{question}/{bid}");
    let here = if purpose == Purpose::Change { format!("{own}/change") } else { own.clone() };
    let stage = procurement.stage.0;
    let may_agree = moderates && stage == Stage::Scoring && one.locked_at.is_none();
    let changing = purpose == Purpose::Change;
    let title = if changing { "Change" } else { "Moderate" };
    let repeats =
        refusal.is_some_and(|refusal| refusal.fields.iter().any(|fault| fault.code == REPEATS_DESCRIPTOR));
    let template = ModeratePage {
        shell: visit
            .procurement_shell(
                format!("{title} {question} of {}", one.item.bid.supplier),
                &procurement,
                "moderation",
            )
            .crumb("Moderation", back.clone())
            .fact(format!("Lot {}", one.lot.published().code))
            .fact(one.item.title.clone())
            .fact(finding.clone())
            .errors(&errors)
            .stands_now(refusal, one.item.consensus.iter().map(Agreed::of).flat_map(stands)),
        question: asked.question.text.clone(),
        chart: strip(&one.item, asked.scale, "strip", &finding),
        mean: one.item.mean.clone().unwrap_or_default(),
        comments: one.item.marks.iter().map(|mark| Comment::new(mark, &here)).collect(),
        former: one.item.former.iter().map(|mark| Comment::new(mark, &here)).collect(),
        confirmed: one.item.confirmed,
        open: if changing { possible == Possible::Yes } else { may_agree },
        reason: changing.then(|| {
            AreaField::new("reason", "Why a locked mark is changed")
                .hint("What was wrong with it, and how that was noticed. A second person, auditors and a court read this.")
                .value(refused.map(|(form, _)| form.text("reason")).unwrap_or_default())
                .rows(4)
                .error(errors.get("reason"))
        }),
        button: match (changing, one.item.confirmed) {
            (true, _) => "Propose the change",
            (false, true) => "Confirm the mark",
            (false, false) => "Record the agreed mark",
        },
        change: match possible {
            Possible::Yes if !changing => Some(("Propose a change", format!("{own}/change"))),
            Possible::Waits(change) => {
                Some(("See the change that waits", format!("{}/{change}", changes::base(id))))
            }
            Possible::Yes | Possible::Awarded | Possible::No => None,
        },
        version: one.item.consensus.as_ref().map_or(0, |agreed| agreed.revision),
        mark: RadioField::marks("value", "Agreed mark")
            .options(asked.scale.marks.iter().map(|mark| (mark.value.clone(), mark.descriptor.clone())))
            .chosen(&filled.value)
            .error(errors.get("value")),
        rationale: AreaField::new("rationale", "Rationale")
            .hint(if one.answer.confidential.is_marked() { RATIONALE_CONFIDENTIAL } else { RATIONALE })
            .value(&filled.rationale)
            .rows(6)
            .error(errors.get("rationale")),
        strengths: AreaField::new("strengths", "Strengths (optional)")
            .hint("Where the bidder should read apart what is good about the answer.")
            .value(&filled.strengths)
            .rows(2)
            .error(errors.get("strengths")),
        weaknesses: AreaField::new("weaknesses", "Weaknesses (optional)")
            .hint("Where the bidder should read apart what it lacks.")
            .value(&filled.weaknesses)
            .rows(2)
            .error(errors.get("weaknesses")),
        reference: TextField::new("reference", "Where in the bid")
            .hint("The answer, a page of a document, or “nothing found”.")
            .value(&filled.reference)
            .error(errors.get("reference")),
        present: present.error(errors.get("present")),
        others,
        dissent: AreaField::new("dissent", "Who disagreed, and why")
            .hint("Leave this empty where nobody did.")
            .value(&filled.dissent)
            .rows(2)
            .error(errors.get("dissent")),
        confirm: repeats.then(|| {
            CheckField::yes("confirm", "Keep this rationale although it repeats the descriptor", false)
        }),
        answer: AnswerPart::new(one.answer, &format!("/procurements/{id}/scoring/{lot}/{question}/{bid}")),
        agreed: one.item.consensus,
        finding,
        back,
    };
    form_page(refusal, &template)
}

#[handler]
pub(super) async fn show(visit: Visit, Path(at): Path<At>, Query(query): Query<From>) -> PageResult {
    show_one(&visit, at, (Purpose::Agree, query.from), None).await
}

fn input(form: &Posted) -> ConsensusInput {
    let mut present = form.all("present");
    present.extend(form.text("present_others").split(',').map(|name| name.trim().to_owned()));
    present.retain(|name| !name.is_empty());
    ConsensusInput {
        value: form.text("value").to_owned(),
        rationale: form.text("rationale").to_owned(),
        strengths: form.text("strengths").to_owned(),
        weaknesses: form.text("weaknesses").to_owned(),
        reference: form.text("reference").to_owned(),
        present: present.join(", "),
        dissent: form.text("dissent").to_owned(),
        confirm: form.ticked("confirm"),
    }
}

#[handler]
pub(super) async fn agree(visit: Visit, Path(at): Path<At>, form: Posted) -> PageResult {
    let (id, lot, question, bid) = at.clone();
    let (seen, input) = (form.version()?, input(&form));
    let agreed = visit
        .write(move |w| async move { consensus::agree(&w, id, lot, bid, &question, seen, input).await })
        .await;
    match agreed {
        Ok(_) => done(&format!("/procurements/{id}/moderation"), "The agreed mark is recorded."),
        Err(refusal) if [409, 412, 422].contains(&refusal.status()) => {
            show_one(&visit, at, (Purpose::Agree, None), Some((&form, &refusal))).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}

#[handler]
pub(super) async fn show_change(visit: Visit, Path(at): Path<At>, Query(query): Query<From>) -> PageResult {
    show_one(&visit, at, (Purpose::Change, query.from), None).await
}

#[handler]
pub(super) async fn propose_change(visit: Visit, Path(at): Path<At>, form: Posted) -> PageResult {
    let (id, lot, question, bid) = at.clone();
    let seen = form.version()?;
    let input = ChangeInput { agreed: input(&form), reason: form.text("reason").to_owned() };
    let proposed = visit
        .write(move |w| async move {
            propose::propose(&w, id, lot, (bid, &question), seen, input).await.map(|change| change.row.id)
        })
        .await;
    match proposed {
        Ok(change) => {
            let path = format!("{}/{change}", changes::base(id));
            done(&path, "The change is proposed. Another person decides on it.")
        }
        Err(refusal) if [409, 412, 422].contains(&refusal.status()) => {
            show_one(&visit, at, (Purpose::Change, None), Some((&form, &refusal))).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}
