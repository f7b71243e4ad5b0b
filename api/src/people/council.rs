//! Councils: the contracting authorities that take part.

use entity::council;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use crate::kernel::ledger::Record;
use crate::kernel::{Action, Faults, Paging, Reading, Refusal, Slice, Writing};

/// What is entered about a council.
#[derive(Clone, Debug, Default)]
pub struct CouncilInput {
    /// Its name.
    pub name: String,
    /// The address to which notices for the council are sent.
    pub email: String,
    /// Its PPON, if known.
    pub ppon: Option<String>,
    /// Its GSS code, if known.
    pub gss_code: Option<String>,
}

struct Checked {
    name: String,
    email: String,
    ppon: Option<String>,
    gss_code: Option<String>,
}

fn check(input: &CouncilInput) -> Result<Checked, Refusal> {
    let mut faults = Faults::new();
    let name = faults.line("name", &input.name, 200);
    let email = faults.email("email", &input.email);
    let ppon = faults.optional("ppon", input.ppon.as_deref(), 20).map(|text| text.to_uppercase());
    if let Some(ppon) = &ppon {
        faults.require(
            is_ppon(ppon),
            "ppon",
            "not_a_ppon",
            "Enter the number as four letters, four digits, four letters: ABCD-1234-EFGH.",
        );
    }
    let gss_code = faults.optional("gss_code", input.gss_code.as_deref(), 9).map(|text| text.to_uppercase());
    if let Some(code) = &gss_code {
        let fits = code.len() == 9 && code.is_ascii() && code[1..].chars().all(|c| c.is_ascii_digit());
        faults.require(
            fits,
            "gss_code",
            "not_a_gss_code",
            "Enter the code as one letter and eight digits: E07000223.",
        );
    }
    faults.done()?;
    Ok(Checked { name, email, ppon, gss_code })
}

/// `ABCD-1234-EFGH`.
/// Whether a text has the form of a public procurement organisation number.
pub(crate) fn is_ppon(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let letters = |part: &str| part.len() == 4 && part.chars().all(|c| c.is_ascii_uppercase());
    matches!(parts.as_slice(), [first, number, last]
        if letters(first) && letters(last) && number.len() == 4 && number.chars().all(|c| c.is_ascii_digit()))
}

/// Adds a council. Only a site administrator may.
pub async fn add(w: &Writing, input: CouncilInput) -> Result<council::Model, Refusal> {
    must_administer_site(w)?;
    let checked = check(&input)?;
    let taken =
        council::Entity::find().filter(council::Column::Name.eq(checked.name.as_str())).one(w.txn()).await?;
    if taken.is_some() {
        return Err(Refusal::field("name", "already_exists", "A council of this name exists already."));
    }
    let row = council::ActiveModel {
        id: Set(Uuid::now_v7()),
        name: Set(checked.name),
        email: Set(checked.email),
        ppon: Set(checked.ppon),
        gss_code: Set(checked.gss_code),
        created_at: Set(w.now()),
        version: Set(1),
    };
    let council = council::Entity::insert(row).exec_with_returning(w.txn()).await?;
    w.record(Record::people("people.council.add", council.id, json!({ "name": council.name })));
    Ok(council)
}

/// Changes a council's particulars. A site administrator may, and the council's own.
pub async fn change(
    w: &Writing,
    id: Uuid,
    seen: i64,
    input: CouncilInput,
) -> Result<council::Model, Refusal> {
    let council = administered(w, id).await?;
    let checked = check(&input)?;
    let changed = council::Entity::update_many()
        .col_expr(council::Column::Name, Expr::value(checked.name.as_str()))
        .col_expr(council::Column::Email, Expr::value(checked.email))
        .col_expr(council::Column::Ppon, Expr::value(checked.ppon))
        .col_expr(council::Column::GssCode, Expr::value(checked.gss_code))
        .col_expr(council::Column::Version, Expr::value(seen + 1))
        .filter(council::Column::Id.eq(council.id))
        .filter(council::Column::Version.eq(seen))
        .exec(w.txn())
        .await?;
    if changed.rows_affected == 0 {
        return Err(Refusal::stale());
    }
    w.record(Record::people("people.council.change", id, json!({ "name": checked.name })));
    one(w, id).await
}

/// Councils by name. Everybody who is signed in may see which councils there are: partners are chosen from them.
pub async fn list(r: &Reading, paging: &Paging) -> Result<Slice<council::Model>, Refusal> {
    r.caller().needs(Action::Read)?;
    let mut query = council::Entity::find();
    if let Some(after) = &paging.after {
        query = query.filter(council::Column::Name.gt(after.as_str()));
    }
    let rows = query.order_by_asc(council::Column::Name).limit(paging.limit + 1).all(r.txn()).await?;
    Ok(paging.cut(rows, |row| row.name.clone()))
}

/// One council.
pub async fn one(r: &Reading, id: Uuid) -> Result<council::Model, Refusal> {
    r.caller().needs(Action::Read)?;
    council::Entity::find_by_id(id).one(r.txn()).await?.ok_or_else(|| Refusal::not_found("council"))
}

/// A council that the caller administers; for others it is not there to be administered.
pub(super) async fn administered(r: &Reading, id: Uuid) -> Result<council::Model, Refusal> {
    r.caller().needs(Action::People)?;
    let person = r.caller().person()?;
    let own = person.council_administrator && person.council_id == Some(id);
    if !own && !person.site_administrator {
        return Err(Refusal::not_found("council"));
    }
    one(r, id).await
}

pub(super) fn must_administer_site(r: &Reading) -> Result<(), Refusal> {
    r.caller().needs(Action::People)?;
    if r.caller().person()?.site_administrator {
        Ok(())
    } else {
        Err(Refusal::forbidden("Only a site administrator can do this."))
    }
}
