#![doc = include_str!("../README.md")]

mod assets;
mod brand;
mod entering;
mod form;
mod language;
mod page;
mod refusal;
mod texts;
mod wait;

pub use assets::Assets;
pub use brand::{Brand, LegalText};
pub use entering::{
    code::{CodeStep, CodeView},
    sign_in::SignInView,
    sign_in_password::SignInPasswordView,
};
pub use form::{Country, FormView, NumberInput, Picture};
pub use language::Language;
pub use maud::Markup;
pub use page::{Notice, Page};
pub use refusal::{Place, Refusal};
