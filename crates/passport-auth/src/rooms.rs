//! Rooms and use cases, built on ports and rules.

mod use_cases;

use std::{io, num::NonZeroUsize, sync::Arc, thread::available_parallelism};

use passport_codes::{CodeStore, Codes};
use passport_session::SessionStore;
use passport_throttle::{FailureStore, ThrottleStore};
use passport_user::{Journal, PasswordHasher, UserRepository};
use tokio::runtime::Handle;

use crate::{
    ChallengeMeter, ChallengeObserver, ChallengeRenderer, Challenges, ChargedCodes, Clock,
    CodeSender, ContinuationKey, Detached, EventObserver, Events, Failures, FairQueue, Gate, Keys,
    Limits, NoticeSender, Notices, PasswordCheck, Passwords, PhoneCodes, PhoneProof, PictureStock,
    Priority, Rules, SendCode, SeparateCharges, SeparateStores, Sessions, SignedInUsers,
    SystemClock, Workers,
};

/// Images that are drawn ahead: some 130 KB in both themes, enough for a burst of visitors.
const DRAWN_AHEAD: usize = 32;

/// What the use cases stand on: stores, senders and the like.
#[derive(Debug, Clone)]
pub struct Ports {
    /// Repository of users.
    pub users: Arc<dyn UserRepository>,
    /// Journal of account events, over the storage of the users.
    pub journal: Arc<dyn Journal>,
    /// Store of sessions.
    pub sessions: Arc<dyn SessionStore>,
    /// Reader of sessions and their users: [`SeparateStores`], unless one query can read both.
    pub signed_in: Arc<dyn SignedInUsers>,
    /// Store of codes.
    pub codes: Arc<dyn CodeStore>,
    /// Counts of messages, sign-ins and the like.
    pub throttle: Arc<dyn ThrottleStore>,
    /// Failures in a row.
    pub failures: Arc<dyn FailureStore>,
    /// Codes with their charges, over the three stores above: [`SeparateCharges`], unless one act can do
    /// both.
    pub charged_codes: Arc<dyn ChargedCodes>,
    /// Store of the answers of challenges whose id a client chose.
    pub answers: Arc<dyn CodeStore>,
    /// Counts of challenges, and marks of those that were answered. If it is `throttle`, a challenge is
    /// marked in the act that charges the message.
    pub challenge_throttle: Arc<dyn ThrottleStore>,
    /// Answers with their charges, over the two stores above.
    pub charged_answers: Arc<dyn ChargedCodes>,
    /// Sender of codes.
    pub code_sender: Arc<dyn CodeSender>,
    /// Sender of notices.
    pub notice_sender: Arc<dyn NoticeSender>,
    /// Renderer of challenges.
    pub renderer: Arc<dyn ChallengeRenderer>,
    /// Hasher of passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// Another reader of events than the journal, such as a metric.
    pub event_observer: Option<Arc<dyn EventObserver>>,
    /// Reader of what happens to challenges, such as a metric.
    pub challenge_observer: Option<Arc<dyn ChallengeObserver>>,
}

/// The rooms, from which each use case is built by a method of its name.
///
/// Use cases of one `Rooms` share threads, queues and counts. Build it once, and keep it or the use cases.
#[derive(Debug, Clone)]
pub struct Rooms {
    /// Human check.
    pub gate: Gate,
    /// Sending of codes.
    pub send_code: SendCode,
    /// Proof of numbers.
    pub proof: PhoneProof,
    /// Hashes of passwords.
    pub passwords: Passwords,
    /// Queue of the threads that hash passwords.
    pub password_queue: FairQueue,
    /// Comparison of passwords at sign-in.
    pub password_check: PasswordCheck,
    /// Notices.
    pub notices: Notices,
    /// Limits.
    pub limits: Limits,
    /// Failures in a row.
    pub failures: Failures,
    /// Sessions of users.
    pub sessions: Sessions,
    /// Reader of sessions and their users.
    pub signed_in: Arc<dyn SignedInUsers>,
    /// Repository of users.
    pub users: Arc<dyn UserRepository>,
    /// Journal of account events.
    pub journal: Arc<dyn Journal>,
    /// Runner of operations. Wait for [`Detached::finish`] before the process ends.
    pub detached: Detached,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    continuations: ContinuationKey,
    challenges: Drawn,
    rules: Rules,
}

/// What draws and speaks challenges.
#[derive(Debug, Clone)]
struct Drawn {
    challenges: Challenges,
    answers: Arc<dyn ChargedCodes>,
    pictures: PictureStock,
    renderer: Arc<dyn ChallengeRenderer>,
    workers: Workers,
    limits: Limits,
}

/// Stores of accounts.
#[derive(Debug, Clone)]
pub struct Stores {
    /// Repository of users.
    pub users: Arc<dyn UserRepository>,
    /// Journal of account events, over the storage of the users.
    pub journal: Arc<dyn Journal>,
    /// Store of sessions.
    pub sessions: Arc<dyn SessionStore>,
    /// Store of codes.
    pub codes: Arc<dyn CodeStore>,
    /// Counts of messages, sign-ins and the like.
    pub throttle: Arc<dyn ThrottleStore>,
    /// Failures in a row.
    pub failures: Arc<dyn FailureStore>,
}

