//! What pages show of the operator, and the files that belong to it.

use std::collections::HashMap;

use actix_web::web;
use passport_pages::{Brand, Filing, Language, LegalText};
use sha2::{Digest, Sha256};

use super::language::locale;
use crate::settings::{Accent, BrandImage, BrandSettings, ByLanguage, ImageKind, Legal};

/// Files of the brand, by the names under which they are served.
#[derive(Debug, Clone, Default)]
pub(super) struct BrandFiles(HashMap<String, BrandFile>);

#[derive(Debug, Clone)]
pub(super) struct BrandFile {
    pub(super) media_type: &'static str,
    /// Whether a browser that opens the file by itself shows a document.
    pub(super) is_document: bool,
    pub(super) content: web::Bytes,
}

impl BrandFiles {
    /// Adds a file; returns its address, which has a digest of the content.
    fn add(&mut self, extension: &str, file: BrandFile) -> String {
        let digest = hex::encode(&Sha256::digest(&file.content)[..8]);
        let name = format!("{digest}.{extension}");
        let address = format!("/brand/{name}");
        self.0.insert(name, file);
        address
    }

    pub(super) fn get(&self, name: &str) -> Option<&BrandFile> {
        self.0.get(name)
    }

    pub(super) fn add_image(&mut self, image: &BrandImage) -> String {
        let kind = image.kind();
        let content = web::Bytes::from_owner(std::sync::Arc::clone(image.bytes()));
        let is_document = kind == ImageKind::Svg;
        let file = BrandFile { media_type: kind.media_type(), is_document, content };
        self.add(kind.extension(), file)
    }
}

/// What views show of the brand, and the files that they refer to.
pub(super) fn of(settings: &BrandSettings) -> (Brand, BrandFiles) {
    let mut files = BrandFiles::default();
    let mut image = |image: &Option<BrandImage>| image.as_ref().map(|it| files.add_image(it));
    let (logo, logo_dark) = (image(&settings.logo), image(&settings.logo_dark));
    let (icon, emblem) = (image(&settings.icon), image(&settings.police_emblem));
    let filing = |filing: &crate::settings::Filing, emblem| Filing {
        number: filing.number.clone(),
        href: filing.url.clone(),
        emblem,
    };
    let stylesheet = stylesheet(settings).map(|text| {
        let media_type = "text/css; charset=utf-8";
        files.add("css", BrandFile { media_type, is_document: false, content: text.into() })
    });
    let brand = Brand {
        name: by_language(&settings.name),
        logo,
        logo_dark,
        logo_size: settings.logo.as_ref().and_then(BrandImage::size),
        icon,
        stylesheet,
        terms: href(settings.terms.as_ref(), "/terms"),
        privacy: href(settings.privacy.as_ref(), "/privacy"),
        terms_version: settings.terms_version.as_ref().map(ToString::to_string),
        require_consent: settings.require_consent,
        filing: settings.filing.as_ref().map(|it| filing(it, None)),
        police_filing: settings.police_filing.as_ref().map(|it| filing(it, emblem)),
        support: settings.support_url.clone(),
        support_text: by_language(&settings.support_text),
    };
    (brand, files)
}

fn by_language(texts: &ByLanguage<String>) -> Option<[String; 3]> {
    let [a, b, c] = Language::ALL.map(|language| texts.of(locale(language)).cloned());
    Some([a?, b?, c?])
}

fn href(legal: Option<&Legal>, own: &str) -> Option<LegalText> {
    let href = match legal? {
        Legal::Url(url) => url.clone(),
        Legal::Text(_) => own.to_owned(),
    };
    Some(LegalText { href })
}

/// The colours of the brand over those of the style sheet.
fn stylesheet(settings: &BrandSettings) -> Option<String> {
    let rule = |accent: &Accent| {
        let Accent { accent, on_accent } = accent;
        format!(":root {{ --accent: {accent}; --on-accent: {on_accent}; }}\n")
    };
    let dark =
        |accent: &Accent| format!("@media (prefers-color-scheme: dark) {{\n{}}}\n", rule(accent));
    let light = settings.accent.as_ref().map(rule);
    let dark = settings.accent_dark.as_ref().map(dark);
    (light.is_some() || dark.is_some())
        .then(|| light.unwrap_or_default() + &dark.unwrap_or_default())
}
