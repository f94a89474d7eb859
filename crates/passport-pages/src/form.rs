//! Parts of forms.

mod consent;
mod password;

use maud::{Markup, Render, html};

pub use password::PasswordRules;

use crate::{Page, Place, Refusal, texts::fill};

/// State of a form that was sent and refused, or is new.
#[derive(Debug, Clone, Default)]
pub struct FormView {
    /// Why it was refused.
    pub refusal: Option<Refusal>,
}

/// What a person has typed as a number.
#[derive(Debug, Clone, Default)]
pub struct NumberInput {
    /// The text as typed.
    pub typed: String,
    /// Countries to choose from, the default first. Without a choice if there is one only.
    pub countries: Vec<Country>,
    /// ISO code of the chosen country.
    pub chosen: String,
}

/// A country whose numbers may sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Country {
    /// ISO 3166-1 alpha-2 code.
    pub code: String,
    /// Name in the language of the page.
    pub name: String,
    /// Calling code, without the plus sign.
    pub calling_code: String,
    /// A national number as an example.
    pub example: String,
}

/// A challenge to answer.
#[derive(Debug, Clone, Default)]
pub struct Picture {
    /// Id of the challenge.
    pub id: String,
    /// Number of characters.
    pub length: usize,
    /// Width and height in CSS pixels.
    pub size: (u32, u32),
    /// What was typed and can be sent again.
    pub typed: String,
}

impl FormView {
    /// A form that was refused.
    pub fn refused(refusal: Refusal) -> Self {
        Self { refusal: Some(refusal) }
    }

    fn at(&self, place: Place) -> Option<&Refusal> {
        self.refusal.as_ref().filter(|refusal| refusal.place() == place)
    }
}

/// A form under construction. Refusals without a field of their own are shown above the button.
pub(crate) struct Form<'a> {
    page: &'a Page<'a>,
    view: &'a FormView,
    action: &'a str,
    /// Whether a field has the focus when the page appears.
    has_focus: bool,
    /// Whether scripts must leave the form to the browser.
    is_plain: bool,
    places: Vec<Place>,
    parts: Vec<Markup>,
}

/// A text field.
pub(crate) struct Field<'a> {
    pub(crate) id: &'a str,
    pub(crate) place: Place,
    pub(crate) label: &'a str,
    pub(crate) hint: Option<String>,
    /// The element and its neighbours, made with the ids that describe it.
    pub(crate) input: &'a dyn Fn(&Described) -> Markup,
}

/// Attributes by which an input refers to its texts.
pub(crate) struct Described {
    pub(crate) by: Option<String>,
    pub(crate) invalid: Option<&'static str>,
}

impl<'a> Form<'a> {
    pub(crate) fn new(page: &'a Page<'a>, view: &'a FormView, action: &'a str) -> Self {
        // A refused form has the focus at the field that was refused.
        let has_focus = view.refusal.is_some();
        Self {
            page,
            view,
            action,
            has_focus,
            is_plain: false,
            places: Vec::new(),
            parts: Vec::new(),
        }
    }

    /// The same form, which the browser sends without a script: its answer is a file.
    pub(crate) fn plain(self) -> Self {
        Self { is_plain: true, ..self }
    }

    /// What every form carries.
    pub(crate) fn hidden(page: &Page<'_>) -> Markup {
        html! {
            input type="hidden" name="csrf_token" value=(page.csrf_token);
            input type="hidden" name="attempt" value=(page.attempt);
        }
    }

    /// Why a form without fields was refused.
    pub(crate) fn refused(page: &Page<'_>, view: &FormView) -> Markup {
        html! {
            p .error .error-form role="alert" data-form-error {
                @if let Some(refusal) = &view.refusal { (refusal.text(page.language)) }
            }
        }
    }

    /// Adds any content.
    pub(crate) fn with(mut self, part: impl Render) -> Self {
        self.parts.push(part.render());
        self
    }

