//! The page that shows the document. It needs no script.

use maud::{DOCTYPE, Markup, html};
use serde_json::Value;

use super::{
    operation::{Operation, members, operations},
    schema::Schema,
    text::prose,
};
use crate::http::pages::address;

const STYLES: [&str; 2] = ["passport.css", "docs.css"];

pub(super) fn page(document: &Value) -> String {
    let url = document["servers"][0]["url"].as_str().unwrap_or_default();
    let operations = operations(document);
    let tags = document["tags"].as_array().map(Vec::as_slice).unwrap_or_default();
    let version = document["info"]["version"].as_str().unwrap_or_default();
    let of_tag = |tag: &Value| -> Vec<Operation<'_>> {
        operations.iter().copied().filter(|it| tag["name"] == it.tag()).collect()
    };
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                title { "API · Passport" }
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                link rel="icon" href=(address("favicon.svg")) type="image/svg+xml";
                @for style in STYLES {
                    link rel="stylesheet" href=(address(style));
                }
            }
            body {
                header.bar {
                    a.brand href="/" {
                        img src=(address("favicon.svg")) width="32" height="32" alt="";
                        span { "Passport" }
                    }
                }
                main.page.page-docs {
                    h1 { "API" }
                    p.lead { "Version " (version) ", as " a href="/openapi.json" { "OpenAPI 3.1" }
                        " for programs. The base of all paths is " code { (url) } "." }
                    p { (prose(document["info"]["description"].as_str().unwrap_or_default())) }
                    (contents(tags, &of_tag))
                    (credentials(document))
                    @for tag in tags {
                        @let name = tag["name"].as_str().unwrap_or_default();
                        section id={ "tag-" (name) } aria-labelledby={ "tag-" (name) "-title" } {
                            h2 id={ "tag-" (name) "-title" } {
                                (tag["description"].as_str().unwrap_or_default())
                            }
                            @for operation in of_tag(tag) { (operation.section(url)) }
                        }
                    }
                    (problems(document))
                }
            }
        }
    };
    page.into_string()
}

fn contents<'a>(tags: &'a [Value], of_tag: &dyn Fn(&'a Value) -> Vec<Operation<'a>>) -> Markup {
    html! {
        nav.contents aria-label="Operations" {
            ul {
                @for operation in tags.iter().flat_map(of_tag) {
                    li { a href={ "#" (operation.anchor()) } { (operation.summary()) } }
                }
                li { a href="#problems" { "Problems" } }
            }
        }
    }
}

fn credentials(document: &Value) -> Markup {
    let schemes = document["components"]["securitySchemes"].as_object().into_iter().flatten();
    html! {
        section id="credentials" aria-labelledby="credentials-title" {
            h2 id="credentials-title" { "Credentials" }
            dl.members {
                @for (name, scheme) in schemes {
                    dt { code { (name) } @if let Some(cookie) = scheme["name"].as_str() {
                        " " span.quiet { (cookie) } } }
                    dd { (prose(scheme["description"].as_str().unwrap_or_default())) }
                }
            }
        }
    }
}

fn problems(document: &Value) -> Markup {
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    let problems =
        schemas.filter_map(|(name, value)| Some((name.strip_prefix("Problem.")?, value)));
    let common = ["type", "title", "status", "code", "errno"];
    html! {
        section id="problems" aria-labelledby="problems-title" {
            h2 id="problems-title" { "Problems" }
            p { "Failures are answered as " code { "application/problem+json" } " (RFC 9457). Programs tell \
                them apart by " code { "code" } "; " code { "type" } " is the address of a page." }
            @for (slug, schema) in problems {
                @let own: Vec<_> = Schema::new(document, schema).members().into_iter()
                    .filter(|it| !common.contains(&it.name.as_str())).collect();
                section.operation id={ "problem-" (slug) } aria-labelledby={ "problem-" (slug) "-title" } {
                    h3 id={ "problem-" (slug) "-title" } { a href={ "/problems/" (slug) } { (slug) } }
                    p.route { (schema["properties"]["status"]["const"]) " "
                        (schema["properties"]["title"]["const"].as_str().unwrap_or_default()) }
                    p { (prose(schema["description"].as_str().unwrap_or_default())) }
                    @if !own.is_empty() { (members(&own)) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_of_the_document_are_escaped() {
        let document = json!({
            "info": { "version": "<1>" },
            "tags": [{ "name": "t", "description": "<b>" }],
            "paths": { "/<p>": { "get": {
                "operationId": "showIt", "tags": ["t"], "summary": "<s>", "responses": {},
            } } },
        });
        let page = page(&document);
        for text in ["&lt;1&gt;", "&lt;b&gt;", "/&lt;p&gt;", "&lt;s&gt;", "id=\"show-it\""] {
            assert!(page.contains(text), "{text}: {page}");
        }
    }
}
