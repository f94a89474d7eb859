//! A flood of sign-ins with right passwords, which no limit on failures counts.

use std::time::{Duration, Instant};

use futures::future::join_all;
use reqwest::Method;
use serde_json::json;
use tokio::{sync::Mutex, task::AbortHandle, time::sleep};

use super::{median, time_of_attack};
use crate::support::{PASSWORD, Person, Service, address, phone};

const CONNECTIONS: usize = 64;
const STRANGERS: usize = 40;

/// Strangers at a time: each one comes when another is done, so they never compete for more than the
/// machine can hash.
const AT_A_TIME: usize = 2;

/// Pause of the attacker after a refusal. Without one, the attacker would need a core of this machine,
/// which hashes meanwhile.
const AFTER_REFUSAL: Duration = Duration::from_millis(50);

/// Longest median on a machine that hashes in a quarter of a second.
const PATIENCE: Duration = Duration::from_secs(2);

/// Settings with which the queue alone holds a flood off, because no limit is reached.
const NO_LIMITS: [(&str, &str); 2] =
    [("limits.sign_ins_per_ip_minute", "100000"), ("limits.sign_ins_per_phone_hour", "100000")];

/// Floods run one at a time, because two would compete for the cores.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

/// The attacker: addresses and accounts, which connections use in turn.
struct Flood {
    addresses: usize,
    accounts: usize,
}

/// A connection that signs in again and again.
async fn sign_in_for_ever(person: Person, phone: String) {
    loop {
        if sign_in(&person, &phone).await.is_none() {
            sleep(AFTER_REFUSAL).await;
        }
    }
}

impl Flood {
    /// Opens the connections.
    async fn begin(&self, service: &Service) -> Vec<AbortHandle> {
        let phones = accounts(service, self.accounts).await;
        let addresses: Vec<_> = (0..self.addresses).map(|_| address()).collect();
        let connection = |n: usize| {
            let person = Person::from_address(service, &addresses[n % addresses.len()]);
            let phone = phones[n % phones.len()].clone();
            tokio::spawn(sign_in_for_ever(person, phone)).abort_handle()
        };
        (0..CONNECTIONS).map(connection).collect()
    }

    /// Asserts that strangers get in meanwhile, each from an own address.
    async fn lets_strangers_in(&self, settings: &[(&str, &str)]) {
        let _alone = ONE_AT_A_TIME.lock().await;
        // The cost of production: at a lower one the threads keep up with any flood over HTTP.
        let settings = [&[("password.cost", "12"), ("log.filter", "info")], settings].concat();
        let service = Service::start(&settings).await;
        let strangers = accounts(&service, STRANGERS).await;
        // Other programs may take a part of the machine, so the same is measured before the flood.
        let alone = median(&mut sign_ins(&service, &strangers[..6]).await);
        let flood = self.begin(&service).await;
        sleep(time_of_attack(Duration::from_secs(5))).await;
        let mut times = sign_ins(&service, &strangers).await;
        let (newcomer, phone) = (Person::new(&service), phone());
        let code = newcomer.request_code(&phone).await;
        let sign_up = newcomer.register(&phone, &code, PASSWORD).await.errno();
        flood.iter().for_each(AbortHandle::abort);

        let (count, median) = (times.len(), median(&mut times));
        let slowest = times.last().copied().unwrap_or_default();
        println!(
            "{} addresses, accounts: {}, {CONNECTIONS} connections: {count} of {STRANGERS} strangers \
             signed in, median {median:.2?}, slowest {slowest:.2?}, without a \
             flood {alone:.2?}; \
             sign-up: {sign_up}",
            self.addresses, self.accounts,
        );
        assert_eq!((count, sign_up.as_str()), (STRANGERS, "0"));
        assert!(median < PATIENCE.max(8 * alone), "{median:?}");
    }
}

/// Signs strangers in, each from an own address; returns the times of those that succeeded.
async fn sign_ins(service: &Service, phones: &[String]) -> Vec<Duration> {
    let one_after_the_other = phones.chunks(phones.len() / AT_A_TIME).map(|phones| async move {
        let mut times = Vec::new();
        for phone in phones {
            times.extend(sign_in(&Person::new(service), phone).await);
        }
        times
    });
    join_all(one_after_the_other).await.concat()
}

/// Signs in; returns the time that it took, if it succeeded.
async fn sign_in(person: &Person, phone: &str) -> Option<Duration> {
    let since = Instant::now();
    let body = json!({ "mobile": phone, "password": PASSWORD });
    let request = person.request(Method::POST, "/passport/login").json(&body);
    let reply = person.try_send(request).await.ok()?;
    (reply.errno() == "0").then(|| since.elapsed())
}

/// Signs `count` accounts up; returns their numbers.
async fn accounts(service: &Service, count: usize) -> Vec<String> {
    let phones: Vec<_> = (0..count).map(|_| phone()).collect();
    for some in phones.chunks(8) {
        let people: Vec<_> = some.iter().map(|phone| (Person::new(service), phone)).collect();
        join_all(people.iter().map(|(person, phone)| person.sign_up(phone, PASSWORD))).await;
    }
    phones
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x1_a_flood_of_right_passwords_lets_strangers_in() {
    Flood { addresses: 4, accounts: 1 }.lets_strangers_in(&[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x1_the_queue_alone_lets_strangers_in() {
    Flood { addresses: 16, accounts: 16 }.lets_strangers_in(&NO_LIMITS).await;
}
