//! State between the steps of a flow, kept by the browser.

use std::{fmt, time::Duration};

use actix_web::{HttpRequest, HttpResponse, cookie, web};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use passport_auth::{CodePurpose, SentCode, TypedCode};
use passport_codes::Code;
use passport_user::PhoneNumber;
use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::Site;
use crate::http::cookies::{Cookies, STEPS};

/// Time within which a flow has to be finished.
const LIFE: Duration = Duration::from_mins(15);
const NONCE: usize = 24;
const ID_LENGTH: usize = 8;
/// Without characters that look alike; 32 of them.
const ID_CHARACTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";

/// Key that encrypts the state. Every node needs the same.
#[derive(Clone)]
pub(crate) struct FlowKey(Zeroizing<[u8; 32]>);

/// Name of a flow, as the addresses of its pages carry it. It tells the flows of a browser apart; the
/// state is in a cookie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FlowId(String);

/// A code that was requested, and what its flow needs further.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Flow {
    id: FlowId,
    purpose: FlowPurpose,
    /// In E.164.
    phone: String,
    code_id: Option<String>,
    /// Whether a gateway took the message.
    pub(super) is_sent: bool,
    /// Number of digits.
    pub(super) length: u8,
    /// Seconds since 1970.
    began_at: i64,
    resend_at: i64,
    expires_at: i64,
    /// Whether the session is to last.
    pub(super) remember: bool,
    /// Code that was typed, for a later step.
    pub(super) code: Option<String>,
    /// Continuation of a sign-in that needs one more step.
    pub(super) continuation: Option<String>,
}

/// What a flow is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum FlowPurpose {
    SignIn,
    SignUp,
    Reset,
    UndoNumber,
    ChangeNumber,
    Confirm,
}

impl FlowPurpose {
    pub(super) fn code_purpose(self) -> CodePurpose {
        match self {
            Self::SignIn => CodePurpose::SignIn,
            Self::SignUp => CodePurpose::SignUp,
            Self::Reset => CodePurpose::Reset,
            Self::UndoNumber => CodePurpose::UndoNumber,
            Self::ChangeNumber => CodePurpose::ChangeNumber,
            Self::Confirm => CodePurpose::Confirm,
        }
    }
}

impl Flow {
    /// A flow whose code was requested at `now`.
    pub(super) fn begin(
        purpose: FlowPurpose,
        phone: &PhoneNumber,
        sent: SentCode,
        is_sent: bool,
        now: OffsetDateTime,
    ) -> Self {
        Self {
            id: FlowId::generate(&mut rand::rng()),
            purpose,
            phone: phone.as_e164().to_owned(),
            code_id: sent.id.map(|id| id.expose()),
            is_sent,
            length: sent.length,
            began_at: now.unix_timestamp(),
            resend_at: (now + sent.resend_after).unix_timestamp(),
            expires_at: (now + sent.expires_in).unix_timestamp(),
            remember: false,
            code: None,
            continuation: None,
        }
    }

    pub(super) fn phone(&self) -> Option<PhoneNumber> {
        PhoneNumber::from_e164(&self.phone).ok()
    }

    /// The code that was typed, with the id of its request.
    pub(super) fn typed(&self, code: &str) -> Option<TypedCode> {
        let id = self.code_id.as_deref()?.parse().ok()?;
        Some(TypedCode { id, code: Code::from_text(code.to_owned()) })
    }

    pub(super) fn expires_in(&self, now: OffsetDateTime) -> Duration {
        until(self.expires_at, now)
    }

    pub(super) fn resend_in(&self, now: OffsetDateTime) -> Duration {
        until(self.resend_at, now)
    }

    /// Address of the page `path` in this flow.
    pub(super) fn address(&self, path: &str) -> String {
        format!("{path}?f={}", self.id.0)
    }

    fn is_alive(&self, now: OffsetDateTime) -> bool {
        let age = now.unix_timestamp().saturating_sub(self.began_at);
        (0..=i64::try_from(LIFE.as_secs()).unwrap_or(i64::MAX)).contains(&age)
    }
}

