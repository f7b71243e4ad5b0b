//! What holds of every file: a changed byte never becomes another price, and no bytes at all break a promise of the reader.
#![allow(clippy::unwrap_used, dead_code)]

#[path = "corpus/bytes.rs"]
mod bytes;
#[path = "corpus/case.rs"]
mod case;
mod common;
#[path = "corpus/open_document.rs"]
mod open_document;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use common::{HASH, pack, parts, zip_of};
use importers::bid;
use importers::price::{Seen, unit_price};
use importers::raw::{Cell, RawValue};
use importers::{fuzz, read_here};
use proptest::prelude::*;
use proptest::sample::Index;
use rules::money::UnitPrice;
use rules::pack::Pack;

/// A bid as xlsx, as ods and as CSV.
static SEEDS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let prices = "ICT-2027-01 v1 · fp 9f2c41d0\nLine ID,Answer,Unit price\n".to_owned()
        + &["P01", "P02", "P03"]
            .map(|code| format!("{},Bid,12.34\n", rules::line_id::with_check(code)))
            .concat();
    vec![bytes::good(), open_document::as_it_is(), prices.into_bytes()]
});

/// What a file offers and answers, line by line; nothing for a file that is refused.
fn said(bytes: &[u8]) -> Option<BTreeSet<String>> {
    let reading = bid::read(&PACK, HASH, &read_here(bytes, "bid").ok()?).ok()?;
    let prices =
        reading.prices.iter().map(|one| format!("{} {:?} {:?}", one.line, one.offer, one.unit_price));
    let responses =
        reading.responses.iter().map(|one| format!("{} {:?} {}", one.requirement, one.code, one.comment));
    let answers = reading.answers.iter().map(|one| format!("{} {}", one.question, one.text));
    Some(prices.chain(responses).chain(answers).collect())
}

static PACK: LazyLock<Pack> = LazyLock::new(pack);
static SAID: LazyLock<Vec<BTreeSet<String>>> =
    LazyLock::new(|| SEEDS.iter().map(|seed| said(seed).unwrap()).collect());

/// Every byte of both workbooks, each with one of its bits changed, the first of one byte, the second of the next. Whatever
/// becomes of the file, nothing is read from it that was not in it.
#[test]
fn no_changed_bit_of_a_workbook_becomes_another_answer() {
    for (seed, good) in SEEDS.iter().enumerate().take(2) {
        assert!(SAID[seed].len() >= 10, "{:?}", SAID[seed]);
        let flip = |first: usize| {
            let mut bytes = good.clone();
            for at in (first..good.len()).step_by(4) {
                bytes[at] ^= 1 << (at % 8);
                if let Some(found) = said(&bytes) {
                    assert!(found.is_subset(&SAID[seed]), "byte {at} of seed {seed}: {found:?}");
                }
                bytes[at] = good[at];
            }
        };
        std::thread::scope(|scope| (0..4).for_each(|first| drop(scope.spawn(move || flip(first)))));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_byte_of_a_workbook_never_becomes_another_answer(seed in 0usize..2, at: Index, change in 1u8..) {
        let mut bytes = SEEDS[seed].clone();
        let at = at.index(bytes.len());
        bytes[at] ^= change;
        if let Some(found) = said(&bytes) {
            prop_assert!(found.is_subset(&SAID[seed]), "byte {at} of seed {seed}: {found:?}");
        }
    }
}

/// Something done to bytes.
#[derive(Clone, Debug)]
enum Change {
    Set(Index, u8),
    Cut(Index, Index),
    Copy(Index, Index, Index),
    Insert(Index, Vec<u8>),
}

fn change() -> impl Strategy<Value = Change> {
    // What means something in XML, in numbers and in separated text, beside anything.
    let word = prop::sample::select(vec![
        "<c r=\"K5\"><v>1</v></c>",
        "<v>",
        "</c>",
        "<row r=\"5\">",
        "&#49;",
        "<!--",
        "-->",
        "<![CDATA[",
        "NaN",
        "1e308",
        "-",
        ",",
        ";",
        "\"",
        "\n",
        "t=\"s\"",
        "t=\"e\"",
        "\u{0}",
        "99999999999",
        "<f/>",
        "table:number-columns-repeated=\"70000\"",
        "'",
        "\u{feff}",
    ]);
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Change::Cut(from, to)),
        (any::<Index>(), any::<Index>(), any::<Index>())
            .prop_map(|(from, to, at)| Change::Copy(from, to, at)),
        (any::<Index>(), word).prop_map(|(at, word)| Change::Insert(at, word.as_bytes().to_vec())),
        (any::<Index>(), prop::collection::vec(any::<u8>(), 1..20))
            .prop_map(|(at, some)| Change::Insert(at, some)),
    ]
}

