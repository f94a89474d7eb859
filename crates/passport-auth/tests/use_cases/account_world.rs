//! The use cases of signed-in people and of recovery.

use std::{sync::Arc, time::Duration};

use passport_auth::{
    ChangeNumber, ChangePassword, Clock, CodeSignIn, CodeSignUp, ConfirmSession, ContinuationKey,
    Detached, Entrance, ExportData, Failures, Freshness, Gate, Leave, Limits, NewAccounts,
    NoticeSender, Notices, Passwords, PhoneProof, Profile, PurgeUsers, Reauthentication,
    RequestOwnCode, ResetPassword, Restore, SendCode, Sessions, StandingControl, UndoNumber,
};
use passport_user::{Journal, PasswordPolicy, UserRepository};

use crate::setup::Setup;

pub(crate) const FRESH_FOR: Duration = Duration::from_mins(5);
pub(crate) const UNDO_FOR: Duration = Duration::from_hours(24);

/// What the use cases share.
pub(crate) struct Rooms {
    pub(crate) proof: PhoneProof,
    pub(crate) passwords: Passwords,
    pub(crate) limits: Limits,
    pub(crate) failures: Failures,
    pub(crate) users: Arc<dyn UserRepository>,
    pub(crate) sessions: Sessions,
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) gate: Gate,
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
    pub(crate) standing: StandingControl,
}

impl Accounts {
    pub(crate) fn build(rooms: &Rooms, setup: &Setup) -> Self {
        let Rooms { proof, passwords, limits, failures, users, sessions, gate, .. } = rooms;
        let (detached, clock) = (&rooms.detached, &rooms.clock);
        let (proof, passwords) = (|| proof.clone(), || passwords.clone());
        let (limits, failures) = (|| limits.clone(), || failures.clone());
        let (users, sessions) = (|| Arc::clone(users), || sessions.clone());
        let (detached, clock) = (|| detached.clone(), || Arc::clone(clock));
        let password_policy = PasswordPolicy::default();
        let freshness = || Freshness::new(FRESH_FOR, clock());
        let notices = || Notices::new(Arc::clone(&rooms.notices), limits());
        let journal = || Arc::clone(&rooms.journal);
        let entrance = Entrance {
            sessions: sessions(),
            users: users(),
            continuations: ContinuationKey::new([6; 32]),
        };
        let new_accounts = NewAccounts {
            is_open: setup.sign_up_is_open,
            users: users(),
            events: detached().events().clone(),
            clock: clock(),
        };
        let reauthentication =
            Reauthentication { passwords: passwords(), limits: limits(), failures: failures() };
        Self {
            code_sign_in: CodeSignIn {
                proof: proof(),
                new_accounts: new_accounts.clone(),
                users: users(),
                entrance: entrance.clone(),
                detached: detached(),
            },
            code_sign_up: CodeSignUp {
                proof: proof(),
                new_accounts,
                passwords: passwords(),
                password_policy,
                passwordless: setup.passwordless,
                entrance: entrance.clone(),
                detached: detached(),
            },
            request_own_code: RequestOwnCode {
                gate: gate.clone(),
                send_code: rooms.send_code.clone(),
                freshness: freshness(),
                limits: limits(),
                detached: detached(),
            },
            confirm_session: ConfirmSession {
                reauthentication: reauthentication.clone(),
                proof: proof(),
                sessions: sessions(),
                detached: detached(),
            },
            change_password: ChangePassword {
                reauthentication,
                password_policy,
                passwordless: setup.passwordless,
                freshness: freshness(),
                users: users(),
                sessions: sessions(),
                notices: notices(),
                detached: detached(),
            },
            reset_password: ResetPassword {
                proof: proof(),
                passwords: passwords(),
                password_policy,
                users: users(),
                sessions: sessions(),
                limits: limits(),
                failures: failures(),
                notices: notices(),
                detached: detached(),
            },
            change_number: ChangeNumber {
                freshness: freshness(),
                proof: proof(),
                users: users(),
                sessions: sessions(),
                notices: notices(),
                undo_for: UNDO_FOR,
                detached: detached(),
                clock: clock(),
            },
            undo_number: UndoNumber {
                proof: proof(),
                users: users(),
                sessions: sessions(),
                failures: failures(),
                notices: notices(),
                detached: detached(),
                clock: clock(),
            },
            leave: Leave {
                freshness: freshness(),
                users: users(),
                sessions: sessions(),
                notices: notices(),
                grace: setup.grace,
                detached: detached(),
                clock: clock(),
            },
            restore: Restore {
                entrance: entrance.clone(),
                users: users(),
                detached: detached(),
                clock: clock(),
            },
            purge_users: PurgeUsers {
                users: users(),
                sessions: sessions(),
                detached: detached(),
                clock: clock(),
            },
            profile: Profile {
                users: users(),
                journal: journal(),
                limits: limits(),
                detached: detached(),
            },
            export_data: ExportData {
                freshness: freshness(),
                sessions: sessions(),
                journal: journal(),
                limits: limits(),
                detached: detached(),
            },
            standing: StandingControl {
                users: users(),
                sessions: sessions(),
                detached: detached(),
                clock: clock(),
            },
            entrance,
        }
    }
}
