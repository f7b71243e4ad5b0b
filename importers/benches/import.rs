//! A whole import (child, checks, findings) against the bare calamine stream of the same file and against openpyxl, each as a
//! process of its own: processor time, its children's included, and the most memory held (SHEETS section 5).
//!
//! `cargo bench -p importers` measures 1,000, 10,000 and 100,000 price lines of eight columns; numbers as arguments choose others.
//! It exits 1 where a goal is missed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

#[path = "../tests/common/mod.rs"]
mod common;

use std::io::{Cursor, Read as _, Seek as _, stdin, stdout};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use calamine::{Reader as _, Xlsx};
use importers::child::run_child;
use importers::{Reader, bid};
use rules::line_id::with_check;
use rules::pack::{Pack, PackLine, PackVolume};
use rust_xlsxwriter::{Formula, Workbook};

use common::{HASH, pack};

/// At most this many times the bare stream's processor time, in tenths, at 10,000 and 100,000 rows.
const MOST_OF_STREAM: u64 = 15;
/// At least this many times faster than openpyxl.
const LEAST_OF_OPENPYXL: u64 = 20;
/// The most that the child may be resident in, in KiB.
const MOST_OF_CHILD: u64 = 64 * 1024;
/// The most that its parent may be: it holds the pack, the file, the packed cells and the reading, each with 100,000 lines.
const MOST_OF_PARENT: u64 = 112 * 1024;

/// Reads all cells of a file as openpyxl does it fastest.
const OPENPYXL: &str = "import openpyxl, sys
for sheet in openpyxl.load_workbook(sys.argv[1], read_only=True, data_only=True):
    for row in sheet.iter_rows(values_only=True): pass";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    match args.first().map(String::as_str) {
        Some("read-workbook") => return ExitCode::from(run_child(stdin().lock(), stdout().lock())),
        Some("read-and-tell") => {
            let mut status = std::fs::File::open("/proc/self/status").unwrap();
            let code = run_child(stdin().lock(), std::io::sink());
            status.rewind().unwrap();
            tell(&mut status);
            return ExitCode::from(code);
        }
        Some("stream") => {
            stream(&std::fs::read(&args[1]).unwrap());
            tell(&mut std::fs::File::open("/proc/self/status").unwrap());
            return ExitCode::SUCCESS;
        }
        Some("file") => {
            std::hint::black_box(std::fs::read(&args[1]).unwrap());
            return ExitCode::SUCCESS;
        }
        Some("pack") => {
            std::hint::black_box((std::fs::read(&args[1]).unwrap(), long_pack(args[2].parse().unwrap())));
            return ExitCode::SUCCESS;
        }
        Some("import") => {
            import(&std::fs::read(&args[1]).unwrap(), args[2].parse().unwrap());
            tell(&mut std::fs::File::open("/proc/self/status").unwrap());
            return ExitCode::SUCCESS;
        }
        _ => {}
    }
    let sizes: Vec<u32> = args.iter().filter_map(|arg| arg.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![1_000, 10_000, 100_000] } else { sizes };
    let folder = tempfile::tempdir().unwrap();
    let mut missed = false;
    println!(
        "rows     file KiB   stream ms (KiB)      import ms (parent KiB, child KiB)   of stream   openpyxl ms   faster"
    );
    for rows in sizes {
        missed |= !measure(folder.path(), rows);
    }
    ExitCode::from(u8::from(missed))
}

/// One line of the table; whether its goals are met.
fn measure(folder: &Path, rows: u32) -> bool {
    let path = folder.join(format!("{rows}.xlsx"));
    let bytes = workbook(rows);
    std::fs::write(&path, &bytes).unwrap();
    let times = (200_000 / rows).clamp(3, 40);
    let this = std::env::current_exe().unwrap();
    let this = this.to_str().unwrap();
    let path = path.to_str().unwrap();
    let lines = rows.to_string();
    let (mut stream, mut import, mut bare, mut with_pack) = ((0, 0), (0, 0), (0, 0), (0, 0));
    let openpyxl_is_here =
        Command::new("python3").args(["-c", "import openpyxl"]).output().is_ok_and(|o| o.status.success());
    let openpyxl_times = if openpyxl_is_here { times.min(5) } else { 0 };
    let mut openpyxl = (0, 0);
    // In turns, so that whatever else the machine does falls on all of them.
    for turn in 0..times {
        stream = add(stream, run(this, &["stream", path]));
        import = add(import, run(this, &["import", path, &lines]));
        bare = add(bare, run(this, &["file", path]));
        with_pack = add(with_pack, run(this, &["pack", path, &lines]));
        if turn < openpyxl_times {
            openpyxl = add(openpyxl, run("python3", &["-c", OPENPYXL, path]));
        }
    }
    // The pack is there before the bid is; making one of so many lines is no part of reading.
    import.0 -= with_pack.0.saturating_sub(bare.0);
    let (stream, stream_memory) = (stream.0 * TICK / u64::from(times), stream.1);
    let (import, import_memory) = (import.0 * TICK / u64::from(times), import.1);
    let child_memory = child_memory(this, path);
    let openpyxl = openpyxl_is_here.then(|| openpyxl.0 * TICK / u64::from(openpyxl_times));
    let of_stream = import * 100 / stream.max(1);
    let faster = openpyxl.map(|time| time * 10 / import.max(1));
    println!(
        "{rows:<8} {:<10} {:<8} ({stream_memory:<7})   {:<8} ({import_memory:<7}, {child_memory:<7})              {}.{:02}        {:<11}   {}",
        bytes.len() / 1024,
        millis(stream),
        millis(import),
        of_stream / 100,
        of_stream % 100,
        openpyxl.map_or_else(|| "not here".to_owned(), millis),
        faster.map_or_else(|| "-".to_owned(), |times| format!("{}.{}", times / 10, times % 10)),
    );
    let quick = rows < 10_000 || of_stream <= MOST_OF_STREAM * 10;
    let ahead = faster.is_none_or(|times| rows < 10_000 || times >= LEAST_OF_OPENPYXL * 10);
    quick && ahead && child_memory <= MOST_OF_CHILD && import_memory <= MOST_OF_PARENT
}

