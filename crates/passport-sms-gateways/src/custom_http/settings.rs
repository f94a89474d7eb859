use std::fmt;
use std::sync::Arc;

use passport_sms_client::{Gateway, Message, SettingsError, Templates};
use secrecy::SecretString;

use crate::Site;
use crate::custom_http::CustomHttp;
use crate::custom_http::plan::{Plan, Refused};
use crate::kit::faults::Faults;
use crate::settings::{Account, Calls, Fields, HttpsSettings};

/// Description of a gateway: a request, and what its answers mean.
///
/// All texts of the request may contain keys of the account, so `Debug` shows none of them.
#[derive(Clone)]
#[non_exhaustive]
pub struct Settings {
    /// URL: `https`, with placeholders in its path and query.
    pub url: SecretString,
    /// Method of the request.
    pub method: Method,
    /// Credentials in `Authorization`, unless a header of [`headers`](Self::headers) has them.
    pub credentials: Credentials,
    /// Further headers.
    pub headers: Vec<(String, SecretString)>,
    /// Parameters after those in the URL.
    pub query: Vec<(String, SecretString)>,
    /// Body of the request.
    pub body: Body,
    /// Own constants, by the names of their placeholders.
    pub variables: Vec<(String, SecretString)>,
    /// Signature of the request, for `{signature}`.
    pub signature: Option<Signature>,
    /// Statuses of accepted messages: 200, 201 and 202 by default.
    pub accepted_statuses: Vec<u16>,
    /// Rules, all of which hold for an accepted message: `/status = 0`, `/status ^= MESSAGE_`,
    /// `/status *= queued`, `/id` for something other than null, false and emptiness, and `body = OK`
    /// (or `^=`, `*=`) for answers that are not JSON.
    pub accepted: Vec<String>,
    /// JSON pointer to the id of an accepted message.
    pub id: Option<String>,
    /// JSON pointers to the code of a refusal; the first that has a value counts. `body` for the whole.
    pub code: Vec<String>,
    /// JSON pointer to a text about a refusal.
    pub reason: Option<String>,
    /// JSON pointer to the price of an accepted message, a decimal number.
    pub price: Option<String>,
    /// Currency of the prices, such as `EUR`.
    pub currency: Option<String>,
    /// JSON pointer to the number of charged parts of an accepted message.
    pub parts: Option<String>,
    /// Verdicts by code. A name with a final `*` stands for all codes with that beginning.
    pub codes: Vec<(String, String)>,
    /// Verdicts by HTTP status, for answers without a code that is in [`codes`](Self::codes).
    pub statuses: Vec<(String, String)>,
    /// Whether the gateway sends messages with one `{id}` once, for an hour at least.
    pub is_idempotent: bool,
    /// Templates, for `{template}`.
    pub templates: Option<Templates>,
    /// Whether the URL may be `http`. Then numbers and codes are readable on the way; without it `http`
    /// is accepted only for the machine itself.
    pub plain_http: bool,
    /// Time limits and trust.
    pub https: HttpsSettings,
}

/// Method of a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Method {
    /// `POST`
    #[default]
    Post,
    /// `GET`, without a body.
    Get,
    /// `PUT`
    Put,
}

/// Credentials in `Authorization`.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub enum Credentials {
    /// None.
    #[default]
    None,
    /// HTTP Basic.
    Basic {
        /// User, without a colon. Some providers have a key as the user, and no password.
        username: SecretString,
        /// Password.
        password: SecretString,
    },
    /// `Bearer` and a token.
    Bearer(SecretString),
}

/// Body of a request.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub enum Body {
    /// None.
    #[default]
    None,
    /// JSON with placeholders in its strings.
    Json(SecretString),
    /// XML with placeholders in texts and quoted attributes.
    Xml(SecretString),
    /// Fields of a form, `application/x-www-form-urlencoded`.
    Form(Vec<(String, SecretString)>),
}

/// HMAC-SHA-256 of a text.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Signature {
    /// Key.
    pub key: SecretString,
    /// Signed text, with placeholders; `{body}` is the body as it is sent.
    pub of: SecretString,
    /// Form of the signature.
    pub encoding: Encoding,
}

impl Signature {
    /// The signature of that text under `key`, in hexadecimal.
    pub fn new(key: impl Into<SecretString>, of: impl Into<SecretString>) -> Self {
        Self { key: key.into(), of: of.into(), encoding: Encoding::Hex }
    }
}

/// Form of a signature.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Lower-case hexadecimal.
    #[default]
    Hex,
    /// Base64 with padding.
    Base64,
}

