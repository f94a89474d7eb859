use std::collections::BTreeMap;

use hyper::header::HeaderName;
use passport_sms_client::SettingsError;
use secrecy::{ExposeSecret, SecretString};

use crate::custom_http::check::Check;
use crate::custom_http::pattern::{Name, Pattern};
use crate::custom_http::rules::{Place, Rule};
use crate::custom_http::settings::{Body, Credentials, Method, Settings, Signature};
use crate::custom_http::tree::Tree;
use crate::kit::verdict::Verdict;

/// Settings in the form in which they are used.
pub(super) struct Plan {
    /// `https://host:port`.
    pub(super) endpoint: String,
    pub(super) path: Pattern,
    pub(super) query: Vec<(String, Pattern)>,
    pub(super) method: Method,
    pub(super) credentials: Credentials,
    pub(super) headers: Vec<(HeaderName, Pattern)>,
    pub(super) body: PlannedBody,
    pub(super) signature: Option<(Signature, Pattern)>,
    pub(super) own: Vec<SecretString>,
    pub(super) content: Content,
    pub(super) accepted_statuses: Vec<u16>,
    pub(super) accepted: Vec<Rule>,
    pub(super) id: Option<Place>,
    pub(super) code: Vec<Place>,
    pub(super) reason: Option<Place>,
    pub(super) price: Option<Place>,
    pub(super) currency: String,
    pub(super) parts: Option<Place>,
    pub(super) codes: Vec<(String, Verdict)>,
    pub(super) statuses: BTreeMap<u16, Verdict>,
    /// Values that must not occur in a report, because they are keys or may be.
    pub(super) secrets: Vec<SecretString>,
}

pub(super) enum PlannedBody {
    None,
    Json(Tree),
    Xml(Pattern),
    Form(Vec<(String, Pattern)>),
}

/// Source of the text of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Text,
    Templates,
    /// Words of the request, with `{code}`.
    Codes,
}

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) setting: &'static str,
    /// What it must be.
    pub(super) allowed: String,
}

impl Refused {
    /// The fault without its details, which only [`Fields::refuse`](crate::Fields::refuse) reports.
    pub(super) fn as_error(&self) -> SettingsError {
        let allowed = match self.setting {
            "accepted" => "at least one rule such as /status = 0",
            "codes" | "statuses" => "a table of verdicts such as config",
            "accepted_statuses" => "statuses from 200 to 299",
            "id" | "code" | "reason" | "price" | "parts" => "JSON pointers such as /id",
            "currency" => "three letters such as EUR, if price is set",
            "headers" => "headers with placeholders that cannot end them",
            "variables" => "constants with names of lower-case letters, digits and _",
            "templates" => "used by {template}",
            _ => "a text with known placeholders",
        };
        SettingsError::new(self.setting, allowed)
    }
}

impl Plan {
    /// # Errors
    ///
    /// Every fault of the settings.
    pub(super) fn of(settings: &Settings) -> Result<Self, Vec<Refused>> {
        let mut check = Check::of(settings);
        let (endpoint, path) = check.url(settings);
        let query = check.pairs("query", &settings.query);
        let headers = check.headers(settings);
        let body = check.body(settings);
        let used_by_body = body.names();
        check.used.extend(&used_by_body);
        let signature = check.signature(settings, &used_by_body);
        let content = check.content(settings);
        let accepted_statuses = check.statuses_of_acceptance(settings);
        let accepted = check.all("accepted", &settings.accepted, Rule::parse);
        if settings.accepted.is_empty() {
            check.refuse("accepted", "at least one rule such as /status = 0");
        }
        let id = check.all("id", settings.id.as_slice(), Place::parse).pop();
        let code = check.all("code", &settings.code, Place::parse);
        let reason = check.all("reason", settings.reason.as_slice(), Place::parse).pop();
        let price = check.all("price", settings.price.as_slice(), Place::parse).pop();
        let parts = check.all("parts", settings.parts.as_slice(), Place::parse).pop();
        let currency = check.currency(settings);
        let codes = check.codes(settings);
        let statuses = check.statuses(settings);
        if !check.refused.is_empty() {
            return Err(check.refused);
        }
        Ok(Self {
            endpoint,
            path,
            query,
            method: settings.method,
            credentials: settings.credentials.clone(),
            headers,
            body,
            signature,
            own: settings.variables.iter().map(|(_, value)| value.clone()).collect(),
            content,
            accepted_statuses,
            accepted,
            id,
            code,
            reason,
            price,
            currency,
            parts,
            codes,
            statuses,
            secrets: secrets(settings),
        })
    }
}

impl PlannedBody {
    pub(super) fn names(&self) -> Vec<Name> {
        match self {
            Self::None => Vec::new(),
            Self::Json(tree) => tree.names(),
            Self::Xml(pattern) => pattern.names().collect(),
            Self::Form(pairs) => pairs.iter().flat_map(|(_, it)| it.names()).collect(),
        }
    }
}

/// Passwords, tokens and own constants, and the texts without a placeholder in headers and parameters. A
/// short text is no key, and would be found everywhere.
fn secrets(settings: &Settings) -> Vec<SecretString> {
    let mut secrets: Vec<_> = settings.variables.iter().map(|(_, value)| value.clone()).collect();
    match &settings.credentials {
        Credentials::None => {}
        Credentials::Basic { username, password } => {
            secrets.extend([username.clone(), password.clone()]);
        }
        Credentials::Bearer(token) => secrets.push(token.clone()),
    }
    secrets.extend(settings.signature.iter().map(|signature| signature.key.clone()));
    let form: &[_] = if let Body::Form(form) = &settings.body { form } else { &[] };
    let texts = settings.headers.iter().chain(&settings.query).chain(form);
    secrets.extend(
        texts.filter(|(_, it)| !it.expose_secret().contains('{')).map(|(_, it)| it.clone()),
    );
    secrets.retain(|secret| secret.expose_secret().len() >= 6);
    secrets
}
