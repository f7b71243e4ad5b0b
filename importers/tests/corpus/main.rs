//! Awkward and hostile files of every kind, each read by the real child, each with what must come of it: one exact refusal, or
//! exactly these findings, or exactly the bid. All are made by code.
//!
//! Whatever a case expects, three things hold for all: the parent lives, an answer comes within ten seconds, and no price is
//! read that the supplier did not mean. Without arguments of its own this program is the test; with `read-workbook` it is the child;
//! with `folder` and a folder it reads whatever collection of workbooks lies there: `cargo test -p importers --test corpus -- folder …`
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

#[path = "../common/mod.rs"]
mod common;

mod beside_calamine;
mod bytes;
mod case;
mod cells;
mod containers;
mod guards;
mod kinds;
mod numbers;
mod open_document;
mod rows;
mod separated;
mod sheet_xml;
mod workbook_parts;

use std::io::{Read as _, Seek as _, stdin, stdout};
use std::panic::catch_unwind;
use std::path::Path;

use case::Case;
use importers::child::run_child;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.first().map(String::as_str) {
        Some("read-workbook") => std::process::exit(run_child(stdin().lock(), stdout().lock()).into()),
        Some("read-and-tell") => read_and_tell(),
        Some("folder") => collection(args[1].as_ref()),
        _ if args.iter().any(|arg| arg == "--list") => {
            if !args.iter().any(|arg| arg == "--ignored") {
                println!("corpus: test");
            }
        }
        _ => {
            let wanted = args.iter().find(|arg| !arg.starts_with('-') && arg.as_str() != "corpus");
            let cases = cases();
            case::run(&cases, wanted.map(String::as_str));
            beside_calamine(&cases);
            println!("corpus: ok");
        }
    }
}

fn beside_calamine(cases: &[Case]) {
    let mut failed = Vec::new();
    // The endless ones would take their time twice more.
    for case in cases.iter().filter(|case| case.bytes.len() < 200_000) {
        let found = beside_calamine::differences(&case.name, &case.bytes);
        failed.extend(found.iter().map(|found| format!("{}: {found}", case.name)));
    }
    assert!(failed.is_empty(), "not as calamine reads it:\n{}", failed.join("\n"));
}

/// Reads every file below a folder: xlsx as calamine does, all of them within their promises.
fn collection(folder: &Path) {
    let (mut read, mut refused, mut different) = (0, 0, 0);
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let (name, bytes) = (path.to_string_lossy(), std::fs::read(&path).unwrap());
            // Formats that calamine reads whole are for the child alone: there a reader may die.
            if bytes.len() > importers::UPLOAD_CAP || !bytes.starts_with(b"PK") {
                continue;
            }
            let whole = catch_unwind(|| {
                importers::fuzz::import(&common::pack(), common::HASH, &bytes);
                (importers::read_here(&bytes, &name).is_ok(), beside_calamine::differences(&name, &bytes))
            });
            match whole {
                Ok((true, found)) => {
                    read += 1;
                    different += usize::from(!found.is_empty());
                    for found in &found {
                        println!("{name}: {found}");
                    }
                }
                Ok((false, _)) => refused += 1,
                Err(_) => println!("{name}: a panic"),
            }
        }
    }
    println!("{read} read, {different} of them otherwise than by calamine; {refused} refused");
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(kinds::cases());
    cases.extend(containers::cases());
    cases.extend(workbook_parts::cases());
    cases.extend(sheet_xml::cases());
    cases.extend(cells::cases());
    cases.extend(numbers::cases());
    cases.extend(rows::cases());
    cases.extend(separated::cases());
    cases.extend(open_document::cases());
    cases.extend(guards::cases());
    cases
}

/// The child, which at its end tells on standard error the most memory it was resident in, in KiB. The limits forbid it to open
/// anything later, so its status is opened first.
fn read_and_tell() {
    let mut status = std::fs::File::open("/proc/self/status").unwrap();
    let code = run_child(stdin().lock(), stdout().lock());
    let mut text = String::new();
    status.rewind().unwrap();
    status.read_to_string(&mut text).unwrap();
    eprintln!("{}", case::high_water(&text).unwrap());
    std::process::exit(code.into());
}
