//! Each act on an account, prepared so that it succeeds, for tests that disturb it.

use std::time::Duration;

use futures::{FutureExt, future::LocalBoxFuture};
use passport_auth::{
    Authenticated, CodePurpose, Continuation, NewPassword, NotAdmitted, Proof, Return, SignInError,
    TypedCode,
};
use passport_session::SessionToken;
use passport_user::{EventKind, StandingKind, User, UserId};
use uuid::Uuid;

use crate::{
    life::{code_credentials, new_password, new_user, reset},
    operators::operator,
    told::Told,
    world::{OTHER_PHONE, PASSWORD, PHONE, World, caller, number, password},
};

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    FirstSignInByCode,
    SignInByCode,
    SignUpByCode,
    ConfirmByPassword,
    ConfirmByCode,
    ChangePassword,
    ChangePasswordOnly,
    RemovePassword,
    ResetPassword,
    ChangeNumber,
    UndoNumber,
    Rename,
    Leave,
    Restore,
    Purge,
    Disable,
    Enable,
    EndSession,
    EndOthers,
    RestoreByOperator,
    LeaveByOperator,
    ClearPassword,
    EndAll,
    EndOne,
}

/// A person about to act.
pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) act: Act,
    /// The account before, if there is one.
    pub(crate) before: Option<User>,
    /// The signed-in person.
    pub(crate) person: Option<Authenticated>,
    /// Another session of the account.
    pub(crate) other: Option<SessionToken>,
    code: Option<TypedCode>,
    continuation: Option<Continuation>,
}

impl Act {
    pub(crate) const ALL: [Self; 24] = [
        Self::FirstSignInByCode,
        Self::SignInByCode,
        Self::SignUpByCode,
        Self::ConfirmByPassword,
        Self::ConfirmByCode,
        Self::ChangePassword,
        Self::ChangePasswordOnly,
        Self::RemovePassword,
        Self::ResetPassword,
        Self::ChangeNumber,
        Self::UndoNumber,
        Self::Rename,
        Self::Leave,
        Self::Restore,
        Self::Purge,
        Self::Disable,
        Self::Enable,
        Self::EndSession,
        Self::EndOthers,
        Self::RestoreByOperator,
        Self::LeaveByOperator,
        Self::ClearPassword,
        Self::EndAll,
        Self::EndOne,
    ];

    /// Kind of its event.
    pub(crate) fn kind(self) -> EventKind {
        match self {
            Self::FirstSignInByCode | Self::SignInByCode => EventKind::SessionBegun,
            Self::SignUpByCode => EventKind::UserCreated,
            Self::ConfirmByPassword | Self::ConfirmByCode => EventKind::SessionConfirmed,
            Self::ChangePassword | Self::ChangePasswordOnly | Self::RemovePassword => {
                EventKind::PasswordChanged
            }
            Self::ResetPassword | Self::ClearPassword => EventKind::PasswordReset,
            Self::ChangeNumber => EventKind::NumberChanged,
            Self::UndoNumber => EventKind::NumberUndone,
            Self::Rename => EventKind::UserRenamed,
            Self::Leave | Self::LeaveByOperator => EventKind::UserLeaving,
            Self::Restore | Self::RestoreByOperator => EventKind::UserRestored,
            Self::Purge => EventKind::UserPurged,
            Self::Disable => EventKind::UserDisabled,
            Self::Enable => EventKind::UserEnabled,
            Self::EndSession | Self::EndOne => EventKind::SessionEnded,
            Self::EndOthers | Self::EndAll => EventKind::SessionsEnded,
        }
    }

    /// Whether it raises the epoch, and so ends all sessions.
    pub(crate) fn ends_sessions(self) -> bool {
        match self {
            Self::FirstSignInByCode
            | Self::SignInByCode
            | Self::SignUpByCode
            | Self::ConfirmByPassword
            | Self::ConfirmByCode
            | Self::ChangePasswordOnly
            | Self::Rename
            | Self::EndSession
            | Self::EndOne
            | Self::EndOthers => false,
            Self::ChangePassword
            | Self::RemovePassword
            | Self::ResetPassword
            | Self::ChangeNumber
            | Self::UndoNumber
            | Self::Leave
            | Self::Restore
            | Self::Purge
            | Self::Disable
            | Self::RestoreByOperator
            | Self::LeaveByOperator
            | Self::ClearPassword
            | Self::EndAll
            | Self::Enable => true,
        }
    }

