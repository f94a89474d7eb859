use std::sync::Arc;

use crate::{
    BoxError, ChallengeError, ChallengeKey, ChallengeRenderer, ChallengeSeed, ClientAddress, Clock,
    Denied, IssuedId, Limits, Locale, Picture, Sound, Ticket, Workers,
};

/// Draws and speaks issued challenges: one id gives the same picture and sound each time, on every
/// node.
///
/// No store is asked whether the challenge has been answered, because that plays no part.
#[derive(Debug, Clone)]
pub struct PresentChallenge {
    /// Renderer of pictures and sounds.
    pub renderer: Arc<dyn ChallengeRenderer>,
    /// Key of challenges.
    pub key: ChallengeKey,
    /// Threads that draw and speak.
    pub workers: Workers,
    /// Limits per client.
    pub limits: Limits,
    /// Clock.
    pub clock: Arc<dyn Clock>,
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

    /// Speaks the challenge that was issued under `id`.
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

    /// Speaks the challenge that was drawn from `ticket`.
    ///
    /// # Errors
    ///
    /// See [`ChallengeError`]; never `Unknown`.
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
        // Whatever can be refused for lack of room comes first, before the client is charged.
        let slot = self.workers.reserve().map_err(Denied::from)?;
        self.limits.charge(&[self.limits.challenge_fetch(client)]).await?;
        let renderer = Arc::clone(&self.renderer);
        slot.run(move || work(&*renderer)).await.map_err(ChallengeError::NotMade)
    }
}
