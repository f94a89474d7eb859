//! Problems of refusals that several use cases have.

use passport_auth::{
    ChallengeRefusal, CodeRefusal, ConfirmationRequired, ConsentRequired, NotAdmitted,
};
use passport_session::Method;
use passport_user::{NickNameRefusal, PasswordRefusal};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use super::{
    names::method_name,
    problem::{Code, Problem},
};

impl From<ChallengeRefusal> for Problem {
    fn from(refusal: ChallengeRefusal) -> Self {
        match refusal {
            ChallengeRefusal::Missing => Code::ChallengeGone.into(),
            ChallengeRefusal::Wrong => Code::ChallengeWrong.into(),
        }
    }
}

impl From<CodeRefusal> for Problem {
    fn from(refusal: CodeRefusal) -> Self {
        match refusal {
            CodeRefusal::Missing => Code::SmsCodeGone.into(),
            CodeRefusal::Mismatch { tries_left } => {
                Self::from(Code::SmsCodeWrong).with("tries_left", tries_left)
            }
        }
    }
}

impl From<ConfirmationRequired> for Problem {
    fn from(required: ConfirmationRequired) -> Self {
        Self::from(Code::ConfirmationRequired).with("accepted", names(required.accepted))
    }
}

impl From<ConsentRequired> for Problem {
    fn from(required: ConsentRequired) -> Self {
        Self::from(Code::ConsentRequired).with("terms", required.current.as_str())
    }
}

/// The session is fresh or not; in either case, a proof of this kind does not count.
pub(super) fn too_weak(required: ConfirmationRequired) -> Problem {
    Problem::from(Code::ProofTooWeak).with("accepted", names(required.accepted))
}

fn names(methods: &[Method]) -> Value {
    json!(methods.iter().copied().map(method_name).collect::<Vec<_>>())
}

impl From<NotAdmitted> for Problem {
    fn from(refusal: NotAdmitted) -> Self {
        match refusal {
            NotAdmitted::Disabled => Code::AccountDisabled.into(),
            NotAdmitted::Leaving { purge_at, continuation } => Self::from(Code::AccountLeaving)
                .with("purge_at", purge_at.format(&Rfc3339).unwrap_or_default())
                .with("continuation", continuation.expose()),
        }
    }
}

impl From<PasswordRefusal> for Problem {
    fn from(refusal: PasswordRefusal) -> Self {
        let problem = Self::from(Code::PasswordRefused);
        match refusal {
            PasswordRefusal::TooShort { min } => {
                problem.with("reason", "too-short").with("min_length", min)
            }
            PasswordRefusal::TooLong { max } => {
                problem.with("reason", "too-long").with("max_length", max)
            }
            PasswordRefusal::Common => problem.with("reason", "common"),
            PasswordRefusal::PhoneNumber => problem.with("reason", "phone-number"),
        }
    }
}

impl From<NickNameRefusal> for Problem {
    fn from(refusal: NickNameRefusal) -> Self {
        let reason = match refusal {
            NickNameRefusal::Empty => "empty",
            NickNameRefusal::TooLong => "too-long",
            NickNameRefusal::Invisible => "invisible-characters",
            NickNameRefusal::PhoneNumber => "phone-number",
        };
        Self::from(Code::NickNameRefused).with("reason", reason)
    }
}
