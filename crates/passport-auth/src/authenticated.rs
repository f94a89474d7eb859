use passport_session::{Session, SessionToken};
use passport_user::User;

/// A user who is signed in.
#[derive(Debug, Clone)]
pub struct Authenticated {
    /// The user, whose password hash is [withheld](passport_user::PasswordHash::withheld).
    pub user: User,
    /// The session, as it is stored.
    pub session: Session,
    /// Token of the session.
    pub token: SessionToken,
}
