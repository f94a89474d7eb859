use std::{sync::Arc, time::Duration};

use passport_throttle::Hit;
use passport_user::{Password, PhoneNumber, User, UserRepository, Verification};
use thiserror::Error;
use tokio::time::sleep;
use tracing::{error, warn};

use crate::{
    ClientAddress, Denied, Limits, Passwords, WaitingRoom, error::StepError, limits::policies,
};

/// Pauses after which a client at its limit is tried again.
///
/// Each check is charged as a failure until its password has been compared, so many people behind
/// one address who sign in at once reach the limit without a single failure; a moment later their
/// charges are refunded. A guesser gains nothing by the retries, because a password is compared only
/// after it was charged.
const RETRY_PAUSES: [Duration; 4] = [
    Duration::from_millis(100),
    Duration::from_millis(200),
    Duration::from_millis(400),
    Duration::from_millis(800),
];

/// Checks a password, within limits on failures.
///
/// An unknown number and a wrong password are not told apart: both cases get the same result after
/// the same work.
#[derive(Debug, Clone)]
pub struct PasswordCheck {
    users: Arc<dyn UserRepository>,
    passwords: Passwords,
    limits: Limits,
    waiting_room: WaitingRoom,
}

/// A password that claims an account.
pub(crate) struct Guess<'a> {
    pub(crate) phone: &'a PhoneNumber,
    pub(crate) password: &'a Password,
    pub(crate) client: ClientAddress,
}

/// The number has no account, or the password is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("phone number or password is wrong")]
pub struct WrongCredentials;

impl PasswordCheck {
    /// Checks passwords of `users`.
    pub fn new(users: Arc<dyn UserRepository>, passwords: Passwords, limits: Limits) -> Self {
        Self { users, passwords, limits, waiting_room: WaitingRoom::default() }
    }

    /// Returns the user whose password was guessed. A password that was hashed at another cost than
    /// today's is hashed anew.
    ///
    /// A failure is charged beforehand, because parallel guesses must not outrun the count. Unless
    /// the guess turns out to be wrong, the charge is refunded.
    pub(crate) async fn check(
        &self,
        guess: Guess<'_>,
    ) -> Result<User, StepError<WrongCredentials>> {
        let hit = self.charge_or_wait(&guess).await?;
        let outcome = self.compare(&guess).await;
        if !matches!(outcome, Err(StepError::Refused(WrongCredentials))) {
            self.limits.refund(&hit).await;
        }
        outcome
    }

    async fn charge_or_wait(&self, guess: &Guess<'_>) -> Result<Hit, Denied> {
        let charges = self.limits.login_failure(guess.phone, guess.client);
        let mut pauses = RETRY_PAUSES.into_iter();
        let mut seat = None;
        loop {
            let refusal = match self.limits.charge(&charges).await {
                Err(Denied::TooMany(refusal)) => refusal,
                decided => return decided,
            };
            // A number has one owner, so its count consists of failures, not of running sign-ins.
            seat = match refusal.policy {
                policies::LOGIN_FAILURES_PER_CLIENT => {
                    seat.or_else(|| self.waiting_room.enter(guess.client))
                }
                _ => None,
            };
            match pauses.next().filter(|_| seat.is_some()) {
                Some(pause) => sleep(pause).await,
                None => return Err(Denied::TooMany(refusal)),
            }
        }
    }

    async fn compare(&self, guess: &Guess<'_>) -> Result<User, StepError<WrongCredentials>> {
        let turn = self.passwords.reserve()?;
        let user = self.users.find_by_phone(guess.phone).await.map_err(StepError::denied)?;
        let hash = user.as_ref().map_or(self.passwords.decoy(), |user| &user.password_hash);
        let verified = turn.verify(guess.password.clone(), hash.clone()).await;
        match (user, verified) {
            (Some(user), Ok(Verification::Match { renew })) => {
                if renew {
                    self.renew_hash(&user, guess.password.clone()).await;
                }
                Ok(user)
            }
            (Some(user), Err(error)) => {
                error!(user = %user.id, %error, "user cannot sign in");
                Err(StepError::Refused(WrongCredentials))
            }
            (None, _) | (Some(_), Ok(Verification::Mismatch)) => {
                Err(StepError::Refused(WrongCredentials))
            }
        }
    }

    /// Replaces the hash by one at today's cost. A failure is not one of the check, because the next
    /// sign-in renews the hash.
    async fn renew_hash(&self, user: &User, password: Password) {
        let Ok(turn) = self.passwords.reserve() else { return };
        let renewed = turn.hash(password).await;
        let replaced = self.users.replace_password_hash(user.id, &user.password_hash, &renewed);
        if let Err(error) = replaced.await {
            warn!(error = &error as &dyn std::error::Error, "password hash was not renewed");
        }
    }
}
