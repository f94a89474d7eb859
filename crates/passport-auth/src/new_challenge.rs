use std::{sync::Arc, time::Duration};

use passport_throttle::{Charge, Decision, Quota, ThrottleStore};
use thiserror::Error;

use crate::{
    BoxError, Busy, ChallengeId, ChallengeRenderer, Challenges, ClientAddress, Clock, Picture,
    Unavailable, Workers,
};

/// Shows a picture to somebody who has to prove to be a person.
#[derive(Debug, Clone)]
pub struct NewChallenge {
    /// Holds the answers.
    pub challenges: Challenges,
    /// Counts the pictures of each client.
    pub throttle: Arc<dyn ThrottleStore>,
    /// Draws.
    pub renderer: Arc<dyn ChallengeRenderer>,
    /// Where drawing is done.
    pub workers: Workers,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// How many pictures a client gets.
    pub per_client: Quota,
}

impl NewChallenge {
    /// Draws the picture of challenge `id`. What `replaces` names is worthless from then on.
    ///
    /// # Errors
    ///
    /// See [`NewChallengeError`]. Without a picture nothing is remembered, unless the store fails
    /// after it took the answer; then it is the answer of a picture that nobody saw.
    pub async fn draw(
        &self,
        id: ChallengeId,
        replaces: Option<ChallengeId>,
        client: ClientAddress,
    ) -> Result<Picture, NewChallengeError> {
        // What may refuse for want of room comes first, before the client is charged.
        let slot = self.workers.reserve()?;
        let now = self.clock.now();
        let charge = Charge::new(format!("challenge:client:{client}"), self.per_client);
        match self.throttle.hit(&[charge], now).await.map_err(Unavailable::from)? {
            Decision::Allowed(_) => {}
            Decision::Refused(refusal) => {
                return Err(NewChallengeError::TooMany { retry_after: refusal.retry_after });
            }
        }
        let renderer = Arc::clone(&self.renderer);
        let drawing = slot.run(move || renderer.draw(&mut rand::rng())).await;
        let drawing = drawing.map_err(NewChallengeError::NotDrawn)?;

        self.challenges.remember(id, &drawing.answer, now).await.map_err(Unavailable::from)?;
        if let Some(former) = replaces.filter(|former| *former != id) {
            self.challenges.forget(former).await.map_err(Unavailable::from)?;
        }
        Ok(drawing.picture)
    }
}

/// Why no picture is shown.
#[derive(Debug, Error)]
pub enum NewChallengeError {
    /// The client had its share of pictures.
    #[error("too many challenges")]
    TooMany {
        /// How long to wait.
        retry_after: Duration,
    },
    /// Too many pictures are being drawn; it was not counted.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The picture could not be drawn.
    #[error("challenge could not be drawn")]
    NotDrawn(#[source] BoxError),
    /// A store could not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}
