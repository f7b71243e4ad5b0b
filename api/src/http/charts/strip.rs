//! A strip of dots: how far apart a panel is on one answer.

use std::fmt::Write;

use super::{Caption, Svg, along, label, line, picture, small, xml};

/// One panel member's mark on a strip.
#[derive(Clone, Debug)]
pub struct Dot {
    /// Who and what: `Ashvale: 4`.
    pub label: String,
    /// Where on the scale, in thousandths.
    pub at: u32,
}

/// How many equal marks stand on each other before the next ones stand beside them.
const TALLEST: usize = 5;

/// A strip that shows how far apart the panel is on one answer: a dot for each panel member (equal marks stand on
/// each other, and side by side where there are many), the agreed mark as a frame around its dots. `ticks` are the marks
/// of the scale.
#[must_use]
pub fn spread_strip(caption: &Caption<'_>, ticks: &[(u32, &str)], dots: &[Dot], agreed: Option<u32>) -> Svg {
    const START: u32 = 14;
    const LENGTH: u32 = 292;
    let count = |dots: &[Dot], at: u32| dots.iter().filter(|dot| dot.at == at).count();
    // Half of what the columns of a mark are wider than one.
    let aside = |at: u32| small(count(dots, at).saturating_sub(1) / TALLEST) * 7;
    let place = |index: usize, dot: &Dot| {
        let before = count(&dots[..index], dot.at);
        (small(before / TALLEST), small(before % TALLEST))
    };
    let tallest = dots.iter().enumerate().map(|(index, dot)| place(index, dot).1).max().unwrap_or(0);
    let base = 16 + 14 * tallest;
    let mut body = String::new();
    line(&mut body, "ch-grid", (START, base + 10), (START + LENGTH, base + 10));
    for (at, tick) in ticks {
        let x = along(START, LENGTH, *at);
        line(&mut body, "ch-grid", (x, base + 6), (x, base + 14));
        label(&mut body, "ch-quiet ch-mid", x, base + 30, tick);
    }
    if let Some(at) = agreed {
        let x = along(START, LENGTH, at).saturating_sub(11 + aside(at));
        let (width, height) = (22 + 2 * aside(at), base + 8);
        let _ = write!(
            body,
            r#"<rect class="ch-agreed" x="{x}" y="1" width="{width}" height="{height}" rx="11"/>"#
        );
    }
    for (index, dot) in dots.iter().enumerate() {
        let (column, row) = place(index, dot);
        let x = (along(START, LENGTH, dot.at) + 14 * column).saturating_sub(aside(dot.at));
        let y = base - 14 * row;
        let title = xml(&dot.label);
        let _ = write!(
            body,
            r#"<circle class="ch-dot" cx="{x}" cy="{y}" r="6.5"><title>{title}</title></circle>"#
        );
    }
    picture("ch--strip", 320, base + 36, caption, &body)
}

#[cfg(test)]
mod tests {
    use super::super::tests::CAPTION;
    use super::*;

    #[test]
    fn equal_marks_stand_on_each_other() {
        let dot = |at| Dot { label: "Ashvale".to_owned(), at };
        let svg = spread_strip(&CAPTION, &[(0, "0")], &[dot(500), dot(500), dot(0)], Some(500)).to_string();
        assert!(svg.contains(r#"cx="160" cy="30""#) && svg.contains(r#"cx="160" cy="16""#), "{svg}");
        assert!(svg.contains(r#"cx="14" cy="30""#), "{svg}");
    }

    #[test]
    fn many_equal_marks_stand_side_by_side() {
        let dots = vec![Dot { label: "Ashvale".to_owned(), at: 500 }; 9];
        let svg = spread_strip(&CAPTION, &[(0, "0")], &dots, Some(500)).to_string();
        assert!(svg.contains(r#"viewBox="0 0 320 108""#), "five dots high, not nine: {svg}");
        for (column, dots) in [("153", 5), ("167", 4)] {
            assert_eq!(svg.matches(&format!(r#"cx="{column}""#)).count(), dots, "{svg}");
        }
        assert!(svg.contains(r#"x="142" y="1" width="36""#), "the frame is around both columns: {svg}");
    }
}
