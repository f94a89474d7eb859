//! Faults are reported at once, with what to do about them and without the password.

use std::{
    fs,
    net::SocketAddr,
    path::PathBuf,
    time::{Duration, Instant},
};

use diesel::{Connection, SqliteConnection, connection::SimpleConnection};
use passport_storage_diesel::{Database, DatabaseError, DatabaseOptions};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{proxy, room};

const PASSWORD: &str = "hunter2";

/// Options with shorter timeouts, so that the tests are faster.
fn options() -> DatabaseOptions {
    DatabaseOptions {
        answer_timeout: Duration::from_secs(1),
        busy_timeout: Duration::from_millis(300),
        ..DatabaseOptions::default()
    }
}

/// Error of connecting, and its text in an operator's log.
async fn refusal(url: &str) -> (DatabaseError, String) {
    let began = Instant::now();
    let error = Database::connect(url, options()).await.expect_err("this cannot work");
    assert!(began.elapsed() < Duration::from_secs(3), "it took {:?}", began.elapsed());
    let shown = room::chain(&error);
    assert!(!format!("{shown} {error:?}").contains(PASSWORD), "{error:?}");
    println!("{shown}");
    (error, shown)
}

fn at(address: SocketAddr) -> String {
    format!("postgres://someone:{PASSWORD}@{address}/somewhere")
}

#[tokio::test]
async fn the_port_is_closed() {
    // Bound and released: it is unlikely that another process takes it at once.
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (error, shown) = refusal(&at(address)).await;
    assert!(matches!(error, DatabaseError::Unreachable { .. }), "{error:?}");
    assert!(shown.starts_with(&format!("PostgreSQL does not answer at {address}: check ")));
}

