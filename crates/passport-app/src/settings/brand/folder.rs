//! Files of the brand, read once at the start.

use std::{fs, io::Read, path::Path};

use super::{
    by_language::{ByLanguage, language},
    image::{self, BrandImage, ImageKind},
    legal::{self, LegalFormat, LegalText},
};

/// What the names of files may be.
pub(super) const KNOWN: &str = "logo, logo-dark, icon and police with .svg, .png or .webp, and terms and privacy \
    with .txt or .md, or with .zh-Hans, .zh-Hant or .en before it";

/// Content of the folder.
#[derive(Debug, Default)]
pub(super) struct Folder {
    pub(super) logo: Option<BrandImage>,
    pub(super) logo_dark: Option<BrandImage>,
    pub(super) icon: Option<BrandImage>,
    pub(super) police: Option<BrandImage>,
    pub(super) terms: ByLanguage<LegalText>,
    pub(super) privacy: ByLanguage<LegalText>,
    /// What is wrong with a file.
    pub(super) faults: Vec<String>,
    /// Names of files that are not used.
    pub(super) unused: Vec<String>,
}

impl Folder {
    /// Reads the files at `path`. The error says why there is no folder.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let entries = fs::read_dir(path).map_err(|error| format!("cannot be read: {error}"))?;
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| format!("cannot be read: {error}"))?;
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        let mut folder = Self::default();
        // Hidden files and copies are those of editors and file managers.
        let is_meant = |name: &&String| !name.starts_with('.') && !name.ends_with('~');
        for name in names.iter().filter(is_meant) {
            if let Err(fault) = folder.add(path, name) {
                folder.faults.push(format!("{} {fault}", path.join(name).display()));
            }
        }
        Ok(folder)
    }

    fn add(&mut self, folder: &Path, name: &str) -> Result<(), String> {
        let (stem, extension) = name.split_once('.').unwrap_or((name, ""));
        let place = match stem {
            "logo" => &mut self.logo,
            "logo-dark" => &mut self.logo_dark,
            "icon" => &mut self.icon,
            "police" => &mut self.police,
            "terms" => return add_legal(&mut self.terms, folder, name, extension),
            "privacy" => return add_legal(&mut self.privacy, folder, name, extension),
            _ => {
                self.unused.push(name.to_owned());
                return Ok(());
            }
        };
        check_extension(extension)?;
        if let Some(other) = place {
            let other = other.kind().extension();
            return Err(format!("and {stem}.{other} are both there: remove one"));
        }
        *place = Some(picture(&folder.join(name))?);
        Ok(())
    }
}

/// The picture in the file at `path`. The error says what is wrong with the file.
pub(in crate::settings) fn picture(path: &Path) -> Result<BrandImage, String> {
    let extension = path.extension().and_then(|it| it.to_str()).unwrap_or_default();
    check_extension(extension)?;
    BrandImage::read(extension, read(path, image::MOST_BYTES)?)
}

fn check_extension(extension: &str) -> Result<(), String> {
    if ImageKind::ALL.iter().any(|kind| kind.extension() == extension) {
        return Ok(());
    }
    Err("is no picture that is served: use .svg, .png or .webp".to_owned())
}

fn add_legal(
    texts: &mut ByLanguage<LegalText>,
    folder: &Path,
    name: &str,
    extensions: &str,
) -> Result<(), String> {
    let (tag, extension) = match extensions.rsplit_once('.') {
        Some((tag, extension)) => (Some(tag), extension),
        None => (None, extensions),
    };
    let format = LegalFormat::of_extension(extension).ok_or(
        "is no text that is served: write .txt (paragraphs) or .md (also headings, lists, strong words \
         and links); HTML is not served",
    )?;
    let locale = match tag {
        Some(tag) => Some(language(tag).ok_or("names no language: write zh-Hans, zh-Hant or en")?),
        None => None,
    };
    let text = LegalText::read(format, read(&folder.join(name), legal::MOST_BYTES)?)?;
    match texts.set(locale, text) {
        Some(_) => Err("and another file are in the same language: remove one".to_owned()),
        None => Ok(()),
    }
}

/// At most one byte more than `most`.
fn read(path: &Path, most: usize) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    fs::File::open(path)
        .and_then(|file| file.take(limit).read_to_end(&mut bytes))
        .map_err(|error| format!("cannot be read: {error}"))?;
    Ok(bytes)
}
