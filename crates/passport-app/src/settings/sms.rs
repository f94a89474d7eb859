use std::{fs, time::Duration};

use passport_sms_client::{
    Clock, Parameter, SettingsError, Template, Templates, Yuntongxun, yuntongxun,
};
use time::OffsetDateTime;

use super::{Environment, reader::Reader};

/// How messages are sent.
#[derive(Debug, Clone)]
pub struct SmsSettings {
    /// `sms.gateways`, in order of preference.
    pub gateways: Vec<GatewaySettings>,
}

/// A gateway and what it needs.
#[derive(Debug, Clone)]
pub enum GatewaySettings {
    /// `console`: nothing is sent.
    Console,
    /// `[sms.yuntongxun]`
    Yuntongxun(Box<yuntongxun::Settings>),
}

impl SmsSettings {
    pub(super) fn read(reader: &mut Reader, environment: Environment) -> Self {
        let names = reader.list("sms.gateways", "console", "console or yuntongxun", |item| {
            ["console", "yuntongxun"].into_iter().find(|name| *name == item)
        });
        if names.is_empty() {
            reader.fault("sms.gateways is empty, so nobody could sign up");
        }
        if environment.is_production() && names.contains(&"console") {
            reader.fault(
                "sms.gateways names console, which sends nothing: in production name a gateway \
                 that does, such as yuntongxun",
            );
        }
        let mut yuntongxun = (names.contains(&"yuntongxun")
            || reader.has_section("sms.yuntongxun"))
        .then(|| yuntongxun(reader, names.contains(&"yuntongxun")));
        let gateways = names.into_iter().filter_map(|name| match name {
            "console" => Some(GatewaySettings::Console),
            _ => yuntongxun.take().map(|it| GatewaySettings::Yuntongxun(Box::new(it))),
        });
        Self { gateways: gateways.collect() }
    }
}

/// A section that no gateway list names is read all the same, so that its keys are known.
fn yuntongxun(reader: &mut Reader, is_used: bool) -> yuntongxun::Settings {
    let needed = |reader: &mut Reader, key: &str, value: Option<String>| {
        if is_used && value.is_none() {
            reader.fault(format!("{key} must be set for the gateway yuntongxun"));
        }
        value.unwrap_or_default()
    };
    let account_sid = reader.optional("sms.yuntongxun.account_sid");
    let account_sid = needed(reader, "sms.yuntongxun.account_sid", account_sid);
    let auth_token = reader.secret("sms.yuntongxun.auth_token");
    let auth_token = needed(reader, "sms.yuntongxun.auth_token", auth_token);
    let app_id = reader.optional("sms.yuntongxun.app_id");
    let app_id = needed(reader, "sms.yuntongxun.app_id", app_id);
    let template_id = reader.optional("sms.yuntongxun.template_id");
    let template_id = needed(reader, "sms.yuntongxun.template_id", template_id);

    let is_complete = [&account_sid, &app_id, &template_id].iter().all(|it| !it.is_empty())
        && !auth_token.is_empty();
    let template = Template::new(template_id, [Parameter::Code, Parameter::Minutes]);
    let mut settings =
        yuntongxun::Settings::new(account_sid, auth_token, app_id, Templates::new(template));
    settings.request_id = reader.flag("sms.yuntongxun.request_id", true);
    settings.endpoint = reader.read(
        "sms.yuntongxun.endpoint",
        yuntongxun::Settings::PRODUCTION,
        "https://, a host and perhaps a port",
        |text| text.starts_with("https://").then(|| text.to_owned()),
    );
    settings.https.connect_timeout = timeout(reader, "sms.yuntongxun.connect_timeout", "2s");
    settings.https.timeout = timeout(reader, "sms.yuntongxun.timeout", "5s");
    if let Some(path) = reader.optional("sms.yuntongxun.root_ca") {
        match fs::read_to_string(&path) {
            Ok(pem) => settings.https.extra_root_ca = Some(pem),
            Err(error) => reader.fault(format!(
                "sms.yuntongxun.root_ca is \"{path}\", which cannot be read: {error}"
            )),
        }
    }
    if is_used && is_complete {
        check(reader, &settings);
    }
    settings
}

/// Asks the gateway whether it can use the settings. It opens nothing yet.
fn check(reader: &mut Reader, settings: &yuntongxun::Settings) {
    let clock = Clock::new(|| OffsetDateTime::UNIX_EPOCH);
    if let Err(SettingsError { setting, allowed }) = Yuntongxun::new(settings.clone(), clock) {
        let key = match setting {
            "templates" => "template_id",
            "extra_root_ca" => "root_ca",
            key => key,
        };
        reader.fault(format!("sms.yuntongxun.{key} must be {allowed}"));
    }
}

fn timeout(reader: &mut Reader, key: &str, default: &str) -> Duration {
    reader.duration(key, default, "100ms"..="60s")
}
