//! Stacked bars: the points of each bid by section.

use std::fmt::Write;

use super::{Caption, Svg, along, label, line, picture, small, text_width, xml};

/// A part of a stacked bar.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its points, formatted: `21.4`.
    pub points: String,
    /// Its length in thousandths of the scale.
    pub length: u32,
}

/// A bar of one bid: a part for each section, in the order of the sections.
#[derive(Clone, Debug)]
pub struct Bar {
    /// Who it is.
    pub label: String,
    /// The sum, formatted.
    pub total: String,
    /// Whether it leads: its name is bold.
    pub leads: bool,
    /// As many parts as there are sections.
    pub parts: Vec<Part>,
}

/// Stacked bars of points by section, a bar for each bid, with the key on top and the scale at the foot.
/// `ticks` are positions in thousandths and their labels.
#[must_use]
pub fn stacked_bars(caption: &Caption<'_>, sections: &[&str], ticks: &[(u32, &str)], bars: &[Bar]) -> Svg {
    const LENGTH: u32 = 830;
    let mut body = String::new();
    let (mut x, mut y) = (0, 14);
    for (colour, section) in sections.iter().enumerate() {
        if x > 0 && x + 20 + text_width(section) > 900 {
            (x, y) = (0, y + 22);
        }
        let _ = write!(
            body,
            r#"<rect class="ch-c{}" x="{x}" y="{}" width="12" height="12"/>"#,
            colour % 8,
            y - 11
        );
        label(&mut body, "ch-key", x + 18, y, section);
        x += 42 + text_width(section);
    }
    let top = y + 16;
    let foot = bars.iter().fold(top, |y, _| y + 48);
    for (at, tick) in ticks {
        let x = along(0, LENGTH, *at);
        line(&mut body, "ch-grid", (x, top), (x, foot));
        let place = if *at == 0 { "ch-quiet" } else { "ch-quiet ch-mid" };
        label(&mut body, place, x, foot + 16, tick);
    }
    for (y, bar) in (top..).step_by(48).zip(bars) {
        let weight = if bar.leads { "ch-strong" } else { "ch-name" };
        let _ = write!(
            body,
            r#"<rect class="ch-ground" x="0" y="{y}" width="{}" height="19"/>"#,
            text_width(&bar.label) + 8
        );
        label(&mut body, weight, 0, y + 15, &bar.label);
        let end = bar.parts.iter().zip(sections).enumerate().fold(0, |x, (colour, (part, section))| {
            stacked_part(&mut body, colour % 8, (x, y + 20), LENGTH * part.length / 1000, part, section);
            x + LENGTH * part.length / 1000
        });
        label(&mut body, "ch-strong", end + 8, y + 37, &bar.total);
    }
    picture("ch--bars", 920, foot + 22, caption, &body)
}

/// One part, its points inside where they fit and in its title anyway.
fn stacked_part(body: &mut String, colour: usize, at: (u32, u32), width: u32, part: &Part, section: &str) {
    let (x, y) = at;
    let drawn = width.saturating_sub(2);
    let _ = write!(
        body,
        r#"<rect class="ch-c{colour}" x="{x}" y="{y}" width="{drawn}" height="24"><title>{}: {}</title></rect>"#,
        xml(section),
        xml(&part.points)
    );
    if text_width(&part.points) < drawn {
        label(body, "ch-in", x + drawn / 2, y + 17, &part.points);
    }
}

/// A share of a whole.
#[derive(Clone, Debug)]
pub struct Share {
    /// What has it.
    pub label: String,
    /// How much, formatted: `36 %`.
    pub value: String,
    /// Its length in thousandths of the whole.
    pub length: u32,
    /// The colour: 0 to 7.
    pub colour: u8,
}

/// Bars of shares below each other, each with what has it above.
#[must_use]
pub fn shares(caption: &Caption<'_>, shares: &[Share]) -> Svg {
    const LENGTH: u32 = 830;
    let mut body = String::new();
    for (y, share) in (4..).step_by(44).zip(shares) {
        label(&mut body, "ch-name", 0, y + 12, &share.label);
        let width = along(0, LENGTH, share.length).max(2);
        let _ = write!(
            body,
            r#"<rect class="ch-c{}" x="0" y="{}" width="{width}" height="16"/>"#,
            share.colour % 8,
            y + 18
        );
        label(&mut body, "ch-strong", width + 8, y + 31, &share.value);
    }
    picture("ch--bars", 920, 4 + 44 * small(shares.len()), caption, &body)
}

#[cfg(test)]
mod tests {
    use super::super::tests::CAPTION;
    use super::*;

    #[test]
    fn texts_are_escaped() {
        let bar = Bar {
            label: "<script>".to_owned(),
            total: "9\"".to_owned(),
            leads: true,
            parts: vec![Part { points: "9".to_owned(), length: 900 }],
        };
        let svg = stacked_bars(&CAPTION, &["R&D"], &[(0, "0")], &[bar]).to_string();
        assert!(svg.contains("A &amp; B &lt;lead&gt;") && svg.contains("R&amp;D"), "{svg}");
        assert!(!svg.contains("<script>") && svg.contains("&lt;script&gt;"), "{svg}");
        assert!(!svg.contains("style="), "{svg}");
    }

    #[test]
    fn a_share_is_as_long_as_it_is_large() {
        let share = |length| Share { label: "Q&A".to_owned(), value: "50 %".to_owned(), length, colour: 1 };
        let svg = shares(&CAPTION, &[share(500), share(0)]).to_string();
        assert!(svg.contains(r#"<rect class="ch-c1" x="0" y="22" width="415" height="16"/>"#), "{svg}");
        assert!(svg.contains(r#"width="2" height="16"/>"#), "what is next to nothing still shows: {svg}");
        assert!(svg.contains("Q&amp;A") && svg.contains(r#"viewBox="0 0 920 92""#), "{svg}");
    }
}
