use time::OffsetDateTime;

use crate::client::Gap;
use crate::outcome::Scope;

/// Refusal of a gateway: the message was not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejection {
    /// Meaning of the refusal, which decides the next step.
    pub class: Class,
    /// What the refusal is about, which decides what is paused.
    pub scope: Scope,
    /// The gateway's own code, unchanged; empty if there was none. Needed above all for
    /// [`Class::UnknownCode`].
    pub code: String,
    /// The gateway's text, for operators only and never the basis of a decision. The code and the
    /// number of the message are removed.
    pub text: String,
    /// First moment at which another attempt makes sense, if the gateway states or documents one.
    ///
    /// A moment rather than an interval, because a moment stays right while the rejection waits in
    /// a queue, and nodes can share it.
    pub until: Option<OffsetDateTime>,
}

impl Rejection {
    /// A rejection with the gateway's own code and text, the scope [of its class](Scope::of), and no
    /// known end.
    #[must_use]
    pub fn new(class: Class, code: impl Into<String>, text: impl Into<String>) -> Self {
        let (scope, code, text) = (Scope::of(class), code.into(), text.into());
        Self { class, scope, code, text, until: None }
    }

    /// The same rejection, about this.
    #[must_use]
    pub fn about(self, scope: Scope) -> Self {
        Self { scope, ..self }
    }

    /// The same rejection, with the moment at which it ends, if known.
    #[must_use]
    pub fn until(self, until: Option<OffsetDateTime>) -> Self {
        Self { until, ..self }
    }

    /// The rejection, before anything is sent, of a message for which the gateway has no template
    /// or whose destination it does not serve. Another gateway may cover the message.
    #[must_use]
    pub fn uncovered(gap: Gap) -> Self {
        let scope = match gap {
            Gap::Destination => Scope::Region,
            Gap::Template => Scope::Template,
        };
        Self::new(Class::UnsupportedDestination, "", gap.to_string()).about(scope)
    }

    /// The rejection, before anything is sent, of a message that cannot be part of an HTTP request.
    #[must_use]
    pub fn unwritable() -> Self {
        Self::new(Class::BadRequest, "", "request cannot be written as HTTP")
    }
}

/// Meaning of a refusal. Exhaustive, because a new class has to stop the build wherever a decision
/// is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// The number is malformed, unassigned, or not a mobile number. Ask the user to check it.
    BadRecipient,
    /// The user opted out, or is on a list of blocked numbers. No other gateway may be used to
    /// bypass an opt-out; the user gets a neutral text.
    RecipientBlocked,
    /// The country, region or number is not served or not enabled here. Another gateway may serve
    /// it.
    UnsupportedDestination,
    /// A cap per number is reached. Such caps limit abuse, so no other gateway may be used to
    /// bypass them.
    RecipientThrottled,
    /// A rate or volume of the account is reached. Another gateway can take over at once.
    AccountThrottled,
    /// The content, or a variable in it, was refused. Other gateways usually refuse it too.
    Content,
    /// Credentials, clock, template, signature name, balance, address list, or a product that is
    /// not enabled. Alert the operator, and pause what the refusal [is about](Scope).
    Config,
    /// The request was malformed because of an error in the gateway's implementation, not of the
    /// user. Another gateway may be tried; alert the developers.
    BadRequest,
    /// The gateway failed and did not send the message. Retry with backoff, or use another gateway.
    Transient,
    /// A well-formed refusal with an undocumented code. Another gateway may be tried; alert the
    /// operator, so that the code is looked up.
    UnknownCode,
}
