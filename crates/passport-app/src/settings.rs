//! The settings: environment variables override a file, which overrides defaults for development.
//!
//! Each key is read in one place, together with its default and its allowed values. This makes it
//! possible to report all faults at once, to reject unknown keys, and to show the origin of each
//! value in `passport config show`.

mod captcha;
mod database;
mod environment;
mod fault;
mod http;
mod limits;
mod log;
mod password;
mod phone;
mod reader;
mod secret;
mod session;
mod sms;
mod sms_code;
mod source;
mod value;

use std::path::Path;

pub use captcha::CaptchaSettings;
pub use database::{DatabaseSettings, StoreSettings};
pub use environment::Environment;
pub use fault::{Fault, SettingsError};
pub use http::{HttpSettings, Origin};
pub use limits::LimitSettings;
pub use log::{LogFormat, LogSettings};
pub use password::PasswordSettings;
pub use phone::PhoneSettings;
pub(crate) use phone::calling_prefix;
pub use reader::{Shown, ShownValue};
pub use secret::MasterSecret;
pub use session::{SessionBackend, SessionSettings};
pub use sms::{GatewayKind, GatewaySettings, SmsSettings};
pub use sms_code::SmsCodeSettings;

use reader::Reader;
use source::Source;

/// All settings, validated.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `environment`
    pub environment: Environment,
    /// `secret`; optional in development, where a missing secret is generated.
    pub secret: Option<MasterSecret>,
    /// `http.*`
    pub http: HttpSettings,
    /// `log.*`
    pub log: LogSettings,
    /// `database.*`
    pub database: DatabaseSettings,
    /// `store.*`
    pub store: StoreSettings,
    /// `session.*`
    pub session: SessionSettings,
    /// `captcha.*`
    pub captcha: CaptchaSettings,
    /// `sms_code.*`
    pub sms_code: SmsCodeSettings,
    /// `password.*`
    pub password: PasswordSettings,
    /// `limits.*`
    pub limits: LimitSettings,
    /// `phone.*`
    pub phone: PhoneSettings,
    /// `sms.*`
    pub sms: SmsSettings,
}

impl Settings {
    /// Reads `file` (or `passport.toml`, if it exists) and the environment of this process.
    ///
    /// # Errors
    ///
    /// All faults of the settings.
    pub fn load(file: Option<&Path>) -> Result<Self, SettingsError> {
        Self::load_shown(file).map(|(settings, _)| settings)
    }

    /// [`load`](Self::load), and the value and origin of every key.
    ///
    /// # Errors
    ///
    /// All faults of the settings.
    pub fn load_shown(file: Option<&Path>) -> Result<(Self, Vec<Shown>), SettingsError> {
        Self::read(Source::load(file)?)
    }

    /// Reads pairs of key and text, such as `("http.listen", "127.0.0.1:0")`.
    ///
    /// # Errors
    ///
    /// All faults of the settings.
    pub fn from_pairs<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, SettingsError> {
        Self::read(Source::from_pairs(pairs)).map(|(settings, _)| settings)
    }

    fn read(source: Source) -> Result<(Self, Vec<Shown>), SettingsError> {
        let mut reader = Reader::new(source);
        let environment = Environment::read(&mut reader);
        let secret = MasterSecret::read(&mut reader, environment);
        let settings = Self {
            environment,
            secret,
            http: HttpSettings::read(&mut reader, environment),
            log: LogSettings::read(&mut reader, environment),
            database: DatabaseSettings::read(&mut reader),
            store: StoreSettings::read(&mut reader),
            session: SessionSettings::read(&mut reader),
            captcha: CaptchaSettings::read(&mut reader, environment),
            sms_code: SmsCodeSettings::read(&mut reader),
            password: PasswordSettings::read(&mut reader, environment),
            limits: LimitSettings::read(&mut reader),
            phone: PhoneSettings::read(&mut reader),
            sms: SmsSettings::read(&mut reader, environment),
        };
        let shown = reader.finish()?;
        Ok((settings, shown))
    }

    /// Whether the inbox page shows sent codes: in development only, if the service listens on a
    /// loopback address and the console is one of the gateways.
    pub fn has_inbox(&self) -> bool {
        self.environment == Environment::Development
            && self.http.listen.ip().is_loopback()
            && self.sms.gateways.iter().any(GatewaySettings::is_console)
    }

    /// Whether all gateways are consoles, which print messages instead of sending them.
    pub fn sends_nothing(&self) -> bool {
        self.sms.gateways.iter().all(GatewaySettings::is_console)
    }
}

#[cfg(test)]
mod tests;
