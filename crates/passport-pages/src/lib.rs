#![doc = include_str!("../README.md")]

mod assets;
mod brand;
mod dates;
mod entering;
mod form;
mod language;
mod notice;
mod page;
mod refusal;
mod texts;
mod wait;

pub use assets::Assets;
pub use brand::{Brand, LegalText};
pub use entering::{
    Entry,
    code::CodeView,
    new_password::{NewPasswordView, PasswordStep},
    number::{NumberView, Sent},
    outcome::OutcomeView,
    restore::RestoreView,
    sign_in_password::SignInPasswordView,
};
pub use form::{Country, FormView, NumberInput, PasswordRules, Picture};
pub use language::Language;
pub use maud::Markup;
pub use notice::Notice;
pub use page::Page;
pub use refusal::{Place, Refusal};
