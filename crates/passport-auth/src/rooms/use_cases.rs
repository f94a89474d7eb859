use std::sync::Arc;

use super::Rooms;
use crate::{
    Authenticate, ChangeNumber, ChangePassword, CheckCode, CodeSignIn, CodeSignUp, ConfirmSession,
    Entrance, ExportData, Freshness, Leave, NewAccounts, NewChallenge, OwnSessions,
    PresentChallenge, Profile, PurgeUsers, Reauthentication, RequestCode, RequestOwnCode,
    ResetPassword, Restore, SignIn, SignOut, SignUp, UndoNumber,
};

/// Challenges and codes.
impl Rooms {
    /// See [`NewChallenge`].
    pub fn new_challenge(&self) -> NewChallenge {
        NewChallenge {
            challenges: self.challenges.challenges.clone(),
            pictures: self.challenges.pictures.clone(),
            limits: self.challenges.limits.clone(),
            clock: Arc::clone(&self.clock),
        }
    }

    /// See [`PresentChallenge`].
    pub fn present_challenge(&self) -> PresentChallenge {
        PresentChallenge {
            challenges: self.challenges.challenges.clone(),
            renderer: Arc::clone(&self.challenges.renderer),
            workers: self.challenges.workers.clone(),
            limits: self.challenges.limits.clone(),
            clock: Arc::clone(&self.clock),
        }
    }

    /// See [`RequestCode`].
    pub fn request_code(&self) -> RequestCode {
        RequestCode {
            gate: self.gate.clone(),
            send_code: self.send_code.clone(),
            detached: self.detached.clone(),
        }
    }

    /// See [`RequestOwnCode`].
    pub fn request_own_code(&self) -> RequestOwnCode {
        RequestOwnCode {
            gate: self.gate.clone(),
            send_code: self.send_code.clone(),
            freshness: self.freshness(),
            limits: self.limits.clone(),
            detached: self.detached.clone(),
        }
    }

    /// See [`CheckCode`].
    pub fn check_code(&self) -> CheckCode {
        CheckCode { proof: self.proof.clone(), detached: self.detached.clone() }
    }
}

/// Sign-up, sign-in and sessions.
impl Rooms {
    /// See [`SignUp`].
    pub fn sign_up(&self) -> SignUp {
        SignUp {
            proof: self.proof.clone(),
            passwords: self.passwords.clone(),
            password_check: self.password_check.clone(),
            password_policy: self.rules.password,
            is_open: self.rules.is_open,
            users: Arc::clone(&self.users),
            detached: self.detached.clone(),
            clock: Arc::clone(&self.clock),
        }
    }

    /// See [`CodeSignUp`].
    pub fn code_sign_up(&self) -> CodeSignUp {
        CodeSignUp {
            proof: self.proof.clone(),
            new_accounts: self.new_accounts(),
            passwords: self.passwords.clone(),
            password_policy: self.rules.password,
            passwordless: self.rules.passwordless,
            entrance: self.entrance(),
            detached: self.detached.clone(),
        }
    }

    /// See [`SignIn`].
    pub fn sign_in(&self) -> SignIn {
        SignIn {
            password_check: self.password_check.clone(),
            entrance: self.entrance(),
            detached: self.detached.clone(),
        }
    }

    /// See [`CodeSignIn`].
    pub fn code_sign_in(&self) -> CodeSignIn {
        CodeSignIn {
            proof: self.proof.clone(),
            new_accounts: self.new_accounts(),
            passwordless: self.rules.passwordless,
            users: Arc::clone(&self.users),
            entrance: self.entrance(),
            detached: self.detached.clone(),
        }
    }

    /// See [`Restore`].
    pub fn restore(&self) -> Restore {
        Restore {
            entrance: self.entrance(),
            users: Arc::clone(&self.users),
            detached: self.detached.clone(),
            clock: Arc::clone(&self.clock),
        }
    }

    /// See [`Authenticate`].
    pub fn authenticate(&self) -> Authenticate {
        Authenticate { signed_in: Arc::clone(&self.signed_in), sessions: self.sessions.clone() }
    }

    /// See [`ConfirmSession`].
    pub fn confirm_session(&self) -> ConfirmSession {
        ConfirmSession {
            reauthentication: self.reauthentication(),
            proof: self.proof.clone(),
            sessions: self.sessions.clone(),
            detached: self.detached.clone(),
        }
    }

