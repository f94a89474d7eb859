use passport_sms_client::{Locale, Notice, Parameter, Purpose, Templates, Topic};
use passport_sms_gateways::{Fields, KINDS};

use super::{
    table::{Table, TimeLimits},
    *,
};
use crate::settings::{Settings, SettingsError, source::Source};

const ALIYUN: [(&str, &str); 5] = [
    ("sms.gateways", "aliyun"),
    ("sms.aliyun.access_key_id", "LTAI5t"),
    ("sms.aliyun.access_key_secret", "hunter2"),
    ("sms.aliyun.sign_name", "Passport"),
    ("sms.aliyun.template_id", "SMS_1"),
];

fn read(pairs: &[(&str, &str)]) -> Result<SmsSettings, Vec<String>> {
    match Settings::from_pairs(pairs.iter().copied()) {
        Ok(settings) => Ok(settings.sms),
        Err(SettingsError { faults, .. }) => Err(faults.iter().map(ToString::to_string).collect()),
    }
}

/// The templates of a table with the settings in [`ALIYUN`] and these.
fn templates(more: &[(&str, &str)]) -> Templates {
    let pairs = [&ALIYUN[..], more].concat();
    let mut reader = Reader::new(Source::from_pairs(pairs.iter().copied()));
    let limits = TimeLimits { share: Duration::from_secs(3), deadline: Duration::from_secs(3) };
    Table::new(&mut reader, "aliyun", true, limits).optional_templates().unwrap()
}

/// The time limits in milliseconds of the first gateway.
fn time_limits(settings: &SmsSettings) -> (u128, u128) {
    let https = settings.gateways[0].kind.https().expect("it is no console");
    (https.connect_timeout.as_millis(), https.timeout.as_millis())
}

fn faults(more: &[(&str, &str)]) -> Vec<String> {
    read(&[&ALIYUN[..], more].concat()).unwrap_err()
}

#[test]
fn a_table_of_another_name_is_another_account() {
    let settings = read(
        &[
            &ALIYUN[1..],
            &[
                ("sms.gateways", "aliyun_hk,aliyun"),
                ("sms.aliyun_hk.kind", "aliyun"),
                ("sms.aliyun_hk.access_key_id", "LTAI6"),
                ("sms.aliyun_hk.access_key_secret", "hunter3"),
                ("sms.aliyun_hk.sign_name", "Passport"),
                ("sms.aliyun_hk.template_id", "SMS_2"),
                ("sms.aliyun_hk.countries", "HK,MO"),
                ("sms.aliyun_hk.weight", "3"),
                ("sms.aliyun_hk.slots", "8"),
            ],
        ]
        .concat(),
    )
    .unwrap();
    let names: Vec<_> = settings.gateways.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["aliyun_hk", "aliyun"], "in the order of the list");
    let [hong_kong, first] = &settings.gateways[..] else { panic!("{settings:?}") };
    assert_eq!((hong_kong.weight, hong_kong.slots), (3, 8));
    let prefixes: Vec<_> = hong_kong.destinations.iter().map(ToString::to_string).collect();
    assert_eq!(prefixes, ["+852", "+853"]);
    assert_eq!((first.weight, first.slots, first.destinations.len()), (0, 64, 0));
    assert!(!format!("{settings:?}").contains("hunter"), "{settings:?}");
}

#[test]
fn each_kind_names_every_missing_key_if_it_is_used() {
    for kind in KINDS.iter().map(|kind| kind.name) {
        let faults = read(&[("sms.gateways", "second"), ("sms.second.kind", kind)]).unwrap_err();
        assert!(faults.len() > 1, "{kind}: {faults:?}");
        for fault in faults {
            let is_missing = fault.strip_suffix(" must be set for the gateway second");
            assert!(
                is_missing.is_some_and(|key| key.starts_with("sms.second.")),
                "{kind}: {fault}"
            );
        }
        assert!(read(&[("sms.second.kind", kind)]).is_ok(), "{kind} is not used");
    }
    let faults = read(&[("sms.gateways", "aliyun")]).unwrap_err();
    let keys = ["access_key_id", "access_key_secret", "sign_name", "template_id"];
    let missing = |key| format!("sms.aliyun.{key} must be set for the gateway aliyun");
    assert_eq!(faults, keys.map(missing));
}

