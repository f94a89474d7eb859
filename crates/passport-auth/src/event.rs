//! What operations report about their outcome, for the journal and the log.

use std::error::Error;

use passport_session::{Method, Session, SessionId};
use passport_user::{
    AccountEvent, Actor, EventKind, EventOutcome, PhoneNumber, Reason, User, UserId,
};
use tracing::{error, info};

use crate::{Authenticated, Caller, Denied, Operator, Unavailable};

/// Account, number, session and client that an event is about, as far as they are known.
#[derive(Debug, Clone, Default)]
pub(crate) struct EventSubject {
    pub(crate) actor: Option<Actor>,
    pub(crate) phone: Option<PhoneNumber>,
    pub(crate) user: Option<UserId>,
    pub(crate) session: Option<SessionId>,
    pub(crate) caller: Option<Caller>,
    pub(crate) reason: Option<Reason>,
    /// Proof of a sign-in, right or wrong.
    pub(crate) method: Option<Method>,
}

/// Result of a successful operation.
pub(crate) trait Effect {
    /// Completes the event; returns false if nothing changed and there is no event.
    fn describe(&self, event: &mut AccountEvent) -> bool;
}

/// Error of an operation.
///
/// A host that answers all refusals alike needs no other method than these; one that tells them apart
/// matches on the error itself.
pub trait Refused: Error + 'static {
    /// Name of the rule that refused the operation, such as `code-wrong`. Names are kebab-case and part
    /// of the log format.
    fn rule(&self) -> &'static str;

    /// The denial that the operation met before it decided anything, if that is the reason.
    fn denied(&self) -> Option<&Denied>
    where
        Self: Sized,
    {
        Denied::among(self)
    }
}

impl EventSubject {
    /// An event that `caller` causes, without being signed in.
    pub(crate) fn of(caller: &Caller) -> Self {
        Self { caller: Some(caller.clone()), ..Self::default() }
    }

    /// An event that a signed-in person causes.
    pub(crate) fn person(person: &Authenticated, caller: &Caller) -> Self {
        Self {
            actor: Some(Actor::User(person.user.id)),
            user: Some(person.user.id),
            session: Some(person.session.id),
            phone: person.user.phone.clone(),
            ..Self::of(caller)
        }
    }

    /// An event about the user `user`.
    pub(crate) fn user(user: UserId, actor: Actor) -> Self {
        Self { actor: Some(actor), user: Some(user), ..Self::default() }
    }

    /// An event that an operator causes.
    pub(crate) fn operator(operator: &Operator) -> Self {
        Self {
            actor: Some(operator.actor()),
            caller: operator.client.clone(),
            reason: operator.reason.clone(),
            ..Self::default()
        }
    }

    /// The event is about the user `user`.
    pub(crate) fn user_id(self, user: UserId) -> Self {
        Self { user: Some(user), ..self }
    }

    /// The event is about `phone`.
    pub(crate) fn phone(self, phone: &PhoneNumber) -> Self {
        Self { phone: Some(phone.clone()), ..self }
    }

    /// The event is about a sign-in with `method`.
    pub(crate) fn method(self, method: Method) -> Self {
        Self { method: Some(method), ..self }
    }

    /// The event is about `session`.
    pub(crate) fn session(self, session: SessionId) -> Self {
        Self { session: Some(session), ..self }
    }
}

/// Completes `event` by the outcome of its operation and logs it: refusals as information, outages as
/// errors with their causes. Returns `None` if nothing changed.
pub(crate) fn complete<T: Effect, E: Refused>(
    mut event: AccountEvent,
    operation: Operation,
    outcome: &Result<T, E>,
) -> Option<AccountEvent> {
    match outcome {
        Ok(effect) => effect.describe(&mut event).then_some(())?,
        Err(refusal) => event.outcome = EventOutcome::Refused(refusal.rule().to_owned()),
    }
    let phone = event.phone.as_ref().map(|phone| phone.masked.as_str());
    let user = event.subject.map(tracing::field::display);
    let session = event.session.map(tracing::field::display);
    match outcome {
        Ok(_) => info!(phone, user, session, "{}", operation.done()),
        Err(refusal) => match (Unavailable::among(refusal), refusal.rule(), operation.refused()) {
            (None, rule, refused) => info!(phone, user, session, rule, %refusal, "{refused}"),
            (Some(outage), rule, refused) => {
                let error = outage as &dyn Error;
                error!(phone, user, session, rule, %refusal, error, "{refused}");
            }
        },
    }
    Some(event)
}

