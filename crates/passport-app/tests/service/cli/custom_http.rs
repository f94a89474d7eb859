//! Gateways that are described in the settings, with the examples of the documentation.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    thread,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use super::{Folder, Said};
use crate::support::GatewayDouble;

/// The example in the documentation that contains this line.
fn example(line: &str) -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/text-messages.md");
    let text = fs::read_to_string(path).unwrap();
    let mut examples = text.split("```toml\n").skip(1).filter_map(|it| it.split("```").next());
    examples.find(|it| it.lines().any(|it| it == line)).unwrap().to_owned()
}

/// Sends a message by the example for `name`, whose host is replaced by the double, which replies so.
fn send(name: &str, host: &str, to: &str, reply: &'static str) -> (Said, Vec<String>) {
    let double = GatewayDouble::start("custom_http");
    double.say(reply);
    let place = double.settings(name);
    let setting = |key: &str| {
        let key = format!("sms.{name}.{key}");
        place.iter().find(|(it, _)| *it == key).unwrap().1.clone()
    };
    let text = example(&format!("[sms.{name}]"));
    assert!(text.contains(host), "{text}");
    let folder = Folder::with_settings(&text.replace(host, &setting("url")));
    let root_ca = (format!("PASSPORT__SMS__{}__ROOT_CA", name.to_uppercase()), setting("root_ca"));
    let command = format!("sms test --to {to} --locale en --json");
    let said = folder.run_with(&command, &[(&root_ca.0, &root_ca.1)]);
    (said, double.requests())
}

fn json_of(said: &Said) -> Value {
    serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{said:?}"))
}

/// The first line, the headers in lower case, and the body of a request.
fn parts(request: &str) -> (&str, Vec<String>, &str) {
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let (line, headers) = head.split_once("\r\n").unwrap();
    (line, headers.lines().map(str::to_lowercase).collect(), body)
}

#[test]
fn the_example_of_plivo_sends_the_documented_request() {
    let reply = r#"202 {"api_id":"a","message":"message(s) queued","message_uuid":["db3ce55a-7f1d-11e1-8ea7-1231380bc196"]}"#;
    let (said, requests) = send("plivo", "https://api.plivo.com", "+8613800138000", reply);
    let shown = json_of(&said);
    assert_eq!(shown["outcome"], "accepted", "{said:?}");
    assert_eq!(shown["visits"][0]["provider_id"], "db3ce55a-7f1d-11e1-8ea7-1231380bc196");
    let [request] = &requests[..] else { panic!("{requests:?}") };
    let (line, headers, body) = parts(request);
    assert_eq!(line, "POST /v1/Account/MAXXXXXXXXXXXXXXXXXX/Message/ HTTP/1.1");
    let basic = BASE64_STANDARD.encode("MAXXXXXXXXXXXXXXXXXX:…");
    let basic = format!("authorization: basic {}", basic.to_lowercase());
    let agent = format!("user-agent: passport-sms/{}", env!("CARGO_PKG_VERSION"));
    for wanted in [basic.as_str(), "content-type: application/json", agent.as_str()] {
        assert!(headers.iter().any(|header| header == wanted), "{wanted}: {headers:?}");
    }
    let body: Value = serde_json::from_str(body).unwrap();
    let code = shown["code"].as_str().unwrap();
    assert!(body["text"].as_str().unwrap().contains(code), "{body}");
    let wanted =
        json!({"src": "14155550100", "dst": "8613800138000", "text": body["text"], "log": false});
    assert_eq!(body, wanted);

    let reply = r#"401 {"api_id":"a","error":"Authentication failed: …"}"#;
    let (said, _) = send("plivo", "https://api.plivo.com", "+8613800138000", reply);
    let visit = &json_of(&said)["visits"][0];
    assert_eq!((&visit["outcome"], &visit["class"]), (&json!("rejected"), &json!("Config")));
}

#[test]
fn the_example_of_sms_ru_sends_the_documented_request() {
    let reply = r#"200 {"status":"OK","status_code":100,"sms":{"79255070602":{"status":"OK","status_code":100,"sms_id":"000000-10000000"}},"balance":4122.56}"#;
    let (said, requests) = send("smsru", "https://sms.ru", "+79255070602", reply);
    let shown = json_of(&said);
    assert_eq!(shown["outcome"], "accepted", "{said:?}");
    assert_eq!(shown["visits"][0]["provider_id"], "000000-10000000");
    let (line, headers, body) = parts(&requests[0]);
    assert_eq!(line, "POST /sms/send HTTP/1.1");
    let form = "content-type: application/x-www-form-urlencoded";
    assert!(headers.iter().any(|header| header == form), "{headers:?}");
    let code = shown["code"].as_str().unwrap();
    let start = "api_id=A3CA597E-0000-0000-0000-000000000000&json=1&msg=";
    assert!(body.starts_with(start) && body.ends_with("&to=79255070602"), "{body}");
    assert!(body.contains(code), "{body}");

    let reply = r#"200 {"status":"OK","status_code":100,"sms":{"79255070602":{"status":"ERROR","status_code":202,"status_text":"79255070602 A3CA597E-0000-0000-0000-000000000000"}},"balance":4122.56}"#;
    let (said, _) = send("smsru", "https://sms.ru", "+79255070602", reply);
    let visit = &json_of(&said)["visits"][0];
    assert_eq!((&visit["class"], &visit["code"]), (&json!("BadRecipient"), &json!("202")));
    assert!(!said.out.contains("A3CA597E") && !said.err.contains("A3CA597E"), "{said:?}");

    let (said, _) = send("smsru", "https://sms.ru", "+79255070602", "200 <html>a page</html>");
    assert_eq!(json_of(&said)["outcome"], "unknown", "{said:?}");
}

