use std::sync::Arc;

use passport_throttle::{Quota, ThrottleStore};

use crate::{
    BoxError, ChallengeError, ChallengeKey, ChallengeRenderer, ChallengeSeed, ClientAddress, Clock,
    IssuedId, Locale, Picture, Sound, SubjectKey, Ticket, Workers, challenge::Share,
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
    /// Key of the subjects of limits.
    pub subjects: SubjectKey,
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
    /// See [`ChallengeError`].
    pub async fn picture(
        &self,
        id: &IssuedId,
        client: ClientAddress,
    ) -> Result<Picture, ChallengeError> {
        let seed = self.seed_of(id)?;
        self.make(client, move |renderer| renderer.draw(&seed)).await
    }

    /// Says the challenge that was issued under `id`.
    ///
    /// # Errors
    ///
    /// See [`ChallengeError`].
    pub async fn sound(
        &self,
        id: &IssuedId,
        language: Locale,
        client: ClientAddress,
    ) -> Result<Sound, ChallengeError> {
        let seed = self.seed_of(id)?;
        self.make(client, move |renderer| renderer.speak(&seed, language)).await
    }

    /// Says the challenge that was drawn from `ticket`.
    ///
    /// # Errors
    ///
    /// See [`ChallengeError`]; it is never `Unknown`.
    pub async fn sound_of(
        &self,
        ticket: Ticket,
        language: Locale,
        client: ClientAddress,
    ) -> Result<Sound, ChallengeError> {
        let seed = self.key.seed(ticket);
        self.make(client, move |renderer| renderer.speak(&seed, language)).await
    }

    fn seed_of(&self, id: &IssuedId) -> Result<ChallengeSeed, ChallengeError> {
        let ticket = self.key.open(id, self.clock.now());
        ticket.map(|it| self.key.seed(it)).ok_or(ChallengeError::Unknown)
    }

    async fn make<T: Send + 'static>(
        &self,
        client: ClientAddress,
        work: impl FnOnce(&dyn ChallengeRenderer) -> Result<T, BoxError> + Send + 'static,
    ) -> Result<T, ChallengeError> {
        // What may refuse for want of room comes first, before the client is charged.
        let slot = self.workers.reserve()?;
        let now = self.clock.now();
        Share::Fetched
            .charge(&*self.throttle, self.subjects.client(client), self.per_client, now)
            .await?;
        let renderer = Arc::clone(&self.renderer);
        slot.run(move || work(&*renderer)).await.map_err(ChallengeError::NotMade)
    }
}
