use maud::{Markup, html};
use time::OffsetDateTime;

use crate::{App, FormView, Page, form::Form, moment};

/// `/account`: the account at a glance, and the way to everything that can be done with it.
#[derive(Debug, Clone)]
pub struct AccountView<'a> {
    /// State of the form that signs out.
    pub form: FormView,
    /// Name of the user.
    pub name: &'a str,
    /// Masked number.
    pub mobile: Option<&'a str>,
    /// Whether the account has a password.
    pub has_password: bool,
    /// Time of registration.
    pub member_since: OffsetDateTime,
    /// Beginning of this session.
    pub signed_in_at: OffsetDateTime,
    /// Latest sign-in on any device.
    pub latest_sign_in: Option<OffsetDateTime>,
    /// Applications that use the service; those with a first page are linked.
    pub apps: &'a [App],
}

impl AccountView<'_> {
    /// The page.
    pub fn render(&self, page: &Page<'_>) -> Markup {
        let texts = &page.texts().account;
        let content = html! {
            section .card {
                p .quiet { (texts.signed_in_as) }
                h1 .who { (self.name) }
                (self.facts(page))
            }
            (self.apps(page))
            section .card {
                nav aria-label=(texts.more) {
                    ul .items role="list" {
                        @for (address, label) in [
                            ("/account/devices", &texts.devices),
                            ("/account/history", &texts.history),
                            ("/account/data", &texts.data),
                            ("/account/delete", &texts.delete),
                        ] {
                            li .item { a href=(address) { (label) } }
                        }
                    }
                }
                (Form::new(page, &self.form, "/sign-out").submit(&texts.sign_out, &texts.signing_out))
            }
        };
        page.wide("account", &texts.title, &content)
    }

    /// Links to the applications.
    fn apps(&self, page: &Page<'_>) -> Markup {
        let mut homes = self.apps.iter().filter_map(|app| Some((app, app.home.as_deref()?)));
        let texts = &page.texts().account;
        html! {
            @if let Some(first) = homes.next() {
                section .card {
                    nav aria-label=(texts.apps) {
                        h2 { (texts.apps) }
                        ul .items role="list" {
                            @for (app, home) in std::iter::once(first).chain(homes) {
                                li .item { a href=(home) { (app.logo()) (app.title(page)) } }
                            }
                        }
                    }
                }
            }
        }
    }

    fn facts(&self, page: &Page<'_>) -> Markup {
        let (texts, language) = (&page.texts().account, page.language);
        let password = if self.has_password { &texts.is_set } else { &texts.is_not_set };
        let set = if self.has_password { &texts.change } else { &texts.set };
        let mobile = self.mobile.unwrap_or(&texts.none);
        let latest = self.latest_sign_in.map(|at| moment::minute(at, language));
        let act = |address: &str, label: &str, what: &str| {
            html! { dd .act { a href=(address) { (label) span .spoken { " (" (what) ")" } } } }
        };
        html! {
            dl .facts {
                div {
                    dt { (texts.name) }
                    dd { (self.name) }
                    (act("/account/name", &texts.change, &texts.name))
                }
                div {
                    dt { (texts.mobile) }
                    dd { (mobile) }
                    (act("/account/number", &texts.change, &texts.mobile))
                }
                div {
                    dt { (texts.password) }
                    dd { (password) }
                    (act("/account/password", set, &texts.password))
                }
                div { dt { (texts.member_since) } dd { (moment::day(self.member_since, language)) } }
                div { dt { (texts.signed_in_here) } dd { (moment::minute(self.signed_in_at, language)) } }
                div {
                    dt { (texts.latest_sign_in) }
                    dd { @if let Some(latest) = latest { (latest) } @else { (texts.none) } }
                }
            }
        }
    }
}