#[test]
fn refused_settings_are_named_by_their_keys() {
    for (key, value, says) in [
        ("access_key_id", "a,b", "sms.aliyun.access_key_id must be ASCII"),
        ("sign_name", "【Passport】", "sms.aliyun.sign_name must be 1 to 50"),
        ("template_id", "1", "sms.aliyun.template_id, and the ids in templates, must be"),
        ("templates", "reset = 1", "sms.aliyun.template_id, and the ids in templates, must be"),
        ("endpoint", "http://a", "sms.aliyun.endpoint is \"http://a\" (given), but must be https"),
        ("root_ca", "nowhere.pem", "sms.aliyun.root_ca is \"nowhere.pem\", which cannot be read"),
        ("slots", "0", "sms.aliyun.slots is \"0\" (given), but must be a whole number from 1"),
        ("weight", "-1", "sms.aliyun.weight is \"-1\" (given), but must be a whole number from 0"),
        ("countries", "XX", "sms.aliyun.countries is \"XX\" (given), but must be countries"),
        ("placement", "url", "sms.aliyun.placement is \"url\" (given), but must be query or form"),
        ("sine_name", "", "sms.aliyun.sine_name (given) is not a setting; did you mean"),
    ] {
        let key = format!("sms.aliyun.{key}");
        let pairs: Vec<_> = ALIYUN.into_iter().filter(|(other, _)| *other != key).collect();
        let faults = read(&[&pairs[..], &[(&key, value)]].concat()).unwrap_err();
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].starts_with(says), "{faults:?}");
    }
}

#[test]
fn every_fault_of_a_table_is_named_at_once() {
    let faults = read(&[
        ("sms.gateways", "aliyun"),
        ("sms.aliyun.access_key_id", "a,b"),
        ("sms.aliyun.sign_name", "【Passport】"),
        ("sms.aliyun.templates", "reset = 1"),
        ("sms.aliyun.slots", "0"),
    ]);
    let faults = faults.unwrap_err();
    for says in [
        "sms.aliyun.access_key_secret must be set for the gateway aliyun",
        "sms.aliyun.access_key_id must be ASCII",
        "sms.aliyun.sign_name must be 1 to 50",
        "sms.aliyun.template_id, and the ids in templates, must be",
        "sms.aliyun.slots is \"0\" (given), but must be",
    ] {
        let count = faults.iter().filter(|fault| fault.starts_with(says)).count();
        assert_eq!(count, 1, "{says}: {faults:?}");
    }
    assert_eq!(faults.len(), 5, "and what is missing once only: {faults:?}");
}

#[test]
fn names_of_gateways_are_checked() {
    for (gateways, says) in [
        ("", "sms.gateways is empty"),
        ("console,console", "sms.gateways names console twice"),
        ("Console", "sms.gateways is \"Console\" (given), but must be names of"),
        ("a__b", "sms.gateways is \"a__b\" (given), but must be names of"),
        ("acme", "sms.acme.kind is \"\" (default), but must be console, aliyun"),
    ] {
        let faults = read(&[("sms.gateways", gateways)]).unwrap_err();
        assert!(faults[0].starts_with(says), "{faults:?}");
    }
    let faults = read(&[("sms.acme.kind", "pigeon"), ("sms.acme.colour", "grey")]).unwrap_err();
    assert_eq!(faults.len(), 1, "the keys of an unknown kind are not checked: {faults:?}");
    assert!(read(&[("sms.policy", "both")]).is_err());
    assert!(read(&[("sms.deadline", "100ms")]).is_err());
    assert!(read(&[("sms.follow_up_after", "4s")]).is_err());
    assert!(read(&[("sms.resend_undelivered", "maybe")]).is_err());
}

