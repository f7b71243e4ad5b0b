//! The edge of the service: what every request meets, whatever it is about. Repeats, versions, malformed bodies, lists,
//! sizes, other sites' forms, headers and cookies.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Program, Rest, Store, Visitor};

use crate::steps::people::{council, first_administrator, officer, sign_in};

tests::on_each_store!(who_may_not_administer);
async fn who_may_not_administer(store: Store) {
    let program = Program::start(store).await;
    let site = first_administrator(&program).await;
    let ashvale = council(&program, &site, None, "Ashvale").await;
    let brackenham = council(&program, &site, None, "Brackenham").await;
    let ben = officer(&program, &ashvale, None, "Ben Officer").await;
    let (admin, other) = (&ashvale.administrator.rest, &brackenham.administrator);
    let particulars = json!({"name": "Carrow", "email": "notices@carrow.example"});
    for person in [&ben.rest, admin] {
        person.post("/api/v1/councils").json(&particulars).await.problem(403, "forbidden");
    }
    let own = format!("/api/v1/councils/{}", ashvale.id);
    let foreign = format!("/api/v1/councils/{}", brackenham.id);
    let stranger = json!({"name": "Eve", "email": "eve@brackenham.example"});
    for (person, council) in [(admin, &foreign), (&ben.rest, &own), (&ben.rest, &foreign)] {
        person.get(&format!("{council}/people")).await.problem(404, "not_found");
        person.post(&format!("{council}/people")).json(&stranger).await.problem(404, "not_found");
        person.put(council).if_match("\"1\"").json(&particulars).await.problem(404, "not_found");
        let close = format!("{council}/people/{}/disable", other.id);
        person.post(&close).if_match("\"1\"").await.problem(404, "not_found");
    }
    // A person of another council is not there under one's own either.
    admin
        .post(&format!("{own}/people/{}/disable", other.id))
        .if_match("\"1\"")
        .await
        .problem(404, "not_found");
    other.rest.get("/api/v1/me").await.expect(200);
    for path in ["/administration", &format!("/administration/councils/{}", brackenham.id)] {
        let page = ben.pages.get(path).await;
        assert!([403, 404].contains(&page.status), "{}", page.whole());
        page.does_not_say(&other.email);
    }
    assert_eq!(Visitor::new(&program).get("/administration").await.path(), "/sign-in");
}

tests::on_each_store!(repeats_and_versions);
async fn repeats_and_versions(store: Store) {
    let program = Program::start(store).await;
    let site = first_administrator(&program).await.rest;
    let body = |name: &str| json!({"name": name, "email": "notices@ashvale.example"});
    let add = |name: &str| site.post("/api/v1/councils").json(&body(name));

    let first = add("Ashvale").key("a").await.expect(201);
    let again = add("Ashvale").key("a").await.expect(201);
    assert_eq!(again.body, first.body, "the same answer, byte for byte");
    assert_eq!(again.etag(), first.etag());
    let problem = add("Brackenham").key("a").await.problem(422, "idempotency_key_reused");
    assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{problem:#}");
    add("Carrow").key(&"k".repeat(201)).await.problem(422, "invalid");
    // Racers with one key: one row, one answer.
    let racers: Vec<_> = (0..20).map(|_| tokio::spawn(add("Brackenham").key("race").into_future())).collect();
    let mut bodies = Vec::new();
    for racer in racers {
        bodies.push(racer.await.unwrap().expect(201).json());
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]), "all racers hear the same: {bodies:#?}");
    // A refused request may be repeated, corrected, under its key: nothing was done, so nothing is kept.
    add("").key("b").await.problem(422, "invalid");
    add("Carrow").key("b").await.expect(201);
    let names: Vec<_> = site.all("/api/v1/councils").await.iter().map(|row| row["name"].clone()).collect();
    assert_eq!(names, ["Ashvale", "Brackenham", "Carrow"]);

    let path = format!("/api/v1/councils/{}", first.string("/id"));
    let seen = site.get(&path).await.expect(200).etag();
    assert_eq!(seen, "\"1\"");
    let put = |name: &str| site.put(&path).json(&body(name));
    put("Ashvale Borough").await.problem(428, "version_needed");
    for wrong in ["\"2\"", "\"x\"", "", "*", "\"99999999999999999999\""] {
        put("Ashvale Borough").if_match(wrong).await.problem(412, "stale");
    }
    let racers =
        ["One", "Two", "Three", "Four"].map(|name| tokio::spawn(put(name).if_match(&seen).into_future()));
    let mut statuses = Vec::new();
    for racer in racers {
        statuses.push(racer.await.unwrap().status);
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412], "one of the racers wins");
    assert_eq!(site.get(&path).await.expect(200).etag(), "\"2\"");
}