fn apply(bytes: &mut Vec<u8>, changes: &[Change]) {
    for change in changes {
        if bytes.is_empty() {
            return;
        }
        let span = |from: &Index, to: &Index| {
            let (a, b) = (from.index(bytes.len()), to.index(bytes.len()));
            (a.min(b), a.max(b).min(a.min(b) + 400))
        };
        match change {
            Change::Set(at, byte) => {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            Change::Cut(from, to) => {
                let (from, to) = span(from, to);
                bytes.drain(from..to);
            }
            Change::Copy(from, to, at) => {
                let (from, to) = span(from, to);
                let copied = bytes[from..to].to_vec();
                let at = at.index(bytes.len());
                bytes.splice(at..at, copied);
            }
            Change::Insert(at, word) => {
                let at = at.index(bytes.len());
                bytes.splice(at..at, word.iter().copied());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_spoiled_part_breaks_a_promise(seed in 0usize..2, part: Index, changes in prop::collection::vec(change(), 1..5)) {
        // Changed inside and zipped again, so that no checksum stops it before the readers.
        let mut parts = parts(&SEEDS[seed]);
        let at = part.index(parts.len());
        apply(&mut parts[at].1, &changes);
        fuzz::import(&pack(), HASH, &zip_of(&parts));
    }

    #[test]
    fn no_spoiled_file_breaks_a_promise(seed in 0usize..3, changes in prop::collection::vec(change(), 1..8)) {
        let mut bytes = SEEDS[seed].clone();
        apply(&mut bytes, &changes);
        fuzz::import(&pack(), HASH, &bytes);
    }

    #[test]
    fn no_bytes_break_a_promise(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        fuzz::import(&pack(), HASH, &bytes);
    }

    #[test]
    fn a_price_typed_as_text_is_that_price_or_is_asked_about(pounds in 0u64..1_000_000_000, e4 in 0u16..10_000, style in 0usize..6) {
        let fraction = format!("{e4:04}");
        let fraction = fraction.trim_end_matches('0');
        let grouped = {
            let digits = pounds.to_string();
            let mut text = String::new();
            for (at, digit) in digits.chars().enumerate() {
                if at > 0 && (digits.len() - at) % 3 == 0 {
                    text.push(',');
                }
                text.push(digit);
            }
            text
        };
        let tail = if fraction.is_empty() { String::new() } else { format!(".{fraction}") };
        let typed = match style {
            0 => format!("{pounds}{tail}"),
            1 => format!("{grouped}{tail}"),
            2 => format!("£{grouped}{tail}"),
            3 => format!(" £ {pounds}{tail}\u{a0}"),
            4 => format!("{pounds}{tail}").chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap()).collect(),
            _ => format!("\u{200b}{grouped}{tail}"),
        };
        let cell = Cell { row: 0, col: 0, value: RawValue::Text(typed.as_str().into()), formula: false, doubt: None };
        let meant = UnitPrice(i64::try_from(pounds * 10_000 + u64::from(e4)).unwrap());
        match unit_price(Some(&cell)) {
            Seen::Amount(found) => prop_assert_eq!(found, meant, "{}", typed),
            // Only what could part thousands is asked about.
            Seen::Fault { code: "ambiguous_decimal", .. } => prop_assert_eq!(fraction.len(), 3, "{}", typed),
            other => prop_assert!(false, "{typed}: {other:?}"),
        }
    }
}
