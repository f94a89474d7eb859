//! A copy of the database contains no token, and other users of the machine cannot read it.

use std::{fs, path::Path, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use passport_session::{Lifetime, NewSession, Session, SessionToken};
use uuid::Uuid;

use crate::room::{self, NOW};

#[tokio::test]
async fn no_token_is_in_the_file() {
    let url = room::sqlite_url();
    let sessions = room::migrated(&url).await.sessions();
    let token = SessionToken::generate(&mut rand::rng());
    let lifetime = Lifetime::new(Duration::from_hours(1), Duration::from_hours(24)).unwrap();
    let session = Session::begin(NewSession::new(Uuid::new_v4(), lifetime), NOW);
    sessions.create(&token.digest(), &session).await.unwrap();

    let dump = dump(&url);
    let text = token.expose();
    let bytes = URL_SAFE_NO_PAD.decode(&text).unwrap();
    assert!(holds(&dump, token.digest().as_bytes()), "the dump is not the whole database");
    assert!(!holds(&dump, &bytes), "the token is in the file");
    assert!(!holds(&dump, text.as_bytes()), "the token is in the file as text");
    // Also a part of the text, in case it is stored in pieces.
    assert!(!holds(&dump, &text.as_bytes()[4..24]), "some of the token is in the file");
}

#[cfg(unix)]
#[tokio::test]
async fn other_users_cannot_read_the_files() {
    use std::os::unix::fs::PermissionsExt;

    let url = room::sqlite_url();
    let database = room::migrated(&url).await;
    room::add(&database.users(), &room::user(1)).await.unwrap();
    let files: Vec<_> = files(&url).collect();
    assert_eq!(files.len(), 3, "database, log and index: {files:?}");
    for file in files {
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file:?}");
    }
}

fn dump(url: &str) -> Vec<u8> {
    files(url).flat_map(|file| fs::read(file).unwrap()).collect()
}

fn files(url: &str) -> impl Iterator<Item = std::path::PathBuf> {
    let directory = Path::new(url.strip_prefix("sqlite:").unwrap()).parent().unwrap();
    fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path())
}

fn holds(dump: &[u8], part: &[u8]) -> bool {
    dump.windows(part.len()).any(|window| window == part)
}
