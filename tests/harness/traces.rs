//! Everything the program has left behind where somebody with the machine in hand could read it: the files in its folder,
//! the rows of its database, what it printed. For stories that look for what must not be there.

use std::fmt::Write as _;

use sea_orm::{ConnectionTrait, Database, Statement};

use crate::Program;

/// A place where something was left.
pub struct Trace {
    /// What it is: a file's name, a table, the log.
    pub place: String,
    bytes: Vec<u8>,
}

impl Trace {
    /// Whether it holds these words: as they are, or as the hexadecimal digits in which PostgreSQL shows bytes.
    pub fn holds(&self, words: &str) -> bool {
        let digits = words.bytes().fold(String::new(), |mut digits, byte| {
            let _ = write!(digits, "{byte:02x}");
            digits
        });
        [words.as_bytes(), digits.as_bytes()]
            .iter()
            .any(|wanted| self.bytes.windows(wanted.len()).any(|window| window.eq_ignore_ascii_case(wanted)))
    }
}

/// All of it, but for the seal key's own file.
pub async fn of(program: &Program) -> Vec<Trace> {
    let mut traces = vec![Trace { place: "the log".to_owned(), bytes: program.log().into_bytes() }];
    for entry in std::fs::read_dir(program.folder()).expect("the program's folder") {
        let entry = entry.expect("an entry of the folder");
        let place = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_file() && !place.ends_with("seal-key") {
            traces.push(Trace { place, bytes: std::fs::read(entry.path()).expect("a file of the program") });
        }
    }
    if program.database_url().starts_with("postgres") {
        traces.extend(rows(program.database_url()).await);
    }
    traces
}

async fn rows(url: &str) -> Vec<Trace> {
    let connection = Database::connect(url).await.expect("the database answers");
    let ask = |sql: String| Statement::from_string(connection.get_database_backend(), sql);
    let tables = ask("SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'".to_owned());
    let mut traces = Vec::new();
    for table in connection.query_all_raw(tables).await.expect("the tables") {
        let name: String = table.try_get("", "name").expect("a table's name");
        let rows = ask(format!("SELECT t::text AS line FROM \"{name}\" t"));
        let mut bytes = Vec::new();
        for row in connection.query_all_raw(rows).await.expect("the rows") {
            let line: String = row.try_get("", "line").expect("a row");
            bytes.extend_from_slice(line.as_bytes());
            bytes.push(b'\n');
        }
        traces.push(Trace { place: name, bytes });
    }
    connection.close().await.expect("the connection closes");
    traces
}
