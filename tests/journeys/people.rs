//! How people and machines get in through the API, and how they are put out again.

use serde_json::{Value, json};
use tests::{PostBox, Program, Rest, Store, Visitor};

use crate::steps::people::{
    ALL, PASSWORD, council, first_administrator, officer, set_password, sign_in, token, try_sign_in,
};

tests::on_each_store!(the_first_administrator_is_made_once);
async fn the_first_administrator_is_made_once(store: Store) {
    let mut program = Program::start(store).await;
    let link = program.first_administrator_link();
    let visitor = Visitor::new(&program);
    let page = visitor.get(&link).await.is(200, "Become the first administrator").is_sound();
    let form =
        page.form("Create the account").set("name", "").set("email", "nobody").set("password", "short");
    let page = visitor.send(form).await.is(422, "Become the first administrator").is_sound();
    assert_eq!(page.errors().len(), 3, "all three faults at once: {:?}", page.errors());
    assert_eq!(page.form("Create the account").value("email"), "nobody", "what was entered is kept");

    let site = first_administrator(&program).await;
    let page = visitor.get(&link).await;
    let form = page.form("Create the account").set("name", "Second").set("email", "second@ashvale.example");
    let page = visitor.send(form.set("password", PASSWORD)).await;
    page.is(409, "Become the first administrator").says("does not work any more");
    let wrong = program.url("/first-administrator?token=guessed");
    let page = visitor.get(&wrong).await;
    let form = page.form("Create the account").set("name", "Third").set("email", "third@ashvale.example");
    assert_eq!(visitor.send(form.set("password", PASSWORD)).await.status, 409, "a guessed link is no link");

    program.restart().await;
    let printed = program.log().matches("/first-administrator?token=").count();
    assert_eq!(printed, 1, "with an administrator there, no further link is printed\n{}", program.log());
    assert_eq!(site.rest.get("/api/v1/me").await.expect(200).string("/name"), "Site administrator");
    let outcome = program.run(&["verify"]);
    assert_eq!(outcome.code, 0, "{}{}", outcome.stdout, outcome.stderr);
}

