//! A timeline with today on it.

use std::fmt::Write;

use super::{Caption, Svg, along, label, line, picture, small, text_width, xml};

/// A day that matters, on a timeline.
#[derive(Clone, Debug)]
pub struct Moment {
    /// Where on the line, in thousandths.
    pub at: u32,
    /// What happens.
    pub label: String,
    /// When, formatted: `12 March 2027`.
    pub date: String,
    /// Whether it is over: a filled dot.
    pub past: bool,
}

/// The longest label on a timeline, in characters; the table beside it has the whole.
const LONGEST_LABEL: usize = 40;

/// A text cut to the longest label, with a sign that it was cut.
fn cut(text: &str) -> String {
    if text.chars().count() <= LONGEST_LABEL {
        return text.to_owned();
    }
    let kept: String = text.chars().take(LONGEST_LABEL - 1).collect();
    format!("{}…", kept.trim_end())
}

/// A timeline with today on it. Labels go as many rows deep as they need, so that close days do not cover each other.
#[must_use]
pub fn timeline(caption: &Caption<'_>, moments: &[Moment], today: Option<(u32, &str)>) -> Svg {
    const START: u32 = 10;
    const LENGTH: u32 = 880;
    let mut body = String::new();
    line(&mut body, "ch-axis", (START, 34), (START + LENGTH, 34));
    if let Some((at, text)) = today {
        let x = along(START, LENGTH, at);
        line(&mut body, "ch-today", (x, 18), (x, 50));
        label(&mut body, if at > 850 { "ch-today-label ch-end" } else { "ch-today-label" }, x, 13, text);
    }
    // Words come after all lines, with a ground of their own, so that no line runs through them.
    let mut words = String::new();
    // Where the last label of each row ends.
    let mut taken: Vec<u32> = Vec::new();
    for moment in moments {
        let x = along(START, LENGTH, moment.at);
        let what = cut(&moment.label);
        let width = text_width(&what).max(text_width(&moment.date)) + 14;
        let (from, place) = if x + width > 910 { (x.saturating_sub(width), " ch-end") } else { (x, "") };
        let row = taken.iter().position(|end| *end <= from).unwrap_or(taken.len());
        if row == taken.len() {
            taken.push(0);
        }
        taken[row] = from + width;
        let y = 66 + 42 * small(row);
        line(&mut body, "ch-grid", (x, 34), (x, y - 12));
        label(&mut words, &format!("ch-halo ch-strong{place}"), x, y, &what);
        label(&mut words, &format!("ch-halo ch-quiet{place}"), x, y + 17, &moment.date);
        let class = if moment.past { "ch-dot" } else { "ch-open" };
        let title = xml(&format!("{}, {}", moment.label, moment.date));
        let _ =
            write!(body, r#"<circle class="{class}" cx="{x}" cy="34" r="7"><title>{title}</title></circle>"#);
    }
    let height = 48 + 42 * small(taken.len());
    picture("ch--timeline", 920, height, caption, &(body + &words))
}

#[cfg(test)]
mod tests {
    use super::super::tests::CAPTION;
    use super::*;

    #[test]
    fn close_moments_have_a_row_each_and_long_labels_are_cut() {
        let moment = |at, label: &str| Moment {
            at,
            label: label.to_owned(),
            date: "12 March 2027".to_owned(),
            past: true,
        };
        let close: Vec<_> = (0..6).map(|at| moment(at, "Tender published")).collect();
        let svg = timeline(&CAPTION, &close, None).to_string();
        for y in [66, 108, 150, 192, 234, 276] {
            assert_eq!(svg.matches(&format!(r#"y="{y}">Tender published"#)).count(), 1, "{svg}");
        }
        assert!(svg.contains(r#"viewBox="0 0 920 300""#), "{svg}");
        let far = timeline(&CAPTION, &[moment(0, "Opened"), moment(500, "Locked")], None).to_string();
        assert_eq!(far.matches(r#"y="66">"#).count(), 2, "what is far apart shares a row: {far}");
        let long = "x".repeat(60);
        let svg = timeline(&CAPTION, &[moment(0, &long)], None).to_string();
        assert!(svg.contains(&format!(">{}…<", "x".repeat(39))), "{svg}");
        assert!(svg.contains(&format!("<title>{long}, 12 March 2027</title>")), "{svg}");
    }
}
