//! The use cases of operators, for every test.

use std::sync::Arc;

use passport_auth::{
    Admission, Audit, CredentialControl, ExportUser, LimitControl, LimitReach, Operator,
    OperatorTokens, SessionControl, StandingControl, TokenKeyControl, TokenKeys, TokenSealingKeys,
    UserDirectory,
};
use passport_storage_memory::{MemoryOperatorTokens, MemorySigningKeys};
use passport_token::Algorithm;
use passport_user::{OperatorName, OperatorTokenRepository};

use crate::{account_world::Rooms, setup::Setup};

pub(crate) struct Operators {
    pub(crate) standing: StandingControl,
    pub(crate) sessions: SessionControl,
    pub(crate) credentials: CredentialControl,
    pub(crate) directory: UserDirectory,
    pub(crate) export: ExportUser,
    pub(crate) audit: Audit,
    pub(crate) tokens: OperatorTokens,
    pub(crate) token_keys: TokenKeyControl,
    pub(crate) limits: LimitControl,
    pub(crate) admission: Admission,
}

/// The operator of every test.
pub(crate) fn operator() -> Operator {
    Operator::named(OperatorName::from_stored("eve"))
}

impl Operators {
    pub(crate) fn build(rooms: &Rooms, setup: &Setup) -> Self {
        let Rooms { limits, failures, users, sessions, journal, detached, clock, .. } =
            rooms.clone();
        let tokens: Arc<dyn OperatorTokenRepository> = Arc::new(MemoryOperatorTokens::default());
        Self {
            standing: StandingControl {
                users: Arc::clone(&users),
                sessions: sessions.clone(),
                grace: setup.grace,
                detached: detached.clone(),
                clock: Arc::clone(&clock),
            },
            sessions: SessionControl {
                users: Arc::clone(&users),
                sessions: sessions.clone(),
                detached: detached.clone(),
            },
            credentials: CredentialControl {
                users: Arc::clone(&users),
                sessions: sessions.clone(),
                failures: failures.clone(),
                detached: detached.clone(),
            },
            limits: LimitControl {
                limits: limits.clone(),
                reach: LimitReach::All,
                failures,
                users: Arc::clone(&users),
                detached: detached.clone(),
            },
            directory: UserDirectory {
                users: Arc::clone(&users),
                journal: Arc::clone(&journal),
                detached: detached.clone(),
            },
            export: ExportUser {
                users,
                sessions,
                journal: Arc::clone(&journal),
                detached: detached.clone(),
            },
            audit: Audit { journal, detached: detached.clone(), clock: Arc::clone(&clock) },
            tokens: OperatorTokens {
                tokens: Arc::clone(&tokens),
                detached: detached.clone(),
                clock: Arc::clone(&clock),
            },
            token_keys: TokenKeyControl {
                keys: TokenKeys::new(
                    Arc::new(MemorySigningKeys::default()),
                    TokenSealingKeys::new([9; 32]),
                    Algorithm::EdDsa,
                    detached.clone(),
                    Arc::clone(&clock),
                ),
            },
            admission: Admission { tokens, limits, detached, clock },
        }
    }
}
