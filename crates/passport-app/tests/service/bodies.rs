//! Malformed requests are refused in JSON, and have no effect.

use std::time::{Duration, Instant};

use reqwest::{Method, header};
use serde_json::json;

use crate::support::{PASSWORD, Person, Reply, Service, phone};

const FORMS: [&str; 3] = ["/passport/sms_code", "/passport/register", "/passport/login"];

async fn post(
    person: &Person,
    path: &str,
    media_type: &str,
    body: impl Into<reqwest::Body>,
) -> Reply {
    let request = person.request(Method::POST, path).body(body);
    person.send(request.header(header::CONTENT_TYPE, media_type)).await
}

#[tokio::test]
async fn a_body_other_than_an_object_of_strings_lacks_its_fields() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let nested = "[".repeat(100_000);
    let nested_object = r#"{"mobile":"#.repeat(7_000);
    let null_fields = r#"{"mobile":null,"password":null,"sms_code":null,"image_code":null}"#;
    let long_key = format!(r#"{{"{}":1}}"#, "k".repeat(15_000));
    let bodies = [
        "",
        " ",
        "[]",
        "{}",
        "null",
        "true",
        "0",
        "-1.5e300",
        "1e999999",
        r#""x""#,
        r#"["13800138000","x","y"]"#,
        r#"[{"mobile":"13800138000"}]"#,
        r#"{"mobile":13800138000,"password":12345678,"sms_code":123456,"image_code":1}"#,
        r#"{"mobile":["13800138000"],"password":["12345678"]}"#,
        r#"{"mobile":{"$ne":null},"password":{"$ne":null}}"#,
        r#"{"mobile":true,"password":true}"#,
        null_fields,
        "{",
        r#"{"mobile":"13800138000""#,
        "{'mobile':'13800138000'}",
        r#"{"mobile":"\ud800","password":"x","sms_code":"x"}"#,
        "{}{}",
        "\u{feff}{}",
        "<mobile>13800138000</mobile>",
        &nested,
        &nested_object,
        &long_key,
    ];
    for path in FORMS {
        for body in bodies {
            let start: String = body.chars().take(60).collect();
            let reply = post(&person, path, "application/json", body.to_owned()).await;
            assert_eq!(reply.answer(), ("4103".into(), "参数不全".into()), "{path} {start}");
        }
        post(&person, path, "application/json", vec![0xff; 100]).await.says("4103", "参数不全");
        let invalid = b"{\"mobile\":\"\xc3\x28\",\"password\":\"x\"}".to_vec();
        post(&person, path, "application/json", invalid).await.says("4103", "参数不全");
    }
}

#[tokio::test]
async fn only_a_body_of_a_json_media_type_is_read() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let phone = phone();
    person.sign_up(&phone, PASSWORD).await;
    let body = json!({ "mobile": phone, "password": PASSWORD }).to_string();
    for media_type in [
        "text/plain",
        "text/plain;application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "application/json, text/plain",
        "*/*",
        "",
    ] {
        let reply = post(&person, "/passport/login", media_type, body.clone()).await;
        assert_eq!(reply.errno(), "4103", "{media_type}");
    }
    let untyped = person.request(Method::POST, "/passport/login").body(body.clone());
    person.send(untyped).await.says("4103", "参数不全");
    let form = format!("mobile={phone}&password=correct+horse+battery");
    let reply = post(&person, "/passport/login", "application/x-www-form-urlencoded", form).await;
    reply.says("4103", "参数不全");
    assert!(person.who_am_i().await.is_none());

    for media_type in ["application/json;charset=utf-8", "Application/JSON ; x=y"] {
        post(&person, "/passport/login", media_type, body.clone()).await.says("0", "登录成功");
    }
}

#[tokio::test]
async fn api_2_a_body_of_a_megabyte_is_refused_quickly() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let megabyte = "x".repeat(1 << 20);
    for path in FORMS {
        let since = Instant::now();
        post(&person, path, "application/json", megabyte.clone()).await.says("4103", "参数不全");
        let body = json!({ "mobile": phone(), "sms_code": "1", "password": megabyte });
        person.post(path, body).await.says("4103", "参数不全");
        assert!(since.elapsed() < Duration::from_secs(5));
    }
}

