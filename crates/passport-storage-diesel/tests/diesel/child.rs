//! Other processes: this test binary, which its environment tells what to do.

use std::{
    env,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use futures::future::select_all;

use crate::{doubts, embedded, room};

/// Number of concurrent callers in a process that fills a database.
const CALLERS: u32 = 16;

const ACT: &str = "PASSPORT_TEST_CHILD_ACT";
const URL: &str = "PASSPORT_TEST_CHILD_URL";

/// Starts a process that does `act` with the database at `url`.
pub(crate) fn spawn(act: &str, url: &str) -> Child {
    start(Command::new(env::current_exe().unwrap()), act, url)
}

/// Like [`spawn`], in a process whose files cannot grow beyond 200 KiB, as on a full disk.
#[cfg(unix)]
pub(crate) fn spawn_on_a_full_disk(act: &str, url: &str) -> Child {
    let mut shell = Command::new("sh");
    // Without the trap, the first write beyond the limit ends the process.
    shell.args(["-c", r#"trap "" XFSZ; ulimit -f 400; exec "$0" "$@""#]);
    shell.arg(env::current_exe().unwrap());
    start(shell, act, url)
}

fn start(mut command: Command, act: &str, url: &str) -> Child {
    command
        .args(["--exact", "child::acts", "--nocapture"])
        .env(ACT, act)
        .env(URL, url)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Lines that the process prints, until it ends.
pub(crate) fn lines(child: &mut Child) -> impl Iterator<Item = String> + use<> {
    BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap)
}

/// Number that the process reports as written. Output of libtest may precede it on the line.
pub(crate) fn answered(line: &str) -> Option<u32> {
    line.rsplit_once("answered ")?.1.parse().ok()
}

/// Entry point of the other process. In the parent, where the variables are not set, it is empty.
#[tokio::test]
async fn acts() {
    if let (Ok(act), Ok(url)) = (env::var(ACT), env::var(URL)) {
        match act.as_str() {
            "migrate" => drop(room::migrated(&url).await),
            "insert even numbers" => fill(&url, 0).await,
            "insert odd numbers" => fill(&url, 1).await,
            "open messages" => doubts::fill(&url).await,
            "issue codes" => embedded::issue(&url).await,
            act => panic!("unknown act {act}"),
        }
    }
}

/// Inserts every other user from `first` on and prints its number, until an insert fails; then checks
/// that the database can still be read.
async fn fill(url: &str, first: u32) {
    let database = room::connect(url).await;
    let callers = (0..CALLERS).map(|caller| {
        let users = database.users();
        Box::pin(async move {
            for number in (first + 2 * caller..).step_by(2 * CALLERS as usize) {
                if let Err(error) = room::add(&users, &room::user(number)).await {
                    return error;
                }
                println!("answered {number}");
            }
            unreachable!("there are that many numbers")
        })
    });
    let (error, _, others) = select_all(callers).await;
    println!("refused: {}", room::chain(&error));
    drop(others);
    // A page may still fit where a larger write did not.
    for _ in 0..100 {
        if database.ping().await.is_err() {
            println!("ping is refused");
            break;
        }
    }
    let found = database.users().find_by_phone(&room::phone(first)).await;
    println!("{} is {}", first, if found.unwrap().is_some() { "there" } else { "lost" });
}
