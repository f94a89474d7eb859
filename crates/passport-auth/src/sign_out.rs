use std::sync::Arc;

use passport_session::{SessionStore, SessionToken};
use tracing::info;

use crate::{Clock, Unavailable};

/// Ends a session, so that its token is worth nothing from then on.
#[derive(Debug, Clone)]
pub struct SignOut {
    /// Holds who is signed in.
    pub sessions: Arc<dyn SessionStore>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

impl SignOut {
    /// Ends the session of `token`, if there is one.
    ///
    /// # Errors
    ///
    /// When the store could not answer: the session may still stand.
    pub async fn sign_out(&self, token: &SessionToken) -> Result<(), Unavailable> {
        if let Some(session) = self.sessions.find(&token.digest(), self.clock.now()).await? {
            self.sessions.revoke(session.subject, session.id).await?;
            info!(user = %session.subject, "signed out");
        }
        Ok(())
    }
}
