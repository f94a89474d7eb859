//! Other processes: this test binary again, told by its environment what to do.

use std::{
    env,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use crate::room;

const ACT: &str = "PASSPORT_TEST_CHILD_ACT";
const URL: &str = "PASSPORT_TEST_CHILD_URL";

/// Starts a process that does `act` with the database at `url`.
pub(crate) fn spawn(act: &str, url: &str) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "child::acts", "--nocapture"])
        .env(ACT, act)
        .env(URL, url)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits until the process says that it was answered.
pub(crate) fn wait_until_answered(child: &mut Child) {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let answered = lines.map(Result::unwrap).any(|line| line.ends_with("answered"));
    assert!(answered, "child ended before it was answered");
}

/// Does nothing in the parent.
#[tokio::test]
async fn acts() {
    let (Ok(act), Ok(url)) = (env::var(ACT), env::var(URL)) else {
        return;
    };
    match act.as_str() {
        "migrate" => drop(room::migrated(&url).await),
        "insert" => {
            let database = room::connect(&url).await;
            database.users().insert(&room::user(1)).await.unwrap();
            println!("answered");
            // Until it is killed, with the database open.
            thread::sleep(Duration::from_mins(1));
        }
        act => panic!("unknown act {act}"),
    }
}
