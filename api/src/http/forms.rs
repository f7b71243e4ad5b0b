//! Posted forms as named texts and files, so that a form can be shown again exactly as it was filled in.

use std::collections::BTreeMap;

use poem::{FromRequest, Request, RequestBody};

use super::problem::Refused;
use crate::kernel::Refusal;

/// What a form held, from `application/x-www-form-urlencoded` or `multipart/form-data`.
#[derive(Clone, Debug, Default)]
pub struct Posted {
    texts: BTreeMap<String, Vec<String>>,
    files: BTreeMap<String, Vec<PostedFile>>,
}

/// A file as it was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostedFile {
    /// Its name on the sender's machine, without folders.
    pub name: String,
    /// The media type the sender's browser gave.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Posted {
    /// The text of a field; empty where it was not sent.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.texts.get(name).and_then(|values| values.first()).map_or("", String::as_str)
    }

    /// The text of a field that may be left out; none where it is empty.
    #[must_use]
    pub fn optional(&self, name: &str) -> Option<String> {
        Some(self.text(name).trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// All values of a field: ticked boxes.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<String> {
        self.texts.get(name).cloned().unwrap_or_default()
    }

    /// Whether a box was ticked.
    #[must_use]
    pub fn ticked(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }

    /// The date of three fields `name_day`, `name_month`, `name_year` as `2027-03-31`; empty where all are empty.
    #[must_use]
    pub fn date(&self, name: &str) -> String {
        let part = |suffix: &str| self.text(&format!("{name}_{suffix}")).trim().to_owned();
        let (day, month, year) = (part("day"), part("month"), part("year"));
        if day.is_empty() && month.is_empty() && year.is_empty() {
            return self.text(name).to_owned();
        }
        format!("{year}-{month:0>2}-{day:0>2}")
    }

    /// The version of the thing as it was shown, from the hidden field `version`.
    pub fn version(&self) -> Result<i64, Refusal> {
        self.text("version").parse().map_err(|_| Refusal::stale())
    }

    /// The first file of a field, if one was chosen.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&PostedFile> {
        self.files.get(name).and_then(|files| files.first())
    }

    /// Names and values of all text fields, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts
            .iter()
            .flat_map(|(name, values)| values.iter().map(move |value| (name.as_str(), value.as_str())))
    }
}

impl<'a> FromRequest<'a> for Posted {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> poem::Result<Self> {
        let mut posted = Self::default();
        let multipart = request.content_type().is_some_and(|media| media.starts_with("multipart/form-data"));
        if multipart {
            let mut parts = poem::web::Multipart::from_request(request, body).await?;
            while let Some(part) = parts.next_field().await? {
                let Some(name) = part.name().map(str::to_owned) else { continue };
                match part.file_name().map(str::to_owned) {
                    None => posted.texts.entry(name).or_default().push(part.text().await?),
                    Some(file_name) => {
                        let media_type = part.content_type().unwrap_or("application/octet-stream").to_owned();
                        let bytes = part.bytes().await.map_err(|error| {
                            Refused(Refusal::invalid(
                                "malformed",
                                format!("The file could not be received: {error}"),
                            ))
                        })?;
                        if !file_name.is_empty() {
                            let file = PostedFile { name: base_name(&file_name), media_type, bytes };
                            posted.files.entry(name).or_default().push(file);
                        }
                    }
                }
            }
        } else {
            let pairs = poem::web::Form::<Vec<(String, String)>>::from_request(request, body).await?;
            for (name, value) in pairs.0 {
                posted.texts.entry(name).or_default().push(value);
            }
        }
        Ok(posted)
    }
}

/// The last part of a path, whichever way its slashes lean.
fn base_name(path: &str) -> String {
    path.rsplit(['/', '\\']).next().unwrap_or(path).chars().filter(|c| !c.is_control()).take(200).collect()
}
