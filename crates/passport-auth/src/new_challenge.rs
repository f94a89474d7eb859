use std::{fmt, sync::Arc, time::Duration};

use rand::rng;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    CarriedTicket, ChallengeError, ChallengeStep, Challenges, ClientAddress, Clock, Denied,
    Drawing, IssuedId, Limits, PictureStock, Ticket,
};

/// Creates challenges.
#[derive(Debug, Clone)]
pub struct NewChallenge {
    /// Live challenges.
    pub challenges: Challenges,
    /// Pictures, ready or drawn on demand.
    pub pictures: PictureStock,
    /// Limits per client.
    pub limits: Limits,
    /// Clock.
    pub clock: Arc<dyn Clock>,
}

/// A challenge whose picture is shown at once.
#[derive(Debug)]
pub struct DrawnChallenge {
    /// Picture of the challenge.
    pub drawing: Drawing,
    /// Ticket for the client to carry, with which the same answer can be spoken and, if no store keeps
    /// it, be given.
    pub ticket: CarriedTicket,
}

/// A challenge whose picture or sound the client fetches.
#[derive(Clone)]
pub struct IssuedChallenge {
    /// Id, with which the challenge is fetched and answered.
    pub id: IssuedId,
    /// Time of expiry, truncated to the second.
    pub expires_at: OffsetDateTime,
    /// Time from now until expiry.
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
    /// Draws the picture of challenge `id`, and invalidates the challenge that it `replaces`.
    ///
    /// # Errors
    ///
    /// See [`ChallengeError`]; never `Unknown`. On an error no answer is stored, unless the store
    /// failed after it took the answer; then the stored answer is that of a picture that was not
    /// shown.
    pub async fn draw(
        &self,
        id: Uuid,
        replaces: Option<Uuid>,
        client: ClientAddress,
    ) -> Result<DrawnChallenge, ChallengeError> {
        // Whatever can be refused for lack of room comes first, before the client is charged.
        let now = self.clock.now();
        let reserved = self.pictures.reserve().map_err(Denied::from)?;
        if let Err(denied) = self.charge(client, now).await {
            self.pictures.give_back(reserved);
            return Err(denied.into());
        }
        let drawn = self.pictures.take(reserved).await.map_err(ChallengeError::NotMade)?;

        let bound = self.challenges.bind(id, (drawn.ticket, &drawn.answer), client, now).await;
        let ticket = bound.map_err(Denied::from)?;
        if let Some(former) = replaces.filter(|former| *former != id) {
            self.challenges.forget(former).await.map_err(Denied::from)?;
        }
        self.challenges.report(ChallengeStep::Issued);
        self.challenges.report(ChallengeStep::Drawn);
        Ok(DrawnChallenge { drawing: drawn.drawing, ticket })
    }

    /// Issues a challenge under a new id, to be fetched with
    /// [`PresentChallenge`](crate::PresentChallenge). Nothing is drawn yet, and nothing is stored.
    ///
    /// # Errors
    ///
    /// See [`ChallengeError`]; never `Unknown`, `NotMade`, or `Denied` because of busy workers.
    pub async fn issue(&self, client: ClientAddress) -> Result<IssuedChallenge, ChallengeError> {
        let now = self.clock.now();
        self.charge(client, now).await?;
        let ticket = Ticket::generate(now, &mut rng());
        let end = now + self.challenges.ttl();
        let expires_at = end.replace_nanosecond(0).unwrap_or(end);
        let id = self.challenges.key().issue(ticket, expires_at);
        self.challenges.report(ChallengeStep::Issued);
        let expires_in = (expires_at - now).try_into().unwrap_or_default();
        Ok(IssuedChallenge { id, expires_at, expires_in })
    }

    /// Charges a challenge to a client whose wrong answers are not used up.
    async fn charge(&self, client: ClientAddress, now: OffsetDateTime) -> Result<(), Denied> {
        self.limits.check(&self.limits.wrong_answer(client)).await?;
        self.challenges.meter().issue(client, now)
    }
}
