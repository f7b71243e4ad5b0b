//! Partners and roles: which councils take part, by which power and how far, and who has which part.

use askama::Template;
use poem::web::Path;
use poem::{Route, get, handler, post};
use rules::money::Pence;
use rules::stage::Stage;
use rules::words::{ContractingModel, Part, ParticipationState, Role};
use uuid::Uuid;

use crate::http::fields::{RadioField, SelectField};
use crate::http::shell::Shell;
use crate::http::visit::{done, form_errors, form_page};
use crate::http::{PageResult, Posted, Visit};
use crate::kernel::access::Scope;
use crate::kernel::clock::day_text;
use crate::kernel::paging::MAX_LIMIT;
use crate::kernel::{Caller, Paging, Reading, Refusal};
use crate::people::council as councils;
use crate::pooling::participation::{self as participations, CouncilPart, InviteInput, signs};
use crate::pooling::procurement as procurements;
use crate::pooling::role::{self as roles, Candidate, Held, RoleInput};

pub(super) fn routes(route: Route) -> Route {
    route
        .at("/procurements/:id/partners", get(show).post(partner_invite))
        .at("/procurements/:id/roles", post(role_give))
        .at("/procurements/:id/roles/:role/take-back", post(role_take_back))
}

/// A council as the table shows it.
struct PartnerRow {
    name: String,
    part: &'static str,
    state: &'static str,
    state_kind: &'static str,
    signs: bool,
    delegation: String,
    award: &'static str,
    commitment: &'static str,
    ceiling: String,
    agreed: bool,
}

impl PartnerRow {
    fn new(one: CouncilPart, model: ContractingModel, pool_version: i64) -> Self {
        let CouncilPart { council, part } = one;
        let mut delegation: Vec<String> = Vec::new();
        delegation.extend(part.instrument.map(|word| word.0.label().to_owned()));
        delegation.extend(part.minute.clone());
        delegation.extend(part.delegated_on.map(|day| format!("given {}", day_text(day))));
        delegation.extend(part.delegation_expires_on.map(|day| format!("until {}", day_text(day))));
        delegation.extend(part.delegation_cap_pence.map(|cap| format!("up to {}", Pence(cap).pounds())));
        let (state, state_kind) = match part.state.0 {
            ParticipationState::Invited => ("Invited", "warn"),
            ParticipationState::Accepted => ("Accepted", "good"),
            ParticipationState::Declined => ("Declined", "plain"),
        };
        Self {
            name: council.name,
            part: part.part.0.label(),
            state,
            state_kind,
            signs: signs(model, part.part.0),
            delegation: if delegation.is_empty() { "–".to_owned() } else { delegation.join(", ") },
            award: match (part.part.0, part.delegates_award) {
                (Part::NamedOption, _) => "Does not decide",
                (_, true) => "The lead decides for it",
                (_, false) => "Decides itself",
            },
            commitment: part.commitment.map_or("–", |word| word.0.label()),
            ceiling: part.ceiling_pence.map_or_else(|| "–".to_owned(), |ceiling| Pence(ceiling).pounds()),
            agreed: part.agreed_pool_version == Some(pool_version),
        }
    }
}

/// A person's part as the table shows it.
struct RoleRow {
    id: Uuid,
    person: String,
    council: String,
    outsider: bool,
    role: &'static str,
    may_take_back: bool,
}

struct InviteForm {
    council: SelectField,
    part: RadioField,
}

struct RoleForm {
    person: SelectField,
    role: RadioField,
}

#[derive(Template)]
#[template(path = "pooling/partners.html")]
struct PartnersPage {
    shell: Shell,
    base: String,
    rows: Vec<PartnerRow>,
    invited: bool,
    invite: Option<InviteForm>,
    roles: Vec<RoleRow>,
    give: Option<RoleForm>,
}

/// Everything the page shows.
struct Shown {
    scope: Scope,
    partners: Vec<CouncilPart>,
    roles: Vec<Held>,
    /// None where the visitor gives no parts.
    candidates: Option<Vec<Candidate>>,
    /// Councils that could be invited.
    others: Vec<(Uuid, String)>,
}

async fn read_all(r: Reading, id: Uuid, administrator: bool) -> Result<Shown, Refusal> {
    let scope = procurements::one(&r, id).await?;
    let first = || Paging { after: None, limit: MAX_LIMIT };
    let (mut partners, mut paging) = (Vec::new(), first());
    loop {
        let slice = participations::list(&r, id, &paging).await?;
        partners.extend(slice.items);
        paging.after = slice.next;
        if paging.after.is_none() {
            break;
        }
    }
    let (mut held, mut paging) = (Vec::new(), first());
    loop {
        let slice = roles::list(&r, id, &paging).await?;
        held.extend(slice.items);
        paging.after = slice.next;
        if paging.after.is_none() {
            break;
        }
    }
    let coordinates = scope.holds(Role::Coordinator);
    let mut candidates = None;
    if coordinates || administrator {
        let (mut all, mut paging) = (Vec::new(), first());
        loop {
            let slice = roles::candidates(&r, id, &paging).await?;
            all.extend(slice.items);
            paging.after = slice.next;
            if paging.after.is_none() {
                break;
            }
        }
        candidates = Some(all);
    }
    let mut others = Vec::new();
    if coordinates {
        let mut paging = first();
        loop {
            let slice = councils::list(&r, &paging).await?;
            let free = slice.items.into_iter().filter(|council| {
                !partners.iter().any(|one| {
                    one.council.id == council.id && one.part.state.0 != ParticipationState::Declined
                })
            });
            others.extend(free.map(|council| (council.id, council.name)));
            paging.after = slice.next;
            if paging.after.is_none() {
                break;
            }
        }
    }
    Ok(Shown { scope, partners, roles: held, candidates, others })
}

