//! Pictures that a program reads, from one address.
//!
//! The program reads the path of a picture from each line of its input, and writes its guess in a line
//! of its output. With the stock model of ddddocr:
//!
//! ```text
//! pip install ddddocr
//! PASSPORT_ATTACK_SOLVER="python3 crates/passport-captcha/tools/solve.py" cargo attack h1_
//! ```
//!
//! `PASSPORT_ATTACK_PICTURES` sets the number of pictures for the rate of the program.

use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Duration,
};

use uuid::Uuid;

use crate::support::{Person, Service, phone};

/// Wrong answers that `limits.wrong_answers_per_ip_hour` allows by default.
const WRONG_ANSWERS: usize = 20;
/// Limits that are out of the way of the program.
const UNLIMITED: [(&str, &str); 4] = [
    ("limits.wrong_answers_per_ip_hour", "100000"),
    ("limits.challenges_per_ip_minute", "100000"),
    ("limits.sms_per_ip_hour", "100000"),
    ("limits.sms_per_ip_day", "100000"),
];

/// Reads pictures.
enum Solver {
    /// Is always wrong.
    Guessing,
    Program(Child, ChildStdin, BufReader<ChildStdout>),
}

impl Solver {
    /// The program of `PASSPORT_ATTACK_SOLVER`, or one that is always wrong.
    fn start() -> Self {
        let given = env::var("PASSPORT_ATTACK_SOLVER").ok().filter(|given| !given.is_empty());
        let Some(command) = given else { return Self::Guessing };
        let mut words = command.split_whitespace();
        let mut child = Command::new(words.next().unwrap())
            .args(words)
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self::Program(child, input, BufReader::new(output))
    }

    fn read(&mut self, picture: &[u8]) -> String {
        let Self::Program(_, input, output) = self else { return "2O0I1".to_owned() };
        let file = tempfile::Builder::new().suffix(".png").tempfile().unwrap();
        fs::write(file.path(), picture).unwrap();
        writeln!(input, "{}", file.path().display()).unwrap();
        let mut guess = String::new();
        assert_ne!(output.read_line(&mut guess).unwrap(), 0, "the solver has ended");
        let guess = guess.trim();
        // An empty answer would not reach the challenge.
        if guess.is_empty() { "-".to_owned() } else { guess.to_owned() }
    }
}

impl Drop for Solver {
    fn drop(&mut self) {
        if let Self::Program(child, ..) = self {
            // It fails if the program has ended already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// What came of the pictures from one address.
#[derive(Debug, Default)]
struct Spoils {
    pictures: usize,
    wrong: usize,
    messages: usize,
    /// Wait until the next picture, once they are refused.
    wait: Option<Duration>,
}

/// Answers up to `most` pictures, until they are refused.
async fn answer_pictures(person: &Person, solver: &mut Solver, most: usize) -> Spoils {
    let mut spoils = Spoils::default();
    while spoils.pictures < most {
        let id = Uuid::new_v4().to_string();
        let picture = person.get(&format!("/passport/image_code?cur_id={id}")).await;
        if picture.header("content-type") != "image/png" {
            spoils.wait = Some(Duration::from_secs(picture.says_too_many()));
            break;
        }
        spoils.pictures += 1;
        let guess = solver.read(&picture.body);
        match person.ask_code(&phone(), &guess, &id).await.errno().as_str() {
            "0" => spoils.messages += 1,
            "4004" => spoils.wrong += 1,
            errno => panic!("{errno} for {guess}"),
        }
    }
    spoils
}

#[tokio::test]
async fn h1_a_program_that_guesses_gets_at_most_one_message_in_an_hour() {
    let mut solver = Solver::start();
    let pictures = env::var("PASSPORT_ATTACK_PICTURES").ok().filter(|given| !given.is_empty());
    let pictures = pictures.map_or(50, |number| number.parse().unwrap());
    let settings = [&UNLIMITED[..], &[("captcha.test_answer", "")]].concat();
    let service = Service::start(&settings).await;
    let spoils = answer_pictures(&Person::new(&service), &mut solver, pictures).await;
    println!("without limits: {} of {} pictures read", spoils.messages, spoils.pictures);

    let service = Service::start(&[("captcha.test_answer", "")]).await;
    let person = Person::new(&service);
    let spoils = answer_pictures(&person, &mut solver, 1_200).await;
    let wait = spoils.wait.expect("pictures are refused after so many wrong answers");
    println!(
        "with the default limits: {} messages and {} wrong answers, then refused for {wait:.0?}",
        spoils.messages, spoils.wrong
    );
    assert_eq!(spoils.wrong, WRONG_ANSWERS);
    assert!(spoils.messages <= 1, "{spoils:?}");
    assert!(wait > Duration::from_mins(50), "the next hour begins after {wait:?}");
    // Refused pictures are refused on both wires.
    let issued = person.send(person.request(reqwest::Method::POST, "/api/v1/challenges")).await;
    assert_eq!(issued.status, 429);
}
