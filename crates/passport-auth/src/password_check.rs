use std::sync::Arc;

use passport_throttle::Hit;
use passport_user::{Password, PhoneNumber, User, UserRepository, Verification};
use thiserror::Error;
use tracing::{error, warn};

use crate::{
    ClientAddress, Denied, Failures, Limits, Party, Passwords,
    comparisons::{Comparison, Comparisons},
    error::StepError,
    limits::policies::{LOGIN_FAILURES_PER_CLIENT, SIGN_INS_PER_PHONE},
    passwords::Turn,
};

/// Checks a password, within limits on sign-ins and on failures.
///
/// An unknown number, an account without a password and a wrong password are not told apart: all cases
/// get the same result after the same work. Whether the account may sign in is up to the caller.
///
/// Failures in a row for one number delay further attempts, more and more.
#[derive(Debug, Clone)]
pub struct PasswordCheck {
    users: Arc<dyn UserRepository>,
    passwords: Passwords,
    limits: Limits,
    failures: Failures,
    comparisons: Comparisons<ClientAddress>,
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
    pub fn new(
        users: Arc<dyn UserRepository>,
        passwords: Passwords,
        limits: Limits,
        failures: Failures,
    ) -> Self {
        Self { users, passwords, limits, failures, comparisons: Comparisons::default() }
    }

    /// Returns the user whose password was guessed. A password that was hashed at another cost than
    /// today's is hashed anew.
    ///
    /// An attempt is charged even if the queue is full, because retries would be free otherwise.
    /// Failure and success are charged before the comparison, because parallel guesses must not outrun
    /// the counts; the charge of the other outcome is refunded.
    pub(crate) async fn check(
        &self,
        guess: Guess<'_>,
    ) -> Result<User, StepError<WrongCredentials>> {
        self.limits.charge(&self.limits.sign_in_attempt(guess.client)).await?;
        let party = Party { client: guess.client, account: guess.phone.clone().into() };
        let turn = self.passwords.enter(party).await?;
        let mut comparison = self.comparisons.begin(guess.client).await;
        let hit = self.charge(&guess, &mut comparison).await?;
        let attempt = match self.failures.begin(&self.failures.of_passwords(guess.phone)).await {
            Ok(attempt) => attempt,
            Err(denied) => {
                self.limits.refund(&hit).await;
                return Err(denied.into());
            }
        };
        let outcome = self.compare(&guess, &turn).await;
        match &outcome {
            Ok(_) => {
                self.limits.refund_only(&[LOGIN_FAILURES_PER_CLIENT], &hit).await;
                self.failures.succeed(&attempt).await;
                // The password is another authenticator than the codes (NIST SP 800-63B-4 §3.2.2).
                self.failures.clear_codes(guess.phone).await;
            }
            Err(StepError::Refused(WrongCredentials)) => {
                self.limits.refund_only(&[SIGN_INS_PER_PHONE], &hit).await;
            }
            Err(StepError::Denied(_)) => {
                self.limits.refund(&hit).await;
                self.failures.forgive(&attempt).await;
            }
        }
        outcome
    }

    /// Charges failure and success.
    ///
    /// A client may be at its limit of failures only because of another comparison that is running, so
    /// the outcome of that one is awaited. A number has one owner, so its counts consist of outcomes,
    /// not of running comparisons.
    async fn charge(
        &self,
        guess: &Guess<'_>,
        comparison: &mut Comparison<ClientAddress>,
    ) -> Result<Hit, Denied> {
        let charges = self.limits.sign_in(guess.phone, guess.client);
        match self.limits.charge(&charges).await {
            Err(Denied::TooMany(refusal)) if refusal.policy == LOGIN_FAILURES_PER_CLIENT => {
                comparison.alone().await;
                let decided = self.limits.charge(&charges).await;
                comparison.share();
                decided
            }
            decided => decided,
        }
    }

    async fn compare(
        &self,
        guess: &Guess<'_>,
        turn: &Turn,
    ) -> Result<User, StepError<WrongCredentials>> {
        let user = self.users.find_by_phone(guess.phone).await.map_err(StepError::denied)?;
        // An account without a password has one that matches nothing, too.
        let hash = user.as_ref().and_then(|user| user.password_hash.as_ref());
        let hash = hash.unwrap_or(self.passwords.decoy());
        let verified = turn.verify(guess.password.clone(), hash.clone()).await;
        let Some(user) = user.filter(|user| user.password_hash.is_some()) else {
            return Err(StepError::Refused(WrongCredentials));
        };
        match verified {
            Ok(Verification::Match { renew }) => {
                if renew {
                    self.renew_hash(&user, guess.password.clone(), turn).await;
                }
                Ok(user)
            }
            Ok(Verification::Mismatch) => Err(StepError::Refused(WrongCredentials)),
            Err(error) => {
                error!(user = %user.id, %error, "user cannot sign in");
                Err(StepError::Refused(WrongCredentials))
            }
        }
    }

    /// Replaces the hash by one at today's cost. A failure is not one of the check, because the next
    /// sign-in renews the hash.
    async fn renew_hash(&self, user: &User, password: Password, turn: &Turn) {
        let renewed = turn.hash(password).await;
        let Some(old) = &user.password_hash else { return };
        let replaced = self.users.replace_password_hash(user.id, old, &renewed);
        if let Err(error) = replaced.await {
            warn!(error = &error as &dyn std::error::Error, "password hash was not renewed");
        }
    }
}
