//! Whether a number has an account cannot be told from any flow before a code proved the number
//! (ENU-1 to ENU-4): the answers for known and unknown numbers are the same.
//!
//! `attacks/enumeration.rs` measures their times.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::time::sleep;
use uuid::Uuid;

use crate::support::{Account, Api, Call, PASSWORD, ROOMY, Reply, Service, phone, postgres, redis};

/// What is asked about a number.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Flow {
    /// Sign-in with a wrong password.
    Password,
    /// A code for this purpose.
    Code(&'static str),
    /// A second one before it can be requested.
    CodeAgain(&'static str),
    /// A wrong code, in the request that has this path and in which the purpose's code is used.
    WrongCode(&'static str, &'static str),
    /// A code with another id.
    WrongId(&'static str, &'static str),
}

/// The known numbers of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    WithPassword,
    WithoutPassword,
    /// A former number, whose change can be undone.
    Former,
}

use Flow::{Code, CodeAgain, Password, WrongCode, WrongId};
use Known::{Former, WithPassword, WithoutPassword};

/// Every flow, and the numbers whose secret it may tell.
const FLOWS: [(Flow, Known); 22] = [
    (Password, WithPassword),
    (Password, WithoutPassword),
    (Password, Former),
    (Code("sign-up"), WithPassword),
    (Code("sign-in"), WithPassword),
    (Code("sign-in"), WithoutPassword),
    (Code("reset"), WithPassword),
    (Code("undo-number"), Former),
    (CodeAgain("sign-up"), WithPassword),
    (CodeAgain("sign-in"), WithPassword),
    (CodeAgain("reset"), WithPassword),
    (CodeAgain("undo-number"), Former),
    (WrongCode("/sessions", "sign-in"), WithPassword),
    (WrongCode("/sessions", "sign-in"), WithoutPassword),
    (WrongCode("/password-resets", "reset"), WithPassword),
    (WrongCode("/number-undos", "undo-number"), Former),
    (WrongCode("/users", "sign-up"), WithPassword),
    (WrongCode("/users", "sign-up"), Former),
    (WrongId("/sessions", "sign-in"), WithPassword),
    (WrongId("/password-resets", "reset"), WithPassword),
    (WrongId("/number-undos", "undo-number"), Former),
    (WrongId("/users", "sign-up"), WithPassword),
];

impl Known {
    pub(crate) const ALL: [Self; 3] = [WithPassword, WithoutPassword, Former];

    /// Flows that are asked about these numbers.
    pub(crate) fn flows(self) -> impl Iterator<Item = Flow> {
        FLOWS.into_iter().filter(move |(_, known)| *known == self).map(|(flow, _)| flow)
    }
}

impl Flow {
    /// The request about `phone`, after everything that it needs.
    async fn prepare(self, api: &Api, phone: &str) -> Call {
        match self {
            Password => {
                Call::post("/sessions", json!({ "mobile": phone, "password": "wrong password" }))
            }
            Code(purpose) => api.code_call(purpose, phone, None).await,
            CodeAgain(purpose) => {
                api.code(purpose, phone, None).await;
                api.code_call(purpose, phone, None).await
            }
            WrongCode(path, purpose) => {
                let (id, code) = api.code(purpose, phone, None).await;
                let wrong = if code == "000000" { "000001" } else { "000000" };
                guess(path, phone, &id, wrong)
            }
            WrongId(path, purpose) => {
                let (id, code) = api.code(purpose, phone, None).await;
                // As long as an id, and another one.
                let first = if id.starts_with('A') { "B" } else { "A" };
                guess(path, phone, &format!("{first}{}", &id[1..]), &code)
            }
        }
    }
}

fn guess(path: &str, phone: &str, id: &str, code: &str) -> Call {
    let mut body = json!({ "mobile": phone, "code_id": id, "code": code });
    if path == "/password-resets" {
        body["password"] = "another good password".into();
    } else if path == "/users" {
        body["password"] = PASSWORD.into();
    }
    Call::post(path, body)
}

/// Known numbers, and as many unknown ones.
pub(crate) struct Numbers {
    pub(crate) known: Vec<String>,
    pub(crate) unknown: Vec<String>,
}

impl Numbers {
    pub(crate) async fn new(api: &Api, kind: Known, count: usize) -> Self {
        let mut known = Vec::new();
        for _ in 0..count {
            let account = match kind {
                WithoutPassword => Account::without_password(api).await,
                WithPassword | Former => Account::with_password(api).await,
            };
            if matches!(kind, Former) {
                api.done(account.number_change(api, &phone()).await).await;
            }
            known.push(account.phone);
        }
        Self { known, unknown: (0..count).map(|_| phone()).collect() }
    }

