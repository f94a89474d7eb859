//! Events: what operations did, for the log, and later for the audit journal.

use std::error::Error;

use passport_session::{Session, SessionId};
use passport_user::{PhoneNumber, User, UserId};
use tracing::{error, info};

use crate::Unavailable;

/// Outcome of one operation on an account. The log is the only reader so far.
#[derive(Debug)]
pub(crate) struct Event<'a> {
    operation: Operation,
    subject: EventSubject,
    outcome: Outcome<'a>,
}

/// Operations that have events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    SendCode,
    SignUp,
    SignIn,
    SignOut,
    EndSession,
    EndOtherSessions,
}

/// Account, number and session that an event is about, as far as they are known.
#[derive(Debug, Clone, Default)]
pub(crate) struct EventSubject {
    /// Masked phone number.
    pub(crate) phone: Option<String>,
    pub(crate) user: Option<UserId>,
    pub(crate) session: Option<SessionId>,
}

#[derive(Debug)]
enum Outcome<'a> {
    Done,
    Refused {
        rule: &'static str,
        refusal: &'a dyn Error,
    },
    /// Refused because of an outage, whose causes are logged.
    Failed {
        rule: &'static str,
        refusal: &'a dyn Error,
        outage: &'a Unavailable,
    },
}

/// Result of a successful operation.
pub(crate) trait Effect {
    /// Completes the subject of the event; returns false if nothing changed and there is no event.
    fn describe(&self, subject: &mut EventSubject) -> bool;
}

/// Error of an operation.
pub(crate) trait Refused: Error + 'static {
    /// Name of the rule that refused the operation. Names are kebab-case and part of the log format.
    fn rule(&self) -> &'static str;
}

impl EventSubject {
    /// An event about `phone`.
    pub(crate) fn phone(phone: &PhoneNumber) -> Self {
        Self { phone: Some(phone.masked()), ..Self::default() }
    }

    /// An event about a session of `user`.
    pub(crate) fn session(user: UserId, session: SessionId) -> Self {
        Self { user: Some(user), session: Some(session), ..Self::default() }
    }
}

impl<'a> Event<'a> {
    /// Event of `operation`, unless it changed nothing.
    pub(crate) fn of<T: Effect, E: Refused>(
        operation: Operation,
        mut subject: EventSubject,
        outcome: &'a Result<T, E>,
    ) -> Option<Self> {
        let outcome = match outcome {
            Ok(effect) => effect.describe(&mut subject).then_some(Outcome::Done)?,
            Err(refusal) => match Unavailable::among(refusal) {
                Some(outage) => Outcome::Failed { rule: refusal.rule(), refusal, outage },
                None => Outcome::Refused { rule: refusal.rule(), refusal },
            },
        };
        Some(Self { operation, subject, outcome })
    }

    /// Writes the event to the log: refusals as information, outages as errors with their causes.
    pub(crate) fn log(&self) {
        let EventSubject { phone, user, session } = &self.subject;
        let user = user.map(tracing::field::display);
        let session = session.map(|session| tracing::field::display(session.as_uuid()));
        match self.outcome {
            Outcome::Done => info!(phone, user, session, "{}", self.operation.done()),
            Outcome::Refused { rule, refusal } => {
                info!(phone, user, session, rule, %refusal, "{}", self.operation.refused());
            }
            Outcome::Failed { rule, refusal, outage } => {
                let error = outage as &dyn Error;
                let refused = self.operation.refused();
                error!(phone, user, session, rule, %refusal, error, "{refused}");
            }
        }
    }
}

impl Operation {
    fn done(self) -> &'static str {
        match self {
            Self::SendCode => "code sent",
            Self::SignUp => "signed up",
            Self::SignIn => "signed in",
            Self::SignOut => "signed out",
            Self::EndSession => "session ended",
            Self::EndOtherSessions => "other sessions ended",
        }
    }

    fn refused(self) -> &'static str {
        match self {
            Self::SendCode => "code not sent",
            Self::SignUp => "not signed up",
            Self::SignIn => "not signed in",
            Self::SignOut => "not signed out",
            Self::EndSession => "session not ended",
            Self::EndOtherSessions => "other sessions not ended",
        }
    }
}

impl Effect for () {
    fn describe(&self, _: &mut EventSubject) -> bool {
        true
    }
}

/// Whether the operation changed something.
impl Effect for bool {
    fn describe(&self, _: &mut EventSubject) -> bool {
        *self
    }
}

impl Effect for User {
    fn describe(&self, subject: &mut EventSubject) -> bool {
        subject.user = Some(self.id);
        true
    }
}

/// A session that began or ended.
impl Effect for Session {
    fn describe(&self, subject: &mut EventSubject) -> bool {
        subject.user = Some(UserId::from_uuid(self.subject));
        subject.session = Some(self.id);
        true
    }
}

impl<T: Effect> Effect for Option<T> {
    fn describe(&self, subject: &mut EventSubject) -> bool {
        self.as_ref().is_some_and(|effect| effect.describe(subject))
    }
}

impl Refused for Unavailable {
    fn rule(&self) -> &'static str {
        "unavailable"
    }
}
