use maud::{Markup, html};

use crate::{Page, texts::fill};

/// Where a person goes after the way in or out, if an application has sent them.
#[derive(Debug, Clone, Copy)]
pub struct Destination<'a> {
    /// The address.
    pub href: &'a str,
    /// Parameter by which the addresses of pages carry it.
    pub query: &'a str,
    /// The application.
    pub app: &'a App,
}

/// An application that uses the service, as pages show it.
#[derive(Debug, Clone, Default)]
pub struct App {
    /// Name in each language, in the order of [`Language::ALL`](crate::Language::ALL).
    pub title: [String; 3],
    /// Address of the logo, and its width and height.
    pub logo: Option<(String, Option<(u32, u32)>)>,
    /// Address of its first page.
    pub home: Option<String>,
}

impl App {
    pub(crate) fn title(&self, page: &Page<'_>) -> &str {
        &self.title[page.language.index()]
    }

    /// The logo, 24 pixels high.
    pub(crate) fn logo(&self) -> Markup {
        html! {
            @if let Some((src, size)) = &self.logo {
                img src=(src) width=(width(*size)) height="24" alt="";
                " "
            }
        }
    }
}

/// Width of a logo that is 24 high.
fn width(size: Option<(u32, u32)>) -> u64 {
    let (width, height) = size.unwrap_or((1, 1));
    let width = (24 * u64::from(width)).checked_div(height.into()).unwrap_or(24);
    width.clamp(1, 192)
}

impl Page<'_> {
    /// Address of another page on the way in or out, which may have a query.
    pub(crate) fn way(&self, path: &str) -> String {
        let Some(destination) = &self.destination else { return path.to_owned() };
        let separator = if path.contains('?') { '&' } else { '?' };
        format!("{path}{separator}{}", destination.query)
    }

    /// Where the way in leads.
    pub(crate) fn end_of_way(&self) -> &str {
        self.destination.as_ref().map_or("/account", |destination| destination.href)
    }

    /// Names the application to which the way leads.
    pub(crate) fn onward(&self) -> Markup {
        html! {
            @if let Some(Destination { app, .. }) = &self.destination {
                p .onward {
                    (app.logo())
                    (fill(&self.texts().onward.to_app, &[("app", app.title(self))]))
                }
            }
        }
    }
}

/// The end of the way as a page, where the browser does not leave at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnwardView {
    /// In place of a redirect to another origin, which a script could not follow.
    Arrived,
    /// The application sends a person here again and again who is signed in.
    SentBack,
}

impl OnwardView {
    /// The page.
    pub fn render(self, page: &Page<'_>) -> Markup {
        let texts = &page.texts().onward;
        let href = page.end_of_way();
        let title = page.destination.as_ref().map_or("", |it| it.app.title(page));
        let named = |text: &str| fill(text, &[("app", title)]);
        let is_astray = self == Self::SentBack;
        let heading = if is_astray { &texts.heading_back } else { &texts.heading };
        let card = html! {
            h1 { (heading) }
            @if is_astray { p .lead role="alert" { (named(&texts.sent_back)) } }
            div .form {
                a .button .button-main href=(href) data-onward[!is_astray] { (named(&texts.go_on)) }
            }
            @if is_astray { p .other-way { a href="/account" { (page.texts().account.title) } } }
        };
        if is_astray {
            page.render("sent-back", heading, &card)
        } else {
            page.onward_to("onward", heading, &html! { section .card { (card) } }, href)
        }
    }
}
