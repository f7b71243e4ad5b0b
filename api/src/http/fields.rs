//! What a form field shows: small structs that a page fills and `templates/macros.html` draws, with label, hint
//! and error tied to the input by id. Constructors read like the page:
//! `TextField::new("title", "Title").value(&form.title).hint("…").error(errors.get("title"))`.
//! The name of a field is its id too, so an error summary finds it.

// `.value(&form.title)` and `.value(12)` both read well; a reference in the signature would forbid the second.
#![allow(clippy::needless_pass_by_value)]

/// How wide an input is drawn: as wide as its column, or for so many characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Width {
    /// As wide as the column.
    #[default]
    Full,
    /// A year, a mark: 4 characters.
    Chars4,
    /// A weight, a volume: 8 characters.
    Chars8,
    /// A reference, a price: 16 characters.
    Chars16,
    /// A name: 30 characters.
    Chars30,
}

impl Width {
    /// The class that the stylesheet knows.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Full => "cl-w-full",
            Self::Chars4 => "cl-w-4",
            Self::Chars8 => "cl-w-8",
            Self::Chars16 => "cl-w-16",
            Self::Chars30 => "cl-w-30",
        }
    }
}

/// What every field has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) label_hidden: bool,
    pub(crate) hint: Option<String>,
    pub(crate) error: Option<String>,
}

impl Head {
    fn new(name: &str, label: impl Into<String>) -> Self {
        Self { id: name.to_owned(), name: name.to_owned(), label: label.into(), ..Self::default() }
    }

    /// Value of `aria-describedby`: the ids of hint and error, empty where there is neither.
    pub(crate) fn described_by(&self) -> String {
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", self.id));
        let error = self.error.as_ref().map(|_| format!("{}-error", self.id));
        hint.into_iter().chain(error).collect::<Vec<_>>().join(" ")
    }
}

/// The builder methods that every field shares.
macro_rules! head_methods {
    () => {
        /// Another id than the name, where a page repeats a name.
        #[must_use]
        pub fn id(mut self, id: impl Into<String>) -> Self {
            self.head.id = id.into();
            self
        }

        /// A sentence of help under the label.
        #[must_use]
        pub fn hint(mut self, hint: impl Into<String>) -> Self {
            self.head.hint = Some(hint.into());
            self
        }

        /// What is wrong with the value, and what to do.
        #[must_use]
        pub fn error(mut self, error: Option<impl AsRef<str>>) -> Self {
            self.head.error = error.map(|text| text.as_ref().to_owned());
            self
        }

        /// Keeps the label for screen readers only, where a table's heads say it to the eye.
        #[must_use]
        pub fn label_hidden(mut self) -> Self {
            self.head.label_hidden = true;
            self
        }
    };
}

/// A line of text: also mail addresses, passwords, figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextField {
    pub(crate) head: Head,
    pub(crate) value: String,
    pub(crate) kind: &'static str,
    pub(crate) width: Width,
    pub(crate) inputmode: &'static str,
    pub(crate) autocomplete: &'static str,
    pub(crate) prefix: &'static str,
    pub(crate) suffix: &'static str,
    pub(crate) spellcheck: bool,
    pub(crate) weight_group: String,
}

impl TextField {
    head_methods!();

    /// An empty line of text.
    pub fn new(name: &str, label: impl Into<String>) -> Self {
        Self {
            head: Head::new(name, label),
            value: String::new(),
            kind: "text",
            width: Width::Full,
            inputmode: "",
            autocomplete: "",
            prefix: "",
            suffix: "",
            spellcheck: true,
            weight_group: String::new(),
        }
    }

    /// A mail address.
    pub fn email(name: &str, label: impl Into<String>) -> Self {
        Self { kind: "email", spellcheck: false, autocomplete: "email", ..Self::new(name, label) }
    }

    /// A password; never drawn with a value. Pasting is allowed. `autocomplete` is `current-password` unless set.
    pub fn password(name: &str, label: impl Into<String>) -> Self {
        let autocomplete = "current-password";
        Self { kind: "password", spellcheck: false, autocomplete, ..Self::new(name, label) }
    }

