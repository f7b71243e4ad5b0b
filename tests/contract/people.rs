//! A person who is signed in and takes part in nothing.

use serde_json::json;
use tests::{Program, Rest, Visitor};

const PASSWORD: &str = "a horse, a battery, a staple";

/// The token of an officer of a council that is in no procurement.
pub async fn stranger(program: &Program) -> Rest {
    let visitor = Visitor::new(program);
    let page = visitor.get(&program.first_administrator_link()).await;
    let form = page.form("Create the account").set("name", "Site").set("email", "site@commonlot.example");
    visitor.send(form.set("password", PASSWORD)).await.is(200, "Sign in");
    let site = token(program, "site@commonlot.example").await;
    let council = json!({"name": "Dunmere", "email": "notices@dunmere.example"});
    let council = site.post("/api/v1/councils").json(&council).await.expect(201).string("/id");
    let person =
        json!({"name": "Stranger", "email": "stranger@dunmere.example", "council_administrator": true});
    let people = format!("/api/v1/councils/{council}/people");
    let link = site.post(&people).json(&person).await.expect(201).string("/link");
    let page = visitor.get(&link).await;
    visitor.send(page.form("Set password").set("password", PASSWORD).set("again", PASSWORD)).await;
    token(program, "stranger@dunmere.example").await
}

async fn token(program: &Program, email: &str) -> Rest {
    let visitor = Visitor::new(program);
    let page = visitor.get("/sign-in").await.is(200, "Sign in");
    visitor.send(page.form("Sign in").set("email", email).set("password", PASSWORD)).await;
    let page = visitor.get("/keys").await.is(200, "API keys");
    let form = page.form("Make key").set("name", "contract").set("days", "1");
    let scopes = ["read", "pool", "tender", "bid", "score", "decide", "tell", "people"];
    let form = scopes.iter().fold(form, |form, scope| form.tick("scopes", scope));
    let page = visitor.send(form).await;
    Rest::new(program).bearer(&page.texts("p.cl-mono").remove(0))
}
