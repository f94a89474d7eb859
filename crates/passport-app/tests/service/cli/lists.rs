//! Lists: arrays or texts with commas, in the file and in environment variables alike.

use serde_json::{Value, json};

use super::{Folder, Said};

const LISTS: [(&str, [&str; 2]); 6] = [
    ("http.trusted_proxies", ["10.0.0.0/8", "::1"]),
    ("phone.countries", ["CN", "HK"]),
    ("sms.gateways", ["console", "second"]),
    ("sms.yuntongxun.countries", ["CN", "HK"]),
    ("sms.yuntongxun.template_parameters", ["minutes", "code"]),
    ("sms.yuntongxun.templates", ["register.en = 2", "reset = 3 code"]),
];

/// The value of `key` that `config show --json` has printed.
#[track_caller]
fn shown(said: Said, key: &str) -> Value {
    let shown: Value = serde_json::from_str(&said.good()).unwrap();
    shown[key]["value"].clone()
}

#[test]
fn w13_lists_have_one_syntax_in_files_and_variables() {
    const SHOW: &str = "config show --json";
    let base = "sms.second.kind = 'console'\nsms.yuntongxun.kind = 'yuntongxun'\n";
    for (key, [one, other]) in LISTS {
        let variable = format!("PASSPORT__{}", key.replace('.', "__").to_uppercase());
        let expected = json!(format!("{one},{other}"));
        for form in [
            format!("{one},{other}"),
            format!(" {one} , {other} "),
            format!(r#"["{one}", "{other}"]"#),
            format!("['{one}','{other}',]"),
        ] {
            // What a list means is seen where it is used: its items are checked.
            let folder = Folder::with_settings(base);
            folder.run_with("config check", &[(&variable, &form)]).good();
            let shown_form = shown(folder.run_with(SHOW, &[(&variable, &form)]), key);
            let quoted = json!(form).to_string();
            let folder = Folder::with_settings(&format!("{base}{key} = {quoted}"));
            folder.run("config check").good();
            assert_eq!(shown(folder.run(SHOW), key), shown_form, "{key} {form}");
            assert_eq!(shown_form, expected, "{key} {form}");
        }
        let folder = Folder::with_settings(&format!("{base}{key} = ['{one}', '{other}']"));
        assert_eq!(shown(folder.run(SHOW), key), expected, "{key}");
        for empty in ["", "[]"] {
            let folder = Folder::with_settings(base);
            let said = folder.run_with("config check", &[(&variable, empty)]);
            assert!(!said.err.contains("but must be"), "{key}: {said:?}");
        }
    }
}

#[test]
fn w13_secrets_are_a_list_too() {
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let base = "sms.gateways = 'webhook'\nsms.webhook.url = 'https://gateway.example.org'\n";
    for form in [format!("{secret},{secret}"), format!(r#"["{secret}", "{secret}"]"#)] {
        let folder = Folder::with_settings(base);
        folder.run_with("config check", &[("PASSPORT__SMS__WEBHOOK__SECRETS", &form)]).good();
        let said = folder.run_with("config show", &[("PASSPORT__SMS__WEBHOOK__SECRETS", &form)]);
        assert!(!said.good().contains("MfKQ"));
    }
}

#[test]
fn w13_a_list_is_no_text_and_its_items_are_texts() {
    for (settings, says) in [
        (
            "http.listen = ['127.0.0.1:1']",
            "http.listen is \"127.0.0.1:1\" (passport.toml), but takes one value",
        ),
        ("secret = ['a']", "secret is \"***\" (passport.toml), but takes one value"),
        ("phone.countries = [['CN']]", "phone.countries (passport.toml) has a list or a table"),
        ("[[sms]]\nkind = 'console'", "sms (passport.toml) has a list or a table"),
        (
            "phone.countries = ['CN,HK']",
            "phone.countries is \"CN,HK\" (passport.toml), but must be",
        ),
    ] {
        let said = Folder::with_settings(settings).run("config check");
        assert!(said.faults()[0].starts_with(says), "{settings}: {said:?}");
    }
    let said = Folder::new().run_with("config check", &[("PASSPORT__PHONE__COUNTRIES", "[CN")]);
    assert!(said.faults()[0].starts_with("phone.countries is \"[CN\""), "{said:?}");
}
