//! A curve: what each price earns.

use std::fmt::Write;

use super::{Caption, Svg, along, label, line, picture};

/// A curve over a range, both in thousandths of their scales; higher is better.
#[derive(Clone, Debug)]
pub struct Curve<'a> {
    /// Its points, from left to right.
    pub points: &'a [(u32, u32)],
    /// Where it is level: from and to.
    pub level: &'a [(u32, u32)],
    /// What a level part is called.
    pub level_label: &'a str,
    /// Places along the foot and their labels.
    pub foot: &'a [(u32, String)],
    /// Heights and their labels.
    pub side: &'a [(u32, String)],
}

/// Draws a curve with its level parts shaded.
#[must_use]
pub fn curve(caption: &Caption<'_>, curve: &Curve<'_>) -> Svg {
    const LEFT: u32 = 60;
    const LENGTH: u32 = 800;
    const TOP: u32 = 26;
    const HEIGHT: u32 = 220;
    let foot = TOP + HEIGHT;
    let x = |at: u32| along(LEFT, LENGTH, at);
    let y = |at: u32| foot - along(0, HEIGHT, at);
    let mut body = String::new();
    for (from, to) in curve.level {
        let width = x(*to).saturating_sub(x(*from)).max(2);
        let _ = write!(
            body,
            r#"<rect class="ch-level" x="{}" y="{TOP}" width="{width}" height="{HEIGHT}"/>"#,
            x(*from)
        );
    }
    for (at, tick) in curve.side {
        line(&mut body, "ch-grid", (LEFT, y(*at)), (LEFT + LENGTH, y(*at)));
        label(&mut body, "ch-quiet ch-end", LEFT - 8, y(*at) + 4, tick);
    }
    for (at, tick) in curve.foot {
        line(&mut body, "ch-grid", (x(*at), foot), (x(*at), foot + 6));
        let place = match at {
            0..=40 => "ch-quiet",
            960.. => "ch-quiet ch-end",
            _ => "ch-quiet ch-mid",
        };
        label(&mut body, place, x(*at), foot + 22, tick);
    }
    // Tenths of a unit: whole ones would show as steps on a curve that is nearly straight.
    let tenths = |tenths: u32| format!("{}.{}", tenths / 10, tenths % 10);
    let point = |(at, high): &(u32, u32)| {
        let (x, y) = (along(LEFT * 10, LENGTH * 10, *at), foot * 10 - along(0, HEIGHT * 10, *high));
        format!("{},{}", tenths(x), tenths(y))
    };
    let points: Vec<String> = curve.points.iter().map(point).collect();
    let _ = write!(body, r#"<polyline class="ch-curve" points="{}"/>"#, points.join(" "));
    for (from, to) in curve.level {
        let middle = x(from.midpoint(*to));
        let place = match middle {
            0..=160 => "ch-halo ch-quiet",
            760.. => "ch-halo ch-quiet ch-end",
            _ => "ch-halo ch-quiet ch-mid",
        };
        let at = match middle {
            0..=160 => x(*from),
            760.. => x(*to),
            _ => middle,
        };
        label(&mut body, place, at, TOP - 10, curve.level_label);
    }
    picture("ch--bars", 920, foot + 30, caption, &body)
}

#[cfg(test)]
mod tests {
    use super::super::tests::CAPTION;
    use super::*;

    #[test]
    fn a_curve_falls_to_the_right_and_its_level_parts_are_shaded() {
        let told = Curve {
            points: &[(0, 1000), (500, 1000), (1000, 0)],
            level: &[(0, 500)],
            level_label: "no gain <here>",
            foot: &[(0, "£200,000".to_owned()), (1000, "£400,000".to_owned())],
            side: &[(0, "0".to_owned()), (1000, "40".to_owned())],
        };
        let svg = curve(&CAPTION, &told).to_string();
        assert!(svg.contains(r#"points="60.0,26.0 460.0,26.0 860.0,246.0""#), "{svg}");
        assert!(svg.contains(r#"<rect class="ch-level" x="60" y="26" width="400" height="220"/>"#), "{svg}");
        assert!(svg.contains("no gain &lt;here&gt;"), "{svg}");
        assert!(
            svg.contains(r#"class="ch-quiet ch-end" x="860""#),
            "the last label ends at its place: {svg}"
        );
    }
}
