//! Dots on lines: what several bids ask for each row of a price schedule.

use std::fmt::Write;

use super::{Caption, Svg, along, label, line, picture, small, xml};

/// One row: a line from nothing to the highest price on it.
#[derive(Clone, Debug)]
pub struct DotRow {
    /// What is priced: `P01 Laptop`.
    pub label: String,
    /// The price at the end of the line, formatted.
    pub highest: String,
    /// What is missing: `Not priced: 2, 3`; empty where nothing is.
    pub missing: String,
    /// The prices, each with the number of its bid.
    pub dots: Vec<NumberedDot>,
}

/// A price on a row.
#[derive(Clone, Debug)]
pub struct NumberedDot {
    /// The number of the bid.
    pub number: usize,
    /// Who asks how much: `Northgate Digital: £612.35`.
    pub label: String,
    /// Where between nothing and the highest, in thousandths.
    pub at: u32,
}

/// How far apart, in units, the middles of two dots are that do not cover each other.
const APART: u32 = 21;

/// A row for each price with a numbered dot for each bid. Dots that would cover each other stand on each other.
#[must_use]
pub fn dot_rows(caption: &Caption<'_>, rows: &[DotRow]) -> Svg {
    const START: u32 = 14;
    const LENGTH: u32 = 700;
    let mut body = String::new();
    let mut top = 0;
    for row in rows {
        let levels = levels(&row.dots, LENGTH);
        let base = top + 40 + APART * levels.iter().max().copied().unwrap_or(0);
        label(&mut body, "ch-name", START, top + 16, &row.label);
        line(&mut body, "ch-grid", (START, base + 12), (START + LENGTH, base + 12));
        for (dot, level) in row.dots.iter().zip(levels) {
            let (x, y) = (along(START, LENGTH, dot.at), base - APART * level);
            let title = xml(&dot.label);
            let _ =
                write!(body, r#"<g><title>{title}</title><circle class="ch-dot" cx="{x}" cy="{y}" r="10"/>"#);
            label(&mut body, "ch-in", x, y + 4, &dot.number.to_string());
            body.push_str("</g>");
        }
        label(&mut body, "ch-strong", START + LENGTH + 16, base + 4, &row.highest);
        label(&mut body, "ch-quiet", START + LENGTH + 16, base + 20, &row.missing);
        top = base + 26;
    }
    picture("ch--bars", 920, top.max(1) + small(rows.len().min(1)) * 4, caption, &body)
}

/// How high each dot stands: on the first level on which it covers none before it.
fn levels(dots: &[NumberedDot], length: u32) -> Vec<u32> {
    let mut placed: Vec<(u32, u32)> = Vec::with_capacity(dots.len());
    for dot in dots {
        let x = along(0, length, dot.at);
        let free = |level: u32| placed.iter().all(|(at, on)| *on != level || x.abs_diff(*at) >= APART);
        // On a level of its own a dot covers nothing, so that there are never more levels than dots.
        let level = (0..small(dots.len())).find(|level| free(*level)).unwrap_or(0);
        placed.push((x, level));
    }
    placed.into_iter().map(|(_, level)| level).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::CAPTION;
    use super::*;

    fn row(prices: &[u32]) -> DotRow {
        let dots = prices.iter().enumerate().map(|(at, price)| NumberedDot {
            number: at + 1,
            label: format!("Bid {}", at + 1),
            at: *price,
        });
        DotRow {
            label: "P01 <Laptop>".to_owned(),
            highest: "£655.50".to_owned(),
            missing: "Not priced: 4".to_owned(),
            dots: dots.collect(),
        }
    }

    #[test]
    fn dots_that_would_cover_each_other_stand_on_each_other() {
        let levels = |prices: &[u32]| super::levels(&row(prices).dots, 700);
        assert_eq!(levels(&[0, 500, 1000]), [0, 0, 0]);
        assert_eq!(levels(&[1000, 1000, 990]), [0, 1, 2]);
        // 21 of 700 units are 30 thousandths.
        assert_eq!(levels(&[500, 529, 530]), [0, 1, 0]);
    }

    #[test]
    fn every_price_is_named_and_what_is_missing_is_said() {
        let svg = dot_rows(&CAPTION, &[row(&[0, 1000]), row(&[1000])]).to_string();
        assert_eq!(svg.matches("<circle").count(), 3, "{svg}");
        for text in ["P01 &lt;Laptop&gt;", "Bid 2", "£655.50", "Not priced: 4", r#"cx="14""#, r#"cx="714""#]
        {
            assert!(svg.contains(text), "{text}: {svg}");
        }
    }
}
