//! A newcomer sees from the folders what the program does, and no file is two ideas.

use std::collections::BTreeSet;

use crate::source;

/// A file over about 400 lines is two ideas; some room is left for the sentence that makes the idea clear.
const LONGEST_FILE: usize = 450;

/// What lies visibly at the top: nothing else is needed to find one's way.
const TOP_LEVEL: [&str; 8] =
    ["Cargo.lock", "Cargo.toml", "README.md", "api", "entity", "importers", "migration", "tests"];

#[test]
fn no_file_is_two_ideas() {
    let mut long = Vec::new();
    let mut seen = 0;
    for folder in ["api", "entity", "importers", "migration", "tests"] {
        for file in source::rust_files(folder) {
            seen += 1;
            let lines = file.text.lines().count();
            if lines > LONGEST_FILE {
                long.push(format!("{} has {lines} lines", file.path));
            }
        }
    }
    assert!(seen > 10, "only {seen} files were found: this check looks in the wrong place");
    assert!(long.is_empty(), "over {LONGEST_FILE} lines; make each a folder by noun:\n{}", long.join("\n"));
}

#[test]
fn the_top_level_is_the_house() {
    let root = tests::machine::workspace();
    let mut there = BTreeSet::new();
    for entry in std::fs::read_dir(root).unwrap() {
        let name = entry.unwrap().file_name().into_string().expect("a name in UTF-8");
        there.insert(name);
    }
    // Settings of tools are hidden files. Build output and databases made by trying the program out are not the
    // house: git ignores them.
    there.retain(|name| !name.starts_with('.') && name != "target" && !is_database(name));
    let licences = there.iter().filter(|name| name.starts_with("LICENSE")).count();
    there.retain(|name| !name.starts_with("LICENSE"));
    let expected: BTreeSet<_> = TOP_LEVEL.iter().map(ToString::to_string).collect();
    assert_eq!(there, expected, "the visible top level is exactly the house's");
    assert!(licences >= 1, "the workspace has a LICENSE");
}

fn is_database(name: &str) -> bool {
    [".db", ".db-shm", ".db-wal"].iter().any(|ending| name.ends_with(ending))
}