    /// A figure, typed as text so that a wrong one can be shown again as it was typed.
    pub fn figure(name: &str, label: impl Into<String>) -> Self {
        let (inputmode, width) = ("decimal", Width::Chars8);
        Self { inputmode, width, spellcheck: false, ..Self::new(name, label) }
    }

    /// An amount in pounds.
    pub fn pounds(name: &str, label: impl Into<String>) -> Self {
        Self { prefix: "£", width: Width::Chars16, ..Self::figure(name, label) }
    }

    /// A weight in per cent. The script adds up all fields of `group` into `ui::weight_total(group, …)`.
    pub fn weight(name: &str, label: impl Into<String>, group: impl Into<String>) -> Self {
        Self { suffix: "%", weight_group: group.into(), ..Self::figure(name, label) }
    }

    /// What the field holds.
    #[must_use]
    pub fn value(mut self, value: impl ToString) -> Self {
        if self.kind != "password" {
            self.value = value.to_string();
        }
        self
    }

    /// How wide it is drawn.
    #[must_use]
    pub fn width(mut self, width: Width) -> Self {
        self.width = width;
        self
    }

    /// The purpose of the field for the browser's filling in (`organization`, `new-password`, `off`).
    #[must_use]
    pub fn autocomplete(mut self, purpose: &'static str) -> Self {
        self.autocomplete = purpose;
        self
    }

    /// A unit behind the field.
    #[must_use]
    pub fn suffix(mut self, suffix: &'static str) -> Self {
        self.suffix = suffix;
        self
    }
}

/// Several lines of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AreaField {
    pub(crate) head: Head,
    pub(crate) value: String,
    pub(crate) rows: u8,
}

impl AreaField {
    head_methods!();

    /// Five empty lines.
    pub fn new(name: &str, label: impl Into<String>) -> Self {
        Self { head: Head::new(name, label), value: String::new(), rows: 5 }
    }

    /// What the field holds.
    #[must_use]
    pub fn value(mut self, value: impl ToString) -> Self {
        self.value = value.to_string();
        self
    }

    /// How many lines are drawn.
    #[must_use]
    pub fn rows(mut self, rows: u8) -> Self {
        self.rows = rows;
        self
    }
}

/// One thing to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) hint: Option<String>,
    pub(crate) chosen: bool,
}

/// The builder methods of fields that offer choices. `chosen` comes after the options.
macro_rules! choice_methods {
    () => {
        /// Adds an option.
        #[must_use]
        pub fn option(mut self, value: impl ToString, label: impl Into<String>) -> Self {
            let (value, label) = (value.to_string(), label.into());
            self.options.push(Choice { value, label, hint: None, chosen: false });
            self
        }

        /// Adds options as pairs of value and label.
        #[must_use]
        pub fn options<V: ToString, L: Into<String>>(self, pairs: impl IntoIterator<Item = (V, L)>) -> Self {
            pairs.into_iter().fold(self, |field, (value, label)| field.option(value, label))
        }

        /// Marks the option with this value as chosen; call it after the options are added.
        #[must_use]
        pub fn chosen(mut self, value: impl ToString) -> Self {
            let value = value.to_string();
            for option in self.options.iter_mut().filter(|option| option.value == value) {
                option.chosen = true;
            }
            self
        }
    };
}

/// Adds an option with a sentence of help: radios and checkboxes, not lists.
macro_rules! hinted_option_method {
    () => {
        /// Adds an option with a sentence of help under it.
        #[must_use]
        pub fn option_hint(
            mut self,
            value: impl ToString,
            label: impl Into<String>,
            hint: impl Into<String>,
        ) -> Self {
            let (value, label, hint) = (value.to_string(), label.into(), Some(hint.into()));
            self.options.push(Choice { value, label, hint, chosen: false });
            self
        }
    };
}

/// A list to choose one of; for more than about seven options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectField {
    pub(crate) head: Head,
    pub(crate) options: Vec<Choice>,
    pub(crate) width: Width,
}

impl SelectField {
    head_methods!();
    choice_methods!();

