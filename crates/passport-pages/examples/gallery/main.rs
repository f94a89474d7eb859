//! Writes every page in every state and language to a folder, to look at and to check.
//!
//! ```console
//! $ cargo run -p passport-pages --example gallery -- target/gallery
//! ```

mod account;
mod entering;
mod information;

use std::{
    env,
    error::Error,
    fs, io,
    path::{Path, PathBuf},
};

use passport_pages::{Assets, Brand, Language, LegalText, Markup, Notice, Page};

/// A page in one state.
struct State {
    name: &'static str,
    notice: Option<Notice>,
    render: fn(&Page<'_>) -> Markup,
}

impl State {
    const fn new(name: &'static str, render: fn(&Page<'_>) -> Markup) -> Self {
        Self { name, notice: None, render }
    }

    const fn told(name: &'static str, notice: Notice, render: fn(&Page<'_>) -> Markup) -> Self {
        Self { name, notice: Some(notice), render }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::args().nth(1).ok_or("usage: gallery FOLDER")?);
    Ok(write(&folder)?)
}

/// Writes each state to `FOLDER/LANGUAGE/NAME.html`.
pub(crate) fn write(folder: &Path) -> io::Result<()> {
    let text = |path: &str| Some(LegalText { href: path.to_owned() });
    let brand = Brand {
        terms: text("/terms"),
        privacy: text("/privacy"),
        terms_version: Some("2026-11-29".to_owned()),
        support: Some("mailto:help@passport.test".to_owned()),
        ..Brand::default()
    };
    let assets = Assets::default();
    for language in Language::ALL {
        let folder = folder.join(language.tag());
        fs::create_dir_all(&folder)?;
        for State { name, notice, render } in
            [account::STATES, entering::STATES, information::STATES].into_iter().flatten()
        {
            let page = Page {
                language,
                brand: &brand,
                assets: &assets,
                csrf_token: "0f3a",
                attempt: "8e03978e-40d5-43dd-bc93-6894a57f9324",
                here: "/sign-in",
                signed_in_as: None,
                destination: None,
                notice: *notice,
                inbox: None,
            };
            fs::write(folder.join(format!("{name}.html")), render(&page).into_string())?;
        }
    }
    Ok(())
}
