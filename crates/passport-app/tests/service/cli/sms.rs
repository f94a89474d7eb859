use std::{fs, net::TcpListener, sync::Arc};

use serde_json::{Value, json};

use super::{Folder, Said};
use crate::support::{GatewayDouble, Kind, Service};

const TO: &str = "+8613800138000";

/// `passport sms …` with these settings.
fn run(folder: &Folder, settings: &[(String, String)], command: &str) -> Said {
    let variable = |key: &str| format!("PASSPORT__{}", key.replace('.', "__").to_uppercase());
    let variables: Vec<_> =
        settings.iter().map(|(key, value)| (variable(key), value.as_str())).collect();
    let variables: Vec<_> = variables.iter().map(|(key, value)| (key.as_str(), *value)).collect();
    folder.run_with(command, &variables)
}

fn with(settings: &[(String, String)], more: &[(&str, &str)]) -> Vec<(String, String)> {
    let more = more.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    settings.iter().cloned().chain(more).collect()
}

fn json_of(said: &Said) -> Value {
    serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{said:?}"))
}

#[test]
fn a_test_code_goes_through_each_kind_of_gateway() {
    for kind in Kind::ALL {
        let double = GatewayDouble::start(kind.name);
        let settings = with(&double.settings("mine"), &[("sms.gateways", "mine")]);
        let folder = Folder::new();
        let said = run(&folder, &settings, &format!("sms test --to {TO} --json"));
        assert_eq!(said.status, 0, "{}: {said:?}", kind.name);
        let shown = json_of(&said);
        for (key, value) in [
            ("to", TO),
            ("outcome", "accepted"),
            ("gateway", "mine"),
            ("purpose", "register"),
            ("locale", "zh-Hans"),
        ] {
            assert_eq!(shown[key], value, "{}: {shown}", kind.name);
        }
        assert_eq!(shown["visits"].as_array().unwrap().len(), 1, "{shown}");
        assert_eq!(shown["visits"][0]["provider_id"], "id-of-the-double", "{shown}");
        assert!(shown["milliseconds"].is_u64() && shown["visits"][0]["milliseconds"].is_u64());
        let code = shown["code"].as_str().unwrap();
        assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{shown}");
        let requests = double.requests();
        assert_eq!(requests.len(), 1, "{}", kind.name);
        assert!(requests[0].contains(code), "{}: it is the code that was sent", kind.name);
        assert!(!said.err.contains(code) && !said.err.contains("13800138000"), "{said:?}");

        double.refuse();
        let said = run(&folder, &settings, &format!("sms test --to {TO} --json"));
        assert_eq!(said.status, 1, "{}: {said:?}", kind.name);
        let shown = json_of(&said);
        assert_eq!(shown["outcome"], "rejected", "{}: {shown}", kind.name);
        assert_eq!(shown["gateway"], Value::Null);
        assert!(shown["visits"][0]["class"].is_string(), "{shown}");
        assert!(!shown["visits"][0]["code"].as_str().unwrap().is_empty(), "{shown}");
        assert!(said.err.contains("the message was not sent"), "{said:?}");
    }
}

#[test]
fn the_test_is_readable_and_can_name_one_gateway() {
    let (first, second) = (GatewayDouble::start("aliyun"), GatewayDouble::start("vonage"));
    let settings = [first.settings("first"), second.settings("second")].concat();
    let settings =
        with(&settings, &[("sms.gateways", "first,second"), ("sms.second.countries", "GB")]);
    let folder = Folder::new();
    let command = format!("sms test --to {TO} --gateway second --locale en --purpose reset");
    let said = run(&folder, &settings, &command);
    assert_eq!(said.status, 0, "{said:?}");
    let lines: Vec<_> = said.out.lines().collect();
    let [to, code, gateway, outcome] = lines[..] else { panic!("{said:?}") };
    assert_eq!(to, format!("to       {TO}"));
    assert!(code.ends_with("for reset, in en: a test code, which cannot be used"), "{said:?}");
    assert!(gateway.starts_with("second   accepted as id-of-the-double, "), "{said:?}");
    assert!(outcome.starts_with("outcome  accepted, ") && outcome.ends_with(" ms"), "{said:?}");
    assert_eq!((first.requests().len(), second.requests().len()), (0, 1));

    let said = run(&folder, &settings, &format!("sms test --to {TO} --gateway third"));
    assert_eq!(said.faults(), ["--gateway is \"third\", but must be first, second"]);
    assert_eq!((first.requests().len(), second.requests().len()), (0, 1));
}

