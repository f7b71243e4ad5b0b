//! Steps that several stories share, so that a story reads as one.

pub mod award;
pub mod bids;
pub mod clock;
pub mod figures;
pub mod nine;
pub mod pages;
pub mod panel;
pub mod people;
pub mod pool;
pub mod tender;
pub mod who_sees;

use serde_json::Value;
use tests::{PostBox, Program, Rest, Store};

use people::{Council, Person, council, first_administrator, officer};

/// Three councils with the people who act for them, and one that takes part in nothing.
pub struct Cast {
    pub site: Person,
    /// The lead; its administrator is no part of the procurement.
    pub ashvale: Council,
    pub brackenham: Council,
    pub carrow: Council,
    /// Ashvale's: coordinator, moderator, opener, approver.
    pub ada: Person,
    /// Ashvale's panel member.
    pub abe: Person,
    /// Brackenham's: panel member, opener, approver.
    pub bea: Person,
    /// Carrow's: panel member, approver.
    pub cem: Person,
}

impl Cast {
    /// Everybody signs in.
    pub async fn enter(program: &Program, post: Option<&PostBox>) -> Self {
        let site = first_administrator(program).await;
        let ashvale = council(program, &site, post, "Ashvale").await;
        let brackenham = council(program, &site, post, "Brackenham").await;
        let carrow = council(program, &site, post, "Carrow").await;
        let ada = officer(program, &ashvale, post, "Ada Lead").await;
        let abe = officer(program, &ashvale, post, "Abe Panel").await;
        let (bea, cem) = (brackenham.administrator.clone(), carrow.administrator.clone());
        Self { site, ashvale, brackenham, carrow, ada, abe, bea, cem }
    }

    /// Weeks have passed: those who sit in front of a browser sign in anew.
    pub async fn sign_in_again(&mut self, program: &Program) {
        for person in [&mut self.ada, &mut self.abe, &mut self.bea, &mut self.cem] {
            person.pages = people::sign_in(program, &person.email).await;
        }
    }

    /// The councils that buy, lead first.
    pub fn councils(&self) -> [&Council; 3] {
        [&self.ashvale, &self.brackenham, &self.carrow]
    }
}

/// A procurement's address in the API.
pub fn at(procurement: &str, path: &str) -> String {
    format!("/api/v1/procurements/{procurement}{path}")
}

/// Makes something and gives its id.
pub async fn make(rest: &Rest, path: &str, body: &Value) -> String {
    rest.post(path).json(body).await.expect(201).string("/id")
}

/// The version of a thing, as If-Match takes it.
pub async fn version(rest: &Rest, path: &str) -> String {
    rest.get(path).await.expect(200).etag()
}

/// `verify` finds nothing.
pub fn ledger_is_whole(program: &Program) {
    let outcome = program.run(&["verify"]);
    assert_eq!(outcome.code, 0, "{}{}", outcome.stdout, outcome.stderr);
}

/// A program with a post box, where the story has one.
pub async fn start(store: Store, post: Option<&PostBox>) -> Program {
    let setup = Program::with(store);
    match post {
        Some(post) => setup.mail_to(post).start().await,
        None => setup.start().await,
    }
}
