//! People get in: the printed link, councils, invitations by mail, passwords.

use tests::{Page, PostBox, Program};

use super::Seat;
use crate::steps::people::{PASSWORD, set_password, slug};

/// Everybody who sits in front of a browser for a council.
#[derive(Clone, Debug)]
pub struct Team {
    /// Ashvale's: coordinator, moderator, opener, approver.
    pub ada: Seat,
    /// Ashvale's panel member.
    pub abe: Seat,
    /// Brackenham's administrator: panel member, opener, approver.
    pub bea: Seat,
    /// Carrow's administrator: panel member, approver.
    pub cem: Seat,
}

/// Where councils are told of decisions.
pub fn notices(council: &str) -> String {
    format!("notices@{}.example", slug(council))
}

impl Team {
    /// From an empty database to everybody signed in.
    pub async fn enter(program: &Program, post: &PostBox) -> Self {
        let site = first_administrator(program).await;
        let mut administrators = Vec::new();
        for council in ["Ashvale", "Brackenham", "Carrow"] {
            let page = council_added(&site, council).await;
            let name = ["Ann Admin", "Bea Partner", "Cem Partner"][administrators.len()];
            administrators.push(invited(program, post, &site, page, (name, council, true)).await);
        }
        let [ann, bea, cem] = <[Seat; 3]>::try_from(administrators).expect("three administrators");
        let own = ann.get("/administration").await.is(200, "Ashvale");
        let ada = invited(program, post, &ann, own.clone(), ("Ada Lead", "Ashvale", false)).await;
        let abe = invited(program, post, &ann, own.clone(), ("Abe Panel", "Ashvale", false)).await;
        // Officers invite nobody, and administrators of one council nobody into another.
        abe.get("/administration").await.is(403, "You cannot do this");
        let form = own.form("Invite").set("name", "A friend").set("email", "friend@ashvale.example");
        abe.may_not(form.clone(), 404).await;
        bea.may_not(form, 404).await;
        assert!(post.mails_to("friend@ashvale.example").is_empty(), "nobody else was invited");
        Self { ada, abe, bea, cem }
    }

    /// The panel, as the columns of its marks stand.
    pub fn panel(&self) -> [&Seat; 3] {
        [&self.abe, &self.bea, &self.cem]
    }

    /// Those who decide and sign for Ashvale, Brackenham and Carrow.
    pub fn approvers(&self) -> [&Seat; 3] {
        [&self.ada, &self.bea, &self.cem]
    }

    /// Weeks have passed: all sign in anew.
    pub async fn sign_in_again(&mut self, program: &Program) {
        for seat in [&mut self.ada, &mut self.abe, &mut self.bea, &mut self.cem] {
            seat.sign_in_again(program).await;
        }
    }
}

/// Uses the printed link.
async fn first_administrator(program: &Program) -> Seat {
    let (nobody, email) = (Seat::nobody(program), "site@commonlot.example");
    let page =
        nobody.get(&program.first_administrator_link()).await.is(200, "Become the first administrator");
    let form = page.form("Create the account").set("name", "Site administrator").set("email", email);
    let page = nobody.send(form.set("password", PASSWORD)).await;
    page.is(200, "Sign in").says("Your account is ready");
    let site = Seat::officer(program, email, "Site administrator, Site administration").await;
    site.get("/").await.is(200, "My tasks").says("Add the councils that will buy together");
    site
}

/// Adds a council, at first with faults; gives its page.
async fn council_added(site: &Seat, name: &str) -> Page {
    let page = site.get("/administration").await.is(200, "Councils");
    let wrong = page.form("Add council").set("name", name).set("email", "nobody").set("ppon", "12");
    let page = site.send(wrong).await.is(422, "Councils");
    assert_eq!(page.errors().len(), 2, "both faults at once\n{}", page.whole());
    let form = page.form("Add council");
    assert_eq!((form.value("name"), form.value("email")), (name.to_owned(), "nobody".to_owned()));
    let form = form.set("email", &notices(name)).set("ppon", "");
    site.send(form).await.is(200, name).says("Now invite its administrator")
}

/// Invites a person on the council's page; the person sets a password and signs in.
async fn invited(
    program: &Program,
    post: &PostBox,
    by: &Seat,
    page: Page,
    (name, council, administers): (&str, &str, bool),
) -> Seat {
    let email = format!("{}@{}.example", slug(name), slug(council));
    let form = page.form("Invite").set("name", name).set("email", &email);
    let form = if administers { form.tick("part", "administrator") } else { form };
    let page = by.send(form).await.is(200, council).says(&format!("{name} is invited by mail."));
    assert_eq!(super::row(&page, "People", name)[3], "Invited");
    let link = post.wait_for(&email, "Your Commonlot account").await.link("/set-password");
    set_password(program, &link, PASSWORD).await.is(200, "Sign in").says("Your password is set");
    Seat::officer(program, &email, &format!("{name}, {council}")).await
}
