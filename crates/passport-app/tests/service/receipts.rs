//! Receipts that gateways push to secret addresses.

use std::{sync::Arc, time::Duration};

use base64::prelude::{BASE64_STANDARD, Engine};
use hmac::{Hmac, KeyInit, Mac};
use passport_auth::{Clock, SystemClock};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use sha1::Sha1;
use sha2::Sha256;
use tokio::time::sleep;

use crate::{
    gateways::code_in,
    metrics::Metrics,
    support::{GatewayDouble, PASSWORD, Person, Reply, Service, passport, phone, redis, until},
};

/// A service that sent a message through its only gateway.
struct Room {
    service: Service,
    settings: Vec<(String, String)>,
    double: GatewayDouble,
    phone: String,
}

const PUBLIC_URL: &str = "https://passport.test";

impl Room {
    async fn new(kind: &str) -> Self {
        Self::with(kind, &[("sms.gateways", kind)]).await
    }

    async fn with(kind: &str, more: &[(&str, &str)]) -> Self {
        let room = Self::idle(kind, more).await;
        let person = Person::new(&room.service);
        person.try_request_code(&room.phone).await.says("0", "发送成功");
        assert_eq!(room.double.requests().len(), 1);
        room
    }

    /// A service before its first message.
    async fn idle(kind: &str, more: &[(&str, &str)]) -> Self {
        let double = GatewayDouble::start(kind);
        let mut settings = double.settings(kind);
        for (key, value) in [&[("http.public_url", PUBLIC_URL)], more].concat() {
            settings.push((key.to_owned(), value.to_owned()));
        }
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let service = Service::start_in(&folder, &pairs(&settings)).await;
        Self { service, settings, double, phone: phone() }
    }