fn until(moment: i64, now: OffsetDateTime) -> Duration {
    Duration::from_secs(moment.saturating_sub(now.unix_timestamp()).try_into().unwrap_or_default())
}

impl FlowId {
    fn generate(rng: &mut impl Rng) -> Self {
        let mut character = || char::from(ID_CHARACTERS[rng.random_range(0..ID_CHARACTERS.len())]);
        Self((0..ID_LENGTH).map(|_| character()).collect())
    }

    /// The id in the query of a page.
    fn of(request: &HttpRequest) -> Option<Self> {
        let mut query = form_urlencoded::parse(request.query_string().as_bytes());
        query.find(|(key, _)| key == "f").map(|(_, value)| Self(value.into_owned()))
    }
}

/// The flow of the request's address, if this browser has it, and it is `purpose`.
pub(super) fn find(request: &HttpRequest, purpose: FlowPurpose) -> Option<Flow> {
    let id = FlowId::of(request)?;
    let (cookies, key, site) = services(request)?;
    let now = site.clock.now();
    let mut flows = cookies.steps(request).into_iter().flatten().filter_map(|it| key.open(it));
    flows.find(|flow| flow.id == id && flow.purpose == purpose && flow.is_alive(now))
}

/// Stores `flow` in the browser: in the place that it has, in a free one, or in that of the oldest.
pub(super) fn store(request: &HttpRequest, response: &mut HttpResponse, flow: &Flow) {
    let Some((cookies, key, site)) = services(request) else { return };
    let now = site.clock.now();
    let places = places(request, cookies, key, now);
    let own = places.iter().position(|place| place.as_ref().is_some_and(|it| it.id == flow.id));
    let free = || places.iter().position(Option::is_none);
    let oldest = || (0..STEPS).min_by_key(|at| places[*at].as_ref().map(|flow| flow.began_at));
    let at = own.or_else(free).or_else(oldest).unwrap_or_default();
    let life = cookie::time::Duration::try_from(LIFE).unwrap_or_default();
    cookies.set_step(response, at, key.seal(flow, &mut rand::rng()), life);
}

/// Deletes `flow` from the browser.
pub(super) fn end(request: &HttpRequest, response: &mut HttpResponse, flow: &Flow) {
    let Some((cookies, key, site)) = services(request) else { return };
    for (at, place) in places(request, cookies, key, site.clock.now()).iter().enumerate() {
        if place.as_ref().is_some_and(|it| it.id == flow.id) {
            cookies.end_step(response, at);
        }
    }
}

fn places(
    request: &HttpRequest,
    cookies: &Cookies,
    key: &FlowKey,
    now: OffsetDateTime,
) -> [Option<Flow>; STEPS] {
    let sealed = cookies.steps(request);
    sealed.map(|sealed| key.open(sealed?).filter(|flow| flow.is_alive(now)))
}

fn services(
    request: &HttpRequest,
) -> Option<(&web::Data<Cookies>, &web::Data<FlowKey>, &web::Data<Site>)> {
    Some((request.app_data()?, request.app_data()?, request.app_data()?))
}

impl FlowKey {
    /// Takes 32 secret bytes.
    pub(crate) fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    fn seal(&self, flow: &Flow, rng: &mut impl Rng) -> String {
        let plain = Zeroizing::new(serde_json::to_vec(flow).expect("a flow is JSON"));
        let mut nonce = [0; NONCE];
        rng.fill_bytes(&mut nonce);
        let payload = Payload { msg: &plain, aad: b"flow" };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload).expect("a flow is short");
        hex::encode([&nonce[..], &sealed].concat())
    }

    fn open(&self, sealed: &[u8]) -> Option<Flow> {
        let bytes = hex::decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>()?;
        let payload = Payload { msg: sealed, aad: b"flow" };
        let plain = Zeroizing::new(self.cipher().decrypt(&XNonce::from(*nonce), payload).ok()?);
        serde_json::from_slice(&plain).ok()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.0).into())
    }
}

impl fmt::Debug for FlowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FlowKey(…)")
    }
}

/// Omits the code and the continuation.
impl fmt::Debug for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flow")
            .field("id", &self.id)
            .field("purpose", &self.purpose)
            .finish_non_exhaustive()
    }
}