/// The council whose people the visitor administers.
fn administered(caller: &Caller) -> Option<Uuid> {
    match caller {
        Caller::Person(person) if person.council_administrator => person.council_id,
        _ => None,
    }
}

async fn show_partners(visit: &Visit, id: Uuid, form: &Posted, refusal: Option<&Refusal>) -> PageResult {
    let own = administered(&visit.caller);
    let Shown { scope, partners, roles, candidates, others } =
        visit.read(move |r| read_all(r, id, own.is_some())).await?;
    let errors = form_errors(refusal);
    let coordinates = scope.holds(Role::Coordinator);
    let stage = scope.procurement.stage.0;
    let model = scope.procurement.contracting_model.0;
    let invite = (coordinates && matches!(stage, Stage::Pooling | Stage::Tendering)).then(|| InviteForm {
        council: SelectField::new("council_id", "Council")
            .option("", "Choose a council")
            .options(others)
            .chosen(form.text("council_id"))
            .error(errors.get("council_id")),
        part: part_field(stage).chosen(form.text("part")).error(errors.get("part")),
    });
    let candidates = candidates.filter(|all| !all.is_empty());
    let give = candidates.map(|candidates| RoleForm {
        person: SelectField::new("person_id", "Person")
            .option("", "Choose a person")
            .options(candidates.into_iter().map(|one| {
                let kind = if one.person.outsider { " (outsider)" } else { "" };
                (one.person.id, format!("{}, {}{kind}", one.person.name, one.council))
            }))
            .chosen(form.text("person_id"))
            .error(errors.get("person_id")),
        role: RadioField::new("role", "Role")
            .options(
                Role::ALL
                    .iter()
                    .filter(|role| coordinates || **role == Role::Approver)
                    .map(|role| (role.as_str(), role.label())),
            )
            .chosen(form.text("role"))
            .error(errors.get("role")),
    });
    let own_part = scope.council_part().ok();
    let invited = own_part.is_some_and(|part| part.state.0 == ParticipationState::Invited);
    let mut shell = visit
        .procurement_shell("Partners and roles", &scope.procurement, "partners")
        .fact(model.label())
        .errors(&errors);
    if invited {
        shell = shell.primary("Answer the invitation", format!("/procurements/{id}/partners/own"));
    } else if own_part.is_some() {
        shell = shell.action("Our council’s part", format!("/procurements/{id}/partners/own"));
    }
    let pool_version = scope.procurement.pool_version;
    let template = PartnersPage {
        shell,
        base: format!("/procurements/{id}"),
        rows: partners.into_iter().map(|one| PartnerRow::new(one, model, pool_version)).collect(),
        invited,
        invite,
        roles: roles
            .into_iter()
            .map(|held| RoleRow {
                id: held.role.id,
                may_take_back: coordinates
                    || held.role.role.0 == Role::Approver
                        && own.is_some()
                        && own == held.candidate.person.council_id,
                person: held.candidate.person.name,
                council: held.candidate.council,
                outsider: held.candidate.person.outsider,
                role: held.role.role.0.label(),
            })
            .collect(),
        give,
    };
    form_page(refusal, &template)
}

/// Core partners agree the specification, so they are invited while it is made.
fn part_field(stage: Stage) -> RadioField {
    let field = RadioField::new("part", "Part");
    let field = if stage == Stage::Pooling {
        field.option_hint(
            Part::Core.as_str(),
            Part::Core.label(),
            "Agrees the specification and decides the award.",
        )
    } else {
        field
    };
    field.option_hint(
        Part::NamedOption.as_str(),
        Part::NamedOption.label(),
        "May call off later; nothing waits for it.",
    )
}

#[handler]
async fn show(visit: Visit, Path(id): Path<Uuid>) -> PageResult {
    show_partners(&visit, id, &Posted::default(), None).await
}

#[handler]
async fn partner_invite(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    let input =
        InviteInput { council_id: form.text("council_id").to_owned(), part: form.text("part").to_owned() };
    match visit.write(move |w| async move { participations::invite(&w, id, input).await }).await {
        Ok(_) => {
            done(&format!("/procurements/{id}/partners"), "The council is invited, and a mail is on its way.")
        }
        Err(refusal) => show_partners(&visit, id, &form, Some(&refusal)).await,
    }
}

#[handler]
async fn role_give(visit: Visit, Path(id): Path<Uuid>, form: Posted) -> PageResult {
    let input =
        RoleInput { person_id: form.text("person_id").to_owned(), role: form.text("role").to_owned() };
    match visit.write(move |w| async move { roles::give(&w, id, input).await }).await {
        Ok(held) => done(
            &format!("/procurements/{id}/partners"),
            &format!("{} now has the role “{}”.", held.candidate.person.name, held.role.role.0.label()),
        ),
        Err(refusal) => show_partners(&visit, id, &form, Some(&refusal)).await,
    }
}

#[handler]
async fn role_take_back(visit: Visit, Path((id, role)): Path<(Uuid, Uuid)>) -> PageResult {
    match visit.write(move |w| async move { roles::take_back(&w, id, role).await }).await {
        Ok(_) => done(&format!("/procurements/{id}/partners"), "The role is taken back."),
        Err(refusal) => show_partners(&visit, id, &Posted::default(), Some(&refusal)).await,
    }
}
