//! The one way an operation says no. The edge turns a refusal into a problem document or a page, once.

use std::fmt;

use sea_orm::{DbErr, SqlErr};

/// Why an operation was not done. Nothing of it was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What kind of no.
    pub kind: Kind,
    /// A stable word for machines, for example `deadline_passed`.
    pub code: String,
    /// A sentence for people: what is wrong and what to do.
    pub detail: String,
    /// The fields that are wrong, all of them.
    pub fields: Vec<FieldFault>,
    /// How many seconds to wait before it is worth trying again, where that is known.
    pub retry_after: Option<i64>,
}

/// The kinds of no, each with one HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The request cannot be read: broken JSON, wrong types, unknown fields (400).
    Malformed,
    /// The body is of a kind that is not taken here (415).
    UnsupportedMedia,
    /// The caller is not known (401).
    Unauthenticated,
    /// The caller is known, sees the thing and may not do this (403).
    Forbidden,
    /// There is no such thing for this caller (404).
    NotFound,
    /// The thing is not in a state in which this can be done (409).
    Conflict,
    /// The thing has changed since the caller saw it (412).
    Stale,
    /// The file is too large (413).
    TooLarge,
    /// The input is wrong (422).
    Invalid,
    /// The version seen was not named (428).
    VersionNeeded,
    /// Too often in too short a time (429).
    TooMany,
    /// Too busy to try; later it will work (503).
    Unavailable,
    /// Our fault (500). Its cause is in the log and not in the answer.
    Internal,
}

/// One field that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// The field, as the API and the form name it; `/` parts nested names.
    pub field: String,
    /// A stable word for machines.
    pub code: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl Refusal {
    fn new(kind: Kind, code: &str, detail: impl Into<String>) -> Self {
        Self { kind, code: code.to_owned(), detail: detail.into(), fields: Vec::new(), retry_after: None }
    }

    /// The request cannot be read.
    #[must_use]
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(Kind::Malformed, "malformed", detail)
    }

    /// The body is of a kind that is not taken here.
    #[must_use]
    pub fn unsupported_media() -> Self {
        Self::new(
            Kind::UnsupportedMedia,
            "unsupported_media_type",
            "This kind of body is not taken here: send what the API's reference says, such as JSON with Content-Type: application/json.",
        )
    }

    /// Nobody is signed in, or the key is unknown, expired or revoked.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(Kind::Unauthenticated, "unauthenticated", "Sign in, or send a valid key as a bearer token.")
    }

    /// The caller may see the thing and may not do this to it.
    #[must_use]
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(Kind::Forbidden, "forbidden", detail)
    }

    /// Nothing of that name exists for this caller; a stranger's thing is as absent as one that never was.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(Kind::NotFound, "not_found", format!("There is no such {what}."))
    }

    /// The state of things forbids it now.
    #[must_use]
    pub fn conflict(code: &str, detail: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, code, detail)
    }

    /// The caller saw an older version.
    #[must_use]
    pub fn stale() -> Self {
        Self::new(
            Kind::Stale,
            "stale",
            "Somebody has changed this since you loaded it. Load it again and repeat your change.",
        )
    }

    /// The caller did not say which version it saw.
    #[must_use]
    pub fn version_needed() -> Self {
        Self::new(
            Kind::VersionNeeded,
            "version_needed",
            "Send the version you saw as If-Match, as given in the ETag.",
        )
    }

    /// The input is wrong as a whole.
    #[must_use]
    pub fn invalid(code: &str, detail: impl Into<String>) -> Self {
        Self::new(Kind::Invalid, code, detail)
    }

    /// A file or a body is over its limit.
    #[must_use]
    pub fn too_large(detail: impl Into<String>) -> Self {
        Self::new(Kind::TooLarge, "too_large", detail)
    }

    /// Fields are wrong.
    #[must_use]
    pub fn fields(fields: Vec<FieldFault>) -> Self {
        let count = fields.len();
        let detail = if count == 1 {
            "One field needs attention.".to_owned()
        } else {
            format!("{count} fields need attention.")
        };
        Self { fields, ..Self::new(Kind::Invalid, "invalid", detail) }
    }

    /// One field is wrong.
    #[must_use]
    pub fn field(field: &str, code: &str, message: impl Into<String>) -> Self {
        Self::fields(vec![FieldFault {
            field: field.to_owned(),
            code: code.to_owned(),
            message: message.into(),
        }])
    }

    /// Too often: after this time it will be taken again. `detail` says what there was too much of.
    #[must_use]
    pub fn too_many(wait: chrono::TimeDelta, detail: &str) -> Self {
        let minutes = wait.num_minutes() + 1;
        let when = if minutes == 1 { "in a minute".to_owned() } else { format!("in {minutes} minutes") };
        Self {
            // A whole second more: whoever waits as told is not refused again for a fraction.
            retry_after: Some(wait.num_seconds() + 1),
            ..Self::new(Kind::TooMany, "too_many_requests", format!("{detail} Try again {when}."))
        }
    }

    /// Try again later.
    #[must_use]
    pub fn unavailable() -> Self {
        Self {
            retry_after: Some(2),
            ..Self::new(Kind::Unavailable, "busy", "The service is busy. Try again in a few seconds.")
        }
    }

    /// Our fault: the cause goes to the log.
    #[must_use]
    pub fn internal(cause: &dyn fmt::Display) -> Self {
        tracing::error!(%cause, "an operation failed");
        Self::new(
            Kind::Internal,
            "internal",
            "Something went wrong on our side. Nothing was changed; it has been logged.",
        )
    }

    /// The HTTP status that says this.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self.kind {
            Kind::Malformed => 400,
            Kind::Unauthenticated => 401,
            Kind::Forbidden => 403,
            Kind::NotFound => 404,
            Kind::Conflict => 409,
            Kind::Stale => 412,
            Kind::TooLarge => 413,
            Kind::UnsupportedMedia => 415,
            Kind::Invalid => 422,
            Kind::VersionNeeded => 428,
            Kind::TooMany => 429,
            Kind::Internal => 500,
            Kind::Unavailable => 503,
        }
    }

    /// Whether whoever entered something can put it right or look again: the form is then shown as it was filled in.
    #[must_use]
    pub const fn is_for_the_form(&self) -> bool {
        matches!(self.kind, Kind::Conflict | Kind::Stale | Kind::Invalid)
    }

    /// The sentence about one field, if it is wrong.
    #[must_use]
    pub fn about(&self, field: &str) -> Option<&str> {
        self.fields.iter().find(|fault| fault.field == field).map(|fault| fault.message.as_str())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)?;
        for fault in &self.fields {
            write!(f, " {}: {}", fault.field, fault.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}

impl From<DbErr> for Refusal {
    fn from(error: DbErr) -> Self {
        // The constraint is the backstop behind each operation's own check, so its message can be general.
        if let Some(SqlErr::UniqueConstraintViolation(_)) = error.sql_err() {
            return Self::conflict("already_exists", "Something with the same key exists already.");
        }
        let text = error.to_string();
        let busy = matches!(error, DbErr::ConnectionAcquire(_))
            || text.contains("database is locked")
            || text.contains("deadlock detected")
            || text.contains("could not serialize");
        if busy {
            tracing::warn!(%error, "the database is busy");
            return Self::unavailable();
        }
        Self::internal(&error)
    }
}

impl From<serde_json::Error> for Refusal {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(&error)
    }
}
