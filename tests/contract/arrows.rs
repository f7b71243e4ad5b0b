//! The arrows point one way only: between the crates (as `cargo metadata` says) and between the rooms of `api` (as
//! the imports say). A later stage may call an earlier one, never the reverse.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use serde_json::Value;

use crate::source::{self, Source};

/// The stages of a procurement in their order; `people` come before all, and `overview` looks back over all.
const STAGES: [&str; 8] =
    ["people", "pooling", "tendering", "bidding", "scoring", "deciding", "telling", "overview"];

/// Which crates of the workspace each crate may use. `tests` may use them all.
const CRATES: [(&str, &[&str]); 6] = [
    ("rules", &[]),
    // The floating-point search beside the rules, which re-check its answers.
    ("solver", &[]),
    ("entity", &["rules"]),
    ("importers", &["rules"]),
    // Never `entity`: entities move on, history must not.
    ("migration", &[]),
    ("commonlot", &["entity", "importers", "migration", "rules", "solver"]),
];

/// What the pure crates must not reach, however useful.
const IMPURE: [&str; 9] =
    ["poem", "poem-openapi", "reqwest", "sea-orm", "sea-orm-migration", "sqlx", "tokio", "lettre", "rand"];

#[test]
fn crates_depend_one_way() {
    let mut faults = Vec::new();
    let dependencies = dependencies();
    for (name, wanted) in &dependencies {
        if name == "tests" {
            continue;
        }
        let Some((_, allowed)) = CRATES.iter().find(|(known, _)| known == name) else {
            faults.push(format!("{name} is a new crate: say here what it may use"));
            continue;
        };
        for other in wanted.iter().filter(|other| dependencies.contains_key(*other)) {
            if !allowed.contains(&other.as_str()) {
                faults.push(format!("{name} must not use {other}"));
            }
        }
        if ["rules", "importers"].contains(&name.as_str()) {
            let impure = wanted.iter().filter(|other| IMPURE.contains(&other.as_str()));
            faults.extend(
                impure.map(|other| format!("{name} knows no database, network or HTTP, so not {other}")),
            );
        }
    }
    assert!(dependencies.len() >= 6, "only {:?} were found", dependencies.keys());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn stages_use_the_kernel_and_earlier_stages() {
    let rooms = rooms();
    let mut faults = Vec::new();
    for file in source::rust_files("api/src") {
        faults.extend(wrong_rooms(&file, &rooms));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn only_the_edge_names_poem() {
    let faults = named_outside(&["poem", "poem_openapi"], |path| {
        let room = path.split('/').next().unwrap_or_default();
        is_face(path) || room == "http" || room == "commands" || path == "server.rs"
    });
    assert!(
        faults.is_empty(),
        "only rest, pages, http/, server.rs and commands/ name poem:\n{}",
        faults.join("\n")
    );
}

#[test]
fn only_the_kernels_db_names_the_databases() {
    let words = ["sqlite", "postgres", "postgresql", "sqlx_sqlite", "sqlx_postgres"];
    let faults = named_outside(&words, |path| path.starts_with("kernel/db") || path == "config.rs");
    assert!(
        faults.is_empty(),
        "only kernel/db/ and config.rs name SQLite or PostgreSQL (comments may):\n{}",
        faults.join("\n")
    );
}

/// Each of the workspace's crates with everything it depends on, for building and for testing.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(tests::machine::workspace())
        .output()
        .expect("cargo metadata");
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata gives JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let text = |value: &Value| value.as_str().expect("a name").to_owned();
    packages
        .iter()
        .map(|package| {
            let wanted = package["dependencies"].as_array().expect("dependencies");
            (text(&package["name"]), wanted.iter().map(|wanted| text(&wanted["name"])).collect())
        })
        .collect()
}

/// The modules at the top of `api/src`.
fn rooms() -> BTreeSet<String> {
    let files = source::rust_files("api/src").into_iter();
    let rooms: BTreeSet<_> = files
        .map(|file| {
            let inside = file.path.trim_start_matches("api/src/");
            inside.split('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned()
        })
        .filter(|room| room != "lib" && room != "main")
        .collect();
    assert!(rooms.contains("kernel"), "api/src has no kernel: this check looks in the wrong place");
    rooms
}

/// The rooms that a file of the kernel or of a stage names and should not.
fn wrong_rooms(file: &Source, rooms: &BTreeSet<String>) -> Vec<String> {
    let inside = file.path.trim_start_matches("api/src/");
    let room = inside.split('/').next().unwrap_or_default().trim_end_matches(".rs");
    if is_test(inside) {
        return Vec::new();
    }
    let mut allowed = vec![room, "kernel"];
    if let Some(stage) = STAGES.iter().position(|stage| *stage == room) {
        allowed.extend(&STAGES[..stage]);
        if is_face(inside) {
            // The faces are the stage's own edge.
            allowed.push("http");
        }
    } else if room == "kernel" {
        allowed.push("config");
    } else {
        return Vec::new();
    }
    let used = rooms_named(&source::without_comments(&file.text), module_depth(inside));
    used.into_iter()
        .filter(|used| rooms.contains(used) && !allowed.contains(&used.as_str()))
        .map(|used| format!("{} uses crate::{used}", file.path))
        .collect()
}

/// Whether a file is one of a stage's two faces: `rest` or `pages`, as a file or a folder.
/// A room's own tests may walk through the whole program.
fn is_test(inside: &str) -> bool {
    inside.contains("tests/") || inside.ends_with("tests.rs")
}

fn is_face(inside: &str) -> bool {
    let mut parts = inside.split('/').skip(1);
    parts.next().is_some_and(|part| ["rest", "pages"].contains(&part.trim_end_matches(".rs")))
}

/// How many modules deep a file is: 1 for `pooling/mod.rs`, 2 for `pooling/need.rs`.
fn module_depth(inside: &str) -> usize {
    inside.split('/').count() - usize::from(inside.ends_with("/mod.rs"))
}

/// The first names after `crate::`, the crate's own name, or as many `super::` as lead out of the room. Groups
/// (`use crate::{a::b, c}`) are looked into.
fn rooms_named(code: &str, depth: usize) -> BTreeSet<String> {
    let words = words(code);
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    let mut named = BTreeSet::new();
    for at in 0..words.len() {
        // Only a path's first word: not `$crate` of a macro, nor `x::crate`.
        let mut next = match word(at) {
            "crate" | "commonlot" if word(at + 1) == "::" => at + 2,
            "super" if (at == 0 || word(at - 1) != "::") && word(at + 1) == "::" => {
                let supers = (0..)
                    .take_while(|step| word(at + 2 * step) == "super" && word(at + 2 * step + 1) == "::");
                let count = supers.count();
                if count < depth {
                    continue;
                }
                at + 2 * count
            }
            _ => continue,
        };
        if word(next) != "{" {
            named.insert(word(next).to_owned());
            continue;
        }
        let mut open = 0_usize;
        let mut first = true;
        loop {
            match word(next) {
                "" => break,
                "{" => {
                    open += 1;
                    first = open == 1;
                }
                "}" => {
                    open -= 1;
                    if open == 0 {
                        break;
                    }
                }
                "," => first = open == 1,
                name => {
                    if first {
                        named.insert(name.to_owned());
                    }
                    first = false;
                }
            }
            next += 1;
        }
    }
    named
}

/// Identifiers, `::` and single signs.
fn words(code: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let length = if first.is_alphanumeric() || first == '_' {
            rest.find(|character: char| !character.is_alphanumeric() && character != '_')
                .unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        if !first.is_whitespace() {
            words.push(rest[..length].to_owned());
        }
        rest = &rest[length..];
    }
    words
}

/// Where code of `api/src` names one of these words (whatever their case; a word is also a part between capitals or
/// underscores, as in `DbBackend::Sqlite`) in a file that may not.
fn named_outside(forbidden: &[&str], may: impl Fn(&str) -> bool) -> Vec<String> {
    let mut faults = Vec::new();
    for file in source::rust_files("api/src") {
        let inside = file.path.trim_start_matches("api/src/");
        if may(inside) || is_test(inside) {
            continue;
        }
        for (number, line) in source::without_comments(&file.text).lines().enumerate() {
            if words(line).iter().any(|word| names(word, forbidden)) {
                faults.push(format!("{}:{}: {}", file.path, number + 1, line.trim()));
            }
        }
    }
    faults
}

fn names(word: &str, forbidden: &[&str]) -> bool {
    let lower = word.to_lowercase();
    forbidden.iter().any(|name| {
        // `poem` is a word of its own; the databases also stand inside names (`SqliteTransactionMode`).
        if name.starts_with("poem") { lower == *name } else { lower.contains(name) }
    })
}

#[test]
fn the_reading_of_imports_finds_what_it_should() {
    let code = "use crate::{kernel::{db, x}, telling::{self, y}}; fn f() { crate::scoring::go(); super::super::bidding::x(); super::near() }";
    let named = rooms_named(code, 2);
    for room in ["kernel", "telling", "scoring", "bidding"] {
        assert!(named.contains(room), "{room} is named in {code}");
    }
    for room in ["db", "x", "y", "near", "self"] {
        assert!(!named.contains(room), "{room} is no room: {named:?}");
    }
    let rooms: BTreeSet<_> = STAGES.iter().chain(&["kernel", "http"]).map(ToString::to_string).collect();
    let file = |path: &str, text: &str| Source { path: format!("api/src/{path}"), text: text.to_owned() };
    assert_eq!(
        wrong_rooms(&file("pooling/need.rs", "use crate::telling::x;"), &rooms).len(),
        1,
        "a later stage"
    );
    assert_eq!(wrong_rooms(&file("pooling/need.rs", "use crate::http::x;"), &rooms).len(), 1, "the edge");
    assert_eq!(
        wrong_rooms(&file("kernel/access.rs", "use crate::people::x;"), &rooms).len(),
        1,
        "the kernel is first"
    );
    assert!(wrong_rooms(&file("pooling/pages/need.rs", "use crate::http::x;"), &rooms).is_empty(), "a face");
    assert!(wrong_rooms(&file("telling/mod.rs", "use crate::pooling::x; // crate::http"), &rooms).is_empty());
    assert!(
        names("SqliteTransactionMode", &["sqlite"]) && names("poem", &["poem"]) && !names("poems", &["poem"])
    );
}
