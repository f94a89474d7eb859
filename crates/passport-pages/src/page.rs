//! What surrounds every page: head, bar, footer.

use maud::{DOCTYPE, Markup, html};

use crate::{Assets, Brand, Destination, Language, Notice, texts::Texts};

/// What a page shows besides its own content.
#[derive(Debug, Clone)]
pub struct Page<'a> {
    /// Language.
    pub language: Language,
    /// The operator.
    pub brand: &'a Brand,
    /// Files to load.
    pub assets: &'a Assets,
    /// Token that each form sends back, equal to the one in the cookie.
    pub csrf_token: &'a str,
    /// Id of the attempt that a form of this page makes, so that a repeat is recognized.
    pub attempt: &'a str,
    /// Path and query of the page.
    pub here: &'a str,
    /// Masked number of the visitor, if signed in.
    pub signed_in_as: Option<&'a str>,
    /// Where the way in or out leads, if not to the account.
    pub destination: Option<Destination<'a>>,
    /// Outcome of the step before this one.
    pub notice: Option<Notice>,
    /// Address of the inbox of a service in development.
    pub inbox: Option<&'a str>,
}

impl Page<'_> {
    pub(crate) fn texts(&self) -> &'static Texts {
        self.language.texts()
    }

    /// A page with one card.
    pub(crate) fn render(&self, name: &str, title: &str, card: &Markup) -> Markup {
        self.document(name, title, &html! { section .card { (card) } })
    }

    /// A page with `content` as its main part.
    pub(crate) fn document(&self, name: &str, title: &str, content: &Markup) -> Markup {
        self.whole(name, title, "page", content, &html! {})
    }

    /// A page for lists, wider than those for forms.
    pub(crate) fn wide(&self, name: &str, title: &str, content: &Markup) -> Markup {
        self.whole(name, title, "page page-wide", content, &html! {})
    }

    /// A wide page that a browser without scripts loads again after `seconds`.
    pub(crate) fn refreshed(
        &self,
        name: &str,
        title: &str,
        content: &Markup,
        seconds: u8,
    ) -> Markup {
        let refresh = html! { noscript { meta http-equiv="refresh" content=(seconds); } };
        self.whole(name, title, "page page-wide", content, &refresh)
    }

    /// A page that a browser leaves at once for `href`.
    pub(crate) fn onward_to(
        &self,
        name: &str,
        title: &str,
        content: &Markup,
        href: &str,
    ) -> Markup {
        let refresh = html! { meta http-equiv="refresh" content={ "0; url=" (href) }; };
        self.whole(name, title, "page", content, &refresh)
    }

    fn whole(
        &self,
        name: &str,
        title: &str,
        class: &str,
        content: &Markup,
        head: &Markup,
    ) -> Markup {
        let brand = self.brand.name(self.language);
        html! {
            (DOCTYPE)
            html lang=(self.language.tag()) {
                (self.head(&format!("{title} · {brand}"), head))
                body data-page=(name) {
                    a .skip href="#main" { (self.texts().page.skip) }
                    (self.bar(brand))
                    main class=(class) #main tabindex="-1" {
                        @if let Some(notice) = self.notice { (notice.render(self.language)) }
                        (content)
                    }
                    (self.footer())
                    (self.failures())
                }
            }
        }
    }

    fn head(&self, title: &str, further: &Markup) -> Markup {
        html! {
            head {
                meta charset="utf-8";
                title { (title) }
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="theme-color" content="#f4f6f5" media="(prefers-color-scheme: light)";
                meta name="theme-color" content="#0e1413" media="(prefers-color-scheme: dark)";
                @match &self.brand.icon {
                    Some(icon) => link rel="icon" href=(icon);,
                    None => link rel="icon" href=(self.assets.icon) type="image/svg+xml";,
                }
                link rel="stylesheet" href=(self.assets.stylesheet);
                @if let Some(stylesheet) = &self.brand.stylesheet {
                    link rel="stylesheet" href=(stylesheet);
                }
                @for module in &self.assets.modules {
                    link rel="modulepreload" href=(module);
                }
                script type="module" src=(self.assets.script) {}
                (further)
            }
        }
    }

    fn bar(&self, name: &str) -> Markup {
        html! {
            header .bar {
                a .brand href="/" {
                    (self.logo())
                    span { (name) }
                }
            }
        }
    }

    fn logo(&self) -> Markup {
        let logo = self.brand.logo.as_deref().unwrap_or(&self.assets.icon);
        html! {
            picture {
                @if let Some(dark) = &self.brand.logo_dark {
                    source srcset=(dark) media="(prefers-color-scheme: dark)";
                }
                img src=(logo) width=(self.logo_width()) height="32" alt="";
            }
        }
    }

    /// Width of the logo when it is 32 high.
    fn logo_width(&self) -> u32 {
        let (width, height) = self.brand.logo_size.unwrap_or((1, 1));
        (32 * width).checked_div(height).map_or(32, |width| width.clamp(1, 256))
    }

    /// Address of this page in `language`.
    fn in_language(&self, language: Language) -> String {
        let separator = if self.here.contains('?') { '&' } else { '?' };
        format!("{}{separator}lang={}", self.here, language.tag())
    }

    fn footer(&self) -> Markup {
        let (brand, texts) = (self.brand, &self.texts().page);
        html! {
            footer .footer {
                nav .languages aria-label=(self.texts().page.languages) {
                    @for language in Language::ALL {
                        @if language == self.language {
                            span aria-current="true" lang=(language.tag()) { (language.name()) }
                        } @else {
                            a href=(self.in_language(language)) lang=(language.tag())
                                hreflang=(language.tag()) data-language { (language.name()) }
                        }
                    }
                }
                @if let Some(terms) = &brand.terms { a href=(terms.href) { (texts.terms) } }
                @if let Some(privacy) = &brand.privacy { a href=(privacy.href) { (texts.privacy) } }
                @if let Some(support) = &brand.support {
                    a href=(support) { (brand.support_text(self.language).unwrap_or(&texts.help)) }
                }
                @for filing in [&brand.filing, &brand.police_filing].into_iter().flatten() {
                    a href=(filing.href) rel="noreferrer" lang="zh-Hans" {
                        @if let Some(emblem) = &filing.emblem {
                            img src=(emblem) width="16" height="16" alt="";
                            " "
                        }
                        (filing.number)
                    }
                }
                @if let Some(inbox) = self.inbox {
                    p .small { (texts.development) " " a href=(inbox) target="_blank" { (texts.inbox) } }
                }
            }
        }
    }

    /// Texts of failures that only the browser sees.
    fn failures(&self) -> Markup {
        let texts = &self.texts().failure;
        html! {
            template #failures {
                p data-failure="network" { (texts.network) }
                p data-failure="timeout" { (texts.timeout) }
                p data-failure="server" { (texts.server) }
            }
        }
    }
}