tests::on_each_store!(people_are_invited_by_mail, PostBox);
async fn people_are_invited_by_mail(store: Store) {
    let post = PostBox::open();
    let program = Program::with(store).mail_to(&post).start().await;
    let site = first_administrator(&program).await;
    let made = site.rest.post("/api/v1/councils").json(&json!({
        "name": "Ashvale", "email": "Notices@Ashvale.example", "ppon": "abcd-1234-efgh", "gss_code": "e07000223",
    }));
    let made = made.await.expect(201).json();
    assert_eq!(made["email"], "notices@ashvale.example");
    assert_eq!((&made["ppon"], &made["gss_code"]), (&json!("ABCD-1234-EFGH"), &json!("E07000223")));
    let ashvale = made["id"].as_str().unwrap().to_owned();

    let people = format!("/api/v1/councils/{ashvale}/people");
    let ada = "ada@ashvale.example";
    let body = json!({"name": "Ada", "email": ada, "council_administrator": true});
    let invited = site.rest.post(&people).json(&body).await.expect(201).json();
    assert!(invited.get("link").is_none(), "a mailed link is told to nobody else: {invited}");
    let mail = post.wait_for(ada, "Your Commonlot account for Ashvale").await;
    assert_eq!(mail.envelope_to, [ada]);
    assert_eq!(mail.to, ada);
    assert!(mail.header("cc").is_none() && mail.header("bcc").is_none());
    assert_eq!(mail.header("auto-submitted"), Some("auto-generated"));
    assert!(mail.message_id.starts_with('<') && mail.message_id.ends_with('>'), "{}", mail.message_id);
    assert!(mail.html.as_ref().is_some_and(|html| html.contains("/set-password?token=")), "{:?}", mail.html);

    let (visitor, page) = try_sign_in(&program, ada, PASSWORD).await;
    page.is(422, "Sign in").says("The address or the password is wrong");
    assert!(visitor.cookies().is_empty(), "nobody is in without a password");
    let link = mail.link("/set-password");
    let page = set_password(&program, &link, "short").await.is(422, "Set your password").is_sound();
    assert_eq!(page.errors(), ["Choose a password of at least 12 characters."]);
    let page = Visitor::new(&program).get(&link).await;
    let differs = page.form("Set password").set("password", PASSWORD).set("again", "another horse");
    Visitor::new(&program).send(differs).await.is(422, "Set your password").says("the same password twice");
    set_password(&program, &link, PASSWORD).await.is(200, "Sign in");
    set_password(&program, &link, "the link is used").await.is(409, "Set your password");
    let ada_in = sign_in(&program, "ADA@ashvale.example").await;
    let ada_rest = Rest::new(&program).bearer(&token(&ada_in, "script", ALL).await);
    assert_eq!(ada_rest.get("/api/v1/me").await.expect(200).json()["council_id"], json!(ashvale));

    // Forgotten: the answer is the same for an address that nobody has, and only the known one gets a mail.
    for address in ["stranger@ashvale.example", ada] {
        let visitor = Visitor::new(&program);
        let page = visitor.get("/forgotten-password").await.is(200, "Forgotten password").is_sound();
        let page = visitor.send(page.form("Send the link").set("email", address)).await;
        page.is(200, "Sign in").says("If the address belongs to an account, a link is on its way.");
    }
    let reset = post.wait_for(ada, "Set a new Commonlot password").await;
    assert!(post.mails_to("stranger@ashvale.example").is_empty());
    set_password(&program, &reset.link("/set-password"), "a newer horse and staple").await.is(200, "Sign in");
    let out = ada_in.get("/keys").await;
    assert_eq!(out.path(), "/sign-in", "sessions of the old password are over");
    assert_eq!(try_sign_in(&program, ada, PASSWORD).await.1.status, 422, "the old password is no longer one");

    // The administrator invites; a person who leaves is out at once, in the browser and with a token.
    let body = json!({"name": "Ben", "email": "ben@ashvale.example"});
    let ben = ada_rest.post(&people).json(&body).await.expect(201).json();
    let ben_path = format!("{people}/{}/disable", ben["person"]["id"].as_str().unwrap());
    let link = post.wait_for("ben@ashvale.example", "Your Commonlot account").await.link("/set-password");
    set_password(&program, &link, PASSWORD).await.is(200, "Sign in");
    let ben_in = sign_in(&program, "ben@ashvale.example").await;
    let ben_rest = Rest::new(&program).bearer(&token(&ben_in, "script", ALL).await);
    ben_rest.get("/api/v1/councils").await.expect(200);
    ada_rest.post(&ben_path).await.problem(428, "version_needed");
    ada_rest.post(&ben_path).if_match("\"7\"").await.problem(412, "stale");
    ada_rest.post(&ben_path).if_match("\"1\"").await.expect(200);
    ben_rest.get("/api/v1/councils").await.problem(401, "unauthenticated");
    assert_eq!(ben_in.get("/keys").await.path(), "/sign-in", "the open browser is out too");
    assert_eq!(try_sign_in(&program, "ben@ashvale.example", PASSWORD).await.1.status, 422);

    let listed = ada_rest.all(&people).await;
    let closed: Vec<_> = listed.iter().map(|person| (&person["email"], &person["disabled"])).collect();
    assert_eq!(closed, [(&json!(ada), &json!(false)), (&json!("ben@ashvale.example"), &json!(true))]);
    assert_eq!(program.run(&["verify"]).code, 0, "the ledger of people is whole");
    let whole = listed.iter().map(Value::to_string).collect::<String>();
    assert!(!whole.contains("argon2") && !whole.contains("password"), "no hash shows: {whole}");
}

