//! Backup and restore, with the commands of `docs/operations.md` as they stand there.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use reqwest::Url;
use tempfile::TempDir;
use tokio_postgres::NoTls;

use crate::support::{PASSWORD, Person, Service, phone, postgres};

/// A secret of the settings, because that of development is a file beside the database.
const SECRET: (&str, &str) = ("secret", "4d1f0c9e7a2b8356e1d0c4f7a9b23856");

/// The block of commands below the comment `<!-- NAME -->`.
fn commands(name: &str) -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/operations.md");
    let text = fs::read_to_string(path).unwrap();
    let (_, rest) = text.split_once(&format!("<!-- {name} -->\n```sh\n")).expect(name);
    rest.split_once("```").expect(name).0.to_owned()
}

/// Runs the commands in `folder`; returns what they print.
fn run(name: &str, folder: &Path, variables: &[(&str, &str)]) -> String {
    let mut shell = Command::new("bash");
    shell.args(["-euo", "pipefail", "-c", &commands(name)]).current_dir(folder);
    shell.envs(variables.iter().copied()).env("PATH", path_with_postgres());
    let output = shell.output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

/// The `PATH`, with the programs of PostgreSQL behind it, which not every distribution has in it.
fn path_with_postgres() -> std::ffi::OsString {
    let folders = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let folders = folders.map(|folder| folder.path().join("bin"));
    let path = env::var_os("PATH").unwrap_or_default();
    let all: Vec<PathBuf> = env::split_paths(&path).chain(folders).collect();
    env::join_paths(all).unwrap()
}

/// A service with one account, whose session is open.
struct Before {
    service: Service,
    person: Person,
    phone: String,
}

impl Before {
    async fn with(folder: &Arc<TempDir>, settings: &[(&str, &str)]) -> Self {
        let service = Service::start_in(folder, settings).await;
        let (person, phone) = (Person::new(&service), phone());
        person.sign_up(&phone, PASSWORD).await;
        person.sign_in(&phone, PASSWORD).await;
        Self { service, person, phone }
    }

    /// Asserts that the account and its session are those of before.
    async fn is_restored(&self, service: &Service) {
        self.person.go_to(service);
        assert!(self.person.who_am_i().await.is_some(), "the session goes on");
        Person::new(service).sign_in(&self.phone, PASSWORD).await;
    }
}

#[tokio::test]
#[ignore = "needs sqlite3"]
async fn o9_sqlite_is_backed_up_while_it_runs_and_restored() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let mut before = Before::with(&folder, &[SECRET]).await;
    run("backup: sqlite", folder.path(), &[]);
    // Made after the backup, and lost with the machine.
    let later = phone();
    Person::new(&before.service).sign_up(&later, PASSWORD).await;
    before.service.kill();
    fs::write(folder.path().join("passport.db"), "not a database").unwrap();

    assert_eq!(run("restore: sqlite", folder.path(), &[]), "ok\n");
    let service = Service::start_in(&folder, &[SECRET]).await;
    before.is_restored(&service).await;
    let reply = Person::new(&service).login(&later, PASSWORD).await;
    reply.says("4004", "手机号或密码错误");
}

/// Why the document warns of `cp`.
#[tokio::test]
async fn o9_a_copied_file_lacks_what_the_log_has() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let before = Before::with(&folder, &[SECRET]).await;
    let copy = Arc::new(tempfile::tempdir().unwrap());
    let name = "passport.db";
    fs::copy(folder.path().join(name), copy.path().join(name)).unwrap();
    let service = Service::start_in(&copy, &[SECRET]).await;
    let reply = Person::new(&service).login(&before.phone, PASSWORD).await;
    reply.says("4004", "手机号或密码错误");
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn o9_postgresql_is_backed_up_while_it_runs_and_restored() {
    let url = postgres().await;
    let settings = [SECRET, ("database.url", &*url)];
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let mut before = Before::with(&folder, &settings).await;
    let variables = [("DATABASE_URL", &*url)];
    run("backup: postgres", folder.path(), &variables);
    before.service.kill();

    let mut server: Url = url.parse().unwrap();
    server.set_path("postgres");
    let (client, connection) = tokio_postgres::connect(server.as_str(), NoTls).await.unwrap();
    tokio::spawn(connection);
    let name = url.rsplit('/').next().unwrap();
    client.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
    client.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();

    run("restore: postgres", folder.path(), &variables);
    let service = Service::start_in(&folder, &settings).await;
    before.is_restored(&service).await;
}