#[test]
fn the_next_gateway_takes_over() {
    let (dead, alive) = (GatewayDouble::start("vonage"), GatewayDouble::start("webhook"));
    // Nothing listens at the address of the first gateway.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let settings = with(
        &[dead.settings("dead"), alive.settings("alive")].concat(),
        &[("sms.gateways", "dead,alive")],
    );
    let settings: Vec<_> = settings
        .into_iter()
        .map(|(key, value)| match key.as_str() {
            "sms.dead.endpoint" => (key, format!("https://{free}")),
            _ => (key, value),
        })
        .collect();
    let said = run(&Folder::new(), &settings, &format!("sms test --to {TO} --json"));
    assert_eq!(said.status, 0, "{said:?}");
    let shown = json_of(&said);
    assert_eq!(
        (&shown["gateway"], &shown["visits"][0]["outcome"]),
        (&json!("alive"), &json!("not_sent"))
    );
    assert!(shown["visits"][0]["cause"].as_str().unwrap().contains("cannot be reached"), "{shown}");
}

#[test]
fn a_message_in_doubt_is_no_success() {
    let double = GatewayDouble::start("vonage");
    double.withhold();
    let settings =
        with(&double.settings("vonage"), &[("sms.gateways", "vonage"), ("sms.deadline", "1s")]);
    let said = run(&Folder::new(), &settings, &format!("sms test --to {TO} --json"));
    assert_eq!((said.status, &json_of(&said)["outcome"]), (1, &json!("unknown")), "{said:?}");
    assert!(said.err.contains("may arrive, or not"), "{said:?}");
    assert_eq!(double.requests().len(), 1);
}

#[test]
fn the_console_can_be_tested_and_numbers_are_checked() {
    let folder = Folder::new();
    let said = folder.run("sms test --to 13800138000");
    assert_eq!(said.status, 0, "{said:?}");
    assert!(said.out.contains("console  accepted"), "{said:?}");
    for command in [
        "sms test",
        "sms test --to 123",
        "sms test --to 13800138000 --locale fr",
        "sms test --to 13800138000 --purpose fun",
        "sms status --hours 0",
        "sms status --hours 169",
    ] {
        let said = folder.run(command);
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{command}: {said:?}");
    }
}

#[test]
fn lint_names_every_gap() {
    let double = GatewayDouble::start("aliyun");
    let folder = Folder::new();
    assert!(folder.run("sms lint").good().starts_with("Every message has a gateway."));

    let settings = with(&double.settings("aliyun"), &[("sms.gateways", "aliyun")]);
    let said = run(&folder, &settings, "sms lint");
    assert_eq!(said.status, 0, "the service starts without notices: {said:?}");
    let others = "Not required at the start, and not sent:";
    let lines: Vec<_> = said.out.lines().take_while(|line| !line.is_empty()).collect();
    assert_eq!(lines.len(), 1 + 4 * 3, "four notices in three languages: {said:?}");
    assert_eq!(lines[..2], [others, "  no gateway  password-changed  zh-Hans  CN"]);
    assert!(!said.out.contains("confirm"), "one template serves every code: {said:?}");
    let command = "sms lint --topic password-changed --topic new-sign-in --json";
    let said = run(&folder, &settings, command);
    assert_eq!(said.status, 1, "{said:?}");
    let gaps = json_of(&said)["gaps"].as_array().unwrap().clone();
    assert_eq!(gaps.len(), 6, "two notices in three languages: {gaps:?}");
    assert!(gaps.contains(&json!({
        "topic": "new-sign-in", "locale": "zh-Hant", "country": "CN", "required": false
    })));
    let said = run(&folder, &settings, "sms lint --topic register --topic login");
    assert_eq!(said.status, 0, "{said:?}");

    let narrow = with(&settings, &[("phone.countries", "CN,HK"), ("sms.aliyun.countries", "HK")]);
    let said = run(&folder, &narrow, "sms lint --topic register");
    assert_eq!(said.status, 1, "{said:?}");
    let lines: Vec<_> = said.out.lines().take_while(|line| !line.is_empty()).collect();
    assert_eq!(
        lines,
        [
            "  no gateway  register  zh-Hans  CN",
            "  no gateway  register  zh-Hant  CN",
            "  no gateway  register  en       CN",
        ]
    );
    assert!(said.err.contains("3 faults in [sms]"), "{said:?}");
}

