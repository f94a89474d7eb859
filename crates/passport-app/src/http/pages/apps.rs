//! The applications as pages show them.

use passport_pages::{App, Language};

use super::{brand_files::BrandFiles, language::locale};
use crate::settings::{AppName, AppSettings};

/// The applications, in the order of their names.
#[derive(Debug, Clone, Default)]
pub(super) struct ShownApps {
    names: Vec<AppName>,
    apps: Vec<App>,
}

impl ShownApps {
    /// Adds the logos to `files`.
    pub(super) fn new(settings: &[AppSettings], files: &mut BrandFiles) -> Self {
        let shown = |app: &AppSettings| App {
            title: Language::ALL.map(|language| app.title(locale(language)).to_owned()),
            logo: app.logo.as_ref().map(|logo| (files.add_image(logo), logo.size())),
            home: app.home.as_ref().map(ToString::to_string),
        };
        Self {
            names: settings.iter().map(|app| app.name.clone()).collect(),
            apps: settings.iter().map(shown).collect(),
        }
    }

    pub(super) fn get(&self, name: &AppName) -> Option<&App> {
        let at = self.names.iter().position(|it| it == name)?;
        self.apps.get(at)
    }

    pub(super) fn all(&self) -> &[App] {
        &self.apps
    }
}
