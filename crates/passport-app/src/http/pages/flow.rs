//! State between the steps of a flow, kept by the browser.

mod id;
mod key;
mod places;

use std::{fmt, time::Duration};

use passport_auth::{CodePurpose, Continuation, SentCode, TypedCode};
use passport_codes::Code;
use passport_pages::{Entry, Notice, Refusal};
use passport_user::PhoneNumber;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

pub(super) use id::FlowId;
pub(crate) use key::FlowKey;
pub(super) use places::{any, end, find, store};

/// Time within which the next step of a flow has to follow.
const LIFE: Duration = Duration::from_mins(15);

/// A number to which a code was sent, and what its flow needs further.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Flow {
    id: FlowId,
    purpose: FlowPurpose,
    stage: Stage,
    number: TypedNumber,
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
    /// Version of the terms that the person has consented to.
    pub(super) terms: Option<String>,
    /// What the next page tells.
    notice: Option<FlowNotice>,
}

/// A number, and how it was typed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct TypedNumber {
    /// In E.164.
    phone: String,
    pub(super) typed: String,
    pub(super) country: String,
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

/// How far a flow has come.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Stage {
    /// The code is to be typed.
    Code,
    /// This code is right, and a later step spends it.
    Checked { code: String },
    /// The account is to be deleted, and this continuation withdraws that.
    Leaving { continuation: String, purge_at: i64 },
    /// The code was right, and the flow cannot go on.
    Refused(Dead),
    /// The flow has ended. Its number is kept for the next one.
    Over,
}

/// Why a flow cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Dead {
    NoAccount,
    KeptBack,
    NothingToUndo,
    Disabled,
    SignUpClosed,
}

/// A notice that belongs to a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum FlowNotice {
    NumberTaken,
    PasswordReset,
    NumberRestored,
    RestoreExpired,
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

impl From<Entry> for FlowPurpose {
    fn from(entry: Entry) -> Self {
        match entry {
            Entry::SignIn => Self::SignIn,
            Entry::SignUp => Self::SignUp,
            Entry::Forgot => Self::Reset,
            Entry::UndoNumber => Self::UndoNumber,
        }
    }
}

impl From<Dead> for Refusal {
    fn from(dead: Dead) -> Self {
        match dead {
            Dead::NoAccount => Self::NoAccount,
            Dead::KeptBack => Self::KeptBack,
            Dead::NothingToUndo => Self::NothingToUndo,
            Dead::Disabled => Self::Disabled,
            Dead::SignUpClosed => Self::SignUpClosed,
        }
    }
}

impl From<FlowNotice> for Notice {
    fn from(notice: FlowNotice) -> Self {
        match notice {
            FlowNotice::NumberTaken => Self::NumberTaken,
            FlowNotice::PasswordReset => Self::PasswordReset,
            FlowNotice::NumberRestored => Self::NumberRestored,
            FlowNotice::RestoreExpired => Self::RestoreExpired,
        }
    }
}

impl TypedNumber {
    pub(super) fn new(phone: &PhoneNumber, typed: &str, country: &str) -> Self {
        let short = |text: &str| text.chars().take(32).collect();
        let phone = phone.as_e164().to_owned();
        Self { phone, typed: short(typed), country: short(country) }
    }
}

impl Flow {
    /// A flow whose code was requested at `now`.
    pub(super) fn begin(
        purpose: FlowPurpose,
        number: TypedNumber,
        sent: SentCode,
        is_sent: bool,
        now: OffsetDateTime,
    ) -> Self {
        Self {
            id: FlowId::generate(&mut rand::rng()),
            purpose,
            stage: Stage::Code,
            number,
            code_id: sent.id.map(|id| id.expose()),
            is_sent,
            length: sent.length,
            began_at: now.unix_timestamp(),
            resend_at: (now + sent.resend_after).unix_timestamp(),
            expires_at: (now + sent.expires_in).unix_timestamp(),
            remember: false,
            terms: None,
            notice: None,
        }
    }

