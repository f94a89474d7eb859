//! What the service answered to the operations of its OpenAPI document: an answer that is not described
//! fails its test, and the others are recorded for the check that each described one occurs.

use std::{
    collections::BTreeSet,
    env,
    fs::{self, File},
    io::Write,
    path::PathBuf,
    process,
    sync::{LazyLock, Mutex, PoisonError},
};

use super::{
    Reply,
    document::{Document, Seen},
};

/// The document of the binary.
pub(crate) static DOCUMENT: LazyLock<Document> = LazyLock::new(Document::of_the_binary);

static RECORD: LazyLock<Mutex<Record>> = LazyLock::new(Mutex::default);

/// What this process saw, in memory and in a file of its own.
#[derive(Default)]
struct Record {
    seen: BTreeSet<Seen>,
    file: Option<File>,
}

/// Checks and records an answer. Requests that are no operation are left out.
#[track_caller]
pub(crate) fn observe(method: &str, path: &str, reply: &Reply) {
    let is_described =
        ["/api/v1/", "/api/admin/v1/", "/forward-auth"].iter().any(|it| path.starts_with(it));
    if !is_described {
        return;
    }
    let Some(operation) = DOCUMENT.operation(method, path) else { return };
    let media_type = reply.header("content-type");
    match DOCUMENT.check(operation, reply.status.as_u16(), media_type, &reply.body) {
        Ok(seen) => RECORD.lock().unwrap_or_else(PoisonError::into_inner).add(seen),
        Err(fault) => panic!("the answer is not the documented one: {fault}"),
    }
}

impl Record {
    fn add(&mut self, seen: Seen) {
        let Some(folder) = env::var_os("PASSPORT_TEST_ARTEFACTS") else { return };
        if !self.seen.insert(seen.clone()) {
            return;
        }
        let file = self.file.get_or_insert_with(|| {
            let folder = PathBuf::from(folder).join("openapi");
            fs::create_dir_all(&folder).expect("the folder of artefacts is writable");
            let name = format!("seen-{}.txt", process::id());
            File::create(folder.join(name)).expect("the folder of artefacts is writable")
        });
        let (method, path, status, code) = seen;
        writeln!(file, "{method} {path} {status} {code}").expect("the record is writable");
    }
}
