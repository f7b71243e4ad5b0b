//! The program under test, as its operator sees it: an environment, two streams and a process to kill.

use std::{
    fmt::Write as _,
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use crate::{PostBox, Store, machine, stores::Place};

/// How long the program may take from its start to its serving line. Generous: the machine may be busy.
const STARTING: Duration = Duration::from_mins(1);
/// The seal key that a story on PostgreSQL brings, as several nodes would; on SQLite the program makes its own.
const SEAL_KEY: &str = "shared.seal-key";
/// How long a polite end may take.
const ENDING: Duration = Duration::from_secs(20);

/// `commonlot`, running (or killed) on a store of its own. Dropping it kills it; a failing test prints its log.
#[derive(Debug)]
pub struct Program {
    place: Place,
    setup: Setup,
    base: String,
    running: Option<Running>,
    log: Log,
}

/// How to start the program; see [`Program::with`].
#[derive(Clone, Debug)]
pub struct Setup {
    store: Store,
    arguments: Vec<String>,
    settings: Vec<(String, String)>,
}

/// What a sub-command that ends by itself left behind.
#[derive(Debug)]
pub struct Outcome {
    /// The exit code; -1 when a signal ended it.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

#[derive(Debug)]
struct Running {
    child: Child,
    /// Both streams' readers end when the process is gone.
    readers: Vec<std::thread::JoinHandle<()>>,
}

type Log = Arc<Mutex<Vec<String>>>;

impl Setup {
    /// A setting, for example `("COMMONLOT_BASE_URL", "http://lot.example")`. The later of two wins.
    pub fn set(mut self, name: &str, value: impl Into<String>) -> Self {
        self.settings.push((name.to_owned(), value.into()));
        self
    }

    /// Sends mail to this post box, without TLS, which the program accepts when told.
    pub fn mail_to(self, post_box: &PostBox) -> Self {
        self.set("COMMONLOT_SMTP_URL", post_box.smtp_url())
            .set("COMMONLOT_MAIL_FROM", "Commonlot <commonlot@ashvale.example>")
    }

    /// Another sub-command than `serve`, for example `["demo", "--until", "told"]`.
    pub fn arguments(mut self, arguments: &[&str]) -> Self {
        self.arguments = arguments.iter().map(ToString::to_string).collect();
        self
    }

    /// Starts on a fresh store, and waits until it serves.
    pub async fn start(self) -> Program {
        let place = Place::fresh(self.store).await;
        let on_postgres = self.store == Store::Postgres;
        let mut program =
            Program { place, setup: self, base: String::new(), running: None, log: Log::default() };
        if on_postgres {
            let made = program.run(&["seal-key", SEAL_KEY]);
            assert_eq!(made.code, 0, "the seal key: {made:?}");
            program.change("COMMONLOT_SEAL_KEY_FILE", SEAL_KEY);
        }
        program.launch("127.0.0.1:0").await;
        program
    }
}

impl Program {
    /// `commonlot serve` on a fresh store, with no settings but the address and the database.
    pub async fn start(store: Store) -> Self {
        Self::with(store).start().await
    }

    /// The same, with settings to add before `.start()`.
    pub fn with(store: Store) -> Setup {
        Setup { store, arguments: vec!["serve".to_owned()], settings: Vec::new() }
    }

    /// Where it serves: `http://127.0.0.1:PORT`, the same before and after a restart.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// A path's full address.
    pub fn url(&self, path: &str) -> String {
        if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) }
    }

    /// The database's address.
    pub fn database_url(&self) -> &str {
        &self.place.database_url
    }

    /// The program's working folder.
    pub fn folder(&self) -> &Path {
        self.place.folder.path()
    }

    /// Everything printed so far, over all restarts.
    pub fn log(&self) -> String {
        self.log.lock().expect("the log").join("\n")
    }

    /// The one-time link that the first start prints.
    pub fn first_administrator_link(&self) -> String {
        let log = self.log();
        log.split_whitespace()
            .find(|word| word.starts_with("http") && word.contains("/first-administrator?token="))
            .unwrap_or_else(|| panic!("no first administrator's link was printed:\n{log}"))
            .to_owned()
    }

    /// `kill -9`: nothing is flushed, nothing is said.
    pub fn kill(&mut self) {
        let mut running = self.running.take().expect("the program was running");
        running.child.kill().expect("the program can be killed");
        running.end();
    }

    /// A polite end (SIGTERM), as an operator's service manager asks for it. Panics when it takes too long.
    pub async fn stop(&mut self) {
        let mut running = self.running.take().expect("the program was running");
        let told = Command::new("kill").args(["-TERM", &running.child.id().to_string()]).status();
        assert!(told.is_ok_and(|status| status.success()), "the program could not be told to end");
        let until = Instant::now() + ENDING;
        loop {
            if let Some(status) = running.child.try_wait().expect("the program's state") {
                running.end();
                assert!(status.success(), "a polite end exited with {status}:\n{}", self.log());
                return;
            }
            if Instant::now() > until {
                self.running = Some(running);
                panic!("the program did not end within {ENDING:?} of SIGTERM:\n{}", self.log());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Starts again on the same store and at the same address, so that links given out before still lead here.
    /// A demonstration goes on with `serve`.
    pub async fn restart(&mut self) {
        if self.running.is_some() {
            self.kill();
        }
        self.setup.arguments = vec!["serve".to_owned()];
        let address = self.base.trim_start_matches("http://").to_owned();
        self.launch(&address).await;
    }

    /// Changes a setting for the next restart.
    pub fn change(&mut self, name: &str, value: impl Into<String>) {
        self.setup.settings.push((name.to_owned(), value.into()));
    }

    /// Runs a sub-command on the same store and waits for its end: `program.run(&["verify"])`.
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        let output = self.command(arguments).output().expect("the program starts");
        Outcome {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Processor time that the program has used since it was started, with that of its children that have ended.
    pub fn processor_time(&self) -> Duration {
        let running = self.running.as_ref().expect("the program is running");
        let stat =
            std::fs::read_to_string(format!("/proc/{}/stat", running.child.id())).expect("its account");
        // The name may hold anything up to the last bracket; user and system time, and both of its children, are the 14th to
        // 17th fields, in hundredths of a second.
        let after = stat.rsplit_once(')').expect("its name").1;
        let ticks =
            after.split_whitespace().skip(11).take(4).map(|field| field.parse::<u64>().expect("ticks"));
        Duration::from_millis(ticks.sum::<u64>() * 10)
    }

    fn command<Argument: AsRef<std::ffi::OsStr>>(&self, arguments: &[Argument]) -> Command {
        let mut command = Command::new(machine::program().expect("COMMONLOT_BIN"));
        // A clean environment: what the developer has set for a server of their own must not reach this one.
        command
            .args(arguments)
            .env_clear()
            .env("PATH", machine::search_path())
            .env("HOME", self.folder())
            .env("TMPDIR", self.folder())
            .env("RUST_BACKTRACE", "1")
            .env("COMMONLOT_DATABASE_URL", &self.place.database_url)
            .envs(self.setup.settings.iter().map(|(name, value)| (name, value)))
            .current_dir(self.folder())
            .stdin(Stdio::null());
        command
    }

    async fn launch(&mut self, listen: &str) {
        let mut child = self
            .command(&self.setup.arguments)
            .env("COMMONLOT_LISTEN", listen)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let before = self.log.lock().expect("the log").len();
        let readers = vec![
            keep_lines(child.stdout.take().expect("standard output"), &self.log, "out"),
            keep_lines(child.stderr.take().expect("standard error"), &self.log, "err"),
        ];
        self.running = Some(Running { child, readers });
        let until = Instant::now() + STARTING;
        loop {
            if let Some(base) = serving_at(&self.log.lock().expect("the log")[before..]) {
                self.base = base;
                return;
            }
            let ended =
                self.running.as_mut().and_then(|running| running.child.try_wait().expect("its state"));
            if let Some(status) = ended {
                self.running.take().expect("it was running").end();
                panic!("the program ended before it served, with {status}:\n{}", self.log());
            }
            assert!(Instant::now() < until, "no serving line within {STARTING:?}:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Running {
    fn end(&mut self) {
        // The exit status tells nothing after a kill; what matters is that the process is reaped.
        drop(self.child.wait());
        for reader in self.readers.drain(..) {
            drop(reader.join());
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if let Some(mut running) = self.running.take() {
            drop(running.child.kill());
            running.end();
        }
        if std::thread::panicking() {
            let log =
                self.log.lock().map_or_else(|poisoned| poisoned.into_inner().clone(), |log| log.clone());
            let mut tail = String::new();
            for line in log.iter().skip(log.len().saturating_sub(200)) {
                let _ = writeln!(tail, "  {line}");
            }
            #[expect(
                clippy::print_stderr,
                reason = "the test runner shows this with the failure, and only then"
            )]
            {
                eprintln!("-- the program's last lines:\n{tail}--");
            }
        }
    }
}

fn serving_at(lines: &[String]) -> Option<String> {
    lines.iter().find_map(|line| {
        let (_, rest) = line.split_once("Commonlot is serving at ")?;
        let address = rest.split_whitespace().next()?.trim_end_matches(['.', '/']);
        address.starts_with("http://").then(|| address.to_owned())
    })
}

fn keep_lines(
    stream: impl Read + Send + 'static,
    log: &Log,
    from: &'static str,
) -> std::thread::JoinHandle<()> {
    let log = Arc::clone(log);
    std::thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n') {
            let Ok(line) = line else { break };
            let line = String::from_utf8_lossy(&line).into_owned();
            log.lock().expect("the log").push(format!("{from}| {line}"));
        }
    })
}
