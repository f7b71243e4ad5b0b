//! Pictures beside tables, as SVG of our own: role and title for all, a description that states the finding, every
//! value printed as text, colours by the stylesheet's classes (the content security policy forbids inline styles).
//! Figures come already formatted by whoever knows their rounding; a plot only needs where to draw, as whole
//! thousandths of the scale's length.

mod bars;
mod curve;
mod dots;
mod strip;
mod timeline;
mod tornado;

use std::fmt::{self, Display, Formatter, Write};

use askama::filters::HtmlSafe;

pub use bars::{Bar, Part, Share, shares, stacked_bars};
pub use curve::{Curve, curve};
pub use dots::{DotRow, NumberedDot, dot_rows};
pub use strip::{Dot, spread_strip};
pub use timeline::{Moment, timeline};
pub use tornado::{Reach, tornado};

/// A finished picture; a template prints it with `{{ chart }}` (its texts are escaped already).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Svg(String);

impl Display for Svg {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Svg {}

/// What a picture is called and what it says. `id` is unique on the page.
#[derive(Clone, Debug)]
pub struct Caption<'a> {
    /// Id of the picture; title and description are numbered after it.
    pub id: &'a str,
    /// What is drawn: "Points by section".
    pub title: &'a str,
    /// What it says: "Blue Harbour IT leads by 9.4."
    pub finding: &'a str,
}

/// Escaped for XML text and attributes.
fn xml(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

/// A picture of `width` × `height` units. Writing to a `String` cannot fail.
fn picture(class: &str, width: u32, height: u32, caption: &Caption<'_>, body: &str) -> Svg {
    let (id, title, finding) = (xml(caption.id), xml(caption.title), xml(caption.finding));
    Svg(format!(
        r#"<svg class="ch {class}" id="{id}" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{id}-title {id}-desc"><title id="{id}-title">{title}</title><desc id="{id}-desc">{finding}</desc>{body}</svg>"#
    ))
}

/// Adds a text; `class` places and colours it.
fn label(body: &mut String, class: &str, x: u32, y: u32, text: &str) {
    let _ = write!(body, r#"<text class="{class}" x="{x}" y="{y}">{}</text>"#, xml(text));
}

/// Adds a straight line from one point to another.
fn line(body: &mut String, class: &str, from: (u32, u32), to: (u32, u32)) {
    let ((x1, y1), (x2, y2)) = (from, to);
    let _ = write!(body, r#"<line class="{class}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>"#);
}

/// Thousandths of a scale to units of a picture.
fn along(start: u32, length: u32, thousandths: u32) -> u32 {
    start + length * thousandths.min(1000) / 1000
}

/// About how many units a text of 13 px takes; a picture cannot measure.
fn text_width(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX).saturating_mul(7)
}

/// Level 0 to 5 of a heat cell for the mark at `position` (0 is the lowest) of a scale of `steps` allowed marks.
#[must_use]
pub fn heat_level(position: usize, steps: usize) -> usize {
    if steps < 2 { 5 } else { (position.min(steps - 1) * 5 + (steps - 1) / 2) / (steps - 1) }
}

/// A count of things in a picture.
fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) const CAPTION: Caption<'_> = Caption { id: "c", title: "Points", finding: "A & B <lead>" };

    #[test]
    fn heat_levels_span_the_scale_whatever_its_steps() {
        let levels = |steps| (0..steps).map(|at| heat_level(at, steps)).collect::<Vec<_>>();
        assert_eq!(levels(6), [0, 1, 2, 3, 4, 5]);
        assert_eq!(levels(2), [0, 5]);
        assert_eq!(levels(4), [0, 2, 3, 5]);
        assert_eq!(heat_level(9, 3), 5);
    }
}
