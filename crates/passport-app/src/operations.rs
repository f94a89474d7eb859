//! What operators do, for the command line and for the API: the use cases, and how their results are
//! shown.

mod views;

use passport_auth::{
    Audit, CredentialControl, ExportUser, LimitControl, OperatorTokens, SessionControl,
    StandingControl, TokenKeyControl, UserDirectory,
};

pub(crate) use views::{EventView, ExportView, KeyView, SessionView, TokenView, UserView};

/// Use cases of operators. Clones share them.
#[derive(Clone)]
pub(crate) struct Operations {
    pub(crate) directory: UserDirectory,
    pub(crate) standing: StandingControl,
    pub(crate) sessions: SessionControl,
    pub(crate) credentials: CredentialControl,
    pub(crate) limits: LimitControl,
    pub(crate) export: ExportUser,
    pub(crate) audit: Audit,
    pub(crate) tokens: OperatorTokens,
    pub(crate) token_keys: TokenKeyControl,
}

/// Most users of one page.
pub(crate) const MOST_USERS: u32 = 1_000;
/// Most events of one page.
pub(crate) const MOST_EVENTS: u32 = 1_000;
