//! What pages show of the operator: name, pictures, colours, legal texts, filings and help.

mod by_language;
mod colour;
mod folder;
mod image;
mod legal;
mod links;

use std::path::Path;

use passport_user::TermsVersion;

pub use by_language::ByLanguage;
pub use colour::{Accent, Colour};
pub use image::{BrandImage, ImageKind};
pub use legal::LegalText;
pub use links::Filing;

pub(super) use folder::picture;

use self::{
    by_language::language,
    colour::{DARK, LIGHT, Theme},
    folder::Folder,
    links::{line, page_address, support_address},
};
use super::{Environment, reader::Reader};

/// Settings of `[brand]`, with the files of `brand.folder`.
#[derive(Debug, Clone)]
pub struct BrandSettings {
    /// `brand.name`; never empty.
    pub name: ByLanguage<String>,
    /// `logo` of the folder.
    pub logo: Option<BrandImage>,
    /// `logo-dark` of the folder, for dark pages.
    pub logo_dark: Option<BrandImage>,
    /// `icon` of the folder, shown in tabs and bookmarks.
    pub icon: Option<BrandImage>,
    /// `brand.accent` with the colours that go with it; `None` for those of the style sheet.
    pub accent: Option<Accent>,
    /// `brand.accent_dark`, for dark pages; derived from `brand.accent` if that alone is set.
    pub accent_dark: Option<Accent>,
    /// `brand.terms_url`, or `terms` of the folder.
    pub terms: Option<Legal>,
    /// `brand.privacy_url`, or `privacy` of the folder.
    pub privacy: Option<Legal>,
    /// `brand.terms_version`: what is recorded of a consent.
    pub terms_version: Option<TermsVersion>,
    /// `brand.require_consent`: whether a new account needs a consent to that version.
    pub require_consent: bool,
    /// `brand.filing_number`, of an internet content provider in mainland China.
    pub filing: Option<Filing>,
    /// `brand.police_filing`, of the public security authorities there.
    pub police_filing: Option<Filing>,
    /// `police` of the folder: the emblem beside the number of the police filing.
    pub police_emblem: Option<BrandImage>,
    /// `brand.support_url`: where people get help.
    pub support_url: Option<String>,
    /// `brand.support_text`: words of the link to it.
    pub support_text: ByLanguage<String>,
}

/// A legal text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Legal {
    /// At an address of the operator.
    Url(String),
    /// In files, one for a language.
    Text(ByLanguage<LegalText>),
}

impl BrandSettings {
    pub(super) fn read(reader: &mut Reader, environment: Environment) -> Self {
        let name = texts(reader, "brand.name", "Passport", 40);
        let Folder { logo, logo_dark, icon, police, terms, privacy, .. } = folder(reader);
        if logo_dark.is_some() && logo.is_none() {
            reader.fault("brand.folder has logo-dark and no logo: add logo for light pages");
        }
        let (accent, accent_dark) = accents(reader);
        let brand = Self {
            name,
            logo,
            logo_dark,
            icon,
            accent,
            accent_dark,
            terms: legal(reader, "terms", terms),
            privacy: legal(reader, "privacy", privacy),
            terms_version: optional(
                reader,
                "brand.terms_version",
                "at most 32 letters, digits, dots, dashes and _, such as 2026-11-29",
                |text| text.parse().ok(),
            ),
            require_consent: reader.flag("brand.require_consent", false),
            filing: optional(
                reader,
                "brand.filing_number",
                "a number as 京ICP备12345678号-1",
                Filing::icp,
            ),
            police_filing: optional(
                reader,
                "brand.police_filing",
                "a number as 京公网安备11010502000001号",
                Filing::police,
            ),
            police_emblem: police,
            support_url: optional(
                reader,
                "brand.support_url",
                "an address that begins with https://, mailto:, tel: or /",
                support_address,
            ),
            support_text: texts(reader, "brand.support_text", "", 80),
        };
        brand.check(reader, environment);
        brand
    }

