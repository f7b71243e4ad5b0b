//! What the README prints works as printed: the demonstration, and the curl session against it.

use std::process::Command;

use tests::{Program, Store};

tests::on_sqlite!(the_readme);
async fn the_readme(store: Store) {
    let readme = std::fs::read_to_string(tests::machine::workspace().join("README.md")).expect("the README");
    assert!(
        readme.contains("cargo run --release -- demo") && readme.contains("./tests/run"),
        "the two commands"
    );
    let program = Program::with(store).arguments(&["demo"]).start().await;
    let session = session(&readme);
    assert!(session.len() > 10, "the README has a curl session: {session:?}");

    let script = script(&session, program.base());
    let folder = tempfile::tempdir().expect("a folder");
    let output =
        Command::new("bash").arg("-c").arg(script).current_dir(folder.path()).output().expect("bash runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the session ends well: {said}\n{errors}");
    let answers: Vec<&str> = said.split(MARK).collect();
    for (place, step) in session.iter().enumerate() {
        if let Some(wanted) = &step.answer {
            let answer = answers[place + 1].trim();
            assert!(matches(answer, wanted), "`{}`\nanswers {answer}\nand not   {wanted}", step.command);
        }
    }
}

/// Parts the answers of the commands.
const MARK: &str = "\u{1}";

/// A command of the session, and what the README says it answers; `…` stands for anything.
#[derive(Debug)]
struct Step {
    command: String,
    answer: Option<String>,
}

/// The commands of the README's curl session.
fn session(readme: &str) -> Vec<Step> {
    let chapter = readme.split("## The API in one curl session").nth(1).expect("the chapter");
    let block =
        chapter.split("```console\n").nth(1).and_then(|rest| rest.split("```").next()).expect("the block");
    let mut steps: Vec<Step> = Vec::new();
    for line in block.lines().filter(|line| !line.is_empty()) {
        match line.strip_prefix("$ ") {
            Some(command) => steps.push(Step { command: command.to_owned(), answer: None }),
            None => steps.last_mut().expect("a command before its answer").answer = Some(line.to_owned()),
        }
    }
    steps
}

fn script(session: &[Step], base: &str) -> String {
    let commands = session.iter().map(|step| format!("printf '\\001'\n{}\n", step.command));
    let script: String = commands.collect();
    format!("set -euo pipefail\n{}", script.replace("http://127.0.0.1:8080", base))
}

fn matches(answer: &str, wanted: &str) -> bool {
    let mut rest = answer;
    wanted.split('…').all(|part| match rest.split_once(part) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}