macro_rules! operations {
    ($($name:ident: $kind:ident, $done:literal, $refused:literal;)+) => {
        /// Operations that have events.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Operation {
            $($name,)+
        }

        impl Operation {
            /// Kind of the events.
            pub(crate) fn kind(self) -> EventKind {
                match self {
                    $(Self::$name => EventKind::$kind,)+
                }
            }

            fn done(self) -> &'static str {
                match self {
                    $(Self::$name => $done,)+
                }
            }

            fn refused(self) -> &'static str {
                match self {
                    $(Self::$name => $refused,)+
                }
            }
        }
    };
}

operations! {
    SendCode: CodeSent, "code sent", "code not sent";
    SignUp: UserCreated, "signed up", "not signed up";
    SignIn: SessionBegun, "signed in", "not signed in";
    SignOut: SessionEnded, "signed out", "not signed out";
    EndSession: SessionEnded, "session ended", "session not ended";
    EndOtherSessions: SessionsEnded, "other sessions ended", "other sessions not ended";
    Confirm: SessionConfirmed, "session confirmed", "session not confirmed";
    ChangePassword: PasswordChanged, "password changed", "password not changed";
    ResetPassword: PasswordReset, "password reset", "password not reset";
    ChangeNumber: NumberChanged, "number changed", "number not changed";
    UndoNumber: NumberUndone, "change of number undone", "change of number not undone";
    Rename: UserRenamed, "nick name changed", "nick name not changed";
    Leave: UserLeaving, "deletion requested", "deletion not requested";
    Restore: UserRestored, "deletion withdrawn", "deletion not withdrawn";
    Purge: UserPurged, "user purged", "user not purged";
    Disable: UserDisabled, "user disabled", "user not disabled";
    Enable: UserEnabled, "user enabled", "user not enabled";
    Export: UserExported, "data exported", "data not exported";
    EndAllSessions: SessionsEnded, "all sessions ended", "sessions not ended";
    Unlock: UserUnlocked, "failures cleared", "failures not cleared";
    ResetLimits: LimitsReset, "limits reset", "limits not reset";
    Look: OperatorLooked, "whole number shown", "whole number not shown";
    AdmitOperator: OperatorAdmitted, "operator admitted", "operator not admitted";
    AddToken: OperatorTokenAdded, "token of operator added", "token of operator not added";
    RemoveToken: OperatorTokenRemoved, "token of operator removed", "token of operator not removed";
    RotateKey: KeyRotated, "signing key made", "signing key not made";
    RetireKey: KeyRetired, "signing key retired", "signing key not retired";
    PurgeAudit: AuditPurged, "audit log purged", "audit log not purged";
}

impl Effect for () {
    fn describe(&self, _: &mut AccountEvent) -> bool {
        true
    }
}

/// Whether the operation changed something.
impl Effect for bool {
    fn describe(&self, _: &mut AccountEvent) -> bool {
        *self
    }
}

/// A user who acted.
impl Effect for User {
    fn describe(&self, event: &mut AccountEvent) -> bool {
        acted_by(self.id, event);
        true
    }
}

/// A session that began or ended.
impl Effect for Session {
    fn describe(&self, event: &mut AccountEvent) -> bool {
        acted_by(UserId::from_uuid(self.subject), event);
        event.session = Some(self.id.as_uuid());
        true
    }
}

/// The event is about `user`, who gave a proof unless another actor is known.
pub(crate) fn acted_by(user: UserId, event: &mut AccountEvent) {
    event.subject = Some(user);
    if event.actor == Actor::Anonymous {
        event.actor = Actor::User(user);
    }
}

impl<T: Effect> Effect for Option<T> {
    fn describe(&self, event: &mut AccountEvent) -> bool {
        self.as_ref().is_some_and(|effect| effect.describe(event))
    }
}

impl Refused for Unavailable {
    fn rule(&self) -> &'static str {
        "unavailable"
    }
}
