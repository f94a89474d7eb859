#![doc = include_str!("../README.md")]

mod account;
mod assets;
mod brand;
mod destination;
mod entering;
mod form;
mod information;
mod language;
mod legal;
mod moment;
mod notice;
mod page;
mod phrase;
mod refusal;
mod texts;
mod wait;

pub use account::{
    confirm::{ConfirmProof, ConfirmView},
    data::DataView,
    delete::DeleteView,
    devices::{DeviceItem, DevicesView},
    happening::Happening,
    history::{HistoryActor, HistoryItem, HistoryView},
    name::NameView,
    number::ChangeNumberView,
    overview::AccountView,
    password::AccountPasswordView,
    sign_out::SignOutView,
};
pub use assets::Assets;
pub use brand::{Brand, Filing, LegalText};
pub use destination::{App, Destination, OnwardView};
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
pub use information::{
    inbox::{InboxItem, InboxTopic, InboxView},
    missing::MissingView,
    problem::ProblemView,
    trouble::TroubleView,
};
pub use language::Language;
pub use legal::{LegalKind, LegalView};
pub use maud::Markup;
pub use notice::Notice;
pub use page::Page;
pub use refusal::{Place, Refusal};