#[test]
fn s10_lint_names_what_fills_each_template() {
    let double = GatewayDouble::start("aliyun");
    let settings = with(&double.settings("aliyun"), &[("sms.gateways", "aliyun,console")]);
    let folder = Folder::new();
    let text = "  aliyun  SMS_1  2 placeholders  code, minutes";
    assert!(folder_says(&folder, &settings).lines().any(|line| line == text));
    let one = [
        ("sms.aliyun.template_parameters", "code:captcha"),
        ("sms.aliyun.templates", "password-changed = SMS_9"),
    ];
    let one = with(&settings, &one);
    let said = folder_says(&folder, &one);
    for text in ["  aliyun  SMS_1  1 placeholder   captcha", "  aliyun  SMS_9  no placeholder"] {
        assert!(said.lines().any(|line| line == text), "{said}");
    }
    let said = run(&folder, &one, "sms lint --json");
    assert_eq!(
        json_of(&said)["templates"],
        json!([
            { "gateway": "aliyun", "template": "SMS_1", "placeholders": ["captcha"] },
            { "gateway": "aliyun", "template": "SMS_9", "placeholders": [] },
        ])
    );
}

fn folder_says(folder: &Folder, settings: &[(String, String)]) -> String {
    run(folder, settings, "sms lint").out
}

#[test]
fn lint_refuses_unknown_topics() {
    let said = Folder::new().run("sms lint --topic register --topic bogus");
    assert_eq!((said.status, said.out.as_str()), (2, ""), "{said:?}");
    let topics = "must be register, login, reset, change-number, confirm, password-changed, \
                  new-sign-in, number-changed, number-undone, account-leaving, \
                  second-factor-changed";
    assert!(said.err.contains("bogus") && said.err.contains(topics), "{said:?}");
}

#[test]
fn lint_lists_the_addresses_for_receipts() {
    let folder = Folder::new();
    let doubles = ["aliyun", "sns", "twilio", "webhook"].map(GatewayDouble::start);
    let mut settings: Vec<_> = ["aliyun", "sns", "twilio", "webhook"]
        .iter()
        .zip(&doubles)
        .flat_map(|(n, d)| d.settings(n))
        .collect();
    settings = with(
        &settings,
        &[
            ("sms.gateways", "aliyun,sns,twilio,webhook"),
            ("http.public_url", "https://id.example.com"),
        ],
    );
    let said = run(&folder, &settings, "sms lint --json");
    let receipts = json_of(&said)["receipts"].as_array().unwrap().clone();
    let row = |name: &str| receipts.iter().find(|row| row["gateway"] == name);
    assert!(row("sns").is_none(), "sns pushes no receipts");
    for (name, signed, told) in
        [("aliyun", false, false), ("twilio", true, true), ("webhook", true, false)]
    {
        let row = row(name).unwrap();
        assert_eq!(
            (&row["signed"], &row["told_with_each_message"]),
            (&json!(signed), &json!(told))
        );
        let start = format!("https://id.example.com/sms/receipts/{name}/");
        let segment = row["url"].as_str().unwrap().strip_prefix(&start).unwrap();
        assert!(segment.len() == 32 && segment.bytes().all(|it| it.is_ascii_hexdigit()), "{row}");
    }
    let again = run(&folder, &settings, "sms lint --json");
    assert_eq!(json_of(&again)["receipts"], json!(receipts), "addresses stay the same");
    let secret = "0f1e2d3c4b5a69788796a5b4c3d2e1f00123456789abcdef";
    let other = run(&folder, &with(&settings, &[("secret", secret)]), "sms lint --json");
    assert_ne!(json_of(&other)["receipts"], json!(receipts), "addresses depend on the secret");
}

#[test]
fn lint_lists_no_address_if_every_receipt_is_refused() {
    let names = ["webhook", "twilio"];
    let doubles = names.map(GatewayDouble::start);
    let settings = names.iter().zip(&doubles).flat_map(|(name, double)| double.settings(name));
    let unset = |key: &str| ["receipt_secrets", "auth_token"].iter().any(|it| key.ends_with(it));
    let settings: Vec<_> = settings.filter(|(key, _)| !unset(key)).collect();
    let settings = with(
        &settings,
        &[
            ("sms.gateways", "webhook,twilio"),
            ("sms.twilio.api_key_sid", "SK01"),
            ("sms.twilio.api_key_secret", "a-token-that-stays-secret"),
            ("http.public_url", "https://id.example.com"),
        ],
    );
    let said = run(&Folder::new(), &settings, "sms lint --json");
    let expected = json!([
        { "gateway": "webhook", "url": null, "needs": "sms.webhook.receipt_secrets" },
        { "gateway": "twilio", "url": null, "needs": "sms.twilio.auth_token" },
    ]);
    assert_eq!(json_of(&said)["receipts"], expected, "{said:?}");
    let said = run(&Folder::new(), &settings, "sms lint");
    assert_eq!(said.status, 0, "{said:?}");
    let line = "  webhook  refused  cannot be verified  set sms.webhook.receipt_secrets";
    assert!(said.out.lines().any(|it| it == line) && !said.out.contains("https://"), "{said:?}");
}

