//! The service without its edges, and what people do with it.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroUsize,
    sync::{Arc, mpsc},
    time::Duration,
};

use passport_auth::{
    Acts, AnswerTally, Authenticate, ChallengeId, ChallengeKey, ChallengeRenderer, Challenges,
    ClientAddress, Clock, CodePurpose, CodeRequest, Credentials, FailureQuotas, Locale,
    ManualClock, NewChallenge, Passwords, PictureStock, PresentChallenge, Priority, Registration,
    RequestCode, RequestCodeError, SendQuotas, SessionLifetimes, SignIn, SignInError, SignOut,
    SignUp, SignUpError, SignedIn, Slot, SubjectKey, SystemClock, WaitingRoom, Workers,
};
use passport_codes::{Code, CodeLength, CodePolicy, Codes, DigestKey};
use passport_session::{Lifetime, SessionStore};
use passport_storage_memory::{
    MemoryCodeStore, MemorySessionStore, MemoryThrottleStore, MemoryUserRepository,
};
use passport_throttle::{Quota, ThrottleStore};
use passport_user::{CountryCode, Password, PasswordPolicy, PhoneNumber, User, UserRepository};
use time::macros::datetime;
use tokio::{runtime::Handle, task::yield_now};
use uuid::Uuid;

use crate::{
    doubles::{ANSWER, Gateway, Hasher, Renderer},
    faulty::{Faulty, Outage},
    logs,
};

pub(crate) const PHONE: &str = "13800138000";
pub(crate) const OTHER_PHONE: &str = "13900139000";
pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const WRONG_PASSWORD: &str = "wrong horse battery";
/// How long until a number gets another message.
pub(crate) const COOLDOWN: Duration = Duration::from_mins(1);

const WORKERS: usize = 2;

/// With the limits and life times that are the default.
pub(crate) struct World {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) outage: Arc<Outage>,
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) hasher: Arc<Hasher>,
    pub(crate) workers: Workers,
    pub(crate) acts: Acts,
    pub(crate) new_challenge: NewChallenge,
    pub(crate) present_challenge: PresentChallenge,
    pub(crate) request_code: RequestCode,
    pub(crate) sign_up: SignUp,
    pub(crate) sign_in: SignIn,
    pub(crate) authenticate: Authenticate,
    pub(crate) sign_out: SignOut,
}

