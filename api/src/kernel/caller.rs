//! Who is calling, and which kinds of action their sign-in or key allows.

use uuid::Uuid;

use super::Refusal;

/// A kind of action; a key is limited to some of them, a signed-in person is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Look at things.
    Read,
    /// Procurements, partners, requirements and demand.
    Pool,
    /// Lots, criteria, documents, publication.
    Tender,
    /// Invitations and the opening of the tender box.
    Bid,
    /// Interests, marks, consensus, results.
    Score,
    /// Recommendation, decisions, award, signature.
    Decide,
    /// Letters and the outbox.
    Tell,
    /// Councils, people and keys.
    People,
}

impl Action {
    /// All kinds, in the order of the journey.
    pub const ALL: &'static [Self] = &[
        Self::Read,
        Self::Pool,
        Self::Tender,
        Self::Bid,
        Self::Score,
        Self::Decide,
        Self::Tell,
        Self::People,
    ];

    /// The scope's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Pool => "pool",
            Self::Tender => "tender",
            Self::Bid => "bid",
            Self::Score => "score",
            Self::Decide => "decide",
            Self::Tell => "tell",
            Self::People => "people",
        }
    }
}

/// Who is calling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Nobody is signed in.
    Nobody,
    /// A person: an officer, an outsider on a panel, or a site administrator.
    Person(Person),
    /// A council's own system.
    Council {
        /// The key that was used.
        key_id: Uuid,
        /// The council it acts for.
        council_id: Uuid,
        /// What it may do.
        scopes: Vec<Action>,
    },
    /// A supplier, by the secret of one of its team.
    Supplier {
        /// The member of its team whose secret it is.
        member_id: Uuid,
        /// Its invitation.
        invitation_id: Uuid,
        /// The one procurement it is for.
        procurement_id: Uuid,
        /// The supplier.
        supplier_id: Uuid,
    },
    /// The program itself: workers and the command line.
    System,
}

/// A person who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The person's key.
    pub id: Uuid,
    /// The person's name.
    pub name: String,
    /// The council the person belongs to or was attached by.
    pub council_id: Option<Uuid>,
    /// That council's name.
    pub council_name: Option<String>,
    /// May add councils and their administrators.
    pub site_administrator: bool,
    /// May add the council's people and keys.
    pub council_administrator: bool,
    /// Takes part on panels without being an officer: may not enter or decide anything for the council.
    pub outsider: bool,
    /// What the token allows; everything where the person signed in.
    pub scopes: Option<Vec<Action>>,
}

impl Caller {
    /// The actor as the ledger names it, and the owner of idempotency keys.
    #[must_use]
    pub fn principal(&self) -> String {
        match self {
            Self::Nobody => "nobody".to_owned(),
            Self::Person(person) => format!("person:{}", person.id),
            Self::Council { key_id, .. } => format!("key:{key_id}"),
            Self::Supplier { supplier_id, .. } => format!("supplier:{supplier_id}"),
            Self::System => "system".to_owned(),
        }
    }

    /// The person, where a person calls; people's acts (marks, openings, approvals) are never a machine's.
    pub fn person(&self) -> Result<&Person, Refusal> {
        match self {
            Self::Person(person) => Ok(person),
            Self::Nobody => Err(Refusal::unauthenticated()),
            _ => Err(Refusal::forbidden("Only a person can do this: sign in, or use an officer's token.")),
        }
    }

    /// The council the caller acts for.
    #[must_use]
    pub fn council_id(&self) -> Option<Uuid> {
        match self {
            Self::Person(person) => person.council_id,
            Self::Council { council_id, .. } => Some(*council_id),
            _ => None,
        }
    }

    /// Refuses where the caller is nobody or its key does not cover the action.
    pub fn needs(&self, action: Action) -> Result<(), Refusal> {
        let scopes = match self {
            Self::Nobody => return Err(Refusal::unauthenticated()),
            Self::System => return Ok(()),
            Self::Supplier { .. } => return Err(Refusal::not_found("page for suppliers")),
            Self::Person(person) => match &person.scopes {
                None => return Ok(()),
                Some(scopes) => scopes,
            },
            Self::Council { scopes, .. } => scopes,
        };
        if scopes.contains(&action) {
            Ok(())
        } else {
            Err(Refusal::forbidden(format!("This key does not cover “{}”.", action.as_str())))
        }
    }
}
