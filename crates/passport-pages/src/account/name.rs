use maud::{Markup, html};

use super::back;
use crate::{
    FormView, Page, Place,
    form::{Described, Field, Form},
};

/// `/account/name`: changes the name.
#[derive(Debug, Clone)]
pub struct NameView<'a> {
    /// State of the form.
    pub form: FormView,
    /// The name, or what was typed.
    pub name: &'a str,
}

impl NameView<'_> {
    /// The page.
    pub fn render(&self, page: &Page<'_>) -> Markup {
        let texts = &page.texts().name;
        let focus = self.form.refusal.is_none();
        let input = |described: &Described| {
            html! {
                input .input #nick_name name="nick_name" type="text" autocomplete="nickname" required
                    value=(self.name) autofocus[focus] aria-describedby=[&described.by]
                    aria-invalid=[described.invalid];
            }
        };
        let field = Field {
            id: "nick_name",
            place: Place::Name,
            label: &texts.label,
            hint: Some(texts.hint.clone()),
            input: &input,
        };
        let form = Form::new(page, &self.form, "/account/name").field(&field);
        let card = html! {
            (back(page))
            h1 { (texts.title) }
            (form.submit(&texts.submit, &texts.busy))
        };
        page.render("account-name", &texts.title, &card)
    }
}
