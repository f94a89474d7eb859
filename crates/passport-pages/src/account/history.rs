use maud::{Markup, html};
use time::OffsetDateTime;

use super::back;
use crate::{Happening, Page, moment};

/// `/account/history`: what has happened to the account.
#[derive(Debug, Clone)]
pub struct HistoryView<'a> {
    /// Events, the latest first.
    pub events: Vec<HistoryItem<'a>>,
    /// Whether these are not the latest ones.
    pub is_continued: bool,
    /// Address of the page with older events.
    pub older: Option<String>,
}

/// An event.
#[derive(Debug, Clone)]
pub struct HistoryItem<'a> {
    /// Time.
    pub at: OffsetDateTime,
    /// What happened.
    pub what: Happening,
    /// Whether it was refused.
    pub is_refused: bool,
    /// Who caused it.
    pub actor: HistoryActor,
    /// Address of the client.
    pub address: Option<&'a str>,
    /// Whether it happened in this session.
    pub is_here: bool,
}

/// Who caused an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryActor {
    /// The person.
    You,
    /// An operator of the service.
    Operator,
    /// The service.
    Service,
    /// A client that was not signed in.
    Unknown,
}

impl HistoryView<'_> {
    /// The page.
    pub fn render(&self, page: &Page<'_>) -> Markup {
        let texts = &page.texts().history;
        let content = html! {
            section .card {
                (back(page))
                h1 { (texts.title) }
                p .lead { (texts.lead) }
                @if self.events.is_empty() {
                    p .note { (texts.empty) }
                } @else {
                    table .table {
                        thead {
                            tr {
                                th scope="col" { (texts.when) }
                                th scope="col" { (texts.what) }
                                th scope="col" { (texts.who) }
                            }
                        }
                        tbody { @for event in &self.events { (event.render(page)) } }
                    }
                }
                nav .pages aria-label=(texts.pages) {
                    @if self.is_continued { a href="/account/history" { (texts.latest) } }
                    @if let Some(older) = &self.older { a href=(older) rel="next" { (texts.older) } }
                }
            }
        };
        page.wide("account-history", &texts.title, &content)
    }
}

impl HistoryItem<'_> {
    fn render(&self, page: &Page<'_>) -> Markup {
        let texts = &page.texts().history;
        let actor = match self.actor {
            HistoryActor::You => &texts.you,
            HistoryActor::Operator => &texts.operator,
            HistoryActor::Service => &texts.service,
            HistoryActor::Unknown => &texts.unknown,
        };
        html! {
            tr {
                td data-label=(texts.when) { (moment::minute(self.at, page.language)) }
                td data-label=(texts.what) { (self.what.text(page.language, self.is_refused)) }
                td data-label=(texts.who) {
                    (actor)
                    @if self.is_here { ", " (texts.here) }
                    @else if let Some(address) = self.address { ", " (address) }
                }
            }
        }
    }
}