impl World {
    pub(crate) fn new() -> Self {
        logs::begin();
        let outage = Arc::new(Outage::default());
        let users: Arc<dyn UserRepository> = faulty::<MemoryUserRepository>(&outage);
        let sessions: Arc<dyn SessionStore> = faulty::<MemorySessionStore>(&outage);
        let throttle: Arc<dyn ThrottleStore> = faulty::<MemoryThrottleStore>(&outage);
        let codes = Codes::new(faulty::<MemoryCodeStore>(&outage), DigestKey::new([7; 32]));
        let minutes = Duration::from_mins;
        let code_policy = CodePolicy::new(minutes(5), 5).expect("within bounds");
        let challenges = Challenges::new(codes.clone(), minutes(5)).expect("within bounds");
        let now = datetime!(2026-11-22 09:43:30.123456789 UTC);
        let clock = Arc::new(ManualClock::new(now));
        let gateway = Arc::new(Gateway::default());
        let renderer = Arc::new(Renderer::default());
        let hasher = Arc::new(Hasher::new(4));
        let answers = Arc::new(AnswerTally::default());
        let workers = workers();
        let passwords = Passwords::new(Arc::clone(&hasher) as _, workers.clone());
        let acts = Acts::on(Handle::current());

        Self {
            new_challenge: NewChallenge {
                challenges: challenges.clone(),
                throttle: Arc::clone(&throttle),
                subjects: SubjectKey::new([9; 32]),
                pictures: pictures(&(Arc::clone(&renderer) as _), &workers),
                clock: Arc::clone(&clock) as _,
                raise: Some(Arc::clone(&answers)),
                per_client: quota(60, minutes(1)),
            },
            present_challenge: PresentChallenge {
                renderer: Arc::clone(&renderer) as _,
                key: challenge_key(),
                workers: workers.clone(),
                throttle: Arc::clone(&throttle),
                subjects: SubjectKey::new([9; 32]),
                clock: Arc::clone(&clock) as _,
                per_client: quota(60, minutes(1)),
            },
            request_code: RequestCode {
                challenges,
                answers,
                renderer,
                codes: codes.clone(),
                code_policy,
                code_length: CodeLength::SIX,
                throttle: Arc::clone(&throttle),
                subjects: SubjectKey::new([9; 32]),
                quotas: SendQuotas {
                    per_phone_cooldown: quota(1, COOLDOWN),
                    per_phone_hour: quota(5, minutes(60)),
                    per_phone_day: quota(10, minutes(1440)),
                    per_client_hour: quota(10, minutes(60)),
                    per_client_day: quota(30, minutes(1440)),
                },
                wrong_codes: quota(20, minutes(1440)),
                countries: vec![CountryCode::CN],
                sender: Arc::clone(&gateway) as _,
                acts: acts.clone(),
                clock: Arc::clone(&clock) as _,
            },
            sign_up: SignUp {
                codes,
                sender: Arc::clone(&gateway) as _,
                users: Arc::clone(&users),
                passwords: passwords.clone(),
                password_policy: PasswordPolicy::default(),
                throttle: Arc::clone(&throttle),
                subjects: SubjectKey::new([9; 32]),
                wrong_codes: quota(20, minutes(1440)),
                acts: acts.clone(),
                clock: Arc::clone(&clock) as _,
            },
            sign_in: SignIn {
                users: Arc::clone(&users),
                sessions: Arc::clone(&sessions),
                passwords,
                throttle,
                subjects: SubjectKey::new([9; 32]),
                quotas: FailureQuotas {
                    per_client: quota(10, minutes(1)),
                    per_phone: quota(100, minutes(1440)),
                },
                lifetimes: SessionLifetimes {
                    standard: lifetime(1, 24),
                    remembered: lifetime(7 * 24, 30 * 24),
                },
                waiting_room: WaitingRoom::default(),
                acts: acts.clone(),
                clock: Arc::clone(&clock) as _,
            },
            authenticate: Authenticate {
                sessions: Arc::clone(&sessions),
                users,
                clock: Arc::clone(&clock) as _,
            },
            sign_out: SignOut { sessions, acts: acts.clone(), clock: Arc::clone(&clock) as _ },
            clock,
            outage,
            gateway,
            hasher,
            workers,
            acts,
        }
    }

    /// Gives everybody a hasher that hashes at `cost` from now on.
    pub(crate) fn hash_at(&mut self, cost: u32) {
        self.hasher = Arc::new(Hasher::new(cost));
        let passwords = Passwords::new(Arc::clone(&self.hasher) as _, self.workers.clone());
        self.sign_up.passwords = passwords.clone();
        self.sign_in.passwords = passwords;
    }

    /// Takes every place in the queue of the workers, for as long as the result is held.
    pub(crate) fn fill_queue(&self) -> Vec<Slot> {
        std::iter::from_fn(|| self.workers.reserve().ok()).collect()
    }

    /// Keeps every worker from working until the result is dropped.
    pub(crate) async fn hold_workers(&self) -> Vec<mpsc::Sender<()>> {
        let mut held = Vec::new();
        for _ in 0..WORKERS {
            let (release, gate) = mpsc::channel();
            let slot = self.workers.reserve().expect("there is room");
            tokio::spawn(slot.run(move || gate.recv().is_err()));
            held.push(release);
        }
        yield_now().await;
        held
    }

    /// Lets a number get so many messages in a minute, an hour and a day.
    pub(crate) fn allow_messages_to_a_phone(&mut self, count: u32) {
        let quotas = &mut self.request_code.quotas;
        quotas.per_phone_cooldown = quota(count, COOLDOWN);
        quotas.per_phone_hour = quota(count, Duration::from_hours(1));
        quotas.per_phone_day = quota(count, Duration::from_hours(24));
    }

    /// Lets a number stand so many wrong codes a day.
    pub(crate) fn allow_wrong_codes(&mut self, count: u32) {
        let quota = quota(count, Duration::from_hours(24));
        (self.request_code.wrong_codes, self.sign_up.wrong_codes) = (quota, quota);
    }

    /// A picture for a client of its own.
    pub(crate) async fn challenge(&self) -> ChallengeId {
        let id = Uuid::new_v4();
        let client = ClientAddress::from(IpAddr::from(Ipv6Addr::from(id.as_u128())));
        self.new_challenge.draw(id.into(), None, client).await.expect("a picture is drawn");
        id.into()
    }