    fn check(&self, reader: &mut Reader, environment: Environment) {
        if self.terms.is_none() {
            if self.require_consent {
                reader.fault(
                    "brand.require_consent needs terms: set brand.terms_url, or put terms.md into \
                     brand.folder",
                );
            }
            if self.terms_version.is_some() {
                reader.fault_in(
                    "brand.terms_version",
                    "but there are no terms: set brand.terms_url, or put terms.md into brand.folder",
                );
            }
        } else if self.require_consent && self.terms_version.is_none() {
            reader.fault(
                "brand.require_consent needs brand.terms_version, which is recorded with each consent: \
                 set it to the date of the terms, such as 2026-11-29",
            );
        }
        if self.support_url.is_none() && !self.support_text.is_empty() {
            reader.fault("brand.support_text needs brand.support_url, to which it links");
        }
        if self.police_emblem.is_some() && self.police_filing.is_none() {
            reader.fault(
                "brand.folder has police, the emblem of brand.police_filing, which is not set",
            );
        }
        if environment.is_production() && self.terms.is_some() && self.terms_version.is_none() {
            reader.warn(
                "brand.terms_version",
                "so consents to the terms are not recorded: set it to the date of the terms, such as \
                 2026-11-29",
            );
        }
    }
}

/// The files of `brand.folder`. Faults are recorded.
fn folder(reader: &mut Reader) -> Folder {
    let Some(path) = reader.optional("brand.folder") else { return Folder::default() };
    let folder = Folder::read(Path::new(&path)).unwrap_or_else(|fault| {
        reader.fault_in("brand.folder", format!("but the folder {fault}"));
        Folder::default()
    });
    for fault in &folder.faults {
        reader.fault(format!("brand.folder: {fault}"));
    }
    if !folder.unused.is_empty() {
        let names = folder.unused.join(", ");
        let known = folder::KNOWN;
        reader.warn("brand.folder", format!("whose {names} are not used; the names are {known}"));
    }
    folder
}

/// The accents of light and of dark pages.
fn accents(reader: &mut Reader) -> (Option<Accent>, Option<Accent>) {
    let mut read = |key, theme: Theme| {
        let colour: Option<Colour> =
            optional(reader, key, "a colour of 6 hexadecimal digits, such as #0f6b63", |text| {
                text.parse().ok()
            });
        let accent = colour.map(|colour| (colour, theme.accent(colour)));
        match accent {
            Some((_, Err(unreadable))) => {
                reader.fault_in(key, unreadable);
                None
            }
            Some((colour, Ok(accent))) => Some((colour, accent)),
            None => None,
        }
    };
    let light = read("brand.accent", LIGHT);
    let dark = read("brand.accent_dark", DARK).map(|(_, accent)| accent);
    let derived = || light.and_then(|(colour, _)| DARK.accent(DARK.nearest(colour)).ok());
    (light.map(|(_, accent)| accent), dark.or_else(derived))
}

/// `brand.<what>_url`, or else the files of that name.
fn legal(reader: &mut Reader, what: &str, texts: ByLanguage<LegalText>) -> Option<Legal> {
    let key = format!("brand.{what}_url");
    let url = optional(reader, &key, "an address that begins with https:// or /", page_address);
    if url.as_deref() == Some(format!("/{what}").as_str()) {
        reader.fault_in(&key, format!("where {what} of brand.folder is shown: unset the key"));
    }
    match (url, texts.is_empty()) {
        (Some(_), false) => {
            reader.fault_in(&key, format!("and brand.folder has {what} too: remove one"));
            None
        }
        (Some(url), true) => Some(Legal::Url(url)),
        (None, false) => Some(Legal::Text(texts)),
        (None, true) => None,
    }
}

/// One text for all languages, or a table of texts by language.
pub(super) fn texts(
    reader: &mut Reader,
    key: &str,
    default: &str,
    most: usize,
) -> ByLanguage<String> {
    let mut texts = ByLanguage::default();
    let allowed = format!("a line of 1 to {most} characters");
    for (tag, text) in reader.table(key) {
        let key = format!("{key}.{tag}");
        let Some(locale) = language(&tag) else {
            reader.fault(format!("{key} is no language: write zh-Hans, zh-Hant or en"));
            continue;
        };
        match line(&text, most) {
            Some(text) => {
                if texts.set(Some(locale), text).is_some() {
                    reader.fault_in(&key, "but the language is given twice");
                }
            }
            None => reader.fault_in(&key, format!("but must be {allowed}")),
        }
    }
    let default = if texts.is_empty() { default } else { "" };
    let text = reader.read(key, default, &allowed, |text| match text {
        "" if default.is_empty() => Some(None),
        text => line(text, most).map(Some),
    });
    if let Some(text) = text {
        texts.set(None, text);
    }
    texts
}

/// A value that may be missing. One that does not parse becomes a fault.
pub(super) fn optional<T>(
    reader: &mut Reader,
    key: &str,
    allowed: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    reader.read(key, "", allowed, |text| match text {
        "" => Some(None),
        text => parse(text).map(Some),
    })
}

#[cfg(test)]
mod tests;
