//! Writes every page in every state and language to a folder, to look at and to check.
//!
//! ```console
//! $ cargo run -p passport-pages --example gallery -- target/gallery
//! ```

use std::{
    env,
    error::Error,
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use passport_pages::{
    Assets, Brand, CodeStep, CodeView, Country, FormView, Language, Markup, NumberInput, Page,
    Picture, Refusal, SignInPasswordView, SignInView,
};

/// A page in one state.
struct State {
    name: &'static str,
    render: fn(&Page<'_>) -> Markup,
}

const STATES: &[State] = &[
    State { name: "sign-in", render: |page| sign_in(None).render(page) },
    State {
        name: "sign-in-picture-wrong",
        render: |page| sign_in(Some(Refusal::PictureWrong)).render(page),
    },
    State {
        name: "sign-in-limit",
        render: |page| sign_in(Some(Refusal::SendLimit(Duration::from_mins(42)))).render(page),
    },
    State {
        name: "sign-in-password",
        render: |page| sign_in_password(FormView::default()).render(page),
    },
    State {
        name: "sign-in-password-wrong",
        render: |page| sign_in_password(FormView::refused(Refusal::CredentialsWrong)).render(page),
    },
    State { name: "sign-in-code", render: |page| code(None).render(page) },
    State {
        name: "sign-in-code-wrong",
        render: |page| code(Some(Refusal::CodeWrong { tries_left: 3 })).render(page),
    },
];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::args().nth(1).ok_or("usage: gallery FOLDER")?);
    Ok(write(&folder)?)
}

/// Writes each state to `FOLDER/LANGUAGE/NAME.html`.
pub(crate) fn write(folder: &Path) -> io::Result<()> {
    let (brand, assets) = (Brand::default(), Assets::default());
    for language in Language::ALL {
        let folder = folder.join(language.tag());
        fs::create_dir_all(&folder)?;
        for State { name, render } in STATES {
            let page = Page {
                language,
                brand: &brand,
                assets: &assets,
                csrf_token: "0f3a",
                attempt: "8e03978e-40d5-43dd-bc93-6894a57f9324",
                here: "/sign-in",
                signed_in_as: None,
                notice: None,
                inbox: None,
            };
            fs::write(folder.join(format!("{name}.html")), render(&page).into_string())?;
        }
    }
    Ok(())
}

fn number() -> NumberInput {
    let country = |code: &str, name: &str, calling_code: &str, example: &str| Country {
        code: code.to_owned(),
        name: name.to_owned(),
        calling_code: calling_code.to_owned(),
        example: example.to_owned(),
    };
    NumberInput {
        typed: "13800138000".to_owned(),
        countries: vec![
            country("CN", "China", "86", "131 2345 6789"),
            country("HK", "Hong Kong", "852", "5123 4567"),
        ],
        chosen: "CN".to_owned(),
    }
}

fn sign_in(refusal: Option<Refusal>) -> SignInView {
    SignInView {
        form: FormView { refusal },
        number: number(),
        picture: Picture { id: "A".repeat(48), length: 5, typed: String::new() },
        remember: false,
        sign_up_is_open: true,
    }
}

fn sign_in_password(form: FormView) -> SignInPasswordView {
    SignInPasswordView { form, number: number(), remember: true, sign_up_is_open: true }
}

fn code(refusal: Option<Refusal>) -> CodeView<'static> {
    CodeView {
        form: FormView { refusal },
        step: CodeStep::SignIn,
        action: "/sign-in/code?f=abcdefgh",
        back: "/sign-in?f=abcdefgh",
        mobile: "138****8000",
        is_sent: true,
        length: 6,
        expires_in: Duration::from_mins(5),
        resend_in: Duration::from_secs(47),
    }
}
