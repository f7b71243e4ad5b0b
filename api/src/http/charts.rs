//! Pictures beside tables, as SVG of our own: role and title for all, a description that states the finding, every
//! value printed as text, colours by the stylesheet's classes (the content security policy forbids inline styles).
//! Figures come already formatted by whoever knows their rounding; a plot only needs where to draw, as whole
//! thousandths of the scale's length.

use std::fmt::{self, Display, Formatter, Write};

use askama::filters::HtmlSafe;

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

/// A count of things in a picture.
fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(0)
}

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
    use super::*;

    const CAPTION: Caption<'_> = Caption { id: "c", title: "Points", finding: "A & B <lead>" };

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

    #[test]
    fn heat_levels_span_the_scale_whatever_its_steps() {
        let levels = |steps| (0..steps).map(|at| heat_level(at, steps)).collect::<Vec<_>>();
        assert_eq!(levels(6), [0, 1, 2, 3, 4, 5]);
        assert_eq!(levels(2), [0, 5]);
        assert_eq!(levels(4), [0, 2, 3, 5]);
        assert_eq!(heat_level(9, 3), 5);
    }
}