    /// What somebody sends who solved a new challenge.
    pub(crate) async fn code_request(&self, phone: &str) -> CodeRequest {
        CodeRequest {
            phone: number(phone),
            purpose: CodePurpose::Register,
            challenge: self.challenge().await,
            answer: ANSWER.to_owned(),
            client: client(1),
            locale: Locale::En,
        }
    }

    pub(crate) async fn request_code(&self, phone: &str) -> Result<Code, RequestCodeError> {
        self.request_code.send(self.code_request(phone).await).await?;
        Ok(self.gateway.last_code())
    }

    pub(crate) async fn sign_up(&self, phone: &str, code: &Code) -> Result<User, SignUpError> {
        self.sign_up.register(registration(phone, code)).await
    }

    /// Somebody who signed up with [`PASSWORD`].
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

    /// How many wrong guesses are compared until one is refused. The refusal takes a while, so
    /// tests that ask often pause tokio's time.
    pub(crate) async fn guesses_left(&self, phone: &str) -> usize {
        let mut guesses = 0;
        while let Err(SignInError::WrongCredentials) = self.sign_in(phone, WRONG_PASSWORD).await {
            guesses += 1;
            assert!(guesses < 1_000, "wrong guesses have no end");
        }
        guesses
    }

    pub(crate) async fn is_signed_in(&self, signed_in: &SignedIn) -> bool {
        let found = self.authenticate.authenticate(&signed_in.token).await;
        found.expect("the stores answer").is_some()
    }

    pub(crate) async fn has_account(&self, phone: &str) -> bool {
        let found = self.sign_up.users.find_by_phone(&number(phone)).await;
        found.expect("the repository answers").is_some()
    }

    pub(crate) async fn sessions_of(&self, user: &User) -> usize {
        let sessions = self.sign_in.sessions.list(user.id.as_uuid(), self.clock.now()).await;
        sessions.expect("the store answers").len()
    }
}

pub(crate) fn number(phone: &str) -> PhoneNumber {
    phone.parse().expect("the number is right")
}

/// The `n`-th of many numbers.
pub(crate) fn nth_phone(n: usize) -> String {
    format!("137{n:08}")
}

pub(crate) fn client(last: u8) -> ClientAddress {
    IpAddr::from([192, 0, 2, last]).into()
}

pub(crate) fn password(text: &str) -> Password {
    Password::new(text).expect("the password is short")
}

/// A guess that is never right.
pub(crate) fn wrong_code() -> Code {
    Code::from_text("wrong!".to_owned())
}

pub(crate) fn registration(phone: &str, code: &Code) -> Registration {
    Registration { phone: number(phone), code: code.clone(), password: password(PASSWORD) }
}

pub(crate) fn credentials(phone: &str, password: &str) -> Credentials {
    Credentials {
        phone: number(phone),
        password: self::password(password),
        remember: false,
        client: client(1),
        former: None,
    }
}

pub(crate) fn quota(limit: u32, window: Duration) -> Quota {
    Quota::new(limit, window).expect("within bounds")
}

fn lifetime(idle_hours: u64, absolute_hours: u64) -> Lifetime {
    let (idle, absolute) = (Duration::from_hours(idle_hours), Duration::from_hours(absolute_hours));
    Lifetime::new(idle, absolute).expect("within bounds")
}

fn faulty<S: Default>(outage: &Arc<Outage>) -> Arc<Faulty<S>> {
    Arc::new(Faulty { store: S::default(), outage: Arc::clone(outage) })
}

pub(crate) fn challenge_key() -> ChallengeKey {
    ChallengeKey::new([8; 32])
}

/// A stock of nothing, so that every picture is drawn on demand.
pub(crate) fn pictures(renderer: &Arc<dyn ChallengeRenderer>, workers: &Workers) -> PictureStock {
    let clock = Arc::new(SystemClock);
    PictureStock::new(Arc::clone(renderer), challenge_key(), workers.clone(), clock, 0)
}

fn workers() -> Workers {
    let of = |n| NonZeroUsize::new(n).expect("more than none");
    Workers::start("test", of(WORKERS), of(256), Priority::Normal).expect("the threads start")
}
