//! Access tokens, and the keys that sign them.

use std::sync::Arc;

use passport_auth::{AccessTokens, Audience, Clock, Detached, Rooms, TokenKeys};

use super::metered::MeteredDatabase;
use crate::settings::{Origin, Secrets, Settings};

/// The keys in the database.
pub(super) fn keys(
    settings: &Settings,
    secrets: &Secrets,
    database: &MeteredDatabase,
    detached: &Detached,
    clock: &Arc<dyn Clock>,
) -> TokenKeys {
    TokenKeys::new(
        database.signing_keys(),
        secrets.token_sealing_keys(),
        settings.tokens.algorithm,
        detached.clone(),
        Arc::clone(clock),
    )
}

/// Access tokens for the applications of the settings, whose issuer is `origin`.
pub(super) fn access_tokens(
    settings: &Settings,
    origin: &Origin,
    rooms: &Rooms,
    keys: TokenKeys,
) -> AccessTokens {
    let audiences = settings.apps.iter().filter_map(|app| {
        Some(Audience {
            application: app.name.to_string(),
            audience: app.audience.clone()?,
            sees_phone: app.token_mobile,
        })
    });
    AccessTokens {
        keys,
        issuer: origin.to_string().into(),
        audiences: audiences.collect(),
        lifetime: settings.tokens.lifetime,
        sessions: rooms.sessions.clone(),
        users: Arc::clone(&rooms.users),
    }
}