    fn passport(&self, command: &str) -> Value {
        let said = passport(self.service.folder().path(), &pairs(&self.settings), command);
        serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}"))
    }

    /// The address for receipts, without the origin.
    fn path(&self) -> String {
        let lint = self.passport("sms lint --json");
        lint["receipts"][0]["url"].as_str().unwrap().strip_prefix(PUBLIC_URL).unwrap().to_owned()
    }

    async fn push(&self, path: &str, headers: &[(&str, &str)], body: impl Into<String>) -> Reply {
        let mut request = Client::new().post(format!("{}{path}", self.service.url()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Reply::to(request.body(body.into())).await.unwrap()
    }

    /// Number of messages that were delivered, and that were not.
    fn delivered(&self) -> (u64, u64) {
        let status = self.passport("sms status --json");
        let row = &status[0];
        (row["delivered"].as_u64().unwrap(), row["undelivered"].as_u64().unwrap())
    }
}

fn pairs(settings: &[(String, String)]) -> Vec<(&str, &str)> {
    settings.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect()
}

fn aliyun_report(biz_id: &str, is_delivered: bool) -> String {
    json!([{
        "phone_number": "13800138000", "send_time": "2026-11-22 17:43:30",
        "report_time": "2026-11-22 17:43:33", "success": is_delivered,
        "err_code": if is_delivered { "DELIVERED" } else { "UNDELIV" }, "err_msg": "",
        "sms_size": "1", "biz_id": biz_id, "out_id": "x"
    }])
    .to_string()
}

const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

#[tokio::test]
async fn a_receipt_counts_once_and_only_forward() {
    let room = Room::new("aliyun").await;
    let path = room.path();
    assert_eq!(room.delivered(), (0, 0));
    let (good, bad) =
        (aliyun_report("id-of-the-double", true), aliyun_report("id-of-the-double", false));
    for _ in 0..2 {
        let reply = room.push(&path, &JSON, &*good).await;
        assert_eq!(
            (reply.status, reply.text()),
            (StatusCode::OK, r#"{"code":0,"msg":"OK"}"#.into())
        );
        assert_eq!(reply.header("content-type"), "application/json");
        assert!(!reply.headers.contains_key("set-cookie"), "a gateway gets no cookie: {reply:?}");
        assert_eq!(room.delivered(), (1, 0), "once");
    }
    // Late, and out of order.
    assert_eq!(room.push(&path, &JSON, bad).await.status, StatusCode::OK);
    assert_eq!(room.delivered(), (1, 0));
    // A message that was not sent.
    let strange = aliyun_report("id-of-a-stranger", true);
    assert_eq!(room.push(&path, &JSON, strange).await.status, StatusCode::OK);
    assert_eq!(room.delivered(), (1, 0));
    let secret = path.rsplit('/').next().unwrap();
    let last = room.push(&path, &JSON, good).await;
    let log = room.service.log_up_to(&last).await;
    assert!(!log.contains(secret), "the address is a secret");
    assert!(log.contains("/sms/receipts/aliyun/"), "{log}");
}

fn yuntongxun_report(id: &str) -> String {
    let request = json!({
        "action": "SMSArrived", "smsType": "1", "content": id, "status": "1",
        "deliverCode": "UNDELIV"
    });
    json!({ "Request": request }).to_string()
}

/// The gateway pushes before it answers. The receipt is accepted once the answer is recorded.
#[tokio::test]
async fn a_receipt_before_the_answer_counts() {
    let settings = [("sms.gateways", "yuntongxun"), ("sms.deadline", "1s")];
    let room = Room::idle("yuntongxun", &settings).await;
    let path = room.path();
    room.double.withhold();
    let person = Person::new(&room.service);
    let sending = person.try_request_code(&room.phone);
    let pushing = async {
        until("the gateway has the message", async || !room.double.requests().is_empty()).await;
        // The next call, which repeats the first one, is answered.
        room.double.accept();
        room.push(&path, &JSON, yuntongxun_report("id-of-the-double")).await
    };
    let (sent, pushed) = tokio::join!(sending, pushing);
    sent.says("0", "发送成功");
    assert_eq!(pushed.status, StatusCode::OK);
    assert_eq!(room.delivered(), (0, 1));
}

/// If the answer takes longer, the gateway is asked to push again; and without a message in doubt
/// it is not.
#[tokio::test]
async fn a_receipt_is_asked_for_again_while_a_message_is_in_doubt() {
    let room = Room::idle("yuntongxun", &[("sms.gateways", "yuntongxun")]).await;
    let path = room.path();
    let report = || yuntongxun_report("id-of-the-double");
    assert_eq!(room.push(&path, &JSON, report()).await.status, StatusCode::OK, "without a message");
    room.double.withhold();
    let person = Person::new(&room.service);
    let sending = person.try_request_code(&room.phone);
    let pushing = async {
        until("the gateway has the message", async || !room.double.requests().is_empty()).await;
        room.push(&path, &JSON, report()).await
    };
    let (_, early) = tokio::join!(sending, pushing);
    assert_eq!(early.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(
        room.push(&path, &JSON, report()).await.status,
        StatusCode::OK,
        "the outcome is settled"
    );
    assert_eq!(room.delivered(), (0, 0));
}

#[tokio::test]
async fn s7_undelivered_messages_go_through_another_gateway_once() {
    is_sent_again_once("database").await;
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn undelivered_messages_go_through_another_gateway_once_with_redis() {
    is_sent_again_once(&redis()).await;
}

async fn is_sent_again_once(store: &str) {
    let next = GatewayDouble::start("webhook");
    let theirs = next.settings("webhook");
    let ours = [("sms.gateways", "twilio,webhook"), ("store.url", store)];
    let room = Room::with("twilio", &[&ours[..], &pairs(&theirs)].concat()).await;
    let path = room.path();
    let fields = [
        ("ErrorCode", "30008"),
        ("MessageSid", "id-of-the-double"),
        ("MessageStatus", "undelivered"),
    ];
    let signature = twilio_signature(&path, &fields, "a-token-that-stays-secret");
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("x-twilio-signature", &*signature),
    ];
    let body = fields.map(|(name, value)| format!("{name}={value}")).join("&");
    for _ in 0..2 {
        assert_eq!(room.push(&path, &headers, &*body).await.status, StatusCode::OK);
    }
    until("the message is sent again", async || !next.requests().is_empty()).await;
    until("the second attempt is logged", async || room.service.log().contains("sent again")).await;
    sleep(Duration::from_secs(3)).await;
    assert_eq!((room.double.requests().len(), next.requests().len()), (1, 1), "once");

    let code = code_in(&next.requests()[0]);
    assert!(room.double.requests()[0].contains(&code), "the same code");
    let person = Person::new(&room.service);
    person.register(&room.phone, &code, PASSWORD).await.says("0", "用户注册成功");
    assert!(!room.service.log().contains(&code) && !room.service.log().contains(&room.phone));
}

#[tokio::test]
async fn the_carriers_code_decides_whether_another_gateway_is_tried() {
    // Too long in transit; forbidden words.
    for (code, sent) in [("EXPIRED", 1), ("REJECTD", 0)] {
        let next = GatewayDouble::start("webhook");
        let theirs = next.settings("webhook");
        let ours = [("sms.gateways", "tencent,webhook")];
        let room = Room::with("tencent", &[&ours[..], &pairs(&theirs)].concat()).await;
        let report =
            format!(r#"[{{"sid":"id-of-the-double","report_status":"FAIL","errmsg":"{code}"}}]"#);
        assert_eq!(room.push(&room.path(), &JSON, &*report).await.status, StatusCode::OK);
        if sent > 0 {
            until("the message is sent again", async || !next.requests().is_empty()).await;
        }
        sleep(Duration::from_secs(5)).await;
        assert_eq!((room.double.requests().len(), next.requests().len()), (1, sent), "{code}");
    }
}

/// The addresses stand in the consoles of gateways, and cannot be changed at the moment of a restart.
#[tokio::test]
async fn o8_an_address_receives_as_long_as_its_secret_is_kept() {
    const OLD: &str = "4d1f0c9e7a2b8356e1d0c4f7a9b23856";
    const NEW: &str = "9b6d1f0ce4a27358b1c90de36f47a285";
    let mut room = Room::with("aliyun", &[("sms.gateways", "aliyun"), ("secret", OLD)]).await;
    let former = room.path();
    let report = aliyun_report("id-of-the-double", true);
    let both = format!("{NEW},{OLD}");
    for (secrets, status) in
        [(("secrets", &*both), StatusCode::OK), (("secret", NEW), StatusCode::NOT_FOUND)]
    {
        room.service.stop().await;
        room.settings.retain(|(key, _)| !key.starts_with("secret"));
        room.settings.push((secrets.0.to_owned(), secrets.1.to_owned()));
        let folder = Arc::clone(room.service.folder());
        room.service = Service::start_in(&folder, &pairs(&room.settings)).await;
        assert_ne!(room.path(), former, "the first secret makes the address");
        assert_eq!(room.push(&former, &JSON, &*report).await.status, status);
        assert_eq!(room.push(&room.path(), &JSON, &*report).await.status, StatusCode::OK);
    }
    assert_eq!(room.delivered(), (1, 0));
}

#[tokio::test]
async fn a_wrong_address_is_not_found() {
    let room = Room::new("aliyun").await;
    let path = room.path();
    let report = aliyun_report("id-of-the-double", true);
    let (start, secret) = path.rsplit_once('/').unwrap();
    let flipped = if secret.starts_with('0') { '1' } else { '0' };
    let nothing = room.push("/sms/nothing", &JSON, &*report).await;
    for path in [
        format!("{start}/{flipped}{}", &secret[1..]),
        format!("{start}/{}", &secret[1..]),
        format!("{start}/{}", secret.to_uppercase()),
        format!("{start}/"),
        format!("{start}/{secret}/more"),
        format!("/sms/receipts/twilio/{secret}"),
        format!("/sms/receipts/unknown/{secret}"),
    ] {
        if path == format!("{start}/{secret}") {
            continue; // A secret of digits only has no capitals.
        }
        let reply = room.push(&path, &JSON, &*report).await;
        let same = (reply.status, reply.text(), reply.header("content-type").to_owned());
        assert_eq!(
            same,
            (StatusCode::NOT_FOUND, nothing.text(), nothing.header("content-type").to_owned()),
            "{path}"
        );
    }
    let person = Person::new(&room.service);
    assert_eq!(person.get(&path).await.status, StatusCode::NOT_FOUND, "a GET finds no page");
    assert_eq!(room.delivered(), (0, 0));
}

#[tokio::test]
async fn a_malformed_receipt_is_refused() {
    let room = Room::new("aliyun").await;
    let path = room.path();
    for (body, status) in [
        ("", StatusCode::BAD_REQUEST),
        ("[", StatusCode::BAD_REQUEST),
        ("{}", StatusCode::BAD_REQUEST),
        (&" ".repeat(64 * 1024 + 1), StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let reply = room.push(&path, &JSON, body).await;
        assert_eq!(reply.status, status, "{}", body.len());
    }
    assert_eq!(room.delivered(), (0, 0));
}

/// Twilio's signature of a form whose fields are sorted.
fn twilio_signature(path: &str, fields: &[(&str, &str)], key: &str) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(format!("{PUBLIC_URL}{path}").as_bytes());
    for (name, value) in fields {
        mac.update(format!("{name}{value}").as_bytes());
    }
    BASE64_STANDARD.encode(mac.finalize().into_bytes())
}

#[tokio::test]
async fn twilio_has_to_sign() {
    let room = Room::new("twilio").await;
    let path = room.path();
    assert!(room.double.requests()[0].contains("StatusCallback=https%3A%2F%2Fpassport.test%2Fsms"));
    let fields = [
        ("MessageSid", "id-of-the-double"),
        ("MessageStatus", "delivered"),
        ("To", "+15551234567"),
    ];
    let body =
        fields.map(|(name, value)| format!("{name}={}", value.replace('+', "%2B"))).join("&");
    let form = ("content-type", "application/x-www-form-urlencoded");
    let signature = |key: &str| twilio_signature(&path, &fields, key);
    for forged in [None, Some(signature("another token")), Some("AAAA".to_owned())] {
        let mut headers = vec![form];
        headers.extend(forged.as_deref().map(|it| ("x-twilio-signature", it)));
        assert_eq!(room.push(&path, &headers, &*body).await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(room.delivered(), (0, 0));
    let good = signature("a-token-that-stays-secret");
    let headers = [form, ("x-twilio-signature", &*good)];
    let other = body.replace("delivered", "failed");
    assert_eq!(room.push(&path, &headers, other).await.status, StatusCode::FORBIDDEN);
    assert_eq!(room.push(&path, &headers, body).await.status, StatusCode::OK);
    assert_eq!(room.delivered(), (1, 0));
}

#[tokio::test]
async fn a_webhook_has_to_sign_now() {
    let room = Room::new("webhook").await;
    let path = room.path();
    let body = json!({
        "type": "sms.delivery",
        "data": { "message_id": "id-of-the-double", "status": "delivered" }
    })
    .to_string();
    let now = SystemClock.now().unix_timestamp();
    let headers = |timestamp: i64, key: &str| {
        let key = BASE64_STANDARD.decode(key).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("msg_1.{timestamp}.{body}").as_bytes());
        let signature = BASE64_STANDARD.encode(mac.finalize().into_bytes());
        [
            ("content-type", "application/json".to_owned()),
            ("webhook-id", "msg_1".to_owned()),
            ("webhook-timestamp", timestamp.to_string()),
            ("webhook-signature", format!("v1,{signature}")),
        ]
    };
    let key = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let other = "NfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    for (headers, status) in [
        (headers(now, other), StatusCode::FORBIDDEN),
        (headers(now - 600, key), StatusCode::FORBIDDEN),
        (headers(now + 600, key), StatusCode::FORBIDDEN),
        (headers(now, key), StatusCode::OK),
        (headers(now, key), StatusCode::OK),
    ] {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(room.push(&path, &headers, &*body).await.status, status);
    }
    assert_eq!(room.delivered(), (1, 0), "a repeated receipt counts once");
}

#[tokio::test]
async fn a_receipt_neither_signs_in_nor_spends_a_code() {
    let room = Room::new("aliyun").await;
    let person = Person::new(&room.service);
    let path = room.path();
    room.push(&path, &JSON, aliyun_report("id-of-the-double", true)).await;
    assert!(person.who_am_i().await.is_none());
    let wrong = person.register(&room.phone, "000000", PASSWORD).await.errno();
    assert_eq!(wrong, "4004", "the code is valid, and still secret");
}

#[tokio::test]
async fn receipts_and_charges_are_seen_in_the_metrics() {
    let room =
        Room::with("aliyun", &[("sms.gateways", "aliyun"), ("metrics.listen", "127.0.0.1:0")])
            .await;
    let path = room.path();
    let way = [("gateway", "aliyun"), ("country", "+86")];
    let metrics = Metrics::of(&room.service).await;
    let sent =
        metrics.sum("passport_sms_messages_total", &[way[0], way[1], ("outcome", "accepted")]);
    assert!((sent - 1.0).abs() < 0.5, "{metrics:?}");
    for _ in 0..3 {
        room.push(&path, &JSON, aliyun_report("id-of-the-double", true)).await;
    }
    room.push(&path, &JSON, aliyun_report("a-stranger", false)).await;
    let metrics = Metrics::of(&room.service).await;
    let delivered = metrics.sum("passport_sms_delivered_total", &way);
    assert!((delivered - 1.0).abs() < 0.5, "a receipt counts once: {metrics:?}");
    assert!(metrics.sum("passport_sms_undelivered_total", &[]) < 0.5, "{metrics:?}");
    assert!(metrics.sum("passport_sms_gateway_duration_seconds_count", &[way[0]]) > 0.5);
}

#[tokio::test]
async fn a_failed_delivery_is_seen_in_the_metrics() {
    let room =
        Room::with("aliyun", &[("sms.gateways", "aliyun"), ("metrics.listen", "127.0.0.1:0")])
            .await;
    room.push(&room.path(), &JSON, aliyun_report("id-of-the-double", false)).await;
    let metrics = Metrics::of(&room.service).await;
    let way = [("gateway", "aliyun"), ("country", "+86")];
    assert!(metrics.sum("passport_sms_undelivered_total", &way) > 0.5, "{metrics:?}");
}