impl Ports {
    /// Ports over these stores, with the system's clock. Challenges are kept and counted in the stores of
    /// codes and limits, and sessions are read apart from their users; replace those fields for others.
    pub fn new<S: CodeSender + NoticeSender>(
        stores: Stores,
        sender: Arc<S>,
        renderer: impl ChallengeRenderer,
        hasher: impl PasswordHasher,
    ) -> Self {
        let Stores { users, journal, sessions, codes, throttle, failures } = stores;
        let signed_in =
            SeparateStores { sessions: Arc::clone(&sessions), users: Arc::clone(&users) };
        let charged: Arc<dyn ChargedCodes> = Arc::new(SeparateCharges::new(
            Arc::clone(&codes),
            Arc::clone(&throttle),
            Arc::clone(&failures),
        ));
        Self {
            users,
            journal,
            sessions,
            signed_in: Arc::new(signed_in),
            answers: Arc::clone(&codes),
            codes,
            challenge_throttle: Arc::clone(&throttle),
            throttle,
            failures,
            charged_answers: Arc::clone(&charged),
            charged_codes: charged,
            code_sender: Arc::clone(&sender) as _,
            notice_sender: sender,
            renderer: Arc::new(renderer),
            hasher: Arc::new(hasher),
            clock: Arc::new(SystemClock),
            event_observer: None,
            challenge_observer: None,
        }
    }
}

impl Rooms {
    /// Builds the rooms, and starts the threads that hash passwords and draw challenges. Operations run
    /// on `runtime`, which has to live until they have finished.
    ///
    /// # Errors
    ///
    /// If a thread cannot be started, or `challenge_ttl` of the rules is out of bounds.
    pub fn open(ports: Ports, keys: Keys, rules: Rules, runtime: &Handle) -> io::Result<Self> {
        let Keys { subjects, codes, challenges, continuations } = keys;
        let Ports { users, journal, sessions, signed_in, clock, code_sender, .. } = ports;
        let limits = |store| Limits::new(store, subjects.clone(), rules.quotas, Arc::clone(&clock));
        let challenge_limits = limits(ports.challenge_throttle);
        let limits = limits(ports.throttle);
        let failures =
            Failures::new(ports.failures, subjects.clone(), rules.backoffs, Arc::clone(&clock));

        let meter = ChallengeMeter::new(rules.challenges_per_client, rules.challenge_ttl);
        let answers = Codes::new(ports.answers, codes.clone());
        let mut challenges = Challenges::new(answers, challenges, meter, rules.challenge_ttl)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?
            .with_test_answer(rules.test_answer.clone());
        if let Some(observer) = ports.challenge_observer {
            challenges = challenges.observed_by(observer);
        }
        let drawn = Drawn::start(
            challenges,
            ports.charged_answers,
            ports.renderer,
            challenge_limits,
            &clock,
        )?;
        let phone_codes = PhoneCodes::new(
            Codes::new(ports.codes, codes),
            ports.charged_codes,
            subjects.clone(),
            rules.code,
            rules.code_length,
            Arc::clone(&clock),
        );
        let password_queue = hashing_queue(&rules)?;
        let passwords = Passwords::new(ports.hasher, password_queue.clone());
        let events = Events::start_observed(
            Arc::clone(&journal),
            runtime,
            subjects,
            rules.addresses,
            Arc::clone(&clock),
            ports.event_observer,
        );
        Ok(Self {
            gate: drawn.gate(&clock),
            send_code: SendCode::new(
                phone_codes.clone(),
                Arc::clone(&code_sender),
                rules.countries.clone(),
                limits.clone(),
                failures.clone(),
            ),
            proof: PhoneProof::new(phone_codes, code_sender, limits.clone(), failures.clone()),
            password_check: PasswordCheck::new(
                Arc::clone(&users),
                passwords.clone(),
                limits.clone(),
                failures.clone(),
            ),
            passwords,
            password_queue,
            notices: Notices::new(ports.notice_sender, limits.clone()),
            limits,
            failures,
            sessions: Sessions::new(sessions, rules.lifetimes, Arc::clone(&clock)),
            signed_in,
            users,
            journal,
            detached: Detached::on(runtime.clone(), events),
            clock,
            continuations,
            challenges: drawn,
            rules,
        })
    }
}

impl Drawn {
    /// Starts the threads that draw and speak.
    fn start(
        challenges: Challenges,
        answers: Arc<dyn ChargedCodes>,
        renderer: Arc<dyn ChallengeRenderer>,
        limits: Limits,
        clock: &Arc<dyn Clock>,
    ) -> io::Result<Self> {
        // Drawing and speaking take about a millisecond, so one thread per core, and a queue for bursts.
        let threads = available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let queue = threads.saturating_mul(NonZeroUsize::new(256).unwrap_or(NonZeroUsize::MIN));
        let workers = Workers::start("drawing", threads, queue, Priority::Normal)?;
        let pictures = PictureStock::new(
            Arc::clone(&renderer),
            challenges.key().clone(),
            workers.clone(),
            Arc::clone(clock),
            DRAWN_AHEAD,
        );
        Ok(Self { challenges, answers, pictures, renderer, workers, limits })
    }

    fn gate(&self, clock: &Arc<dyn Clock>) -> Gate {
        let (answers, renderer) = (Arc::clone(&self.answers), Arc::clone(&self.renderer));
        let (challenges, limits) = (self.challenges.clone(), self.limits.clone());
        Gate::new(challenges, answers, renderer, limits, Arc::clone(clock))
    }
}

/// The workers have a place for each thread only, because the queue itself is in front of them.
fn hashing_queue(rules: &Rules) -> io::Result<FairQueue> {
    let threads = rules.hashing_threads;
    let workers = Workers::start("password", threads, threads, Priority::Low)?;
    Ok(FairQueue::new(workers, rules.hashing_queue))
}