#[test]
fn one_template_serves_every_code_in_every_language() {
    let templates = templates(&[]);
    for purpose in Purpose::ALL {
        for locale in Locale::ALL {
            let template = templates.find(purpose.into(), locale).unwrap();
            assert_eq!(template.id, "SMS_1");
            assert_eq!(template.parameters, [Parameter::Code, Parameter::Minutes]);
        }
    }
    assert_eq!(templates.find(Notice::NewSignIn.into(), Locale::En), None);
}

#[test]
fn a_template_may_be_for_one_purpose_and_one_language() {
    let templates = templates(&[
        ("sms.aliyun.template_parameters", "code:captcha,minutes"),
        (
            "sms.aliyun.templates",
            "register.en = SMS_2, reset=SMS_3 code, password-changed = SMS_9,\
             new-sign-in.zh-Hant = SMS_8",
        ),
    ]);
    let find = |topic: Topic, locale| templates.find(topic, locale);
    let id = |topic, locale| find(topic, locale).map(|it| it.id.as_str());
    let register = Topic::from(Purpose::Register);
    assert_eq!(id(register, Locale::En), Some("SMS_2"));
    assert_eq!(id(register, Locale::ZhHans), Some("SMS_1"));
    assert_eq!(id(Purpose::Reset.into(), Locale::ZhHant), Some("SMS_3"));
    assert_eq!(id(Notice::PasswordChanged.into(), Locale::ZhHans), Some("SMS_9"));
    assert_eq!(id(Notice::NewSignIn.into(), Locale::ZhHant), Some("SMS_8"));
    assert_eq!(id(Notice::NewSignIn.into(), Locale::En), None);

    let english = find(register, Locale::En).unwrap();
    assert_eq!(english.parameters, [Parameter::Code, Parameter::Minutes], "as for the others");
    assert_eq!(english.name_of(Parameter::Code), "captcha");
    let reset = find(Purpose::Reset.into(), Locale::En).unwrap();
    assert_eq!(reset.parameters, [Parameter::Code], "its own");
}

#[test]
fn a_malformed_template_is_a_fault() {
    for item in [
        "register",
        "register =",
        "nonsense = SMS_2",
        "register.fr = SMS_2",
        "register = SMS_2 colour",
        "register = SMS_2 code:",
        "password-changed = SMS_2 code",
    ] {
        let faults = faults(&[("sms.aliyun.templates", item)]);
        assert_eq!(faults.len(), 1, "{item}: {faults:?}");
        assert!(faults[0].starts_with("sms.aliyun.templates is "), "{faults:?}");
    }
}

#[test]
fn a_connection_has_half_of_a_share_and_the_whole_all_of_the_time() {
    let limits = |gateways: &str| {
        let pairs = [&[("sms.gateways", gateways)], &ALIYUN[1..]].concat();
        let settings = read(&pairs).unwrap();
        time_limits(&settings)
    };
    assert_eq!(limits("aliyun"), (2_500, 5_000));
    assert_eq!(limits("aliyun,console"), (1_250, 5_000), "a slow gateway is heard out");
}

#[test]
fn a_gateway_whose_slow_calls_are_joined_gives_up_earlier() {
    for (request_id, milliseconds) in [("true", 1_250), ("false", 2_500)] {
        let settings = read(&[
            ("sms.gateways", "yuntongxun"),
            ("sms.yuntongxun.account_sid", "sid"),
            ("sms.yuntongxun.auth_token", "token"),
            ("sms.yuntongxun.app_id", "app"),
            ("sms.yuntongxun.template_id", "1"),
            ("sms.yuntongxun.request_id", request_id),
        ]);
        assert_eq!(time_limits(&settings.unwrap()).0, milliseconds, "{request_id}");
    }
}
