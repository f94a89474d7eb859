//! Three public providers, in the words of their documentation.

mod escaping;
mod faults;

use http_body_util::BodyExt;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use passport_sms_client::{
    Cause, Class, Gap, Locale, Message, Notice, Parameter, Purpose, Template, Templates,
};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::*;
use crate::fixtures::{NOW, answer, answer_with, message, rejection, site};

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, SecretString)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect()
}

fn table(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Plivo: plivo.com/docs/messaging/api/messages and …/api/response.
fn plivo() -> Settings {
    let url = "https://api.plivo.com/v1/Account/{account}/Message/";
    let mut settings = Settings::new(url, "/message *= queued");
    settings.accepted.push("/message_uuid/0".to_owned());
    settings.credentials =
        Credentials::Basic { username: "MAMTEST".into(), password: "plivo-auth-token".into() };
    let body = r#"{"src":"14155550100","dst":"{to_digits}","text":"{text}","log":false}"#;
    settings.body = Body::Json(body.into());
    settings.variables = pairs(&[("account", "MAMTEST")]);
    settings.id = Some("/message_uuid/0".to_owned());
    settings.code = vec!["/error".to_owned()];
    settings.reason = Some("/error".to_owned());
    settings.codes = table(&[("not found", "config")]);
    settings.statuses = table(&[("400", "unknown_code"), ("401", "config"), ("404", "config")]);
    settings
}

/// SMS.ru: sms.ru/api/send.
fn sms_ru() -> Settings {
    let mut settings = Settings::new("https://sms.ru/sms/send", "/status_code = 100");
    settings.accepted.push("/sms/{to_digits}/status_code = 100".to_owned());
    let key = "A3CA597E-0000-0000-0000-000000000000";
    let form = [("api_id", key), ("to", "{to_digits}"), ("msg", "{text}"), ("json", "1")];
    settings.body = Body::Form(pairs(&form));
    settings.id = Some("/sms/{to_digits}/sms_id".to_owned());
    settings.code = vec!["/sms/{to_digits}/status_code".to_owned(), "/status_code".to_owned()];
    settings.reason = Some("/sms/{to_digits}/status_text".to_owned());
    settings.codes = table(&[
        ("200", "config"),
        ("201", "config"),
        ("202", "bad_recipient"),
        ("209", "recipient_blocked"),
        ("220", "transient"),
        ("231", "recipient_throttled 60s"),
    ]);
    settings
}

/// Kannel on the same machine: kannel.org/download/1.4.5/userguide-1.4.5, “sendsms”.
fn kannel() -> Settings {
    let mut settings = Settings::new("http://127.0.0.1:13013/cgi-bin/sendsms", "body ^= 0:");
    settings.method = Method::Get;
    settings.accepted_statuses = vec![202];
    settings.query = pairs(&[
        ("username", "tester"),
        ("password", "foobar-secret"),
        ("to", "{to}"),
        ("text", "{text}"),
        ("charset", "UTF-8"),
        ("coding", "2"),
    ]);
    settings.statuses = table(&[("403", "config"), ("503", "transient")]);
    settings
}

fn gateway(settings: Settings) -> CustomHttp {
    CustomHttp::open(settings, &site()).unwrap()
}

fn values<'a>(message: &'a Message, text: &str) -> Values<'a> {
    let nonce = Uuid::from_u128(1);
    Values { message, text: text.to_owned(), template: Some("T-1"), now: NOW, nonce }
}