fn millis(microseconds: u64) -> String {
    format!("{}.{}", microseconds / 1000, microseconds % 1000 / 100)
}

/// A tick of the kernel's accounts, in microseconds. The kernel keeps their sum finer than it tells it, so that the sum of many
/// runs is exact enough.
const TICK: u64 = 10_000;

/// Ticks, and the most KiB.
fn add(a: (u64, u64), b: (u64, u64)) -> (u64, u64) {
    (a.0 + b.0, a.1.max(b.1))
}

/// Processor time of one run in ticks, children included, and the KiB that it told.
fn run(program: &str, args: &[&str]) -> (u64, u64) {
    let before = ticks();
    let output = Command::new(program).args(args).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{program} {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    let told = String::from_utf8_lossy(&output.stderr).trim().parse().unwrap_or(0);
    (ticks() - before, told)
}

/// Processor time of the children that ended, and of theirs, in hundredths of a second.
fn ticks() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    // The name may hold anything up to the last bracket; then cutime and cstime are the 14th and 15th fields.
    let fields: Vec<&str> = stat[stat.rfind(')').unwrap() + 2..].split(' ').collect();
    fields[13].parse::<u64>().unwrap() + fields[14].parse::<u64>().unwrap()
}

/// Tells on standard error the most memory this process was resident in, in KiB.
fn tell(status: &mut std::fs::File) {
    let mut text = String::new();
    status.read_to_string(&mut text).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    eprintln!("{}", line.trim().trim_end_matches(" kB"));
}

fn child_memory(this: &str, path: &str) -> u64 {
    let file = std::fs::File::open(path).unwrap();
    let output = Command::new(this).arg("read-and-tell").stdin(file).output().unwrap();
    assert!(output.status.success());
    String::from_utf8_lossy(&output.stderr).trim().parse().unwrap()
}

/// What every reader of the file must do at least.
fn stream(bytes: &[u8]) {
    let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
    let mut cells = 0u64;
    for name in book.sheet_names() {
        let mut reader = book.worksheet_cells_reader(&name).unwrap();
        while reader.next_cell_with_formula_metadata().unwrap().is_some() {
            cells += 1;
        }
    }
    assert!(cells > 0);
}

fn import(bytes: &[u8], rows: u32) {
    let reader = Reader::new(std::env::current_exe().unwrap(), vec!["read-workbook".to_owned()]);
    let book = reader.read(bytes, "bid.xlsx").unwrap();
    let reading = bid::read(&long_pack(rows), HASH, &book).unwrap();
    assert_eq!(reading.prices.len(), usize::try_from(rows).unwrap());
    assert!(!reading.has_errors());
}

fn code(row: u32) -> String {
    format!("P{row:06}")
}

/// The pack of tests with so many price lines in its only lot.
fn long_pack(rows: u32) -> Pack {
    let mut long = pack();
    long.lots.truncate(1);
    long.requirements.clear();
    long.lots[0].quality.clear();
    let model = long.lots[0].schedule[0].clone();
    long.lots[0].schedule = (0..rows)
        .map(|row| PackLine {
            code: code(row),
            description: format!("Licence number {row}"),
            volumes: vec![PackVolume {
                council: "a".into(),
                year: 1,
                volume_e3: i64::from(row % 500 + 1) * 1000,
            }],
            ..model.clone()
        })
        .collect();
    long
}

/// A filled-in price sheet of eight columns.
fn workbook(rows: u32) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Prices").unwrap();
    sheet.write_string(1, 0, importers::bid_template::fingerprint(&pack(), HASH)).unwrap();
    let headers = [
        "Line ID",
        "Description",
        "Charge",
        "Unit",
        "Volume in all",
        "Answer",
        "Unit price (£, ex VAT)",
        "Total (£)",
    ];
    for (col, header) in (0u16..).zip(headers) {
        sheet.write_string(3, col, header).unwrap();
    }
    for at in 0..rows {
        let row = at + 4;
        let (volume, pence) = (at % 500 + 1, at % 9000 + 1);
        sheet.write_string(row, 0, with_check(&code(at))).unwrap();
        sheet.write_string(row, 1, format!("Licence number {at}")).unwrap();
        sheet.write_string(row, 2, "Per year").unwrap();
        sheet.write_string(row, 3, "user").unwrap();
        sheet.write_number(row, 4, volume).unwrap();
        sheet.write_string(row, 5, "Bid").unwrap();
        sheet.write_number(row, 6, f64::from(pence) / 100.0).unwrap();
        let total = f64::from(volume * pence) / 100.0;
        let formula = Formula::new(format!("=E{0}*G{0}", row + 1)).set_result(total.to_string());
        sheet.write_formula(row, 7, formula).unwrap();
    }
    book.save_to_buffer().unwrap()
}