#[test]
fn lint_finds_contradictory_settings() {
    let double = GatewayDouble::start("tencent");
    let tencent = with(&double.settings("tencent"), &[("sms.gateways", "tencent")]);
    for (more, says) in [
        (&[("sms_code.length", "7")][..], "6 digits at most"),
        (&[("sms.tencent.countries", "HK")], "tencent is never used"),
        (&[("sms.gateways", "console,tencent")], "names console before others"),
    ] {
        let said = run(&Folder::new(), &with(&tencent, more), "sms lint --json");
        assert_eq!(said.status, 1, "{said:?}");
        let found = json_of(&said)["contradictions"].as_array().unwrap().clone();
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].as_str().unwrap().contains(says), "{found:?}");
    }
    let said = run(&Folder::new(), &tencent, "sms lint --json");
    assert_eq!(json_of(&said)["contradictions"], json!([]));
}

#[test]
fn production_does_not_start_without_a_gateway_for_codes() {
    let double = GatewayDouble::start("aliyun");
    let narrow = [("phone.countries", "CN,HK"), ("sms.aliyun.countries", "CN")];
    let settings = with(&production(&double), &narrow);
    let said = run(&Folder::new(), &settings, "serve");
    assert_eq!(said.status, 1, "{said:?}");
    let last = said.err.lines().last().unwrap();
    for words in [
        "register in zh-Hans to HK",
        "register in en to HK",
        "login in en to HK",
        "passport sms lint",
    ] {
        assert!(last.contains(words), "{said:?}");
    }
    for words in ["CN", "confirm", "number-changed"] {
        assert!(!last.contains(words), "it is not required: {said:?}");
    }
}

#[tokio::test]
async fn production_starts_without_templates_for_notices() {
    let double = GatewayDouble::start("aliyun");
    let settings = production(&double);
    let settings: Vec<_> =
        settings.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let service = Service::start_bare(&folder, &settings).await;
    let log = service.log();
    let warning = "password-changed in zh-Hans to CN";
    assert!(log.contains(warning) && log.contains("passport sms lint"), "{log}");
}

/// A service in production that sends through an account with one template, for codes.
fn production(double: &GatewayDouble) -> Vec<(String, String)> {
    with(
        &double.settings("aliyun"),
        &[
            ("sms.gateways", "aliyun"),
            ("environment", "production"),
            ("secret", "0f1e2d3c4b5a69788796a5b4c3d2e1f00123456789abcdef"),
            ("http.public_url", "https://passport.acme.com"),
            ("http.listen", "127.0.0.1:0"),
        ],
    )
}

#[test]
fn status_needs_a_database_and_changes_nothing() {
    let folder = Folder::new();
    let said = folder.run("sms status");
    assert_eq!((said.status, said.out.as_str()), (1, ""), "{said:?}");
    let help = "start the service once, or run `passport migrate`";
    assert!(said.err.contains(help) && !said.err.contains("database.migrate"), "{said:?}");
    let never = [("database.migrate".to_owned(), "false".to_owned())];
    let said = run(&folder, &never, "sms status");
    assert!(said.err.contains("run `passport migrate`, or set database.migrate"), "{said:?}");
    folder.run("migrate").good();
    assert_eq!(folder.run("sms status").good(), "No message in the last 24 hours.\n");
    assert_eq!(folder.run("sms status --hours 1 --json").good(), "[]\n");
    fs::metadata(folder.path("passport.db")).unwrap();
}

#[test]
fn every_example_in_the_documentation_works() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/text-messages.md");
    let text = fs::read_to_string(path).unwrap();
    let examples: Vec<_> = text.split("```toml\n").skip(1).collect();
    assert!(examples.len() >= Kind::ALL.len(), "at least one example per kind");
    for example in &examples {
        let (example, _) = example.split_once("```").unwrap();
        Folder::with_settings(example).run("config check").good();
    }
    for Kind { name, .. } in Kind::ALL {
        let table = format!("[sms.{name}]\n");
        assert!(examples.iter().any(|example| example.contains(&table)), "{name}");
        assert!(text.contains(&format!("| `{name}` |")), "{name}");
    }
}
