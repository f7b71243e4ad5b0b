//! A good bid with one of its parts replaced, so that no checksum stands between the fuzzer and the readers of XML: the first byte
//! says which part, the others are the part.
#![no_main]

#[path = "../../tests/common/mod.rs"]
mod common;

use std::sync::LazyLock;

use rules::pack::Pack;

static PACK: LazyLock<Pack> = LazyLock::new(common::pack);
static PARTS: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let good = importers::bid_template::filled(&PACK, common::HASH, &common::bid())
        .expect("the template is written");
    common::parts(&good)
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((which, part)) = data.split_first() else { return };
    let mut parts = PARTS.clone();
    let at = usize::from(*which) % parts.len();
    parts[at].1 = part.to_vec();
    importers::fuzz::import(&PACK, common::HASH, &common::zip_of(&parts));
});
