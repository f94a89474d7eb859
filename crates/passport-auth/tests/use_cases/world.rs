//! The use cases without an HTTP server, and what people do with them.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroUsize,
    sync::{Arc, mpsc},
    time::Duration,
};

use passport_auth::{
    Authenticate, ChallengeId, ChallengeKey, ChallengeMeter, ChallengeRenderer, Challenges,
    ChargedCodes, ClientAddress, Clock, CodeRequest, Detached, Events, Failures, FairQueue, Gate,
    Limits, ManualClock, NewChallenge, OwnSessions, Party, PasswordCheck, Passwords, PhoneCodes,
    PhoneProof, PictureStock, Place, PresentChallenge, Priority, RequestCode, RequestCodeError,
    SendCode, SeparateCharges, Sessions, SignIn, SignInError, SignOut, SignUp, SignUpError,
    SignedIn, SignedInUsers, Slot, SubjectKey, SystemClock, Workers,
};
use passport_codes::{Code, CodeStore, Codes, DigestKey};
use passport_session::SessionStore;
use passport_storage_memory::{
    MemoryCodeStore, MemoryFailureStore, MemorySessionStore, MemoryThrottleStore,
    MemoryUserRepository,
};
use passport_throttle::{FailureStore, ThrottleStore};
use passport_user::{Journal, PasswordPolicy, User, UserRepository};
use time::macros::datetime;
use tokio::{runtime::Handle, task::yield_now};
use uuid::Uuid;

use crate::{
    account_world::{Accounts, Rooms},
    doubles::{Gateway, Hasher, Renderer},
    faulty::{Faulty, Outage},
    logs,
    setup::{ChallengeCounts, Setup},
};

pub(crate) use crate::{people::*, setup::quota};

pub(crate) const PHONE: &str = "13800138000";
pub(crate) const OTHER_PHONE: &str = "13900139000";
pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const WRONG_PASSWORD: &str = "wrong horse battery";
/// Pause between two messages to one number.
pub(crate) const COOLDOWN: Duration = Duration::from_mins(1);

const CHALLENGE_TTL: Duration = Duration::from_mins(5);

const WORKERS: usize = 2;
const HASHING_PLACES: usize = 32;

/// All use cases on in-process stores.
pub(crate) struct World {
    pub(crate) setup: Setup,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) outage: Arc<Outage>,
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) hasher: Arc<Hasher>,
    pub(crate) workers: Workers,
    pub(crate) hashing: FairQueue,
    pub(crate) detached: Detached,
    pub(crate) session_store: Arc<dyn SessionStore>,
    pub(crate) sessions: Sessions,
    pub(crate) new_challenge: NewChallenge,
    pub(crate) present_challenge: PresentChallenge,
    pub(crate) request_code: RequestCode,
    pub(crate) sign_up: SignUp,
    pub(crate) sign_in: SignIn,
    pub(crate) authenticate: Authenticate,
    pub(crate) own_sessions: OwnSessions,
    pub(crate) sign_out: SignOut,
    pub(crate) users: Arc<dyn UserRepository>,
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) accounts: Box<Accounts>,
    foundation: Foundation,
}

/// Stores and services that outlive a change of the setup.
#[derive(Clone)]
struct Foundation {
    clock: Arc<ManualClock>,
    outage: Arc<Outage>,
    users: Arc<dyn UserRepository>,
    sessions: Arc<dyn SessionStore>,
    signed_in: Arc<dyn SignedInUsers>,
    throttle: Arc<dyn ThrottleStore>,
    /// Counts of challenges.
    challenge_throttle: Arc<dyn ThrottleStore>,
    /// Stored answers of challenges, and their counts.
    answers: Arc<dyn ChargedCodes>,
    failures: Arc<dyn FailureStore>,
    journal: Arc<dyn Journal>,
    codes: Codes,
    charged: Arc<dyn ChargedCodes>,
    gateway: Arc<Gateway>,
    renderer: Arc<dyn ChallengeRenderer>,
    workers: Workers,
    hashing: FairQueue,
    detached: Detached,
}

