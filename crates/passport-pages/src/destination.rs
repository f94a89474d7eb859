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

/// The end of the way, in place of a redirect that a script could not follow: another origin.
#[derive(Debug, Clone, Copy)]
pub struct OnwardView;

impl OnwardView {
    /// The page.
    pub fn render(self, page: &Page<'_>) -> Markup {
        let texts = &page.texts().onward;
        let href = page.end_of_way();
        let title = page.destination.as_ref().map_or("", |it| it.app.title(page));
        let label = fill(&texts.go_on, &[("app", title)]);
        let content = html! {
            section .card {
                h1 { (texts.heading) }
                div .form { a .button .button-main href=(href) data-onward { (label) } }
            }
        };
        page.onward_to("onward", &texts.heading, &content, href)
    }
}