    /// Asks about each pair, the known and the unknown number first in turn. Asserts that the answers
    /// are the same; returns the times for known and for unknown numbers.
    pub(crate) async fn compare(&self, api: &Api, flow: Flow) -> [Vec<Duration>; 2] {
        // The numbers may have got a code a moment ago.
        sleep(Duration::from_millis(1_100)).await;
        let mut times = [Vec::new(), Vec::new()];
        for (n, pair) in self.known.iter().zip(&self.unknown).enumerate() {
            let pair = [pair.0, pair.1];
            let mut answers = [None, None];
            for which in [n % 2, 1 - n % 2] {
                let call = flow.prepare(api, pair[which]).await;
                let since = Instant::now();
                let reply = api.send(&call).await;
                times[which].push(since.elapsed());
                answers[which] = Some(Seen::of(&reply));
            }
            let [known, unknown] = answers;
            assert_eq!(known, unknown, "{flow:?}");
        }
        times
    }
}

/// What a client sees of an answer, without what differs each time.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    status: u16,
    headers: BTreeSet<String>,
    body: Value,
}

impl Seen {
    fn of(reply: &Reply) -> Self {
        let mut body = reply.json();
        if let Some(id) = body.get_mut("code_id") {
            assert!(id.is_string());
            *id = "an id".into();
        }
        let headers = reply.headers.keys().map(ToString::to_string).collect();
        Self { status: reply.status.as_u16(), headers, body }
    }
}

async fn all_flows_are_alike(settings: &[(&str, &str)]) {
    let service = Service::start(&[&ROOMY[..], settings].concat()).await;
    let api = Api::new(&service);
    for kind in Known::ALL {
        let numbers = Numbers::new(&api, kind, 4).await;
        for flow in kind.flows() {
            numbers.compare(&api, flow).await;
        }
    }
}

#[tokio::test]
async fn enu_1_to_4_known_and_unknown_numbers_are_answered_alike() {
    all_flows_are_alike(&[]).await;
}

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn enu_1_to_4_known_and_unknown_numbers_are_answered_alike_with_redis_and_postgresql() {
    let (redis, postgres) = (redis(), postgres().await);
    all_flows_are_alike(&[("store.url", &redis), ("database.url", &postgres)]).await;
}

/// The same for a number that has reached the limit of wrong passwords.
#[tokio::test]
async fn enu_2_failures_in_a_row_make_known_and_unknown_numbers_wait_alike() {
    let settings = [("limits.failures_free", "2"), ("limits.failures_stop", "4")];
    let service = Service::start(&[&ROOMY[..], &settings].concat()).await;
    let api = Api::new(&service);
    for kind in [WithPassword, WithoutPassword] {
        let numbers = Numbers::new(&api, kind, 1).await;
        let mut codes = [Vec::new(), Vec::new()];
        for (phone, codes) in [&numbers.known[0], &numbers.unknown[0]].into_iter().zip(&mut codes) {
            for _ in 0..14 {
                let reply = api.send(&Password.prepare(&api, phone).await).await;
                let code = reply.json()["code"].as_str().unwrap().to_owned();
                if codes.last() != Some(&code) {
                    codes.push(code);
                }
                sleep(Duration::from_millis(400)).await;
            }
        }
        assert_eq!(codes[0], codes[1], "{kind:?}");
        assert!(codes[0].contains(&"wait".to_owned()), "{codes:?}");
    }
}

/// Ids that were never issued, of any form.
#[tokio::test]
async fn enu_1_a_code_id_of_any_form_says_nothing_about_a_number() {
    let service = Service::start(&ROOMY).await;
    let api = Api::new(&service);
    let numbers = Numbers::new(&api, WithPassword, 1).await;
    let ids = [
        String::new(),
        "x".to_owned(),
        Uuid::new_v4().to_string(),
        "A".repeat(22),
        "x".repeat(5_000),
    ];
    for path in ["/sessions", "/password-resets", "/number-undos", "/users"] {
        for id in &ids {
            let ask =
                async |phone: &str| Seen::of(&api.send(&guess(path, phone, id, "123456")).await);
            let (known, unknown) = (ask(&numbers.known[0]).await, ask(&numbers.unknown[0]).await);
            assert_eq!((known.status, known.body["code"].as_str()), (410, Some("code-gone")));
            assert_eq!(known, unknown, "{path} {id}");
        }
    }
}
