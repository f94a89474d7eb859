//! Pages of the account.

pub(crate) mod confirm;
pub(crate) mod data;
pub(crate) mod delete;
pub(crate) mod devices;
pub(crate) mod happening;
pub(crate) mod history;
pub(crate) mod name;
pub(crate) mod number;
pub(crate) mod overview;
pub(crate) mod password;
pub(crate) mod sign_out;

use maud::{Markup, html};

use crate::Page;

/// The link to the account, at the top of its other pages.
fn back(page: &Page<'_>) -> Markup {
    html! { p .back { a href="/account" { (page.texts().account.back) } } }
}
