//! One operation on the page.

use maud::{Markup, html};
use serde_json::Value;

use super::{
    curl,
    schema::{Member, Schema},
    text::{anchor, prose},
};

/// An operation of the document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Operation<'a> {
    document: &'a Value,
    pub(super) path: &'a str,
    pub(super) method: &'a str,
    value: &'a Value,
}

/// The operations of the document, in the order of their paths.
pub(super) fn operations(document: &Value) -> Vec<Operation<'_>> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths
        .flat_map(|(path, item)| {
            let methods = item.as_object().into_iter().flatten();
            methods.map(move |(method, value)| Operation { document, path, method, value })
        })
        .collect()
}

impl<'a> Operation<'a> {
    pub(super) fn tag(self) -> &'a str {
        self.value["tags"][0].as_str().unwrap_or_default()
    }

    pub(super) fn summary(self) -> &'a str {
        self.value["summary"].as_str().unwrap_or_default()
    }

    /// Id of the section.
    pub(super) fn anchor(self) -> String {
        anchor(self.value["operationId"].as_str().unwrap_or_default())
    }

    fn schema(self, value: &'a Value) -> Schema<'a> {
        Schema::new(self.document, value)
    }

    fn body(self) -> Option<Schema<'a>> {
        let body = self.value["requestBody"]["content"]["application/json"].get("schema")?;
        Some(self.schema(body))
    }

    /// Whether the operation needs a session, or takes one.
    fn credential(self) -> (bool, &'static str) {
        match self.value["security"].as_array() {
            None => (false, "No session needed."),
            Some(ways)
                if ways
                    .iter()
                    .any(|way| way.as_object().is_some_and(serde_json::Map::is_empty)) =>
            {
                (false, "With or without a session.")
            }
            Some(ways) if ways.iter().any(|way| way.get("operator").is_some()) => {
                (true, "Needs a token of an operator.")
            }
            Some(_) => (true, "Needs a session: by cookie, or by bearer token."),
        }
    }

    pub(super) fn section(self, url: &str) -> Markup {
        let (has_token, credential) = self.credential();
        let url = self.value["servers"][0]["url"].as_str().unwrap_or(url);
        let description = self.value["description"].as_str().unwrap_or_default();
        let heading = self.anchor();
        html! {
            section.operation id=(heading) aria-labelledby={ (heading) "-title" } {
                h3 id={ (heading) "-title" } { a href={ "#" (heading) } { (self.summary()) } }
                p.route { span.method { (self.method.to_uppercase()) } " " code { (self.path) } }
                @if !description.is_empty() { p { (prose(description)) } }
                p.quiet.small { (credential) }
                (self.parameters())
                @if let Some(body) = self.body() { (forms("Request", body)) }
                (self.responses())
                (self.problems())
                h4 { "Example" }
                @for example in self.examples(url, has_token) { pre.example { code { (example) } } }
            }
        }
    }

    fn parameters(self) -> Markup {
        let parameters = self.value["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
        let resolved = |it: &'a Value| match it["$ref"].as_str() {
            Some(reference) => {
                self.document.pointer(reference.trim_start_matches('#')).unwrap_or(it)
            }
            None => it,
        };
        html! {
            @if !parameters.is_empty() {
                h4 { "Parameters" }
                dl.members {
                    @for parameter in parameters.iter().map(resolved) {
                        @let place = parameter["in"].as_str().unwrap_or_default();
                        @let form = self.schema(&parameter["schema"]).form(parameter["required"] == true);
                        dt { code { (parameter["name"].as_str().unwrap_or_default()) } " "
                            span.quiet { (place) ", " (form) } }
                        dd { (prose(parameter["description"].as_str().unwrap_or_default())) }
                    }
                }
            }
        }
    }

    fn responses(self) -> Markup {
        let responses = self.value["responses"].as_object().into_iter().flatten();
        html! {
            @for (status, response) in responses.filter(|(status, _)| status.starts_with('2')) {
                @let content = response["content"].as_object().into_iter().flatten().next();
                @let title = format!("Response {status}");
                @match content {
                    Some((media_type, content)) if media_type == "application/json" => {
                        (forms(&title, self.schema(&content["schema"])))
                    }
                    Some((media_type, _)) => {
                        h4 { (title) }
                        p { code { (media_type) } }
                    }
                    None => {
                        h4 { (title) }
                        p { "No body." }
                    }
                }
            }
        }
    }

    fn problems(self) -> Markup {
        let responses = self.value["responses"].as_object().into_iter().flatten();
        let problems = responses.filter_map(|(status, response)| {
            let schema = &response["content"]["application/problem+json"]["schema"];
            let names = schema["oneOf"].as_array()?.iter().filter_map(|it| it["$ref"].as_str());
            Some((status, names.filter_map(|it| it.rsplit_once("Problem.")).map(|it| it.1)))
        });
        html! {
            h4 { "Problems" }
            ul.problems {
                @for (status, slugs) in problems {
                    li { (status)
                        @for slug in slugs { " " a href={ "#problem-" (slug) } { (slug) } }
                    }
                }
            }
        }
    }

    fn examples(self, url: &str, has_token: bool) -> Vec<String> {
        let url = format!("{url}{}", self.path.replace("{id}", "$ID"));
        // A shell replaces the id between double quotation marks only.
        let command = |body: Option<&Value>| {
            let (method, file) = (self.method, self.file());
            let call = curl::Call { method, url: &url, body, has_token, file };
            curl::command(call).replace("$ID", "'\"$ID\"'")
        };
        match self.body() {
            None => vec![command(None)],
            Some(body) => body.forms().into_iter().map(|it| command(Some(&it.example()))).collect(),
        }
    }

    /// File for a response that a terminal cannot show.
    fn file(self) -> Option<&'static str> {
        let content = self.value["responses"]["200"]["content"].as_object()?;
        match content.keys().next()?.as_str() {
            "image/png" => Some("challenge.png"),
            "audio/wav" => Some("challenge.wav"),
            _ => None,
        }
    }
}

/// The members of each form of a body.
fn forms(title: &str, body: Schema<'_>) -> Markup {
    let forms = body.forms();
    html! {
        h4 { (title) }
        @for (at, form) in forms.iter().enumerate() {
            @if forms.len() > 1 {
                p.quiet { @if at > 0 { "Or: " } (prose(form.description())) }
            }
            (members(&form.members()))
        }
    }
}

/// Members as a list of terms.
pub(super) fn members(members: &[Member]) -> Markup {
    html! {
        dl.members {
            @for Member { name, form, description } in members {
                dt { code { (name) } " " span.quiet { (form) } }
                dd { (prose(description)) }
            }
        }
    }
}