#[test]
fn the_example_of_kannel_sends_the_documented_request() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let request = thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(client.try_clone().unwrap()).lines();
        let head: Vec<_> =
            lines.by_ref().map(Result::unwrap).take_while(|it| !it.is_empty()).collect();
        let body = "0: Accepted for delivery";
        let reply =
            format!("HTTP/1.1 202 Accepted\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        client.write_all(reply.as_bytes()).unwrap();
        head
    });
    let text = example("[sms.custom_http]").replace("127.0.0.1:13013", &address.to_string());
    let command = "sms test --to +8613800138000 --locale en --json";
    let said = Folder::with_settings(&text).run(command);
    let shown = json_of(&said);
    assert_eq!(shown["outcome"], "accepted", "{said:?}");
    let head = request.join().unwrap();
    let code = shown["code"].as_str().unwrap();
    let start = "GET /cgi-bin/sendsms?charset=UTF-8&coding=2&password=%E2%80%A6&text=";
    assert!(head[0].starts_with(start) && head[0].contains(code), "{head:?}");
    assert!(head[0].ends_with("&to=%2B8613800138000&username=tester HTTP/1.1"), "{head:?}");
}

#[test]
fn config_check_names_every_fault_of_the_table() {
    let faults = |change: &[(&str, &str)]| {
        let mut text = example("[sms.plivo]");
        for (from, to) in change {
            assert!(text.contains(from), "{from}");
            text = text.replace(from, to);
        }
        let said = Folder::with_settings(&text).run("config check");
        said.faults().into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    for (from, to, says) in [
        (
            "{to_digits}",
            "{too}",
            "sms.plivo.body must be free of the placeholder {too}, which is unknown",
        ),
        (
            "\"{text}\"",
            "{text}",
            "sms.plivo.body must be JSON with placeholders inside of its strings",
        ),
        ("{text}", "hello", "sms.plivo.body must be a request with {text}, or with {code}"),
        ("{to_digits}", "14155550101", "sms.plivo.body must be a request with {to}, {to_digits}"),
        ("https://api", "http://api", "sms.plivo.url must be an https URL"),
        ("{account}", "{acount}", "sms.plivo.url must be free of the placeholder {acount}"),
        ("[\"/message *= queued\", \"/message_uuid/0\"]", "[]", "sms.plivo.accepted must be set"),
        (
            "\"/message_uuid/0\"]",
            "\"message_uuid\"]",
            "sms.plivo.accepted must be body, or a JSON pointer",
        ),
        (
            "\"not found\" = \"config\"",
            "\"not found\" = \"wrong\"",
            "sms.plivo.codes must be for \"not found\" one of",
        ),
        (
            "401 = \"config\"",
            "200 = \"config\"",
            "sms.plivo.statuses must be for \"200\", a status from 300",
        ),
        ("code = [\"/error\"]", "", "sms.plivo.code must be a JSON pointer to the code"),
        ("account = \"MA", "text = \"MA", "sms.plivo.variables must be constants"),
    ] {
        let faults = faults(&[(from, to)]);
        assert!(faults.iter().any(|fault| fault.starts_with(says)), "{says}: {faults:?}");
    }
    let both = faults(&[("{to_digits}", "{too}"), ("{account}", "{acount}")]);
    for key in ["sms.plivo.body", "sms.plivo.url"] {
        assert!(both.iter().any(|fault| fault.starts_with(key)), "{both:?}");
    }
}

#[test]
fn no_text_of_the_table_is_shown() {
    let text = example("[sms.smsru]");
    let text = format!("{text}\n[sms.smsru.headers]\nX-Key = \"key-in-header-0123\"\n");
    let folder = Folder::with_settings(&text);
    let shown = folder.run("config show").good();
    for secret in ["A3CA597E", "key-in-header", "https://sms.ru/sms/send"] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
    assert!(shown.lines().any(|line| line.starts_with("sms.smsru.codes.202 ")), "{shown}");
}