    /// See [`OwnSessions`].
    pub fn own_sessions(&self) -> OwnSessions {
        OwnSessions { sessions: self.sessions.clone(), detached: self.detached.clone() }
    }

    /// See [`SignOut`].
    pub fn sign_out(&self) -> SignOut {
        SignOut { sessions: self.sessions.clone(), detached: self.detached.clone() }
    }
}

/// Changes of an account.
impl Rooms {
    /// See [`ChangePassword`].
    pub fn change_password(&self) -> ChangePassword {
        ChangePassword {
            reauthentication: self.reauthentication(),
            password_policy: self.rules.password,
            passwordless: self.rules.passwordless,
            freshness: self.freshness(),
            users: Arc::clone(&self.users),
            sessions: self.sessions.clone(),
            notices: self.notices.clone(),
            detached: self.detached.clone(),
        }
    }

    /// See [`ResetPassword`].
    pub fn reset_password(&self) -> ResetPassword {
        ResetPassword {
            proof: self.proof.clone(),
            passwords: self.passwords.clone(),
            password_policy: self.rules.password,
            users: Arc::clone(&self.users),
            sessions: self.sessions.clone(),
            limits: self.limits.clone(),
            failures: self.failures.clone(),
            notices: self.notices.clone(),
            detached: self.detached.clone(),
        }
    }

    /// See [`ChangeNumber`].
    pub fn change_number(&self) -> ChangeNumber {
        ChangeNumber {
            freshness: self.freshness(),
            proof: self.proof.clone(),
            users: Arc::clone(&self.users),
            sessions: self.sessions.clone(),
            notices: self.notices.clone(),
            undo_for: self.rules.undo_for,
            detached: self.detached.clone(),
            clock: Arc::clone(&self.clock),
        }
    }

    /// See [`UndoNumber`].
    pub fn undo_number(&self) -> UndoNumber {
        UndoNumber {
            proof: self.proof.clone(),
            users: Arc::clone(&self.users),
            sessions: self.sessions.clone(),
            failures: self.failures.clone(),
            notices: self.notices.clone(),
            detached: self.detached.clone(),
            clock: Arc::clone(&self.clock),
        }
    }

    /// See [`Profile`].
    pub fn profile(&self) -> Profile {
        Profile {
            users: Arc::clone(&self.users),
            journal: Arc::clone(&self.journal),
            limits: self.limits.clone(),
            detached: self.detached.clone(),
        }
    }

    /// See [`ExportData`].
    pub fn export_data(&self) -> ExportData {
        ExportData {
            freshness: self.freshness(),
            sessions: self.sessions.clone(),
            journal: Arc::clone(&self.journal),
            limits: self.limits.clone(),
            detached: self.detached.clone(),
        }
    }

    /// See [`Leave`].
    pub fn leave(&self) -> Leave {
        Leave {
            freshness: self.freshness(),
            users: Arc::clone(&self.users),
            sessions: self.sessions.clone(),
            notices: self.notices.clone(),
            grace: self.rules.deletion_grace,
            detached: self.detached.clone(),
            clock: Arc::clone(&self.clock),
        }
    }

    /// See [`PurgeUsers`].
    pub fn purge_users(&self) -> PurgeUsers {
        PurgeUsers {
            users: Arc::clone(&self.users),
            sessions: self.sessions.clone(),
            detached: self.detached.clone(),
            clock: Arc::clone(&self.clock),
        }
    }
}

/// Rooms that depend on the rules.
impl Rooms {
    /// See [`Freshness`].
    pub fn freshness(&self) -> Freshness {
        Freshness::new(self.rules.fresh_for, Arc::clone(&self.clock))
    }

    /// See [`Entrance`].
    pub fn entrance(&self) -> Entrance {
        Entrance {
            sessions: self.sessions.clone(),
            users: Arc::clone(&self.users),
            continuations: self.continuations.clone(),
        }
    }

    /// See [`NewAccounts`].
    pub fn new_accounts(&self) -> NewAccounts {
        NewAccounts {
            is_open: self.rules.is_open,
            terms: self.rules.terms.clone(),
            users: Arc::clone(&self.users),
            events: self.detached.events().clone(),
            clock: Arc::clone(&self.clock),
        }
    }

    /// See [`Reauthentication`].
    pub fn reauthentication(&self) -> Reauthentication {
        Reauthentication {
            users: Arc::clone(&self.users),
            passwords: self.passwords.clone(),
            limits: self.limits.clone(),
            failures: self.failures.clone(),
        }
    }
}
