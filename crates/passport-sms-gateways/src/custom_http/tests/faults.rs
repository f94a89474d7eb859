//! Faults of the settings, and their secrets.

use super::*;

#[test]
fn every_fault_of_the_table_is_found_at_the_start() {
    let refused = |change: &dyn Fn(&mut Settings)| {
        let mut settings = plivo();
        change(&mut settings);
        let named: Vec<_> = settings.faults().iter().map(|fault| fault.setting).collect();
        assert!(CustomHttp::open(settings, &site()).is_err());
        named
    };
    let json = |text: &str| Body::Json(text.into());
    for url in [
        "http://api.plivo.com/x",
        "http://10.0.0.1/x",
        "http://localhost.evil.example/x",
        "https://{account}.example/x",
        "https://user:password@a.example/x",
        "https:///x",
        "ftp://a.example/x",
        "a.example/x",
        "https://a.example/#{to}",
        "https://a.example/x y",
        "https://a.example/{tex}",
        "https://a.example/{",
    ] {
        assert_eq!(refused(&|s| s.url = url.into())[0], "url", "{url}");
    }
    for body in [
        r#"{"dst":{to},"text":"{text}"}"#,
        r#"{"dst":"{to}","text":"{tex}"}"#,
        r#"{"dst":"{to}","{text}":"a"}"#,
        r#"{"dst":"{to}","text":"{text}""#,
        r#"{"dst":"{to}","text":"{text}{body}"}"#,
        r#"{"dst":"1","text":"{text}"}"#,
        r#"{"dst":"{to}","text":"hello"}"#,
        "to={to}&text={text}",
        "",
    ] {
        assert!(refused(&|s| s.body = json(body)).contains(&"body"), "{body}");
    }
    assert_eq!(refused(&|s| s.accepted.clear()), ["accepted"]);
    assert_eq!(refused(&|s| s.accepted = vec!["body".into()]), ["accepted"]);
    assert_eq!(refused(&|s| s.accepted_statuses = vec![302]), ["accepted_statuses"]);
    assert_eq!(refused(&|s| s.accepted_statuses.clear()), ["accepted_statuses"]);
    assert_eq!(refused(&|s| s.codes = table(&[("1", "confg")])), ["codes"]);
    assert_eq!(refused(&|s| s.code.clear()), ["code"]);
    assert_eq!(refused(&|s| s.id = Some("id".into())), ["id"]);
    for row in [("200", "config"), ("500", "accepted"), ("4xx", "config"), ("400", "no")] {
        assert_eq!(refused(&|s| s.statuses = table(&[row])), ["statuses"], "{row:?}");
    }
    assert_eq!(refused(&|s| s.method = Method::Get), ["method"]);
    assert_eq!(refused(&|s| s.is_idempotent = true), ["idempotent"]);
    assert_eq!(refused(&|s| s.signature = Some(Signature::new("k", "{to}"))), ["signature_key"]);
    assert!(refused(&|s| s.variables = pairs(&[("to", "x")])).contains(&"variables"));
    for username in ["", "a:b", "a\nb"] {
        let basic = |s: &mut Settings| {
            let username = username.into();
            s.credentials = Credentials::Basic { username, password: "x".into() };
        };
        assert_eq!(refused(&basic), ["username"], "{username:?}");
    }
    assert_eq!(refused(&|s| s.credentials = Credentials::Bearer("a b".into())), ["token"]);
    assert_eq!(refused(&|s| s.templates = Some(Templates::default())), ["templates"]);
    assert_eq!(refused(&|s| s.https.extra_root_ca = Some("?".into())), ["extra_root_ca"]);
    for settings in [plivo(), sms_ru(), kannel()] {
        assert_eq!(settings.faults(), []);
    }
}

#[test]
fn plain_http_is_for_this_machine_or_said() {
    for url in ["http://127.0.0.1:1/", "http://[::1]:1/", "http://localhost/x"] {
        let mut settings = kannel();
        settings.url = url.into();
        assert_eq!(settings.faults(), [], "{url}");
    }
    let mut settings = kannel();
    settings.url = "http://kannel.internal:13013/cgi-bin/sendsms".into();
    assert_eq!(settings.faults()[0].setting, "url");
    settings.plain_http = true;
    assert_eq!(settings.faults(), []);
}

#[test]
fn no_secret_of_the_table_is_shown() {
    let mut settings = plivo();
    settings.url = "https://api.plivo.com/v1/key-in-url/{account}/".into();
    settings.headers = pairs(&[("X-Key", "key-in-header")]);
    settings.query = pairs(&[("key", "key-in-query")]);
    settings.variables = pairs(&[("account", "key-in-variable")]);
    settings.body = Body::Json(r#"{"k":"key-in-body","to":"{to}","text":"{text}"}"#.into());
    settings.signature = Some(Signature::new("key-of-signature", "{body}"));
    settings.headers.extend(pairs(&[("X-S", "{signature}")]));
    let shown = format!("{settings:?} {:?}", gateway(settings.clone()));
    for secret in ["key-in", "key-of", "plivo-auth-token", "MAMTEST"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    let body = r#"{"error":"plivo-auth-token key-in-header key-in-query key-in-variable key-of-signature"}"#;
    let refused = rejection(read(settings, &answer(401, body)));
    assert_eq!(refused.text, "*** *** *** *** ***");
    assert!(!refused.code.contains("key"), "{refused:?}");
}
