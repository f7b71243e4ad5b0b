//! Reads the workspace's own source: its files, and what stands in them as code.

use std::path::{Path, PathBuf};

/// A Rust file of the workspace.
pub struct Source {
    /// Its path from the workspace's folder, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// All Rust files under a folder of the workspace, in order.
pub fn rust_files(folder: &str) -> Vec<Source> {
    let root = tests::machine::workspace();
    let mut found = Vec::new();
    walk(&root.join(folder), &mut found);
    found.sort();
    let sources = found.into_iter().map(|path| Source {
        path: path.strip_prefix(root).unwrap().to_str().expect("a path in UTF-8").to_owned(),
        text: std::fs::read_to_string(&path).unwrap(),
    });
    sources.collect()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() {
            if !name.starts_with('.') && name != "node_modules" && name != "target" {
                walk(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The text without its comments, line for line, so that prose may name what code may not. Strings stay.
pub fn without_comments(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let next = chars.get(at + 1).copied();
        let end = match chars[at] {
            '/' if next == Some('/') => {
                while at < chars.len() && chars[at] != '\n' {
                    at += 1;
                }
                continue;
            }
            '/' if next == Some('*') => {
                let end = end_of_comment(&chars, at);
                code.extend(chars[at..end].iter().filter(|character| **character == '\n'));
                at = end;
                continue;
            }
            '"' => end_of_string(&chars, at),
            'r' if !follows_a_word(&chars, at) => end_of_raw_string(&chars, at),
            '\'' => end_of_character(&chars, at),
            _ => at + 1,
        };
        code.extend(&chars[at..end]);
        at = end;
    }
    code
}

fn follows_a_word(chars: &[char], at: usize) -> bool {
    // `br"…"` and `cr"…"` are raw strings too.
    let before = at.checked_sub(1).map(|before| chars[before]);
    before.is_some_and(|before| (before.is_alphanumeric() || before == '_') && !matches!(before, 'b' | 'c'))
}

fn end_of_comment(chars: &[char], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0_usize);
    while at + 1 < chars.len() {
        match (chars[at], chars[at + 1]) {
            ('/', '*') => (depth, at) = (depth + 1, at + 2),
            ('*', '/') => {
                (depth, at) = (depth - 1, at + 2);
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    chars.len()
}

fn end_of_string(chars: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    chars.len()
}

fn end_of_raw_string(chars: &[char], start: usize) -> usize {
    let hashes = chars[start + 1..].iter().take_while(|character| **character == '#').count();
    let open = start + 1 + hashes;
    if chars.get(open) != Some(&'"') {
        return start + 1;
    }
    let mut at = open + 1;
    while at < chars.len() {
        let closing = chars[at + 1..].iter().take(hashes).filter(|character| **character == '#').count();
        if chars[at] == '"' && closing == hashes {
            return at + 1 + hashes;
        }
        at += 1;
    }
    chars.len()
}

/// A character in quotes; a lifetime is only its own first quote.
fn end_of_character(chars: &[char], start: usize) -> usize {
    match (chars.get(start + 1), chars.get(start + 2)) {
        (Some('\\'), Some(_)) => {
            let close = chars[start + 3..].iter().position(|character| *character == '\'');
            close.map_or(chars.len(), |close| start + 3 + close + 1)
        }
        (Some(_), Some('\'')) => start + 3,
        _ => start + 1,
    }
}

#[test]
fn comments_go_and_code_stays() {
    let text = "a // poem\n/* SQLite /* nested */ still */b \"// not a comment\" '\"' 'x /* */ r#\"/* \" kept */\"# c";
    assert_eq!(
        without_comments(text),
        "a \nb \"// not a comment\" '\"' 'x  r#\"/* \" kept */\"# c",
        "comments are cut, strings, characters and lifetimes are not mistaken for them"
    );
}
