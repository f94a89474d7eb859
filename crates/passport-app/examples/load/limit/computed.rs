use std::{num::NonZeroUsize, thread, time::Duration};

use passport_app::{challenge_renderer, settings::Settings};
use passport_auth::{ChallengeKey, Clock, SystemClock, Ticket};
use passport_user::{BcryptCost, BcryptSha256, Password, PasswordHasher};

use super::rate::rate;
use crate::{outcome::Outcome, people::PASSWORD, service::SECRET};

/// Challenges a second, made as the service does for `image_code`, in the same styles, on one thread: ticket,
/// seed, answer and image.
pub(super) fn draw(time: Duration) -> Outcome<f64> {
    let settings = Settings::from_pairs([("secret", SECRET)])?;
    let (renderer, key) = (challenge_renderer(&settings)?, ChallengeKey::new([7; 32]));
    rate(time, || {
        let seed = key.seed(Ticket::generate(SystemClock.now(), &mut rand::rng()));
        std::hint::black_box((renderer.answer(&seed), renderer.draw(&seed)?));
        Ok(())
    })
}

/// Hashes of cost 12 a second on all cores of this process.
pub(super) fn hash(time: Duration) -> f64 {
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let hash = move || {
        let hasher = BcryptSha256::new(BcryptCost::DEFAULT);
        rate(time, || {
            std::hint::black_box(hasher.hash(&Password::new(PASSWORD)?, &mut rand::rng()));
            Ok(())
        })
    };
    let threads: Vec<_> = (0..cores).map(|_| thread::spawn(hash)).collect();
    threads.into_iter().filter_map(|thread| thread.join().ok()?.ok()).sum()
}
