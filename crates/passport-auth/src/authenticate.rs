use std::sync::Arc;

use passport_session::{Session, SessionToken};
use passport_user::{User, UserId, UserRepository};

use crate::{Sessions, Unavailable};

/// Finds the user of a session token.
#[derive(Debug, Clone)]
pub struct Authenticate {
    /// Sessions of users.
    pub sessions: Sessions,
    /// Repository of users.
    pub users: Arc<dyn UserRepository>,
}

/// A user who is signed in.
#[derive(Debug)]
pub struct Authenticated {
    /// The user.
    pub user: User,
    /// The session, as it is stored.
    pub session: Session,
}

impl Authenticate {
    /// Returns the user and session of `token`, or `None` if the token is not valid (any more).
    ///
    /// # Errors
    ///
    /// If a store could not answer. Treat the client as not signed in.
    pub async fn authenticate(
        &self,
        token: &SessionToken,
    ) -> Result<Option<Authenticated>, Unavailable> {
        let Some(session) = self.sessions.find(token).await? else { return Ok(None) };
        let user = self.users.find(UserId::from_uuid(session.subject)).await?;
        let Some(user) = user else { return Ok(None) };
        let session = self.sessions.touch(token, session).await?;
        Ok(Some(Authenticated { user, session }))
    }
}
