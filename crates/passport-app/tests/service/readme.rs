//! The tours in `README.md` and `docs/operators.md` are run as they stand there, and every answer is
//! compared.

use std::{fs, process::Command};

use crate::{
    operators::admin_address,
    support::{Service, binary, postgres, redis},
};

const ADDRESS: &str = "http://127.0.0.1:8080";
const ADMIN_ADDRESS: &str = "http://127.0.0.1:9091";
/// Printed between the commands.
const MARK: &str = "----- next -----\n";

/// A tour in a document.
struct Tour {
    document: &'static str,
    /// Title of the section, with its line break.
    section: &'static str,
    /// Fewer commands mean that they were not found.
    at_least: usize,
}

const ACCOUNTS: Tour =
    Tour { document: "README.md", section: "## Accounts with curl\n", at_least: 30 };
const OPERATORS: Tour = Tour { document: "docs/operators.md", section: "## Tour\n", at_least: 25 };

#[tokio::test]
async fn the_tour_of_accounts_is_true_at_every_line() {
    tour(&ACCOUNTS, &[]).await;
}

#[tokio::test]
async fn the_tour_of_operators_is_true_at_every_line() {
    tour(&OPERATORS, &[]).await;
}

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn the_tour_of_accounts_is_true_on_servers() {
    let (redis, postgres) = (redis(), postgres().await);
    tour(&ACCOUNTS, &[("store.url", &*redis), ("database.url", &*postgres)]).await;
}

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn the_tour_of_operators_is_true_on_servers() {
    let (redis, postgres) = (redis(), postgres().await);
    tour(&OPERATORS, &[("store.url", &*redis), ("database.url", &*postgres)]).await;
}

async fn tour(tour: &Tour, settings: &[(&str, &str)]) {
    let own = [
        ("captcha.test_answer", "abcd2"),
        ("sms_code.resend_after", "1s"),
        ("admin.listen", "127.0.0.1:0"),
    ];
    let settings: Vec<_> = own.iter().chain(settings).copied().collect();
    let service = Service::start(&settings).await;
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let text = fs::read_to_string(format!("{root}/{}", tour.document)).unwrap();
    let steps = steps(&text, tour.section);
    assert!(steps.len() > tour.at_least, "{} commands are too few", steps.len());

    let commands = steps.iter().map(|step| format!("{}\nprintf '%s' '{MARK}'\n", step.command));
    let admin = format!("http://{}", admin_address(&service));
    let script = commands.collect::<Vec<_>>().concat();
    let script = script.replace(ADDRESS, &service.url()).replace(ADMIN_ADDRESS, &admin);
    let script = format!("passport() {{ '{}' \"$@\"; }}\n{script}", binary().display());
    let mut run = Command::new("bash");
    for (key, value) in settings {
        run.env(format!("PASSPORT__{}", key.replace('.', "__").to_uppercase()), value);
    }
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
        let document = tour.document;
        assert!(matches(expected, answer), "{command}\n{document}: {expected}\nservice: {answer}");
    }
}

/// A command, and the answer that the document shows, in which `…` stands for any text.
#[derive(Debug, Default, PartialEq, Eq)]
struct Step {
    command: String,
    answer: String,
}

/// The commands of the tour, without the first block, which starts the service.
fn steps(document: &str, section: &str) -> Vec<Step> {
    let (_, section) = document.split_once(section).expect("the document has the tour");
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
    let section = ACCOUNTS.section;
    let readme = format!(
        "{section}```console\n$ start\n```\ntext\n```console\n$ f() {{\n    a\n  }}\n$ f\n{{…}} 200\n```\n\
         ## Next\n"
    );
    let step =
        |command: &str, answer: &str| Step { command: command.into(), answer: answer.into() };
    assert_eq!(steps(&readme, section), [step("f() {\n    a\n  }", ""), step("f", "{…} 200\n")]);
}

#[test]
fn an_answer_with_other_parts_does_not_match() {
    assert!(matches("{\"a\":…,\"b\":1} 200\n", "{\"a\":{},\"b\":1} 200\n"));
    for answer in ["{\"a\":{},\"b\":2} 200\n", "{\"a\":{},\"b\":1} 201\n", "{\"b\":1} 200\n", ""] {
        assert!(!matches("{\"a\":…,\"b\":1} 200\n", answer), "{answer}");
    }
}
