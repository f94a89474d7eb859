use std::{fmt, sync::Arc, time::Duration};

use passport_throttle::{Quota, ThrottleStore};
use rand::rng;
use time::OffsetDateTime;

use crate::{
    AnswerTally, ChallengeError, ChallengeId, Challenges, ClientAddress, Clock, Difficulty,
    IssuedId, Picture, PictureStock, SubjectKey, Ticket, Unavailable, challenge::Share,
};

/// Makes a challenge for somebody who has to prove to be a person.
#[derive(Debug, Clone)]
pub struct NewChallenge {
    /// Holds the answers.
    pub challenges: Challenges,
    /// Counts the challenges of each client.
    pub throttle: Arc<dyn ThrottleStore>,
    /// Has pictures, or draws them.
    pub pictures: PictureStock,
    /// Key of the subjects of limits.
    pub subjects: SubjectKey,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// How challenges were answered lately, where it decides how hard the next one is.
    pub raise: Option<Arc<AnswerTally>>,
    /// How many challenges a client gets.
    pub per_client: Quota,
}

/// A picture that is shown at once.
#[derive(Debug)]
pub struct DrawnChallenge {
    /// What the person sees.
    pub picture: Picture,
    /// What the same answer can be spoken from.
    pub ticket: Ticket,
}

/// A challenge whose picture or sound the client fetches.
#[derive(Clone)]
pub struct IssuedChallenge {
    /// Names it, and is all that is needed to fetch and to answer it.
    pub id: IssuedId,
    /// When it ends, to the second.
    pub expires_at: OffsetDateTime,
    /// How long that is from now.
    pub expires_in: Duration,
}

impl fmt::Debug for IssuedChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedChallenge")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

impl NewChallenge {
    /// Draws the picture of challenge `id`. What `replaces` names is worthless from then on.
    ///
    /// # Errors
    ///
    /// See [`ChallengeError`]; it is never `Unknown`. Without a picture nothing is remembered, unless the store fails
    /// after it took the answer; then it is the answer of a picture that nobody saw.
    pub async fn draw(
        &self,
        id: ChallengeId,
        replaces: Option<ChallengeId>,
        client: ClientAddress,
    ) -> Result<DrawnChallenge, ChallengeError> {
        // What may refuse for want of room comes first, before the client is charged.
        let now = self.clock.now();
        let reserved = self.pictures.reserve(self.difficulty(now))?;
        if let Err(refusal) = self.charge(client, now).await {
            self.pictures.give_back(reserved);
            return Err(refusal);
        }
        let drawn = self.pictures.take(reserved).await.map_err(ChallengeError::NotMade)?;

        self.challenges.remember(id, &drawn.answer, now).await.map_err(Unavailable::from)?;
        if let Some(former) = replaces.filter(|former| *former != id) {
            self.challenges.forget(former).await.map_err(Unavailable::from)?;
        }
        Ok(DrawnChallenge { picture: drawn.picture, ticket: drawn.ticket })
    }

    /// Makes a challenge under an id of its own, to be fetched with
    /// [`PresentChallenge`](crate::PresentChallenge). Nothing is drawn yet.
    ///
    /// # Errors
    ///
    /// See [`ChallengeError`]; it is never `Unknown`, `Busy` or `NotMade`.
    pub async fn issue(&self, client: ClientAddress) -> Result<IssuedChallenge, ChallengeError> {
        let now = self.clock.now();
        self.charge(client, now).await?;
        let ticket = Ticket::generate(self.difficulty(now), now, &mut rng());
        let key = self.pictures.key();
        let answer = self.pictures.renderer().answer(&key.seed(ticket));
        let end = now + self.challenges.ttl();
        let expires_at = end.replace_nanosecond(0).unwrap_or(end);
        let id = key.issue(ticket, expires_at);
        self.challenges.remember(id.into(), &answer, now).await.map_err(Unavailable::from)?;
        let expires_in = (expires_at - now).try_into().unwrap_or_default();
        Ok(IssuedChallenge { id, expires_at, expires_in })
    }

    async fn charge(
        &self,
        client: ClientAddress,
        now: OffsetDateTime,
    ) -> Result<(), ChallengeError> {
        Share::Made
            .charge(&*self.throttle, self.subjects.client(client), self.per_client, now)
            .await
    }

    fn difficulty(&self, now: OffsetDateTime) -> Difficulty {
        self.raise.as_ref().map(|tally| tally.difficulty(now)).unwrap_or_default()
    }
}
