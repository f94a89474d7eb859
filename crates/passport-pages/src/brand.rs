use crate::Language;

/// What the operator shows of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Brand {
    /// Name by language, in the order of [`Language::ALL`]; "Passport" if unset.
    pub name: Option<[String; 3]>,
    /// Address of the logo.
    pub logo: Option<String>,
    /// Address of the logo for dark pages; the other one if unset.
    pub logo_dark: Option<String>,
    /// Width and height of the logo, so that its place is kept until it is loaded.
    pub logo_size: Option<(u32, u32)>,
    /// Address of the icon in tabs and bookmarks.
    pub icon: Option<String>,
    /// Address of a stylesheet with the operator's colours.
    pub stylesheet: Option<String>,
    /// Terms of service.
    pub terms: Option<LegalText>,
    /// Privacy policy.
    pub privacy: Option<LegalText>,
    /// Version of the terms, which a consent names.
    pub terms_version: Option<String>,
    /// Whether a new account needs the consent of its owner, as a box to tick.
    pub require_consent: bool,
    /// Filing number of a site in mainland China (ICP 备案).
    pub filing: Option<Filing>,
    /// Filing number with the police (公安备案).
    pub police_filing: Option<Filing>,
    /// Address of help: a page or `mailto:`.
    pub support: Option<String>,
    /// Words of the link to help by language, as for the name.
    pub support_text: Option<[String; 3]>,
}

/// A filing number of a site in mainland China.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filing {
    /// Number as it is shown.
    pub number: String,
    /// Address of the register.
    pub href: String,
    /// Address of the emblem beside the number.
    pub emblem: Option<String>,
}

/// A text that an account is subject to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegalText {
    /// Address.
    pub href: String,
}

impl Brand {
    /// Words of the link to help, if they are the operator's own.
    pub(crate) fn support_text(&self, language: Language) -> Option<&str> {
        self.support_text.as_ref().map(|texts| texts[language.index()].as_str())
    }

    /// The name in `language`.
    pub fn name(&self, language: Language) -> &str {
        self.name.as_ref().map_or("Passport", |names| &names[language.index()])
    }
}
