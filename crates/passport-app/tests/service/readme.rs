//! The tour of accounts in `README.md` is run as it stands there, and every answer compared.

use std::{fs, process::Command};

use crate::support::{Service, postgres, redis};

const SECTION: &str = "## Accounts with curl\n";
const ADDRESS: &str = "http://127.0.0.1:8080";
/// Printed between the commands.
const MARK: &str = "----- next -----\n";

#[tokio::test]
async fn the_tour_of_accounts_is_true_at_every_line() {
    tour(&[]).await;
}

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn the_tour_of_accounts_is_true_on_servers() {
    let (redis, postgres) = (redis(), postgres().await);
    tour(&[("store.url", &*redis), ("database.url", &*postgres)]).await;
}

async fn tour(settings: &[(&str, &str)]) {
    let own = [("captcha.test_answer", "abcd2"), ("sms_code.resend_after", "1s")];
    let settings: Vec<_> = own.iter().chain(settings).copied().collect();
    let service = Service::start(&settings).await;
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let steps = steps(&fs::read_to_string(readme).unwrap());
    assert!(steps.len() > 30, "{} commands are too few", steps.len());

    let commands = steps.iter().map(|step| format!("{}\nprintf '%s' '{MARK}'\n", step.command));
    let script = commands.collect::<Vec<_>>().concat().replace(ADDRESS, &service.url());
    let mut run = Command::new("bash");
    let output = run.arg("-c").arg(script).current_dir(service.folder().path()).output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<_> = stdout.split(MARK).collect();
    assert_eq!(
        answers.len(),
        steps.len() + 1,
        "{stdout}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for (step, answer) in steps.iter().zip(answers) {
        let Step { command, answer: expected } = step;
        assert!(matches(expected, answer), "{command}\nREADME: {expected}\nservice: {answer}");
    }
}

/// A command, and the answer that `README.md` shows, in which `…` stands for any text.
#[derive(Debug, Default, PartialEq, Eq)]
struct Step {
    command: String,
    answer: String,
}

/// The commands of the tour, without the first block, which starts the service.
fn steps(readme: &str) -> Vec<Step> {
    let (_, section) = readme.split_once(SECTION).expect("README.md has the tour");
    let section = section.split("\n## ").next().unwrap_or_default();
    let blocks = section.split("```console\n").skip(2);
    let mut steps: Vec<Step> = Vec::new();
    for line in blocks.flat_map(|block| block.split("```").next().unwrap_or_default().lines()) {
        if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step { command: command.to_owned(), ..Step::default() });
            continue;
        }
        let step = steps.last_mut().expect("a block begins with a command");
        // Answers do not begin with two spaces.
        let is_continued = step.answer.is_empty() && line.starts_with("  ");
        let text = if is_continued { &mut step.command } else { &mut step.answer };
        if is_continued {
            text.push('\n');
        }
        text.push_str(line);
        if !is_continued {
            text.push('\n');
        }
    }
    steps
}

/// Whether `answer` has the parts of `expected` in their order, and nothing else outside of a `…`.
fn matches(expected: &str, answer: &str) -> bool {
    let Some((first, rest)) = expected.split_once('…') else { return expected == answer };
    let Some(mut left) = answer.strip_prefix(first) else { return false };
    let mut parts: Vec<_> = rest.split('…').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let Some((_, after)) = left.split_once(part) else { return false };
        left = after;
    }
    left.ends_with(last)
}

#[test]
fn commands_and_answers_are_told_apart() {
    let readme = format!(
        "{SECTION}```console\n$ start\n```\ntext\n```console\n$ f() {{\n    a\n  }}\n$ f\n{{…}} 200\n```\n\
         ## Next\n"
    );
    let step =
        |command: &str, answer: &str| Step { command: command.into(), answer: answer.into() };
    assert_eq!(steps(&readme), [step("f() {\n    a\n  }", ""), step("f", "{…} 200\n")]);
}

#[test]
fn an_answer_with_other_parts_does_not_match() {
    assert!(matches("{\"a\":…,\"b\":1} 200\n", "{\"a\":{},\"b\":1} 200\n"));
    for answer in ["{\"a\":{},\"b\":2} 200\n", "{\"a\":{},\"b\":1} 201\n", "{\"b\":1} 200\n", ""] {
        assert!(!matches("{\"a\":…,\"b\":1} 200\n", answer), "{answer}");
    }
}
