//! A column that holds one word of a closed vocabulary.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use sea_orm::sea_query::{ArrayType, ColumnType, Nullable, ValueType, ValueTypeErr};
use sea_orm::{ColIdx, DbErr, QueryResult, TryGetError, TryGetable, Value};

/// Wraps an enum of `rules`, stored as its text so that a database can be read without this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word<T>(pub T);

/// What a vocabulary must offer to be a column.
pub trait Vocabulary: Copy + Debug + Display + FromStr {}

impl<T: Copy + Debug + Display + FromStr> Vocabulary for T {}

impl<T> From<T> for Word<T> {
    fn from(word: T) -> Self {
        Self(word)
    }
}

impl<T: Vocabulary> From<Word<T>> for Value {
    fn from(word: Word<T>) -> Self {
        word.0.to_string().into()
    }
}

impl<T: Vocabulary> TryGetable for Word<T> {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        let text = String::try_get_by(row, index)?;
        text.parse().map(Self).map_err(|_| {
            TryGetError::DbErr(DbErr::Type(format!("`{text}` is not a {}", std::any::type_name::<T>())))
        })
    }
}

impl<T: Vocabulary> ValueType for Word<T> {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        <String as ValueType>::try_from(value)?.parse().map(Self).map_err(|_| ValueTypeErr)
    }

    fn type_name() -> String {
        "Word".to_owned()
    }

    fn array_type() -> ArrayType {
        ArrayType::String
    }

    fn column_type() -> ColumnType {
        ColumnType::Text
    }
}

impl<T: Vocabulary> Nullable for Word<T> {
    fn null() -> Value {
        String::null()
    }
}

impl<T: Vocabulary> sea_orm::IntoActiveValue<Word<T>> for Word<T> {
    fn into_active_value(self) -> sea_orm::ActiveValue<Self> {
        sea_orm::ActiveValue::Set(self)
    }
}

/// Declares a vocabulary that only the store needs.
macro_rules! stored_words {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$vmeta])* $variant,)+ }
        impl Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(match self { $(Self::$variant => $text,)+ })
            }
        }
        impl FromStr for $name {
            type Err = ();
            fn from_str(text: &str) -> Result<Self, ()> {
                match text { $($text => Ok(Self::$variant),)+ _ => Err(()) }
            }
        }
    };
}

stored_words! {
    /// What a one-time link is for.
    LinkPurpose {
        /// Makes the first administrator.
        FirstAdministrator = "first_administrator";
        /// Lets an invited person set a password.
        Welcome = "welcome";
        /// Lets a person set a new password.
        PasswordReset = "password_reset";
        /// Lets a supplier make its secret.
        SupplierClaim = "supplier_claim";
    }
}

stored_words! {
    /// What a file of a submission is.
    FileKind {
        /// The bid workbook.
        Workbook = "workbook";
        /// A document that answers a question.
        Document = "document";
    }
}
