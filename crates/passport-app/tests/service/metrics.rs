//! `GET /metrics`, on a listener of its own.

mod dashboard;
mod documented;
mod exposition;

use std::{net::TcpListener, sync::Arc};

use futures::future::join_all;
use reqwest::{Client, Method};
use serde_json::json;

use crate::support::{
    Account, Api, Call, PASSWORD, Person, ROOMY, Service, every_call, phone, sign_in, until,
};
use exposition::url;

pub(crate) use exposition::Metrics;

const OWN: (&str, &str) = ("metrics.listen", "127.0.0.1:0");

/// A service that shows its metrics.
pub(crate) async fn observed(settings: &[(&str, &str)]) -> Service {
    let all: Vec<_> = [OWN].iter().chain(settings).copied().collect();
    Service::start(&all).await
}

#[tokio::test]
async fn the_page_is_on_a_listener_of_its_own() {
    let service = observed(&[]).await;
    let page = url(&service);
    let ask = async |url: &str, accept: &str| {
        let reply = Client::new().get(url).header("accept", accept).send().await.unwrap();
        let kind = reply.headers().get("content-type").map(|kind| kind.to_str().unwrap());
        let kind = kind.unwrap_or_default().to_owned();
        (reply.status().as_u16(), kind, reply.text().await.unwrap())
    };
    let (status, kind, text) = ask(&page, "*/*").await;
    assert_eq!((status, kind.as_str()), (200, "text/plain; version=0.0.4; charset=utf-8"));
    assert!(!text.contains("# EOF"), "{text}");
    let (status, kind, text) = ask(&page, "application/openmetrics-text;version=1.0.0,*/*").await;
    assert_eq!(
        (status, kind.as_str()),
        (200, "application/openmetrics-text; version=1.0.0; charset=utf-8")
    );
    assert!(text.ends_with("# EOF\n"), "{text}");
    let public = format!("{}/metrics", service.url());
    assert_eq!(ask(&public, "*/*").await.0, 404, "visitors do not see it");
    for path in ["/", "/sign-in", "/api/v1/session", "/readyz"] {
        assert_eq!(ask(&page.replace("/metrics", path), "*/*").await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn an_occupied_default_address_does_not_stop_the_start() {
    // Held by this test, or by another program on this machine.
    let held = TcpListener::bind("127.0.0.1:9090");
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let bare = [("http.listen", "127.0.0.1:0"), ("log.format", "json")];
    let service = Service::start_bare(&folder, &bare).await;
    let log = service.log();
    assert!(log.contains("no metrics are shown: the default address of metrics.listen"), "{log}");
    assert!(!log.contains("the metrics are shown"), "{log}");
    drop(held);

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = Service::refused(folder.path(), &[("metrics.listen", &address)]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(error.contains(&format!("metrics.listen: cannot listen on {address}")), "{error}");
}

#[tokio::test]
async fn what_happens_is_counted_by_closed_labels() {
    let service = observed(&ROOMY).await;
    let api = Api::new(&service);
    let account = Account::with_password(&api).await;
    assert_eq!(sign_in(&api, &account.phone, "a wrong password").await.status, 401);
    let (id, code) = api.code("sign-in", &account.phone, None).await;
    let body =
        json!({ "mobile": account.phone, "code_id": id, "code": code, "transport": "bearer" });
    api.done(Call::post("/sessions", body)).await;
    let counted = async |name: &str, labels: &[(&str, &str)], least: f64| {
        until(&format!("{name}{labels:?} is {least}"), async || {
            Metrics::of(&service).await.sum(name, labels) >= least
        })
        .await;
    };
    counted("passport_account_events_total", &[("kind", "user.created"), ("outcome", "done")], 1.0)
        .await;
    counted("passport_sign_ins_total", &[("method", "password"), ("outcome", "refused")], 1.0)
        .await;
    counted("passport_sign_ins_total", &[("method", "code"), ("outcome", "done")], 1.0).await;
    counted("passport_refusals_total", &[("rule", "credentials-wrong")], 1.0).await;
    counted("passport_challenges_total", &[("kind", "captcha"), ("outcome", "solved")], 2.0).await;
    let way = [("gateway", "console"), ("country", "+86")];
    counted("passport_sms_messages_total", &[way[0], way[1], ("outcome", "accepted")], 2.0).await;
    counted("passport_sms_verified_total", &way, 2.0).await;
    let route = [("route", "/api/v1/sessions"), ("method", "POST"), ("status", "401")];
    counted("passport_http_requests_total", &route, 1.0).await;
    counted(
        "passport_store_duration_seconds_count",
        &[("store", "sessions"), ("op", "write")],
        2.0,
    )
    .await;
    let metrics = Metrics::of(&service).await;
    let loss = metrics.sum("passport_events_lost_total", &[]);
    assert!(loss.abs() < 0.5, "{loss}");
    let failures = metrics.sum("passport_store_failures_total", &[]);
    assert!(failures.abs() < 0.5, "{failures}");
    assert!(metrics.sum("process_resident_memory_bytes", &[]) > 1e6);
}

#[tokio::test]
async fn refusals_that_the_journal_leaves_out_are_counted() {
    let service = observed(&ROOMY).await;
    let api = Api::new(&service);
    // At once, because a slow machine would not manage as many in a minute one by one.
    let flood = async || {
        let numbers: Vec<_> = (0..60).map(|_| phone()).collect();
        join_all(numbers.iter().map(|phone| sign_in(&api, phone, PASSWORD))).await;
    };
    flood().await;
    let metrics = Metrics::of(&service).await;
    let refused = [("method", "password"), ("outcome", "refused")];
    assert!((metrics.sum("passport_sign_ins_total", &refused) - 60.0).abs() < 0.5);
    let lost = [("cause", "too-many-refusals")];
    // A minute may end in between, and then the next one has room of its own.
    until("surplus refusals are counted as lost", async || {
        flood().await;
        Metrics::of(&service).await.sum("passport_events_lost_total", &lost) > 0.5
    })
    .await;
}

/// Each route is used, rightly and wrongly, and by a client that invents what it can.
async fn use_everything(service: &Service) {
    let api = Api::new(service);
    for good in every_call(&api).await {
        api.send(&good.call).await;
        api.send(&Call { body: Some(json!({ "x": 1 })), ..good.call }).await;
    }
    let person = Person::new(service);
    for page in ["/", "/sign-in", "/sign-up", "/account", "/terms", "/docs", "/healthz", "/readyz"]
    {
        person.get(page).await;
    }
    let phone = phone();
    person.sign_up(&phone, PASSWORD).await;
    person.sign_in(&phone, PASSWORD).await;
    for number in 0..40 {
        let id = uuid::Uuid::new_v4();
        for path in [
            format!("/nothing/{number}"),
            format!("/api/v1/{number}"),
            format!("/api/v1/challenges/{id}/image"),
            format!("/static/{number}.css"),
            format!("/sms/receipts/gateway{number}/{id}"),
            format!("/passport/{number}"),
            format!("/api/v1/sessions/{id}?mobile={phone}"),
        ] {
            person.get(&path).await;
        }
        let method = Method::from_bytes(format!("BREW{number}").as_bytes()).unwrap();
        person.send(person.request(method, "/api/v1/me")).await;
    }
}

#[tokio::test]
async fn series_are_few_and_labels_tell_of_no_one() {
    let service = observed(&ROOMY).await;
    use_everything(&service).await;
    let metrics = Metrics::of(&service).await;
    let count = metrics.samples.len();
    println!("{count} series");
    assert!(count < 500, "{count} series");
    for sample in &metrics.samples {
        for (key, value) in &sample.labels {
            let digits = value.bytes().filter(u8::is_ascii_digit).count();
            let most = match key.as_str() {
                "le" => continue,
                // A calling code, a status, a version.
                "country" | "status" | "version" => 3,
                // `/api/v1/…`, `sms_code`.
                _ => 1,
            };
            assert!(digits <= most, "{sample:?}");
            let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./{}+".contains(c);
            assert!(value.chars().all(is_plain) && value.len() <= 64, "{sample:?}");
        }
    }
}
