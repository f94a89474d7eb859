//! Privacy of stores of codes and limits: their keys end up in backups, slow logs and monitoring, so no
//! phone number and no client address may be part of one.

use std::collections::BTreeSet;

use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query, sql_types};
use passport_auth::policies;
use reqwest::{Method, Url};
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

use crate::{
    idempotency::steps::{TEST_ANSWER, code_body, own, proof, send_code},
    operators::admin_address,
    support::{PASSWORD, Person, Service, phone, redis},
};

/// Codes to one number follow each other closely.
const CLOSELY: (&str, &str) = ("sms_code.resend_after", "1s");

/// The listener of the API for operators.
const ADMIN: (&str, &str) = ("admin.listen", "127.0.0.1:0");

/// Address of the visitor, as the proxy reports it, in text and in bytes.
const ADDRESS: (&str, [u8; 4]) = ("203.0.113.77", [203, 0, 113, 77]);

/// Signs up and in, hits every limit, and leaves a code live. Returns the phone numbers in use.
async fn use_every_limit(service: &Service) -> [String; 2] {
    let person = Person::from_address(service, ADDRESS.0);
    let [known, new] = [phone(), phone()];
    person.sign_up(&known, PASSWORD).await;
    person.login(&known, "wrong password").await.says("4004", "手机号或密码错误");
    person.sign_in(&known, PASSWORD).await;
    person.request_code(&new).await;
    person.register(&new, "wrong!", PASSWORD).await.says("4004", "短信验证码错误");
    let issued = person.send(person.request(Method::POST, "/api/v1/challenges")).await.json();
    let image = format!("/api/v1/challenges/{}/image", issued["id"].as_str().unwrap());
    assert_eq!(person.get(&image).await.status, 200);
    person.ask_code(&phone(), "wrong", issued["id"].as_str().unwrap()).await;
    for language in ["zh", "en"] {
        let issued = person.send(person.request(Method::POST, "/api/v1/challenges")).await.json();
        let audio = format!("{}?lang={language}", issued["links"]["audio"].as_str().unwrap());
        assert_eq!(person.get(&audio).await.status, 200);
    }
    // The answer stays in the store until it is given.
    person.challenge().await;
    // A request without the header of a proxy comes from 127.0.0.1.
    let direct = person.request(Method::POST, "/api/v1/challenges");
    assert_eq!(person.send_bare(direct).await.status, 201);
    use_every_limit_of_accounts(&person, &known).await;
    ask_as_no_operator(service).await;
    [known, new]
}

/// A request to the API for operators, which is refused.
async fn ask_as_no_operator(service: &Service) {
    let url = format!("http://{}/api/admin/v1/users", admin_address(service));
    let request = reqwest::Client::new().get(url).header("X-Forwarded-For", ADDRESS.0);
    assert_eq!(request.bearer_auth("none").send().await.unwrap().status(), 401);
}

/// As the signed-in person whose number is `known`; its last code stays live.
async fn use_every_limit_of_accounts(person: &Person, known: &str) {
    for path in ["/api/v1/me/events", "/api/v1/me/export"] {
        assert_eq!(person.get(path).await.status, 200, "{path}");
    }
    let rename = own(person, Method::PATCH, "/api/v1/me").json(&json!({ "nick_name": "小明" }));
    assert_eq!(person.send(rename).await.status, 200);
    let confirm = own(person, Method::POST, "/api/v1/session/confirmations");
    let confirm = confirm.json(&json!({ "password": "wrong password" }));
    assert_eq!(person.send(confirm).await.status, 422);
    send_code(person, &code_body(person, "change-number", &phone(), TEST_ANSWER).await).await;
    send_code(person, &json!({ "purpose": "confirm" })).await;
    let mut reset = proof(person, "reset", known).await;
    reset["password"] = json!("another horse battery");
    let reset = own(person, Method::POST, "/api/v1/password-resets").json(&reset);
    assert_eq!(person.send(reset).await.status, 204);
    person.sign_in(known, "another horse battery").await;
}

/// Asserts that `stored` contains no number and no address: neither as text, nor as bytes, nor as
/// hexadecimal digits.
fn assert_private(stored: &[u8], phones: &[String]) {
    let numbers = phones.iter().flat_map(|phone| {
        // The national number without its first digits is part of every notation of the number.
        let digits = &phone[2..];
        [digits.as_bytes().to_vec(), hex::encode(digits.as_bytes()).into_bytes()]
    });
    let addresses =
        [ADDRESS, ("127.0.0.1", [127, 0, 0, 1])].into_iter().flat_map(|(text, bytes)| {
            [text.as_bytes().to_vec(), bytes.to_vec(), hex::encode(bytes).into_bytes()]
        });
    for clear in numbers.chain(addresses) {
        let is_found = stored.windows(clear.len()).any(|it| it.eq_ignore_ascii_case(&clear));
        let (stored, clear) = (String::from_utf8_lossy(stored), String::from_utf8_lossy(&clear));
        assert!(!is_found, "{stored} contains {clear}");
    }
}