    /// Whether its event is written by the statement of the change.
    pub(crate) fn is_written_with_its_event(self) -> bool {
        match self {
            Self::SignUpByCode | Self::Rename => true,
            // `replace_password_hash` is a renewal, too, and takes no event.
            Self::ChangePasswordOnly => false,
            _ => self.ends_sessions(),
        }
    }

    pub(crate) fn prepare(self) -> LocalBoxFuture<'static, Scene> {
        let world = World::with(|setup| {
            setup.allow_many_messages();
            setup.grace = Duration::from_mins(1);
        });
        self.prepare_in(world).boxed_local()
    }

    async fn prepare_in(self, world: World) -> Scene {
        let (mut person, mut other, mut continuation, mut code) = (None, None, None, None);
        match self {
            Self::FirstSignInByCode | Self::SignUpByCode => {}
            Self::ConfirmByCode => {
                other = Some(world.code_person(PHONE).await.token);
                person = Some(world.code_person(PHONE).await);
            }
            _ => {
                other = Some(world.person(PHONE).await.token);
                person = Some(world.person(PHONE).await);
            }
        }
        let accounts = &world.accounts;
        match (self, &person) {
            (Self::FirstSignInByCode | Self::SignInByCode, _) => {
                code = Some(world.typed_code(PHONE, CodePurpose::SignIn).await);
            }
            (Self::SignUpByCode, _) => {
                code = Some(world.typed_code(PHONE, CodePurpose::SignUp).await);
            }
            (Self::ResetPassword, _) => {
                code = Some(world.typed_code(PHONE, CodePurpose::Reset).await);
            }
            (Self::ConfirmByCode, Some(person)) => code = Some(world.confirm_code(person).await),
            (Self::ChangeNumber, Some(person)) => {
                code = Some(world.change_code(person, OTHER_PHONE).await);
            }
            (Self::UndoNumber, Some(former)) => {
                let typed = world.change_code(former, OTHER_PHONE).await;
                let change = accounts.change_number.change(
                    former.clone(),
                    number(OTHER_PHONE),
                    typed,
                    caller(1),
                );
                change.await.expect("the code is good");
                other = Some(world.person(OTHER_PHONE).await.token);
                code = Some(world.typed_code(PHONE, CodePurpose::UndoNumber).await);
                person = Some(world.person(OTHER_PHONE).await);
            }
            (Self::Restore | Self::RestoreByOperator | Self::Purge, Some(leaver)) => {
                accounts.leave.leave(leaver.clone(), caller(1)).await.expect("it is fresh");
                if self == Self::Purge {
                    world.clock.advance(Duration::from_mins(1));
                } else if let Err(SignInError::NotAdmitted(NotAdmitted::Leaving {
                    continuation: given,
                    ..
                })) = world.sign_in(PHONE, PASSWORD).await
                {
                    continuation = Some(given);
                }
            }
            (Self::Enable, Some(person)) => {
                let disabled =
                    accounts.operators.standing.disable(person.user.id, &operator()).await;
                assert!(disabled.expect("the stores answer").is_some());
            }
            _ => {}
        }
        let before = match &person {
            Some(person) => world.users.find(person.user.id).await.expect("it answers"),
            None => None,
        };
        Scene { world, act: self, before, person, other, code, continuation }
    }
}

