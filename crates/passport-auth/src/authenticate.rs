use std::sync::Arc;

use passport_session::{Session, SessionStore, SessionToken};
use passport_user::{User, UserId, UserRepository};

use crate::{Clock, Unavailable};

/// Tells who a token stands for.
#[derive(Debug, Clone)]
pub struct Authenticate {
    /// Holds who is signed in.
    pub sessions: Arc<dyn SessionStore>,
    /// Keeps the users.
    pub users: Arc<dyn UserRepository>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

/// Who is signed in.
#[derive(Debug)]
pub struct Authenticated {
    /// The user.
    pub user: User,
    /// Their session.
    pub session: Session,
}

impl Authenticate {
    /// The user and session of `token`; `None` when it stands for nobody (any more).
    ///
    /// # Errors
    ///
    /// When a store could not answer: nobody is signed in then.
    pub async fn authenticate(
        &self,
        token: &SessionToken,
    ) -> Result<Option<Authenticated>, Unavailable> {
        let (digest, now) = (token.digest(), self.clock.now());
        let Some(mut session) = self.sessions.find(&digest, now).await? else {
            return Ok(None);
        };
        let Some(user) = self.users.find(UserId::from_uuid(session.subject)).await? else {
            return Ok(None);
        };
        if session.is_touch_due(now) {
            // As every store can keep it.
            let now = now.truncate_to_microsecond();
            self.sessions.touch(&digest, now).await?;
            session.last_seen_at = now;
        }
        Ok(Some(Authenticated { user, session }))
    }
}
