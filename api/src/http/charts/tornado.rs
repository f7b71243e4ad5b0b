//! Reaches of weights: how far each may go before another bid wins.

use std::fmt::Write;

use super::{Caption, Svg, along, label, line, picture, small};

/// How far a weight may go without another winner.
#[derive(Clone, Debug)]
pub struct Reach {
    /// Which weight, and what it is now.
    pub label: String,
    /// Where the reach begins, in thousandths of the scale.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
    /// Where the weight is.
    pub now: u32,
    /// The break on the left, formatted; empty where there is none.
    pub from_text: String,
    /// The break on the right.
    pub to_text: String,
}

/// How far weights may go from 0 to 100 %, a row for each, with a line where each is now.
#[must_use]
pub fn tornado(caption: &Caption<'_>, reaches: &[Reach]) -> Svg {
    const START: u32 = 60;
    const LENGTH: u32 = 800;
    let mut body = String::new();
    let foot = 8 + 48 * small(reaches.len());
    for (at, tick) in [(0, "0 %"), (250, "25 %"), (500, "50 %"), (750, "75 %"), (1000, "100 %")] {
        let x = along(START, LENGTH, at);
        line(&mut body, "ch-grid", (x, 4), (x, foot));
        label(&mut body, "ch-quiet ch-mid", x, foot + 16, tick);
    }
    for (y, reach) in (8..).step_by(48).zip(reaches) {
        let (from, to) = (along(START, LENGTH, reach.from), along(START, LENGTH, reach.to));
        label(&mut body, "ch-halo ch-name", START + 6, y + 13, &reach.label);
        let width = to.saturating_sub(from).max(2);
        let _ =
            write!(body, r#"<rect class="ch-c0" x="{from}" y="{}" width="{width}" height="12"/>"#, y + 22);
        let now = along(START, LENGTH, reach.now);
        // A gap in the bar, so that the line of the present weight is seen on it.
        let _ = write!(
            body,
            r#"<rect class="ch-ground" x="{}" y="{}" width="6" height="12"/>"#,
            now.saturating_sub(3),
            y + 22
        );
        line(&mut body, "ch-today", (now, y + 14), (now, y + 42));
        label(&mut body, "ch-halo ch-strong ch-end", from.saturating_sub(5), y + 33, &reach.from_text);
        label(&mut body, "ch-halo ch-strong", to + 5, y + 33, &reach.to_text);
    }
    picture("ch--bars", 920, foot + 22, caption, &body)
}
