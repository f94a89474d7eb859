/// Addresses of the files that every page loads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assets {
    /// Stylesheet.
    pub stylesheet: String,
    /// Entry module of the scripts.
    pub script: String,
    /// Modules that the entry module imports, so that the browser loads them at once.
    pub modules: Vec<String>,
    /// Icon.
    pub icon: String,
}

/// Addresses without a version.
impl Default for Assets {
    fn default() -> Self {
        Self {
            stylesheet: "/static/passport.css".to_owned(),
            script: "/static/js/page.js".to_owned(),
            modules: Vec::new(),
            icon: "/static/favicon.svg".to_owned(),
        }
    }
}