impl Settings {
    /// A `POST` to `url` that is accepted if the status is 200, 201 or 202 and the rule `accepted` holds.
    pub fn new(url: impl Into<SecretString>, accepted: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            method: Method::Post,
            credentials: Credentials::None,
            headers: Vec::new(),
            query: Vec::new(),
            body: Body::None,
            variables: Vec::new(),
            signature: None,
            accepted_statuses: vec![200, 201, 202],
            accepted: vec![accepted.into()],
            id: None,
            code: Vec::new(),
            reason: None,
            price: None,
            currency: None,
            parts: None,
            codes: Vec::new(),
            statuses: Vec::new(),
            is_idempotent: false,
            templates: None,
            plain_http: false,
            https: HttpsSettings::default(),
        }
    }

    /// Id of the template for `message`, if there is one.
    pub(super) fn template_of(&self, message: &Message) -> Option<&str> {
        let templates = self.templates.as_ref()?;
        Some(&templates.find_for(message).ok()?.id)
    }

    /// Every fault with what is wrong, in the words of [`Fields::refuse`].
    fn refused(&self) -> Vec<Refused> {
        Plan::of(self).err().unwrap_or_default()
    }
}

impl Credentials {
    fn read(fields: &mut dyn Fields) -> Self {
        let username = fields.optional_secret("username");
        let password = fields.optional_secret("password");
        let token = fields.optional_secret("token");
        match (username, password, token) {
            (None, None, None) => Self::None,
            (None, None, Some(token)) => Self::Bearer(token),
            (username, password, token) => {
                if token.is_some() {
                    fields.conflict("username", "token");
                }
                fields.need("username", username.is_some());
                Self::Basic {
                    username: username.unwrap_or_default(),
                    password: password.unwrap_or_default(),
                }
            }
        }
    }
}

impl Body {
    fn read(fields: &mut dyn Fields) -> Self {
        let body = fields.optional_secret("body");
        let kind = fields.choice("body_kind", &["json", "xml"]);
        let form = fields.secret_table("form");
        if body.is_some() && !form.is_empty() {
            fields.conflict("body", "form");
        }
        match (body, kind) {
            (Some(body), 0) => Self::Json(body),
            (Some(body), _) => Self::Xml(body),
            (None, _) if form.is_empty() => Self::None,
            (None, _) => Self::Form(form),
        }
    }
}

impl Signature {
    fn read(fields: &mut dyn Fields) -> Option<Self> {
        let key = fields.optional_secret("signature_key");
        let of = fields.optional_secret("signature_of");
        let encoding = match fields.choice("signature_encoding", &["hex", "base64"]) {
            0 => Encoding::Hex,
            _ => Encoding::Base64,
        };
        if key.is_none() && of.is_none() {
            return None;
        }
        fields.need("signature_key", key.is_some());
        fields.need("signature_of", of.is_some());
        Some(Self { key: key.unwrap_or_default(), of: of.unwrap_or_default(), encoding })
    }
}

impl Account for Settings {
    fn read(fields: &mut dyn Fields) -> Self {
        let mut settings = Self::new(fields.needed_secret("url"), "");
        settings.method = match fields.choice("method", &["POST", "GET", "PUT"]) {
            0 => Method::Post,
            1 => Method::Get,
            _ => Method::Put,
        };
        settings.credentials = Credentials::read(fields);
        settings.headers = fields.secret_table("headers");
        settings.query = fields.secret_table("query");
        settings.body = Body::read(fields);
        settings.variables = fields.secret_table("variables");
        settings.signature = Signature::read(fields);
        let statuses = fields.list("accepted_statuses");
        if !statuses.is_empty() {
            // A text that is no status is refused as status 0.
            let number = |text: &String| text.parse().unwrap_or(0);
            settings.accepted_statuses = statuses.iter().map(number).collect();
        }
        settings.accepted = fields.list("accepted");
        fields.need("accepted", !settings.accepted.is_empty());
        settings.id = fields.optional("id");
        settings.code = fields.list("code");
        settings.reason = fields.optional("reason");
        settings.price = fields.optional("price");
        settings.currency = fields.optional("currency");
        settings.parts = fields.optional("parts");
        settings.codes = fields.table("codes");
        settings.statuses = fields.table("statuses");
        settings.is_idempotent = fields.flag("idempotent", false);
        settings.templates = fields.optional_templates();
        settings.plain_http = fields.flag("plain_http", false);
        let calls = if settings.is_idempotent { Calls::Joined } else { Calls::Single };
        settings.https = fields.https(calls);
        for refused in settings.refused() {
            fields.refuse(refused.setting, &refused.allowed);
        }
        settings
    }

    fn faults(&self) -> Vec<SettingsError> {
        let refused = self.refused();
        let mut faults = Faults::default();
        for refused in &refused {
            faults.refuse_unless_ok(Err::<(), _>(refused.as_error()));
        }
        faults.with_trust(&self.https)
    }

    fn https(&self) -> &HttpsSettings {
        &self.https
    }

    fn templates(&self) -> Option<&Templates> {
        self.templates.as_ref()
    }

    fn open(&self, site: &Site) -> Result<Arc<dyn Gateway>, SettingsError> {
        Ok(Arc::new(CustomHttp::open(self.clone(), site)?))
    }
}

/// Shows no text of the request, because each may hold a key.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("method", &self.method)
            .field("credentials", &self.credentials)
            .field("headers", &self.headers)
            .field("query", &self.query)
            .field("body", &self.body)
            .field("accepted", &self.accepted)
            .field("codes", &self.codes)
            .field("statuses", &self.statuses)
            .field("templates", &self.templates)
            .field("https", &self.https)
            .finish_non_exhaustive()
    }
}