#[tokio::test]
async fn the_host_does_not_answer() {
    let address = proxy::server(|stream| async {
        let _stream = stream;
        std::future::pending::<()>().await;
    })
    .await;
    let (error, _) = refusal(&at(address)).await;
    assert!(matches!(error, DatabaseError::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn the_password_is_wrong() {
    let address = proxy::server(|mut stream| async move {
        read_startup(&mut stream).await;
        // AuthenticationCleartextPassword
        stream.write_all(b"R\0\0\0\x08\0\0\0\x03").await.unwrap();
        stream.read_buf(&mut Vec::new()).await.unwrap();
        let fields = b"SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed\0\0";
        send_error(&mut stream, fields).await;
    })
    .await;
    let (error, shown) = refusal(&at(address)).await;
    assert!(matches!(error, DatabaseError::Denied { .. }), "{error:?}");
    assert!(shown.contains("refuses user `someone`: check the user name and the password"));
}

#[tokio::test]
async fn a_password_is_wanted_and_none_given() {
    let address = proxy::server(|mut stream| async move {
        read_startup(&mut stream).await;
        stream.write_all(b"R\0\0\0\x08\0\0\0\x03").await.unwrap();
        stream.read_buf(&mut Vec::new()).await.unwrap();
    })
    .await;
    let (error, _) = refusal(&format!("postgres://someone@{address}/somewhere")).await;
    assert!(matches!(error, DatabaseError::Denied { .. }), "{error:?}");
}

#[tokio::test]
async fn tls_is_wanted_and_not_offered() {
    let address = proxy::server(|mut stream| async move {
        read_startup(&mut stream).await;
        stream.write_all(b"N").await.unwrap();
    })
    .await;
    let (error, _) = refusal(&format!("{}?sslmode=require", at(address))).await;
    assert!(matches!(error, DatabaseError::Tls { .. }), "{error:?}");
}

#[tokio::test]
async fn the_root_certificate_is_no_certificate() {
    let file = room::directory().join("ca.pem");
    let missing = format!("?sslmode=verify-full&sslrootcert={}", file.display());
    let url = format!("{}{missing}", at(SocketAddr::from(([127, 0, 0, 1], 1))));
    for content in
        [None, Some(""), Some("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    {
        if let Some(content) = content {
            fs::write(&file, content).unwrap();
        }
        let (error, _) = refusal(&url).await;
        assert!(matches!(error, DatabaseError::RootCertificate { .. }), "{error:?}");
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn the_user_or_the_database_is_unknown() {
    let server = room::postgres_server();
    let host = &server[server.find('@').expect("the URL names a user") + 1..];
    let (host, _) = host.split_once('/').expect("the URL names a database");
    let (error, _) = refusal(&format!("postgres://passport_unknown@{host}/postgres")).await;
    assert!(matches!(error, DatabaseError::Denied { .. }), "{error:?}");
    let (base, _) = server.rsplit_once('/').unwrap();
    let (error, shown) = refusal(&format!("{base}/passport_nowhere")).await;
    assert!(matches!(error, DatabaseError::NoDatabase { .. }), "{error:?}");
    assert!(shown.contains("create it with `createdb passport_nowhere`"), "{shown}");
}

#[tokio::test]
async fn the_url_is_wrong() {
    let urls = [
        format!("mysql://someone:{PASSWORD}@localhost/somewhere"),
        // Not percent-encoded: what follows is taken for the host.
        format!("postgres://someone:a@{PASSWORD}@localhost/somewhere"),
        format!("postgres://someone:a@{PASSWORD}?b@localhost/somewhere"),
        format!("postgres://someone:{PASSWORD}"),
        format!("postgres:///{PASSWORD}"),
        "passport.db".to_owned(),
        String::new(),
    ];
    for url in urls {
        let (error, shown) = refusal(&url).await;
        assert!(matches!(error, DatabaseError::Url(_)), "{url}: {error:?}");
        assert!(shown.starts_with("database URL is not usable: it "), "{shown}");
    }
}

#[tokio::test]
async fn the_file_is_locked() {
    let path = room::directory().join("passport.db");
    let url = format!("sqlite:{}", path.display());
    let database = Database::connect(&url, options()).await.unwrap();
    database.migrate().await.unwrap();
    let mut other = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    other.batch_execute("BEGIN IMMEDIATE").unwrap();

    let error = database.migrate().await.expect_err("another program writes");
    assert!(matches!(error, DatabaseError::Locked { .. }), "{error:?}");
    let shown = format!("{} is locked by another program: stop it", path.display());
    assert!(error.to_string().starts_with(&shown), "{error}");
    let error = database.ping().await.expect_err("nothing can be written");
    assert!(matches!(error, DatabaseError::Locked { .. }), "{error:?}");
    let users = database.users();
    room::add(&users, &room::user(1)).await.expect_err("another program writes");
    users.find(room::user(1).id).await.expect("readers do not wait for writers");
    let began = Instant::now();
    let queue = (0..20).map(|number| {
        let (users, user) = (users.clone(), room::user(number));
        async move { room::add(&users, &user).await.expect_err("another program writes") }
    });
    futures::future::join_all(queue).await;
    assert!(began.elapsed() < Duration::from_secs(2), "it took {:?}", began.elapsed());

    other.batch_execute("ROLLBACK").unwrap();
    database.ping().await.expect("it let go");
    room::add(&users, &room::user(1)).await.expect("it let go");
}

#[tokio::test]
async fn the_file_is_held_exclusively() {
    let path = room::directory().join("passport.db");
    let mut other = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    other
        .batch_execute(
            "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; CREATE TABLE t (c);",
        )
        .unwrap();
    let (error, _) = refusal(&format!("sqlite:{}", path.display())).await;
    assert!(matches!(error, DatabaseError::Locked { .. }), "{error:?}");
}

#[tokio::test]
async fn the_directory_is_missing_or_not_writable() {
    let directory = room::directory();
    fs::write(directory.join("file"), "").unwrap();
    let places =
        [directory.join("missing/passport.db"), directory.join("file/passport.db"), read_only()];
    for path in places {
        let (error, shown) = refusal(&format!("sqlite:{}", path.display())).await;
        assert!(matches!(error, DatabaseError::Unwritable { .. }), "{path:?}: {error:?}");
        assert!(shown.starts_with(&format!("cannot write {}: its directory", path.display())));
    }
    let (error, _) = refusal(&format!("sqlite:{}", directory.display())).await;
    assert!(matches!(error, DatabaseError::Unwritable { .. }), "{error:?}");
}

#[tokio::test]
async fn the_file_is_something_else() {
    let path = room::directory().join("passport.db");
    fs::write(&path, "Dear diary, ".repeat(1_000)).unwrap();
    let (error, _) = refusal(&format!("sqlite:{}", path.display())).await;
    assert!(matches!(error, DatabaseError::NotADatabase { .. }), "{error:?}");
    assert!(fs::read_to_string(&path).unwrap().starts_with("Dear diary"), "it was not touched");
}

/// A file in a directory where this user cannot write. Root can everywhere, but in `/proc`.
fn read_only() -> PathBuf {
    let directory = room::directory().join("read-only");
    fs::create_dir(&directory).unwrap();
    let mut permissions = fs::metadata(&directory).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&directory, permissions).unwrap();
    let is_root = fs::write(directory.join("probe"), "").is_ok();
    if is_root { PathBuf::from("/proc/passport.db") } else { directory.join("passport.db") }
}

async fn read_startup(stream: &mut TcpStream) {
    let length = stream.read_u32().await.unwrap();
    let mut message = vec![0; length as usize - 4];
    stream.read_exact(&mut message).await.unwrap();
}

async fn send_error(stream: &mut TcpStream, fields: &[u8]) {
    stream.write_all(b"E").await.unwrap();
    stream.write_u32(4 + u32::try_from(fields.len()).unwrap()).await.unwrap();
    stream.write_all(fields).await.unwrap();
}
