//! The use cases of signed-in people and of recovery.

use std::{sync::Arc, time::Duration};

use passport_auth::{
    Challenges, ChangeNumber, ChangePassword, Clock, CodeSignIn, CodeSignUp, ConfirmSession,
    ContinuationKey, Detached, Entrance, ExportData, Failures, Freshness, Gate, Leave, Limits,
    NewAccounts, NoticeSender, Notices, Passwords, PhoneProof, Profile, PurgeUsers,
    Reauthentication, RequestOwnCode, ResetPassword, Restore, SendCode, Sessions, UndoNumber,
};
use passport_user::{Journal, PasswordPolicy, UserRepository};

use crate::{operators::Operators, setup::Setup};

pub(crate) const FRESH_FOR: Duration = Duration::from_mins(5);
pub(crate) const UNDO_FOR: Duration = Duration::from_hours(24);

/// What the use cases share.
#[derive(Clone)]
pub(crate) struct Rooms {
    pub(crate) proof: PhoneProof,
    pub(crate) passwords: Passwords,
    pub(crate) challenge_limits: Limits,
    pub(crate) limits: Limits,
    pub(crate) failures: Failures,
    pub(crate) users: Arc<dyn UserRepository>,
    pub(crate) sessions: Sessions,
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) gate: Gate,
    pub(crate) challenges: Challenges,
    pub(crate) send_code: SendCode,
    pub(crate) notices: Arc<dyn NoticeSender>,
    pub(crate) detached: Detached,
    pub(crate) clock: Arc<dyn Clock>,
}

pub(crate) struct Accounts {
    pub(crate) entrance: Entrance,
    pub(crate) code_sign_in: CodeSignIn,
    pub(crate) code_sign_up: CodeSignUp,
    pub(crate) request_own_code: RequestOwnCode,
    pub(crate) confirm_session: ConfirmSession,
    pub(crate) change_password: ChangePassword,
    pub(crate) reset_password: ResetPassword,
    pub(crate) change_number: ChangeNumber,
    pub(crate) undo_number: UndoNumber,
    pub(crate) leave: Leave,
    pub(crate) restore: Restore,
    pub(crate) purge_users: PurgeUsers,
    pub(crate) profile: Profile,
    pub(crate) export_data: ExportData,
    pub(crate) operators: Operators,
}

impl Accounts {
    pub(crate) fn build(rooms: &Rooms, setup: &Setup) -> Self {
        Self {
            entrance: rooms.entrance(),
            code_sign_in: rooms.code_sign_in(setup),
            code_sign_up: rooms.code_sign_up(setup),
            request_own_code: rooms.request_own_code(),
            confirm_session: rooms.confirm_session(),
            change_password: rooms.change_password(setup),
            reset_password: rooms.reset_password(),
            change_number: rooms.change_number(),
            undo_number: rooms.undo_number(),
            leave: rooms.leave(setup),
            restore: rooms.restore(),
            purge_users: rooms.purge_users(),
            profile: rooms.profile(),
            export_data: rooms.export_data(),
            operators: Operators::build(rooms, setup),
        }
    }
}

impl Rooms {
    fn code_sign_in(&self, setup: &Setup) -> CodeSignIn {
        let rooms = self.clone();
        CodeSignIn {
            proof: rooms.proof,
            users: rooms.users,
            detached: rooms.detached,
            new_accounts: self.new_accounts(setup),
            passwordless: setup.passwordless,
            entrance: self.entrance(),
        }
    }

    fn code_sign_up(&self, setup: &Setup) -> CodeSignUp {
        let rooms = self.clone();
        CodeSignUp {
            proof: rooms.proof,
            passwords: rooms.passwords,
            detached: rooms.detached,
            password_policy: PasswordPolicy::default(),
            passwordless: setup.passwordless,
            new_accounts: self.new_accounts(setup),
            entrance: self.entrance(),
        }
    }

    fn request_own_code(&self) -> RequestOwnCode {
        let rooms = self.clone();
        RequestOwnCode {
            gate: rooms.gate,
            send_code: rooms.send_code,
            limits: rooms.limits,
            detached: rooms.detached,
            freshness: self.freshness(),
        }
    }