impl Foundation {
    fn new(setup: &Setup) -> Self {
        let outage = Arc::new(Outage::default());
        let now = datetime!(2026-11-22 09:43:30.123456789 UTC);
        let clock = Arc::new(ManualClock::new(now));
        let users = faulty::<MemoryUserRepository>(&outage);
        let store = users.store.journal();
        let journal: Arc<dyn Journal> = Arc::new(Faulty { store, outage: Arc::clone(&outage) });
        let events = Events::start(
            Arc::clone(&journal),
            &Handle::current(),
            subject_key(),
            setup.addresses,
            Arc::clone(&clock) as _,
        );
        let codes = faulty::<MemoryCodeStore>(&outage);
        let failures: Arc<dyn FailureStore> = faulty::<MemoryFailureStore>(&outage);
        let throttle: Arc<dyn ThrottleStore> = faulty::<MemoryThrottleStore>(&outage);
        let challenge_throttle = match setup.challenge_counts {
            ChallengeCounts::WithMessages => Arc::clone(&throttle),
            ChallengeCounts::Apart => faulty::<MemoryThrottleStore>(&outage),
        };
        let charged = |throttle: &Arc<dyn ThrottleStore>| {
            let codes: Arc<dyn CodeStore> = Arc::clone(&codes) as _;
            Arc::new(SeparateCharges::new(codes, Arc::clone(throttle), Arc::clone(&failures)))
        };
        let (answers, charged) = (charged(&challenge_throttle), charged(&throttle));
        let sessions = faulty::<MemorySessionStore>(&outage);
        let (users, signed_in) = setup.readers(users, &sessions);
        Self {
            clock,
            users,
            signed_in,
            failures,
            journal,
            sessions,
            throttle,
            challenge_throttle,
            answers,
            codes: Codes::new(codes, DigestKey::new([7; 32])),
            charged,
            gateway: Arc::new(Gateway::default()),
            renderer: Arc::new(Renderer::default()),
            workers: workers(WORKERS * 128),
            hashing: FairQueue::new(workers(WORKERS), count(HASHING_PLACES - WORKERS)),
            detached: Detached::on(Handle::current(), events),
            outage,
        }
    }

    /// Steps that the use cases share.
    fn rooms(&self, setup: &Setup) -> Rooms {
        let Self { clock, users, sessions, renderer, detached, .. } = self;
        let clock: Arc<dyn Clock> = Arc::clone(clock) as _;
        let sender = Arc::clone(&self.gateway);
        let limits = |store: &Arc<dyn ThrottleStore>| {
            Limits::new(Arc::clone(store), subject_key(), setup.quotas, Arc::clone(&clock))
        };
        let (challenge_limits, limits) = (limits(&self.challenge_throttle), limits(&self.throttle));
        let failures = Failures::new(
            Arc::clone(&self.failures),
            subject_key(),
            setup.backoffs,
            Arc::clone(&clock),
        );
        let meter = ChallengeMeter::new(setup.challenges_per_client, CHALLENGE_TTL);
        let codes = self.codes.clone();
        let challenges = Challenges::new(codes, challenge_key(), meter, CHALLENGE_TTL)
            .expect("within bounds")
            .with_test_answer(setup.test_answer.clone());
        let codes = PhoneCodes::new(
            self.codes.clone(),
            Arc::clone(&self.charged),
            subject_key(),
            setup.code_policy,
            setup.code_length,
            Arc::clone(&clock),
        );
        let passwords = Passwords::new(Arc::clone(&setup.hasher) as _, self.hashing.clone());
        let sessions_room =
            Sessions::new(Arc::clone(sessions), setup.lifetimes, Arc::clone(&clock));
        let gate = Gate::new(
            challenges.clone(),
            Arc::clone(&self.answers),
            Arc::clone(renderer),
            challenge_limits.clone(),
            Arc::clone(&clock),
        );
        let send_code = SendCode::new(
            codes.clone(),
            Arc::clone(&sender) as _,
            setup.countries.clone(),
            limits.clone(),
            failures.clone(),
        );
        let proof = PhoneProof::new(codes, sender, limits.clone(), failures.clone());
        Rooms {
            proof,
            passwords,
            challenge_limits,
            limits,
            failures,
            users: Arc::clone(users),
            sessions: sessions_room,
            journal: Arc::clone(&self.journal),
            gate,
            send_code,
            notices: Arc::clone(&self.gateway) as _,
            detached: detached.clone(),
            challenges,
            clock,
        }
    }
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    /// A world whose setup differs from the default.
    pub(crate) fn with(change: impl FnOnce(&mut Setup)) -> Self {
        logs::begin();
        let mut setup = Setup::default();
        change(&mut setup);
        Self::build(Foundation::new(&setup), setup)
    }