#[test]
fn numbers_and_addresses_are_recognized_in_every_notation() {
    let phones = ["13800138000".to_owned()];
    for clear in [
        "+8613800138000",
        "x:13800138000",
        "203.0.113.77",
        "127.0.0.1",
        "CB00714D",
        "\u{7f}\0\0\u{1}",
    ] {
        let found = std::panic::catch_unwind(|| assert_private(clear.as_bytes(), &phones));
        assert!(found.is_err(), "{clear}");
    }
    assert_private(b"passport:code:register:2086f25676ccd024f718e12d97b3c6d0", &phones);
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn no_key_in_redis_contains_a_number_or_an_address() {
    // A database that no other test uses. It has keys of earlier runs.
    let mut url: Url = redis().parse().unwrap();
    url.set_path("/11");
    let before = keys(&url).await;
    let settings = [("store.url", url.as_str()), ("session.store", "store"), CLOSELY, ADMIN];
    let service = Service::start(&settings).await;
    let phones = use_every_limit(&service).await;

    let new: BTreeSet<_> = keys(&url).await.difference(&before).cloned().collect();
    for key in &new {
        assert_private(key.as_bytes(), &phones);
    }
    // The test sees what it looks at.
    let stored = policies::ALL.iter().filter(|policy| !policies::IN_PROCESS.contains(policy));
    let kinds: Vec<_> = stored.map(|policy| format!("}}:{policy}")).collect();
    let others = [":code:register:", ":code:challenge:", ":{session}:subject:"];
    for kind in kinds.iter().map(String::as_str).chain(others) {
        assert!(new.iter().any(|key| key.contains(kind)), "{kind}: {new:#?}");
    }
}

/// All keys in the database that `url` names.
async fn keys(url: &Url) -> BTreeSet<String> {
    let server = (url.host_str().unwrap(), url.port().unwrap_or(6379));
    let mut socket = BufReader::new(TcpStream::connect(server).await.unwrap());
    let database = url.path().trim_start_matches('/');
    let mut keys = BTreeSet::new();
    let mut cursor = "0".to_owned();
    loop {
        let scan = format!("SELECT {database}\r\nSCAN {cursor} COUNT 1000\r\n");
        socket.write_all(scan.as_bytes()).await.unwrap();
        assert_eq!(line(&mut socket).await, "+OK");
        assert_eq!(line(&mut socket).await, "*2");
        cursor = text(&mut socket).await;
        let count = line(&mut socket).await;
        let count = count.strip_prefix('*').and_then(|it| it.parse().ok());
        for _ in 0..count.unwrap_or_else(|| panic!("not an array: {count:?}")) {
            keys.insert(text(&mut socket).await);
        }
        if cursor == "0" {
            return keys;
        }
    }
}

/// Reads a bulk string.
async fn text(socket: &mut BufReader<TcpStream>) -> String {
    let length = line(socket).await;
    assert!(length.starts_with('$'), "{length}");
    line(socket).await
}

async fn line(socket: &mut BufReader<TcpStream>) -> String {
    let mut line = String::new();
    socket.read_line(&mut line).await.unwrap();
    line.trim_end().to_owned()
}

#[tokio::test]
async fn no_code_and_no_hit_in_sqlite_contains_a_number_or_an_address() {
    let service = Service::start(&[CLOSELY, ADMIN]).await;
    let phones = use_every_limit(&service).await;
    let database = service.folder().path().join("passport.db");
    let mut database = SqliteConnection::establish(database.to_str().unwrap()).unwrap();

    for table in ["codes", "throttle_hits", "failures"] {
        let columns = column(&mut database, "name", &format!("pragma_table_info('{table}')"));
        assert!(columns.len() >= 3, "{table}: {columns:?}");
        for name in columns {
            let name = String::from_utf8(name).unwrap();
            let values = column(&mut database, &name, table);
            assert!(!values.is_empty(), "{table}.{name} is empty");
            for value in values {
                assert_private(&value, &phones);
            }
        }
    }
    // Challenges are in the process.
    let counted = column(&mut database, "policy", "throttle_hits");
    for policy in policies::ALL {
        let is_counted = counted.contains(&policy.as_str().as_bytes().to_vec());
        assert_eq!(is_counted, !policy.as_str().starts_with("challenge"), "{policy}");
    }
}

#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = sql_types::Binary)]
    value: Vec<u8>,
}

/// Values of a column that are not null. Numbers are in decimal digits.
fn column(database: &mut SqliteConnection, name: &str, table: &str) -> Vec<Vec<u8>> {
    let query =
        format!("SELECT CAST({name} AS BLOB) AS value FROM {table} WHERE {name} IS NOT NULL");
    let rows: Vec<Value> = sql_query(query).load(database).unwrap();
    rows.into_iter().map(|row| row.value).collect()
}

/// A digest under a key cannot be found by trying all numbers, as a plain hash can.
#[tokio::test]
async fn x13_keys_hold_digests_that_depend_on_the_secret() {
    let secrets = [SECRET.to_owned(), SECRET.replace('0', "7")];
    let [one, other] = secrets.map(async |secret| {
        let service = Service::start(&[("secret", &secret)]).await;
        Person::from_address(&service, ADDRESS.0).request_code("13800138000").await;
        let database = service.folder().path().join("passport.db");
        let mut database = SqliteConnection::establish(database.to_str().unwrap()).unwrap();
        let codes = column(&mut database, "subject", "codes");
        let hits = column(&mut database, "subject", "throttle_hits");
        assert!(codes.iter().all(|it| it.len() == 32 && hex::decode(it).is_ok()), "{codes:?}");
        assert!(hits.iter().all(|it| it.len() == 16), "{hits:?}");
        codes.into_iter().chain(hits).collect::<BTreeSet<_>>()
    });
    let (one, other) = (one.await, other.await);
    assert_eq!((one.len(), other.len()), (3, 3), "the code, the number and the client");
    assert!(one.is_disjoint(&other));
}

const SECRET: &str = "9b6d1f0ce4a27358b1c90de36f47a2858d0e5bc1";