    fn confirm_session(&self) -> ConfirmSession {
        let rooms = self.clone();
        ConfirmSession {
            proof: rooms.proof,
            sessions: rooms.sessions,
            detached: rooms.detached,
            reauthentication: self.reauthentication(),
        }
    }

    fn change_password(&self, setup: &Setup) -> ChangePassword {
        let rooms = self.clone();
        ChangePassword {
            users: rooms.users,
            sessions: rooms.sessions,
            detached: rooms.detached,
            password_policy: PasswordPolicy::default(),
            passwordless: setup.passwordless,
            reauthentication: self.reauthentication(),
            freshness: self.freshness(),
            notices: self.notices(),
        }
    }

    fn reset_password(&self) -> ResetPassword {
        let rooms = self.clone();
        ResetPassword {
            proof: rooms.proof,
            passwords: rooms.passwords,
            users: rooms.users,
            sessions: rooms.sessions,
            limits: rooms.limits,
            failures: rooms.failures,
            detached: rooms.detached,
            password_policy: PasswordPolicy::default(),
            notices: self.notices(),
        }
    }

    fn change_number(&self) -> ChangeNumber {
        let rooms = self.clone();
        ChangeNumber {
            proof: rooms.proof,
            users: rooms.users,
            sessions: rooms.sessions,
            detached: rooms.detached,
            clock: rooms.clock,
            freshness: self.freshness(),
            notices: self.notices(),
            undo_for: UNDO_FOR,
        }
    }

    fn undo_number(&self) -> UndoNumber {
        let rooms = self.clone();
        UndoNumber {
            proof: rooms.proof,
            users: rooms.users,
            sessions: rooms.sessions,
            failures: rooms.failures,
            detached: rooms.detached,
            clock: rooms.clock,
            notices: self.notices(),
        }
    }

    fn leave(&self, setup: &Setup) -> Leave {
        let rooms = self.clone();
        Leave {
            users: rooms.users,
            sessions: rooms.sessions,
            detached: rooms.detached,
            clock: rooms.clock,
            freshness: self.freshness(),
            notices: self.notices(),
            grace: setup.grace,
        }
    }

    fn restore(&self) -> Restore {
        let rooms = self.clone();
        Restore {
            users: rooms.users,
            detached: rooms.detached,
            clock: rooms.clock,
            entrance: self.entrance(),
        }
    }

    fn purge_users(&self) -> PurgeUsers {
        let rooms = self.clone();
        PurgeUsers {
            users: rooms.users,
            sessions: rooms.sessions,
            detached: rooms.detached,
            clock: rooms.clock,
        }
    }

    fn profile(&self) -> Profile {
        let rooms = self.clone();
        Profile {
            users: rooms.users,
            journal: rooms.journal,
            limits: rooms.limits,
            detached: rooms.detached,
        }
    }

    fn export_data(&self) -> ExportData {
        let rooms = self.clone();
        ExportData {
            sessions: rooms.sessions,
            journal: rooms.journal,
            limits: rooms.limits,
            detached: rooms.detached,
            freshness: self.freshness(),
        }
    }

    fn entrance(&self) -> Entrance {
        let rooms = self.clone();
        Entrance {
            sessions: rooms.sessions,
            users: rooms.users,
            continuations: ContinuationKey::new([6; 32]),
        }
    }

    fn new_accounts(&self, setup: &Setup) -> NewAccounts {
        let rooms = self.clone();
        NewAccounts {
            users: rooms.users,
            clock: rooms.clock,
            is_open: setup.sign_up_is_open,
            terms: setup.terms.clone(),
            events: self.detached.events().clone(),
        }
    }

    fn reauthentication(&self) -> Reauthentication {
        let rooms = self.clone();
        Reauthentication {
            users: Arc::clone(&self.users),
            passwords: rooms.passwords,
            limits: rooms.limits,
            failures: rooms.failures,
        }
    }

    fn freshness(&self) -> Freshness {
        Freshness::new(FRESH_FOR, Arc::clone(&self.clock))
    }

    fn notices(&self) -> Notices {
        Notices::new(Arc::clone(&self.notices), self.limits.clone())
    }
}
