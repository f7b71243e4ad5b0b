//! Any bytes, as a bid, as requirements and as demand.
#![no_main]

#[path = "../../tests/common/mod.rs"]
mod common;

use std::sync::LazyLock;

use rules::pack::Pack;

static PACK: LazyLock<Pack> = LazyLock::new(common::pack);

libfuzzer_sys::fuzz_target!(|data: &[u8]| importers::fuzz::import(&PACK, common::HASH, data));
