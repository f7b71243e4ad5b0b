//! Reading in a child with limits. Without arguments of its own this program is the test; with `read-workbook` it is the child.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod common;

use std::io::{Read as _, stdin, stdout};
use std::time::{Duration, Instant};

use importers::{Reader, bid_template, child::run_child, read_here};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.first().map(String::as_str) {
        Some("read-workbook") => std::process::exit(run_child(stdin().lock(), stdout().lock()).into()),
        Some("die") => std::process::abort(),
        Some("hang") => {
            let mut bytes = Vec::new();
            stdin().lock().read_to_end(&mut bytes).unwrap();
            std::thread::sleep(Duration::from_mins(1));
        }
        Some("talk") => println!("this is not an event"),
        // Takes more memory than the limit allows, after the limits are in force, as a hostile file makes the reader do;
        // were it given, the workbook would be read as ever.
        Some("grab") => {
            run_child(std::io::empty(), std::io::sink());
            let memory = std::hint::black_box(vec![0u8; 2 * 1024 * 1024 * 1024]);
            let code = run_child(stdin().lock(), stdout().lock());
            drop(memory);
            std::process::exit(code.into());
        }
        _ if args.iter().any(|arg| arg == "--list") => {
            if !args.iter().any(|arg| arg == "--ignored") {
                println!("child: test");
            }
        }
        _ => {
            the_child_reads_what_this_process_reads();
            a_child_that_fails_is_one_message();
            a_refusal_comes_through();
            println!("child: ok");
        }
    }
}

fn reader(arg: &str) -> Reader {
    Reader::new(std::env::current_exe().unwrap(), vec![arg.to_owned()])
}

fn the_child_reads_what_this_process_reads() {
    let bytes = bid_template::filled(&common::pack(), common::HASH, &common::bid()).unwrap();
    for bytes in [bytes, common::far_apart(), b"Line;Price\nP01;12,50\n".to_vec()] {
        let child = reader("read-workbook").read(&bytes, "bid").unwrap();
        assert_eq!(child, read_here(&bytes, "bid").unwrap());
    }
}

fn a_child_that_fails_is_one_message() {
    let bytes = bid_template::write(&common::pack(), common::HASH).unwrap();
    for fault in ["die", "talk", "grab"] {
        let refusal = reader(fault).read(&bytes, "bid.xlsx").unwrap_err();
        assert_eq!(refusal.code, "not_read_safely", "{fault}");
        assert!(refusal.message.contains("fresh template"));
    }
    let started = Instant::now();
    assert_eq!(reader("hang").read(&bytes, "bid.xlsx").unwrap_err().code, "not_read_safely");
    assert!(started.elapsed() < Duration::from_secs(15));
}

fn a_refusal_comes_through() {
    for (what, bytes, code) in common::refused() {
        let refusal = reader("read-workbook").read(&bytes, "bid.xlsx").expect_err(what);
        assert_eq!(refusal.code, code, "{what}");
    }
}
