//! The pause after the mail server has refused us: every mail would meet the same answer, so none is tried until the
//! operator has had time to look. The outbox page shows it.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::kernel::{Reading, Refusal, Writing};

const SETTING: &str = "mail_pause";
/// How long no mail is tried after such a refusal.
const LASTS: TimeDelta = TimeDelta::minutes(10);

/// Why no mail is sent at present.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// What the server said.
    pub answer: String,
    /// When sending goes on by itself.
    pub until: DateTime<Utc>,
}

/// The pause, if there is one.
pub async fn of(r: &Reading) -> Result<Option<Pause>, Refusal> {
    let Some(text) = r.setting(SETTING).await?.filter(|text| !text.is_empty()) else { return Ok(None) };
    let pause: Pause = serde_json::from_str(&text)?;
    Ok((pause.until > r.now()).then_some(pause))
}

pub(super) async fn begin(w: &Writing, answer: &str) -> Result<(), Refusal> {
    let pause = Pause { answer: answer.to_owned(), until: w.now() + LASTS };
    tracing::error!(answer, until = %pause.until, "the mail server refuses us: no mail is sent for a while");
    w.set_setting(SETTING, &serde_json::to_string(&pause)?).await
}

pub(super) async fn end(w: &Writing) -> Result<(), Refusal> {
    if w.setting(SETTING).await?.is_some_and(|text| !text.is_empty()) {
        w.set_setting(SETTING, "").await?;
    }
    Ok(())
}
