use std::sync::Arc;

use passport_throttle::Policy;

use crate::{
    CarriedTicket, ChallengeError, ChallengeRenderer, ChallengeSeed, ChallengeStep, Challenges,
    ClientAddress, Clock, Denied, Drawing, IssuedId, Limits, Locale, Sound, Ticket, Workers,
    policies,
};

/// Draws and speaks challenges: one challenge gives the same picture and the same sound each time, on
/// every node.
///
/// A challenge is spoken in one language, the first that is asked for, because two languages would be
/// two independent chances of a program to understand one answer.
///
/// No store is asked whether the challenge has been answered, because that plays no part.
#[derive(Debug, Clone)]
pub struct PresentChallenge {
    /// Live challenges.
    pub challenges: Challenges,
    /// Renderer of pictures and sounds.
    pub renderer: Arc<dyn ChallengeRenderer>,
    /// Threads that draw and speak.
    pub workers: Workers,
    /// Limits per client.
    pub limits: Limits,
    /// Clock.
    pub clock: Arc<dyn Clock>,
}

/// The sound of a challenge.
#[derive(Debug)]
pub struct SpokenChallenge {
    /// Sound of the challenge.
    pub sound: Sound,
    /// Language of the sound.
    pub language: Locale,
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
    ) -> Result<Drawing, ChallengeError> {
        let seed = self.seed_of(id)?;
        // Whatever can be refused for lack of room comes first, before the client is charged.
        let slot = self.workers.reserve().map_err(Denied::from)?;
        self.charge(client).await?;
        let renderer = Arc::clone(&self.renderer);
        let drawing = slot.run(move || renderer.draw(&seed)).await;
        self.challenges.report(ChallengeStep::Drawn);
        drawing.map_err(ChallengeError::NotMade)
    }

    /// Speaks the challenge that was issued under `id`, in `language` unless it was spoken in another
    /// one before.
    ///
    /// # Errors
    ///
    /// See [`ChallengeError`].
    pub async fn sound(
        &self,
        id: &IssuedId,
        language: Locale,
        client: ClientAddress,
    ) -> Result<SpokenChallenge, ChallengeError> {
        self.speak(self.seed_of(id)?, language, client).await
    }

    /// Speaks the challenge whose ticket the client carries, as [`sound`](Self::sound) does.
    ///
    /// # Errors
    ///
    /// See [`ChallengeError`].
    pub async fn sound_of(
        &self,
        carried: &CarriedTicket,
        language: Locale,
        client: ClientAddress,
    ) -> Result<SpokenChallenge, ChallengeError> {
        let seed = self.challenges.open_carried(carried, self.clock.now());
        self.speak(seed.ok_or(ChallengeError::Unknown)?, language, client).await
    }

    fn seed_of(&self, id: &IssuedId) -> Result<ChallengeSeed, ChallengeError> {
        self.challenges.open(id, self.clock.now()).ok_or(ChallengeError::Unknown)
    }

    async fn speak(
        &self,
        seed: ChallengeSeed,
        language: Locale,
        client: ClientAddress,
    ) -> Result<SpokenChallenge, ChallengeError> {
        let slot = self.workers.reserve().map_err(Denied::from)?;
        self.charge(client).await?;
        let language = self.bind_language(seed.ticket(), language.spoken(), client).await?;
        let renderer = Arc::clone(&self.renderer);
        let sound = slot.run(move || renderer.speak(&seed, language)).await;
        self.challenges.report(ChallengeStep::Spoken);
        Ok(SpokenChallenge { sound: sound.map_err(ChallengeError::NotMade)?, language })
    }

    /// Charges a fetch to a client whose wrong answers are not used up.
    async fn charge(&self, client: ClientAddress) -> Result<(), Denied> {
        self.limits.check(&self.limits.wrong_answer(client)).await?;
        self.challenges.meter().fetch(client, self.clock.now())
    }

    /// The language of the challenge: `language`, if it is the first that is asked for.
    ///
    /// The first request marks in one operation that the challenge has a language and which one.
    async fn bind_language(
        &self,
        ticket: Ticket,
        language: Locale,
        client: ClientAddress,
    ) -> Result<Locale, Denied> {
        let mark = |policy| self.limits.once(policy, ticket, self.challenges.once());
        let (first, own) = (mark(policies::CHALLENGE_LANGUAGES), mark(policy_of(language)));
        if !is_full(self.limits.check(&first).await)? {
            self.challenges.meter().speak(client, self.clock.now())?;
            if !is_full(self.limits.charge(&[first, own].concat()).await)? {
                return Ok(language);
            }
        }
        for bound in Locale::ALL {
            if is_full(self.limits.check(&mark(policy_of(bound))).await)? {
                return Ok(bound);
            }
        }
        // The marks have expired, and the challenge before them.
        Ok(language)
    }
}

/// Whether a limit is used up. Other denials stay errors.
fn is_full<T>(outcome: Result<T, Denied>) -> Result<bool, Denied> {
    match outcome {
        Ok(_) => Ok(false),
        Err(Denied::TooMany(_)) => Ok(true),
        Err(denied) => Err(denied),
    }
}

fn policy_of(language: Locale) -> Policy {
    match language {
        Locale::ZhHans | Locale::ZhHant => policies::CHALLENGE_IN_CHINESE,
        Locale::En => policies::CHALLENGE_IN_ENGLISH,
    }
}
