use std::{sync::Arc, time::Duration};

use passport_throttle::{Charge, Decision, Quota, ThrottleStore};
use thiserror::Error;

use crate::{
    BoxError, Busy, ChallengeKey, ChallengeRenderer, ChallengeSeed, ClientAddress, Clock, IssuedId,
    Locale, Picture, Sound, Ticket, Unavailable, Workers,
};

/// Shows a challenge that was made, or says it: the same each time, on whichever node.
///
/// Whether it was answered meanwhile plays no part, so no store is asked for it.
#[derive(Debug, Clone)]
pub struct PresentChallenge {
    /// Draws and speaks.
    pub renderer: Arc<dyn ChallengeRenderer>,
    /// What challenges are made with.
    pub key: ChallengeKey,
    /// Where drawing and speaking are done.
    pub workers: Workers,
    /// Counts what each client fetches.
    pub throttle: Arc<dyn ThrottleStore>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// How many pictures and sounds a client gets.
    pub per_client: Quota,
}

impl PresentChallenge {
    /// Draws the challenge that was issued under `id`.
    ///
    /// # Errors
    ///
    /// See [`PresentChallengeError`].
    pub async fn picture(
        &self,
        id: &IssuedId,
        client: ClientAddress,
    ) -> Result<Picture, PresentChallengeError> {
        let seed = self.seed_of(id)?;
        self.make(client, move |renderer| renderer.draw(&seed)).await
    }

    /// Says the challenge that was issued under `id`.
    ///
    /// # Errors
    ///
    /// See [`PresentChallengeError`].
    pub async fn sound(
        &self,
        id: &IssuedId,
        language: Locale,
        client: ClientAddress,
    ) -> Result<Sound, PresentChallengeError> {
        let seed = self.seed_of(id)?;
        self.make(client, move |renderer| renderer.speak(&seed, language)).await
    }

    /// Says the challenge that was drawn from `ticket`.
    ///
    /// # Errors
    ///
    /// See [`PresentChallengeError`]; it is never `Unknown`.
    pub async fn sound_of(
        &self,
        ticket: Ticket,
        language: Locale,
        client: ClientAddress,
    ) -> Result<Sound, PresentChallengeError> {
        let seed = self.key.seed(ticket);
        self.make(client, move |renderer| renderer.speak(&seed, language)).await
    }

    fn seed_of(&self, id: &IssuedId) -> Result<ChallengeSeed, PresentChallengeError> {
        let ticket = self.key.open(id, self.clock.now());
        ticket.map(|it| self.key.seed(it)).ok_or(PresentChallengeError::Unknown)
    }

    async fn make<T: Send + 'static>(
        &self,
        client: ClientAddress,
        work: impl FnOnce(&dyn ChallengeRenderer) -> Result<T, BoxError> + Send + 'static,
    ) -> Result<T, PresentChallengeError> {
        // What may refuse for want of room comes first, before the client is charged.
        let slot = self.workers.reserve()?;
        let charge = Charge::new(format!("challenge:fetch:{client}"), self.per_client);
        let decision = self.throttle.hit(&[charge], self.clock.now()).await;
        if let Decision::Refused(refusal) = decision.map_err(Unavailable::from)? {
            return Err(PresentChallengeError::TooMany { retry_after: refusal.retry_after });
        }
        let renderer = Arc::clone(&self.renderer);
        slot.run(move || work(&*renderer)).await.map_err(PresentChallengeError::NotMade)
    }
}

/// Why a challenge is neither shown nor said.
#[derive(Debug, Error)]
pub enum PresentChallengeError {
    /// The id was not issued here, or its time is over.
    #[error("challenge is unknown")]
    Unknown,
    /// The client had its share.
    #[error("too many pictures and sounds")]
    TooMany {
        /// How long to wait.
        retry_after: Duration,
    },
    /// Too much is being drawn and spoken; it was not counted.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// Picture or sound could not be made.
    #[error("challenge could not be drawn or spoken")]
    NotMade(#[source] BoxError),
    /// A store could not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}
