use maud::html;

use super::Form;
use crate::{Place, texts::fill_with};

impl Form<'_> {
    /// "Keep me signed in".
    pub(crate) fn remember(self, ticked: bool) -> Self {
        let label = &self.page.texts().form.remember;
        self.with(html! {
            label .check {
                input type="checkbox" name="remember" value="yes" checked[ticked];
                span { (label) }
            }
        })
    }

    /// The consent to the operator's terms, which are linked.
    pub(crate) fn consent(mut self, ticked: bool) -> Self {
        self.places.push(Place::Consent);
        let texts = &self.page.texts().form;
        let (brand, language) = (self.page.brand, self.page.language);
        let link = |href: &str, label: &str| html! { a href=(href) target="_blank" { (label) } };
        let terms = brand.terms.as_ref().map(|it| link(&it.href, &texts.consent_terms));
        let privacy = brand.privacy.as_ref().map(|it| link(&it.href, &texts.consent_privacy));
        let text = match (&terms, &privacy) {
            (Some(terms), Some(privacy)) => {
                fill_with(&texts.consent_both, &[("terms", terms), ("privacy", privacy)])
            }
            (Some(text), None) | (None, Some(text)) => {
                fill_with(&texts.consent_one, &[("text", text)])
            }
            (None, None) => html! { (brand.name(language)) },
        };
        // What the person consents to is the version that the page shows.
        let version = brand.terms_version.as_deref().unwrap_or_default();
        let error = self.view.at(Place::Consent).map(|refusal| self.told(refusal));
        let invalid = error.is_some().then_some("true");
        self.with(html! {
            div .field {
                label .check {
                    input #consent type="checkbox" name="consent" value=(version) required checked[ticked]
                        aria-describedby=[invalid.map(|_| "consent-error")] aria-invalid=[invalid];
                    span { (text) }
                }
                @if let Some(error) = error { p .error #consent-error { (error) } }
            }
        })
    }
}