async fn wire(settings: Settings, text: &str) -> (hyper::http::request::Parts, String) {
    let message = message("+8613800138000", "004217");
    let request = gateway(settings).plan.request(&values(&message, text)).unwrap();
    let (head, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (head, String::from_utf8(body.to_vec()).unwrap())
}

fn read(settings: Settings, answer: &crate::kit::transport::Answer) -> Outcome {
    let message = message("+79255070602", "004217");
    gateway(settings).plan.outcome(answer, &values(&message, ""), NOW)
}

#[tokio::test]
async fn the_request_of_plivo_is_the_documented_one() {
    let (head, body) =
        wire(plivo(), "Your code is \"004217\"\n\n@id.example #004217 \\ 验证码").await;
    assert_eq!((head.method.as_str(), head.uri.path()), ("POST", "/v1/Account/MAMTEST/Message/"));
    assert_eq!(head.headers[CONTENT_TYPE], "application/json");
    assert_eq!(head.headers[AUTHORIZATION], "Basic TUFNVEVTVDpwbGl2by1hdXRoLXRva2Vu");
    assert!(head.headers[AUTHORIZATION].is_sensitive());
    let body: Value = serde_json::from_str(&body).unwrap();
    let text = "Your code is \"004217\"\n\n@id.example #004217 \\ 验证码";
    let want = json!({"src": "14155550100", "dst": "8613800138000", "text": text, "log": false});
    assert_eq!(body, want);
}

#[tokio::test]
async fn the_request_of_sms_ru_is_the_documented_one() {
    let (head, body) = wire(sms_ru(), "a+b & c=d % é\n[]").await;
    assert_eq!((head.method.as_str(), head.uri.to_string().as_str()), ("POST", "/sms/send"));
    assert_eq!(head.headers[CONTENT_TYPE], "application/x-www-form-urlencoded");
    assert_eq!(
        body,
        "api_id=A3CA597E-0000-0000-0000-000000000000&to=8613800138000&msg=a%2Bb+%26+c%3Dd+%25+%C3%A9%0A%5B%5D&json=1"
    );
}

#[tokio::test]
async fn the_request_of_kannel_is_the_documented_one() {
    let (head, body) = wire(kannel(), "a b&to=+1#x").await;
    assert_eq!((head.method.as_str(), body.as_str()), ("GET", ""));
    assert_eq!(
        head.uri.to_string(),
        "/cgi-bin/sendsms?username=tester&password=foobar-secret&to=%2B8613800138000&text=a%20b%26to%3D%2B1%23x&charset=UTF-8&coding=2"
    );
}

#[test]
fn documented_answers_have_their_outcomes() {
    let id = |outcome| match outcome {
        Outcome::Accepted { provider_id, .. } => provider_id,
        other => panic!("{other:?}"),
    };
    let queued = r#"{"api_id":"db342550-7f1d-11e1-8ea7-1231380bc196","message":"message(s) queued","message_uuid":["db3ce55a-7f1d-11e1-8ea7-1231380bc196"]}"#;
    let uuid = Some("db3ce55a-7f1d-11e1-8ea7-1231380bc196".to_owned());
    assert_eq!(id(read(plivo(), &answer(202, queued))), uuid);
    let not_found = r#"{"api_id":"97ceeb52-58b6-11e1-86da-77300b68f8bb","error":"not found"}"#;
    let refused = rejection(read(plivo(), &answer(404, not_found)));
    assert_eq!((refused.class, refused.code.as_str()), (Class::Config, "not found"));
    let busy = read(plivo(), &answer_with(429, "retry-after", "7", r#"{"error":"slow"}"#));
    assert!(matches!(busy, Outcome::NotSent(Cause::Busy { until: Some(_) })), "{busy:?}");

    let mut priced = plivo();
    priced.price = Some("/rate".to_owned());
    priced.parts = Some("/units".to_owned());
    priced.currency = Some("USD".to_owned());
    let with_rate = queued.replace('}', r#","rate":"0.0055","units":2}"#);
    let Outcome::Accepted { bill, .. } = read(priced.clone(), &answer(202, &with_rate)) else {
        panic!("it is accepted")
    };
    let price = bill.price.map(|price| price.to_string());
    assert_eq!((price.as_deref(), bill.parts), (Some("0.0055 USD"), Some(2)));
    priced.currency = None;
    assert_eq!(priced.faults().iter().map(|it| it.setting).collect::<Vec<_>>(), ["currency"]);

    let both = r#"{"status":"OK","status_code":100,"sms":{"79255070602":{"status":"OK","status_code":100,"sms_id":"000000-10000000"}},"balance":4122.56}"#;
    assert_eq!(id(read(sms_ru(), &answer(200, both))), Some("000000-10000000".to_owned()));
    let one = |code| {
        format!(
            r#"{{"status":"OK","status_code":100,"sms":{{"79255070602":{{"status":"ERROR","status_code":{code},"status_text":"79255070602: A3CA597E-0000-0000-0000-000000000000"}}}},"balance":1}}"#
        )
    };
    for (code, class) in [
        (202, Class::BadRecipient),
        (209, Class::RecipientBlocked),
        (231, Class::RecipientThrottled),
        (207, Class::UnknownCode),
    ] {
        let refused = rejection(read(sms_ru(), &answer(200, &one(code))));
        assert_eq!((refused.class, refused.code), (class, code.to_string()));
        assert_eq!(refused.text, "***: ***", "neither the number nor the key is reported");
        assert_eq!(refused.until.is_some(), code == 231);
    }
    // Accepted as a whole, without a word about the number.
    for number in ["{}", "[]", "null", r#"{"79990000000":{"status_code":100}}"#] {
        let vague = format!(r#"{{"status":"OK","status_code":100,"sms":{number}}}"#);
        let outcome = read(sms_ru(), &answer(200, &vague));
        assert!(matches!(outcome, Outcome::Unknown(_)), "{number}: {outcome:?}");
    }
    let whole = r#"{"status":"ERROR","status_code":200,"status_text":"api_id"}"#;
    assert_eq!(rejection(read(sms_ru(), &answer(200, whole))).class, Class::Config);

    assert_eq!(id(read(kannel(), &answer(202, "0: Accepted for delivery"))), None);
    assert_eq!(
        rejection(read(kannel(), &answer(403, "Authorization failed"))).class,
        Class::Config
    );
}

#[test]
fn s9_an_answer_that_says_nothing_is_unknown() {
    for settings in [plivo(), sms_ru(), kannel()] {
        for status in [200, 201, 202, 204, 206] {
            for body in [
                "",
                "<html>0: a page</html>",
                "{}",
                "[]",
                "null",
                "true",
                "OK",
                r#"{"status":"OK"}"#,
            ] {
                let outcome = read(settings.clone(), &answer(status, body));
                assert!(matches!(outcome, Outcome::Unknown(_)), "{status} {body}: {outcome:?}");
            }
        }
        for status in [301, 302, 307, 418, 500, 502, 504] {
            let outcome = read(settings.clone(), &answer(status, "<html></html>"));
            let unknown = matches!(outcome, Outcome::Unknown(Cause::Status(it)) if it == status);
            assert!(unknown, "{status}: {outcome:?}");
        }
    }
    // The words of an acceptance with another status.
    for status in [203, 302, 400, 500] {
        let outcome =
            read(plivo(), &answer(status, r#"{"message":"queued","message_uuid":["a"]}"#));
        assert!(!outcome.is_sent(), "{status}");
    }
}

#[test]
fn what_is_covered_depends_on_the_placeholders() {
    let kind =
        |topic| MessageKind { topic, locale: Locale::En, destination: "+86".parse().unwrap() };
    let (code, notice) = (kind(Purpose::Login.into()), kind(Notice::NewSignIn.into()));
    let text = gateway(plivo());
    assert_eq!((text.covers(&code), text.covers(&notice)), (Ok(()), Ok(())));

    let mut settings = plivo();
    settings.body = Body::Json(r#"{"to":"{to}","text":"验证码{code}，{minutes}分钟"}"#.into());
    let words = gateway(settings.clone());
    assert_eq!((words.covers(&code), words.covers(&notice)), (Ok(()), Err(Gap::Template)));

    settings.body = Body::Json(r#"{"to":"{to}","template":"{template}","code":"{code}"}"#.into());
    settings.templates = Some(Templates::new(Template::new("T-1", [Parameter::Code])));
    let templates = gateway(settings);
    assert_eq!((templates.covers(&code), templates.covers(&notice)), (Ok(()), Err(Gap::Template)));
}