    /// A flow without a code, which has come to `stage` at `now`.
    pub(super) fn without_code(
        purpose: FlowPurpose,
        number: TypedNumber,
        stage: Stage,
        now: OffsetDateTime,
    ) -> Self {
        let now = now.unix_timestamp();
        Self {
            id: FlowId::generate(&mut rand::rng()),
            purpose,
            stage,
            number,
            code_id: None,
            is_sent: false,
            length: 0,
            began_at: now,
            resend_at: now,
            expires_at: now,
            remember: false,
            terms: None,
            notice: None,
        }
    }

    /// The same flow, which has come to `stage` at `now`.
    pub(super) fn at(&self, stage: Stage, now: OffsetDateTime) -> Self {
        Self { stage, began_at: now.unix_timestamp(), notice: None, ..self.clone() }
    }

    /// The same flow, whose code is not valid any more.
    pub(super) fn without_valid_code(&self, now: OffsetDateTime) -> Self {
        Self { expires_at: now.unix_timestamp(), ..self.at(Stage::Code, now) }
    }

    /// The flow has ended, and the next page tells of it.
    pub(super) fn over(&self, notice: FlowNotice, now: OffsetDateTime) -> Self {
        Self { notice: Some(notice), ..self.at(Stage::Over, now) }
    }

    /// This flow in the place of `former`, so that the addresses of that lead here.
    pub(super) fn replacing(self, former: &Self) -> Self {
        Self { id: former.id.clone(), ..self }
    }

    pub(super) fn purpose(&self) -> FlowPurpose {
        self.purpose
    }

    pub(super) fn stage(&self) -> &Stage {
        &self.stage
    }

    pub(super) fn number(&self) -> &TypedNumber {
        &self.number
    }

    pub(super) fn phone(&self) -> Option<PhoneNumber> {
        PhoneNumber::from_e164(&self.number.phone).ok()
    }

    /// The number as its owner knows it, for pages.
    pub(super) fn masked(&self) -> String {
        self.phone().map(|phone| phone.masked()).unwrap_or_default()
    }

    /// The code that was typed, with the id of its request.
    pub(super) fn typed(&self, code: &str) -> Option<TypedCode> {
        let id = self.code_id.as_deref()?.parse().ok()?;
        Some(TypedCode { id, code: Code::from_text(code.to_owned()) })
    }

    /// The continuation and the time of the deletion that it withdraws.
    pub(super) fn leaving(&self) -> Option<(Continuation, OffsetDateTime)> {
        let Stage::Leaving { continuation, purge_at } = &self.stage else { return None };
        let purge_at = OffsetDateTime::from_unix_timestamp(*purge_at).ok()?;
        Some((continuation.parse().ok()?, purge_at))
    }

    pub(super) fn notice(&self) -> Option<Notice> {
        self.notice.map(Notice::from)
    }

    pub(super) fn expires_in(&self, now: OffsetDateTime) -> Duration {
        until(self.expires_at, now)
    }

    pub(super) fn resend_in(&self, now: OffsetDateTime) -> Duration {
        until(self.resend_at, now)
    }

    /// Name of the flow, as addresses carry it.
    pub(super) fn id(&self) -> &FlowId {
        &self.id
    }

    /// Address of the page `path` in this flow.
    pub(super) fn address(&self, path: &str) -> String {
        format!("{path}?f={}", self.id)
    }

    fn is_alive(&self, now: OffsetDateTime) -> bool {
        let age = now.unix_timestamp().saturating_sub(self.began_at);
        (0..=i64::try_from(LIFE.as_secs()).unwrap_or(i64::MAX)).contains(&age)
    }
}

fn until(moment: i64, now: OffsetDateTime) -> Duration {
    Duration::from_secs(moment.saturating_sub(now.unix_timestamp()).try_into().unwrap_or_default())
}

/// Omits what only the browser should have.
impl fmt::Debug for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flow")
            .field("id", &self.id)
            .field("purpose", &self.purpose)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
