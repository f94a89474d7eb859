use std::{error::Error, sync::Arc};

use passport_session::{SessionDigest, SessionStore, SessionToken};
use tracing::{error, info};

use crate::{Acts, Clock, Unavailable};

/// Ends a session, so that its token is worth nothing from then on.
#[derive(Debug, Clone)]
pub struct SignOut {
    /// Holds who is signed in.
    pub sessions: Arc<dyn SessionStore>,
    /// Sees it through to its end.
    pub acts: Acts,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

impl SignOut {
    /// Ends the session of `token`, if there is one.
    ///
    /// Runs to its end even when the caller goes away: whoever signs out and closes the page is
    /// signed out.
    ///
    /// # Errors
    ///
    /// When the store could not answer: the session may still stand.
    pub async fn sign_out(&self, token: &SessionToken) -> Result<(), Unavailable> {
        let (this, digest) = (self.clone(), token.digest());
        let act = async move {
            let outcome = this.sign_out_to_the_end(&digest).await;
            if let Err(outage) = &outcome {
                error!(error = outage as &dyn Error, "not signed out");
            }
            outcome
        };
        self.acts.run(act).await
    }

    async fn sign_out_to_the_end(&self, digest: &SessionDigest) -> Result<(), Unavailable> {
        if let Some(session) = self.sessions.find(digest, self.clock.now()).await? {
            self.sessions.revoke(session.subject, session.id).await?;
            info!(user = %session.subject, "signed out");
        }
        Ok(())
    }
}
