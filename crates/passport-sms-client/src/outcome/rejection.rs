use time::OffsetDateTime;

use crate::client::Gap;

/// A gateway's refusal: the message was not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejection {
    /// What the refusal means, and so what to do.
    pub class: Class,
    /// The gateway's own code, as it came; empty if there was none. Kept above all for
    /// [`Class::UnknownCode`].
    pub code: String,
    /// The gateway's words, for operators only and never to decide by. The message's code and
    /// number are taken out.
    pub text: String,
    /// The first moment at which another try makes sense, where the gateway says or documents one;
    /// `None` says that nothing is known.
    ///
    /// A moment and not an interval: a cap that ends at midnight ends then however long the
    /// rejection lay in a queue, and nodes can share it.
    pub until: Option<OffsetDateTime>,
}

impl Rejection {
    /// A refusal with the gateway's own code and text, and without a known end.
    #[must_use]
    pub fn new(class: Class, code: impl Into<String>, text: impl Into<String>) -> Self {
        Self { class, code: code.into(), text: text.into(), until: None }
    }

    /// The same, with the moment at which it ends, if that is known.
    #[must_use]
    pub fn until(self, until: Option<OffsetDateTime>) -> Self {
        Self { until, ..self }
    }

    /// The refusal, before anything is sent, of a message for which the gateway has no template or whose
    /// destination it does not serve. Another gateway may cover the message.
    #[must_use]
    pub fn uncovered(gap: Gap) -> Self {
        Self::new(Class::UnsupportedDestination, "", gap.to_string())
    }

    /// The refusal, before anything is sent, of a message that cannot be part of an HTTP request.
    #[must_use]
    pub fn unwritable() -> Self {
        Self::new(Class::BadRequest, "", "request cannot be written as HTTP")
    }
}

/// What a refusal means. Exhaustive: a new class stops the build wherever a decision is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// The number is malformed, not assigned, or no mobile. Tell the person to check it.
    BadRecipient,
    /// The person opted out or is on a list of blocked numbers. Another gateway must not be used to
    /// get around an opt-out; the person is told something neutral.
    RecipientBlocked,
    /// The country or region is not served or not enabled here. Another gateway may serve it.
    UnsupportedDestination,
    /// A cap per number is reached. These caps are the brake against abuse: do not go around them.
    RecipientThrottled,
    /// A rate or volume of the account is reached. Another gateway can take over at once.
    AccountThrottled,
    /// The content or a variable in it was refused. Another gateway will hardly differ.
    Content,
    /// Credentials, clock, template, signature name, balance, address list, or a product that is
    /// not enabled. Tell the operator loudly, and stop using the gateway for a while.
    Config,
    /// The request was built wrongly: an error in this crate, never the person's.
    BadRequest,
    /// The gateway failed on its side and did not send. Try again with backoff, or elsewhere.
    Transient,
    /// A well-formed refusal with a code that is in no table. Look at the code; another gateway
    /// may be tried.
    UnknownCode,
}