#[tokio::test]
async fn unknown_keys_are_ignored_and_equal_keys_are_refused() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    let phone = phone();
    person.sign_up(&phone, PASSWORD).await;
    let with_more =
        json!({ "mobile": phone, "password": PASSWORD, "admin": true, "is_admin": [1] });
    person.post("/passport/login", with_more).await.says("0", "登录成功");
    // A proxy in front may have read the other one.
    let doubled = format!(r#"{{"mobile":"1","mobile":"{phone}","password":"{PASSWORD}"}}"#);
    let reply = post(&person, "/passport/login", "application/json", doubled).await;
    reply.says("4103", "参数不全");
}

#[tokio::test]
async fn a_wrong_method_is_refused_in_json() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    person.challenge().await;
    let posts = ["sms_code", "register", "login", "logout"];
    let cases = posts
        .iter()
        .flat_map(|path| {
            ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"].map(|it| (it, *path))
        })
        .chain(["POST", "PUT", "DELETE", "OPTIONS"].map(|it| (it, "image_code")));
    for (method, path) in cases {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let reply = person.send(person.request(method.clone(), &format!("/passport/{path}"))).await;
        assert_eq!(reply.answer(), ("4201".into(), "非法请求".into()), "{method} {path}");
    }
    for path in ["image_code", "login", "nothing"] {
        let request = person.request(Method::HEAD, &format!("/passport/{path}"));
        let reply = person.send(request).await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("content-type")),
            (200, "application/json")
        );
    }
}

#[tokio::test]
async fn an_unknown_path_of_the_originals_api_is_refused_in_json() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    for path in [
        "/passport",
        "/passport/",
        "/passport/nothing",
        "/passport/login/",
        "/passport//login",
        "/passport/login/x",
        "/passport/%00",
        "/passport/%ff%fe",
        "/passport/..%2f..%2fetc%2fpasswd",
    ] {
        for method in [Method::GET, Method::POST] {
            let reply = person.send(person.request(method.clone(), path)).await;
            assert_eq!(reply.answer(), ("4201".into(), "非法请求".into()), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_malformed_request_is_not_answered_with_a_server_error() {
    let service = Service::start(&[]).await;
    let line = "POST /passport/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    let big = format!("{line}X-Big: {}\r\n\r\n", "x".repeat(200_000));
    for bytes in [
        "\r\n\r\n",
        "hello\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET http://[::1 HTTP/1.1\r\n\r\n",
        &format!("{line}Content-Length: -1\r\n\r\n"),
        &format!("{line}Content-Length: 99999999999999999999\r\n\r\n"),
        &format!("{line}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{{}}"),
        &format!("{line}Transfer-Encoding: chunked\r\n\r\nzz\r\n{{}}\r\n"),
        &format!("{line}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{{}}\r\n"),
        &format!("{line}Connection: close\r\nContent-Length: 5\r\n\r\n{{}}"),
        &format!("{line}Cookie: ;=;=\u{1};;passport_session=\r\nConnection: close\r\n\r\n"),
        &big,
    ] {
        let start: String = bytes.chars().take(120).collect();
        let answer = service.send_raw(bytes.as_bytes()).await;
        assert!(!answer.contains("HTTP/1.1 5"), "{start}: {answer}");
        assert!(!answer.to_lowercase().contains("<html"), "{start}: {answer}");
    }
    Person::new(&service).challenge().await;
}

#[tokio::test]
async fn a_nul_in_a_field_is_a_character_like_any_other() {
    let service = Service::start(&[]).await;
    let person = Person::new(&service);
    person.login(&format!("{}\0", phone()), PASSWORD).await.says("4004", "手机号格式不正确");
    person.login(&phone(), "\0\0\0\0\0\0\0\0").await.says("4004", "手机号或密码错误");
    person.register(&phone(), "\0", PASSWORD).await.says("4002", "短信验证码已经过期");
    person.ask_code(&phone(), "\0", "\0").await.says("4002", "图片验证码过期");
}

#[tokio::test]
async fn a_body_in_chunks_is_read_like_any_other() {
    let service = Service::start(&[]).await;
    let request = "POST /passport/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
        Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    let body = r#"{"mobile":"1","password":"x"}"#;
    let (head, tail) = body.split_at(10);
    let chunks = [head, tail, ""].map(|it| format!("{:x}\r\n{it}\r\n", it.len())).concat();
    let answer = service.send_raw(format!("{request}{chunks}").as_bytes()).await;
    assert!(answer.contains(r#"{"errno":"4004","errmsg":"手机号格式不正确"}"#), "{answer}");
}