    /// Adds a field with its label, hint and error.
    pub(crate) fn field(mut self, field: &Field<'_>) -> Self {
        let Field { id, place, label, hint, input } = field;
        self.places.push(*place);
        let error = self.view.at(*place).map(|refusal| self.told(refusal));
        let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
        let described = Described {
            by: match (&error, hint) {
                (Some(_), Some(_)) => Some(format!("{error_id} {hint_id}")),
                (Some(_), None) => Some(error_id.clone()),
                (None, Some(_)) => Some(hint_id.clone()),
                (None, None) => None,
            },
            invalid: error.is_some().then_some("true"),
        };
        self.with(html! {
            div .field {
                label for=(id) { (label) }
                (input(&described))
                @if let Some(error) = error { p .error #(error_id) { (error) } }
                @if let Some(hint) = hint { p .hint #(hint_id) { (hint) } }
            }
        })
    }

    /// The text of a refusal, with the link to what helps.
    fn told(&self, refusal: &Refusal) -> Markup {
        let query = self.action.find('?').map_or("", |at| &self.action[at..]);
        html! {
            (refusal.text(self.page.language))
            @if let Some((path, label)) = refusal.link(self.page.language) {
                " " a href={ (path) (query) } { (label) }
            }
        }
    }

    /// The whole form, with its primary button.
    pub(crate) fn submit(self, label: &str, busy: &str) -> Markup {
        self.end(label, busy, "button button-main")
    }

    /// The same for what cannot be taken back.
    pub(crate) fn submit_danger(self, label: &str, busy: &str) -> Markup {
        self.end(label, busy, "button button-main button-danger")
    }

    fn end(self, label: &str, busy: &str, class: &str) -> Markup {
        let general = self.view.refusal.as_ref().filter(|it| !self.places.contains(&it.place()));
        let general = general.map(|refusal| self.told(refusal));
        let Self { page, action, is_plain, parts, .. } = self;
        html! {
            form .form method="post" action=(action) data-plain[is_plain] novalidate {
                (Self::hidden(page))
                // Enter presses the first submit button of a form, which must not be "Another picture".
                button .spoken type="submit" tabindex="-1" aria-hidden="true" { (label) }
                @for part in &parts { (part) }
                p .error .error-form role="alert" data-form-error {
                    @if let Some(refusal) = general { (refusal) }
                }
                button class=(class) type="submit" data-busy=(busy) { (label) }
            }
        }
    }
}

impl Form<'_> {
    /// Number of a mobile phone, with a choice of the country if there are several.
    pub(crate) fn number(mut self, number: &NumberInput) -> Self {
        let texts = &self.page.texts().form;
        let focus = number.typed.is_empty() && self.takes_focus();
        let chosen = number.countries.iter().find(|it| it.code == number.chosen);
        let chosen = chosen.or(number.countries.first());
        let hint = chosen.map(|country| {
            let code = country.calling_code.as_str();
            fill(&texts.mobile_hint, &[("example", &country.example), ("code", code)])
        });
        let several = number.countries.len() > 1;
        let input = |described: &Described| {
            html! {
                div .beside {
                    @if several {
                        select .input .country name="country" aria-label=(texts.country) autocomplete="country" {
                            @for country in &number.countries {
                                option value=(country.code) selected[chosen == Some(country)] {
                                    (country.name) " +" (country.calling_code)
                                }
                            }
                        }
                    }
                    input .input .input-digits #mobile name="mobile" type="tel" inputmode="tel"
                        autocomplete="username" required value=(number.typed) autofocus[focus]
                        aria-describedby=[&described.by] aria-invalid=[described.invalid];
                }
            }
        };
        let label = texts.mobile.as_str();
        self.field(&Field { id: "mobile", place: Place::Mobile, label, hint, input: &input })
    }

    /// Picture and sound of a challenge, and the field for its answer.
    pub(crate) fn picture(mut self, picture: &Picture) -> Self {
        if picture.id.is_empty() {
            return self.without_picture();
        }
        let focus = self.takes_focus();
        let texts = &self.page.texts().form;
        let language = self.page.language.tag();
        let length = picture.length.to_string();
        let path = format!("/api/v1/challenges/{}", picture.id);
        let input = |described: &Described| {
            html! {
                div .challenge data-challenge data-failed=(texts.picture_failed)
                    data-gave-up=(texts.picture_gave_up) {
                    input type="hidden" name="challenge" value=(picture.id);
                    picture .picture {
                        source srcset=(format!("{path}/image?theme=dark")) media="(prefers-color-scheme: dark)";
                        img src=(format!("{path}/image")) fetchpriority="high" width=(picture.size.0) height=(picture.size.1) alt=(texts.picture_alt);
                    }
                    div .challenge-tools {
                        button .button .button-quiet name="act" value="renew" formnovalidate {
                            (texts.picture_renew)
                        }
                        audio controls preload="none" src=(format!("{path}/audio?lang={language}"))
                            aria-label=(texts.listen_native) data-listen=(texts.listen)
                            data-failed=(texts.listen_failed) {}
                    }
                    input .input .input-picture #picture name="picture" type="text" autocomplete="off"
                        autocapitalize="off" autocorrect="off" spellcheck="false" required value=(picture.typed)
                        maxlength="32" autofocus[focus] aria-describedby=[&described.by] aria-invalid=[described.invalid];
                }
            }
        };
        let hint = Some(fill(&texts.picture_hint, &[("length", &length)]));
        let label = texts.picture.as_str();
        self.field(&Field { id: "picture", place: Place::Picture, label, hint, input: &input })
    }

    /// The field of a picture that could not be made. Another one can be asked for.
    fn without_picture(self) -> Self {
        let texts = &self.page.texts().form;
        self.with(html! {
            div .field {
                p .hint { (texts.picture_missing) }
                button .button .button-quiet name="act" value="renew" formnovalidate { (texts.picture_renew) }
            }
        })
    }

    /// Whether the field that is being added has the focus when the page appears.
    fn takes_focus(&mut self) -> bool {
        !std::mem::replace(&mut self.has_focus, true)
    }

    /// Code of a message.
    pub(crate) fn code(mut self, length: usize, typed: &str) -> Self {
        let focus = self.takes_focus();
        let texts = &self.page.texts().form;
        let input = |described: &Described| {
            html! {
                input .input .input-digits .input-code #code name="code" type="text" inputmode="numeric"
                    autocomplete="one-time-code" autocapitalize="off" spellcheck="false" required
                    value=[(!typed.is_empty()).then_some(typed)] autofocus[focus] maxlength="32" aria-describedby=[&described.by] aria-invalid=[described.invalid];
            }
        };
        let hint = Some(fill(&texts.code_hint, &[("length", &length.to_string())]));
        let label = texts.code.as_str();
        self.field(&Field { id: "code", place: Place::Code, label, hint, input: &input })
    }
}
