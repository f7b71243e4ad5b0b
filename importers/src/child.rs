//! Reading in a short-lived child with limits: a hostile file can only kill the child (SHEETS section 1).

use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, setrlimit};

use crate::UPLOAD_CAP;
use crate::raw::{Collector, Event, Isolation, Unreadable, Workbook, named, parse, wire};

const ADDRESS_SPACE: u64 = 1024 * 1024 * 1024;
/// What a reader may fill; a benchmark of 100,000 lines needs a quarter of it. It keeps a hostile file's reader below 200 MB.
const MEMORY: u64 = 176 * 1024 * 1024;
const CPU_SECONDS: u64 = 10;
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// The most bytes of events that are taken from a child: a million cells of ordinary length.
const MOST_OUTPUT: u64 = 256 * 1024 * 1024;

/// The child's side: applies the limits to this process, reads a workbook from `stdin` and writes its events to `stdout`
/// for the parent. Returns the exit code: 0 when all was said, also that the file is refused; 1 when nobody listens or a limit
/// could not be set. It must be called before any thread is started, in a process that does nothing else.
pub fn run_child(stdin: impl Read, stdout: impl Write) -> u8 {
    match limit().and_then(|()| answer(stdin, stdout)) {
        Ok(()) => 0,
        Err(_) => 1,
    }
}

/// No more memory than 1 GiB of addresses and 176 MiB that can be filled, no more than 10 seconds of CPU, no core dump, no byte
/// written to any file, no file or connection opened, no process started.
fn limit() -> io::Result<()> {
    for (resource, most) in [
        (Resource::As, ADDRESS_SPACE),
        (Resource::Data, MEMORY),
        (Resource::Cpu, CPU_SECONDS),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::Nofile, 0),
        (Resource::Nproc, 0),
    ] {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    Ok(())
}

fn answer(stdin: impl Read, stdout: impl Write) -> io::Result<()> {
    let mut bytes = Vec::new();
    stdin.take(UPLOAD_CAP as u64 + 1).read_to_end(&mut bytes)?;
    let mut out = BufWriter::with_capacity(64 * 1024, stdout);
    let outcome = parse(&bytes, Isolation::Child, &mut |event| {
        wire::send(&mut out, &event).map_err(|_| Unreadable::not_safely())
    });
    wire::send(&mut out, &outcome.map_or_else(Event::Refused, |()| Event::End))?;
    out.flush()
}

/// The parent's side: the program and the arguments with which it calls [`run_child`] on its standard input and output.
#[derive(Clone, Debug)]
pub struct Reader {
    /// The program; usually this same binary.
    pub program: PathBuf,
    /// Its arguments, for example the hidden sub-command.
    pub args: Vec<String>,
}

impl Reader {
    /// A reader that runs this program.
    #[must_use]
    pub fn new(program: PathBuf, args: Vec<String>) -> Self {
        Self { program, args }
    }

    /// Reads a workbook in a child. Blocks up to ten seconds, and longer while as many children as cores are at work: call
    /// it where blocking is allowed. A child that dies, hangs or says too much is [`Unreadable::not_safely`].
    pub fn read(&self, bytes: &[u8], name: &str) -> Result<Workbook, Unreadable> {
        if bytes.len() > UPLOAD_CAP {
            // The same message as the child's, without starting one.
            return crate::raw::read_here(bytes, name);
        }
        let _turn = Turn::wait();
        let mut child = Command::new(&self.program)
            .args(&self.args)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|fault| Unreadable::new("reader_not_started", format!("The file could not be read because the reading program did not start ({fault}). Try again; if it stays so, tell the operator.")))?;
        let outcome = converse(&mut child, bytes);
        // Harmless for a child that has ended; it is gone before its turn is given to another.
        let _ = child.kill();
        let _ = child.wait();
        outcome?.finish().map(|workbook| named(workbook, name))
    }
}

fn converse(child: &mut Child, bytes: &[u8]) -> Result<Collector, Unreadable> {
    let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(Unreadable::not_safely());
    };
    thread::scope(|scope| {
        scope.spawn(move || feed(stdin, bytes));
        let (sender, receiver) = mpsc::channel();
        scope.spawn(move || sender.send(collect(stdout)));
        let outcome = receiver.recv_timeout(LONGEST_WAIT);
        // Both threads end when the child does.
        let _ = child.kill();
        outcome.ok().flatten().ok_or_else(Unreadable::not_safely)
    })
}

/// A child that refuses early closes its input; that is not a fault.
fn feed(mut stdin: ChildStdin, bytes: &[u8]) {
    let _ = stdin.write_all(bytes);
}

fn collect(stdout: ChildStdout) -> Option<Collector> {
    let mut collector = Collector::default();
    let mut said = BufReader::with_capacity(64 * 1024, stdout.take(MOST_OUTPUT));
    while wire::receive(&mut said, &mut collector).ok()? {}
    Some(collector)
}

static AT_WORK: Mutex<usize> = Mutex::new(0);
static FREED: Condvar = Condvar::new();

/// A place among the children: there are as many as cores.
struct Turn;

impl Turn {
    fn wait() -> Self {
        let most = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let mut at_work = at_work();
        while *at_work >= most {
            at_work = FREED.wait(at_work).unwrap_or_else(PoisonError::into_inner);
        }
        *at_work += 1;
        Self
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut at_work = at_work();
        *at_work = at_work.saturating_sub(1);
        FREED.notify_one();
    }
}

fn at_work() -> MutexGuard<'static, usize> {
    AT_WORK.lock().unwrap_or_else(PoisonError::into_inner)
}
