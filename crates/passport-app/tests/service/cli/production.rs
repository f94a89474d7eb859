use super::Folder;

/// Everything that production needs.
pub(super) const GOOD: &str = "
    environment = 'production'
    secret = '3f1c0d9e8b7a69584736251403f2e1d0c9b8a7968574635241302f1e0d9c8b7a'
    http.public_url = 'https://passport.acme.com'
    http.trusted_proxies = ['127.0.0.1/32']
    [sms]
    gateways = ['yuntongxun']
    [sms.yuntongxun]
    account_sid = '8a21'
    auth_token = 'token'
    app_id = '8a22'
    template_id = '20001'
";

#[test]
fn production_with_everything_it_needs_is_good() {
    Folder::with_settings(GOOD).run("config check").good();
}

#[test]
fn production_refuses_what_is_for_development() {
    let folder = Folder::with_settings(GOOD);
    for (variable, value, says) in [
        ("PASSPORT__SECRET", "", "secret must be set in production"),
        ("PASSPORT__SECRET", "change-me-change-me-change-me-0123456789", "is a sample"),
        ("PASSPORT__SECRET", "0123456789", "fewer than 32 characters"),
        ("PASSPORT__SMS__GATEWAYS", "console", "names console"),
        ("PASSPORT__SMS__GATEWAYS", "yuntongxun,console", "names console"),
        ("PASSPORT__CAPTCHA__TEST_ANSWER", "abcd", "captcha.test_answer must not be set"),
        ("PASSPORT__HTTP__PUBLIC_URL", "http://passport.acme.com", "must be https://"),
        ("PASSPORT__HTTP__PUBLIC_URL", "", "http.public_url must be set"),
        ("PASSPORT__PASSWORD__COST", "4", "from 10 to"),
        ("PASSPORT__ADMIN__LISTEN", "0.0.0.0:9091", "tokens would be sent unencrypted"),
        ("PASSPORT__ADMIN__LISTEN", "127.0.0.1:8080", "http.listen is the same address"),
        ("PASSPORT__ADMIN__LISTEN", "9091", "but must be an address and port"),
    ] {
        for command in ["config check", "serve"] {
            let said = folder.run_with(command, &[(variable, value)]);
            let faults = said.faults();
            assert_eq!(faults.len(), 1, "{variable} {value}: {faults:?}");
            assert!(faults[0].contains(says), "{variable} {value}: {faults:?}");
        }
    }
    assert_eq!(folder.names(), ["passport.toml"], "no file was created");
}

#[test]
fn production_alone_names_all_that_is_missing() {
    let said = Folder::with_settings("environment = 'production'").run("");
    let faults = said.faults();
    for start in ["secret ", "http.public_url ", "sms.gateways "] {
        assert!(faults.iter().any(|fault| fault.starts_with(start)), "{faults:?}");
    }
}

#[test]
fn production_accepts_operators_behind_tls_and_on_this_machine() {
    let folder = Folder::with_settings(GOOD);
    let tls = ("PASSPORT__ADMIN__BEHIND_TLS", "true");
    for settings in [
        &[("PASSPORT__ADMIN__LISTEN", "0.0.0.0:9091"), tls][..],
        &[("PASSPORT__ADMIN__LISTEN", "127.0.0.1:9091")],
        &[("PASSPORT__ADMIN__LISTEN", "[::1]:9091")],
    ] {
        folder.run_with("config check", settings).good();
    }
    // In development it is a warning.
    let said =
        Folder::new().run_with("config check", &[("PASSPORT__ADMIN__LISTEN", "0.0.0.0:9091")]);
    assert!(said.warnings()[0].contains("admin.behind_tls"), "{said:?}");
}
