use maud::{Markup, html};
use time::OffsetDateTime;

use super::back;
use crate::{FormView, Page, form::Form, moment, phrase::phrase, texts::fill};

/// `/account/devices`: where the person is signed in.
#[derive(Debug, Clone)]
pub struct DevicesView<'a> {
    /// State of the forms.
    pub form: FormView,
    /// Devices, the latest first.
    pub devices: Vec<DeviceItem<'a>>,
}

/// A device on which the person is signed in.
#[derive(Debug, Clone)]
pub struct DeviceItem<'a> {
    /// Id of the session.
    pub id: String,
    /// Name of the browser, empty if not known.
    pub browser: &'a str,
    /// Name of the operating system, empty if not known.
    pub system: &'a str,
    /// Whether an application signed in instead of a browser.
    pub is_app: bool,
    /// Network of the client.
    pub address: String,
    /// Beginning of the session.
    pub since: OffsetDateTime,
    /// Latest use.
    pub last_seen: OffsetDateTime,
    /// Whether this is the device that asks.
    pub is_current: bool,
}

const PATH: &str = "/account/devices";

impl DevicesView<'_> {
    /// The page.
    pub fn render(&self, page: &Page<'_>) -> Markup {
        let texts = &page.texts().devices;
        let content = html! {
            section .card {
                (back(page))
                h1 { (texts.title) }
                p .lead { (texts.lead) }
                form .form method="post" action=(PATH) {
                    (Form::hidden(page))
                    (Form::refused(page, &self.form))
                    ul .items role="list" {
                        @for device in &self.devices { (device.render(page)) }
                    }
                }
            }
            @if self.devices.len() > 1 {
                section .card {
                    h2 { (texts.others_heading) }
                    p .lead { (texts.others_lead) }
                    (Form::new(page, &FormView::default(), PATH)
                        .with(html! { input type="hidden" name="act" value="end-others"; })
                        .submit_danger(&texts.end_others, &texts.ending))
                }
            }
        };
        page.wide("account-devices", &texts.title, &content)
    }
}

impl DeviceItem<'_> {
    fn render(&self, page: &Page<'_>) -> Markup {
        let (texts, language) = (&page.texts().devices, page.language);
        let name = match (self.browser, self.system) {
            ("", "") if self.is_app => texts.app.clone(),
            ("", "") => texts.unknown.clone(),
            (one, "") | ("", one) => one.to_owned(),
            (browser, system) => fill(&texts.name, &[("browser", browser), ("system", system)]),
        };
        let since = moment::minute(self.since, language);
        let last_seen = moment::minute(self.last_seen, language);
        html! {
            li .item {
                div {
                    p .item-name {
                        (name) " "
                        @if self.is_current { span .badge { (texts.current) } }
                    }
                    p .quiet .small {
                        (phrase(&texts.times, &[("since", &since), ("seen", &last_seen)]))
                        @if !self.address.is_empty() { " · " (self.address) }
                    }
                }
                @if !self.is_current {
                    button .button type="submit" name="end" value=(self.id) data-busy=(texts.ending) {
                        (texts.end) span .spoken { " (" (name) ")" }
                    }
                }
            }
        }
    }
}
