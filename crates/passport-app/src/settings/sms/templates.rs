//! Templates by topic and language: a list of texts, in a file and in a variable alike.

use passport_sms_client::{Locale, Parameter, Template, Templates, Topic};
use passport_sms_gateways::Fields;

use super::table::Table;

/// A gap of a template, and its name in the template.
type Gap = (Parameter, Option<String>);

impl Table<'_> {
    /// `template_id`, `template_parameters` and `templates`; none if no template is named.
    pub(super) fn read_templates(&mut self) -> Option<Templates> {
        let id = self.optional("template_id");
        let gaps = self.list(
            "template_parameters",
            "code,minutes",
            "what fills the template's gaps, in their order: code and minutes, or code:NAME where \
             the template has a name for it",
            gap,
        );
        let special = self.list(
            "templates",
            "",
            "like register = ID, register.en = ID or login.zh-Hans = ID code minutes, with commas \
             between",
            Special::parse,
        );
        if id.is_none() && special.is_empty() {
            return None;
        }
        let fallback = id.map(|id| Templates::new(template(id, &gaps)));
        Some(special.into_iter().fold(fallback.unwrap_or_default(), |templates, special| {
            let Special { topic, locales, id, gaps: own } = special;
            let gaps = match (topic, own.is_empty()) {
                (Topic::Code(_), true) => &gaps,
                _ => &own,
            };
            let template = template(id, gaps);
            let with = |it: Templates, locale: &Locale| it.with(topic, *locale, template.clone());
            locales.iter().fold(templates, with)
        }))
    }
}

/// An item of `templates`.
struct Special {
    topic: Topic,
    locales: Vec<Locale>,
    id: String,
    gaps: Vec<Gap>,
}

impl Special {
    /// `TOPIC[.LOCALE] = ID [GAP …]`
    fn parse(text: &str) -> Option<Self> {
        let (what, rest) = text.split_once('=')?;
        let what = what.trim();
        let (topic, locale) = what.split_once('.').map_or((what, None), |(a, b)| (a, Some(b)));
        let topic = Topic::all().find(|it| it.as_str() == topic)?;
        let is_meant = |it: &Locale| locale.is_none_or(|locale| locale == it.as_str());
        let locales: Vec<_> = Locale::ALL.into_iter().filter(is_meant).collect();
        let mut words = rest.split_whitespace();
        let id = words.next()?.to_owned();
        let gaps: Vec<_> = words.map(gap).collect::<Option<_>>()?;
        // A notice has no values for gaps.
        let is_fillable = gaps.is_empty() || matches!(topic, Topic::Code(_));
        (!locales.is_empty() && is_fillable).then_some(Self { topic, locales, id, gaps })
    }
}

/// `code`, or `code:NAME`
fn gap(text: &str) -> Option<Gap> {
    let (parameter, name) = text.split_once(':').map_or((text, None), |(a, b)| (a, Some(b)));
    let parameter =
        [Parameter::Code, Parameter::Minutes].into_iter().find(|it| it.as_str() == parameter)?;
    match name {
        Some("") => None,
        name => Some((parameter, name.map(str::to_owned))),
    }
}

fn template(id: String, gaps: &[Gap]) -> Template {
    let parameters: Vec<_> = gaps.iter().map(|(parameter, _)| *parameter).collect();
    gaps.iter().fold(Template::new(id, parameters), |template, (parameter, name)| match name {
        Some(name) => template.naming(*parameter, name),
        None => template,
    })
}