    /// Restarts the service with another setup. The stores keep their contents.
    pub(crate) fn change(&mut self, change: impl FnOnce(&mut Setup)) {
        let mut setup = self.setup.clone();
        change(&mut setup);
        *self = Self::build(self.foundation.clone(), setup);
    }

    /// Restarts the service with a hasher that hashes at `cost`.
    pub(crate) fn hash_at(&mut self, cost: u32) {
        self.change(|setup| setup.hasher = Arc::new(Hasher::new(cost)));
    }

    fn build(foundation: Foundation, setup: Setup) -> Self {
        let rooms = foundation.rooms(&setup);
        let accounts = Box::new(Accounts::build(&rooms, &setup));
        let Foundation { users, sessions, renderer, workers, .. } = &foundation;
        let Rooms { challenge_limits, limits, challenges, clock, passwords, detached, .. } = &rooms;
        let password_check = PasswordCheck::new(
            Arc::clone(users),
            passwords.clone(),
            limits.clone(),
            rooms.failures.clone(),
        );

        Self {
            new_challenge: NewChallenge {
                challenges: challenges.clone(),
                pictures: pictures(renderer, workers),
                limits: challenge_limits.clone(),
                clock: Arc::clone(clock),
            },
            present_challenge: PresentChallenge {
                challenges: challenges.clone(),
                renderer: Arc::clone(renderer),
                workers: workers.clone(),
                limits: challenge_limits.clone(),
                clock: Arc::clone(clock),
            },
            request_code: RequestCode {
                gate: rooms.gate.clone(),
                send_code: rooms.send_code.clone(),
                detached: detached.clone(),
            },
            sign_up: SignUp {
                proof: rooms.proof.clone(),
                passwords: passwords.clone(),
                password_check: password_check.clone(),
                password_policy: PasswordPolicy::default(),
                is_open: setup.sign_up_is_open,
                users: Arc::clone(users),
                detached: detached.clone(),
                clock: Arc::clone(clock),
            },
            sign_in: SignIn {
                password_check,
                entrance: accounts.entrance.clone(),
                detached: detached.clone(),
            },
            authenticate: Authenticate {
                signed_in: Arc::clone(&foundation.signed_in),
                sessions: rooms.sessions.clone(),
            },
            own_sessions: OwnSessions {
                sessions: rooms.sessions.clone(),
                detached: detached.clone(),
            },
            sign_out: SignOut { sessions: rooms.sessions.clone(), detached: detached.clone() },
            users: Arc::clone(users),
            journal: Arc::clone(&foundation.journal),
            accounts,
            sessions: rooms.sessions.clone(),
            session_store: Arc::clone(sessions),
            clock: Arc::clone(&foundation.clock),
            outage: Arc::clone(&foundation.outage),
            gateway: Arc::clone(&foundation.gateway),
            hasher: Arc::clone(&setup.hasher),
            workers: workers.clone(),
            hashing: foundation.hashing.clone(),
            detached: detached.clone(),
            setup,
            foundation,
        }
    }

