//! `[apps.<name>]`: the applications that use the service.

mod native_origin;
mod return_address;

use std::{fmt, path::Path};

use passport_auth::Locale;

pub use native_origin::NativeOrigin;
pub use return_address::ReturnAddress;

use super::{
    Environment, Origin,
    brand::{BrandImage, ByLanguage, optional, picture, texts},
    reader::Reader,
};

/// An application that uses the service.
#[derive(Debug, Clone)]
pub struct AppSettings {
    /// Name of the table.
    pub name: AppName,
    /// `title`: what pages call the application; its name if unset.
    pub title: ByLanguage<String>,
    /// `origins`: where its pages are. They may call the API with bearer tokens, and people return to
    /// them.
    pub origins: Vec<Origin>,
    /// The native origins among `origins`: where the pages inside an application for telephones or desktops
    /// are. They may call the API with bearer tokens.
    pub native_origins: Vec<NativeOrigin>,
    /// `home`: its first page, to which the page of the account links.
    pub home: Option<ReturnAddress>,
    /// `logo`: a picture beside its title.
    pub logo: Option<BrandImage>,
    /// `return_to`: the addresses that people return to; empty for every address of the origins.
    pub return_to: Vec<ReturnAddress>,
    /// `audience`: that of its access tokens. No tokens are issued for it if unset.
    pub audience: Option<String>,
    /// `token_mobile`: whether its access tokens have the phone number.
    pub token_mobile: bool,
}

impl AppSettings {
    /// The applications, by name.
    pub(super) fn read_all(reader: &mut Reader, environment: Environment) -> Vec<Self> {
        let mut apps: Vec<Self> = Vec::new();
        for name in reader.sections("apps") {
            let Some(name) = AppName::new(&name) else {
                reader.fault(format!(
                    "apps.{name} is no name of an application: write lower-case letters, digits and _, \
                     at most 32, and a letter first"
                ));
                reader.forget(&format!("apps.{name}"));
                continue;
            };
            let app = Self::read(reader, environment, name);
            for origin in &app.origins {
                if let Some(other) = apps.iter().find(|other| other.origins.contains(origin)) {
                    reader.fault(format!(
                        "apps.{} and apps.{} both have the origin {origin}: an origin belongs to one \
                         application",
                        other.name, app.name
                    ));
                }
            }
            if let Some(audience) = &app.audience
                && let Some(other) = apps.iter().find(|it| it.audience.as_ref() == Some(audience))
            {
                reader.fault(format!(
                    "apps.{} and apps.{} both have the audience {audience}: an audience belongs to one \
                     application",
                    other.name, app.name
                ));
            }
            apps.push(app);
        }
        apps
    }

    fn read(reader: &mut Reader, environment: Environment, name: AppName) -> Self {
        let key = |key: &str| format!("apps.{name}.{key}");
        let title = texts(reader, &key("title"), name.as_str(), 40);
        let all = reader.list(
            &key("origins"),
            "",
            "origins, such as https://shop.example, with commas between",
            PageOrigin::read,
        );
        let (mut origins, mut native_origins) = (Vec::new(), Vec::new());
        for origin in all {
            match origin {
                PageOrigin::Web(origin) => origins.push(origin),
                PageOrigin::Native(origin) => native_origins.push(origin),
            }
        }
        let return_to: Vec<ReturnAddress> = reader.list(
            &key("return_to"),
            "",
            "addresses, such as https://shop.example/welcome, with commas between",
            |text| text.parse().ok(),
        );
        for origin in origins.iter().filter(|origin| !origin.is_https()) {
            if environment.is_production() || !origin.is_loopback() {
                reader.fault_in(
                    &key("origins"),
                    format!(
                        "but {origin} must begin with https://; http:// is for loopback addresses in \
                         development"
                    ),
                );
            }
        }
        for address in return_to.iter().filter(|it| !origins.contains(it.origin())) {
            reader.fault_in(
                &key("return_to"),
                format!("but the origin of {address} is not in apps.{name}.origins"),
            );
        }
        let home =
            optional(reader, &key("home"), "an address, such as https://shop.example/", |text| {
                text.parse().ok()
            });
        if let Some(home) =
            home.as_ref().filter(|it: &&ReturnAddress| !origins.contains(it.origin()))
        {
            reader.fault_in(
                &key("home"),
                format!("but the origin of {home} is not in apps.{name}.origins"),
            );
        }
        let logo = logo(reader, &key("logo"));
        let audience = optional(
            reader,
            &key("audience"),
            "1 to 255 visible ASCII characters without quotes, such as shop",
            |text| is_audience(text).then(|| text.to_owned()),
        );
        let token_mobile = reader.flag(&key("token_mobile"), false);
        if token_mobile && audience.is_none() {
            reader.fault_in(
                &key("token_mobile"),
                format!("but apps.{name}.audience is not set, so there are no tokens for it"),
            );
        }
        Self { name, title, origins, native_origins, home, logo, return_to, audience, token_mobile }
    }

    /// What pages in `locale` call the application.
    pub fn title(&self, locale: Locale) -> &str {
        self.title.of(locale).map_or(self.name.as_str(), String::as_str)
    }

    /// Whether people may return to `address` after they sign in or out.
    pub fn accepts(&self, address: &ReturnAddress) -> bool {
        self.origins.contains(address.origin())
            && (self.return_to.is_empty() || self.return_to.contains(address))
    }
}

/// Whether a text can be an audience.
fn is_audience(text: &str) -> bool {
    (1..=255).contains(&text.len())
        && text.bytes().all(|it| it.is_ascii_graphic() && !matches!(it, b'"' | b'\\'))
}

/// An item of `origins`.
enum PageOrigin {
    Web(Origin),
    Native(NativeOrigin),
}

impl PageOrigin {
    fn read(text: &str) -> Option<Self> {
        let web = || text.parse().map(Self::Web);
        text.parse().map(Self::Native).or_else(|_| web()).ok()
    }
}

/// The picture in the file that `key` names.
fn logo(reader: &mut Reader, key: &str) -> Option<BrandImage> {
    let path = reader.optional(key)?;
    picture(Path::new(&path))
        .map_err(|fault| reader.fault_in(key, format!("but the file {fault}")))
        .ok()
}

/// Name of the table of an application: 1 to 32 lower-case letters, digits and `_`, a letter first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AppName(String);

impl AppName {
    fn new(text: &str) -> Option<Self> {
        super::sms::is_name(text).then(|| Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AppName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests;