impl Scene {
    /// Acts; returns what is told.
    pub(crate) fn act(&self) -> LocalBoxFuture<'_, Told> {
        self.act_once().boxed_local()
    }

    async fn act_once(&self) -> Told {
        let (accounts, client) = (&self.world.accounts, caller(1));
        let person = || self.person.clone().expect("the act has a person");
        let code = || self.code.clone().expect("the act has a code");
        match self.act {
            Act::FirstSignInByCode | Act::SignInByCode => {
                accounts.code_sign_in.sign_in(code_credentials(PHONE, &code())).await.into()
            }
            Act::SignUpByCode => {
                accounts.code_sign_up.sign_up(new_user(PHONE, &code())).await.into()
            }
            Act::ConfirmByPassword => {
                let proof = Proof::Password(password(PASSWORD));
                accounts.confirm_session.confirm(person(), proof, client).await.into()
            }
            Act::ConfirmByCode => {
                let proof = Proof::Code(code());
                accounts.confirm_session.confirm(person(), proof, client).await.into()
            }
            Act::ChangePassword | Act::ChangePasswordOnly => {
                let keep_sessions = self.act == Act::ChangePasswordOnly;
                let new = NewPassword { keep_sessions, ..new_password() };
                accounts.change_password.change(person(), new, client).await.into()
            }
            Act::RemovePassword => accounts.change_password.remove(person(), client).await.into(),
            Act::ResetPassword => accounts.reset_password.reset(reset(PHONE, &code())).await.into(),
            Act::ChangeNumber => {
                let phone = number(OTHER_PHONE);
                accounts.change_number.change(person(), phone, code(), client).await.into()
            }
            Act::UndoNumber => {
                accounts.undo_number.undo(number(PHONE), code(), client).await.into()
            }
            Act::Rename => {
                let name = "Wang".parse().expect("the name is right");
                accounts.profile.rename(person(), name, client).await.into()
            }
            Act::Leave => accounts.leave.leave(person(), client).await.into(),
            Act::Restore => {
                let continuation = self.continuation.clone().expect("the act has one");
                let request = Return { continuation, remember: false, client, former: None };
                accounts.restore.restore(request).await.into()
            }
            Act::Purge => accounts.purge_users.run().await.into(),
            Act::Disable => {
                accounts.operators.standing.disable(self.id(), &operator()).await.into()
            }
            Act::Enable => accounts.operators.standing.enable(self.id(), &operator()).await.into(),
            Act::EndSession => {
                let person = person();
                let ended = self.world.own_sessions.end(&person, person.session.id, &client);
                ended.await.into()
            }
            Act::RestoreByOperator => {
                accounts.operators.standing.restore(self.id(), &operator()).await.into()
            }
            Act::LeaveByOperator => {
                accounts.operators.standing.delete(self.id(), &operator()).await.into()
            }
            Act::ClearPassword => {
                accounts.operators.credentials.reset(self.id(), &operator()).await.into()
            }
            Act::EndAll => accounts.operators.sessions.end_all(self.id(), &operator()).await.into(),
            Act::EndOne => {
                let session = person().session.id;
                let sessions = &accounts.operators.sessions;
                sessions.end_one(self.id(), session, &operator()).await.into()
            }
            Act::EndOthers => self.world.own_sessions.end_others(&person(), &client).await.into(),
        }
    }

    /// Whether the act has changed what it is to change.
    pub(crate) async fn is_made(&self) -> bool {
        let world = &self.world;
        let after = world.users.find(self.id()).await.expect("the repository answers");
        let standing = after.as_ref().map(|user| user.standing.kind());
        let hash = |user: &Option<User>| user.as_ref().and_then(|user| user.password_hash.clone());
        match self.act {
            Act::FirstSignInByCode | Act::SignUpByCode | Act::UndoNumber => {
                world.has_account(PHONE).await
            }
            Act::SignInByCode => self.sessions().await > 2,
            Act::ConfirmByPassword
            | Act::ConfirmByCode
            | Act::EndSession
            | Act::EndOne
            | Act::EndAll => !self.is_valid(self.person.as_ref().map(|person| &person.token)).await,
            Act::EndOthers => !self.is_valid(self.other.as_ref()).await,
            Act::ChangePassword
            | Act::ChangePasswordOnly
            | Act::RemovePassword
            | Act::ClearPassword
            | Act::ResetPassword => hash(&after) != hash(&self.before),
            Act::ChangeNumber => world.has_account(OTHER_PHONE).await,
            Act::Rename => after.is_some_and(|user| user.nick_name.as_str() == "Wang"),
            Act::Leave | Act::LeaveByOperator => standing == Some(StandingKind::Leaving),
            Act::Restore | Act::RestoreByOperator | Act::Enable => {
                standing == Some(StandingKind::Active)
            }
            Act::Purge => after.is_none(),
            Act::Disable => standing == Some(StandingKind::Disabled),
        }
    }

    /// Whether the session of `token` is valid.
    pub(crate) async fn is_valid(&self, token: Option<&SessionToken>) -> bool {
        match token {
            Some(token) => self.world.read(token).await.is_some(),
            None => false,
        }
    }

    pub(crate) fn has_code(&self) -> bool {
        self.code.is_some()
    }

    pub(crate) fn id(&self) -> UserId {
        self.before.as_ref().map_or(UserId::from_uuid(Uuid::nil()), |user| user.id)
    }

    async fn sessions(&self) -> usize {
        let listed = self.world.session_store.list(self.id().as_uuid(), self.now()).await;
        listed.expect("the store answers").len()
    }

    fn now(&self) -> time::OffsetDateTime {
        passport_auth::Clock::now(&*self.world.clock)
    }
}
