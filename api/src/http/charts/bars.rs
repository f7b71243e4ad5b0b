//! Stacked bars: the points of each bid by section.

use std::fmt::Write;

use super::{Caption, Svg, along, label, line, picture, text_width, xml};

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
}
