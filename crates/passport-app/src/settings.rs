//! The settings: a file, then environment variables, then defaults that work in development.
//!
//! Every key is read in one place, with its default and its allowed values. So all faults are reported
//! at once, unknown keys are refused, and `passport config show` knows the origin of each value.

mod account;
mod admin;
mod apps;
mod audit;
mod brand;
mod captcha;
mod client_address;
mod cookie;
mod database;
mod environment;
mod forward_auth;
mod guesses;
mod http;
mod limits;
mod log;
mod mask;
mod metrics;
mod password;
mod phone;
mod reader;
mod remark;
mod secret;
mod session;
mod shown;
mod sms;
mod sms_code;
mod source;
mod store;
mod strays;
mod telemetry;
mod tokens;
mod url_checks;
mod value;
mod webhooks;

use std::path::Path;

use passport_auth::{Clock, SystemClock};
use time::Date;

pub use account::{AccountSettings, SignUpPolicy};
pub use admin::AdminSettings;
pub use apps::{AppName, AppSettings, NativeOrigin, ReturnAddress};
pub use audit::{AuditSettings, RecordedAddress};
pub use brand::{
    Accent, BrandImage, BrandSettings, ByLanguage, Colour, Filing, ImageKind, Legal, LegalText,
};
pub use captcha::{CaptchaSettings, CaptchaStyle};
pub use client_address::ClientAddressHeader;
pub use cookie::CookieSettings;
pub use database::DatabaseSettings;
pub use environment::Environment;
pub use forward_auth::ForwardAuthSettings;
pub use http::{HttpSettings, Origin, ParseOriginError};
pub use limits::LimitSettings;
pub use log::{LogFormat, LogSettings};
pub use metrics::MetricsSettings;
pub use password::PasswordSettings;
pub use phone::PhoneSettings;
pub(crate) use phone::calling_prefix;
pub use remark::{Remark, SettingsError};
pub use secret::{MasterSecret, Secrets};
pub use session::{SessionBackend, SessionSettings};
pub use shown::{Shown, ShownValue};
pub use sms::{GatewayKind, GatewaySettings, SmsSettings};
pub use sms_code::SmsCodeSettings;
pub use store::{StoreSettings, StoreUrl};
pub use telemetry::TelemetrySettings;
pub use tokens::TokenSettings;
pub use url_checks::{UrlCheck, UrlChecks};
pub(crate) use value::duration;
pub use webhooks::WebhookSettings;

use reader::{Reader, Reading};
use source::Source;

/// All settings, validated.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `environment`
    pub environment: Environment,
    /// `secret` or `secrets`; optional in development, where one is generated.
    pub secrets: Option<Secrets>,
    /// `http.*`
    pub http: HttpSettings,
    /// `cookie.*`
    pub cookie: CookieSettings,
    /// `admin.*`
    pub admin: AdminSettings,
    /// `metrics.*`
    pub metrics: MetricsSettings,
    /// `telemetry.*`
    pub telemetry: TelemetrySettings,
    /// `log.*`
    pub log: LogSettings,
    /// `database.*`
    pub database: DatabaseSettings,
    /// `store.*`
    pub store: StoreSettings,
    /// `session.*`
    pub session: SessionSettings,
    /// `account.*`
    pub account: AccountSettings,
    /// `captcha.*`
    pub captcha: CaptchaSettings,
    /// `sms_code.*`
    pub sms_code: SmsCodeSettings,
    /// `password.*`
    pub password: PasswordSettings,
    /// `limits.*`
    pub limits: LimitSettings,
    /// `audit.*`
    pub audit: AuditSettings,
    /// `phone.*`
    pub phone: PhoneSettings,
    /// `brand.*`
    pub brand: BrandSettings,
    /// `apps.*`: the applications that use the service, by name.
    pub apps: Vec<AppSettings>,
    /// `forward_auth.*`
    pub forward_auth: ForwardAuthSettings,
    /// `tokens.*`
    pub tokens: TokenSettings,
    /// `sms.*`
    pub sms: SmsSettings,
    /// `webhooks.*`
    pub webhooks: Vec<WebhookSettings>,
    /// Settings that are allowed and likely a mistake.
    pub warnings: Vec<Remark>,
}