    /// A list without options yet.
    pub fn new(name: &str, label: impl Into<String>) -> Self {
        Self { head: Head::new(name, label), options: Vec::new(), width: Width::Full }
    }

    /// How wide it is drawn.
    #[must_use]
    pub fn width(mut self, width: Width) -> Self {
        self.width = width;
        self
    }
}

/// One of a few, all visible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RadioField {
    pub(crate) head: Head,
    pub(crate) options: Vec<Choice>,
    pub(crate) inline: bool,
    pub(crate) marks: bool,
}

impl RadioField {
    head_methods!();
    choice_methods!();
    hinted_option_method!();

    /// Radios without options yet, one under the other.
    pub fn new(name: &str, label: impl Into<String>) -> Self {
        Self { head: Head::new(name, label), options: Vec::new(), inline: false, marks: false }
    }

    /// A mark on a scale: each option's value is the mark, its label the descriptor. The script lets digits choose.
    pub fn marks(name: &str, label: impl Into<String>) -> Self {
        Self { marks: true, ..Self::new(name, label) }
    }

    /// Side by side, for two or three short options.
    #[must_use]
    pub fn inline(mut self) -> Self {
        self.inline = true;
        self
    }
}

/// Any of a few, all visible; every ticked value is sent under the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckField {
    pub(crate) head: Head,
    pub(crate) options: Vec<Choice>,
    pub(crate) single: bool,
}

impl CheckField {
    head_methods!();
    choice_methods!();
    hinted_option_method!();

    /// Checkboxes without options yet.
    pub fn new(name: &str, label: impl Into<String>) -> Self {
        Self { head: Head::new(name, label), options: Vec::new(), single: false }
    }

    /// One checkbox that says yes to its label, sent as `yes`.
    pub fn yes(name: &str, label: impl Into<String>, ticked: bool) -> Self {
        let field = Self { single: true, ..Self::new(name, label) };
        let label = field.head.label.clone();
        let field = field.option("yes", label);
        if ticked { field.chosen("yes") } else { field }
    }
}

/// A file to send, at most 20 MiB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileField {
    pub(crate) head: Head,
    pub(crate) accept: &'static str,
}

impl FileField {
    head_methods!();

    /// A file of any kind; the form needs `enctype="multipart/form-data"`.
    pub fn new(name: &str, label: impl Into<String>) -> Self {
        Self { head: Head::new(name, label), accept: "" }.hint("At most 20 MiB.")
    }

    /// The endings that the browser's dialogue offers.
    #[must_use]
    pub fn accept(mut self, endings: &'static str) -> Self {
        self.accept = endings;
        self
    }

    /// A spreadsheet: xlsx, ods or CSV.
    pub fn workbook(name: &str, label: impl Into<String>) -> Self {
        let accept = ".xlsx,.xls,.xlsm,.xlsb,.ods,.csv";
        Self { accept, ..Self::new(name, label) }.hint("A spreadsheet (xlsx, ods or CSV) of at most 20 MiB.")
    }
}

/// A day, and a time of day where asked for: `{name}_day`, `{name}_month`, `{name}_year`, `{name}_time`.
/// All of it is Europe/London.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateField {
    pub(crate) head: Head,
    pub(crate) day: String,
    pub(crate) month: String,
    pub(crate) year: String,
    pub(crate) time: Option<String>,
}

impl DateField {
    head_methods!();

    /// An empty day.
    pub fn new(name: &str, label: impl Into<String>) -> Self {
        let empty = String::new;
        Self { head: Head::new(name, label), day: empty(), month: empty(), year: empty(), time: None }
    }

    /// Day, month and year as they were typed, or as stored.
    #[must_use]
    pub fn value(mut self, day: impl ToString, month: impl ToString, year: impl ToString) -> Self {
        self.day = day.to_string();
        self.month = month.to_string();
        self.year = year.to_string();
        self
    }

    /// Asks for a time of day too; `time` as `14:00`.
    #[must_use]
    pub fn time(mut self, time: impl ToString) -> Self {
        self.time = Some(time.to_string());
        self
    }
}