tests::on_each_store!(bad_requests_are_problem_documents);
async fn bad_requests_are_problem_documents(store: Store) {
    let program = Program::start(store).await;
    let site = first_administrator(&program).await.rest;
    let post = |body: &str| site.post("/api/v1/councils").body("application/json", body);
    for malformed in ["", "{oops", "[]", "null", "\"x\"", r#"{"name": "A""#, "\u{0}"] {
        post(malformed).await.problem(400, "malformed");
    }
    // Wrong types, missing and unknown fields: every one is named.
    let wrong = post(r#"{"name": 7, "ppon": true, "gss_code": null, "colour": "red"}"#).await;
    let problem = wrong.problem(400, "malformed");
    let faults: Vec<_> =
        problem["errors"].as_array().unwrap().iter().map(|error| (&error["field"], &error["code"])).collect();
    let faults: Vec<_> =
        faults.iter().map(|(field, code)| format!("{field} {code}").replace('"', "")).collect();
    assert_eq!(faults, ["name wrong_type", "email missing", "ppon wrong_type", "colour unknown_field"]);
    let key = json!({"name": "x", "scopes": ["read", 1], "days": 1.5});
    let problem = site.post("/api/v1/keys").json(&key).await.problem(400, "malformed");
    assert_eq!(problem["errors"][0]["field"], "scopes/1", "{problem:#}");
    assert_eq!(problem["errors"][1]["field"], "days", "{problem:#}");
    site.post("/api/v1/councils").body("text/plain", "name=A").await.problem(415, "unsupported_media_type");
    let everything = post(r#"{"name": " ", "email": "x", "ppon": "x", "gss_code": "x"}"#);
    let problem = everything.await.problem(422, "invalid");
    let fields: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|error| &error["field"]).collect();
    assert_eq!(fields, ["name", "email", "ppon", "gss_code"], "all faults at once");
    post(r#"{"name": "Ashvale", "email": "a@b.example"}"#).await.expect(201);
    let taken = post(r#"{"name": "Ashvale", "email": "a@b.example"}"#).await.problem(422, "invalid");
    assert_eq!(taken["errors"][0]["code"], "already_exists");
    let long = json!({"name": "x".repeat(201), "email": "a@b.example"});
    site.post("/api/v1/councils").json(&long).await.problem(422, "invalid");

    let random = uuid::Uuid::now_v7();
    site.get(&format!("/api/v1/councils/{random}")).await.problem(404, "not_found");
    site.get("/api/v1/councils/not-an-id").await.problem(404, "not_found");
    site.get("/api/v1/nothing-here").await.problem(404, "not_found");
    site.call(Method::PATCH, "/api/v1/councils").await.problem(405, "method_not_allowed");
    assert_eq!(site.all("/api/v1/councils").await.len(), 1, "nothing was stored half");

    let large = json!({"name": "x".repeat(1024 * 1024), "email": "a@b.example"});
    site.post("/api/v1/councils").json(&large).await.problem(413, "too_large");
    let huge = vec![b'x'; 22 * 1024 * 1024];
    let answer = site.post("/api/v1/councils").body("application/octet-stream", huge).attempt().await;
    if let Ok(answer) = answer {
        answer.problem(413, "too_large");
    }
    // The server has closed that connection, and goes on.
    Rest::new(&program).get("/healthz").await.expect(200);
}

tests::on_each_store!(lists_are_walked_to_their_end);
async fn lists_are_walked_to_their_end(store: Store) {
    let program = Program::start(store).await;
    let site = first_administrator(&program).await.rest;
    let names: Vec<_> = (0..7).map(|number| format!("Council & sons #{number}+%")).collect();
    for name in names.iter().rev() {
        let body = json!({"name": name, "email": "notices@ashvale.example"});
        site.post("/api/v1/councils").json(&body).await.expect(201);
    }
    let page = site.get("/api/v1/councils?limit=3").await.expect(200);
    let next = page.string("/links/next");
    assert_eq!(page.header("link"), Some(format!("<{next}>; rel=\"next\"").as_str()));
    let walked: Vec<_> = site.all("/api/v1/councils?limit=3").await;
    let walked: Vec<_> = walked.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(walked, names, "each once, in order");
    let last = site.get("/api/v1/councils?limit=7").await.expect(200);
    assert_eq!(last.json()["links"], json!({}), "the end is the end");
    assert!(last.header("link").is_none());
    for limit in ["0", "201"] {
        let problem = site.get(&format!("/api/v1/councils?limit={limit}")).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["field"], "limit");
    }
    site.get("/api/v1/councils?limit=-1").await.problem(400, "malformed");
    site.get("/api/v1/keys?after=nonsense").await.problem(422, "invalid");
}

tests::on_sqlite!(other_sites_headers_and_cookies);
async fn other_sites_headers_and_cookies(store: Store) {
    let program = Program::start(store).await;
    let site = first_administrator(&program).await;
    let page = site.pages.get("/administration").await.is(200, "Councils").is_sound();
    let form = page.form("Add council").set("name", "Forged").set("email", "notices@forged.example");
    assert_eq!(
        site.pages.send_from_elsewhere(form.clone()).await.status,
        403,
        "another site's form is refused"
    );
    site.pages.get("/administration").await.does_not_say("Forged");
    site.pages.send(form).await.is(200, "Forged").says("Council added");

    // The cookie signs nobody in to the API, so that no other site's script can use it there.
    let cookie = site
        .pages
        .cookies()
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect::<Vec<_>>()
        .join("; ");
    Rest::new(&program).get("/api/v1/me").header("cookie", &cookie).await.problem(401, "unauthenticated");

    for path in ["/sign-in", "/api/v1/me", "/api/openapi.json", "/nothing-here"] {
        let answer = Rest::new(&program).get(path).await;
        let header =
            |name: &str| answer.header(name).unwrap_or_else(|| panic!("no {name}\n{}", answer.whole()));
        let policy = header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe-inline") && !policy.contains("unsafe-eval"), "{policy}");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "same-origin");
        assert_eq!(header("x-frame-options"), "DENY");
        assert_eq!(header("cache-control"), "no-store");
        assert!(!header("x-request-id").is_empty());
    }
    let docs = Rest::new(&program).get("/api/docs").await.expect(200);
    let policy = docs.header("content-security-policy").unwrap();
    let scripts = policy.split(';').find(|part| part.trim().starts_with("script-src")).unwrap();
    assert!(scripts.contains("'sha256-") && !scripts.contains("unsafe"), "scripts by hash only: {policy}");

    let line = site.pages.cookie_lines().remove(0);
    assert!(line.contains("HttpOnly") && line.contains("SameSite=Lax") && line.contains("Path=/"), "{line}");
    let out = site.pages.send(site.pages.get("/keys").await.form("Sign out")).await;
    assert_eq!(out.path(), "/sign-in");
    let stolen = Rest::new(&program).get("/keys").header("cookie", &cookie).await;
    assert_eq!(stolen.status, 303, "a session that was left opens nothing\n{}", stolen.whole());
}

tests::on_sqlite!(behind_https_cookies_are_tied_to_the_host);
async fn behind_https_cookies_are_tied_to_the_host(store: Store) {
    let program = Program::with(store).set("COMMONLOT_BASE_URL", "https://lot.example").start().await;
    let link = program.first_administrator_link();
    assert!(link.starts_with("https://lot.example/first-administrator?token="), "{link}");
    let visitor = Visitor::new(&program);
    let page = visitor.get(link.trim_start_matches("https://lot.example")).await;
    let form = page.form("Create the account").set("name", "Site").set("email", "site@lot.example");
    visitor.send(form.set("password", crate::steps::people::PASSWORD)).await.is(200, "Sign in");
    let signed_in = sign_in(&program, "site@lot.example").await;
    let line = signed_in.cookie_lines().remove(0);
    assert!(line.starts_with("__Host-") && line.contains("Secure") && line.contains("Path=/"), "{line}");
    let answer = Rest::new(&program).get("/sign-in").await;
    assert!(answer.header("strict-transport-security").is_some(), "{}", answer.whole());
}

tests::on_sqlite!(the_same_through_pages);
async fn the_same_through_pages(store: Store) {
    let program = Program::start(store).await;
    let site = first_administrator(&program).await.pages;
    let page = site.get("/administration").await.is(200, "Councils").says("No councils yet");
    let bad = page.form("Add council").set("name", "").set("email", "x").set("ppon", "x");
    let page = site.send(bad).await.is(422, "Councils").is_sound();
    assert_eq!(page.errors().len(), 3, "{:?}", page.errors());
    assert_eq!(page.form("Add council").value("ppon"), "x", "what was entered is kept");
    let form = page.form("Add council").set("name", "Ashvale").set("email", "notices@ashvale.example");
    let page = site.send(form.set("ppon", "")).await.is(200, "Ashvale").is_sound();
    let form = page.form("Invite").set("name", "Ada").set("email", "ada@ashvale.example");
    let page = site.send(form.tick("part", "administrator")).await.is(200, "Ashvale").is_sound();
    let link = page.texts("p.cl-mono").remove(0);
    site.get(page.path()).await.does_not_say("/set-password");
    assert_eq!(page.table("People of this council")[1][3], "Invited");
    crate::steps::people::set_password(&program, &link, crate::steps::people::PASSWORD)
        .await
        .is(200, "Sign in");
    let ada = sign_in(&program, "ada@ashvale.example").await;

    // Two people change the same thing: the second is told and nothing of the first is lost.
    let first = ada.get("/administration").await.is(200, "Ashvale").is_sound();
    let (mine, theirs) =
        (first.form("Save particulars"), site.get(first.path()).await.form("Save particulars"));
    site.send(theirs.set("email", "legal@ashvale.example"))
        .await
        .is(200, "Ashvale")
        .says("Particulars saved");
    let stale = ada.send(mine.set("email", "late@ashvale.example")).await;
    assert_eq!(stale.status, 412, "{}", stale.whole());
    ada.get(first.path()).await.says("Particulars");
    assert_eq!(ada.get(first.path()).await.form("Save particulars").value("email"), "legal@ashvale.example");

    let page = ada.get(first.path()).await;
    let form = page.form("Invite").set("name", "Ben").set("email", "ben@ashvale.example");
    let page = ada.send(form).await.is(200, "Ashvale");
    let rows: Vec<Vec<String>> = page.table("People of this council");
    assert_eq!(rows.len(), 3, "heads and two people: {rows:?}");
    let closing = page.form("Close account of Ben");
    ada.send(closing).await.is(200, "Ashvale").says("The account is closed");
    let missing: Value = json!(uuid::Uuid::now_v7());
    let path = format!("/administration/councils/{}", missing.as_str().unwrap());
    // Who looks stays in sight on an error page, and so does the way back.
    ada.get(&path).await.is(404, "Page not found").is_sound().says("Ada, Ashvale");
    let large = "x".repeat(1024 * 1024);
    let form = ada.get(first.path()).await.form("Invite").set("name", &large);
    ada.send(form).await.is(413, "This is too large").is_sound().says("Make the file smaller");
}