tests::on_each_store!(keys_cover_what_they_say_and_end_at_once);
async fn keys_cover_what_they_say_and_end_at_once(store: Store) {
    let program = Program::start(store).await;
    let site = first_administrator(&program).await;
    let ashvale = council(&program, &site, None, "Ashvale").await;
    let admin = &ashvale.administrator.rest;
    let ben = officer(&program, &ashvale, None, "Ben Officer").await;
    let key = |name: &str, for_council: bool, scopes: &[&str], days: i64| json!({"name": name, "for_council": for_council, "scopes": scopes, "days": days});

    // What is refused, with the field that is wrong.
    for (body, field) in [
        (key("", false, &["read"], 30), "name"),
        (key("forever", false, &["read"], 366), "days"),
        (key("expired", false, &["read"], 0), "days"),
        (key("unknown", false, &["read", "everything"], 30), "scopes"),
        (key("nothing", false, &[], 30), "scopes"),
        (key("a machine that marks", true, &["score"], 30), "scopes"),
        (key("a machine that makes keys", true, &["people"], 30), "scopes"),
    ] {
        let problem = admin.post("/api/v1/keys").json(&body).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["field"], field, "{problem:#}");
    }
    ben.rest.post("/api/v1/keys").json(&key("not mine", true, &["read"], 30)).await.problem(403, "forbidden");

    let body = key("the council's own system", true, &["read", "pool"], 30);
    let made = admin.post("/api/v1/keys").json(&body).key("one key").await.expect(201).json();
    let secret = made["secret"].as_str().unwrap();
    let again = admin.post("/api/v1/keys").json(&body).key("one key").await.expect(201).json();
    assert_eq!(again["key"], made["key"], "a repeat makes no second key");
    assert!(again.get("secret").is_none(), "and the secret is told once: {again}");
    let listed = admin.get("/api/v1/keys").await.expect(200).text();
    assert!(!listed.contains(secret), "no list tells a secret");
    assert_eq!(
        std::fs::read_dir(program.folder())
            .unwrap()
            .flatten()
            .filter(|file| {
                std::fs::read(file.path())
                    .is_ok_and(|bytes| bytes.windows(secret.len()).any(|part| part == secret.as_bytes()))
            })
            .count(),
        0,
        "the store keeps a hash only"
    );

    let machine = Rest::new(&program).bearer(secret);
    machine.get("/api/v1/councils").await.expect(200);
    assert_eq!(machine.get("/api/v1/me").await.expect(200).json()["scopes"], json!(["read", "pool"]));
    machine.get("/api/v1/keys").await.problem(403, "forbidden");
    machine.post("/api/v1/keys").json(&key("more", false, &["read"], 30)).await.problem(403, "forbidden");
    let people = format!("/api/v1/councils/{}/people", ashvale.id);
    machine.get(&people).await.problem(403, "forbidden");
    let narrow = admin.post("/api/v1/keys").json(&key("reads", false, &["read"], 1)).await.expect(201);
    let reads = Rest::new(&program).bearer(&narrow.string("/secret"));
    reads.get("/api/v1/councils").await.expect(200);
    reads.get(&people).await.problem(403, "forbidden");

    // Others cannot take it back; its council's administrator can, and it ends with the next request.
    let path = format!("/api/v1/keys/{}", made["key"]["id"].as_str().unwrap());
    ben.rest.delete(&path).await.problem(404, "not_found");
    site.rest.delete(&path).await.problem(404, "not_found");
    let taken = admin.delete(&path).await.expect(200).json();
    assert!(taken["revoked_at"].is_string(), "{taken}");
    machine.get("/api/v1/councils").await.problem(401, "unauthenticated");
    let same = admin.delete(&path).await.expect(200).json();
    assert_eq!(
        same["revoked_at"].as_str().map(|at| at[..19].to_owned()),
        taken["revoked_at"].as_str().map(|at| at[..19].to_owned()),
        "taking back twice changes nothing"
    );
    for secret in ["", "x", "Bearer", secret] {
        Rest::new(&program).bearer(secret).get("/api/v1/me").await.problem(401, "unauthenticated");
    }
}