    /// Takes every place in the queue for hashing until the result is dropped: more clients with an
    /// account each than there are places.
    pub(crate) async fn fill_hashing_queue(&self) -> Vec<Place> {
        let mut places = Vec::new();
        for n in 0..=HASHING_PLACES {
            let last = u8::try_from(n).expect("there are few places");
            let client = IpAddr::from([198, 51, 100, last]).into();
            places.extend(
                self.hashing.enter(Party { client, account: number(&nth_phone(n)).into() }).await,
            );
        }
        assert_eq!(places.len(), HASHING_PLACES);
        places
    }

    /// Takes every place in the workers' queue until the result is dropped.
    pub(crate) fn fill_queue(&self) -> Vec<Slot> {
        std::iter::from_fn(|| self.workers.reserve().ok()).collect()
    }

    /// Blocks every thread for hashing until the result is dropped.
    pub(crate) async fn hold_hashing(&self) -> Vec<mpsc::Sender<()>> {
        let mut held = Vec::new();
        for n in 0..WORKERS {
            let (release, gate) = mpsc::channel();
            let party = Party { client: client(200), account: number(&nth_phone(n)).into() };
            let place = self.hashing.enter(party).await.expect("there is room");
            tokio::spawn(async move { place.run(move || gate.recv().is_err()).await });
            held.push(release);
        }
        yield_now().await;
        held
    }

    /// A picture for a client of its own.
    pub(crate) async fn challenge(&self) -> ChallengeId {
        self.chosen_challenge().await.into()
    }

    /// As [`challenge`](Self::challenge); returns the id as the client chose it.
    pub(crate) async fn chosen_challenge(&self) -> Uuid {
        let id = Uuid::new_v4();
        let client = ClientAddress::from(IpAddr::from(Ipv6Addr::from(id.as_u128())));
        self.new_challenge.draw(id, None, client).await.expect("a picture is drawn");
        id
    }

    /// Request of a client that solved a new challenge.
    pub(crate) async fn code_request(&self, phone: &str) -> CodeRequest {
        code_request_of(phone, self.challenge().await)
    }

    pub(crate) async fn request_code(&self, phone: &str) -> Result<Code, RequestCodeError> {
        self.request_code.send(self.code_request(phone).await).await?;
        Ok(self.gateway.last_code())
    }

    pub(crate) async fn sign_up(&self, phone: &str, code: &Code) -> Result<User, SignUpError> {
        self.sign_up.register(registration(phone, code)).await
    }

    /// Signs up with [`PASSWORD`].
    pub(crate) async fn user(&self, phone: &str) -> User {
        let code = self.request_code(phone).await.expect("a code is sent");
        self.sign_up(phone, &code).await.expect("the code is good")
    }

    pub(crate) async fn sign_in(
        &self,
        phone: &str,
        password: &str,
    ) -> Result<SignedIn, SignInError> {
        self.sign_in.sign_in(credentials(phone, password)).await
    }
}

fn faulty<S: Default>(outage: &Arc<Outage>) -> Arc<Faulty<S>> {
    Arc::new(Faulty { store: S::default(), outage: Arc::clone(outage) })
}

pub(crate) fn subject_key() -> SubjectKey {
    SubjectKey::new([9; 32])
}

pub(crate) fn challenge_key() -> ChallengeKey {
    ChallengeKey::new([8; 32])
}

/// A stock of capacity 0, so that every picture is drawn on demand.
pub(crate) fn pictures(renderer: &Arc<dyn ChallengeRenderer>, workers: &Workers) -> PictureStock {
    let clock = Arc::new(SystemClock);
    PictureStock::new(Arc::clone(renderer), challenge_key(), workers.clone(), clock, 0)
}

fn workers(queue: usize) -> Workers {
    Workers::start("test", count(WORKERS), count(queue), Priority::Normal)
        .expect("the threads start")
}

fn count(n: usize) -> NonZeroUsize {
    NonZeroUsize::new(n).expect("more than none")
}