impl Settings {
    /// Reads `file` (or `passport.toml`, if it exists) and the environment of this process. `checks`
    /// are made on the URLs; the service uses [`URL_CHECKS`](crate::URL_CHECKS).
    ///
    /// # Errors
    ///
    /// All faults at once.
    pub fn load(file: Option<&Path>, checks: &UrlChecks) -> Result<Self, SettingsError> {
        Self::load_shown(file, checks).map(|(settings, _)| settings)
    }

    /// As [`load`](Self::load), and every key with its value and origin.
    ///
    /// # Errors
    ///
    /// All faults at once.
    pub fn load_shown(
        file: Option<&Path>,
        checks: &UrlChecks,
    ) -> Result<(Self, Vec<Shown>), SettingsError> {
        Self::read(Source::load(file)?, checks, today())
    }

    /// Settings from pairs of key and text, such as `("http.listen", "127.0.0.1:0")`. Of URLs only
    /// the scheme is checked.
    ///
    /// # Errors
    ///
    /// All faults at once.
    pub fn from_pairs<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, SettingsError> {
        let source = Source::from_pairs(pairs);
        Self::read(source, &UrlChecks::NONE, today()).map(|(settings, _)| settings)
    }

    fn read(
        source: Source,
        checks: &UrlChecks,
        today: Date,
    ) -> Result<(Self, Vec<Shown>), SettingsError> {
        let mut reader = Reader::new(source);
        let environment = Environment::read(&mut reader);
        let secrets = Secrets::read(&mut reader, environment);
        let http = HttpSettings::read(&mut reader, environment);
        let admin = AdminSettings::read(&mut reader, environment, &http);
        let mut settings = Self {
            environment,
            secrets,
            cookie: CookieSettings::read(&mut reader, &http),
            metrics: MetricsSettings::read(&mut reader, environment, &http, &admin),
            admin,
            http,
            telemetry: TelemetrySettings::read(&mut reader, environment),
            log: LogSettings::read(&mut reader, environment),
            database: DatabaseSettings::read(&mut reader, environment, checks),
            store: StoreSettings::read(&mut reader, environment, checks),
            session: SessionSettings::read(&mut reader),
            account: AccountSettings::read(&mut reader),
            captcha: CaptchaSettings::read(&mut reader, environment),
            sms_code: SmsCodeSettings::read(&mut reader),
            password: PasswordSettings::read(&mut reader, environment),
            limits: LimitSettings::read(&mut reader),
            audit: AuditSettings::read(&mut reader),
            phone: PhoneSettings::read(&mut reader, today),
            brand: BrandSettings::read(&mut reader, environment),
            apps: AppSettings::read_all(&mut reader, environment),
            forward_auth: ForwardAuthSettings::read(&mut reader),
            tokens: TokenSettings::read(&mut reader),
            sms: SmsSettings::read(&mut reader, environment),
            webhooks: WebhookSettings::read_all(&mut reader, environment),
            warnings: Vec::new(),
        };
        guesses::check(&mut reader, environment, &settings.sms_code, &settings.limits);
        let Reading { shown, warnings } = reader.finish()?;
        settings.warnings = warnings;
        Ok((settings, shown))
    }

    /// How `/dev/inbox`, which shows the messages of the console gateway, is opened. There is none in
    /// production, and none without that gateway.
    pub fn inbox(&self) -> Option<InboxAccess> {
        let has_console = self.sms.gateways.iter().any(GatewaySettings::is_console);
        (self.environment == Environment::Development && has_console).then_some(
            if self.http.listen.ip().is_loopback() {
                InboxAccess::Open
            } else {
                InboxAccess::ByLink
            },
        )
    }

    /// Whether the pages link to the inbox.
    pub fn has_inbox(&self) -> bool {
        self.inbox() == Some(InboxAccess::Open)
    }

    /// Whether no message leaves this machine.
    pub fn sends_nothing(&self) -> bool {
        self.sms.gateways.iter().all(GatewaySettings::is_console)
    }
}

/// How the inbox of development is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InboxAccess {
    /// By every browser of this machine.
    Open,
    /// By the browser that first opens a link, because other machines can reach the service.
    ByLink,
}

fn today() -> Date {
    SystemClock.now().date()
}

#[cfg(test)]
mod tests;
