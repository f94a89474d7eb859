use std::{io, num::NonZeroUsize, sync::Arc, thread::available_parallelism};

use passport_auth::{
    ChallengeKey, ChallengeMeter, ChallengeObserver, ChallengeRenderer, Challenges, Clock, Gate,
    Limits, NewChallenge, PictureStock, PresentChallenge, Priority, Workers,
};
use passport_codes::Codes;

use super::stores::Stores;
use crate::{
    captcha::{CaptchaRenderer, StyleRotation, Styles},
    settings::{CaptchaStyle, Secrets, Settings},
};

/// Images that are drawn ahead: some 130 KB in both themes, enough for a burst of visitors.
const DRAWN_AHEAD: usize = 32;

/// Use cases and gate of challenges.
pub(super) struct ChallengeServices {
    pub(super) new: NewChallenge,
    pub(super) present: PresentChallenge,
    pub(super) gate: Gate,
}

pub(super) fn wire(
    settings: &Settings,
    secrets: &Secrets,
    stores: &Stores,
    limits: &Limits,
    clock: &Arc<dyn Clock>,
    observer: Arc<dyn ChallengeObserver>,
) -> io::Result<ChallengeServices> {
    let captcha = &settings.captcha;
    let renderer = renderer(settings, secrets);
    // Answered challenges are marked in the store of limits. If it ends with the process, so do the
    // challenges, because they could be answered again.
    let key = if stores.is_shared { secrets.challenge_key() } else { ChallengeKey::random() };
    let codes = Codes::new(Arc::clone(&stores.answers), secrets.code_digest_key());
    let meter = ChallengeMeter::new(settings.limits.challenges_per_ip_minute, captcha.ttl);
    let challenges = Challenges::new(codes, key.clone(), meter, captcha.ttl)
        .expect("settings are within the bounds of a challenge")
        .with_test_answer(captcha.test_answer.clone())
        .observed_by(observer);

    let workers = drawing_workers()?;
    let pictures = PictureStock::new(
        Arc::clone(&renderer),
        key,
        workers.clone(),
        Arc::clone(clock),
        DRAWN_AHEAD,
    );
    Ok(ChallengeServices {
        gate: Gate::new(
            challenges.clone(),
            Arc::clone(&renderer),
            limits.clone(),
            Arc::clone(clock),
        ),
        new: NewChallenge {
            challenges: challenges.clone(),
            pictures,
            limits: limits.clone(),
            clock: Arc::clone(clock),
        },
        present: PresentChallenge {
            challenges,
            renderer,
            workers,
            limits: limits.clone(),
            clock: Arc::clone(clock),
        },
    })
}

/// The renderer with the styles of this deployment.
pub(super) fn renderer(settings: &Settings, secrets: &Secrets) -> Arc<dyn ChallengeRenderer> {
    let captcha = &settings.captcha;
    let styles = match captcha.style {
        CaptchaStyle::Calm => Styles::Calm,
        CaptchaStyle::Patterned => {
            Styles::Patterned(StyleRotation::new(secrets.style_key(), captcha.style_rotation))
        }
    };
    Arc::new(CaptchaRenderer::new(captcha.length, styles))
}

/// Drawing and speaking take about a millisecond, so one thread per core, and a queue for bursts.
fn drawing_workers() -> io::Result<Workers> {
    let threads = available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let queue = threads.saturating_mul(NonZeroUsize::new(256).unwrap_or(NonZeroUsize::MIN));
    Workers::start("drawing", threads, queue, Priority::Normal)
}
