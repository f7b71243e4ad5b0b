//! How people get in: the printed link, councils, invitations, passwords, sign-in, keys.

use serde_json::json;
use tests::{Page, PostBox, Program, Rest, Visitor};

/// A password that everybody in the stories uses.
pub const PASSWORD: &str = "a horse, a battery, a staple";
/// Every kind of action.
pub const ALL: &[&str] = &["read", "pool", "tender", "bid", "score", "decide", "tell", "people"];

/// A person with a browser and a token of their own.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: String,
    pub email: String,
    /// Signed in.
    pub pages: Visitor,
    /// With a token that covers everything.
    pub rest: Rest,
}

/// A council with its administrator.
#[derive(Clone, Debug)]
pub struct Council {
    pub id: String,
    pub name: String,
    /// Where it is told of decisions.
    pub email: String,
    pub administrator: Person,
}

/// A name as the part of an address before the @.
pub fn slug(name: &str) -> String {
    name.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), ".")
}

/// Uses the printed link and signs in.
pub async fn first_administrator(program: &Program) -> Person {
    let email = "site@commonlot.example";
    let visitor = Visitor::new(program);
    let page = visitor.get(&program.first_administrator_link()).await;
    let form = page.form("Create the account").set("name", "Site administrator").set("email", email);
    visitor.send(form.set("password", PASSWORD)).await.is(200, "Sign in").says("Your account is ready");
    enter(program, "", email).await
}

/// Sets the password with a link from a mail or an answer.
pub async fn set_password(program: &Program, link: &str, password: &str) -> Page {
    let visitor = Visitor::new(program);
    let page = visitor.get(link).await.is(200, "Set your password").is_sound();
    visitor.send(page.form("Set password").set("password", password).set("again", password)).await
}

/// Fills in the sign-in form.
pub async fn try_sign_in(program: &Program, email: &str, password: &str) -> (Visitor, Page) {
    let visitor = Visitor::new(program);
    let page = visitor.get("/sign-in").await.is(200, "Sign in").is_sound();
    let page = visitor.send(page.form("Sign in").set("email", email).set("password", password)).await;
    (visitor, page)
}

/// Signs in.
pub async fn sign_in(program: &Program, email: &str) -> Visitor {
    let (visitor, page) = try_sign_in(program, email, PASSWORD).await;
    assert!(!visitor.cookies().is_empty(), "{email} is not signed in\n{}", page.whole());
    visitor
}

/// Makes a token on the page of keys.
pub async fn token(visitor: &Visitor, name: &str, scopes: &[&str]) -> String {
    let page = visitor.get("/keys").await.is(200, "API keys").is_sound();
    let form = page.form("Make key").set("name", name).set("days", "300");
    let form = scopes.iter().fold(form, |form, scope| form.tick("scopes", scope));
    let page = visitor.send(form).await.is(200, "API keys").says("it is shown once");
    page.texts("code + .cl-mono, p.cl-mono").into_iter().next().expect("the secret on the page")
}

/// Signs a person in and gets a token that covers everything.
async fn enter(program: &Program, id: &str, email: &str) -> Person {
    let pages = sign_in(program, email).await;
    let secret = token(&pages, "stories", ALL).await;
    let rest = Rest::new(program).bearer(&secret);
    Person { id: id.to_owned(), email: email.to_owned(), pages, rest }
}

/// Adds a council with its administrator.
pub async fn council(program: &Program, site: &Person, post: Option<&PostBox>, name: &str) -> Council {
    let email = format!("notices@{}.example", slug(name));
    let made = site.rest.post("/api/v1/councils").json(&json!({"name": name, "email": email})).await;
    let id = made.expect(201).string("/id");
    let person = format!("{name} Administrator");
    let administrator = invited(program, &site.rest, &id, &person, name, "administrator", post).await;
    Council { id, name: name.to_owned(), email, administrator }
}

/// Invites an officer of the council, who sets a password and signs in.
pub async fn officer(program: &Program, council: &Council, post: Option<&PostBox>, name: &str) -> Person {
    let by = &council.administrator.rest;
    invited(program, by, &council.id, name, &council.name, "officer", post).await
}

async fn invited(
    program: &Program,
    by: &Rest,
    council_id: &str,
    name: &str,
    council: &str,
    part: &str,
    post: Option<&PostBox>,
) -> Person {
    let email = format!("{}@{}.example", slug(name), slug(council));
    let body = json!({"name": name, "email": email, "council_administrator": part == "administrator"});
    let made = by.post(&format!("/api/v1/councils/{council_id}/people")).json(&body).await.expect(201);
    let link = match post {
        Some(post) => post.wait_for(&email, "Your Commonlot account").await.link("/set-password"),
        None => made.string("/link"),
    };
    set_password(program, &link, PASSWORD).await.is(200, "Sign in").says("Your password is set");
    enter(program, &made.string("/person/id"), &email).await
}
