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
    /// Address of a stylesheet with the operator's colours.
    pub stylesheet: Option<String>,
    /// Terms of service.
    pub terms: Option<LegalText>,
    /// Privacy policy.
    pub privacy: Option<LegalText>,
    /// Whether a new account needs the consent of its owner, as a box to tick.
    pub require_consent: bool,
    /// Filing number of a site in mainland China (ICP 备案).
    pub filing_number: Option<String>,
    /// Filing number with the police (公安备案).
    pub police_filing: Option<String>,
    /// Address of help: a page or `mailto:`.
    pub support: Option<String>,
}

/// A text that an account is subject to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegalText {
    /// Address.
    pub href: String,
}

impl Brand {
    /// The name in `language`.
    pub fn name(&self, language: Language) -> &str {
        self.name.as_ref().map_or("Passport", |names| &names[language.index()])
    }
}
